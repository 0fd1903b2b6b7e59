#pragma once

#include "callqueue/schema.hpp"
#include "sqlite/database.hpp"

namespace callqueue::sqlite {

// What the first migration needs beyond its SQL: SQLite cannot say "add if missing".

/// A host's own tables are taken as they are; what they lack is added.
void complete_host_tables(Database& database);

/// A database that has `call_campaigns` and `call_queue` already, made by the host's own
/// migrations: out of the way of those that are to be made.
/// @return whether there were any. Throws `Failure` (`conflict`) when they lack a column.
bool set_queue_aside(Database& database);
/// What such tables lack.
void check_queue(Database& database, PreflightReport& report);
/// Their rows into the new tables, which check each. Instants that are text become numbers.
void take_queue_over(Database& database);

/// Whether `calls` was there before us: then it stays when we go.
[[nodiscard]] bool calls_are_hosts(Database& database);
/// Another table stands in for it, to be dropped.
void hide_calls(Database& database);
void show_calls(Database& database);

}  // namespace callqueue::sqlite
