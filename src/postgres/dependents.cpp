#include "postgres/dependents.hpp"

#include <string>

#include "postgres/schema.hpp"
#include "store/failure.hpp"

namespace callqueue::postgres {
namespace {

// What goes: functions, tables and columns that the scripts $1 drop by name, and with $2 those that
// are noted as made. What depends on it as more than a part of it, and is not the library's.
constexpr char kStandingOnIt[] = R"sql(
  WITH ours AS (
    SELECT c.oid, c.relname, c.reltype FROM pg_class c
    WHERE c.relnamespace = quote_ident(current_schema())::regnamespace AND c.relkind = 'r'
      AND (c.relname LIKE 'callqueue\_%' OR c.relname IN (
        'users', 'agents', 'contacts', 'calls', 'call_campaigns', 'call_queue'))),
  tables AS (
    SELECT o.oid, o.relname, o.reltype FROM ours o
    WHERE $1 ~ ('DROP TABLE[^;]*\m' || o.relname || '\M')
      OR ($2 AND EXISTS (SELECT 1 FROM callqueue_made WHERE kind = 'table' AND name = o.relname))),
  functions AS (
    SELECT p.oid FROM pg_proc p
    WHERE p.pronamespace = quote_ident(current_schema())::regnamespace
      AND (p.proname LIKE 'callqueue\_%' OR (p.proname, p.proargtypes::text) IN (
        ('count_active_calls', 'uuid'::regtype::oid::text), ('count_system_active_calls', ''),
        ('get_next_queued_call', 'uuid'::regtype::oid::text)))
      AND $1 ~ ('DROP FUNCTION[^;]*\m' || p.proname || '\M')),
  gone (class, oid, sub) AS (
    SELECT 'pg_proc'::regclass, oid, 0 FROM functions
    UNION ALL SELECT 'pg_class'::regclass, oid, NULL FROM tables
    UNION ALL SELECT 'pg_type'::regclass, reltype, 0 FROM tables
    UNION ALL
    SELECT 'pg_class'::regclass, k.conindid, 0 FROM ours o JOIN pg_constraint k ON k.conrelid = o.oid
    WHERE k.contype IN ('p', 'u') AND ($1 ~ ('DROP CONSTRAINT ' || k.conname || '\M')
      OR ($2 AND EXISTS (SELECT 1 FROM callqueue_made
                         WHERE kind = 'constraint' AND name = o.relname || '.' || k.conname)))
    UNION ALL
    SELECT 'pg_class'::regclass, o.oid, a.attnum FROM ours o
      JOIN pg_attribute a ON a.attrelid = o.oid AND a.attnum > 0 AND NOT a.attisdropped
    WHERE (o.relname = 'call_queue' AND $1 ~ ('DROP COLUMN ' || a.attname || '\M'))
      OR ($2 AND EXISTS (SELECT 1 FROM callqueue_made
                         WHERE kind = 'column' AND name = o.relname || '.' || a.attname)))
  SELECT DISTINCT
    CASE WHEN v.oid IS NOT NULL
      THEN CASE v.relkind WHEN 'm' THEN 'materialized view ' ELSE 'view ' END || v.oid::regclass
      ELSE pg_describe_object(d.classid, d.objid, 0) END
  FROM gone g JOIN pg_depend d ON d.refclassid = g.class AND d.refobjid = g.oid AND d.deptype = 'n'
      AND (g.sub IS NULL OR d.refobjsubid = g.sub)
    LEFT JOIN pg_rewrite w ON d.classid = 'pg_rewrite'::regclass AND w.oid = d.objid
    LEFT JOIN pg_class v ON v.oid = w.ev_class
    LEFT JOIN pg_class i ON d.classid = 'pg_class'::regclass AND i.oid = d.objid
    LEFT JOIN pg_constraint k ON d.classid = 'pg_constraint'::regclass AND k.oid = d.objid
    LEFT JOIN pg_trigger t ON d.classid = 'pg_trigger'::regclass AND t.oid = d.objid
    LEFT JOIN pg_attrdef a ON d.classid = 'pg_attrdef'::regclass AND a.oid = d.objid
    LEFT JOIN pg_policy p ON d.classid = 'pg_policy'::regclass AND p.oid = d.objid
    LEFT JOIN pg_proc f ON d.classid = 'pg_proc'::regclass AND f.oid = d.objid
  WHERE coalesce(k.conrelid, t.tgrelid, a.adrelid, p.polrelid, 0) NOT IN (SELECT oid FROM tables)
    AND coalesce(i.relname, k.conname, t.tgname, p.polname, f.proname, '') NOT LIKE 'callqueue\_%'
    AND coalesce(t.tgname, '') NOT LIKE 'trigger\_update\_ca%'
    AND NOT (k.oid IS NOT NULL AND k.conrelid IN (SELECT oid FROM ours))
    AND coalesce(f.oid, 0) NOT IN (SELECT oid FROM functions)
    AND (f.oid IS NULL OR f.proname <> 'get_next_queued_call')
  ORDER BY 1)sql";

/// A list of more is no help.
constexpr int kMostNamed = 20;

}  // namespace

void refuse_dependents(Connection& connection, int version, int target) {
  std::string scripts;
  for (const auto& migration : all_migrations()) {
    if (migration.version > target && migration.version <= version) scripts += migration.down;
  }
  std::string names;
  int count = 0;
  auto rows = connection.query(kStandingOnIt, scripts, target == 0);
  while (rows.step()) {
    if (++count <= kMostNamed) names += (names.empty() ? "" : ", ") + rows.get<std::string>(0);
  }
  if (count == 0) return;
  if (count > kMostNamed) names += " and " + std::to_string(count - kMostNamed) + " more";
  throw Failure{ErrorCode::conflict,
                "what is not the library's depends on what going down takes "
                "away: " +
                    names + "; drop it first"};
}

}  // namespace callqueue::postgres
