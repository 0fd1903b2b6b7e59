#pragma once

#include <chrono>
#include <concepts>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "callqueue/json.hpp"

namespace callqueue::json {

/// A value as the text that it will be, on one line. Never a tree: what is appended to may lack
/// memory and say so, and what goes needs none.
class Json {
 public:
  struct Member;

  Json() = default;  ///< null
  template <std::same_as<bool> Flag>
  Json(Flag flag) : text_(flag ? "true" : "false") {}
  template <std::integral Number>
  requires(!std::same_as<Number, bool>) Json(Number number) : text_(std::to_string(number)) {}
  Json(double number);  ///< null for what is no number.
  /// Bytes that are no UTF-8 become U+FFFD, so that this never fails.
  Json(std::string_view text);
  Json(const std::string& text) : Json(std::string_view{text}) {}
  Json(const char* text) : Json(std::string_view{text}) {}
  Json(const std::vector<std::string>& texts);
  Json(std::initializer_list<Member> members);
  [[nodiscard]] static Json array() { return written("[]"); }
  [[nodiscard]] static Json object() { return written("{}"); }
  /// What is JSON already: its text without the white space between its tokens. The text itself
  /// where it is none, or nested deeper than readers like.
  [[nodiscard]] static Json parsed(const std::string& text);

  /// Of an array.
  void push_back(const Json& item);
  /// Of an object that has no such member.
  void add(std::string_view name, const Json& value);
  /// Of an object: the members of another one, none of which it has.
  void add_all(const Json& object);

  [[nodiscard]] const std::string& text() const noexcept { return text_; }

 private:
  [[nodiscard]] static Json written(std::string text);
  void append(std::string_view piece);

  std::string text_ = "null";
};

struct Json::Member {
  std::string_view name;
  Json value;
};

[[nodiscard]] inline std::string dump(const Json& json) { return json.text(); }

/// A text that may be empty: null then.
[[nodiscard]] inline Json optional_text(const std::string& text) {
  return text.empty() ? Json{} : Json(text);
}

template <class Tag>
[[nodiscard]] Json value(const Id<Tag>& id) {
  return id.is_nil() ? Json{} : Json(to_text(id));
}
[[nodiscard]] inline Json value(Instant at) { return to_text(at); }
[[nodiscard]] inline Json value(LocalDate date) { return to_text(date); }
[[nodiscard]] inline Json value(std::chrono::seconds duration) { return duration.count(); }
[[nodiscard]] inline Json value(bool flag) { return flag; }
[[nodiscard]] inline Json value(int number) { return number; }
[[nodiscard]] inline Json value(double number) { return number; }
[[nodiscard]] inline Json value(CallOutcome outcome) { return to_text(outcome); }
template <class T>
[[nodiscard]] Json value(const std::optional<T>& optional) {
  return optional ? value(*optional) : Json{};
}
/// An enumerator's text.
template <class Status>
[[nodiscard]] Json name(Status status) {
  return to_text(status);
}

[[nodiscard]] Json object(const User& user);
[[nodiscard]] Json object(const Contact& contact);
[[nodiscard]] Json object(const QueuedCall& queued);
[[nodiscard]] Json object(const Call& call);

}  // namespace callqueue::json
