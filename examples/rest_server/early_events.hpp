#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "callqueue/call_event.hpp"

namespace rest {

/// How much is kept, and for how long.
struct EarlyBounds {
  std::size_t events = 10'000;
  std::size_t bytes = 8'388'608;
  std::chrono::milliseconds age{15 * 60'000};
};

/// Events that have come before the provider's acceptance of their call was recorded: nobody knows
/// yet whose they are. Kept within bounds; the oldest go first. Not thread-safe.
class EarlyEvents {
 public:
  using Time = std::chrono::steady_clock::time_point;
  using Key = std::uint64_t;
  using Entry = std::pair<Key, callqueue::CallEvent>;

  explicit EarlyEvents(const EarlyBounds& bounds = {}) : bounds_(bounds) {}

  void keep(callqueue::CallEvent event, Time now);
  /// At most `most` events that are to be looked up again now: soon after they came, then after
  /// ever longer pauses. They stay until `forget`. Drops those that have become too old.
  [[nodiscard]] std::vector<Entry> take_due(Time now, std::size_t most);
  void forget(Key key);
  /// When the next one is due; none: nothing is kept.
  [[nodiscard]] std::optional<Time> next_due() const;
  [[nodiscard]] std::size_t size() const { return kept_.size(); }
  /// How many had to go since this was asked last.
  [[nodiscard]] std::size_t take_dropped() { return std::exchange(dropped_, 0); }

 private:
  struct Kept {
    callqueue::CallEvent event;
    Time kept_at;
    Time due_at;
    std::chrono::milliseconds pause;
  };

  void drop_oldest();

  const EarlyBounds bounds_;
  std::map<Key, Kept> kept_;  ///< The oldest first.
  std::set<std::pair<Time, Key>> due_;
  Key next_key_ = 0;
  std::size_t bytes_ = 0;
  std::size_t dropped_ = 0;
};

}  // namespace rest
