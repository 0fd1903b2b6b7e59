#pragma once

#include "callqueue/campaign_outlook.hpp"
#include "callqueue/forecast.hpp"
#include "callqueue/store.hpp"

namespace callqueue {

/// What the core's forecast needs, gathered from the store: pace from limits and what is active
/// now, mean duration and attempts from the calls so far (60 s and one attempt before the first).

[[nodiscard]] Result<Forecast> forecast_campaign(Store& store, const CallCampaign& campaign,
                                                 const CampaignAnalytics& analytics);
/// See `CallCampaigns::preview`; everything is checked already.
[[nodiscard]] Result<CampaignOutlook> outlook_of(Store& store, const CallCampaign& campaign,
                                                 const CampaignAssumptions& assumptions);
/// When a queued row may start that has `rows_ahead` rows of its user before it.
[[nodiscard]] Result<std::optional<Instant>> forecast_start(Store& store, const QueuedCall& row,
                                                            std::int64_t rows_ahead);

}  // namespace callqueue
