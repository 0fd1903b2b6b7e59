#include "services/forecasts.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <utility>
#include <vector>

#include "callqueue/spread.hpp"

namespace callqueue {
namespace {

constexpr std::chrono::seconds default_duration{60};

/// The slots that one user may count on: what the others leave, and never more than its ceiling.
double system_share(int system_limit, int user_ceiling, int system_active, int user_active) {
  const int limit = std::min(system_limit, user_ceiling);
  if (limit <= 0) return 0;
  // The others' calls end too: even in a full system its turn comes.
  return std::max(1, limit - (system_active - user_active));
}

/// A system limit of 0 is the user's own where it is the user's ceiling.
void name_the_limit(Forecast& forecast, int system_limit) {
  if (forecast.reason == "system_limit_zero" && system_limit > 0) {
    forecast.reason = "user_limit_zero";
  }
}

/// What a forecast has to know of a user, whatever it is about.
struct Standing {
  User user;
  SlotUse slots;
  int system_limit = 0;
  double system_share = 0;
  Instant now;
};

Result<Standing> standing_of(Store& store, UserId user_id) {
  auto user = store.find_user(user_id);
  if (!user) return tl::unexpected(user.error());
  const auto own = store.user_slots(user_id);
  if (!own) return tl::unexpected(own.error());
  const auto system = store.system_slots();
  if (!system) return tl::unexpected(system.error());
  const auto now = store.now();
  if (!now) return tl::unexpected(now.error());
  const double share =
      system_share(system->limit, user->system_concurrent_calls_limit, system->active, own->active);
  return Standing{*std::move(user), *own, system->limit, share, *now};
}

/// What is open, by clock. Calls in flight go with the first of them: they end soon.
std::vector<ForecastLane> lanes_of(const CampaignFacts& facts, std::int64_t& in_unknown_zones) {
  std::vector<ForecastLane> lanes;
  auto processing = facts.processing;
  for (const auto& lane : facts.lanes) {
    const auto zone = TimeZone::load(lane.timezone);
    const auto rows = lane.ready + lane.waiting;
    if (!zone) {
      in_unknown_zones += rows;
    } else if (rows > 0) {
      lanes.push_back({.zone = *zone, .open_rows = rows + std::exchange(processing, 0)});
    }
  }
  return lanes;
}

double attempts_per_row(const CampaignStatistics& statistics, int max_attempts) {
  const auto tried = statistics.completed_calls + statistics.failed_calls + statistics.processing;
  if (tried == 0) return 1;
  return std::clamp(static_cast<double>(statistics.attempts) / static_cast<double>(tried), 1.0,
                    static_cast<double>(std::max(1, max_attempts)));
}

std::chrono::seconds mean_duration(const CampaignAnalytics& analytics) {
  if (!analytics.mean_slot_seconds) return default_duration;
  return std::max(std::chrono::seconds(1),
                  std::chrono::seconds(std::lround(*analytics.mean_slot_seconds)));
}

/// No campaign ends before a row that is due then has been called.
void wait_for(Forecast& expected, Instant due, const ForecastInput& input,
              const CallingRules& rules, const TimeZone& zone) {
  const auto open = next_open_interval(rules, zone, due);
  if (!expected.ends_at || !open) return;
  expected.ends_at =
      std::max(*expected.ends_at, std::max(due, open->opens_at) + input.mean_duration);
}

/// The open intervals within `week`, whose ends are inside.
std::vector<Interval> open_within(const Interval& week, const CallingRules& rules,
                                  const TimeZone& zone) {
  std::vector<Interval> found;
  auto open = next_open_interval(rules, zone, week.opens_at);
  while (open && open->opens_at <= week.closes_at) {
    found.push_back({.opens_at = std::max(open->opens_at, week.opens_at),
                     .closes_at = std::min(open->closes_at, week.closes_at)});
    if (open->closes_at >= week.closes_at) break;
    open = next_open_interval(rules, zone, open->closes_at + std::chrono::microseconds{1});
  }
  return found;
}

/// When calls may start. Hours that cannot be, which somebody's SQL has written, open no lane.
CallingRules usable_rules(const CallCampaign& campaign) {
  auto rules = calling_rules(campaign);
  return validate(rules) ? std::move(rules) : CallingRules{};
}

/// How many calls can be made one after the other in every slot.
std::int64_t calls_within(std::chrono::microseconds time, const ForecastInput& input) {
  const auto slots = std::min<double>(input.user_limit, input.system_share);
  const auto rounds = static_cast<double>(time / input.mean_duration);
  return static_cast<std::int64_t>(std::min(rounds * std::max(slots, 0.0), 1e12));
}

CallingRules always() { return {.windows = every_day({TimeOfDay{0}, TimeOfDay{86'400}})}; }

}  // namespace

Result<Forecast> forecast_campaign(Store& store, const CallCampaign& campaign,
                                   const CampaignAnalytics& analytics) {
  const auto facts = store.campaign_facts(campaign.user_id, campaign.id);
  if (!facts) return tl::unexpected(facts.error());
  if (is_final(facts->status) || facts->status == CampaignStatus::paused) {
    return Forecast{.reason = std::string{to_text(facts->status)}};
  }
  const ForecastInput input{
      .user_limit = facts->user_limit,
      .system_share = system_share(facts->system_limit, facts->user_system_limit,
                                   facts->system_active, facts->user_active),
      .mean_duration = mean_duration(analytics),
      .attempts_per_row =
          attempts_per_row(analytics.statistics, campaign.rules.retry.max_attempts)};
  std::int64_t unreached = 0;
  const auto lanes = lanes_of(*facts, unreached);
  if (lanes.empty() && facts->processing == 0) {
    return Forecast{.unreached_rows = unreached, .reason = unreached > 0 ? "window_unknown" : ""};
  }
  const auto rules = usable_rules(campaign);
  auto expected = forecast(input, rules, lanes, facts->now);
  for (const auto& lane : facts->lanes) {
    const auto zone = TimeZone::load(lane.timezone);
    if (zone && lane.last_due_at) wait_for(expected, *lane.last_due_at, input, rules, *zone);
  }
  // Only what is in flight is left.
  if (lanes.empty()) expected.ends_at = facts->now + input.mean_duration;
  if (unreached > 0 && expected.ends_at.has_value()) {
    expected.ends_at.reset();
    expected.reason = "window_unknown";
  }
  expected.unreached_rows += unreached;
  name_the_limit(expected, facts->system_limit);
  return expected;
}

Result<CampaignOutlook> outlook_of(Store& store, const CallCampaign& campaign,
                                   const CampaignAssumptions& assumptions) {
  const auto standing = standing_of(store, campaign.user_id);
  if (!standing) return tl::unexpected(standing.error());
  const auto now = standing->now;

  CampaignOutlook outlook{.timezone =
                              resolve_timezone(CallClock::campaign, {}, campaign.rules.timezone,
                                               standing->user.timezone)};
  const auto zone = TimeZone::load(outlook.timezone);
  if (!zone) return tl::unexpected(zone.error());
  const auto rules = calling_rules(campaign);
  outlook.open_intervals =
      open_within({.opens_at = now, .closes_at = now + std::chrono::days{7}}, rules, *zone);
  const ForecastInput input{
      .open_rows = assumptions.contacts,
      .user_limit = assumptions.concurrent_calls_limit.value_or(standing->slots.limit),
      .system_share = standing->system_share,
      .mean_duration = assumptions.call_duration};
  outlook.forecast = forecast(input, rules, *zone, now);
  const auto contacts = static_cast<std::size_t>(assumptions.contacts);
  if (const auto due = spread_over(contacts, rules, *zone, now);
      due && contacts > 0 && campaign.rules.spread) {
    wait_for(outlook.forecast, due->at(contacts - 1), input, rules, *zone);
  }
  name_the_limit(outlook.forecast, standing->system_limit);
  if (assumptions.contacts == 0) outlook.forecast.ends_at.reset();
  return outlook;
}

Result<void> StartForecasts::look() {
  if (pace_) return {};
  const auto standing = standing_of(store_, user_id_);
  if (!standing) return tl::unexpected(standing.error());
  pace_ =
      ForecastInput{.user_limit = standing->slots.limit, .system_share = standing->system_share};
  now_ = standing->now;
  return {};
}

Result<StartForecasts::Course> StartForecasts::course_of(std::optional<CampaignId> id) {
  if (const auto known = courses_.find(id); known != courses_.end()) return known->second;
  Course course{.rules = always()};
  if (id) {
    const auto campaign = store_.find_campaign(user_id_, *id);
    if (!campaign) return tl::unexpected(campaign.error());
    course.runs = campaign->status != CampaignStatus::paused;
    const auto analytics = store_.campaign_analytics(user_id_, *id);
    if (!analytics) return tl::unexpected(analytics.error());
    course.rules = usable_rules(*campaign);
    course.duration = mean_duration(*analytics);
  }
  return courses_.emplace(id, std::move(course)).first->second;
}

Result<std::optional<Instant>> StartForecasts::of(const QueuedCall& row, const RowsAhead& ahead) {
  if (const auto looked = look(); !looked) return tl::unexpected(looked.error());
  const auto course = course_of(row.campaign_id);
  if (!course) return tl::unexpected(course.error());
  const auto zone = TimeZone::load(row.timezone);
  // Nobody is called in a zone that nobody knows.
  if (!zone || !course->runs) return std::nullopt;
  const auto due = std::max(now_, row.scheduled_for);
  const auto open = next_open_interval(course->rules, *zone, due);
  if (!open) return std::nullopt;

  auto input = *pace_;
  input.mean_duration = course->duration;
  const auto begins_at = std::max(due, open->opens_at);
  input.rows_ahead = ahead.rows - std::min(ahead.earlier, calls_within(begins_at - now_, input));
  input.open_rows = input.rows_ahead + 1;
  return forecast(input, course->rules, *zone, begins_at).starts_at;
}

}  // namespace callqueue
