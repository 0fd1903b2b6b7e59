#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "callqueue/calling_rules.hpp"
#include "callqueue/retry.hpp"
#include "callqueue/state.hpp"
#include "callqueue/time.hpp"
#include "callqueue/uuid.hpp"

namespace callqueue {

/// Whose clock a campaign's window is read on.
enum class CallClock { campaign, contact };

/// What a campaign decides beyond its 19 columns: a row of `callqueue_campaign_rules`.
struct CampaignRules {
  std::string timezone{};                ///< IANA name; empty: the user's, else UTC.
  CallClock clock = CallClock::contact;  ///< `contact`: each contact's own zone where it has one.
  /// When set, replaces the daily window of `first_call_time` and `last_call_time`.
  std::optional<WeeklyWindows> weekly_windows{};
  std::vector<LocalDate> excluded_dates{};
  RetryPolicy retry{};
  bool spread = false;  ///< Distribute an imported list evenly over the window instead of as soon
                        ///< as possible.
  /// How long an accepted call may stay without news; 1 min to 24 h.
  std::chrono::seconds call_deadline{3600};

  friend bool operator==(const CampaignRules&, const CampaignRules&) = default;
};

/// Rules plus a list of contacts: a row of `call_campaigns`.
struct CallCampaign {
  CampaignId id{};
  UserId user_id{};
  std::string name{};
  std::string description{};
  AgentId agent_id{};
  std::string next_action{};  ///< What the agent is to reach; free text for the host.
  TimeOfDay first_call_time{9 * 3600};
  TimeOfDay last_call_time{18 * 3600};
  CampaignStatus status = CampaignStatus::draft;
  /// Kept by the database, as the three below: existing queued calls of any status.
  std::int64_t total_contacts = 0;
  std::int64_t completed_calls = 0;  ///< Includes successful ones.
  std::int64_t successful_calls = 0;
  std::int64_t failed_calls = 0;  ///< Neither skipped nor cancelled ones.
  LocalDate start_date{};
  std::optional<LocalDate> end_date{};
  Instant created_at{};
  Instant updated_at{};
  std::optional<Instant> started_at{};
  /// Set when its last row became final (after a sweep, when that ends).
  std::optional<Instant> completed_at{};

  CampaignRules rules{};

  friend bool operator==(const CallCampaign&, const CallCampaign&) = default;
};

/// The calling rules that a campaign's columns and rules amount to.
[[nodiscard]] inline CallingRules calling_rules(const CallCampaign& campaign) {
  return {.windows = campaign.rules.weekly_windows
                         ? *campaign.rules.weekly_windows
                         : every_day({campaign.first_call_time, campaign.last_call_time}),
          .start_date = campaign.start_date,
          .end_date = campaign.end_date,
          .excluded_dates = campaign.rules.excluded_dates};
}

/// The zone whose clock decides for a contact: the contact's if the campaign calls by contact
/// clock, else the campaign's, else the user's, else UTC. The first that is not empty.
[[nodiscard]] inline std::string resolve_timezone(CallClock clock, const std::string& contact,
                                                  const std::string& campaign,
                                                  const std::string& user) {
  if (clock == CallClock::contact && !contact.empty()) return contact;
  if (!campaign.empty()) return campaign;
  return user.empty() ? "UTC" : user;
}

}  // namespace callqueue
