-- What an exact and fair claim needs: lanes, turns, readiness, attempts, rules of a campaign, settings, imports.
--
-- Everything that a claim relies on is kept by triggers, so that rows written by anybody's SQL count as well.

CREATE TABLE callqueue_settings (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  system_limit INTEGER NOT NULL DEFAULT 10 CHECK (system_limit >= 0),
  last_turn INTEGER NOT NULL DEFAULT 0,        -- number of the last dealing
  zone_data_version TEXT NOT NULL DEFAULT ''   -- of the zone data the lanes were computed with
);
-- The largest value that users hold already, else 10.
INSERT INTO callqueue_settings (id, system_limit)
  SELECT 1, COALESCE((SELECT max(system_concurrent_calls_limit) FROM users), 10);

CREATE TABLE callqueue_campaign_rules (
  campaign_id TEXT NOT NULL PRIMARY KEY,
  user_id TEXT NOT NULL,
  timezone TEXT NOT NULL DEFAULT '',           -- empty: the user's, else UTC
  clock TEXT NOT NULL DEFAULT 'contact' CHECK (clock IN ('campaign', 'contact')),
  weekly_windows TEXT,                         -- JSON: seven lists of ["09:00", "18:00"], Monday first; NULL: the columns
  excluded_dates TEXT NOT NULL DEFAULT '[]',   -- JSON: ["2026-12-25"]
  retry_outcomes TEXT NOT NULL DEFAULT '[]',   -- JSON: ["busy", "no_answer"]
  retry_max_attempts INTEGER NOT NULL DEFAULT 1 CHECK (retry_max_attempts BETWEEN 1 AND 100),
  retry_delays TEXT NOT NULL DEFAULT '[]',     -- JSON: seconds before attempt 2, 3, …
  spread INTEGER NOT NULL DEFAULT 0 CHECK (spread IN (0, 1)),
  call_deadline_seconds INTEGER NOT NULL DEFAULT 3600,
  last_position INTEGER NOT NULL DEFAULT 0,    -- the highest position given out
  -- Set from the moment a campaign is cancelled or ended until its last queued row has been turned final.
  sweep TEXT CHECK (sweep IN ('cancelled', 'ended')),
  FOREIGN KEY (campaign_id, user_id) REFERENCES call_campaigns (id, user_id) ON DELETE CASCADE
) WITHOUT ROWID;
CREATE INDEX callqueue_campaign_rules_sweep ON callqueue_campaign_rules (campaign_id) WHERE sweep IS NOT NULL;
INSERT INTO callqueue_campaign_rules (campaign_id, user_id, last_position, sweep)
  SELECT c.id, c.user_id, COALESCE((SELECT max(position) FROM call_queue q WHERE q.campaign_id = c.id), 0),
    CASE WHEN EXISTS (SELECT 1 FROM call_queue q WHERE q.campaign_id = c.id AND q.status = 'queued') THEN
      CASE c.status WHEN 'cancelled' THEN 'cancelled' WHEN 'completed' THEN 'ended' END END
  FROM call_campaigns c;

CREATE TABLE callqueue_imports (
  id TEXT NOT NULL PRIMARY KEY,
  user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  campaign_id TEXT,                            -- NULL: contacts alone, or published
  again INTEGER NOT NULL DEFAULT 0,
  atomic INTEGER NOT NULL DEFAULT 0,
  state TEXT NOT NULL DEFAULT 'staging' CHECK (state IN ('staging', 'abandoned', 'published')),
  created_at INTEGER NOT NULL,
  heartbeat_at INTEGER NOT NULL,
  FOREIGN KEY (campaign_id, user_id) REFERENCES call_campaigns (id, user_id) ON DELETE CASCADE
) WITHOUT ROWID;
CREATE INDEX callqueue_imports_campaign ON callqueue_imports (campaign_id);
-- Contacts that an atomic import created, to be taken back with it; all that an import of contacts alone has met, to
-- tell duplicates in its file. Gone soon after the import is published.
CREATE TABLE callqueue_import_contacts (
  import_id TEXT NOT NULL REFERENCES callqueue_imports (id) ON DELETE CASCADE,
  contact_id TEXT NOT NULL,
  created INTEGER NOT NULL,                    -- by this import
  PRIMARY KEY (import_id, contact_id)
) WITHOUT ROWID;

-- A lane: the queued calls of one campaign that share one time zone, hence one clock. An import stages its rows in lanes of
-- its own and publishes by clearing import_id, so several lanes of a campaign may share a zone. A user's direct calls
-- are a lane without campaign that is always open.
CREATE TABLE callqueue_lanes (
  lane_id INTEGER PRIMARY KEY,
  user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  campaign_id TEXT,
  timezone TEXT NOT NULL,
  import_id TEXT,                              -- set while staged: nobody claims from it
  campaign_status TEXT NOT NULL,               -- copy of the campaign's, kept by a trigger
  opens_at INTEGER,                            -- current or next open interval; NULL when not stale: no further one
  closes_at INTEGER,
  stale INTEGER NOT NULL DEFAULT 1,            -- the interval is to be computed; closed meanwhile
  relane INTEGER NOT NULL DEFAULT 0,           -- the zone of its rows is to be looked up again
  has_ready INTEGER NOT NULL DEFAULT 0,        -- 1 if it may hold ready rows; a claim that finds none clears it
  FOREIGN KEY (campaign_id, user_id) REFERENCES call_campaigns (id, user_id) ON DELETE CASCADE
);
CREATE INDEX callqueue_lanes_campaign ON callqueue_lanes (campaign_id, timezone, user_id);
CREATE UNIQUE INDEX callqueue_lanes_direct ON callqueue_lanes (user_id) WHERE campaign_id IS NULL;
CREATE INDEX callqueue_lanes_open ON callqueue_lanes (user_id, opens_at)
  WHERE has_ready = 1 AND stale = 0 AND import_id IS NULL AND campaign_status = 'active';
-- The same lanes by when they open: the next wake-up.
CREATE INDEX callqueue_lanes_opening ON callqueue_lanes (opens_at)
  WHERE has_ready = 1 AND stale = 0 AND import_id IS NULL AND campaign_status = 'active';
CREATE INDEX callqueue_lanes_relane ON callqueue_lanes (lane_id) WHERE relane = 1;
CREATE INDEX callqueue_lanes_stale ON callqueue_lanes (lane_id)
  WHERE stale = 1 AND campaign_status NOT IN ('completed', 'cancelled');
CREATE INDEX callqueue_lanes_closing ON callqueue_lanes (closes_at)
  WHERE stale = 0 AND campaign_id IS NOT NULL AND campaign_status NOT IN ('completed', 'cancelled');
CREATE INDEX callqueue_lanes_scheduled ON callqueue_lanes (opens_at) WHERE stale = 0 AND campaign_status = 'scheduled';

-- The round robin. A user is in turn or parked. In turn it may have nothing to take (a claim finds out and parks it); one
-- that could take something is never parked without a wake_at that has come: then the next claim brings it back.
CREATE TABLE callqueue_turns (
  user_id TEXT NOT NULL PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
  last_turn INTEGER NOT NULL DEFAULT 0,        -- number of its last dealing; 0: never served
  ceiling INTEGER NOT NULL,                    -- copy of users.system_concurrent_calls_limit, kept by a trigger
  in_turn INTEGER NOT NULL DEFAULT 0,
  at_limit INTEGER NOT NULL DEFAULT 0,         -- parked for want of room: one of its calls has to end
  wake_at INTEGER
) WITHOUT ROWID;
-- By ceiling first: while the system is too busy for some users, a claim never looks at them.
CREATE INDEX callqueue_turns_order ON callqueue_turns (ceiling, last_turn, user_id) WHERE in_turn = 1;
CREATE INDEX callqueue_turns_parked ON callqueue_turns (wake_at) WHERE in_turn = 0 AND wake_at IS NOT NULL;
INSERT INTO callqueue_turns (user_id, ceiling) SELECT id, system_concurrent_calls_limit FROM users;

ALTER TABLE call_queue ADD COLUMN lane_id INTEGER REFERENCES callqueue_lanes (lane_id);
ALTER TABLE call_queue ADD COLUMN ready INTEGER NOT NULL DEFAULT 0;   -- scheduled_for has come
ALTER TABLE call_queue ADD COLUMN attempts INTEGER NOT NULL DEFAULT 0;
ALTER TABLE call_queue ADD COLUMN success INTEGER;
ALTER TABLE call_queue ADD COLUMN not_after INTEGER;                  -- a direct call not started by then is skipped

-- The lane order: ready rows only. Serves the claim.
DROP INDEX idx_call_queue_priority_position;
CREATE INDEX idx_call_queue_priority_position ON call_queue (lane_id, priority DESC, position, created_at, id)
  WHERE status = 'queued' AND ready = 1;
-- Waiting rows only. Serves advance.
DROP INDEX idx_call_queue_scheduled_for;
CREATE INDEX idx_call_queue_scheduled_for ON call_queue (scheduled_for) WHERE status = 'queued' AND ready = 0;
-- Every row of a lane, of any status: an import publishes or takes back what it staged; also serves the foreign key.
CREATE INDEX callqueue_rows_lane ON call_queue (lane_id);
CREATE INDEX callqueue_waiting ON call_queue (lane_id) WHERE status = 'queued' AND ready = 0;
-- What a slot was dealt to last, for display: rows in flight only.
DROP INDEX idx_call_queue_round_robin;
CREATE INDEX idx_call_queue_round_robin ON call_queue (user_id, last_system_allocation_at)
  WHERE status = 'processing';
-- At most one open row per campaign and contact; also finds any row of a contact.
CREATE UNIQUE INDEX callqueue_open_contact ON call_queue (contact_id, campaign_id,
  (CASE WHEN status IN ('queued', 'processing') AND campaign_id IS NOT NULL THEN 1 END));
CREATE INDEX callqueue_expiry ON call_queue (not_after) WHERE status = 'queued' AND not_after IS NOT NULL;

-- Calls that hold a slot, by user; with the number, for "not twice at once". (No IN: see the CHECKs. Statements that are
-- to be served by these two indexes spell the condition the same way.)
CREATE INDEX callqueue_calls_active ON calls (user_id, phone_number)
  WHERE status = 'initiated' OR status = 'ringing' OR status = 'in_progress';
CREATE INDEX callqueue_calls_lease ON calls (lease_expires_at)
  WHERE status = 'initiated' OR status = 'ringing' OR status = 'in_progress';
CREATE INDEX callqueue_calls_queue ON calls (queue_id) WHERE queue_id IS NOT NULL;
CREATE INDEX callqueue_calls_campaign ON calls (campaign_id, id) WHERE campaign_id IS NOT NULL;
CREATE INDEX callqueue_calls_contact ON calls (contact_id) WHERE contact_id IS NOT NULL;
CREATE INDEX callqueue_calls_provider ON calls (user_id, provider_call_id) WHERE provider_call_id IS NOT NULL;

-- --- Rows that are there already: as the triggers below would have left them -------------------------------------------

INSERT INTO callqueue_lanes (user_id, campaign_id, timezone, campaign_status)
  SELECT DISTINCT c.user_id, c.id, COALESCE(NULLIF(k.timezone, ''), NULLIF(u.timezone, ''), 'UTC'), c.status
  FROM call_queue q JOIN call_campaigns c ON c.id = q.campaign_id JOIN users u ON u.id = q.user_id
    LEFT JOIN contacts k ON k.user_id = q.user_id AND k.id = q.contact_id;
INSERT INTO callqueue_lanes (user_id, campaign_id, timezone, campaign_status, opens_at, closes_at, stale)
  SELECT DISTINCT user_id, NULL, 'UTC', 'active', 0, 9223372036854775807, 0 FROM call_queue WHERE campaign_id IS NULL;
-- They wait until advance finds them due. A call that was put back has spent no attempt.
UPDATE call_queue SET
  lane_id = (SELECT l.lane_id FROM callqueue_lanes l WHERE l.user_id = call_queue.user_id
    AND l.campaign_id IS call_queue.campaign_id AND (l.campaign_id IS NULL OR l.timezone = (
      SELECT COALESCE(NULLIF(k.timezone, ''), NULLIF(u.timezone, ''), 'UTC')
      FROM users u LEFT JOIN contacts k ON k.user_id = u.id AND k.id = call_queue.contact_id
      WHERE u.id = call_queue.user_id))),
  attempts = (SELECT COALESCE(max(c.attempt), 0) FROM calls c
    WHERE c.queue_id = call_queue.id AND (c.status <> 'cancelled' OR c.id = call_queue.call_id)),
  success = CASE WHEN status = 'completed' THEN json_extract(user_data, '$.success') IS 1 END,
  not_after = CASE WHEN campaign_id IS NULL THEN max(created_at, scheduled_for) + 900000000 END;

-- --- Rows and lanes that somebody's SQL leaves incomplete ---------------------------------------------------------------

-- (No INSERT OR IGNORE in a trigger: an outer INSERT OR REPLACE would make it replace.)
CREATE TRIGGER callqueue_user_insert AFTER INSERT ON users
BEGIN
  INSERT INTO callqueue_turns (user_id, ceiling)
    SELECT NEW.id, NEW.system_concurrent_calls_limit
    WHERE NOT EXISTS (SELECT 1 FROM callqueue_turns WHERE user_id = NEW.id);
  -- It may have replaced one that had a turn and lanes.
  UPDATE callqueue_turns SET ceiling = NEW.system_concurrent_calls_limit
  WHERE user_id = NEW.id AND ceiling <> NEW.system_concurrent_calls_limit;
  -- A column's default cannot be changed: who was given none of its own follows the system limit.
  UPDATE users SET system_concurrent_calls_limit = (SELECT system_limit FROM callqueue_settings)
  WHERE id = NEW.id AND NEW.system_concurrent_calls_limit = 10;
  UPDATE callqueue_turns SET at_limit = 0, wake_at = 0 WHERE user_id = NEW.id AND in_turn = 0
    AND EXISTS (SELECT 1 FROM callqueue_lanes WHERE user_id = NEW.id AND campaign_id IS NULL);
  UPDATE callqueue_lanes SET stale = 1, relane = 1
  WHERE campaign_id IN (SELECT id FROM call_campaigns WHERE user_id = NEW.id);
END;
CREATE TRIGGER callqueue_campaign_insert AFTER INSERT ON call_campaigns
BEGIN
  INSERT INTO callqueue_campaign_rules (campaign_id, user_id)
    SELECT NEW.id, NEW.user_id
    WHERE NOT EXISTS (SELECT 1 FROM callqueue_campaign_rules WHERE campaign_id = NEW.id);
END;
-- It replaced one that had lanes, hence rows: REPLACE deletes unseen, and leaves them where foreign keys are off.
CREATE TRIGGER callqueue_campaign_replaced AFTER INSERT ON call_campaigns
WHEN EXISTS (SELECT 1 FROM callqueue_lanes WHERE campaign_id = NEW.id)
BEGIN
  UPDATE callqueue_lanes SET stale = 1, relane = 1, campaign_status = NEW.status WHERE campaign_id = NEW.id;
  UPDATE call_campaigns SET (total_contacts, completed_calls, successful_calls, failed_calls) = (
    SELECT count(*), COALESCE(sum(status = 'completed'), 0),
      COALESCE(sum(status = 'completed' AND success IS 1), 0), COALESCE(sum(status = 'failed'), 0)
    FROM call_queue WHERE campaign_id = NEW.id)
  WHERE id = NEW.id;
  UPDATE callqueue_campaign_rules SET sweep = CASE NEW.status WHEN 'cancelled' THEN 'cancelled' WHEN 'completed' THEN 'ended' END
  WHERE campaign_id = NEW.id AND EXISTS (SELECT 1 FROM call_queue WHERE campaign_id = NEW.id AND status = 'queued');
END;

-- Where each row belongs: the lane of its zone (contact's, campaign's, user's, UTC). A row that points at what is not there,
-- or is another user's, or whose identifiers are no lower-case UUIDs, belongs nowhere: nobody claims it, and verify names it.
CREATE VIEW callqueue_places AS
  SELECT q.rowid AS row_id, q.user_id, q.campaign_id, COALESCE(c.status, 'active') AS campaign_status,
    CASE WHEN q.campaign_id IS NULL THEN 'UTC' ELSE
      COALESCE(CASE WHEN r.clock = 'contact' THEN NULLIF(k.timezone, '') END, NULLIF(r.timezone, ''),
               NULLIF(u.timezone, ''), 'UTC') END AS timezone
  FROM call_queue q
    JOIN users u ON u.id = q.user_id
    JOIN agents a ON a.user_id = q.user_id AND a.id = q.agent_id
    JOIN contacts k ON k.user_id = q.user_id AND k.id = q.contact_id
    LEFT JOIN call_campaigns c ON c.id = q.campaign_id AND c.user_id = q.user_id
    LEFT JOIN callqueue_campaign_rules r ON r.campaign_id = c.id
  WHERE (q.campaign_id IS NULL OR r.campaign_id IS NOT NULL)
    AND length(q.id) = 36 AND length(q.contact_id) = 36 AND length(q.agent_id) = 36
    AND (q.id || q.contact_id || q.agent_id || q.user_id || COALESCE(q.campaign_id, '')) NOT GLOB '*[^-0-9a-f]*';
-- Triggers put a row in its lane by inserting its rowid here. A lane that is missing is made, and looked for again.
CREATE TRIGGER callqueue_place_row INSTEAD OF INSERT ON callqueue_places
BEGIN
  UPDATE call_queue SET
    lane_id = (SELECT min(l.lane_id)
      FROM callqueue_places p JOIN callqueue_lanes l ON l.campaign_id IS p.campaign_id AND l.timezone = p.timezone
      WHERE p.row_id = NEW.row_id AND l.user_id = p.user_id AND l.import_id IS NULL AND l.relane = 0),
    not_after = CASE WHEN campaign_id IS NULL THEN COALESCE(not_after, max(created_at, scheduled_for) + 900000000) END
  WHERE rowid = NEW.row_id;
  INSERT INTO callqueue_lanes (user_id, campaign_id, timezone, campaign_status, opens_at, closes_at, stale)
    SELECT user_id, campaign_id, timezone, campaign_status, CASE WHEN campaign_id IS NULL THEN 0 END,
      CASE WHEN campaign_id IS NULL THEN 9223372036854775807 END, campaign_id IS NOT NULL
    FROM callqueue_places
    WHERE row_id = (SELECT rowid FROM call_queue WHERE rowid = NEW.row_id AND lane_id IS NULL);
  UPDATE call_queue SET
    lane_id = (SELECT min(l.lane_id)
      FROM callqueue_places p JOIN callqueue_lanes l ON l.campaign_id IS p.campaign_id AND l.timezone = p.timezone
      WHERE p.row_id = NEW.row_id AND l.user_id = p.user_id AND l.import_id IS NULL AND l.relane = 0)
  WHERE rowid = NEW.row_id AND lane_id IS NULL;
END;
CREATE TRIGGER callqueue_row_insert AFTER INSERT ON call_queue WHEN NEW.lane_id IS NULL
BEGIN
  INSERT INTO callqueue_places (row_id) VALUES (NEW.rowid);
END;
-- Moved by somebody's SQL to another user, campaign, contact or agent.
CREATE TRIGGER callqueue_row_moved AFTER UPDATE OF user_id, campaign_id, contact_id, agent_id ON call_queue
WHEN NEW.lane_id IS OLD.lane_id AND (NEW.user_id <> OLD.user_id OR NEW.campaign_id IS NOT OLD.campaign_id
  OR NEW.contact_id <> OLD.contact_id OR NEW.agent_id <> OLD.agent_id)
BEGIN
  INSERT INTO callqueue_places (row_id) VALUES (NEW.rowid);
END;
-- Queued again by somebody's SQL after it was final: zones may have changed since.
CREATE TRIGGER callqueue_row_reopened AFTER UPDATE OF status ON call_queue
WHEN NEW.status = 'queued' AND OLD.status <> 'queued' AND OLD.status <> 'processing'
BEGIN
  INSERT INTO callqueue_places (row_id) VALUES (NEW.rowid);
END;

-- A row that somebody moves to another time waits until advance finds it due; ours set ready with it.
CREATE TRIGGER callqueue_row_rescheduled AFTER UPDATE OF scheduled_for ON call_queue
WHEN NEW.status = 'queued' AND NEW.ready = 1 AND NEW.scheduled_for > OLD.scheduled_for AND OLD.ready = 1
BEGIN
  UPDATE call_queue SET ready = 0 WHERE rowid = NEW.rowid;
END;

-- --- Readiness and turns: a user that could take something is in turn, or its wake-up has come ---------------------------

CREATE TRIGGER callqueue_row_ready_insert AFTER INSERT ON call_queue WHEN NEW.status = 'queued' AND NEW.ready = 1
BEGIN
  UPDATE callqueue_lanes SET has_ready = 1 WHERE lane_id = NEW.lane_id AND has_ready = 0;
END;
CREATE TRIGGER callqueue_row_ready AFTER UPDATE OF status, ready, lane_id ON call_queue
WHEN NEW.status = 'queued' AND NEW.ready = 1
BEGIN
  UPDATE callqueue_lanes SET has_ready = 1 WHERE lane_id = NEW.lane_id AND has_ready = 0;
END;
CREATE TRIGGER callqueue_lane_claimable AFTER UPDATE OF has_ready, stale, opens_at, import_id, campaign_status
ON callqueue_lanes
WHEN NEW.has_ready = 1 AND NEW.stale = 0 AND NEW.import_id IS NULL AND NEW.campaign_status = 'active'
  AND NEW.opens_at IS NOT NULL
BEGIN
  UPDATE callqueue_turns SET wake_at = NEW.opens_at
  WHERE user_id = NEW.user_id AND in_turn = 0 AND (wake_at IS NULL OR wake_at > NEW.opens_at);
END;

-- Room for a user that was parked for want of it: a limit was raised, or a call has ended or gone.
CREATE TRIGGER callqueue_user_limit AFTER UPDATE OF concurrent_calls_limit ON users
WHEN NEW.concurrent_calls_limit > OLD.concurrent_calls_limit
BEGIN
  UPDATE callqueue_turns SET at_limit = 0, wake_at = 0 WHERE user_id = NEW.id AND at_limit = 1;
END;
CREATE TRIGGER callqueue_call_ends AFTER UPDATE OF status, user_id ON calls
WHEN (OLD.status = 'initiated' OR OLD.status = 'ringing' OR OLD.status = 'in_progress')
  AND (NEW.user_id <> OLD.user_id
       OR NOT (NEW.status = 'initiated' OR NEW.status = 'ringing' OR NEW.status = 'in_progress'))
BEGIN
  UPDATE callqueue_turns SET at_limit = 0, wake_at = 0 WHERE user_id = OLD.user_id AND at_limit = 1;
END;
CREATE TRIGGER callqueue_call_goes AFTER DELETE ON calls
WHEN OLD.status = 'initiated' OR OLD.status = 'ringing' OR OLD.status = 'in_progress'
BEGIN
  UPDATE callqueue_turns SET at_limit = 0, wake_at = 0 WHERE user_id = OLD.user_id AND at_limit = 1;
END;
CREATE TRIGGER callqueue_user_ceiling AFTER UPDATE OF system_concurrent_calls_limit ON users
WHEN NEW.system_concurrent_calls_limit <> OLD.system_concurrent_calls_limit
BEGIN
  UPDATE callqueue_turns SET ceiling = NEW.system_concurrent_calls_limit WHERE user_id = NEW.id;
END;

-- --- Lanes follow their campaign, rules, zones ---------------------------------------------------------------------------

CREATE TRIGGER callqueue_campaign_status AFTER UPDATE OF status ON call_campaigns WHEN NEW.status <> OLD.status
BEGIN
  -- A draft does not end with its last interval: its lanes say so again once it is started.
  UPDATE callqueue_lanes SET campaign_status = NEW.status,
    stale = (stale = 1 OR (opens_at IS NULL AND closes_at IS NULL))
  WHERE campaign_id = NEW.id;
  UPDATE callqueue_campaign_rules SET sweep = CASE NEW.status WHEN 'cancelled' THEN 'cancelled' WHEN 'completed' THEN 'ended' END
  WHERE campaign_id = NEW.id AND (sweep IS NOT NULL OR (NEW.status IN ('completed', 'cancelled')
    AND EXISTS (SELECT 1 FROM call_queue WHERE campaign_id = NEW.id AND status = 'queued')));
END;
-- Who writes nothing but the status leaves the rest to us.
CREATE TRIGGER callqueue_campaign_flipped AFTER UPDATE OF status ON call_campaigns
WHEN NEW.status <> OLD.status AND NEW.updated_at = OLD.updated_at
BEGIN
  UPDATE call_campaigns SET
    started_at = CASE WHEN NEW.status = 'active' THEN
      COALESCE(started_at, CAST((julianday('now') - 2440587.5) * 86400000000 AS INTEGER)) ELSE started_at END,
    completed_at = CASE
      WHEN NEW.status NOT IN ('completed', 'cancelled') THEN NULL
      WHEN EXISTS (SELECT 1 FROM call_queue WHERE campaign_id = NEW.id AND status IN ('queued', 'processing'))
        THEN NEW.completed_at
      ELSE COALESCE(NEW.completed_at, CAST((julianday('now') - 2440587.5) * 86400000000 AS INTEGER)) END
  WHERE id = NEW.id;
END;
CREATE TRIGGER callqueue_campaign_window
AFTER UPDATE OF first_call_time, last_call_time, start_date, end_date ON call_campaigns
BEGIN
  UPDATE callqueue_lanes SET stale = 1 WHERE campaign_id = NEW.id;
END;
CREATE TRIGGER callqueue_rules_window AFTER UPDATE OF weekly_windows, excluded_dates ON callqueue_campaign_rules
BEGIN
  UPDATE callqueue_lanes SET stale = 1 WHERE campaign_id = NEW.campaign_id;
END;
-- Put in, replaced or taken away by somebody's SQL. Without rules nothing opens.
CREATE TRIGGER callqueue_rules_insert AFTER INSERT ON callqueue_campaign_rules
BEGIN
  UPDATE callqueue_lanes SET stale = 1, relane = 1 WHERE campaign_id = NEW.campaign_id;
END;
CREATE TRIGGER callqueue_rules_delete AFTER DELETE ON callqueue_campaign_rules
BEGIN
  UPDATE callqueue_lanes SET stale = 1 WHERE campaign_id = OLD.campaign_id;
END;
CREATE TRIGGER callqueue_rules_zone AFTER UPDATE OF timezone, clock ON callqueue_campaign_rules
WHEN NEW.timezone <> OLD.timezone OR NEW.clock <> OLD.clock
BEGIN
  UPDATE callqueue_lanes SET stale = 1, relane = 1 WHERE campaign_id = NEW.campaign_id;
END;
CREATE TRIGGER callqueue_user_zone AFTER UPDATE OF timezone ON users WHEN NEW.timezone IS NOT OLD.timezone
BEGIN
  UPDATE callqueue_lanes SET stale = 1, relane = 1
  WHERE campaign_id IN (SELECT id FROM call_campaigns WHERE user_id = NEW.id);
END;
-- A contact's open rows change lane with its zone: lanes of another zone are looked through again.
CREATE TRIGGER callqueue_contact_zone AFTER UPDATE OF timezone ON contacts WHEN NEW.timezone IS NOT OLD.timezone
BEGIN
  UPDATE callqueue_lanes SET stale = 1, relane = 1 WHERE lane_id IN (
    SELECT q.lane_id FROM call_queue q JOIN callqueue_campaign_rules r ON r.campaign_id = q.campaign_id
      JOIN callqueue_lanes l ON l.lane_id = q.lane_id JOIN users u ON u.id = q.user_id
    WHERE q.contact_id = NEW.id AND q.user_id = NEW.user_id AND q.status IN ('queued', 'processing') AND r.clock = 'contact'
      AND l.timezone <> COALESCE(NULLIF(NEW.timezone, ''), NULLIF(r.timezone, ''), NULLIF(u.timezone, ''), 'UTC'));
END;

-- One that was replaced has fired no trigger on update.
CREATE TRIGGER callqueue_contact_replaced AFTER INSERT ON contacts
WHEN EXISTS (SELECT 1 FROM call_queue WHERE contact_id = NEW.id AND user_id = NEW.user_id)
BEGIN
  UPDATE callqueue_lanes SET stale = 1, relane = 1 WHERE lane_id IN (
    SELECT q.lane_id FROM call_queue q JOIN callqueue_campaign_rules r ON r.campaign_id = q.campaign_id
      JOIN callqueue_lanes l ON l.lane_id = q.lane_id JOIN users u ON u.id = q.user_id
    WHERE q.contact_id = NEW.id AND q.user_id = NEW.user_id AND q.status IN ('queued', 'processing') AND r.clock = 'contact'
      AND l.timezone <> COALESCE(NULLIF(NEW.timezone, ''), NULLIF(r.timezone, ''), NULLIF(u.timezone, ''), 'UTC'));
END;

-- --- Completion: in the statement that makes the last open row final, however that happened ------------------------------

-- Most rows are done with at the first look: another one is still queued. (Two conditions in place of an IN list, for which
-- an index search builds a table each time.)
CREATE TRIGGER callqueue_campaign_completes AFTER UPDATE OF status ON call_queue
WHEN NEW.campaign_id IS NOT NULL AND OLD.status IN ('queued', 'processing')
  AND NEW.status NOT IN ('queued', 'processing')
  AND NOT EXISTS (SELECT 1 FROM call_queue WHERE campaign_id = NEW.campaign_id AND status = 'queued')
BEGIN
  UPDATE call_campaigns SET
    status = CASE WHEN status = 'scheduled' OR status = 'active' OR status = 'paused' THEN 'completed' ELSE status END,
    completed_at = COALESCE(NEW.completed_at, CASE WHEN NEW.updated_at > OLD.updated_at THEN NEW.updated_at END,
      CAST((julianday('now') - 2440587.5) * 86400000000 AS INTEGER)),
    updated_at = max(updated_at + 1, NEW.updated_at)
  WHERE id = NEW.campaign_id AND completed_at IS NULL AND status <> 'draft'
    AND NOT EXISTS (SELECT 1 FROM call_queue WHERE campaign_id = NEW.campaign_id AND status = 'processing')
    AND NOT EXISTS (SELECT 1 FROM callqueue_imports WHERE campaign_id = NEW.campaign_id);
  UPDATE callqueue_campaign_rules SET sweep = NULL WHERE campaign_id = NEW.campaign_id AND sweep IS NOT NULL;
END;
CREATE VIEW callqueue_left AS SELECT id AS campaign_id FROM call_campaigns WHERE 0;
-- Triggers ask here whether a campaign that lost a row other than by its status has any left.
CREATE TRIGGER callqueue_row_left INSTEAD OF INSERT ON callqueue_left
WHEN NOT EXISTS (SELECT 1 FROM call_queue WHERE campaign_id = NEW.campaign_id AND status = 'queued')
BEGIN
  UPDATE call_campaigns SET
    status = CASE WHEN status = 'scheduled' OR status = 'active' OR status = 'paused' THEN 'completed' ELSE status END,
    completed_at = max(created_at, CAST((julianday('now') - 2440587.5) * 86400000000 AS INTEGER)),
    updated_at = max(updated_at + 1, CAST((julianday('now') - 2440587.5) * 86400000000 AS INTEGER))
  WHERE id = NEW.campaign_id AND completed_at IS NULL AND status <> 'draft'
    AND NOT EXISTS (SELECT 1 FROM call_queue WHERE campaign_id = NEW.campaign_id AND status = 'processing')
    AND NOT EXISTS (SELECT 1 FROM callqueue_imports WHERE campaign_id = NEW.campaign_id);
END;
CREATE TRIGGER callqueue_campaign_completes_delete AFTER DELETE ON call_queue
WHEN OLD.campaign_id IS NOT NULL AND OLD.status IN ('queued', 'processing')
BEGIN
  INSERT INTO callqueue_left (campaign_id) VALUES (OLD.campaign_id);
END;
CREATE TRIGGER callqueue_campaign_completes_moved AFTER UPDATE OF campaign_id ON call_queue
WHEN OLD.campaign_id IS NOT NULL AND NEW.campaign_id IS NOT OLD.campaign_id AND OLD.status IN ('queued', 'processing')
BEGIN
  INSERT INTO callqueue_left (campaign_id) VALUES (OLD.campaign_id);
END;

-- --- Deleting keeps history and held slots: only the reference becomes empty ----------------------------------------------

-- What foreign keys would delete or refuse is done here as well: the shell leaves them off.
CREATE TRIGGER callqueue_row_delete BEFORE DELETE ON call_queue
BEGIN
  UPDATE calls SET queue_id = NULL WHERE queue_id = OLD.id AND user_id = OLD.user_id;
  DELETE FROM callqueue_replaced WHERE row_id = OLD.rowid;
END;
CREATE TRIGGER callqueue_contact_delete BEFORE DELETE ON contacts
BEGIN
  UPDATE calls SET contact_id = NULL WHERE contact_id = OLD.id AND user_id = OLD.user_id;
  DELETE FROM call_queue WHERE contact_id = OLD.id AND user_id = OLD.user_id;
END;
CREATE TRIGGER callqueue_campaign_delete BEFORE DELETE ON call_campaigns
BEGIN
  UPDATE calls SET campaign_id = NULL WHERE campaign_id = OLD.id;
  DELETE FROM call_queue WHERE campaign_id = OLD.id;
  DELETE FROM callqueue_imports WHERE campaign_id = OLD.id;
  DELETE FROM callqueue_lanes WHERE campaign_id = OLD.id;
  DELETE FROM callqueue_campaign_rules WHERE campaign_id = OLD.id;
END;
CREATE TRIGGER callqueue_user_delete BEFORE DELETE ON users
BEGIN
  DELETE FROM call_campaigns WHERE user_id = OLD.id;
  DELETE FROM call_queue WHERE user_id = OLD.id;
  DELETE FROM calls WHERE user_id = OLD.id;
  DELETE FROM callqueue_imports WHERE user_id = OLD.id;
  DELETE FROM callqueue_lanes WHERE campaign_id IS NULL AND user_id = OLD.id;
  DELETE FROM callqueue_turns WHERE user_id = OLD.id;
END;
-- Nobody is called by an agent that is gone.
CREATE TRIGGER callqueue_agent_delete BEFORE DELETE ON agents
BEGIN
  UPDATE calls SET agent_id = NULL WHERE agent_id = OLD.id AND user_id = OLD.user_id;
  UPDATE call_queue SET lane_id = NULL WHERE agent_id = OLD.id AND user_id = OLD.user_id AND status = 'queued';
END;

-- --- Statistics: success is a column of the row from here on --------------------------------------------------------------

-- REPLACE deletes without firing a trigger, unless recursive_triggers is on. So rows that an insert may replace are noted before it, and counted off once it has
-- taken place; a note whose row was not replaced after all (OR IGNORE, ON CONFLICT) goes with the next insert.
CREATE TABLE callqueue_replaced (
  row_id INTEGER PRIMARY KEY,
  campaign_id TEXT,
  status TEXT NOT NULL,
  success INTEGER
);
CREATE TRIGGER callqueue_row_replaces BEFORE INSERT ON call_queue
WHEN EXISTS (SELECT 1 FROM callqueue_replaced)
  OR EXISTS (SELECT 1 FROM call_queue WHERE user_id = NEW.user_id AND id = NEW.id)
  OR EXISTS (SELECT 1 FROM call_queue WHERE contact_id = NEW.contact_id AND campaign_id = NEW.campaign_id
               AND status IN ('queued', 'processing'))
BEGIN
  DELETE FROM callqueue_replaced;
  INSERT INTO callqueue_replaced (row_id, campaign_id, status, success)
    SELECT rowid, campaign_id, status, success FROM call_queue
    WHERE (user_id = NEW.user_id AND id = NEW.id)
      OR (contact_id = NEW.contact_id AND campaign_id = NEW.campaign_id AND status IN ('queued', 'processing'));
END;
CREATE TRIGGER callqueue_row_replaced AFTER INSERT ON call_queue WHEN EXISTS (SELECT 1 FROM callqueue_replaced)
BEGIN
  DELETE FROM callqueue_replaced
  WHERE row_id <> NEW.rowid AND EXISTS (SELECT 1 FROM call_queue q WHERE q.rowid = row_id);
  UPDATE call_campaigns SET
    total_contacts = total_contacts - (SELECT count(*) FROM callqueue_replaced r WHERE r.campaign_id = call_campaigns.id),
    completed_calls = completed_calls
      - (SELECT count(*) FROM callqueue_replaced r WHERE r.campaign_id = call_campaigns.id AND r.status = 'completed'),
    successful_calls = successful_calls - (SELECT count(*) FROM callqueue_replaced r
      WHERE r.campaign_id = call_campaigns.id AND r.status = 'completed' AND r.success IS 1),
    failed_calls = failed_calls
      - (SELECT count(*) FROM callqueue_replaced r WHERE r.campaign_id = call_campaigns.id AND r.status = 'failed')
  WHERE id IN (SELECT campaign_id FROM callqueue_replaced);
  INSERT INTO callqueue_left (campaign_id)
    SELECT campaign_id FROM callqueue_replaced WHERE campaign_id IS NOT NULL AND status IN ('queued', 'processing');
  DELETE FROM callqueue_replaced;
END;

DROP TRIGGER trigger_update_campaign_statistics_insert;
CREATE TRIGGER trigger_update_campaign_statistics_insert AFTER INSERT ON call_queue WHEN NEW.campaign_id IS NOT NULL
BEGIN
  UPDATE call_campaigns SET
    total_contacts = total_contacts + 1,
    completed_calls = completed_calls + (NEW.status = 'completed'),
    successful_calls = successful_calls + (NEW.status = 'completed' AND NEW.success IS 1),
    failed_calls = failed_calls + (NEW.status = 'failed')
  WHERE id = NEW.campaign_id;
END;
DROP TRIGGER trigger_update_campaign_statistics_delete;
CREATE TRIGGER trigger_update_campaign_statistics_delete AFTER DELETE ON call_queue WHEN OLD.campaign_id IS NOT NULL
BEGIN
  UPDATE call_campaigns SET
    total_contacts = total_contacts - 1,
    completed_calls = completed_calls - (OLD.status = 'completed'),
    successful_calls = successful_calls - (OLD.status = 'completed' AND OLD.success IS 1),
    failed_calls = failed_calls - (OLD.status = 'failed')
  WHERE id = OLD.campaign_id;
END;
-- Claims and requeues change no counter: they take the cheap way out.
DROP TRIGGER trigger_update_campaign_statistics;
CREATE TRIGGER trigger_update_campaign_statistics AFTER UPDATE OF status, success ON call_queue
WHEN OLD.campaign_id = NEW.campaign_id
  AND (OLD.status IN ('completed', 'failed') OR NEW.status IN ('completed', 'failed'))
  AND (OLD.status <> NEW.status OR OLD.success IS NOT NEW.success)
BEGIN
  UPDATE call_campaigns SET
    completed_calls = completed_calls + (NEW.status = 'completed') - (OLD.status = 'completed'),
    successful_calls = successful_calls + (NEW.status = 'completed' AND NEW.success IS 1)
      - (OLD.status = 'completed' AND OLD.success IS 1),
    failed_calls = failed_calls + (NEW.status = 'failed') - (OLD.status = 'failed')
  WHERE id = NEW.campaign_id;
END;
CREATE TRIGGER trigger_update_campaign_statistics_move AFTER UPDATE OF campaign_id ON call_queue
WHEN OLD.campaign_id IS NOT NEW.campaign_id
BEGIN
  UPDATE call_campaigns SET
    total_contacts = total_contacts - 1,
    completed_calls = completed_calls - (OLD.status = 'completed'),
    successful_calls = successful_calls - (OLD.status = 'completed' AND OLD.success IS 1),
    failed_calls = failed_calls - (OLD.status = 'failed')
  WHERE id = OLD.campaign_id;
  UPDATE call_campaigns SET
    total_contacts = total_contacts + 1,
    completed_calls = completed_calls + (NEW.status = 'completed'),
    successful_calls = successful_calls + (NEW.status = 'completed' AND NEW.success IS 1),
    failed_calls = failed_calls + (NEW.status = 'failed')
  WHERE id = NEW.campaign_id;
END;
