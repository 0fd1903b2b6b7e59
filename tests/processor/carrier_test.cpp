// What the simulated carrier does on demand.
#include <atomic>
#include <map>

#include "processor/dialers.hpp"
#include "simulated_carrier/simulated_carrier.hpp"

namespace {

using namespace processor_tests;

struct Line {
  std::shared_ptr<ManualClock> clock =
      std::make_shared<ManualClock>(small_world::at("2026-03-25T10:00:00Z"));
  SimulatedCarrier carrier;
  UuidSource ids{7};
  int numbers = 0;

  explicit Line(CarrierBehaviour behaviour) : carrier(clock, behaviour) {}

  ClaimedCall call() {
    ClaimedCall claimed;
    claimed.call.id = ids.next_id<CallId>(clock->now());
    claimed.call.phone_number = "+4930" + std::to_string(1'000'000 + ++numbers);
    return claimed;
  }
  /// All events that are ever delivered, in their order, with when.
  std::vector<std::pair<Instant, CallEvent>> events() {
    std::vector<std::pair<Instant, CallEvent>> all;
    while (const auto next = carrier.next_event_at()) {
      for (auto& event : carrier.take_due(*next)) all.emplace_back(*next, std::move(event));
    }
    return all;
  }
};

BOOST_AUTO_TEST_SUITE(carriers)

BOOST_AUTO_TEST_CASE(calls_end_in_the_shares_asked_for) {
  Line line({.seed = 3, .answered = 0.5, .voicemail = 0.2, .busy = 0.1, .no_answer = 0.15});
  constexpr int calls = 4000;
  for (int i = 0; i < calls; ++i) line.carrier.dial(line.call());
  std::map<CallOutcome, double> shares;
  for (const auto& [at, event] : line.events()) {
    if (is_active(*event.status)) continue;
    shares[detail::outcome_of(*event.status, event.outcome)] += 1.0 / calls;
  }
  const auto near = [&](CallOutcome outcome, double share) {
    return std::abs(shares[outcome] - share) < 0.025;
  };
  BOOST_TEST(near(CallOutcome::answered, 0.5));
  BOOST_TEST(near(CallOutcome::voicemail, 0.2));
  BOOST_TEST(near(CallOutcome::busy, 0.1));
  BOOST_TEST(near(CallOutcome::no_answer, 0.15));
  BOOST_TEST(near(CallOutcome::failed, 0.05));
}

BOOST_AUTO_TEST_CASE(talks_last_as_long_as_asked_for_and_no_longer_than_the_longest) {
  Line line({.answered = 1, .mean_talk = 60s, .longest_talk = 300s});
  constexpr int calls = 2000;
  for (int i = 0; i < calls; ++i) line.carrier.dial(line.call());
  std::chrono::seconds sum{0};
  std::chrono::seconds longest{0};
  for (const auto& [at, event] : line.events()) {
    if (!event.duration) continue;
    sum += *event.duration;
    longest = std::max(longest, *event.duration);
  }
  BOOST_TEST((sum / calls > 54s && sum / calls < 66s));
  BOOST_TEST((longest == 300s));
}

BOOST_AUTO_TEST_CASE(every_event_is_delivered_twice_on_demand) {
  Line line({.answered = 1, .duplicated = 1});
  line.carrier.dial(line.call());
  std::map<CallStatus, int> seen;
  for (const auto& [at, event] : line.events()) ++seen[*event.status];
  BOOST_TEST(seen.size() == 3u);
  for (const auto& [status, times] : seen) BOOST_TEST(times == 2);
}

BOOST_AUTO_TEST_CASE(the_last_event_comes_late_on_demand) {
  Line line({.answered = 1, .late = 1});
  line.carrier.dial(line.call());
  const auto events = line.events();
  BOOST_REQUIRE(events.size() == 3u);
  BOOST_TEST((events[2].first >= events[2].second.ended_at.value() + 30s));
}

BOOST_AUTO_TEST_CASE(the_last_event_comes_first_on_demand) {
  Line line({.answered = 1, .out_of_order = 1});
  line.carrier.dial(line.call());
  const auto events = line.events();
  BOOST_REQUIRE(events.size() == 3u);
  BOOST_CHECK(events[0].second.status == CallStatus::completed);
}

BOOST_AUTO_TEST_CASE(of_a_lost_event_only_a_lookup_knows) {
  Line line({.answered = 1, .lost = 1});
  const auto claimed = line.call();
  line.carrier.dial(claimed);
  const auto events = line.events();
  BOOST_REQUIRE(events.size() == 2u);
  BOOST_CHECK(events[1].second.status == CallStatus::in_progress);
  line.clock->advance(1h);
  const auto known = line.carrier.lookup(claimed.call);
  BOOST_CHECK(known.kind == LookupResult::Kind::known);
  BOOST_CHECK(known.event.status == CallStatus::completed);
}

BOOST_AUTO_TEST_CASE(an_uncertain_call_was_placed_and_a_rejected_one_never) {
  Line uncertain({.uncertain = 1});
  const auto placed = uncertain.call();
  BOOST_CHECK(uncertain.carrier.dial(placed).kind == DialResult::Kind::uncertain);
  BOOST_TEST(uncertain.carrier.placed() == 1);
  BOOST_CHECK(uncertain.carrier.lookup(placed.call).kind == LookupResult::Kind::known);

  Line rejected({.rejected = 1, .rejected_for_good = 1});
  const auto refused = rejected.call();
  const auto answer = rejected.carrier.dial(refused);
  BOOST_CHECK(answer.kind == DialResult::Kind::rejected);
  BOOST_TEST(!answer.retryable);
  BOOST_TEST(rejected.carrier.placed() == 0);
  BOOST_TEST(rejected.events().empty());
  BOOST_CHECK(rejected.carrier.lookup(refused.call).kind == LookupResult::Kind::never_received);
  BOOST_CHECK(rejected.carrier.lookup(rejected.call().call).kind ==
              LookupResult::Kind::never_received);
}

BOOST_AUTO_TEST_CASE(one_that_shuts_down_hangs_up_on_every_call_that_is_not_over) {
  Line line({.answered = 1, .mean_talk = 60s});
  const auto over = line.call();
  line.carrier.dial(over);
  static_cast<void>(line.events());
  line.clock->advance(1h);
  const auto talking = line.call();
  line.carrier.dial(talking);
  const auto answered = line.clock->now() + 30s;  // Nobody lets it ring for longer.
  while (line.clock->now() < answered) line.clock->advance(1s);
  const auto ringing = line.call();
  line.carrier.dial(ringing);

  std::map<CallId, CallEvent> ends;
  for (auto& event : line.carrier.hang_up()) ends[event.call_id] = event;
  BOOST_TEST(ends.size() == 2u);
  BOOST_CHECK(ends.at(talking.call.id).status == CallStatus::completed);
  BOOST_TEST((ends.at(talking.call.id).duration > 0s));
  BOOST_CHECK(ends.at(ringing.call.id).status == CallStatus::failed);
  BOOST_TEST(ends.at(ringing.call.id).failure_reason == "the carrier shut down");
  for (const auto& [id, event] : ends) BOOST_TEST((event.ended_at <= line.clock->now()));
  BOOST_TEST(!line.carrier.next_event_at().has_value());
  BOOST_TEST(line.carrier.hang_up().empty());
}

BOOST_AUTO_TEST_CASE(events_that_could_not_be_handed_out_come_again) {
  Line line({.answered = 1});
  line.carrier.dial(line.call());
  line.clock->advance(1h);
  std::atomic<bool> refused = false;
  Watched<std::vector<CallStatus>> taken;
  std::jthread delivery([&](const std::stop_token& stop) {
    line.carrier.deliver(stop, [&](std::span<const CallEvent> events) {
      if (!refused.exchange(true)) return false;
      taken.change([&](auto& statuses) {
        for (const auto& event : events) statuses.push_back(*event.status);
      });
      return true;
    });
  });
  const auto end = std::chrono::steady_clock::now() + patience;
  while (taken.get().size() < 3 && std::chrono::steady_clock::now() < end) {
    line.clock->advance(1s);
    line.carrier.wake();
    std::this_thread::yield();
  }
  BOOST_TEST(refused);
  const std::vector expected{CallStatus::ringing, CallStatus::in_progress, CallStatus::completed};
  BOOST_CHECK(taken.get() == expected);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
