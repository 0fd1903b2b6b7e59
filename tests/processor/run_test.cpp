#include <algorithm>
#include <array>
#include <atomic>
#include <set>
#include <utility>

#include "processor/dialers.hpp"
#include "sqlite/store.hpp"

namespace {

using namespace processor_tests;

/// Waits until the store shows what is expected; fails the test when it never does.
template <class Condition>
bool comes_about(Condition&& condition) {
  const auto end = std::chrono::steady_clock::now() + patience;
  while (std::chrono::steady_clock::now() < end) {
    if (condition()) return true;
    std::this_thread::yield();
  }
  return false;
}

auto at_least(std::size_t count) {
  return [count](const auto& items) { return items.size() >= count; };
}

/// Has no news: its waits end when it is woken.
class QuietListener : public ChangeListener {
 public:
  Changes wait(std::chrono::milliseconds, std::optional<Instant>) override {
    static_cast<void>(woken_.comes_true([](bool woken) { return woken; }));
    forget();
    return {};
  }
  void wake() final {
    woken_.change([](bool& woken) { woken = true; });
  }

 protected:
  void forget() {
    woken_.change([](bool& woken) { woken = false; });
  }

 private:
  Watched<bool> woken_;
};

/// A store whose first news that start nothing come together with a notification, and take its
/// wake-up with them. It counts claims, and notes how many there had been at each wait.
class NewsStore final : public sqlite::SqliteStore {
 public:
  NewsStore() : SqliteStore(":memory:", {}) { value(migrate({})); }

  Result<std::unique_ptr<ChangeListener>> listen() override {
    return std::make_unique<Listener>(*this);
  }
  Result<std::vector<ClaimedCall>> claim(const ClaimRequest& request) override {
    ++claims_;
    return SqliteStore::claim(request);
  }

  std::function<void()> notify;
  Watched<std::vector<int>> claims_at_wait;

 private:
  class Listener final : public QuietListener {
   public:
    explicit Listener(NewsStore& store) : store_(store) {}

    Changes wait(std::chrono::milliseconds at_most, std::optional<Instant> until) override {
      bool first = false;
      store_.claims_at_wait.change([&](auto& noted) {
        first = noted.empty();
        noted.push_back(store_.claims_);
      });
      if (first) {
        store_.notify();
        forget();
        return {.users = {UserId{}}};
      }
      return QuietListener::wait(at_most, until);
    }

   private:
    NewsStore& store_;
  };

  std::atomic<int> claims_ = 0;
};

/// Notes what it is asked in each round, in order, and how often somebody waits for its changes:
/// until it is woken.
class OrderedStore final : public sqlite::SqliteStore {
 public:
  OrderedStore() : SqliteStore(":memory:", {}) { value(migrate({})); }

  Result<AdvanceResult> advance(const AdvanceRequest& request) override {
    round_.emplace_back("advance");
    return SqliteStore::advance(request);
  }
  Result<std::vector<Call>> lapsed_calls(int limit) override {
    round_.emplace_back("look up");
    return SqliteStore::lapsed_calls(limit);
  }
  Result<std::vector<ClaimedCall>> claim(const ClaimRequest& request) override {
    round_.emplace_back("claim");
    return SqliteStore::claim(request);
  }
  Result<std::optional<Instant>> next_wakeup() override {  // The last of a round.
    if (in_first_round) std::exchange(in_first_round, nullptr)();
    rounds.change([&](auto& all) { all.push_back(std::exchange(round_, {})); });
    return SqliteStore::next_wakeup();
  }
  Result<std::unique_ptr<ChangeListener>> listen() override {
    return std::make_unique<Listener>(*this);
  }

  std::function<void()> in_first_round;
  Watched<std::vector<std::vector<std::string>>> rounds;
  Watched<int> waits;

 private:
  class Listener final : public QuietListener {
   public:
    explicit Listener(OrderedStore& store) : store_(store) {}

    Changes wait(std::chrono::milliseconds at_most, std::optional<Instant> until) override {
      store_.waits.change([](int& count) { ++count; });
      return QuietListener::wait(at_most, until);
    }

   private:
    OrderedStore& store_;
  };

  std::vector<std::string> round_;
};

BOOST_AUTO_TEST_SUITE(runs)

BOOST_AUTO_TEST_CASE(dials_in_parallel_up_to_its_parallelism_and_no_further) {
  SmallWorld world;
  value(world.store->set_user_limits(world.user.id, 10, {}));
  world.active_campaign(10);
  TestDialer dialer;
  Door door;
  struct Inside {
    int now = 0;
    int most = 0;
  };
  Watched<Inside> inside;
  dialer.answer = [&](const ClaimedCall&) {
    inside.change([](Inside& i) { i.most = std::max(i.most, ++i.now); });
    door.pass();
    inside.change([](Inside& i) { --i.now; });
    return DialResult::accepted("p");
  };
  Processor processor(*world.store, dialer, {.parallelism = 4});
  Running running(processor);
  BOOST_TEST(inside.comes_true([](const Inside& i) { return i.now == 4; }));
  BOOST_TEST(world.calls().size() == 4u);  // No more are claimed than can be dialed.
  door.open();
  BOOST_TEST(dialer.dialed.comes_true(at_least(10)));
  value(running.stop());
  BOOST_TEST(inside.get().most == 4);
}

BOOST_AUTO_TEST_CASE(a_hanging_dialer_occupies_one_thread_only) {
  SmallWorld world;
  value(world.store->set_user_limits(world.user.id, 10, {}));
  world.active_campaign(8);
  TestDialer dialer;
  Door door;
  std::atomic<bool> first = true;
  dialer.answer = [&](const ClaimedCall&) {
    if (first.exchange(false)) door.pass();
    return DialResult::accepted("p");
  };
  Processor processor(*world.store, dialer, {.parallelism = 2});
  Running running(processor);
  BOOST_TEST(dialer.dialed.comes_true(at_least(8)));
  door.open();
  value(running.stop());
  for (const auto& call : world.calls()) BOOST_TEST(call.provider_call_id == "p");
}

BOOST_AUTO_TEST_CASE(a_dialer_that_hangs_on_every_thread_is_told_once) {
  SmallWorld world;
  value(world.store->set_user_limits(world.user.id, 10, {}));
  world.active_campaign(4);
  TestDialer dialer;
  Door door;
  hang(dialer, door, "p");
  TestObserver observer;
  Processor processor(*world.store, dialer, {.parallelism = 2, .lease = 60s}, &observer);
  Running running(processor);
  BOOST_TEST(dialer.dialed.comes_true(at_least(2)));
  // It takes two looks that lie more than a lease apart.
  bool told = false;
  for (int looks = 0; looks < 60 && !told; ++looks) {
    world.clock->advance(61s);
    processor.notify();
    told = observer.counts.comes_true([](const auto& c) { return c.hangs == 1; }, 500ms);
  }
  BOOST_TEST(told);
  world.clock->advance(61s);
  processor.notify();
  BOOST_TEST(!observer.counts.comes_true([](const auto& c) { return c.hangs > 1; }, 300ms));
  door.open();
  BOOST_TEST(dialer.dialed.comes_true(at_least(4)));
  value(running.stop());
  BOOST_TEST(observer.counts.get().hangs == 1);
}

BOOST_AUTO_TEST_CASE(an_answer_that_comes_after_the_lease_is_still_recorded) {
  SmallWorld world;
  world.active_campaign(1);
  TestDialer dialer;
  Door door;
  hang(dialer, door, "late");
  Processor processor(*world.store, dialer, {.parallelism = 2});
  Running running(processor);
  BOOST_TEST(dialer.dialed.comes_true(at_least(1)));
  world.clock->advance(2min);
  processor.notify();
  BOOST_TEST(comes_about([&] { return world.calls().front().status == CallStatus::unknown; }));
  BOOST_TEST(value(world.store->system_slots()).active == 0);
  door.open();
  value(running.stop());
  BOOST_CHECK(world.calls().front().status == CallStatus::unknown);
  BOOST_TEST(world.calls().front().provider_call_id == "late");
}

BOOST_AUTO_TEST_CASE(a_request_under_way_is_not_made_again) {
  SmallWorld world;
  world.active_campaign(1);
  TestDialer dialer;
  Door door;
  dialer.answer = [&](const ClaimedCall&) {
    door.pass();
    return DialResult::accepted("slow");
  };
  // True when it is said: the request has not arrived yet.
  dialer.known = [](const Call&) {
    return LookupResult{.kind = LookupResult::Kind::never_received};
  };
  Processor processor(*world.store, dialer, {.parallelism = 2});
  Running running(processor);
  BOOST_TEST(dialer.dialed.comes_true(at_least(1)));
  world.clock->advance(2min);
  processor.notify();
  BOOST_TEST(comes_about([&] { return value(world.store->system_slots()).active == 0; }));
  BOOST_CHECK(world.calls().front().status == CallStatus::unknown);
  door.open();
  value(running.stop());
  BOOST_TEST(dialer.dialed.get().size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_stop_finishes_what_is_in_flight) {
  SmallWorld world;
  world.active_campaign(2);
  TestDialer dialer;
  Door door;
  hang(dialer, door, "p");
  Processor processor(*world.store, dialer);
  Running running(processor);
  BOOST_TEST(dialer.dialed.comes_true(at_least(2)));
  running.request_stop();
  door.open();
  value(running.wait());
  for (const auto& call : world.calls()) BOOST_TEST(call.provider_call_id == "p");
}

BOOST_AUTO_TEST_CASE(a_stop_waits_no_longer_than_its_deadline_for_a_dialer_that_hangs) {
  SmallWorld world;
  world.active_campaign(1);
  // The thread that hangs may outlive the test by a moment.
  static TestDialer dialer;
  static Door door;
  static Watched<bool> left;
  dialer.answer = [](const ClaimedCall&) {
    door.pass();
    left.change([](bool& gone) { gone = true; });
    return DialResult::accepted("nobody listens");
  };
  {
    Processor processor(*world.store, dialer, {.stop_deadline = 1ms});
    Running running(processor);
    BOOST_TEST(dialer.dialed.comes_true(at_least(1)));
    value(running.stop());
  }
  // The processor is gone: its thread comes back to nothing, and touches nothing.
  door.open();
  BOOST_TEST(left.comes_true([](bool gone) { return gone; }));
  BOOST_TEST(world.calls().front().provider_call_id == "");
}

BOOST_AUTO_TEST_CASE(one_works_at_a_time_and_another_run_may_follow) {
  SmallWorld world;
  world.active_campaign(2);
  TestDialer dialer;
  Door door;
  hang(dialer, door, "p");
  Processor processor(*world.store, dialer);
  {
    Running running(processor);
    BOOST_TEST(dialer.dialed.comes_true(at_least(2)));
    BOOST_TEST(refused(processor.run(std::stop_token{}), ErrorCode::conflict) == "processor");
    BOOST_TEST(refused(processor.step(), ErrorCode::conflict) == "processor");
    door.open();
    value(running.stop());
  }
  for (const auto& call : world.calls()) {
    value(world.store->report_events(std::array{ended(call, CallStatus::completed)}));
  }
  world.active_campaign(1);
  Running running(processor);
  BOOST_TEST(dialer.dialed.comes_true(at_least(3)));
  value(running.stop());
}

BOOST_AUTO_TEST_CASE(a_stop_before_the_first_look_at_the_store_is_heard) {
  struct Stopper final : sqlite::SqliteStore {
    std::stop_source stop;
    Stopper() : SqliteStore(":memory:", {}) { value(migrate({})); }
    Result<std::unique_ptr<ChangeListener>> listen() override {
      stop.request_stop();  // Nothing listens yet.
      return SqliteStore::listen();
    }
  } store;
  TestDialer dialer;
  Processor processor(store, dialer, {.poll = 10min});
  value(processor.step());  // Nothing is left to write: what a run writes itself would wake it.
  Watched<bool> over;
  std::jthread thread([&] {
    value(processor.run(store.stop.get_token()));
    over.change([](bool& is_over) { is_over = true; });
  });
  BOOST_TEST(over.comes_true([](bool is_over) { return is_over; }));
  processor.notify();  // Where it was not heard.
}

BOOST_AUTO_TEST_CASE(calls_that_were_claimed_but_not_marked_go_back_at_a_stop) {
  struct Stopper final : Observer {
    std::stop_source stop;
    void on_claimed(const ClaimedCall&) override { stop.request_stop(); }
  } stopper;
  SmallWorld world;
  const auto campaign = world.active_campaign(1);
  TestDialer dialer;
  Processor processor(*world.store, dialer, {}, &stopper);
  value(processor.run(stopper.stop.get_token()));
  BOOST_TEST(dialer.dialed.get().empty());
  BOOST_TEST(value(world.store->system_slots()).active == 0);
  BOOST_TEST(world.statistics(campaign).queued == 1);
  BOOST_TEST(world.statistics(campaign).attempts == 0);
}

BOOST_AUTO_TEST_CASE(a_report_wakes_it_and_the_freed_slot_is_used_at_once) {
  SmallWorld world;
  value(world.store->set_user_limits(world.user.id, 1, {}));
  world.active_campaign(3);
  TestDialer dialer;
  Processor processor(*world.store, dialer, {.poll = std::chrono::hours(1)});
  Running running(processor);
  for (std::size_t round = 1; round <= 3; ++round) {
    BOOST_REQUIRE(dialer.dialed.comes_true(at_least(round)));
    const auto id = dialer.dialed.get().back();
    const std::vector<CallEvent> events{
        {.user_id = world.user.id, .call_id = id, .status = CallStatus::completed}};
    value(processor.report(events));
  }
  value(running.stop());
  BOOST_TEST(world.calls().size() == 3u);
}

BOOST_AUTO_TEST_CASE(a_notification_is_not_lost_among_news_that_start_nothing) {
  NewsStore store;
  TestDialer dialer;
  Processor processor(store, dialer, {.poll = std::chrono::hours(1)});
  store.notify = [&] { processor.notify(); };
  Running running(processor);
  BOOST_REQUIRE(store.claims_at_wait.comes_true(at_least(2)));
  const auto noted = store.claims_at_wait.get();
  BOOST_TEST(noted[1] > noted[0]);  // It looked for work before it waited again.
  value(running.stop());
}

BOOST_AUTO_TEST_CASE(what_it_was_told_of_is_claimed_before_it_looks_what_time_has_brought) {
  OrderedStore store;
  TestDialer dialer;
  dialer.known = [](const Call&) { return LookupResult{}; };
  Processor processor(store, dialer, {.poll = std::chrono::hours(1)});
  // Claims take all the room there is: calls to ask about have theirs before.
  const std::vector<std::string> by_time{"advance", "look up", "claim"};
  const std::vector<std::string> told{"look up", "claim", "advance"};
  store.in_first_round = [&] { processor.notify(); };
  Running running(processor);
  // What came while it worked has left a wake-up behind.
  BOOST_REQUIRE(store.waits.comes_true([](int count) { return count >= 2; }));
  BOOST_TEST((store.rounds.get() == std::vector{by_time, told, by_time}));
  processor.notify();
  BOOST_REQUIRE(store.rounds.comes_true(at_least(4)));
  BOOST_TEST((store.rounds.get()[3] == told));
  // A stop wakes it as well: that is no news for a later step.
  BOOST_REQUIRE(store.waits.comes_true([](int count) { return count >= 3; }));
  value(running.stop());
  value(processor.step());
  BOOST_TEST((store.rounds.get().back() == by_time));
}

BOOST_AUTO_TEST_CASE(it_wakes_when_the_clock_reaches_the_next_window) {
  SmallWorld world;
  auto plan = world.plan();
  plan.first_call_time = 12h;
  world.active_campaign(1, plan);
  TestDialer dialer;
  Processor processor(*world.store, dialer, {.poll = std::chrono::hours(1)});
  Running running(processor);
  world.clock->advance_to(at("2026-03-25T12:00:00Z"));
  BOOST_TEST(dialer.dialed.comes_true(at_least(1)));
  value(running.stop());
}

BOOST_AUTO_TEST_CASE(it_notices_what_others_write_without_being_told) {
  SmallWorld world;
  TestDialer dialer;
  Processor processor(*world.store, dialer, {.poll = std::chrono::hours(1)});
  Running running(processor);
  world.active_campaign(1);
  BOOST_TEST(dialer.dialed.comes_true(at_least(1)));
  value(running.stop());
}

BOOST_AUTO_TEST_CASE(a_database_that_was_not_migrated_ends_it_at_once) {
  const auto store = value(open_store("sqlite::memory:"));
  TestDialer dialer;
  Processor processor(*store, dialer);
  const auto result = processor.run({});
  BOOST_REQUIRE(!result);
  BOOST_CHECK(result.error().code == ErrorCode::corrupt);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
