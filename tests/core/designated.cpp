// Naming one member of a struct compiles without a word under -Wall -Wextra: all the others have
// initialisers.
#include <callqueue.hpp>
#include <callqueue/access_tokens.hpp>

#define NAMES(Struct, member)                               \
  [[maybe_unused]] const callqueue::Struct named_##Struct { \
    .member = {}                                            \
  }

NAMES(AccessToken, id);
NAMES(StoredAccessToken, token);
NAMES(CreatedAccessToken, token);
NAMES(Agent, id);
NAMES(Call, id);
NAMES(CampaignRules, timezone);
NAMES(CallCampaign, id);
NAMES(CampaignUpdate, name);
NAMES(ExplainReason, code);
NAMES(CallEvent, user_id);
NAMES(CallTransition, call);
NAMES(RowDecision, status);
NAMES(RowRules, campaign_status);
NAMES(CallQueueOptions, priority);
NAMES(QueueRequest, contact_id);
NAMES(QueuePosition, position);
NAMES(StatusDetails, failure_reason);
NAMES(CallingWindow, opens);
NAMES(CallingRules, windows);
NAMES(CampaignAssumptions, contacts);
NAMES(CampaignOutlook, timezone);
NAMES(Changes, may_start);
NAMES(ClaimRequest, worker);
NAMES(ClaimedCall, call);
NAMES(CallReport, call);
NAMES(FinishedAndClaimed, reports);
NAMES(CallRef, user_id);
NAMES(CallName, call_id);
NAMES(SlotUse, active);
NAMES(AdvanceRequest, budget);
NAMES(AdvanceResult, requeued);
NAMES(Contact, id);
NAMES(CsvImportOptions, default_region);
NAMES(CsvReport, campaign_id);
NAMES(CsvPreview, columns);
NAMES(DialResult, provider_call_id);
NAMES(LookupResult, event);
NAMES(ForecastInput, open_rows);
NAMES(Forecast, ends_at);
NAMES(ForecastLane, zone);
NAMES(ImportRequest, user_id);
NAMES(ImportRow, line);
NAMES(CsvError, line);
NAMES(ImportError, import_id);
NAMES(StagedRow, outcome);
NAMES(KeptAnswer, status);
NAMES(KeyedRequest, state);
NAMES(Page, limit);
NAMES(PriorityRule, base);
NAMES(ProcessorOptions, worker);
NAMES(StepResult, advanced);
NAMES(QueuedCall, id);
NAMES(Error, code);
NAMES(RetryPolicy, outcomes);
NAMES(RoundRobinCandidate, user_id);
NAMES(Migration, version);
NAMES(MigrateRequest, to);
NAMES(PreflightRequest, active_statuses);
NAMES(PreflightFinding, table);
NAMES(PreflightReport, version);
NAMES(MigrateResult, from);
NAMES(VerifyItem, kind);
NAMES(VerifyReport, version);
NAMES(EvenSpread, count);
NAMES(CampaignStatistics, total_contacts);
NAMES(QueueStatistics, queued);
NAMES(UserActivity, user);
NAMES(UserSlots, user_id);
NAMES(SystemStatistics, slots);
NAMES(CallSeriesPoint, at);
NAMES(CampaignAnalytics, statistics);
NAMES(LaneFacts, timezone);
NAMES(CampaignFacts, status);
NAMES(StoreOptions, clock);
NAMES(ContactFilter, search);
NAMES(CampaignFilter, statuses);
NAMES(QueueFilter, campaign_id);
NAMES(CallFilter, campaign_id);
NAMES(NewQueuedCall, contact_id);
NAMES(Interval, opens_at);
NAMES(User, id);
NAMES(Uuid, bytes);
[[maybe_unused]] const callqueue::PageOf<int> named_page{.items = {}};
[[maybe_unused]] const callqueue::UserId named_id{.value = {}};
