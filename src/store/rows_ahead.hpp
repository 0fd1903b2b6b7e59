#pragma once

#include "callqueue/queued_call.hpp"
#include "store/session.hpp"

namespace callqueue {

/// See `Store::rows_ahead`. @pre the row is queued.
[[nodiscard]] RowsAhead count_rows_ahead(Session& session, Instant now, const QueuedCall& row);

}  // namespace callqueue
