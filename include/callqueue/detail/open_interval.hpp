#pragma once

#include <algorithm>
#include <chrono>
#include <optional>
#include <utility>
#include <vector>

#include "callqueue/detail/wall_time.hpp"

/// The search behind `next_open_interval`: from local dates and changes of offset to intervals of
/// instants.
namespace callqueue::detail {

/// How far an interval may reach before and after the instant that was asked about.
inline constexpr std::chrono::days longest_reach{366};

/// Time during which a zone keeps one offset. Both ends are inside.
struct Stretch {
  Instant begins;
  Instant ends;
  std::chrono::microseconds offset{0};
  std::chrono::microseconds skipped{0};  ///< Local time that the change at `begins` left out.
  std::chrono::microseconds next_skipped{0};

  /// The stretch around `from`, cut off before it.
  [[nodiscard]] static Stretch starting(const TimeZone& zone, Instant from,
                                        std::chrono::microseconds skipped = {}) {
    Stretch stretch{
        .begins = from, .ends = last_instant, .offset = offset_at(zone, from), .skipped = skipped};
    cctz::time_zone::civil_transition change;
    if (!zone.native().next_transition(from, &change)) return stretch;
    const auto since_epoch = std::chrono::seconds{change.from - cctz::civil_second{}};
    const Instant changes = instant_of(WallTime{since_epoch}, stretch.offset);
    stretch.ends = std::min(last_instant, changes - std::chrono::microseconds{1});
    const auto jump = std::chrono::seconds{change.to - change.from};
    stretch.next_skipped = std::max(std::chrono::microseconds{0}, std::chrono::microseconds{jump});
    return stretch;
  }

  [[nodiscard]] Stretch following(const TimeZone& zone) const {
    return starting(zone, ends + std::chrono::microseconds{1}, next_skipped);
  }

  [[nodiscard]] WallTime first_wall_time() const { return wall_time(begins, offset); }
  [[nodiscard]] WallTime last_wall_time() const { return wall_time(ends, offset); }
  /// Whether `date` vanished in the change at `begins`.
  [[nodiscard]] bool skips(WallDate date) const {
    return first_wall_time() - skipped <= date && date + std::chrono::days{1} <= first_wall_time();
  }
};

/// Joins intervals that come in the order of their opening, until the one that is asked for is
/// complete.
class IntervalMerger {
 public:
  explicit IntervalMerger(Instant after) : after_(after) {}

  /// @return the answer, once a later interval or its own length has completed it.
  [[nodiscard]] std::optional<Interval> take(const Interval& piece) {
    if (open_ && piece.opens_at > open_->closes_at + std::chrono::microseconds{1}) {
      if (const auto complete = finish()) return complete;
      open_.reset();
    }
    if (!open_) {
      open_ = piece;
    } else {
      open_->closes_at = std::max(open_->closes_at, piece.closes_at);
    }
    const Instant furthest = std::max(after_, open_->opens_at) + longest_reach;
    if (open_->closes_at < furthest) return std::nullopt;
    return Interval{open_->opens_at, furthest};
  }

  /// The answer when no piece is left.
  [[nodiscard]] std::optional<Interval> finish() const {
    return open_ && open_->closes_at >= after_ ? open_ : std::nullopt;
  }

 private:
  Instant after_;
  std::optional<Interval> open_;
};

/// Reads the rules as intervals. Keeps references: lives no longer than what it was made from.
class OpenIntervalSearch {
 public:
  OpenIntervalSearch(const CallingRules& rules, const TimeZone& zone)
      : rules_(rules), zone_(zone), excluded_(rules.excluded_dates) {
    std::sort(excluded_.begin(), excluded_.end());
    const auto is_ordered = [](const auto& day) { return std::is_sorted(day.begin(), day.end()); };
    if (std::all_of(rules.windows.begin(), rules.windows.end(), is_ordered)) return;
    ordered_ = rules.windows;
    for (auto& day : *ordered_) std::sort(day.begin(), day.end());
  }

  /// The first open interval that ends at `after` or later, as far as it lies behind `from`.
  [[nodiscard]] std::optional<Interval> find(Instant from, Instant after) const {
    if (rules_.start_date) {
      // Two days make up for any offset.
      const Instant start = std::chrono::sys_days{*rules_.start_date} - std::chrono::days{2};
      if (start > last_instant) return std::nullopt;
      from = std::max(from, start);
    }
    const WallDate last = last_date(from, after);
    IntervalMerger merger{after};
    // From just before, so that a change at `from` itself is seen as one.
    auto stretch = Stretch::starting(zone_, from - std::chrono::microseconds{1});
    for (;; stretch = stretch.following(zone_)) {
      if (const auto found = find_in(stretch, from, last, merger)) return found;
      // A window ends on the day after it opens, and no change sets clocks back by more than a day.
      const bool beyond = date_of(stretch.last_wall_time()) > last + std::chrono::days{3};
      if (beyond || stretch.ends >= last_instant) return merger.finish();
    }
  }

 private:
  /// The last date on which a window can open that matters. Each week has a window, and an excluded
  /// date takes away one date at most: so many weeks without any mean never.
  [[nodiscard]] WallDate last_date(Instant from, Instant after) const {
    const auto weeks = std::chrono::weeks{excluded_.size() + 8};
    const Instant start = std::max(from, after);
    WallDate last = date_of(wall_time(start, {})) + weeks + longest_reach;
    if (rules_.end_date) last = std::min(last, WallDate{*rules_.end_date});
    return last;
  }

  /// Hands the merger what is open within one stretch, in order.
  [[nodiscard]] std::optional<Interval> find_in(const Stretch& stretch, Instant from, WallDate last,
                                                IntervalMerger& merger) const {
    WallDate date = date_of(stretch.first_wall_time() - stretch.skipped) - std::chrono::days{1};
    if (rules_.start_date) date = std::max(date, WallDate{*rules_.start_date});
    last = std::min(last, date_of(stretch.last_wall_time()));
    for (; date <= last; date += std::chrono::days{1}) {
      const auto& windows = (ordered_ ? *ordered_ : rules_.windows)[weekday_index(date)];
      if (windows.empty() || is_excluded(date) || stretch.skips(date)) continue;
      for (const auto& window : windows) {
        auto piece = piece_of(window, date, stretch);
        if (!piece || piece->closes_at < from) continue;
        piece->opens_at = std::max(piece->opens_at, from);
        if (const auto found = merger.take(*piece)) return found;
      }
    }
    return std::nullopt;
  }

  /// The part of a window that lies in a stretch, without excluded dates.
  [[nodiscard]] std::optional<Interval> piece_of(const CallingWindow& window, WallDate date,
                                                 const Stretch& stretch) const {
    WallTime opens = date + window.opens;
    WallTime closes = closing_of(window, date);
    const WallTime resumed = stretch.first_wall_time();
    if (stretch.skipped.count() > 0 && closes >= resumed - stretch.skipped) {
      closes = std::max(closes, resumed);  // A time in the gap means the first instant after it.
    }
    opens = std::max(opens, resumed);
    closes = std::min(closes, stretch.last_wall_time());
    if (closes < opens || is_excluded(date_of(opens))) return std::nullopt;
    if (date_of(closes) != date_of(opens) && is_excluded(date_of(closes))) {
      closes = date_of(closes) - std::chrono::microseconds{1};
    }
    return Interval{instant_of(opens, stretch.offset), instant_of(closes, stretch.offset)};
  }

  [[nodiscard]] bool is_excluded(WallDate date) const {
    return !excluded_.empty() &&
           std::binary_search(excluded_.begin(), excluded_.end(), LocalDate{date});
  }

  const CallingRules& rules_;
  const TimeZone& zone_;
  std::vector<LocalDate> excluded_;
  std::optional<WeeklyWindows> ordered_;
};

}  // namespace callqueue::detail
