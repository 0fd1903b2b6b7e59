-- The host's tables where they are missing (what existing ones lack has been added to them), then the two tables of a call queue: campaigns and queued calls.
--
-- Identifiers are UUIDs as lower-case text. Instants are integers: microseconds since 1970, UTC
-- (`datetime(x / 1000000, 'unixepoch')` shows them). Dates and times of day are local text.
-- A CHECK spells alternatives with OR: for an IN list SQLite builds a table each time a row is written.
-- Every key that points at another row contains user_id: a row can only point at rows of its own user.

CREATE TABLE IF NOT EXISTS users (
  id TEXT NOT NULL PRIMARY KEY,
  name TEXT NOT NULL DEFAULT '',
  email TEXT,
  timezone TEXT,
  concurrent_calls_limit INTEGER NOT NULL DEFAULT 2 CHECK (concurrent_calls_limit >= 0),
  system_concurrent_calls_limit INTEGER NOT NULL DEFAULT 10 CHECK (system_concurrent_calls_limit >= 0)
);
CREATE UNIQUE INDEX IF NOT EXISTS users_email_unique ON users (email) WHERE email <> '';

CREATE TABLE IF NOT EXISTS agents (
  id TEXT NOT NULL,
  user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  name TEXT NOT NULL DEFAULT ''
);
CREATE UNIQUE INDEX IF NOT EXISTS agents_id_user_id_unique ON agents (user_id, id);

CREATE TABLE IF NOT EXISTS contacts (
  id TEXT NOT NULL,
  user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  name TEXT,
  phone_number TEXT NOT NULL,
  email TEXT,
  company TEXT,
  notes TEXT,
  timezone TEXT
);
CREATE UNIQUE INDEX IF NOT EXISTS contacts_id_user_id_unique ON contacts (user_id, id);
CREATE UNIQUE INDEX IF NOT EXISTS contacts_user_id_phone_number_unique ON contacts (user_id, phone_number);

CREATE TABLE call_campaigns (
  id TEXT NOT NULL PRIMARY KEY,
  user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  name TEXT NOT NULL,
  description TEXT,
  agent_id TEXT NOT NULL,
  next_action TEXT,
  first_call_time TEXT NOT NULL DEFAULT '09:00',
  last_call_time TEXT NOT NULL DEFAULT '18:00',
  status TEXT NOT NULL DEFAULT 'draft'
    CHECK (status = 'draft' OR status = 'scheduled' OR status = 'active' OR status = 'paused' OR status = 'completed'
      OR status = 'cancelled'),
  total_contacts INTEGER NOT NULL DEFAULT 0,
  completed_calls INTEGER NOT NULL DEFAULT 0,
  successful_calls INTEGER NOT NULL DEFAULT 0,
  failed_calls INTEGER NOT NULL DEFAULT 0,
  start_date TEXT NOT NULL,
  end_date TEXT,
  created_at INTEGER NOT NULL DEFAULT (CAST((julianday('now') - 2440587.5) * 86400000000 AS INTEGER)),
  updated_at INTEGER NOT NULL DEFAULT (CAST((julianday('now') - 2440587.5) * 86400000000 AS INTEGER)),
  started_at INTEGER,
  completed_at INTEGER,
  CHECK (first_call_time <> last_call_time),
  CHECK (end_date IS NULL OR end_date >= start_date),
  UNIQUE (user_id, id),
  FOREIGN KEY (agent_id, user_id) REFERENCES agents (id, user_id)
);
CREATE INDEX idx_call_campaigns_user_id ON call_campaigns (user_id, created_at, id);
CREATE INDEX idx_call_campaigns_agent_id ON call_campaigns (agent_id);
CREATE INDEX idx_call_campaigns_status ON call_campaigns (status);
CREATE INDEX idx_call_campaigns_start_date ON call_campaigns (start_date);

CREATE TABLE IF NOT EXISTS calls (
  id TEXT NOT NULL,
  user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  agent_id TEXT,
  contact_id TEXT,
  campaign_id TEXT,
  queue_id TEXT,
  phone_number TEXT NOT NULL,
  call_type TEXT NOT NULL DEFAULT 'direct' CHECK (call_type IN ('direct', 'campaign')),
  attempt INTEGER NOT NULL DEFAULT 1,
  status TEXT NOT NULL DEFAULT 'initiated'
    CHECK (status = 'initiated' OR status = 'ringing' OR status = 'in_progress' OR status = 'completed' OR status = 'busy'
      OR status = 'no_answer' OR status = 'failed' OR status = 'cancelled' OR status = 'unknown'),
  outcome TEXT
    CHECK (outcome = 'answered' OR outcome = 'voicemail' OR outcome = 'busy' OR outcome = 'no_answer' OR outcome = 'failed'
      OR outcome = 'rejected' OR outcome = 'cancelled' OR outcome = 'unknown'),
  success INTEGER CHECK (success IN (0, 1)),
  provider_call_id TEXT,
  leased_by TEXT,
  lease_expires_at INTEGER,
  submitted_at INTEGER,
  created_at INTEGER NOT NULL DEFAULT (CAST((julianday('now') - 2440587.5) * 86400000000 AS INTEGER)),
  started_at INTEGER,
  answered_at INTEGER,
  ended_at INTEGER,
  duration_seconds INTEGER,
  failure_reason TEXT,
  -- No action on delete: triggers empty the reference, so that history and held slots survive.
  FOREIGN KEY (agent_id, user_id) REFERENCES agents (id, user_id),
  FOREIGN KEY (contact_id, user_id) REFERENCES contacts (id, user_id),
  FOREIGN KEY (campaign_id, user_id) REFERENCES call_campaigns (id, user_id),
  FOREIGN KEY (queue_id, user_id) REFERENCES call_queue (id, user_id)
);
CREATE UNIQUE INDEX IF NOT EXISTS calls_id_user_id_unique ON calls (user_id, id);

CREATE TABLE call_queue (
  id TEXT NOT NULL,
  user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  campaign_id TEXT,
  agent_id TEXT NOT NULL,
  contact_id TEXT NOT NULL,
  phone_number TEXT NOT NULL,
  contact_name TEXT,
  user_data TEXT NOT NULL DEFAULT '{}',
  status TEXT NOT NULL DEFAULT 'queued'
    CHECK (status = 'queued' OR status = 'processing' OR status = 'completed' OR status = 'failed' OR status = 'cancelled'
      OR status = 'skipped'),
  priority INTEGER NOT NULL DEFAULT 0,
  position INTEGER NOT NULL DEFAULT 0,
  scheduled_for INTEGER NOT NULL DEFAULT (CAST((julianday('now') - 2440587.5) * 86400000000 AS INTEGER)),
  started_at INTEGER,
  completed_at INTEGER,
  call_id TEXT,
  failure_reason TEXT,
  last_system_allocation_at INTEGER,
  created_at INTEGER NOT NULL DEFAULT (CAST((julianday('now') - 2440587.5) * 86400000000 AS INTEGER)),
  updated_at INTEGER NOT NULL DEFAULT (CAST((julianday('now') - 2440587.5) * 86400000000 AS INTEGER)),
  -- Text would sort after every number: the row would wait for ever.
  CHECK (typeof(scheduled_for) = 'integer'),
  FOREIGN KEY (campaign_id, user_id) REFERENCES call_campaigns (id, user_id) ON DELETE CASCADE,
  FOREIGN KEY (agent_id, user_id) REFERENCES agents (id, user_id),
  FOREIGN KEY (contact_id, user_id) REFERENCES contacts (id, user_id) ON DELETE CASCADE,
  FOREIGN KEY (call_id, user_id) REFERENCES calls (id, user_id)
);
CREATE UNIQUE INDEX call_queue_id_user_id_unique ON call_queue (user_id, id);
CREATE INDEX idx_call_queue_user_status ON call_queue (user_id, status);
CREATE INDEX idx_call_queue_campaign_status ON call_queue (campaign_id, status);
CREATE INDEX idx_call_queue_priority_position ON call_queue (user_id, priority DESC, position)
  WHERE status = 'queued';
CREATE INDEX idx_call_queue_scheduled_for ON call_queue (scheduled_for) WHERE status = 'queued';
CREATE INDEX idx_call_queue_round_robin ON call_queue (user_id, last_system_allocation_at)
  WHERE status = 'queued';

-- Rows written by anybody's SQL carry when they changed; writers that set it themselves are left alone.
CREATE TRIGGER trigger_update_call_campaigns_updated_at
AFTER UPDATE OF name, description, agent_id, next_action, first_call_time, last_call_time, status, start_date, end_date
ON call_campaigns WHEN NEW.updated_at = OLD.updated_at
BEGIN
  UPDATE call_campaigns SET updated_at = max(OLD.updated_at + 1,
    CAST((julianday('now') - 2440587.5) * 86400000000 AS INTEGER)) WHERE id = NEW.id;
END;
CREATE TRIGGER trigger_update_call_queue_updated_at
AFTER UPDATE OF status, priority, position, scheduled_for, user_data, contact_name, phone_number ON call_queue
WHEN NEW.updated_at = OLD.updated_at
BEGIN
  UPDATE call_queue SET updated_at = max(OLD.updated_at + 1,
    CAST((julianday('now') - 2440587.5) * 86400000000 AS INTEGER)) WHERE rowid = NEW.rowid;
END;

-- Statistics of campaigns, on insert, status change and delete of queue rows.
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
