-- What an exact and fair claim needs: lanes, turns, readiness, attempts, rules of a campaign, settings, imports.
--
-- Everything that a claim relies on is kept by triggers, so that rows written by anybody's SQL count as well. A claim
-- never waits for a transaction of somebody else's: what only claims write (turns) lies apart from what others write
-- (lanes, rows), and others tell claims of changes by adding to callqueue_signals.
--
-- The two tables of the queue are locked from the beginning on, the host's not before all rows have been written.

-- The clock that decides: the server's, or the one that a transaction was given (tests, simulations).
CREATE FUNCTION callqueue_now() RETURNS timestamptz LANGUAGE sql VOLATILE AS $$
  SELECT coalesce(nullif(current_setting('callqueue.now', true), '')::timestamptz, clock_timestamp());
$$;
CREATE OR REPLACE FUNCTION callqueue_touch() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
  NEW.updated_at := greatest(OLD.updated_at + interval '1 microsecond', callqueue_now());
  RETURN NEW;
END $$;

-- Held by every claim, and by whoever must not be disregarded by one, until the transaction ends. One lock a schema.
CREATE FUNCTION callqueue_lock() RETURNS void LANGUAGE plpgsql VOLATILE SET search_path FROM CURRENT AS $$
BEGIN
  PERFORM pg_advisory_xact_lock((x'63716c6b'::bigint << 32) | quote_ident(current_schema())::regnamespace::oid::bigint);
END $$;

-- Processors and others who wait for changes LISTEN to this channel: one a schema.
CREATE FUNCTION callqueue_channel() RETURNS text LANGUAGE plpgsql STABLE SET search_path FROM CURRENT AS $$
BEGIN
  RETURN 'callqueue_' || quote_ident(current_schema())::regnamespace::oid;
END $$;
-- Tells them to look. In a transaction of its own, please: one that notifies waits at its commit for all others of the
-- server that do. The payload names what has changed (src/store/changes.hpp); none: anything.
CREATE FUNCTION callqueue_notify(changes text DEFAULT '') RETURNS void
LANGUAGE plpgsql VOLATILE SET search_path FROM CURRENT AS $$
BEGIN
  PERFORM pg_notify(callqueue_channel(), changes);
END $$;

-- The number as a telephone dials it, to tell whether two are the same: without what only helps the eye, and with + for
-- the international prefix 00. An address that holds anything else stays as it is.
CREATE FUNCTION callqueue_dialed(phone_number text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE
    WHEN phone_number ~ '^\+[0-9]+$' THEN phone_number
    WHEN phone_number ~ '^[ \t./()-]*\+?[0-9 \t./()-]*$' THEN regexp_replace(translate(phone_number, E' \t-./()', ''), '^00', '+')
    ELSE phone_number END;
$$;

CREATE TABLE callqueue_settings (
  id integer PRIMARY KEY CHECK (id = 1),
  system_limit integer NOT NULL DEFAULT 10 CHECK (system_limit >= 0),
  zone_data_version text NOT NULL DEFAULT ''   -- of the zone data the lanes were computed with
);

CREATE TABLE callqueue_campaign_rules (
  campaign_id uuid PRIMARY KEY,
  user_id uuid NOT NULL,
  timezone text NOT NULL DEFAULT '',           -- empty: the user's, else UTC
  clock text NOT NULL DEFAULT 'contact' CHECK (clock IN ('campaign', 'contact')),
  weekly_windows jsonb,                        -- seven lists of ["09:00", "18:00"], Monday first; NULL: the columns
  excluded_dates jsonb NOT NULL DEFAULT '[]',  -- ["2026-12-25"]
  retry_outcomes jsonb NOT NULL DEFAULT '[]',  -- ["busy", "no_answer"]
  retry_max_attempts integer NOT NULL DEFAULT 1 CHECK (retry_max_attempts BETWEEN 1 AND 100),
  retry_delays jsonb NOT NULL DEFAULT '[]',    -- seconds before attempt 2, 3, …
  spread boolean NOT NULL DEFAULT false,
  call_deadline_seconds bigint NOT NULL DEFAULT 3600,
  last_position bigint NOT NULL DEFAULT 0,     -- the highest position given out
  -- Set from the moment a campaign is cancelled or ended until its last queued row has been turned final.
  sweep text CHECK (sweep IN ('cancelled', 'ended')),
  FOREIGN KEY (campaign_id, user_id) REFERENCES call_campaigns (id, user_id) ON DELETE CASCADE
);
CREATE INDEX callqueue_campaign_rules_sweep ON callqueue_campaign_rules (campaign_id) WHERE sweep IS NOT NULL;
INSERT INTO callqueue_campaign_rules (campaign_id, user_id, last_position, sweep)
  SELECT c.id, c.user_id, coalesce((SELECT max(position) FROM call_queue q WHERE q.campaign_id = c.id), 0),
    CASE WHEN EXISTS (SELECT 1 FROM call_queue q WHERE q.campaign_id = c.id AND q.status = 'queued') THEN
      CASE c.status WHEN 'cancelled' THEN 'cancelled' WHEN 'completed' THEN 'ended' END END
  FROM call_campaigns c;

CREATE TABLE callqueue_imports (
  id uuid PRIMARY KEY,
  user_id uuid NOT NULL,
  campaign_id uuid,                            -- NULL: contacts alone, or published
  again boolean NOT NULL DEFAULT false,
  atomic boolean NOT NULL DEFAULT false,
  state text NOT NULL DEFAULT 'staging' CHECK (state IN ('staging', 'abandoned', 'published')),
  created_at timestamptz NOT NULL,
  heartbeat_at timestamptz NOT NULL,
  UNIQUE (id, user_id),
  FOREIGN KEY (campaign_id, user_id) REFERENCES call_campaigns (id, user_id) ON DELETE CASCADE
);
CREATE INDEX callqueue_imports_campaign ON callqueue_imports (campaign_id);
-- Contacts that an atomic import created, to be taken back with it; all that an import of contacts alone has met, to tell
-- duplicates in its file. Gone soon after the import is published.
CREATE TABLE callqueue_import_contacts (
  import_id uuid NOT NULL,
  user_id uuid NOT NULL,
  contact_id uuid NOT NULL,
  created boolean NOT NULL,                    -- by this import
  PRIMARY KEY (import_id, contact_id),
  FOREIGN KEY (import_id, user_id) REFERENCES callqueue_imports (id, user_id) ON DELETE CASCADE
);

-- A lane: the queued calls of one campaign that share one time zone, hence one clock. An import stages its rows in lanes
-- of its own and publishes by clearing import_id, so several lanes of a campaign may share a zone. A user's direct calls
-- are a lane without campaign that is always open.
CREATE TABLE callqueue_lanes (
  lane_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  user_id uuid NOT NULL,
  campaign_id uuid,
  timezone text NOT NULL,
  import_id uuid,                              -- set while staged: nobody claims from it
  campaign_status text NOT NULL,               -- copy of the campaign's, kept by a trigger
  opens_at timestamptz,                        -- current or next open interval; NULL when not stale: no further one
  closes_at timestamptz,
  stale boolean NOT NULL DEFAULT true,         -- the interval is to be computed; closed meanwhile
  relane boolean NOT NULL DEFAULT false,       -- the zone of its rows is to be looked up again
  UNIQUE (lane_id, user_id),
  FOREIGN KEY (campaign_id, user_id) REFERENCES call_campaigns (id, user_id) ON DELETE CASCADE,
  FOREIGN KEY (import_id, user_id) REFERENCES callqueue_imports (id, user_id)
);
CREATE INDEX callqueue_lanes_campaign ON callqueue_lanes (campaign_id, timezone, user_id);
CREATE UNIQUE INDEX callqueue_lanes_direct ON callqueue_lanes (user_id) WHERE campaign_id IS NULL;
CREATE INDEX callqueue_lanes_open ON callqueue_lanes (user_id, opens_at)
  WHERE NOT stale AND import_id IS NULL AND campaign_status = 'active';
-- The same lanes by when they open: the next wake-up. Said in other words, lest the server, when it knows little of the
-- table, look for a user's lanes here, through everybody's.
CREATE INDEX callqueue_lanes_opening ON callqueue_lanes (opens_at)
  WHERE NOT stale AND import_id IS NULL AND starts_with(campaign_status, 'active');
CREATE INDEX callqueue_lanes_relane ON callqueue_lanes (lane_id) WHERE relane;
CREATE INDEX callqueue_lanes_stale ON callqueue_lanes (lane_id)
  WHERE stale AND campaign_status NOT IN ('completed', 'cancelled');
CREATE INDEX callqueue_lanes_closing ON callqueue_lanes (closes_at)
  WHERE NOT stale AND campaign_id IS NOT NULL AND campaign_status NOT IN ('completed', 'cancelled');
CREATE INDEX callqueue_lanes_scheduled ON callqueue_lanes (opens_at) WHERE NOT stale AND campaign_status = 'scheduled';

-- The round robin. A user is in turn or parked; only claims write here, one at a time. One that could take something is
-- never parked without a signal that is on its way, or a wake_at that has come: then the next claim brings it back.
CREATE SEQUENCE callqueue_turn;                -- numbers the dealings
CREATE TABLE callqueue_turns (
  user_id uuid PRIMARY KEY,                    -- no key to users: a claim waits for nobody who deletes one
  last_turn bigint NOT NULL DEFAULT 0,         -- number of its last dealing; 0: never served
  ceiling integer NOT NULL,                    -- the user's system_concurrent_calls_limit when it was last brought back
  in_turn boolean NOT NULL DEFAULT false,
  wake_at timestamptz
) WITH (fillfactor = 70);
-- By ceiling first: while the system is too busy for some users, a claim never looks at them.
CREATE INDEX callqueue_turns_order ON callqueue_turns (ceiling, last_turn, user_id) WHERE in_turn;
CREATE INDEX callqueue_turns_parked ON callqueue_turns (wake_at) WHERE NOT in_turn AND wake_at IS NOT NULL;
-- Something of this user's may have become claimable, or its limits have changed. The next claim takes it out.
CREATE TABLE callqueue_signals (
  signal_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  user_id uuid NOT NULL
);

SELECT callqueue_take_tables('call_campaigns', 'call_queue');
ALTER TABLE call_queue
  ADD COLUMN lane_id bigint,
  ADD COLUMN ready boolean NOT NULL DEFAULT false,   -- scheduled_for has come
  ADD COLUMN attempts integer NOT NULL DEFAULT 0,
  ADD COLUMN success boolean,
  ADD COLUMN not_after timestamptz;                  -- a direct call not started by then is skipped

-- The lane order: ready rows only. Serves the claim.
DROP INDEX idx_call_queue_priority_position;
CREATE INDEX idx_call_queue_priority_position ON call_queue (lane_id, priority DESC, position, created_at, id)
  WHERE status = 'queued' AND ready;
-- Waiting rows only. Serves advance.
DROP INDEX idx_call_queue_scheduled_for;
CREATE INDEX idx_call_queue_scheduled_for ON call_queue (scheduled_for) WHERE status = 'queued' AND NOT ready;
CREATE INDEX callqueue_waiting ON call_queue (lane_id, scheduled_for, id) WHERE status = 'queued' AND NOT ready;
-- Every row of a lane, of any status: an import publishes or takes back what it staged.
CREATE INDEX callqueue_rows_lane ON call_queue (lane_id);
-- What a slot was dealt to last, for display: rows in flight only.
DROP INDEX idx_call_queue_round_robin;
CREATE INDEX idx_call_queue_round_robin ON call_queue (user_id, last_system_allocation_at) WHERE status = 'processing';
-- A user's and a campaign's rows by status, in the order of creation.
DROP INDEX idx_call_queue_user_status;
CREATE INDEX idx_call_queue_user_status ON call_queue (user_id, status, id);
DROP INDEX idx_call_queue_campaign_status;
CREATE INDEX idx_call_queue_campaign_status ON call_queue (campaign_id, status, id);
-- What composite keys point at.
ALTER TABLE call_queue ADD CONSTRAINT call_queue_id_user_id_unique UNIQUE (user_id, id);
-- At most one open row per campaign and contact; also finds any row of a contact.
CREATE UNIQUE INDEX callqueue_open_contact ON call_queue (contact_id, campaign_id, user_id,
  (CASE WHEN status IN ('queued', 'processing') AND campaign_id IS NOT NULL THEN 1 END));
CREATE INDEX callqueue_expiry ON call_queue (not_after) WHERE status = 'queued' AND not_after IS NOT NULL;
DROP INDEX idx_call_campaigns_user_id;
CREATE INDEX idx_call_campaigns_user_id ON call_campaigns (user_id, created_at, id);

-- --- Rows that are there already: as the triggers below would have left them --------------------------------------------

INSERT INTO callqueue_lanes (user_id, campaign_id, timezone, campaign_status)
  SELECT DISTINCT c.user_id, c.id, coalesce(nullif(k.timezone, ''), nullif(u.timezone, ''), 'UTC'), c.status
  FROM call_queue q JOIN call_campaigns c ON c.id = q.campaign_id JOIN users u ON u.id = q.user_id
    LEFT JOIN contacts k ON k.user_id = q.user_id AND k.id = q.contact_id;
INSERT INTO callqueue_lanes (user_id, campaign_id, timezone, campaign_status, opens_at, closes_at, stale)
  SELECT DISTINCT user_id, NULL::uuid, 'UTC', 'active', timestamptz '1970-01-01 00:00+00', timestamptz '9999-12-31 00:00+00', false
  FROM call_queue WHERE campaign_id IS NULL;
-- They wait until advance finds them due. A call that was put back has spent no attempt.
DO $$
DECLARE
  switched_on text;  -- The host may have switched some off: they stay so.
BEGIN
  SELECT string_agg(format('ALTER TABLE call_queue %s TRIGGER %I', CASE tgenabled WHEN 'A' THEN 'ENABLE ALWAYS'
    WHEN 'R' THEN 'ENABLE REPLICA' ELSE 'ENABLE' END, tgname), '; ') INTO switched_on
  FROM pg_trigger WHERE tgrelid = 'call_queue'::regclass AND NOT tgisinternal AND tgenabled <> 'D';
  ALTER TABLE call_queue DISABLE TRIGGER USER;
  UPDATE call_queue q SET
    lane_id = (SELECT l.lane_id FROM callqueue_lanes l WHERE l.user_id = q.user_id
      AND l.campaign_id IS NOT DISTINCT FROM q.campaign_id AND (l.campaign_id IS NULL OR l.timezone = (
        SELECT coalesce(nullif(k.timezone, ''), nullif(u.timezone, ''), 'UTC')
        FROM users u LEFT JOIN contacts k ON k.user_id = u.id AND k.id = q.contact_id WHERE u.id = q.user_id))),
    attempts = (SELECT coalesce(max(c.attempt), 0) FROM calls c
      WHERE c.queue_id = q.id AND (c.status <> 'cancelled' OR c.id = q.call_id)),
    success = CASE WHEN status = 'completed' THEN user_data @> '{"success": true}' END,
    not_after = CASE WHEN campaign_id IS NULL THEN greatest(created_at, scheduled_for, callqueue_now()) + interval '15 minutes' END,
    -- What a host left open.
    scheduled_for = coalesce(scheduled_for, created_at, callqueue_now()), priority = coalesce(priority, 0),
    position = coalesce(position, 0), user_data = coalesce(user_data, '{}');
  IF switched_on IS NOT NULL THEN EXECUTE switched_on; END IF;  -- Ours are among them.
END $$;
-- Counters that somebody else has kept are counted anew.
UPDATE call_campaigns c SET total_contacts = d.total, completed_calls = d.completed, successful_calls = d.successful,
  failed_calls = d.failed
FROM (SELECT p.id, count(q.id) AS total, count(*) FILTER (WHERE q.status = 'completed') AS completed,
        count(*) FILTER (WHERE q.status = 'completed' AND q.success) AS successful,
        count(*) FILTER (WHERE q.status = 'failed') AS failed
      FROM call_campaigns p LEFT JOIN call_queue q ON q.campaign_id = p.id GROUP BY p.id) d
WHERE c.id = d.id AND (c.total_contacts, c.completed_calls, c.successful_calls, c.failed_calls)
  IS DISTINCT FROM (d.total, d.completed, d.successful, d.failed);
-- In another user's lane a row would be dealt in that user's turn.
ALTER TABLE call_queue ADD CONSTRAINT callqueue_rows_lane_id_fkey FOREIGN KEY (lane_id, user_id)
  REFERENCES callqueue_lanes (lane_id, user_id);

-- --- Where each row belongs ---------------------------------------------------------------------------------------------

-- The zone whose clock a campaign's row follows: contact's, campaign's, user's, UTC.
CREATE FUNCTION callqueue_zone(clock text, contact_zone text, campaign_zone text, user_zone text) RETURNS text
LANGUAGE sql IMMUTABLE AS $$
  SELECT coalesce(CASE WHEN clock = 'contact' THEN nullif(contact_zone, '') END, nullif(campaign_zone, ''),
                  nullif(user_zone, ''), 'UTC');
$$;
-- The lane of a row of this campaign and contact (without campaign: of the user's direct calls); made if it is missing.
CREATE FUNCTION callqueue_lane_for(for_user uuid, for_campaign uuid, for_contact uuid) RETURNS bigint
LANGUAGE plpgsql VOLATILE SET search_path FROM CURRENT AS $$
DECLARE
  zone text;
  found_lane bigint;
BEGIN
  IF for_campaign IS NULL THEN
    INSERT INTO callqueue_lanes (user_id, campaign_id, timezone, campaign_status, opens_at, closes_at, stale)
      SELECT for_user, NULL, 'UTC', 'active', timestamptz '1970-01-01 00:00+00', timestamptz '9999-12-31 00:00+00', false
      WHERE NOT EXISTS (SELECT 1 FROM callqueue_lanes l WHERE l.user_id = for_user AND l.campaign_id IS NULL)
      ON CONFLICT DO NOTHING;
    RETURN (SELECT l.lane_id FROM callqueue_lanes l WHERE l.user_id = for_user AND l.campaign_id IS NULL);
  END IF;
  SELECT callqueue_zone(r.clock, k.timezone, r.timezone, u.timezone) INTO zone
    FROM callqueue_campaign_rules r JOIN users u ON u.id = r.user_id
      LEFT JOIN contacts k ON k.user_id = r.user_id AND k.id = for_contact
    WHERE r.campaign_id = for_campaign AND r.user_id = for_user;
  -- A row without rules belongs nowhere: nobody claims it, and verify names it.
  IF zone IS NULL THEN RETURN NULL; END IF;
  SELECT min(l.lane_id) INTO found_lane FROM callqueue_lanes l
    WHERE l.campaign_id = for_campaign AND l.timezone = zone AND l.user_id = for_user AND l.import_id IS NULL
      AND NOT l.relane;
  IF found_lane IS NULL THEN
    -- Its status must not change between this look and the lane's appearance.
    PERFORM 1 FROM call_campaigns c WHERE c.id = for_campaign FOR NO KEY UPDATE;
    INSERT INTO callqueue_lanes (user_id, campaign_id, timezone, campaign_status)
      SELECT c.user_id, c.id, zone, c.status FROM call_campaigns c WHERE c.id = for_campaign AND c.user_id = for_user
      RETURNING lane_id INTO found_lane;
  END IF;
  RETURN found_lane;
END $$;

-- A row without a lane; one that somebody's SQL moves to another user, campaign, contact or agent, or queues again after
-- it was final: zones may have changed since.
CREATE FUNCTION callqueue_place_row() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
  -- A host's columns may be left open.
  NEW.created_at := coalesce(NEW.created_at, callqueue_now());
  NEW.updated_at := coalesce(NEW.updated_at, NEW.created_at);
  NEW.scheduled_for := coalesce(NEW.scheduled_for, NEW.created_at);
  NEW.priority := coalesce(NEW.priority, 0);
  NEW.position := coalesce(NEW.position, 0);
  NEW.user_data := coalesce(NEW.user_data, '{}');
  NEW.lane_id := callqueue_lane_for(NEW.user_id, NEW.campaign_id, NEW.contact_id);
  IF NEW.campaign_id IS NULL THEN
    NEW.not_after := coalesce(NEW.not_after, greatest(NEW.created_at, NEW.scheduled_for) + interval '15 minutes');
  ELSE
    NEW.not_after := NULL;
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER callqueue_row_insert BEFORE INSERT ON call_queue
  FOR EACH ROW WHEN (NEW.lane_id IS NULL) EXECUTE FUNCTION callqueue_place_row();
CREATE TRIGGER callqueue_row_moved BEFORE UPDATE OF user_id, campaign_id, contact_id, agent_id ON call_queue
  FOR EACH ROW WHEN (NEW.lane_id IS NOT DISTINCT FROM OLD.lane_id
    AND (NEW.user_id, NEW.campaign_id, NEW.contact_id, NEW.agent_id)
      IS DISTINCT FROM (OLD.user_id, OLD.campaign_id, OLD.contact_id, OLD.agent_id))
  EXECUTE FUNCTION callqueue_place_row();
CREATE TRIGGER callqueue_row_reopened BEFORE UPDATE OF status ON call_queue
  FOR EACH ROW WHEN (NEW.status = 'queued' AND OLD.status NOT IN ('queued', 'processing'))
  EXECUTE FUNCTION callqueue_place_row();
-- A row that somebody moves to another time waits until advance finds it due; ours set ready with it.
CREATE FUNCTION callqueue_wait() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.ready := false;
  RETURN NEW;
END $$;
CREATE TRIGGER callqueue_row_rescheduled BEFORE UPDATE OF scheduled_for ON call_queue
  FOR EACH ROW WHEN (NEW.status = 'queued' AND NEW.ready AND OLD.ready AND NEW.scheduled_for > OLD.scheduled_for)
  EXECUTE FUNCTION callqueue_wait();

-- --- Statistics, completion and signals, once a statement ------------------------------------------------------------------

-- Whether a campaign has rows that are queued or in flight: no other status lies between these two in the alphabet. Looks
-- at one end of idx_call_queue_campaign_status, the youngest rows: where the oldest were, those that have left a status
-- may not have been cleared away yet.
CREATE FUNCTION callqueue_has_open_rows(campaign uuid) RETURNS boolean
LANGUAGE plpgsql STABLE SET search_path FROM CURRENT SET plan_cache_mode = force_generic_plan SET enable_seqscan = off AS $$
BEGIN
  RETURN (SELECT q.id FROM call_queue q
          WHERE q.campaign_id = campaign AND q.status BETWEEN 'processing' AND 'queued'
          ORDER BY q.status DESC, q.id DESC LIMIT 1) IS NOT NULL;
END $$;

-- Completes those of these campaigns that have no open row left and no import under way. The caller holds their locks: so
-- of two transactions that finish the last two rows the second one sees what the first one did.
CREATE FUNCTION callqueue_complete(campaigns uuid[], at timestamptz) RETURNS void
LANGUAGE plpgsql VOLATILE SET search_path FROM CURRENT AS $$
BEGIN
  UPDATE call_campaigns c SET
    status = CASE WHEN c.status IN ('scheduled', 'active', 'paused') THEN 'completed' ELSE c.status END,
    completed_at = greatest(at, c.created_at),
    updated_at = greatest(callqueue_now(), c.updated_at + interval '1 microsecond')
  WHERE c.id = ANY (campaigns) AND c.completed_at IS NULL AND c.status <> 'draft'
    AND NOT callqueue_has_open_rows(c.id)
    AND NOT EXISTS (SELECT 1 FROM callqueue_imports i WHERE i.campaign_id = c.id);
  UPDATE callqueue_campaign_rules r SET sweep = NULL
  WHERE r.campaign_id = ANY (campaigns) AND r.sweep IS NOT NULL
    AND NOT EXISTS (SELECT 1 FROM call_queue q WHERE q.campaign_id = r.campaign_id AND q.status = 'queued');
END $$;

CREATE FUNCTION callqueue_complete_if_done(campaign uuid, at timestamptz) RETURNS void
LANGUAGE plpgsql VOLATILE SET search_path FROM CURRENT AS $$
BEGIN
  PERFORM 1 FROM call_campaigns c WHERE c.id = campaign FOR NO KEY UPDATE;
  PERFORM callqueue_complete(ARRAY[campaign], at);
END $$;

CREATE FUNCTION callqueue_rows_inserted() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
  PERFORM 1 FROM call_campaigns c WHERE c.id IN (SELECT campaign_id FROM new_rows) ORDER BY c.id FOR NO KEY UPDATE;
  UPDATE call_campaigns c SET
    total_contacts = total_contacts + d.total, completed_calls = completed_calls + d.completed,
    successful_calls = successful_calls + d.successful, failed_calls = failed_calls + d.failed
  FROM (SELECT campaign_id, count(*) AS total, count(*) FILTER (WHERE status = 'completed') AS completed,
          count(*) FILTER (WHERE status = 'completed' AND success) AS successful,
          count(*) FILTER (WHERE status = 'failed') AS failed
        FROM new_rows WHERE campaign_id IS NOT NULL GROUP BY campaign_id) d
  WHERE c.id = d.campaign_id;
  -- Added to a campaign that was over already: nothing but a sweep would ever end it.
  UPDATE callqueue_campaign_rules r SET sweep = CASE c.status WHEN 'cancelled' THEN 'cancelled' ELSE 'ended' END
  FROM call_campaigns c
  WHERE c.id = r.campaign_id AND c.status IN ('completed', 'cancelled') AND r.sweep IS NULL
    AND r.campaign_id IN (SELECT campaign_id FROM new_rows WHERE status = 'queued');
  INSERT INTO callqueue_signals (user_id) SELECT DISTINCT user_id FROM new_rows WHERE status = 'queued' AND ready;
  RETURN NULL;
END $$;
CREATE FUNCTION callqueue_rows_deleted() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
  PERFORM 1 FROM call_campaigns c WHERE c.id IN (SELECT campaign_id FROM old_rows) ORDER BY c.id FOR NO KEY UPDATE;
  UPDATE call_campaigns c SET
    total_contacts = total_contacts - d.total, completed_calls = completed_calls - d.completed,
    successful_calls = successful_calls - d.successful, failed_calls = failed_calls - d.failed
  FROM (SELECT campaign_id, count(*) AS total, count(*) FILTER (WHERE status = 'completed') AS completed,
          count(*) FILTER (WHERE status = 'completed' AND success) AS successful,
          count(*) FILTER (WHERE status = 'failed') AS failed
        FROM old_rows WHERE campaign_id IS NOT NULL GROUP BY campaign_id) d
  WHERE c.id = d.campaign_id;
  PERFORM callqueue_complete(ARRAY(SELECT DISTINCT campaign_id FROM old_rows
    WHERE campaign_id IS NOT NULL AND status IN ('queued', 'processing')), callqueue_now());
  RETURN NULL;
END $$;
CREATE FUNCTION callqueue_rows_updated() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT
SET enable_hashjoin = on AS $$
DECLARE
  closing uuid[];
  closed_at timestamptz;
BEGIN
  -- Claims and requeues change no counter: they take the cheap way out.
  IF EXISTS (SELECT 1 FROM new_rows WHERE status NOT IN ('queued', 'processing'))
     OR EXISTS (SELECT 1 FROM old_rows WHERE status NOT IN ('queued', 'processing')) THEN
    PERFORM 1 FROM call_campaigns c WHERE c.id IN (SELECT campaign_id FROM new_rows) ORDER BY c.id FOR NO KEY UPDATE;
    UPDATE call_campaigns c SET
      completed_calls = completed_calls + d.completed, successful_calls = successful_calls + d.successful,
      failed_calls = failed_calls + d.failed
    FROM (SELECT n.campaign_id,
            count(*) FILTER (WHERE n.status = 'completed') - count(*) FILTER (WHERE o.status = 'completed') AS completed,
            count(*) FILTER (WHERE n.status = 'completed' AND n.success)
              - count(*) FILTER (WHERE o.status = 'completed' AND o.success) AS successful,
            count(*) FILTER (WHERE n.status = 'failed') - count(*) FILTER (WHERE o.status = 'failed') AS failed
          FROM new_rows n JOIN old_rows o ON o.id = n.id AND o.campaign_id = n.campaign_id
          GROUP BY n.campaign_id) d
    WHERE c.id = d.campaign_id AND (d.completed, d.successful, d.failed) <> (0, 0, 0);
    SELECT array_agg(DISTINCT n.campaign_id), max(n.completed_at) INTO closing, closed_at
      FROM new_rows n JOIN old_rows o ON o.id = n.id
      WHERE n.campaign_id IS NOT NULL AND o.status IN ('queued', 'processing')
        AND n.status NOT IN ('queued', 'processing');
    IF closing IS NOT NULL THEN PERFORM callqueue_complete(closing, coalesce(closed_at, callqueue_now())); END IF;
  END IF;
  INSERT INTO callqueue_signals (user_id)
    SELECT DISTINCT n.user_id FROM new_rows n WHERE n.status = 'queued' AND n.ready;
  RETURN NULL;
END $$;
-- A row that changes its campaign.
CREATE FUNCTION callqueue_row_counted_elsewhere() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
  PERFORM 1 FROM call_campaigns c WHERE c.id IN (OLD.campaign_id, NEW.campaign_id) ORDER BY c.id FOR NO KEY UPDATE;
  UPDATE call_campaigns c SET
    total_contacts = total_contacts - 1,
    completed_calls = completed_calls - (OLD.status = 'completed')::integer,
    successful_calls = successful_calls - (OLD.status = 'completed' AND OLD.success IS TRUE)::integer,
    failed_calls = failed_calls - (OLD.status = 'failed')::integer
  WHERE c.id = OLD.campaign_id;
  UPDATE call_campaigns c SET
    total_contacts = total_contacts + 1,
    completed_calls = completed_calls + (NEW.status = 'completed')::integer,
    successful_calls = successful_calls + (NEW.status = 'completed' AND NEW.success IS TRUE)::integer,
    failed_calls = failed_calls + (NEW.status = 'failed')::integer
  WHERE c.id = NEW.campaign_id;
  IF OLD.campaign_id IS NOT NULL AND OLD.status IN ('queued', 'processing') THEN
    PERFORM callqueue_complete(ARRAY[OLD.campaign_id], callqueue_now());
  END IF;
  RETURN NULL;
END $$;

DROP TRIGGER trigger_update_campaign_statistics ON call_queue;
DROP FUNCTION callqueue_count_row();
CREATE TRIGGER trigger_update_campaign_statistics_insert AFTER INSERT ON call_queue
  REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION callqueue_rows_inserted();
CREATE TRIGGER trigger_update_campaign_statistics AFTER UPDATE ON call_queue
  REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION callqueue_rows_updated();
CREATE TRIGGER trigger_update_campaign_statistics_delete AFTER DELETE ON call_queue
  REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION callqueue_rows_deleted();
CREATE TRIGGER trigger_update_campaign_statistics_move AFTER UPDATE OF campaign_id ON call_queue
  FOR EACH ROW WHEN (OLD.campaign_id IS DISTINCT FROM NEW.campaign_id)
  EXECUTE FUNCTION callqueue_row_counted_elsewhere();

-- --- Users, campaigns, rules, zones ---------------------------------------------------------------------------------------

-- Who was given no limit of its own follows the system limit.
CREATE FUNCTION callqueue_user_follows() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
  NEW.system_concurrent_calls_limit := (SELECT system_limit FROM callqueue_settings);
  RETURN NEW;
END $$;
CREATE FUNCTION callqueue_user_changed() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
  INSERT INTO callqueue_signals (user_id) VALUES (OLD.id);
  IF TG_OP = 'UPDATE' AND NEW.timezone IS DISTINCT FROM OLD.timezone THEN
    UPDATE callqueue_lanes SET stale = true, relane = true WHERE user_id = NEW.id AND campaign_id IS NOT NULL;
  END IF;
  RETURN NULL;
END $$;

CREATE FUNCTION callqueue_lane_signals() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
  INSERT INTO callqueue_signals (user_id) VALUES (NEW.user_id);
  RETURN NULL;
END $$;
CREATE TRIGGER callqueue_lane_claimable AFTER INSERT OR UPDATE ON callqueue_lanes
  FOR EACH ROW WHEN (NEW.campaign_status = 'active' AND NOT NEW.stale AND NEW.import_id IS NULL AND NEW.opens_at IS NOT NULL)
  EXECUTE FUNCTION callqueue_lane_signals();

-- Rows that the campaign's own statement writes cannot see it yet: they come without a lane, and get it at the statement's end.
CREATE FUNCTION callqueue_add_rules() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
  INSERT INTO callqueue_campaign_rules (campaign_id, user_id) VALUES (NEW.id, NEW.user_id) ON CONFLICT DO NOTHING;
  UPDATE call_queue q SET lane_id = callqueue_lane_for(q.user_id, q.campaign_id, q.contact_id)
  WHERE q.campaign_id = NEW.id AND q.user_id = NEW.user_id AND q.lane_id IS NULL;
  RETURN NULL;
END $$;
CREATE TRIGGER callqueue_campaign_insert AFTER INSERT ON call_campaigns
  FOR EACH ROW EXECUTE FUNCTION callqueue_add_rules();

-- Who writes nothing but the status leaves the rest to us.
CREATE FUNCTION callqueue_flip_campaign() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
  IF NEW.status = 'active' THEN NEW.started_at := coalesce(NEW.started_at, callqueue_now()); END IF;
  IF NEW.status NOT IN ('completed', 'cancelled') THEN
    NEW.completed_at := NULL;
  ELSIF NOT callqueue_has_open_rows(NEW.id) THEN
    NEW.completed_at := coalesce(NEW.completed_at, callqueue_now());
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER callqueue_campaign_flipped BEFORE UPDATE OF status ON call_campaigns
  FOR EACH ROW WHEN (NEW.status <> OLD.status AND NEW.updated_at = OLD.updated_at)
  EXECUTE FUNCTION callqueue_flip_campaign();
CREATE FUNCTION callqueue_follow_status() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
  -- A draft does not end with its last interval: its lanes say so again once it is started.
  UPDATE callqueue_lanes l SET campaign_status = NEW.status,
    stale = (l.stale OR (l.opens_at IS NULL AND l.closes_at IS NULL))
  WHERE l.campaign_id = NEW.id;
  UPDATE callqueue_campaign_rules r SET
    sweep = CASE NEW.status WHEN 'cancelled' THEN 'cancelled' WHEN 'completed' THEN 'ended' END
  WHERE r.campaign_id = NEW.id AND (r.sweep IS NOT NULL OR (NEW.status IN ('completed', 'cancelled')
    AND EXISTS (SELECT 1 FROM call_queue q WHERE q.campaign_id = NEW.id AND q.status = 'queued')));
  RETURN NULL;
END $$;
CREATE TRIGGER callqueue_campaign_status AFTER UPDATE OF status ON call_campaigns
  FOR EACH ROW WHEN (NEW.status <> OLD.status) EXECUTE FUNCTION callqueue_follow_status();

CREATE FUNCTION callqueue_stale_lanes() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
  UPDATE callqueue_lanes SET stale = true WHERE campaign_id = NEW.id;
  RETURN NULL;
END $$;
CREATE TRIGGER callqueue_campaign_window
  AFTER UPDATE OF first_call_time, last_call_time, start_date, end_date ON call_campaigns
  FOR EACH ROW EXECUTE FUNCTION callqueue_stale_lanes();
-- Rules put in, changed or taken away by somebody's SQL. Without rules nothing opens.
CREATE FUNCTION callqueue_rules_changed() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
  IF TG_OP = 'DELETE' THEN
    UPDATE callqueue_lanes SET stale = true WHERE campaign_id = OLD.campaign_id;
  ELSIF TG_OP = 'INSERT' THEN
    UPDATE callqueue_lanes SET stale = true, relane = true WHERE campaign_id = NEW.campaign_id;
  ELSE
    UPDATE callqueue_lanes SET stale = true,
      relane = relane OR (NEW.timezone, NEW.clock) IS DISTINCT FROM (OLD.timezone, OLD.clock)
    WHERE campaign_id = NEW.campaign_id;
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER callqueue_rules_presence AFTER INSERT OR DELETE ON callqueue_campaign_rules
  FOR EACH ROW EXECUTE FUNCTION callqueue_rules_changed();
CREATE TRIGGER callqueue_rules_update AFTER UPDATE OF weekly_windows, excluded_dates, timezone, clock
  ON callqueue_campaign_rules
  FOR EACH ROW EXECUTE FUNCTION callqueue_rules_changed();
-- A contact's open rows change lane with its zone: lanes of another zone are looked through again.
CREATE FUNCTION callqueue_contact_moves() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
  UPDATE callqueue_lanes SET stale = true, relane = true WHERE lane_id IN (
    SELECT q.lane_id FROM call_queue q JOIN callqueue_campaign_rules r ON r.campaign_id = q.campaign_id
      JOIN callqueue_lanes l ON l.lane_id = q.lane_id JOIN users u ON u.id = q.user_id
    WHERE q.contact_id = NEW.id AND q.user_id = NEW.user_id AND q.status IN ('queued', 'processing')
      AND l.timezone <> callqueue_zone(r.clock, NEW.timezone, r.timezone, u.timezone));
  RETURN NULL;
END $$;

-- A host's call to a contact has the contact's number, so that nobody is called who is on the phone already.
CREATE FUNCTION callqueue_number_call() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
  NEW.phone_number := coalesce(
    (SELECT k.phone_number FROM contacts k WHERE k.user_id = NEW.user_id AND k.id = NEW.contact_id), NEW.phone_number);
  RETURN NEW;
END $$;

-- --- The claim ----------------------------------------------------------------------------------------------------------

-- The first rows of each of these users that may start, in the order of the claim, as many as wanted of each; without
-- those left out, and of the numbers in `once` (each behind its user) those rows only that are kept. Limits and turns are
-- the caller's affair. Indexes callqueue_lanes_open (a lane holds its current or next
-- interval: instants are all there is to compare) and, for each open lane, idx_call_queue_priority_position.
CREATE FUNCTION callqueue_pick(of_users uuid[], wanted integer[], at timestamptz, left_out uuid[],
                               once text[], kept uuid[])
RETURNS TABLE (user_place bigint, place bigint, id uuid)
LANGUAGE plpgsql STABLE ROWS 100 SET search_path FROM CURRENT AS $$
#variable_conflict use_column
BEGIN
  RETURN QUERY
  SELECT u.user_place, x.place, x.id
  FROM unnest(of_users, wanted) WITH ORDINALITY u (user_id, wanted, user_place)
    CROSS JOIN LATERAL (
      SELECT coalesce(array_agg(d.dialed) FILTER (WHERE d.dialed <> ''), '{}') AS numbers
      FROM calls c CROSS JOIN LATERAL (SELECT callqueue_dialed(c.phone_number) AS dialed) d
      WHERE c.user_id = u.user_id AND callqueue_holds_slot(c.status)) busy
    CROSS JOIN LATERAL (
      SELECT r.id, row_number() OVER (ORDER BY l.campaign_id IS NOT NULL, r.priority DESC, r.position, r.created_at, r.id)
        AS place
      FROM callqueue_lanes l
        LEFT JOIN call_campaigns p ON p.id = l.campaign_id
        CROSS JOIN LATERAL (
          SELECT q.id, q.priority, q.position, q.created_at FROM call_queue q
          WHERE q.lane_id = l.lane_id AND q.status = 'queued' AND q.ready
            AND (q.not_after IS NULL OR q.not_after >= at)
            AND callqueue_dialed(q.phone_number) <> ALL (busy.numbers)
            AND q.id <> ALL (left_out)
            AND (cardinality(once) = 0 OR q.id = ANY (kept)
                 OR u.user_id::text || callqueue_dialed(q.phone_number) <> ALL (once))
          ORDER BY q.priority DESC, q.position, q.created_at, q.id LIMIT u.wanted) r
      WHERE l.user_id = u.user_id AND NOT l.stale AND l.import_id IS NULL AND l.campaign_status = 'active'
        AND l.opens_at <= at AND l.closes_at >= at AND (l.campaign_id IS NULL OR p.status = 'active')
      ORDER BY place LIMIT u.wanted) x;
END $$;

-- The row that a claim would take first for this user if there were room and it were its turn.
CREATE OR REPLACE FUNCTION get_next_queued_call(user_id uuid) RETURNS call_queue
LANGUAGE sql VOLATILE SET search_path FROM CURRENT AS $$
  SELECT q.* FROM callqueue_pick(ARRAY[$1], ARRAY[1], callqueue_now(), '{}', '{}', '{}') p JOIN call_queue q ON q.id = p.id;
$$;

-- Brings users back in turn that somebody has signalled or whose next lane opens. True: there are more than one
-- transaction should bring back.
CREATE FUNCTION callqueue_wake(at timestamptz) RETURNS boolean LANGUAGE plpgsql VOLATILE SET search_path FROM CURRENT AS $$
DECLARE
  most CONSTANT integer := 10000;
  signalled uuid[];
  taken integer;
BEGIN
  WITH gone AS (
    DELETE FROM callqueue_signals WHERE signal_id = ANY (ARRAY(
      SELECT s.signal_id FROM callqueue_signals s ORDER BY s.signal_id LIMIT most)) RETURNING user_id)
  SELECT array_agg(DISTINCT user_id), count(*) INTO signalled, taken FROM gone;
  IF taken > 0 THEN
    INSERT INTO callqueue_turns AS t (user_id, ceiling, in_turn)
      SELECT u.id, u.system_concurrent_calls_limit, u.concurrent_calls_limit > 0 FROM users u WHERE u.id = ANY (signalled)
      ON CONFLICT (user_id) DO UPDATE SET ceiling = excluded.ceiling, in_turn = excluded.in_turn, wake_at = NULL
        WHERE (t.ceiling, t.in_turn) <> (excluded.ceiling, excluded.in_turn);
    DELETE FROM callqueue_turns t
      WHERE t.user_id = ANY (signalled) AND NOT EXISTS (SELECT 1 FROM users u WHERE u.id = t.user_id);
    IF taken = most THEN RETURN true; END IF;
  END IF;
  UPDATE callqueue_turns SET in_turn = true, wake_at = NULL WHERE user_id = ANY (ARRAY(
    SELECT t.user_id FROM callqueue_turns t WHERE NOT t.in_turn AND t.wake_at <= at ORDER BY t.wake_at LIMIT most));
  GET DIAGNOSTICS taken = ROW_COUNT;
  RETURN taken = most;
END $$;

-- Starts the next attempts of these rows, which the caller has locked: a call each, holding a slot and a dial lease.
CREATE FUNCTION callqueue_start(rows uuid[], as_calls uuid[], worker text, lease interval, at timestamptz) RETURNS void
LANGUAGE plpgsql VOLATILE SET search_path FROM CURRENT AS $$
#variable_conflict use_column
BEGIN
  INSERT INTO calls (id, user_id, agent_id, contact_id, campaign_id, queue_id, phone_number, call_type, attempt, status,
                     leased_by, lease_expires_at, created_at)
  SELECT x.call_id, q.user_id, q.agent_id, q.contact_id, q.campaign_id, q.id, q.phone_number,
    CASE WHEN q.campaign_id IS NULL THEN 'direct' ELSE 'campaign' END, q.attempts + 1, 'initiated', worker, at + lease, at
  FROM unnest(rows, as_calls) x (id, call_id) JOIN call_queue q ON q.id = x.id;
  -- Not ready any more: whoever queues it again says anew whether its time has come.
  UPDATE call_queue q SET status = 'processing', ready = false, started_at = at, call_id = x.call_id,
    attempts = q.attempts + 1, last_system_allocation_at = at, failure_reason = NULL,
    updated_at = greatest(at, q.updated_at + interval '1 microsecond')
  FROM unnest(rows, as_calls) x (id, call_id) WHERE q.id = x.id;
END $$;

-- Locks those of these rows that still may start and that nobody else has locked. A row whose lane has another zone than
-- its own is none of them: the lane is to be looked through.
CREATE FUNCTION callqueue_lock_rows(rows uuid[]) RETURNS uuid[]
LANGUAGE plpgsql VOLATILE SET search_path FROM CURRENT AS $$
DECLARE
  locked uuid[];
BEGIN
  SELECT coalesce(array_agg(z.id), '{}') INTO locked FROM (
    SELECT q.id FROM call_queue q
      JOIN callqueue_lanes l ON l.lane_id = q.lane_id
      JOIN users u ON u.id = q.user_id
      LEFT JOIN callqueue_campaign_rules r ON r.campaign_id = q.campaign_id
      LEFT JOIN contacts k ON k.user_id = q.user_id AND k.id = q.contact_id
    WHERE q.id = ANY (rows) AND q.status = 'queued'
      AND (q.campaign_id IS NULL OR l.timezone = callqueue_zone(r.clock, k.timezone, r.timezone, u.timezone))
    FOR UPDATE OF q SKIP LOCKED) z;
  IF cardinality(locked) < cardinality(rows) THEN
    UPDATE callqueue_lanes SET stale = true, relane = true WHERE lane_id IN (
      SELECT q.lane_id FROM call_queue q
        JOIN callqueue_lanes l ON l.lane_id = q.lane_id
        JOIN users u ON u.id = q.user_id
        JOIN callqueue_campaign_rules r ON r.campaign_id = q.campaign_id
        LEFT JOIN contacts k ON k.user_id = q.user_id AND k.id = q.contact_id
      WHERE q.id = ANY (rows) AND q.id <> ALL (locked)
        AND l.timezone <> callqueue_zone(r.clock, k.timezone, r.timezone, u.timezone));
  END IF;
  RETURN locked;
END $$;

-- Claims up to as many calls as it is given ids for them; the library's Store::claim says what that means. A row of NULLs:
-- nothing was dealt because more users than a transaction should touch had to change their place in the round robin; ask
-- again. `earlier` are ids that this worker gave to claims whose answer it never got: if they started any calls, those are
-- the answer. `patience`: for how many milliseconds it waits for a lock.
CREATE FUNCTION callqueue_claim(worker text, lease interval, call_ids uuid[], given_now timestamptz,
                                only_user uuid, only_row uuid, earlier uuid[], patience bigint)
RETURNS TABLE (queued call_queue, call calls, next_action text)
LANGUAGE plpgsql VOLATILE
SET search_path FROM CURRENT
SET plan_cache_mode = force_generic_plan SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off
SET enable_material = off SET jit = off AS $$
#variable_conflict use_column
DECLARE
  most_parked CONSTANT integer := 5000;
  widest CONSTANT integer := 1000;
  at timestamptz;
  active integer;      -- calls of all users when the claim began
  need integer;        -- slots to deal
  taken integer := 0;
  dealt uuid[] := '{}';   -- users, in the order of dealing
  chosen uuid[];       -- rows of this pass
  picked uuid[];       -- their candidates, each with the place of its user in the page and its own place there
  picked_users bigint[];
  picked_places bigint[];
  locked uuid[];
  left_out uuid[];
  once text[];
  kept uuid[];
  more_once text[];
  more_kept uuid[];
  page uuid[];         -- users of this pass in their order, with what each may take
  rooms integer[];
  ceilings integer[];
  after_turn bigint := -1;
  after_user uuid := '00000000-0000-0000-0000-000000000000';
  members uuid[] := '{}'; -- users that took something, in the order of the first round
  before integer;      -- how many they were before this pass
  width integer;       -- users on a page
  exhausted boolean := false;
  parked integer := 0;
  share integer;
  changed integer;
  next record;
BEGIN
  IF current_setting('transaction_isolation') <> 'read committed' THEN
    RAISE EXCEPTION 'a claim needs the isolation level read committed' USING ERRCODE = 'invalid_transaction_state';
  END IF;
  PERFORM set_config('lock_timeout', patience::text, true);
  PERFORM callqueue_lock();
  -- From here on each statement sees what was committed before the lock was taken.
  IF given_now IS NOT NULL THEN PERFORM set_config('callqueue.now', given_now::text, true); END IF;
  at := callqueue_now();
  IF cardinality(earlier) > 0 THEN
    -- Claims that were sent before this one have had the lock before it.
    RETURN QUERY
      SELECT q, c, p.next_action
      FROM calls c JOIN call_queue q ON q.user_id = c.user_id AND q.id = c.queue_id
        LEFT JOIN call_campaigns p ON p.id = c.campaign_id
      WHERE c.id = ANY (earlier) AND c.leased_by = worker AND c.status = 'initiated' AND c.submitted_at IS NULL
        AND c.lease_expires_at > at AND q.call_id = c.id AND q.status = 'processing'
        AND (only_row IS NULL OR c.queue_id = only_row)
      ORDER BY c.id LIMIT cardinality(call_ids);
    IF FOUND THEN RETURN; END IF;
  END IF;
  SELECT count(*) INTO active FROM calls c WHERE callqueue_holds_slot(c.status);
  SELECT least(cardinality(call_ids), s.system_limit - active) INTO need FROM callqueue_settings s;

  IF only_row IS NOT NULL THEN
    -- That row or nothing, under the same limits. It counts as a dealing.
    IF need <= 0 THEN RETURN; END IF;
    SELECT array_agg(q.id) INTO picked
      FROM call_queue q JOIN callqueue_lanes l ON l.lane_id = q.lane_id JOIN users u ON u.id = q.user_id
        LEFT JOIN call_campaigns p ON p.id = q.campaign_id
      WHERE q.user_id = only_user AND q.id = only_row AND q.status = 'queued' AND q.scheduled_for <= at
        AND (q.not_after IS NULL OR q.not_after >= at)
        AND NOT l.stale AND l.import_id IS NULL AND l.campaign_status = 'active' AND l.opens_at <= at AND l.closes_at >= at
        AND (q.campaign_id IS NULL OR p.status = 'active')
        AND u.concurrent_calls_limit > count_active_calls(u.id) AND u.system_concurrent_calls_limit > active
        AND NOT EXISTS (SELECT 1 FROM calls c WHERE c.user_id = q.user_id
          AND callqueue_holds_slot(c.status)
          AND callqueue_dialed(c.phone_number) = callqueue_dialed(q.phone_number));
    IF picked IS NULL THEN RETURN; END IF;
    chosen := callqueue_lock_rows(picked);
    PERFORM callqueue_start(chosen, call_ids[1 : cardinality(chosen)], worker, lease, at);
    taken := cardinality(chosen);
    IF taken > 0 THEN dealt := ARRAY[only_user]; END IF;
    need := taken;
  ELSIF callqueue_wake(at) THEN
    RETURN QUERY SELECT NULL::call_queue, NULL::calls, NULL::text;
    RETURN;
  END IF;

  width := need;
  WHILE taken < need LOOP
    IF NOT exhausted THEN
      -- The next users in turn with room, least recently served first; of a ceiling that is reached nobody is looked at.
      SELECT array_agg(z.user_id ORDER BY z.last_turn, z.user_id), array_agg(z.room ORDER BY z.last_turn, z.user_id),
          array_agg(z.ceiling ORDER BY z.last_turn, z.user_id), max(z.last_turn)
        INTO page, rooms, ceilings, after_turn
      FROM (
        WITH RECURSIVE lists (ceiling) AS (
          SELECT min(t.ceiling) FROM callqueue_turns t WHERE t.in_turn AND t.ceiling > active + taken
          UNION ALL
          SELECT (SELECT min(t.ceiling) FROM callqueue_turns t WHERE t.in_turn AND t.ceiling > l.ceiling)
          FROM lists l WHERE l.ceiling IS NOT NULL)
        SELECT i.user_id, i.last_turn, i.room, i.ceiling
        FROM lists l CROSS JOIN LATERAL (
          SELECT t.user_id, t.last_turn, u.concurrent_calls_limit - a.own AS room, u.system_concurrent_calls_limit AS ceiling
          FROM callqueue_turns t JOIN users u ON u.id = t.user_id
            CROSS JOIN LATERAL (SELECT count(*)::integer AS own FROM calls c WHERE c.user_id = t.user_id
              AND callqueue_holds_slot(c.status)) a
          WHERE t.in_turn AND t.ceiling = l.ceiling AND (t.last_turn, t.user_id) > (after_turn, after_user)
            AND u.concurrent_calls_limit > a.own AND u.system_concurrent_calls_limit > active + taken
          ORDER BY t.last_turn, t.user_id LIMIT width) i
        ORDER BY i.last_turn, i.user_id LIMIT width) z;
      exhausted := coalesce(cardinality(page), 0) < width;
      after_user := page[cardinality(page)];
      share := CASE WHEN exhausted AND cardinality(members) = 0 AND page IS NOT NULL
        THEN ceil((need - taken)::numeric / cardinality(page)) ELSE 1 END;
    ELSE
      -- Everybody was dealt to: around again.
      SELECT array_agg(m.user_id ORDER BY m.n), array_agg(a.room ORDER BY m.n),
          array_agg(u.system_concurrent_calls_limit ORDER BY m.n)
        INTO page, rooms, ceilings
      FROM unnest(members) WITH ORDINALITY m (user_id, n) JOIN users u ON u.id = m.user_id
        CROSS JOIN LATERAL (SELECT u.concurrent_calls_limit - count(*)::integer AS room FROM calls c
          WHERE c.user_id = u.id AND callqueue_holds_slot(c.status)) a
      WHERE a.room > 0 AND u.system_concurrent_calls_limit > active + taken;
      members := '{}';
      EXIT WHEN page IS NULL;
      share := ceil((need - taken)::numeric / cardinality(page));
    END IF;
    CONTINUE WHEN page IS NULL;
    rooms := ARRAY(SELECT least(r.room, share) FROM unnest(rooms) WITH ORDINALITY r (room, n) ORDER BY r.n);

    -- Their first rows, locked. Of several to one number only the first may start; a user whose row somebody else has
    -- locked takes its next one.
    left_out := '{}';
    once := '{}';
    kept := '{}';
    LOOP
      SELECT coalesce(array_agg(p.id), '{}'), array_agg(p.user_place), array_agg(p.place)
        INTO picked, picked_users, picked_places
      FROM callqueue_pick(page, rooms, at, left_out, once, kept) p;
      EXIT WHEN cardinality(picked) = 0;
      IF cardinality(picked) > 1 THEN
        SELECT array_agg(d.number), array_agg(d.first) INTO more_once, more_kept FROM (
          SELECT q.user_id::text || callqueue_dialed(q.phone_number) AS number, (array_agg(q.id ORDER BY p.place))[1] AS first
          FROM unnest(picked, picked_places) p (id, place) JOIN call_queue q ON q.id = p.id
          GROUP BY 1 HAVING count(*) > 1) d;
        IF more_once IS NOT NULL THEN
          once := once || more_once;
          kept := kept || more_kept;
          CONTINUE;
        END IF;
      END IF;
      locked := callqueue_lock_rows(picked);
      EXIT WHEN cardinality(locked) = cardinality(picked);
      left_out := left_out || ARRAY(SELECT x FROM unnest(picked) x WHERE x <> ALL (locked));
    END LOOP;

    -- One slot to each in the order of their turns, then around.
    chosen := '{}';
    before := cardinality(members);
    FOR next IN
      SELECT p.id, page[p.user_place] AS user_id, p.user_place
      FROM unnest(picked_users, picked_places, picked) p (user_place, place, id) ORDER BY p.place, p.user_place
    LOOP
      EXIT WHEN taken = need;
      CONTINUE WHEN ceilings[next.user_place] <= active + taken;
      chosen := chosen || next.id;
      dealt := dealt || next.user_id;
      taken := taken + 1;
      IF next.user_id <> ALL (members) THEN members := members || next.user_id; END IF;
    END LOOP;
    IF cardinality(chosen) > 0 THEN
      PERFORM callqueue_start(chosen, call_ids[taken - cardinality(chosen) + 1 : taken], worker, lease, at);
    END IF;

    -- Who has nothing to take leaves the turn order until its next lane opens, or somebody signals. What this statement
    -- does not see has its signal still ahead. OFFSET 0: each user's lanes and rows are looked up. Where the server takes
    -- an index for empty it would as soon read all of it for each user.
    IF cardinality(members) - before < cardinality(page) THEN
      UPDATE callqueue_turns t SET in_turn = false, wake_at = (
        SELECT min(l.opens_at) FROM callqueue_lanes l
        WHERE l.user_id = t.user_id AND NOT l.stale AND l.import_id IS NULL AND l.campaign_status = 'active' AND l.opens_at > at)
      WHERE t.user_id = ANY (page) AND t.user_id <> ALL (members) AND t.in_turn AND NOT EXISTS (
        SELECT 1 FROM callqueue_lanes l
        WHERE l.user_id = t.user_id AND NOT l.stale AND l.import_id IS NULL AND l.campaign_status = 'active'
          AND l.opens_at <= at AND l.closes_at >= at
          AND EXISTS (SELECT 1 FROM call_queue q WHERE q.lane_id = l.lane_id AND q.status = 'queued' AND q.ready OFFSET 0)
        OFFSET 0);
      GET DIAGNOSTICS changed = ROW_COUNT;
      parked := parked + changed;
    END IF;
    -- Many who have nothing are got out of the way together.
    width := CASE WHEN cardinality(chosen) = 0 THEN least(2 * width, widest) ELSE need - taken END;
    IF parked >= most_parked AND taken < need THEN
      IF taken = 0 THEN RETURN QUERY SELECT NULL::call_queue, NULL::calls, NULL::text; END IF;
      EXIT;
    END IF;
    -- Where everybody had less than they could take there is no going around again.
    EXIT WHEN exhausted AND before = 0 AND NOT EXISTS (
      SELECT FROM unnest(picked_users, picked_places) p (user_place, place) WHERE p.place >= rooms[p.user_place]);
  END LOOP;

  INSERT INTO callqueue_turns AS t (user_id, ceiling, last_turn)
    SELECT u.id, u.system_concurrent_calls_limit, d.turn
    FROM (SELECT n.user_id, max(n.turn) AS turn
          FROM (SELECT x.user_id, nextval('callqueue_turn') AS turn FROM unnest(dealt) x (user_id)) n
          GROUP BY n.user_id) d
      JOIN users u ON u.id = d.user_id
    ON CONFLICT (user_id) DO UPDATE SET last_turn = excluded.last_turn;
  RETURN QUERY
    SELECT q, c, p.next_action
    FROM unnest(call_ids[1 : taken]) WITH ORDINALITY x (id, n)
      JOIN calls c ON c.id = x.id JOIN call_queue q ON q.user_id = c.user_id AND q.id = c.queue_id
      LEFT JOIN call_campaigns p ON p.id = c.campaign_id
    ORDER BY x.n;
END $$;

-- --- The host's tables, last ------------------------------------------------------------------------------------------------

SELECT callqueue_take_tables('users', 'agents', 'contacts', 'calls');
-- The largest value that users hold already, else 10.
INSERT INTO callqueue_settings (id, system_limit)
  SELECT 1, coalesce((SELECT max(system_concurrent_calls_limit) FROM users), 10);
INSERT INTO callqueue_signals (user_id) SELECT id FROM users;
ALTER TABLE callqueue_lanes ADD CONSTRAINT callqueue_lanes_user_id_fkey FOREIGN KEY (user_id)
  REFERENCES users (id) ON DELETE CASCADE;
ALTER TABLE callqueue_imports ADD CONSTRAINT callqueue_imports_user_id_fkey FOREIGN KEY (user_id)
  REFERENCES users (id) ON DELETE CASCADE;

-- References from calls survive what they point at: only the reference becomes empty. Rows that are there already are looked
-- at by the steps after this migration, while others work.
ALTER TABLE calls
  ADD CONSTRAINT callqueue_calls_agent_id_fkey FOREIGN KEY (agent_id, user_id)
    REFERENCES agents (id, user_id) ON DELETE SET NULL (agent_id) NOT VALID,
  ADD CONSTRAINT callqueue_calls_contact_id_fkey FOREIGN KEY (contact_id, user_id)
    REFERENCES contacts (id, user_id) ON DELETE SET NULL (contact_id) NOT VALID,
  ADD CONSTRAINT callqueue_calls_campaign_id_fkey FOREIGN KEY (campaign_id, user_id)
    REFERENCES call_campaigns (id, user_id) ON DELETE SET NULL (campaign_id) NOT VALID,
  ADD CONSTRAINT callqueue_calls_queue_id_fkey FOREIGN KEY (queue_id, user_id)
    REFERENCES call_queue (id, user_id) ON DELETE SET NULL (queue_id) NOT VALID;
ALTER TABLE call_queue DROP CONSTRAINT call_queue_call_id_fkey;
ALTER TABLE call_queue ADD CONSTRAINT call_queue_call_id_fkey FOREIGN KEY (call_id, user_id)
  REFERENCES calls (id, user_id) ON DELETE SET NULL (call_id) NOT VALID;

CREATE TRIGGER callqueue_user_insert BEFORE INSERT ON users
  FOR EACH ROW WHEN (NEW.system_concurrent_calls_limit = 10) EXECUTE FUNCTION callqueue_user_follows();
CREATE TRIGGER callqueue_user_update AFTER UPDATE OF concurrent_calls_limit, system_concurrent_calls_limit, timezone ON users
  FOR EACH ROW WHEN ((OLD.concurrent_calls_limit, OLD.system_concurrent_calls_limit, OLD.timezone)
    IS DISTINCT FROM (NEW.concurrent_calls_limit, NEW.system_concurrent_calls_limit, NEW.timezone))
  EXECUTE FUNCTION callqueue_user_changed();
CREATE TRIGGER callqueue_user_delete AFTER DELETE ON users FOR EACH ROW EXECUTE FUNCTION callqueue_user_changed();
CREATE TRIGGER callqueue_contact_zone AFTER UPDATE OF timezone ON contacts
  FOR EACH ROW WHEN (NEW.timezone IS DISTINCT FROM OLD.timezone) EXECUTE FUNCTION callqueue_contact_moves();
CREATE TRIGGER callqueue_call_without_number BEFORE INSERT ON calls
  FOR EACH ROW WHEN (coalesce(NEW.phone_number, '') = '' AND NEW.contact_id IS NOT NULL)
  EXECUTE FUNCTION callqueue_number_call();
-- Of the calls that are under way now as well.
UPDATE calls c SET phone_number = k.phone_number FROM contacts k
  WHERE k.user_id = c.user_id AND k.id = c.contact_id AND callqueue_holds_slot(c.status) AND coalesce(c.phone_number, '') = '';
-- A row in flight is the row of its call.
UPDATE calls c SET queue_id = q.id FROM call_queue q
  WHERE q.status = 'processing' AND q.user_id = c.user_id AND q.call_id = c.id AND callqueue_holds_slot(c.status)
    AND EXISTS (SELECT 1 FROM callqueue_made WHERE kind = 'column' AND name = 'calls.queue_id');
UPDATE call_queue SET attempts = 1 WHERE status = 'processing' AND attempts = 0;
-- Where there is no such call nobody would ever end it, and perhaps the person was called: it ends as a call without news does.
UPDATE call_queue q SET status = CASE WHEN x.is_completed THEN 'completed' ELSE 'failed' END,
  success = CASE WHEN x.is_completed THEN coalesce(x.success, q.user_data @> '{"success": true}') END,
  failure_reason = CASE WHEN NOT x.is_completed THEN coalesce(q.failure_reason, 'no_news') END,
  completed_at = callqueue_now()
FROM (SELECT r.id, c.success, coalesce(c.status::text, '') = 'completed' AND NOT EXISTS (
          SELECT 1 FROM callqueue_made WHERE kind = 'column' AND name = 'calls.status') AS is_completed
      FROM call_queue r LEFT JOIN calls c ON c.user_id = r.user_id AND c.id = r.call_id
      WHERE r.status = 'processing' AND callqueue_holds_slot(c.status) IS NOT TRUE) x
WHERE q.id = x.id;
