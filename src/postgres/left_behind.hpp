#pragma once

#include <string>
#include <utility>
#include <vector>

#include "postgres/connection.hpp"

namespace callqueue::postgres {

// Keys that were built for the first migration, which then did not come to its end: the next one
// takes them.

/// Each with its table: (table, index).
[[nodiscard]] std::vector<std::pair<std::string, std::string>> keys_left_behind(
    Connection& connection);
/// @return whether there were any. @pre no transaction is open.
bool drop_keys_left_behind(Connection& connection);

}  // namespace callqueue::postgres
