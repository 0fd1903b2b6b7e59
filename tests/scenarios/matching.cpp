#include "scenarios/matching.hpp"

#include <cmath>
#include <sstream>
#include <stdexcept>

namespace callqueue::scenarios {
namespace {

Json resolved_text(const Names& names, const std::string& text) {
  if (text.size() > 1 && text[0] == '$') {
    const auto found = names.saved.find(text.substr(1));
    if (found == names.saved.end()) throw std::runtime_error(text + " was never saved");
    return found->second;
  }
  if (text.size() > 1 && text[0] == '@') {
    const auto after = std::llround(std::stod(text.substr(1)) * 1e6);
    return to_text(names.begins + std::chrono::microseconds{after});
  }
  return text;
}

std::string says(const std::string& place, const Json& expected, const Json& actual) {
  return place + " is " + actual.dump() + ", expected " + expected.dump();
}

std::string object_difference(const Json& expected, const Json& actual, const std::string& place) {
  if (expected.contains("~size")) {
    return actual.is_array() && actual.size() == expected["~size"] ? ""
                                                                   : says(place, expected, actual);
  }
  if (expected.contains("~contains")) {
    const bool there = actual.is_string() &&
                       actual.get<std::string>().find(expected["~contains"].get<std::string>()) !=
                           std::string::npos;
    return there ? "" : says(place, expected, actual);
  }
  if (expected.contains("~not")) {
    return difference(expected["~not"], actual).empty() ? says(place, expected, actual) : "";
  }
  if (!actual.is_object()) return says(place, expected, actual);
  for (const auto& [name, value] : expected.items()) {
    const auto found = difference(value, actual.value(name, Json{}), place + "." + name);
    if (!found.empty()) return found;
  }
  return "";
}

std::string array_difference(const Json& expected, const Json& actual, const std::string& place) {
  if (!actual.is_array() || actual.size() != expected.size()) return says(place, expected, actual);
  for (std::size_t i = 0; i < expected.size(); ++i) {
    const auto found = difference(expected[i], actual[i], place + "." + std::to_string(i));
    if (!found.empty()) return found;
  }
  return "";
}

}  // namespace

Json Names::resolved(const Json& json) const {
  if (json.is_string()) return resolved_text(*this, json.get<std::string>());
  Json copy = json;
  if (json.is_structured()) {
    for (auto& inner : copy) inner = resolved(inner);
  }
  return copy;
}

std::string difference(const Json& expected, const Json& actual, const std::string& place) {
  if (expected.is_object()) return object_difference(expected, actual, place);
  if (expected.is_array()) return array_difference(expected, actual, place);
  if (expected == "?") return actual.is_null() ? says(place, expected, actual) : "";
  if (expected.is_number() && actual.is_number()) {
    const bool near = std::abs(expected.get<double>() - actual.get<double>()) <= 1e-9;
    return near ? "" : says(place, expected, actual);
  }
  return expected == actual ? "" : says(place, expected, actual);
}

Json part(const Json& whole, const std::string& path) {
  Json at = whole;
  std::istringstream steps{path};
  for (std::string step; std::getline(steps, step, '.');) {
    if (at.is_array()) {
      const auto index = static_cast<std::size_t>(std::stoul(step));
      at = index < at.size() ? Json(at[index]) : Json{};
    } else if (at.is_object()) {
      at = Json(at.value(step, Json{}));
    } else {
      return {};
    }
  }
  return at;
}

}  // namespace callqueue::scenarios
