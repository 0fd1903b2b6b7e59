#pragma once

#include <algorithm>
#include <chrono>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "callqueue/queued_call.hpp"
#include "store/session.hpp"

namespace callqueue {

// The order of calling: see `Store::list_upcoming_calls`. Each lane has two sequences of rows that
// are in this order by themselves and by an index: what is due, all of one rank, and what waits.

/// Before and after any instant that a store keeps.
inline constexpr Instant kEarliest{std::chrono::sys_days{std::chrono::year{1} / 1 / 1}};
inline constexpr Instant kLatest{std::chrono::sys_days{std::chrono::year{9999} / 12 / 31}};

/// The order is made of these, one after the other.
enum class CallingPart : int {
  direct,  ///< Due direct calls.
  open,    ///< Due rows of open lanes.
  later,   ///< Due rows of closed lanes, and what waits.
  stopped  ///< Of campaigns that are drafts or paused.
};

/// Which rows come before which, but for those of one rank.
struct CallingRank {
  CallingPart part = CallingPart::direct;
  /// The earliest instant at which they may start, as far as it makes a difference.
  Instant starts_at = kEarliest;
  bool waits = false;

  friend auto operator<=>(const CallingRank&, const CallingRank&) = default;
};

/// Where a row stands.
struct CallingPlace {
  CallingRank rank{};
  std::int64_t priority = 0;
  std::int64_t position = 0;
  Instant at{};       ///< When it was created; of one that waits, when it is due.
  std::string row{};  ///< Its id; of one that waits, its place in the list of its lane.
};

/// A lane, as the order of calling sees it now.
struct CallingLane {
  std::int64_t id = 0;
  CallingPart due = CallingPart::stopped;
  CallingPart waiting = CallingPart::stopped;
  /// When the closed lane of a campaign that runs opens, `kLatest` if nobody knows; else
  /// `kEarliest`.
  Instant opens_at = kEarliest;

  [[nodiscard]] CallingRank due_rank() const { return {due, opens_at, false}; }
  [[nodiscard]] CallingRank rank_at(Instant scheduled_for) const {
    return {waiting, std::max(scheduled_for, opens_at), true};
  }
  [[nodiscard]] CallingPlace place_of(const QueuedCall& row, bool waits,
                                      std::string list_place) const;
};

/// The lanes of a user's queued rows, or of a campaign's. What is being imported or swept is in
/// none of them.
/// @param as_if_running a campaign that counts as started.
[[nodiscard]] std::vector<CallingLane> calling_lanes(Session& session, Instant now, UserId user_id,
                                                     std::optional<CampaignId> campaign_id,
                                                     std::optional<CampaignId> as_if_running = {});

/// A place among the waiting rows of a lane.
struct WaitingPlace {
  Instant scheduled_for = kEarliest;
  std::string row{};  ///< Empty: before all that are due then.
};

/// Up to where a lane's waiting rows come before `place` or stand there.
/// @pre they are in its part.
[[nodiscard]] WaitingPlace waiting_up_to(const CallingLane& lane, const CallingPlace& place);

}  // namespace callqueue
