#pragma once

#include <string>
#include <vector>

#include "postgres/connection.hpp"

namespace callqueue::postgres {

// Steps around a migration (`Migration::before`, `after`): queries that yield statements, so that
// nothing is done twice and what was broken off goes on.

/// The statements that are left to do, in order; each is to be run by itself.
[[nodiscard]] std::vector<std::string> steps_left(Connection& connection, const std::string& steps);
/// Runs them. @return what was run. @pre no transaction is open.
std::vector<std::string> run_steps(Connection& connection, const std::string& steps);

}  // namespace callqueue::postgres
