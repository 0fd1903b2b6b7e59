#pragma once

#include <functional>
#include <span>
#include <vector>

#include "callqueue/import.hpp"
#include "postgres/session.hpp"
#include "store/import.hpp"

namespace callqueue::postgres {

/// Stages rows of an import in one transaction, with a statement for all rows where a row of its
/// own would be a round trip.
///
/// @param next_id makes ids of contacts and queued calls.
/// @return what became of each row, in their order. Throws `Failure`.
[[nodiscard]] std::vector<ImportOutcome> stage_together(PostgresSession& session, Instant now,
                                                        RunningImport import,
                                                        std::span<const ImportRow> rows,
                                                        const std::function<Uuid()>& next_id);

}  // namespace callqueue::postgres
