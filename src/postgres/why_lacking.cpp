#include "postgres/why_lacking.hpp"

#include "postgres/schema.hpp"
#include "store/migrations.hpp"

namespace callqueue::postgres {
namespace {

// Of a path that leads nowhere: its first schema that is there is one that this role may not use.
constexpr char kSearchPath[] = R"sql(
  WITH named AS (
    SELECT CASE WHEN trim(p.s) = '"$user"' THEN quote_ident(current_user) ELSE trim(p.s) END AS name, p.place
    FROM unnest(string_to_array(current_setting('search_path'), ',')) WITH ORDINALITY p (s, place)),
  there AS (
    SELECT quote_ident(n.nspname) AS name FROM named JOIN pg_namespace n ON quote_ident(n.nspname) = named.name
    ORDER BY named.place LIMIT 1)
  SELECT current_setting('search_path'), current_setting('search_path') !~ '[,$]', there.name,
    format('GRANT USAGE, CREATE ON SCHEMA %s TO %I;', there.name, current_user), current_schema() IS NOT NULL
  FROM (VALUES (1)) one LEFT JOIN there ON true)sql";
constexpr char kSchemaHere[] = "SELECT quote_ident(current_schema())";
// Of several tables that only a migration makes.
constexpr char kHasOurs[] = R"sql(
  SELECT EXISTS (SELECT 1 FROM pg_class c
                 WHERE c.relnamespace = quote_ident(current_schema())::regnamespace AND c.relkind = 'r'
                   AND c.relname IN ('callqueue_made', 'callqueue_settings', 'callqueue_lanes')))sql";
constexpr char kIsStandby[] = "SELECT pg_is_in_recovery()";

}  // namespace

std::optional<NoSchema> why_no_schema(Connection& connection) {
  auto row = connection.query(kSearchPath);
  row.step();
  if (row.get<bool>(4)) return std::nullopt;
  const auto path = row.get<std::string>(0);
  if (!row.is_null(2)) {
    return NoSchema{"this role may not use the schema " + row.get<std::string>(2),
                    row.get<std::string>(3)};
  }
  return NoSchema{row.get<bool>(1) ? "there is no schema " + path
                                   : "the search path (" + path + ") names no schema that is there",
                  ""};
}

std::string why_not_migrated(Connection& connection) {
  if (const auto none = why_no_schema(connection)) return none->why;
  const auto schema = connection.value<std::string>(kSchemaHere).value_or("");
  if (connection.value<bool>(kHasOurs).value_or(false)) {
    return "the schema " + schema +
           " is damaged: it has tables of the library, and callqueue_migrations is missing";
  }
  return "the schema " + schema + " is not migrated: run its migrations";
}

bool is_standby(Connection& connection) {
  return connection.value<bool>(kIsStandby).value_or(true);
}

std::optional<std::string> why_refused(Connection& connection, const StatementRefused& refused) {
  if (refused.is_read_only() && !is_standby(connection)) {
    return "this role may only read: its transactions are read-only "
           "(default_transaction_read_only)";
  }
  if (!refused.lacks_something()) return std::nullopt;
  if (!has_history(connection)) return why_not_migrated(connection);
  require_newest(schema_version(connection), all_migrations());
  return "the database is damaged (" + refused.error().message + "): verify names what is missing";
}

}  // namespace callqueue::postgres
