#include "bindings/c/values.hpp"

#include "callqueue/json.hpp"

namespace callqueue::c {

User value_of(const cq_user& user) {
  return {.id = optional_id<UserId>(user.id, "id").value_or(UserId{}),
          .name = text(user.name, "name"),
          .email = text(user.email, "email"),
          .timezone = text(user.timezone, "timezone"),
          .concurrent_calls_limit = user.concurrent_calls_limit,
          .system_concurrent_calls_limit = user.system_concurrent_calls_limit};
}

Agent value_of(const cq_agent& agent) {
  return {.id = optional_id<AgentId>(agent.id, "id").value_or(AgentId{}),
          .user_id = id<UserId>(agent.user_id, "user_id"),
          .name = text(agent.name, "name")};
}

Contact value_of(const cq_contact& contact) {
  return {.id = optional_id<ContactId>(contact.id, "id").value_or(ContactId{}),
          .user_id = id<UserId>(contact.user_id, "user_id"),
          .name = text(contact.name, "name"),
          .phone_number = text(contact.phone_number, "phone_number"),
          .email = text(contact.email, "email"),
          .company = text(contact.company, "company"),
          .notes = text(contact.notes, "notes"),
          .timezone = text(contact.timezone, "timezone")};
}

CampaignRules rules_of(const char* json) {
  const auto whole = text(json, "rules");
  if (whole.empty()) return {};
  return value(parse_campaign_rules(whole));
}

CallCampaign value_of(const cq_campaign& campaign) {
  CallCampaign made{
      .user_id = id<UserId>(campaign.user_id, "user_id"),
      .name = text(campaign.name, "name"),
      .description = text(campaign.description, "description"),
      .agent_id = optional_id<AgentId>(campaign.agent_id, "agent_id").value_or(AgentId{}),
      .next_action = text(campaign.next_action, "next_action"),
      .first_call_time = time_of_day(campaign.first_call_time, "first_call_time"),
      .last_call_time = time_of_day(campaign.last_call_time, "last_call_time"),
      .start_date = date(campaign.start_date, "start_date"),
      .rules = rules_of(campaign.rules)};
  if (campaign.end_date != nullptr) made.end_date = date(campaign.end_date, "end_date");
  return made;
}

CampaignUpdate value_of(const cq_campaign_update& update) {
  CampaignUpdate made{.name = optional_text(update.name, "name"),
                      .description = optional_text(update.description, "description"),
                      .agent_id = optional_id<AgentId>(update.agent_id, "agent_id"),
                      .next_action = optional_text(update.next_action, "next_action")};
  if (update.first_call_time != CQ_UNSET) {
    made.first_call_time = time_of_day(update.first_call_time, "first_call_time");
  }
  if (update.last_call_time != CQ_UNSET) {
    made.last_call_time = time_of_day(update.last_call_time, "last_call_time");
  }
  if (update.start_date != nullptr) made.start_date = date(update.start_date, "start_date");
  if (update.end_date != nullptr) {
    auto& end = made.end_date.emplace();
    if (*update.end_date != '\0') end = date(update.end_date, "end_date");
  }
  if (update.rules != nullptr) made.rules = rules_of(update.rules);
  return made;
}

CampaignFilter value_of(const cq_campaign_filter& filter) {
  return {.statuses = enumerators(filter.statuses, filter.statuses_count, CampaignStatus::cancelled,
                                  "statuses"),
          .agent_id = optional_id<AgentId>(filter.agent_id, "agent_id"),
          .name = text(filter.name, "name")};
}

CampaignAssumptions value_of(const cq_campaign_assumptions& assumptions) {
  return {.contacts = assumptions.contacts,
          .call_duration = std::chrono::seconds{assumptions.call_duration_seconds},
          .concurrent_calls_limit = optional_number(assumptions.concurrent_calls_limit)};
}

QueueRequest value_of(const cq_queue_request& request) {
  return {.contact_id = id<ContactId>(request.contact_id, "contact_id"),
          .campaign_id = optional_id<CampaignId>(request.campaign_id, "campaign_id"),
          .agent_id = optional_id<AgentId>(request.agent_id, "agent_id"),
          .contact_name = text(request.contact_name, "contact_name"),
          .user_data = text(request.user_data, "user_data"),
          .scheduled_for = optional_instant(request.scheduled_for, "scheduled_for"),
          .not_after = optional_instant(request.not_after, "not_after")};
}

QueueFilter value_of(const cq_queue_filter& filter) {
  return {.campaign_id = optional_id<CampaignId>(filter.campaign_id, "campaign_id"),
          .contact_id = optional_id<ContactId>(filter.contact_id, "contact_id"),
          .statuses = enumerators(filter.statuses, filter.statuses_count, QueuedCallStatus::skipped,
                                  "statuses")};
}

CallFilter value_of(const cq_call_filter& filter) {
  return {.campaign_id = optional_id<CampaignId>(filter.campaign_id, "campaign_id"),
          .queue_id = optional_id<QueuedCallId>(filter.queue_id, "queue_id"),
          .provider_call_id = text(filter.provider_call_id, "provider_call_id"),
          .statuses =
              enumerators(filter.statuses, filter.statuses_count, CallStatus::unknown, "statuses"),
          .newest_first = flag(filter.newest_first, "newest_first")};
}

StatusDetails value_of(const cq_status_details& details) {
  return {.failure_reason = text(details.failure_reason, "failure_reason"),
          .success = optional_flag(details.success, "success"),
          .completed_at = optional_instant(details.completed_at, "completed_at"),
          .duration = optional_seconds(details.duration_seconds, "duration_seconds")};
}

ClaimRequest value_of(const cq_claim_request& request) {
  return {.worker = text(request.worker, "worker"),
          .limit = request.limit,
          .lease = std::chrono::seconds{request.lease_seconds},
          .only = optional_id<QueuedCallId>(request.only, "only"),
          .only_user = optional_id<UserId>(request.only_user, "only_user"),
          .lapse_submitted = flag(request.lapse_submitted, "lapse_submitted")};
}

CallEvent value_of(const cq_call_event& event) {
  return {.user_id = id<UserId>(event.user_id, "user_id"),
          .call_id = optional_id<CallId>(event.call_id, "call_id").value_or(CallId{}),
          .provider_call_id = text(event.provider_call_id, "provider_call_id"),
          .status = optional_enumerator(event.status, CallStatus::unknown, "status"),
          .outcome = optional_enumerator(event.outcome, CallOutcome::unknown, "outcome"),
          .success = optional_flag(event.success, "success"),
          .retryable = optional_flag(event.retryable, "retryable"),
          .answered_at = optional_instant(event.answered_at, "answered_at"),
          .ended_at = optional_instant(event.ended_at, "ended_at"),
          .duration = optional_seconds(event.duration_seconds, "duration_seconds"),
          .failure_reason = text(event.failure_reason, "failure_reason")};
}

std::vector<CallEvent> values_of(const cq_call_event* events, std::size_t count) {
  return each(events, count, "events", [](const cq_call_event& event) { return value_of(event); });
}

}  // namespace callqueue::c
