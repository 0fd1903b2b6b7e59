#pragma once

#include <chrono>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "callqueue/json.hpp"

namespace callqueue::json {

using Json = nlohmann::ordered_json;

/// One line; bytes that are no UTF-8 become U+FFFD, so that writing never fails.
[[nodiscard]] inline std::string dump(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

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
[[nodiscard]] inline Json value(double number) { return number; }
[[nodiscard]] inline Json value(CallOutcome outcome) { return std::string{to_text(outcome)}; }
template <class T>
[[nodiscard]] Json value(const std::optional<T>& optional) {
  return optional ? value(*optional) : Json{};
}
/// An enumerator's text.
template <class Status>
[[nodiscard]] Json name(Status status) {
  return std::string{to_text(status)};
}

[[nodiscard]] Json object(const User& user);
[[nodiscard]] Json object(const Contact& contact);
[[nodiscard]] Json object(const QueuedCall& queued);
[[nodiscard]] Json object(const Call& call);

}  // namespace callqueue::json
