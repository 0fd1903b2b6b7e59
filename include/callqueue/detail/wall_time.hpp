#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>

#include "callqueue/calling_rules.hpp"

/// Local time as a clock on the wall shows it, for the calling rules. Nothing here allocates.
namespace callqueue::detail {

using WallTime = std::chrono::local_time<std::chrono::microseconds>;
using WallDate = std::chrono::local_days;

inline constexpr TimeOfDay end_of_day{86'400};

/// The zone library knows every change of offset at least until here; outside these years
/// everything is closed.
inline constexpr Instant first_instant =
    std::chrono::sys_days{std::chrono::year{1} / std::chrono::January / 1};
inline constexpr Instant last_instant =
    std::chrono::sys_days{std::chrono::year{2300} / std::chrono::January / 1} -
    std::chrono::microseconds{1};

[[nodiscard]] inline std::chrono::microseconds offset_at(const TimeZone& zone,
                                                         Instant at) noexcept {
  return std::chrono::seconds{
      zone.native().lookup(std::chrono::floor<std::chrono::seconds>(at)).offset};
}

[[nodiscard]] constexpr WallTime wall_time(Instant at, std::chrono::microseconds offset) noexcept {
  return WallTime{at.time_since_epoch() + offset};
}

[[nodiscard]] constexpr Instant instant_of(WallTime wall,
                                           std::chrono::microseconds offset) noexcept {
  return Instant{wall.time_since_epoch() - offset};
}

[[nodiscard]] constexpr WallDate date_of(WallTime wall) noexcept {
  return std::chrono::floor<std::chrono::days>(wall);
}

/// 0 is Monday.
[[nodiscard]] constexpr std::size_t weekday_index(WallDate date) noexcept {
  return std::chrono::weekday{date}.iso_encoding() - 1;
}

/// When the window that opens on `date` closes, on the wall.
[[nodiscard]] constexpr WallTime closing_of(const CallingWindow& window, WallDate date) noexcept {
  return date + window.closes + (window.closes < window.opens ? end_of_day : TimeOfDay{0});
}

[[nodiscard]] inline bool is_excluded(const CallingRules& rules, WallDate date) noexcept {
  const auto& excluded = rules.excluded_dates;
  return !excluded.empty() &&
         std::find(excluded.begin(), excluded.end(), LocalDate{date}) != excluded.end();
}

/// Whether start, end and excluded dates let windows open on `date`.
[[nodiscard]] inline bool opens_on(const CallingRules& rules, WallDate date) noexcept {
  return !(rules.start_date && date < WallDate{*rules.start_date}) &&
         !(rules.end_date && date > WallDate{*rules.end_date}) && !is_excluded(rules, date);
}

/// False for a date that the zone skipped whole (30 December 2011 in Samoa): nothing opens on it.
[[nodiscard]] inline bool occurs(const TimeZone& zone, WallDate date) noexcept {
  const LocalDate day{date};
  const auto midnight = zone.native().lookup(
      cctz::civil_second(static_cast<int>(day.year()), static_cast<int>(unsigned{day.month()}),
                         static_cast<int>(unsigned{day.day()})));
  if (midnight.kind != cctz::time_zone::civil_lookup::SKIPPED) return true;
  const Instant resumed = midnight.trans;
  return date_of(wall_time(resumed, offset_at(zone, resumed))) == date;
}

}  // namespace callqueue::detail
