#pragma once

#include <charconv>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "callqueue/page.hpp"
#include "callqueue/uuid.hpp"
#include "sqlite/database.hpp"

namespace callqueue::sqlite {

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

/// The cursor of a list ordered by id: empty (before every id) or the last id seen. `Failure`
/// (`invalid_argument`, `cursor`) for what is neither.
[[nodiscard]] inline std::string id_cursor(const Page& page) {
  if (page.cursor.empty()) return {};
  const auto id = parse_uuid(page.cursor, "cursor");
  if (!id) refuse_cursor();
  return to_text(*id);
}

/// Reads a page from a statement that was given `row_limit(page) + 1`. @param cursor_of makes an
/// item's cursor.
template <class T, class Read, class CursorOf>
[[nodiscard]] PageOf<T> read_page(Query& rows, const Page& page, Read&& read,
                                  CursorOf&& cursor_of) {
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

}  // namespace callqueue::sqlite
