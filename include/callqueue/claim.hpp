#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "callqueue/call.hpp"
#include "callqueue/call_event.hpp"
#include "callqueue/queued_call.hpp"
#include "callqueue/result.hpp"

namespace callqueue {

/// Asks for calls that may start now.
struct ClaimRequest {
  std::string worker = "worker";  ///< Who claims; must be unique among running claimers. Not empty.
  int limit = 1;                  ///< At most so many calls; 1 to 1,000.
  /// How long the claimant has to get the provider's acceptance; 1 s to 1 h.
  std::chrono::seconds lease{120};
  /// Claim this row or nothing ("call now"), under the same limits.
  std::optional<QueuedCallId> only{};
  std::optional<UserId> only_user{};  ///< Required with `only`: the row's user.
  bool lapse_submitted = true;  ///< Passed on to `advance`: see `AdvanceRequest::lapse_submitted`.
};

/// A call that was given a slot: dial it once, after `begin_dial` marked it.
struct ClaimedCall {
  Call call{};                ///< `call.id` is the idempotency key towards the provider.
  QueuedCall queued{};        ///< The row it serves; `user_data` and `contact_name` for the agent.
  std::string next_action{};  ///< The campaign's; empty for a direct call.
};

/// What one reported event did.
struct CallReport {
  Call call{};  ///< After the event.
  /// Its row after the event; none for a reserved slot or a deleted row.
  std::optional<QueuedCall> queued{};
  bool changed = false;  ///< False: a duplicate, or late without news.
  bool ended = false;    ///< This event freed the slot.
};

/// Outcome of `finish_and_claim`: the reports in the order of the events, and the calls claimed in
/// the same commit.
struct FinishedAndClaimed {
  std::vector<Result<CallReport>> reports{};
  std::vector<ClaimedCall> claimed{};
};

/// Names a call and its user.
struct CallRef {
  UserId user_id{};
  CallId call_id{};
};

/// Names a call as its provider does: by our id, or else by its own.
struct CallName {
  CallId call_id{};  ///< Nil: `provider_call_id` names it.
  std::string provider_call_id{};
};

/// How many calls are active against a limit.
struct SlotUse {
  int active = 0;
  int limit = 0;
};

/// What `advance` may do in one go.
struct AdvanceRequest {
  int budget = 1000;  ///< Most rows changed in one call; every step commits on its own.
  /// Whether submitted calls whose lease or deadline has passed become `unknown`. A processor whose
  /// dialer can look calls up passes false, asks the provider about `lapsed_calls`, and reports
  /// what it learnt.
  bool lapse_submitted = true;
};

/// What `advance` did.
struct AdvanceResult {
  int requeued = 0;      ///< Lapsed leases that were never submitted.
  int lapsed = 0;        ///< Submitted calls that became `unknown`.
  int made_ready = 0;    ///< Waiting rows that became ready.
  int expired = 0;       ///< Direct calls past `not_after`.
  int lanes_rolled = 0;  ///< Lanes given their next interval.
  int activated = 0;     ///< Scheduled campaigns whose first window opened.
  int ended = 0;         ///< Campaigns whose last interval closed.
  int swept = 0;         ///< Rows of cancelled and ended campaigns turned final.
  bool more = false;     ///< The budget ran out first: call again.

  [[nodiscard]] int total() const noexcept {
    return requeued + lapsed + made_ready + expired + lanes_rolled + activated + ended + swept;
  }
};

}  // namespace callqueue
