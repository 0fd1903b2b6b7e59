#pragma once

#include <optional>
#include <string_view>

namespace callqueue {

/// Where a campaign is. The enumerators are the text in the database, here and below.
enum class CampaignStatus { draft, scheduled, active, paused, completed, cancelled };

/// Where one call owed to one contact is.
enum class QueuedCallStatus { queued, processing, completed, failed, cancelled, skipped };

/// Where one attempt is. The first three are active: they hold a slot.
enum class CallStatus {
  initiated,
  ringing,
  in_progress,
  completed,
  busy,
  no_answer,
  failed,
  cancelled,
  unknown
};

/// How an attempt ended. `unknown`: it may have been placed, nobody can tell; it is never repeated
/// by itself.
enum class CallOutcome {
  answered,
  voicemail,
  busy,
  no_answer,
  failed,
  rejected,
  cancelled,
  unknown
};

/// Whether an attempt serves a campaign or was asked for by a person (or reserved by the host).
enum class CallType { direct, campaign };

[[nodiscard]] constexpr bool is_final(CampaignStatus status) noexcept {
  return status == CampaignStatus::completed || status == CampaignStatus::cancelled;
}
[[nodiscard]] constexpr bool is_final(QueuedCallStatus status) noexcept {
  return status != QueuedCallStatus::queued && status != QueuedCallStatus::processing;
}
/// Active calls hold a slot of their user and of the system.
[[nodiscard]] constexpr bool is_active(CallStatus status) noexcept {
  return status == CallStatus::initiated || status == CallStatus::ringing ||
         status == CallStatus::in_progress;
}

/// The campaign's state machine. Starting on a future date gives `scheduled`; a paused campaign
/// that never started may go back there.
[[nodiscard]] constexpr bool can_transition(CampaignStatus from, CampaignStatus to) noexcept {
  using enum CampaignStatus;
  switch (from) {
    case draft: return to == scheduled || to == active || to == cancelled;
    case scheduled:
      return to == draft || to == active || to == paused || to == completed || to == cancelled;
    case active: return to == paused || to == completed || to == cancelled;
    case paused: return to == active || to == scheduled || to == completed || to == cancelled;
    case completed:
    case cancelled: return false;
  }
  return false;
}

/// The queued call's state machine. `processing → queued` is a retry or a lapsed lease; `failed →
/// completed` is the correction of an unknown outcome, the one way out of a final state.
[[nodiscard]] constexpr bool can_transition(QueuedCallStatus from, QueuedCallStatus to) noexcept {
  using enum QueuedCallStatus;
  switch (from) {
    case queued: return to == processing || to == cancelled || to == skipped || to == failed;
    case processing: return to == completed || to == failed || to == cancelled || to == queued;
    case failed: return to == completed;
    case completed:
    case cancelled:
    case skipped: return false;
  }
  return false;
}

/// The call's state machine: it only moves forward; `unknown` gives way to the real outcome once it
/// is known.
[[nodiscard]] constexpr bool can_transition(CallStatus from, CallStatus to) noexcept {
  if (from == CallStatus::unknown) return to != CallStatus::unknown && !is_active(to);
  return is_active(from) && to > from;
}

[[nodiscard]] std::string_view to_text(CampaignStatus status) noexcept;
[[nodiscard]] std::string_view to_text(QueuedCallStatus status) noexcept;
[[nodiscard]] std::string_view to_text(CallStatus status) noexcept;
[[nodiscard]] std::string_view to_text(CallOutcome outcome) noexcept;
[[nodiscard]] std::string_view to_text(CallType type) noexcept;

/// The enumerator spelled `text`, or nothing.
[[nodiscard]] std::optional<CampaignStatus> parse_campaign_status(std::string_view text) noexcept;
[[nodiscard]] std::optional<QueuedCallStatus> parse_queued_call_status(
    std::string_view text) noexcept;
[[nodiscard]] std::optional<CallStatus> parse_call_status(std::string_view text) noexcept;
[[nodiscard]] std::optional<CallOutcome> parse_call_outcome(std::string_view text) noexcept;
[[nodiscard]] std::optional<CallType> parse_call_type(std::string_view text) noexcept;

}  // namespace callqueue

#include "callqueue/detail/state_text.hpp"
