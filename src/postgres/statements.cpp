#include "store/statements.hpp"

#include "postgres/session.hpp"
#include "store/rows.hpp"

namespace callqueue::postgres {
namespace {

// Lists of queued calls are in the order of creation: of the id, which is the last column of the
// indexes. A place is an id.
#define CALLQUEUE_EFFECTIVE_STATUS                                                                \
  "CASE WHEN q.status <> 'queued' OR r.sweep IS NULL THEN q.status "                              \
  "WHEN r.sweep = 'cancelled' THEN 'cancelled' WHEN q.attempts = 0 THEN 'skipped' ELSE 'failed' " \
  "END"
#define CALLQUEUE_WANTED \
  "AND (?5 = '' OR strpos(?5, '|' || " CALLQUEUE_EFFECTIVE_STATUS " || '|') > 0) "
// Of `calls c`: an active call whose lease or deadline has passed by ?1. Index
// callqueue_calls_lease.
#define CALLQUEUE_LAPSED_CALL "callqueue_holds_slot(c.status) AND c.lease_expires_at <= ?1 "
#define CALLQUEUE_AFTER \
  "AND q.id > coalesce(nullif(?3, '')::uuid, '00000000-0000-0000-0000-000000000000') "

// All of a user's by the index callqueue_calls_user, in this order. Said as a range of pairs: a
// server that knows nothing of the table takes a user for one with few calls, and would sort them.
#define CALLQUEUE_CALLS_OF_USER(behind, at_most, end, order)                       \
  "SELECT " CALLQUEUE_CALL_COLUMNS " FROM calls c WHERE (c.user_id, c.id) " behind \
  " (?1, ?2) AND (c.user_id, c.id) " at_most " (?1, '" end                         \
  "'::uuid) "                                                                      \
  "AND (?3 IS NULL OR c.campaign_id = ?3) AND (?4 IS NULL OR c.queue_id = ?4) "    \
  "AND (?5 = '' OR c.provider_call_id = ?5) "                                      \
  "AND (?6 = '' OR ?6 LIKE '%|' || callqueue_reads_as(c.status) || '|%') "         \
  "ORDER BY c.user_id" order ", c.id" order " LIMIT ?7"
// By the indexes callqueue_calls_campaign, in this order, and callqueue_calls_queue,
// callqueue_calls_provider and callqueue_calls_active, which find few.
#define CALLQUEUE_CALL_LISTS(behind, at_most, end, order)                                   \
  {                                                                                         \
    .of_user = CALLQUEUE_CALLS_OF_USER(behind, at_most, end, order),                        \
    .of_campaign = CALLQUEUE_CALL_LIST("", "c.campaign_id = ?3 ", behind, order),           \
    .of_queued_call = CALLQUEUE_CALL_LIST("", "c.queue_id = ?4 ", behind, order),           \
    .of_provider_call = CALLQUEUE_CALL_LIST("", "c.provider_call_id = ?5 ", behind, order), \
    .of_active = CALLQUEUE_CALL_LIST("", "callqueue_holds_slot(c.status) ", behind, order), \
  }

#define CALLQUEUE_QUEUED_IN_LANE(which)                                             \
  "SELECT " CALLQUEUE_QUEUED_CALL_COLUMNS ", q.id::text" CALLQUEUE_QUEUED_CALL_FROM \
  "WHERE q.lane_id = ?1 AND q.status = 'queued' AND " which " LIMIT ?2"

constexpr Statements kStatements = {
    // Index idx_call_queue_user_status.
    .queued_calls_of_user =
        "SELECT " CALLQUEUE_QUEUED_CALL_COLUMNS ", q.id::text" CALLQUEUE_QUEUED_CALL_FROM
        "WHERE q.user_id = ?1 AND q.status = ?2 " CALLQUEUE_AFTER CALLQUEUE_WANTED
        "ORDER BY q.id LIMIT ?4",
    // Index idx_call_queue_campaign_status.
    .queued_calls_of_campaign =
        "SELECT " CALLQUEUE_QUEUED_CALL_COLUMNS ", q.id::text" CALLQUEUE_QUEUED_CALL_FROM
        "WHERE q.user_id = ?1 AND q.status = ?2 AND q.campaign_id = ?6 " CALLQUEUE_AFTER
            CALLQUEUE_WANTED "ORDER BY q.id LIMIT ?4",
    // Index callqueue_open_contact: a contact has few rows.
    .queued_calls_of_contact =
        "SELECT " CALLQUEUE_QUEUED_CALL_COLUMNS ", q.id::text" CALLQUEUE_QUEUED_CALL_FROM
        "WHERE q.user_id = ?1 AND q.contact_id = ?2 " CALLQUEUE_AFTER
        "AND (?6 IS NULL OR q.campaign_id = ?6) " CALLQUEUE_WANTED "ORDER BY q.id LIMIT ?4",

    // Index idx_call_queue_priority_position, twice, and callqueue_waiting.
    .ready_below =
        CALLQUEUE_QUEUED_IN_LANE("q.ready AND q.priority < ?3 "
                                 "ORDER BY q.priority DESC, q.position, q.created_at, q.id"),
    .ready_behind = CALLQUEUE_QUEUED_IN_LANE(
        "q.ready AND q.priority = ?3 AND (q.position, q.created_at, q.id) > (?4, ?5, ?6) "
        "ORDER BY q.position, q.created_at, q.id"),
    .waiting_after = CALLQUEUE_QUEUED_IN_LANE(
        "NOT q.ready AND (q.scheduled_for, q.id) > "
        "(?3, coalesce(nullif(?4, '')::uuid, '00000000-0000-0000-0000-000000000000')) "
        "ORDER BY q.scheduled_for, q.id"),
    // The same indexes.
    .count_ready_before = R"sql(
  SELECT count(*) FROM call_queue
  WHERE lane_id = ?1 AND status = 'queued' AND ready AND priority >= ?2
    AND (priority > ?2 OR (position, created_at, id) < (?3, ?4, ?5)))sql",
    .count_waiting_before = R"sql(
  SELECT count(*) FROM call_queue
  WHERE lane_id = ?1 AND status = 'queued' AND NOT ready AND (scheduled_for, id)
    < (?2, coalesce(nullif(?3, '')::uuid, '00000000-0000-0000-0000-000000000000')))sql",
    // Index call_queue_id_user_id_unique.
    .place_of_row =
        "SELECT lane_id, ready, id::text FROM call_queue WHERE user_id = ?1 AND id = ?2",

    // Index callqueue_lanes_campaign; rows by idx_call_queue_priority_position and
    // callqueue_waiting.
    .lane_facts = R"sql(
  SELECT timezone, opens_at, closes_at, stale,
    (SELECT count(*) FROM call_queue q
     WHERE q.lane_id = l.lane_id AND q.status = 'queued' AND q.ready),
    (SELECT count(*) FROM call_queue q
     WHERE q.lane_id = l.lane_id AND q.status = 'queued' AND NOT q.ready),
    (SELECT min(scheduled_for) FROM call_queue q
     WHERE q.lane_id = l.lane_id AND q.status = 'queued' AND NOT q.ready),
    (SELECT max(scheduled_for) FROM call_queue q
     WHERE q.lane_id = l.lane_id AND q.status = 'queued' AND NOT q.ready)
  FROM callqueue_lanes l WHERE campaign_id = ?1 AND import_id IS NULL ORDER BY lane_id)sql",
    // A few active calls of the user, each by its number to the contact and on to its rows. Indexes
    // callqueue_calls_active, contacts_user_id_phone_number_unique and callqueue_open_contact.
    .busy_rows = R"sql(
  SELECT count(*)
  FROM (SELECT DISTINCT phone_number FROM calls
        WHERE callqueue_holds_slot(status) AND user_id = ?2) a
    JOIN contacts k ON k.user_id = ?2 AND k.phone_number = a.phone_number
    JOIN call_queue q ON q.user_id = ?2 AND q.contact_id = k.id AND q.campaign_id = ?1
      AND q.status = 'queued'
    JOIN callqueue_lanes l ON l.lane_id = q.lane_id
  WHERE q.ready AND q.phone_number = a.phone_number AND NOT l.stale AND l.import_id IS NULL
    AND l.opens_at <= ?3 AND l.closes_at >= ?3)sql",

    // Index callqueue_lanes_campaign.
    .find_lane = R"sql(
  SELECT min(lane_id) FROM callqueue_lanes
  WHERE campaign_id = ?1 AND timezone = ?2 AND import_id IS NOT DISTINCT FROM ?3
    AND NOT relane)sql",

    .complete_if_done = "SELECT callqueue_complete_if_done(?1, ?2)",
    // Index idx_call_queue_campaign_status. Rows that were never tried are skipped when the
    // campaign ends.
    .sweep_rows = R"sql(
  UPDATE call_queue SET
    status = CASE WHEN ?2 = 'cancelled' THEN 'cancelled' WHEN attempts = 0 THEN 'skipped'
                  ELSE 'failed' END,
    failure_reason = CASE WHEN ?2 = 'cancelled' THEN 'campaign_cancelled' ELSE 'campaign_ended' END,
    completed_at = ?3, updated_at = greatest(?3, updated_at + interval '1 microsecond')
  WHERE id = ANY (ARRAY(SELECT q.id FROM call_queue q WHERE q.campaign_id = ?1 AND q.status = 'queued'
                        ORDER BY q.id LIMIT ?4 FOR UPDATE)))sql",
    // Indexes idx_call_queue_campaign_status and, for calls whose row is gone,
    // callqueue_calls_active.
    .campaign_in_flight = R"sql(
  SELECT EXISTS (SELECT 1 FROM call_queue
                 WHERE campaign_id = ?2 AND status = 'processing' AND call_id IS NOT NULL)
    OR EXISTS (SELECT 1 FROM calls
               WHERE callqueue_holds_slot(status) AND user_id = ?1
                 AND campaign_id = ?2))sql",
    // Index idx_call_queue_campaign_status.
    .delete_rows = R"sql(
  DELETE FROM call_queue WHERE id = ANY (ARRAY(
    SELECT q.id FROM call_queue q WHERE q.campaign_id = ?1 ORDER BY q.id LIMIT ?2 FOR UPDATE)))sql",
    // Index callqueue_calls_campaign.
    .release_calls = R"sql(
  UPDATE calls SET campaign_id = NULL WHERE id = ANY (ARRAY(
    SELECT c.id FROM calls c WHERE c.campaign_id = ?1
    ORDER BY c.user_id, c.id LIMIT ?2 FOR UPDATE)))sql",
    // Index callqueue_open_contact. A row that is being swept has its new state already.
    .cancel_rows_of_contact = R"sql(
  UPDATE call_queue SET status = 'cancelled', failure_reason = 'cancelled', completed_at = ?3,
    updated_at = greatest(?3, updated_at + interval '1 microsecond')
  WHERE contact_id = ?2 AND user_id = ?1 AND status = 'queued'
    AND NOT EXISTS (SELECT 1 FROM callqueue_campaign_rules r
                    WHERE r.campaign_id = call_queue.campaign_id AND r.sweep IS NOT NULL))sql",

    .accept_call = R"sql(
  UPDATE calls SET provider_call_id = NULLIF(?3, ''),
    submitted_at = CASE WHEN callqueue_holds_slot(status)
                        THEN COALESCE(submitted_at, ?4) ELSE submitted_at END,
    started_at = CASE WHEN callqueue_holds_slot(status)
                      THEN COALESCE(started_at, ?4) ELSE started_at END,
    lease_expires_at = CASE WHEN callqueue_holds_slot(status)
      THEN ?4 + COALESCE((SELECT r.call_deadline_seconds FROM callqueue_campaign_rules r
                          WHERE r.campaign_id = calls.campaign_id), 3600) * interval '1 second'
      ELSE lease_expires_at END
  WHERE user_id = ?1 AND id = ?2 AND provider_call_id IS NULL)sql",
    .calls_in_order = CALLQUEUE_CALL_LISTS(">", "<=", "ffffffff-ffff-ffff-ffff-ffffffffffff", ""),
    .calls_backwards =
        CALLQUEUE_CALL_LISTS("<", ">=", "00000000-0000-0000-0000-000000000000", " DESC"),
    // Index calls_id_user_id_unique, an id at a time.
    .calls_by_ids = "SELECT " CALLQUEUE_CALL_COLUMNS R"sql(
  FROM calls c
  WHERE c.user_id = ?1
    AND c.id = ANY (ARRAY(SELECT e.id::uuid FROM jsonb_array_elements_text(?2) e (id)))
  ORDER BY c.id)sql",
    // Index callqueue_calls_lease, both. What somebody else works on is left to them.
    .lapsed_unmarked = "SELECT " CALLQUEUE_CALL_COLUMNS " FROM calls c WHERE " CALLQUEUE_LAPSED_CALL
                       "AND NOT " CALLQUEUE_MAY_BE_PLACED "LIMIT ?2 FOR UPDATE SKIP LOCKED",
    .lapsed_marked = "SELECT c.user_id, c.id FROM calls c WHERE " CALLQUEUE_LAPSED_CALL
                     "AND " CALLQUEUE_MAY_BE_PLACED "LIMIT ?2 FOR UPDATE SKIP LOCKED",
    .lapsed_calls = "SELECT " CALLQUEUE_CALL_COLUMNS " FROM calls c WHERE " CALLQUEUE_LAPSED_CALL
                    "AND " CALLQUEUE_MAY_BE_PLACED "ORDER BY c.lease_expires_at, c.id LIMIT ?2",
    // Index callqueue_calls_active, both: only calls that hold a slot are in it.
    .active_calls = "SELECT count(*) FROM calls WHERE callqueue_holds_slot(status)",
    .active_calls_of_user =
        "SELECT count(*) FROM calls WHERE callqueue_holds_slot(status) AND user_id = ?1",
    .active_calls_by_user = R"sql(
  SELECT c.user_id, c.active, u.concurrent_calls_limit
  FROM (SELECT user_id, count(*) AS active FROM calls WHERE callqueue_holds_slot(status) GROUP BY user_id) c
    JOIN users u ON u.id = c.user_id
  ORDER BY c.active DESC, c.user_id LIMIT ?1)sql",

    // Index idx_call_queue_scheduled_for: waiting rows only, the earliest first.
    .make_ready = R"sql(
  UPDATE call_queue SET ready = true WHERE id = ANY (ARRAY(
    SELECT q.id FROM call_queue q WHERE q.status = 'queued' AND NOT q.ready AND q.scheduled_for <= ?1
    ORDER BY q.scheduled_for LIMIT ?2 FOR UPDATE SKIP LOCKED)))sql",
    // Index callqueue_expiry.
    .expire_direct = R"sql(
  UPDATE call_queue SET status = 'skipped', failure_reason = 'expired', completed_at = ?1,
    updated_at = greatest(?1, updated_at + interval '1 microsecond')
  WHERE id = ANY (ARRAY(
    SELECT q.id FROM call_queue q
    WHERE q.status = 'queued' AND q.not_after IS NOT NULL AND q.not_after < ?1
    LIMIT ?2 FOR UPDATE SKIP LOCKED)))sql",

    .all_stale = R"sql(
  UPDATE callqueue_lanes SET stale = true
  WHERE campaign_id IS NOT NULL AND campaign_status NOT IN ('completed', 'cancelled'))sql",
    // Indexes callqueue_lanes_stale and callqueue_lanes_closing. A lane to be looked through moves
    // its rows first. Campaigns that somebody is at work on are left to him: when many windows
    // close at
    // once all processors come here, and calls that end wait for whoever holds their campaign.
    .lanes_to_roll = R"sql(
  SELECT l.lane_id, l.user_id, l.campaign_id, l.timezone
  FROM callqueue_lanes l JOIN call_campaigns c ON c.id = l.campaign_id
  WHERE l.lane_id = ANY (ARRAY(
    SELECT lane_id FROM callqueue_lanes
    WHERE stale AND campaign_status NOT IN ('completed', 'cancelled') AND NOT relane
    UNION ALL
    SELECT lane_id FROM callqueue_lanes
    WHERE NOT stale AND campaign_id IS NOT NULL AND campaign_status NOT IN ('completed', 'cancelled')
      AND closes_at < ?1 AND NOT relane
    LIMIT ?2))
  ORDER BY c.id FOR NO KEY UPDATE OF c SKIP LOCKED)sql",
    // A lane of an unknown zone keeps a closes_at without opens_at: it is closed, yet not at its
    // end.
    .end_campaign = R"sql(
  UPDATE call_campaigns SET status = 'completed',
    updated_at = greatest(?2, updated_at + interval '1 microsecond'),
    completed_at = CASE WHEN NOT callqueue_has_open_rows(id) THEN ?2 END
  WHERE id = ?1 AND status IN ('scheduled', 'active', 'paused')
    AND NOT EXISTS (SELECT 1 FROM callqueue_imports i WHERE i.campaign_id = ?1)
    AND NOT EXISTS (SELECT 1 FROM callqueue_lanes l WHERE l.campaign_id = ?1
                    AND (l.stale OR l.opens_at IS NOT NULL OR l.closes_at IS NOT NULL)))sql",
    // Index callqueue_lanes_scheduled.
    .campaigns_to_activate = R"sql(
  SELECT DISTINCT campaign_id FROM callqueue_lanes
  WHERE NOT stale AND campaign_status = 'scheduled' AND import_id IS NULL AND opens_at <= ?1
  ORDER BY campaign_id LIMIT ?2)sql",
    // Index callqueue_campaign_rules_sweep. One at a time sweeps a campaign: all processors come
    // here
    // when a large one was cancelled.
    .campaign_to_sweep = R"sql(
  SELECT r.campaign_id FROM callqueue_campaign_rules r JOIN call_campaigns c ON c.id = r.campaign_id
  WHERE r.sweep IS NOT NULL LIMIT 1 FOR NO KEY UPDATE OF c SKIP LOCKED)sql",
    // Index callqueue_lanes_relane.
    .lane_to_look_through = R"sql(
  SELECT lane_id, campaign_id, import_id FROM callqueue_lanes WHERE relane LIMIT 1)sql",
    // Indexes idx_call_queue_priority_position, callqueue_waiting and
    // idx_call_queue_campaign_status.
    .rows_of_lane = R"sql(
  SELECT q.user_id, q.id, callqueue_zone(r.clock, k.timezone, r.timezone, u.timezone)
  FROM ((SELECT user_id, id, campaign_id, contact_id FROM call_queue
         WHERE lane_id = ?1 AND status = 'queued' AND ready LIMIT ?3)
        UNION ALL
        (SELECT user_id, id, campaign_id, contact_id FROM call_queue
         WHERE lane_id = ?1 AND status = 'queued' AND NOT ready LIMIT ?3)
        UNION ALL
        SELECT user_id, id, campaign_id, contact_id FROM call_queue
        WHERE campaign_id = ?2 AND status = 'processing' AND lane_id = ?1) q
    JOIN callqueue_campaign_rules r ON r.campaign_id = q.campaign_id
    JOIN users u ON u.id = q.user_id
    LEFT JOIN contacts k ON k.user_id = q.user_id AND k.id = q.contact_id)sql",

    .looked_through = "UPDATE callqueue_lanes SET relane = false, stale = true WHERE lane_id = ?1",

    // Index callqueue_rows_lane.
    .delete_staged_rows = R"sql(
  DELETE FROM call_queue WHERE id = ANY (ARRAY(
    SELECT q.id FROM callqueue_lanes l JOIN call_queue q ON q.lane_id = l.lane_id
    WHERE l.campaign_id = ?1 AND l.import_id = ?2 LIMIT ?3)))sql",
    .roll_ended_lanes = R"sql(
  UPDATE callqueue_lanes SET stale = true
  WHERE campaign_id = ?1 AND import_id IS NULL AND NOT stale AND opens_at IS NULL
    AND closes_at IS NULL)sql",
    .record_import_errors = R"sql(
  INSERT INTO callqueue_import_errors
    (user_id, campaign_id, import_id, number, imported_at, line, field, value, reason, record)
  SELECT ?1, ?2, ?3, ?4 + e.place - 1, ?5, (e.error ->> 0)::bigint, e.error ->> 1, e.error ->> 2,
    e.error ->> 3, e.error ->> 4
  FROM jsonb_array_elements(?6) WITH ORDINALITY e (error, place)
  ON CONFLICT DO NOTHING)sql",
    // Index idx_call_queue_priority_position, both.
    .count_ready =
        "SELECT count(*) FROM call_queue WHERE lane_id = ?1 AND status = 'queued' AND ready",
    .next_rows_of_lane = R"sql(
  SELECT id, priority, position FROM call_queue
  WHERE lane_id = ?1 AND status = 'queued' AND ready
    AND priority <= ?2 AND (priority < ?2 OR position > ?3)
  ORDER BY priority DESC, position, created_at, id LIMIT ?4)sql",

    // Each branch is one look at the front of an index. Asked for the first in an order the server
    // does not read the table in the hope of finding one at once.
    .work_at = R"sql(
  SELECT min(at) FROM (
    (SELECT timestamptz 'epoch' AS at FROM callqueue_lanes
      WHERE stale AND campaign_status NOT IN ('completed', 'cancelled') ORDER BY lane_id LIMIT 1)
    UNION ALL (SELECT 'epoch' FROM callqueue_lanes WHERE relane ORDER BY lane_id LIMIT 1)
    UNION ALL (SELECT 'epoch' FROM callqueue_campaign_rules
      WHERE sweep IS NOT NULL ORDER BY campaign_id LIMIT 1)
    UNION ALL SELECT min(closes_at) + interval '1 microsecond' FROM callqueue_lanes
      WHERE NOT stale AND campaign_id IS NOT NULL
        AND campaign_status NOT IN ('completed', 'cancelled')
    UNION ALL SELECT min(opens_at) FROM callqueue_lanes
      WHERE NOT stale AND campaign_status = 'scheduled'
    UNION ALL SELECT min(lease_expires_at) FROM calls
      WHERE callqueue_holds_slot(status)
    UNION ALL SELECT min(scheduled_for) FROM call_queue WHERE status = 'queued' AND NOT ready
    UNION ALL SELECT min(not_after) + interval '1 microsecond' FROM call_queue
      WHERE status = 'queued' AND not_after IS NOT NULL
    UNION ALL SELECT min(CASE state WHEN 'staging' THEN heartbeat_at + interval '10 minutes'
                                    ELSE 'epoch' END)
      FROM callqueue_imports
    UNION ALL SELECT min(begun_at) + interval '25 hours' FROM callqueue_request_keys) work)sql",
    // Index callqueue_lanes_opening: an opening needs no work, it only has to be noticed.
    .opens_at = R"sql(
  SELECT l.opens_at FROM callqueue_lanes l
  WHERE NOT l.stale AND l.import_id IS NULL AND starts_with(l.campaign_status, 'active')
    AND l.opens_at > ?1
    AND EXISTS (SELECT 1 FROM call_queue q
                WHERE q.lane_id = l.lane_id AND q.status = 'queued' AND q.ready)
  ORDER BY l.opens_at LIMIT 1)sql"};

}  // namespace

const Statements& PostgresSession::statements() const { return kStatements; }

}  // namespace callqueue::postgres
