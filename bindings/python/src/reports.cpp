// What the library tells: statistics, forecasts, the state of the schema.
#include "callqueue/call_campaigns.hpp"
#include "callqueue/store.hpp"
#include "enums.hpp"
#include "model.hpp"
#include "topics.hpp"

namespace callqueue::python {
namespace {

void bind_statistics_reports(py::module_& m) {
  Model<CampaignStatistics>(m, "CampaignStatistics", "Rows of a campaign by status.")
      .field("total_contacts", &CampaignStatistics::total_contacts, "Rows of any status.")
      .field("completed_calls", &CampaignStatistics::completed_calls, "Includes successful ones.")
      .field("successful_calls", &CampaignStatistics::successful_calls, "Of the completed ones.")
      .field("failed_calls", &CampaignStatistics::failed_calls, "Neither skipped nor cancelled.")
      .field("queued", &CampaignStatistics::queued, "Rows that wait.")
      .field("processing", &CampaignStatistics::processing, "Rows in flight.")
      .field("skipped", &CampaignStatistics::skipped, "Rows never tried.")
      .field("cancelled", &CampaignStatistics::cancelled, "Rows taken back.")
      .field("attempts", &CampaignStatistics::attempts, "Spent by all rows together.");
  Model<QueueStatistics>(m, "QueueStatistics", "Rows of a user's queue by status.")
      .field("queued", &QueueStatistics::queued, "Of which `ready` may be claimed.")
      .field("ready", &QueueStatistics::ready, "Their time has come.")
      .field("processing", &QueueStatistics::processing, "In flight.")
      .field("completed", &QueueStatistics::completed, "Final.")
      .field("failed", &QueueStatistics::failed, "Final.")
      .field("cancelled", &QueueStatistics::cancelled, "Final.")
      .field("skipped", &QueueStatistics::skipped, "Final.");
  Model<UserActivity>(m, "UserActivity", "One user beside the others.")
      .field("user", &UserActivity::user, "Who.")
      .field("active_calls", &UserActivity::active_calls, "That hold a slot.")
      .field("queued", &UserActivity::queued, "Rows that wait for their turn or their time.")
      .field("ready", &UserActivity::ready, "Of those, whose time has come.")
      .field("place", &UserActivity::place,
             "In the turn order: 1 is next. None: nothing to start.");
  Model<UserSlots>(m, "UserSlots", "The slots of one user.")
      .field("user_id", &UserSlots::user_id, "Whose.")
      .field("slots", &UserSlots::slots, "Active against the limit.");
  Model<SystemStatistics>(m, "SystemStatistics", "What goes on in the whole system.")
      .field("slots", &SystemStatistics::slots, "Of all users together.")
      .field("users", &SystemStatistics::users, "With active calls, the busiest first.")
      .field("queued", &SystemStatistics::queued, "Rows that wait.")
      .field("ready", &SystemStatistics::ready, "Of those, whose time has come.")
      .field("oldest_due", &SystemStatistics::oldest_due, "Since when the oldest is claimable.");
  Model<CallSeriesPoint>(m, "CallSeriesPoint", "One step of a series of attempts.")
      .field("at", &CallSeriesPoint::at, "Local date, or date and hour, in the campaign's zone.")
      .field("attempts", &CallSeriesPoint::attempts, "That started within it.")
      .field("answered", &CallSeriesPoint::answered, "Of those.")
      .field("successful", &CallSeriesPoint::successful, "Of those.");
  Model<CampaignAnalytics>(m, "CampaignAnalytics", "How a campaign went, from its calls.")
      .field("statistics", &CampaignAnalytics::statistics, "Rows by status.")
      .field("progress", &CampaignAnalytics::progress, "Final rows over all rows, 0 to 1.")
      .field("connection_rate", &CampaignAnalytics::connection_rate,
             "Answered over ended attempts.")
      .field("success_rate", &CampaignAnalytics::success_rate, "Successful over decided rows.")
      .field("mean_duration_seconds", &CampaignAnalytics::mean_duration_seconds,
             "Of answered ones.")
      .field("mean_slot_seconds", &CampaignAnalytics::mean_slot_seconds, "Slots were held so long.")
      .field("outcomes", &CampaignAnalytics::outcomes, "Ended attempts by outcome.")
      .field("daily", &CampaignAnalytics::daily, "Days with attempts only, in order.")
      .field("hourly", &CampaignAnalytics::hourly, "Hours with attempts only, in order.")
      .field("estimated_completion", &CampaignAnalytics::estimated_completion, "See `Forecast`.");
  Model<ExplainReason>(m, "ExplainReason",
                       "One reason why a campaign is not being dialed right now.")
      .field("code", &ExplainReason::code, "`outside_window`, `user_at_limit`, `dialing` …")
      .field("text", &ExplainReason::text, "One sentence for a person.")
      .field("until", &ExplainReason::until, "When it ends by itself, where that is known.")
      .field("conditional", &ExplainReason::conditional,
             "Counts once the first one has been ended.")
      .field("in_flight", &ExplainReason::in_flight, "Calls of the campaign that are on.")
      .field("active", &ExplainReason::active, "Where a limit is the reason: calls that are on.")
      .field("limit", &ExplainReason::limit, "And that may be.");
}

void bind_forecasts_reports(py::module_& m) {
  Model<Interval>(m, "Interval", "A span of time; both ends are inside it.")
      .field("opens_at", &Interval::opens_at, "UTC.")
      .field("closes_at", &Interval::closes_at, "UTC.");
  Model<Forecast>(m, "Forecast", "What may be expected.")
      .field("ends_at", &Forecast::ends_at, "When the last open row will be done; None: never.")
      .field("starts_at", &Forecast::starts_at, "When the row asked about will be dialed.")
      .field("unreached_rows", &Forecast::unreached_rows, "Rows that will not be called.")
      .field("reason", &Forecast::reason, "Why `ends_at` is None, as `ExplainReason.code`.");
  Model<CampaignAssumptions>(m, "CampaignAssumptions",
                             "What is supposed of a campaign without rows.")
      .field("contacts", &CampaignAssumptions::contacts, "At most 100,000,000.")
      .field("call_duration", &CampaignAssumptions::call_duration, "Mean; 1 s to 24 h.")
      .field("concurrent_calls_limit", &CampaignAssumptions::concurrent_calls_limit,
             "Calls at once; None: the user's limit.");
  Model<CampaignOutlook>(m, "CampaignOutlook", "What a campaign's rules come to.")
      .field("timezone", &CampaignOutlook::timezone, "Whose clock was read.")
      .field("open_intervals", &CampaignOutlook::open_intervals, "Within seven days from now.")
      .field("forecast", &CampaignOutlook::forecast, "One attempt a contact.");
}

void bind_schema_reports(py::module_& m) {
  Model<Migration>(m, "Migration", "A numbered change of the schema.")
      .field("version", &Migration::version, "Its number.")
      .field("name", &Migration::name, "What it changes.")
      .field("up", &Migration::up, "SQL that applies it.")
      .private_field()
      .field("down", &Migration::down, "SQL that takes it back.")
      .private_field()
      .field("before", &Migration::before, "Queries that yield statements to run before it.")
      .private_field()
      .field("after", &Migration::after, "Queries that yield statements to run after it.")
      .private_field();
  Model<MigrateResult>(m, "MigrateResult", "What `Store.migrate` did.")
      .field("from_version", &MigrateResult::from, "Before.")
      .field("to_version", &MigrateResult::to, "After.")
      .field("applied", &MigrateResult::applied,
             "Names in the order they ran, behind the statements that mended what migrations of "
             "before have made.");
  Model<PreflightFinding>(m, "PreflightFinding", "Something about a host's tables that matters.")
      .field("severity", &PreflightFinding::severity, "Whether it stands in the way.")
      .field("table", &PreflightFinding::table, "Empty: the server or the schema.")
      .field("column", &PreflightFinding::column, "Empty: the table as a whole.")
      .field("what", &PreflightFinding::what, "What it is.")
      .field("remedy", &PreflightFinding::remedy, "What to do, as SQL where that is possible.");
  Model<PreflightReport> preflight(m, "PreflightReport", "What stands in the way of migrating.");
  preflight.field("version", &PreflightReport::version, "Of the database.")
      .field("findings", &PreflightReport::findings, "What was found.");
  preflight.type().def_property_readonly("blocks", &PreflightReport::blocks,
                                         "Whether any finding does.");
  Model<VerifyItem>(m, "VerifyItem", "One thing that `Store.verify` looked at.")
      .field("kind", &VerifyItem::kind, "table, column, index, trigger, statistics, queue …")
      .field("name", &VerifyItem::name, "Which.")
      .field("ok", &VerifyItem::ok, "Whether it is as expected.")
      .field("detail", &VerifyItem::detail, "What is wrong; empty when ok.");
  Model<VerifyReport> verify(m, "VerifyReport", "Whether the database holds what is expected.");
  verify.field("version", &VerifyReport::version, "Of the database.")
      .field("items", &VerifyReport::items, "What was looked at.");
  verify.type().def_property_readonly("ok", &VerifyReport::ok, "Whether every item is.");
}

}  // namespace

void register_reports(py::module_& m) {
  bind_statistics_reports(m);
  bind_forecasts_reports(m);
  bind_schema_reports(m);
}

}  // namespace callqueue::python
