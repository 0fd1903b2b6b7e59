#include <boost/test/unit_test.hpp>
#include <utility>

#include "postgres_support.hpp"
#include "proxy.hpp"
#include "services/small_world.hpp"

namespace {

using namespace postgres_tests;
using namespace small_world;

BOOST_AUTO_TEST_SUITE(round_trips)

BOOST_AUTO_TEST_CASE(a_batch_of_calls_costs_as_many_round_trips_as_a_call) {
  FreshDatabase database;
  SmallWorld world{database.url()};
  value(world.store->set_system_limit(50));
  value(world.store->set_user_limits(world.user.id, 50, {}));
  auto plan = world.plan();
  plan.rules.retry = {.outcomes = {CallOutcome::busy}, .max_attempts = 3, .delays = {10min}};
  world.active_campaign(100, plan);
  while (value(world.store->advance()).more) {
  }
  Proxy network;
  const auto store = value(open_store(network.url(database.name()),
                                      {.clock = world.clock, .connections = 1, .listen = false}));
  const auto trips = [&](const auto& work) {
    const auto before = network.round_trips();
    work();
    return network.round_trips() - before;
  };
  const auto turn = [&](int calls, CallOutcome outcome) {
    std::vector<ClaimedCall> claimed;
    const int claim =
        trips([&] { claimed = value(store->claim({.worker = "w", .limit = calls})); });
    BOOST_REQUIRE_EQUAL(claimed.size(), static_cast<std::size_t>(calls));
    std::vector<CallEvent> events;
    for (const auto& one : claimed) {
      events.push_back({.user_id = one.call.user_id, .call_id = one.call.id, .outcome = outcome});
    }
    return std::pair{claim, trips([&] { value(store->report_events(events)); })};
  };
  for (const auto outcome : {CallOutcome::answered, CallOutcome::busy}) {
    static_cast<void>(turn(1, outcome));  // Its statements are prepared.
    for (const int calls : {1, 40}) {
      const auto [claim, report] = turn(calls, outcome);
      BOOST_TEST(claim == 1);
      // The transaction begins, what is decided upon is read, what was decided is written and
      // committed. A retry depends on rules that are read as well, of all campaigns at once.
      BOOST_TEST(report == (outcome == CallOutcome::busy ? 4 : 3));
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
