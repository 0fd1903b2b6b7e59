#pragma once

#include <nlohmann/json.hpp>

#include <callqueue.hpp>
#include <callqueue/json.hpp>
#include <stdexcept>

namespace callqueue::scenarios {

using Json = nlohmann::json;

/// What a step was given, by the names of the C++ parameters. Throws `std::runtime_error` for what
/// no scenario may hold.
class Arguments {
 public:
  explicit Arguments(Json with) : with_(std::move(with)) {}

  [[nodiscard]] bool has(const char* name) const {
    return with_.contains(name) && !with_[name].is_null();
  }
  [[nodiscard]] bool names(const char* name) const { return with_.contains(name); }
  [[nodiscard]] const Json& json(const char* name) const { return with_.at(name); }
  [[nodiscard]] const Json& all() const { return with_; }

  [[nodiscard]] std::string text(const char* name) const {
    return has(name) ? with_[name].get<std::string>() : std::string{};
  }
  template <class T>
  [[nodiscard]] T value(const char* name, T otherwise) const {
    return has(name) ? with_[name].get<T>() : otherwise;
  }
  template <class T>
  [[nodiscard]] std::optional<T> optional(const char* name) const {
    return has(name) ? std::optional<T>{with_[name].get<T>()} : std::nullopt;
  }
  template <class AnyId>
  [[nodiscard]] AnyId id(const char* name) const {
    return has(name) ? must(parse_id<AnyId>(text(name), name)) : AnyId{};
  }
  template <class AnyId>
  [[nodiscard]] std::optional<AnyId> optional_id(const char* name) const {
    return has(name) ? std::optional{id<AnyId>(name)} : std::nullopt;
  }
  [[nodiscard]] std::chrono::seconds seconds(const char* name,
                                             std::chrono::seconds otherwise) const {
    return std::chrono::seconds{value(name, otherwise.count())};
  }
  [[nodiscard]] Instant instant(const char* name) const { return must(parse_instant(text(name))); }
  [[nodiscard]] std::optional<Instant> optional_instant(const char* name) const {
    return has(name) ? std::optional{instant(name)} : std::nullopt;
  }
  [[nodiscard]] std::optional<LocalDate> optional_date(const char* name) const {
    return has(name) ? std::optional{must(parse_local_date(text(name)))} : std::nullopt;
  }
  [[nodiscard]] TimeOfDay time_of_day(const char* name, TimeOfDay otherwise) const {
    return has(name) ? must(parse_time_of_day(text(name))) : otherwise;
  }
  /// An object as its text; a text as it stands.
  [[nodiscard]] std::string object_text(const char* name) const {
    return has(name) && with_[name].is_string() ? text(name)
           : names(name)                        ? with_[name].dump()
                                                : "";
  }
  template <class Status>
  [[nodiscard]] std::vector<Status> statuses(
      std::optional<Status> (*parse)(std::string_view)) const {
    std::vector<Status> found;
    if (!has("statuses")) return found;
    for (const auto& spelled : with_["statuses"]) {
      found.push_back(parse(spelled.get<std::string>()).value());
    }
    return found;
  }
  [[nodiscard]] Page page() const {
    return {.limit = value("limit", Page{}.limit), .cursor = text("cursor")};
  }

  template <class T>
  static T must(Result<T> result) {
    if (!result) throw std::runtime_error("the scenario is wrong: " + result.error().message);
    return std::move(*result);
  }

 private:
  Json with_;
};

/// A database, and the clock that decides there.
struct Ground {
  std::unique_ptr<Store> store;
  std::shared_ptr<ManualClock> clock;
};

using Operation = Result<Json> (*)(Ground&, const Arguments&);
using Operations = std::map<std::string, Operation>;

// By topic.
[[nodiscard]] Operations people_operations();
[[nodiscard]] Operations campaign_operations();
[[nodiscard]] Operations queue_operations();
[[nodiscard]] Operations core_operations();

template <class T>
[[nodiscard]] Json json_of(const T& value) {
  return Json::parse(to_json(value));
}

/// A result as JSON, where the library knows how.
template <class T>
[[nodiscard]] Result<Json> given(const Result<T>& result) {
  if (!result) return tl::unexpected<Error>{result.error()};
  if constexpr (std::is_void_v<T>) {
    return Json{};
  } else if constexpr (std::is_arithmetic_v<T>) {
    return Json(*result);
  } else {
    return json_of(*result);
  }
}

}  // namespace callqueue::scenarios
