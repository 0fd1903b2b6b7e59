#include "postgres/schema.hpp"

#include <chrono>
#include <thread>

#include "postgres/active_statuses.hpp"
#include "postgres/dependents.hpp"
#include "postgres/left_behind.hpp"
#include "postgres/preflight.hpp"
#include "postgres/row_security.hpp"
#include "postgres/steps.hpp"
#include "postgres/why_lacking.hpp"
#include "store/migrations.hpp"

namespace callqueue::postgres {
namespace {

// One migrator at a time in a schema. Nobody waits for it in a statement: an index that is built
// concurrently waits for every statement that began before it.
constexpr char kTryLock[] = R"sql(
  SELECT pg_try_advisory_xact_lock((x'63716d67'::bigint << 32) | n.oid::bigint)
  FROM pg_namespace n WHERE n.nspname = current_schema())sql";
// It is idle for as long as an index takes.
constexpr char kBeginGuard[] = "BEGIN; SET LOCAL idle_in_transaction_session_timeout = 0";
constexpr std::chrono::milliseconds kBetweenTries{20};
// Indexes take as long as they take. Tables of the host are waited for by callqueue_take_tables.
constexpr char kPatient[] = "SET statement_timeout = 0; SET lock_timeout = 0";
constexpr char kAsBefore[] = "RESET statement_timeout; RESET lock_timeout";
// Functions keep the search path that they are made with. Where it does not name pg_temp, that
// comes first: anybody's temporary table could stand in for one of ours.
constexpr char kTemporaryTablesLast[] =
    "SELECT set_config('search_path', current_setting('search_path') || ', pg_temp', true)";
// One maker of a schema at a time; makers of others wait as well.
constexpr char kLockSchemas[] = "SELECT pg_advisory_xact_lock(x'63716d6773'::bigint)";
constexpr char kCreateSchema[] =
    "SELECT format('CREATE SCHEMA %I', $1::text) WHERE to_regnamespace(quote_ident($1)) IS NULL";
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

/// Held until it goes.
class MigratorsLock {
 public:
  explicit MigratorsLock(Connection& guard) {
    for (;;) {
      transaction_.emplace(guard, kBeginGuard);
      // By itself, not prepared: that would leave a snapshot behind, which such an index waits for.
      auto rows = guard.execute(kTryLock);
      if (rows.step() && rows.get<std::string>(0) == "t") return;
      transaction_.reset();
      std::this_thread::sleep_for(kBetweenTries);
    }
  }

 private:
  std::optional<Transaction> transaction_;
};

/// The connection's settings while it migrates.
class Patient {
 public:
  explicit Patient(Connection& connection) : connection_(connection) {
    connection_.execute(kPatient);
  }
  Patient(const Patient&) = delete;
  Patient& operator=(const Patient&) = delete;
  ~Patient() {
    try {
      if (!connection_.lost()) connection_.execute(kAsBefore);
    } catch (const Failure&) {  // The connection goes as well.
    }
  }

 private:
  Connection& connection_;
};

const Migration& migration_of(int version) {
  return all_migrations().at(static_cast<std::size_t>(version - 1));
}

void apply_up(Connection& connection, const Migration& migration,
              const std::vector<std::string>& active_statuses) {
  run_steps(connection, migration.before);
  Transaction transaction{connection};
  connection.query(kTemporaryTablesLast);
  if (migration.version == 1) give_statuses(connection, active_statuses);
  connection.execute(kCreateHistory);
  connection.execute(migration.up);
  connection.query(kAddToHistory, migration.version, migration.name, checksum(migration));
  transaction.commit();
}

void apply_down(Connection& connection, const Migration& migration) {
  Transaction transaction{connection};
  connection.query(kTemporaryTablesLast);
  take_row_security_away(connection);
  connection.execute(migration.down);
  connection.query(kTakeFromHistory, migration.version);
  if (migration.version == 1) connection.execute("DROP TABLE callqueue_migrations");
  transaction.commit();
}

/// What a migrator before may have been kept from, and what somebody has dropped since. (Before the
/// first migration keys are built that it makes constraints of.) @return what was done.
std::vector<std::string> finish_steps(Connection& connection, int version) {
  std::vector<std::string> done;
  const auto run = [&](const std::string& steps) {
    for (auto& statement : run_steps(connection, steps)) done.push_back(std::move(statement));
  };
  for (int past = 1; past <= version; ++past) {
    if (past > 1) run(migration_of(past).before);
    run(migration_of(past).after);
  }
  return done;
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
  Transaction transaction{connection};
  connection.query(kTemporaryTablesLast);
  take_row_security_away(connection);
  if (!role.empty()) {
    put_row_security_in(connection, role);
    if (const auto reason = why_role_is_unfit(connection, role)) {
      throw Failure{ErrorCode::conflict, "the role " + role + " cannot be used: " + *reason,
                    "row_security"};
    }
  }
  transaction.commit();
}

/// The first thing that preflight would name.
void refuse_what_blocks(Connection& connection, const std::vector<std::string>& active_statuses) {
  for (const auto& finding : preflight(connection, active_statuses).findings) {
    if (finding.severity != PreflightFinding::Severity::blocks) continue;
    auto where = finding.table;
    if (!finding.column.empty()) where += "." + finding.column;
    if (!where.empty()) where += " ";
    throw Failure{ErrorCode::conflict,
                  where + finding.what + "; a preflight lists all that is in the way",
                  finding.column};
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

bool has_history(Connection& connection) {
  return connection.value<bool>(kHasHistory).value_or(false);
}

int schema_version(Connection& connection) {
  if (!has_history(connection)) return 0;
  refuse_if_rows_are_hidden(connection);
  return connection.value<int>(kVersion).value_or(0);
}

MigrateResult migrate(Connection& connection, Connection& guard, const MigrateRequest& request) {
  if (connection.server_version() < kOldestServer) {
    throw Failure{ErrorCode::unavailable, "PostgreSQL 15 or newer is needed", "url"};
  }
  if (const auto none = why_no_schema(connection)) {
    throw Failure{ErrorCode::invalid_argument, none->why, "schema"};
  }
  check_row_security(request);
  if (request.active_statuses && request.down) {
    throw Failure{ErrorCode::invalid_argument, "statuses are declared going up", "active_statuses"};
  }
  const MigratorsLock lock{guard};
  const Patient patient{connection};
  int version = schema_version(connection);
  refuse_newer(version, all_migrations());
  const int target = target_version(request, version, all_migrations());
  MigrateResult result{.from = version, .to = version, .applied = {}};
  if (request.down) {
    if (version > 0) refuse_dependents(connection, version, target);
    for (; version > target; result.to = --version) {
      apply_down(connection, migration_of(version));
      result.applied.push_back(migration_of(version).name);
    }
    if (version == 0 && drop_keys_left_behind(connection)) {
      result.applied.emplace_back("keys_left_behind");
    }
    return result;
  }
  const auto declared = checked_statuses(request.active_statuses.value_or(
      version > 0 ? active_statuses(connection) : std::vector<std::string>{}));
  if (version < target) refuse_what_blocks(connection, declared);
  result.applied = finish_steps(connection, version);
  for (; version < target; result.to = version) {
    apply_up(connection, migration_of(++version), declared);
    result.applied.push_back(migration_of(version).name);
  }
  if (version > result.from) finish_steps(connection, version);
  if (version > 0 && active_statuses(connection) != declared) {
    declare_statuses(connection, declared);
    result.applied.emplace_back("active_statuses");
  }
  if (request.row_security) {
    set_row_security(connection, *request.row_security);
    result.applied.emplace_back("row_security");
  }
  return result;
}

}  // namespace callqueue::postgres
