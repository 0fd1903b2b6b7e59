#include "postgres/verify.hpp"
#include "store/verify.hpp"

namespace callqueue::postgres {
namespace {

constexpr char kWrongStatistics[] = R"sql(
  SELECT c.id::text, c.total_contacts, c.completed_calls, c.successful_calls, c.failed_calls,
    coalesce(q.total, 0), coalesce(q.completed, 0), coalesce(q.successful, 0), coalesce(q.failed, 0)
  FROM call_campaigns c LEFT JOIN (
    SELECT campaign_id, count(*) AS total, count(*) FILTER (WHERE status = 'completed') AS completed,
      count(*) FILTER (WHERE status = 'completed' AND success) AS successful,
      count(*) FILTER (WHERE status = 'failed') AS failed
    FROM call_queue WHERE campaign_id IS NOT NULL GROUP BY campaign_id) q ON q.campaign_id = c.id
  WHERE (c.total_contacts, c.completed_calls, c.successful_calls, c.failed_calls) IS DISTINCT FROM
        (coalesce(q.total, 0), coalesce(q.completed, 0), coalesce(q.successful, 0),
         coalesce(q.failed, 0))
  ORDER BY c.id LIMIT ?1)sql";

constexpr DataCheck kChecks[] = {
    {"processing_without_call", "rows are processing without an active call: they hold no slot",
     R"sql(SELECT count(*), min(q.id::text) FROM call_queue q
       WHERE q.status = 'processing' AND NOT EXISTS (
         SELECT 1 FROM calls c WHERE c.user_id = q.user_id AND c.id = q.call_id
           AND callqueue_holds_slot(c.status)))sql"},
    {"active_call_without_row", "active calls are not the call of the row they were made for",
     R"sql(SELECT count(*), min(c.id::text) FROM calls c
       WHERE callqueue_holds_slot(c.status) AND c.queue_id IS NOT NULL
         AND NOT EXISTS (SELECT 1 FROM call_queue q WHERE q.user_id = c.user_id
           AND q.id = c.queue_id AND q.status = 'processing' AND q.call_id = c.id))sql"},
    {"row_without_lane", "rows are in no lane, or in one of another campaign or user",
     R"sql(SELECT count(*), min(q.id::text) FROM call_queue q
         LEFT JOIN callqueue_lanes l ON l.lane_id = q.lane_id
       WHERE l.lane_id IS NULL OR l.user_id <> q.user_id
         OR l.campaign_id IS DISTINCT FROM q.campaign_id)sql"},
    {"row_in_wrong_zone", "open rows are in a lane of another zone than their own",
     R"sql(SELECT count(*), min(q.id::text) FROM call_queue q
         JOIN callqueue_lanes l ON l.lane_id = q.lane_id AND NOT l.relane
         JOIN users u ON u.id = q.user_id
         JOIN callqueue_campaign_rules r ON r.campaign_id = q.campaign_id
         LEFT JOIN contacts k ON k.user_id = q.user_id AND k.id = q.contact_id
       WHERE q.status IN ('queued', 'processing')
         AND l.timezone <> callqueue_zone(r.clock, k.timezone, r.timezone, u.timezone))sql"},
    {"ready_too_early", "rows are ready before their time",
     R"sql(SELECT count(*), min(id::text) FROM call_queue
       WHERE status = 'queued' AND ready AND scheduled_for > ?1)sql",
     true},
    {"user_out_of_turn", "users have a lane to take from, and no turn",
     R"sql(SELECT count(DISTINCT u.id), min(u.id::text)
       FROM users u
         JOIN callqueue_lanes l ON l.user_id = u.id AND NOT l.stale AND l.import_id IS NULL
           AND l.campaign_status = 'active' AND l.opens_at IS NOT NULL AND l.closes_at >= ?1
         LEFT JOIN callqueue_turns t ON t.user_id = u.id
       WHERE u.concurrent_calls_limit > 0 AND NOT coalesce(t.in_turn, false)
         AND (t.wake_at IS NULL OR t.wake_at > greatest(l.opens_at, ?1))
         AND NOT EXISTS (SELECT 1 FROM callqueue_signals s WHERE s.user_id = u.id)
         AND EXISTS (SELECT 1 FROM call_queue q
                     WHERE q.lane_id = l.lane_id AND q.status = 'queued' AND q.ready))sql",
     true},
    {"user_ceiling", "users take their turns by another ceiling than their own",
     R"sql(SELECT count(*), min(u.id::text) FROM users u JOIN callqueue_turns t ON t.user_id = u.id
       WHERE t.ceiling <> u.system_concurrent_calls_limit
         AND NOT EXISTS (SELECT 1 FROM callqueue_signals s WHERE s.user_id = u.id))sql"},
    {"lane_without_import", "lanes are staged by an import that is not there",
     R"sql(SELECT count(*), min(lane_id::text) FROM callqueue_lanes
       WHERE import_id IS NOT NULL AND import_id NOT IN (SELECT id FROM callqueue_imports))sql"},
    {"lane_status", "lanes disagree with the status of their campaign",
     R"sql(SELECT count(*), min(l.campaign_id::text)
       FROM callqueue_lanes l JOIN call_campaigns c ON c.id = l.campaign_id
       WHERE l.campaign_status <> c.status)sql"},
    {"campaign_without_rules", "campaigns have no rules",
     R"sql(SELECT count(*), min(c.id::text) FROM call_campaigns c
       WHERE NOT EXISTS (SELECT 1 FROM callqueue_campaign_rules r WHERE r.campaign_id = c.id))sql"},
    {"campaign_unswept", "final campaigns hold queued rows that nothing will sweep",
     R"sql(SELECT count(*), min(c.id::text)
       FROM call_campaigns c LEFT JOIN callqueue_campaign_rules r ON r.campaign_id = c.id
       WHERE c.status IN ('completed', 'cancelled') AND r.sweep IS NULL
         AND EXISTS (SELECT 1 FROM call_queue q
                     WHERE q.campaign_id = c.id AND q.status = 'queued'))sql"},
    {"campaign_not_completed", "campaigns go on although none of their rows is open",
     R"sql(SELECT count(*), min(c.id::text) FROM call_campaigns c
       WHERE c.status IN ('scheduled', 'active', 'paused') AND c.total_contacts > 0
         AND NOT EXISTS (SELECT 1 FROM callqueue_imports i WHERE i.campaign_id = c.id)
         AND NOT EXISTS (SELECT 1 FROM call_queue q
                         WHERE q.campaign_id = c.id AND q.status IN ('queued', 'processing')))sql"},
    {"settings", "callqueue_settings must hold one row",
     R"sql(SELECT CASE WHEN count(*) = 1 THEN 0::bigint ELSE 1::bigint END, ''
       FROM callqueue_settings)sql"},
};

// Lanes that somebody may claim from, now or later.
constexpr char kLanes[] = R"sql(
  SELECT user_id, campaign_id, timezone, opens_at, closes_at FROM callqueue_lanes
  WHERE NOT stale AND NOT relane AND campaign_id IS NOT NULL AND opens_at IS NOT NULL
    AND closes_at >= ?1 AND campaign_status IN ('scheduled', 'active', 'paused')
  ORDER BY lane_id)sql";

}  // namespace

void verify_data(PostgresSession& session, Instant now, VerifyReport& report) {
  verify_statistics(session, kWrongStatistics, report);
  verify_lanes(session, kLanes, now, report);
  run_checks(session, kChecks, now, report);
}

}  // namespace callqueue::postgres
