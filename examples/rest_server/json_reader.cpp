#include "json_reader.hpp"

#include <simdjson.h>

#include <array>
#include <limits>
#include <utility>

namespace rest {

using namespace callqueue;
using simdjson::dom::element;

struct JsonValue {
  element value;
};

struct JsonReader::Document {
  simdjson::dom::parser parser;
};

namespace {

constexpr std::size_t kMostNesting = 64;
constexpr std::size_t kMostItems = 10'000;

}  // namespace

JsonReader::JsonReader(std::string_view json) : document_(std::make_unique<Document>()) {
  auto& parser = document_->parser;
  element root;
  simdjson::dom::object object;
  if (json.empty() ||
      parser.allocate(std::max<std::size_t>(json.size(), 64), kMostNesting) != simdjson::SUCCESS ||
      parser.parse(json.data(), json.size()).get(root) != simdjson::SUCCESS ||
      root.get(object) != simdjson::SUCCESS) {
    refuse({ErrorCode::invalid_argument,
            "the body must be one JSON object, nested no deeper than 64", "body"});
  } else {
    take_fields({root});
  }
}

JsonReader::JsonReader(const JsonValue& object, std::string prefix, JsonReader& whole)
    : whole_(&whole), prefix_(std::move(prefix)) {
  take_fields(object);
}

JsonReader::~JsonReader() = default;

void JsonReader::take_fields(const JsonValue& value) {
  simdjson::dom::object object;
  if (value.value.get(object) != simdjson::SUCCESS) {
    return refuse({ErrorCode::invalid_argument, prefix_ + " must be an object", prefix_});
  }
  for (const auto field : object) {
    std::string name{field.key};
    if (!fields_.emplace(name, std::make_unique<JsonValue>(JsonValue{field.value})).second) {
      refuse(name, "is there twice");
    }
  }
}

std::string JsonReader::path(std::string_view name) const {
  return prefix_.empty() ? std::string{name} : prefix_ + '.' + std::string{name};
}

void JsonReader::refuse(Error error) {
  if (!whole_->error_) whole_->error_ = std::move(error);
}

void JsonReader::refuse(std::string_view name, std::string_view what) {
  refuse({ErrorCode::invalid_argument, path(name) + ' ' + std::string{what}, path(name)});
}

void JsonReader::refuse_unknown() {
  for (const auto& field : fields_) {
    if (!asked_.contains(field.first)) refuse(field.first, "is not known here");
  }
}

std::optional<Error> JsonReader::done() {
  if (!error_) refuse_unknown();
  return error_;
}

bool JsonReader::is_null(std::string_view name) const {
  const auto found = fields_.find(name);
  return found != fields_.end() && found->second->value.is_null();
}

const JsonValue* JsonReader::find(std::string_view name) {
  asked_[std::string{name}] = true;
  const auto found = fields_.find(name);
  if (found == fields_.end() || found->second->value.is_null()) return nullptr;
  return found->second.get();
}

void JsonReader::read(const JsonValue& value, std::string_view name, std::string& target) {
  std::string_view text;
  if (value.value.get(text) != simdjson::SUCCESS) return refuse(name, "must be a text");
  if (text.find('\0') != std::string_view::npos) return refuse(name, "must hold no NUL");
  target = text;
}

void JsonReader::read(const JsonValue& value, std::string_view name, JsonObject& target) {
  if (value.value.type() != simdjson::dom::element_type::OBJECT) {
    return refuse(name, "must be an object");
  }
  target.text = simdjson::minify(value.value);
}

void JsonReader::read(const JsonValue& value, std::string_view name, bool& target) {
  if (value.value.get(target) != simdjson::SUCCESS) refuse(name, "must be true or false");
}

void JsonReader::read(const JsonValue& value, std::string_view name, int& target) {
  std::int64_t number = 0;
  if (value.value.get(number) != simdjson::SUCCESS || number < std::numeric_limits<int>::min() ||
      number > std::numeric_limits<int>::max()) {
    return refuse(name, "must be a whole number");
  }
  target = static_cast<int>(number);
}

void JsonReader::read_duration(const JsonValue& value, std::string_view name,
                               std::chrono::seconds& target) {
  int number = 0;
  read(value, name, number);
  if (number < 0) return refuse(name, "must be a number of seconds, not below 0");
  target = std::chrono::seconds{number};
}

void JsonReader::seconds(std::string_view name, std::chrono::seconds& target) {
  if (const auto* value = find(name)) read_duration(*value, name, target);
}

template <class T, class Parse>
void JsonReader::read_as(const JsonValue& value, std::string_view name, T& target, Parse&& parse) {
  std::string text;
  read(value, name, text);
  auto parsed = parse(text, path(name));
  if (!parsed) return refuse(std::move(parsed.error()));
  target = *parsed;
}

void JsonReader::read(const JsonValue& value, std::string_view name, Instant& target) {
  read_as(value, name, target, parse_instant);
}

void JsonReader::read(const JsonValue& value, std::string_view name, LocalDate& target) {
  read_as(value, name, target, parse_local_date);
}

void JsonReader::read(const JsonValue& value, std::string_view name, TimeOfDay& target) {
  read_as(value, name, target, parse_time_of_day);
}

void JsonReader::read(const JsonValue& value, std::string_view name, Uuid& target) {
  read_as(value, name, target, parse_uuid);
}

void JsonReader::read(const JsonValue& value, std::string_view name, CallClock& target) {
  std::string text;
  read(value, name, text);
  if (text == "campaign") {
    target = CallClock::campaign;
  } else if (text == "contact") {
    target = CallClock::contact;
  } else {
    refuse(name, "must be campaign or contact");
  }
}

void JsonReader::read(const JsonValue& value, std::string_view name, CallOutcome& target) {
  std::string text;
  read(value, name, text);
  const auto outcome = parse_call_outcome(text);
  if (!outcome) return refuse(name, "holds an unknown outcome of a call");
  target = *outcome;
}

void JsonReader::read(const JsonValue& value, std::string_view name, CallingWindow& target) {
  JsonReader window{value, path(name), *whole_};
  window.required("opens", target.opens);
  window.required("closes", target.closes);
  window.refuse_unknown();
}

template <class T, class Read>
void JsonReader::read_list(const JsonValue& value, std::string_view name, std::vector<T>& target,
                           Read&& item) {
  simdjson::dom::array array;
  if (value.value.get(array) != simdjson::SUCCESS) return refuse(name, "must be a list");
  if (array.size() > kMostItems) return refuse(name, "may have 10,000 items");
  target.clear();
  for (const auto one : array) item(JsonValue{one}, target.emplace_back());
}

void JsonReader::read(const JsonValue& value, std::string_view name, std::vector<Uuid>& target) {
  read_list(value, name, target, [&](const JsonValue& one, Uuid& id) { read(one, name, id); });
}

void JsonReader::read(const JsonValue& value, std::string_view name, WeeklyWindows& target) {
  std::vector<std::vector<CallingWindow>> days;
  read_list(value, name, days, [&](const JsonValue& day, std::vector<CallingWindow>& windows) {
    read_list(day, name, windows,
              [&](const JsonValue& one, CallingWindow& window) { read(one, name, window); });
  });
  if (days.size() != target.size()) return refuse(name, "must be seven lists, Monday first");
  std::move(days.begin(), days.end(), target.begin());
}

void JsonReader::read(const JsonValue& value, std::string_view name, RetryPolicy& target) {
  JsonReader retry{value, path(name), *whole_};
  if (const auto* outcomes = retry.find("outcomes")) {
    retry.read_list(
        *outcomes, "outcomes", target.outcomes,
        [&](const JsonValue& one, CallOutcome& outcome) { retry.read(one, "outcomes", outcome); });
  }
  retry.optional("max_attempts", target.max_attempts);
  if (const auto* delays = retry.find("delays_seconds")) {
    retry.read_list(*delays, "delays_seconds", target.delays,
                    [&](const JsonValue& one, std::chrono::seconds& delay) {
                      retry.read_duration(one, "delays_seconds", delay);
                    });
  }
  retry.refuse_unknown();
}

void JsonReader::read(const JsonValue& value, std::string_view name, CampaignRules& target) {
  JsonReader rules{value, path(name), *whole_};
  if (rules.is_null("timezone")) target.timezone.clear();
  rules.optional("timezone", target.timezone);
  rules.optional("clock", target.clock);
  if (rules.is_null("weekly_windows")) target.weekly_windows.reset();
  rules.optional("weekly_windows", target.weekly_windows);
  if (const auto* dates = rules.find("excluded_dates")) {
    rules.read_list(
        *dates, "excluded_dates", target.excluded_dates,
        [&](const JsonValue& one, LocalDate& date) { rules.read(one, "excluded_dates", date); });
  }
  rules.optional("retry", target.retry);
  rules.optional("spread", target.spread);
  rules.seconds("call_deadline_seconds", target.call_deadline);
  rules.refuse_unknown();
}

}  // namespace rest
