// Two translation units with the whole core in each, and nothing of the library linked: the core is
// headers only.
#include <boost/test/unit_test.hpp>

#include "callqueue/clock.hpp"
#include "callqueue/core.hpp"

callqueue::UserId made_elsewhere(callqueue::UuidSource& source);  // In header_only_other.cpp.

BOOST_AUTO_TEST_SUITE(header_only)

BOOST_AUTO_TEST_CASE(the_core_works_without_the_library) {
  using namespace callqueue;
  UuidSource ids{1};
  const auto ann = ids.next_id<UserId>(Instant{});
  const auto bob = made_elsewhere(ids);
  const std::vector<RoundRobinCandidate> users{
      {.user_id = bob, .turn = 0, .headroom = 1, .ready = 1},
      {.user_id = ann, .turn = 0, .headroom = 2, .ready = 5}};
  BOOST_TEST((deal(users, 5) == std::vector<UserId>{ann, bob, ann}));

  CallCampaign campaign{.first_call_time = std::chrono::hours{9}};
  const auto berlin = TimeZone::load("Europe/Berlin").value();
  const auto open = next_open_interval(calling_rules(campaign), berlin,
                                       parse_instant("2026-07-01T00:00:00Z").value());
  BOOST_TEST(to_text(open.value().opens_at) == "2026-07-01T07:00:00.000000Z");
}

BOOST_AUTO_TEST_CASE(a_value_that_is_not_there_says_what_failed) {
  using namespace callqueue;
  const auto said = [](const auto& result) -> std::string {
    try {
      static_cast<void>(result.value());
    } catch (const tl::bad_expected_access<Error>& failed) {
      BOOST_TEST((failed.error() == result.error()));
      return failed.what();
    }
    return "nothing";
  };
  BOOST_TEST(
      said(TimeZone::load("Mars/Olympus")) ==
      "invalid_argument (timezone): unknown time zone 'Mars/Olympus'; use an IANA name such as "
      "Europe/Berlin");
  BOOST_TEST(said(Result<int>{fail(ErrorCode::unavailable, "the server is gone")}) ==
             "unavailable: the server is gone");
}

BOOST_AUTO_TEST_CASE(a_manual_clock_never_goes_back) {
  const auto noon = callqueue::parse_instant("2026-07-01T12:00:00Z").value();
  callqueue::ManualClock clock{noon};
  clock.advance(std::chrono::seconds{2});
  clock.advance(std::chrono::seconds{-1});
  BOOST_TEST((clock.now() == noon + std::chrono::seconds{2}));
}

BOOST_AUTO_TEST_SUITE_END()
