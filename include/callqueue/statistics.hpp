#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "callqueue/claim.hpp"
#include "callqueue/state.hpp"
#include "callqueue/time.hpp"
#include "callqueue/user.hpp"

namespace callqueue {

/// Rows of a campaign by status, and what was spent on them. The first four equal the campaign's
/// columns.
struct CampaignStatistics {
  std::int64_t total_contacts = 0;
  std::int64_t completed_calls = 0;
  std::int64_t successful_calls = 0;
  std::int64_t failed_calls = 0;
  std::int64_t queued = 0;
  std::int64_t processing = 0;
  std::int64_t skipped = 0;
  std::int64_t cancelled = 0;
  std::int64_t attempts = 0;  ///< Attempts spent by all rows together.

  friend bool operator==(const CampaignStatistics&, const CampaignStatistics&) = default;
};

/// Rows of a user's queue by status.
struct QueueStatistics {
  /// Of which `ready` may be claimed once their lane is open; the others wait.
  std::int64_t queued = 0;
  std::int64_t ready = 0;
  std::int64_t processing = 0;
  std::int64_t completed = 0;
  std::int64_t failed = 0;
  std::int64_t cancelled = 0;
  std::int64_t skipped = 0;

  friend bool operator==(const QueueStatistics&, const QueueStatistics&) = default;
};

/// One user beside the others.
struct UserActivity {
  User user{};
  int active_calls = 0;     ///< That hold a slot.
  std::int64_t queued = 0;  ///< Rows that wait for their turn or their time.
  std::int64_t ready = 0;   ///< Of those, whose time has come.
  /// Who is asked how soon when slots are dealt: 1 is next. None: nothing of the user's could start
  /// when that was looked at last, at a claim.
  std::optional<std::int64_t> place{};
};

/// The slots of one user.
struct UserSlots {
  UserId user_id{};
  SlotUse slots{};
};

/// What goes on in the whole system.
struct SystemStatistics {
  SlotUse slots{};
  std::vector<UserSlots> users{};  ///< Those with active calls, the busiest first; at most 1,000.
  std::int64_t queued = 0;         ///< Rows that wait for their turn or their time.
  std::int64_t ready = 0;          ///< Of those, whose time has come.
  /// Since when the row has been claimable, but for limits, that has been so the longest. None: no
  /// row is. How far it is behind the clock is the lag.
  std::optional<Instant> oldest_due{};
};

/// One step of a series: attempts that started within it.
struct CallSeriesPoint {
  std::string at{};  ///< Local date `2026-03-29`, or local date and hour `2026-03-29T14`, in the
                     ///< campaign's zone.
  std::int64_t attempts = 0;
  std::int64_t answered = 0;
  std::int64_t successful = 0;

  friend bool operator==(const CallSeriesPoint&, const CallSeriesPoint&) = default;
};

/// How a campaign went, from its `calls`.
struct CampaignAnalytics {
  CampaignStatistics statistics{};
  double progress = 0;  ///< Final rows over all rows, 0 to 1; 0 without rows.
  /// Ended attempts answered (by person or voicemail) over ended attempts.
  double connection_rate = 0;
  double success_rate = 0;  ///< Successful rows over completed and failed rows.
  std::optional<double> mean_duration_seconds{};   ///< Of answered attempts with a known duration.
  std::optional<double> mean_slot_seconds{};       ///< How long ended attempts held their slots.
  std::map<CallOutcome, std::int64_t> outcomes{};  ///< Ended attempts by outcome.
  std::vector<CallSeriesPoint> daily{};            ///< Days with attempts only, in order.
  std::vector<CallSeriesPoint> hourly{};           ///< Hours with attempts only, in order.
  /// See `Forecast`; none when final, paused or beyond its windows.
  std::optional<Instant> estimated_completion{};
};

/// A lane as `explain` sees it.
struct LaneFacts {
  std::string timezone{};
  /// Current or next interval; none: no further one (or the zone is unknown). An end without a
  /// beginning: the hours that somebody's SQL has written cannot be used; until then.
  std::optional<Instant> opens_at{};
  std::optional<Instant> closes_at{};
  bool stale = false;  ///< Waits for `advance`; closed meanwhile.
  std::int64_t ready = 0;
  std::int64_t waiting = 0;
  std::optional<Instant> next_due_at{};  ///< Of its waiting rows.
  std::optional<Instant> last_due_at{};  ///< Of the same.
};

/// What the store knows about why a campaign is, or is not, being dialed. All at one instant.
struct CampaignFacts {
  CampaignStatus status = CampaignStatus::draft;
  Instant now{};
  std::vector<LaneFacts> lanes{};
  bool import_running = false;
  int user_active = 0;
  int user_limit = 0;
  int user_system_limit = 0;  ///< The user's own ceiling on the system's active calls.
  int system_active = 0;
  int system_limit = 0;
  std::int64_t processing = 0;
  /// Ready rows passed over because the user has an active call to their number.
  std::int64_t busy_numbers = 0;
};

}  // namespace callqueue
