#include <algorithm>
#include <string>

#include "sqlite/session.hpp"
#include "sqlite/verify.hpp"
#include "store/rows.hpp"

namespace callqueue::sqlite {
namespace {

constexpr int kMostNamed = 100;

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

/// A state that nothing leads to, and that something waits in for ever (or moves too early). The
/// statement counts it and names one.
struct DataCheck {
  const char* name;
  const char* meaning;
  const char* sql;
  bool needs_now = false;
};

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

void add(VerifyReport& report, std::string kind, std::string name, std::string detail) {
  const bool ok = detail.empty();
  report.items.push_back(
      {.kind = std::move(kind), .name = std::move(name), .ok = ok, .detail = std::move(detail)});
}

void verify_file(Database& database, VerifyReport& report) {
  std::string detail;
  auto lines = database.query(kQuickCheck);
  while (lines.step()) {
    const auto line = lines.get<std::string>(0);
    if (line != "ok") detail += (detail.empty() ? "" : "; ") + line;
  }
  add(report, "integrity", "quick_check", detail);
}

void verify_references(Database& database, VerifyReport& report) {
  std::string detail;
  auto rows = database.query(kBrokenReferences);
  while (rows.step()) {
    detail += (detail.empty() ? "" : "; ") + std::to_string(rows.get<std::int64_t>(2)) +
              " rows of " + rows.get<std::string>(0) + " point at " + rows.get<std::string>(1) +
              " that are not there";
  }
  add(report, "integrity", "foreign_key_check", detail);
}

void verify_statistics(Database& database, VerifyReport& report) {
  constexpr const char* kCounters[] = {"total_contacts", "completed_calls", "successful_calls",
                                       "failed_calls"};
  bool all_right = true;
  auto rows = database.query(kWrongStatistics, kMostNamed);
  while (rows.step()) {
    all_right = false;
    std::string detail;
    for (int i = 0; i < 4; ++i) {
      const auto kept = rows.get<std::int64_t>(1 + i);
      const auto counted = rows.get<std::int64_t>(5 + i);
      if (kept == counted) continue;
      detail += (detail.empty() ? "" : ", ") + std::string{kCounters[i]} + " is " +
                std::to_string(kept) + ", a recount gives " + std::to_string(counted);
    }
    add(report, "statistics", rows.get<std::string>(0), detail);
  }
  if (all_right) add(report, "statistics", "call_campaigns", "");
}

/// Whether the interval is within what the rules leave open: what it leaves out costs time, what it
/// adds is a call at night.
bool is_within_rules(const CallingRules& rules, const TimeZone& zone, const Interval& lane,
                     Instant now) {
  const Instant from = std::max(lane.opens_at, now);
  const auto open = validate(rules) ? next_open_interval(rules, zone, from) : std::nullopt;
  return open && open->opens_at <= from && lane.closes_at <= open->closes_at;
}

void verify_lanes(Database& database, Instant now, VerifyReport& report) {
  int wrong = 0;
  std::string one;
  SqliteSession session{database};
  auto rows = database.query(kLanes, now);
  while (rows.step()) {
    const auto campaign_id = get_id<CampaignId>(rows, 1);
    const auto campaign = readable_campaign(session, get_id<UserId>(rows, 0), campaign_id);
    const auto zone = TimeZone::load(rows.get<std::string>(2));
    const Interval lane{rows.get<Instant>(3), rows.get<Instant>(4)};
    if (campaign && zone && is_within_rules(calling_rules(*campaign), *zone, lane, now)) continue;
    ++wrong;
    one = to_text(campaign_id);
  }
  add(report, "queue", "lane_open_at_wrong_hours",
      wrong == 0
          ? ""
          : std::to_string(wrong) + " lanes are open when their campaign's rules say closed (" +
                "one is of " + one + ")");
}

}  // namespace

void verify_data(Database& database, Instant now, VerifyReport& report) {
  verify_file(database, report);
  verify_references(database, report);
  verify_statistics(database, report);
  verify_lanes(database, now, report);
  for (const auto& check : kChecks) {
    auto row = check.needs_now ? database.query(check.sql, now) : database.query(check.sql);
    row.step();
    const auto count = row.get<std::int64_t>(0);
    const auto first = row.get<std::string>(1);
    add(report, "queue", check.name,
        count == 0 ? ""
                   : std::to_string(count) + " " + check.meaning +
                         (first.empty() ? "" : " (one is " + first + ")"));
  }
}

}  // namespace callqueue::sqlite
