#include "bindings/c/views.hpp"

#include "callqueue/json.hpp"

namespace callqueue::c {
namespace {

template <class AnyId>
const char* reference(Arena& arena, const std::optional<AnyId>& id) {
  return id ? arena.id(*id) : nullptr;
}

template <class View, class T, class List>
void fill_page(Arena& arena, const PageOf<T>& page, List& list) {
  fill_items<View>(arena, page.items, list);
  list.next_cursor = arena.text(page.next_cursor);
}

}  // namespace

void fill(Arena& arena, const Error& model, cq_error& view) {
  view.code = static_cast<std::int32_t>(model.code);
  view.message = arena.text(model.message);
  view.field = arena.text(model.field);
}

void fill(Arena& arena, const Migration& model, cq_migration& view) {
  view.version = model.version;
  view.name = arena.text(model.name);
  view.up = arena.text(model.up);
  view.down = arena.text(model.down);
  view.before = arena.text(model.before);
  view.after = arena.text(model.after);
}

void fill(Arena& arena, const User& model, cq_user& view) {
  view.id = arena.id(model.id);
  view.name = arena.text(model.name);
  view.email = arena.text(model.email);
  view.timezone = arena.text(model.timezone);
  view.concurrent_calls_limit = model.concurrent_calls_limit;
  view.system_concurrent_calls_limit = model.system_concurrent_calls_limit;
}

void fill(Arena& arena, const Agent& model, cq_agent& view) {
  view.id = arena.id(model.id);
  view.user_id = arena.id(model.user_id);
  view.name = arena.text(model.name);
}

void fill(Arena& arena, const Contact& model, cq_contact& view) {
  view.id = arena.id(model.id);
  view.user_id = arena.id(model.user_id);
  view.name = arena.text(model.name);
  view.phone_number = arena.text(model.phone_number);
  view.email = arena.text(model.email);
  view.company = arena.text(model.company);
  view.notes = arena.text(model.notes);
  view.timezone = arena.text(model.timezone);
}

void fill(Arena& arena, const CallCampaign& model, cq_campaign& view) {
  view.id = arena.id(model.id);
  view.user_id = arena.id(model.user_id);
  view.name = arena.text(model.name);
  view.description = arena.text(model.description);
  view.agent_id = arena.id(model.agent_id);
  view.next_action = arena.text(model.next_action);
  view.first_call_time = static_cast<std::int32_t>(model.first_call_time.count());
  view.last_call_time = static_cast<std::int32_t>(model.last_call_time.count());
  view.status = static_cast<std::int32_t>(model.status);
  view.total_contacts = model.total_contacts;
  view.completed_calls = model.completed_calls;
  view.successful_calls = model.successful_calls;
  view.failed_calls = model.failed_calls;
  view.start_date = arena.text(to_text(model.start_date));
  view.end_date = model.end_date ? arena.text(to_text(*model.end_date)) : nullptr;
  view.created_at = instant(model.created_at);
  view.updated_at = instant(model.updated_at);
  view.started_at = instant(model.started_at);
  view.completed_at = instant(model.completed_at);
  view.rules = arena.text(to_json(model.rules));
}

void fill(Arena& arena, const QueuedCall& model, cq_queued_call& view) {
  view.id = arena.id(model.id);
  view.user_id = arena.id(model.user_id);
  view.campaign_id = reference(arena, model.campaign_id);
  view.agent_id = arena.id(model.agent_id);
  view.contact_id = arena.id(model.contact_id);
  view.phone_number = arena.text(model.phone_number);
  view.contact_name = arena.text(model.contact_name);
  view.user_data = arena.text(model.user_data);
  view.status = static_cast<std::int32_t>(model.status);
  view.priority = model.priority;
  view.position = model.position;
  view.scheduled_for = instant(model.scheduled_for);
  view.started_at = instant(model.started_at);
  view.completed_at = instant(model.completed_at);
  view.call_id = reference(arena, model.call_id);
  view.failure_reason = arena.text(model.failure_reason);
  view.last_system_allocation_at = instant(model.last_system_allocation_at);
  view.created_at = instant(model.created_at);
  view.updated_at = instant(model.updated_at);
  view.timezone = arena.text(model.timezone);
  view.attempts = model.attempts;
  view.success = number(model.success);
  view.not_after = instant(model.not_after);
}

void fill(Arena& arena, const Call& model, cq_call& view) {
  view.id = arena.id(model.id);
  view.user_id = arena.id(model.user_id);
  view.agent_id = reference(arena, model.agent_id);
  view.contact_id = reference(arena, model.contact_id);
  view.campaign_id = reference(arena, model.campaign_id);
  view.queue_id = reference(arena, model.queue_id);
  view.phone_number = arena.text(model.phone_number);
  view.call_type = static_cast<std::int32_t>(model.call_type);
  view.attempt = model.attempt;
  view.status = static_cast<std::int32_t>(model.status);
  view.outcome = number(model.outcome);
  view.success = number(model.success);
  view.provider_call_id = arena.text(model.provider_call_id);
  view.leased_by = arena.text(model.leased_by);
  view.lease_expires_at = instant(model.lease_expires_at);
  view.submitted_at = instant(model.submitted_at);
  view.created_at = instant(model.created_at);
  view.started_at = instant(model.started_at);
  view.answered_at = instant(model.answered_at);
  view.ended_at = instant(model.ended_at);
  view.duration_seconds = seconds(model.duration);
  view.failure_reason = arena.text(model.failure_reason);
}

void fill(Arena& arena, const ClaimedCall& model, cq_claimed_call& view) {
  view.call = arena.view<cq_call>(model.call);
  view.queued = arena.view<cq_queued_call>(model.queued);
  view.next_action = arena.text(model.next_action);
}

void fill(Arena& arena, const CallEvent& model, cq_call_event& view) {
  view.user_id = arena.id(model.user_id);
  view.call_id = arena.id(model.call_id);
  view.provider_call_id = arena.text(model.provider_call_id);
  view.status = number(model.status);
  view.outcome = number(model.outcome);
  view.success = number(model.success);
  view.retryable = number(model.retryable);
  view.answered_at = instant(model.answered_at);
  view.ended_at = instant(model.ended_at);
  view.duration_seconds = seconds(model.duration);
  view.failure_reason = arena.text(model.failure_reason);
}

void fill(Arena& arena, const Result<CallEvent>& model, cq_call_event_result& view) {
  view.status = model ? CQ_OK : static_cast<std::int32_t>(model.error().code);
  view.message = model ? "" : arena.text(model.error().message);
  view.field = model ? "" : arena.text(model.error().field);
  view.event = model ? arena.view<cq_call_event>(*model) : nullptr;
}

void fill(Arena& arena, const CallReport& model, cq_call_report& view) {
  view.status = CQ_OK;
  view.message = view.field = "";
  view.call = arena.view<cq_call>(model.call);
  view.queued = model.queued ? arena.view<cq_queued_call>(*model.queued) : nullptr;
  view.changed = model.changed;
  view.ended = model.ended;
}

void fill(Arena& arena, const Result<CallReport>& model, cq_call_report& view) {
  if (model) return fill(arena, *model, view);
  view.status = static_cast<std::int32_t>(model.error().code);
  view.message = arena.text(model.error().message);
  view.field = arena.text(model.error().field);
}

void fill(Arena& arena, const FinishedAndClaimed& model, cq_finished_and_claimed& view) {
  view.reports = arena.view<cq_call_report_list>(model.reports);
  view.claimed = arena.view<cq_claimed_call_list>(model.claimed);
}

void fill(Arena& arena, const CsvReport& model, cq_csv_report& view) {
  view.campaign_id = arena.id(model.campaign_id);
  view.total = model.total;
  view.imported = model.imported;
  view.matched = model.matched;
  view.skipped = model.skipped;
  view.failed = model.failed;
  view.errors_total = model.errors_total;
  view.json = arena.text(to_json(model));
}

void fill(Arena& arena, const UpcomingCall& model, cq_upcoming_call& view) {
  view.call = arena.view<cq_queued_call>(model.call);
  view.position = model.position.value_or(CQ_UNSET);
  view.starts_at = instant(model.starts_at);
  view.closed = model.closed ? 1 : 0;
  view.opens_at = instant(model.opens_at);
}

void fill(Arena& arena, const PageOf<UpcomingCall>& page, cq_upcoming_call_list& view) {
  fill_page<cq_upcoming_call>(arena, page, view);
}

void fill(Arena& arena, const Changes& model, cq_changes& view) {
  auto** users = arena.make<const char*>(model.users.size());
  for (std::size_t i = 0; i < model.users.size(); ++i) users[i] = arena.id(model.users[i]);
  view.may_start = model.may_start;
  view.everyone = model.everyone;
  view.users = users;
  view.users_count = model.users.size();
}

void fill(Arena& arena, const std::vector<Migration>& models, cq_migration_list& view) {
  fill_items<cq_migration>(arena, models, view);
}
void fill(Arena& arena, const PageOf<User>& page, cq_user_list& view) {
  fill_page<cq_user>(arena, page, view);
}
void fill(Arena& arena, const PageOf<Agent>& page, cq_agent_list& view) {
  fill_page<cq_agent>(arena, page, view);
}
void fill(Arena& arena, const PageOf<Contact>& page, cq_contact_list& view) {
  fill_page<cq_contact>(arena, page, view);
}
void fill(Arena& arena, const PageOf<CallCampaign>& page, cq_campaign_list& view) {
  fill_page<cq_campaign>(arena, page, view);
}
void fill(Arena& arena, const PageOf<QueuedCall>& page, cq_queued_call_list& view) {
  fill_page<cq_queued_call>(arena, page, view);
}
void fill(Arena& arena, const PageOf<Call>& page, cq_call_list& view) {
  fill_page<cq_call>(arena, page, view);
}
void fill(Arena& arena, const std::vector<ClaimedCall>& models, cq_claimed_call_list& view) {
  fill_items<cq_claimed_call>(arena, models, view);
}
void fill(Arena& arena, const std::vector<Result<CallReport>>& models, cq_call_report_list& view) {
  fill_items<cq_call_report>(arena, models, view);
}
void fill(Arena& arena, const std::vector<Result<CallEvent>>& models,
          cq_call_event_result_list& view) {
  fill_items<cq_call_event_result>(arena, models, view);
}

void fill(Arena&, const AdvanceResult& model, cq_advance_result& view) {
  view.requeued = model.requeued;
  view.lapsed = model.lapsed;
  view.made_ready = model.made_ready;
  view.expired = model.expired;
  view.lanes_rolled = model.lanes_rolled;
  view.activated = model.activated;
  view.ended = model.ended;
  view.swept = model.swept;
  view.more = model.more;
  view.total = model.total();
}

void fill(Arena&, const SystemStatistics& model, cq_system_statistics& view) {
  view.active_calls = model.slots.active;
  view.limit = model.slots.limit;
  view.queued = model.queued;
  view.ready = model.ready;
  view.oldest_due = instant(model.oldest_due);
}

void fill(Arena&, const CampaignStatistics& model, cq_campaign_statistics& view) {
  view.total_contacts = model.total_contacts;
  view.completed_calls = model.completed_calls;
  view.successful_calls = model.successful_calls;
  view.failed_calls = model.failed_calls;
  view.queued = model.queued;
  view.processing = model.processing;
  view.skipped = model.skipped;
  view.cancelled = model.cancelled;
  view.attempts = model.attempts;
}

void fill(Arena&, const QueueStatistics& model, cq_queue_statistics& view) {
  view.queued = model.queued;
  view.ready = model.ready;
  view.processing = model.processing;
  view.completed = model.completed;
  view.failed = model.failed;
  view.cancelled = model.cancelled;
  view.skipped = model.skipped;
}

void fill(Arena&, const StepResult& model, cq_step_result& view) {
  view.claimed = model.claimed;
  view.dialed = model.dialed;
  view.advanced = model.advanced.total();
  view.next_wakeup = instant(model.next_wakeup);
}

namespace {

/// What a forecast of the core gives as its reason, as text that stays.
const char* lasting(std::string_view reason) noexcept {
  for (const char* known : {"no_more_windows", "user_limit_zero", "system_limit_zero"}) {
    if (reason == known) return known;
  }
  return nullptr;
}

}  // namespace

void fill(Arena&, const Forecast& model, cq_forecast_result& view) {
  view.ends_at = instant(model.ends_at);
  view.starts_at = instant(model.starts_at);
  view.unreached_rows = model.unreached_rows;
  view.reason = lasting(model.reason);
}

}  // namespace callqueue::c
