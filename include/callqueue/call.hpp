#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "callqueue/state.hpp"
#include "callqueue/time.hpp"
#include "callqueue/uuid.hpp"

namespace callqueue {

/// One attempt: a row of `calls`. It holds a slot while its status is active.
///
/// References become empty when what they name is deleted: history and held slots survive.
struct Call {
  CallId id{};  ///< Also the idempotency key towards the provider.
  UserId user_id{};
  std::optional<AgentId> agent_id{};
  std::optional<ContactId> contact_id{};
  std::optional<CampaignId> campaign_id{};
  /// None for a slot that the host reserved for a call of its own.
  std::optional<QueuedCallId> queue_id{};
  std::string phone_number{};
  CallType call_type = CallType::campaign;
  int attempt = 1;
  CallStatus status = CallStatus::initiated;
  std::optional<CallOutcome> outcome{};
  std::optional<bool> success{};
  std::string provider_call_id{};  ///< Empty until the provider has accepted.
  std::string leased_by{};         ///< The worker that claimed it.
  /// The dial lease; after acceptance the call deadline. None once the call is final.
  std::optional<Instant> lease_expires_at{};
  /// Marked by `begin_dial`: from here on it may have been placed.
  std::optional<Instant> submitted_at{};
  Instant created_at{};
  std::optional<Instant> started_at{};
  std::optional<Instant> answered_at{};
  std::optional<Instant> ended_at{};
  std::optional<std::chrono::seconds> duration{};  ///< Column `duration_seconds`.
  std::string failure_reason{};

  friend bool operator==(const Call&, const Call&) = default;
};

}  // namespace callqueue
