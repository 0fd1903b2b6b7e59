#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "callqueue/contact.hpp"
#include "callqueue/import.hpp"
#include "store/session.hpp"

namespace callqueue {

// What concerns the open rows of one contact.

/// Locks the campaigns that the contact has open rows in. @return them, in the order of their ids.
std::vector<CampaignId> lock_campaigns_of_contact(Session& session, UserId user_id, ContactId id);

/// Throws `Failure` (`conflict`, `status`) while a call to the contact is in flight.
void require_no_call_in_flight(Session& session, UserId user_id, ContactId id);

/// Moves the contact's open rows into the lanes of its new zone, where their campaigns call by
/// contact clock. @param contact as it is going to be.
void move_rows_of_contact(Session& session, const Contact& contact);

/// The lane of the campaign's rows that follow the clock of this zone, staged by the import or
/// published; made, and stale, if there is none.
[[nodiscard]] std::int64_t lane_of_zone(Session& session, UserId user_id, CampaignId campaign_id,
                                        const std::string& timezone,
                                        std::optional<ImportId> import_id);

void move_row(Session& session, UserId user_id, QueuedCallId id, std::int64_t lane_id);

}  // namespace callqueue
