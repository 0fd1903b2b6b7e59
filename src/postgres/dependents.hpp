#pragma once

#include "postgres/connection.hpp"

namespace callqueue::postgres {

/// Throws `Failure` (`conflict`) where views, functions, references or the like of the host's stand
/// on what the migrations above `target` take away: it names them, and nothing has changed.
void refuse_dependents(Connection& connection, int version, int target);

}  // namespace callqueue::postgres
