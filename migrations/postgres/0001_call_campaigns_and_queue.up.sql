-- The host's tables where they are missing (what existing ones lack is added to them), then the two tables of a call
-- queue: campaigns and queued calls.
--
-- Runs in the schema that the search path names first. Whatever is there already is kept, rows and all; what this
-- migration makes is noted in callqueue_made, so that going down takes nothing of the host's.

CREATE TABLE callqueue_made (
  kind text NOT NULL,   -- table, column, constraint, index, function
  name text NOT NULL,   -- of columns, constraints: table.name
  PRIMARY KEY (kind, name)
);

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

-- What composite keys point at, so that a row can only point at rows of its own user; and the host's uniqueness where
-- the table is ours. A table that has such a key under another name is left as it is.
DO $$
DECLARE
  wanted record;
BEGIN
  FOR wanted IN SELECT * FROM (VALUES
      ('agents', 'agents_id_user_id_unique', ARRAY['id', 'user_id']),
      ('contacts', 'contacts_id_user_id_unique', ARRAY['id', 'user_id']),
      ('contacts', 'contacts_user_id_phone_number_unique', ARRAY['user_id', 'phone_number']),
      ('calls', 'calls_id_user_id_unique', ARRAY['id', 'user_id'])) w (tab, name, columns)
  LOOP
    CONTINUE WHEN EXISTS (
      SELECT 1 FROM pg_constraint c
      WHERE c.conrelid = to_regclass(wanted.tab) AND c.contype IN ('u', 'p')
        AND (SELECT array_agg(a.attname::text ORDER BY a.attname) FROM pg_attribute a
             WHERE a.attrelid = c.conrelid AND a.attnum = ANY (c.conkey))
          = (SELECT array_agg(name ORDER BY name) FROM unnest(wanted.columns) name));
    EXECUTE format('ALTER TABLE %I ADD CONSTRAINT %I UNIQUE (%s)', wanted.tab, wanted.name,
                   array_to_string(wanted.columns, ', '));
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
  WHERE c.user_id = $1 AND c.status IN ('initiated', 'ringing', 'in_progress');
$$;
CREATE OR REPLACE FUNCTION count_system_active_calls() RETURNS integer
LANGUAGE sql STABLE SET search_path FROM CURRENT AS $$
  SELECT count(*)::integer FROM calls c WHERE c.status IN ('initiated', 'ringing', 'in_progress');
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
