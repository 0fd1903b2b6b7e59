#pragma once

#include <algorithm>
#include <cmath>

#include "callqueue/forecast.hpp"

namespace callqueue {

namespace detail {

/// How calls of the mean duration follow each other: `slots` at once, the next ones when these end.
struct Pace {
  double slots = 0;
  std::chrono::microseconds duration{1};

  /// When the call number `index` (from 0) starts after the first one did.
  [[nodiscard]] std::chrono::microseconds start_of(std::int64_t index) const {
    return static_cast<std::int64_t>(std::floor(static_cast<double>(index) / slots)) * duration;
  }
  /// How many calls can start in `length`, both ends included.
  [[nodiscard]] std::int64_t calls_in(std::chrono::microseconds length) const {
    return static_cast<std::int64_t>(std::ceil(static_cast<double>(length / duration + 1) * slots));
  }
};

[[nodiscard]] inline std::int64_t calls_for(std::int64_t rows, double attempts_per_row) {
  constexpr double most = 1e12;
  const double calls =
      static_cast<double>(std::max<std::int64_t>(rows, 0)) * std::max(attempts_per_row, 1.0);
  return static_cast<std::int64_t>(std::ceil(std::min(calls, most)));
}

}  // namespace detail

inline Forecast forecast(const ForecastInput& input, const CallingRules& rules,
                         const TimeZone& zone, Instant now) {
  constexpr int most_intervals = 10'000;
  Forecast result;
  const detail::Pace pace{.slots = std::min<double>(input.user_limit, input.system_share),
                          .duration = std::max(input.mean_duration, std::chrono::seconds{1})};
  const auto calls = detail::calls_for(input.open_rows, input.attempts_per_row);
  const auto asked = detail::calls_for(input.rows_ahead, input.attempts_per_row);
  if (calls == 0) result.ends_at = now;

  std::int64_t done = 0;
  Instant from = now;
  for (int i = 0; i < most_intervals && pace.slots > 0; ++i) {
    if (result.ends_at && result.starts_at) break;
    const auto open = next_open_interval(rules, zone, from);
    if (!open) break;
    const Instant begins = std::max(from, open->opens_at);
    const auto room = pace.calls_in(open->closes_at - begins);
    if (!result.starts_at && asked < done + room) {
      result.starts_at = begins + pace.start_of(asked - done);
    }
    if (!result.ends_at && calls <= done + room) {
      result.ends_at = begins + pace.start_of(calls - 1 - done) + pace.duration;
    }
    done += room;
    from = open->closes_at + std::chrono::microseconds{1};
  }
  if (!result.ends_at) {
    const auto left = static_cast<double>(calls - done) / std::max(input.attempts_per_row, 1.0);
    result.unreached_rows = std::min(input.open_rows, static_cast<std::int64_t>(std::ceil(left)));
  }
  return result;
}

}  // namespace callqueue
