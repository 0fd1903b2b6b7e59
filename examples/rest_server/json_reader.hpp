#pragma once

#include <chrono>
#include <initializer_list>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "callqueue/call_campaign.hpp"
#include "callqueue/result.hpp"
#include "callqueue/time.hpp"
#include "callqueue/uuid.hpp"

namespace rest {

/// A value within a parsed document.
struct JsonValue;

/// A JSON object as text: `user_data`.
struct JsonObject {
  std::string text;
};

/// Reads the JSON object of a request's body, field by field. What is wrong first sticks: ask
/// `done` once, after everything was read.
class JsonReader {
 public:
  /// @param json at most as long as the route's body limit.
  explicit JsonReader(std::string_view json);
  ~JsonReader();
  JsonReader(const JsonReader&) = delete;
  JsonReader& operator=(const JsonReader&) = delete;

  /// A field that may be absent: the target stays then. `null` counts as absent.
  template <class T>
  void optional(std::string_view name, T& target) {
    if (const auto* value = find(name)) read(*value, name, target);
  }
  /// A field that has to be there.
  template <class T>
  void required(std::string_view name, T& target) {
    if (const auto* value = find(name)) {
      read(*value, name, target);
    } else {
      refuse(name, "is required");
    }
  }
  template <class T>
  void optional(std::string_view name, std::optional<T>& target) {
    if (const auto* value = find(name)) read(*value, name, target.emplace());
  }
  /// For partial changes: absent leaves all as it is, `null` asks for nothing in its place.
  template <class T>
  void optional(std::string_view name, std::optional<std::optional<T>>& target) {
    if (const auto* value = find(name)) {
      read(*value, name, target.emplace().emplace());
    } else if (is_null(name)) {
      target.emplace();
    }
  }
  /// Whole seconds, under a name that ends in `_seconds`.
  void seconds(std::string_view name, std::chrono::seconds& target);
  /// For partial changes: of these nothing can be taken away.
  void never_null(std::initializer_list<std::string_view> names);
  /// Whether the field is there and `null`.
  [[nodiscard]] bool is_null(std::string_view name) const;

  /// Nothing, or what was wrong first: also a field that nobody has asked for.
  [[nodiscard]] std::optional<callqueue::Error> done();

 private:
  struct Document;

  [[nodiscard]] const JsonValue* find(std::string_view name);
  void take_fields(const JsonValue& object);
  void refuse(std::string_view name, std::string_view what);
  void refuse(callqueue::Error error);
  void refuse_unknown();

  void read(const JsonValue& value, std::string_view name, std::string& target);
  void read(const JsonValue& value, std::string_view name, JsonObject& target);
  void read(const JsonValue& value, std::string_view name, bool& target);
  void read(const JsonValue& value, std::string_view name, int& target);
  void read(const JsonValue& value, std::string_view name, callqueue::Instant& target);
  void read(const JsonValue& value, std::string_view name, callqueue::LocalDate& target);
  void read(const JsonValue& value, std::string_view name, callqueue::TimeOfDay& target);
  void read(const JsonValue& value, std::string_view name, callqueue::Uuid& target);
  /// Of the rules only the fields that are there are replaced.
  void read(const JsonValue& value, std::string_view name, callqueue::CampaignRules& target);
  void read_duration(const JsonValue& value, std::string_view name, std::chrono::seconds& target);
  template <class Tag>
  void read(const JsonValue& value, std::string_view name, callqueue::Id<Tag>& target) {
    read(value, name, target.value);
  }
  /// A text that `parse` turns into the value.
  template <class T, class Parse>
  void read_as(const JsonValue& value, std::string_view name, T& target, Parse&& parse);
  template <class T, class Read>
  void read_list(const JsonValue& value, std::string_view name, std::vector<T>& target,
                 Read&& item);
  void read(const JsonValue& value, std::string_view name, std::vector<callqueue::Uuid>& target);
  template <class Tag>
  void read(const JsonValue& value, std::string_view name,
            std::vector<callqueue::Id<Tag>>& target) {
    std::vector<callqueue::Uuid> ids;
    read(value, name, ids);
    target.clear();
    for (const auto& id : ids) target.push_back({id});
  }

  std::unique_ptr<Document> document_;
  std::map<std::string, std::unique_ptr<JsonValue>, std::less<>> fields_;
  std::map<std::string, bool, std::less<>> asked_;
  std::optional<callqueue::Error> error_;
};

}  // namespace rest
