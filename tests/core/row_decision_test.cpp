#include <boost/test/unit_test.hpp>

#include "callqueue/call_event.hpp"
#include "core/core_support.hpp"

// What becomes of a queued call once its attempt has ended.
using namespace callqueue;
using namespace core_tests;

namespace {

const Instant decided_at = at("2026-05-04T12:00:00Z");

Call ended(CallStatus status, std::optional<CallOutcome> outcome = {}, int attempt = 1) {
  return {.attempt = attempt,
          .status = status,
          .outcome = outcome ? outcome : detail::outcome_of(status, {}),
          .ended_at = decided_at};
}

RowRules rules(CampaignStatus status = CampaignStatus::active) {
  return {.campaign_status = status,
          .retry = {.outcomes = {CallOutcome::busy, CallOutcome::voicemail, CallOutcome::rejected},
                    .max_attempts = 3,
                    .delays = {1h}},
          .calling_rules = daily("09:00", "18:00"),
          .zone = {}};
}

RowDecision decide(const Call& call, std::optional<bool> retryable = {},
                   CampaignStatus status = CampaignStatus::active) {
  const RowRules these = rules(status);
  return decide_row(call, retryable, &these);
}

const RowDecision again{.status = QueuedCallStatus::queued, .scheduled_for = decided_at + 1h};

RowDecision failed(std::string reason) {
  return {.status = QueuedCallStatus::failed, .failure_reason = std::move(reason)};
}
RowDecision completed(bool success) {
  return {.status = QueuedCallStatus::completed, .success = success};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(row_decisions)

BOOST_AUTO_TEST_CASE(an_answered_call_completes_its_row) {
  BOOST_TEST((decide(ended(CallStatus::completed)) == completed(true)));
  Call judged = ended(CallStatus::completed);
  judged.success = false;
  BOOST_TEST((decide(judged) == completed(false)));
}

BOOST_AUTO_TEST_CASE(a_retryable_outcome_queues_the_row_again) {
  BOOST_TEST((decide(ended(CallStatus::busy)) == again));
  BOOST_TEST((decide(ended(CallStatus::busy, {}, 2)) == again));
  BOOST_TEST((decide(ended(CallStatus::completed, CallOutcome::voicemail)) == again));
}

BOOST_AUTO_TEST_CASE(the_last_attempt_decides) {
  BOOST_TEST((decide(ended(CallStatus::busy, {}, 3)) == failed("busy")));
  BOOST_TEST((decide(ended(CallStatus::completed, CallOutcome::voicemail, 3)) == completed(false)));
}

BOOST_AUTO_TEST_CASE(an_outcome_outside_the_policy_fails_the_row_with_its_reason) {
  BOOST_TEST((decide(ended(CallStatus::no_answer)) == failed("no_answer")));
  Call explained = ended(CallStatus::failed);
  explained.failure_reason = "number not in service";
  BOOST_TEST((decide(explained) == failed("number not in service")));
}

BOOST_AUTO_TEST_CASE(a_final_rejection_fails_the_row_whatever_the_policy_says) {
  const Call rejected = ended(CallStatus::failed, CallOutcome::rejected);
  BOOST_TEST((decide(rejected) == again));
  BOOST_TEST((decide(rejected, true) == again));
  BOOST_TEST((decide(rejected, false) == failed("rejected")));
}

BOOST_AUTO_TEST_CASE(an_unknown_call_is_never_repeated_by_itself) {
  BOOST_TEST((decide(ended(CallStatus::unknown)) == failed("unknown")));
  BOOST_TEST((decide(ended(CallStatus::unknown), true) == failed("unknown")));
}

BOOST_AUTO_TEST_CASE(a_cancelled_call_cancels_its_row) {
  BOOST_TEST((decide(ended(CallStatus::cancelled)).status == QueuedCallStatus::cancelled));
}

BOOST_AUTO_TEST_CASE(only_a_campaign_that_goes_on_retries) {
  const Call busy = ended(CallStatus::busy);
  BOOST_TEST((decide(busy, {}, CampaignStatus::paused) == again));
  BOOST_TEST((decide(busy, {}, CampaignStatus::cancelled) == failed("busy")));
  BOOST_TEST((decide(busy, {}, CampaignStatus::completed) == failed("busy")));
}

BOOST_AUTO_TEST_CASE(a_direct_call_is_never_retried) {
  BOOST_TEST((decide_row(ended(CallStatus::busy), {}, nullptr) == failed("busy")));
  BOOST_TEST((decide_row(ended(CallStatus::completed), {}, nullptr) == completed(true)));
}

BOOST_AUTO_TEST_CASE(a_retry_that_no_window_takes_fails_the_row) {
  auto these = rules();
  these.calling_rules.end_date = date("2026-05-03");
  BOOST_TEST((decide_row(ended(CallStatus::busy), {}, &these) == failed("busy")));
}

BOOST_AUTO_TEST_SUITE_END()
