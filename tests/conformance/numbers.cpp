// Nobody is called twice at once: one active call to a number and user.
#include "conformance/backend.hpp"

using namespace callqueue;
using namespace callqueue::testing;

namespace {

std::vector<ClaimedCall> call_now(World& world, const TestUser& user, QueuedCallId row) {
  return must(world.store().claim({.only = row, .only_user = user.id}));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(numbers)

BOOST_AUTO_TEST_CASE_TEMPLATE(one_batch_holds_a_number_once, Backend, AllBackends) {
  Backend backend;
  auto ann = backend.user({.concurrent_calls_limit = 9});
  const auto eve = ann.contact();
  const auto campaign = ann.draft();
  const auto planned = ann.add_for(campaign, eve, {.priority = 1000}).id;
  ann.start(campaign);
  const auto first = ann.direct_for(eve).id;
  const auto second = ann.direct_for(eve).id;

  for (const auto expected : {first, second, planned}) {
    const auto claimed = backend.claim();
    BOOST_TEST(rows_of(claimed) == std::vector{expected}, boost::test_tools::per_element());
    if (expected != planned) BOOST_TEST(call_now(backend, ann, planned).empty());
    backend.end(claimed.at(0));
  }
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_number_is_free_again_when_its_call_is_put_back_or_given_up, Backend,
                              AllBackends) {
  Backend backend;
  auto ann = backend.user({.concurrent_calls_limit = 9});
  const auto eve = ann.contact();
  ann.direct_for(eve, {.not_after = noon + 24h});
  ann.direct_for(eve, {.not_after = noon + 24h});
  const auto first = backend.claim_one();
  BOOST_TEST(backend.claim().empty());
  must(backend.store().requeue_call({ann.id, first.call.id}, "not placed"));
  const auto again = backend.claim_one();
  BOOST_TEST(again.queued.id == first.queued.id);
  backend.dial(again);
  BOOST_TEST(backend.claim().empty());
  backend.pass(1h);
  BOOST_TEST(backend.claim().size() == 1U);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(no_slot_is_reserved_for_a_busy_number, Backend, AllBackends) {
  Backend backend;
  auto ann = backend.user({.concurrent_calls_limit = 9});
  const auto eve = ann.contact();
  ann.direct_for(eve);
  const auto claimed = backend.claim_one();
  const auto reserve = [&](const TestUser& user) {
    return backend.store().reserve_slot(user.id, eve.phone_number, 1min);
  };
  BOOST_TEST(fails_with(reserve(ann), ErrorCode::conflict, "phone_number"));
  must(reserve(backend.user()));
  backend.end(claimed);
  must(reserve(ann));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_number_is_the_same_however_it_is_spelled, Backend, SharedBackends) {
  Backend backend;
  auto ann = backend.user({.concurrent_calls_limit = 9});
  const auto row = ann.direct_for(ann.contact({.phone_number = "+4930123456"})).id;
  const auto held = must(backend.store().reserve_slot(ann.id, "0049 (30) 123-456", 10min));
  BOOST_TEST(backend.claim().empty());
  BOOST_TEST(call_now(backend, ann, row).empty());
  backend.report(event_for(held, CallStatus::completed));
  const auto claimed = backend.claim_one();
  BOOST_TEST(fails_with(backend.store().reserve_slot(ann.id, "+49.30.12 34 56", 10min),
                        ErrorCode::conflict, "phone_number"));
  backend.sql("UPDATE call_queue SET phone_number = '+49 30/123456'");
  ann.direct_for(ann.contact({.phone_number = "+4930123457"}));
  backend.sql("UPDATE call_queue SET phone_number = '004930123456' WHERE status = 'queued'");
  BOOST_TEST(backend.claim().empty());
  backend.end(claimed);
  BOOST_TEST(backend.claim().size() == 1U);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(addresses_that_are_no_numbers_differ_by_every_letter, Backend,
                              SharedBackends) {
  Backend backend;
  auto ann = backend.user({.concurrent_calls_limit = 9});
  ann.direct();
  ann.direct();
  backend.sql("UPDATE call_queue SET phone_number = 'sip:' || id || '@a.de'");
  BOOST_TEST(backend.claim().size() == 2U);
}

BOOST_AUTO_TEST_SUITE_END()
