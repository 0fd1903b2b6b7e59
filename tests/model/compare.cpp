#include "model/steps.hpp"

#include <algorithm>

#include "model/agreement.hpp"

namespace callqueue::model {

using namespace std::chrono_literals;

void Run::compare() {
  int active = 0;
  for (const auto& [id, user] : model_.users) {
    compare_rows(id);
    compare_calls(id);
    compare_campaigns(id);
    const auto slots = need("user_slots", store().user_slots(id));
    same("active calls of a user", slots.active, model_.active(id));
    same("a user's limit", slots.limit, user.limit);
    active += slots.active;
    const auto contacts =
        all_of<Contact>([&](const Page& page) { return store().list_contacts(id, {}, page); });
    const auto expected = std::count_if(model_.contacts.begin(), model_.contacts.end(),
                                        [&](const auto& entry) { return entry.second.user == id; });
    same("contacts", contacts.size(), static_cast<std::size_t>(expected));
  }
  const auto slots = need("system_slots", store().system_slots());
  same("active calls", slots.active, active);
  same("the system limit", slots.limit, model_.system_limit);
}

void Run::compare_rows(UserId user) {
  const auto listed = all_of<QueuedCall>(
      [&](const Page& page) { return store().list_queued_calls(user, {}, page); });
  const auto expected = std::count_if(model_.rows.begin(), model_.rows.end(),
                                      [&](const auto& entry) { return entry.second.user == user; });
  same("rows of a user", listed.size(), static_cast<std::size_t>(expected));
  for (const auto& row : listed) {
    const auto found = model_.rows.find(row.id);
    if (found == model_.rows.end()) wrong("a row that nobody made: " + text(row.id));
    const auto& known = found->second;
    const auto name = "row " + text(row.id) + " ";
    same(name + "status", row.status, known.status);
    same(name + "attempts", row.attempts, known.attempts);
    same(name + "scheduled_for", row.scheduled_for, known.scheduled_for);
    same(name + "failure_reason", row.failure_reason, known.failure_reason);
    same(name + "success", row.success, known.success);
    same(name + "completed_at", row.completed_at, known.completed_at);
    same(name + "call_id", row.call_id, known.call);
    same(name + "not_after", row.not_after, known.not_after);
    if (row.campaign_id) same(name + "timezone", row.timezone, known.timezone);
  }
}

void Run::compare_calls(UserId user) {
  const auto listed =
      all_of<Call>([&](const Page& page) { return store().list_calls(user, {}, page); });
  const auto expected = std::count_if(model_.calls.begin(), model_.calls.end(),
                                      [&](const auto& entry) { return entry.second.user == user; });
  same("calls of a user", listed.size(), static_cast<std::size_t>(expected));
  for (const auto& call : listed) {
    const auto found = model_.calls.find(call.id);
    if (found == model_.calls.end()) wrong("a call that nobody made: " + text(call.id));
    const auto& known = found->second;
    const auto name = "call " + text(call.id) + " ";
    same(name + "status", call.status, known.status);
    same(name + "outcome", call.outcome, known.outcome);
    same(name + "success", call.success, known.success);
    same(name + "attempt", call.attempt, known.attempt);
    same(name + "provider_call_id", call.provider_call_id, known.provider_call_id);
    same(name + "leased_by", call.leased_by, known.worker);
    same(name + "lease_expires_at", call.lease_expires_at, known.lease_expires_at);
    same(name + "submitted_at", call.submitted_at, known.submitted_at);
    same(name + "answered_at", call.answered_at, known.answered_at);
    same(name + "ended_at", call.ended_at, known.ended_at);
    same(name + "duration", call.duration, known.duration);
    same(name + "queue_id", call.queue_id, known.row);
    same(name + "campaign_id", call.campaign_id, known.campaign);
  }
}

void Run::compare_campaigns(UserId user) {
  for (const auto& [id, known] : model_.campaigns) {
    if (known.user != user) continue;
    const auto campaign = need("find_campaign", store().find_campaign(user, id));
    const auto name = "campaign " + text(id) + " ";
    const auto count = model_.statistics(id);
    same(name + "status", campaign.status, known.status);
    same(name + "started_at", campaign.started_at, known.started_at);
    same(name + "completed_at", campaign.completed_at, known.completed_at);
    same(name + "total_contacts", campaign.total_contacts, count.total_contacts);
    same(name + "completed_calls", campaign.completed_calls, count.completed_calls);
    same(name + "successful_calls", campaign.successful_calls, count.successful_calls);
    same(name + "failed_calls", campaign.failed_calls, count.failed_calls);
    if (need("campaign_statistics", store().campaign_statistics(user, id)) != count) {
      wrong(name + "statistics differ from a recount");
    }
  }
}

}  // namespace callqueue::model
