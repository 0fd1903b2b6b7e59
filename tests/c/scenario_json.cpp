#include "c/scenario_json.hpp"

#include <array>
#include <stdexcept>

namespace scenario {
namespace {

/// Null for an empty text and for none.
Json text(const char* given) { return given == nullptr || *given == '\0' ? Json{} : Json(given); }
Json flag(std::int32_t given) { return given == CQ_UNSET ? Json{} : Json(given == 1); }
Json number(std::int64_t given) { return given == CQ_UNSET ? Json{} : Json(given); }

Json time_of_day(std::int32_t seconds) {
  std::array<char, 16> made{};
  const int rest = seconds % 60;
  std::snprintf(made.data(), made.size(), rest == 0 ? "%02d:%02d" : "%02d:%02d:%02d",
                seconds / 3600, seconds / 60 % 60, rest);
  return made.data();
}

}  // namespace

void must(cq_status status, cq_error* error) {
  if (status == CQ_OK) return;
  Failed failed{cq_status_text(status), error == nullptr ? "" : error->field};
  cq_error_free(&error);
  throw failed;
}

Json instant(std::int64_t at) {
  if (at == CQ_NO_INSTANT) return {};
  std::array<char, 28> made{};
  cq_instant_to_text(at, made.data(), made.size());
  return made.data();
}

Json taken_json(char*& text) {
  Json json = Json::parse(text);
  cq_string_free(&text);
  return json;
}

Json json_of(const cq_user& user) {
  return {{"id", text(user.id)},
          {"name", user.name},
          {"email", text(user.email)},
          {"timezone", text(user.timezone)},
          {"concurrent_calls_limit", user.concurrent_calls_limit},
          {"system_concurrent_calls_limit", user.system_concurrent_calls_limit}};
}

Json json_of(const cq_agent& agent) {
  return {{"id", text(agent.id)}, {"user_id", text(agent.user_id)}, {"name", agent.name}};
}

Json json_of(const cq_contact& contact) {
  return {{"id", text(contact.id)},       {"user_id", text(contact.user_id)},
          {"name", text(contact.name)},   {"phone_number", contact.phone_number},
          {"email", text(contact.email)}, {"company", text(contact.company)},
          {"notes", text(contact.notes)}, {"timezone", text(contact.timezone)}};
}

Json json_of(const cq_campaign& campaign) {
  return {{"id", text(campaign.id)},
          {"user_id", text(campaign.user_id)},
          {"name", campaign.name},
          {"description", text(campaign.description)},
          {"agent_id", text(campaign.agent_id)},
          {"next_action", text(campaign.next_action)},
          {"first_call_time", time_of_day(campaign.first_call_time)},
          {"last_call_time", time_of_day(campaign.last_call_time)},
          {"status", cq_campaign_status_text(campaign.status)},
          {"total_contacts", campaign.total_contacts},
          {"completed_calls", campaign.completed_calls},
          {"successful_calls", campaign.successful_calls},
          {"failed_calls", campaign.failed_calls},
          {"start_date", text(campaign.start_date)},
          {"end_date", text(campaign.end_date)},
          {"created_at", instant(campaign.created_at)},
          {"updated_at", instant(campaign.updated_at)},
          {"started_at", instant(campaign.started_at)},
          {"completed_at", instant(campaign.completed_at)},
          {"rules", Json::parse(campaign.rules)}};
}

Json json_of(const cq_queued_call& queued) {
  return {{"id", text(queued.id)},
          {"user_id", text(queued.user_id)},
          {"campaign_id", text(queued.campaign_id)},
          {"agent_id", text(queued.agent_id)},
          {"contact_id", text(queued.contact_id)},
          {"phone_number", queued.phone_number},
          {"contact_name", text(queued.contact_name)},
          {"user_data", Json::parse(queued.user_data)},
          {"status", cq_queued_call_status_text(queued.status)},
          {"priority", queued.priority},
          {"position", queued.position},
          {"scheduled_for", instant(queued.scheduled_for)},
          {"started_at", instant(queued.started_at)},
          {"completed_at", instant(queued.completed_at)},
          {"call_id", text(queued.call_id)},
          {"failure_reason", text(queued.failure_reason)},
          {"last_system_allocation_at", instant(queued.last_system_allocation_at)},
          {"created_at", instant(queued.created_at)},
          {"updated_at", instant(queued.updated_at)},
          {"timezone", text(queued.timezone)},
          {"attempts", queued.attempts},
          {"success", flag(queued.success)},
          {"not_after", instant(queued.not_after)}};
}

Json json_of(const cq_call& call) {
  return {{"id", text(call.id)},
          {"user_id", text(call.user_id)},
          {"agent_id", text(call.agent_id)},
          {"contact_id", text(call.contact_id)},
          {"campaign_id", text(call.campaign_id)},
          {"queue_id", text(call.queue_id)},
          {"phone_number", call.phone_number},
          {"call_type", cq_call_type_text(call.call_type)},
          {"attempt", call.attempt},
          {"status", cq_call_status_text(call.status)},
          {"outcome", text(cq_call_outcome_text(call.outcome))},
          {"success", flag(call.success)},
          {"provider_call_id", text(call.provider_call_id)},
          {"leased_by", text(call.leased_by)},
          {"lease_expires_at", instant(call.lease_expires_at)},
          {"submitted_at", instant(call.submitted_at)},
          {"created_at", instant(call.created_at)},
          {"started_at", instant(call.started_at)},
          {"answered_at", instant(call.answered_at)},
          {"ended_at", instant(call.ended_at)},
          {"duration_seconds", number(call.duration_seconds)},
          {"failure_reason", text(call.failure_reason)}};
}

Json json_of(const cq_claimed_call& claimed) {
  return {{"user_id", text(claimed.call->user_id)},
          {"call_id", text(claimed.call->id)},
          {"phone_number", claimed.call->phone_number},
          {"next_action", text(claimed.next_action)},
          {"call", json_of(*claimed.call)},
          {"queued", json_of(*claimed.queued)}};
}

Json json_of(const cq_call_report& report) {
  if (report.status != CQ_OK) {
    return {{"code", cq_status_text(report.status)}, {"field", text(report.field)}};
  }
  return {{"call", json_of(*report.call)},
          {"queued", report.queued == nullptr ? Json{} : json_of(*report.queued)},
          {"changed", report.changed == 1},
          {"ended", report.ended == 1}};
}

std::int64_t With::instant(const char* name) {
  std::int64_t at = CQ_NO_INSTANT;
  if (!has(name)) return at;
  cq_error* error = nullptr;
  const cq_status status = cq_parse_instant(text(name), &at, &error);
  must(status, error);
  return at;
}

void With::take_time(const char* name, std::int32_t& seconds) {
  if (!has(name)) return;
  int hours = 0;
  int minutes = 0;
  int rest = 0;
  if (std::sscanf(text(name), "%d:%d:%d", &hours, &minutes, &rest) < 2) {
    throw std::runtime_error("no time of day");
  }
  seconds = hours * 3600 + minutes * 60 + rest;
}

const std::int32_t* With::statuses(std::int32_t (*parse)(const char*), std::size_t& count) {
  if (!has("statuses")) return nullptr;
  for (const auto& spelled : json_["statuses"]) {
    statuses_.push_back(parse(spelled.get<std::string>().c_str()));
  }
  count = statuses_.size();
  return statuses_.data();
}

cq_page With::page() {
  cq_page page;
  cq_page_init(&page, sizeof page);
  take("limit", page.limit);
  page.cursor = text("cursor");
  return page;
}

}  // namespace scenario
