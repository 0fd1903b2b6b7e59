#include "postgres/preflight.hpp"

#include <algorithm>

#include "postgres/host_tables.hpp"
#include "postgres/schema.hpp"
#include "postgres/steps.hpp"

namespace callqueue::postgres {
namespace {

using Severity = PreflightFinding::Severity;

constexpr char kBegin[] = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
constexpr char kNamesSchema[] = "SELECT current_schema() IS NOT NULL";
constexpr char kMayCreate[] = "SELECT has_schema_privilege(current_schema(), 'CREATE')";
constexpr char kSchemaName[] = "SELECT current_schema()::text";
// A key that a broken run has built is none of these.
constexpr char kInTheWay[] = R"sql(
  SELECT c.relname::text FROM pg_class c
  WHERE c.relnamespace = quote_ident(current_schema())::regnamespace
    AND c.relname LIKE 'callqueue\_%' AND c.relname NOT LIKE 'callqueue\_key\_%'
    AND c.relname NOT LIKE 'callqueue\_migrations%' AND c.relkind IN ('r', 'v', 'm', 'f', 'p', 'S')
  ORDER BY 1)sql";
// A claim points at these, and so do its references.
constexpr char kWithoutKey[] = R"sql(
  SELECT c.relname::text FROM pg_class c
  WHERE c.relnamespace = quote_ident(current_schema())::regnamespace AND c.relkind = 'r'
    AND c.relname IN ('users', 'calls', 'call_queue', 'call_campaigns') AND NOT EXISTS (
      SELECT 1 FROM pg_index x JOIN pg_attribute a ON a.attrelid = x.indrelid AND a.attname = 'id'
      WHERE x.indrelid = c.oid AND x.indisunique AND x.indisvalid AND x.indimmediate
        AND x.indpred IS NULL AND x.indnkeyatts = 1 AND x.indkey[0] = a.attnum)
  ORDER BY 1)sql";
// Of the triggers that a call queue had before, the migration knows three.
constexpr char kTriggers[] = R"sql(
  SELECT c.relname::text, g.tgname::text FROM pg_trigger g JOIN pg_class c ON c.oid = g.tgrelid
  WHERE c.relnamespace = quote_ident(current_schema())::regnamespace AND NOT g.tgisinternal
    AND c.relname IN ('call_campaigns', 'call_queue') AND g.tgname NOT LIKE 'callqueue\_%'
    AND g.tgname NOT LIKE 'trigger\_update\_ca%'
  ORDER BY 1, 2)sql";

void check_schema(Connection& connection, int version, PreflightReport& report) {
  const auto blocks = [&](std::string what, std::string remedy) {
    add_finding(report, Severity::blocks, "", "", std::move(what), std::move(remedy));
  };
  if (!connection.value<bool>(kMayCreate).value_or(false)) {
    const auto schema = connection.value<std::string>(kSchemaName).value_or("");
    blocks("this role may not create tables in the schema " + schema,
           "GRANT CREATE ON SCHEMA " + schema + " TO …;");
  }
  if (version > 0) return;
  auto rows = connection.query(kInTheWay);
  while (rows.step()) {
    add_finding(report, Severity::blocks, rows.get<std::string>(0), "", "is there already",
                "its name is the library's: rename or drop it");
  }
}

void check_keys(Connection& connection, const HostTables& host, PreflightReport& report) {
  auto rows = connection.query(kWithoutKey);
  while (rows.step()) {
    const auto table = rows.get<std::string>(0);
    if (host.find(table, "id") == nullptr) continue;
    add_finding(report, Severity::blocks, table, "id", "is no key of its own",
                "ALTER TABLE " + table + " ADD PRIMARY KEY (id);");
  }
}

void note_triggers(Connection& connection, const HostTables& host, PreflightReport& report) {
  auto rows = connection.query(kTriggers);
  while (rows.step()) {
    const auto table = rows.get<std::string>(0);
    if (!host.has(table)) continue;
    add_finding(report, Severity::note, table, "",
                "has the trigger " + rows.get<std::string>(1) + ", which goes on firing",
                "drop it if it keeps counters or states that the library keeps as well");
  }
}

void note_builds(Connection& connection, const HostTables& host, int version,
                 PreflightReport& report) {
  const auto note = [&](const std::string& table, const std::string& what) {
    const auto& size = host.tables.at(table);
    add_finding(report, Severity::note, table, "",
                what + " (" + size.size + ", about " + std::to_string(size.rows) + " rows)", "");
  };
  if (version == 0) {
    for (const auto& statement : steps_left(connection, all_migrations().front().before)) {
      for (const auto& [table, of] : host.tables) {
        if (statement.find(" ON " + table + " (") != std::string::npos) {
          note(table, "gets a key, built while others work: " + statement);
        }
      }
    }
  }
  if (version < 2 && host.has("calls")) note("calls", "gets six indexes, built while others work");
  if (version < 2 && host.has("call_queue")) {
    note("call_queue", "is locked while its rows are rewritten and its indexes are built");
  }
}

}  // namespace

PreflightReport preflight(Connection& connection, const std::vector<std::string>& active_statuses) {
  PreflightReport report;
  if (connection.server_version() < kOldestServer) {
    add_finding(report, Severity::blocks, "", "", "the server is older than PostgreSQL 15",
                "upgrade the server");
    return report;
  }
  const Transaction snapshot{connection, kBegin};
  if (!connection.value<bool>(kNamesSchema).value_or(false)) {
    return report;  // Nothing is there yet.
  }
  report.version = schema_version(connection);
  check_schema(connection, report.version, report);
  const auto host = host_tables(connection, report.version);
  if (host.tables.empty()) return report;
  check_tables(host, report);
  check_keys(connection, host, report);
  check_words(connection, host, active_statuses, report);
  check_rows(connection, host, active_statuses, report);
  if (report.version == 0) note_triggers(connection, host, report);
  if (!report.blocks()) note_builds(connection, host, report.version, report);
  std::stable_sort(
      report.findings.begin(), report.findings.end(),
      [](const auto& left, const auto& right) { return left.severity < right.severity; });
  return report;
}

}  // namespace callqueue::postgres
