#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "callqueue/campaign_outlook.hpp"
#include "callqueue/export.hpp"
#include "callqueue/forecast.hpp"
#include "callqueue/store.hpp"

namespace callqueue {

/// The fields of a campaign to change; those that are empty stay. An inner empty optional clears
/// the field.
struct CampaignUpdate {
  std::optional<std::string> name{};
  std::optional<std::string> description{};
  std::optional<AgentId> agent_id{};
  std::optional<std::string> next_action{};
  std::optional<TimeOfDay> first_call_time{};
  std::optional<TimeOfDay> last_call_time{};
  std::optional<LocalDate> start_date{};
  std::optional<std::optional<LocalDate>> end_date{};
  std::optional<CampaignRules> rules{};
};

/// One reason why a campaign is not being dialed right now.
struct ExplainReason {
  /// not_started, paused, completed, cancelled, no_contacts, import_running, outside_window,
  /// window_unknown, no_more_windows, nothing_due, user_limit_zero, system_limit_zero,
  /// user_at_limit, system_at_limit, user_ceiling, number_busy, in_flight_only, dialing.
  ///
  /// A limit of 0 ends only when somebody raises it; one that is reached, when a call ends.
  std::string code{};
  std::string text{};              ///< One sentence for the user.
  std::optional<Instant> until{};  ///< When it ends by itself, where that is known.
  /// Behind a reason that somebody has to end (a draft, a paused campaign, a limit of 0): it counts
  /// only from then on, and nothing starts at `until` before.
  bool conditional = false;
  std::int64_t in_flight = 0;  ///< Calls of the campaign that are on; the same in each reason.
  /// Where a limit is the reason: calls that are on and may be, of the user or of the system.
  std::optional<int> active{};
  std::optional<int> limit{};
};

/// Why nothing is being dialed (or that it is), most telling first. Pure.
[[nodiscard]] CALLQUEUE_API std::vector<ExplainReason> explain(const CampaignFacts& facts);

/// The service over campaigns: checks input, applies the state machine, and combines the store's
/// facts with the core.
///
/// Every function takes the user first; a campaign of another user is `not_found`. Thread-safe;
/// holds no state but the reference. Besides the listed errors every function passes on the
/// store's.
class CALLQUEUE_API CallCampaigns {
 public:
  /// @param store must outlive the service.
  explicit CallCampaigns(Store& store) : store_(store) {}

  /// Creates a draft. Needs `user_id`, `name` (1–255 characters), `agent_id`, `start_date`; ids,
  /// status, counters and instants are ignored. `invalid_argument` names the field.
  Result<CallCampaign> create(const CallCampaign& campaign);
  [[nodiscard]] Result<CallCampaign> find_by_id(UserId user_id, CampaignId id);
  /// The user's campaigns, newest first.
  [[nodiscard]] Result<PageOf<CallCampaign>> find_by_user_id(UserId user_id,
                                                             const CampaignFilter& filter = {},
                                                             const Page& page = {});
  /// Changes the given fields. `conflict` when it is final or was changed by somebody else
  /// meanwhile.
  Result<CallCampaign> update(UserId user_id, CampaignId id, const CampaignUpdate& update);
  /// Deletes it with its queued calls (the seed's `delete`). `conflict` while calls are in flight.
  Result<void> remove(UserId user_id, CampaignId id);

  /// `draft → active`, or `scheduled` when its start date is ahead on the campaign's own clock.
  /// `conflict` (`total_contacts`) when nobody is left to call, (`end_date`) when all its windows
  /// are over: started, it would end at once with its contacts skipped.
  Result<CallCampaign> start(UserId user_id, CampaignId id);
  /// Stops new claims at once; calls in flight finish and count.
  Result<CallCampaign> pause(UserId user_id, CampaignId id);
  /// `paused → active`, or back to `scheduled` if it never started and its start date is ahead.
  Result<CallCampaign> resume(UserId user_id, CampaignId id);
  /// `scheduled → draft`: takes the start back.
  Result<CallCampaign> unschedule(UserId user_id, CampaignId id);
  /// Turns its queued rows `cancelled`; calls in flight finish.
  Result<CallCampaign> cancel(UserId user_id, CampaignId id);

  [[nodiscard]] Result<CampaignStatistics> get_statistics(UserId user_id, CampaignId id);
  [[nodiscard]] Result<CampaignAnalytics> get_analytics(UserId user_id, CampaignId id);
  /// See `ExplainReason`. Does first what time demands (`Store::advance`, without giving calls up),
  /// so that it says what the next claim will find.
  [[nodiscard]] Result<std::vector<ExplainReason>> explain(UserId user_id, CampaignId id);
  /// When it will end, from counts, limits and the mean duration so far (60 s before the first
  /// call), and not before what is due last has been called: the rest of an even spread, a retry.
  /// Of a paused campaign nothing is expected.
  [[nodiscard]] Result<Forecast> forecast(UserId user_id, CampaignId id);
  /// What the rules of a campaign come to before it is saved: of it `user_id`, window, dates and
  /// `rules` count, on the campaign's own clock. `invalid_argument` names the field, of the
  /// assumptions as well; `not_found` (`user_id`).
  [[nodiscard]] Result<CampaignOutlook> preview(const CallCampaign& campaign,
                                                const CampaignAssumptions& assumptions = {});

 private:
  Store& store_;
};

}  // namespace callqueue
