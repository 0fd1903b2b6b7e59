#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "callqueue/call.hpp"
#include "callqueue/call_campaign.hpp"
#include "callqueue/queued_call.hpp"
#include "callqueue/result.hpp"

namespace callqueue {

/// What a provider (or a dialer) says about one call. May arrive twice, late and out of order.
struct CallEvent {
  UserId user_id{};  ///< The call's user; a call of another user is `not_found`.
  CallId call_id{};  ///< Ours; nil when only the provider's id is known.
  /// The provider's; recorded when first seen. UTF-8 without NUL, at most 512 bytes.
  std::string provider_call_id{};
  /// Where the call is. None: the line was disconnected, and what was seen of the call decides (see
  /// `set_status`).
  std::optional<CallStatus> status{};
  /// Only to say more than the status: `voicemail`, `rejected`.
  std::optional<CallOutcome> outcome{};
  /// The host's own verdict; none: success means answered by a person.
  std::optional<bool> success{};
  /// A rejection's verdict: `false` fails the row whatever the retry policy says.
  std::optional<bool> retryable{};
  /// A provider's clock may be wrong: here and below an instant before the call was created or
  /// after now counts as the nearer of the two.
  std::optional<Instant> answered_at{};
  std::optional<Instant> ended_at{};  ///< None: when the event is applied.
  std::optional<std::chrono::seconds> duration{};
  /// For a person: cut at 1,024 bytes, and what is no UTF-8 becomes U+FFFD.
  std::string failure_reason{};
};

/// Sets status and outcome from a provider's spelling: every `CallStatus` and `CallOutcome`, with
/// `-` or `_`, in any case, but `answered`, which providers say when somebody picks up: in
/// progress. And `call-disconnected`: completed and answered if the call was seen answered or
/// lasted above zero, else failed.
/// @return `invalid_argument` naming `status` for anything else.
[[nodiscard]] Result<void> set_status(CallEvent& event, std::string_view spelling);

/// Sets the outcome beside what `set_status` has set. They have to agree: what failed may have been
/// rejected, what completed or is in progress was answered or met a voicemail, and nothing that
/// rings has an outcome yet. A line that was disconnected may have any.
/// @return `invalid_argument` naming `outcome` where they contradict each other; the event stays as
/// it was.
[[nodiscard]] Result<void> set_outcome(CallEvent& event, CallOutcome outcome);

/// What an event makes of a call.
struct CallTransition {
  Call call{};           ///< The call after the event.
  bool changed = false;  ///< False for a duplicate or a late event that says nothing new.
  bool ended = false;  ///< An active call became final: its slot is free from now on. True at most
                       ///< once per call.
  bool corrected = false;  ///< An `unknown` call got its real outcome.
  /// A call that was completed before got another `success`: its row's follows.
  bool judged = false;
};

/// Applies an event to a call: it only moves forward; a final state stays, except `unknown`, which
/// gives way to the real outcome; missing facts (`answered_at`, duration, provider's id) are filled
/// in either way. A completed call's success is what its outcome implies, unless an event says
/// otherwise, however late: `judged`.
///
/// An active event renews the call deadline (`now + call_deadline`) of a call that was accepted. An
/// active event for an `unknown` call is recorded (answered_at, provider's id) and takes no slot
/// back.
[[nodiscard]] CallTransition apply_event(const Call& call, const CallEvent& event, Instant now,
                                         std::chrono::seconds call_deadline);

/// What becomes of the queued call once its attempt has ended.
struct RowDecision {
  QueuedCallStatus status = QueuedCallStatus::failed;
  std::optional<Instant> scheduled_for{};  ///< Set when it is queued again.
  std::optional<bool> success{};           ///< Set when it is completed.
  /// The outcome's text unless the event gave a reason; empty when completed.
  std::string failure_reason{};

  friend bool operator==(const RowDecision&, const RowDecision&) = default;
};

/// What a row's campaign contributes to the decision; a direct call has none.
struct RowRules {
  CampaignStatus campaign_status = CampaignStatus::active;
  RetryPolicy retry{};
  CallingRules calling_rules{};
  TimeZone zone{};
};

/// Decides the row's fate: answered → completed; voicemail → completed without success unless
/// retried; busy, no_answer, failed, rejected → queued again if the policy allows, else failed;
/// cancelled → cancelled; unknown → failed, never retried. In a campaign that is cancelled or
/// completed nothing is retried; in a paused one it is queued.
///
/// After a correction the row has failed already: only a decision for `completed` still applies to
/// it.
/// @param ended a call in a final state. @param retryable the event's verdict. @param rules null
/// for a direct call.
[[nodiscard]] RowDecision decide_row(const Call& ended, std::optional<bool> retryable,
                                     const RowRules* rules);

}  // namespace callqueue

#include "callqueue/detail/call_event_impl.hpp"
