#pragma once

#include <algorithm>
#include <cmath>
#include <limits>
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

/// A lane on its way through time.
struct LaneAhead {
  const ForecastLane* lane = nullptr;
  std::int64_t calls = 0;        ///< Left to make.
  std::optional<Interval> open;  ///< Current or next; none: no further one.

  [[nodiscard]] bool waits() const noexcept { return calls > 0 && open; }
};

/// Lanes that spend the same slots together.
class LanesAhead {
 public:
  LanesAhead(const ForecastInput& input, const CallingRules& rules,
             std::span<const ForecastLane> lanes, Instant now)
      : input_(input), rules_(rules), now_(now) {
    for (const auto& lane : lanes) {
      const auto calls = calls_for(lane.open_rows, input.attempts_per_row);
      if (calls > 0) lanes_.push_back({.lane = &lane, .calls = calls});
    }
  }

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
    result.unreached_rows =
        static_cast<std::int64_t>(std::ceil(left / std::max(input_.attempts_per_row, 1.0)));
    return result;
  }

 private:
  /// Moves on to where a lane with calls left is open. @return false when there is no such time.
  bool go_to_next_opening() {
    std::optional<Instant> next;
    for (auto& lane : lanes_) {
      if (lane.calls > 0 && (!looked_ || (lane.open && lane.open->closes_at < now_))) {
        lane.open = next_open_interval(rules_, lane.lane->zone, now_);
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
  const Pace pace_{.slots = std::min<double>(input_.user_limit, input_.system_share),
                   .duration = std::max(input_.mean_duration, std::chrono::seconds{1})};
  Instant now_;
  bool looked_ = false;
  std::vector<LaneAhead> lanes_;
};

}  // namespace detail

inline Forecast forecast(const ForecastInput& input, const CallingRules& rules,
                         std::span<const ForecastLane> lanes, Instant now) {
  return detail::LanesAhead(input, rules, lanes, now).run();
}

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
