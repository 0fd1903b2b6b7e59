// How often a user is looked at.
#include "look_pace.hpp"

#include <boost/test/unit_test.hpp>

using namespace std::chrono_literals;
using rest::LookPace;

namespace {

constexpr LookPace::Clock::time_point kStart{1h};
constexpr auto kNever = LookPace::Clock::time_point::max();

/// Seen once, at the start, in no time.
LookPace seen() {
  LookPace pace{200ms};
  pace.begin(kStart);
  pace.end(kStart);
  return pace;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(look_pace)

BOOST_AUTO_TEST_CASE(what_was_never_seen_is_looked_at_at_once) {
  LookPace pace{200ms};
  BOOST_TEST((pace.when() <= kStart));
  BOOST_TEST(!pace.was_seen());
  BOOST_TEST(seen().was_seen());
}

BOOST_AUTO_TEST_CASE(only_what_has_changed_is_looked_at_and_not_more_often_than_the_pace) {
  auto pace = seen();
  BOOST_TEST((pace.when() == kNever));
  pace.change();
  BOOST_TEST((pace.when() == kStart + 200ms));
}

BOOST_AUTO_TEST_CASE(what_changes_during_a_look_is_looked_at_once_more) {
  auto pace = seen();
  pace.change();
  pace.begin(kStart + 1s);
  BOOST_TEST((pace.when() == kNever));
  pace.change();
  pace.end(kStart + 1s);
  BOOST_TEST((pace.when() == kStart + 1s + 200ms));
}

BOOST_AUTO_TEST_CASE(a_look_that_takes_long_is_rare) {
  auto pace = seen();
  pace.begin(kStart);
  pace.end(kStart + 1s);
  pace.change();
  BOOST_TEST((pace.when() == kStart + 10s));
}

BOOST_AUTO_TEST_CASE(a_look_that_failed_is_done_again_a_little_later) {
  LookPace pace{200ms};
  pace.begin(kStart);
  pace.fail(kStart + 50ms);
  BOOST_TEST(!pace.was_seen());
  BOOST_TEST((pace.when() == kStart + 50ms + 1s));
}

BOOST_AUTO_TEST_CASE(a_look_in_parts_goes_on_at_once_the_first_time_and_at_the_pace_later) {
  LookPace pace{200ms};
  pace.begin(kStart);
  pace.go_on(kStart + 10ms);
  BOOST_TEST((pace.when() <= kStart + 10ms));
  BOOST_TEST(!pace.was_seen());
  pace.begin(kStart + 10ms);
  pace.end(kStart + 10ms);
  BOOST_TEST((pace.when() == kNever));

  pace.change();
  pace.begin(kStart + 1s);
  pace.go_on(kStart + 1s);
  BOOST_TEST((pace.when() == kStart + 1s + 200ms));
}

BOOST_AUTO_TEST_CASE(what_changes_between_two_parts_of_a_look_is_looked_at_once_more) {
  auto pace = seen();
  pace.change();
  pace.begin(kStart + 1s);
  pace.go_on(kStart + 1s);
  pace.change();
  pace.begin(kStart + 2s);
  pace.end(kStart + 2s);
  BOOST_TEST((pace.when() == kStart + 2s + 200ms));
}

BOOST_AUTO_TEST_SUITE_END()
