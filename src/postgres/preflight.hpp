#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "callqueue/schema.hpp"
#include "postgres/connection.hpp"

namespace callqueue::postgres {

/// What migrating the schema that the search path names first would meet. Changes nothing.
/// @param declared the statuses that are going to be, as `checked_statuses` gives them; none: those
/// that are.
/// @param patience with each question about rows; one that takes longer is given up, and said so.
/// None: a migration is about to begin, and only what blocks it counts.
/// @pre no transaction is open. Throws `Failure` (`invalid_argument`, `schema`) where there is no
/// such schema.
[[nodiscard]] PreflightReport preflight(
    Connection& connection, const std::optional<std::vector<std::string>>& declared,
    std::optional<std::chrono::milliseconds> patience = std::nullopt);

}  // namespace callqueue::postgres
