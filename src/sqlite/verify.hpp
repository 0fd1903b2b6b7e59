#pragma once

#include "callqueue/schema.hpp"
#include "sqlite/database.hpp"

namespace callqueue::sqlite {

// The parts of `Store::verify`. Each adds an item for all it looked at; they write nothing.

/// Tables, columns, keys, indexes and triggers against those of a fresh database; the history of
/// migrations against this library's.
void verify_schema(Database& database, VerifyReport& report);
/// The file itself, references, statistics against a recount, and rows that cannot move.
/// @pre a transaction is open.
void verify_data(Database& database, Instant now, VerifyReport& report);

}  // namespace callqueue::sqlite
