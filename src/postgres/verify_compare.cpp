// A schema's objects against those that the migrations make.
#include <algorithm>
#include <string_view>

#include "postgres/host_tables.hpp"
#include "postgres/schema_objects.hpp"
#include "store/verify.hpp"

namespace callqueue::postgres {
namespace {

// What a migration puts into a host's call queue in any case, in the place of what it may have.
constexpr std::string_view kPutInPlace[] = {"call_queue.call_queue_call_id_fkey",
                                            "call_queue.call_queue_id_user_id_unique"};

/// Whether the table was there before any migration.
bool is_hosts_own(const std::string& table, const std::set<std::string>& made) {
  return (is_hosts(table) || table == "call_queue" || table == "call_campaigns") &&
         !made.contains(table);
}

/// Whether a queue of the host's own has this `table.column` before any migration.
bool is_in_seeds_queue(const std::string& column) {
  const auto wanted = wanted_columns();
  return std::any_of(wanted.begin(), wanted.end(), [&](const WantedColumn& one) {
    return std::string{one.table} + "." + one.column == column;
  });
}

/// Whether a migration has added the `table.column` to a table of the host's.
bool is_added(const std::string& column, const std::set<std::string>& made) {
  return made.contains(column) ||
         (!is_hosts(column.substr(0, column.find('.'))) && !is_in_seeds_queue(column));
}

/// Whether it has added the `table.constraint`.
bool is_added_constraint(const std::string& name, const std::set<std::string>& made) {
  return made.contains(name) ||
         std::find(std::begin(kPutInPlace), std::end(kPutInPlace), name) != std::end(kPutInPlace);
}

/// Whether a CHECK is about nothing but columns that a migration has added.
bool is_about_added(const std::string& check, const SchemaObjects& expected,
                    const std::set<std::string>& made) {
  const auto [first, last] = expected.checked_columns.equal_range(check);
  return first != last && std::all_of(first, last, [&](const auto& checked) {
           return is_added(checked.second, made);
         });
}

/// Whether the host declared the object, or would have: then it is as the host sees fit.
bool may_differ(const SchemaObjects::Key& object, const SchemaObjects& expected,
                const std::string& table, const std::set<std::string>& made) {
  const auto& [kind, name] = object;
  if (!is_hosts_own(table, made)) return false;
  if (kind == "row_security" || kind == "grant") return false;
  if (kind == "column") return !is_added(name, made);
  if (kind == "check" && is_about_added(name, expected, made)) return false;
  return !is_ours(name.substr(name.find('.') + 1)) && !is_added_constraint(name, made);
}

/// A reference by what it is, not by its name or what it does on deletion.
std::string essence(const std::string& kind, const std::string& table,
                    const std::string& definition) {
  const auto end = std::min(definition.find(" ON DELETE"), definition.find(" NOT VALID"));
  return kind + " " + table + " " + definition.substr(0, end);
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

/// The name that an object has where its own is that of one of the host's.
SchemaObjects::Key key_of(const SchemaObjects::Key& object, const SchemaObjects& expected,
                          const std::set<std::string>& made) {
  const auto& [kind, name] = object;
  if (kind != "foreign_key") return object;
  const auto& table = expected.tables.at(object);
  const auto other = table + ".callqueue_" + name.substr(table.size() + 1);
  return made.contains(other) ? SchemaObjects::Key{kind, other} : object;
}

std::string is_instead_of(const std::string& found, const std::string& wanted) {
  return "is " + found + " instead of " + wanted;
}

/// What is wrong with a function: bodies are too long to show.
std::string fault_of_function(const std::string& found, const std::string& wanted) {
  const auto body = found.rfind("; body ");
  const auto wanted_body = wanted.rfind("; body ");
  const auto is = found.substr(0, body);
  const auto should_be = wanted.substr(0, wanted_body);
  if (is == should_be) return "has another body";
  const bool is_other = found.substr(body) != wanted.substr(wanted_body);
  return is_instead_of(is, should_be) + (is_other ? ", and has another body" : "");
}

/// What is wrong with an object that is there, and not as it should be.
std::string difference(const std::string& kind, const std::string& found,
                       const std::string& wanted) {
  if (kind == "function") return fault_of_function(found, wanted);
  if (kind == "policy") return "is defined differently";
  const bool is_more = (kind == "index" || kind == "trigger") && found.starts_with(wanted + " (");
  if (!is_more) return is_instead_of(found, wanted);
  const auto more = wanted.size() + 2;
  return "is " + found.substr(more, found.size() - more - 1);
}

/// What is wrong with an object that is expected; empty: nothing.
std::string fault_of(const SchemaObjects::Key& object, const SchemaObjects& actual,
                     const SchemaObjects& expected, const Own& own,
                     const std::set<std::string>& made) {
  const auto key = key_of(object, expected, made);
  const auto& [kind, name] = key;
  const auto& table = expected.tables.at(object);
  const auto& definition = expected.definitions.at(object);
  const bool hosts = may_differ(key, expected, table, made);
  // One of the host's own serves as well.
  const bool is_replaceable =
      hosts || (is_hosts_own(table, made) && is_added_constraint(name, made));
  const bool is_lacking = is_replaceable && own.lacks(object, expected);
  const auto found = actual.definitions.find(key);
  if (found == actual.definitions.end()) {
    const bool is_needed = !is_replaceable || is_lacking || kind == "table" || kind == "column";
    return is_needed ? "is missing" : "";
  }
  if (is_lacking) {
    return std::string{"is missing: another "} + (kind == "key" ? "key" : "reference") +
           " has its name";
  }
  if (found->second.ends_with(" NOT VALID")) {
    return "does not hold for rows that were there before: run migrate again";
  }
  return found->second == definition || hosts ? "" : difference(kind, found->second, definition);
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

/// Whether a trigger may alter a row before it is written, or keep it from that.
bool fires_before(const std::string& definition) {
  return definition.find(" BEFORE ") < definition.find(" AFTER ") &&
         !definition.ends_with(" (switched off)");
}

/// Whether an object of somebody else's in this table may keep the library from its work.
bool may_refuse(const SchemaObjects::Key& object, const SchemaObjects& actual,
                const SchemaObjects& expected, const std::set<std::string>& made) {
  const auto& kind = object.first;
  const auto& table = actual.tables.at(object);
  const auto& definition = actual.definitions.at(object);
  const bool is_queues = table == "calls" || table == "call_queue" || table == "call_campaigns";
  const bool refuses = kind == "check" || kind == "key" || kind == "exclusion" || kind == "rule" ||
                       (kind == "index" && definition.starts_with("CREATE UNIQUE")) ||
                       (kind == "trigger" && fires_before(definition));
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
    add_item(report, object.first, key_of(object, expected, made).second,
             fault_of(object, actual, expected, own, made));
  }
  for (const auto& [object, definition] : actual.definitions) {
    if (expected.has(object)) continue;
    auto fault = fault_of_stray(object, actual, expected, made);
    if (!fault.empty()) add_item(report, object.first, object.second, std::move(fault));
  }
}

}  // namespace callqueue::postgres
