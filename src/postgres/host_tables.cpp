#include "postgres/host_tables.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace callqueue::postgres {
namespace {

using enum Filled;
using Severity = PreflightFinding::Severity;

constexpr WantedColumn kWanted[] = {
    {"users", "id", "uuid", always, true},
    {"users", "name", "text", always},
    {"users", "email", "text"},
    {"users", "timezone", "text"},
    {"users", "concurrent_calls_limit", "integer", always},
    {"users", "system_concurrent_calls_limit", "integer", always},
    {"agents", "id", "uuid", always, true},
    {"agents", "user_id", "uuid", always, true},
    {"agents", "name", "text", always},
    {"contacts", "id", "uuid", always, true},
    {"contacts", "user_id", "uuid", always, true},
    {"contacts", "phone_number", "text", always, true},
    {"contacts", "name", "text"},
    {"contacts", "email", "text"},
    {"contacts", "company", "text"},
    {"contacts", "notes", "text"},
    {"contacts", "timezone", "text"},
    {"calls", "id", "uuid", always, true},
    {"calls", "user_id", "uuid", always, true},
    {"calls", "agent_id", "uuid", mostly},
    {"calls", "contact_id", "uuid", mostly},
    {"calls", "campaign_id", "uuid"},
    {"calls", "queue_id", "uuid", mostly},
    {"calls", "phone_number", "text", always},
    {"calls", "call_type", "text", always},
    {"calls", "attempt", "integer", always},
    {"calls", "status", "status", always},
    {"calls", "outcome", "text"},
    {"calls", "success", "boolean"},
    {"calls", "provider_call_id", "text"},
    {"calls", "leased_by", "text", always},
    {"calls", "lease_expires_at", "timestamptz"},
    {"calls", "submitted_at", "timestamptz"},
    {"calls", "created_at", "timestamptz", always},
    {"calls", "started_at", "timestamptz"},
    {"calls", "answered_at", "timestamptz"},
    {"calls", "ended_at", "timestamptz"},
    {"calls", "duration_seconds", "integer"},
    {"calls", "failure_reason", "text"},
    {"call_campaigns", "id", "uuid", always, true},
    {"call_campaigns", "user_id", "uuid", always, true},
    {"call_campaigns", "name", "text", always, true},
    {"call_campaigns", "description", "text", sometimes, true},
    {"call_campaigns", "agent_id", "uuid", always, true},
    {"call_campaigns", "next_action", "text", sometimes, true},
    {"call_campaigns", "first_call_time", "time", always, true},
    {"call_campaigns", "last_call_time", "time", always, true},
    {"call_campaigns", "status", "text", by_default, true, "'draft'"},
    {"call_campaigns", "total_contacts", "integer", by_default, true, "0"},
    {"call_campaigns", "completed_calls", "integer", by_default, true, "0"},
    {"call_campaigns", "successful_calls", "integer", by_default, true, "0"},
    {"call_campaigns", "failed_calls", "integer", by_default, true, "0"},
    {"call_campaigns", "start_date", "date", always, true},
    {"call_campaigns", "end_date", "date", sometimes, true},
    {"call_campaigns", "created_at", "timestamptz", always, true},
    {"call_campaigns", "updated_at", "timestamptz", always, true},
    {"call_campaigns", "started_at", "timestamptz", sometimes, true},
    {"call_campaigns", "completed_at", "timestamptz", sometimes, true},
    {"call_queue", "id", "uuid", always, true},
    {"call_queue", "user_id", "uuid", always, true},
    {"call_queue", "campaign_id", "uuid", sometimes, true},
    {"call_queue", "agent_id", "uuid", always, true},
    {"call_queue", "contact_id", "uuid", always, true},
    {"call_queue", "phone_number", "text", always, true},
    {"call_queue", "contact_name", "text", sometimes, true},
    {"call_queue", "user_data", "jsonb", always, true},
    {"call_queue", "status", "text", by_default, true, "'queued'"},
    {"call_queue", "priority", "integer", always, true},
    {"call_queue", "position", "integer", always, true},
    {"call_queue", "scheduled_for", "timestamptz", always, true},
    {"call_queue", "started_at", "timestamptz", sometimes, true},
    {"call_queue", "completed_at", "timestamptz", sometimes, true},
    {"call_queue", "call_id", "uuid", sometimes, true},
    {"call_queue", "failure_reason", "text", sometimes, true},
    {"call_queue", "last_system_allocation_at", "timestamptz", sometimes, true},
    {"call_queue", "created_at", "timestamptz", always, true},
    {"call_queue", "updated_at", "timestamptz", always, true},
};

// Inserted into all the time: what these lack stops everything.
constexpr std::array<std::string_view, 4> kBusyTables{"contacts", "calls", "call_campaigns",
                                                      "call_queue"};

constexpr char kRole[] = "SELECT quote_ident(current_user)";
constexpr char kMade[] = "SELECT name FROM callqueue_made WHERE kind = 'table'";
constexpr char kTables[] = R"sql(
  SELECT c.relname::text, c.relkind::text, pg_has_role(c.relowner, 'USAGE'),
    has_table_privilege(c.oid, 'SELECT'), row_security_active(c.oid),
    nullif(c.reltuples, -1)::bigint
  FROM pg_class c
  WHERE c.relnamespace = quote_ident(current_schema())::regnamespace
    AND c.relkind IN ('r', 'p', 'v', 'm', 'f') AND c.relname <> ALL ($1)
    AND c.relname IN ('users', 'agents', 'contacts', 'calls', 'call_campaigns', 'call_queue'))sql";
constexpr char kColumns[] = R"sql(
  SELECT c.relname::text, a.attname::text, b.typname::text, b.typtype = 'e', t.typtype = 'd',
    CASE WHEN b.typname = 'varchar' THEN greatest(
      CASE t.typtype WHEN 'd' THEN t.typtypmod ELSE a.atttypmod END - 4, 0) ELSE 0 END,
    a.attnotnull OR t.typnotnull, d.adbin IS NOT NULL OR a.attidentity <> '' OR t.typdefault IS NOT NULL,
    a.attgenerated <> '' OR a.attidentity = 'a', format_type(a.atttypid, a.atttypmod)
  FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    JOIN pg_type t ON t.oid = a.atttypid
    JOIN pg_type b ON b.oid = CASE t.typtype WHEN 'd' THEN t.typbasetype ELSE t.oid END
    LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
  WHERE c.relnamespace = quote_ident(current_schema())::regnamespace AND c.relname = ANY ($1))sql";

bool is_of(const HostColumn& column, std::string_view wanted) {
  const std::string_view type = column.type;
  const bool is_text = type == "text" || type == "varchar" || type == "citext";
  if (wanted == "status") return is_text || (column.is_enum && !column.is_domain);
  if (wanted == "text") return is_text;
  if (wanted == "integer") return type == "int2" || type == "int4" || type == "int8";
  if (wanted == "boolean") return type == "bool";
  return type == wanted;
}

std::string alter(const WantedColumn& wanted, const std::string& how) {
  return std::string{"ALTER TABLE "} + wanted.table + " ALTER COLUMN " + wanted.column + " " + how +
         ";";
}

std::string retype(const WantedColumn& wanted, const HostColumn& column) {
  const std::string name{wanted.column};
  const std::string_view type = wanted.type;
  if (type == "timestamptz" && column.type == "timestamp") {
    return alter(wanted, "TYPE timestamptz USING " + name + " AT TIME ZONE 'UTC'") +
           " (or the zone that it was written in)";
  }
  const std::string to = type == "status" ? "text" : std::string{type};
  return alter(wanted, "TYPE " + to + " USING " + name + "::" + to);
}

bool is_busy(std::string_view table) {
  return std::find(kBusyTables.begin(), kBusyTables.end(), table) != kBusyTables.end();
}

void check_column(const WantedColumn& wanted, const HostColumn& column, PreflightReport& report) {
  const auto blocks = [&](std::string what, std::string remedy) {
    add_finding(report, Severity::blocks, wanted.table, wanted.column, std::move(what),
                std::move(remedy));
  };
  if (!is_of(column, wanted.type)) {
    blocks("is of type " + column.full_type + " where " +
               (std::string_view{wanted.type} == "status" ? "text or an enum" : wanted.type) +
               " is needed",
           retype(wanted, column));
    return;
  }
  if (column.is_generated) {
    blocks("is generated by the database, and is written by the library",
           "make it a column with a default");
  }
  if (wanted.filled == by_default && !column.has_default) {
    blocks("has no default", alter(wanted, std::string{"SET DEFAULT "} + wanted.value));
  }
  if (wanted.filled == sometimes && column.not_null) {
    // Users and agents may be the host's own to insert.
    add_finding(report, is_busy(wanted.table) ? Severity::blocks : Severity::note, wanted.table,
                wanted.column, "is NOT NULL, and is left empty where there is nothing to say",
                alter(wanted, "DROP NOT NULL"));
  }
  if (wanted.filled == mostly && column.not_null) {
    add_finding(report, Severity::note, wanted.table, wanted.column,
                "is NOT NULL: then what calls point at cannot be deleted, and reserve_slot fails",
                alter(wanted, "DROP NOT NULL"));
  }
}

bool is_wanted(const std::string& table, const std::string& column) {
  return std::any_of(std::begin(kWanted), std::end(kWanted), [&](const WantedColumn& wanted) {
    return table == wanted.table && column == wanted.column;
  });
}

/// A column of the host's own that nothing would fill.
void check_own_column(const std::string& table, const std::string& name, const HostColumn& column,
                      PreflightReport& report) {
  if (is_wanted(table, name) || !column.not_null || column.has_default || column.is_generated)
    return;
  add_finding(
      report, is_busy(table) ? Severity::blocks : Severity::note, table, name,
      is_busy(table) ? "is NOT NULL without a default, and the library knows nothing of it"
                     : "is NOT NULL without a default: rows are yours to insert",
      "ALTER TABLE " + table + " ALTER COLUMN " + name + " SET DEFAULT …; or DROP NOT NULL");
}

void check_kind(const std::string& name, const HostTable& table, const std::string& role,
                PreflightReport& report) {
  const auto blocks = [&](const char* what, std::string remedy) {
    add_finding(report, Severity::blocks, name, "", what, std::move(remedy));
  };
  if (table.kind != "r") {
    blocks(table.kind == "p" ? "is a partitioned table" : "is not a table",
           "a plain table of that name is needed; put the library in a schema of its own "
           "(--schema) otherwise");
    return;
  }
  if (!table.may_alter) {
    blocks("belongs to another role", "migrate as its owner, or as a member of that role");
  }
  if (!table.may_read) {
    blocks("may not be read by this role: its rows were not looked at",
           "GRANT SELECT ON " + name + " TO " + role + ";");
  }
  if (table.hides_rows) {
    blocks("hides rows from this role by row-level security",
           "ALTER TABLE " + name +
               " NO FORCE ROW LEVEL SECURITY; or migrate as a role with "
               "BYPASSRLS");
  }
}

}  // namespace

std::span<const WantedColumn> wanted_columns() { return kWanted; }

HostTables host_tables(Connection& connection, int version) {
  std::vector<std::string> made;
  if (version > 0) {
    auto rows = connection.query(kMade);
    while (rows.step()) made.push_back(rows.get<std::string>(0));
  }
  HostTables host;
  host.role = connection.value<std::string>(kRole).value_or("");
  std::vector<std::string> names;
  auto tables = connection.query(kTables, made);
  while (tables.step()) {
    names.push_back(tables.get<std::string>(0));
    auto& table = host.tables[names.back()];
    table = {.kind = tables.get<std::string>(1),
             .may_alter = tables.get<bool>(2),
             .may_read = tables.get<bool>(3),
             .hides_rows = tables.get<bool>(4),
             .rows = {}};
    if (!tables.is_null(5)) table.rows = tables.get<std::int64_t>(5);
  }
  if (names.empty()) return host;
  auto columns = connection.query(kColumns, names);
  while (columns.step()) {
    host.columns[{columns.get<std::string>(0), columns.get<std::string>(1)}] = {
        .type = columns.get<std::string>(2),
        .is_enum = columns.get<bool>(3),
        .is_domain = columns.get<bool>(4),
        .length = columns.get<int>(5),
        .not_null = columns.get<bool>(6),
        .has_default = columns.get<bool>(7),
        .is_generated = columns.get<bool>(8),
        .full_type = columns.get<std::string>(9)};
  }
  return host;
}

void check_tables(const HostTables& host, PreflightReport& report) {
  for (const auto& [name, table] : host.tables) check_kind(name, table, host.role, report);
}

void check_columns(const HostTables& host, PreflightReport& report) {
  for (const auto& wanted : kWanted) {
    if (!host.has(wanted.table)) continue;
    if (const auto* column = host.find(wanted.table, wanted.column)) {
      check_column(wanted, *column, report);
    } else if (wanted.required) {
      add_finding(report, Severity::blocks, wanted.table, wanted.column, "is not there",
                  std::string{"ALTER TABLE "} + wanted.table + " ADD COLUMN " + wanted.column +
                      " " + wanted.type + " …; with what belongs in it");
    }
  }
  for (const auto& [place, column] : host.columns) {
    check_own_column(place.first, place.second, column, report);
  }
}

}  // namespace callqueue::postgres
