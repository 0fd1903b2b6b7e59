#include <algorithm>

#include "simulated_carrier/simulate.hpp"

namespace callqueue {
namespace {

/// Whether a user's queued rows all belong to campaigns that wait for a person.
Result<bool> nothing_left(Store& store, UserId user_id) {
  const auto rows = store.queue_statistics(user_id);
  if (!rows) return tl::unexpected(rows.error());
  std::int64_t unclaimed = rows->queued;
  Page page{.limit = 1000};
  do {
    const auto campaigns =
        store.list_campaigns(user_id,
                             {.statuses = {CampaignStatus::draft, CampaignStatus::scheduled,
                                           CampaignStatus::active, CampaignStatus::paused}},
                             page);
    if (!campaigns) return tl::unexpected(campaigns.error());
    for (const auto& campaign : campaigns->items) {
      if (campaign.status == CampaignStatus::scheduled ||
          campaign.status == CampaignStatus::active) {
        return false;
      }
      const auto part = store.campaign_statistics(user_id, campaign.id);
      if (!part) return tl::unexpected(part.error());
      unclaimed -= part->queued;
    }
    page.cursor = campaigns->next_cursor;
  } while (!page.cursor.empty());
  return unclaimed <= 0;
}

}  // namespace

Result<bool> nothing_left(Store& store) {
  const auto slots = store.system_slots();
  if (!slots) return tl::unexpected(slots.error());
  if (slots->active > 0) return false;
  Page page{.limit = 1000};
  do {
    const auto users = store.list_users(page);
    if (!users) return tl::unexpected(users.error());
    for (const auto& user : users->items) {
      const auto idle = nothing_left(store, user.id);
      if (!idle || !*idle) return idle;
    }
    page.cursor = users->next_cursor;
  } while (!page.cursor.empty());
  return true;
}

}  // namespace callqueue
