#pragma once

#include <map>
#include <optional>

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
/// When queued rows of a user may start. What rows of one campaign have in common is read once.
class StartForecasts {
 public:
  StartForecasts(Store& store, UserId user_id) : store_(store), user_id_(user_id) {}

  /// Of a row that has these rows of its user before it.
  [[nodiscard]] Result<std::optional<Instant>> of(const QueuedCall& row, const RowsAhead& ahead);

 private:
  struct Course {
    CallingRules rules;
    std::chrono::seconds duration{60};
    bool runs = true;
  };
  Result<Course> course_of(std::optional<CampaignId> id);
  Result<void> look();

  Store& store_;
  UserId user_id_;
  std::optional<ForecastInput> pace_;
  Instant now_{};
  std::map<std::optional<CampaignId>, Course> courses_;
};

}  // namespace callqueue
