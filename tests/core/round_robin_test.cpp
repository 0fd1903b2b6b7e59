#include "callqueue/round_robin.hpp"

#include <rapidcheck.h>
#include <rapidcheck/boost_test.h>

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cstdlib>
#include <map>
#include <string>

using namespace callqueue;

namespace {

UserId user(int number) {
  UserId id;
  id.value.bytes[15] = static_cast<std::uint8_t>(number);
  return id;
}

/// "1,2,1": who was dealt to, in order.
std::string names(const std::vector<UserId>& dealt) {
  std::string text;
  for (const auto& id : dealt) {
    if (!text.empty()) text += ',';
    text += std::to_string(id.value.bytes[15]);
  }
  return text;
}

std::string dealt(const std::vector<RoundRobinCandidate>& candidates, std::size_t slots) {
  return names(deal(candidates, slots));
}

/// The same rule at its simplest: every dealing looks at everybody.
struct Oracle {
  std::vector<RoundRobinCandidate> users;
  Turn latest = Turn{1} << 40U;

  std::optional<UserId> next() {
    RoundRobinCandidate* best = nullptr;
    for (auto& one : users) {
      if (one.headroom <= 0 || one.ready <= 0) continue;
      if (best == nullptr || one.turn < best->turn ||
          (one.turn == best->turn && one.user_id < best->user_id)) {
        best = &one;
      }
    }
    if (best == nullptr) return std::nullopt;
    --best->headroom;
    --best->ready;
    best->turn = ++latest;
    return best->user_id;
  }

  void drop(const UserId& id) {
    std::erase_if(users, [&](const auto& one) { return one.user_id == id; });
  }
};

RoundRobinCandidate some_user(int number) {
  return {.user_id = user(number),
          .turn = *rc::gen::inRange<Turn>(0, 6),
          .headroom = *rc::gen::inRange<std::int64_t>(-1, 5),
          .ready = *rc::gen::inRange<std::int64_t>(-1, 6)};
}

std::vector<RoundRobinCandidate> some_users() {
  std::vector<RoundRobinCandidate> users;
  const int count = *rc::gen::inRange(0, 12);
  for (int i = 1; i <= count; ++i) users.push_back(some_user(i));
  std::reverse(users.begin(), users.end());
  return users;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(round_robin)

BOOST_AUTO_TEST_CASE(a_round_deals_one_slot_per_user_before_a_second) {
  BOOST_TEST(dealt({{user(1), 0, 5, 5}, {user(2), 0, 5, 5}, {user(3), 0, 5, 5}}, 7) ==
             "1,2,3,1,2,3,1");
}

BOOST_AUTO_TEST_CASE(the_least_recently_served_user_is_first) {
  BOOST_TEST(dealt({{user(1), 9, 5, 5}, {user(2), 4, 5, 5}, {user(3), 0, 5, 5}}, 2) == "3,2");
}

BOOST_AUTO_TEST_CASE(users_of_the_same_turn_go_by_id) {
  BOOST_TEST(dealt({{user(3), 4, 1, 5}, {user(1), 4, 1, 5}, {user(2), 4, 1, 5}}, 9) == "1,2,3");
}

BOOST_AUTO_TEST_CASE(nobody_gets_more_than_headroom_and_ready_calls_allow) {
  BOOST_TEST(dealt({{user(1), 0, 2, 9}, {user(2), 0, 9, 1}, {user(3), 0, 0, 9}, {user(4), 0, 9, 0}},
                   99) == "1,2,1");
  BOOST_TEST(dealt({}, 3) == "");
  BOOST_TEST(dealt({{user(1), 0, 2, 9}}, 0) == "");
}

BOOST_AUTO_TEST_CASE(a_dropped_user_leaves_its_place_to_the_next) {
  RoundRobinAllocator allocator{{{user(1), 0, 5, 5}, {user(2), 1, 5, 5}}};
  BOOST_TEST((allocator.next() == user(1)));
  allocator.drop_last();
  allocator.drop_last();  // There is nothing more to take back.
  BOOST_TEST((allocator.next() == user(2)));
  BOOST_TEST((allocator.next() == user(2)));
}

BOOST_AUTO_TEST_CASE(a_user_that_comes_later_is_served_before_those_that_were) {
  RoundRobinAllocator allocator{{{user(1), 3, 5, 5}, {user(2), 4, 5, 5}}};
  BOOST_TEST((allocator.next() == user(1)));
  allocator.add({user(3), 9, 5, 5});
  BOOST_TEST((allocator.next() == user(2)));
  BOOST_TEST((allocator.next() == user(3)));
  BOOST_TEST((allocator.next() == user(1)));
}

RC_BOOST_PROP(dealings_are_those_of_the_oracle, ()) {
  const auto users = some_users();
  RoundRobinAllocator allocator{users};
  Oracle oracle{users};
  const auto steps = *rc::gen::container<std::vector<int>>(rc::gen::inRange(0, 10));
  int added = 100;
  for (const int step : steps) {
    if (step == 0) {
      const auto newcomer = some_user(++added % 256);
      allocator.add(newcomer);
      oracle.users.push_back(newcomer);
      continue;
    }
    const auto expected = oracle.next();
    RC_ASSERT(allocator.next() == expected);
    if (expected && step == 1) {
      allocator.drop_last();
      oracle.drop(*expected);
    }
  }
}

RC_BOOST_PROP(a_batch_is_dealt_as_one_by_one_is, ()) {
  const auto users = some_users();
  const auto slots = *rc::gen::inRange<std::size_t>(0, 30);
  Oracle oracle{users};
  std::vector<UserId> expected;
  while (expected.size() < slots) {
    const auto next = oracle.next();
    if (!next) break;
    expected.push_back(*next);
  }
  RC_ASSERT(deal(users, slots) == expected);
}

RC_BOOST_PROP(users_that_stay_eligible_differ_by_at_most_one_slot, ()) {
  auto users = some_users();
  for (auto& one : users) one.headroom = one.ready = 1'000;  // All of them stay eligible.
  const auto slots = deal(users, *rc::gen::inRange<std::size_t>(0, 200));
  const auto from = *rc::gen::inRange<std::size_t>(0, slots.size() + 1);
  const auto to = *rc::gen::inRange<std::size_t>(from, slots.size() + 1);
  std::map<UserId, int> counts;
  for (const auto& one : users) counts[one.user_id] = 0;
  for (std::size_t i = from; i < to; ++i) ++counts[slots[i]];
  for (const auto& [id, count] : counts) {
    for (const auto& [other, others] : counts) RC_ASSERT(std::abs(count - others) <= 1);
  }
}

BOOST_AUTO_TEST_SUITE_END()
