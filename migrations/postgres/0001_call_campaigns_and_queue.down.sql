-- Takes the queue back: what this migration made, and nothing of the host's. Tables that were there before stay with
-- their rows, and get back the functions, triggers and indexes that ours stood in for.
SELECT callqueue_take_tables('users', 'agents', 'contacts', 'calls', 'call_campaigns', 'call_queue');
DROP TRIGGER IF EXISTS trigger_update_campaign_statistics ON call_queue;
DROP TRIGGER IF EXISTS trigger_update_call_queue_updated_at ON call_queue;
DROP TRIGGER IF EXISTS trigger_update_call_campaigns_updated_at ON call_campaigns;
DROP FUNCTION IF EXISTS callqueue_count_row();
DROP FUNCTION IF EXISTS callqueue_touch();
DROP FUNCTION IF EXISTS get_next_queued_call(uuid);
DROP FUNCTION IF EXISTS count_system_active_calls();
DROP FUNCTION IF EXISTS count_active_calls(uuid);
DROP FUNCTION callqueue_holds_slot, callqueue_reads_as, callqueue_call_status;
DROP FUNCTION callqueue_define_slots, callqueue_slot_condition, callqueue_active_statuses;
DO $$
DECLARE
  made record;
  host_tables CONSTANT text[] := ARRAY(
    SELECT tab FROM unnest(ARRAY['call_queue', 'call_campaigns', 'calls', 'contacts', 'agents', 'users']) tab
    WHERE NOT EXISTS (SELECT 1 FROM callqueue_made m WHERE m.kind = 'table' AND m.name = tab));
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
    ORDER BY (SELECT c.contype FROM pg_constraint c WHERE c.conrelid = to_regclass(split_part(callqueue_made.name, '.', 1))
              AND c.conname = split_part(callqueue_made.name, '.', 2)) <> 'f'
  LOOP
    EXECUTE format('ALTER TABLE IF EXISTS %I DROP CONSTRAINT IF EXISTS %I', made.tab, made.name);
  END LOOP;
  FOR made IN
    SELECT i.relname AS name, m.was FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid JOIN pg_class c ON c.oid = x.indrelid
      LEFT JOIN callqueue_made m ON m.kind = 'index' AND m.name = i.relname
    WHERE c.relnamespace = quote_ident(current_schema())::regnamespace AND c.relname = ANY (host_tables)
      AND (i.relname LIKE 'callqueue\_%' OR i.relname LIKE 'idx\_call\_campaigns\_%' OR i.relname LIKE 'idx\_call\_queue\_%')
      AND m.was IS DISTINCT FROM pg_get_indexdef(i.oid)
  LOOP
    EXECUTE format('DROP INDEX %I', made.name);
  END LOOP;
  FOR made IN SELECT name, was FROM callqueue_made WHERE kind = 'index' LOOP
    CONTINUE WHEN to_regclass(quote_ident(current_schema()) || '.' || quote_ident(made.name)) IS NOT NULL;
    EXECUTE made.was;
  END LOOP;
  FOR made IN SELECT split_part(name, '.', 1) AS tab, split_part(name, '.', 2) AS name, was FROM callqueue_made
    WHERE kind = 'reference'
  LOOP
    EXECUTE format('ALTER TABLE %I DROP CONSTRAINT call_queue_call_id_fkey, ADD CONSTRAINT %I %s', made.tab, made.name, made.was);
  END LOOP;
  FOR made IN SELECT split_part(name, '.', 1) AS tab, split_part(name, '.', 2) AS name FROM callqueue_made
    WHERE kind = 'column'
  LOOP
    EXECUTE format('ALTER TABLE IF EXISTS %I DROP COLUMN IF EXISTS %I', made.tab, made.name);
  END LOOP;
  FOR made IN SELECT was FROM callqueue_made WHERE kind IN ('function', 'trigger') ORDER BY kind LOOP
    EXECUTE made.was;
  END LOOP;
  FOR made IN SELECT was FROM callqueue_made WHERE kind = 'trait' ORDER BY name LOOP
    BEGIN
      EXECUTE made.was;
    EXCEPTION WHEN undefined_object THEN  -- A role that has gone since.
      RAISE WARNING '%: %', SQLERRM, made.was;
    END;
  END LOOP;
END $$;
DROP FUNCTION callqueue_take_tables;
DROP TABLE callqueue_made;
