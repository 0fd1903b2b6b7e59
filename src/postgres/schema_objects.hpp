#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "callqueue/schema.hpp"
#include "postgres/connection.hpp"

namespace callqueue::postgres {

/// What a schema holds, and how it is defined.
struct SchemaObjects {
  using Key = std::pair<std::string, std::string>;  ///< Kind and name.

  /// As SQL, or nearly; of a function `attributes; body HASH`. What an index or a trigger is beyond
  /// that comes last: `(invalid)`.
  std::map<Key, std::string> definitions;
  std::map<Key, std::string> tables;  ///< That they belong to.
  /// By `table.index`: `table (column, column)` that no two rows share, in alphabetical order.
  std::map<std::string, std::string> unique_columns;
  /// By `table.constraint`: the `table.column`s that a CHECK is about.
  std::multimap<std::string, std::string> checked_columns;

  [[nodiscard]] bool has(const Key& key) const { return definitions.contains(key); }
};

/// @param role that row-level security is for: grants are its own.
[[nodiscard]] SchemaObjects schema_objects(Connection& connection,
                                           const std::optional<std::string>& role);

/// Adds an item for each object that is expected, and one for each that should not be there.
/// @param made tables that a migration has made, and columns and constraints (`table.name`) that
/// one has added to a host's; all else is the host's.
void compare_objects(const SchemaObjects& actual, const SchemaObjects& expected,
                     const std::set<std::string>& made, VerifyReport& report);

}  // namespace callqueue::postgres
