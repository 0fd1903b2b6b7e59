#include "store/reports.hpp"

#include <utility>

#include "store/rows.hpp"

namespace callqueue {
namespace {

// Index calls_id_user_id_unique.
constexpr char kCallById[] =
    "SELECT " CALLQUEUE_CALL_COLUMNS " FROM calls c WHERE c.user_id = ?1 AND c.id = ?2";
// Index callqueue_calls_provider.
constexpr char kCallByProvider[] = R"sql(
  SELECT id FROM calls WHERE user_id = ?1 AND provider_call_id = ?2 ORDER BY id DESC LIMIT 1)sql";
constexpr char kStoreCall[] = R"sql(
  UPDATE calls SET status = ?3, outcome = ?4, success = ?5, provider_call_id = NULLIF(?6, ''),
    lease_expires_at = ?7, submitted_at = ?8, started_at = ?9, answered_at = ?10, ended_at = ?11,
    duration_seconds = ?12, failure_reason = NULLIF(?13, '')
  WHERE user_id = ?1 AND id = ?2)sql";
constexpr char kDeadline[] =
    "SELECT call_deadline_seconds FROM callqueue_campaign_rules WHERE campaign_id = ?1";
// Index call_queue_id_user_id_unique. With the row comes what its campaign says about calls.
constexpr char kRow[] = "SELECT " CALLQUEUE_QUEUED_CALL_COLUMNS
                        ", r.call_deadline_seconds, r.retry_max_attempts" CALLQUEUE_QUEUED_CALL_FROM
                        "WHERE q.user_id = ?1 AND q.id = ?2";
constexpr char kFinishRow[] = R"sql(
  UPDATE call_queue SET status = ?3, success = ?4, failure_reason = NULLIF(?5, ''), completed_at = ?6,
    updated_at = ?7
  WHERE user_id = ?1 AND id = ?2)sql";
constexpr char kRetryRow[] = R"sql(
  UPDATE call_queue SET status = 'queued', scheduled_for = ?3, ready = ?4, failure_reason = NULL,
    updated_at = ?5
  WHERE user_id = ?1 AND id = ?2)sql";
constexpr char kJudgeRow[] = R"sql(
  UPDATE call_queue SET success = ?3, updated_at = ?4
  WHERE user_id = ?1 AND id = ?2)sql";
constexpr char kWaitsForCall[] = R"sql(
  SELECT updated_at FROM call_queue
  WHERE user_id = ?1 AND id = ?2 AND status = 'processing' AND call_id = ?3)sql";
// The attempt is taken back; a row of a campaign that was cancelled or has ended goes the
// campaign's way.
constexpr char kPutBack[] = R"sql(
  UPDATE call_queue SET
    status = COALESCE((SELECT CASE WHEN c.status = 'cancelled' THEN 'cancelled'
                                   WHEN c.status = 'completed' AND attempts = 1 THEN 'skipped'
                                   WHEN c.status = 'completed' THEN 'failed' END
                       FROM call_campaigns c WHERE c.id = campaign_id), 'queued'),
    failure_reason = (SELECT CASE WHEN c.status = 'cancelled' THEN 'campaign_cancelled'
                                  WHEN c.status = 'completed' THEN 'campaign_ended' END
                      FROM call_campaigns c WHERE c.id = campaign_id),
    completed_at = CASE WHEN (SELECT c.status FROM call_campaigns c WHERE c.id = campaign_id)
                          IN ('cancelled', 'completed') THEN ?4 END,
    attempts = attempts - 1, call_id = NULL, ready = scheduled_for <= ?4,
    updated_at = ?5
  WHERE user_id = ?1 AND id = ?2 AND status = 'processing' AND call_id = ?3)sql";

constexpr std::chrono::seconds kDirectCallDeadline{3600};

/// A call's row, and of its campaign's rules what nearly every event needs.
struct RowOfCall {
  QueuedCall queued;
  std::chrono::seconds call_deadline = kDirectCallDeadline;
  int max_attempts = 1;
};

std::optional<RowOfCall> find_row(Session& session, const Call& call) {
  if (!call.queue_id) return std::nullopt;
  session.lock_queued_call(call.user_id, *call.queue_id);
  auto row = session.query(kRow, call.user_id, *call.queue_id);
  if (!row.step()) return std::nullopt;
  RowOfCall found{.queued = read_queued_call(row)};
  if (!row.is_null(23)) {
    found.call_deadline = std::chrono::seconds{row.get<std::int64_t>(23)};
    found.max_attempts = row.get<int>(24);
  }
  return found;
}

CallId named_call(Session& session, const CallEvent& event) {
  if (!event.call_id.is_nil()) return event.call_id;
  if (event.provider_call_id.empty()) {
    throw Failure{ErrorCode::invalid_argument, "the event names no call", "call_id"};
  }
  const auto id = session.value<Uuid>(kCallByProvider, event.user_id, event.provider_call_id);
  if (!id) throw Failure{ErrorCode::not_found, "no such call", "provider_call_id"};
  return CallId{*id};
}

/// The campaign's side of the decision. Loaded only where a retry is possible: most calls end
/// without. Rules that somebody's SQL spoiled allow none.
std::optional<RowRules> load_rules(Session& session, const Call& call, const RowOfCall& row) {
  if (row.max_attempts <= call.attempt) return std::nullopt;
  const auto campaign = readable_campaign(session, row.queued.user_id, *row.queued.campaign_id);
  if (!campaign || !validate(campaign->rules.retry)) return std::nullopt;
  // A lane of an unknown zone is closed; UTC only serves to give the retry an instant.
  return RowRules{.campaign_status = campaign->status,
                  .retry = campaign->rules.retry,
                  .calling_rules = calling_rules(*campaign),
                  .zone = TimeZone::load(row.queued.timezone).value_or(TimeZone{})};
}

// What is written to a row is written to the object as well: nobody has to read it again.

void finish_row(Session& session, Instant now, QueuedCall& row, const RowDecision& decision,
                Instant completed_at) {
  row.status = decision.status;
  row.success = decision.success;
  row.failure_reason = decision.failure_reason;
  row.completed_at = completed_at;
  row.updated_at = next_update(row.updated_at, now);
  session.run(kFinishRow, row.user_id, row.id, to_text(row.status), row.success, row.failure_reason,
              row.completed_at, row.updated_at);
}

void retry_row(Session& session, Instant now, QueuedCall& row, Instant scheduled_for) {
  row.status = QueuedCallStatus::queued;
  row.scheduled_for = scheduled_for;
  row.failure_reason.clear();
  row.updated_at = next_update(row.updated_at, now);
  session.run(kRetryRow, row.user_id, row.id, scheduled_for, scheduled_for <= now, row.updated_at);
}

void settle_row(Session& session, Instant now, const Call& ended, std::optional<bool> retryable,
                RowOfCall& row) {
  const auto rules = load_rules(session, ended, row);
  const auto decision = decide_row(ended, retryable, rules ? &*rules : nullptr);
  if (decision.status == QueuedCallStatus::queued) {
    retry_row(session, now, row.queued, *decision.scheduled_for);
  } else {
    finish_row(session, now, row.queued, decision, now);
  }
}

/// An unknown call got its outcome: its failed row becomes completed if the person was reached.
/// Nothing is retried.
void correct_row(Session& session, Instant now, const Call& call, QueuedCall& row) {
  const auto decision = decide_row(call, std::nullopt, nullptr);
  if (!can_transition(row.status, decision.status)) return;
  finish_row(session, now, row, decision, row.completed_at.value_or(now));
}

void judge_row(Session& session, Instant now, const Call& call, QueuedCall& row) {
  if (row.status != QueuedCallStatus::completed) return;
  row.success = call.success;
  row.updated_at = next_update(row.updated_at, now);
  session.run(kJudgeRow, row.user_id, row.id, row.success, row.updated_at);
}

CallReport report_event(Session& session, Instant now, const CallEvent& event) {
  const CallRef ref{event.user_id, named_call(session, event)};
  session.lock_call(ref.user_id, ref.call_id);
  const Call call = load_call(session, ref);
  auto row = find_row(session, call);
  auto transition =
      apply_event(call, event, now, row ? row->call_deadline : call_deadline(session, call));
  CallReport report{.call = std::move(transition.call),
                    .queued = std::nullopt,
                    .changed = transition.changed,
                    .ended = transition.ended};
  if (transition.changed) store_call(session, report.call);
  if (!row) return report;
  if (row->queued.call_id == report.call.id) {
    if (transition.ended && row->queued.status == QueuedCallStatus::processing) {
      settle_row(session, now, report.call, event.retryable, *row);
    } else if (transition.corrected) {
      correct_row(session, now, report.call, row->queued);
    } else if (transition.judged) {
      judge_row(session, now, report.call, row->queued);
    }
  }
  report.queued = std::move(row->queued);
  return report;
}

/// Whether the error is the event's own, so that the others can go on.
bool concerns_one_event(const Error& error) {
  return error.code == ErrorCode::not_found || error.code == ErrorCode::invalid_argument;
}

}  // namespace

Call load_call(Session& session, const CallRef& ref) {
  auto row = session.query(kCallById, ref.user_id, ref.call_id);
  if (!row.step()) throw Failure{ErrorCode::not_found, "no such call", "call_id"};
  return read_call(row);
}

void store_call(Session& session, const Call& call) {
  const auto outcome = call.outcome ? std::optional{to_text(*call.outcome)} : std::nullopt;
  session.run(kStoreCall, call.user_id, call.id, to_text(call.status), outcome, call.success,
              call.provider_call_id, call.lease_expires_at, call.submitted_at, call.started_at,
              call.answered_at, call.ended_at, call.duration, call.failure_reason);
}

std::chrono::seconds call_deadline(Session& session, const Call& call) {
  if (!call.campaign_id) return kDirectCallDeadline;
  const auto seconds = session.value<std::int64_t>(kDeadline, *call.campaign_id);
  return seconds ? std::chrono::seconds{*seconds} : kDirectCallDeadline;
}

std::vector<Result<CallReport>> report_all(Session& session, Instant now,
                                           std::span<const CallEvent> events) {
  std::vector<Result<CallReport>> reports;
  reports.reserve(events.size());
  for (const auto& event : events) {
    try {
      reports.emplace_back(report_event(session, now, event));
    } catch (const Failure& failure) {
      if (!concerns_one_event(failure.error())) throw;
      reports.emplace_back(tl::unexpected<Error>(failure.error()));
    }
  }
  return reports;
}

void put_back(Session& session, Instant now, const Call& call, std::string_view reason) {
  Call ended = call;
  ended.status = CallStatus::cancelled;
  ended.outcome = CallOutcome::cancelled;
  ended.ended_at = now;
  ended.lease_expires_at.reset();
  ended.failure_reason = std::string{reason};
  store_call(session, ended);
  if (!call.queue_id) return;
  session.lock_queued_call(call.user_id, *call.queue_id);
  const auto updated_at =
      session.value<Instant>(kWaitsForCall, call.user_id, *call.queue_id, call.id);
  if (!updated_at) return;
  session.run(kPutBack, call.user_id, *call.queue_id, call.id, now, next_update(*updated_at, now));
}

}  // namespace callqueue
