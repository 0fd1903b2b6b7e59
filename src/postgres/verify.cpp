#include "postgres/verify.hpp"

#include <map>
#include <set>
#include <string>
#include <utility>

#include "postgres/active_statuses.hpp"
#include "postgres/row_security.hpp"
#include "postgres/schema.hpp"
#include "postgres/steps.hpp"
#include "postgres/store.hpp"
#include "postgres/store_transactions.hpp"
#include "postgres/why_lacking.hpp"
#include "store/verify.hpp"

namespace callqueue::postgres {
namespace {

/// By kind and name: how it is defined.
using Objects = std::map<std::pair<std::string, std::string>, std::string>;

// All that a schema holds, named as somebody sees it who has the schema in the search path: so two
// schemas read the same if they are. The first column is the kind, the second the table it belongs
// to (or itself), the third the name. Grants are those that the role $1 has. Of a function's search
// path it counts that it ends with pg_temp. Casts of texts are left out: a schema that was dumped
// and restored has others.
constexpr char kObjects[] = R"sql(
  SELECT kind, of_table, name,
    regexp_replace(regexp_replace(regexp_replace(regexp_replace(
      replace(definition, '::character varying', ''), '\((''[^'']*'')\)::text(?!\[)', '\1', 'g'),
      '(''[^'']*'')::text(?!\[)', '\1', 'g'), '\((ARRAY\[[^]]*\])\)::text\[\]', '\1', 'g'),
      '(ARRAY\[[^]]*\])::text\[\]', '\1', 'g')
  FROM (
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
  WHERE has_table_privilege(r.oid, t.oid, one_right)) objects (kind, of_table, name, definition))sql";

constexpr char kHasNotes[] = R"sql(
  SELECT EXISTS (SELECT 1 FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                 WHERE n.nspname = current_schema() AND c.relname = 'callqueue_made'))sql";
constexpr char kMadeByUs[] = "SELECT name FROM callqueue_made WHERE kind = 'table'";
constexpr char kMayCreateSchema[] = R"sql(
  SELECT has_database_privilege(current_database(), 'CREATE'),
    format('GRANT CREATE ON DATABASE %I TO %I', current_database(), current_user))sql";
constexpr char kPath[] = "SELECT current_setting('search_path')";
constexpr char kGivePath[] = "SELECT set_config('search_path', $1, true)";
// The host's calls as far as ours depend on them; none where the table, or its status, is ours.
constexpr char kHostsCalls[] = R"sql(
  SELECT format('CREATE TABLE calls (id uuid PRIMARY KEY, user_id uuid NOT NULL, status %s)',
    CASE WHEN t.typtype = 'e' THEN format('%I.%I', n.nspname, t.typname)
         ELSE format_type(a.atttypid, a.atttypmod) END)
  FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid JOIN pg_namespace n ON n.oid = t.typnamespace
  WHERE a.attrelid = to_regclass(quote_ident(current_schema()) || '.calls') AND a.attname = 'status'
    AND NOT EXISTS (SELECT 1 FROM callqueue_made
                    WHERE (kind, name) IN (('table', 'calls'), ('column', 'calls.status'))))sql";
constexpr char kSchema[] = "callqueue_verify";

struct Found {
  Objects objects;
  std::map<std::pair<std::string, std::string>, std::string> tables;  ///< That they belong to.
};

/// What makes one database's schema differ from another's.
struct Setting {
  std::optional<std::string> role;  ///< That row-level security is for.
  std::vector<std::string> active_statuses;
  std::optional<std::string> hosts_calls;  ///< The statement that makes a table like the host's.
  ///< Tables that the migrations have made; as long as there are no notes, those of the queue.
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
Found expected_objects(Connection& connection, const Setting& setting) {
  const auto path = connection.value<std::string>(kPath).value_or("");
  // Rolled back when it goes.
  const Transaction nowhere{connection};
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
  return objects_of(connection, setting.role);
}

/// Whether the host declared the object, or would have: then it is as the host sees fit.
bool may_differ(const std::string& kind, const std::string& table, const std::string& name,
                const std::set<std::string>& made) {
  // Of users, agents and contacts it may have its own idea even where the table is ours.
  const bool has_say = table == "users" || table == "agents" || table == "contacts";
  const bool may_be_hosts = table == "calls" || table == "call_queue" || table == "call_campaigns";
  if (!has_say && (!may_be_hosts || made.contains(table))) return false;
  if (kind == "row_security" || kind == "grant") return false;
  const auto own = name.substr(name.find('.') + 1);
  return kind == "column" || !is_ours(own);
}

/// A reference by what it is, not by its name or what it does on deletion.
std::string essence(const std::string& kind, const std::string& table,
                    const std::string& definition) {
  return kind + " " + table + " " + definition.substr(0, definition.find(" ON DELETE"));
}

std::set<std::string> references_of(const Found& found) {
  std::set<std::string> references;
  for (const auto& [object, definition] : found.objects) {
    if (object.first == "foreign_key") {
      references.insert(essence(object.first, found.tables.at(object), definition));
    }
  }
  return references;
}

void compare(const Found& actual, const Found& expected, const std::set<std::string>& made,
             VerifyReport& report) {
  const auto references = references_of(actual);
  for (const auto& [object, definition] : expected.objects) {
    const auto& [kind, name] = object;
    const auto& table = expected.tables.at(object);
    const bool hosts = may_differ(kind, table, name, made);
    const auto found = actual.objects.find(object);
    std::string detail;
    // A host's keys and indexes have names of its own; one of its references may have this name.
    const bool is_lacking = kind == "foreign_key" && !is_hosts(table) &&
                            !references.contains(essence(kind, table, definition));
    if (found == actual.objects.end()) {
      if (!hosts || is_lacking || kind == "table" || kind == "column") detail = "is missing";
    } else if (hosts && is_lacking) {
      detail = "is missing: another reference has its name";
    } else if (found->second.ends_with(" NOT VALID")) {
      detail = "does not hold for rows that were there before: run migrate again";
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
                              (table == "call_queue" || table == "call_campaigns") &&
                              made.contains(table);
    const auto own = name.substr(name.find('.') + 1);
    // Where the host has given its name away.
    const bool is_renamed = kind == "foreign_key" && is_ours(own) &&
                            expected.objects.contains({kind, table + "." + own.substr(10)});
    if (is_renamed) continue;
    if ((is_ours(own) && table != "callqueue_migrations") || in_our_table) {
      add_item(report, kind, name, "is not of this version");
    }
  }
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
  const auto expected = expected_objects(connection, setting);
  const auto actual = objects_of(connection, setting.role);
  compare(actual, expected, setting.made, report);
  if (actual.objects.contains({"table", "callqueue_migrations"})) {
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
    require_create(connection);
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
