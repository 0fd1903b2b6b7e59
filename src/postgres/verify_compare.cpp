// A schema's objects against those that the migrations make.
#include <algorithm>

#include "postgres/host_tables.hpp"
#include "postgres/schema_objects.hpp"
#include "store/verify.hpp"

namespace callqueue::postgres {
namespace {

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

/// What a host has under names of its own.
struct Own {
  std::set<std::string> references;
  std::set<std::string> unique_columns;

  explicit Own(const SchemaObjects& actual) {
    for (const auto& [object, definition] : actual.definitions) {
      if (object.first != "foreign_key") continue;
      references.insert(essence(object.first, actual.tables.at(object), definition));
    }
    for (const auto& [index, columns] : actual.unique_columns) unique_columns.insert(columns);
  }

  /// Whether a host's table has nothing in the place of this object, although it needs it.
  [[nodiscard]] bool lacks(const SchemaObjects::Key& object, const SchemaObjects& expected) const {
    const auto& [kind, name] = object;
    const auto& table = expected.tables.at(object);
    const auto& definition = expected.definitions.at(object);
    if (kind == "foreign_key") {
      return !is_hosts(table) && !references.contains(essence(kind, table, definition));
    }
    // By what it is identified is the host's affair, unless references point at it.
    return kind == "key" && definition.starts_with("UNIQUE") &&
           !unique_columns.contains(expected.unique_columns.at(name));
  }
};

/// What is wrong with an object that is expected; empty: nothing.
std::string fault_of(const SchemaObjects::Key& object, const SchemaObjects& actual,
                     const SchemaObjects& expected, const Own& own,
                     const std::set<std::string>& made) {
  const auto& [kind, name] = object;
  const auto& definition = expected.definitions.at(object);
  const bool hosts = may_differ(kind, expected.tables.at(object), name, made);
  const bool is_lacking = hosts && own.lacks(object, expected);
  const auto found = actual.definitions.find(object);
  if (found == actual.definitions.end()) {
    const bool is_needed = !hosts || is_lacking || kind == "table" || kind == "column";
    return is_needed ? "is missing" : "";
  }
  if (is_lacking) {
    return std::string{"is missing: another "} + (kind == "key" ? "key" : "reference") +
           " has its name";
  }
  if (found->second.ends_with(" NOT VALID")) {
    return "does not hold for rows that were there before: run migrate again";
  }
  if (found->second == definition || hosts) return "";
  return kind == "column" || kind == "key" || kind == "foreign_key" || kind == "check"
             ? "is " + found->second + " instead of " + definition
             : "is defined differently";
}

constexpr char kNotOfThisVersion[] = "is not of this version";
constexpr char kMayRefuse[] =
    "is not the library's, and may refuse or alter what the library writes";

/// Whether nobody but the library writes to the table.
bool is_libraries(const std::string& table, const SchemaObjects& expected) {
  return table.starts_with("callqueue_") && expected.has({"table", table});
}

/// A column that somebody has added.
std::string fault_of_column(const std::string& definition) {
  const bool is_filled = definition.find(" default ") != std::string::npos ||
                         definition.find(" identity") != std::string::npos;
  return is_filled || definition.find(" not null") == std::string::npos
             ? kNotOfThisVersion
             : "is NOT NULL without a default, and the library knows nothing of it";
}

/// Whether a queue of the host's own has this `table.column` before any migration.
bool is_in_seeds_queue(const std::string& column) {
  const auto wanted = wanted_columns();
  return std::any_of(wanted.begin(), wanted.end(), [&](const WantedColumn& one) {
    return std::string{one.table} + "." + one.column == column;
  });
}

/// Whether what a host has put on one of its tables stands in the way of what we put there.
bool is_about_ours(const SchemaObjects::Key& check, const SchemaObjects& actual,
                   const SchemaObjects& expected, const std::set<std::string>& made) {
  const auto [first, last] = actual.checked_columns.equal_range(check.second);
  return std::any_of(first, last, [&](const auto& checked) {
    const auto& column = checked.second;
    const auto table = column.substr(0, column.find('.'));
    if (table == "calls") return made.contains(column);
    // Of what the queue of a host has had before, preflight knows.
    return (table == "call_queue" || table == "call_campaigns") &&
           expected.has({"column", column}) && !is_in_seeds_queue(column);
  });
}

/// Whether an object of somebody else's in this table may keep the library from its work.
bool may_refuse(const SchemaObjects::Key& object, const SchemaObjects& actual,
                const SchemaObjects& expected, const std::set<std::string>& made) {
  const auto& kind = object.first;
  const auto& table = actual.tables.at(object);
  const bool is_queues = table == "calls" || table == "call_queue" || table == "call_campaigns";
  const bool refuses =
      kind == "check" || kind == "key" || kind == "exclusion" || kind == "rule" ||
      (kind == "index" && actual.definitions.at(object).starts_with("CREATE UNIQUE"));
  if (is_libraries(table, expected)) return refuses || kind == "foreign_key" || kind == "trigger";
  if (is_queues && made.contains(table)) return refuses;
  return kind == "check" && is_about_ours(object, actual, expected, made);
}

/// What is wrong with an object that is not expected; empty: nothing.
std::string fault_of_stray(const SchemaObjects::Key& object, const SchemaObjects& actual,
                           const SchemaObjects& expected, const std::set<std::string>& made) {
  const auto& [kind, name] = object;
  const auto& table = actual.tables.at(object);
  const auto own = name.substr(name.find('.') + 1);
  if (table == "callqueue_migrations") return "";  // Made before the first migration.
  // Where the host has given its name away.
  const bool is_renamed =
      kind == "foreign_key" && is_ours(own) && expected.has({kind, table + "." + own.substr(10)});
  if (is_renamed) return "";
  const bool is_whole =
      is_libraries(table, expected) ||
      ((table == "call_queue" || table == "call_campaigns") && made.contains(table));
  if (kind == "column" && is_whole) return fault_of_column(actual.definitions.at(object));
  if (is_ours(own) || (kind == "row_security" && is_whole)) return kNotOfThisVersion;
  return may_refuse(object, actual, expected, made) ? kMayRefuse : "";
}

}  // namespace

void compare_objects(const SchemaObjects& actual, const SchemaObjects& expected,
                     const std::set<std::string>& made, VerifyReport& report) {
  const Own own{actual};
  for (const auto& [object, definition] : expected.definitions) {
    add_item(report, object.first, object.second, fault_of(object, actual, expected, own, made));
  }
  for (const auto& [object, definition] : actual.definitions) {
    if (expected.has(object)) continue;
    auto fault = fault_of_stray(object, actual, expected, made);
    if (!fault.empty()) add_item(report, object.first, object.second, std::move(fault));
  }
}

}  // namespace callqueue::postgres
