#pragma once

#include <algorithm>
#include <string>
#include <utility>

#include "callqueue/call_event.hpp"

namespace callqueue {

namespace detail {

/// Lower case, with underscores.
[[nodiscard]] inline std::string normalised(std::string_view spelling) {
  std::string text{spelling};
  for (char& c : text) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    if (c == '-') c = '_';
  }
  return text;
}

[[nodiscard]] constexpr CallStatus status_of(CallOutcome outcome) noexcept {
  switch (outcome) {
    case CallOutcome::answered:
    case CallOutcome::voicemail: return CallStatus::completed;
    case CallOutcome::busy: return CallStatus::busy;
    case CallOutcome::no_answer: return CallStatus::no_answer;
    case CallOutcome::failed:
    case CallOutcome::rejected: return CallStatus::failed;
    case CallOutcome::cancelled: return CallStatus::cancelled;
    case CallOutcome::unknown: return CallStatus::unknown;
  }
  return CallStatus::unknown;
}

/// Whether a call that is said to be there can have that outcome.
[[nodiscard]] constexpr bool may_end_in(CallStatus status, CallOutcome outcome) noexcept {
  if (status == CallStatus::in_progress) return status_of(outcome) == CallStatus::completed;
  return status_of(outcome) == status;
}

/// The outcome of a final status: `said` where it fits (a voicemail was completed), else the
/// status' own.
[[nodiscard]] constexpr CallOutcome outcome_of(CallStatus status,
                                               std::optional<CallOutcome> said) noexcept {
  if (said && status_of(*said) == status) return *said;
  switch (status) {
    case CallStatus::completed: return CallOutcome::answered;
    case CallStatus::busy: return CallOutcome::busy;
    case CallStatus::no_answer: return CallOutcome::no_answer;
    case CallStatus::failed: return CallOutcome::failed;
    case CallStatus::cancelled: return CallOutcome::cancelled;
    default: return CallOutcome::unknown;
  }
}

/// What a completed call counts as when nobody says otherwise: answered by a person is a success.
[[nodiscard]] constexpr bool implied_success(CallOutcome outcome) noexcept {
  return outcome == CallOutcome::answered;
}

[[nodiscard]] inline bool lasted(const std::optional<std::chrono::seconds>& duration) noexcept {
  return duration && *duration > std::chrono::seconds{0};
}

/// Where the event says the call is.
[[nodiscard]] inline CallStatus status_of(const Call& call, const CallEvent& event) noexcept {
  if (event.status) return *event.status;
  if (event.outcome) return status_of(*event.outcome);
  const bool was_answered = call.answered_at || call.status == CallStatus::in_progress ||
                            event.answered_at || lasted(event.duration) || lasted(call.duration);
  return was_answered ? CallStatus::completed : CallStatus::failed;
}

/// What a provider's clock says, which may be wrong: within what can be. A retry counted from the
/// future or from before the call was made would come never or at once.
[[nodiscard]] inline Instant sensible(Instant said, const Call& call, Instant now) noexcept {
  return std::max(std::min(said, now), call.created_at);
}

/// Facts that a final state does not forbid to learn.
inline void fill_in_facts(Call& call, const CallEvent& event, CallStatus said, Instant now) {
  if (call.provider_call_id.empty()) call.provider_call_id = event.provider_call_id;
  if (!call.answered_at && event.answered_at) {
    call.answered_at = sensible(*event.answered_at, call, now);
  }
  // What an event of a running call calls its duration is only how long it has lasted so far.
  if (!call.duration && !is_active(said) && event.duration >= std::chrono::seconds{0}) {
    call.duration = event.duration;
  }
}

/// The verdict on a completed call: what its outcome implies, unless any event says otherwise.
inline void judge(Call& call, const CallEvent& event) {
  if (call.status != CallStatus::completed || !call.outcome) return;
  const bool implied = implied_success(*call.outcome);
  if (!call.success) call.success = implied;
  if (event.success && *event.success != implied) call.success = event.success;
}

/// When the call ended by what is known.
[[nodiscard]] inline Instant end_of(const Call& call, const CallEvent& event, Instant now) {
  return sensible(event.ended_at.value_or(call.ended_at.value_or(now)), call, now);
}

/// The call is over (or its outcome is known at last).
inline void end_call(Call& call, const CallEvent& event, CallStatus said, Instant now) {
  call.status = said;
  call.outcome = outcome_of(said, event.outcome);
  call.ended_at = end_of(call, event, now);
  call.lease_expires_at.reset();
  call.failure_reason = said == CallStatus::completed ? std::string{} : event.failure_reason;
}

/// The call is alive: it moves forward, and its deadline moves once the provider has it.
inline void keep_call(Call& call, CallStatus said, Instant now,
                      std::chrono::seconds call_deadline) {
  const bool answered = said == CallStatus::in_progress;
  if (answered && !call.answered_at) call.answered_at = now;
  if (!is_active(call.status)) return;  // An unknown call is recorded, and takes no slot back.
  call.status = std::max(call.status, said);
  const bool accepted = !call.provider_call_id.empty() || call.status != CallStatus::initiated;
  if (!accepted) return;
  // It is being dialed: a lapse of its lease must not make it be dialed again.
  if (!call.submitted_at) call.submitted_at = now;
  if (call.status != CallStatus::initiated && !call.started_at) call.started_at = now;
  call.lease_expires_at = now + call_deadline;
}

/// A call that was first heard of late had started before what is known of it; and nobody answers
/// one that is over, whenever that is heard. (An unknown one was given up, and may be talked on.)
inline void put_in_order(Call& call) {
  if (call.answered_at && call.ended_at && call.status != CallStatus::unknown) {
    call.answered_at = std::min(*call.answered_at, *call.ended_at);
  }
  for (const auto& later : {call.answered_at, call.ended_at}) {
    if (call.started_at && later) call.started_at = std::min(*call.started_at, *later);
  }
}

}  // namespace detail

inline Result<void> set_status(CallEvent& event, std::string_view spelling) {
  const std::string text = detail::normalised(spelling);
  if (text == "call_disconnected") {
    event.status.reset();
  } else if (text == to_text(CallOutcome::answered)) {
    event.status = CallStatus::in_progress;  // Said when somebody picks up: they are talking now.
  } else if (const auto status = parse_call_status(text)) {
    event.status = status;
  } else if (const auto outcome = parse_call_outcome(text)) {
    event.status = detail::status_of(*outcome);
    event.outcome = outcome;
  } else {
    return fail(ErrorCode::invalid_argument,
                "unknown call status '" + std::string{spelling.substr(0, 64)} + "'", "status");
  }
  return {};
}

inline Result<void> set_outcome(CallEvent& event, CallOutcome outcome) {
  const bool agree = (!event.status || detail::may_end_in(*event.status, outcome)) &&
                     event.outcome.value_or(outcome) == outcome;
  if (!agree) {
    return fail(ErrorCode::invalid_argument,
                "the outcome '" + std::string{to_text(outcome)} + "' contradicts the status",
                "outcome");
  }
  event.outcome = outcome;
  return {};
}

inline CallTransition apply_event(const Call& call, const CallEvent& event, Instant now,
                                  std::chrono::seconds call_deadline) {
  CallTransition result{.call = call};
  Call& after = result.call;
  const CallStatus said = detail::status_of(call, event);
  detail::fill_in_facts(after, event, said, now);
  if (is_active(said)) {
    const bool running = is_active(call.status) || call.status == CallStatus::unknown;
    if (running) detail::keep_call(after, said, now, call_deadline);
  } else if (can_transition(call.status, said)) {
    detail::end_call(after, event, said, now);
    result.ended = is_active(call.status);
    result.corrected = !result.ended;
  }
  detail::judge(after, event);
  detail::put_in_order(after);
  result.changed = after != call;
  result.judged = call.status == CallStatus::completed && after.success != call.success;
  return result;
}

inline RowDecision decide_row(const Call& ended, std::optional<bool> retryable,
                              const RowRules* rules) {
  const CallOutcome outcome = ended.outcome.value_or(detail::outcome_of(ended.status, {}));
  const bool may_retry = rules != nullptr && retryable != false &&
                         !is_final(rules->campaign_status) && outcome != CallOutcome::unknown;
  if (may_retry && ended.ended_at) {
    const auto due = retry_at(rules->retry, outcome, ended.attempt, *ended.ended_at,
                              rules->calling_rules, rules->zone);
    if (due) return {QueuedCallStatus::queued, due, std::nullopt, {}};
  }
  if (detail::status_of(outcome) == CallStatus::completed) {
    const bool success = ended.success.value_or(detail::implied_success(outcome));
    return {QueuedCallStatus::completed, std::nullopt, success, {}};
  }
  const bool cancelled = outcome == CallOutcome::cancelled;
  const std::string& reason = ended.failure_reason;
  return {cancelled ? QueuedCallStatus::cancelled : QueuedCallStatus::failed, std::nullopt,
          std::nullopt, reason.empty() ? std::string{to_text(outcome)} : reason};
}

}  // namespace callqueue
