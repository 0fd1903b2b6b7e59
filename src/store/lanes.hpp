#pragma once

#include "callqueue/claim.hpp"
#include "store/session.hpp"

namespace callqueue {

// The steps of `Store::advance` that concern lanes; see advance.hpp for their shape.

/// Makes every lane stale when the system's zone data is not what they were computed with.
void notice_new_zone_data(Session& session);
/// Rows of lanes whose zone is to be looked up again move to lanes of their zone.
int move_rows_between_lanes(Session& session, int budget);
/// Stale lanes and lanes whose interval has closed get their current or next one; a campaign whose
/// last lane has none left ends. @param ended counts those campaigns.
int roll_lanes(Session& session, Instant now, int budget, int& ended);
/// Scheduled campaigns whose first window has opened become active.
int activate_campaigns(Session& session, Instant now, int budget);

}  // namespace callqueue
