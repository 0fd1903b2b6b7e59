#pragma once

#include <optional>
#include <vector>

#include "bindings/c/arguments.hpp"
#include "callqueue/call_campaigns.hpp"
#include "callqueue/call_queue.hpp"

/// From the structs of the C API to the library's values. Each refuses, naming the member.
namespace callqueue::c {

[[nodiscard]] User value_of(const cq_user& user);
[[nodiscard]] Agent value_of(const cq_agent& agent);
[[nodiscard]] Contact value_of(const cq_contact& contact);
[[nodiscard]] CallCampaign value_of(const cq_campaign& campaign);
[[nodiscard]] CampaignUpdate value_of(const cq_campaign_update& update);
[[nodiscard]] CampaignFilter value_of(const cq_campaign_filter& filter);
[[nodiscard]] CampaignAssumptions value_of(const cq_campaign_assumptions& assumptions);
[[nodiscard]] QueueRequest value_of(const cq_queue_request& request);
[[nodiscard]] QueueFilter value_of(const cq_queue_filter& filter);
[[nodiscard]] CallFilter value_of(const cq_call_filter& filter);
[[nodiscard]] StatusDetails value_of(const cq_status_details& details);
[[nodiscard]] ClaimRequest value_of(const cq_claim_request& request);
[[nodiscard]] CallEvent value_of(const cq_call_event& event);
[[nodiscard]] std::vector<CallEvent> values_of(const cq_call_event* events, std::size_t count);
[[nodiscard]] CampaignRules rules_of(const char* json);

}  // namespace callqueue::c
