-- References that the migration added to tables of the host: looks at the rows while others work. See the steps before.
SELECT format('ALTER TABLE %I VALIDATE CONSTRAINT %I', r.relname, c.conname)
FROM pg_constraint c JOIN pg_class r ON r.oid = c.conrelid
WHERE c.conrelid IN ('calls'::regclass, 'call_queue'::regclass) AND c.contype = 'f' AND NOT c.convalidated
  AND (c.conname LIKE 'callqueue\_%' OR c.conname = 'call_queue_call_id_fkey')
ORDER BY c.conname
\gexec
