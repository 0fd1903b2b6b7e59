#include "json/json_value.hpp"

namespace callqueue {
namespace json {
namespace {

/// The object that a user_data text holds; the text itself when it holds none.
Json user_data(const std::string& text) {
  return text.empty() ? Json::object() : Json::parsed(text);
}

Json windows(const WeeklyWindows& week) {
  Json days = Json::array();
  for (const auto& day : week) {
    Json list = Json::array();
    for (const CallingWindow& window : day) {
      list.push_back(Json{{"opens", time_of_day_to_text(window.opens)},
                          {"closes", time_of_day_to_text(window.closes)}});
    }
    days.push_back(list);
  }
  return days;
}

Json retry(const RetryPolicy& policy) {
  Json outcomes = Json::array();
  for (const CallOutcome outcome : policy.outcomes) outcomes.push_back(name(outcome));
  Json delays = Json::array();
  for (const auto delay : policy.delays) delays.push_back(delay.count());
  return {
      {"outcomes", outcomes}, {"max_attempts", policy.max_attempts}, {"delays_seconds", delays}};
}

Json campaign_rules(const CampaignRules& rules) {
  Json excluded = Json::array();
  for (const LocalDate date : rules.excluded_dates) excluded.push_back(to_text(date));
  return {{"timezone", optional_text(rules.timezone)},
          {"clock", rules.clock == CallClock::contact ? "contact" : "campaign"},
          {"weekly_windows", rules.weekly_windows ? windows(*rules.weekly_windows) : Json{}},
          {"excluded_dates", excluded},
          {"retry", retry(rules.retry)},
          {"spread", rules.spread},
          {"call_deadline_seconds", rules.call_deadline.count()}};
}

}  // namespace

Json object(const User& user) {
  return {{"id", value(user.id)},
          {"name", user.name},
          {"email", optional_text(user.email)},
          {"timezone", optional_text(user.timezone)},
          {"concurrent_calls_limit", user.concurrent_calls_limit},
          {"system_concurrent_calls_limit", user.system_concurrent_calls_limit}};
}

Json object(const Contact& contact) {
  return {{"id", value(contact.id)},
          {"user_id", value(contact.user_id)},
          {"name", optional_text(contact.name)},
          {"phone_number", contact.phone_number},
          {"email", optional_text(contact.email)},
          {"company", optional_text(contact.company)},
          {"notes", optional_text(contact.notes)},
          {"timezone", optional_text(contact.timezone)}};
}

Json object(const QueuedCall& queued) {
  return {{"id", value(queued.id)},
          {"user_id", value(queued.user_id)},
          {"campaign_id", value(queued.campaign_id)},
          {"agent_id", value(queued.agent_id)},
          {"contact_id", value(queued.contact_id)},
          {"phone_number", queued.phone_number},
          {"contact_name", optional_text(queued.contact_name)},
          {"user_data", user_data(queued.user_data)},
          {"status", name(queued.status)},
          {"priority", queued.priority},
          {"position", queued.position},
          {"scheduled_for", value(queued.scheduled_for)},
          {"started_at", value(queued.started_at)},
          {"completed_at", value(queued.completed_at)},
          {"call_id", value(queued.call_id)},
          {"failure_reason", optional_text(queued.failure_reason)},
          {"last_system_allocation_at", value(queued.last_system_allocation_at)},
          {"created_at", value(queued.created_at)},
          {"updated_at", value(queued.updated_at)},
          {"timezone", optional_text(queued.timezone)},
          {"attempts", queued.attempts},
          {"success", value(queued.success)},
          {"not_after", value(queued.not_after)}};
}

Json object(const Call& call) {
  return {{"id", value(call.id)},
          {"user_id", value(call.user_id)},
          {"agent_id", value(call.agent_id)},
          {"contact_id", value(call.contact_id)},
          {"campaign_id", value(call.campaign_id)},
          {"queue_id", value(call.queue_id)},
          {"phone_number", call.phone_number},
          {"call_type", name(call.call_type)},
          {"attempt", call.attempt},
          {"status", name(call.status)},
          {"outcome", value(call.outcome)},
          {"success", value(call.success)},
          {"provider_call_id", optional_text(call.provider_call_id)},
          {"leased_by", optional_text(call.leased_by)},
          {"lease_expires_at", value(call.lease_expires_at)},
          {"submitted_at", value(call.submitted_at)},
          {"created_at", value(call.created_at)},
          {"started_at", value(call.started_at)},
          {"answered_at", value(call.answered_at)},
          {"ended_at", value(call.ended_at)},
          {"duration_seconds", value(call.duration)},
          {"failure_reason", optional_text(call.failure_reason)}};
}

}  // namespace json

using json::Json;
using json::name;
using json::optional_text;
using json::value;

std::string to_json(const User& user) { return json::dump(json::object(user)); }

std::string to_json(const UserActivity& activity) {
  auto all = json::object(activity.user);
  all.add("active_calls", activity.active_calls);
  all.add("queued", activity.queued);
  all.add("ready", activity.ready);
  all.add("place", activity.place ? json::Json(*activity.place) : json::Json{});
  return json::dump(all);
}

std::string to_json(const Agent& agent) {
  return json::dump(
      {{"id", value(agent.id)}, {"user_id", value(agent.user_id)}, {"name", agent.name}});
}

std::string to_json(const AccessToken& token) {
  return json::dump({{"id", value(token.id)},
                     {"user_id", value(token.user_id)},
                     {"role", name(token.role)},
                     {"name", token.name},
                     {"created_at", value(token.created_at)},
                     {"expires_at", value(token.expires_at)},
                     {"revoked_at", value(token.revoked_at)}});
}

std::string to_json(const Contact& contact) { return json::dump(json::object(contact)); }
std::string to_json(const CampaignRules& rules) { return json::dump(json::campaign_rules(rules)); }
std::string to_json(const QueuedCall& queued) { return json::dump(json::object(queued)); }
std::string to_json(const Call& call) { return json::dump(json::object(call)); }

std::string to_json(const CallCampaign& campaign) {
  return json::dump({{"id", value(campaign.id)},
                     {"user_id", value(campaign.user_id)},
                     {"name", campaign.name},
                     {"description", optional_text(campaign.description)},
                     {"agent_id", value(campaign.agent_id)},
                     {"next_action", optional_text(campaign.next_action)},
                     {"first_call_time", time_of_day_to_text(campaign.first_call_time)},
                     {"last_call_time", time_of_day_to_text(campaign.last_call_time)},
                     {"status", name(campaign.status)},
                     {"total_contacts", campaign.total_contacts},
                     {"completed_calls", campaign.completed_calls},
                     {"successful_calls", campaign.successful_calls},
                     {"failed_calls", campaign.failed_calls},
                     {"start_date", value(campaign.start_date)},
                     {"end_date", value(campaign.end_date)},
                     {"created_at", value(campaign.created_at)},
                     {"updated_at", value(campaign.updated_at)},
                     {"started_at", value(campaign.started_at)},
                     {"completed_at", value(campaign.completed_at)},
                     {"rules", json::campaign_rules(campaign.rules)}});
}

}  // namespace callqueue
