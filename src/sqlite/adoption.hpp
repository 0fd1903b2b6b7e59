#pragma once

#include "callqueue/schema.hpp"
#include "sqlite/database.hpp"

namespace callqueue::sqlite {

// What the first migration needs beyond its SQL: SQLite cannot say "add if missing".

/// A host's own tables are taken as they are; what they lack is added. @return whether `calls`
/// were there, and told how they ended.
bool complete_host_tables(Database& database);

/// A database that has `call_campaigns` and `call_queue` already, made by the host's own
/// migrations: out of the way of those that are to be made.
/// @return whether there were any. Throws `Failure` (`conflict`) when they lack a column.
bool set_queue_aside(Database& database);
/// What such tables lack.
void check_queue(Database& database, PreflightReport& report);
/// Their rows into the new tables, which check each. Instants that are text become numbers.
void take_queue_over(Database& database);
/// Rows in flight belong to their calls. Where there is no call that holds a slot nobody would ever
/// end the row, and perhaps the person was called: it ends as a call without news does.
/// @param calls_told what `complete_host_tables` has returned.
void settle_rows_in_flight(Database& database, Instant now, bool calls_told);

/// Whether `calls` was there before us: then it stays when we go.
[[nodiscard]] bool calls_are_hosts(Database& database);
/// Another table stands in for it, to be dropped.
void hide_calls(Database& database);
void show_calls(Database& database);

}  // namespace callqueue::sqlite
