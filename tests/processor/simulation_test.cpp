#include <algorithm>

#include "processor/dialers.hpp"
#include "simulated_carrier/simulate.hpp"

namespace {

using namespace processor_tests;

/// The most calls that held a slot at once, read from the history.
int most_at_once(const std::vector<Call>& calls) {
  std::vector<std::pair<Instant, int>> changes;
  for (const auto& call : calls) {
    changes.emplace_back(call.created_at, 1);
    changes.emplace_back(call.ended_at.value(), -1);
  }
  std::sort(changes.begin(), changes.end());
  int active = 0;
  int most = 0;
  for (const auto& change : changes) most = std::max(most, active += change.second);
  return most;
}

/// A carrier that does everything wrong now and then.
CarrierBehaviour unkind(std::uint64_t seed) {
  return {.seed = seed,
          .answered = 0.4,
          .voicemail = 0.15,
          .busy = 0.15,
          .no_answer = 0.2,
          .rejected = 0.05,
          .uncertain = 0.05,
          .duplicated = 0.3,
          .late = 0.1,
          .out_of_order = 0.3,
          .lost = 0.05};
}

CallCampaign persistent(const SmallWorld& world) {
  auto plan = world.plan();
  plan.rules.retry = {.outcomes = {CallOutcome::busy, CallOutcome::no_answer, CallOutcome::failed,
                                   CallOutcome::voicemail, CallOutcome::rejected},
                      .max_attempts = 3,
                      .delays = {20min, 24h}};
  return plan;
}

SimulationResult run(SmallWorld& world, SimulatedCarrier& carrier, SimulationOptions options = {}) {
  Processor processor(*world.store, carrier, {.worker = "tested"});
  return value(simulate(*world.store, processor, carrier, *world.clock, options));
}

BOOST_AUTO_TEST_SUITE(simulations)

BOOST_AUTO_TEST_CASE(an_unkind_carrier_cannot_lose_repeat_or_overrun_a_call) {
  for (const std::uint64_t seed : {1U, 2U, 3U}) {
    SmallWorld world;
    const auto campaign = world.active_campaign(60, persistent(world));
    SimulatedCarrier carrier(world.clock, unkind(seed));

    const auto result = run(world, carrier);

    BOOST_TEST(result.idle);
    BOOST_TEST(carrier.dialed_twice() == 0);
    const auto rows = world.statistics(campaign);
    BOOST_TEST(rows.completed_calls + rows.failed_calls == 60);
    const auto calls = world.calls();
    BOOST_TEST(static_cast<std::int64_t>(calls.size()) == rows.attempts);
    BOOST_TEST(most_at_once(calls) == 2);
    BOOST_TEST(std::none_of(calls.begin(), calls.end(), [](const Call& call) {
      return call.status == CallStatus::unknown;  // The carrier knows them all: nothing is lost.
    }));
    BOOST_CHECK(value(world.store->find_campaign(world.user.id, campaign.id)).status ==
                CampaignStatus::completed);
    for (const auto& call : calls) {
      const auto time = TimeZone().local_time(call.created_at);
      BOOST_TEST((time >= 9h && time <= 18h));
    }
  }
}

BOOST_AUTO_TEST_CASE(a_carrier_that_cannot_be_asked_leaves_calls_unknown_and_never_repeats_them) {
  SmallWorld world;
  const auto campaign = world.active_campaign(40, persistent(world));
  auto behaviour = unkind(5);
  behaviour.can_look_up = false;
  behaviour.lost = 0.3;
  SimulatedCarrier carrier(world.clock, behaviour);
  BOOST_TEST(run(world, carrier).idle);
  int unknown = 0;
  for (const auto& call : world.calls()) {
    if (call.outcome != CallOutcome::unknown) continue;
    ++unknown;
    const auto row = world.row(call.queue_id.value());
    BOOST_CHECK(row.status == QueuedCallStatus::failed);
    BOOST_CHECK(row.call_id == call.id);
  }
  BOOST_TEST(unknown > 0);
  BOOST_TEST(world.statistics(campaign).queued == 0);
}

BOOST_AUTO_TEST_CASE(the_same_seed_gives_the_same_calls) {
  const auto history = [](std::uint64_t seed) {
    SmallWorld world;
    world.active_campaign(30, persistent(world));
    SimulatedCarrier carrier(world.clock, unkind(seed));
    run(world, carrier);
    return world.calls();
  };
  const auto first = history(8);
  BOOST_CHECK(first == history(8));
  BOOST_CHECK(first != history(9));
}

BOOST_AUTO_TEST_CASE(three_days_of_calling_take_as_long_as_their_calls) {
  SmallWorld world;
  auto plan = persistent(world);
  plan.first_call_time = 10h;
  plan.last_call_time = 10h + 15min;  // Room for a few calls a day.
  world.active_campaign(60, plan);
  SimulatedCarrier carrier(world.clock, {.mean_talk = 3min});
  const auto began = world.clock->now();
  const auto result = run(world, carrier);
  BOOST_TEST((result.ended_at - began > std::chrono::days(3)));
  BOOST_TEST(result.idle);
}

BOOST_AUTO_TEST_CASE(it_ends_at_the_instant_it_is_given) {
  SmallWorld world;
  world.active_campaign(1000);
  SimulatedCarrier carrier(world.clock);
  const auto end = world.clock->now() + 10min;
  const auto result = run(world, carrier, {.until = end});
  BOOST_CHECK(result.ended_at == end);
  BOOST_CHECK(world.clock->now() == end);
  BOOST_TEST(!result.idle);
}

BOOST_AUTO_TEST_CASE(what_waits_for_a_person_is_nothing_to_wait_for) {
  SmallWorld world;
  CallCampaigns campaigns(*world.store);
  const auto paused = world.active_campaign(3);
  value(campaigns.pause(world.user.id, paused.id));
  world.fill(value(campaigns.create(world.plan())).id, 2);
  SimulatedCarrier carrier(world.clock);
  const auto result = run(world, carrier);
  BOOST_TEST(result.idle);
  BOOST_TEST(result.dialed == 0);
  BOOST_TEST(value(nothing_left(*world.store)));
  value(campaigns.resume(world.user.id, paused.id));
  BOOST_TEST(!value(nothing_left(*world.store)));
}

BOOST_AUTO_TEST_CASE(a_campaign_that_can_never_call_does_not_hold_it_for_ever) {
  SmallWorld world;
  value(world.store->set_user_limits(world.user.id, 0, {}));
  world.active_campaign(1);
  SimulatedCarrier carrier(world.clock);
  BOOST_TEST(!run(world, carrier).idle);
}

BOOST_AUTO_TEST_CASE(the_carrier_answers_the_same_when_asked_twice_and_counts_it) {
  SmallWorld world;
  world.active_campaign(1);
  SimulatedCarrier carrier(world.clock);
  const auto claimed = value(CallQueue(*world.store).claim());
  BOOST_REQUIRE(claimed.size() == 1u);
  const auto first = carrier.dial(claimed[0]);
  const auto second = carrier.dial(claimed[0]);
  BOOST_TEST(first.provider_call_id == second.provider_call_id);
  BOOST_TEST(carrier.placed() == 1);
  BOOST_TEST(carrier.dialed_twice() == 1);
}

BOOST_AUTO_TEST_CASE(events_are_due_in_order_and_taken_once) {
  SmallWorld world;
  world.active_campaign(1);
  SimulatedCarrier carrier(world.clock, {.answered = 1});
  carrier.dial(value(CallQueue(*world.store).claim()).at(0));
  BOOST_TEST(carrier.take_due(world.clock->now()).empty());
  const auto events = carrier.take_due(world.clock->now() + 1h);
  BOOST_REQUIRE(events.size() == 3u);
  BOOST_CHECK(events[0].status == CallStatus::ringing);
  BOOST_CHECK(events[1].status == CallStatus::in_progress);
  BOOST_CHECK(events[2].status == CallStatus::completed);
  BOOST_CHECK(!carrier.next_event_at());
}

BOOST_AUTO_TEST_CASE(in_real_time_events_are_handed_out_as_the_clock_reaches_them) {
  SmallWorld world;
  const auto campaign = world.active_campaign(2);
  SimulatedCarrier carrier(world.clock, {.answered = 1});
  Processor processor(*world.store, carrier);
  Running running(processor);
  std::jthread delivery([&](const std::stop_token& stop) {
    carrier.deliver(stop, [&](std::span<const CallEvent> events) {
      return processor.report(events).has_value();
    });
  });
  const auto end = std::chrono::steady_clock::now() + patience;
  while (world.statistics(campaign).completed_calls < 2 && std::chrono::steady_clock::now() < end) {
    if (const auto next = carrier.next_event_at()) world.clock->advance_to(*next);
    carrier.wake();
    std::this_thread::yield();
  }
  delivery.request_stop();
  delivery.join();
  value(running.stop());
  BOOST_TEST(world.statistics(campaign).completed_calls == 2);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
