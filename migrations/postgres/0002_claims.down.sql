-- Back to the two tables alone. Lost: rules beyond the campaign's columns, attempts, success, direct calls' expiry.
-- Without its zone, windows and holidays a campaign would call by its columns alone, at wrong hours: paused.
UPDATE call_campaigns SET status = 'paused' WHERE status IN ('scheduled', 'active') AND id IN (
  SELECT campaign_id FROM callqueue_campaign_rules
  WHERE timezone <> '' OR clock <> 'contact' OR weekly_windows IS NOT NULL OR excluded_dates <> '[]');

SELECT callqueue_take_tables('call_campaigns', 'call_queue');
-- Success goes back to where the older version looked for it; that is no change of the row.
DO $$
DECLARE
  switched_on text;  -- The host may have switched some off: they stay so.
BEGIN
  SELECT string_agg(format('ALTER TABLE call_queue %s TRIGGER %I', CASE tgenabled WHEN 'A' THEN 'ENABLE ALWAYS'
    WHEN 'R' THEN 'ENABLE REPLICA' ELSE 'ENABLE' END, tgname), '; ') INTO switched_on
  FROM pg_trigger WHERE tgrelid = 'call_queue'::regclass AND NOT tgisinternal AND tgenabled <> 'D';
  ALTER TABLE call_queue DISABLE TRIGGER USER;
  UPDATE call_queue SET user_data = user_data || '{"success": true}' WHERE success;
  IF switched_on IS NOT NULL THEN EXECUTE switched_on; END IF;
END $$;

-- The host's tables, after all rows have been written.
SELECT callqueue_take_tables('users', 'agents', 'contacts', 'calls', 'call_campaigns', 'call_queue');
DROP TRIGGER callqueue_row_insert ON call_queue;
DROP TRIGGER callqueue_row_moved ON call_queue;
DROP TRIGGER callqueue_row_reopened ON call_queue;
DROP TRIGGER callqueue_row_rescheduled ON call_queue;
DROP TRIGGER trigger_update_campaign_statistics_insert ON call_queue;
DROP TRIGGER trigger_update_campaign_statistics ON call_queue;
DROP TRIGGER trigger_update_campaign_statistics_delete ON call_queue;
DROP TRIGGER trigger_update_campaign_statistics_move ON call_queue;
DROP TRIGGER callqueue_user_insert ON users;
DROP TRIGGER callqueue_user_update ON users;
DROP TRIGGER callqueue_user_delete ON users;
DROP TRIGGER callqueue_lane_claimable ON callqueue_lanes;
DROP TRIGGER callqueue_campaign_insert ON call_campaigns;
DROP TRIGGER callqueue_campaign_flipped ON call_campaigns;
DROP TRIGGER callqueue_campaign_status ON call_campaigns;
DROP TRIGGER callqueue_campaign_window ON call_campaigns;
DROP TRIGGER callqueue_rules_presence ON callqueue_campaign_rules;
DROP TRIGGER callqueue_rules_update ON callqueue_campaign_rules;
DROP TRIGGER callqueue_contact_zone ON contacts;
DROP TRIGGER callqueue_call_without_number ON calls;

CREATE OR REPLACE FUNCTION get_next_queued_call(user_id uuid) RETURNS call_queue
LANGUAGE sql STABLE SET search_path FROM CURRENT AS $$
  SELECT q.* FROM call_queue q LEFT JOIN call_campaigns c ON c.id = q.campaign_id AND c.user_id = q.user_id
  WHERE q.user_id = $1 AND q.status = 'queued' AND q.scheduled_for <= now()
    AND (q.campaign_id IS NULL
         OR (c.status = 'active' AND (now() AT TIME ZONE 'UTC')::date >= c.start_date
             AND (c.end_date IS NULL OR (now() AT TIME ZONE 'UTC')::date <= c.end_date)
             AND (now() AT TIME ZONE 'UTC')::time BETWEEN c.first_call_time AND c.last_call_time))
  ORDER BY q.campaign_id IS NOT NULL, q.priority DESC, q.position, q.created_at, q.id LIMIT 1;
$$;
CREATE OR REPLACE FUNCTION callqueue_touch() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.updated_at := greatest(OLD.updated_at + interval '1 microsecond', clock_timestamp());
  RETURN NEW;
END $$;
DROP FUNCTION callqueue_claim;
DROP FUNCTION callqueue_lock_rows;
DROP FUNCTION callqueue_start;
DROP FUNCTION callqueue_wake;
DROP FUNCTION callqueue_pick;
DROP FUNCTION callqueue_number_call;
DROP FUNCTION callqueue_contact_moves;
DROP FUNCTION callqueue_rules_changed;
DROP FUNCTION callqueue_stale_lanes;
DROP FUNCTION callqueue_follow_status;
DROP FUNCTION callqueue_flip_campaign;
DROP FUNCTION callqueue_add_rules;
DROP FUNCTION callqueue_lane_signals;
DROP FUNCTION callqueue_user_changed;
DROP FUNCTION callqueue_user_follows;
DROP FUNCTION callqueue_row_counted_elsewhere;
DROP FUNCTION callqueue_rows_updated;
DROP FUNCTION callqueue_rows_deleted;
DROP FUNCTION callqueue_rows_inserted;
DROP FUNCTION callqueue_complete_if_done;
DROP FUNCTION callqueue_complete;
DROP FUNCTION callqueue_has_open_rows;
DROP FUNCTION callqueue_wait;
DROP FUNCTION callqueue_place_row;
DROP FUNCTION callqueue_lane_for;
DROP FUNCTION callqueue_zone;
DROP FUNCTION callqueue_dialed;
DROP FUNCTION callqueue_notify;
DROP FUNCTION callqueue_channel;
DROP FUNCTION callqueue_lock;
DROP FUNCTION callqueue_now;

ALTER TABLE call_queue DROP CONSTRAINT call_queue_call_id_fkey;
ALTER TABLE call_queue ADD CONSTRAINT call_queue_call_id_fkey FOREIGN KEY (call_id) REFERENCES calls (id) ON DELETE SET NULL;
ALTER TABLE calls
  DROP CONSTRAINT callqueue_calls_agent_id_fkey,
  DROP CONSTRAINT callqueue_calls_contact_id_fkey,
  DROP CONSTRAINT callqueue_calls_campaign_id_fkey,
  DROP CONSTRAINT callqueue_calls_queue_id_fkey;
DROP INDEX IF EXISTS callqueue_calls_active;
DROP INDEX IF EXISTS callqueue_calls_lease;
DROP INDEX IF EXISTS callqueue_calls_user;
DROP INDEX IF EXISTS callqueue_calls_queue;
DROP INDEX IF EXISTS callqueue_calls_campaign;
DROP INDEX IF EXISTS callqueue_calls_contact;
DROP INDEX IF EXISTS callqueue_calls_provider;

DROP INDEX idx_call_queue_priority_position;
DROP INDEX idx_call_queue_scheduled_for;
DROP INDEX callqueue_waiting;
DROP INDEX callqueue_rows_lane;
DROP INDEX idx_call_queue_round_robin;
DROP INDEX idx_call_queue_user_status;
DROP INDEX idx_call_queue_campaign_status;
DROP INDEX callqueue_open_contact;
DROP INDEX callqueue_expiry;
DROP INDEX idx_call_campaigns_user_id;
ALTER TABLE call_queue DROP CONSTRAINT call_queue_id_user_id_unique;

ALTER TABLE call_queue
  DROP COLUMN lane_id,
  DROP COLUMN ready,
  DROP COLUMN attempts,
  DROP COLUMN success,
  DROP COLUMN not_after;

DROP TABLE callqueue_signals;
DROP TABLE callqueue_turns;
DROP SEQUENCE callqueue_turn;
DROP TABLE callqueue_lanes;
DROP TABLE callqueue_import_contacts;
DROP TABLE callqueue_imports;
DROP TABLE callqueue_campaign_rules;
DROP TABLE callqueue_settings;

CREATE INDEX idx_call_campaigns_user_id ON call_campaigns (user_id);
CREATE INDEX idx_call_queue_user_status ON call_queue (user_id, status);
CREATE INDEX idx_call_queue_campaign_status ON call_queue (campaign_id, status);
CREATE INDEX idx_call_queue_priority_position ON call_queue (user_id, priority DESC, position) WHERE status = 'queued';
CREATE INDEX idx_call_queue_scheduled_for ON call_queue (scheduled_for) WHERE status = 'queued';
CREATE INDEX idx_call_queue_round_robin ON call_queue (user_id, last_system_allocation_at) WHERE status = 'queued';
CREATE OR REPLACE FUNCTION callqueue_count_row() RETURNS trigger
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
  IF TG_OP <> 'INSERT' AND OLD.campaign_id IS NOT NULL THEN
    UPDATE call_campaigns SET
      total_contacts = total_contacts - 1,
      completed_calls = completed_calls - (OLD.status = 'completed')::integer,
      successful_calls = successful_calls - (OLD.status = 'completed' AND OLD.user_data @> '{"success": true}')::integer,
      failed_calls = failed_calls - (OLD.status = 'failed')::integer
    WHERE id = OLD.campaign_id;
  END IF;
  IF TG_OP <> 'DELETE' AND NEW.campaign_id IS NOT NULL THEN
    UPDATE call_campaigns SET
      total_contacts = total_contacts + 1,
      completed_calls = completed_calls + (NEW.status = 'completed')::integer,
      successful_calls = successful_calls + (NEW.status = 'completed' AND NEW.user_data @> '{"success": true}')::integer,
      failed_calls = failed_calls + (NEW.status = 'failed')::integer
    WHERE id = NEW.campaign_id;
  END IF;
  RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER trigger_update_campaign_statistics
  AFTER INSERT OR UPDATE OF status, user_data, campaign_id OR DELETE
  ON call_queue FOR EACH ROW EXECUTE FUNCTION callqueue_count_row();
