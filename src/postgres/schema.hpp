#pragma once

#include <string>
#include <vector>

#include "callqueue/schema.hpp"
#include "postgres/connection.hpp"

namespace callqueue::postgres {

/// The migrations under migrations/postgres, embedded at build time, in order.
[[nodiscard]] const std::vector<Migration>& all_migrations();
/// The version this library needs.
[[nodiscard]] int newest_version();
/// The version of the schema that the search path names first, by its history of migrations; 0
/// without one.
[[nodiscard]] int schema_version(Connection& connection);
/// Makes the schema if it is not there.
void create_schema(Connection& connection, const std::string& name);
/// Runs migrations, each in a transaction; safe beside other migrators. Throws `Failure` as
/// `Store::migrate` says.
MigrateResult migrate(Connection& connection, const MigrateRequest& request);

}  // namespace callqueue::postgres
