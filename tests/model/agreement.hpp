#pragma once

#include <optional>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

#include "callqueue/json.hpp"
#include "model/steps.hpp"

/// How steps compare store and model, and choose what they are done to.
namespace callqueue::model {

[[noreturn]] inline void wrong(const std::string& what) { throw std::runtime_error(what); }

/// What the store has answered since the current step began, one line an answer.
inline std::string& heard() {
  static std::string lines;
  return lines;
}

template <class T>
std::string said(const Result<T>& result);
template <class T>
std::string said(const std::vector<T>& values);
/// An answer as text; nothing for what has no JSON.
template <class T>
std::string said(const T& value) {
  if constexpr (requires { to_json(value); }) return to_json(value);
  return {};
}
template <class T>
std::string said(const Result<T>& result) {
  if (!result) return to_json(result.error());
  if constexpr (std::is_void_v<T>) {
    return {};
  } else {
    return said(*result);
  }
}
template <class T>
std::string said(const std::vector<T>& values) {
  std::string text;
  for (const auto& value : values) text += said(value) + " ";
  return text;
}

template <class T>
void hear(const char* what, const Result<T>& result) {
  heard() += std::string{what} + ": " + said(result) + "\n";
}

/// The value of what must succeed.
template <class T>
T need(const char* what, Result<T> result) {
  hear(what, result);
  if (!result) wrong(std::string{what} + " failed: " + result.error().message);
  if constexpr (!std::is_void_v<T>) return std::move(*result);
}

/// Whether it succeeded; wrong unless the model says the same.
template <class T>
bool agree(const char* what, Refusal expected, const Result<T>& result) {
  hear(what, result);
  const std::string got = result ? "success" : std::string{to_text(result.error().code)};
  const std::string wanted = expected ? std::string{to_text(*expected)} : "success";
  if (got != wanted) {
    wrong(std::string{what} + ": the store says " + got + ", the model " + wanted +
          (result ? "" : " (" + result.error().message + ")"));
  }
  return result.has_value();
}

/// One of what there is; the end if there is nothing.
template <class Map>
auto pick(Map& map, unsigned number) {
  auto found = map.begin();
  if (!map.empty()) std::advance(found, static_cast<std::ptrdiff_t>(number % map.size()));
  return found;
}

inline std::string zone_name(unsigned number) {
  // One in three has none of its own.
  return number % 3 == 0 ? "" : zones[(number / 3) % zones.size()].name;
}

inline std::string worker_name(unsigned number) { return number % 4 == 0 ? "w1" : "w0"; }

template <class T>
std::string text(const T& value) {
  std::ostringstream out;
  if constexpr (std::is_same_v<T, Instant>) {
    out << to_text(value);
  } else if constexpr (std::is_same_v<T, std::chrono::seconds>) {
    out << value.count() << " s";
  } else if constexpr (std::is_enum_v<T>) {
    out << to_text(value);
  } else if constexpr (requires { to_text(value); }) {
    out << to_text(value);
  } else {
    out << value;
  }
  return out.str();
}
template <class T>
std::string text(const std::optional<T>& value) {
  return value ? text(*value) : "nothing";
}

template <class T>
void same(const std::string& what, const T& store, const T& model) {
  if (store == model) return;
  wrong(what + ": the store has " + text(store) + ", the model " + text(model));
}

template <class T, class List>
std::vector<T> all_of(List&& list) {
  std::vector<T> items;
  Page page{.limit = 1000};
  do {
    auto part = need("list", list(page));
    items.insert(items.end(), part.items.begin(), part.items.end());
    page.cursor = part.next_cursor;
  } while (!page.cursor.empty());
  return items;
}

}  // namespace callqueue::model
