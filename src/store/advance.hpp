#pragma once

#include "callqueue/claim.hpp"
#include "store/session.hpp"

namespace callqueue {

// Steps of `Store::advance`, each inside a write transaction of the caller's and bounded by
// `budget` rows. They return how many rows they changed: as many as the budget means there may be
// more.

/// Calls whose dial lease lapsed before they were submitted: their rows are queued again.
int requeue_lapsed(Session& session, Instant now, int budget);
/// Submitted calls whose lease or deadline has passed: `unknown`.
int lapse_submitted(Session& session, Instant now, int budget);
/// Waiting rows whose time has come.
int make_ready(Session& session, Instant now, int budget);
/// Direct calls past `not_after`.
int expire_direct(Session& session, Instant now, int budget);
/// Queued rows of cancelled and ended campaigns.
int sweep_campaigns(Session& session, Instant now, int budget);

}  // namespace callqueue
