#pragma once

#include <callqueue.h>

#include <deque>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace scenario {

using Json = nlohmann::json;

/// The error that a function of the C API gave.
struct Failed {
  std::string code;
  std::string field;
};

/// Ends the step unless all is well.
void must(cq_status status, cq_error* error);

// The structs as JSON, as `callqueue/json.hpp` writes the models.
[[nodiscard]] Json json_of(const cq_user& user);
[[nodiscard]] Json json_of(const cq_agent& agent);
[[nodiscard]] Json json_of(const cq_contact& contact);
[[nodiscard]] Json json_of(const cq_campaign& campaign);
[[nodiscard]] Json json_of(const cq_queued_call& queued);
[[nodiscard]] Json json_of(const cq_call& call);
[[nodiscard]] Json json_of(const cq_claimed_call& claimed);
[[nodiscard]] Json json_of(const cq_call_report& report);
[[nodiscard]] Json instant(std::int64_t at);

template <class List>
[[nodiscard]] Json items(const List& list) {
  Json all = Json::array();
  for (std::size_t i = 0; i < list.count; ++i) all.push_back(json_of(*list.items[i]));
  return all;
}

/// What a function hands out, as JSON; freed.
template <class View>
[[nodiscard]] Json taken(View*& view, void (*free)(View**)) {
  Json json = json_of(*view);
  free(&view);
  return json;
}
template <class List>
[[nodiscard]] Json taken_items(List*& list, void (*free)(List**)) {
  Json json = items(*list);
  free(&list);
  return json;
}
template <class List>
[[nodiscard]] Json taken_page(List*& list, void (*free)(List**)) {
  Json json{{"items", items(*list)},
            {"next_cursor", *list->next_cursor == '\0' ? Json{} : Json(list->next_cursor)}};
  free(&list);
  return json;
}
[[nodiscard]] Json taken_json(char*& text);

/// A step's arguments as C takes them. What it hands out stays as long as it does.
class With {
 public:
  explicit With(Json json) : json_(std::move(json)) {}

  [[nodiscard]] const Json& json(const char* name) const { return json_.at(name); }
  [[nodiscard]] const Json& all() const { return json_; }
  [[nodiscard]] bool has(const char* name) const {
    return json_.contains(name) && !json_[name].is_null();
  }
  /// Null when it is not there.
  [[nodiscard]] const char* text(const char* name) {
    return has(name) ? keep(json_[name].get<std::string>()) : nullptr;
  }
  /// An object as its text; a text as it stands.
  [[nodiscard]] const char* object_text(const char* name) {
    if (!has(name) || json_[name].is_string()) return text(name);
    return keep(json_[name].dump());
  }
  template <class T>
  void take(const char* name, T& target) const {
    if (!has(name)) return;
    target =
        json_[name].is_boolean() ? static_cast<T>(json_[name].get<bool>()) : json_[name].get<T>();
  }
  [[nodiscard]] std::int64_t instant(const char* name);
  void take_time(const char* name, std::int32_t& seconds);
  /// What `statuses` names, by one of the `cq_parse_…`.
  const std::int32_t* statuses(std::int32_t (*parse)(const char*), std::size_t& count);
  [[nodiscard]] cq_page page();
  [[nodiscard]] const char* keep(std::string text) {
    return kept_.emplace_back(std::move(text)).c_str();
  }

 private:
  Json json_;
  std::deque<std::string> kept_;
  std::vector<std::int32_t> statuses_;
};

}  // namespace scenario
