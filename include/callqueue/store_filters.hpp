#pragma once

#include <optional>
#include <string>
#include <vector>

#include "callqueue/state.hpp"
#include "callqueue/time.hpp"
#include "callqueue/uuid.hpp"

namespace callqueue {

/// Which contacts to list; all conditions hold together.
struct ContactFilter {
  std::string search{};  ///< Part of the name (any case) or of the phone number, however written;
                         ///< empty: all.
};

/// Which campaigns to list.
struct CampaignFilter {
  std::vector<CampaignStatus> statuses{};  ///< Empty: any.
  std::optional<AgentId> agent_id{};
  std::string name{};  ///< Part of the name, any case; empty: all.
};

/// Which queued calls to list.
struct QueueFilter {
  std::optional<CampaignId> campaign_id{};
  std::optional<ContactId> contact_id{};
  std::vector<QueuedCallStatus> statuses{};  ///< Empty: any.
};

/// Which calls to list, and from which end.
struct CallFilter {
  std::optional<CampaignId> campaign_id{};
  std::optional<QueuedCallId> queue_id{};
  std::string provider_call_id{};      ///< Empty: any.
  std::vector<CallStatus> statuses{};  ///< Empty: any.
  bool newest_first = false;           ///< Else in the order of creation.
};

/// A call to be queued. The store adds id, position, zone and instants.
struct NewQueuedCall {
  ContactId contact_id{};
  std::optional<CampaignId> campaign_id{};  ///< None: a direct call.
  std::optional<AgentId> agent_id{};        ///< None: the campaign's. Required for a direct call.
  std::string contact_name{};               ///< Empty: the contact's.
  std::string user_data = "{}";             ///< A JSON object.
  int priority = 0;                         ///< The final one.
  /// In place of it where `contact_name` is empty and the contact has a name that is not blank.
  std::optional<int> priority_if_named{};
  std::optional<Instant> scheduled_for{};  ///< None: now.
  /// Direct calls only; none: 15 minutes after it was queued, or after `scheduled_for` if later.
  std::optional<Instant> not_after{};
};

}  // namespace callqueue
