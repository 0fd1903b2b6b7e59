#include "postgres/schema.hpp"

#include "store/migrations.hpp"

namespace callqueue::postgres {
namespace {

constexpr int kOldestServer = 150'000;

// One migrator at a time in a schema.
constexpr char kLock[] = R"sql(
  SELECT pg_advisory_xact_lock((x'63716d67'::bigint << 32) | n.oid::bigint)
  FROM pg_namespace n WHERE n.nspname = current_schema())sql";
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
  connection.execute(migration.down);
  connection.query(kTakeFromHistory, migration.version);
  if (migration.version == 1) connection.execute("DROP TABLE callqueue_migrations");
}

}  // namespace

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
    if (request.down ? version <= *target : version >= *target) return result;
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
