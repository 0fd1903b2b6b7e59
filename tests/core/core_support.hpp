#pragma once

#include <chrono>
#include <ostream>
#include <string_view>

#include "callqueue/calling_rules.hpp"

/// Short ways to write times, zones and rules in the core's tests.
namespace core_tests {

using namespace std::chrono_literals;

inline callqueue::Instant at(std::string_view text) {
  return callqueue::parse_instant(text).value();
}
inline callqueue::LocalDate date(std::string_view text) {
  return callqueue::parse_local_date(text).value();
}
inline callqueue::TimeZone zone(std::string_view name) {
  return callqueue::TimeZone::load(name).value();
}
inline callqueue::CallingWindow window(std::string_view opens, std::string_view closes) {
  return {callqueue::parse_time_of_day(opens).value(),
          callqueue::parse_time_of_day(closes).value()};
}
inline callqueue::CallingRules daily(std::string_view opens, std::string_view closes) {
  return {.windows = callqueue::every_day(window(opens, closes))};
}
inline callqueue::Interval interval(std::string_view opens_at, std::string_view closes_at) {
  return {at(opens_at), at(closes_at)};
}

constexpr std::chrono::microseconds tick{1};

}  // namespace core_tests

// Boost.Test prints what it compares.
namespace std {
inline ostream& operator<<(ostream& out, const optional<callqueue::Interval>& open) {
  if (!open) return out << "never";
  return out << callqueue::to_text(open->opens_at) << " to " << callqueue::to_text(open->closes_at);
}
namespace chrono {
inline ostream& operator<<(ostream& out, const callqueue::Instant& instant) {
  return out << callqueue::to_text(instant);
}
}  // namespace chrono
}  // namespace std
