#include "callqueue/calling_rules.hpp"

#include <boost/test/unit_test.hpp>

#include "core/core_support.hpp"

// The rules by example; calling_rules_zones_test.cpp has every zone, zoneinfo_check.py another
// implementation.
using namespace callqueue;
using namespace core_tests;

namespace {

CallingRules on_weekday(std::size_t day, CallingWindow window) {
  CallingRules rules;
  rules.windows[day] = {window};
  return rules;
}
constexpr std::size_t monday = 0, friday = 4, saturday = 5, sunday = 6;

void expect_open(const CallingRules& rules, const TimeZone& zone, std::string_view from,
                 std::string_view to) {
  const Interval expected = interval(from, to);
  BOOST_TEST(is_open(rules, zone, expected.opens_at));
  BOOST_TEST(is_open(rules, zone, expected.closes_at));
  BOOST_TEST(!is_open(rules, zone, expected.opens_at - tick));
  BOOST_TEST(!is_open(rules, zone, expected.closes_at + tick));
  BOOST_TEST(next_open_interval(rules, zone, expected.opens_at - tick) == expected);
  BOOST_TEST(next_open_interval(rules, zone, expected.opens_at) == expected);
  BOOST_TEST(next_open_interval(rules, zone, expected.closes_at) == expected);
}

std::string fault(const CallingRules& rules) {
  const auto result = validate(rules);
  return result ? "" : result.error().field;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(calling_rules)

BOOST_AUTO_TEST_CASE(both_ends_of_a_window_are_inside) {
  const auto rules = daily("09:00", "18:00");
  expect_open(rules, zone("Asia/Kolkata"), "2026-05-04T03:30:00Z", "2026-05-04T12:30:00Z");
  BOOST_TEST(!is_open(rules, TimeZone{}, at("2026-05-04T18:00:00.001Z")));
}

BOOST_AUTO_TEST_CASE(the_next_interval_after_the_end_is_tomorrows) {
  const auto next =
      next_open_interval(daily("09:00", "18:00"), TimeZone{}, at("2026-05-04T18:00:00.000001Z"));
  BOOST_TEST(next == interval("2026-05-05T09:00:00Z", "2026-05-05T18:00:00Z"));
}

BOOST_AUTO_TEST_CASE(local_hours_follow_daylight_saving_time) {
  const auto rules = daily("09:00", "18:00");
  const auto berlin = zone("Europe/Berlin");
  expect_open(rules, berlin, "2026-03-28T08:00:00Z", "2026-03-28T17:00:00Z");
  expect_open(rules, berlin, "2026-03-29T07:00:00Z", "2026-03-29T16:00:00Z");
}

BOOST_AUTO_TEST_CASE(daylight_saving_time_is_known_long_after_2037) {
  expect_open(daily("09:00", "18:00"), zone("America/New_York"), "2049-07-01T13:00:00Z",
              "2049-07-01T22:00:00Z");
}

BOOST_AUTO_TEST_CASE(a_window_that_spans_midnight_is_one_interval) {
  expect_open(daily("22:00", "06:00"), TimeZone{}, "2026-05-04T22:00:00Z", "2026-05-05T06:00:00Z");
}

BOOST_AUTO_TEST_CASE(a_window_that_closes_at_midnight_may_say_0_or_24) {
  expect_open(daily("20:00", "24:00"), TimeZone{}, "2026-05-04T20:00:00Z", "2026-05-05T00:00:00Z");
  expect_open(daily("20:00", "00:00"), TimeZone{}, "2026-05-04T20:00:00Z", "2026-05-05T00:00:00Z");
}

BOOST_AUTO_TEST_CASE(the_part_after_midnight_belongs_to_the_weekday_before) {
  const auto rules = on_weekday(friday, window("22:00", "06:00"));
  expect_open(rules, TimeZone{}, "2026-05-08T22:00:00Z", "2026-05-09T06:00:00Z");
  BOOST_TEST(!is_open(rules, TimeZone{}, at("2026-05-08T01:00:00Z")));
}

BOOST_AUTO_TEST_CASE(a_sunday_night_runs_into_monday) {
  expect_open(on_weekday(sunday, window("23:00", "01:00")), TimeZone{}, "2026-05-10T23:00:00Z",
              "2026-05-11T01:00:00Z");
}

BOOST_AUTO_TEST_CASE(the_small_hours_of_the_start_date_are_closed) {
  auto rules = daily("22:00", "06:00");
  rules.start_date = date("2026-05-04");
  BOOST_TEST(!is_open(rules, TimeZone{}, at("2026-05-04T01:00:00Z")));
  BOOST_TEST(next_open_interval(rules, TimeZone{}, at("2020-01-01T00:00:00Z")) ==
             interval("2026-05-04T22:00:00Z", "2026-05-05T06:00:00Z"));
}

BOOST_AUTO_TEST_CASE(the_night_of_the_end_date_runs_to_its_end) {
  auto rules = daily("22:00", "06:00");
  rules.end_date = date("2026-05-04");
  expect_open(rules, TimeZone{}, "2026-05-04T22:00:00Z", "2026-05-05T06:00:00Z");
  BOOST_TEST(!next_open_interval(rules, TimeZone{}, at("2026-05-05T06:00:00.000001Z")));
  BOOST_TEST(!is_open(rules, TimeZone{}, at("2026-05-05T22:00:00Z")));
}

BOOST_AUTO_TEST_CASE(dates_are_read_on_the_zones_calendar) {
  auto rules = daily("09:00", "18:00");
  rules.start_date = rules.end_date = date("2026-05-04");
  const auto auckland = zone("Pacific/Auckland");
  expect_open(rules, auckland, "2026-05-03T21:00:00Z", "2026-05-04T06:00:00Z");
  BOOST_TEST(!next_open_interval(rules, auckland, at("2026-05-04T06:00:01Z")));
}

BOOST_AUTO_TEST_CASE(an_excluded_date_closes_its_hours_and_the_night_that_opens_on_it) {
  auto rules = daily("22:00", "06:00");
  rules.excluded_dates = {date("2026-05-05")};
  expect_open(rules, TimeZone{}, "2026-05-04T22:00:00Z", "2026-05-04T23:59:59.999999Z");
  BOOST_TEST(next_open_interval(rules, TimeZone{}, at("2026-05-05T00:00:00Z")) ==
             interval("2026-05-06T22:00:00Z", "2026-05-07T06:00:00Z"));
  BOOST_TEST(!is_open(rules, TimeZone{}, at("2026-05-06T01:00:00Z")));
}

BOOST_AUTO_TEST_CASE(an_excluded_date_in_all_day_rules_is_closed_from_midnight_to_midnight) {
  auto rules = daily("00:00", "24:00");
  rules.excluded_dates = {date("2026-05-05")};
  BOOST_TEST(is_open(rules, TimeZone{}, at("2026-05-04T23:59:59.999999Z")));
  BOOST_TEST(!is_open(rules, TimeZone{}, at("2026-05-05T00:00:00Z")));
  BOOST_TEST(!is_open(rules, TimeZone{}, at("2026-05-05T23:59:59.999999Z")));
  BOOST_TEST(is_open(rules, TimeZone{}, at("2026-05-06T00:00:00Z")));
}

BOOST_AUTO_TEST_CASE(several_windows_a_day_are_several_intervals_in_any_order) {
  CallingRules rules;
  rules.windows[monday] = {window("14:00", "18:00"), window("09:00", "12:00")};
  expect_open(rules, TimeZone{}, "2026-05-04T09:00:00Z", "2026-05-04T12:00:00Z");
  expect_open(rules, TimeZone{}, "2026-05-04T14:00:00Z", "2026-05-04T18:00:00Z");
}

BOOST_AUTO_TEST_CASE(touching_and_overlapping_windows_merge) {
  CallingRules rules;
  rules.windows[friday] = {window("09:00", "12:00"), window("12:00", "15:00"),
                           window("14:00", "16:00"), window("20:00", "02:00")};
  rules.windows[saturday] = {window("02:00", "08:00")};
  expect_open(rules, TimeZone{}, "2026-05-08T09:00:00Z", "2026-05-08T16:00:00Z");
  expect_open(rules, TimeZone{}, "2026-05-08T20:00:00Z", "2026-05-09T08:00:00Z");
}

BOOST_AUTO_TEST_CASE(days_that_are_open_all_day_merge) {
  CallingRules rules;
  rules.windows[saturday] = rules.windows[sunday] = {window("00:00", "24:00")};
  expect_open(rules, TimeZone{}, "2026-05-09T00:00:00Z", "2026-05-11T00:00:00Z");
}

BOOST_AUTO_TEST_CASE(rules_that_never_close_are_cut_a_year_around_the_question) {
  const Instant now = at("2026-05-04T12:34:56Z");
  const Interval expected{now - 24h * 366, now + 24h * 366};
  BOOST_TEST(next_open_interval(daily("00:00", "24:00"), TimeZone{}, now) == expected);
}

BOOST_AUTO_TEST_CASE(a_time_in_a_gap_means_the_first_instant_after_it) {
  const auto new_york = zone("America/New_York");  // 02:00 became 03:00, 07:00 UTC.
  const auto next = [&](const CallingRules& rules) {
    return next_open_interval(rules, new_york, at("2026-03-08T05:59:00Z"));
  };
  BOOST_TEST(next(daily("02:30", "04:00")) ==
             interval("2026-03-08T07:00:00Z", "2026-03-08T08:00:00Z"));
  BOOST_TEST(next(daily("01:00", "02:30")) ==
             interval("2026-03-08T06:00:00Z", "2026-03-08T07:00:00Z"));
  expect_open(daily("01:00", "02:30"), new_york, "2026-03-08T06:00:00Z", "2026-03-08T07:00:00Z");
  expect_open(daily("02:10", "02:50"), new_york, "2026-03-08T07:00:00Z", "2026-03-08T07:00:00Z");
}

BOOST_AUTO_TEST_CASE(a_repeated_hour_is_open_both_times) {
  const auto new_york = zone("America/New_York");  // 02:00 became 01:00 again, 06:00 UTC.
  expect_open(daily("01:00", "01:30"), new_york, "2026-11-01T05:00:00Z", "2026-11-01T05:30:00Z");
  expect_open(daily("01:00", "01:30"), new_york, "2026-11-01T06:00:00Z", "2026-11-01T06:30:00Z");
  expect_open(daily("00:00", "04:00"), new_york, "2026-11-01T04:00:00Z", "2026-11-01T09:00:00Z");
}

BOOST_AUTO_TEST_CASE(half_an_hour_of_daylight_saving_time_is_followed) {
  const auto lord_howe = zone("Australia/Lord_Howe");
  expect_open(daily("01:45", "03:00"), lord_howe, "2026-04-04T14:45:00Z",
              "2026-04-04T14:59:59.999999Z");  // 02:00 became 01:30.
  expect_open(daily("01:45", "03:00"), lord_howe, "2026-04-04T15:15:00Z", "2026-04-04T16:30:00Z");
}

BOOST_AUTO_TEST_CASE(nothing_opens_on_a_date_that_a_zone_skipped) {
  const auto apia = zone("Pacific/Apia");  // After 29 December 2011 came the 31st.
  BOOST_TEST(next_open_interval(daily("09:00", "18:00"), apia, at("2011-12-30T04:00:00.000001Z")) ==
             interval("2011-12-30T19:00:00Z", "2011-12-31T04:00:00Z"));
  BOOST_TEST(!is_open(daily("09:00", "18:00"), apia, at("2011-12-30T10:00:00Z")));
  // The night that would have begun on the 30th, a Friday.
  const auto night = on_weekday(friday, window("22:00", "06:00"));
  BOOST_TEST(!is_open(night, apia, at("2011-12-30T11:00:00Z")));
  BOOST_TEST(next_open_interval(night, apia, at("2011-12-30T00:00:00Z")) ==
             interval("2012-01-06T08:00:00Z", "2012-01-06T16:00:00Z"));
}

BOOST_AUTO_TEST_CASE(rules_that_open_no_more_are_told_quickly) {
  auto rules = daily("09:00", "18:00");
  rules.end_date = date("2026-05-04");
  BOOST_TEST(!next_open_interval(rules, TimeZone{}, at("2030-01-01T00:00:00Z")));
  rules = on_weekday(monday, window("09:00", "18:00"));
  rules.start_date = rules.end_date = date("2026-05-05");  // A Tuesday.
  BOOST_TEST(!next_open_interval(rules, TimeZone{}, at("2026-01-01T00:00:00Z")));
}

BOOST_AUTO_TEST_CASE(an_opening_behind_years_of_excluded_dates_is_found) {
  auto rules = on_weekday(monday, window("09:00", "18:00"));
  for (int week = 0; week < 600; ++week) {
    rules.excluded_dates.push_back(
        LocalDate{std::chrono::sys_days{date("2026-05-04")} + std::chrono::weeks{week}});
  }
  expect_open(rules, TimeZone{}, "2037-11-02T09:00:00Z", "2037-11-02T18:00:00Z");
  BOOST_TEST(next_open_interval(rules, TimeZone{}, at("2026-05-01T00:00:00Z")) ==
             interval("2037-11-02T09:00:00Z", "2037-11-02T18:00:00Z"));
}

BOOST_AUTO_TEST_CASE(the_ends_of_time_are_closed) {
  const auto rules = daily("00:00", "24:00");
  for (const auto& name : {"UTC", "America/New_York", "Pacific/Kiritimati"}) {
    BOOST_TEST(!is_open(rules, zone(name), Instant::max()));
    BOOST_TEST(!is_open(rules, zone(name), Instant::min()));
    BOOST_TEST(!next_open_interval(rules, zone(name), Instant::max()));
    BOOST_TEST(next_open_interval(rules, zone(name), Instant::min())->opens_at ==
               at("0001-01-01T00:00:00Z"));
  }
}

BOOST_AUTO_TEST_CASE(windows_and_dates_are_validated) {
  BOOST_TEST(fault(daily("09:00", "18:00")) == "");
  BOOST_TEST(fault(daily("22:00", "06:00")) == "");
  BOOST_TEST(fault(daily("00:00", "24:00")) == "");
  BOOST_TEST(fault(daily("09:00", "09:00")) == "first_call_time");
  BOOST_TEST(fault(daily("24:00", "09:00")) == "first_call_time");
  BOOST_TEST(fault({.windows = every_day({9h, 25h})}) == "first_call_time");
  BOOST_TEST(fault({.windows = every_day({-1s, 18h})}) == "first_call_time");
  BOOST_TEST(fault(on_weekday(monday, window("09:00", "09:00"))) == "windows");
  BOOST_TEST(fault(CallingRules{}) == "windows");
  auto rules = daily("09:00", "18:00");
  rules.start_date =
      LocalDate{std::chrono::year{2026}, std::chrono::month{2}, std::chrono::day{30}};
  BOOST_TEST(fault(rules) == "start_date");
  rules.start_date = date("2026-05-05");
  rules.end_date = date("2026-05-04");
  BOOST_TEST(fault(rules) == "end_date");
  rules.end_date = date("2026-05-05");
  rules.excluded_dates = {date("2026-05-05"), LocalDate{}};
  BOOST_TEST(fault(rules) == "excluded_dates");
}

BOOST_AUTO_TEST_SUITE_END()
