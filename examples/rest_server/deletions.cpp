#include "deletions.hpp"

#include "callqueue/json.hpp"

namespace rest {

Deletions::Hold::Hold(Deletions& all, callqueue::CampaignId id) : all_(all), id_(id) {
  const std::lock_guard lock(all_.mutex_);
  all_.under_way_.insert(id_);
}

Deletions::Hold::~Hold() {
  const std::lock_guard lock(all_.mutex_);
  all_.under_way_.erase(all_.under_way_.find(id_));
}

std::string Deletions::to_json(const callqueue::CallCampaign& campaign) const {
  auto text = callqueue::to_json(campaign);
  const std::lock_guard lock(mutex_);
  if (!under_way_.contains(campaign.id)) return text;
  text.pop_back();
  return text + ",\"deleting\":true}";
}

}  // namespace rest
