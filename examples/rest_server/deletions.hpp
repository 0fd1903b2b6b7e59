#pragma once

#include <mutex>
#include <set>
#include <string>

#include "callqueue/call_campaign.hpp"

namespace rest {

/// Campaigns that this server is deleting: with a long list that takes seconds, in which they look
/// as if they were cancelled. Thread-safe.
class Deletions {
 public:
  /// As long as it lives the campaign is being deleted.
  class Hold {
   public:
    Hold(Deletions& all, callqueue::CampaignId id);
    ~Hold();
    Hold(const Hold&) = delete;
    Hold& operator=(const Hold&) = delete;

   private:
    Deletions& all_;
    callqueue::CampaignId id_;
  };

  /// The campaign, with `"deleting":true` while it is being deleted.
  [[nodiscard]] std::string to_json(const callqueue::CallCampaign& campaign) const;

 private:
  mutable std::mutex mutex_;
  std::multiset<callqueue::CampaignId> under_way_;
};

}  // namespace rest
