#include "json_reader.hpp"

#include <simdjson.h>

#include <limits>
#include <utility>

#include "callqueue/json.hpp"

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

JsonReader::~JsonReader() = default;

void JsonReader::take_fields(const JsonValue& value) {
  const simdjson::dom::object object = value.value;
  for (const auto field : object) {
    std::string name{field.key};
    if (!fields_.emplace(name, std::make_unique<JsonValue>(JsonValue{field.value})).second) {
      refuse(name, "is there twice");
    }
  }
}

void JsonReader::refuse(Error error) {
  if (!error_) error_ = std::move(error);
}

void JsonReader::refuse(std::string_view name, std::string_view what) {
  refuse({ErrorCode::invalid_argument, std::string{name} + ' ' + std::string{what},
          std::string{name}});
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

void JsonReader::never_null(std::initializer_list<std::string_view> names) {
  for (const auto name : names) {
    if (is_null(name)) refuse(name, "cannot be null");
  }
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
  auto parsed = parse(text, name);
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

void JsonReader::read(const JsonValue& value, std::string_view name, CampaignRules& target) {
  auto rules = parse_campaign_rules(simdjson::minify(value.value), target);
  if (rules) {
    target = std::move(*rules);
    return;
  }
  auto& error = rules.error();
  if (error.field != name) {
    const std::string within = std::string{name} + '.';
    if (error.message.starts_with(error.field)) error.message = within + error.message;
    error.field = within + error.field;
  }
  refuse(std::move(error));
}

}  // namespace rest
