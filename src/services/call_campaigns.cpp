#include "callqueue/call_campaigns.hpp"

#include "callqueue/validate.hpp"
#include "services/checks.hpp"
#include "services/forecasts.hpp"

namespace callqueue {
namespace {

tl::unexpected<Error> forbidden(CampaignStatus from, std::string_view verb) {
  return fail(
      ErrorCode::conflict,
      "a campaign that is " + std::string(to_text(from)) + " cannot be " + std::string(verb),
      "status");
}

/// `scheduled` while the start date is ahead on the campaign's own clock, else `active`.
Result<CampaignStatus> status_once_started(Store& store, const CallCampaign& campaign) {
  const auto user = store.find_user(campaign.user_id);
  if (!user) return tl::unexpected(user.error());
  const auto zone = TimeZone::load(
      resolve_timezone(CallClock::campaign, {}, campaign.rules.timezone, user->timezone));
  if (!zone) return tl::unexpected(zone.error());
  const auto now = store.now();
  if (!now) return tl::unexpected(now.error());
  return std::chrono::sys_days(zone->local_date(*now)) < std::chrono::sys_days(campaign.start_date)
             ? CampaignStatus::scheduled
             : CampaignStatus::active;
}

/// Somebody must be left to call, at a time that is still to come: a campaign started otherwise
/// would never end, or end at once with all its contacts skipped.
Result<void> check_worth_starting(Store& store, const CallCampaign& campaign) {
  const auto facts = store.campaign_facts(campaign.user_id, campaign.id);
  if (!facts) return tl::unexpected(facts.error());
  const auto rules = calling_rules(campaign);
  if (const auto usable = validate(rules); !usable) {
    return fail(ErrorCode::conflict, usable.error().message, usable.error().field);
  }
  bool has_rows = false;
  Result<void> verdict;
  for (const auto& lane : facts->lanes) {
    if (lane.ready + lane.waiting == 0) continue;
    has_rows = true;
    const auto zone = TimeZone::load(lane.timezone);
    if (zone && next_open_interval(rules, *zone, facts->now)) return {};
    verdict = zone ? fail(ErrorCode::conflict, "the campaign's last calling window has closed",
                          "end_date")
                   : fail(ErrorCode::conflict, zone.error().message, "timezone");
  }
  if (!has_rows) {
    return fail(ErrorCode::conflict, "the campaign has no contacts to call", "total_contacts");
  }
  return verdict;
}

/// Pauses or cancels. The campaign may move on its own meanwhile (a window opens, the last call
/// ends): then it looks again, for who says stop must be heard.
Result<CallCampaign> stop_campaign(Store& store, UserId user_id, CampaignId id, CampaignStatus to) {
  for (int look = 0;; ++look) {
    const auto campaign = store.find_campaign(user_id, id);
    if (!campaign) return campaign;
    if (!can_transition(campaign->status, to)) return forbidden(campaign->status, to_text(to));
    auto stopped = store.set_campaign_status(user_id, id, campaign->status, to);
    if (stopped || stopped.error().code != ErrorCode::conflict || look == 3) return stopped;
  }
}

/// Does what time demands first, as a claim would, so that what is said of rows and clocks is what
/// the next claim will find. Where this cannot be done just now the answer is only older.
void catch_up(Store& store) { static_cast<void>(store.advance({.lapse_submitted = false})); }

template <class T>
void assign(T& field, const std::optional<T>& value) {
  if (value) field = *value;
}

void apply(CallCampaign& campaign, const CampaignUpdate& update) {
  assign(campaign.name, update.name);
  assign(campaign.description, update.description);
  assign(campaign.agent_id, update.agent_id);
  assign(campaign.next_action, update.next_action);
  assign(campaign.first_call_time, update.first_call_time);
  assign(campaign.last_call_time, update.last_call_time);
  assign(campaign.start_date, update.start_date);
  assign(campaign.end_date, update.end_date);
  assign(campaign.rules, update.rules);
}

}  // namespace

Result<CallCampaign> CallCampaigns::create(const CallCampaign& campaign) {
  return validate(campaign).and_then([&] {
    return store_.create_campaign({.user_id = campaign.user_id,
                                   .name = campaign.name,
                                   .description = campaign.description,
                                   .agent_id = campaign.agent_id,
                                   .next_action = campaign.next_action,
                                   .first_call_time = campaign.first_call_time,
                                   .last_call_time = campaign.last_call_time,
                                   .start_date = campaign.start_date,
                                   .end_date = campaign.end_date,
                                   .rules = campaign.rules});
  });
}

Result<CallCampaign> CallCampaigns::find_by_id(UserId user_id, CampaignId id) {
  return store_.find_campaign(user_id, id);
}

Result<PageOf<CallCampaign>> CallCampaigns::find_by_user_id(UserId user_id,
                                                            const CampaignFilter& filter,
                                                            const Page& page) {
  return check_page(page)
      .and_then([&] { return check_short_text(filter.name, "name"); })
      .and_then([&] { return store_.list_campaigns(user_id, filter, page); });
}

Result<CallCampaign> CallCampaigns::update(UserId user_id, CampaignId id,
                                           const CampaignUpdate& update) {
  auto campaign = store_.find_campaign(user_id, id);
  if (!campaign) return campaign;
  if (is_final(campaign->status)) return forbidden(campaign->status, "changed");
  apply(*campaign, update);
  return validate(*campaign).and_then([&] { return store_.update_campaign(*campaign); });
}

Result<void> CallCampaigns::remove(UserId user_id, CampaignId id) {
  return store_.delete_campaign(user_id, id);
}

Result<CallCampaign> CallCampaigns::start(UserId user_id, CampaignId id) {
  const auto campaign = store_.find_campaign(user_id, id);
  if (!campaign) return campaign;
  if (campaign->status != CampaignStatus::draft) return forbidden(campaign->status, "started");
  return check_worth_starting(store_, *campaign)
      .and_then([&] { return status_once_started(store_, *campaign); })
      .and_then([&](CampaignStatus to) {
        return store_.set_campaign_status(user_id, id, CampaignStatus::draft, to);
      });
}

Result<CallCampaign> CallCampaigns::pause(UserId user_id, CampaignId id) {
  return stop_campaign(store_, user_id, id, CampaignStatus::paused);
}

Result<CallCampaign> CallCampaigns::resume(UserId user_id, CampaignId id) {
  const auto campaign = store_.find_campaign(user_id, id);
  if (!campaign) return campaign;
  if (campaign->status != CampaignStatus::paused) return forbidden(campaign->status, "resumed");
  const auto to = campaign->started_at ? Result<CampaignStatus>(CampaignStatus::active)
                                       : status_once_started(store_, *campaign);
  return to.and_then([&](CampaignStatus status) {
    return store_.set_campaign_status(user_id, id, CampaignStatus::paused, status);
  });
}

Result<CallCampaign> CallCampaigns::unschedule(UserId user_id, CampaignId id) {
  const auto campaign = store_.find_campaign(user_id, id);
  if (!campaign) return campaign;
  if (campaign->status != CampaignStatus::scheduled) {
    return forbidden(campaign->status, "unscheduled");
  }
  return store_.set_campaign_status(user_id, id, CampaignStatus::scheduled, CampaignStatus::draft);
}

Result<CallCampaign> CallCampaigns::cancel(UserId user_id, CampaignId id) {
  return stop_campaign(store_, user_id, id, CampaignStatus::cancelled);
}

Result<CampaignStatistics> CallCampaigns::get_statistics(UserId user_id, CampaignId id) {
  return store_.campaign_statistics(user_id, id);
}

Result<CampaignAnalytics> CallCampaigns::get_analytics(UserId user_id, CampaignId id) {
  const auto campaign = store_.find_campaign(user_id, id);
  if (!campaign) return tl::unexpected(campaign.error());
  auto analytics = store_.campaign_analytics(user_id, id);
  if (!analytics || is_final(campaign->status)) return analytics;
  const auto forecast = forecast_campaign(store_, *campaign, *analytics);
  if (!forecast) return tl::unexpected(forecast.error());
  analytics->estimated_completion = forecast->ends_at;
  return analytics;
}

Result<std::vector<ExplainReason>> CallCampaigns::explain(UserId user_id, CampaignId id) {
  catch_up(store_);
  const auto campaign = store_.find_campaign(user_id, id);
  if (!campaign) return tl::unexpected(campaign.error());
  const auto facts = store_.campaign_facts(user_id, id);
  if (!facts) return tl::unexpected(facts.error());
  return callqueue::explain(*facts);
}

Result<Forecast> CallCampaigns::forecast(UserId user_id, CampaignId id) {
  catch_up(store_);
  const auto campaign = store_.find_campaign(user_id, id);
  if (!campaign) return tl::unexpected(campaign.error());
  const auto analytics = store_.campaign_analytics(user_id, id);
  if (!analytics) return tl::unexpected(analytics.error());
  return forecast_campaign(store_, *campaign, *analytics);
}

Result<CampaignOutlook> CallCampaigns::preview(const CallCampaign& campaign,
                                               const CampaignAssumptions& assumptions) {
  return check_rules(campaign)
      .and_then([&] { return check_assumptions(assumptions); })
      .and_then([&] { return outlook_of(store_, campaign, assumptions); });
}

}  // namespace callqueue
