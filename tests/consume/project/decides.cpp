#include <callqueue/core.hpp>
#include <iostream>

/// The core decides without a store: New Year's midnight in UTC is outside office hours in Berlin,
/// ten o'clock is not.
int main() {
  const auto zone = callqueue::TimeZone::load("Europe/Berlin");
  if (!zone) return 1;
  const callqueue::CallingWindow office{.opens = std::chrono::hours{9},
                                        .closes = std::chrono::hours{18}};
  const callqueue::CallingRules rules{.windows = callqueue::every_day(office)};
  const auto midnight = std::chrono::sys_days{std::chrono::year{2026} / 1 / 1};
  if (callqueue::is_open(rules, *zone, midnight)) return 1;
  if (!callqueue::is_open(rules, *zone, midnight + std::chrono::hours{10})) return 1;
  std::cout << "calling Ada\n";
}
