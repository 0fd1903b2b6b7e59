#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "callqueue/schema.hpp"
#include "postgres/connection.hpp"

namespace callqueue::postgres {

/// What migrating the schema that the search path names first would meet. Changes nothing.
/// @param active_statuses that are going to be declared, as `checked_statuses` gives them.
/// @param patience with each question about rows; one that takes longer is given up, and said so.
/// None: a migration is about to begin, and only what blocks it counts.
/// @pre no transaction is open. Throws `Failure` (`invalid_argument`, `schema`) where there is no
/// such schema.
[[nodiscard]] PreflightReport preflight(
    Connection& connection, const std::vector<std::string>& active_statuses,
    std::optional<std::chrono::milliseconds> patience = std::nullopt);

}  // namespace callqueue::postgres
