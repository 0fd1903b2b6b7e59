#pragma once

#include <chrono>

namespace rest {

/// When to look at something again: after it has changed, and no more often than one can afford.
class LookPace {
 public:
  using Clock = std::chrono::steady_clock;

  /// @param pace from one look to the next at least.
  explicit LookPace(Clock::duration pace) : pace_(pace) {}

  /// Something has changed; also while somebody looks: then it is to be looked at once more.
  void change() { is_due_ = true; }
  /// The instant for the next look; the end of time: nothing has changed.
  [[nodiscard]] Clock::time_point when() const;
  /// Whether a look has succeeded yet.
  [[nodiscard]] bool was_seen() const { return was_seen_; }

  void begin(Clock::time_point now);
  void end(Clock::time_point now);
  /// The look has seen a part, and goes on behind it: at once until everything was seen once, then
  /// at the pace. What changes meanwhile is looked at once more.
  void go_on(Clock::time_point now);
  void fail(Clock::time_point now);

 private:
  Clock::duration pace_;
  void rest(Clock::time_point now);

  bool is_due_ = true;
  bool is_amid_ = false;
  bool was_seen_ = false;
  Clock::time_point began_{};
  Clock::time_point not_before_{};
};

}  // namespace rest
