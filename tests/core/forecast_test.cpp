#include "callqueue/forecast.hpp"

#include <rapidcheck.h>
#include <rapidcheck/boost_test.h>

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <queue>

#include "core/core_support.hpp"

using namespace callqueue;
using namespace core_tests;

namespace {

const Instant nine = at("2026-05-04T09:00:00Z");

/// One call after the other on the first free slot, in one unending window: when each starts.
std::vector<Instant> simulate(std::int64_t calls, int slots, std::chrono::seconds duration) {
  std::priority_queue<Instant, std::vector<Instant>, std::greater<>> free;
  for (int i = 0; i < slots; ++i) free.push(nine);
  std::vector<Instant> starts;
  for (std::int64_t i = 0; i < calls; ++i) {
    starts.push_back(free.top());
    free.pop();
    free.push(starts.back() + duration);
  }
  return starts;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(forecasts)

BOOST_AUTO_TEST_CASE(calls_follow_each_other_on_the_slots_there_are) {
  const auto seen = forecast({.open_rows = 5, .rows_ahead = 4, .user_limit = 2},
                             daily("09:00", "18:00"), TimeZone{}, nine);
  BOOST_TEST((seen.starts_at == nine + 2min));
  BOOST_TEST((seen.ends_at == nine + 3min));
  BOOST_TEST(seen.unreached_rows == 0);
  BOOST_TEST(seen.reason.empty());
}

BOOST_AUTO_TEST_CASE(a_share_of_the_system_may_be_less_than_the_users_limit) {
  const auto seen = forecast({.open_rows = 3, .user_limit = 5, .system_share = 0.5},
                             daily("09:00", "18:00"), TimeZone{}, nine);
  BOOST_TEST((seen.ends_at == nine + 5min));
}

BOOST_AUTO_TEST_CASE(what_a_window_does_not_hold_waits_for_the_next) {
  const auto rules = daily("09:00", "09:01");  // Two rounds of one call a day.
  const auto seen =
      forecast({.open_rows = 5, .rows_ahead = 2, .user_limit = 1}, rules, TimeZone{}, nine - 24h);
  BOOST_TEST((seen.starts_at == nine));
  BOOST_TEST((seen.ends_at == nine + 24h + 1min));
}

BOOST_AUTO_TEST_CASE(retries_take_their_time) {
  const auto seen = forecast({.open_rows = 4, .user_limit = 1, .attempts_per_row = 1.5},
                             daily("09:00", "18:00"), TimeZone{}, nine);
  BOOST_TEST((seen.ends_at == nine + 6min));
}

BOOST_AUTO_TEST_CASE(rows_beyond_the_last_window_are_counted) {
  auto rules = daily("09:00", "09:01");
  rules.end_date = date("2026-05-05");
  const auto seen =
      forecast({.open_rows = 7, .rows_ahead = 4, .user_limit = 1}, rules, TimeZone{}, nine);
  BOOST_TEST(!seen.ends_at.has_value());
  BOOST_TEST(!seen.starts_at.has_value());
  BOOST_TEST(seen.unreached_rows == 3);
  BOOST_TEST(seen.reason == "no_more_windows");
}

BOOST_AUTO_TEST_CASE(without_slots_nothing_is_reached) {
  const auto seen =
      forecast({.open_rows = 7, .user_limit = 0}, daily("09:00", "18:00"), TimeZone{}, nine);
  BOOST_TEST(!seen.ends_at.has_value());
  BOOST_TEST(!seen.starts_at.has_value());
  BOOST_TEST(seen.unreached_rows == 7);
  BOOST_TEST(seen.reason == "user_limit_zero");
  BOOST_TEST(
      forecast({.open_rows = 7, .system_share = 0}, daily("09:00", "18:00"), TimeZone{}, nine)
          .reason == "system_limit_zero");
}

BOOST_AUTO_TEST_CASE(a_campaign_without_open_rows_has_ended) {
  const auto seen = forecast({}, daily("09:00", "18:00"), TimeZone{}, nine);
  BOOST_TEST((seen.ends_at == nine));
}

BOOST_AUTO_TEST_CASE(a_forecast_spends_no_more_than_ten_thousand_intervals) {
  const auto seen = forecast({.open_rows = 1'000'000'000, .mean_duration = 3600s},
                             daily("09:00", "09:30"), TimeZone{}, nine);
  BOOST_TEST(!seen.ends_at.has_value());
  BOOST_TEST(seen.unreached_rows == 1'000'000'000 - 20'000);
}

// --- Several clocks -----------------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(each_clock_has_its_own_hours) {
  // It is afternoon in Los Angeles; the others open at 21:00 and 03:30.
  const std::vector<ForecastLane> lanes{
      {zone("America/Los_Angeles"), 1}, {zone("Pacific/Auckland"), 2}, {zone("Asia/Kolkata"), 3}};
  const auto seen =
      forecast({.user_limit = 1}, daily("09:00", "18:00"), lanes, at("2026-05-04T20:00:00Z"));
  BOOST_TEST((seen.starts_at == at("2026-05-04T20:00:00Z")));
  BOOST_TEST((seen.ends_at == at("2026-05-05T03:33:00Z")));
}

BOOST_AUTO_TEST_CASE(clocks_that_are_open_at_once_share_the_slots) {
  const std::vector<ForecastLane> lanes{{zone("Europe/Berlin"), 100}, {zone("Europe/London"), 100}};
  const auto seen =
      forecast({.user_limit = 1}, daily("09:00", "18:00"), lanes, at("2026-05-04T08:00:00Z"));
  BOOST_TEST((seen.ends_at == at("2026-05-04T11:20:00Z")));
}

BOOST_AUTO_TEST_CASE(rows_of_a_clock_whose_last_window_has_closed_are_not_reached) {
  auto rules = daily("09:00", "18:00");
  rules.end_date = date("2026-05-04");
  const std::vector<ForecastLane> lanes{{zone("Pacific/Auckland"), 5}, {zone("Europe/London"), 2}};
  const auto seen = forecast({}, rules, lanes, at("2026-05-04T12:00:00Z"));
  BOOST_TEST(!seen.ends_at.has_value());
  BOOST_TEST(seen.unreached_rows == 5);
}

RC_BOOST_PROP(several_lanes_on_one_clock_are_as_one, ()) {
  const auto counts = *rc::gen::nonEmpty(
      rc::gen::container<std::vector<std::int64_t>>(rc::gen::inRange<std::int64_t>(0, 400)));
  ForecastInput input{.user_limit = *rc::gen::inRange(0, 5),
                      .mean_duration = std::chrono::seconds{*rc::gen::inRange(1, 600)},
                      .attempts_per_row = 1 + *rc::gen::inRange(0, 3) / 2.0};
  auto rules = daily("09:00", "09:40");
  rules.end_date = date("2026-05-08");
  const Instant from = nine + std::chrono::minutes{*rc::gen::inRange(-100, 100)};
  std::vector<ForecastLane> lanes;
  for (const auto count : counts) {
    // Halves of attempts are rounded lane by lane.
    lanes.push_back({zone("UTC"), count * 2});
    input.open_rows += count * 2;
  }
  const auto one = forecast(input, rules, TimeZone{}, from);
  const auto several = forecast(input, rules, lanes, from);
  RC_ASSERT(several.ends_at == one.ends_at);
  RC_ASSERT(several.unreached_rows == one.unreached_rows);
  if (input.open_rows > 0) RC_ASSERT(several.starts_at == one.starts_at);
}

RC_BOOST_PROP(a_campaign_ends_no_sooner_than_any_of_its_lanes_would_alone, ()) {
  const std::vector<const char*> names{"Pacific/Auckland", "Europe/London", "Asia/Kolkata",
                                       "America/Los_Angeles"};
  ForecastInput input{.user_limit = *rc::gen::inRange(1, 4),
                      .mean_duration = std::chrono::seconds{*rc::gen::inRange(1, 600)}};
  const auto rules = daily("09:00", "17:00");
  std::vector<ForecastLane> lanes;
  for (const auto* name : names) {
    lanes.push_back({zone(name), *rc::gen::inRange<std::int64_t>(0, 1'000)});
  }
  const auto together = forecast(input, rules, lanes, nine);
  RC_ASSERT(together.ends_at.has_value());
  std::chrono::microseconds work{};
  for (const auto& lane : lanes) {
    input.open_rows = lane.open_rows;
    const auto alone = forecast(input, rules, lane.zone, nine);
    RC_ASSERT(*together.ends_at >= *alone.ends_at);
    work += *alone.ends_at - nine;
  }
  // And no later than one after the other.
  RC_ASSERT(*together.ends_at <= nine + work + 24h * 4);
}

RC_BOOST_PROP(a_forecast_is_exact_when_every_call_takes_the_mean_duration, ()) {
  const auto rows = *rc::gen::inRange<std::int64_t>(1, 60);
  const auto ahead = *rc::gen::inRange<std::int64_t>(0, 60);
  const int slots = *rc::gen::inRange(1, 8);
  const std::chrono::seconds duration{*rc::gen::inRange(1, 600)};
  const auto seen = forecast(
      {.open_rows = rows, .rows_ahead = ahead, .user_limit = slots, .mean_duration = duration},
      daily("00:00", "24:00"), TimeZone{}, nine);
  RC_ASSERT(seen.ends_at == simulate(rows, slots, duration).back() + duration);
  RC_ASSERT(seen.starts_at == simulate(ahead + 1, slots, duration).back());
}

BOOST_AUTO_TEST_SUITE_END()
