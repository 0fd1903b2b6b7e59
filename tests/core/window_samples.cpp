// Prints samples of calling rules with what the library makes of them, one JSON object a line, for
// zoneinfo_check.py. All times are integers: seconds for times of day, microseconds since 1970
// else.
#include <cstdlib>
#include <iostream>
#include <random>
#include <string>
#include <vector>

#include "core/core_support.hpp"

using namespace callqueue;
using namespace core_tests;

namespace {

const std::vector<std::string> zone_names{
    "Australia/Lord_Howe", "Pacific/Apia",       "Africa/Casablanca",
    "Pacific/Chatham",     "Europe/Dublin",      "America/New_York",
    "Europe/Berlin",       "Asia/Kolkata",       "America/Sao_Paulo",
    "America/St_Johns",    "Pacific/Kiritimati", "Asia/Kathmandu",
    "America/Caracas",     "Asia/Pyongyang",     "Europe/Moscow",
    "Antarctica/Troll",    "Africa/Cairo",       "America/Nuuk",
    "Asia/Beirut",         "America/Havana",     "Asia/Gaza",
    "America/Asuncion",    "Pacific/Norfolk",    "Africa/Juba",
    "Pacific/Fakaofo",     "Pacific/Kwajalein",  "UTC"};

class Sampler {
 public:
  explicit Sampler(std::uint64_t seed) : random_(seed) {}

  std::int64_t below(std::int64_t end) {
    return static_cast<std::int64_t>(random_() % static_cast<std::uint64_t>(end));
  }
  bool one_in(std::int64_t n) { return below(n) == 0; }

  /// Half of them within a day of a change of offset.
  Instant instant(const TimeZone& zone) {
    const Instant any =
        at("1990-01-01T00:00:00Z") + std::chrono::seconds{below(60LL * 365 * 86'400)};
    cctz::time_zone::civil_transition change;
    if (one_in(2) || !zone.native().next_transition(any, &change)) return any;
    const auto around =
        std::chrono::floor<std::chrono::microseconds>(zone.native().lookup(change.to).trans);
    const std::vector<std::chrono::microseconds> near{0us, -1us, 1us, -1s, 1h, -1h};
    if (one_in(4)) return around + near[static_cast<std::size_t>(below(6))];
    return around + std::chrono::seconds{below(2 * 86'400) - 86'400};
  }

  /// Mostly small hours, where offsets change; quarters of an hour, so that ends meet.
  TimeOfDay time(bool closing) {
    const auto quarter = one_in(2) ? below(17) : below(closing ? 97 : 96);
    return TimeOfDay{quarter * 900 + (one_in(20) ? below(900) : 0)};
  }

  CallingWindow window() {
    CallingWindow made{time(false), time(true)};
    if (one_in(12)) made = {0h, 24h};
    if (made.closes > 24h) made.closes = 24h;
    if (made.opens == made.closes) made.closes = made.opens == 0s ? 1h : 0h;
    return made;
  }

  CallingRules rules(LocalDate around) {
    CallingRules made;
    const auto day = std::chrono::sys_days{around};
    const auto near = [&](std::int64_t days) {
      return LocalDate{day + std::chrono::days{below(2 * days + 1) - days}};
    };
    if (one_in(2)) {
      made.windows = every_day(window());
    } else {
      for (auto& windows : made.windows) {
        for (auto n = below(4); n > 1; --n) windows.push_back(window());
      }
      made.windows[static_cast<std::size_t>(below(7))].push_back(window());
    }
    if (one_in(4)) made.start_date = near(3);
    if (one_in(4)) made.end_date = near(3);
    if (made.start_date && made.end_date && *made.end_date < *made.start_date) {
      std::swap(made.start_date, made.end_date);
    }
    if (one_in(2)) {
      for (auto n = below(4); n > 0; --n) made.excluded_dates.push_back(near(2));
    }
    return made;
  }

 private:
  std::mt19937_64 random_;
};

std::string quoted(const std::optional<LocalDate>& date) {
  return date ? '"' + to_text(*date) + '"' : "null";
}

std::string windows_json(const WeeklyWindows& windows) {
  std::string text = "[";
  for (const auto& day : windows) {
    text += text.size() > 1 ? ", [" : "[";
    for (const auto& window : day) {
      if (text.back() == ']') text += ", ";
      text += '[' + std::to_string(window.opens.count()) + ", " +
              std::to_string(window.closes.count()) + ']';
    }
    text += ']';
  }
  return text + ']';
}

void print(const std::string& zone_name, const CallingRules& rules, Instant now) {
  const auto here = zone(zone_name);
  std::string excluded;
  for (const auto& date : rules.excluded_dates) {
    excluded += (excluded.empty() ? "" : ", ") + quoted(date);
  }
  const auto next = next_open_interval(rules, here, now);
  const auto micros = [](Instant at) { return std::to_string(at.time_since_epoch().count()); };
  std::cout << R"({"zone": ")" << zone_name << R"(", "windows": )" << windows_json(rules.windows)
            << R"(, "start": )" << quoted(rules.start_date) << R"(, "end": )"
            << quoted(rules.end_date) << R"(, "excluded": [)" << excluded << R"(], "now": )"
            << micros(now) << R"(, "open": )" << (is_open(rules, here, now) ? "true" : "false")
            << R"(, "next": )"
            << (next ? '[' + micros(next->opens_at) + ", " + micros(next->closes_at) + ']' : "null")
            << "}\n";
}

}  // namespace

int main(int argc, char** argv) {
  const int count = argc > 1 ? std::atoi(argv[1]) : 1'000;
  Sampler sampler{argc > 2 ? std::strtoull(argv[2], nullptr, 10) : 1};
  for (int i = 0; i < count; ++i) {
    const auto& name =
        zone_names[static_cast<std::size_t>(sampler.below(static_cast<int>(zone_names.size())))];
    const auto here = zone(name);
    const Instant now = sampler.instant(here);
    const auto rules = sampler.rules(here.local_date(now));
    print(name, rules, now);
    // The ends of the answer are where a mistake would show.
    if (const auto next = next_open_interval(rules, here, now)) {
      print(name, rules, sampler.one_in(2) ? next->closes_at + tick : next->opens_at);
    }
  }
}
