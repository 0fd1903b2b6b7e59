#include "model/steps.hpp"

#include "model/agreement.hpp"

namespace callqueue::model {

using namespace std::chrono_literals;

namespace {

constexpr std::array<std::pair<TimeOfDay, TimeOfDay>, 5> windows = {
    {{0h, 24h}, {9h, 18h}, {22h, 2h}, {11h, 13h}, {12h, 12h + 30min}}};

std::optional<LocalDate> end_date(unsigned number) {
  if (number % 3 == 0) return std::nullopt;
  return LocalDate{std::chrono::floor<std::chrono::days>(testing::noon) +
                   std::chrono::days{number % 3}};
}

RetryPolicy retry_policy(unsigned number) {
  switch (number % 4) {
    case 0: return {};
    case 1: return {{CallOutcome::busy, CallOutcome::no_answer}, 3, {60s, 1h}};
    case 2: return {{CallOutcome::voicemail, CallOutcome::failed}, 2, {0s}};
    default: return {{CallOutcome::busy, CallOutcome::rejected}, 4, {9h}};
  }
}

}  // namespace

bool Run::add_user(const Step& step) {
  if (model_.users.size() == 3) return false;
  User user;
  user.name = "user";
  user.timezone = zone_name(step.b);
  user.concurrent_calls_limit = static_cast<int>(step.a % 4);
  user.system_concurrent_calls_limit = model_.system_limit;
  user = need("create_user", store().create_user(user));
  need("create_agent", store().create_agent({.user_id = user.id, .name = "agent"}));
  model_.users[user.id] = {.timezone = user.timezone,
                           .limit = user.concurrent_calls_limit,
                           .ceiling = user.system_concurrent_calls_limit};
  return true;
}

bool Run::limit_user(const Step& step) {
  auto& [id, user] = *pick(model_.users, step.a);
  user.limit = static_cast<int>(step.b % 4);
  std::optional<int> ceiling;
  if (step.c % 3 == 0) user.ceiling = *(ceiling = static_cast<int>(step.c % 7));
  need("set_user_limits", store().set_user_limits(id, user.limit, ceiling));
  return true;
}

bool Run::limit_system(const Step& step) {
  const int limit = static_cast<int>(step.a % 7);
  need("set_system_limit", store().set_system_limit(limit));
  model_.set_system_limit(limit);
  return true;
}

bool Run::add_campaign(const Step& step) {
  if (model_.campaigns.size() == 6) return false;
  const auto user = pick(model_.users, step.a)->first;
  ModelCampaign made;
  made.user = user;
  std::tie(made.first, made.last) = windows[step.b % windows.size()];
  made.start_date = LocalDate{std::chrono::floor<std::chrono::days>(testing::noon) +
                              std::chrono::days{step.b / 5 % 4 == 0 ? 1 : -1}};
  made.end_date = end_date(step.c);
  if (made.end_date && *made.end_date < made.start_date) made.end_date.reset();
  made.timezone = zone_name(step.c / 3);
  made.clock = step.c / 50 % 3 == 0 ? CallClock::campaign : CallClock::contact;
  made.retry = retry_policy(step.c / 7);
  made.call_deadline = step.b % 2 == 0 ? 600s : 3600s;

  CallCampaign campaign;
  campaign.user_id = user;
  campaign.name = "campaign";
  campaign.agent_id = need("list_agents", store().list_agents(user, {})).items.at(0).id;
  campaign.first_call_time = made.first;
  campaign.last_call_time = made.last;
  campaign.start_date = made.start_date;
  campaign.end_date = made.end_date;
  campaign.rules.timezone = made.timezone;
  campaign.rules.clock = made.clock;
  campaign.rules.retry = made.retry;
  campaign.rules.call_deadline = made.call_deadline;
  model_.campaigns[need("create_campaign", store().create_campaign(campaign)).id] = made;
  return true;
}

bool Run::change_campaign(const Step& step) {
  const auto found = pick(model_.campaigns, step.a);
  if (found == model_.campaigns.end()) return false;
  auto& [id, campaign] = *found;
  auto changed = campaign;
  if (step.b % 3 == 0) std::tie(changed.first, changed.last) = windows[step.c % windows.size()];
  if (step.b % 3 == 1) changed.timezone = zone_name(step.c);
  if (step.b % 5 == 2) changed.end_date = end_date(step.c);
  if (step.b % 5 == 3) changed.clock = step.c % 2 == 0 ? CallClock::campaign : CallClock::contact;
  if (changed.end_date && *changed.end_date < changed.start_date) changed.end_date.reset();
  auto wanted = need("find_campaign", store().find_campaign(campaign.user, id));
  wanted.first_call_time = changed.first;
  wanted.last_call_time = changed.last;
  wanted.end_date = changed.end_date;
  wanted.rules.timezone = changed.timezone;
  wanted.rules.clock = changed.clock;
  const auto expected = is_final(campaign.status) ? Refusal{ErrorCode::conflict} : std::nullopt;
  if (agree("update_campaign", expected, store().update_campaign(wanted))) campaign = changed;
  return true;
}

bool Run::move_campaign(const Step& step) {
  using enum CampaignStatus;
  const auto found = pick(model_.campaigns, step.a);
  if (found == model_.campaigns.end()) return false;
  const auto& [id, campaign] = *found;
  // Mostly from where it is; sometimes a step that must be refused.
  const auto from = step.b % 8 == 0 ? static_cast<CampaignStatus>(step.c % 6) : campaign.status;
  auto to = step.c % 5 == 0 ? static_cast<CampaignStatus>(step.c / 5 % 6) : active;
  if (from == active && to == active) to = step.b % 3 == 0 ? paused : cancelled;
  if (from == active && to == cancelled && step.b % 4 != 1) to = paused;
  // Nobody but the library says that it is completed; what a cancelled one makes of a running
  // import, and of a restart, the conformance tests tell.
  if (to == completed || (to == cancelled && campaign.importing)) return false;
  if (to == scheduled && campaign.started_at) return false;
  const auto user = campaign.user;
  const auto refused = model_.set_status(id, from, to);
  agree("set_campaign_status", refused, store().set_campaign_status(user, id, from, to));
  return true;
}

bool Run::delete_campaign(const Step& step) {
  const auto found = pick(model_.campaigns, step.a);
  if (found == model_.campaigns.end()) return false;
  const auto id = found->first;
  const auto user = found->second.user;
  agree("delete_campaign", model_.delete_campaign(id), store().delete_campaign(user, id));
  return true;
}

ContactId Run::new_contact(UserId user, const Step& step) {
  Contact contact;
  contact.user_id = user;
  contact.name = "somebody";
  contact.phone_number = "+4930" + std::to_string(1'000'000 + ++made_);
  contact.timezone = zone_name(step.b);
  contact = need("create_contact", store().create_contact(contact));
  model_.contacts[contact.id] = {
      .user = user, .phone_number = contact.phone_number, .timezone = contact.timezone};
  return contact.id;
}

void Run::queue_row(UserId user, const NewQueuedCall& wanted) {
  const auto refused = model_.may_add(wanted.campaign_id, wanted.contact_id);
  const auto added = store().add_queued_calls(user, {&wanted, 1});
  if (!agree("add_queued_calls", refused, added)) return;
  const auto& row = added->at(0);
  for (const auto& [id, other] : model_.rows) {
    if (wanted.campaign_id && other.campaign == wanted.campaign_id &&
        other.position >= row.position) {
      wrong("a later row has no later position");
    }
  }
  ModelRow made;
  made.user = user;
  made.campaign = wanted.campaign_id;
  made.contact = wanted.contact_id;
  made.priority = wanted.priority;
  made.position = row.position;
  made.scheduled_for = wanted.scheduled_for.value_or(model_.now);
  made.not_after = wanted.not_after;
  model_.add(row.id, made);
}

bool Run::add_rows(const Step& step) {
  const auto found = pick(model_.campaigns, step.a);
  if (found == model_.campaigns.end() || model_.rows.size() > 60) return false;
  const auto user = found->second.user;
  for (unsigned i = 0; i <= step.b % 4; ++i) {
    NewQueuedCall row;
    row.campaign_id = found->first;
    row.priority = static_cast<int>(step.c % 3) * 50;
    if (step.c % 7 == 0) row.scheduled_for = model_.now + std::chrono::minutes{step.b % 90};
    const auto known = pick(model_.contacts, step.c + i);
    const bool again =
        step.b % 5 == 0 && known != model_.contacts.end() && known->second.user == user;
    row.contact_id = again ? known->first : new_contact(user, {.b = step.b / 4 + i});
    queue_row(user, row);
  }
  return true;
}

bool Run::add_direct(const Step& step) {
  if (model_.rows.size() > 60) return false;
  const auto user = pick(model_.users, step.a)->first;
  NewQueuedCall row;
  row.agent_id = need("list_agents", store().list_agents(user, {})).items.at(0).id;
  row.priority = static_cast<int>(step.c % 2) * 10;
  if (step.c % 4 == 0) row.scheduled_for = model_.now + std::chrono::minutes{step.b % 30};
  if (step.c % 4 == 1) row.not_after = model_.now + std::chrono::minutes{step.b % 30};
  const auto known = pick(model_.contacts, step.b);
  const bool again =
      step.c % 2 == 0 && known != model_.contacts.end() && known->second.user == user;
  row.contact_id = again ? known->first : new_contact(user, step);
  queue_row(user, row);
  return true;
}

bool Run::cancel_row(const Step& step) {
  const auto found = pick(model_.rows, step.a);
  if (found == model_.rows.end()) return false;
  const auto id = found->first;
  const auto user = found->second.user;
  agree("cancel_queued_call", model_.cancel(id), store().cancel_queued_call(user, id, "asked to"));
  return true;
}

bool Run::cancel_contact(const Step& step) {
  const auto found = pick(model_.contacts, step.a);
  if (found == model_.contacts.end()) return false;
  const auto id = found->first;
  const auto [refused, count] = model_.cancel_contact(id);
  const auto cancelled = store().cancel_queued_calls_of_contact(found->second.user, id);
  if (agree("cancel_queued_calls_of_contact", refused, cancelled)) {
    same("cancelled rows of a contact", *cancelled, count);
  }
  return true;
}

bool Run::delete_contact(const Step& step) {
  const auto found = pick(model_.contacts, step.a);
  if (found == model_.contacts.end()) return false;
  const auto id = found->first;
  const auto user = found->second.user;
  agree("delete_contact", model_.delete_contact(id), store().delete_contact(user, id));
  return true;
}

bool Run::move_contact(const Step& step) {
  const auto found = pick(model_.contacts, step.a);
  if (found == model_.contacts.end()) return false;
  auto& [id, known] = *found;
  auto contact = need("find_contact", store().find_contact(known.user, id));
  contact.timezone = zone_name(step.b);
  need("update_contact", store().update_contact(contact));
  model_.move_contact(id, contact.timezone);
  return true;
}

}  // namespace callqueue::model
