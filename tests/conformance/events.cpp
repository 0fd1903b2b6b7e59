// What is said of calls: twice, late, out of order.
#include <algorithm>
#include <chrono>

#include "conformance/backend.hpp"

using namespace callqueue;
using namespace callqueue::testing;

BOOST_AUTO_TEST_SUITE(events)

BOOST_AUTO_TEST_CASE_TEMPLATE(an_answered_call_completes_its_row, Backend, AllBackends) {
  Backend backend;
  const auto ann = backend.user().with_queued(1);
  const auto claimed = backend.claim_one();
  backend.dial(claimed);
  backend.report(event_for(claimed.call, CallStatus::ringing));
  backend.pass(5s);
  backend.report(event_for(claimed.call, CallStatus::in_progress));
  backend.pass(60s);
  auto event = event_for(claimed.call, CallStatus::completed);
  event.duration = 60s;
  const auto report = backend.report(event);

  BOOST_TEST(report.ended);
  BOOST_TEST((report.call == ann.call(claimed.call.id)));
  BOOST_TEST((report.queued == ann.row(0)));
  BOOST_TEST((report.call.outcome == CallOutcome::answered));
  BOOST_TEST((report.call.answered_at == noon + 5s));
  BOOST_TEST((report.call.ended_at == backend.now()));
  BOOST_TEST((report.call.duration == 60s));
  const auto row = ann.row(0);
  BOOST_TEST(row.status == QueuedCallStatus::completed);
  BOOST_TEST((row.success == true));
  BOOST_TEST((row.completed_at == backend.now()));
  BOOST_TEST(row.failure_reason.empty());
  const auto campaign = ann.find();
  BOOST_TEST(campaign.completed_calls == 1);
  BOOST_TEST(campaign.successful_calls == 1);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_running_call_holds_its_slot_until_it_ends, Backend, AllBackends) {
  Backend backend;
  const auto ann = backend.user({.concurrent_calls_limit = 1}).with_queued(2);
  const auto claimed = backend.claim_one();
  backend.dial(claimed);
  for (const auto status : {CallStatus::ringing, CallStatus::in_progress}) {
    backend.report(event_for(claimed.call, status));
    BOOST_TEST(ann.active() == 1);
    BOOST_TEST(must(backend.store().system_slots()).active == 1);
    BOOST_TEST(backend.claim().empty());
  }
  backend.end(claimed);
  BOOST_TEST(ann.active() == 0);
  BOOST_TEST(backend.claim().size() == 1U);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_repeated_event_changes_nothing_and_frees_no_second_slot, Backend,
                              AllBackends) {
  Backend backend;
  const auto ann = backend.user({.concurrent_calls_limit = 2}).with_queued(4);
  const auto claimed = backend.claim();
  BOOST_REQUIRE(claimed.size() == 2U);
  BOOST_TEST(backend.end(claimed[0], CallOutcome::busy).ended);
  const auto call = ann.call(claimed[0].call.id);
  const auto row = ann.row(claimed[0].queued.id);
  backend.pass(10s);

  for (int i = 0; i < 3; ++i) {
    const auto report = backend.end(claimed[0], CallOutcome::busy);
    BOOST_TEST(!report.ended);
    BOOST_TEST(!report.changed);
  }

  BOOST_TEST((ann.call(claimed[0].call.id) == call));
  BOOST_TEST((ann.row(row.id) == row));
  BOOST_TEST(ann.active() == 1);
  BOOST_TEST(backend.claim().size() == 1U);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_call_never_moves_back, Backend, AllBackends) {
  Backend backend;
  const auto ann = backend.user().with_queued(1);
  const auto claimed = backend.claim_one();
  backend.report(event_for(claimed.call, CallStatus::in_progress));
  backend.report(event_for(claimed.call, CallStatus::ringing));
  BOOST_TEST(ann.call(claimed.call.id).status == CallStatus::in_progress);
  backend.end(claimed);
  for (const auto late : {CallStatus::ringing, CallStatus::in_progress, CallStatus::busy,
                          CallStatus::failed, CallStatus::unknown, CallStatus::cancelled}) {
    BOOST_TEST(!backend.report(event_for(claimed.call, late)).ended);
    BOOST_TEST(ann.call(claimed.call.id).status == CallStatus::completed);
    BOOST_TEST(ann.row(0).status == QueuedCallStatus::completed);
  }
  BOOST_TEST(ann.active() == 0);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(late_events_fill_in_what_is_missing, Backend, AllBackends) {
  Backend backend;
  const auto ann = backend.user().with_queued(1);
  const auto claimed = backend.claim_one();
  backend.pass(1min);
  backend.end(claimed);
  auto late = event_for(claimed.call, CallStatus::completed);
  late.answered_at = noon + 30s;
  late.duration = 25s;
  late.provider_call_id = "p-1";

  const auto report = backend.report(late);

  BOOST_TEST(report.changed);
  BOOST_TEST(!report.ended);
  const auto call = ann.call(claimed.call.id);
  BOOST_TEST((call.answered_at == noon + 30s));
  BOOST_TEST((call.duration == 25s));
  BOOST_TEST(call.provider_call_id == "p-1");
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_disconnected_call_was_completed_if_it_was_answered, Backend,
                              AllBackends) {
  Backend backend;
  const auto ann = backend.user({.concurrent_calls_limit = 3}).with_queued(3);
  const auto claimed = backend.claim();
  BOOST_REQUIRE(claimed.size() == 3U);
  backend.report(event_for(claimed[0].call, CallStatus::in_progress));
  const auto disconnect = [&](std::size_t index, std::optional<std::chrono::seconds> duration) {
    CallEvent event{.user_id = ann.id, .call_id = claimed[index].call.id, .duration = duration};
    must(set_status(event, "call-disconnected"));
    return backend.report(event).queued.value().status;
  };
  BOOST_TEST(disconnect(0, std::nullopt) == QueuedCallStatus::completed);
  BOOST_TEST(disconnect(1, 12s) == QueuedCallStatus::completed);
  BOOST_TEST(disconnect(2, 0s) == QueuedCallStatus::failed);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(an_unknown_outcome_is_corrected_when_it_becomes_known, Backend,
                              AllBackends) {
  Backend backend;
  const auto ann = backend.user().with_queued(2);
  const auto claimed = backend.claim(1).at(0);
  backend.report(event_for(claimed.call, CallStatus::unknown));
  BOOST_TEST(ann.row(0).status == QueuedCallStatus::failed);
  BOOST_TEST(ann.find().failed_calls == 1);
  backend.pass(1h);

  const auto report = backend.end(claimed);

  BOOST_TEST(report.changed);
  BOOST_TEST(!report.ended);
  BOOST_TEST(ann.call(claimed.call.id).status == CallStatus::completed);
  BOOST_TEST(ann.row(0).status == QueuedCallStatus::completed);
  BOOST_TEST((ann.row(0).success == true));
  BOOST_TEST(ann.row(0).failure_reason.empty());
  const auto campaign = ann.find();
  BOOST_TEST(campaign.failed_calls == 0);
  BOOST_TEST(campaign.completed_calls == 1);
  BOOST_TEST(campaign.successful_calls == 1);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_correction_that_is_no_success_leaves_the_row_failed, Backend,
                              AllBackends) {
  Backend backend;
  CampaignSpec spec;
  spec.rules.retry = {.outcomes = {CallOutcome::busy}, .max_attempts = 3, .delays = {0s}};
  const auto ann = backend.user().with_queued(2, spec);
  const auto claimed = backend.claim(1).at(0);
  backend.report(event_for(claimed.call, CallStatus::unknown));
  backend.end(claimed, CallOutcome::busy);
  BOOST_TEST(ann.call(claimed.call.id).status == CallStatus::busy);
  BOOST_TEST(ann.row(0).status == QueuedCallStatus::failed);
  BOOST_TEST(ann.find().failed_calls == 1);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(an_unknown_call_that_runs_takes_no_slot_back, Backend, AllBackends) {
  Backend backend;
  const auto ann = backend.user({.concurrent_calls_limit = 1}).with_queued(2);
  const auto claimed = backend.claim_one();
  backend.report(event_for(claimed.call, CallStatus::unknown));
  const auto report = backend.report(event_for(claimed.call, CallStatus::in_progress));
  BOOST_TEST(report.call.status == CallStatus::unknown);
  BOOST_TEST(report.call.answered_at.has_value());
  BOOST_TEST(ann.active() == 0);
  BOOST_TEST(backend.claim().size() == 1U);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(the_providers_id_alone_finds_the_call, Backend, AllBackends) {
  Backend backend;
  const auto ann = backend.user().with_queued(1);
  const auto claimed = backend.claim_one();
  backend.dial(claimed, "provider-77");
  CallEvent event{.user_id = ann.id, .provider_call_id = "provider-77"};
  must(set_status(event, "no-answer"));
  BOOST_TEST((backend.report(event).call.id == claimed.call.id));
  BOOST_TEST(ann.call(claimed.call.id).status == CallStatus::no_answer);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(one_bad_event_does_not_stop_the_others, Backend, AllBackends) {
  Backend backend;
  const auto ann = backend.user({.concurrent_calls_limit = 2}).with_queued(2);
  const auto bob = backend.user();
  const auto claimed = backend.claim();
  BOOST_REQUIRE(claimed.size() == 2U);
  std::vector<CallEvent> events(5);
  events[0] = event_for(claimed[0].call, CallStatus::completed);
  events[1] = event_for(claimed[1].call, CallStatus::completed);
  events[1].user_id = bob.id;
  events[2] = {.user_id = ann.id, .status = CallStatus::completed};
  events[3] = {.user_id = ann.id, .provider_call_id = "never heard", .status = CallStatus::busy};
  events[4] = event_for(claimed[1].call, CallStatus::busy);

  const auto reports = must(backend.store().report_events(events));

  BOOST_REQUIRE(reports.size() == 5U);
  BOOST_TEST(reports[0].value().ended);
  BOOST_TEST(fails_with(reports[1], ErrorCode::not_found));
  BOOST_TEST(fails_with(reports[2], ErrorCode::invalid_argument));
  BOOST_TEST(fails_with(reports[3], ErrorCode::not_found));
  BOOST_TEST(reports[4].value().ended);
  BOOST_TEST(ann.call(claimed[1].call.id).status == CallStatus::busy);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(events_of_one_call_in_one_batch_apply_in_their_order, Backend,
                              AllBackends) {
  Backend backend;
  const auto ann = backend.user().with_queued(1);
  const auto claimed = backend.claim_one();
  const std::vector events{event_for(claimed.call, CallStatus::ringing),
                           event_for(claimed.call, CallStatus::in_progress),
                           event_for(claimed.call, CallStatus::completed),
                           event_for(claimed.call, CallStatus::completed)};
  const auto reports = must(backend.store().report_events(events));
  BOOST_TEST(reports[2].value().ended);
  BOOST_TEST(!reports[3].value().ended);
  BOOST_TEST(ann.call(claimed.call.id).answered_at.has_value());
  BOOST_TEST(ann.find().completed_calls == 1);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_voicemail_is_completed_and_no_success, Backend, AllBackends) {
  Backend backend;
  const auto ann = backend.user().with_queued(1);
  const auto claimed = backend.claim_one();
  const auto report = backend.end(claimed, CallOutcome::voicemail);
  BOOST_TEST(report.call.status == CallStatus::completed);
  BOOST_TEST((report.call.outcome == CallOutcome::voicemail));
  BOOST_TEST(ann.row(0).status == QueuedCallStatus::completed);
  BOOST_TEST((ann.row(0).success == false));
  BOOST_TEST(ann.find().successful_calls == 0);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(the_hosts_verdict_counts_however_late, Backend, AllBackends) {
  Backend backend;
  const auto ann = backend.user({.concurrent_calls_limit = 2}).with_queued(3);
  const auto claimed = backend.claim();
  auto verdict = event_for(claimed[0].call, CallStatus::completed);
  verdict.success = false;
  backend.report(verdict);
  BOOST_TEST((ann.row(claimed[0].queued.id).success == false));
  backend.end(claimed[1]);
  BOOST_TEST(ann.find().successful_calls == 1);

  verdict.call_id = claimed[1].call.id;
  backend.report(verdict);

  BOOST_TEST((ann.row(claimed[1].queued.id).success == false));
  BOOST_TEST((ann.call(claimed[1].call.id).success == false));
  BOOST_TEST(ann.find().successful_calls == 0);
  BOOST_TEST(ann.find().completed_calls == 2);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_failed_call_gives_its_reason_to_the_row, Backend, AllBackends) {
  Backend backend;
  const auto ann = backend.user({.concurrent_calls_limit = 2}).with_queued(2);
  const auto claimed = backend.claim();
  auto event = event_for(claimed[0].call, CallOutcome::rejected);
  event.failure_reason = "number not in service";
  backend.report(event);
  backend.end(claimed[1], CallOutcome::no_answer);
  BOOST_TEST(ann.row(0).failure_reason == "number not in service");
  BOOST_TEST(ann.row(1).failure_reason == "no_answer");
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_cancelled_call_cancels_its_row, Backend, AllBackends) {
  Backend backend;
  const auto ann = backend.user().with_queued(1);
  backend.end(backend.claim_one(), CallOutcome::cancelled);
  BOOST_TEST(ann.row(0).status == QueuedCallStatus::cancelled);
  BOOST_TEST(ann.find().failed_calls == 0);
  BOOST_TEST(ann.find().status == CampaignStatus::completed);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(finish_and_claim_uses_the_slot_it_frees, Backend, AllBackends) {
  Backend backend;
  const auto ann = backend.user({.concurrent_calls_limit = 1}).with_queued(3);
  auto claimed = backend.claim_one();
  for (int i = 0; i < 3; ++i) {
    const auto event = event_for(claimed.call, CallStatus::completed);
    const auto both = must(backend.store().finish_and_claim({&event, 1}, {.limit = 5}));
    BOOST_REQUIRE(both.reports.size() == 1U);
    BOOST_TEST(both.reports[0].value().ended);
    BOOST_TEST(both.claimed.size() == (i < 2 ? 1U : 0U));
    if (!both.claimed.empty()) claimed = both.claimed[0];
  }
  BOOST_TEST(ann.find().status == CampaignStatus::completed);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(finish_and_claim_reports_bad_events_and_claims_all_the_same, Backend,
                              AllBackends) {
  Backend backend;
  const auto ann = backend.user({.concurrent_calls_limit = 1}).with_queued(1);
  backend.advance();
  const CallEvent nobody{.user_id = ann.id, .provider_call_id = "x", .status = CallStatus::busy};
  const auto both = must(backend.store().finish_and_claim({&nobody, 1}, {.limit = 5}));
  BOOST_TEST(fails_with(both.reports.at(0), ErrorCode::not_found));
  BOOST_TEST(both.claimed.size() == 1U);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_providers_id_is_one_users_own, Backend, AllBackends) {
  Backend backend;
  const auto ann = backend.user({.concurrent_calls_limit = 1}).with_queued(2);
  const auto bob = backend.user({.concurrent_calls_limit = 1}).with_queued(1);
  const auto claimed = backend.claim();
  BOOST_REQUIRE(claimed.size() == 2U);
  for (const auto& call : claimed) backend.dial(call, "line-1");
  const auto end_of = [&](const TestUser& user) {
    return backend.report(
        {.user_id = user.id, .provider_call_id = "line-1", .status = CallStatus::completed});
  };
  BOOST_TEST(end_of(bob).ended);
  BOOST_TEST(ann.active() == 1);
  BOOST_TEST(bob.active() == 0);
  BOOST_TEST(end_of(ann).ended);

  // A provider that gives an id twice means the latest call.
  const auto second = backend.claim_one();
  backend.dial(second, "line-1");
  BOOST_TEST((end_of(ann).call.id == second.call.id));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(finish_and_claim_that_fails_changes_nothing, Backend, AllBackends) {
  Backend backend;
  const auto ann = backend.user({.concurrent_calls_limit = 1}).with_queued(2);
  const auto claimed = backend.claim_one();
  const auto event = event_for(claimed.call, CallStatus::completed);
  const ClaimRequest somebody_elses{.only = ann.rows[1], .only_user = backend.user().id};
  BOOST_TEST(fails_with(backend.store().finish_and_claim({&event, 1}, somebody_elses),
                        ErrorCode::not_found));
  BOOST_TEST(ann.active() == 1);
  BOOST_TEST((ann.call(claimed.call.id) == claimed.call));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(who_listens_elsewhere_hears_of_every_turn_of_a_call, Backend,
                              SharedBackends) {
  Backend backend;
  const auto ann = backend.user().with_queued(1);
  const auto elsewhere = backend.another();
  const auto listener = must(elsewhere->listen());
  const auto hears = [&] {
    const auto end = std::chrono::steady_clock::now() + 60s;
    while (std::chrono::steady_clock::now() < end) {
      const auto changes = listener->wait(1s);
      if (changes.everyone || std::ranges::count(changes.users, ann.id) > 0) return true;
    }
    return false;
  };
  const auto claimed = backend.claim_one();
  BOOST_TEST(hears());
  backend.dial(claimed);
  BOOST_TEST(hears());
  for (const auto status : {CallStatus::ringing, CallStatus::in_progress, CallStatus::completed}) {
    backend.report(event_for(claimed.call, status));
    BOOST_TEST(hears());
    BOOST_TEST(must(elsewhere->find_call(ann.id, claimed.call.id)).status == status);
  }
}

BOOST_AUTO_TEST_SUITE_END()
