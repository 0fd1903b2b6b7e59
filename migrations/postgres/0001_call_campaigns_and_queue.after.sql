-- References that the migration added to tables with rows: looks at the rows while others work. See the steps before.
SELECT format('ALTER TABLE %I VALIDATE CONSTRAINT %I', split_part(m.name, '.', 1), c.conname)
FROM callqueue_made m JOIN pg_constraint c ON c.conname = split_part(m.name, '.', 2) AND NOT c.convalidated
  AND c.conrelid = to_regclass(split_part(m.name, '.', 1))
WHERE m.kind = 'constraint'
ORDER BY m.name
\gexec
