// The edges of leases, windows and deadlines between a claim and its call's end.
#include "conformance/backend.hpp"

using namespace callqueue;
using namespace callqueue::testing;

namespace {

bool may_dial(World& world, const ClaimedCall& claimed) {
  const auto call = ref(claimed);
  return must(world.store().begin_dial({&call, 1}, claimed.call.leased_by)).size() == 1;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(leases)

BOOST_AUTO_TEST_CASE_TEMPLATE(a_lease_holds_to_its_last_microsecond_and_no_longer, Backend,
                              AllBackends) {
  Backend backend;
  const auto ann = backend.user({.concurrent_calls_limit = 3}).with_queued(3);
  const auto claimed = backend.claim();
  backend.pass(120s - 1us);
  BOOST_TEST(backend.advance().requeued == 0);
  BOOST_TEST(may_dial(backend, claimed[0]));
  const auto renewed = must(backend.store().renew_lease(ref(claimed[1]), "worker", 60s));
  BOOST_TEST((renewed.lease_expires_at == backend.now() + 60s));

  backend.pass(1us);

  BOOST_TEST(!may_dial(backend, claimed[2]));
  BOOST_TEST(
      fails_with(backend.store().renew_lease(ref(claimed[2]), "worker", 60s), ErrorCode::conflict));
  const auto done = backend.advance();
  BOOST_TEST(done.lapsed == 1);
  BOOST_TEST(done.requeued == 1);
  BOOST_TEST(may_dial(backend, claimed[1]));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_marked_call_is_not_marked_again, Backend, AllBackends) {
  Backend backend;
  const auto ann = backend.user().with_queued(1);
  const auto claimed = backend.claim_one();
  BOOST_TEST(may_dial(backend, claimed));
  BOOST_TEST(!may_dial(backend, claimed));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_marked_calls_lease_can_be_renewed, Backend, AllBackends) {
  Backend backend;
  const auto ann = backend.user().with_queued(1);
  const auto claimed = backend.claim_one();
  BOOST_TEST(may_dial(backend, claimed));
  backend.pass(100s);
  must(backend.store().renew_lease(ref(claimed), "worker", 120s));
  backend.pass(100s);
  BOOST_TEST(backend.advance().lapsed == 0);
  BOOST_TEST(is_active(ann.call(claimed.call.id).status));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_call_is_not_dialed_after_its_window_has_closed, Backend,
                              AllBackends) {
  Backend backend;
  const auto ann = backend.user({.concurrent_calls_limit = 2})
                       .with_queued(2, {.first_call_time = 9h, .last_call_time = 13h});
  backend.pass(1h - 1s);
  const auto claimed = backend.claim();
  BOOST_REQUIRE(claimed.size() == 2U);
  backend.pass(1s);
  BOOST_TEST(may_dial(backend, claimed[0]));  // The end of a window is inside.

  backend.pass(1us);

  BOOST_TEST(!may_dial(backend, claimed[1]));
  backend.advance();
  BOOST_TEST(!may_dial(backend, claimed[1]));
  must(backend.store().requeue_call(ref(claimed[1]), "too late"));
  const auto row = ann.row(claimed[1].queued.id);
  BOOST_TEST(row.status == QueuedCallStatus::queued);
  BOOST_TEST(row.attempts == 0);
  BOOST_TEST(backend.claim().empty());
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_call_is_not_dialed_while_its_new_window_is_unknown_or_closed,
                              Backend, AllBackends) {
  Backend backend;
  const auto ann = backend.user({.concurrent_calls_limit = 2}).with_queued(2);
  const auto claimed = backend.claim();
  auto campaign = ann.find();
  campaign.first_call_time = 18h;
  campaign.last_call_time = 20h;
  must(backend.store().update_campaign(campaign));
  BOOST_TEST(!may_dial(backend, claimed[0]));
  backend.advance();
  BOOST_TEST(!may_dial(backend, claimed[0]));

  campaign = ann.find();
  campaign.first_call_time = 9h;
  must(backend.store().update_campaign(campaign));
  backend.advance();
  BOOST_TEST(may_dial(backend, claimed[0]));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_direct_call_is_not_dialed_after_it_has_expired, Backend,
                              AllBackends) {
  Backend backend;
  auto ann = backend.user({.concurrent_calls_limit = 2});
  ann.direct({.not_after = noon + 30s});
  ann.direct({.not_after = noon + 30s});
  const auto claimed = backend.claim();
  BOOST_REQUIRE(claimed.size() == 2U);
  backend.pass(30s);
  BOOST_TEST(may_dial(backend, claimed[0]));
  backend.pass(1us);
  BOOST_TEST(!may_dial(backend, claimed[1]));
  must(backend.store().requeue_call(ref(claimed[1]), "too late"));
  backend.advance();
  BOOST_TEST(ann.row(claimed[1].queued.id).status == QueuedCallStatus::skipped);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_call_that_shows_signs_of_life_is_not_queued_again, Backend,
                              SharedBackends) {
  Backend backend;
  const auto ann = backend.user({.concurrent_calls_limit = 2}).with_queued(2);
  const auto claimed = backend.claim();
  // Nobody marked them, and yet somebody's SQL says that they are on their way.
  backend.sql("UPDATE calls SET status = 'ringing' WHERE id = {}", {to_text(claimed[0].call.id)});
  backend.sql("UPDATE calls SET provider_call_id = 'p' WHERE id = {}",
              {to_text(claimed[1].call.id)});
  backend.pass(120s);
  BOOST_TEST(must(backend.store().lapsed_calls(9)).size() == 2U);

  const auto done = backend.advance();

  BOOST_TEST(done.requeued == 0);
  BOOST_TEST(done.lapsed == 2);
  for (const auto& call : claimed) {
    BOOST_TEST(ann.call(call.call.id).status == CallStatus::unknown);
    BOOST_TEST(ann.row(call.queued.id).status == QueuedCallStatus::failed);
  }
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_lapse_that_nobody_noticed_yet_gives_way_to_the_acceptance, Backend,
                              AllBackends) {
  Backend backend;
  const auto ann = backend.user().with_queued(1);
  const auto claimed = backend.claim_one();
  BOOST_TEST(may_dial(backend, claimed));
  backend.pass(10min);
  const auto call = must(backend.store().accept_call(ref(claimed), "p"));
  BOOST_TEST((call.lease_expires_at == backend.now() + 1h));
  BOOST_TEST(backend.advance().lapsed == 0);
  BOOST_TEST(ann.active() == 1);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(the_first_acceptance_counts, Backend, AllBackends) {
  Backend backend;
  const auto ann = backend.user().with_queued(1);
  const auto claimed = backend.claim_one();
  const auto first = backend.dial(claimed, "first");
  backend.pass(1min);
  BOOST_TEST((must(backend.store().accept_call(ref(claimed), "second")) == first));
  BOOST_TEST((ann.call(claimed.call.id) == first));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(an_id_of_a_provider_has_to_be_a_short_text, Backend, AllBackends) {
  Backend backend;
  const auto ann = backend.user().with_queued(1);
  const auto claimed = backend.claim_one();
  for (const auto& id : {std::string{"CA\xFF"}, std::string{"a\0b", 3}, std::string(513, 'a')}) {
    BOOST_TEST(fails_with(backend.store().accept_call(ref(claimed), id),
                          ErrorCode::invalid_argument, "provider_call_id"));
  }
  BOOST_TEST(ann.call(claimed.call.id).provider_call_id.empty());
  BOOST_TEST(must(backend.store().accept_call(ref(claimed), std::string(512, 'a')))
                 .provider_call_id.size() == 512u);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(texts_that_are_none_do_not_spoil_what_is_reported_beside_them,
                              Backend, AllBackends) {
  Backend backend;
  const auto ann = backend.user({.concurrent_calls_limit = 3}).with_queued(3);
  const auto claimed = backend.claim();
  std::vector<CallEvent> events;
  for (const auto& call : claimed) {
    backend.dial(call, "p" + to_text(call.call.id));
    events.push_back(event_for(call.call, CallStatus::failed));
  }
  events.at(0).provider_call_id = "\xFF";
  events.at(1).failure_reason = std::string{"line \xFF\0", 7} + std::string(2000, 'a');

  const auto reports = must(backend.store().report_events(events));

  BOOST_TEST(fails_with(reports.at(0), ErrorCode::invalid_argument, "provider_call_id"));
  BOOST_TEST(ann.call(claimed[0].call.id).status == CallStatus::initiated);
  const auto reason = ann.call(claimed[1].call.id).failure_reason;
  BOOST_TEST(
      reason.starts_with("line \xEF\xBF\xBD\xEF\xBF\xBD"
                         "aaa"));
  BOOST_TEST(reason.size() == 1024u);
  BOOST_TEST(ann.call(claimed[2].call.id).status == CallStatus::failed);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(an_event_may_come_before_the_acceptance, Backend, AllBackends) {
  Backend backend;
  const auto ann = backend.user({.concurrent_calls_limit = 2}).with_queued(2);
  const auto claimed = backend.claim();
  for (const auto& call : claimed) BOOST_TEST(may_dial(backend, call));
  backend.report(event_for(claimed[0].call, CallStatus::ringing));
  backend.end(claimed[1], CallOutcome::busy);

  const auto ringing = must(backend.store().accept_call(ref(claimed[0]), "one"));
  const auto over = must(backend.store().accept_call(ref(claimed[1]), "two"));

  BOOST_TEST(ringing.status == CallStatus::ringing);
  BOOST_TEST((ringing.lease_expires_at == backend.now() + 1h));
  BOOST_TEST(over.status == CallStatus::busy);
  BOOST_TEST(over.provider_call_id == "two");
  BOOST_TEST(!over.lease_expires_at.has_value());
  BOOST_TEST(ann.active() == 1);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(an_unknown_call_that_was_reached_corrects_row_and_statistics, Backend,
                              AllBackends) {
  Backend backend;
  const auto ann = backend.user({.concurrent_calls_limit = 3}).with_queued(3);
  const auto claimed = backend.claim();
  for (const auto& call : claimed) backend.dial(call);
  backend.pass(1h);
  BOOST_TEST(backend.advance().lapsed == 3);
  BOOST_TEST(ann.find().failed_calls == 3);

  backend.end(claimed[0], CallOutcome::answered);
  backend.end(claimed[1], CallOutcome::voicemail);
  backend.end(claimed[2], CallOutcome::no_answer);

  const auto campaign = ann.find();
  BOOST_TEST(campaign.failed_calls == 1);
  BOOST_TEST(campaign.completed_calls == 2);
  BOOST_TEST(campaign.successful_calls == 1);
  BOOST_TEST(ann.call(claimed[2].call.id).status == CallStatus::no_answer);
  BOOST_TEST(ann.row(claimed[2].queued.id).status == QueuedCallStatus::failed);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_hosts_call_without_deadline_holds_its_slot_until_it_ends, Backend,
                              SharedBackends) {
  Backend backend;
  const auto ann = backend.user({.concurrent_calls_limit = 1}).with_queued(1);
  backend.sql(
      "INSERT INTO calls (id, user_id, phone_number) "
      "VALUES ('0190b0a5-3c00-7abc-8def-0123456789ab', {}, '+4930123456')",
      {to_text(ann.id)});
  backend.pass(24h * 30);
  BOOST_TEST(backend.advance().lapsed == 0);
  BOOST_TEST(backend.claim().empty());
  backend.sql("DELETE FROM calls");
  BOOST_TEST(backend.claim().size() == 1U);
}

BOOST_AUTO_TEST_SUITE_END()
