// Another attempt: which outcomes, how often, when.
#include "conformance/backend.hpp"

using namespace callqueue;
using namespace callqueue::testing;

namespace {

CampaignSpec retrying(std::vector<CallOutcome> outcomes, int attempts,
                      std::vector<std::chrono::seconds> delays) {
  CampaignSpec spec;
  spec.rules.retry = {std::move(outcomes), attempts, std::move(delays)};
  return spec;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(retries)

BOOST_AUTO_TEST_CASE_TEMPLATE(a_retry_is_due_after_its_delay_and_not_before, Backend, AllBackends) {
  Backend backend;
  const auto ann = backend.user().with_queued(1, retrying({CallOutcome::busy}, 3, {300s, 900s}));
  const auto first = backend.claim_one();
  const auto report = backend.end(first, CallOutcome::busy);

  BOOST_TEST(report.queued.value().status == QueuedCallStatus::queued);
  BOOST_TEST((report.queued->scheduled_for == noon + 300s));
  BOOST_TEST(ann.active() == 0);
  backend.pass(300s - 1us);
  BOOST_TEST(backend.claim().empty());
  backend.pass(1us);
  const auto second = backend.claim_one();
  BOOST_TEST(second.call.attempt == 2);
  BOOST_TEST((second.call.id != first.call.id));
  BOOST_TEST((backend.end(second, CallOutcome::busy).queued.value().scheduled_for ==
              backend.now() + 900s));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(the_budget_is_one_for_all_outcomes, Backend, AllBackends) {
  Backend backend;
  const auto ann = backend.user().with_queued(
      1, retrying({CallOutcome::busy, CallOutcome::no_answer, CallOutcome::voicemail}, 4, {60s}));
  for (const auto outcome : {CallOutcome::busy, CallOutcome::no_answer, CallOutcome::voicemail}) {
    backend.end(backend.claim_one(), outcome);
    BOOST_TEST(ann.row(0).status == QueuedCallStatus::queued);
    backend.pass(60s);  // The last delay repeats.
  }
  backend.end(backend.claim_one(), CallOutcome::busy);
  BOOST_TEST(ann.row(0).status == QueuedCallStatus::failed);
  BOOST_TEST(ann.row(0).attempts == 4);
  BOOST_TEST(ann.row(0).failure_reason == "busy");
  const auto calls = ann.all_calls({.queue_id = ann.rows[0]});
  BOOST_REQUIRE(calls.size() == 4U);  // Each attempt stays.
  for (int i = 0; i < 4; ++i) BOOST_TEST(calls[static_cast<std::size_t>(i)].attempt == i + 1);
  BOOST_TEST(ann.statistics().attempts == 4);
  BOOST_TEST(ann.find().total_contacts == 1);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_call_without_news_is_not_retried, Backend, AllBackends) {
  Backend backend;
  const auto ann = backend.user().with_queued(
      2, retrying({CallOutcome::no_answer, CallOutcome::failed}, 5, {60s}));
  backend.dial(backend.claim(1).front());
  const auto silent = backend.claim(1).front();
  const CallRef marked{silent.call.user_id, silent.call.id};
  must(backend.store().begin_dial({&marked, 1}, "worker"));
  backend.pass(2h);
  BOOST_TEST(backend.advance().lapsed == 2);
  for (const auto& row : ann.all_rows()) {
    BOOST_TEST(row.status == QueuedCallStatus::failed);
    BOOST_TEST(row.attempts == 1);
  }
  BOOST_TEST(backend.claim().empty());
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_verdict_on_an_earlier_attempt_leaves_the_row_alone, Backend,
                              AllBackends) {
  Backend backend;
  const auto ann = backend.user().with_queued(1, retrying({CallOutcome::voicemail}, 2, {60s}));
  const auto first = backend.claim_one();
  backend.end(first, CallOutcome::voicemail);
  backend.pass(60s);
  backend.end(backend.claim_one(), CallOutcome::voicemail);
  BOOST_TEST(ann.row(0).status == QueuedCallStatus::completed);

  auto verdict = event_for(first.call, CallStatus::completed);
  verdict.success = true;
  BOOST_TEST((backend.report(verdict).call.success == true));

  BOOST_TEST((ann.row(0).success == false));
  BOOST_TEST(ann.find().successful_calls == 0);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_verdict_on_a_call_leaves_the_retry_it_is_owed_waiting, Backend,
                              AllBackends) {
  Backend backend;
  const auto ann = backend.user().with_queued(1, retrying({CallOutcome::voicemail}, 2, {60s}));
  const auto first = backend.claim_one();
  backend.end(first, CallOutcome::voicemail);

  auto verdict = event_for(first.call, CallStatus::completed);
  verdict.success = true;
  BOOST_TEST((backend.report(verdict).call.success == true));

  // Only a completed row has a success.
  BOOST_TEST(ann.row(0).status == QueuedCallStatus::queued);
  BOOST_TEST(!ann.row(0).success.has_value());
  BOOST_TEST(ann.find().successful_calls == 0);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(an_outcome_that_is_not_listed_is_not_retried, Backend, AllBackends) {
  Backend backend;
  const auto ann = backend.user().with_queued(1, retrying({CallOutcome::busy}, 3, {60s}));
  backend.end(backend.claim_one(), CallOutcome::no_answer);
  BOOST_TEST(ann.row(0).status == QueuedCallStatus::failed);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_voicemail_on_the_last_attempt_is_completed, Backend, AllBackends) {
  Backend backend;
  const auto ann = backend.user().with_queued(1, retrying({CallOutcome::voicemail}, 2, {60s}));
  backend.end(backend.claim_one(), CallOutcome::voicemail);
  BOOST_TEST(ann.row(0).status == QueuedCallStatus::queued);
  backend.pass(60s);
  backend.end(backend.claim_one(), CallOutcome::voicemail);
  BOOST_TEST(ann.row(0).status == QueuedCallStatus::completed);
  BOOST_TEST((ann.row(0).success == false));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_rejection_called_final_is_not_retried, Backend, AllBackends) {
  Backend backend;
  const auto ann = backend.user({.concurrent_calls_limit = 2})
                       .with_queued(2, retrying({CallOutcome::rejected}, 3, {60s}));
  const auto claimed = backend.claim();
  auto final_one = event_for(claimed[0].call, CallOutcome::rejected);
  final_one.retryable = false;
  backend.report(final_one);
  backend.end(claimed[1], CallOutcome::rejected);
  BOOST_TEST(ann.row(claimed[0].queued.id).status == QueuedCallStatus::failed);
  BOOST_TEST(ann.row(claimed[1].queued.id).status == QueuedCallStatus::queued);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_retry_moves_into_the_next_open_interval, Backend, AllBackends) {
  Backend backend;
  auto spec = retrying({CallOutcome::busy}, 3, {4h});
  spec.first_call_time = 9h;
  spec.last_call_time = 15h;
  const auto ann = backend.user().with_queued(1, spec);
  backend.end(backend.claim_one(), CallOutcome::busy);  // 16:00 would be too late.
  BOOST_TEST((ann.row(0).scheduled_for == instant("2026-01-13T09:00:00Z")));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_retry_that_no_interval_is_left_for_fails_the_row, Backend,
                              AllBackends) {
  Backend backend;
  auto spec = retrying({CallOutcome::busy}, 3, {4h});
  spec.first_call_time = 9h;
  spec.last_call_time = 15h;
  spec.end_date = date("2026-01-12");
  const auto ann = backend.user().with_queued(1, spec);
  backend.end(backend.claim_one(), CallOutcome::busy);
  BOOST_TEST(ann.row(0).status == QueuedCallStatus::failed);
  BOOST_TEST(ann.row(0).failure_reason == "busy");
  BOOST_TEST(ann.find().status == CampaignStatus::completed);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_retry_reads_the_contacts_clock, Backend, AllBackends) {
  Backend backend{{.clock = at(instant("2026-01-12T08:00:00Z"))}};  // 17:00 in Tokyo.
  auto spec = retrying({CallOutcome::busy}, 3, {2h});
  spec.first_call_time = 9h;
  spec.last_call_time = 18h;
  const auto ann = backend.user().with_queued(1, spec, {.timezone = "Asia/Tokyo"});
  backend.end(backend.claim_one(), CallOutcome::busy);
  BOOST_TEST((ann.row(0).scheduled_for == instant("2026-01-13T00:00:00Z")));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(in_a_paused_campaign_a_retry_is_queued_and_waits, Backend,
                              AllBackends) {
  Backend backend;
  const auto ann = backend.user().with_queued(1, retrying({CallOutcome::busy}, 3, {60s}));
  const auto claimed = backend.claim_one();
  must(ann.set_status(CampaignStatus::active, CampaignStatus::paused));
  backend.end(claimed, CallOutcome::busy);
  BOOST_TEST(ann.row(0).status == QueuedCallStatus::queued);
  BOOST_TEST(ann.find().status == CampaignStatus::paused);
  backend.pass(2min);
  BOOST_TEST(backend.claim().empty());
  must(ann.set_status(CampaignStatus::paused, CampaignStatus::active));
  BOOST_TEST(backend.claim().size() == 1U);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(in_a_cancelled_campaign_nothing_is_retried, Backend, AllBackends) {
  Backend backend;
  const auto ann = backend.user().with_queued(1, retrying({CallOutcome::busy}, 3, {60s}));
  const auto claimed = backend.claim_one();
  must(ann.set_status(CampaignStatus::active, CampaignStatus::cancelled));
  backend.end(claimed, CallOutcome::busy);
  BOOST_TEST(ann.row(0).status == QueuedCallStatus::failed);
  BOOST_TEST(ann.find().status == CampaignStatus::cancelled);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_direct_call_is_tried_once, Backend, AllBackends) {
  Backend backend;
  auto ann = backend.user();
  ann.direct();
  backend.end(backend.claim_one(), CallOutcome::busy);
  BOOST_TEST(ann.row(0).status == QueuedCallStatus::failed);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_lapsed_lease_between_attempts_spends_none, Backend, AllBackends) {
  Backend backend;
  const auto ann = backend.user().with_queued(1, retrying({CallOutcome::busy}, 2, {60s}));
  backend.end(backend.claim_one(), CallOutcome::busy);
  backend.pass(60s);
  backend.claim_one();
  backend.pass(121s);
  backend.advance();
  BOOST_TEST(ann.row(0).attempts == 1);
  const auto last = backend.claim_one();
  BOOST_TEST(last.call.attempt == 2);
  backend.end(last, CallOutcome::busy);
  BOOST_TEST(ann.row(0).status == QueuedCallStatus::failed);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_providers_wrong_clock_moves_no_retry, Backend, AllBackends) {
  Backend backend;
  const auto ann = backend.user({.concurrent_calls_limit = 2})
                       .with_queued(2, retrying({CallOutcome::busy}, 3, {300s}));
  backend.pass(10min);
  const auto claimed = backend.claim();
  BOOST_REQUIRE(claimed.size() == 2U);
  backend.pass(30s);
  auto ahead = event_for(claimed[0].call, CallOutcome::busy);
  ahead.ended_at = backend.now() + 24h * 365;
  auto behind = event_for(claimed[1].call, CallOutcome::busy);
  behind.ended_at = backend.now() - 24h;

  BOOST_TEST((backend.report(ahead).queued.value().scheduled_for == backend.now() + 300s));
  BOOST_TEST((backend.report(behind).queued.value().scheduled_for == noon + 10min + 300s));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(rules_that_cannot_be_read_retry_nothing_and_stop_nobody, Backend,
                              SharedBackends) {
  Backend backend;
  auto ann = backend.user({.concurrent_calls_limit = 9})
                 .with_queued(2, retrying({CallOutcome::busy}, 3, {60s}));
  auto bob = backend.user().with_queued(1);
  const auto claimed = backend.claim();
  BOOST_REQUIRE(claimed.size() == 3U);
  for (const auto& call : claimed) backend.dial(call);
  backend.sql(
      "UPDATE callqueue_campaign_rules SET retry_outcomes = '\"busy, mostly\"' WHERE user_id = {}",
      {to_text(ann.id)});

  std::vector<CallEvent> events;
  for (const auto& call : claimed) {
    if (call.queued.id != ann.rows[1]) events.push_back(event_for(call.call, CallOutcome::busy));
  }
  for (const auto& report : must(backend.store().report_events(events))) {
    BOOST_TEST(must(report).ended);
  }
  BOOST_TEST(ann.row(0).status == QueuedCallStatus::failed);
  BOOST_TEST(ann.active() == 1);
  BOOST_TEST(bob.active() == 0);
  backend.pass(1h);
  BOOST_TEST(backend.advance().lapsed == 1);
  BOOST_TEST(ann.active() == 0);
  backend.sql("UPDATE callqueue_campaign_rules SET retry_outcomes = '[]'");
}

BOOST_AUTO_TEST_CASE_TEMPLATE(delays_beyond_reason_retry_nothing, Backend, SharedBackends) {
  Backend backend;
  const auto ann = backend.user().with_queued(1, retrying({CallOutcome::busy}, 3, {60s}));
  const auto claimed = backend.claim_one();
  backend.sql("UPDATE callqueue_campaign_rules SET retry_delays = '[9000000000000000000]'");
  backend.end(claimed, CallOutcome::busy);
  BOOST_TEST(ann.row(0).status == QueuedCallStatus::failed);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_retry_that_is_due_at_once_is_claimed_in_the_same_commit, Backend,
                              AllBackends) {
  Backend backend;
  const auto ann = backend.user().with_queued(1, retrying({CallOutcome::busy}, 3, {0s}));
  const auto first = backend.claim_one();
  backend.dial(first);
  backend.pass(30s);

  const std::vector<CallEvent> events{event_for(first.call, CallOutcome::busy)};
  const auto both = must(backend.store().finish_and_claim(events, {.worker = "again"}));

  BOOST_REQUIRE(both.claimed.size() == 1U);
  BOOST_CHECK(both.claimed[0].queued.id == ann.rows[0]);
  BOOST_TEST(both.claimed[0].call.attempt == 2);
}

BOOST_AUTO_TEST_SUITE_END()
