#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "callqueue/result.hpp"
#include "callqueue/time.hpp"
#include "callqueue/time_zone.hpp"

namespace callqueue {

/// Daily local hours in which calls may start. Both ends are inside.
///
/// `closes` earlier than `opens` spans midnight and belongs to the date on which it opens.
/// 00:00–24:00 is all day. Equal ends are an error.
struct CallingWindow {
  TimeOfDay opens{};
  TimeOfDay closes{};

  friend auto operator<=>(const CallingWindow&, const CallingWindow&) = default;
};

/// Every window of a week; index 0 is Monday, 6 is Sunday. An empty day has no calls.
using WeeklyWindows = std::array<std::vector<CallingWindow>, 7>;

/// When calls may start, in local terms.
///
/// A window belongs to the local date on which it opens: the part after midnight follows that
/// date's weekday, start and end date. An excluded date closes that whole calendar date and the
/// windows that open on it. A time in a DST gap means the first instant after it; a repeated hour
/// is open both times. Overlapping and touching windows merge. On a date that a zone skipped whole
/// (30 December 2011 in Samoa) nothing opens.
struct CallingRules {
  WeeklyWindows windows{};
  std::optional<LocalDate>
      start_date{};                     ///< First date on which a window may open; none: no bound.
  std::optional<LocalDate> end_date{};  ///< Last date on which a window may open; none: no end.
  std::vector<LocalDate> excluded_dates{};  ///< Holidays, in any order.

  friend bool operator==(const CallingRules&, const CallingRules&) = default;
};

/// The same window every day.
[[nodiscard]] WeeklyWindows every_day(CallingWindow window);

/// Checks windows (within 00:00–24:00, ends differ, at least one in the week) and dates (they
/// exist, start not after end). @return `invalid_argument` naming `first_call_time`, `windows`,
/// `start_date`, `end_date` or `excluded_dates`.
[[nodiscard]] Result<void> validate(const CallingRules& rules);

/// Whether a call may start at `now`. Allocates nothing.
///
/// @pre `validate(rules)` succeeded.
[[nodiscard]] bool is_open(const CallingRules& rules, const TimeZone& zone, Instant now) noexcept;

/// The open interval that contains `after`, else the first one that opens later; nothing when none
/// ever does.
///
/// Agrees with `is_open` at every instant: `is_open(t)` exactly when the interval returned for `t`
/// contains `t`. Returned intervals are maximal, except that one which is open for longer (all-day
/// rules) is cut 366 days before and after `after` (after its opening if it opens later): whoever
/// reaches `closes_at` asks again, and may find it open still. Outside the years 1 to 2299
/// everything is closed.
/// @pre `validate(rules)` succeeded.
[[nodiscard]] std::optional<Interval> next_open_interval(const CallingRules& rules,
                                                         const TimeZone& zone, Instant after);

}  // namespace callqueue

#include "callqueue/detail/calling_rules_impl.hpp"
