-- Takes the queue back: what this migration made, and nothing of the host's. Tables that were there before stay with
-- their rows.
DROP TRIGGER IF EXISTS trigger_update_campaign_statistics ON call_queue;
DROP TRIGGER IF EXISTS trigger_update_call_queue_updated_at ON call_queue;
DROP TRIGGER IF EXISTS trigger_update_call_campaigns_updated_at ON call_campaigns;
DROP FUNCTION IF EXISTS callqueue_count_row();
DROP FUNCTION IF EXISTS callqueue_touch();
DROP FUNCTION IF EXISTS get_next_queued_call(uuid);
DROP FUNCTION IF EXISTS count_system_active_calls();
DROP FUNCTION IF EXISTS count_active_calls(uuid);
DO $$
DECLARE
  made record;
BEGIN
  -- Whatever points at a table goes first.
  FOR made IN
    SELECT name FROM callqueue_made WHERE kind = 'table'
    ORDER BY array_position(ARRAY['call_queue', 'call_campaigns', 'calls', 'contacts', 'agents', 'users'], name)
  LOOP
    EXECUTE format('DROP TABLE %I', made.name);
  END LOOP;
  FOR made IN SELECT split_part(name, '.', 1) AS tab, split_part(name, '.', 2) AS name FROM callqueue_made
    WHERE kind = 'constraint'
  LOOP
    EXECUTE format('ALTER TABLE IF EXISTS %I DROP CONSTRAINT IF EXISTS %I', made.tab, made.name);
  END LOOP;
  FOR made IN SELECT split_part(name, '.', 1) AS tab, split_part(name, '.', 2) AS name FROM callqueue_made
    WHERE kind = 'column'
  LOOP
    EXECUTE format('ALTER TABLE IF EXISTS %I DROP COLUMN IF EXISTS %I', made.tab, made.name);
  END LOOP;
END $$;
DROP TABLE callqueue_made;
