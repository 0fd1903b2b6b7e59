#pragma once

#include <algorithm>
#include <utility>

#include "callqueue/calling_rules.hpp"
#include "callqueue/detail/open_interval.hpp"
#include "callqueue/detail/wall_time.hpp"

namespace callqueue {

inline WeeklyWindows every_day(CallingWindow window) {
  WeeklyWindows windows;
  for (auto& day : windows) day.push_back(window);
  return windows;
}

namespace detail {

/// What is wrong with a window, or null.
[[nodiscard]] inline const char* fault_of(const CallingWindow& window) noexcept {
  constexpr TimeOfDay midnight{0};
  if (window.opens < midnight || window.opens >= end_of_day) {
    return "a window must open between 00:00 and 23:59:59";
  }
  if (window.closes < midnight || window.closes > end_of_day) {
    return "a window must close between 00:00 and 24:00";
  }
  if (window.opens == window.closes) return "a window must not close when it opens";
  return nullptr;
}

/// Whether the windows are the same single one every day: what two columns of a campaign can say.
[[nodiscard]] inline bool is_daily(const WeeklyWindows& windows) {
  return windows[0].size() == 1 && std::all_of(windows.begin(), windows.end(),
                                               [&](const auto& day) { return day == windows[0]; });
}

[[nodiscard]] inline bool exists(LocalDate date) noexcept {
  return date.ok() && date.year() >= std::chrono::year{1} && date.year() <= std::chrono::year{9999};
}

}  // namespace detail

inline Result<void> validate(const CallingRules& rules) {
  const auto refuse = [](const char* why, const char* field) {
    return fail(ErrorCode::invalid_argument, why, field);
  };
  const char* const windows = detail::is_daily(rules.windows) ? "first_call_time" : "windows";
  bool any = false;
  for (const auto& day : rules.windows) {
    for (const auto& window : day) {
      if (const char* fault = detail::fault_of(window)) return refuse(fault, windows);
      any = true;
    }
  }
  if (!any) return refuse("there must be at least one window in the week", windows);
  if (rules.start_date && !detail::exists(*rules.start_date)) {
    return refuse("there is no such date", "start_date");
  }
  if (rules.end_date && !detail::exists(*rules.end_date)) {
    return refuse("there is no such date", "end_date");
  }
  if (rules.start_date && rules.end_date && *rules.end_date < *rules.start_date) {
    return refuse("the end date must not be before the start date", "end_date");
  }
  if (!std::all_of(rules.excluded_dates.begin(), rules.excluded_dates.end(), detail::exists)) {
    return refuse("there is no such date", "excluded_dates");
  }
  return {};
}

namespace detail {

/// Whether a window meets the wall times `first` to `last`. Both are one moment, except where local
/// time is skipped.
[[nodiscard]] inline bool is_within_a_window(const CallingRules& rules, const TimeZone& zone,
                                             WallTime first, WallTime last) noexcept {
  const WallDate today = date_of(last);
  // The night before yesterday has ended by now: no window is longer than a day.
  const WallDate yesterday = date_of(first) - std::chrono::days{1};
  for (WallDate date = today; date >= yesterday; date -= std::chrono::days{1}) {
    for (const auto& window : rules.windows[weekday_index(date)]) {
      const bool meets = date + window.opens <= last && closing_of(window, date) >= first;
      if (!meets || !opens_on(rules, date)) continue;
      if (date == today || occurs(zone, date)) return true;
    }
  }
  return false;
}

}  // namespace detail

inline bool is_open(const CallingRules& rules, const TimeZone& zone, Instant now) noexcept {
  if (now < detail::first_instant || now > detail::last_instant) return false;
  const auto offset = detail::offset_at(zone, now);
  const detail::WallTime wall = detail::wall_time(now, offset);
  if (detail::is_excluded(rules, detail::date_of(wall))) return false;
  // What was to open or close in a gap does so at the first instant after it: at that instant, all
  // the wall times that were skipped count. Offsets change on full seconds only.
  auto skipped = std::chrono::microseconds{0};
  if (now.time_since_epoch() % std::chrono::seconds{1} == std::chrono::microseconds{0}) {
    skipped = std::max(skipped, offset - detail::offset_at(zone, now - std::chrono::seconds{1}));
  }
  return detail::is_within_a_window(rules, zone, wall - skipped, wall);
}

inline std::optional<Interval> next_open_interval(const CallingRules& rules, const TimeZone& zone,
                                                  Instant after) {
  if (after > detail::last_instant) return std::nullopt;
  after = std::max(after, detail::first_instant);
  const detail::OpenIntervalSearch search{rules, zone};
  std::optional<Interval> found;
  // Most intervals opened within two days; the few that reach further back are worth a second look.
  for (const auto reach : {std::chrono::days{2}, detail::longest_reach}) {
    const Instant from = std::max(after - reach, detail::first_instant);
    found = search.find(from, after);
    if (!found || found->opens_at > from) break;
  }
  return found;
}

}  // namespace callqueue
