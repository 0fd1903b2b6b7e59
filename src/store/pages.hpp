#pragma once

#include <charconv>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "callqueue/page.hpp"
#include "callqueue/uuid.hpp"
#include "store/session.hpp"

namespace callqueue {

/// The page's limit, or `Failure` (`invalid_argument`, `limit`). Statements ask for one row more to
/// learn whether there is a next page.
[[nodiscard]] inline int row_limit(const Page& page) {
  if (page.limit < 1 || page.limit > 1000) {
    throw Failure{ErrorCode::invalid_argument, "limit must be 1 to 1000", "limit"};
  }
  return page.limit;
}

[[noreturn]] inline void refuse_cursor() {
  throw Failure{ErrorCode::invalid_argument, "the cursor is not one of this list", "cursor"};
}

/// A part of a cursor: digits only.
[[nodiscard]] inline std::optional<std::int64_t> whole_number(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || value < 0) return std::nullopt;
  return value;
}

/// The cursor of a list ordered by id: the last id seen, nil (before every id) at first. `Failure`
/// (`invalid_argument`, `cursor`) for what is neither.
[[nodiscard]] inline Uuid id_cursor(const Page& page) {
  if (page.cursor.empty()) return {};
  const auto id = parse_uuid(page.cursor, "cursor");
  if (!id) refuse_cursor();
  return *id;
}

/// The same of a list that is ordered backwards: at first an id behind every other.
[[nodiscard]] inline Uuid id_cursor_backwards(const Page& page) {
  if (!page.cursor.empty()) return id_cursor(page);
  Uuid last;
  last.bytes.fill(0xff);
  return last;
}

/// For `lower(column) LIKE lower(?) ESCAPE '\'`: texts that hold this one, whatever stands in it.
/// Empty for an empty one.
[[nodiscard]] inline std::string holds_pattern(std::string_view text) {
  if (text.empty()) return {};
  std::string pattern{'%'};
  for (const char c : text) {
    if (c == '%' || c == '_' || c == '\\') pattern += '\\';
    pattern += c;
  }
  return pattern += '%';
}

/// For `? LIKE '%|' || status || '|%'`: `|queued||failed|`; empty (none is excluded) for none.
template <class Statuses>
[[nodiscard]] std::string status_list(const Statuses& statuses) {
  std::string list;
  for (const auto status : statuses) list += "|" + std::string{to_text(status)} + "|";
  return list;
}

/// Reads a page from a statement that was given `row_limit(page) + 1`. @param cursor_of makes an
/// item's cursor.
template <class T, class Read, class CursorOf>
[[nodiscard]] PageOf<T> read_page(Rows& rows, const Page& page, Read&& read, CursorOf&& cursor_of) {
  PageOf<T> result;
  const auto limit = static_cast<std::size_t>(row_limit(page));
  while (rows.step()) {
    if (result.items.size() == limit) {
      result.next_cursor = cursor_of(result.items.back());
      break;
    }
    result.items.push_back(read(rows));
  }
  return result;
}

}  // namespace callqueue
