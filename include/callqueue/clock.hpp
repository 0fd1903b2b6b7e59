#pragma once

#include <algorithm>
#include <atomic>
#include <chrono>
#include <memory>

#include "callqueue/export.hpp"
#include "callqueue/time.hpp"

namespace callqueue {

/// Where "now" comes from. Inject one through `StoreOptions::clock`; without it the store's own
/// clock decides.
class CALLQUEUE_API Clock {
 public:
  virtual ~Clock() = default;
  /// Thread-safe; never goes back.
  [[nodiscard]] virtual Instant now() const = 0;
};

/// The machine's clock.
class CALLQUEUE_API SystemClock final : public Clock {
 public:
  [[nodiscard]] Instant now() const override {
    return std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now());
  }
};

/// A clock that stands still until it is moved: for tests and simulations. Thread-safe.
class CALLQUEUE_API ManualClock final : public Clock {
 public:
  explicit ManualClock(Instant start) : now_(start.time_since_epoch().count()) {}

  [[nodiscard]] Instant now() const override {
    return Instant{std::chrono::microseconds{now_.load()}};
  }
  /// Moves on by `by`, never back: a negative one leaves it where it is.
  void advance(std::chrono::microseconds by) { now_ += std::max(by.count(), decltype(by)::rep{0}); }
  /// Moves to `to`, never back.
  void advance_to(Instant to) {
    auto current = now_.load();
    const auto target = to.time_since_epoch().count();
    while (current < target && !now_.compare_exchange_weak(current, target)) {
    }
  }

 private:
  std::atomic<std::chrono::microseconds::rep> now_;
};

}  // namespace callqueue
