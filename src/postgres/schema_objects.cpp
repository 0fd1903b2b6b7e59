#include "postgres/schema_objects.hpp"

namespace callqueue::postgres {
namespace {

// All that a schema holds, named as somebody sees it who has the schema in the search path: so two
// schemas read the same if they are. The first column is the kind, the second the table it belongs
// to (or itself), the third the name. Grants are those that the role $1 has. Of a function's search
// path it counts that it ends with pg_temp. Casts of texts are left out: a schema that was dumped
// and restored has others.
constexpr char kObjects[] = R"sql(
  SELECT kind, of_table, name,
    regexp_replace(regexp_replace(regexp_replace(regexp_replace(
      replace(definition, '::character varying', ''), '\((''[^'']*'')\)::text(?!\[)', '\1', 'g'),
      '(''[^'']*'')::text(?!\[)', '\1', 'g'), '\((ARRAY\[[^]]*\])\)::text\[\]', '\1', 'g'),
      '(ARRAY\[[^]]*\])::text\[\]', '\1', 'g')
  FROM (
  WITH tables AS (
    SELECT c.oid, c.relname FROM pg_class c
    WHERE c.relnamespace = quote_ident(current_schema())::regnamespace AND c.relkind IN ('r', 'p'))
  SELECT 'table', relname, relname::text, '' FROM tables
  UNION ALL
  SELECT 'column', t.relname, t.relname || '.' || a.attname,
    format_type(a.atttypid, a.atttypmod) || CASE WHEN a.attnotnull THEN ' not null' ELSE '' END
      || CASE a.attidentity WHEN '' THEN '' ELSE ' identity' END
      || coalesce(' default ' || pg_get_expr(d.adbin, d.adrelid), '')
  FROM tables t JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum > 0 AND NOT a.attisdropped
    LEFT JOIN pg_attrdef d ON d.adrelid = t.oid AND d.adnum = a.attnum
  UNION ALL
  SELECT CASE c.contype WHEN 'p' THEN 'key' WHEN 'u' THEN 'key' WHEN 'f' THEN 'foreign_key'
                        WHEN 'x' THEN 'exclusion' ELSE 'check' END,
    t.relname, t.relname || '.' || c.conname, pg_get_constraintdef(c.oid, true)
  FROM tables t JOIN pg_constraint c ON c.conrelid = t.oid WHERE c.contype IN ('p', 'u', 'f', 'c', 'x')
  UNION ALL
  SELECT 'index', t.relname, i.relname::text,
    pg_get_indexdef(i.oid, 0, true) || CASE WHEN x.indisvalid THEN '' ELSE ' (invalid)' END
  FROM tables t JOIN pg_index x ON x.indrelid = t.oid JOIN pg_class i ON i.oid = x.indexrelid
  WHERE NOT EXISTS (SELECT 1 FROM pg_constraint c WHERE c.conindid = i.oid AND c.contype IN ('p', 'u'))
  UNION ALL
  SELECT 'trigger', t.relname, t.relname || '.' || g.tgname,
    pg_get_triggerdef(g.oid, true) || CASE g.tgenabled WHEN 'O' THEN '' WHEN 'D' THEN ' (switched off)'
      WHEN 'R' THEN ' (switched on for replicas only)' ELSE ' (switched on for replicas, too)' END
  FROM tables t JOIN pg_trigger g ON g.tgrelid = t.oid WHERE NOT g.tgisinternal
  UNION ALL
  SELECT 'rule', t.relname, t.relname || '.' || w.rulename, pg_get_ruledef(w.oid, true)
  FROM tables t JOIN pg_rewrite w ON w.ev_class = t.oid
  UNION ALL
  SELECT 'function', p.proname, p.proname || '(' || pg_get_function_identity_arguments(p.oid) || ')',
    pg_get_function_result(p.oid)
      || CASE p.provolatile WHEN 'i' THEN ' immutable' WHEN 's' THEN ' stable' ELSE ' volatile' END
      || CASE WHEN p.prosecdef THEN ' as its owner' ELSE '' END
      || coalesce((SELECT string_agg(' ' || regexp_replace(s, '^search_path=.*, pg_temp$', 'search_path=..., pg_temp'),
                                     '' ORDER BY s) FROM unnest(p.proconfig) s), '')
      || '; body ' || md5(p.prosrc)
  FROM pg_proc p WHERE p.pronamespace = quote_ident(current_schema())::regnamespace
  UNION ALL
  SELECT 'sequence', c.relname, c.relname::text, '' FROM pg_class c
  WHERE c.relnamespace = quote_ident(current_schema())::regnamespace AND c.relkind = 'S'
    AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'i')
  UNION ALL
  SELECT 'row_security', t.relname, t.relname::text,
    CASE WHEN c.relforcerowsecurity THEN 'on, for the owner too' ELSE 'on' END
  FROM tables t JOIN pg_class c ON c.oid = t.oid WHERE c.relrowsecurity
  UNION ALL
  SELECT 'policy', t.relname, t.relname || '.' || p.polname, p.polcmd::text || p.polpermissive::text
    || pg_get_expr(p.polqual, p.polrelid) || coalesce(pg_get_expr(p.polwithcheck, p.polrelid), '')
  FROM tables t JOIN pg_policy p ON p.polrelid = t.oid
  UNION ALL
  SELECT 'grant', t.relname, t.relname || '.' || one_right, ''
  FROM tables t CROSS JOIN unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE']) one_right
    JOIN pg_roles r ON r.rolname = $1
  WHERE has_table_privilege(r.oid, t.oid, one_right)) objects (kind, of_table, name, definition))sql";

// What the migrations take for a key: by its columns, for a host's has a name of its own.
constexpr char kUniqueColumns[] = R"sql(
  SELECT t.relname || '.' || i.relname,
    t.relname || ' (' || string_agg(a.attname, ', ' ORDER BY a.attname) || ')'
  FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid JOIN pg_class t ON t.oid = x.indrelid
    JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = ANY (x.indkey[0 : x.indnkeyatts - 1])
  WHERE t.relnamespace = quote_ident(current_schema())::regnamespace AND x.indisunique AND x.indimmediate
    AND x.indisvalid AND x.indpred IS NULL AND x.indexprs IS NULL
  GROUP BY 1, t.relname)sql";
constexpr char kCheckedColumns[] = R"sql(
  SELECT t.relname || '.' || c.conname, t.relname || '.' || a.attname
  FROM pg_constraint c JOIN pg_class t ON t.oid = c.conrelid
    JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = ANY (c.conkey)
  WHERE t.relnamespace = quote_ident(current_schema())::regnamespace AND c.contype = 'c')sql";

}  // namespace

SchemaObjects schema_objects(Connection& connection, const std::optional<std::string>& role) {
  SchemaObjects found;
  auto rows = connection.query(kObjects, role);
  while (rows.step()) {
    auto key = SchemaObjects::Key{rows.get<std::string>(0), rows.get<std::string>(2)};
    found.tables.emplace(key, rows.get<std::string>(1));
    found.definitions.emplace(std::move(key), rows.get<std::string>(3));
  }
  auto keys = connection.query(kUniqueColumns);
  while (keys.step()) {
    found.unique_columns.emplace(keys.get<std::string>(0), keys.get<std::string>(1));
  }
  auto checks = connection.query(kCheckedColumns);
  while (checks.step()) {
    found.checked_columns.emplace(checks.get<std::string>(0), checks.get<std::string>(1));
  }
  return found;
}

}  // namespace callqueue::postgres
