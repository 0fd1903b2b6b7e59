#include "callqueue/call_event.hpp"

#include <rapidcheck.h>
#include <rapidcheck/boost_test.h>

#include <algorithm>
#include <boost/test/unit_test.hpp>

#include "core/core_support.hpp"

using namespace callqueue;
using namespace core_tests;

namespace {

constexpr std::chrono::seconds deadline{3600};
const Instant noon = at("2026-05-04T12:00:00Z");

Call new_call() {
  return {.call_type = CallType::campaign, .lease_expires_at = noon + 2min, .created_at = noon};
}

CallEvent event(std::string_view spelling) {
  CallEvent made;
  BOOST_TEST_REQUIRE(set_status(made, spelling).has_value());
  return made;
}

/// The call after events that arrive one second after another.
Call after(const std::vector<CallEvent>& events) {
  Call call = new_call();
  Instant now = noon;
  for (const auto& one : events) call = apply_event(call, one, now += 1s, deadline).call;
  return call;
}

Call ended_as(std::string_view spelling) { return after({event(spelling)}); }

/// One call that ends in each of the ways a provider knows.
std::vector<CallEvent> story() {
  auto ringing = event("ringing");
  ringing.provider_call_id = "p-1";
  auto answered = event("in-progress");
  if (*rc::gen::arbitrary<bool>()) answered.answered_at = noon + 1s;
  std::vector<CallEvent> events{ringing, answered};
  const auto ends = *rc::gen::container<std::vector<std::string>>(
      rc::gen::element<std::string>("completed", "busy", "no-answer", "failed", "cancelled",
                                    "unknown", "voicemail", "rejected", "call-disconnected"));
  for (const auto& end : ends) {
    auto made = event(end);
    if (*rc::gen::arbitrary<bool>()) made.duration = std::chrono::seconds{*rc::gen::inRange(0, 3)};
    if (*rc::gen::arbitrary<bool>()) made.success = *rc::gen::arbitrary<bool>();
    events.push_back(made);
  }
  return events;
}

std::vector<CallEvent> shuffled_with_duplicates(const std::vector<CallEvent>& events) {
  std::vector<CallEvent> arriving;
  const auto order = *rc::gen::container<std::vector<std::size_t>>(
      rc::gen::inRange<std::size_t>(0, events.size()));
  for (const auto index : order) arriving.push_back(events[index]);
  return arriving;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(call_events)

BOOST_AUTO_TEST_CASE(a_call_moves_from_ringing_to_its_end) {
  const Call call = after({event("ringing"), event("in_progress"), event("completed")});
  BOOST_TEST((call.status == CallStatus::completed));
  BOOST_TEST((call.outcome == CallOutcome::answered));
  BOOST_TEST((call.success == true));
  BOOST_TEST((call.started_at == noon + 1s));
  BOOST_TEST((call.answered_at == noon + 2s));
  BOOST_TEST((call.ended_at == noon + 3s));
  BOOST_TEST(!call.lease_expires_at.has_value());
}

BOOST_AUTO_TEST_CASE(every_status_and_outcome_is_spelled_with_either_hyphen) {
  BOOST_TEST((event("no-answer").status == CallStatus::no_answer));
  BOOST_TEST((event("No_Answer").status == CallStatus::no_answer));
  BOOST_TEST((event("IN-PROGRESS").status == CallStatus::in_progress));
  BOOST_TEST(!event("call-disconnected").status.has_value());
  BOOST_TEST((event("voicemail").status == CallStatus::completed));
  BOOST_TEST((event("voicemail").outcome == CallOutcome::voicemail));
  BOOST_TEST((event("rejected").status == CallStatus::failed));
  CallEvent made;
  for (const auto& text : {"", "hung-up", "completed ", "call disconnected"}) {
    const auto result = set_status(made, text);
    BOOST_TEST(!result.has_value(), text);
    BOOST_TEST(result.error().field == "status");
  }
}

BOOST_AUTO_TEST_CASE(a_disconnected_call_completed_if_it_was_answered) {
  BOOST_TEST((after({event("ringing"), event("call-disconnected")}).status == CallStatus::failed));
  BOOST_TEST(
      (after({event("in-progress"), event("call-disconnected")}).status == CallStatus::completed));
  auto lasted = event("call-disconnected");
  lasted.duration = 1s;
  BOOST_TEST((after({lasted}).status == CallStatus::completed));
  BOOST_TEST((after({lasted}).outcome == CallOutcome::answered));
  lasted.duration = 0s;
  BOOST_TEST((after({lasted}).status == CallStatus::failed));
}

BOOST_AUTO_TEST_CASE(a_late_event_changes_no_final_state_and_fills_in_facts) {
  auto late = event("in_progress");
  late.answered_at = noon + 500ms;
  late.provider_call_id = "p-1";
  const Call busy = ended_as("busy");
  const auto transition = apply_event(busy, late, noon + 1min, deadline);
  BOOST_TEST((transition.call.status == CallStatus::busy));
  BOOST_TEST((transition.call.answered_at == noon + 500ms));
  BOOST_TEST(transition.call.provider_call_id == "p-1");
  BOOST_TEST(transition.changed);
  BOOST_TEST(!transition.ended);
  BOOST_TEST(!apply_event(busy, event("completed"), noon + 1min, deadline).changed);
}

BOOST_AUTO_TEST_CASE(a_call_ends_between_its_birth_and_now_whatever_the_providers_clock_says) {
  auto busy = event("busy");
  const auto ended_at = [&](Instant said) {
    busy.ended_at = said;
    return *apply_event(new_call(), busy, noon + 60s, deadline).call.ended_at;
  };
  BOOST_TEST((ended_at(noon + 30s) == noon + 30s));
  BOOST_TEST((ended_at(noon + std::chrono::days{900}) == noon + 60s));
  BOOST_TEST((ended_at(Instant::max()) == noon + 60s));
  BOOST_TEST((ended_at(Instant{}) == noon));
  // The clock has stepped back since.
  BOOST_TEST((*apply_event(new_call(), event("busy"), noon - 60s, deadline).call.ended_at == noon));
  auto answered = event("in_progress");
  answered.answered_at = Instant{};
  BOOST_TEST((apply_event(new_call(), answered, noon + 60s, deadline).call.answered_at == noon));
  answered.answered_at = Instant::max();
  BOOST_TEST(
      (apply_event(new_call(), answered, noon + 60s, deadline).call.answered_at == noon + 60s));
}

BOOST_AUTO_TEST_CASE(an_unknown_call_gives_way_to_the_real_outcome) {
  const auto transition = apply_event(ended_as("unknown"), event("completed"), noon, deadline);
  BOOST_TEST((transition.call.status == CallStatus::completed));
  BOOST_TEST((transition.call.success == true));
  BOOST_TEST(transition.corrected);
  BOOST_TEST(!transition.ended);
}

BOOST_AUTO_TEST_CASE(an_unknown_call_that_runs_is_recorded_and_takes_no_slot) {
  auto running = event("in_progress");
  running.provider_call_id = "p-1";
  const auto transition = apply_event(ended_as("unknown"), running, noon + 1min, deadline);
  BOOST_TEST((transition.call.status == CallStatus::unknown));
  BOOST_TEST((transition.call.answered_at == noon + 1min));
  BOOST_TEST(!transition.call.lease_expires_at.has_value());
  const auto end = apply_event(transition.call, event("call-disconnected"), noon + 2min, deadline);
  BOOST_TEST((end.call.status == CallStatus::completed));
  BOOST_TEST(end.corrected);
}

BOOST_AUTO_TEST_CASE(an_event_renews_the_deadline_of_an_accepted_call) {
  const Call ringing = after({event("ringing")});
  BOOST_TEST((ringing.lease_expires_at == noon + 1s + deadline));
  BOOST_TEST((ringing.submitted_at == noon + 1s));
  const auto again = apply_event(ringing, event("ringing"), noon + 1min, deadline);
  BOOST_TEST((again.call.lease_expires_at == noon + 1min + deadline));
  BOOST_TEST(!apply_event(ringing, event("ringing"), noon + 1s, deadline).changed);
}

BOOST_AUTO_TEST_CASE(a_call_that_nobody_accepted_keeps_its_dial_lease) {
  const Call call = after({event("initiated")});
  BOOST_TEST((call.lease_expires_at == noon + 2min));
  BOOST_TEST(!call.submitted_at.has_value());
}

BOOST_AUTO_TEST_CASE(a_voicemail_is_completed_and_no_success) {
  const Call call = ended_as("voicemail");
  BOOST_TEST((call.status == CallStatus::completed));
  BOOST_TEST((call.success == false));
}

BOOST_AUTO_TEST_CASE(the_hosts_verdict_counts_however_late) {
  auto verdict = event("completed");
  verdict.success = false;
  const auto transition = apply_event(ended_as("completed"), verdict, noon + 1h, deadline);
  BOOST_TEST((transition.call.success == false));
  BOOST_TEST(transition.judged);
  BOOST_TEST((after({verdict, event("completed")}).success == false));
  BOOST_TEST((after({verdict}).success == false));
  BOOST_TEST(!apply_event(transition.call, event("completed"), noon + 1h, deadline).judged);
  BOOST_TEST(!apply_event(ended_as("busy"), verdict, noon, deadline).judged);
}

BOOST_AUTO_TEST_CASE(an_outcome_that_does_not_fit_its_status_is_ignored) {
  CallEvent odd = event("busy");
  odd.outcome = CallOutcome::answered;
  BOOST_TEST((after({odd}).outcome == CallOutcome::busy));
}

BOOST_AUTO_TEST_CASE(an_outcome_agrees_with_the_status_beside_it) {
  const auto field = [](const char* status, CallOutcome outcome) {
    CallEvent said = event(status);
    const CallEvent before = said;
    const auto set = set_outcome(said, outcome);
    BOOST_TEST((said.status == before.status));
    BOOST_TEST((said.outcome == (set ? outcome : before.outcome)));
    return set ? std::string{} : set.error().field;
  };
  using enum CallOutcome;
  for (const auto outcome :
       {answered, voicemail, busy, no_answer, failed, rejected, cancelled, unknown}) {
    const bool is_answer = outcome == answered || outcome == voicemail;
    const std::string name{to_text(outcome)};
    BOOST_TEST_CONTEXT(name) {
      BOOST_TEST(field("initiated", outcome) == "outcome");
      BOOST_TEST(field("ringing", outcome) == "outcome");
      BOOST_TEST(field("in-progress", outcome) == (is_answer ? "" : "outcome"));
      BOOST_TEST(field("completed", outcome) == (is_answer ? "" : "outcome"));
      BOOST_TEST(field("busy", outcome) == (outcome == busy ? "" : "outcome"));
      BOOST_TEST(field("no-answer", outcome) == (outcome == no_answer ? "" : "outcome"));
      BOOST_TEST(field("failed", outcome) ==
                 (outcome == failed || outcome == rejected ? "" : "outcome"));
      BOOST_TEST(field("cancelled", outcome) == (outcome == cancelled ? "" : "outcome"));
      BOOST_TEST(field("unknown", outcome) == (outcome == unknown ? "" : "outcome"));
      BOOST_TEST(field("voicemail", outcome) == (outcome == voicemail ? "" : "outcome"));
      BOOST_TEST(field("rejected", outcome) == (outcome == rejected ? "" : "outcome"));
      BOOST_TEST(field("call-disconnected", outcome).empty());
    }
  }
}

RC_BOOST_PROP(events_in_any_order_and_number_release_the_slot_once_and_end_once, ()) {
  Call call = new_call();
  Instant now = noon;
  int releases = 0;
  for (const auto& one : shuffled_with_duplicates(story())) {
    now += 1s;
    const Call before = call;
    const auto transition = apply_event(before, one, now, deadline);
    call = transition.call;
    RC_ASSERT(transition.changed == !(call == before));
    RC_ASSERT(transition.ended == (is_active(before.status) && !is_active(call.status)));
    RC_ASSERT(call.status >= before.status || before.status == CallStatus::unknown);
    if (!is_active(before.status) && before.status != CallStatus::unknown) {
      RC_ASSERT(call.status == before.status);
      RC_ASSERT(call.outcome == before.outcome);
      RC_ASSERT(call.ended_at == before.ended_at);
    }
    RC_ASSERT(call.outcome.has_value() == !is_active(call.status));
    RC_ASSERT(call.lease_expires_at.has_value() == is_active(call.status));
    RC_ASSERT(call.ended_at.has_value() == !is_active(call.status));
    RC_ASSERT(call.success.has_value() == (call.status == CallStatus::completed));
    RC_ASSERT(!apply_event(call, one, now, deadline).changed);
    releases += transition.ended ? 1 : 0;
  }
  RC_ASSERT(releases == (is_active(call.status) ? 0 : 1));
}

BOOST_AUTO_TEST_CASE(answered_is_said_when_somebody_picks_up) {
  const auto call = after({event("ringing"), event("answered")});
  BOOST_TEST((call.status == CallStatus::in_progress));
  BOOST_TEST((call.answered_at == noon + 2s));
  BOOST_TEST(!call.ended_at.has_value());
}

RC_BOOST_PROP(a_call_starts_before_it_is_answered_and_before_it_ends, ()) {
  // The provider tells when things were; how late that is heard is another matter.
  auto events = story();
  for (auto& one : events) {
    const std::chrono::seconds at{*rc::gen::inRange(0, 20)};
    if (*rc::gen::arbitrary<bool>()) one.answered_at = noon + at;
    if (*rc::gen::arbitrary<bool>()) one.ended_at = noon + at;
  }
  Call call = new_call();
  Instant now = noon + 10s;
  for (const auto& one : events) {
    call = apply_event(call, one, now += 1s, deadline).call;
    const auto is_before = [](const auto& one, const auto& other) {
      return !one || !other || *one <= *other;
    };
    RC_ASSERT(is_before(call.started_at, call.answered_at));
    RC_ASSERT(is_before(call.started_at, call.ended_at));
    RC_ASSERT(call.status == CallStatus::unknown || is_before(call.answered_at, call.ended_at));
  }
}

RC_BOOST_PROP(a_completed_call_learns_the_same_in_any_order, ()) {
  auto answered = event("in_progress");
  answered.answered_at = noon + 1s;
  auto completed = event("completed");
  completed.provider_call_id = "p-1";
  auto verdict = event("completed");
  verdict.success = *rc::gen::arbitrary<bool>();
  auto lasted = event("completed");
  lasted.duration = 30s;
  for (auto* one : {&completed, &verdict, &lasted}) one->ended_at = noon + 1s;
  std::vector<CallEvent> events{answered, completed, verdict, lasted};
  auto expected = after(events);
  for (std::size_t i = events.size() - 1; i > 0; --i) {
    std::swap(events[i], events[*rc::gen::inRange<std::size_t>(0, i + 1)]);
  }
  auto learned = after(events);
  // These two say when this process first heard that the call was alive.
  for (auto* one : {&expected, &learned}) one->started_at = one->submitted_at = std::nullopt;
  RC_ASSERT(learned == expected);
}

BOOST_AUTO_TEST_SUITE_END()
