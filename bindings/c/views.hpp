#pragma once

#include <optional>
#include <vector>

#include "bindings/c/owned.hpp"
#include "callqueue/call_campaigns.hpp"
#include "callqueue/call_queue.hpp"
#include "callqueue/csv_import.hpp"
#include "callqueue/processor.hpp"

/// From the models to the structs of the C API. `size` is set already.
namespace callqueue::c {

[[nodiscard]] inline std::int64_t instant(Instant at) { return at.time_since_epoch().count(); }
[[nodiscard]] inline std::int64_t instant(const std::optional<Instant>& at) {
  return at ? instant(*at) : CQ_NO_INSTANT;
}
[[nodiscard]] inline std::int64_t seconds(const std::optional<std::chrono::seconds>& duration) {
  return duration ? duration->count() : CQ_UNSET;
}
template <class T>
[[nodiscard]] std::int32_t number(const std::optional<T>& value) {
  return value ? static_cast<std::int32_t>(*value) : CQ_UNSET;
}

void fill(Arena& arena, const Error& model, cq_error& view);
void fill(Arena& arena, const Migration& model, cq_migration& view);
void fill(Arena& arena, const User& model, cq_user& view);
void fill(Arena& arena, const Agent& model, cq_agent& view);
void fill(Arena& arena, const Contact& model, cq_contact& view);
void fill(Arena& arena, const CallCampaign& model, cq_campaign& view);
void fill(Arena& arena, const QueuedCall& model, cq_queued_call& view);
void fill(Arena& arena, const Call& model, cq_call& view);
void fill(Arena& arena, const ClaimedCall& model, cq_claimed_call& view);
void fill(Arena& arena, const CallEvent& model, cq_call_event& view);
void fill(Arena& arena, const Result<CallEvent>& model, cq_call_event_result& view);
void fill(Arena& arena, const CallReport& model, cq_call_report& view);
void fill(Arena& arena, const Result<CallReport>& model, cq_call_report& view);
void fill(Arena& arena, const FinishedAndClaimed& model, cq_finished_and_claimed& view);
void fill(Arena& arena, const CsvReport& model, cq_csv_report& view);
void fill(Arena& arena, const Changes& model, cq_changes& view);
void fill(Arena& arena, const UpcomingCall& model, cq_upcoming_call& view);
void fill(Arena& arena, const PageOf<UpcomingCall>& page, cq_upcoming_call_list& view);

void fill(Arena& arena, const std::vector<Migration>& models, cq_migration_list& view);
void fill(Arena& arena, const PageOf<User>& page, cq_user_list& view);
void fill(Arena& arena, const PageOf<Agent>& page, cq_agent_list& view);
void fill(Arena& arena, const PageOf<Contact>& page, cq_contact_list& view);
void fill(Arena& arena, const PageOf<CallCampaign>& page, cq_campaign_list& view);
void fill(Arena& arena, const PageOf<QueuedCall>& page, cq_queued_call_list& view);
void fill(Arena& arena, const PageOf<Call>& page, cq_call_list& view);
void fill(Arena& arena, const std::vector<ClaimedCall>& models, cq_claimed_call_list& view);
void fill(Arena& arena, const std::vector<Result<CallReport>>& models, cq_call_report_list& view);
void fill(Arena& arena, const std::vector<Result<CallEvent>>& models,
          cq_call_event_result_list& view);

/// Fills what its user has room for, by the `size` that it says.
template <class View, class Model>
void fill_caller(const Model& model, View& view) {
  View whole{};
  Arena nothing;
  fill(nothing, model, whole);
  whole.size = view.size;
  std::memcpy(&view, &whole, std::min(view.size, sizeof(View)));
}

void fill(Arena& arena, const AdvanceResult& model, cq_advance_result& view);
void fill(Arena& arena, const SystemStatistics& model, cq_system_statistics& view);
void fill(Arena& arena, const CampaignStatistics& model, cq_campaign_statistics& view);
void fill(Arena& arena, const QueueStatistics& model, cq_queue_statistics& view);
void fill(Arena& arena, const StepResult& model, cq_step_result& view);
void fill(Arena& arena, const Forecast& model, cq_forecast_result& view);

}  // namespace callqueue::c
