// Whose turn it is: one slot per user per round, least recently served first.
#include <cstdlib>
#include <map>
#include <random>

#include "conformance/backend.hpp"

using namespace callqueue;
using namespace callqueue::testing;

BOOST_AUTO_TEST_SUITE(fairness)

BOOST_AUTO_TEST_CASE_TEMPLATE(a_claim_deals_one_slot_per_user_before_a_second, Backend,
                              AllBackends) {
  Backend backend;
  const auto ann = backend.user({.concurrent_calls_limit = 5}).with_queued(5);
  const auto bob = backend.user({.concurrent_calls_limit = 5}).with_queued(5);

  const auto claimed = backend.claim(4);

  BOOST_TEST(count_for(claimed, ann) == 2U);
  BOOST_TEST(count_for(claimed, bob) == 2U);
  BOOST_TEST((claimed[0].call.user_id != claimed[1].call.user_id));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(the_least_recently_served_user_comes_first, Backend, AllBackends) {
  Backend backend;
  const auto ann = backend.user({.concurrent_calls_limit = 9}).with_queued(9);
  const auto bob = backend.user({.concurrent_calls_limit = 9}).with_queued(9);
  const auto cat = backend.user({.concurrent_calls_limit = 9}).with_queued(9);

  std::vector<UserId> dealt;
  for (int i = 0; i < 6; ++i) dealt.push_back(backend.claim_one().call.user_id);

  // Whoever is first, each is served once before anybody twice, and in the same order again.
  BOOST_TEST((dealt[0] != dealt[1] && dealt[1] != dealt[2] && dealt[0] != dealt[2]));
  for (std::size_t i = 0; i < 3; ++i) BOOST_TEST((dealt[i] == dealt[i + 3]));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(turns_go_on_across_claims_of_any_size, Backend, AllBackends) {
  Backend backend;
  must(backend.store().set_system_limit(100));
  const auto ann = backend.user({.concurrent_calls_limit = 50}).with_queued(20);
  const auto bob = backend.user({.concurrent_calls_limit = 50}).with_queued(20);
  std::map<UserId, int> dealt;
  for (const int size : {1, 3, 2, 5, 1, 4, 3}) {
    for (const auto& call : backend.claim(size)) ++dealt[call.call.user_id];
    BOOST_TEST(std::abs(dealt[ann.id] - dealt[bob.id]) <= 1);
  }
}

BOOST_AUTO_TEST_CASE_TEMPLATE(coming_back_from_idleness_gives_no_credit, Backend, AllBackends) {
  Backend backend;
  must(backend.store().set_system_limit(100));
  const auto ann = backend.user({.concurrent_calls_limit = 50}).with_queued(30);
  auto bob = backend.user({.concurrent_calls_limit = 50});
  backend.claim(10);  // All Ann's: Bob has nothing.
  bob.with_queued(10);

  const auto claimed = backend.claim(7);

  BOOST_TEST((claimed[0].call.user_id == bob.id));
  BOOST_TEST(count_for(claimed, bob) == 4U);
  BOOST_TEST(count_for(claimed, ann) == 3U);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_user_at_its_limit_leaves_its_slots_to_others, Backend,
                              AllBackends) {
  Backend backend;
  const auto ann = backend.user({.concurrent_calls_limit = 1}).with_queued(9);
  const auto bob = backend.user({.concurrent_calls_limit = 9}).with_queued(9);

  const auto claimed = backend.claim(6);

  BOOST_TEST(count_for(claimed, ann) == 1U);
  BOOST_TEST(count_for(claimed, bob) == 5U);
  for (const auto& call : claimed) {
    if (call.call.user_id == ann.id) backend.end(call);
  }
  BOOST_TEST((backend.claim_one().call.user_id == ann.id));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_user_whose_lanes_are_closed_takes_no_turn, Backend, AllBackends) {
  Backend backend;
  const auto ann = backend.user({.concurrent_calls_limit = 9})
                       .with_queued(5, {.first_call_time = 14h, .last_call_time = 18h});
  const auto bob = backend.user({.concurrent_calls_limit = 9}).with_queued(9);

  BOOST_TEST(count_for(backend.claim(4), bob) == 4U);
  backend.pass(2h);
  const auto claimed = backend.claim(4);
  BOOST_TEST((claimed[0].call.user_id == ann.id));
  BOOST_TEST(count_for(claimed, ann) == 2U);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(twenty_users_are_each_served_once_before_any_twice, Backend,
                              AllBackends) {
  Backend backend;
  must(backend.store().set_system_limit(7));
  std::vector<TestUser> users;
  for (int i = 0; i < 20; ++i) {
    users.push_back(backend.user({.concurrent_calls_limit = 3}));
    users.back().with_queued(4);
  }
  std::map<UserId, int> dealt;
  for (int round = 0; round < 8; ++round) {
    for (const auto& call : backend.claim()) {
      ++dealt[call.call.user_id];
      backend.end(call);
    }
    const auto [least, most] = [&] {
      int low = 1000;
      int high = 0;
      for (const auto& user : users) {
        low = std::min(low, dealt[user.id]);
        high = std::max(high, dealt[user.id]);
      }
      return std::pair{low, high};
    }();
    BOOST_TEST(most - least <= 1);
  }
}

BOOST_AUTO_TEST_CASE_TEMPLATE(users_that_stay_eligible_never_differ_by_more_than_one, Backend,
                              AllBackends) {
  Backend backend;
  must(backend.store().set_system_limit(6));
  std::vector<TestUser> users;
  for (int i = 0; i < 4; ++i) {
    users.push_back(backend.user({.concurrent_calls_limit = 6}));  // Never at its own limit first.
    users.back().with_queued(60);
  }
  std::mt19937 random{20260112};
  std::vector<ClaimedCall> active;
  std::map<UserId, int> dealt;
  while (dealt[users[0].id] < 40) {
    for (const auto& call : backend.claim(1 + static_cast<int>(random() % 6))) {
      ++dealt[call.call.user_id];
      active.push_back(call);
      for (const auto& a : users) {
        for (const auto& b : users) {
          BOOST_REQUIRE(std::abs(dealt[a.id] - dealt[b.id]) <= 1);
        }
      }
    }
    std::shuffle(active.begin(), active.end(), random);
    const auto ending = active.empty() ? 0 : 1 + random() % active.size();
    for (std::size_t i = 0; i < ending; ++i) {
      backend.end(active.back());
      active.pop_back();
    }
  }
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_direct_call_takes_its_users_turn, Backend, AllBackends) {
  Backend backend;
  auto ann = backend.user({.concurrent_calls_limit = 9}).with_queued(5);
  const auto bob = backend.user({.concurrent_calls_limit = 9}).with_queued(5);
  for (int i = 0; i < 3; ++i) ann.direct();

  const auto claimed = backend.claim(4);

  BOOST_TEST(count_for(claimed, ann) == 2U);
  BOOST_TEST(count_for(claimed, bob) == 2U);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(call_now_counts_as_a_dealing, Backend, AllBackends) {
  Backend backend;
  const auto ann = backend.user({.concurrent_calls_limit = 9}).with_queued(5);
  const auto bob = backend.user({.concurrent_calls_limit = 9}).with_queued(5);
  backend.advance();
  for (const auto* first : {&ann, &bob, &bob, &ann}) {
    const auto& other = first == &ann ? bob : ann;
    const auto row = first->all_rows({.statuses = {QueuedCallStatus::queued}}).front().id;
    BOOST_TEST(must(backend.store().claim({.only = row, .only_user = first->id})).size() == 1U);
    BOOST_TEST((backend.claim_one().call.user_id == other.id));
  }
}

BOOST_AUTO_TEST_CASE_TEMPLATE(turns_survive_the_process, Backend, SharedBackends) {
  Backend backend;
  const auto ann = backend.user({.concurrent_calls_limit = 9}).with_queued(5);
  const auto bob = backend.user({.concurrent_calls_limit = 9}).with_queued(5);
  std::map<UserId, int> dealt;
  for (int i = 0; i < 6; ++i) {
    ++dealt[backend.claim_one().call.user_id];
    BOOST_TEST(std::abs(dealt[ann.id] - dealt[bob.id]) <= 1);
    backend.reopen();
  }
}

BOOST_AUTO_TEST_SUITE_END()
