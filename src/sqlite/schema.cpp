#include "sqlite/schema.hpp"

#include "sqlite/adoption.hpp"
#include "sqlite/store.hpp"
#include "store/migrations.hpp"

namespace callqueue::sqlite {
namespace {

constexpr char kCreateHistory[] = R"sql(
CREATE TABLE IF NOT EXISTS callqueue_migrations (
  version INTEGER PRIMARY KEY,
  name TEXT NOT NULL,
  checksum TEXT NOT NULL,
  applied_at INTEGER NOT NULL
))sql";
constexpr char kHasHistory[] = R"sql(
SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'callqueue_migrations')sql";
constexpr char kAddToHistory[] = R"sql(
INSERT INTO callqueue_migrations (version, name, checksum, applied_at) VALUES (?1, ?2, ?3, ?4))sql";
constexpr char kTakeFromHistory[] = "DELETE FROM callqueue_migrations WHERE version = ?1";
constexpr char kBrokenReference[] = R"sql(
SELECT "table" || ' points at ' || parent FROM pragma_foreign_key_check LIMIT 1)sql";

// Without its zone, windows and holidays a campaign would call by its columns alone: at wrong
// hours.
constexpr char kPauseWithoutRules[] = R"sql(
UPDATE call_campaigns SET status = 'paused' WHERE status IN ('scheduled', 'active') AND id IN (
  SELECT campaign_id FROM callqueue_campaign_rules
  WHERE timezone <> '' OR clock <> 'contact' OR weekly_windows IS NOT NULL OR excluded_dates <> '[]'))sql";

constexpr char kCountAttempts[] =
    "UPDATE call_queue SET attempts = 1 WHERE status = 'processing' AND attempts = 0";

/// Off while a table is rebuilt; SQLite ignores the switch inside a transaction.
class ForeignKeysOff {
 public:
  explicit ForeignKeysOff(Database& database) : database_(database) {
    database_.execute("PRAGMA foreign_keys = OFF");
  }
  ForeignKeysOff(const ForeignKeysOff&) = delete;
  ForeignKeysOff& operator=(const ForeignKeysOff&) = delete;
  ~ForeignKeysOff() {
    try {
      database_.execute("PRAGMA foreign_keys = ON");
    } catch (const Failure&) {  // Out of memory; nothing else can fail here.
    }
  }

 private:
  Database& database_;
};

const Migration& migration_of(int version) {
  return all_migrations().at(static_cast<std::size_t>(version - 1));
}

void check_references(Database& database, const std::string& name) {
  if (const auto broken = database.value<std::string>(kBrokenReference)) {
    throw Failure{ErrorCode::conflict, "migration " + name + " would break a reference: " +
                                           *broken + " that is not there"};
  }
}

/// The version is written by the transaction that changes the schema: both or neither are seen.
void set_version(Database& database, int version) {
  database.execute("PRAGMA user_version = " + std::to_string(version));
}

void apply_up(Database& database, const Migration& migration, Instant now) {
  database.execute(kCreateHistory);
  const bool is_first = migration.version == 1;
  const bool adopts = is_first && set_queue_aside(database);
  const bool calls_told = is_first && complete_host_tables(database);
  database.execute(migration.up);
  if (adopts) {
    take_queue_over(database);
    settle_rows_in_flight(database, now, calls_told);
  }
  if (migration.version == 2) database.execute(kCountAttempts);
  check_references(database, migration.name);
  database.run(kAddToHistory, migration.version, migration.name, checksum(migration), now);
  set_version(database, migration.version);
}

void apply_down(Database& database, const Migration& migration) {
  if (migration.version == 2) database.execute(kPauseWithoutRules);
  const bool keeps_calls = migration.version == 1 && calls_are_hosts(database);
  if (keeps_calls) hide_calls(database);
  database.execute(migration.down);
  if (keeps_calls) show_calls(database);
  check_references(database, migration.name);
  database.run(kTakeFromHistory, migration.version);
  if (migration.version == 1) database.execute("DROP TABLE callqueue_migrations");
  set_version(database, migration.version - 1);
}

[[noreturn]] void refuse_statuses() {
  throw Failure{ErrorCode::invalid_argument,
                "in SQLite only initiated, ringing and in_progress hold a slot", "active_statuses"};
}

}  // namespace

int newest_version() { return static_cast<int>(all_migrations().size()); }

int schema_version(Database& database) {
  return database.value<int>("PRAGMA user_version").value_or(0);
}

void refuse_unknown_version(Database& database, int version) {
  if (version == 0) return;
  if (!database.value<int>(kHasHistory)) {
    throw Failure{ErrorCode::corrupt,
                  "the database's user_version is " + std::to_string(version) +
                      " although it holds no call queue: another program numbers its schema there"};
  }
  refuse_newer(version, all_migrations());
}

void build_schema(Database& database) {
  for (const auto& migration : all_migrations()) apply_up(database, migration, Instant{});
}

const std::vector<Migration>& SqliteStore::migrations() const { return all_migrations(); }

Result<PreflightReport> SqliteStore::preflight(const PreflightRequest& request) {
  return guarded([&] {
    if (request.active_statuses && !request.active_statuses->empty()) refuse_statuses();
    const std::lock_guard lock{writer_mutex_};
    PreflightReport report{.version = schema_version(writer_), .findings = {}};
    if (report.version == 0) check_queue(writer_, report);
    return report;
  });
}

Result<MigrateResult> SqliteStore::migrate(const MigrateRequest& request) {
  return guarded([&] {
    if (request.active_statuses) refuse_statuses();
    if (request.row_security) {
      throw Failure{ErrorCode::invalid_argument, "SQLite has no row-level security",
                    "row_security"};
    }
    const std::lock_guard lock{writer_mutex_};
    const ForeignKeysOff off{writer_};
    MigrateResult result;
    std::optional<int> target;
    while (true) {
      // Another migrator may have moved it since the last step: the version counts under the lock.
      Transaction transaction{writer_, Transaction::Kind::write};
      const int version = schema_version(writer_);
      refuse_unknown_version(writer_, version);
      if (!target) {
        target = target_version(request, version, all_migrations());
        result.from = version;
      }
      result.to = version;
      if (request.down ? version <= *target : version >= *target) return result;
      const Migration& migration = migration_of(request.down ? version : version + 1);
      if (request.down) {
        apply_down(writer_, migration);
      } else {
        apply_up(writer_, migration, clock_now());
      }
      transaction.commit();
      result.applied.push_back(migration.name);
    }
  });
}

}  // namespace callqueue::sqlite
