-- Back to the two tables alone. Lost: rules beyond the campaign's columns, attempts, success, direct calls' expiry.
DROP TRIGGER callqueue_user_insert;
DROP TRIGGER callqueue_campaign_insert;
DROP TRIGGER callqueue_campaign_replaced;
DROP VIEW callqueue_places;
DROP TRIGGER callqueue_row_insert;
DROP TRIGGER callqueue_row_reopened;
DROP TRIGGER callqueue_row_replaces;
DROP TRIGGER callqueue_row_replaced;
DROP TRIGGER callqueue_row_rescheduled;
DROP TRIGGER callqueue_row_moved;
DROP TRIGGER callqueue_row_ready_insert;
DROP TRIGGER callqueue_row_ready;
DROP TRIGGER callqueue_lane_claimable;
DROP TRIGGER callqueue_user_limit;
DROP TRIGGER callqueue_call_ends;
DROP TRIGGER callqueue_call_goes;
DROP TRIGGER callqueue_user_ceiling;
DROP TRIGGER callqueue_campaign_status;
DROP TRIGGER callqueue_campaign_flipped;
DROP TRIGGER callqueue_campaign_window;
DROP TRIGGER callqueue_rules_window;
DROP TRIGGER callqueue_rules_zone;
DROP TRIGGER callqueue_rules_insert;
DROP TRIGGER callqueue_rules_delete;
DROP TRIGGER callqueue_user_zone;
DROP TRIGGER callqueue_contact_zone;
DROP TRIGGER callqueue_contact_replaced;
DROP TRIGGER callqueue_campaign_completes;
DROP TRIGGER callqueue_campaign_completes_delete;
DROP TRIGGER callqueue_campaign_completes_moved;
DROP VIEW callqueue_left;
DROP TRIGGER callqueue_row_delete;
DROP TRIGGER callqueue_contact_delete;
DROP TRIGGER callqueue_campaign_delete;
DROP TRIGGER callqueue_agent_delete;
DROP TRIGGER callqueue_user_delete;
DROP TRIGGER trigger_update_campaign_statistics_insert;
DROP TRIGGER trigger_update_campaign_statistics_delete;
DROP TRIGGER trigger_update_campaign_statistics;
DROP TRIGGER trigger_update_campaign_statistics_move;

DROP INDEX idx_call_queue_priority_position;
DROP INDEX idx_call_queue_scheduled_for;
DROP INDEX callqueue_rows_lane;
DROP INDEX callqueue_waiting;
DROP INDEX idx_call_queue_round_robin;
DROP INDEX callqueue_open_contact;
DROP INDEX callqueue_expiry;
DROP INDEX callqueue_calls_active;
DROP INDEX callqueue_calls_lease;
DROP INDEX callqueue_calls_queue;
DROP INDEX callqueue_calls_campaign;
DROP INDEX callqueue_calls_contact;
DROP INDEX callqueue_calls_provider;

-- Success goes back to where the older version looked for it; that is no change of the row.
DROP TRIGGER trigger_update_call_queue_updated_at;
UPDATE call_queue SET user_data = json_set(user_data, '$.success', json('true')) WHERE success = 1;
ALTER TABLE call_queue DROP COLUMN not_after;
ALTER TABLE call_queue DROP COLUMN success;
ALTER TABLE call_queue DROP COLUMN attempts;
ALTER TABLE call_queue DROP COLUMN ready;
ALTER TABLE call_queue DROP COLUMN lane_id;

DROP TABLE callqueue_replaced;
DROP TABLE callqueue_turns;
DROP TABLE callqueue_lanes;
DROP TABLE callqueue_import_contacts;
DROP TABLE callqueue_imports;
DROP TABLE callqueue_campaign_rules;
DROP TABLE callqueue_settings;

CREATE INDEX idx_call_queue_priority_position ON call_queue (user_id, priority DESC, position)
  WHERE status = 'queued';
CREATE INDEX idx_call_queue_scheduled_for ON call_queue (scheduled_for) WHERE status = 'queued';
CREATE INDEX idx_call_queue_round_robin ON call_queue (user_id, last_system_allocation_at)
  WHERE status = 'queued';
CREATE TRIGGER trigger_update_campaign_statistics_insert AFTER INSERT ON call_queue WHEN NEW.campaign_id IS NOT NULL
BEGIN
  UPDATE call_campaigns SET
    total_contacts = total_contacts + 1,
    completed_calls = completed_calls + (NEW.status = 'completed'),
    successful_calls = successful_calls + (NEW.status = 'completed' AND json_extract(NEW.user_data, '$.success') IS 1),
    failed_calls = failed_calls + (NEW.status = 'failed')
  WHERE id = NEW.campaign_id;
END;
CREATE TRIGGER trigger_update_campaign_statistics_delete AFTER DELETE ON call_queue WHEN OLD.campaign_id IS NOT NULL
BEGIN
  UPDATE call_campaigns SET
    total_contacts = total_contacts - 1,
    completed_calls = completed_calls - (OLD.status = 'completed'),
    successful_calls = successful_calls - (OLD.status = 'completed' AND json_extract(OLD.user_data, '$.success') IS 1),
    failed_calls = failed_calls - (OLD.status = 'failed')
  WHERE id = OLD.campaign_id;
END;
CREATE TRIGGER trigger_update_campaign_statistics AFTER UPDATE OF status, user_data, campaign_id ON call_queue
BEGIN
  UPDATE call_campaigns SET
    total_contacts = total_contacts - 1,
    completed_calls = completed_calls - (OLD.status = 'completed'),
    successful_calls = successful_calls - (OLD.status = 'completed' AND json_extract(OLD.user_data, '$.success') IS 1),
    failed_calls = failed_calls - (OLD.status = 'failed')
  WHERE id = OLD.campaign_id;
  UPDATE call_campaigns SET
    total_contacts = total_contacts + 1,
    completed_calls = completed_calls + (NEW.status = 'completed'),
    successful_calls = successful_calls + (NEW.status = 'completed' AND json_extract(NEW.user_data, '$.success') IS 1),
    failed_calls = failed_calls + (NEW.status = 'failed')
  WHERE id = NEW.campaign_id;
END;
CREATE TRIGGER trigger_update_call_queue_updated_at
AFTER UPDATE OF status, priority, position, scheduled_for, user_data, contact_name, phone_number ON call_queue
WHEN NEW.updated_at = OLD.updated_at
BEGIN
  UPDATE call_queue SET updated_at = max(OLD.updated_at + 1,
    CAST((julianday('now') - 2440587.5) * 86400000000 AS INTEGER)) WHERE rowid = NEW.rowid;
END;
