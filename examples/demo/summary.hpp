#pragma once

#include <optional>
#include <string>
#include <vector>

#include "demo/scene.hpp"

namespace callqueue::demo {

/// What a campaign came to. All of it is read from the database when the run is over.
struct CampaignSummary {
  CallCampaign campaign;
  CampaignStatistics rows;
  std::string timezone;
  std::optional<Instant> first_call_at;
  std::optional<Instant> last_call_at;
  std::string first_call_zone;  ///< On whose clock that call was allowed: the contact's own, or the
  std::string last_call_zone;   ///< campaign's.
};

struct UserSummary {
  User user;
  int max_active = 0;
  std::int64_t calls = 0;
};

struct Summary {
  std::vector<CampaignSummary> campaigns;
  std::vector<UserSummary> users;
  int max_active = 0;  ///< Of all users together.
  int system_limit = 0;
};

[[nodiscard]] Summary summarise(Store& store);

/// The document of `--json`.
[[nodiscard]] std::string to_json(const Summary& summary, const std::string& database);
/// For people.
[[nodiscard]] std::string to_text(const Summary& summary);

}  // namespace callqueue::demo
