#pragma once

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>
#include <vector>

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
};

[[nodiscard]] inline Pace pace_of(const ForecastInput& input) {
  return {.slots = std::min<double>(input.user_limit, input.system_share),
          .duration = std::max(input.mean_duration, std::chrono::seconds{1})};
}

[[nodiscard]] inline std::int64_t calls_for(std::int64_t rows, double attempts_per_row) {
  constexpr double most = 1e12;
  const double calls =
      static_cast<double>(std::max<std::int64_t>(rows, 0)) * std::max(attempts_per_row, 1.0);
  return static_cast<std::int64_t>(std::ceil(std::min(calls, most)));
}

/// A lane on its way through time.
struct LaneAhead {
  TimeZone zone;
  std::int64_t calls = 0;        ///< Left to make.
  std::optional<Interval> open;  ///< Current or next; none: no further one.

  [[nodiscard]] bool waits() const noexcept { return calls > 0 && open; }
};

/// Lanes that spend the same slots together.
class LanesAhead {
 public:
  LanesAhead(const ForecastInput& input, const CallingRules& rules, std::vector<LaneAhead> lanes,
             Instant now)
      : input_(input), rules_(rules), now_(now), lanes_(std::move(lanes)) {}

  [[nodiscard]] Forecast run() {
    constexpr std::size_t most_intervals = 10'000;
    Forecast result{.ends_at = now_};
    for (std::size_t i = 0; pace_.slots > 0 && i < most_intervals * lanes_.size(); ++i) {
      if (!go_to_next_opening()) break;
      if (!result.starts_at) result.starts_at = now_;
      result.ends_at = std::max(*result.ends_at, spend());
    }
    double left = 0;
    for (const auto& lane : lanes_) left += static_cast<double>(lane.calls);
    if (left == 0) return result;
    result.ends_at.reset();
    result.reason = why_not();
    result.unreached_rows =
        static_cast<std::int64_t>(std::ceil(left / std::max(input_.attempts_per_row, 1.0)));
    return result;
  }

 private:
  [[nodiscard]] const char* why_not() const {
    if (pace_.slots > 0) return "no_more_windows";
    return input_.user_limit <= 0 ? "user_limit_zero" : "system_limit_zero";
  }

  /// Moves on to where a lane with calls left is open. @return false when there is no such time.
  bool go_to_next_opening() {
    std::optional<Instant> next;
    for (auto& lane : lanes_) {
      if (lane.calls > 0 && (!looked_ || (lane.open && lane.open->closes_at < now_))) {
        lane.open = next_open_interval(rules_, lane.zone, now_);
      }
      if (lane.waits() && (!next || lane.open->opens_at < *next)) next = lane.open->opens_at;
    }
    looked_ = true;
    if (next) now_ = std::max(now_, *next);
    return next.has_value();
  }

  [[nodiscard]] bool is_open(const LaneAhead& lane) const {
    return lane.waits() && lane.open->opens_at <= now_;
  }

  /// Makes calls until they are done, or a lane opens or closes. @return when the last one ends.
  Instant spend() {
    std::int64_t left = 0;
    std::int64_t rounds = std::numeric_limits<std::int64_t>::max();
    for (const auto& lane : lanes_) {
      if (!lane.waits()) continue;
      // A round may begin at the very end of an interval, and no more where another lane opens.
      const bool open = is_open(lane);
      const auto until = open ? lane.open->closes_at : lane.open->opens_at - one_tick;
      rounds = std::min<std::int64_t>(rounds, (until - now_) / pace_.duration + 1);
      if (open) left += lane.calls;
    }
    const auto room = static_cast<std::int64_t>(
        std::ceil(std::min(static_cast<double>(rounds) * pace_.slots, 1e12)));
    const auto made = std::min(left, room);
    take(made, left);
    const auto last_ends = now_ + pace_.start_of(made - 1) + pace_.duration;
    now_ = made < room ? last_ends : now_ + rounds * pace_.duration;
    return last_ends;
  }

  /// Each open lane gives by what is left in it.
  void take(std::int64_t made, std::int64_t left) {
    for (auto& lane : lanes_) {
      if (!is_open(lane)) continue;
      const auto share = static_cast<std::int64_t>(std::ceil(
          static_cast<double>(made) * static_cast<double>(lane.calls) / static_cast<double>(left)));
      const auto given = std::min({share, made, lane.calls});
      left -= lane.calls;
      lane.calls -= given;
      made -= given;
      if (left <= 0) break;
    }
  }

  static constexpr std::chrono::microseconds one_tick{1};

  const ForecastInput& input_;
  const CallingRules& rules_;
  const Pace pace_ = pace_of(input_);
  Instant now_;
  bool looked_ = false;
  std::vector<LaneAhead> lanes_;
};

}  // namespace detail

inline Forecast forecast(const ForecastInput& input, const CallingRules& rules,
                         std::span<const ForecastLane> lanes, Instant now) {
  std::vector<detail::LaneAhead> ahead;
  for (const auto& lane : lanes) {
    ahead.push_back({.zone = lane.zone,
                     .calls = detail::calls_for(lane.open_rows, input.attempts_per_row),
                     .open = std::nullopt});
  }
  return detail::LanesAhead(input, rules, std::move(ahead), now).run();
}

inline Forecast forecast(const ForecastInput& input, const CallingRules& rules,
                         const TimeZone& zone, Instant now) {
  const ForecastLane lane{.zone = zone, .open_rows = input.open_rows};
  auto result = forecast(input, rules, std::span{&lane, 1}, now);
  // The row asked about starts with the last of the calls up to its own.
  const auto calls = detail::calls_for(input.rows_ahead, input.attempts_per_row) + 1;
  const auto asked =
      detail::LanesAhead(input, rules, {{.zone = zone, .calls = calls, .open = std::nullopt}}, now)
          .run();
  result.starts_at.reset();
  if (asked.ends_at) result.starts_at = *asked.ends_at - detail::pace_of(input).duration;
  return result;
}

}  // namespace callqueue
