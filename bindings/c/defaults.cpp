// What the requests are before their caller says anything: the library's own defaults.
#include "bindings/c/arguments.hpp"
#include "bindings/c/views.hpp"

namespace callqueue::c {
namespace {

/// Writes no further than the caller has room, and zeros where this library knows of nothing.
template <class Request>
void init(Request* target, std::size_t size) {
  if (target == nullptr || size < sizeof size) return;
  const Request whole = defaults<Request>();
  std::memset(static_cast<void*>(target), 0, size);
  std::memcpy(static_cast<void*>(target), &whole, std::min(size, sizeof(Request)));
  target->size = size;
}

template <class Request>
Request sized() noexcept {
  Request request{};
  request.size = sizeof(Request);
  return request;
}

}  // namespace

template <>
cq_store_options defaults() noexcept {
  auto options = sized<cq_store_options>();
  const StoreOptions ours{};
  const PriorityRule priority{};
  options.id_seed = CQ_UNSET;
  options.durability = static_cast<std::int32_t>(ours.durability);
  options.create = ours.create;
  options.busy_timeout_ms = ours.busy_timeout.count();
  options.statement_timeout_ms = ours.statement_timeout.count();
  options.look_interval_ms = ours.look_interval.count();
  options.connections = ours.connections;
  options.prepare_statements = ours.prepare_statements;
  options.listen = ours.listen;
  options.priority_base = priority.base;
  options.priority_named_contact = priority.named_contact;
  return options;
}

template <>
cq_migrate_request defaults() noexcept {
  auto request = sized<cq_migrate_request>();
  request.to = CQ_UNSET;
  return request;
}

template <>
cq_advance_request defaults() noexcept {
  auto request = sized<cq_advance_request>();
  const AdvanceRequest ours{};
  request.budget = ours.budget;
  request.lapse_submitted = ours.lapse_submitted;
  return request;
}

template <>
cq_page defaults() noexcept {
  auto page = sized<cq_page>();
  page.limit = Page{}.limit;
  return page;
}

template <>
cq_user defaults() noexcept {
  auto user = sized<cq_user>();
  const User ours{};
  user.concurrent_calls_limit = ours.concurrent_calls_limit;
  user.system_concurrent_calls_limit = ours.system_concurrent_calls_limit;
  return user;
}

template <>
cq_agent defaults() noexcept {
  return sized<cq_agent>();
}
template <>
cq_contact defaults() noexcept {
  return sized<cq_contact>();
}

template <>
cq_campaign defaults() noexcept {
  auto campaign = sized<cq_campaign>();
  const CallCampaign ours{};
  campaign.first_call_time = static_cast<std::int32_t>(ours.first_call_time.count());
  campaign.last_call_time = static_cast<std::int32_t>(ours.last_call_time.count());
  campaign.created_at = campaign.updated_at = CQ_NO_INSTANT;
  campaign.started_at = campaign.completed_at = CQ_NO_INSTANT;
  return campaign;
}

template <>
cq_campaign_filter defaults() noexcept {
  return sized<cq_campaign_filter>();
}

template <>
cq_campaign_update defaults() noexcept {
  auto update = sized<cq_campaign_update>();
  update.first_call_time = update.last_call_time = CQ_UNSET;
  return update;
}

template <>
cq_campaign_assumptions defaults() noexcept {
  auto assumptions = sized<cq_campaign_assumptions>();
  assumptions.call_duration_seconds = CampaignAssumptions{}.call_duration.count();
  assumptions.concurrent_calls_limit = CQ_UNSET;
  return assumptions;
}

template <>
cq_call_event defaults() noexcept {
  auto event = sized<cq_call_event>();
  event.status = event.outcome = event.success = event.retryable = CQ_UNSET;
  event.answered_at = event.ended_at = CQ_NO_INSTANT;
  event.duration_seconds = CQ_UNSET;
  return event;
}

template <>
cq_queue_request defaults() noexcept {
  auto request = sized<cq_queue_request>();
  request.scheduled_for = request.not_after = CQ_NO_INSTANT;
  return request;
}

template <>
cq_queue_filter defaults() noexcept {
  return sized<cq_queue_filter>();
}

template <>
cq_status_details defaults() noexcept {
  auto details = sized<cq_status_details>();
  details.success = CQ_UNSET;
  details.completed_at = CQ_NO_INSTANT;
  details.duration_seconds = CQ_UNSET;
  return details;
}

template <>
cq_claim_request defaults() noexcept {
  auto request = sized<cq_claim_request>();
  const ClaimRequest ours{};
  request.worker = "worker";
  request.limit = ours.limit;
  request.lapse_submitted = ours.lapse_submitted;
  request.lease_seconds = ours.lease.count();
  return request;
}

template <>
cq_call_filter defaults() noexcept {
  return sized<cq_call_filter>();
}
template <>
cq_csv_source defaults() noexcept {
  return sized<cq_csv_source>();
}

template <>
cq_csv_import_options defaults() noexcept {
  auto options = sized<cq_csv_import_options>();
  options.max_field_bytes = CsvImportOptions{}.max_field_bytes;
  return options;
}

template <>
cq_dialer defaults() noexcept {
  return sized<cq_dialer>();
}
template <>
cq_observer defaults() noexcept {
  return sized<cq_observer>();
}

template <>
cq_processor_options defaults() noexcept {
  auto options = sized<cq_processor_options>();
  const ProcessorOptions ours{};
  options.batch = ours.batch;
  options.parallelism = ours.parallelism;
  options.lease_seconds = ours.lease.count();
  options.poll_ms = ours.poll.count();
  options.stop_deadline_ms = ours.stop_deadline.count();
  options.max_backoff_ms = ours.max_backoff.count();
  return options;
}

template <>
cq_forecast_input defaults() noexcept {
  auto input = sized<cq_forecast_input>();
  const ForecastInput ours{};
  input.user_limit = ours.user_limit;
  input.system_share = ours.system_share;
  input.mean_duration_seconds = ours.mean_duration.count();
  input.attempts_per_row = ours.attempts_per_row;
  return input;
}

// Structs that the library fills: nothing but their size.
template <>
cq_advance_result defaults() noexcept {
  return sized<cq_advance_result>();
}
template <>
cq_system_statistics defaults() noexcept {
  return sized<cq_system_statistics>();
}
template <>
cq_campaign_statistics defaults() noexcept {
  return sized<cq_campaign_statistics>();
}
template <>
cq_queue_statistics defaults() noexcept {
  return sized<cq_queue_statistics>();
}
template <>
cq_step_result defaults() noexcept {
  return sized<cq_step_result>();
}
template <>
cq_forecast_result defaults() noexcept {
  return sized<cq_forecast_result>();
}

}  // namespace callqueue::c

using callqueue::c::init;

void cq_store_options_init(cq_store_options* options, size_t size) { init(options, size); }
void cq_migrate_request_init(cq_migrate_request* request, size_t size) { init(request, size); }
void cq_advance_request_init(cq_advance_request* request, size_t size) { init(request, size); }
void cq_advance_result_init(cq_advance_result* result, size_t size) { init(result, size); }
void cq_page_init(cq_page* page, size_t size) { init(page, size); }
void cq_user_init(cq_user* user, size_t size) { init(user, size); }
void cq_system_statistics_init(cq_system_statistics* statistics, size_t size) {
  init(statistics, size);
}
void cq_agent_init(cq_agent* agent, size_t size) { init(agent, size); }
void cq_contact_init(cq_contact* contact, size_t size) { init(contact, size); }
void cq_campaign_init(cq_campaign* campaign, size_t size) { init(campaign, size); }
void cq_campaign_filter_init(cq_campaign_filter* filter, size_t size) { init(filter, size); }
void cq_campaign_update_init(cq_campaign_update* update, size_t size) { init(update, size); }
void cq_campaign_statistics_init(cq_campaign_statistics* statistics, size_t size) {
  init(statistics, size);
}
void cq_campaign_assumptions_init(cq_campaign_assumptions* assumptions, size_t size) {
  init(assumptions, size);
}
void cq_call_event_init(cq_call_event* event, size_t size) { init(event, size); }
void cq_queue_request_init(cq_queue_request* request, size_t size) { init(request, size); }
void cq_queue_filter_init(cq_queue_filter* filter, size_t size) { init(filter, size); }
void cq_queue_statistics_init(cq_queue_statistics* statistics, size_t size) {
  init(statistics, size);
}
void cq_status_details_init(cq_status_details* details, size_t size) { init(details, size); }
void cq_claim_request_init(cq_claim_request* request, size_t size) { init(request, size); }
void cq_call_filter_init(cq_call_filter* filter, size_t size) { init(filter, size); }
void cq_csv_source_init(cq_csv_source* source, size_t size) { init(source, size); }
void cq_csv_import_options_init(cq_csv_import_options* options, size_t size) {
  init(options, size);
}
void cq_dialer_init(cq_dialer* dialer, size_t size) { init(dialer, size); }
void cq_observer_init(cq_observer* observer, size_t size) { init(observer, size); }
void cq_processor_options_init(cq_processor_options* options, size_t size) { init(options, size); }
void cq_step_result_init(cq_step_result* result, size_t size) { init(result, size); }
void cq_forecast_input_init(cq_forecast_input* input, size_t size) { init(input, size); }
void cq_forecast_result_init(cq_forecast_result* result, size_t size) { init(result, size); }
