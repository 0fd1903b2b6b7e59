// Turns in the long run: batches, users without room, users that were away.
#include <algorithm>
#include <random>
#include <set>

#include "conformance/backend.hpp"

using namespace callqueue;
using namespace callqueue::testing;

namespace {

/// A system in which everything that can hold a user back happens to somebody. The same seed makes
/// the same one again.
template <class Backend>
struct Crowd {
  explicit Crowd(unsigned seed) {
    std::mt19937 random{seed};
    const auto up_to = [&](unsigned most) { return static_cast<int>(random() % (most + 1)); };
    must(backend.store().set_system_limit(30));
    for (int i = 0; i < 12; ++i) {
      auto& user = users.emplace_back(backend.user({.concurrent_calls_limit = up_to(5)}));
      if (up_to(3) == 0) {
        must(backend.store().set_user_limits(user.id, std::nullopt, 1 + up_to(25)));
      }
      const auto eve = user.contact();
      for (int k = 0; k < 2; ++k) {
        const auto campaign = user.draft();
        for (int n = up_to(3); n > 0; --n) user.add(campaign, {.priority = up_to(2)});
        if (up_to(1) == 0) user.add_for(campaign, eve, {.priority = up_to(2)});
        user.start(campaign);
      }
      if (up_to(2) == 0) user.direct_for(eve);
    }
    backend.advance();
  }

  /// A row by user and number, the same in every crowd of the seed.
  std::pair<std::size_t, std::size_t> place_of(const ClaimedCall& claimed) const {
    for (std::size_t i = 0; i < users.size(); ++i) {
      const auto& rows = users[i].rows;
      const auto found = std::find(rows.begin(), rows.end(), claimed.queued.id);
      if (found != rows.end()) return {i, static_cast<std::size_t>(found - rows.begin())};
    }
    return {};
  }

  Backend backend;
  std::vector<TestUser> users;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(turns)

BOOST_AUTO_TEST_CASE_TEMPLATE(one_claim_of_many_deals_like_many_claims_of_one, Backend,
                              AllBackends) {
  for (unsigned seed = 1; seed <= 8; ++seed) {
    Crowd<Backend> at_once{seed};
    Crowd<Backend> one_by_one{seed};
    for (int round = 0; round < 3; ++round) {
      std::vector<std::pair<std::size_t, std::size_t>> many;
      const auto batch = at_once.backend.claim();
      for (const auto& call : batch) many.push_back(at_once.place_of(call));
      std::vector<std::pair<std::size_t, std::size_t>> single;
      std::vector<ClaimedCall> calls;
      while (true) {
        const auto claimed = one_by_one.backend.claim(1);
        if (claimed.empty()) break;
        single.push_back(one_by_one.place_of(claimed[0]));
        calls.push_back(claimed[0]);
      }
      BOOST_TEST((many == single));
      BOOST_TEST((round > 0 || many.size() > 10));
      for (std::size_t i = 0; i < std::min(batch.size(), calls.size()); i += 2) {
        at_once.backend.end(batch[i]);
        one_by_one.backend.end(calls[i]);
      }
    }
  }
}

BOOST_AUTO_TEST_CASE_TEMPLATE(call_now_counts_as_a_dealing, Backend, AllBackends) {
  Backend backend;
  const auto ann = backend.user({.concurrent_calls_limit = 9}).with_queued(5);
  const auto bob = backend.user({.concurrent_calls_limit = 9}).with_queued(5);
  BOOST_TEST(backend.claim(2).size() == 2U);
  // Ann would be next: she was served first.
  must(backend.store().claim({.only = ann.rows[4], .only_user = ann.id}));
  BOOST_TEST((backend.claim_one().call.user_id == bob.id));
  BOOST_TEST((backend.claim_one().call.user_id == ann.id));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(finish_and_claim_goes_on_with_the_turns, Backend, AllBackends) {
  Backend backend;
  std::vector<TestUser> users;
  for (int i = 0; i < 3; ++i) {
    users.push_back(backend.user({.concurrent_calls_limit = 1}));
    users.back().with_queued(9);
  }
  must(backend.store().set_system_limit(2));
  std::vector<UserId> dealt;
  auto claimed = backend.claim();
  for (const auto& call : claimed) dealt.push_back(call.call.user_id);
  while (dealt.size() < 12) {
    // The one that was dealt first ends first.
    const auto event = event_for(claimed.front().call, CallStatus::completed);
    const auto both = must(backend.store().finish_and_claim({&event, 1}, {.limit = 5}));
    BOOST_REQUIRE(both.claimed.size() == 1U);
    claimed.erase(claimed.begin());
    claimed.push_back(both.claimed[0]);
    dealt.push_back(both.claimed[0].call.user_id);
  }
  for (std::size_t i = 3; i < dealt.size(); ++i) BOOST_TEST((dealt[i] == dealt[i - 3]));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(finish_and_claim_takes_what_its_own_reports_made_ready, Backend,
                              AllBackends) {
  Backend backend;
  CampaignSpec spec;
  spec.rules.retry = {.outcomes = {CallOutcome::busy}, .max_attempts = 2, .delays = {0s}};
  const auto ann = backend.user().with_queued(1, spec);
  const auto claimed = backend.claim_one();
  BOOST_TEST(backend.claim().empty());  // Now Ann is known to have nothing.
  const auto event = event_for(claimed.call, CallOutcome::busy);
  const auto both = must(backend.store().finish_and_claim({&event, 1}, {.limit = 5}));
  BOOST_REQUIRE(both.claimed.size() == 1U);
  BOOST_TEST(both.claimed[0].call.attempt == 2);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_call_that_is_put_back_has_had_its_turn, Backend, AllBackends) {
  Backend backend;
  const auto ann = backend.user({.concurrent_calls_limit = 9}).with_queued(5);
  const auto bob = backend.user({.concurrent_calls_limit = 9}).with_queued(5);
  const auto first = backend.claim_one();
  must(backend.store().requeue_call({first.call.user_id, first.call.id}, "not placed"));
  const auto second = backend.claim_one();
  BOOST_TEST((second.call.user_id != first.call.user_id));
  BOOST_TEST((backend.claim_one().call.user_id == first.call.user_id));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_user_whose_only_number_is_busy_keeps_its_place, Backend,
                              AllBackends) {
  Backend backend;
  auto ann = backend.user({.concurrent_calls_limit = 9});
  const auto eve = ann.contact();
  ann.direct_for(eve);
  ann.direct_for(eve);
  const auto held = backend.claim_one();
  const auto bob = backend.user({.concurrent_calls_limit = 9}).with_queued(6);
  for (int i = 0; i < 3; ++i) BOOST_TEST((backend.claim_one().call.user_id == bob.id));

  // A new row of another number is taken at once, though the lane looked the same all the while.
  const auto other = ann.direct().id;
  BOOST_TEST((backend.claim_one().queued.id == other));
  backend.end(held);
  BOOST_TEST((backend.claim_one().call.user_id == bob.id));
  BOOST_TEST((backend.claim_one().call.user_id == ann.id));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_lane_that_opens_brings_its_user_back_at_that_instant, Backend,
                              AllBackends) {
  Backend backend;
  const auto ann = backend.user({.concurrent_calls_limit = 9})
                       .with_queued(5, {.first_call_time = 14h, .last_call_time = 18h});
  const auto bob = backend.user({.concurrent_calls_limit = 9}).with_queued(9);
  BOOST_TEST(count_for(backend.claim(2), bob) == 2U);
  backend.pass(2h - 1us);
  BOOST_TEST((backend.claim_one().call.user_id == bob.id));
  backend.pass(1us);
  // Nothing has run in between: the store alone, without advance.
  const auto claimed = must(backend.store().claim({.limit = 4}));
  BOOST_TEST((claimed.at(0).call.user_id == ann.id));
  BOOST_TEST(count_for(claimed, ann) == 2U);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_row_that_is_queued_brings_its_user_back, Backend, AllBackends) {
  Backend world;
  auto ann = world.user();
  ann.with_queued(1);
  ann.add(ann.campaign, {.scheduled_for = noon + 24h});  // The campaign goes on.
  world.end(world.claim_one());
  BOOST_TEST(world.claim().empty());

  ann.add(ann.campaign);

  BOOST_TEST(world.claim().size() == 1U);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(many_users_at_their_limit_come_back_when_their_calls_end, Backend,
                              AllBackends) {
  Backend backend;
  must(backend.store().set_system_limit(1000));
  std::vector<TestUser> users;
  for (int i = 0; i < 60; ++i) {
    users.push_back(backend.user({.concurrent_calls_limit = 1}));
    users.back().with_queued(3);
  }
  const auto first = backend.claim();
  BOOST_REQUIRE(first.size() == 60U);
  BOOST_TEST(backend.claim().empty());
  BOOST_TEST(backend.claim().empty());

  for (std::size_t i = 0; i < 20; ++i) backend.end(first[i]);
  for (std::size_t i = 20; i < 40; ++i) {
    must(backend.store().requeue_call({first[i].call.user_id, first[i].call.id}, "not placed"));
  }
  for (std::size_t i = 40; i < 60; ++i) {
    must(backend.store().set_user_limits(first[i].call.user_id, 2, std::nullopt));
  }
  std::set<UserId> served;
  for (const auto& call : backend.claim()) served.insert(call.call.user_id);
  BOOST_TEST(served.size() == 60U);

  // Leases that lapse make room as well.
  BOOST_TEST(backend.claim().empty());
  backend.pass(121s);
  BOOST_TEST(backend.claim().size() == 80U);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_raised_limit_of_zero_lets_its_user_start, Backend, AllBackends) {
  Backend backend;
  const auto ann = backend.user({.concurrent_calls_limit = 0}).with_queued(1);
  BOOST_TEST(backend.claim().empty());
  BOOST_TEST(backend.claim().empty());
  ann.limit(1);
  BOOST_TEST(backend.claim().size() == 1U);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(ceilings_let_the_others_take_their_turns, Backend, AllBackends) {
  Backend backend;
  must(backend.store().set_system_limit(100));
  std::vector<TestUser> users;
  for (int ceiling : {3, 100, 6, 3, 100, 6}) {
    users.push_back(backend.user({.concurrent_calls_limit = 50}));
    users.back().with_queued(9);
    must(backend.store().set_user_limits(users.back().id, std::nullopt, ceiling));
  }
  const auto claimed = backend.claim(12);
  // Three while the system has fewer than three, then those who may from there on, in their turn.
  const std::vector<std::size_t> expected{0, 1, 2, 4, 5, 1, 4, 1, 4, 1, 4, 1};
  BOOST_REQUIRE(claimed.size() == expected.size());
  for (std::size_t i = 0; i < expected.size(); ++i) {
    BOOST_TEST((claimed[i].call.user_id == users[expected[i]].id));
  }
  // A ceiling that is raised, or reached no more, counts at once.
  must(backend.store().set_user_limits(users[3].id, std::nullopt, 13));
  BOOST_TEST((backend.claim_one().call.user_id == users[3].id));
  for (const auto& call : claimed) backend.end(call);
  BOOST_TEST((backend.claim_one().call.user_id == users[0].id));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(direct_calls_are_served_in_the_order_they_were_asked_for, Backend,
                              AllBackends) {
  Backend backend;
  auto ann = backend.user({.concurrent_calls_limit = 9});
  for (int i = 0; i < 4; ++i) {
    ann.direct();
    if (i == 1) backend.pass(1s);
  }
  BOOST_TEST(rows_of(backend.claim()) == ann.rows, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_SUITE_END()
