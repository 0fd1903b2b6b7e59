#include "processor/dialers.hpp"

namespace {

using namespace processor_tests;

/// A world, a dialer, and a processor that is stepped by hand.
struct Bench {
  SmallWorld world;
  TestDialer dialer;
  TestObserver observer;
  Processor processor{*world.store, dialer, {.worker = "tested"}, &observer};

  StepResult step() { return value(processor.step()); }
  [[nodiscard]] Call only_call() {
    const auto calls = world.calls();
    BOOST_REQUIRE(calls.size() == 1u);
    return calls.front();
  }
  [[nodiscard]] QueuedCall row_of(const Call& call) { return world.row(call.queue_id.value()); }
};

BOOST_AUTO_TEST_SUITE(steps)

BOOST_AUTO_TEST_CASE(a_step_claims_marks_dials_and_records) {
  Bench bench;
  bench.world.active_campaign(3);  // Of which the user may have two at once.

  const auto step = bench.step();

  BOOST_TEST(step.claimed == 2);
  BOOST_TEST(step.dialed == 2);
  const auto calls = bench.world.calls();
  BOOST_REQUIRE(calls.size() == 2u);
  for (const auto& call : calls) {
    BOOST_TEST(call.provider_call_id == "provider-" + to_text(call.id));
    BOOST_TEST(call.leased_by == "tested");
    BOOST_CHECK(call.submitted_at == bench.world.clock->now());
    BOOST_CHECK(call.lease_expires_at == bench.world.clock->now() + 1h);  // The call deadline.
  }
  const auto told = bench.observer.counts.get();
  BOOST_TEST(told.claimed == 2);
  BOOST_TEST(told.dialed == 2);
}

BOOST_AUTO_TEST_CASE(a_step_without_work_says_when_there_will_be_some) {
  Bench bench;
  auto plan = bench.world.plan();
  plan.first_call_time = 12h;
  bench.world.active_campaign(1, plan);
  const auto step = bench.step();
  BOOST_TEST(step.claimed == 0);
  BOOST_TEST(to_text(step.next_wakeup.value()) == "2026-03-25T12:00:00.000000Z");
  bench.world.clock->advance_to(*step.next_wakeup);
  BOOST_TEST(bench.step().claimed == 1);
}

BOOST_AUTO_TEST_CASE(a_call_is_marked_before_the_dialer_sees_it) {
  Bench bench;
  bench.world.active_campaign(1);
  bool marked = false;
  bench.dialer.answer = [&](const ClaimedCall& call) {
    marked = value(bench.world.store->find_call(call.call.user_id, call.call.id))
                 .submitted_at.has_value();
    return DialResult::accepted("p");
  };
  bench.step();
  BOOST_TEST(marked);
}

BOOST_AUTO_TEST_CASE(what_is_rejected_for_now_is_tried_again_and_for_good_fails) {
  for (const bool retryable : {true, false}) {
    Bench bench;
    auto plan = bench.world.plan();
    plan.rules.retry = {.outcomes = {CallOutcome::rejected}, .max_attempts = 3, .delays = {10min}};
    bench.world.active_campaign(1, plan);
    bench.dialer.answer = [&](const ClaimedCall&) {
      return DialResult::rejected("no such route", retryable);
    };
    bench.step();
    const auto call = bench.only_call();
    BOOST_CHECK(call.outcome == CallOutcome::rejected);
    BOOST_TEST(call.failure_reason == "no such route");
    const auto row = bench.row_of(call);
    BOOST_CHECK(row.status == (retryable ? QueuedCallStatus::queued : QueuedCallStatus::failed));
    BOOST_TEST(bench.observer.counts.get().reported == 1);
    BOOST_TEST(value(bench.world.store->system_slots()).active == 0);
  }
}

BOOST_AUTO_TEST_CASE(a_dialer_that_throws_leaves_its_call_uncertain) {
  Bench bench;
  bench.world.active_campaign(1);
  bench.dialer.answer = [](const ClaimedCall&) -> DialResult {
    throw std::runtime_error("connection reset");
  };
  bench.step();
  BOOST_CHECK(bench.only_call().status == CallStatus::initiated);
  BOOST_TEST(value(bench.world.store->system_slots()).active == 1);  // It may have been placed.

  bench.world.clock->advance(2min);
  bench.step();

  BOOST_CHECK(bench.only_call().status == CallStatus::unknown);
  BOOST_CHECK(bench.row_of(bench.only_call()).status == QueuedCallStatus::failed);
  BOOST_TEST(bench.dialer.dialed.get().size() == 1u);
}

BOOST_AUTO_TEST_CASE(something_thrown_that_is_no_exception_is_survived_too) {
  Bench bench;
  bench.world.active_campaign(1);
  bench.dialer.answer = [](const ClaimedCall&) -> DialResult { throw 7; };
  BOOST_TEST(bench.step().dialed == 1);
}

BOOST_AUTO_TEST_CASE(an_observer_that_throws_changes_nothing) {
  struct Angry final : Observer {
    void on_claimed(const ClaimedCall&) override { throw std::runtime_error("no"); }
    void on_dialed(const ClaimedCall&, const DialResult&) override { throw 7; }
  } angry;
  SmallWorld world;
  TestDialer dialer;
  world.active_campaign(1);
  Processor processor(*world.store, dialer, {}, &angry);
  BOOST_TEST(value(processor.step()).dialed == 1);
  BOOST_TEST(world.calls().front().provider_call_id.empty() == false);
}

BOOST_AUTO_TEST_CASE(a_campaign_cancelled_after_the_claim_is_not_dialed) {
  struct Canceller final : Observer {
    SmallWorld* world = nullptr;
    CampaignId campaign;
    void on_claimed(const ClaimedCall&) override {
      value(CallCampaigns(*world->store).cancel(world->user.id, campaign));
    }
  } canceller;
  SmallWorld world;
  TestDialer dialer;
  canceller.world = &world;
  canceller.campaign = world.active_campaign(1).id;
  Processor processor(*world.store, dialer, {}, &canceller);

  const auto step = value(processor.step());

  BOOST_TEST(step.claimed == 1);
  BOOST_TEST(step.dialed == 0);
  BOOST_TEST(dialer.dialed.get().empty());
  BOOST_TEST(value(world.store->system_slots()).active == 0);  // At once, not at the lease's end.
}

BOOST_AUTO_TEST_CASE(a_provider_without_an_id_is_known_by_ours) {
  Bench bench;
  bench.world.active_campaign(1);
  bench.dialer.answer = [](const ClaimedCall&) { return DialResult::accepted(""); };
  bench.step();
  BOOST_TEST(bench.only_call().provider_call_id == to_text(bench.only_call().id));
  BOOST_CHECK(bench.only_call().lease_expires_at == bench.world.clock->now() + 1h);
}

BOOST_AUTO_TEST_CASE(an_id_that_cannot_be_recorded_does_not_cost_the_acceptance) {
  Bench bench;
  bench.world.active_campaign(1);
  bench.dialer.answer = [](const ClaimedCall&) { return DialResult::accepted("CA\xFF"); };
  bench.step();
  BOOST_TEST(bench.only_call().provider_call_id == "CA\xEF\xBF\xBD");
  BOOST_CHECK(bench.only_call().lease_expires_at == bench.world.clock->now() + 1h);
}

BOOST_AUTO_TEST_CASE(reports_go_through_the_processor_to_the_observer) {
  Bench bench;
  bench.world.active_campaign(1);
  bench.step();
  const std::vector<CallEvent> events{ended(bench.only_call(), CallStatus::completed)};
  const auto reports = value(bench.processor.report(events));
  BOOST_REQUIRE(reports.size() == 1u);
  BOOST_CHECK(reports[0].value().ended);
  BOOST_TEST(bench.observer.counts.get().reported == 1);
}

BOOST_AUTO_TEST_CASE(dialing_that_takes_longer_than_a_lease_dials_nothing_without_one) {
  Bench bench;
  value(bench.world.store->set_user_limits(bench.world.user.id, 6, {}));
  const auto campaign = bench.world.active_campaign(6);
  bool all_leased = true;
  bench.dialer.answer = [&](const ClaimedCall& call) {
    all_leased = all_leased && bench.world.clock->now() < *call.call.lease_expires_at;
    bench.world.clock->advance(50s);  // A slow provider, and somebody else who keeps time.
    value(bench.world.store->advance({.lapse_submitted = false}));
    return DialResult::accepted("p");
  };

  const auto step = bench.step();

  BOOST_TEST(step.claimed == 6);
  BOOST_TEST(step.dialed == 3);
  BOOST_TEST(all_leased);
  // What was not dialed is not lost and has spent no attempt.
  BOOST_TEST(bench.world.statistics(campaign).queued == 3);
  BOOST_TEST(bench.world.statistics(campaign).processing == 3);
  BOOST_TEST(bench.world.statistics(campaign).attempts == 3);
  BOOST_TEST(bench.world.calls({CallStatus::unknown}).empty());
  bench.step();
  BOOST_TEST(bench.world.calls({CallStatus::initiated}).size() == 6u);
  BOOST_TEST(all_leased);
}

BOOST_AUTO_TEST_CASE(a_call_whose_window_closes_before_it_is_dialed_waits_for_the_next) {
  Bench bench;
  auto plan = bench.world.plan();
  plan.last_call_time = 10h + 1min;
  bench.world.active_campaign(2, plan);
  bench.dialer.answer = [&](const ClaimedCall&) {
    bench.world.clock->advance(61s);
    return DialResult::accepted("p");
  };
  const auto step = bench.step();
  BOOST_TEST(step.claimed == 2);
  BOOST_TEST(step.dialed == 1);
  BOOST_TEST(bench.step().claimed == 0);
  bench.world.clock->advance_to(at("2026-03-26T09:00:00Z"));
  BOOST_TEST(bench.step().dialed == 1);
}

BOOST_AUTO_TEST_CASE(a_step_that_is_stopped_dials_no_further_and_gives_the_rest_back) {
  Bench bench;
  const auto campaign = bench.world.active_campaign(2);
  std::stop_source stop;
  bench.dialer.answer = [&](const ClaimedCall&) {
    stop.request_stop();
    return DialResult::accepted("p");
  };
  const auto step = value(bench.processor.step(stop.get_token()));
  BOOST_TEST(step.claimed == 2);
  BOOST_TEST(step.dialed == 1);
  BOOST_TEST(value(bench.world.store->system_slots()).active == 1);
  BOOST_TEST(bench.world.statistics(campaign).attempts == 1);
  BOOST_TEST(bench.world.statistics(campaign).queued == 1);
}

BOOST_AUTO_TEST_CASE(a_step_within_a_step_is_refused) {
  Bench bench;
  bench.world.active_campaign(1);
  std::stop_source over;
  over.request_stop();
  std::string field;
  bench.dialer.answer = [&](const ClaimedCall&) {
    field = refused(bench.processor.step(), ErrorCode::conflict) + ' ' +
            refused(bench.processor.run(over.get_token()), ErrorCode::conflict);
    return DialResult::accepted("p");
  };
  bench.step();
  BOOST_TEST(field == "processor processor");
  bench.step();  // The refusal has left nothing behind.
}

BOOST_AUTO_TEST_CASE(an_observer_may_report_from_within) {
  struct Hasty final : Observer {
    Processor* processor = nullptr;
    int ended_calls = 0;
    void on_dialed(const ClaimedCall& call, const DialResult&) override {
      const std::vector<CallEvent> events{ended(call.call, CallStatus::completed)};
      value(processor->report(events));
    }
    void on_reported(const CallReport& report) override { ended_calls += report.ended ? 1 : 0; }
  } hasty;
  SmallWorld world;
  TestDialer dialer;
  world.active_campaign(1);
  Processor processor(*world.store, dialer, {}, &hasty);
  hasty.processor = &processor;
  BOOST_TEST(value(processor.step()).dialed == 1);
  BOOST_TEST(hasty.ended_calls == 1);
}

BOOST_AUTO_TEST_CASE(options_out_of_bounds_count_as_the_nearest_within) {
  SmallWorld world;
  TestDialer dialer;
  world.active_campaign(1);
  Processor processor(*world.store, dialer, {.batch = 0, .parallelism = -3, .lease = 0s});
  BOOST_TEST(value(processor.step()).dialed == 1);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(lookups)

/// A call whose provider was last heard of before its lease or deadline passed.
struct LostCall : Bench {
  LostCall(bool accepted, std::function<LookupResult(const Call&)> knowledge) {
    dialer.known = std::move(knowledge);
    if (!accepted) {
      dialer.answer = [](const ClaimedCall&) { return DialResult::uncertain("timeout"); };
    }
    world.active_campaign(1);
    step();
    dialer.answer = [](const ClaimedCall&) { return DialResult::accepted("second"); };
    world.clock->advance(accepted ? 1h : 2min);
  }
};

BOOST_AUTO_TEST_CASE(what_was_never_received_is_dialed_anew_and_spends_no_attempt) {
  LostCall lost(
      false, [](const Call&) { return LookupResult{.kind = LookupResult::Kind::never_received}; });
  lost.step();
  lost.step();
  const auto calls = lost.world.calls();
  BOOST_REQUIRE(calls.size() == 2u);
  BOOST_CHECK(calls[0].status == CallStatus::cancelled);
  BOOST_TEST(calls[1].attempt == 1);
  BOOST_TEST(calls[1].provider_call_id == "second");
}

BOOST_AUTO_TEST_CASE(an_accepted_call_is_never_dialed_anew_whatever_the_provider_says) {
  LostCall lost(
      true, [](const Call&) { return LookupResult{.kind = LookupResult::Kind::never_received}; });
  lost.step();
  lost.step();
  BOOST_CHECK(lost.only_call().status == CallStatus::unknown);
  BOOST_CHECK(lost.row_of(lost.only_call()).status == QueuedCallStatus::failed);
}

BOOST_AUTO_TEST_CASE(a_call_that_still_runs_is_extended) {
  for (const bool accepted : {true, false}) {
    LostCall lost(accepted, [](const Call&) {
      LookupResult result{.kind = LookupResult::Kind::known};
      result.event.status = CallStatus::in_progress;
      result.event.provider_call_id = "found";
      return result;
    });
    lost.step();
    const auto call = lost.only_call();
    BOOST_CHECK(call.status == CallStatus::in_progress);
    BOOST_CHECK(call.lease_expires_at == lost.world.clock->now() + 1h);
    if (!accepted) BOOST_TEST(call.provider_call_id == "found");
  }
}

BOOST_AUTO_TEST_CASE(a_call_that_ended_unheard_gets_its_outcome) {
  LostCall lost(true, [](const Call&) {
    LookupResult result{.kind = LookupResult::Kind::known};
    result.event.status = CallStatus::completed;
    result.event.duration = 33s;
    return result;
  });
  lost.step();
  BOOST_CHECK(lost.only_call().outcome == CallOutcome::answered);
  BOOST_CHECK(lost.only_call().duration == 33s);
  BOOST_CHECK(lost.row_of(lost.only_call()).status == QueuedCallStatus::completed);
}

BOOST_AUTO_TEST_CASE(what_nobody_knows_fails_and_is_not_repeated) {
  LostCall lost(false,
                [](const Call&) { return LookupResult{.kind = LookupResult::Kind::unknown}; });
  lost.step();
  lost.step();
  BOOST_CHECK(lost.only_call().status == CallStatus::unknown);
  BOOST_CHECK(lost.row_of(lost.only_call()).status == QueuedCallStatus::failed);
}

BOOST_AUTO_TEST_CASE(a_lookup_that_throws_is_made_again_later) {
  int asked = 0;
  LostCall lost(false, [&](const Call&) -> LookupResult {
    if (++asked == 1) throw std::runtime_error("provider is down");
    return {.kind = LookupResult::Kind::unknown};
  });
  lost.step();
  lost.step();
  BOOST_TEST(asked == 1);
  BOOST_CHECK(lost.only_call().status == CallStatus::initiated);
  lost.world.clock->advance(30s);
  lost.step();
  BOOST_TEST(asked == 2);
  BOOST_CHECK(lost.only_call().status == CallStatus::unknown);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
