#pragma once

#include "callqueue/schema.hpp"
#include "postgres/session.hpp"

namespace callqueue::postgres {

// The parts of `Store::verify`. Each adds an item for all it looked at; they leave nothing behind.

/// Tables, columns, keys, indexes, functions and triggers against those that this version's
/// migrations make in an empty schema (made for the purpose, in a transaction that is rolled back);
/// the history of migrations against this library's.
/// @pre `connection` has no transaction open.
void verify_schema(Connection& connection, VerifyReport& report);
/// Columns that may differ from what the migrations make, but not so that the library's writes
/// fail. @pre a transaction is open.
void verify_writes(Connection& connection, VerifyReport& report);
/// Statistics against a recount, lanes against their campaigns' rules, and rows that cannot move.
/// @pre a transaction is open.
void verify_data(PostgresSession& session, Instant now, VerifyReport& report);

}  // namespace callqueue::postgres
