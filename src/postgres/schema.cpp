#include "postgres/schema.hpp"

#include "postgres/row_security.hpp"
#include "store/migrations.hpp"

namespace callqueue::postgres {
namespace {

constexpr int kOldestServer = 150'000;

// One migrator at a time in a schema.
constexpr char kLock[] = R"sql(
  SELECT pg_advisory_xact_lock((x'63716d67'::bigint << 32) | n.oid::bigint)
  FROM pg_namespace n WHERE n.nspname = current_schema())sql";
// Functions keep the search path that they are made with. Where it does not name pg_temp, that
// comes first: anybody's temporary table could stand in for one of ours.
constexpr char kTemporaryTablesLast[] =
    "SELECT set_config('search_path', current_setting('search_path') || ', pg_temp', true)";
// One maker of a schema at a time; makers of others wait as well.
constexpr char kLockSchemas[] = "SELECT pg_advisory_xact_lock(x'63716d6773'::bigint)";
constexpr char kCreateSchema[] =
    "SELECT format('CREATE SCHEMA %I', $1::text) WHERE to_regnamespace(quote_ident($1)) IS NULL";
constexpr char kHasSchema[] = "SELECT current_schema() IS NOT NULL";
// By a snapshot: what `to_regclass` knows may be older than the lock.
constexpr char kHasHistory[] = R"sql(
  SELECT EXISTS (SELECT 1 FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                 WHERE n.nspname = current_schema() AND c.relname = 'callqueue_migrations'))sql";
constexpr char kCreateHistory[] = R"sql(
  CREATE TABLE IF NOT EXISTS callqueue_migrations (
    version integer PRIMARY KEY,
    name text NOT NULL,
    checksum text NOT NULL,
    applied_at timestamptz NOT NULL DEFAULT clock_timestamp()
  ))sql";
constexpr char kVersion[] = "SELECT coalesce(max(version), 0) FROM callqueue_migrations";
constexpr char kAddToHistory[] =
    "INSERT INTO callqueue_migrations (version, name, checksum) VALUES ($1, $2, $3)";
constexpr char kTakeFromHistory[] = "DELETE FROM callqueue_migrations WHERE version = $1";

void apply_up(Connection& connection, const Migration& migration) {
  connection.execute(kCreateHistory);
  connection.execute(migration.up);
  connection.query(kAddToHistory, migration.version, migration.name, checksum(migration));
}

void apply_down(Connection& connection, const Migration& migration) {
  take_row_security_away(connection);
  connection.execute(migration.down);
  connection.query(kTakeFromHistory, migration.version);
  if (migration.version == 1) connection.execute("DROP TABLE callqueue_migrations");
}

/// Only the newest schema has it: what else would have to be protected is not known.
void check_row_security(const MigrateRequest& request) {
  if (!request.row_security) return;
  if (request.down || request.to.value_or(newest_version()) != newest_version()) {
    throw Failure{ErrorCode::invalid_argument, "row-level security needs the newest version",
                  "row_security"};
  }
}

void set_row_security(Connection& connection, const std::string& role) {
  take_row_security_away(connection);
  if (role.empty()) return;
  put_row_security_in(connection, role);
  if (const auto reason = why_role_is_unfit(connection, role)) {
    throw Failure{ErrorCode::conflict, "the role " + role + " cannot be used: " + *reason,
                  "row_security"};
  }
}

}  // namespace

void create_schema(Connection& connection, const std::string& name) {
  Transaction transaction{connection};
  connection.query(kLockSchemas);
  const auto statement = connection.value<std::string>(kCreateSchema, name);
  if (statement) connection.execute(*statement);
  transaction.commit();
}

int newest_version() { return static_cast<int>(all_migrations().size()); }

int schema_version(Connection& connection) {
  if (!connection.value<bool>(kHasHistory).value_or(false)) return 0;
  return connection.value<int>(kVersion).value_or(0);
}

MigrateResult migrate(Connection& connection, const MigrateRequest& request) {
  if (connection.server_version() < kOldestServer) {
    throw Failure{ErrorCode::unavailable, "PostgreSQL 15 or newer is needed", "url"};
  }
  if (!connection.value<bool>(kHasSchema).value_or(false)) {
    throw Failure{ErrorCode::invalid_argument,
                  "the search path names no schema that is there to hold the tables", "url"};
  }
  check_row_security(request);
  MigrateResult result;
  std::optional<int> target;
  while (true) {
    // Another migrator may have moved it since the last step: the version counts under the lock.
    Transaction transaction{connection};
    connection.query(kLock);
    const int version = schema_version(connection);
    refuse_newer(version, all_migrations());
    if (!target) {
      target = target_version(request, version, all_migrations());
      result.from = version;
    }
    result.to = version;
    if (request.down ? version <= *target : version >= *target) {
      if (request.row_security) {
        set_row_security(connection, *request.row_security);
        transaction.commit();
        result.applied.emplace_back("row_security");
      }
      return result;
    }
    connection.query(kTemporaryTablesLast);
    const auto& migration =
        all_migrations().at(static_cast<std::size_t>(request.down ? version - 1 : version));
    if (request.down) {
      apply_down(connection, migration);
    } else {
      apply_up(connection, migration);
    }
    transaction.commit();
    result.applied.push_back(migration.name);
  }
}

}  // namespace callqueue::postgres
