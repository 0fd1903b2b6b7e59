#pragma once

#include <string>
#include <vector>

#include "callqueue/schema.hpp"
#include "sqlite/database.hpp"

namespace callqueue::sqlite {

/// The migrations under migrations/sqlite, embedded at build time, in order.
[[nodiscard]] const std::vector<Migration>& all_migrations();
/// The version this library needs.
[[nodiscard]] int newest_version();
/// The database's version (`PRAGMA user_version`, written in the transaction of each migration); 0
/// when empty.
[[nodiscard]] int schema_version(Database& database);
/// Throws `Failure` (`corrupt`) when the version is a newer library's, or another program's: a file
/// whose `user_version` is used without our tables in it.
void refuse_unknown_version(Database& database, int version);
/// Runs all migrations on an empty database, for comparison.
void build_schema(Database& database);

}  // namespace callqueue::sqlite
