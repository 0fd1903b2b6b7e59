#include "callqueue/spread.hpp"

#include <rapidcheck.h>
#include <rapidcheck/boost_test.h>

#include <algorithm>
#include <boost/test/unit_test.hpp>

#include "core/core_support.hpp"

using namespace callqueue;
using namespace core_tests;

BOOST_AUTO_TEST_SUITE(spread_over_a_window)

BOOST_AUTO_TEST_CASE(calls_are_due_at_equal_distances_from_the_opening) {
  const auto due = spread(3, daily("09:00", "18:00"), TimeZone{}, at("2026-05-04T05:00:00Z"));
  const std::vector<Instant> expected{at("2026-05-04T09:00:00Z"), at("2026-05-04T12:00:00Z"),
                                      at("2026-05-04T15:00:00Z")};
  BOOST_TEST(due == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(an_open_window_is_used_from_now_on) {
  const auto due = spread(2, daily("09:00", "18:00"), TimeZone{}, at("2026-05-04T16:00:00Z"));
  const std::vector<Instant> expected{at("2026-05-04T16:00:00Z"), at("2026-05-04T17:00:00Z")};
  BOOST_TEST(due == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(rules_that_never_close_are_used_for_a_day) {
  const auto due = spread(24, daily("00:00", "24:00"), TimeZone{}, at("2026-05-04T16:00:00Z"));
  BOOST_TEST(due.back() == at("2026-05-05T15:00:00Z"));
}

BOOST_AUTO_TEST_CASE(without_an_opening_nothing_is_due) {
  auto rules = daily("09:00", "18:00");
  rules.end_date = date("2026-05-04");
  BOOST_TEST(spread(5, rules, TimeZone{}, at("2026-05-05T00:00:00Z")).empty());
  BOOST_TEST(spread(0, daily("09:00", "18:00"), TimeZone{}, Instant{}).empty());
}

RC_BOOST_PROP(every_call_is_due_in_order_and_before_the_window_closes, ()) {
  const auto count = *rc::gen::inRange<std::size_t>(1, 3'000);
  const Instant from =
      at("2026-03-01T00:00:00Z") + std::chrono::seconds{*rc::gen::inRange<int>(0, 90 * 86'400)};
  const auto rules = daily("22:30", "03:30");
  const auto here = zone("America/St_Johns");
  const auto due = spread(count, rules, here, from);
  RC_ASSERT(due.size() == count);
  RC_ASSERT(std::is_sorted(due.begin(), due.end()));
  const auto open = next_open_interval(rules, here, from).value();
  RC_ASSERT(due.front() == std::max(from, open.opens_at));
  RC_ASSERT(due.back() < open.closes_at || open.closes_at == from);
  const auto step = (open.closes_at - due.front()) / count;
  for (std::size_t i = 1; i < count; ++i) {
    const auto distance = due[i] - due[i - 1];
    RC_ASSERT(distance >= step);
    RC_ASSERT(distance <= step + tick);
  }
}

BOOST_AUTO_TEST_SUITE_END()
