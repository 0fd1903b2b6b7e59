#include "sqlite/advance.hpp"

#include <algorithm>
#include <utility>

#include "sqlite/completion.hpp"
#include "sqlite/import.hpp"
#include "sqlite/lanes.hpp"
#include "sqlite/reports.hpp"
#include "sqlite/rows.hpp"
#include "sqlite/store.hpp"
#include "store/failpoint.hpp"

namespace callqueue::sqlite {
namespace {

// Index callqueue_calls_lease.
constexpr char kLapsedUnmarked[] =
    "SELECT " CALLQUEUE_CALL_COLUMNS " FROM calls c WHERE " CALLQUEUE_LAPSED_CALL
    "AND NOT " CALLQUEUE_MAY_BE_PLACED "LIMIT ?2";
constexpr char kLapsedMarked[] = "SELECT c.user_id, c.id FROM calls c WHERE " CALLQUEUE_LAPSED_CALL
                                 "AND " CALLQUEUE_MAY_BE_PLACED "LIMIT ?2";
// Index idx_call_queue_scheduled_for: waiting rows only, the earliest first.
constexpr char kMakeReady[] = R"sql(
  UPDATE call_queue SET ready = 1 WHERE rowid IN (
    SELECT rowid FROM call_queue WHERE status = 'queued' AND ready = 0 AND scheduled_for <= ?1
    ORDER BY scheduled_for LIMIT ?2))sql";
// Index callqueue_expiry.
constexpr char kExpire[] = R"sql(
  UPDATE call_queue SET status = 'skipped', failure_reason = 'expired', completed_at = ?1,
    updated_at = max(?1, updated_at + 1)
  WHERE rowid IN (SELECT rowid FROM call_queue
                  WHERE status = 'queued' AND not_after IS NOT NULL AND not_after < ?1 LIMIT ?2))sql";
// Index callqueue_campaign_rules_sweep.
constexpr char kSweeping[] =
    "SELECT campaign_id FROM callqueue_campaign_rules WHERE sweep IS NOT NULL LIMIT 1";

// The earliest instant at which a step has work; each branch is one look at the front of an index.
constexpr char kWorkAt[] = R"sql(
  SELECT min(at) FROM (
    SELECT 0 AS at WHERE EXISTS (SELECT 1 FROM callqueue_lanes
      WHERE stale = 1 AND campaign_status NOT IN ('completed', 'cancelled'))
    UNION ALL SELECT 0 WHERE EXISTS (SELECT 1 FROM callqueue_lanes WHERE relane = 1)
    UNION ALL SELECT 0 WHERE EXISTS (SELECT 1 FROM callqueue_campaign_rules WHERE sweep IS NOT NULL)
    UNION ALL SELECT min(closes_at) + 1 FROM callqueue_lanes
      WHERE stale = 0 AND campaign_id IS NOT NULL AND campaign_status NOT IN ('completed', 'cancelled')
    UNION ALL SELECT min(opens_at) FROM callqueue_lanes WHERE stale = 0 AND campaign_status = 'scheduled'
    UNION ALL SELECT min(lease_expires_at) FROM calls WHERE
      (status = 'initiated' OR status = 'ringing' OR status = 'in_progress')
    UNION ALL SELECT min(scheduled_for) FROM call_queue WHERE status = 'queued' AND ready = 0
    UNION ALL SELECT min(not_after) + 1 FROM call_queue WHERE status = 'queued' AND not_after IS NOT NULL
    UNION ALL SELECT min(CASE state WHEN 'staging' THEN heartbeat_at + 600000000 ELSE 0 END)
      FROM callqueue_imports))sql";
// Index callqueue_lanes_opening: an opening needs no work, it only has to be noticed.
constexpr char kOpensAt[] = R"sql(
  SELECT min(opens_at) FROM callqueue_lanes
  WHERE has_ready = 1 AND stale = 0 AND import_id IS NULL AND campaign_status = 'active' AND opens_at > ?1)sql";

}  // namespace

int requeue_lapsed(Database& database, Instant now, int budget) {
  std::vector<Call> calls;
  {
    auto rows = database.query(kLapsedUnmarked, now, budget);
    while (rows.step()) calls.push_back(read_call(rows));
  }
  for (const auto& call : calls) put_back(database, now, call, "lease_lapsed");
  return static_cast<int>(calls.size());
}

int lapse_submitted(Database& database, Instant now, int budget) {
  std::vector<CallEvent> events;
  {
    auto rows = database.query(kLapsedMarked, now, budget);
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
  return static_cast<int>(report_all(database, now, events).size());
}

int make_ready(Database& database, Instant now, int budget) {
  return static_cast<int>(database.run(kMakeReady, now, budget));
}

int expire_direct(Database& database, Instant now, int budget) {
  return static_cast<int>(database.run(kExpire, now, budget));
}

int sweep_campaigns(Database& database, Instant now, int budget) {
  const auto campaign_id = database.value<Uuid>(kSweeping);
  if (!campaign_id) return 0;
  // A sweep that only finds itself over is progress too: there may be another campaign.
  return std::max(1, sweep_rows(database, CampaignId{*campaign_id}, now, budget));
}

Result<AdvanceResult> SqliteStore::advance(const AdvanceRequest& request) {
  const auto due = read([](Database& database, Instant now) {
    const auto at = database.value<Instant>(kWorkAt);
    return at && *at <= now;
  });
  if (!due) return tl::unexpected<Error>(due.error());
  AdvanceResult result;
  if (!zone_data_noticed_.exchange(true)) {
    const auto noticed = write([](Database& database, Instant) { notice_new_zone_data(database); });
    if (!noticed) return tl::unexpected<Error>(noticed.error());
  } else if (!*due) {
    return result;
  }
  return run_steps(request, result);
}

Result<AdvanceResult> SqliteStore::run_steps(const AdvanceRequest& request, AdvanceResult result) {
  int budget = std::max(request.budget, 1);
  std::optional<Error> error;
  // Every step commits on its own: other writers come in between.
  const auto step = [&](int& count, auto&& work) {
    if (error || budget == 0) return;
    const auto done =
        write([&](Database& database, Instant now) { return work(database, now, budget); });
    failpoint("in_advance");
    if (!done) {
      error = done.error();
      return;
    }
    count += *done;
    budget -= std::min(budget, *done);
  };
  int moved = 0;
  step(moved, [](Database& database, Instant, int rows) {
    return move_rows_between_lanes(database, rows);
  });
  step(result.lanes_rolled, [&](Database& database, Instant now, int rows) {
    return roll_lanes(database, now, rows, result.ended);
  });
  step(result.activated, activate_campaigns);
  step(result.requeued, requeue_lapsed);
  if (request.lapse_submitted) step(result.lapsed, lapse_submitted);
  step(result.made_ready, make_ready);
  step(result.expired, expire_direct);
  step(result.swept, sweep_campaigns);
  step(moved, sweep_imports);
  if (error) return tl::unexpected<Error>(*error);
  // A campaign that ended has rows to sweep, moved rows have lanes to roll: there is more until
  // nothing was done.
  result.more = result.total() + moved > 0;
  return result;
}

Result<std::optional<Instant>> SqliteStore::next_wakeup() {
  return read([](Database& database, Instant now) {
    const auto work_at = database.value<Instant>(kWorkAt);
    const auto opens_at = database.value<Instant>(kOpensAt, now);
    if (work_at && opens_at) return std::optional{std::max(now, std::min(*work_at, *opens_at))};
    if (work_at) return std::optional{std::max(now, *work_at)};
    return opens_at;
  });
}

}  // namespace callqueue::sqlite
