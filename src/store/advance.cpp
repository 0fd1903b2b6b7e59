#include "store/advance.hpp"

#include <algorithm>
#include <utility>

#include "store/completion.hpp"
#include "store/failpoint.hpp"
#include "store/import.hpp"
#include "store/lanes.hpp"
#include "store/reports.hpp"
#include "store/request_keys.hpp"
#include "store/rows.hpp"
#include "store/sql_store.hpp"
#include "store/statements.hpp"

namespace callqueue {

int requeue_lapsed(Session& session, Instant now, int budget) {
  std::vector<Call> calls;
  {
    auto rows = session.query(session.statements().lapsed_unmarked, now, budget);
    while (rows.step()) calls.push_back(read_call(rows));
  }
  for (const auto& call : calls) put_back(session, now, call, "lease_lapsed");
  return static_cast<int>(calls.size());
}

int lapse_submitted(Session& session, Instant now, int budget) {
  std::vector<CallEvent> events;
  {
    auto rows = session.query(session.statements().lapsed_marked, now, budget);
    while (rows.step()) {
      events.push_back({.user_id = get_id<UserId>(rows, 0),
                        .call_id = get_id<CallId>(rows, 1),
                        .provider_call_id = {},
                        .status = CallStatus::unknown,
                        .outcome = std::nullopt,
                        .success = std::nullopt,
                        .retryable = std::nullopt,
                        .answered_at = std::nullopt,
                        .ended_at = std::nullopt,
                        .duration = std::nullopt,
                        .failure_reason = "no_news"});
    }
  }
  return static_cast<int>(report_all(session, now, events).size());
}

int make_ready(Session& session, Instant now, int budget) {
  return static_cast<int>(session.change(session.statements().make_ready, now, budget));
}

int expire_direct(Session& session, Instant now, int budget) {
  return static_cast<int>(session.change(session.statements().expire_direct, now, budget));
}

int sweep_campaigns(Session& session, Instant now, int budget) {
  const auto campaign_id = session.value<Uuid>(session.statements().campaign_to_sweep);
  if (!campaign_id) return 0;
  // A sweep that only finds itself over is progress too: there may be another campaign.
  return std::max(1, sweep_rows(session, CampaignId{*campaign_id}, now, budget));
}

Result<AdvanceResult> SqlStore::advance(const AdvanceRequest& request) {
  const auto due = read([](Session& session, Instant now) {
    const auto at = session.value<Instant>(session.statements().work_at);
    return at && *at <= now;
  });
  if (!due) return tl::unexpected<Error>(due.error());
  AdvanceResult result;
  if (!zone_data_noticed_.exchange(true)) {
    const auto noticed = write([](Session& session, Instant) { notice_new_zone_data(session); });
    if (!noticed) return tl::unexpected<Error>(noticed.error());
  } else if (!*due) {
    return result;
  }
  return run_steps(request, result);
}

Result<AdvanceResult> SqlStore::run_steps(const AdvanceRequest& request, AdvanceResult result) {
  int budget = std::max(request.budget, 1);
  std::optional<Error> error;
  // Every step commits on its own: other writers come in between.
  const auto step = [&](int& count, auto&& work) {
    if (error || budget == 0) return;
    const auto done = write([&](Session& session, Instant now) {
      const int changed = work(session, now, budget);
      session.tell(changed > 0 ? News::may_start : News::nothing);
      return changed;
    });
    failpoint("in_advance");
    if (!done) {
      error = done.error();
      return;
    }
    count += *done;
    budget -= std::min(budget, *done);
  };
  int moved = 0;
  step(moved,
       [](Session& session, Instant, int rows) { return move_rows_between_lanes(session, rows); });
  step(result.lanes_rolled, [&](Session& session, Instant now, int rows) {
    result.ended = 0;
    return roll_lanes(session, now, rows, result.ended);
  });
  step(result.activated, activate_campaigns);
  step(result.requeued, requeue_lapsed);
  if (request.lapse_submitted) step(result.lapsed, lapse_submitted);
  step(result.made_ready, make_ready);
  step(result.expired, expire_direct);
  step(result.swept, sweep_campaigns);
  step(moved, sweep_imports);
  step(moved, forget_request_keys);
  if (error) return tl::unexpected<Error>(*error);
  // A campaign that ended has rows to sweep, moved rows have lanes to roll: there is more until
  // nothing was done.
  result.more = result.total() + moved > 0;
  return result;
}

Result<std::optional<Instant>> SqlStore::next_wakeup() {
  return read([](Session& session, Instant now) {
    const auto work_at = session.value<Instant>(session.statements().work_at);
    const auto opens_at = session.value<Instant>(session.statements().opens_at, now);
    if (work_at && opens_at) return std::optional{std::max(now, std::min(*work_at, *opens_at))};
    if (work_at) return std::optional{std::max(now, *work_at)};
    return opens_at;
  });
}

}  // namespace callqueue
