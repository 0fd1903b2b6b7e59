// Users beside each other, and the whole system, as an operator looks at them.
#include <algorithm>
#include <chrono>
#include <map>

#include "conformance/backend.hpp"

using namespace callqueue;
using namespace callqueue::testing;

namespace {

/// The user's line of the list.
template <class Backend>
UserActivity of(Backend& backend, const TestUser& user) {
  for (const auto& activity : must(backend.store().list_user_activity({})).items) {
    if (activity.user.id == user.id) return activity;
  }
  BOOST_FAIL("the user is not in the list");
  return {};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(activity)

BOOST_AUTO_TEST_CASE_TEMPLATE(a_user_is_listed_with_what_it_has_in_use_and_what_waits, Backend,
                              AllBackends) {
  Backend backend;
  auto ann = backend.user({.concurrent_calls_limit = 2});
  const auto bob = backend.user();
  ann.with_queued(3).with_queued(2, {}, {.scheduled_for = noon + 1h});
  backend.claim(9);
  const auto anns = of(backend, ann);
  BOOST_TEST((anns.user == must(backend.store().find_user(ann.id))));
  BOOST_TEST(anns.active_calls == 2);
  BOOST_TEST(anns.queued == 3);
  BOOST_TEST(anns.ready == 1);
  const auto bobs = of(backend, bob);
  BOOST_TEST(bobs.active_calls == 0);
  BOOST_TEST(bobs.queued == 0);
  BOOST_TEST(!bobs.place.has_value());
}

BOOST_AUTO_TEST_CASE_TEMPLATE(places_say_who_is_dealt_the_next_slot, Backend, AllBackends) {
  Backend backend;
  std::vector<TestUser> users;
  for (int i = 0; i < 3; ++i) users.push_back(backend.user({.concurrent_calls_limit = 5}));
  for (auto& user : users) user.with_queued(9);
  backend.claim(2);
  for (int turn = 0; turn < 4; ++turn) {
    std::map<std::int64_t, UserId> by_place;
    for (const auto& user : users) by_place[of(backend, user).place.value_or(0)] = user.id;
    BOOST_TEST_REQUIRE(by_place.size() == 3U);
    BOOST_TEST(by_place.begin()->first == 1);
    const auto next = backend.claim(1);
    BOOST_TEST_REQUIRE(next.size() == 1U);
    BOOST_TEST((next.front().call.user_id == by_place.begin()->second));
  }
}

BOOST_AUTO_TEST_CASE_TEMPLATE(users_are_listed_page_by_page, Backend, AllBackends) {
  Backend backend;
  for (int i = 0; i < 5; ++i) backend.user().with_queued(1);
  const auto users = must(backend.store().list_users({})).items;
  std::vector<UserId> seen;
  Page page{.limit = 2, .cursor = {}};
  do {
    const auto part = must(backend.store().list_user_activity(page));
    for (const auto& activity : part.items) {
      seen.push_back(activity.user.id);
      BOOST_TEST(activity.ready == 1);
    }
    page.cursor = part.next_cursor;
  } while (!page.cursor.empty());
  BOOST_TEST_REQUIRE(seen.size() == users.size());
  for (std::size_t i = 0; i < seen.size(); ++i) BOOST_TEST((seen[i] == users[i].id));
  BOOST_TEST(fails_with(backend.store().list_user_activity({.limit = 0, .cursor = {}}),
                        ErrorCode::invalid_argument, "limit"));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(who_listens_elsewhere_hears_of_limits, Backend, SharedBackends) {
  Backend backend;
  const auto ann = backend.user();
  const auto elsewhere = backend.another();
  const auto listener = must(elsewhere->listen());
  const auto heard = [&](auto&& is_told) {
    const auto end = std::chrono::steady_clock::now() + 60s;
    while (std::chrono::steady_clock::now() < end) {
      if (is_told(listener->wait(1s))) return true;
    }
    return false;
  };
  must(backend.store().set_user_limits(ann.id, 5, {}));
  BOOST_TEST(heard([&](const Changes& changes) {
    return changes.everyone ||
           std::find(changes.users.begin(), changes.users.end(), ann.id) != changes.users.end();
  }));
  BOOST_TEST(must(elsewhere->find_user(ann.id)).concurrent_calls_limit == 5);
  must(backend.store().set_system_limit(0));
  BOOST_TEST(heard([](const Changes& changes) { return changes.everyone; }));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(the_system_counts_what_is_in_use_and_what_waits, Backend,
                              AllBackends) {
  Backend backend;
  must(backend.store().set_system_limit(4));
  auto ann = backend.user({.concurrent_calls_limit = 3});
  auto bob = backend.user({.concurrent_calls_limit = 1});
  ann.with_queued(5);
  bob.with_queued(2).with_queued(1, {}, {.scheduled_for = noon + 1h});
  backend.claim(9);
  const auto statistics = must(backend.store().system_statistics());
  BOOST_TEST(statistics.slots.active == 4);
  BOOST_TEST(statistics.slots.limit == 4);
  BOOST_TEST_REQUIRE(statistics.users.size() == 2U);
  BOOST_TEST((statistics.users[0].user_id == ann.id));
  BOOST_TEST(statistics.users[0].slots.active == 3);
  BOOST_TEST(statistics.users[1].slots.active == 1);
  BOOST_TEST(statistics.users[1].slots.limit == 1);
  BOOST_TEST(statistics.queued == 4);
  BOOST_TEST(statistics.ready == 3);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_row_is_due_once_its_time_has_come_and_its_window_is_open, Backend,
                              AllBackends) {
  Backend backend;
  const auto due = [&] { return must(backend.store().system_statistics()).oldest_due; };
  auto user = backend.user();
  BOOST_TEST(!due().has_value());
  user.with_queued(1, {.first_call_time = TimeOfDay{13h}});
  user.with_queued(1, {}, {.scheduled_for = noon + 30min});
  backend.advance();
  BOOST_TEST(!due().has_value());
  const auto look_at = [&](Instant now) {
    backend.pass_to(now);
    backend.advance();
    return due();
  };
  BOOST_TEST((look_at(noon + 45min) == noon + 30min));
  user.limit(0);
  BOOST_TEST((look_at(noon + 2h) == noon + 30min));  // Limits or not.
  must(backend.store().cancel_queued_call(user.id, user.rows.back(), ""));
  BOOST_TEST((look_at(noon + 3h) == noon + 1h));  // Since its window opened.
}

BOOST_AUTO_TEST_CASE_TEMPLATE(what_is_paused_or_being_swept_is_not_due, Backend, AllBackends) {
  Backend backend;
  auto user = backend.user();
  user.with_queued(3);
  backend.advance();
  BOOST_TEST(must(backend.store().system_statistics()).oldest_due.has_value());
  must(user.set_status(CampaignStatus::active, CampaignStatus::paused));
  BOOST_TEST(!must(backend.store().system_statistics()).oldest_due.has_value());
  BOOST_TEST(must(backend.store().system_statistics()).queued == 3);
  must(user.set_status(CampaignStatus::paused, CampaignStatus::cancelled));
  BOOST_TEST(must(backend.store().system_statistics()).queued == 0);
  BOOST_TEST(of(backend, user).queued == 0);
}

BOOST_AUTO_TEST_SUITE_END()
