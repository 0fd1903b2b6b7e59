#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "callqueue/calling_rules.hpp"
#include "callqueue/time.hpp"

namespace callqueue {

/// What a forecast is made from. Counts are of rows, limits of calls at once.
struct ForecastInput {
  std::int64_t open_rows = 0;  ///< Queued and processing rows of the campaign.
  /// Rows of the same user that will be taken before the one asked about.
  std::int64_t rows_ahead = 0;
  int user_limit = 2;  ///< Calls at once of this user.
  /// Slots of the system that this user can count on (limit over competing users).
  double system_share = 10;
  std::chrono::seconds mean_duration{60};  ///< Mean time a call holds its slot.
  double attempts_per_row = 1.0;  ///< Expected attempts per row, retries included; at least 1.
};

/// What may be expected, as instants of the same clock as `now`.
struct Forecast {
  /// When the last open row will be done; none: the windows do not suffice (see `unreached_rows`).
  std::optional<Instant> ends_at{};
  /// When the row with `rows_ahead` rows before it will be dialed; none: not within the campaign's
  /// windows.
  std::optional<Instant> starts_at{};
  std::int64_t unreached_rows = 0;  ///< Rows that will not be called as things stand.
  /// Why there is no `ends_at`, in the words of `ExplainReason::code`: `no_more_windows`,
  /// `user_limit_zero`, `system_limit_zero`; of a campaign also `paused` (nothing is expected until
  /// somebody resumes it), `window_unknown`, `completed`, `cancelled`. Empty otherwise.
  std::string reason{};
};

/// The open rows of a campaign that are called on one clock.
struct ForecastLane {
  TimeZone zone{};
  std::int64_t open_rows = 0;
};

/// Spends the expected call time on the campaign's open intervals, at the pace the limits allow.
///
/// @return an estimate: exact only if every call took the mean duration. Pure; O(intervals used),
/// at most 10,000.
[[nodiscard]] Forecast forecast(const ForecastInput& input, const CallingRules& rules,
                                const TimeZone& zone, Instant now);

/// The same for a campaign that calls on several clocks: lanes that are open at the same time share
/// the pace by what is left in them. Of the input `open_rows` and `rows_ahead` do not count;
/// `starts_at` is when the first of all rows can be dialed. O(intervals used), at most 10,000 a
/// lane.
[[nodiscard]] Forecast forecast(const ForecastInput& input, const CallingRules& rules,
                                std::span<const ForecastLane> lanes, Instant now);

}  // namespace callqueue

#include "callqueue/detail/forecast_impl.hpp"
