// From the claim to the provider's acceptance and its deadline: no phantom call, no lost one.
#include <algorithm>

#include "conformance/backend.hpp"

using namespace callqueue;
using namespace callqueue::testing;

namespace {

std::size_t mark(World& world, const ClaimedCall& claimed, const char* worker = "worker") {
  const auto call = ref(claimed);
  return must(world.store().begin_dial({&call, 1}, worker)).size();
}

CampaignSpec retrying(CallOutcome outcome, int attempts = 5) {
  CampaignSpec spec;
  spec.rules.retry = {.outcomes = {outcome}, .max_attempts = attempts, .delays = {60s}};
  return spec;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(calls)

BOOST_AUTO_TEST_CASE_TEMPLATE(a_lease_that_lapses_undialed_gives_the_row_back_and_spends_nothing,
                              Backend, AllBackends) {
  Backend backend;
  const auto ann = backend.user({.concurrent_calls_limit = 1}).with_queued(2);
  const auto claimed = backend.claim_one();
  backend.pass(120s - 1s);
  BOOST_TEST(backend.advance().requeued == 0);
  backend.pass(2s);
  BOOST_TEST(backend.advance().requeued == 1);

  const auto row = ann.row(0);
  BOOST_TEST(row.status == QueuedCallStatus::queued);
  BOOST_TEST(row.attempts == 0);
  BOOST_TEST(ann.active() == 0);
  BOOST_TEST(!is_active(ann.call(claimed.call.id).status));
  // First again, with a call of its own.
  const auto again = backend.claim_one();
  BOOST_TEST(again.queued.id == row.id);
  BOOST_TEST((again.call.id != claimed.call.id));
  BOOST_TEST(again.call.attempt == 1);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_lease_that_lapses_after_dialing_makes_the_call_unknown, Backend,
                              AllBackends) {
  Backend backend;
  const auto ann = backend.user().with_queued(1, retrying(CallOutcome::failed));
  const auto claimed = backend.claim_one();
  BOOST_TEST(mark(backend, claimed) == 1U);
  BOOST_TEST((ann.call(claimed.call.id).submitted_at == backend.now()));
  backend.pass(121s);
  BOOST_TEST(backend.advance().lapsed == 1);

  // It may have been placed: it is not placed again, whatever may be retried.
  const auto call = ann.call(claimed.call.id);
  BOOST_TEST(call.status == CallStatus::unknown);
  BOOST_TEST((call.outcome == CallOutcome::unknown));
  BOOST_TEST(ann.row(0).status == QueuedCallStatus::failed);
  BOOST_TEST(ann.row(0).attempts == 1);
  BOOST_TEST(ann.active() == 0);
  BOOST_TEST(ann.find().failed_calls == 1);
  BOOST_TEST(ann.find().status == CampaignStatus::completed);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_dialer_that_can_look_calls_up_is_asked_first, Backend,
                              AllBackends) {
  Backend backend;
  const auto ann = backend.user().with_queued(2);
  const auto claimed = backend.claim();
  BOOST_REQUIRE(claimed.size() == 2U);
  mark(backend, claimed[0]);
  backend.pass(121s);

  const auto done = backend.advance({.lapse_submitted = false});

  BOOST_TEST(done.lapsed == 0);
  BOOST_TEST(done.requeued == 1);
  const auto lapsed = must(backend.store().lapsed_calls(10));
  BOOST_REQUIRE(lapsed.size() == 1U);
  BOOST_TEST((lapsed[0].id == claimed[0].call.id));
  BOOST_TEST(ann.active() == 1);
  // "Never received": back to the queue, the attempt not spent.
  BOOST_TEST(must(backend.store().requeue_call(ref(claimed[0]), "never received")).status ==
             CallStatus::cancelled);
  BOOST_TEST(ann.row(0).status == QueuedCallStatus::queued);
  BOOST_TEST(ann.row(0).attempts == 0);
  BOOST_TEST(must(backend.store().lapsed_calls(10)).empty());
}

BOOST_AUTO_TEST_CASE_TEMPLATE(only_the_leaseholder_may_dial, Backend, AllBackends) {
  Backend backend;
  const auto ann = backend.user().with_queued(1);
  const auto claimed = backend.claim_one();
  BOOST_TEST(mark(backend, claimed, "somebody else") == 0U);
  BOOST_TEST(!ann.call(claimed.call.id).submitted_at.has_value());
  BOOST_TEST(mark(backend, claimed) == 1U);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_lapsed_lease_may_not_be_dialed_even_before_anybody_noticed, Backend,
                              AllBackends) {
  Backend backend;
  const auto ann = backend.user().with_queued(1);
  const auto claimed = backend.claim_one();
  backend.pass(121s);
  BOOST_TEST(mark(backend, claimed) == 0U);
  BOOST_TEST(backend.advance().requeued == 1);
  BOOST_TEST(mark(backend, claimed) == 0U);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_call_of_a_cancelled_campaign_may_not_be_dialed, Backend,
                              AllBackends) {
  Backend backend;
  const auto ann = backend.user().with_queued(2);
  const auto claimed = backend.claim(2);
  BOOST_TEST(mark(backend, claimed[0]) == 1U);
  must(ann.set_status(CampaignStatus::active, CampaignStatus::cancelled));
  BOOST_TEST(mark(backend, claimed[1]) == 0U);
  backend.end(claimed[0]);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_call_claimed_before_a_pause_may_be_dialed, Backend, AllBackends) {
  Backend backend;
  const auto ann = backend.user().with_queued(1);
  const auto claimed = backend.claim_one();
  must(ann.set_status(CampaignStatus::active, CampaignStatus::paused));
  BOOST_TEST(mark(backend, claimed) == 1U);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(marking_a_batch_marks_what_may_be_dialed, Backend, AllBackends) {
  Backend backend;
  const auto ann = backend.user({.concurrent_calls_limit = 3}).with_queued(3);
  const auto claimed = backend.claim();
  backend.end(claimed[1], CallOutcome::cancelled);
  const std::vector<CallRef> batch{ref(claimed[0]), ref(claimed[1]), ref(claimed[2])};
  const auto marked = must(backend.store().begin_dial(batch, "worker"));
  const std::vector expected{claimed[0].call.id, claimed[2].call.id};
  BOOST_TEST(marked == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_call_is_marked_once, Backend, AllBackends) {
  Backend backend;
  const auto ann = backend.user().with_queued(1);
  const auto claimed = backend.claim_one();
  BOOST_TEST(mark(backend, claimed) == 1U);
  backend.pass(10s);
  BOOST_TEST(mark(backend, claimed) == 0U);  // Whoever asks again may not dial again.
  BOOST_TEST((ann.call(claimed.call.id).submitted_at == noon));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_renewed_lease_lasts_longer, Backend, AllBackends) {
  Backend backend;
  const auto ann = backend.user().with_queued(1);
  const auto claimed = backend.claim_one();
  backend.pass(100s);
  const auto renewed = must(backend.store().renew_lease(ref(claimed), "worker", 300s));
  BOOST_TEST((renewed.lease_expires_at == backend.now() + 300s));
  backend.pass(299s);
  BOOST_TEST(backend.advance().requeued == 0);
  BOOST_TEST(
      fails_with(backend.store().renew_lease(ref(claimed), "thief", 10s), ErrorCode::conflict));
  backend.pass(2s);
  BOOST_TEST(
      fails_with(backend.store().renew_lease(ref(claimed), "worker", 10s), ErrorCode::conflict));
  BOOST_TEST(backend.advance().requeued == 1);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(acceptance_replaces_the_lease_by_the_call_deadline, Backend,
                              AllBackends) {
  Backend backend;
  CampaignSpec spec;
  spec.rules.call_deadline = 600s;
  auto ann = backend.user({.concurrent_calls_limit = 3}).with_queued(1, spec);
  ann.direct();
  for (const auto& claimed : backend.claim()) {
    const bool direct = claimed.call.call_type == CallType::direct;
    const auto call = backend.dial(claimed, "provider-1");
    BOOST_TEST(call.provider_call_id == "provider-1");
    BOOST_TEST((call.lease_expires_at == backend.now() + (direct ? 3600s : 600s)));
    // Twice is once.
    BOOST_TEST((must(backend.store().accept_call(ref(claimed), "provider-1")) == call));
  }
  // No worker has to live on: the lease does not count any more.
  backend.pass(599s);
  BOOST_TEST(backend.advance().total() == 0);
  backend.pass(2s);
  BOOST_TEST(backend.advance().lapsed == 1);
  BOOST_TEST(ann.row(0).status == QueuedCallStatus::failed);
  BOOST_TEST(ann.active() == 1);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(news_of_a_call_moves_its_deadline, Backend, AllBackends) {
  Backend backend;
  CampaignSpec spec;
  spec.rules.call_deadline = 600s;
  const auto ann = backend.user().with_queued(1, spec);
  const auto claimed = backend.claim_one();
  backend.dial(claimed);
  backend.pass(500s);
  backend.report(event_for(claimed.call, CallStatus::in_progress));
  backend.pass(599s);
  BOOST_TEST(backend.advance().lapsed == 0);
  backend.pass(2s);
  BOOST_TEST(backend.advance().lapsed == 1);
  BOOST_TEST(ann.call(claimed.call.id).status == CallStatus::unknown);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_late_acceptance_of_a_final_call_only_records_the_id, Backend,
                              AllBackends) {
  Backend backend;
  const auto ann = backend.user().with_queued(2);
  const auto claimed = backend.claim_one();
  mark(backend, claimed);
  backend.pass(121s);
  backend.advance();

  const auto call = must(backend.store().accept_call(ref(claimed), "late"));

  BOOST_TEST(call.status == CallStatus::unknown);
  BOOST_TEST(call.provider_call_id == "late");
  BOOST_TEST(!call.lease_expires_at.has_value());
  BOOST_TEST(ann.active() == 0);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_call_that_was_certainly_not_placed_goes_back, Backend,
                              AllBackends) {
  Backend backend;
  const auto ann = backend.user({.concurrent_calls_limit = 1}).with_queued(1);
  const auto claimed = backend.claim_one();
  mark(backend, claimed);
  const auto call = must(backend.store().requeue_call(ref(claimed), "line was down"));
  BOOST_TEST(call.status == CallStatus::cancelled);
  BOOST_TEST((call.outcome == CallOutcome::cancelled));
  BOOST_TEST(call.failure_reason == "line was down");
  BOOST_TEST(ann.row(0).status == QueuedCallStatus::queued);
  BOOST_TEST(ann.row(0).attempts == 0);
  BOOST_TEST(ann.active() == 0);
  BOOST_TEST(fails_with(backend.store().requeue_call(ref(claimed), "again"), ErrorCode::conflict,
                        "status"));
  const auto again = backend.claim_one();
  BOOST_TEST(again.call.attempt == 1);
  backend.dial(again);
  BOOST_TEST(fails_with(backend.store().requeue_call(ref(again), "too late"), ErrorCode::conflict,
                        "status"));
  BOOST_TEST(ann.active() == 1);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_requeued_row_of_a_cancelled_campaign_is_cancelled, Backend,
                              AllBackends) {
  Backend backend;
  const auto ann = backend.user().with_queued(1);
  const auto claimed = backend.claim_one();
  must(ann.set_status(CampaignStatus::active, CampaignStatus::cancelled));
  must(backend.store().requeue_call(ref(claimed), "line was down"));
  backend.advance();
  BOOST_TEST(ann.row(0).status == QueuedCallStatus::cancelled);
  BOOST_TEST(ann.find().completed_at.has_value());
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_lapsed_lease_in_a_cancelled_campaign_ends_the_row, Backend,
                              AllBackends) {
  Backend backend;
  const auto ann = backend.user().with_queued(1);
  backend.claim_one();
  must(ann.set_status(CampaignStatus::active, CampaignStatus::cancelled));
  backend.pass(121s);
  backend.advance();
  BOOST_TEST(ann.row(0).status == QueuedCallStatus::cancelled);
  BOOST_TEST(ann.active() == 0);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_reserved_slot_counts_like_any_call, Backend, AllBackends) {
  Backend backend;
  const auto ann = backend.user({.concurrent_calls_limit = 2}).with_queued(3);
  const auto call = must(backend.store().reserve_slot(ann.id, "+4930123456", 20min));
  BOOST_TEST((call.call_type == CallType::direct));
  BOOST_TEST(!call.queue_id.has_value());
  BOOST_TEST(is_active(call.status));
  BOOST_TEST((call.lease_expires_at == backend.now() + 20min));

  BOOST_TEST(backend.claim().size() == 1U);
  BOOST_TEST(fails_with(backend.store().reserve_slot(ann.id, "+4930123457", 20min),
                        ErrorCode::limit_reached));
  const auto report = backend.report(event_for(call, CallStatus::completed));
  BOOST_TEST(report.ended);
  BOOST_TEST(!report.queued.has_value());
  BOOST_TEST(backend.claim().size() == 1U);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_reserved_slot_is_freed_at_its_deadline, Backend, AllBackends) {
  Backend backend;
  const auto ann = backend.user({.concurrent_calls_limit = 1});
  must(backend.store().reserve_slot(ann.id, "+4930123456", 20min));
  backend.pass(20min + 1s);
  BOOST_TEST(backend.advance().lapsed == 1);
  BOOST_TEST(ann.active() == 0);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_slot_is_not_reserved_beyond_the_system_limit, Backend,
                              AllBackends) {
  Backend backend;
  const auto ann = backend.user({.concurrent_calls_limit = 5});
  must(backend.store().set_system_limit(1));
  must(backend.store().reserve_slot(ann.id, "+4930123456", 20min));
  BOOST_TEST(fails_with(backend.store().reserve_slot(ann.id, "+4930123457", 20min),
                        ErrorCode::limit_reached));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(claims_outlive_the_process_that_made_them, Backend, SharedBackends) {
  Backend backend;
  const auto ann = backend.user({.concurrent_calls_limit = 2}).with_queued(3);
  const auto claimed = backend.claim();
  backend.dial(claimed[0]);
  backend.reopen();
  BOOST_TEST(ann.active() == 2);
  BOOST_TEST(backend.claim().empty());
  backend.pass(121s);
  BOOST_TEST(backend.advance().requeued == 1);
  BOOST_TEST(backend.end(claimed[0]).ended);
  BOOST_TEST(backend.claim().size() == 2U);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(calls_are_listed_from_either_end_by_what_is_wanted, Backend,
                              AllBackends) {
  Backend backend;
  auto bob = backend.user().with_queued(1);
  const auto his = backend.claim_one();
  auto ann = backend.user({.concurrent_calls_limit = 9});
  std::vector<CallId> made;
  std::vector<CampaignId> campaigns;
  for (int i = 0; i < 6; ++i) {
    if (i % 3 == 0) campaigns.push_back(ann.with_queued(3).campaign);
    backend.pass(1s);
    const auto claimed = backend.claim(1).at(0);
    made.push_back(claimed.call.id);
    const auto call = backend.dial(claimed, "p" + std::to_string(i));
    backend.report(i % 2 == 0 ? event_for(call, CallOutcome::busy)
                              : event_for(call, CallStatus::ringing));
  }
  const auto listed = [&](CallFilter filter, std::vector<int> expected) {
    for (const bool newest_first : {false, true}) {
      filter.newest_first = newest_first;
      std::vector<CallId> wanted;
      for (const int i : expected) wanted.push_back(made.at(static_cast<std::size_t>(i)));
      if (newest_first) std::reverse(wanted.begin(), wanted.end());
      std::vector<CallId> found;
      Page page{.limit = 2};
      do {
        const auto some = must(backend.store().list_calls(ann.id, filter, page));
        for (const auto& call : some.items) found.push_back(call.id);
        page.cursor = some.next_cursor;
      } while (!page.cursor.empty());
      BOOST_TEST(found == wanted, boost::test_tools::per_element());
    }
  };
  const std::vector active{CallStatus::initiated, CallStatus::ringing, CallStatus::in_progress};
  const auto row = *ann.call(made[3]).queue_id;
  listed({}, {0, 1, 2, 3, 4, 5});
  listed({.campaign_id = campaigns[0]}, {0, 1, 2});
  listed({.campaign_id = campaigns[1]}, {3, 4, 5});
  listed({.queue_id = row}, {3});
  listed({.queue_id = row, .statuses = {CallStatus::busy}}, {});
  listed({.provider_call_id = "p4"}, {4});
  listed({.campaign_id = campaigns[0], .provider_call_id = "p4"}, {});
  listed({.statuses = {CallStatus::busy}}, {0, 2, 4});
  listed({.campaign_id = campaigns[0], .statuses = {CallStatus::busy}}, {0, 2});
  listed({.statuses = active}, {1, 3, 5});
  listed({.statuses = {CallStatus::initiated, CallStatus::in_progress}}, {});
  listed({.campaign_id = campaigns[1], .statuses = active}, {3, 5});
  listed({.statuses = {CallStatus::ringing, CallStatus::busy}}, {0, 1, 2, 3, 4, 5});
  listed({.campaign_id = bob.campaign}, {});
  listed({.queue_id = his.queued.id}, {});

  BOOST_TEST(fails_with(backend.store().list_calls(ann.id, {.newest_first = true}, {.cursor = "x"}),
                        ErrorCode::invalid_argument, "cursor"));
}

BOOST_AUTO_TEST_SUITE_END()
