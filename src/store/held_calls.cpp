#include "store/held_calls.hpp"

#include "store/rows.hpp"
#include "store/session.hpp"

namespace callqueue {
namespace {

// Index calls_id_user_id_unique.
constexpr char kCall[] =
    "SELECT " CALLQUEUE_CALL_COLUMNS " FROM calls c WHERE c.user_id = ?1 AND c.id = ?2";
constexpr char kStoreCall[] = R"sql(
  UPDATE calls SET status = ?3, outcome = ?4, success = ?5, provider_call_id = NULLIF(?6, ''),
    lease_expires_at = ?7, submitted_at = ?8, started_at = ?9, answered_at = ?10, ended_at = ?11,
    duration_seconds = ?12, failure_reason = NULLIF(?13, '')
  WHERE user_id = ?1 AND id = ?2)sql";
constexpr char kDeadline[] =
    "SELECT call_deadline_seconds FROM callqueue_campaign_rules WHERE campaign_id = ?1";
// Index call_queue_id_user_id_unique.
constexpr char kRow[] = "SELECT " CALLQUEUE_HELD_ROW_COLUMNS CALLQUEUE_QUEUED_CALL_FROM
                        "WHERE q.user_id = ?1 AND q.id = ?2";
constexpr char kFinishRow[] = R"sql(
  UPDATE call_queue SET status = ?3, success = ?4, failure_reason = NULLIF(?5, ''), completed_at = ?6,
    updated_at = ?7
  WHERE user_id = ?1 AND id = ?2)sql";
constexpr char kRetryRow[] = R"sql(
  UPDATE call_queue SET status = 'queued', scheduled_for = ?3, ready = ?4, failure_reason = NULL,
    updated_at = ?5
  WHERE user_id = ?1 AND id = ?2)sql";

}  // namespace

void find_deadline(Session& session, HeldCall& held) {
  if (!held.call.campaign_id) return;
  const auto seconds = session.value<std::int64_t>(kDeadline, *held.call.campaign_id);
  if (seconds) held.call_deadline = std::chrono::seconds{*seconds};
}

std::optional<HeldCall> hold_call(Session& session, const CallRef& ref) {
  HeldCall held;
  {
    auto call = session.query(kCall, ref.user_id, ref.call_id);
    if (!call.step()) return std::nullopt;
    held.call = read_call(call);
  }
  if (held.call.queue_id) {
    auto row = session.query(kRow, ref.user_id, *held.call.queue_id);
    if (row.step()) read_held_row(row, held);
  }
  if (!held.queued) find_deadline(session, held);
  return held;
}

void store_call(Session& session, const Call& call) {
  const auto outcome = call.outcome ? std::optional{to_text(*call.outcome)} : std::nullopt;
  session.run(kStoreCall, call.user_id, call.id, to_text(call.status), outcome, call.success,
              call.provider_call_id, call.lease_expires_at, call.submitted_at, call.started_at,
              call.answered_at, call.ended_at, call.duration, call.failure_reason);
}

void store_row(Session& session, const QueuedCall& row, Instant now) {
  if (row.status == QueuedCallStatus::queued) {
    session.run(kRetryRow, row.user_id, row.id, row.scheduled_for, row.scheduled_for <= now,
                row.updated_at);
  } else {
    session.run(kFinishRow, row.user_id, row.id, to_text(row.status), row.success,
                row.failure_reason, row.completed_at, row.updated_at);
  }
}

}  // namespace callqueue
