-- Keys that tables of the host lack, built while it goes on writing to them: the migration makes constraints of them.
-- Yields the statements, each to be run by itself and outside a transaction; those that are done it yields no more.
WITH wanted (tab, columns) AS (VALUES
    ('agents', ARRAY['id', 'user_id']),
    ('contacts', ARRAY['id', 'user_id']),
    ('contacts', ARRAY['user_id', 'phone_number']),
    ('calls', ARRAY['id', 'user_id']),
    ('call_campaigns', ARRAY['id', 'user_id'])),
  keys AS (
    SELECT w.tab, w.columns, c.oid, 'callqueue_key_' || w.tab || '_' || array_to_string(w.columns, '_') AS name
    FROM wanted w JOIN pg_class c ON c.relname = w.tab AND c.relkind = 'r'
    WHERE c.relnamespace = quote_ident(current_schema())::regnamespace),
  fitting AS (
    SELECT k.name, i.relname = k.name AS is_ours
    FROM keys k JOIN pg_index x ON x.indrelid = k.oid JOIN pg_class i ON i.oid = x.indexrelid
    WHERE x.indisunique AND x.indimmediate AND x.indisvalid AND x.indpred IS NULL AND x.indexprs IS NULL
      AND (SELECT array_agg(a.attname::text ORDER BY a.attname) FROM pg_attribute a
           WHERE a.attrelid = x.indrelid AND a.attnum = ANY (x.indkey[0 : x.indnkeyatts - 1]))
        = (SELECT array_agg(name ORDER BY name) FROM unnest(k.columns) name))
SELECT statement FROM (
  -- What an earlier run has left behind: broken off, or of no use any more. One that fits is taken.
  SELECT 1 AS place, name, format('DROP INDEX CONCURRENTLY %I', name) AS statement
  FROM keys k WHERE to_regclass(quote_ident(current_schema()) || '.' || quote_ident(name)) IS NOT NULL
    AND (SELECT bool_and(f.is_ours) FROM fitting f WHERE f.name = k.name) IS NOT TRUE
  UNION ALL
  SELECT 2, name, format('CREATE UNIQUE INDEX CONCURRENTLY %I ON %I (%s)', name, tab, array_to_string(columns, ', '))
  FROM keys k WHERE NOT EXISTS (SELECT 1 FROM fitting f WHERE f.name = k.name)) statements
ORDER BY place, name
\gexec
