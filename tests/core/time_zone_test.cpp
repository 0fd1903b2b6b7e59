#include "callqueue/time_zone.hpp"

#include <boost/test/unit_test.hpp>

#include "core/core_support.hpp"

using namespace callqueue;
using namespace core_tests;

BOOST_AUTO_TEST_SUITE(time_zone)

BOOST_AUTO_TEST_CASE(names_of_the_zone_data_load) {
  for (const auto& name : {"UTC", "Europe/Berlin", "America/Argentina/Buenos_Aires", "Etc/GMT+12",
                           "America/Port-au-Prince", "EST5EDT", "Asia/Calcutta"}) {
    const auto loaded = TimeZone::load(name);
    BOOST_TEST(loaded.has_value(), name);
    if (loaded) BOOST_TEST(loaded->name() == name);
  }
}

BOOST_AUTO_TEST_CASE(other_names_are_errors_and_never_a_silent_utc) {
  for (const auto& name : {"",
                           "Europe/Atlantis",
                           "europe/berlin",
                           "Europe",
                           "Europe/",
                           "/Europe/Berlin",
                           "Europe//Berlin",
                           "../../etc/passwd",
                           "../zoneinfo/Europe/Berlin",
                           "/usr/share/zoneinfo/Europe/Berlin",
                           "file:Europe/Berlin",
                           "libc:localtime",
                           "localtime",
                           "posixrules",
                           "Factory",
                           "Fixed/UTC+01:00:00",
                           "UTC+1",
                           "right/Europe/Berlin",
                           "posix/Europe/Berlin",
                           "tzdata.zi",
                           "leapseconds",
                           "Europe/Berlin ",
                           "Europe/Berl\nin"}) {
    const auto loaded = TimeZone::load(name, "zone");
    BOOST_TEST(!loaded.has_value(), name);
    if (loaded) continue;
    BOOST_TEST((loaded.error().code == ErrorCode::invalid_argument));
    BOOST_TEST(loaded.error().field == "zone");
  }
  BOOST_TEST(!TimeZone::load(std::string(10'000, 'x')).has_value());
  BOOST_TEST(!TimeZone::load(std::string_view{"UTC\0", 4}).has_value());
}

BOOST_AUTO_TEST_CASE(the_wall_shows_the_local_date_and_time) {
  const auto kathmandu = zone("Asia/Kathmandu");
  const auto now = at("2026-03-28T18:30:00.000001Z");
  BOOST_TEST((kathmandu.local_date(now) == date("2026-03-29")));
  BOOST_TEST((kathmandu.local_time(now) == 15min + 1us));
  BOOST_TEST(zone("Europe/Berlin").local_text(at("2026-07-01T07:00:00Z")) ==
             "2026-07-01 09:00:00 CEST");
}

BOOST_AUTO_TEST_CASE(a_default_zone_is_utc) {
  BOOST_TEST(TimeZone{}.name() == "UTC");
  BOOST_TEST((TimeZone{}.local_time(at("2026-07-01T07:00:00Z")) == 7h));
}

BOOST_AUTO_TEST_CASE(the_version_of_the_zone_data_is_a_year_and_a_letter) {
  const auto version = zone_data_version();
  BOOST_TEST_REQUIRE(version.size() >= 5u);
  BOOST_TEST(version.substr(0, 2) == "20");
  BOOST_TEST(version[4] >= 'a');
}

BOOST_AUTO_TEST_SUITE_END()
