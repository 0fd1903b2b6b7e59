#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "callqueue/calling_rules.hpp"
#include "core/core_support.hpp"

// The predicate and the intervals, which share no logic, agree around every change of every zone.
using namespace callqueue;
using namespace core_tests;

namespace {

/// Every name of the zone data, links included.
std::vector<std::string> zone_names() {
  const char* folder = std::getenv("TZDIR");
  std::ifstream data{std::string{folder != nullptr ? folder : "/usr/share/zoneinfo"} +
                     "/tzdata.zi"};
  std::vector<std::string> names;
  for (std::string line; std::getline(data, line);) {
    std::istringstream words{line};
    std::string kind, first, second;
    words >> kind >> first >> second;
    if (kind == "Z") names.push_back(first);
    if (kind == "L") names.push_back(second);
  }
  std::erase(names, "Factory");
  return names;
}

/// Every instant from 2000 to 2050 at which the offset of the zone changes.
std::vector<Instant> transitions(const TimeZone& zone) {
  std::vector<Instant> found;
  const Instant end = at("2051-01-01T00:00:00Z");
  const auto offset = [&](Instant at) { return zone.native().lookup(at).offset; };
  // Looks every six hours and bisects: the zone library's own list is what is under test.
  auto last = offset(at("2000-01-01T00:00:00Z"));
  for (Instant low = at("2000-01-01T00:00:00Z"); low < end; low += 6h) {
    const auto next = offset(low + 6h);
    if (std::exchange(last, next) == next) continue;
    Instant before = low;
    Instant after = low + 6h;
    while (after - before > 1s) {
      const Instant middle =
          before + std::chrono::floor<std::chrono::seconds>((after - before) / 2);
      (offset(middle) == offset(before) ? before : after) = middle;
    }
    found.push_back(after);
  }
  return found;
}

/// Rule sets that have something to say around `transition`.
std::vector<CallingRules> rule_sets(const TimeZone& zone, Instant transition) {
  const LocalDate before = zone.local_date(transition - tick);
  const LocalDate after = zone.local_date(transition);
  CallingRules weekly;
  weekly.windows[5] = {window("23:30", "02:30"), window("10:00", "12:00")};
  weekly.windows[6] = {window("02:30", "02:45"), window("00:00", "01:00"),
                       window("03:00", "24:00")};
  auto excluded_before = daily("21:00", "02:30");
  excluded_before.excluded_dates = {before};
  auto excluded_after = daily("21:00", "20:00");
  excluded_after.excluded_dates = {after};
  auto starts = daily("23:15", "05:00");
  starts.start_date = after;
  auto ends = daily("00:00", "24:00");
  ends.start_date = ends.end_date = before;
  return {daily("09:00", "18:00"),
          daily("00:15", "02:15"),
          std::move(weekly),
          std::move(excluded_before),
          std::move(excluded_after),
          std::move(starts),
          std::move(ends)};
}

struct Check {
  const CallingRules& rules;
  const TimeZone& zone;
  Instant transition;

  [[nodiscard]] bool agree_at(Instant now) const {
    const auto next = next_open_interval(rules, zone, now);
    const bool contained = next && next->contains(now);
    return is_open(rules, zone, now) == contained && (!next || next->closes_at >= now);
  }

  /// Walks the intervals of three days and looks into each, at its ends, and between them.
  [[nodiscard]] bool hold() const {
    Instant now = transition - 36h;
    const Instant end = transition + 36h;
    for (const Instant point : {transition - tick, transition, transition + tick}) {
      if (!agree_at(point)) return false;
    }
    while (now < end) {
      const auto next = next_open_interval(rules, zone, now);
      if (!is_all(false, now, next ? std::min(next->opens_at - tick, end) : end)) return false;
      if (!next) return true;
      if (next->opens_at > now && is_open(rules, zone, next->opens_at - tick)) return false;
      if (!is_all(true, std::max(now, next->opens_at), std::min(next->closes_at, end))) {
        return false;
      }
      for (const Instant edge : {next->opens_at, next->closes_at, next->closes_at + tick}) {
        if (!agree_at(edge)) return false;
      }
      now = next->closes_at + tick;
    }
    return true;
  }

  /// Whether the predicate is `open` at both ends and at every half hour between.
  [[nodiscard]] bool is_all(bool open, Instant from, Instant to) const {
    if (from > to) return true;
    if (is_open(rules, zone, from) != open || is_open(rules, zone, to) != open) return false;
    for (Instant now = std::chrono::ceil<std::chrono::minutes>(from); now <= to; now += 30min) {
      if (is_open(rules, zone, now) != open) return false;
    }
    return true;
  }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(calling_rules_zones)

BOOST_AUTO_TEST_CASE(predicate_and_intervals_agree_at_every_transition_of_every_zone) {
  const auto names = zone_names();
  BOOST_TEST_REQUIRE(names.size() > 500u);
  // A sanitizer costs more than ten times as much, and looks for other faults than this test does.
  const std::size_t step = std::getenv("CALLQUEUE_SANITIZE") != nullptr ? 10 : 1;
  std::size_t checked = 0;
  for (std::size_t i = 0; i < names.size(); i += step) {
    const auto& name = names[i];
    const auto here = zone(name);
    auto instants = transitions(here);
    // A zone without any has quiet days still.
    instants.push_back(at("2024-02-29T12:00:00Z"));
    for (const Instant transition : instants) {
      for (const auto& rules : rule_sets(here, transition)) {
        if (!Check{rules, here, transition}.hold()) {
          BOOST_ERROR(name << " at " << to_text(transition));
        }
        ++checked;
      }
    }
  }
  BOOST_TEST(checked > 100'000u / step);
}

BOOST_AUTO_TEST_SUITE_END()
