#include "store/statements.hpp"

#include "sqlite/session.hpp"
#include "store/rows.hpp"

namespace callqueue::sqlite {
namespace {

// Lists of queued calls are in the order of creation: of the rowid, which is the last column of
// every index. Each status is one range of an index in that order. Their places are numbers; before
// the first one stands no text, which casts to 0.
#define CALLQUEUE_EFFECTIVE_STATUS                                                                \
  "CASE WHEN q.status <> 'queued' OR r.sweep IS NULL THEN q.status "                              \
  "WHEN r.sweep = 'cancelled' THEN 'cancelled' WHEN q.attempts = 0 THEN 'skipped' ELSE 'failed' " \
  "END"
#define CALLQUEUE_WANTED \
  "AND (?5 = '' OR instr(?5, '|' || " CALLQUEUE_EFFECTIVE_STATUS " || '|') > 0) "
#define CALLQUEUE_AFTER "AND q.rowid > CAST(?3 AS INTEGER) "
#define CALLQUEUE_JOINED                                  \
  "LEFT JOIN callqueue_lanes l ON l.lane_id = q.lane_id " \
  "LEFT JOIN callqueue_campaign_rules r ON r.campaign_id = q.campaign_id "

#define CALLQUEUE_QUEUED_IN_LANE(index, which)                                            \
  "SELECT " CALLQUEUE_QUEUED_CALL_COLUMNS ", q.rowid FROM call_queue q INDEXED BY " index \
  " " CALLQUEUE_JOINED "WHERE q.lane_id = ?1 AND q.status = 'queued' AND " which " LIMIT ?2"

// Of `calls c`: an active call whose lease or deadline has passed by ?1. Index
// callqueue_calls_lease.
#define CALLQUEUE_LAPSED_CALL                                                         \
  "(c.status = 'initiated' OR c.status = 'ringing' OR c.status = 'in_progress') AND " \
  "c.lease_expires_at <= ?1 "

// By the indexes calls_id_user_id_unique and callqueue_calls_campaign, both in this order; the
// others find few.
#define CALLQUEUE_CALL_LISTS(behind, order)                                                        \
  {                                                                                                \
    .of_user = CALLQUEUE_CALL_LIST("", "true ", behind, order),                                    \
    .of_campaign = CALLQUEUE_CALL_LIST("INDEXED BY callqueue_calls_campaign ",                     \
                                       "c.campaign_id = ?3 ", behind, order),                      \
    .of_queued_call = CALLQUEUE_CALL_LIST("INDEXED BY callqueue_calls_queue ", "c.queue_id = ?4 ", \
                                          behind, order),                                          \
    .of_provider_call = CALLQUEUE_CALL_LIST("INDEXED BY callqueue_calls_provider ",                \
                                            "c.provider_call_id = ?5 ", behind, order),            \
    .of_active = CALLQUEUE_CALL_LIST(                                                              \
        "INDEXED BY callqueue_calls_active ",                                                      \
        "(c.status = 'initiated' OR c.status = 'ringing' OR c.status = 'in_progress') ", behind,   \
        order),                                                                                    \
  }

constexpr Statements kStatements = {
    .queued_calls_of_user =
        "SELECT " CALLQUEUE_QUEUED_CALL_COLUMNS
        ", q.rowid FROM call_queue q INDEXED BY idx_call_queue_user_status " CALLQUEUE_JOINED
        "WHERE q.user_id = ?1 AND q.status = ?2 " CALLQUEUE_AFTER CALLQUEUE_WANTED
        "ORDER BY q.rowid LIMIT ?4",
    .queued_calls_of_campaign =
        "SELECT " CALLQUEUE_QUEUED_CALL_COLUMNS
        ", q.rowid FROM call_queue q INDEXED BY idx_call_queue_campaign_status " CALLQUEUE_JOINED
        "WHERE q.user_id = ?1 AND q.status = ?2 AND q.campaign_id = ?6 " CALLQUEUE_AFTER
            CALLQUEUE_WANTED "ORDER BY q.rowid LIMIT ?4",
    // Index callqueue_open_contact: a contact has few rows.
    .queued_calls_of_contact =
        "SELECT " CALLQUEUE_QUEUED_CALL_COLUMNS ", q.rowid FROM call_queue q " CALLQUEUE_JOINED
        "WHERE q.user_id = ?1 AND q.contact_id = ?2 " CALLQUEUE_AFTER
        "AND (?6 IS NULL OR q.campaign_id = ?6) " CALLQUEUE_WANTED "ORDER BY q.rowid LIMIT ?4",

    .ready_below =
        CALLQUEUE_QUEUED_IN_LANE("idx_call_queue_priority_position",
                                 "q.ready = 1 AND q.priority < ?3 "
                                 "ORDER BY q.priority DESC, q.position, q.created_at, q.id"),
    .ready_behind = CALLQUEUE_QUEUED_IN_LANE(
        "idx_call_queue_priority_position",
        "q.ready = 1 AND q.priority = ?3 AND (q.position, q.created_at, q.id) > (?4, ?5, ?6) "
        "ORDER BY q.position, q.created_at, q.id"),
    .waiting_after = CALLQUEUE_QUEUED_IN_LANE(
        "callqueue_waiting",
        "q.ready = 0 AND (q.scheduled_for, q.rowid) > (?3, CAST(?4 AS INTEGER)) "
        "ORDER BY q.scheduled_for, q.rowid"),
    .count_ready_before = R"sql(
  SELECT count(*) FROM call_queue INDEXED BY idx_call_queue_priority_position
  WHERE lane_id = ?1 AND status = 'queued' AND ready = 1 AND priority >= ?2
    AND (priority > ?2 OR (position, created_at, id) < (?3, ?4, ?5)))sql",
    .count_waiting_before = R"sql(
  SELECT count(*) FROM call_queue INDEXED BY callqueue_waiting
  WHERE lane_id = ?1 AND status = 'queued' AND ready = 0
    AND (scheduled_for, rowid) < (?2, CAST(?3 AS INTEGER)))sql",
    // Index call_queue_id_user_id_unique.
    .place_of_row = "SELECT lane_id, ready, rowid FROM call_queue WHERE user_id = ?1 AND id = ?2",

    // Index callqueue_lanes_campaign; rows by idx_call_queue_priority_position and
    // callqueue_waiting.
    .lane_facts = R"sql(
  SELECT timezone, opens_at, closes_at, stale,
    (SELECT count(*) FROM call_queue q
     WHERE q.lane_id = l.lane_id AND q.status = 'queued' AND q.ready = 1),
    (SELECT count(*) FROM call_queue q
     WHERE q.lane_id = l.lane_id AND q.status = 'queued' AND q.ready = 0),
    (SELECT min(scheduled_for) FROM call_queue q
     WHERE q.lane_id = l.lane_id AND q.status = 'queued' AND q.ready = 0),
    (SELECT max(scheduled_for) FROM call_queue q
     WHERE q.lane_id = l.lane_id AND q.status = 'queued' AND q.ready = 0)
  FROM callqueue_lanes l WHERE campaign_id = ?1 AND import_id IS NULL ORDER BY lane_id)sql",
    // A few active calls of the user, each by its number to the contact and on to its rows. Indexes
    // callqueue_calls_active, contacts_user_id_phone_number_unique and callqueue_open_contact.
    .busy_rows = R"sql(
  SELECT count(*)
  FROM (SELECT DISTINCT phone_number FROM calls
        WHERE
          (status = 'initiated' OR status = 'ringing' OR status = 'in_progress') AND user_id = ?2) a
    CROSS JOIN contacts k ON k.user_id = ?2 AND k.phone_number = a.phone_number
    CROSS JOIN call_queue q ON q.contact_id = k.id AND q.campaign_id = ?1 AND q.status = 'queued'
    CROSS JOIN callqueue_lanes l ON l.lane_id = q.lane_id
  WHERE q.ready = 1 AND q.phone_number = a.phone_number AND l.stale = 0 AND l.import_id IS NULL
    AND l.opens_at <= ?3 AND l.closes_at >= ?3)sql",

    // Index callqueue_lanes_campaign.
    .find_lane = R"sql(
  SELECT min(lane_id) FROM callqueue_lanes
  WHERE campaign_id = ?1 AND timezone = ?2 AND import_id IS ?3 AND relane = 0)sql",

    // Indexes idx_call_queue_campaign_status and callqueue_imports_campaign.
    .complete_if_done = R"sql(
  UPDATE call_campaigns SET
    status = CASE WHEN status = 'cancelled' THEN status ELSE 'completed' END,
    completed_at = ?2, updated_at = max(?2, updated_at + 1)
  WHERE id = ?1 AND completed_at IS NULL AND status <> 'draft'
    AND NOT EXISTS (SELECT 1 FROM call_queue
                    WHERE campaign_id = ?1 AND status IN ('queued', 'processing'))
    AND NOT EXISTS (SELECT 1 FROM callqueue_imports WHERE campaign_id = ?1))sql",
    // Index idx_call_queue_campaign_status. Rows that were never tried are skipped when the
    // campaign ends.
    .sweep_rows = R"sql(
  UPDATE call_queue SET
    status = CASE WHEN ?2 = 'cancelled' THEN 'cancelled' WHEN attempts = 0 THEN 'skipped'
                  ELSE 'failed' END,
    failure_reason = CASE WHEN ?2 = 'cancelled' THEN 'campaign_cancelled' ELSE 'campaign_ended' END,
    completed_at = ?3, updated_at = max(?3, updated_at + 1)
  WHERE rowid IN (SELECT rowid FROM call_queue WHERE campaign_id = ?1 AND status = 'queued'
                  LIMIT ?4))sql",
    // Indexes idx_call_queue_campaign_status and, for calls whose row is gone,
    // callqueue_calls_active.
    .campaign_in_flight = R"sql(
  SELECT EXISTS (SELECT 1 FROM call_queue
                 WHERE campaign_id = ?2 AND status = 'processing' AND call_id IS NOT NULL)
    OR EXISTS (SELECT 1 FROM calls
               WHERE
                 (status = 'initiated' OR status = 'ringing' OR status = 'in_progress') AND user_id = ?1
                 AND +campaign_id = ?2))sql",
    // Index idx_call_queue_campaign_status.
    .delete_rows = R"sql(
  DELETE FROM call_queue WHERE rowid IN (
    SELECT rowid FROM call_queue WHERE campaign_id = ?1 LIMIT ?2))sql",
    // Index callqueue_calls_campaign.
    .release_calls = R"sql(
  UPDATE calls SET campaign_id = NULL WHERE rowid IN (
    SELECT rowid FROM calls WHERE campaign_id = ?1 LIMIT ?2))sql",
    // Index callqueue_open_contact. A row that is being swept has its new state already.
    .cancel_rows_of_contact = R"sql(
  UPDATE call_queue SET status = 'cancelled', failure_reason = 'cancelled', completed_at = ?3,
    updated_at = max(?3, updated_at + 1)
  WHERE contact_id = ?2 AND user_id = ?1 AND status = 'queued'
    AND NOT EXISTS (SELECT 1 FROM callqueue_campaign_rules r
                    WHERE r.campaign_id = call_queue.campaign_id AND r.sweep IS NOT NULL))sql",

    .accept_call = R"sql(
  UPDATE calls SET provider_call_id = NULLIF(?3, ''),
    submitted_at = CASE WHEN status IN ('initiated', 'ringing', 'in_progress')
                        THEN COALESCE(submitted_at, ?4) ELSE submitted_at END,
    started_at = CASE WHEN status IN ('initiated', 'ringing', 'in_progress')
                      THEN COALESCE(started_at, ?4) ELSE started_at END,
    lease_expires_at = CASE WHEN status IN ('initiated', 'ringing', 'in_progress')
      THEN ?4 + COALESCE((SELECT r.call_deadline_seconds FROM callqueue_campaign_rules r
                          WHERE r.campaign_id = calls.campaign_id), 3600) * 1000000
      ELSE lease_expires_at END
  WHERE user_id = ?1 AND id = ?2 AND provider_call_id IS NULL)sql",
    .calls_in_order = CALLQUEUE_CALL_LISTS(">", ""),
    .calls_backwards = CALLQUEUE_CALL_LISTS("<", " DESC"),
    // Index calls_id_user_id_unique, an id at a time.
    .calls_by_ids = "SELECT " CALLQUEUE_CALL_COLUMNS
                    " FROM json_each(?2) e CROSS JOIN calls c "
                    "WHERE c.id = e.value AND c.user_id = ?1 ORDER BY c.id",
    // Index callqueue_calls_lease, both.
    .lapsed_unmarked = "SELECT " CALLQUEUE_CALL_COLUMNS " FROM calls c WHERE " CALLQUEUE_LAPSED_CALL
                       "AND NOT " CALLQUEUE_MAY_BE_PLACED "LIMIT ?2",
    .lapsed_marked = "SELECT c.user_id, c.id FROM calls c WHERE " CALLQUEUE_LAPSED_CALL
                     "AND " CALLQUEUE_MAY_BE_PLACED "LIMIT ?2",
    .lapsed_calls = "SELECT " CALLQUEUE_CALL_COLUMNS " FROM calls c WHERE " CALLQUEUE_LAPSED_CALL
                    "AND " CALLQUEUE_MAY_BE_PLACED "ORDER BY c.lease_expires_at, c.id LIMIT ?2",
    // Index callqueue_calls_active, both: only calls that hold a slot are in it.
    .active_calls = R"sql(
  SELECT count(*) FROM calls WHERE
    (status = 'initiated' OR status = 'ringing' OR status = 'in_progress'))sql",
    .active_calls_of_user = R"sql(
  SELECT count(*) FROM calls WHERE
    (status = 'initiated' OR status = 'ringing' OR status = 'in_progress')
    AND user_id = ?1)sql",
    .active_calls_by_user = R"sql(
  SELECT c.user_id, count(*) AS active, u.concurrent_calls_limit
  FROM calls c JOIN users u ON u.id = c.user_id
  WHERE (c.status = 'initiated' OR c.status = 'ringing' OR c.status = 'in_progress')
  GROUP BY c.user_id ORDER BY active DESC, c.user_id LIMIT ?1)sql",

    // Index idx_call_queue_scheduled_for: waiting rows only, the earliest first.
    .make_ready = R"sql(
  UPDATE call_queue SET ready = 1 WHERE rowid IN (
    SELECT rowid FROM call_queue WHERE status = 'queued' AND ready = 0 AND scheduled_for <= ?1
    ORDER BY scheduled_for LIMIT ?2))sql",
    // Index callqueue_expiry.
    .expire_direct = R"sql(
  UPDATE call_queue SET status = 'skipped', failure_reason = 'expired', completed_at = ?1,
    updated_at = max(?1, updated_at + 1)
  WHERE rowid IN (SELECT rowid FROM call_queue
                  WHERE status = 'queued' AND not_after IS NOT NULL AND not_after < ?1 LIMIT ?2))sql",

    .all_stale = R"sql(
  UPDATE callqueue_lanes SET stale = 1
  WHERE campaign_id IS NOT NULL AND campaign_status NOT IN ('completed', 'cancelled'))sql",
    // Indexes callqueue_lanes_stale and callqueue_lanes_closing. A lane to be looked through moves
    // its rows first.
    .lanes_to_roll = R"sql(
  SELECT lane_id, user_id, campaign_id, timezone FROM callqueue_lanes
  WHERE stale = 1 AND campaign_status NOT IN ('completed', 'cancelled') AND relane = 0
  UNION ALL
  SELECT lane_id, user_id, campaign_id, timezone FROM callqueue_lanes
  WHERE stale = 0 AND campaign_id IS NOT NULL AND campaign_status NOT IN ('completed', 'cancelled')
    AND closes_at < ?1 AND relane = 0
  LIMIT ?2)sql",
    // A lane of an unknown zone keeps a closes_at without opens_at: it is closed, yet not at its
    // end.
    .end_campaign = R"sql(
  UPDATE call_campaigns SET status = 'completed', updated_at = max(?2, updated_at + 1),
    completed_at = CASE WHEN NOT EXISTS (SELECT 1 FROM call_queue q WHERE q.campaign_id = ?1
      AND q.status IN ('queued', 'processing')) THEN ?2 END
  WHERE id = ?1 AND status IN ('scheduled', 'active', 'paused')
    AND NOT EXISTS (SELECT 1 FROM callqueue_imports i WHERE i.campaign_id = ?1)
    AND NOT EXISTS (SELECT 1 FROM callqueue_lanes l WHERE l.campaign_id = ?1
                    AND (l.stale = 1 OR l.opens_at IS NOT NULL OR l.closes_at IS NOT NULL)))sql",
    // Index callqueue_lanes_scheduled.
    .campaigns_to_activate = R"sql(
  SELECT DISTINCT campaign_id FROM callqueue_lanes
  WHERE stale = 0 AND campaign_status = 'scheduled' AND import_id IS NULL AND opens_at <= ?1 LIMIT ?2)sql",
    // Index callqueue_campaign_rules_sweep.
    .campaign_to_sweep =
        "SELECT campaign_id FROM callqueue_campaign_rules WHERE sweep IS NOT NULL LIMIT 1",
    // Index callqueue_lanes_relane.
    .lane_to_look_through = R"sql(
  SELECT lane_id, campaign_id, import_id FROM callqueue_lanes WHERE relane = 1 LIMIT 1)sql",
    // Indexes idx_call_queue_priority_position, callqueue_waiting and
    // idx_call_queue_campaign_status.
    .rows_of_lane = R"sql(
  SELECT q.user_id, q.id, COALESCE(CASE WHEN r.clock = 'contact' THEN NULLIF(k.timezone, '') END,
                                   NULLIF(r.timezone, ''), NULLIF(u.timezone, ''), 'UTC')
  FROM (SELECT * FROM (SELECT user_id, id, campaign_id, contact_id FROM call_queue
                       WHERE lane_id = ?1 AND status = 'queued' AND ready = 1 LIMIT ?3)
        UNION ALL
        SELECT * FROM (SELECT user_id, id, campaign_id, contact_id FROM call_queue
                       WHERE lane_id = ?1 AND status = 'queued' AND ready = 0 LIMIT ?3)
        UNION ALL
        SELECT user_id, id, campaign_id, contact_id FROM call_queue
        WHERE campaign_id = ?2 AND status = 'processing' AND lane_id = ?1) q
    JOIN callqueue_campaign_rules r ON r.campaign_id = q.campaign_id
    JOIN users u ON u.id = q.user_id
    LEFT JOIN contacts k ON k.user_id = q.user_id AND k.id = q.contact_id)sql",

    .looked_through =
        "UPDATE callqueue_lanes SET relane = 0, stale = 1, has_ready = 0 WHERE lane_id = ?1",

    // Index callqueue_rows_lane.
    .delete_staged_rows = R"sql(
  DELETE FROM call_queue WHERE rowid IN (
    SELECT q.rowid FROM callqueue_lanes l JOIN call_queue q ON q.lane_id = l.lane_id
    WHERE l.campaign_id = ?1 AND l.import_id = ?2 LIMIT ?3))sql",
    .roll_ended_lanes = R"sql(
  UPDATE callqueue_lanes SET stale = 1
  WHERE campaign_id = ?1 AND import_id IS NULL AND stale = 0 AND opens_at IS NULL
    AND closes_at IS NULL)sql",
    .record_import_errors = R"sql(
  INSERT INTO callqueue_import_errors
    (user_id, campaign_id, import_id, number, imported_at, line, field, value, reason, record)
  SELECT ?1, ?2, ?3, ?4 + e.key, ?5, e.value ->> 0, e.value ->> 1, e.value ->> 2, e.value ->> 3,
    e.value ->> 4
  FROM json_each(?6) e WHERE true
  ON CONFLICT DO NOTHING)sql",
    // Index idx_call_queue_priority_position, both.
    .count_ready =
        "SELECT count(*) FROM call_queue WHERE lane_id = ?1 AND status = 'queued' AND ready = 1",
    .next_rows_of_lane = R"sql(
  SELECT id, priority, position FROM call_queue
  WHERE lane_id = ?1 AND status = 'queued' AND ready = 1
    AND priority <= ?2 AND (priority < ?2 OR position > ?3)
  ORDER BY priority DESC, position, created_at, id LIMIT ?4)sql",

    // Each branch is one look at the front of an index.
    .work_at = R"sql(
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
      FROM callqueue_imports
    UNION ALL SELECT min(begun_at) + 90000000000 FROM callqueue_request_keys))sql",
    // Index callqueue_lanes_opening: an opening needs no work, it only has to be noticed.
    .opens_at = R"sql(
  SELECT min(opens_at) FROM callqueue_lanes
  WHERE has_ready = 1 AND stale = 0 AND import_id IS NULL AND campaign_status = 'active' AND opens_at > ?1)sql"};

}  // namespace

const Statements& sqlite_statements() noexcept { return kStatements; }

}  // namespace callqueue::sqlite
