#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "callqueue/forecast.hpp"
#include "callqueue/time.hpp"

namespace callqueue {

/// What is supposed of a campaign that has no rows yet.
struct CampaignAssumptions {
  std::int64_t contacts = 0;               ///< At most 100,000,000.
  std::chrono::seconds call_duration{60};  ///< Mean time a call holds its slot; 1 s to 24 h.
  /// Calls at once; none: the user's limit.
  std::optional<int> concurrent_calls_limit{};
};

/// What its rules come to.
struct CampaignOutlook {
  std::string timezone{};  ///< Whose clock was read: the campaign's, else the user's, else UTC.
  /// When calls may start within seven days from now, in order. The first and the last one are cut
  /// there.
  std::vector<Interval> open_intervals{};
  /// One attempt a contact. Without contacts `ends_at` is none without a reason, and `starts_at`
  /// when the first could be called.
  Forecast forecast{};
};

}  // namespace callqueue
