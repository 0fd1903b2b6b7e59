#include <rapidcheck.h>
#include <rapidcheck/boost_test.h>

#include <boost/test/unit_test.hpp>

#include "callqueue/time.hpp"
#include "core/core_support.hpp"

using namespace callqueue;
using namespace core_tests;

BOOST_AUTO_TEST_SUITE(time_text)

BOOST_AUTO_TEST_CASE(instants_are_written_in_utc_with_six_decimals) {
  BOOST_TEST(to_text(at("2026-03-29T01:02:03.5Z")) == "2026-03-29T01:02:03.500000Z");
  BOOST_TEST(to_text(Instant{-1us}) == "1969-12-31T23:59:59.999999Z");
}

BOOST_AUTO_TEST_CASE(instants_are_read_with_decimals_and_offsets) {
  BOOST_TEST(at("2026-03-29T01:02:03Z") == at("2026-03-29t03:02:03.000+02:00"));
  BOOST_TEST(at("2026-03-29 01:02:03Z") == at("2026-03-28T21:32:03-03:30"));
  BOOST_TEST((at("1970-01-01T00:00:00.000001z") == Instant{1us}));
  BOOST_TEST((at("1970-01-01T00:00:00.000001999Z") == Instant{1us}));
}

BOOST_AUTO_TEST_CASE(what_is_not_an_instant_is_refused_with_its_field) {
  for (const auto& text :
       {"", "2026-03-29", "2026-03-29T01:02:03", "2026-03-29T01:02Z", "2026-02-29T00:00:00Z",
        "2026-03-29T24:00:00Z", "2026-03-29T01:60:00Z", "2026-03-29T01:02:60Z",
        "2026-03-29T01:02:03.Z", "2026-03-29T01:02:03.123456789", "2026-03-29T01:02:03+2:00",
        "2026-03-29T01:02:03+24:00", "2026-03-29T01:02:03Z ", "0000-01-01T00:00:00Z",
        "+026-03-29T01:02:03Z"}) {
    const auto result = parse_instant(text, "ended_at");
    BOOST_TEST(!result.has_value(), text);
    BOOST_TEST((result.error().code == ErrorCode::invalid_argument));
    BOOST_TEST(result.error().field == "ended_at");
  }
}

BOOST_AUTO_TEST_CASE(instants_have_the_years_that_their_text_has) {
  const std::string first = "0001-01-01T00:00:00.000000Z";
  const std::string last = "9999-12-31T23:59:59.999999Z";
  BOOST_TEST(to_text(at(first)) == first);
  BOOST_TEST(to_text(at(last)) == last);
  BOOST_TEST(at("9999-12-31T23:59:59.999999Z") == at("9999-12-31T19:59:59.999999-04:00"));
  for (const auto& text : {"9999-12-31T23:59:59-00:01", "0001-01-01T00:00:00+00:01",
                           "10000-01-01T00:00:00Z", "+10000-01-01T00:00:00Z"}) {
    BOOST_TEST(!parse_instant(text).has_value(), text);
  }
  BOOST_TEST(to_text(at(last) + 1us) == last);
  BOOST_TEST(to_text(Instant::max()) == last);
  BOOST_TEST(to_text(at(first) - 1us) == first);
  BOOST_TEST(to_text(Instant::min()) == first);
}

BOOST_AUTO_TEST_CASE(dates_must_exist) {
  BOOST_TEST(to_text(date("2024-02-29")) == "2024-02-29");
  for (const auto& text :
       {"", "2026-02-29", "2026-13-01", "2026-00-10", "2026-1-1", "2026-01-01 "}) {
    BOOST_TEST(!parse_local_date(text).has_value(), text);
  }
}

BOOST_AUTO_TEST_CASE(times_of_day_run_from_0_to_24) {
  for (const auto& text : {"00:00", "09:00", "09:00:30", "23:59:59", "24:00"}) {
    BOOST_TEST(time_of_day_to_text(parse_time_of_day(text).value()) == text);
  }
  BOOST_TEST(time_of_day_to_text(parse_time_of_day("09:30:00").value()) == "09:30");
  for (const auto& text : {"", "9:00", "24:01", "24:00:01", "12:60", "12:00:60", "12", "12:00pm"}) {
    BOOST_TEST(!parse_time_of_day(text).has_value(), text);
  }
}

RC_BOOST_PROP(instants_survive_their_text, ()) {
  const Instant instant{std::chrono::microseconds{
      *rc::gen::inRange<std::int64_t>(-60'000'000'000'000'000, 250'000'000'000'000'000)}};
  RC_ASSERT(parse_instant(to_text(instant)).value() == instant);
}

BOOST_AUTO_TEST_SUITE_END()
