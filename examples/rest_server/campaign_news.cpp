#include "campaign_news.hpp"

namespace rest {

using namespace callqueue;

void CampaignNews::begin_look() { ++look_; }

bool CampaignNews::is_news(const CallCampaign& campaign) {
  oldest_ = {campaign.created_at, campaign.id};
  const Told now{.created_at = campaign.created_at,
                 .updated_at = campaign.updated_at,
                 .status = campaign.status,
                 .is_done = campaign.completed_at.has_value(),
                 .total = campaign.total_contacts,
                 .completed = campaign.completed_calls,
                 .successful = campaign.successful_calls,
                 .failed = campaign.failed_calls};
  const auto [at, is_new] = known_.try_emplace(campaign.id, Known{now, look_});
  const bool is_news = is_new || at->second.told != now;
  at->second = {now, look_};
  return is_news;
}

std::vector<CampaignId> CampaignNews::end_look(bool is_all) {
  std::vector<CampaignId> gone;
  for (auto at = known_.begin(); at != known_.end();) {
    const auto& [id, known] = *at;
    if (known.look == look_) {
      ++at;
      continue;
    }
    if (is_all || Place{known.told.created_at, id} > oldest_) gone.push_back(id);
    at = known_.erase(at);
  }
  return gone;
}

}  // namespace rest
