#include "callqueue/state.hpp"

#include <boost/test/unit_test.hpp>
#include <string>
#include <vector>

#include "callqueue/access_token.hpp"

using namespace callqueue;

namespace {

constexpr int campaign_statuses = 6, queued_call_statuses = 6, call_statuses = 9, call_outcomes = 8;

/// "from>to" for every transition that is allowed.
template <class Status>
std::vector<std::string> transitions(int count) {
  std::vector<std::string> allowed;
  for (int from = 0; from < count; ++from) {
    for (int to = 0; to < count; ++to) {
      const auto a = static_cast<Status>(from);
      const auto b = static_cast<Status>(to);
      if (can_transition(a, b)) {
        allowed.push_back(std::string{to_text(a)}.append(">").append(to_text(b)));
      }
    }
  }
  return allowed;
}

template <class Enum, class Parse>
void expect_texts_survive(int count, Parse parse) {
  for (int i = 0; i < count; ++i) {
    const auto value = static_cast<Enum>(i);
    BOOST_TEST(!to_text(value).empty());
    BOOST_TEST((parse(to_text(value)) == value));
  }
  BOOST_TEST((to_text(static_cast<Enum>(count)).empty()));
  for (const auto& text : {"", "nonsense", "Completed", "no-answer"}) {
    BOOST_TEST(!parse(text).has_value());
  }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(state)

BOOST_AUTO_TEST_CASE(every_state_survives_its_text) {
  expect_texts_survive<CampaignStatus>(campaign_statuses, parse_campaign_status);
  expect_texts_survive<QueuedCallStatus>(queued_call_statuses, parse_queued_call_status);
  expect_texts_survive<CallStatus>(call_statuses, parse_call_status);
  expect_texts_survive<CallOutcome>(call_outcomes, parse_call_outcome);
  expect_texts_survive<CallType>(2, parse_call_type);
  expect_texts_survive<AccessRole>(2, parse_access_role);
  BOOST_TEST(to_text(CallStatus::no_answer) == "no_answer");
  BOOST_TEST(to_text(QueuedCallStatus::skipped) == "skipped");
}

BOOST_AUTO_TEST_CASE(campaigns_move_as_the_design_says) {
  const std::vector<std::string> expected{
      "draft>scheduled",  "draft>active",     "draft>cancelled",     "scheduled>draft",
      "scheduled>active", "scheduled>paused", "scheduled>completed", "scheduled>cancelled",
      "active>paused",    "active>completed", "active>cancelled",    "paused>scheduled",
      "paused>active",    "paused>completed", "paused>cancelled"};
  BOOST_TEST(transitions<CampaignStatus>(campaign_statuses) == expected,
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(queued_calls_leave_a_final_state_only_by_a_correction) {
  const std::vector<std::string> expected{
      "queued>processing", "queued>failed",        "queued>cancelled",
      "queued>skipped",    "processing>queued",    "processing>completed",
      "processing>failed", "processing>cancelled", "failed>completed"};
  BOOST_TEST(transitions<QueuedCallStatus>(queued_call_statuses) == expected,
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(calls_move_forward_and_unknown_gives_way_to_a_final_state_only) {
  for (int from = 0; from < call_statuses; ++from) {
    for (int to = 0; to < call_statuses; ++to) {
      const auto a = static_cast<CallStatus>(from);
      const auto b = static_cast<CallStatus>(to);
      const bool forward = is_active(a) && to > from;
      const bool correction = a == CallStatus::unknown && !is_active(b) && a != b;
      BOOST_TEST(can_transition(a, b) == (forward || correction), to_text(a) << '>' << to_text(b));
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()
