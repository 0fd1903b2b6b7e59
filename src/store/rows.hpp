#pragma once

#include <algorithm>
#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "callqueue/models.hpp"
#include "store/session.hpp"

namespace callqueue {

/// When a row that is changed now was changed: later than ever before, whatever the clock says.
[[nodiscard]] inline Instant next_update(Instant updated_at, Instant now) {
  return std::max(now, updated_at + std::chrono::microseconds{1});
}

// Rows read into models. A statement lists the columns by the macro and reads them by the function.

/// Columns of a queued call, of `call_queue q LEFT JOIN callqueue_lanes l USING (lane_id)
/// LEFT JOIN callqueue_campaign_rules r ON r.campaign_id = q.campaign_id`: a queued row whose
/// campaign is being swept reads as what the sweep will make of it. A row that points at what is
/// not there has no lane, hence no zone.
#define CALLQUEUE_QUEUED_CALL_COLUMNS                                                             \
  "q.id, q.user_id, q.campaign_id, q.agent_id, q.contact_id, q.phone_number, q.contact_name, "    \
  "q.user_data, "                                                                                 \
  "CASE WHEN q.status <> 'queued' OR r.sweep IS NULL THEN q.status "                              \
  "WHEN r.sweep = 'cancelled' THEN 'cancelled' WHEN q.attempts = 0 THEN 'skipped' ELSE 'failed' " \
  "END, "                                                                                         \
  "q.priority, q.position, q.scheduled_for, q.started_at, q.completed_at, q.call_id, "            \
  "CASE WHEN q.status <> 'queued' OR r.sweep IS NULL THEN q.failure_reason "                      \
  "WHEN r.sweep = 'cancelled' THEN 'campaign_cancelled' ELSE 'campaign_ended' END, "              \
  "q.last_system_allocation_at, q.created_at, q.updated_at, l.timezone, q.attempts, q.success, "  \
  "q.not_after"
#define CALLQUEUE_QUEUED_CALL_FROM                                           \
  " FROM call_queue q LEFT JOIN callqueue_lanes l ON l.lane_id = q.lane_id " \
  "LEFT JOIN callqueue_campaign_rules r ON r.campaign_id = q.campaign_id "

[[nodiscard]] QueuedCall read_queued_call(const Rows& row);

/// The same, and of its campaign's rules what `HeldCall` holds.
#define CALLQUEUE_HELD_ROW_COLUMNS \
  CALLQUEUE_QUEUED_CALL_COLUMNS ", r.call_deadline_seconds, r.retry_max_attempts"

/// Puts it to its call.
void read_held_row(const Rows& row, HeldCall& held);

/// Columns of a call, of `calls c`. Its status reads as one of ours, whatever a host calls it: an
/// active one as `in_progress`, any other as `unknown`.
#define CALLQUEUE_CALL_COLUMNS                                                                  \
  "c.id, c.user_id, c.agent_id, c.contact_id, c.campaign_id, c.queue_id, c.phone_number, "      \
  "c.call_type, c.attempt, callqueue_reads_as(c.status), c.outcome, c.success, "                \
  "c.provider_call_id, c.leased_by, "                                                           \
  "c.lease_expires_at, c.submitted_at, c.created_at, c.started_at, c.answered_at, c.ended_at, " \
  "c.duration_seconds, c.failure_reason"

/// @param from the first of its columns.
[[nodiscard]] Call read_call(const Rows& row, int from = 0);

// Of `calls c`: whether an active call may have been placed: it was marked, or somebody has heard
// of it.
#define CALLQUEUE_MAY_BE_PLACED \
  "(c.submitted_at IS NOT NULL OR c.provider_call_id IS NOT NULL OR c.status <> 'initiated') "

/// Columns of a campaign with its rules, of `call_campaigns c JOIN callqueue_campaign_rules r ON
/// r.campaign_id = c.id`.
#define CALLQUEUE_CAMPAIGN_COLUMNS                                                              \
  "c.id, c.user_id, c.name, c.description, c.agent_id, c.next_action, c.first_call_time, "      \
  "c.last_call_time, c.status, c.total_contacts, c.completed_calls, c.successful_calls, "       \
  "c.failed_calls, c.start_date, c.end_date, c.created_at, c.updated_at, c.started_at, "        \
  "c.completed_at, r.timezone, r.clock, r.weekly_windows, r.excluded_dates, r.retry_outcomes, " \
  "r.retry_max_attempts, r.retry_delays, r.spread, r.call_deadline_seconds"
#define CALLQUEUE_CAMPAIGN_FROM \
  " FROM call_campaigns c JOIN callqueue_campaign_rules r ON r.campaign_id = c.id "

/// Throws `Failure` (`corrupt`) when somebody wrote rules that cannot be read.
[[nodiscard]] CallCampaign read_campaign(const Rows& row);

/// The campaign, or `Failure` (`not_found`, `campaign_id`).
[[nodiscard]] CallCampaign load_campaign(Session& session, UserId user_id, CampaignId id);
/// The campaign, or nothing when somebody's SQL took its rules away or made them unreadable: what
/// concerns many campaigns must not stop at one.
[[nodiscard]] std::optional<CallCampaign> readable_campaign(const Rows& row);
[[nodiscard]] std::optional<CallCampaign> readable_campaign(Session& session, UserId user_id,
                                                            CampaignId id);

/// `[["09:00","12:00"]], …`: seven lists, Monday first.
[[nodiscard]] std::string windows_to_json(const WeeklyWindows& windows);
[[nodiscard]] std::string dates_to_json(const std::vector<LocalDate>& dates);
[[nodiscard]] std::string outcomes_to_json(const std::vector<CallOutcome>& outcomes);
[[nodiscard]] std::string delays_to_json(const std::vector<std::chrono::seconds>& delays);

/// The enumerator, or `Failure` (`corrupt`): a CHECK was bypassed.
[[nodiscard]] CampaignStatus campaign_status_of(std::string_view text);
[[nodiscard]] QueuedCallStatus queued_call_status_of(std::string_view text);
[[nodiscard]] CallStatus call_status_of(std::string_view text);

}  // namespace callqueue
