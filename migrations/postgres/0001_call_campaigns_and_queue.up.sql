-- The host's tables where they are missing (what existing ones lack is added to them), then the two tables of a call
-- queue: campaigns and queued calls.
--
-- Runs in the schema that the search path names first. Whatever is there already is kept, rows and all; what this
-- migration makes is noted in callqueue_made, so that going down takes nothing of the host's.

CREATE TABLE callqueue_made (
  kind text NOT NULL,   -- table, column, constraint; index, function, trigger, trait: only what stood there before
  name text NOT NULL,   -- of columns, constraints, triggers: table.name
  was text,             -- what stood there before: the statement that puts it back
  PRIMARY KEY (kind, name)
);

-- Locks these tables, those that are there, until the transaction ends. It never waits for long, for whoever comes after it
-- would wait behind it: it lets go of all of them and tries again.
CREATE FUNCTION callqueue_take_tables(VARIADIC tables text[]) RETURNS void
LANGUAGE plpgsql VOLATILE SET search_path FROM CURRENT SET lock_timeout = '400ms' AS $$
DECLARE
  most_tries CONSTANT integer := 40;
  there text;
BEGIN
  SELECT string_agg(quote_ident(tab), ', ' ORDER BY place) INTO there FROM unnest(tables) WITH ORDINALITY t (tab, place)
  WHERE to_regclass(quote_ident(current_schema()) || '.' || quote_ident(tab)) IS NOT NULL;
  IF there IS NULL THEN RETURN; END IF;
  FOR try IN 1 .. most_tries LOOP
    BEGIN
      EXECUTE 'LOCK TABLE ' || there || ' IN ACCESS EXCLUSIVE MODE';
      RETURN;
    EXCEPTION WHEN lock_not_available OR deadlock_detected THEN
      IF try = most_tries THEN RAISE; END IF;
      PERFORM pg_sleep(0.2);
    END;
  END LOOP;
END $$;
SELECT callqueue_take_tables('users', 'agents', 'contacts', 'calls', 'call_campaigns', 'call_queue');

-- Notes each of these tables and columns that is not there yet.
INSERT INTO callqueue_made (kind, name)
  SELECT 'table', wanted FROM unnest(ARRAY['users', 'agents', 'contacts', 'calls', 'call_campaigns', 'call_queue']) wanted
  WHERE to_regclass(quote_ident(current_schema()) || '.' || wanted) IS NULL;
INSERT INTO callqueue_made (kind, name)
  SELECT 'column', wanted FROM unnest(ARRAY[
    'users.name', 'users.email', 'users.timezone', 'users.concurrent_calls_limit', 'users.system_concurrent_calls_limit',
    'agents.name',
    'contacts.name', 'contacts.email', 'contacts.company', 'contacts.notes', 'contacts.timezone',
    'calls.agent_id', 'calls.contact_id', 'calls.campaign_id', 'calls.queue_id', 'calls.phone_number', 'calls.call_type',
    'calls.attempt', 'calls.status', 'calls.outcome', 'calls.success', 'calls.provider_call_id', 'calls.leased_by',
    'calls.lease_expires_at', 'calls.submitted_at', 'calls.created_at', 'calls.started_at', 'calls.answered_at',
    'calls.ended_at', 'calls.duration_seconds', 'calls.failure_reason']) wanted
  WHERE to_regclass(quote_ident(current_schema()) || '.' || split_part(wanted, '.', 1)) IS NOT NULL
    AND NOT EXISTS (SELECT 1 FROM information_schema.columns c
                    WHERE c.table_schema = current_schema() AND c.table_name = split_part(wanted, '.', 1)
                      AND c.column_name = split_part(wanted, '.', 2));

-- A host that has a call queue already has functions, triggers and indexes of these names as well: they go back to it.
INSERT INTO callqueue_made (kind, name, was)
  SELECT 'function', p.oid::regprocedure::text, pg_get_functiondef(p.oid)
  FROM pg_proc p
  WHERE p.pronamespace = quote_ident(current_schema())::regnamespace AND p.prokind = 'f'
    AND (p.proname, p.proargtypes::text) IN (('count_active_calls', 'uuid'::regtype::oid::text),
      ('count_system_active_calls', ''), ('get_next_queued_call', 'uuid'::regtype::oid::text));
INSERT INTO callqueue_made (kind, name, was)
  SELECT 'trigger', c.relname || '.' || g.tgname, pg_get_triggerdef(g.oid)
  FROM pg_trigger g JOIN pg_class c ON c.oid = g.tgrelid
  WHERE c.relnamespace = quote_ident(current_schema())::regnamespace AND NOT g.tgisinternal
    AND (c.relname, g.tgname) IN (('call_campaigns', 'trigger_update_call_campaigns_updated_at'),
      ('call_queue', 'trigger_update_call_queue_updated_at'), ('call_queue', 'trigger_update_campaign_statistics'));
-- What their definitions do not say: owner, grants and comment; of a trigger whether it is switched off.
INSERT INTO callqueue_made (kind, name, was)
  WITH functions AS (
    SELECT m.name, p.oid, p.proowner, coalesce(p.proacl, acldefault('f', p.proowner)) AS rights
    FROM callqueue_made m JOIN pg_proc p ON p.oid = to_regprocedure(m.name) WHERE m.kind = 'function'),
  triggers AS (
    SELECT m.name, g.oid, g.tgname, g.tgenabled, c.relname
    FROM callqueue_made m JOIN pg_class c ON c.oid = to_regclass(split_part(m.name, '.', 1))
      JOIN pg_trigger g ON g.tgrelid = c.oid AND g.tgname = split_part(m.name, '.', 2) WHERE m.kind = 'trigger'),
  statements (object, place, statement) AS (
    SELECT name, 1, format('ALTER FUNCTION %s OWNER TO %I', name, pg_get_userbyid(proowner)) FROM functions
    UNION ALL
    SELECT name, 2, format('REVOKE ALL ON FUNCTION %s FROM PUBLIC, %I', name, pg_get_userbyid(proowner)) FROM functions
    UNION ALL
    SELECT name, 3, format('GRANT EXECUTE ON FUNCTION %s TO %s%s', name,
      CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(a.grantee)) END,
      CASE WHEN a.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END)
    FROM functions CROSS JOIN LATERAL aclexplode(rights) a
    UNION ALL
    SELECT name, 4, format('COMMENT ON FUNCTION %s IS %L', name, obj_description(oid, 'pg_proc')) FROM functions
    WHERE obj_description(oid, 'pg_proc') IS NOT NULL
    UNION ALL
    SELECT name, 1, format('ALTER TABLE %I %s TRIGGER %I', relname,
      CASE tgenabled WHEN 'D' THEN 'DISABLE' WHEN 'R' THEN 'ENABLE REPLICA' ELSE 'ENABLE ALWAYS' END, tgname)
    FROM triggers WHERE tgenabled <> 'O'
    UNION ALL
    SELECT name, 2, format('COMMENT ON TRIGGER %I ON %I IS %L', tgname, relname, obj_description(oid, 'pg_trigger')) FROM triggers
    WHERE obj_description(oid, 'pg_trigger') IS NOT NULL)
  SELECT 'trait', object || ' ' || to_char(row_number() OVER (PARTITION BY object ORDER BY place, statement), 'FM0000'), statement
  FROM statements;
INSERT INTO callqueue_made (kind, name, was)
  SELECT 'index', i.relname, pg_get_indexdef(i.oid)
  FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid JOIN pg_class c ON c.oid = x.indrelid
  WHERE c.relnamespace = quote_ident(current_schema())::regnamespace
    AND (c.relname = 'call_campaigns' AND i.relname LIKE 'idx\_call\_campaigns\_%'
      OR c.relname = 'call_queue' AND i.relname LIKE 'idx\_call\_queue\_%');
DO $$
DECLARE
  noted record;
BEGIN
  -- Their arguments may be called otherwise, which CREATE OR REPLACE does not put up with.
  FOR noted IN SELECT kind, name FROM callqueue_made WHERE kind = 'function' LOOP
    EXECUTE format('DROP FUNCTION %s', noted.name);
  END LOOP;
  FOR noted IN SELECT name FROM callqueue_made WHERE kind = 'trigger' LOOP
    EXECUTE format('DROP TRIGGER %I ON %I', split_part(noted.name, '.', 2), split_part(noted.name, '.', 1));
  END LOOP;
  FOR noted IN SELECT kind, name FROM callqueue_made WHERE kind = 'index' AND name LIKE 'idx\_call\_campaigns\_%' LOOP
    EXECUTE format('DROP INDEX %I', noted.name);
  END LOOP;
END $$;

CREATE TABLE IF NOT EXISTS users (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  name text NOT NULL DEFAULT '',
  email text,
  timezone text
);
ALTER TABLE users ADD COLUMN IF NOT EXISTS name text NOT NULL DEFAULT '';
ALTER TABLE users ADD COLUMN IF NOT EXISTS email text;
ALTER TABLE users ADD COLUMN IF NOT EXISTS timezone text;
ALTER TABLE users ADD COLUMN IF NOT EXISTS concurrent_calls_limit integer NOT NULL DEFAULT 2
  CONSTRAINT users_concurrent_calls_limit_check CHECK (concurrent_calls_limit >= 0);
ALTER TABLE users ADD COLUMN IF NOT EXISTS system_concurrent_calls_limit integer NOT NULL DEFAULT 10
  CONSTRAINT users_system_concurrent_calls_limit_check CHECK (system_concurrent_calls_limit >= 0);

CREATE TABLE IF NOT EXISTS agents (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  name text NOT NULL DEFAULT ''
);
ALTER TABLE agents ADD COLUMN IF NOT EXISTS name text NOT NULL DEFAULT '';

CREATE TABLE IF NOT EXISTS contacts (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  name text,
  phone_number varchar(50) NOT NULL,
  email text,
  company text,
  notes text,
  timezone text
);
ALTER TABLE contacts ADD COLUMN IF NOT EXISTS name text;
ALTER TABLE contacts ADD COLUMN IF NOT EXISTS email text;
ALTER TABLE contacts ADD COLUMN IF NOT EXISTS company text;
ALTER TABLE contacts ADD COLUMN IF NOT EXISTS notes text;
ALTER TABLE contacts ADD COLUMN IF NOT EXISTS timezone text;

CREATE TABLE IF NOT EXISTS calls (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  status varchar(20) NOT NULL DEFAULT 'initiated' CONSTRAINT calls_status_check CHECK (status IN ('initiated', 'ringing',
    'in_progress', 'completed', 'busy', 'no_answer', 'failed', 'cancelled', 'unknown'))
);
ALTER TABLE calls ADD COLUMN IF NOT EXISTS agent_id uuid;
ALTER TABLE calls ADD COLUMN IF NOT EXISTS contact_id uuid;
ALTER TABLE calls ADD COLUMN IF NOT EXISTS campaign_id uuid;
ALTER TABLE calls ADD COLUMN IF NOT EXISTS queue_id uuid;
ALTER TABLE calls ADD COLUMN IF NOT EXISTS phone_number varchar(50) NOT NULL DEFAULT '';
ALTER TABLE calls ADD COLUMN IF NOT EXISTS call_type varchar(20) NOT NULL DEFAULT 'direct';
ALTER TABLE calls ADD COLUMN IF NOT EXISTS attempt integer NOT NULL DEFAULT 1;
-- Calls that were there before hold no slot.
ALTER TABLE calls ADD COLUMN IF NOT EXISTS status varchar(20) NOT NULL DEFAULT 'completed';
ALTER TABLE calls ADD COLUMN IF NOT EXISTS outcome varchar(20);
ALTER TABLE calls ADD COLUMN IF NOT EXISTS success boolean;
ALTER TABLE calls ADD COLUMN IF NOT EXISTS provider_call_id text;
ALTER TABLE calls ADD COLUMN IF NOT EXISTS leased_by text;
ALTER TABLE calls ADD COLUMN IF NOT EXISTS lease_expires_at timestamptz;
ALTER TABLE calls ADD COLUMN IF NOT EXISTS submitted_at timestamptz;
ALTER TABLE calls ADD COLUMN IF NOT EXISTS created_at timestamptz NOT NULL DEFAULT now();
ALTER TABLE calls ADD COLUMN IF NOT EXISTS started_at timestamptz;
ALTER TABLE calls ADD COLUMN IF NOT EXISTS answered_at timestamptz;
ALTER TABLE calls ADD COLUMN IF NOT EXISTS ended_at timestamptz;
ALTER TABLE calls ADD COLUMN IF NOT EXISTS duration_seconds integer;
ALTER TABLE calls ADD COLUMN IF NOT EXISTS failure_reason text;

-- --- What holds a slot -----------------------------------------------------------------------------------------------------

-- The spellings beyond ours that hold a slot, as they were declared.
CREATE FUNCTION callqueue_active_statuses() RETURNS text[] LANGUAGE sql STABLE SET search_path FROM CURRENT AS $$
  SELECT coalesce(array_agg(name ORDER BY name), '{}') FROM callqueue_made WHERE kind = 'active_status';
$$;
-- What is true of a status that holds a slot, as a condition: the functions' and the indexes' alike, so that a query by
-- the function finds the indexes. They hold the list itself: when it is declared anew an index never lies, it only is not used.
CREATE FUNCTION callqueue_slot_condition(declared text[]) RETURNS text LANGUAGE sql STABLE SET search_path FROM CURRENT AS $$
  SELECT format('status%s IN (%s)', CASE WHEN t.typtype = 'e' THEN '' ELSE '::text' END,
    (SELECT string_agg(quote_literal(s), ', ') FROM unnest(ARRAY['initiated', 'ringing', 'in_progress'] || declared) s))
  FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid
  WHERE a.attrelid = 'calls'::regclass AND a.attname = 'status';
$$;
-- Makes, for the type that calls.status has here,
--   callqueue_holds_slot(status): whether a call of this status holds a slot;
--   callqueue_reads_as(status): the status of ours that it amounts to;
--   callqueue_call_status(text): one of ours, as the column takes it.
-- Without a search path of their own, so that the planner puts their text in the place of the call.
CREATE FUNCTION callqueue_define_slots(declared text[]) RETURNS void
LANGUAGE plpgsql VOLATILE SET search_path FROM CURRENT AS $$
DECLARE
  status_type text;
BEGIN
  SELECT CASE WHEN t.typtype = 'e' THEN format('%I.%I', n.nspname, t.typname) ELSE 'text' END INTO status_type
  FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid JOIN pg_namespace n ON n.oid = t.typnamespace
  WHERE a.attrelid = 'calls'::regclass AND a.attname = 'status';
  EXECUTE format('CREATE OR REPLACE FUNCTION callqueue_holds_slot(status %s) RETURNS boolean LANGUAGE sql IMMUTABLE AS %L',
    status_type, 'SELECT ' || callqueue_slot_condition(declared));
  EXECUTE format('CREATE OR REPLACE FUNCTION callqueue_reads_as(status %s) RETURNS text LANGUAGE sql STABLE AS %L', status_type,
    'SELECT CASE WHEN status::text IN (''initiated'', ''ringing'', ''in_progress'', ''completed'', ''busy'', ''no_answer'', ''failed'', '
    || $q$'cancelled', 'unknown') THEN status::text WHEN $q$ || callqueue_slot_condition(declared)
    || ' THEN ''in_progress'' ELSE ''unknown'' END');
  EXECUTE format('CREATE OR REPLACE FUNCTION callqueue_call_status(status text) RETURNS %s LANGUAGE sql STABLE AS %L',
    status_type, 'SELECT status::' || status_type);
  DELETE FROM callqueue_made WHERE kind = 'active_status';
  INSERT INTO callqueue_made (kind, name) SELECT DISTINCT 'active_status', s FROM unnest(declared) s;
END $$;
SELECT callqueue_define_slots(coalesce(string_to_array(nullif(current_setting('callqueue.active_statuses', true), ''), ','), '{}'));

-- --- Keys ------------------------------------------------------------------------------------------------------------------

-- What composite keys point at, so that a row can only point at rows of its own user; and no number twice. A table that
-- has such a key under another name is left as it is; one that was built beforehand becomes the constraint.
DO $$
DECLARE
  wanted record;
  built text;
BEGIN
  FOR wanted IN SELECT * FROM (VALUES
      ('agents', 'agents_id_user_id_unique', ARRAY['id', 'user_id']),
      ('contacts', 'contacts_id_user_id_unique', ARRAY['id', 'user_id']),
      ('contacts', 'contacts_user_id_phone_number_unique', ARRAY['user_id', 'phone_number']),
      ('calls', 'calls_id_user_id_unique', ARRAY['id', 'user_id']),
      ('call_campaigns', 'call_campaigns_id_user_id_unique', ARRAY['id', 'user_id'])) w (tab, name, columns)
  LOOP
    CONTINUE WHEN to_regclass(quote_ident(current_schema()) || '.' || quote_ident(wanted.tab)) IS NULL;  -- The migration makes it, below.
    built := 'callqueue_key_' || wanted.tab || '_' || array_to_string(wanted.columns, '_');
    IF to_regclass(quote_ident(current_schema()) || '.' || quote_ident(built)) IS NOT NULL THEN
      EXECUTE format('ALTER TABLE %I ADD CONSTRAINT %I UNIQUE USING INDEX %I', wanted.tab, wanted.name, built);
    ELSE
      CONTINUE WHEN EXISTS (
        SELECT 1 FROM pg_index x
        WHERE x.indrelid = to_regclass(wanted.tab) AND x.indisunique AND x.indimmediate AND x.indisvalid
          AND x.indpred IS NULL AND x.indexprs IS NULL
          AND (SELECT array_agg(a.attname::text ORDER BY a.attname) FROM pg_attribute a
               WHERE a.attrelid = x.indrelid AND a.attnum = ANY (x.indkey[0 : x.indnkeyatts - 1]))
            = (SELECT array_agg(name ORDER BY name) FROM unnest(wanted.columns) name));
      EXECUTE format('ALTER TABLE %I ADD CONSTRAINT %I UNIQUE (%s)', wanted.tab, wanted.name,
                     array_to_string(wanted.columns, ', '));
    END IF;
    INSERT INTO callqueue_made (kind, name) VALUES ('constraint', wanted.tab || '.' || wanted.name);
  END LOOP;
  IF EXISTS (SELECT 1 FROM callqueue_made WHERE kind = 'table' AND name = 'users') THEN
    CREATE UNIQUE INDEX users_email_unique ON users (email) WHERE email <> '';
  END IF;
END $$;

CREATE TABLE IF NOT EXISTS call_campaigns (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  name varchar(255) NOT NULL,
  description text,
  agent_id uuid NOT NULL,
  next_action text,
  first_call_time time NOT NULL DEFAULT '09:00',
  last_call_time time NOT NULL DEFAULT '18:00',
  status varchar(20) NOT NULL DEFAULT 'draft'
    CHECK (status IN ('draft', 'scheduled', 'active', 'paused', 'completed', 'cancelled')),
  total_contacts integer NOT NULL DEFAULT 0,
  completed_calls integer NOT NULL DEFAULT 0,
  successful_calls integer NOT NULL DEFAULT 0,
  failed_calls integer NOT NULL DEFAULT 0,
  start_date date NOT NULL,
  end_date date,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  started_at timestamptz,
  completed_at timestamptz,
  CONSTRAINT call_campaigns_id_user_id_unique UNIQUE (id, user_id),
  CONSTRAINT call_campaigns_agent_id_fkey FOREIGN KEY (agent_id, user_id) REFERENCES agents (id, user_id),
  CONSTRAINT call_campaigns_window_check CHECK (first_call_time <> last_call_time),
  CONSTRAINT call_campaigns_dates_check CHECK (end_date IS NULL OR end_date >= start_date)
);
CREATE TABLE IF NOT EXISTS call_queue (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  campaign_id uuid,
  agent_id uuid NOT NULL,
  contact_id uuid NOT NULL,
  phone_number varchar(50) NOT NULL,
  contact_name varchar(255),
  user_data jsonb NOT NULL DEFAULT '{}',
  status varchar(20) NOT NULL DEFAULT 'queued'
    CHECK (status IN ('queued', 'processing', 'completed', 'failed', 'cancelled', 'skipped')),
  priority integer NOT NULL DEFAULT 0,
  position integer NOT NULL DEFAULT 0,
  scheduled_for timestamptz NOT NULL DEFAULT now(),
  started_at timestamptz,
  completed_at timestamptz,
  call_id uuid,
  failure_reason text,
  last_system_allocation_at timestamptz,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT call_queue_campaign_id_fkey FOREIGN KEY (campaign_id, user_id)
    REFERENCES call_campaigns (id, user_id) ON DELETE CASCADE,
  CONSTRAINT call_queue_agent_id_fkey FOREIGN KEY (agent_id, user_id) REFERENCES agents (id, user_id),
  CONSTRAINT call_queue_contact_id_fkey FOREIGN KEY (contact_id, user_id)
    REFERENCES contacts (id, user_id) ON DELETE CASCADE,
  CONSTRAINT call_queue_call_id_fkey FOREIGN KEY (call_id) REFERENCES calls (id) ON DELETE SET NULL
);
-- References that a call queue of the host lacks. Rows are looked at afterwards, while others work.
DO $$
DECLARE
  wanted record;
  found_name text;
  key_name text;
BEGIN
  FOR wanted IN SELECT * FROM (VALUES
      ('call_campaigns', 'agent_id', ARRAY['agent_id', 'user_id'], 'agents', 'agents (id, user_id)'),
      ('call_queue', 'campaign_id', ARRAY['campaign_id', 'user_id'], 'call_campaigns',
       'call_campaigns (id, user_id) ON DELETE CASCADE'),
      ('call_queue', 'agent_id', ARRAY['agent_id', 'user_id'], 'agents', 'agents (id, user_id)'),
      ('call_queue', 'contact_id', ARRAY['contact_id', 'user_id'], 'contacts', 'contacts (id, user_id) ON DELETE CASCADE'),
      ('call_queue', 'call_id', ARRAY['call_id'], 'calls', 'calls (id) ON DELETE SET NULL')) w (tab, own, columns, target, key)
  LOOP
    SELECT c.conname INTO found_name FROM pg_constraint c
    WHERE c.conrelid = wanted.tab::regclass AND c.contype = 'f' AND c.confrelid = wanted.target::regclass
      AND (SELECT array_agg(a.attname::text ORDER BY a.attname) FROM pg_attribute a
           WHERE a.attrelid = c.conrelid AND a.attnum = ANY (c.conkey)) = wanted.columns
    ORDER BY c.conname <> wanted.tab || '_' || wanted.own || '_fkey' LIMIT 1;
    IF found_name IS NULL THEN
      -- A key of the host's over the one column has this name, unless it was given another: it stays.
      key_name := wanted.tab || '_' || wanted.own || '_fkey';
      IF EXISTS (SELECT 1 FROM pg_constraint c WHERE c.conrelid = wanted.tab::regclass AND c.conname = key_name) THEN
        key_name := 'callqueue_' || key_name;
      END IF;
      EXECUTE format('ALTER TABLE %I ADD CONSTRAINT %I FOREIGN KEY (%s) REFERENCES %s NOT VALID', wanted.tab, key_name,
                     array_to_string(wanted.columns, ', '), wanted.key);
      INSERT INTO callqueue_made (kind, name) VALUES ('constraint', wanted.tab || '.' || key_name);
    ELSIF wanted.own = 'call_id' AND EXISTS (SELECT 1 FROM callqueue_made WHERE kind = 'table' AND name = 'call_queue') IS FALSE THEN
      -- A later migration puts a composite one in its place.
      INSERT INTO callqueue_made (kind, name, was) SELECT 'reference', 'call_queue.' || found_name, pg_get_constraintdef(oid)
        FROM pg_constraint WHERE conrelid = 'call_queue'::regclass AND conname = found_name;
      IF found_name <> 'call_queue_call_id_fkey' THEN
        EXECUTE format('ALTER TABLE call_queue RENAME CONSTRAINT %I TO call_queue_call_id_fkey', found_name);
      END IF;
    END IF;
  END LOOP;
END $$;
CREATE INDEX IF NOT EXISTS idx_call_campaigns_user_id ON call_campaigns (user_id);
CREATE INDEX IF NOT EXISTS idx_call_campaigns_agent_id ON call_campaigns (agent_id);
CREATE INDEX IF NOT EXISTS idx_call_campaigns_status ON call_campaigns (status);
CREATE INDEX IF NOT EXISTS idx_call_campaigns_start_date ON call_campaigns (start_date);
CREATE INDEX IF NOT EXISTS idx_call_queue_user_status ON call_queue (user_id, status);
CREATE INDEX IF NOT EXISTS idx_call_queue_campaign_status ON call_queue (campaign_id, status);
CREATE INDEX IF NOT EXISTS idx_call_queue_priority_position ON call_queue (user_id, priority DESC, position)
  WHERE status = 'queued';
CREATE INDEX IF NOT EXISTS idx_call_queue_scheduled_for ON call_queue (scheduled_for) WHERE status = 'queued';
CREATE INDEX IF NOT EXISTS idx_call_queue_round_robin ON call_queue (user_id, last_system_allocation_at)
  WHERE status = 'queued';

CREATE OR REPLACE FUNCTION count_active_calls(user_id uuid) RETURNS integer
LANGUAGE sql STABLE SET search_path FROM CURRENT AS $$
  SELECT count(*)::integer FROM calls c
  WHERE c.user_id = $1 AND callqueue_holds_slot(c.status);
$$;
CREATE OR REPLACE FUNCTION count_system_active_calls() RETURNS integer
LANGUAGE sql STABLE SET search_path FROM CURRENT AS $$
  SELECT count(*)::integer FROM calls c WHERE callqueue_holds_slot(c.status);
$$;
-- Times of day are UTC here: zones come with a later version.
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

-- Rows written by anybody's SQL carry when they changed; writers that set it themselves are left alone.
CREATE OR REPLACE FUNCTION callqueue_touch() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.updated_at := greatest(OLD.updated_at + interval '1 microsecond', clock_timestamp());
  RETURN NEW;
END $$;
CREATE OR REPLACE TRIGGER trigger_update_call_campaigns_updated_at
  BEFORE UPDATE OF name, description, agent_id, next_action, first_call_time, last_call_time, status, start_date, end_date
  ON call_campaigns FOR EACH ROW WHEN (NEW.updated_at = OLD.updated_at) EXECUTE FUNCTION callqueue_touch();
CREATE OR REPLACE TRIGGER trigger_update_call_queue_updated_at
  BEFORE UPDATE OF status, priority, position, scheduled_for, user_data, contact_name, phone_number
  ON call_queue FOR EACH ROW WHEN (NEW.updated_at = OLD.updated_at) EXECUTE FUNCTION callqueue_touch();

-- Statistics of campaigns, on insert, status change and delete of queue rows.
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
