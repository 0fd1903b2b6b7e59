#pragma once

#include <cstdint>
#include <map>
#include <utility>
#include <vector>

#include "callqueue/call_campaign.hpp"

namespace rest {

/// Finds what has changed of a user's campaigns, by what they were when somebody looked last.
///
/// A look walks the campaigns, newest first: all, or as many as one cares to. What is kept of each
/// is what changes with it: `updated_at` for what people set, and the counters, which the database
/// keeps without touching that.
class CampaignNews {
 public:
  void begin_look();
  /// @return whether the campaign is new or has changed.
  [[nodiscard]] bool is_news(const callqueue::CallCampaign& campaign);
  /// Call it only if the look got as far as it was to. @param is_all whether it has seen all
  /// campaigns; otherwise those that are older than the last one seen are forgotten.
  /// @return the campaigns that are gone.
  [[nodiscard]] std::vector<callqueue::CampaignId> end_look(bool is_all);

 private:
  struct Told {
    callqueue::Instant created_at;
    callqueue::Instant updated_at;
    callqueue::CampaignStatus status;
    bool is_done;  ///< A cancelled one is once it was swept, which changes nothing else.
    std::int64_t total, completed, successful, failed;

    friend bool operator==(const Told&, const Told&) = default;
  };
  struct Known {
    Told told;
    std::uint64_t look;  ///< The last one that has seen it.
  };
  /// Newest first is from the largest to the smallest of these.
  using Place = std::pair<callqueue::Instant, callqueue::CampaignId>;

  std::map<callqueue::CampaignId, Known> known_;
  std::uint64_t look_ = 0;
  Place oldest_;
};

}  // namespace rest
