#pragma once

#include <optional>
#include <string>

#include "postgres/connection.hpp"

namespace callqueue::postgres {

// Why what the library needs of a database is not there, in words for people.

struct NoSchema {
  std::string why;
  std::string remedy;  ///< SQL; empty: the schema is not there at all.
};

/// Why the search path names no schema; none: it does.
[[nodiscard]] std::optional<NoSchema> why_no_schema(Connection& connection);
/// Why the database has no history of migrations. @pre it has none.
[[nodiscard]] std::string why_not_migrated(Connection& connection);
/// Whether the server follows another one: then it only reads, whoever asks.
[[nodiscard]] bool is_standby(Connection& connection);
/// What a statement was refused for, where that lies with the database and not with the moment:
/// then to try again is of no use. None otherwise.
[[nodiscard]] std::optional<std::string> why_refused(Connection& connection,
                                                     const StatementRefused& refused);

}  // namespace callqueue::postgres
