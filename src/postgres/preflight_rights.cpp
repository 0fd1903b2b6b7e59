// What the role that migrates may not do, and what of the host's stands on what is replaced.
#include "postgres/host_tables.hpp"
#include "postgres/schema.hpp"

namespace callqueue::postgres {
namespace {

using Severity = PreflightFinding::Severity;

constexpr char kMayCreate[] = R"sql(
  SELECT has_schema_privilege(current_schema(), 'CREATE'),
    format('GRANT CREATE ON SCHEMA %I TO %I;', current_schema(), current_user),
    current_schema()::text)sql";
// The functions that a migration replaces: those of the seed's names, and ours.
constexpr char kForeignFunctions[] = R"sql(
  SELECT p.oid::regprocedure::text, quote_ident(pg_get_userbyid(p.proowner))
  FROM pg_proc p
  WHERE p.pronamespace = quote_ident(current_schema())::regnamespace
    AND NOT pg_has_role(p.proowner, 'USAGE')
    AND (p.proname LIKE 'callqueue\_%' OR (p.proname, p.proargtypes::text) IN (
      ('count_active_calls', 'uuid'::regtype::oid::text), ('count_system_active_calls', ''),
      ('get_next_queued_call', 'uuid'::regtype::oid::text)))
  ORDER BY 1)sql";
// Views stand on functions by their rule; other things (defaults, policies, indexes) by themselves.
constexpr char kDependents[] = R"sql(
  SELECT DISTINCT p.oid::regprocedure::text,
    CASE v.relkind WHEN 'v' THEN 'view ' WHEN 'm' THEN 'materialized view ' ELSE '' END
      || coalesce(v.oid::regclass::text, pg_describe_object(d.classid, d.objid, d.objsubid)),
    CASE v.relkind
      WHEN 'v' THEN format('DROP VIEW %s;', v.oid::regclass)
      WHEN 'm' THEN format('DROP MATERIALIZED VIEW %s;', v.oid::regclass) ELSE 'drop it' END
  FROM pg_proc p
    JOIN pg_depend d ON d.refclassid = 'pg_proc'::regclass AND d.refobjid = p.oid
    LEFT JOIN pg_rewrite r ON d.classid = 'pg_rewrite'::regclass AND r.oid = d.objid
    LEFT JOIN pg_class v ON v.oid = r.ev_class
  WHERE p.pronamespace = quote_ident(current_schema())::regnamespace
    AND (p.proname, p.proargtypes::text) IN (
      ('count_active_calls', 'uuid'::regtype::oid::text), ('count_system_active_calls', ''),
      ('get_next_queued_call', 'uuid'::regtype::oid::text))
  ORDER BY 2, 1)sql";

void blocks(PreflightReport& report, std::string what, std::string remedy) {
  add_finding(report, Severity::blocks, "", "", std::move(what), std::move(remedy));
}

void check_owners(Connection& connection, PreflightReport& report) {
  auto rows = connection.query(kForeignFunctions);
  while (rows.step()) {
    blocks(report,
           "the function " + rows.get<std::string>(0) +
               ", which is replaced, belongs to the role " + rows.get<std::string>(1),
           "migrate as a member of that role, or ALTER FUNCTION " + rows.get<std::string>(0) +
               " OWNER TO …;");
  }
}

void check_dependents(Connection& connection, PreflightReport& report) {
  auto rows = connection.query(kDependents);
  while (rows.step()) {
    blocks(report,
           "the " + rows.get<std::string>(1) + " uses the function " + rows.get<std::string>(0) +
               ", which is replaced",
           rows.get<std::string>(2) + " and make it again after the migration");
  }
}

}  // namespace

void check_rights(Connection& connection, int version, PreflightReport& report) {
  auto may_create = connection.query(kMayCreate);
  may_create.step();
  if (!may_create.get<bool>(0)) {
    blocks(report,
           "this role may not create tables in the schema " + may_create.get<std::string>(2),
           may_create.get<std::string>(1));
  }
  if (version < newest_version()) check_owners(connection, report);
  if (version == 0) check_dependents(connection, report);
}

}  // namespace callqueue::postgres
