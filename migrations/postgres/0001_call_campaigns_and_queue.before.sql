-- Keys that tables of the host lack, built while it goes on writing to them: the migration makes constraints of them.
-- Yields the statements, each to be run by itself and outside a transaction; those that are done it yields no more.
WITH wanted (tab, columns) AS (VALUES
    ('agents', ARRAY['id', 'user_id']),
    ('contacts', ARRAY['id', 'user_id']),
    ('contacts', ARRAY['user_id', 'phone_number']),
    ('calls', ARRAY['id', 'user_id']),
    ('call_campaigns', ARRAY['id', 'user_id'])),
  lacking AS (
    SELECT w.tab, w.columns, 'callqueue_key_' || w.tab || '_' || array_to_string(w.columns, '_') AS name
    FROM wanted w JOIN pg_class c ON c.relname = w.tab AND c.relkind = 'r'
    WHERE c.relnamespace = quote_ident(current_schema())::regnamespace AND NOT EXISTS (
      SELECT 1 FROM pg_index x
      WHERE x.indrelid = c.oid AND x.indisunique AND x.indimmediate AND x.indisvalid
        AND x.indpred IS NULL AND x.indexprs IS NULL
        AND (SELECT array_agg(a.attname::text ORDER BY a.attname) FROM pg_attribute a
             WHERE a.attrelid = x.indrelid AND a.attnum = ANY (x.indkey[0 : x.indnkeyatts - 1]))
          = (SELECT array_agg(name ORDER BY name) FROM unnest(w.columns) name)))
SELECT statement FROM (
  -- What a build that was broken off has left behind.
  SELECT 1 AS place, name, format('DROP INDEX CONCURRENTLY %I', name) AS statement
  FROM lacking WHERE to_regclass(quote_ident(current_schema()) || '.' || quote_ident(name)) IS NOT NULL
  UNION ALL
  SELECT 2, name, format('CREATE UNIQUE INDEX CONCURRENTLY %I ON %I (%s)', name, tab, array_to_string(columns, ', '))
  FROM lacking) statements
ORDER BY place, name
\gexec
