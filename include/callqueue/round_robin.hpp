#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "callqueue/uuid.hpp"

namespace callqueue {

/// A user's place in the round robin: the number of its last dealing; 0: never served. Smaller is
/// served sooner.
using Turn = std::uint64_t;

/// A user that could take slots now.
struct RoundRobinCandidate {
  UserId user_id{};
  Turn turn = 0;
  std::int64_t headroom = 0;  ///< Slots it may still take under its own limit.
  std::int64_t ready = 0;     ///< Ready queued calls it has.
};

/// Deals slots one per user per round, least recently served first (ties by user id).
///
/// Between two users, over any run of consecutive dealings during which both had headroom and ready
/// calls, the slots dealt differ by at most one. Coming back from idleness gives no credit beyond
/// being first once.
///
/// Usable on its own, for anything that is dealt between tenants. Not thread-safe. A dealing costs
/// O(1) amortised however many users there are.
class RoundRobinAllocator {
 public:
  RoundRobinAllocator() = default;
  /// @pre no user twice. Candidates without headroom or ready calls are left out.
  explicit RoundRobinAllocator(std::vector<RoundRobinCandidate> candidates);

  /// Adds a user, who takes its place by turn before everybody that was served already. O(1) when
  /// users are added in turn order before the first dealing. @pre it is not there yet.
  void add(const RoundRobinCandidate& candidate);

  /// The user that takes the next slot, or nothing when nobody can. Counts as a dealing: its
  /// headroom and ready calls shrink by one and its turn becomes the latest.
  [[nodiscard]] std::optional<UserId> next();

  /// Takes back the dealing `next` just made and drops the user: it turned out to have nothing to
  /// take. Does nothing unless `next` was the last operation and gave a user.
  void drop_last();

 private:
  void start_round();

  std::vector<RoundRobinCandidate> round_;  // In turn order; those before head_ were served.
  std::size_t head_ = 0;
  std::vector<RoundRobinCandidate> next_round_;  // Served in this round, in that order.
  Turn latest_turn_ = Turn{1} << 63U;            // Above every turn that comes from outside.
  bool last_waits_ = false;                      // Whether the user served last is in next_round_.
};

/// The next `slots` dealings in order; fewer when nobody can take more.
[[nodiscard]] std::vector<UserId> deal(std::span<const RoundRobinCandidate> candidates,
                                       std::size_t slots);

}  // namespace callqueue

#include "callqueue/detail/round_robin_impl.hpp"
