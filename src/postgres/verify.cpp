#include "postgres/verify.hpp"

#include <algorithm>
#include <map>
#include <string>
#include <utility>

#include "postgres/row_security.hpp"
#include "postgres/schema.hpp"
#include "postgres/store.hpp"
#include "postgres/store_transactions.hpp"
#include "store/verify.hpp"

namespace callqueue::postgres {
namespace {

/// By kind and name: how it is defined.
using Objects = std::map<std::pair<std::string, std::string>, std::string>;

// All that a schema holds, named as somebody sees it who has the schema in the search path: so two
// schemas read the same if they are. The first column is the kind, the second the table it belongs
// to (or itself), the third the name. Grants are those that the role $1 has. Of a function's search
// path it counts that it ends with pg_temp.
constexpr char kObjects[] = R"sql(
  WITH tables AS (
    SELECT c.oid, c.relname FROM pg_class c
    WHERE c.relnamespace = quote_ident(current_schema())::regnamespace AND c.relkind IN ('r', 'p'))
  SELECT 'table', relname, relname::text, '' FROM tables
  UNION ALL
  SELECT 'column', t.relname, t.relname || '.' || a.attname,
    format_type(a.atttypid, a.atttypmod) || CASE WHEN a.attnotnull THEN ' not null' ELSE '' END
      || CASE a.attidentity WHEN '' THEN '' ELSE ' identity' END
      || coalesce(' default ' || pg_get_expr(d.adbin, d.adrelid), '')
  FROM tables t JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum > 0 AND NOT a.attisdropped
    LEFT JOIN pg_attrdef d ON d.adrelid = t.oid AND d.adnum = a.attnum
  UNION ALL
  SELECT CASE c.contype WHEN 'p' THEN 'key' WHEN 'u' THEN 'key' WHEN 'f' THEN 'foreign_key'
                        ELSE 'check' END,
    t.relname, t.relname || '.' || c.conname, pg_get_constraintdef(c.oid, true)
  FROM tables t JOIN pg_constraint c ON c.conrelid = t.oid WHERE c.contype IN ('p', 'u', 'f', 'c')
  UNION ALL
  SELECT 'index', t.relname, i.relname::text,
    pg_get_indexdef(i.oid, 0, true) || CASE WHEN x.indisvalid THEN '' ELSE ' (invalid)' END
  FROM tables t JOIN pg_index x ON x.indrelid = t.oid JOIN pg_class i ON i.oid = x.indexrelid
  WHERE NOT EXISTS (SELECT 1 FROM pg_constraint c WHERE c.conindid = i.oid AND c.contype IN ('p', 'u'))
  UNION ALL
  SELECT 'trigger', t.relname, t.relname || '.' || g.tgname,
    pg_get_triggerdef(g.oid, true) || CASE g.tgenabled WHEN 'O' THEN '' ELSE ' (switched off)' END
  FROM tables t JOIN pg_trigger g ON g.tgrelid = t.oid WHERE NOT g.tgisinternal
  UNION ALL
  SELECT 'function', p.proname, p.proname || '(' || pg_get_function_identity_arguments(p.oid) || ')',
    pg_get_function_result(p.oid) || ' ' || p.provolatile::text || ' ' || md5(p.prosrc)
      || CASE WHEN p.prosecdef THEN ' as its owner' ELSE '' END
      || coalesce((SELECT string_agg(' ' || regexp_replace(s, '^search_path=.*, pg_temp$', 'search_path'),
                                     '' ORDER BY s) FROM unnest(p.proconfig) s), '')
  FROM pg_proc p WHERE p.pronamespace = quote_ident(current_schema())::regnamespace
  UNION ALL
  SELECT 'sequence', c.relname, c.relname::text, '' FROM pg_class c
  WHERE c.relnamespace = quote_ident(current_schema())::regnamespace AND c.relkind = 'S'
    AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'i')
  UNION ALL
  SELECT 'row_security', t.relname, t.relname::text,
    CASE WHEN c.relforcerowsecurity THEN 'on, for the owner too' ELSE 'on' END
  FROM tables t JOIN pg_class c ON c.oid = t.oid WHERE c.relrowsecurity
  UNION ALL
  SELECT 'policy', t.relname, t.relname || '.' || p.polname, p.polcmd::text || p.polpermissive::text
    || pg_get_expr(p.polqual, p.polrelid) || coalesce(pg_get_expr(p.polwithcheck, p.polrelid), '')
  FROM tables t JOIN pg_policy p ON p.polrelid = t.oid
  UNION ALL
  SELECT 'grant', t.relname, t.relname || '.' || one_right, ''
  FROM tables t CROSS JOIN unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE']) one_right
    JOIN pg_roles r ON r.rolname = $1
  WHERE has_table_privilege(r.oid, t.oid, one_right))sql";

constexpr char kHasNotes[] = R"sql(
  SELECT EXISTS (SELECT 1 FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                 WHERE n.nspname = current_schema() AND c.relname = 'callqueue_made'))sql";
constexpr char kMadeByUs[] = "SELECT 1 FROM callqueue_made WHERE kind = 'table' AND name = 'calls'";
constexpr char kSchema[] = "callqueue_verify";

struct Found {
  Objects objects;
  std::map<std::pair<std::string, std::string>, std::string> tables;  ///< That they belong to.
};

/// @param role that row-level security is for.
Found objects_of(Connection& connection, const std::optional<std::string>& role) {
  Found found;
  auto rows = connection.query(kObjects, role);
  while (rows.step()) {
    auto key = std::pair{rows.get<std::string>(0), rows.get<std::string>(2)};
    found.tables.emplace(key, rows.get<std::string>(1));
    found.objects.emplace(std::move(key), rows.get<std::string>(3));
  }
  return found;
}

/// What this version's migrations make, with row-level security for the role if there is one.
Found expected_objects(Connection& connection, const std::optional<std::string>& role) {
  // Rolled back when it goes.
  const Transaction nowhere{connection};
  connection.execute(std::string{"CREATE SCHEMA "} + kSchema +
                     "; SET LOCAL search_path = " + kSchema + ", pg_temp");
  for (const auto& migration : all_migrations()) connection.execute(migration.up);
  if (role) put_row_security_in(connection, *role);
  return objects_of(connection, role);
}

/// Whether the host declared the object, or would have: then it is as the host sees fit.
bool may_differ(const std::string& kind, const std::string& table, const std::string& name,
                bool calls_are_ours) {
  if (!is_hosts(table) || (table == "calls" && calls_are_ours)) return false;
  if (kind == "row_security" || kind == "grant") return false;
  const auto own = name.substr(name.find('.') + 1);
  return kind == "column" || !is_ours(own);
}

void compare(const Found& actual, const Found& expected, bool calls_are_ours,
             VerifyReport& report) {
  for (const auto& [object, definition] : expected.objects) {
    const auto& [kind, name] = object;
    const auto& table = expected.tables.at(object);
    const bool hosts = may_differ(kind, table, name, calls_are_ours);
    const auto found = actual.objects.find(object);
    std::string detail;
    if (found == actual.objects.end()) {
      // A host's keys and indexes have names of its own.
      if (!hosts || kind == "column") detail = "is missing";
    } else if (found->second != definition && !hosts) {
      detail = kind == "column" || kind == "key" || kind == "foreign_key" || kind == "check"
                   ? "is " + found->second + " instead of " + definition
                   : "is defined differently";
    }
    add_item(report, kind, name, detail);
  }
  for (const auto& [object, definition] : actual.objects) {
    const auto& [kind, name] = object;
    if (expected.objects.contains(object)) continue;
    const auto& table = actual.tables.at(object);
    const bool in_our_table = (kind == "column" || kind == "row_security") &&
                              (table == "call_queue" || table == "call_campaigns");
    const auto own = name.substr(name.find('.') + 1);
    if ((is_ours(own) && table != "callqueue_migrations") || in_our_table) {
      add_item(report, kind, name, "is not of this version");
    }
  }
}

/// Data can be looked at only where the tables, and the functions that the looks use, are there.
bool has_tables(const VerifyReport& report) {
  return std::all_of(report.items.begin(), report.items.end(), [](const VerifyItem& item) {
    if (item.kind == "function") return item.detail != "is missing";
    return item.ok || (item.kind != "table" && item.kind != "column" && item.kind != "version");
  });
}

}  // namespace

void verify_schema(Connection& connection, VerifyReport& report) {
  const bool has_notes = connection.value<bool>(kHasNotes).value_or(false);
  const bool calls_are_ours = has_notes && connection.value<int>(kMadeByUs).has_value();
  const auto role = has_notes ? row_security_role(connection) : std::nullopt;
  const auto expected = expected_objects(connection, role);
  const auto actual = objects_of(connection, role);
  compare(actual, expected, calls_are_ours, report);
  if (actual.objects.contains({"table", "callqueue_migrations"})) {
    PostgresSession session{connection};
    verify_history(session, all_migrations(), report);
  }
}

Result<VerifyReport> PostgresStore::verify() {
  return on_connection([&](Connection& connection) {
    VerifyReport report{.version = schema_version(connection), .items = {}};
    add_item(report, "version", std::to_string(newest_version()),
             report.version == newest_version() ? "" : "is " + std::to_string(report.version));
    verify_schema(connection, report);
    if (has_tables(report)) {
      const Transaction snapshot{connection, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"};
      const auto now =
          clock_ ? clock_->now() : connection.value<Instant>("SELECT clock_timestamp()").value();
      PostgresSession session{connection};
      verify_data(session, now, report);
    }
    return report;
  });
}

}  // namespace callqueue::postgres
