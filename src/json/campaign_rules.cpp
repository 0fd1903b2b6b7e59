#include <simdjson.h>

#include <algorithm>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "callqueue/json.hpp"

namespace callqueue {
namespace json {
namespace {

using simdjson::dom::element;

constexpr std::size_t kMostRulesBytes = 1'048'576;
constexpr std::size_t kMostRulesNesting = 32;
constexpr std::size_t kMostItems = 10'000;

/// The fields of an object, each asked for by its name. What is wrong first sticks.
class Fields {
 public:
  Fields(element object, std::string prefix, std::optional<Error>& error)
      : prefix_(std::move(prefix)), error_(&error) {
    simdjson::dom::object fields;
    if (object.get(fields) != simdjson::SUCCESS) {
      say(prefix_, "must be an object");
      return;
    }
    for (const auto field : fields) {
      const std::string name{field.key};
      if (!fields_.emplace(name, field.value).second) refuse(name, "is there twice");
    }
  }

  /// Null when the field is not there or is `null`.
  [[nodiscard]] const element* find(std::string_view name) {
    asked_.push_back(name);
    const auto found = fields_.find(name);
    return found == fields_.end() || found->second.is_null() ? nullptr : &found->second;
  }
  [[nodiscard]] bool is_null(std::string_view name) const {
    const auto found = fields_.find(name);
    return found != fields_.end() && found->second.is_null();
  }
  [[nodiscard]] std::string path(std::string_view name) const {
    return prefix_.empty() ? std::string{name} : prefix_ + '.' + std::string{name};
  }
  [[nodiscard]] Fields within(element object, std::string_view name) const {
    return {object, path(name), *error_};
  }
  void refuse(std::string_view name, std::string_view what) { say(path(name), what); }
  void refuse(Error error) {
    if (!*error_) *error_ = std::move(error);
  }
  void refuse_unknown() {
    for (const auto& field : fields_) {
      if (std::find(asked_.begin(), asked_.end(), field.first) == asked_.end()) {
        refuse(field.first, "is not known here");
      }
    }
  }

 private:
  void say(const std::string& field, std::string_view what) {
    refuse({ErrorCode::invalid_argument, field + ' ' + std::string{what}, field});
  }

  std::string prefix_;
  std::optional<Error>* error_;
  std::map<std::string, element, std::less<>> fields_;
  std::vector<std::string_view> asked_;
};

void take(Fields& in, std::string_view name, element value, std::string& target) {
  std::string_view text;
  if (value.get(text) != simdjson::SUCCESS) return in.refuse(name, "must be a text");
  if (text.find('\0') != std::string_view::npos) return in.refuse(name, "must hold no NUL");
  target = text;
}

void take(Fields& in, std::string_view name, element value, bool& target) {
  if (value.get(target) != simdjson::SUCCESS) in.refuse(name, "must be true or false");
}

void take(Fields& in, std::string_view name, element value, int& target) {
  std::int64_t number = 0;
  if (value.get(number) != simdjson::SUCCESS || number < std::numeric_limits<int>::min() ||
      number > std::numeric_limits<int>::max()) {
    return in.refuse(name, "must be a whole number");
  }
  target = static_cast<int>(number);
}

void take_duration(Fields& in, std::string_view name, element value, std::chrono::seconds& target) {
  int number = 0;
  take(in, name, value, number);
  if (number < 0) return in.refuse(name, "must be a number of seconds, not below 0");
  target = std::chrono::seconds{number};
}

template <class T, class Parse>
void take_as(Fields& in, std::string_view name, element value, T& target, Parse&& parse) {
  std::string text;
  take(in, name, value, text);
  auto parsed = parse(text, in.path(name));
  if (!parsed) return in.refuse(std::move(parsed.error()));
  target = *parsed;
}

void take(Fields& in, std::string_view name, element value, CallClock& target) {
  std::string text;
  take(in, name, value, text);
  if (text != "campaign" && text != "contact") {
    return in.refuse(name, "must be campaign or contact");
  }
  target = text == "campaign" ? CallClock::campaign : CallClock::contact;
}

void take(Fields& in, std::string_view name, element value, CallOutcome& target) {
  std::string text;
  take(in, name, value, text);
  const auto outcome = parse_call_outcome(text);
  if (!outcome) return in.refuse(name, "holds an unknown outcome of a call");
  target = *outcome;
}

template <class T, class Take>
void take_list(Fields& in, std::string_view name, element value, std::vector<T>& target,
               Take&& take_item) {
  simdjson::dom::array array;
  if (value.get(array) != simdjson::SUCCESS) return in.refuse(name, "must be a list");
  if (array.size() > kMostItems) return in.refuse(name, "may have 10,000 items");
  target.clear();
  for (const auto one : array) take_item(one, target.emplace_back());
}

void take(Fields& in, std::string_view name, element value, CallingWindow& target) {
  auto window = in.within(value, name);
  const auto end = [&](std::string_view which, TimeOfDay& time) {
    const auto* found = window.find(which);
    if (found == nullptr) return window.refuse(which, "is required");
    take_as(window, which, *found, time, parse_time_of_day);
  };
  end("opens", target.opens);
  end("closes", target.closes);
  window.refuse_unknown();
}

void take(Fields& in, std::string_view name, element value, WeeklyWindows& target) {
  std::vector<std::vector<CallingWindow>> days;
  take_list(in, name, value, days, [&](element day, std::vector<CallingWindow>& windows) {
    take_list(in, name, day, windows,
              [&](element one, CallingWindow& window) { take(in, name, one, window); });
  });
  if (days.size() != target.size()) return in.refuse(name, "must be seven lists, Monday first");
  std::move(days.begin(), days.end(), target.begin());
}

void take(Fields& in, std::string_view name, element value, RetryPolicy& target) {
  auto retry = in.within(value, name);
  if (const auto* outcomes = retry.find("outcomes")) {
    take_list(retry, "outcomes", *outcomes, target.outcomes,
              [&](element one, CallOutcome& outcome) { take(retry, "outcomes", one, outcome); });
  }
  if (const auto* most = retry.find("max_attempts")) {
    take(retry, "max_attempts", *most, target.max_attempts);
  }
  if (const auto* delays = retry.find("delays_seconds")) {
    take_list(retry, "delays_seconds", *delays, target.delays,
              [&](element one, std::chrono::seconds& delay) {
                take_duration(retry, "delays_seconds", one, delay);
              });
  }
  retry.refuse_unknown();
}

void take_rules(Fields& in, CampaignRules& target) {
  if (in.is_null("timezone")) target.timezone.clear();
  if (const auto* value = in.find("timezone")) take(in, "timezone", *value, target.timezone);
  if (const auto* value = in.find("clock")) take(in, "clock", *value, target.clock);
  if (in.is_null("weekly_windows")) target.weekly_windows.reset();
  if (const auto* value = in.find("weekly_windows")) {
    take(in, "weekly_windows", *value, target.weekly_windows.emplace());
  }
  if (const auto* value = in.find("excluded_dates")) {
    take_list(in, "excluded_dates", *value, target.excluded_dates,
              [&](element one, LocalDate& date) {
                take_as(in, "excluded_dates", one, date, parse_local_date);
              });
  }
  if (const auto* value = in.find("retry")) take(in, "retry", *value, target.retry);
  if (const auto* value = in.find("spread")) take(in, "spread", *value, target.spread);
  if (const auto* value = in.find("call_deadline_seconds")) {
    take_duration(in, "call_deadline_seconds", *value, target.call_deadline);
  }
  in.refuse_unknown();
}

}  // namespace
}  // namespace json

Result<CampaignRules> parse_campaign_rules(std::string_view text, const CampaignRules& base) {
  simdjson::dom::parser parser;
  simdjson::dom::element root;
  if (text.empty() || text.size() > json::kMostRulesBytes ||
      parser.allocate(std::max<std::size_t>(text.size(), 64), json::kMostRulesNesting) !=
          simdjson::SUCCESS ||
      parser.parse(text.data(), text.size()).get(root) != simdjson::SUCCESS || !root.is_object()) {
    return fail(ErrorCode::invalid_argument, "rules must be one JSON object of at most 1 MiB",
                "rules");
  }
  std::optional<Error> error;
  CampaignRules rules = base;
  json::Fields fields{root, "", error};
  json::take_rules(fields, rules);
  if (error) return tl::unexpected(std::move(*error));
  return rules;
}

}  // namespace callqueue
