#include "store/reports.hpp"

#include <algorithm>
#include <map>
#include <utility>

#include "store/held_calls.hpp"
#include "store/rows.hpp"
#include "utf8.hpp"

namespace callqueue {
namespace {

// Index calls_id_user_id_unique.
constexpr char kCallById[] =
    "SELECT " CALLQUEUE_CALL_COLUMNS " FROM calls c WHERE c.user_id = ?1 AND c.id = ?2";
// Index callqueue_calls_provider.
constexpr char kCallByProvider[] = R"sql(
  SELECT id FROM calls WHERE user_id = ?1 AND provider_call_id = ?2 ORDER BY id DESC LIMIT 1)sql";
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

constexpr std::size_t kLongestReason = 1024;

Error no_such_call(const char* field) { return {ErrorCode::not_found, "no such call", field}; }

Result<CallRef> named_call(Session& session, const CallEvent& event) {
  const auto usable =
      check_text(event.provider_call_id, "provider_call_id", max_provider_call_id_bytes);
  if (!usable) return tl::unexpected(usable.error());
  if (!event.call_id.is_nil()) return CallRef{event.user_id, event.call_id};
  if (event.provider_call_id.empty()) {
    return tl::unexpected<Error>(
        {ErrorCode::invalid_argument, "the event names no call", "call_id"});
  }
  const auto id = session.value<Uuid>(kCallByProvider, event.user_id, event.provider_call_id);
  if (!id) return tl::unexpected<Error>(no_such_call("provider_call_id"));
  return CallRef{event.user_id, CallId{*id}};
}

// What is decided of a row is written to the object: it is stored after the last event.

void finish_row(Instant now, QueuedCall& row, const RowDecision& decision, Instant completed_at) {
  row.status = decision.status;
  row.success = decision.success;
  row.failure_reason = decision.failure_reason;
  row.completed_at = completed_at;
  row.updated_at = next_update(row.updated_at, now);
}

void retry_row(Instant now, QueuedCall& row, Instant scheduled_for) {
  row.status = QueuedCallStatus::queued;
  row.scheduled_for = scheduled_for;
  row.failure_reason.clear();
  row.updated_at = next_update(row.updated_at, now);
}

/// Events applied one after the other to calls that are read before the first of them and stored
/// after the last one.
class Reporting {
 public:
  Reporting(Session& session, Instant now) : session_(session), now_(now) {}

  std::vector<Result<CallReport>> run(std::span<const CallEvent> events) {
    std::vector<Result<CallRef>> named;
    named.reserve(events.size());
    for (const auto& event : events) named.push_back(named_call(session_, event));
    hold(named);
    std::vector<Result<CallReport>> reports;
    reports.reserve(events.size());
    for (std::size_t i = 0; i < events.size(); ++i) {
      reports.push_back(named[i].and_then(
          [&](const CallRef& ref) { return report(events[i], places_.at(key(ref))); }));
    }
    store();
    return reports;
  }

 private:
  struct Reported {
    std::optional<HeldCall> held;
    bool call_changed = false;
    bool row_changed = false;
  };

  static std::pair<Uuid, Uuid> key(const CallRef& ref) {
    return {ref.user_id.value, ref.call_id.value};
  }

  void hold(const std::vector<Result<CallRef>>& named) {
    std::vector<CallRef> refs;
    for (const auto& ref : named) {
      if (ref && places_.emplace(key(*ref), refs.size()).second) refs.push_back(*ref);
    }
    for (auto& held : session_.hold_calls(refs)) calls_.push_back({.held = std::move(held)});
  }

  void store() {
    std::vector<Call> calls;
    std::vector<QueuedCall> rows;
    for (auto& reported : calls_) {
      if (reported.call_changed) calls.push_back(std::move(reported.held->call));
      if (reported.row_changed) rows.push_back(*std::move(reported.held->queued));
    }
    session_.store_calls(calls);
    session_.store_rows(rows, now_);
  }

  Result<CallReport> report(const CallEvent& event, std::size_t place) {
    auto& reported = calls_.at(place);
    if (!reported.held) return tl::unexpected<Error>(no_such_call("call_id"));
    auto& [call, row, deadline, max_attempts] = *reported.held;
    auto transition = apply_event(call, readable(event), now_, deadline);
    call = std::move(transition.call);
    reported.call_changed |= transition.changed;
    if (row && row->call_id == call.id) {
      reported.row_changed |= follow(transition, event.retryable, *reported.held);
    }
    return CallReport{
        .call = call, .queued = row, .changed = transition.changed, .ended = transition.ended};
  }

  /// A reason is for people: one that no database would take must not cost the news of a call.
  static CallEvent readable(CallEvent event) {
    event.failure_reason = shown(event.failure_reason, kLongestReason);
    return event;
  }

  /// What the call's end means for its row. @return whether it changed the row.
  bool follow(const CallTransition& transition, std::optional<bool> retryable, HeldCall& held) {
    auto& row = *held.queued;
    if (transition.ended && row.status == QueuedCallStatus::processing) {
      settle(retryable, held);
      return true;
    }
    if (transition.corrected) {
      // An unknown call got its outcome: its failed row becomes completed if the person was
      // reached. Nothing is retried.
      const auto decision = decide_row(held.call, std::nullopt, nullptr);
      if (!can_transition(row.status, decision.status)) return false;
      finish_row(now_, row, decision, row.completed_at.value_or(now_));
      return true;
    }
    if (transition.judged && row.status == QueuedCallStatus::completed) {
      row.success = held.call.success;
      row.updated_at = next_update(row.updated_at, now_);
      return true;
    }
    return false;
  }

  void settle(std::optional<bool> retryable, HeldCall& held) {
    const auto rules = load_rules(held);
    const auto decision = decide_row(held.call, retryable, rules ? &*rules : nullptr);
    if (decision.status == QueuedCallStatus::queued) {
      retry_row(now_, *held.queued, *decision.scheduled_for);
    } else {
      finish_row(now_, *held.queued, decision, now_);
    }
  }

  /// The campaign's side of the decision. Loaded only where a retry is possible: most calls end
  /// without. Rules that somebody's SQL spoiled allow none.
  std::optional<RowRules> load_rules(const HeldCall& held) {
    if (!may_be_retried(held)) return std::nullopt;
    const auto& campaign = campaign_of(*held.queued);
    if (!campaign || !validate(campaign->rules.retry)) return std::nullopt;
    // A lane of an unknown zone is closed; UTC only serves to give the retry an instant.
    return RowRules{.campaign_status = campaign->status,
                    .retry = campaign->rules.retry,
                    .calling_rules = calling_rules(*campaign),
                    .zone = TimeZone::load(held.queued->timezone).value_or(TimeZone{})};
  }

  static bool may_be_retried(const HeldCall& held) {
    const auto& call = held.call;
    return held.max_attempts > call.attempt &&
           (!call.outcome || callqueue::may_be_retried(*call.outcome));
  }

  const std::optional<CallCampaign>& campaign_of(const QueuedCall& row) {
    // The first one that is needed brings those that may be needed by and by.
    if (campaigns_.empty()) {
      std::vector<std::pair<UserId, CampaignId>> refs;
      for (const auto& [held, call_changed, row_changed] : calls_) {
        if (!held || !held->queued || !held->queued->campaign_id || !may_be_retried(*held))
          continue;
        const auto id = *held->queued->campaign_id;
        if (campaigns_.try_emplace(id).second) refs.emplace_back(held->queued->user_id, id);
      }
      for (auto& campaign : session_.readable_campaigns(refs)) {
        campaigns_[campaign.id] = std::move(campaign);
      }
    }
    return campaigns_[*row.campaign_id];
  }

  Session& session_;
  Instant now_;
  std::vector<Reported> calls_;
  std::map<std::pair<Uuid, Uuid>, std::size_t> places_;  ///< In `calls_`.
  std::map<CampaignId, std::optional<CallCampaign>> campaigns_;
};

}  // namespace

Call load_call(Session& session, const CallRef& ref) {
  auto row = session.query(kCallById, ref.user_id, ref.call_id);
  if (!row.step()) throw Failure{no_such_call("call_id")};
  return read_call(row);
}

std::vector<Result<CallReport>> report_all(Session& session, Instant now,
                                           std::span<const CallEvent> events) {
  session.tell(News::nothing);
  if (events.empty()) return {};
  auto reports = Reporting{session, now}.run(events);
  const bool frees_slots = std::any_of(reports.begin(), reports.end(),
                                       [](const auto& report) { return report && report->ended; });
  session.tell(frees_slots ? News::may_start : News::change);
  for (const auto& event : events) session.touch(event.user_id);
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
