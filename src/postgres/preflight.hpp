#pragma once

#include <string>
#include <vector>

#include "callqueue/schema.hpp"
#include "postgres/connection.hpp"

namespace callqueue::postgres {

/// What migrating the schema that the search path names first would meet. Changes nothing.
/// @param active_statuses that are going to be declared, as `checked_statuses` gives them.
/// @pre no transaction is open.
[[nodiscard]] PreflightReport preflight(Connection& connection,
                                        const std::vector<std::string>& active_statuses);

}  // namespace callqueue::postgres
