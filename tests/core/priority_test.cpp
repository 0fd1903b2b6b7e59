#include "callqueue/priority.hpp"

#include <boost/test/unit_test.hpp>
#include <limits>

#include "callqueue/call_campaign.hpp"

using namespace callqueue;

BOOST_AUTO_TEST_SUITE(priorities)

BOOST_AUTO_TEST_CASE(a_named_contact_counts_a_hundred) {
  BOOST_TEST(priority({}, "Ann", 0) == 100);
  BOOST_TEST(priority({}, "", 0) == 0);
  BOOST_TEST(priority({}, " \t\n", 7) == 7);
  BOOST_TEST(priority({}, "Ann", -30) == 70);
}

BOOST_AUTO_TEST_CASE(the_sum_saturates) {
  constexpr int most = std::numeric_limits<int>::max();
  constexpr int least = std::numeric_limits<int>::min();
  BOOST_TEST(priority({}, "Ann", most) == most);
  BOOST_TEST(priority({.base = -1}, "", least) == least);
}

BOOST_AUTO_TEST_CASE(a_host_replaces_the_rule) {
  BOOST_TEST(priority({.base = 5, .named_contact = 1}, "Ann", 10) == 16);
}

BOOST_AUTO_TEST_CASE(the_first_zone_that_is_named_decides) {
  const auto contact = CallClock::contact;
  BOOST_TEST(resolve_timezone(contact, "Asia/Tokyo", "UTC", "Europe/Rome") == "Asia/Tokyo");
  BOOST_TEST(resolve_timezone(contact, "", "", "Europe/Rome") == "Europe/Rome");
  BOOST_TEST(resolve_timezone(contact, "", "", "") == "UTC");
  BOOST_TEST(resolve_timezone(CallClock::campaign, "Asia/Tokyo", "", "Europe/Rome") ==
             "Europe/Rome");
}

BOOST_AUTO_TEST_CASE(weekly_windows_replace_the_daily_columns) {
  using namespace std::chrono_literals;
  CallCampaign campaign{.first_call_time = 8h, .last_call_time = 17h};
  BOOST_TEST((callqueue::calling_rules(campaign).windows == every_day({8h, 17h})));
  campaign.rules.weekly_windows = every_day({10h, 11h});
  BOOST_TEST((callqueue::calling_rules(campaign).windows == every_day({10h, 11h})));
}

BOOST_AUTO_TEST_SUITE_END()
