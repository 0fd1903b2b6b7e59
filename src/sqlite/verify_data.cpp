#include <algorithm>
#include <string>

#include "sqlite/session.hpp"
#include "sqlite/verify.hpp"
#include "store/verify.hpp"

namespace callqueue::sqlite {
namespace {

constexpr char kQuickCheck[] = "PRAGMA quick_check(10)";
constexpr char kBrokenReferences[] = R"sql(
  SELECT "table", parent, count(*) FROM pragma_foreign_key_check GROUP BY 1, 2)sql";

constexpr char kWrongStatistics[] = R"sql(
  SELECT c.id, c.total_contacts, c.completed_calls, c.successful_calls, c.failed_calls,
    COALESCE(q.total, 0), COALESCE(q.completed, 0), COALESCE(q.successful, 0), COALESCE(q.failed, 0)
  FROM call_campaigns c LEFT JOIN (
    SELECT campaign_id, count(*) AS total, sum(status = 'completed') AS completed,
      sum(status = 'completed' AND success IS 1) AS successful, sum(status = 'failed') AS failed
    FROM call_queue WHERE campaign_id IS NOT NULL GROUP BY campaign_id) q ON q.campaign_id = c.id
  WHERE (c.total_contacts, c.completed_calls, c.successful_calls, c.failed_calls) IS NOT
        (COALESCE(q.total, 0), COALESCE(q.completed, 0), COALESCE(q.successful, 0),
         COALESCE(q.failed, 0))
  ORDER BY c.id LIMIT ?1)sql";

constexpr DataCheck kChecks[] = {
    {"processing_without_call", "rows are processing without an active call: they hold no slot",
     R"sql(SELECT count(*), min(q.id) FROM call_queue q
       WHERE q.status = 'processing' AND NOT EXISTS (
         SELECT 1 FROM calls c WHERE c.user_id = q.user_id AND c.id = q.call_id
           AND (c.status = 'initiated' OR c.status = 'ringing' OR c.status = 'in_progress')))sql"},
    {"active_call_without_row", "active calls are not the call of the row they were made for",
     R"sql(SELECT count(*), min(c.id) FROM calls c
       WHERE
         (c.status = 'initiated' OR c.status = 'ringing' OR c.status = 'in_progress') AND c.queue_id IS NOT NULL
         AND NOT EXISTS (SELECT 1 FROM call_queue q WHERE q.user_id = c.user_id
           AND q.id = c.queue_id AND q.status = 'processing' AND q.call_id = c.id))sql"},
    {"row_without_lane", "rows are in no lane, or in one of another campaign or user",
     R"sql(SELECT count(*), min(q.id) FROM call_queue q
         LEFT JOIN callqueue_lanes l ON l.lane_id = q.lane_id
       WHERE (l.lane_id IS NULL OR l.user_id <> q.user_id OR l.campaign_id IS NOT q.campaign_id))sql"},
    {"row_in_wrong_zone", "open rows are in a lane of another zone than their own",
     R"sql(SELECT count(*), min(q.id) FROM call_queue q
         JOIN callqueue_lanes l ON l.lane_id = q.lane_id AND l.relane = 0
         JOIN callqueue_places p ON p.row_id = q.rowid
       WHERE q.status IN ('queued', 'processing') AND p.timezone <> l.timezone)sql"},
    {"ready_unnoticed", "ready rows are in lanes that say they have none",
     R"sql(SELECT count(*), min(q.id) FROM callqueue_lanes l JOIN call_queue q ON q.lane_id = l.lane_id
       WHERE l.has_ready = 0 AND q.status = 'queued' AND q.ready = 1)sql"},
    {"ready_too_early", "rows are ready before their time",
     R"sql(SELECT count(*), min(id) FROM call_queue
       WHERE status = 'queued' AND ready = 1 AND scheduled_for > ?1)sql",
     true},
    {"user_out_of_turn", "users have a lane to take from, and no turn",
     R"sql(SELECT count(DISTINCT t.user_id), min(t.user_id)
       FROM callqueue_turns t JOIN users u ON u.id = t.user_id AND u.concurrent_calls_limit > 0
         JOIN callqueue_lanes l ON l.user_id = t.user_id
       WHERE t.in_turn = 0 AND l.has_ready = 1 AND l.stale = 0 AND l.import_id IS NULL
         AND l.campaign_status = 'active' AND l.opens_at IS NOT NULL AND l.closes_at >= ?1
         AND (t.wake_at IS NULL OR t.wake_at > max(l.opens_at, ?1))
         AND NOT (t.at_limit = 1 AND u.concurrent_calls_limit <= (
           SELECT count(*) FROM calls c WHERE c.user_id = u.id
             AND (c.status = 'initiated' OR c.status = 'ringing' OR c.status = 'in_progress')))
         AND EXISTS (SELECT 1 FROM call_queue q
                     WHERE q.lane_id = l.lane_id AND q.status = 'queued' AND q.ready = 1))sql",
     true},
    {"user_ceiling", "users take their turns by another ceiling than their own",
     R"sql(SELECT count(*), min(u.id) FROM users u JOIN callqueue_turns t ON t.user_id = u.id
       WHERE t.ceiling <> u.system_concurrent_calls_limit)sql"},
    {"user_without_turn", "users have no place in the round robin",
     R"sql(SELECT count(*), min(id) FROM users
       WHERE id NOT IN (SELECT user_id FROM callqueue_turns))sql"},
    {"lane_without_import", "lanes are staged by an import that is not there",
     R"sql(SELECT count(*), min(lane_id) FROM callqueue_lanes
       WHERE import_id IS NOT NULL AND import_id NOT IN (SELECT id FROM callqueue_imports))sql"},
    {"lane_status", "lanes disagree with the status of their campaign",
     R"sql(SELECT count(*), min(l.campaign_id)
       FROM callqueue_lanes l JOIN call_campaigns c ON c.id = l.campaign_id
       WHERE l.campaign_status <> c.status)sql"},
    {"campaign_without_rules", "campaigns have no rules",
     R"sql(SELECT count(*), min(id) FROM call_campaigns
       WHERE id NOT IN (SELECT campaign_id FROM callqueue_campaign_rules))sql"},
    {"campaign_unswept", "final campaigns hold queued rows that nothing will sweep",
     R"sql(SELECT count(*), min(c.id)
       FROM call_campaigns c LEFT JOIN callqueue_campaign_rules r ON r.campaign_id = c.id
       WHERE c.status IN ('completed', 'cancelled') AND r.sweep IS NULL
         AND EXISTS (SELECT 1 FROM call_queue q
                     WHERE q.campaign_id = c.id AND q.status = 'queued'))sql"},
    {"campaign_not_completed", "campaigns go on although none of their rows is open",
     R"sql(SELECT count(*), min(c.id) FROM call_campaigns c
       WHERE c.status IN ('scheduled', 'active', 'paused') AND c.total_contacts > 0
         AND NOT EXISTS (SELECT 1 FROM callqueue_imports i WHERE i.campaign_id = c.id)
         AND NOT EXISTS (SELECT 1 FROM call_queue q
                         WHERE q.campaign_id = c.id AND q.status IN ('queued', 'processing')))sql"},
    {"settings", "callqueue_settings must hold one row",
     R"sql(SELECT count(*) <> 1, '' FROM callqueue_settings)sql"},
};

// Lanes that somebody may claim from, now or later.
constexpr char kLanes[] = R"sql(
  SELECT user_id, campaign_id, timezone, opens_at, closes_at FROM callqueue_lanes
  WHERE stale = 0 AND relane = 0 AND campaign_id IS NOT NULL AND opens_at IS NOT NULL AND closes_at >= ?1
    AND campaign_status IN ('scheduled', 'active', 'paused')
  ORDER BY lane_id)sql";

void verify_file(Database& database, VerifyReport& report) {
  std::string detail;
  auto lines = database.query(kQuickCheck);
  while (lines.step()) {
    const auto line = lines.get<std::string>(0);
    if (line != "ok") detail += (detail.empty() ? "" : "; ") + line;
  }
  add_item(report, "integrity", "quick_check", detail);
}

void verify_references(Database& database, VerifyReport& report) {
  std::string detail;
  auto rows = database.query(kBrokenReferences);
  while (rows.step()) {
    detail += (detail.empty() ? "" : "; ") + std::to_string(rows.get<std::int64_t>(2)) +
              " rows of " + rows.get<std::string>(0) + " point at " + rows.get<std::string>(1) +
              " that are not there";
  }
  add_item(report, "integrity", "foreign_key_check", detail);
}

}  // namespace

void verify_data(Database& database, Instant now, VerifyReport& report) {
  verify_file(database, report);
  SqliteSession session{database};
  try_check(session, "integrity", "foreign_key_check", report,
            [&] { verify_references(database, report); });
  verify_statistics(session, kWrongStatistics, report);
  verify_lanes(session, kLanes, now, report);
  run_checks(session, kChecks, now, report);
}

}  // namespace callqueue::sqlite
