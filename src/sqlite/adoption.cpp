#include "sqlite/adoption.hpp"

#include <array>
#include <string>
#include <string_view>
#include <vector>

namespace callqueue::sqlite {
namespace {

constexpr char kHasTable[] = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?1";
constexpr char kHasColumn[] = "SELECT 1 FROM pragma_table_xinfo(?1) WHERE name = ?2";
constexpr char kMadeByUs[] =
    "SELECT 1 FROM pragma_foreign_key_list('calls') WHERE \"table\" = 'call_queue'";
// Automatic indexes have no SQL, and go with their table.
constexpr char kAttached[] = R"sql(
  SELECT 'DROP ' || type || ' "' || name || '"' FROM sqlite_master
  WHERE tbl_name = ?1 AND type IN ('index', 'trigger') AND sql IS NOT NULL)sql";

constexpr char kBelongToCalls[] = R"sql(
  UPDATE calls SET queue_id = (SELECT q.id FROM call_queue q WHERE q.user_id = calls.user_id AND q.call_id = calls.id
                               AND q.status = 'processing' LIMIT 1)
  WHERE queue_id IS NULL AND status IN ('initiated', 'ringing', 'in_progress'))sql";
constexpr char kEndWithCalls[] = R"sql(
  UPDATE call_queue SET status = 'completed', completed_at = ?1
  WHERE status = 'processing' AND EXISTS (SELECT 1 FROM calls c WHERE c.user_id = call_queue.user_id
                                          AND c.id = call_queue.call_id AND c.status = 'completed'))sql";
constexpr char kEndWithoutNews[] = R"sql(
  UPDATE call_queue SET status = 'failed', completed_at = ?1, failure_reason = COALESCE(failure_reason, 'no_news')
  WHERE status = 'processing' AND NOT EXISTS (
    SELECT 1 FROM calls c WHERE c.user_id = call_queue.user_id AND c.id = call_queue.call_id
    AND c.status IN ('initiated', 'ringing', 'in_progress')))sql";

struct Wanted {
  const char* table;
  const char* column;
  const char* type;
};

constexpr Wanted kHostColumns[] = {
    {"users", "name", "TEXT NOT NULL DEFAULT ''"},
    {"users", "email", "TEXT"},
    {"users", "timezone", "TEXT"},
    {"users", "concurrent_calls_limit",
     "INTEGER NOT NULL DEFAULT 2 CHECK (concurrent_calls_limit >= 0)"},
    {"users", "system_concurrent_calls_limit",
     "INTEGER NOT NULL DEFAULT 10 CHECK (system_concurrent_calls_limit >= 0)"},
    {"agents", "name", "TEXT NOT NULL DEFAULT ''"},
    {"contacts", "name", "TEXT"},
    {"contacts", "email", "TEXT"},
    {"contacts", "company", "TEXT"},
    {"contacts", "notes", "TEXT"},
    {"contacts", "timezone", "TEXT"},
    {"calls", "agent_id", "TEXT"},
    {"calls", "contact_id", "TEXT"},
    {"calls", "campaign_id", "TEXT"},
    {"calls", "queue_id", "TEXT"},
    {"calls", "phone_number", "TEXT NOT NULL DEFAULT ''"},
    {"calls", "call_type", "TEXT NOT NULL DEFAULT 'direct'"},
    {"calls", "attempt", "INTEGER NOT NULL DEFAULT 1"},
    // Calls that were there before hold no slot.
    {"calls", "status", "TEXT NOT NULL DEFAULT 'completed'"},
    {"calls", "outcome", "TEXT"},
    {"calls", "success", "INTEGER"},
    {"calls", "provider_call_id", "TEXT"},
    {"calls", "leased_by", "TEXT"},
    {"calls", "lease_expires_at", "INTEGER"},
    {"calls", "submitted_at", "INTEGER"},
    {"calls", "created_at", "INTEGER NOT NULL DEFAULT 0"},
    {"calls", "started_at", "INTEGER"},
    {"calls", "answered_at", "INTEGER"},
    {"calls", "ended_at", "INTEGER"},
    {"calls", "duration_seconds", "INTEGER"},
    {"calls", "failure_reason", "TEXT"},
};

struct Adopted {
  const char* table;
  std::array<const char*, 13> columns;  ///< Those that are no instants; the rest is null.
  std::array<const char*, 6> instants;
};

constexpr Adopted kAdopted[] = {
    {"call_campaigns",
     {"id", "user_id", "name", "description", "agent_id", "next_action", "first_call_time",
      "last_call_time", "status", "start_date", "end_date"},
     {"created_at", "updated_at", "started_at", "completed_at"}},
    {"call_queue",
     {"id", "user_id", "campaign_id", "agent_id", "contact_id", "phone_number", "contact_name",
      "user_data", "status", "priority", "position", "call_id", "failure_reason"},
     {"scheduled_for", "started_at", "completed_at", "last_system_allocation_at", "created_at",
      "updated_at"}},
};

std::string aside(const char* table) { return std::string{"callqueue_adopted_"} + table; }

bool has_column(Database& database, const std::string& table, const char* column) {
  return database.value<int>(kHasColumn, table, column).has_value();
}

/// References to it go on meaning the old name.
void rename(Database& database, const std::string& from, const std::string& to) {
  database.execute("PRAGMA legacy_alter_table = ON; ALTER TABLE " + from + " RENAME TO " + to +
                   "; PRAGMA legacy_alter_table = OFF");
}

void drop_attached(Database& database, const char* table) {
  std::vector<std::string> drops;
  {
    auto rows = database.query(kAttached, table);
    while (rows.step()) drops.push_back(rows.get<std::string>(0));
  }
  for (const auto& drop : drops) database.execute(drop);
}

void require_columns(Database& database, const Adopted& adopted) {
  const auto require = [&](const char* column) {
    if (column == nullptr || has_column(database, adopted.table, column)) return;
    throw Failure{ErrorCode::conflict, std::string{"the table "} + adopted.table +
                                           " is there already, without the column " + column};
  };
  for (const auto* column : adopted.columns) require(column);
  for (const auto* column : adopted.instants) require(column);
}

/// Microseconds since 1970, of a number or of text as SQLite reads it.
std::string instant(const char* column) {
  const std::string name{column};
  return "CASE typeof(" + name + ") WHEN 'text' THEN CAST(round((julianday(" + name +
         ") - 2440587.5) * 86400000.0) AS INTEGER) * 1000 ELSE " + name + " END";
}

void copy_rows(Database& database, const Adopted& adopted) {
  std::string into;
  std::string from;
  const auto add = [&](const char* column, const std::string& value) {
    const auto* comma = into.empty() ? "" : ", ";
    into += comma + std::string{column};
    from += comma + value;
  };
  for (const auto* column : adopted.columns) {
    if (column == nullptr) continue;
    const bool is_data = std::string_view{column} == "user_data";
    add(column, is_data ? "COALESCE(user_data, '{}')" : column);
  }
  for (const auto* column : adopted.instants) {
    if (column == nullptr) continue;
    const bool is_due = std::string_view{column} == "scheduled_for";  // None: at once.
    add(column, is_due ? "COALESCE(" + instant(column) + ", " + instant("created_at") + ")"
                       : instant(column));
  }
  database.execute(std::string{"INSERT INTO "} + adopted.table + " (" + into + ") SELECT " + from +
                   " FROM " + aside(adopted.table) + " ORDER BY rowid");
}

}  // namespace

bool complete_host_tables(Database& database) {
  const bool calls_told = has_column(database, "calls", "status");
  for (const auto& [table, column, type] : kHostColumns) {
    if (!database.value<int>(kHasTable, table) || has_column(database, table, column)) continue;
    database.execute(std::string{"ALTER TABLE "} + table + " ADD COLUMN " + column + " " + type);
  }
  return calls_told;
}

bool set_queue_aside(Database& database) {
  if (!database.value<int>(kHasTable, "call_campaigns") ||
      !database.value<int>(kHasTable, "call_queue")) {
    return false;  // One of them alone is somebody else's: the migration says that it is in the
                   // way.
  }
  for (const auto& adopted : kAdopted) {
    require_columns(database, adopted);
    drop_attached(database, adopted.table);
    rename(database, adopted.table, aside(adopted.table));
  }
  return true;
}

void check_queue(Database& database, PreflightReport& report) {
  const auto blocks = [&](const char* table, const char* column, std::string what) {
    report.findings.push_back({.table = table,
                               .column = column,
                               .what = std::move(what),
                               .remedy = "rename the table, or give it all that the seed's has"});
  };
  for (std::size_t i = 0; i < std::size(kAdopted); ++i) {
    const auto& adopted = kAdopted[i];
    const auto* other = kAdopted[1 - i].table;
    if (!database.value<int>(kHasTable, adopted.table)) continue;
    if (!database.value<int>(kHasTable, other)) {
      blocks(adopted.table, "", std::string{"is there without "} + other);
      continue;
    }
    const auto look_for = [&](const char* column) {
      if (column == nullptr || has_column(database, adopted.table, column)) return;
      blocks(adopted.table, column, "is not there");
    };
    for (const auto* column : adopted.columns) look_for(column);
    for (const auto* column : adopted.instants) look_for(column);
  }
}

void take_queue_over(Database& database) {
  for (const auto& adopted : kAdopted) copy_rows(database, adopted);
  for (const auto* table : {"call_queue", "call_campaigns"}) {
    database.execute("DROP TABLE " + aside(table));
  }
}

void settle_rows_in_flight(Database& database, Instant now, bool calls_told) {
  if (calls_told) {
    database.execute(kBelongToCalls);
    database.run(kEndWithCalls, now);
  }
  database.run(kEndWithoutNews, now);
}

bool calls_are_hosts(Database& database) { return !database.value<int>(kMadeByUs); }

void hide_calls(Database& database) {
  database.execute("DROP INDEX IF EXISTS calls_id_user_id_unique");
  rename(database, "calls", aside("calls"));
  database.execute("CREATE TABLE calls (id TEXT)");
}

void show_calls(Database& database) { rename(database, aside("calls"), "calls"); }

}  // namespace callqueue::sqlite
