#include "sqlite/verify.hpp"

#include <cctype>
#include <map>
#include <set>
#include <string>
#include <utility>

#include "sqlite/adoption.hpp"
#include "sqlite/schema.hpp"
#include "sqlite/session.hpp"
#include "sqlite/store.hpp"
#include "store/verify.hpp"

namespace callqueue::sqlite {
namespace {

/// By what `sqlite_master` calls it and its name: the statement that made it.
using Objects = std::map<std::pair<std::string, std::string>, std::string>;

struct Column {
  std::string type;
  bool not_null = false;
  std::string default_value;
  int key_place = 0;  ///< 1, 2 … within the primary key.
};

constexpr char kObjects[] = R"sql(
  SELECT type, name, sql FROM sqlite_master
  WHERE type IN ('table', 'view', 'index', 'trigger') AND sql IS NOT NULL AND name NOT LIKE 'sqlite~_%' ESCAPE '~')sql";
constexpr char kColumns[] = R"sql(
  SELECT name, type, "notnull", COALESCE(dflt_value, ''), pk FROM pragma_table_xinfo(?1))sql";
constexpr char kForeignKeys[] = R"sql(
  SELECT group_concat("from", ', ') || ') -> ' || "table" || '(' || group_concat("to", ', ') || ')'
         || CASE on_delete WHEN 'NO ACTION' THEN '' ELSE ' on delete ' || lower(on_delete) END
  FROM (SELECT * FROM pragma_foreign_key_list(?1) ORDER BY id, seq) GROUP BY id)sql";

/// Without the differences that do not matter: dropping a column and adding it again leaves other
/// spaces behind.
std::string normalised(std::string_view sql) {
  std::string text;
  bool space = false;
  for (const char c : sql) {
    if (std::isspace(static_cast<unsigned char>(c)) != 0) {
      space = true;
      continue;
    }
    const bool at_mark = c == '(' || c == ')' || c == ',';
    const bool after_mark =
        !text.empty() && (text.back() == '(' || text.back() == ')' || text.back() == ',');
    if (space && !text.empty() && !at_mark && !after_mark) text += ' ';
    space = false;
    text += c;
  }
  return text;
}

Objects objects_of(Database& database) {
  Objects objects;
  auto rows = database.query(kObjects);
  while (rows.step()) {
    objects.emplace(std::pair{rows.get<std::string>(0), rows.get<std::string>(1)},
                    normalised(rows.get<std::string_view>(2)));
  }
  return objects;
}

std::map<std::string, Column> columns_of(Database& database, const std::string& table) {
  std::map<std::string, Column> columns;
  auto rows = database.query(kColumns, table);
  while (rows.step()) {
    columns.emplace(rows.get<std::string>(0), Column{.type = rows.get<std::string>(1),
                                                     .not_null = rows.get<bool>(2),
                                                     .default_value = rows.get<std::string>(3),
                                                     .key_place = rows.get<int>(4)});
  }
  return columns;
}

std::multiset<std::string> foreign_keys_of(Database& database, const std::string& table) {
  std::multiset<std::string> keys;
  auto rows = database.query(kForeignKeys, table);
  while (rows.step()) keys.insert(table + "(" + rows.get<std::string>(0));
  return keys;
}

std::string primary_key_of(const std::map<std::string, Column>& columns) {
  std::map<int, std::string> places;
  for (const auto& [name, column] : columns) {
    if (column.key_place > 0) places[column.key_place] = name;
  }
  std::string key;
  for (const auto& [place, name] : places) key += (key.empty() ? "" : ", ") + name;
  return key;
}

std::string difference(const Column& actual, const Column& expected) {
  if (actual.type != expected.type) {
    return "has type " + actual.type + " instead of " + expected.type;
  }
  if (actual.not_null != expected.not_null) {
    return actual.not_null ? "must not be empty, unexpectedly" : "may be empty";
  }
  if (actual.default_value != expected.default_value) {
    return "has the default " + actual.default_value + " instead of " + expected.default_value;
  }
  return {};
}

/// Compares one database with another that is as it should be.
class SchemaCheck {
 public:
  SchemaCheck(Database& actual, Database& expected, VerifyReport& report)
      : actual_(actual),
        expected_(expected),
        report_(report),
        actual_objects_(objects_of(actual)),
        expected_objects_(objects_of(expected)) {}

  void run() {
    for (const auto& [object, sql] : expected_objects_) {
      const auto& [type, name] = object;
      const auto found = actual_objects_.find(object);
      std::string detail;
      if (found == actual_objects_.end()) {
        detail = "is missing";
      } else if (found->second != sql && !(type == "table" && is_hosts(name))) {
        detail = "is defined differently";
      }
      add(type, name, detail);
      if (type == "table" && found != actual_objects_.end()) compare_table(name);
    }
    for (const auto& [object, sql] : actual_objects_) {
      if (!expected_objects_.contains(object) && is_ours(object.second)) {
        add(object.first, object.second, "is not of this version");
      }
    }
  }

 private:
  void add(std::string kind, std::string name, std::string detail) {
    add_item(report_, std::move(kind), std::move(name), std::move(detail));
  }

  /// Whether a host declared the table, or would have.
  bool are_as_they_were(const std::string& table) {
    return is_hosts(table) && (table != "calls" || calls_are_hosts(actual_));
  }

  void compare_table(const std::string& table) {
    const auto actual = columns_of(actual_, table);
    const auto expected = columns_of(expected_, table);
    // What a host declares its own columns as is its affair.
    const bool only_there = are_as_they_were(table);
    const auto of_table = table + ".";
    for (const auto& [name, column] : expected) {
      const auto found = actual.find(name);
      add("column", of_table + name,
          found == actual.end() ? "is missing"
          : only_there          ? ""
                                : difference(found->second, column));
    }
    for (const auto& [name, column] : actual) {
      if (!expected.contains(name) && !is_hosts(table)) {
        add("column", of_table + name, "is not of this version");
      }
    }
    compare_keys(table, primary_key_of(actual), primary_key_of(expected));
  }

  void compare_keys(const std::string& table, const std::string& actual,
                    const std::string& expected) {
    if (!expected.empty()) {
      add("key", table + "(" + expected + ")",
          actual == expected ? "" : "the primary key is (" + actual + ")");
    }
    const auto keys = foreign_keys_of(actual_, table);
    for (const auto& key : foreign_keys_of(expected_, table)) {
      // A host's own tables point at their users as their host sees fit.
      const bool may_miss = are_as_they_were(table);
      add("foreign_key", key, may_miss || keys.contains(key) ? "" : "is missing");
    }
  }

  Database& actual_;
  Database& expected_;
  VerifyReport& report_;
  Objects actual_objects_;
  Objects expected_objects_;
};

bool has_history(Database& database) {
  return database.value<int>("SELECT 1 FROM sqlite_master WHERE name = 'callqueue_migrations'")
      .has_value();
}

}  // namespace

void verify_schema(Database& database, VerifyReport& report) {
  Database expected{":memory:", {}};
  build_schema(expected);
  SchemaCheck{database, expected, report}.run();
  if (has_history(database)) {
    SqliteSession session{database};
    verify_history(session, all_migrations(), report);
  }
}

namespace {

VerifyReport report_on(Database& database, Instant now) {
  const Transaction snapshot{database, Transaction::Kind::read};
  VerifyReport report{.version = schema_version(database), .items = {}};
  const bool is_newest = report.version == newest_version();
  report.items.push_back({.kind = "version",
                          .name = std::to_string(newest_version()),
                          .ok = is_newest,
                          .detail = is_newest ? "" : "is " + std::to_string(report.version)});
  // Of a file that was never migrated there is nothing else to say.
  if (report.version == 0 && !has_history(database)) return report;
  verify_schema(database, report);
  verify_data(database, now, report);
  return report;
}

}  // namespace

Result<VerifyReport> SqliteStore::verify() {
  return guarded([&] {
    if (path_ == ":memory:") {
      Reader reader{*this};
      return report_on(reader.database(), clock_now());
    }
    // Not one of the readers: SQLite forgets CHECK constraints where it cannot write, and would not
    // find them broken.
    Database database{path_, {.create = false, .busy_timeout = options_.busy_timeout}};
    database.execute("PRAGMA query_only = ON");
    return report_on(database, clock_now());
  });
}

}  // namespace callqueue::sqlite
