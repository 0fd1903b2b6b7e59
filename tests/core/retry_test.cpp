#include "callqueue/retry.hpp"

#include <boost/test/unit_test.hpp>

#include "core/core_support.hpp"

using namespace callqueue;
using namespace core_tests;

namespace {

const RetryPolicy policy{.outcomes = {CallOutcome::busy, CallOutcome::no_answer},
                         .max_attempts = 4,
                         .delays = {15min, 2h}};

std::optional<Instant> after(int attempts, std::string_view ended_at,
                             CallOutcome outcome = CallOutcome::busy) {
  return retry_at(policy, outcome, attempts, at(ended_at), daily("09:00", "18:00"),
                  zone("Europe/Berlin"));
}

bool is_valid(const RetryPolicy& retry) { return validate(retry).has_value(); }

}  // namespace

BOOST_AUTO_TEST_SUITE(retry)

BOOST_AUTO_TEST_CASE(each_attempt_waits_its_delay_and_the_last_delay_repeats) {
  BOOST_TEST((after(1, "2026-05-04T08:00:00Z") == at("2026-05-04T08:15:00Z")));
  BOOST_TEST((after(2, "2026-05-04T08:00:00Z") == at("2026-05-04T10:00:00Z")));
  BOOST_TEST((after(3, "2026-05-04T08:00:00Z") == at("2026-05-04T10:00:00Z")));
}

BOOST_AUTO_TEST_CASE(the_budget_is_one_for_all_outcomes) {
  BOOST_TEST(!after(4, "2026-05-04T08:00:00Z").has_value());
  BOOST_TEST(!after(4, "2026-05-04T08:00:00Z", CallOutcome::no_answer).has_value());
}

BOOST_AUTO_TEST_CASE(only_the_outcomes_of_the_policy_are_retried) {
  for (const auto outcome : {CallOutcome::answered, CallOutcome::voicemail, CallOutcome::failed,
                             CallOutcome::rejected, CallOutcome::cancelled, CallOutcome::unknown}) {
    BOOST_TEST(!is_retryable(policy, outcome, 1));
  }
  BOOST_TEST(is_retryable(policy, CallOutcome::no_answer, 3));
  BOOST_TEST(!is_retryable(RetryPolicy{}, CallOutcome::busy, 1));
}

BOOST_AUTO_TEST_CASE(a_retry_that_falls_outside_the_window_moves_to_the_next_opening) {
  BOOST_TEST((after(1, "2026-05-04T15:45:00Z") == at("2026-05-04T16:00:00Z")));
  BOOST_TEST((after(1, "2026-05-04T15:45:00.000001Z") == at("2026-05-05T07:00:00Z")));
}

BOOST_AUTO_TEST_CASE(without_another_opening_there_is_no_retry) {
  auto rules = daily("09:00", "18:00");
  rules.end_date = date("2026-05-04");
  BOOST_TEST(
      !retry_at(policy, CallOutcome::busy, 1, at("2026-05-04T17:50:00Z"), rules, TimeZone{}));
}

BOOST_AUTO_TEST_CASE(policies_are_validated) {
  BOOST_TEST(is_valid(policy));
  BOOST_TEST(is_valid(RetryPolicy{}));
  BOOST_TEST(is_valid({.outcomes = {CallOutcome::voicemail}, .max_attempts = 100, .delays = {0s}}));
  BOOST_TEST(!is_valid({.max_attempts = 2}));
  BOOST_TEST(!is_valid({.max_attempts = 0}));
  BOOST_TEST(!is_valid({.max_attempts = 101, .delays = {1min}}));
  BOOST_TEST(!is_valid({.max_attempts = 2, .delays = {-1s}}));
  BOOST_TEST(!is_valid({.outcomes = {CallOutcome::unknown}, .max_attempts = 2, .delays = {1min}}));
  BOOST_TEST(!is_valid({.outcomes = {CallOutcome::answered}}));
  BOOST_TEST(validate({.max_attempts = 0}).error().field == "retry.max_attempts");
  BOOST_TEST(validate({.max_attempts = 2}).error().field == "retry.delays");
}

BOOST_AUTO_TEST_SUITE_END()
