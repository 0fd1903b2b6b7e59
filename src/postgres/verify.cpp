#include "postgres/verify.hpp"

#include <set>
#include <string>

#include "postgres/active_statuses.hpp"
#include "postgres/row_security.hpp"
#include "postgres/schema.hpp"
#include "postgres/schema_objects.hpp"
#include "postgres/steps.hpp"
#include "postgres/store.hpp"
#include "postgres/store_transactions.hpp"
#include "postgres/why_lacking.hpp"
#include "store/verify.hpp"

namespace callqueue::postgres {
namespace {

constexpr char kHasNotes[] = R"sql(
  SELECT EXISTS (SELECT 1 FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                 WHERE n.nspname = current_schema() AND c.relname = 'callqueue_made'))sql";
constexpr char kMadeByUs[] =
    "SELECT name FROM callqueue_made WHERE kind IN ('table', 'column', 'constraint')";
constexpr char kMayCreateSchema[] = R"sql(
  SELECT has_database_privilege(current_database(), 'CREATE'),
    format('GRANT CREATE ON DATABASE %I TO %I', current_database(), current_user))sql";
constexpr char kCheckedSchema[] = "SELECT current_schema()::text";
constexpr char kPath[] = "SELECT current_setting('search_path')";
constexpr char kGivePath[] = "SELECT set_config('search_path', $1, true)";
// The host's calls as far as ours depend on them; none where the table is ours.
constexpr char kHostsCalls[] = R"sql(
  SELECT format('CREATE TABLE calls (id uuid PRIMARY KEY, user_id uuid NOT NULL%s)',
    CASE WHEN EXISTS (SELECT 1 FROM callqueue_made WHERE (kind, name) = ('column', 'calls.status')) THEN ''
         WHEN t.typtype = 'e' THEN format(', status %I.%I', n.nspname, t.typname)
         ELSE ', status ' || format_type(a.atttypid, a.atttypmod) END)
  FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid JOIN pg_namespace n ON n.oid = t.typnamespace
  WHERE a.attrelid = to_regclass(quote_ident(current_schema()) || '.calls') AND a.attname = 'status'
    AND NOT EXISTS (SELECT 1 FROM callqueue_made WHERE (kind, name) = ('table', 'calls')))sql";
constexpr char kSchema[] = "callqueue_verify";

/// What makes one database's schema differ from another's.
struct Setting {
  std::optional<std::string> role;  ///< That row-level security is for.
  std::vector<std::string> active_statuses;
  std::optional<std::string> hosts_calls;  ///< The statement that makes a table like the host's.
  ///< Tables, columns and constraints that the migrations have made; as long as there are no notes,
  ///< the tables of the queue.
  std::set<std::string> made{"call_campaigns", "call_queue"};
};

Setting setting_of(Connection& connection) {
  Setting setting;
  if (!connection.value<bool>(kHasNotes).value_or(false)) return setting;
  setting.role = row_security_role(connection);
  setting.active_statuses = active_statuses(connection);
  setting.hosts_calls = connection.value<std::string>(kHostsCalls);
  setting.made.clear();
  auto rows = connection.query(kMadeByUs);
  while (rows.step()) setting.made.insert(rows.get<std::string>(0));
  return setting;
}

/// The steps in one transaction: there nobody else works on the tables.
void run_steps_at_once(Connection& connection, const std::string& steps) {
  for (auto statement : steps_left(connection, steps)) {
    constexpr std::string_view kWord = " CONCURRENTLY";
    const auto at = statement.find(kWord);
    if (at != std::string::npos) statement.erase(at, kWord.size());
    connection.execute(statement);
  }
}

/// What this version's migrations make in such a setting.
SchemaObjects expected_objects(Connection& connection, const Setting& setting) {
  const auto path = connection.value<std::string>(kPath).value_or("");
  // Rolled back when it goes: a session that is to read only has nothing to fear.
  const Transaction nowhere{connection, "BEGIN READ WRITE"};
  connection.execute(std::string{"CREATE SCHEMA "} + kSchema);
  connection.query(kGivePath, std::string{kSchema} + ", pg_temp");
  give_statuses(connection, setting.active_statuses);
  if (setting.hosts_calls) connection.execute(*setting.hosts_calls);
  for (const auto& migration : all_migrations()) {
    run_steps_at_once(connection, migration.before);
    connection.execute(migration.up);
    run_steps_at_once(connection, migration.after);
  }
  if (setting.role) put_row_security_in(connection, *setting.role);
  // The host's types are called what they are called in its own schema.
  connection.query(kGivePath, std::string{kSchema} + ", " + path);
  return schema_objects(connection, setting.role);
}

void require_create(Connection& connection) {
  auto row = connection.query(kMayCreateSchema);
  row.step();
  if (row.get<bool>(0)) return;
  throw Failure{ErrorCode::corrupt,
                "this role may not create schemas in the database, and verify makes one to compare "
                "with, which it takes away again: " +
                    row.get<std::string>(1)};
}

}  // namespace

void verify_schema(Connection& connection, VerifyReport& report) {
  const auto setting = setting_of(connection);
  const auto actual = schema_objects(connection, setting.role);
  if (is_standby(connection)) {
    add_item(report, "schema", connection.value<std::string>(kCheckedSchema).value_or(""),
             "not checked, because the server is a standby, and verify makes a schema to compare "
             "with, which it takes away again: run it on the primary");
  } else {
    compare_objects(actual, expected_objects(connection, setting), setting.made, report);
  }
  if (actual.has({"table", "callqueue_migrations"})) {
    PostgresSession session{connection};
    verify_history(session, all_migrations(), report);
  }
}

Result<VerifyReport> PostgresStore::verify() {
  return on_connection([&](Connection& connection) {
    VerifyReport report{.version = schema_version(connection), .items = {}};
    if (report.version == 0 && !has_history(connection)) {
      // There is nothing else to say.
      add_item(report, "version", std::to_string(newest_version()),
               "is not there: " + why_not_migrated(connection));
      return report;
    }
    if (!is_standby(connection)) require_create(connection);
    add_item(report, "version", std::to_string(newest_version()),
             report.version == newest_version() ? "" : "is " + std::to_string(report.version));
    verify_schema(connection, report);
    const Transaction snapshot{connection, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"};
    verify_writes(connection, report);
    const auto now =
        clock_ ? clock_->now() : connection.value<Instant>("SELECT clock_timestamp()").value();
    PostgresSession session{connection};
    verify_data(session, now, report);
    return report;
  });
}

}  // namespace callqueue::postgres
