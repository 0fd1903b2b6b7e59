#include "hosts.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <memory>
#include <sstream>
#include <stdexcept>

namespace postgres_tests {

const char* const kSeedsHost = R"sql(
CREATE TABLE users (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), name text NOT NULL, email text UNIQUE,
  concurrent_calls_limit integer DEFAULT 2, system_concurrent_calls_limit integer DEFAULT 10);
CREATE TABLE agents (id uuid PRIMARY KEY, user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE, name text,
  UNIQUE (id, user_id));
CREATE TABLE contacts (id uuid PRIMARY KEY, user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE, name text,
  phone_number varchar(50) NOT NULL, UNIQUE (user_id, phone_number),
  CONSTRAINT contacts_id_user_id_unique UNIQUE (id, user_id));
CREATE TABLE calls (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), user_id uuid NOT NULL REFERENCES users (id),
  agent_id uuid, contact_id uuid, phone_number varchar(50), status varchar(50) DEFAULT 'initiated',
  created_at timestamptz DEFAULT now());
CREATE TABLE call_campaigns (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(), user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  name varchar(255) NOT NULL, description text, agent_id uuid NOT NULL, next_action text,
  first_call_time time NOT NULL DEFAULT '09:00', last_call_time time NOT NULL DEFAULT '18:00',
  status varchar(20) NOT NULL DEFAULT 'draft'
    CHECK (status IN ('draft', 'scheduled', 'active', 'paused', 'completed', 'cancelled')),
  total_contacts integer DEFAULT 0, completed_calls integer DEFAULT 0, successful_calls integer DEFAULT 0,
  failed_calls integer DEFAULT 0, start_date date NOT NULL, end_date date, created_at timestamptz DEFAULT now(),
  updated_at timestamptz DEFAULT now(), started_at timestamptz, completed_at timestamptz,
  UNIQUE (id, user_id), FOREIGN KEY (agent_id, user_id) REFERENCES agents (id, user_id) ON DELETE CASCADE);
CREATE TABLE call_queue (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(), user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  campaign_id uuid, agent_id uuid NOT NULL, contact_id uuid NOT NULL, phone_number varchar(50) NOT NULL,
  contact_name varchar(255), user_data jsonb DEFAULT '{}', status varchar(20) NOT NULL DEFAULT 'queued'
    CHECK (status IN ('queued', 'processing', 'completed', 'failed', 'cancelled', 'skipped')),
  priority integer DEFAULT 0, position integer DEFAULT 0, scheduled_for timestamptz, started_at timestamptz,
  completed_at timestamptz, call_id uuid, failure_reason text, last_system_allocation_at timestamptz,
  created_at timestamptz DEFAULT now(), updated_at timestamptz DEFAULT now(),
  FOREIGN KEY (campaign_id, user_id) REFERENCES call_campaigns (id, user_id) ON DELETE CASCADE,
  FOREIGN KEY (agent_id, user_id) REFERENCES agents (id, user_id) ON DELETE CASCADE,
  FOREIGN KEY (contact_id, user_id) REFERENCES contacts (id, user_id) ON DELETE CASCADE,
  CONSTRAINT queue_call FOREIGN KEY (call_id) REFERENCES calls (id) ON DELETE SET NULL);
CREATE INDEX idx_call_campaigns_user_id ON call_campaigns (user_id);
CREATE INDEX idx_call_campaigns_agent_id ON call_campaigns (agent_id);
CREATE INDEX idx_call_campaigns_status ON call_campaigns (status) WHERE status <> 'draft';
CREATE INDEX idx_call_campaigns_start_date ON call_campaigns (start_date);
CREATE INDEX idx_call_queue_user_status ON call_queue (user_id, status);
CREATE INDEX idx_call_queue_campaign_status ON call_queue (campaign_id, status);
CREATE INDEX idx_call_queue_priority_position ON call_queue (priority DESC, position, created_at) WHERE status = 'queued';
CREATE INDEX idx_call_queue_scheduled_for ON call_queue (scheduled_for) WHERE status = 'queued';
CREATE INDEX idx_call_queue_round_robin ON call_queue (last_system_allocation_at, user_id);
CREATE FUNCTION count_active_calls(p_user uuid) RETURNS integer LANGUAGE sql STABLE AS $$
  SELECT count(*)::integer FROM call_queue q WHERE q.user_id = p_user AND q.status = 'processing' $$;
CREATE FUNCTION count_system_active_calls() RETURNS bigint LANGUAGE sql STABLE AS $$
  SELECT count(*) FROM call_queue WHERE status = 'processing' $$;
CREATE FUNCTION get_next_queued_call(p_user uuid) RETURNS SETOF call_queue LANGUAGE sql STABLE AS $$
  SELECT q.* FROM call_queue q WHERE q.user_id = p_user AND q.status = 'queued'
  ORDER BY priority DESC, position, created_at LIMIT 1 $$;
CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.updated_at := now(); RETURN NEW; END $$;
CREATE FUNCTION count_rows() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  UPDATE call_campaigns c SET total_contacts = (SELECT count(*) FROM call_queue q WHERE q.campaign_id = c.id),
    completed_calls = (SELECT count(*) FROM call_queue q WHERE q.campaign_id = c.id AND q.status = 'completed'),
    successful_calls = (SELECT count(*) FROM call_queue q WHERE q.campaign_id = c.id AND q.status = 'completed'
                        AND q.user_data @> '{"success": true}'),
    failed_calls = (SELECT count(*) FROM call_queue q WHERE q.campaign_id = c.id AND q.status = 'failed')
  WHERE c.id = coalesce(NEW.campaign_id, OLD.campaign_id);
  RETURN NULL; END $$;
CREATE TRIGGER trigger_update_call_campaigns_updated_at BEFORE UPDATE OF status ON call_campaigns
  FOR EACH ROW EXECUTE FUNCTION touch();
CREATE TRIGGER trigger_update_call_queue_updated_at BEFORE UPDATE ON call_queue FOR EACH ROW EXECUTE FUNCTION touch();
CREATE TRIGGER trigger_update_campaign_statistics AFTER INSERT OR UPDATE OR DELETE ON call_queue
  FOR EACH ROW EXECUTE FUNCTION count_rows();

INSERT INTO users (id, name, email) VALUES
  ('00000000-0000-4000-8000-00000000000a', 'Ann', 'ann@example.com'),
  ('00000000-0000-4000-8000-00000000000b', 'Bob', 'bob@example.com');
INSERT INTO agents SELECT ('00000000-0000-4000-8001-' || right(id::text, 12))::uuid, id, 'Voice' FROM users;
INSERT INTO contacts SELECT ('00000000-0000-4000-8002-' || right(u.id::text, 8) || lpad(n::text, 4, '0'))::uuid, u.id,
    'Person ' || n, '+49302312' || (CASE u.name WHEN 'Ann' THEN 1000 ELSE 2000 END + n)
  FROM users u, generate_series(1, 20) n;
INSERT INTO call_campaigns (id, user_id, name, agent_id, first_call_time, last_call_time, status, start_date, started_at)
  SELECT ('00000000-0000-4000-8000-0000000000c' || CASE u.name WHEN 'Ann' THEN '1' ELSE '2' END)::uuid, u.id, 'Spring',
    a.id, '00:00', '23:59:59', 'active', '2026-01-01', now()
  FROM users u JOIN agents a ON a.user_id = u.id;
INSERT INTO call_queue (user_id, campaign_id, agent_id, contact_id, phone_number, contact_name, position, scheduled_for, status,
    completed_at, user_data)
  SELECT k.user_id, p.id, p.agent_id, k.id, k.phone_number, k.name, right(k.phone_number, 3)::integer,
    now() - interval '1 hour', CASE WHEN k.name = 'Person 1' THEN 'completed' WHEN k.name = 'Person 2' THEN 'failed' ELSE 'queued' END,
    CASE WHEN k.name IN ('Person 1', 'Person 2') THEN now() END,
    CASE WHEN k.name = 'Person 1' THEN '{"success": true}' ELSE '{"city": "Berlin"}' END::jsonb
  FROM contacts k JOIN call_campaigns p ON p.user_id = k.user_id;
INSERT INTO calls (user_id, contact_id, phone_number, status)
  SELECT user_id, id, phone_number, 'completed' FROM contacts WHERE name = 'Person 1';
)sql";

const char* const kWideHost = R"sql(
CREATE TYPE call_state AS ENUM ('new', 'initiated', 'ringing', 'in_progress', 'talking', 'completed', 'busy', 'no_answer',
  'failed', 'cancelled', 'unknown', 'archived');
CREATE TABLE plans (id integer PRIMARY KEY, name text);
INSERT INTO plans VALUES (1, 'free');
CREATE TABLE users (id uuid PRIMARY KEY, email text NOT NULL, plan integer NOT NULL DEFAULT 1 REFERENCES plans (id),
  password_hash text NOT NULL, settings jsonb);
CREATE TABLE agents (id uuid PRIMARY KEY, user_id uuid NOT NULL REFERENCES users (id), voice text NOT NULL DEFAULT 'alto');
CREATE TABLE contacts (id uuid PRIMARY KEY, user_id uuid NOT NULL REFERENCES users (id), phone_number text NOT NULL,
  name text, tags text[] NOT NULL DEFAULT '{}', score numeric(5, 2), crm_id bigint GENERATED ALWAYS AS IDENTITY);
CREATE INDEX contacts_by_tag ON contacts USING gin (tags);
CREATE TABLE calls (id uuid PRIMARY KEY, user_id uuid NOT NULL REFERENCES users (id), contact_id uuid REFERENCES contacts (id),
  status call_state NOT NULL DEFAULT 'new', call_type varchar(30) DEFAULT 'inbound', duration_seconds smallint, outcome text,
  recording_url text, cost numeric(8, 4) NOT NULL DEFAULT 0, created_at timestamptz NOT NULL DEFAULT now());
CREATE INDEX calls_by_day ON calls (created_at);
INSERT INTO users (id, email, password_hash) VALUES
  ('00000000-0000-4000-8000-00000000000a', 'ann@example.com', 'x'),
  ('00000000-0000-4000-8000-00000000000b', 'bob@example.com', 'y');
INSERT INTO agents (id, user_id) SELECT ('00000000-0000-4000-8001-' || right(id::text, 12))::uuid, id FROM users;
INSERT INTO contacts (id, user_id, phone_number, name, tags)
  SELECT ('00000000-0000-4000-8002-' || right(u.id::text, 8) || lpad(n::text, 4, '0'))::uuid, u.id,
    '+4930231' || (CASE right(u.id::text, 1) WHEN 'a' THEN 10000 ELSE 20000 END + n), 'Person ' || n, ARRAY['vip']
  FROM users u, generate_series(1, 20) n;
INSERT INTO calls (id, user_id, contact_id, status, recording_url, outcome)
  SELECT gen_random_uuid(), user_id, id, CASE right(phone_number, 1) WHEN '1' THEN 'archived' ELSE 'completed' END::call_state,
    'https://example.com/' || id, 'sale'
  FROM contacts WHERE right(phone_number, 1) IN ('1', '2');
)sql";

std::string Host::text(const std::string& query) {
  auto rows = sql.execute(query);
  if (!rows.step()) throw std::runtime_error("no row: " + query);
  return rows.get<std::string>(0);
}

std::vector<std::string> Host::dump() const {
  const auto command = "pg_dump --no-sync --dbname='" + database.url() + "'";
  const std::unique_ptr<FILE, int (*)(FILE*)> pipe{popen(command.c_str(), "r"), pclose};
  std::string text;
  std::array<char, 4096> part{};
  for (std::size_t size = 0; (size = fread(part.data(), 1, part.size(), pipe.get())) > 0;) {
    text.append(part.data(), size);
  }
  std::vector<std::string> lines;
  std::istringstream stream{text};
  for (std::string line; std::getline(stream, line);) {
    // A random word of each dump's own.
    if (line.starts_with("\\restrict") || line.starts_with("\\unrestrict")) continue;
    if (!line.empty() && !line.starts_with("--")) lines.push_back(line);
  }
  if (lines.size() < 20) throw std::runtime_error("pg_dump failed");
  std::sort(lines.begin(), lines.end());
  return lines;
}

std::string wrong(Store& store) {
  std::string text;
  for (const auto& item : must(store.verify()).items) {
    if (!item.ok) text += item.kind + " " + item.name + ": " + item.detail + "\n";
  }
  return text;
}

void settle(Store& store) {
  while (must(store.advance()).more) {
  }
}

int work_off(Store& store) {
  int calls = 0;
  CallQueue queue{store};
  for (;;) {
    const auto claimed = must(queue.claim({.worker = "ours", .limit = 10}));
    if (claimed.empty()) return calls;
    std::vector<CallRef> refs;
    for (const auto& call : claimed) refs.push_back({call.call.user_id, call.call.id});
    if (must(store.begin_dial(refs, "ours")).size() != refs.size()) return -1;
    for (const auto& ref : refs) {
      must(store.accept_call(ref, to_text(ref.call_id)));
      CallEvent ended{.user_id = ref.user_id, .call_id = ref.call_id};
      ended.outcome = CallOutcome::answered;
      must(queue.report(ended));
      ++calls;
    }
  }
}

}  // namespace postgres_tests
