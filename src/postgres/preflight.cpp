#include "postgres/preflight.hpp"

#include <algorithm>

#include "postgres/active_statuses.hpp"
#include "postgres/left_behind.hpp"
#include "postgres/row_look.hpp"
#include "postgres/schema.hpp"
#include "postgres/steps.hpp"
#include "postgres/why_lacking.hpp"

namespace callqueue::postgres {
namespace {

using Severity = PreflightFinding::Severity;

constexpr char kBegin[] = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
constexpr char kSchemaName[] = "SELECT current_schema()::text";
constexpr char kElsewhere[] = R"sql(
  SELECT string_agg(DISTINCT quote_ident(n.nspname), ', ')
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relname IN ('contacts', 'calls', 'call_campaigns', 'call_queue')
    AND n.nspname <> current_schema())sql";
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

/// There is no current schema: why?
void report_no_schema(Connection& connection, PreflightReport& report) {
  const auto none = why_no_schema(connection).value_or(NoSchema{});
  if (none.remedy.empty()) throw Failure{ErrorCode::invalid_argument, none.why, "schema"};
  add_finding(report, Severity::blocks, "", "", none.why, none.remedy);
}

void check_names(Connection& connection, PreflightReport& report) {
  auto rows = connection.query(kInTheWay);
  while (rows.step()) {
    add_finding(report, Severity::blocks, rows.get<std::string>(0), "", "is there already",
                "its name is the library's: rename or drop it");
  }
}

void note_no_tables(Connection& connection, const std::string& schema, PreflightReport& report) {
  const auto elsewhere = connection.value<std::string>(kElsewhere).value_or("");
  add_finding(report, Severity::note, "", "",
              "the schema " + schema +
                  " has none of the tables users, agents, contacts, calls, "
                  "call_campaigns and call_queue: migrate makes them all",
              elsewhere.empty() ? "" : "some are in the schema " + elsewhere + ": --schema");
}

void note_left_behind(Connection& connection, PreflightReport& report) {
  for (const auto& [table, index] : keys_left_behind(connection)) {
    add_finding(report, Severity::note, table, "",
                "has the index " + index + " of a migration that did not come to its end",
                "migrate uses it or drops it; to give up: callqueue migrate --down --to 0");
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

void note_builds(Connection& connection, RowLook& look, int version, PreflightReport& report) {
  const auto note = [&](const std::string& table, const std::string& what) {
    add_finding(report, Severity::note, table, "", what + " (" + look.size_of(table) + ")", "");
  };
  const auto& tables = look.host().tables;
  if (version == 0) {
    for (const auto& statement : steps_left(connection, all_migrations().front().before)) {
      for (const auto& [table, of] : tables) {
        if (statement.find(" ON " + table + " (") != std::string::npos) {
          note(table, "gets a key, built while others work: " + statement);
        }
      }
    }
  }
  if (version < 2 && tables.contains("calls")) {
    note("calls", "gets seven indexes, built while others work");
  }
  if (version < 2 && tables.contains("call_queue")) {
    note("call_queue", "is locked while its rows are rewritten and its indexes are built");
  }
}

std::string begin(std::optional<std::chrono::milliseconds> patience) {
  if (!patience) return kBegin;
  const auto limit = std::to_string(patience->count());
  return std::string{kBegin} + "; SET LOCAL statement_timeout = " + limit +
         "; SET LOCAL lock_timeout = " + limit;
}

}  // namespace

PreflightReport preflight(Connection& connection,
                          const std::optional<std::vector<std::string>>& declared,
                          std::optional<std::chrono::milliseconds> patience) {
  PreflightReport report;
  if (connection.server_version() < kOldestServer) {
    add_finding(report, Severity::blocks, "", "", "the server is older than PostgreSQL 15",
                "upgrade the server");
    return report;
  }
  const Transaction snapshot{connection, begin(patience)};
  const auto schema = connection.value<std::string>(kSchemaName);
  if (!schema) {
    report_no_schema(connection, report);
    return report;
  }
  report.version = schema_version(connection);
  const auto statuses = declared             ? *declared
                        : report.version > 0 ? active_statuses(connection)
                                             : std::vector<std::string>{};
  check_rights(connection, report.version, report);
  if (report.version == 0) check_names(connection, report);
  const auto host = host_tables(connection, report.version);
  RowLook look{connection, host, report, patience};
  check_tables(host, report);
  // A host may have changed a table that a migration has made for it.
  check_columns(report.version > 0 ? host_tables(connection, 0) : host, report);
  check_keys(connection, host, report);
  check_words(connection, host, statuses, report);
  check_rows(look);
  check_zones(look);
  check_calls(look, report.version, statuses);
  if (patience) {
    if (report.version == 0) {
      note_triggers(connection, host, report);
      note_left_behind(connection, report);
      if (host.tables.empty()) note_no_tables(connection, *schema, report);
    }
    note_builds(connection, look, report.version, report);
  }
  std::stable_sort(
      report.findings.begin(), report.findings.end(),
      [](const auto& left, const auto& right) { return left.severity < right.severity; });
  return report;
}

}  // namespace callqueue::postgres
