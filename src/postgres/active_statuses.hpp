#pragma once

#include <string>
#include <vector>

#include "postgres/connection.hpp"

namespace callqueue::postgres {

// The spellings of `calls.status` that hold a slot beside ours, as a host has declared them.

/// In order, without ours and without any twice. Throws `Failure` (`invalid_argument`,
/// `active_statuses`) for one that cannot be declared.
[[nodiscard]] std::vector<std::string> checked_statuses(std::vector<std::string> declared);
/// Has the first migration of this transaction declare them.
void give_statuses(Connection& connection, const std::vector<std::string>& declared);
/// Those that are declared. @pre the first migration was run.
[[nodiscard]] std::vector<std::string> active_statuses(Connection& connection);
/// Declares these and no others; the indexes of calls that hold a slot are built anew beside the
/// old ones, which serve until then. @pre no transaction is open.
void declare_statuses(Connection& connection, const std::vector<std::string>& declared);

}  // namespace callqueue::postgres
