#pragma once

#include <string>
#include <vector>

#include "callqueue/schema.hpp"
#include "postgres/connection.hpp"

namespace callqueue::postgres {

/// The migrations under migrations/postgres, embedded at build time, in order.
[[nodiscard]] const std::vector<Migration>& all_migrations();
/// As `Connection::server_version` tells it.
constexpr int kOldestServer = 150'000;
/// The version this library needs.
[[nodiscard]] int newest_version();
/// Whether the schema that the search path names first was ever migrated.
[[nodiscard]] bool has_history(Connection& connection);
/// The version of the schema that the search path names first, by its history of migrations; 0
/// without one.
[[nodiscard]] int schema_version(Connection& connection);
/// Makes the schema if it is not there.
void create_schema(Connection& connection, const std::string& name);
/// Runs migrations, each in a transaction, and the steps around them; safe beside other migrators.
/// Throws `Failure` as `Store::migrate` says.
/// @param guard another connection to the same database, which holds the migrators' lock meanwhile.
MigrateResult migrate(Connection& connection, Connection& guard, const MigrateRequest& request);

}  // namespace callqueue::postgres
