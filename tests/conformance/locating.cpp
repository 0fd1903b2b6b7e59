// Finding whose a call is, by the ids that its provider knows.
#include <algorithm>

#include "conformance/backend.hpp"

using namespace callqueue;
using namespace callqueue::testing;

namespace {

CallName by_id(CallId id) { return {.call_id = id, .provider_call_id = {}}; }
CallName by_provider(const std::string& id) { return {.call_id = {}, .provider_call_id = id}; }

Result<CallRef> locate(World& world, const CallName& name) {
  return must(world.store().locate_calls({&name, 1})).at(0);
}

bool is(const Result<CallRef>& located, const Call& call) {
  return located && located->user_id == call.user_id && located->call_id == call.id;
}

const auto kNobodys = CallId{must(parse_uuid("0190b0a5-3c00-7abc-8def-0123456789ab"))};

}  // namespace

BOOST_AUTO_TEST_SUITE(locating)

BOOST_AUTO_TEST_CASE_TEMPLATE(a_call_is_found_by_its_id_whoevers_it_is, Backend, AllBackends) {
  Backend backend;
  backend.user().with_queued(1);
  backend.user().with_queued(1);
  const auto claimed = backend.claim();
  BOOST_REQUIRE(claimed.size() == 2U);

  for (const auto& one : claimed) BOOST_TEST(is(locate(backend, by_id(one.call.id)), one.call));
  BOOST_TEST(fails_with(locate(backend, by_id(kNobodys)), ErrorCode::not_found, "call_id"));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_users_calls_are_found_together_by_their_ids, Backend, AllBackends) {
  Backend backend;
  const auto ann = backend.user({.concurrent_calls_limit = 3}).with_queued(3);
  const auto bob = backend.user().with_queued(1);
  std::vector<CallId> anns;
  std::vector<CallId> all{kNobodys};
  for (const auto& one : backend.claim()) {
    all.push_back(one.call.id);
    if (one.call.user_id == ann.id) anns.push_back(one.call.id);
  }
  BOOST_REQUIRE(all.size() == 5U);
  BOOST_REQUIRE(anns.size() == 3U);
  std::reverse(all.begin(), all.end());
  all.insert(all.end(), anns.begin(), anns.end());  // Twice.

  const auto found = must(backend.store().find_calls(ann.id, all));

  std::sort(anns.begin(), anns.end());
  BOOST_REQUIRE(found.size() == 3U);
  for (std::size_t i = 0; i < 3; ++i) BOOST_TEST((found[i] == ann.call(anns[i])));
  BOOST_TEST(must(backend.store().find_calls(bob.id, all)).size() == 1U);
  BOOST_TEST(must(backend.store().find_calls(bob.id, anns)).empty());
  BOOST_TEST(must(backend.store().find_calls(ann.id, {})).empty());
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_call_is_found_by_the_providers_id_once_that_is_recorded, Backend,
                              AllBackends) {
  Backend backend;
  backend.user().with_queued(1);
  backend.user().with_queued(1);
  const auto claimed = backend.claim();
  BOOST_TEST(
      fails_with(locate(backend, by_provider("b")), ErrorCode::not_found, "provider_call_id"));

  backend.dial(claimed.at(0), "a");
  backend.dial(claimed.at(1), "b");

  BOOST_TEST(is(locate(backend, by_provider("a")), claimed[0].call));
  BOOST_TEST(is(locate(backend, by_provider("b")), claimed[1].call));
  BOOST_TEST(fails_with(locate(backend, by_provider("B")), ErrorCode::not_found));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(final_calls_are_found_as_well, Backend, AllBackends) {
  Backend backend;
  backend.user().with_queued(1);
  const auto claimed = backend.claim_one();
  backend.dial(claimed, "a");
  backend.end(claimed, CallOutcome::busy);

  BOOST_TEST(is(locate(backend, by_provider("a")), claimed.call));
  BOOST_TEST(is(locate(backend, by_id(claimed.call.id)), claimed.call));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(each_name_has_its_result_in_its_place, Backend, AllBackends) {
  Backend backend;
  backend.user({.concurrent_calls_limit = 3}).with_queued(3);
  const auto claimed = backend.claim();
  BOOST_REQUIRE(claimed.size() == 3U);
  backend.dial(claimed[0], "a");
  backend.dial(claimed[1], "b");

  const std::vector<CallName> names = {
      by_provider("b"), by_id(kNobodys),  by_id(claimed[2].call.id), CallName{},
      by_provider("c"), by_provider("a"), by_provider("\xFF"),       by_provider("b")};
  const auto located = must(backend.store().locate_calls(names));

  BOOST_REQUIRE(located.size() == names.size());
  BOOST_TEST(is(located[0], claimed[1].call));
  BOOST_TEST(fails_with(located[1], ErrorCode::not_found, "call_id"));
  BOOST_TEST(is(located[2], claimed[2].call));
  BOOST_TEST(fails_with(located[3], ErrorCode::invalid_argument, "call_id"));
  BOOST_TEST(fails_with(located[4], ErrorCode::not_found, "provider_call_id"));
  BOOST_TEST(is(located[5], claimed[0].call));
  BOOST_TEST(fails_with(located[6], ErrorCode::invalid_argument, "provider_call_id"));
  BOOST_TEST(is(located[7], claimed[1].call));
  BOOST_TEST(must(backend.store().locate_calls({})).empty());
}

BOOST_AUTO_TEST_CASE_TEMPLATE(our_id_counts_before_the_providers, Backend, AllBackends) {
  Backend backend;
  backend.user({.concurrent_calls_limit = 2}).with_queued(2);
  const auto claimed = backend.claim();
  backend.dial(claimed.at(0), "a");

  auto both = by_id(claimed.at(1).call.id);
  both.provider_call_id = "a";
  BOOST_TEST(is(locate(backend, both), claimed[1].call));
  both.call_id = kNobodys;
  BOOST_TEST(fails_with(locate(backend, both), ErrorCode::not_found, "call_id"));
}

// Whoever's they are: an event for the wrong one would free a slot that is in use.
BOOST_AUTO_TEST_CASE_TEMPLATE(an_id_that_several_calls_have_names_none, Backend, AllBackends) {
  Backend backend;
  const auto ann = backend.user({.concurrent_calls_limit = 2}).with_queued(2);
  backend.user({.concurrent_calls_limit = 1}).with_queued(1);
  const auto claimed = backend.claim();
  BOOST_REQUIRE(claimed.size() == 3U);
  const auto anns = [&](const ClaimedCall& one) { return one.call.user_id == ann.id; };
  for (const auto& one : claimed) backend.dial(one, anns(one) ? "anns" : "shared");
  BOOST_TEST(
      fails_with(locate(backend, by_provider("anns")), ErrorCode::conflict, "provider_call_id"));
  BOOST_TEST(locate(backend, by_provider("shared")).has_value());

  backend.user().with_queued(1);
  const auto other = backend.claim_one();
  backend.dial(other, "shared");

  BOOST_TEST(
      fails_with(locate(backend, by_provider("shared")), ErrorCode::conflict, "provider_call_id"));
  BOOST_TEST(is(locate(backend, by_id(other.call.id)), other.call));
}

BOOST_AUTO_TEST_SUITE_END()
