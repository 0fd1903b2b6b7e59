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
}

BOOST_AUTO_TEST_CASE(without_slots_nothing_is_reached) {
  const auto seen =
      forecast({.open_rows = 7, .user_limit = 0}, daily("09:00", "18:00"), TimeZone{}, nine);
  BOOST_TEST(!seen.ends_at.has_value());
  BOOST_TEST(!seen.starts_at.has_value());
  BOOST_TEST(seen.unreached_rows == 7);
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
