-- Indexes on calls: while the host goes on writing to it, where the table is the host's. Yields the statements, each to be
-- run by itself and outside a transaction; those that are done it yields no more.
WITH wanted (name, definition) AS (VALUES
    -- Calls that hold a slot, by user; with the number, for "not twice at once".
    ('callqueue_calls_active', '(user_id, phone_number) WHERE ' || callqueue_slot_condition(callqueue_active_statuses())),
    ('callqueue_calls_lease', '(lease_expires_at) WHERE ' || callqueue_slot_condition(callqueue_active_statuses())),
    -- All of a user's. The narrower ones name the user as well: else the server, when it knows little of the table, takes
    -- this one for as good.
    ('callqueue_calls_user', '(user_id, id)'),
    ('callqueue_calls_queue', '(queue_id, user_id) WHERE queue_id IS NOT NULL'),
    ('callqueue_calls_campaign', '(campaign_id, user_id, id) WHERE campaign_id IS NOT NULL'),
    ('callqueue_calls_contact', '(contact_id, user_id) WHERE contact_id IS NOT NULL'),
    -- The provider's id first: its events name no user.
    ('callqueue_calls_provider', '(provider_call_id, user_id) WHERE provider_call_id IS NOT NULL')),
  found AS (
    SELECT i.relname AS name, x.indisvalid AS valid
    FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid WHERE x.indrelid = 'calls'::regclass),
  way (word) AS (
    SELECT CASE WHEN EXISTS (SELECT 1 FROM callqueue_made WHERE kind = 'table' AND name = 'calls') THEN '' ELSE 'CONCURRENTLY ' END)
SELECT statement FROM (
  -- What a build that was broken off has left behind.
  SELECT 1 AS place, w.name, format('DROP INDEX %s%I', y.word, w.name) AS statement
  FROM wanted w JOIN found f ON f.name = w.name AND NOT f.valid CROSS JOIN way y
  UNION ALL
  SELECT 2, w.name, format('CREATE INDEX %s%I ON calls %s', y.word, w.name, w.definition)
  FROM wanted w CROSS JOIN way y WHERE NOT EXISTS (SELECT 1 FROM found f WHERE f.name = w.name AND f.valid)) statements
ORDER BY place, name
\gexec
