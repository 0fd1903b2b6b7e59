#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "callqueue/state.hpp"
#include "callqueue/time.hpp"
#include "callqueue/uuid.hpp"

namespace callqueue {

/// One row of `call_queue`: one call owed to one contact.
///
/// At most one `queued` or `processing` row exists per campaign and contact.
struct QueuedCall {
  QueuedCallId id{};
  UserId user_id{};
  std::optional<CampaignId> campaign_id{};  ///< None: a direct call, served before campaign calls.
  AgentId agent_id{};
  ContactId contact_id{};
  std::string phone_number{};  ///< E.164.
  std::string contact_name{};
  /// A JSON object: whatever the list held beside the known columns.
  std::string user_data = "{}";
  QueuedCallStatus status = QueuedCallStatus::queued;
  int priority = 0;                       ///< Larger is sooner.
  std::int64_t position = 0;              ///< FIFO within a priority.
  Instant scheduled_for{};                ///< Waiting until then, ready from then on.
  std::optional<Instant> started_at{};    ///< When the last attempt was claimed.
  std::optional<Instant> completed_at{};  ///< When it became final.
  std::optional<CallId> call_id{};        ///< The last attempt.
  std::string failure_reason{};           ///< Empty unless failed, skipped or cancelled.
  /// When a slot was last dealt to it; for display.
  std::optional<Instant> last_system_allocation_at{};
  Instant created_at{};
  Instant updated_at{};

  std::string timezone{};  ///< The zone whose clock decides (contact's, campaign's, user's, UTC);
                           ///< names its lane.
  int attempts = 0;        ///< Attempts spent; a lapsed lease spends none.
  std::optional<bool> success{};  ///< Set when completed.
  std::optional<Instant>
      not_after{};  ///< A direct call not started by then is skipped (`expired`).

  friend bool operator==(const QueuedCall&, const QueuedCall&) = default;
};

/// A queued call in the order of calling.
struct UpcomingCall {
  QueuedCall call{};
  /// 1 is the next of what was asked for; none while its campaign is a draft or paused.
  std::optional<std::int64_t> position{};
  /// How many of the rows before it may start earlier than it, limits aside; 0 where it may start
  /// now.
  std::int64_t earlier = 0;
  /// Its campaign runs, and its lane is closed now: even if it is due it may not start.
  bool closed = false;
  /// When the closed lane opens; none: never again, or its zone is not known (yet).
  std::optional<Instant> opens_at{};
  /// When it may start; see `QueuePosition`. The service adds it.
  std::optional<Instant> starts_at{};
};

/// What comes before a queued call in the order of calling.
struct RowsAhead {
  std::int64_t rows = 0;
  std::int64_t earlier = 0;  ///< As `UpcomingCall::earlier`.

  friend bool operator==(const RowsAhead&, const RowsAhead&) = default;
};

}  // namespace callqueue
