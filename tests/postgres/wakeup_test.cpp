#include <boost/test/unit_test.hpp>
#include <future>
#include <thread>

#include "postgres/listener.hpp"
#include "postgres_support.hpp"
#include "processor/dialers.hpp"
#include "store/changes.hpp"

namespace {

using namespace postgres_tests;
using namespace processor_tests;

constexpr auto never = std::chrono::hours(1);

/// What the server's sessions that wait for changes ran last.
constexpr char kListening[] = R"sql(
  SELECT max(pid)::integer FROM pg_stat_activity
  WHERE datname = current_database() AND query LIKE '%pg_snapshot_xmax%' AND pid <> pg_backend_pid())sql";

/// Whether nobody in the database has asked for anything for a while, but for those who wait.
constexpr char kIsStill[] = R"sql(
  SELECT coalesce(max(state_change) < clock_timestamp() - interval '200 ms', true)
  FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()
    AND query NOT LIKE '%pg_snapshot_xmax%')sql";

/// A world of which a second store, with a processor at work, hears by notifications alone.
struct Elsewhere {
  explicit Elsewhere(StoreOptions options = {.look_interval = never}) {
    options.clock = world.clock;
    store = value(open_store(database.url(), options));
  }

  /// Has the processor dial so many calls, and fall asleep: whatever it finds from here on it was
  /// told of.
  void start(std::size_t calls = 0) {
    processor = std::make_unique<Processor>(*store, dialer, ProcessorOptions{.poll = never});
    running = std::make_unique<Running>(*processor);
    BOOST_REQUIRE(dials(calls));
    BOOST_REQUIRE(soon([&] { return listening() && sql.value<bool>(kIsStill) == true; }));
  }
  [[nodiscard]] bool dials(std::size_t calls) {
    return dialer.dialed.comes_true([&](const auto& ids) { return ids.size() >= calls; });
  }
  [[nodiscard]] std::optional<int> listening() { return sql.value<int>(kListening); }
  template <class Condition>
  [[nodiscard]] static bool soon(Condition&& condition) {
    const auto end = std::chrono::steady_clock::now() + patience;
    while (!condition()) {
      if (std::chrono::steady_clock::now() >= end) return false;
      std::this_thread::yield();
    }
    return true;
  }
  /// By somebody who knows nothing of the library.
  void insert_row() {
    sql.query(R"sql(
      INSERT INTO call_queue (user_id, agent_id, contact_id, phone_number, contact_name, scheduled_for)
      SELECT user_id, (SELECT min(id::text)::uuid FROM agents), id, phone_number, name, '2026-03-25'
      FROM contacts LIMIT 1)sql");
  }
  [[nodiscard]] std::unique_ptr<ChangeListener> listener() const {
    return std::make_unique<Listener>(database.url(), Listener::Options{.look = never},
                                      world.clock);
  }

  FreshDatabase database;
  SmallWorld world{database.url()};
  Connection sql = database.connect();
  TestDialer dialer;
  std::unique_ptr<Store> store;
  std::unique_ptr<Processor> processor;
  std::unique_ptr<Running> running;
};

BOOST_AUTO_TEST_SUITE(wakeups)

BOOST_AUTO_TEST_CASE(a_call_that_another_process_queues_is_dialed_without_polling) {
  Elsewhere there;
  const auto campaign = there.world.active_campaign(1);
  there.start(1);
  there.world.fill(campaign.id, 1);
  BOOST_TEST(there.dials(2));
}

BOOST_AUTO_TEST_CASE(so_is_one_whose_campaign_is_started_again) {
  Elsewhere there;
  CallCampaigns campaigns(*there.world.store);
  const auto campaign = there.world.active_campaign(1);
  value(campaigns.pause(there.world.user.id, campaign.id));
  there.start();
  value(campaigns.resume(there.world.user.id, campaign.id));
  BOOST_TEST(there.dials(1));
}

BOOST_AUTO_TEST_CASE(so_is_one_that_waited_for_a_slot) {
  Elsewhere there;
  auto& world = there.world;
  world.active_campaign(4);
  there.start(2);
  const std::vector<CallEvent> events{ended(world.calls().front(), CallStatus::completed)};
  value(world.store->report_events(events));
  BOOST_REQUIRE(there.dials(3));
  value(world.store->set_user_limits(world.user.id, 3, {}));
  BOOST_TEST(there.dials(4));
}

BOOST_AUTO_TEST_CASE(so_is_what_an_import_publishes) {
  Elsewhere there;
  auto& world = there.world;
  const auto campaign = world.active_campaign(1);
  there.start(1);
  const auto import =
      value(world.store->begin_import({.user_id = world.user.id, .campaign_id = campaign.id}));
  const std::vector<ImportRow> rows{{.phone_number = "+4930999", .name = "Zoe"}};
  value(world.store->stage_import(world.user.id, import, rows));
  value(world.store->publish_import(world.user.id, import));
  BOOST_TEST(there.dials(2));
}

BOOST_AUTO_TEST_CASE(somebody_elses_sql_may_notify) {
  Elsewhere there;
  there.world.contact();
  there.start();
  there.insert_row();
  there.sql.execute("SELECT callqueue_notify()");
  BOOST_TEST(there.dials(1));
}

BOOST_AUTO_TEST_CASE(what_nobody_notified_of_is_found_by_looking) {
  for (const bool listens : {true, false}) {
    Elsewhere there({.listen = listens, .look_interval = 100ms});
    there.world.contact();
    there.start();
    there.insert_row();
    BOOST_TEST(there.dials(1));
  }
}

BOOST_AUTO_TEST_CASE(a_processor_whose_listening_session_was_ended_listens_again) {
  Elsewhere there;
  const auto campaign = there.world.active_campaign(1);
  there.start(1);
  const auto first = there.listening();
  there.sql.query("SELECT pg_terminate_backend($1)", *first);
  BOOST_REQUIRE(there.soon([&] {
    const auto now = there.listening();
    return now && *now != *first;
  }));
  there.world.fill(campaign.id, 1);
  BOOST_TEST(there.dials(2));
}

BOOST_AUTO_TEST_CASE(a_stop_is_heard_while_others_change_much_that_starts_nothing) {
  Elsewhere there;
  const std::jthread others{[&](const std::stop_token& over) {
    auto sql = there.database.connect();
    const auto told = to_text(Changes{.users = {there.world.user.id}});
    while (!over.stop_requested()) sql.query("SELECT callqueue_notify($1)", told);
  }};
  Processor processor(*there.store, there.dialer, {.poll = never});
  for (int i = 0; i < 20; ++i) {
    Running run(processor);
    BOOST_REQUIRE(there.soon([&] { return there.listening().has_value(); }));
    auto stopped = std::async(std::launch::async, [&] { return run.stop(); });
    const bool in_time = stopped.wait_for(patience) == std::future_status::ready;
    BOOST_TEST(in_time);
    while (stopped.wait_for(10ms) != std::future_status::ready) processor.notify();
    if (!in_time) break;
  }
}

BOOST_AUTO_TEST_CASE(a_thousand_calls_queued_in_a_row_are_few_notifications) {
  Elsewhere there;
  auto& world = there.world;
  std::vector<QueueRequest> requests;
  for (int i = 0; i < 1000; ++i) {
    requests.push_back({.contact_id = world.contact().id, .agent_id = world.agent.id});
  }
  auto heard = there.database.connect();
  heard.execute("LISTEN " + heard.value<std::string>("SELECT callqueue_channel()").value());
  const auto start = std::chrono::steady_clock::now();
  CallQueue queue(*world.store);
  for (const auto& request : requests) value(queue.add_direct(world.user.id, request));
  world.store.reset();  // Tells of the last ones.
  const auto took = std::chrono::steady_clock::now() - start;
  std::size_t count = 0;
  for (const auto& text : heard.notified()) count += parse_changes(text).may_start ? 1U : 0U;
  BOOST_TEST(count >= 1u);
  BOOST_TEST(count <= static_cast<std::size_t>(took / 5ms) + 2);
}

BOOST_AUTO_TEST_CASE(a_process_that_ends_at_once_has_told_what_it_did) {
  Elsewhere there;
  const auto listener = there.listener();
  there.world.contact();
  there.world.store.reset();
  BOOST_TEST(listener->wait(patience).any());
}

BOOST_AUTO_TEST_CASE(a_listener_is_told_whose_rows_changed_and_whether_something_may_start) {
  Elsewhere there;
  auto& world = there.world;
  world.active_campaign(1);
  while (value(world.store->advance()).more) {
  }
  world.store.reset();  // Tells of what it did.
  const auto listener = there.listener();
  const auto told_of = [&](UserId user, bool may_start) {
    return there.soon([&] {
      const auto changes = listener->wait(patience);
      return !changes.everyone && changes.users == std::vector{user} &&
             changes.may_start == may_start;
    });
  };
  const auto other = value(there.store->create_user({.name = "Bea"}));
  BOOST_TEST(told_of(other.id, true));
  const auto claimed = value(there.store->claim({.worker = "w"}));
  BOOST_REQUIRE(claimed.size() == 1u);
  BOOST_TEST(told_of(world.user.id, false));
  const std::vector<CallEvent> events{ended(claimed.front().call, CallStatus::completed)};
  value(there.store->report_events(events));
  BOOST_TEST(told_of(world.user.id, true));
  value(there.store->set_system_limit(7));
  BOOST_TEST(there.soon([&] { return listener->wait(patience).everyone; }));
}

BOOST_AUTO_TEST_CASE(what_changes_nothing_is_told_to_nobody) {
  Elsewhere there;
  value(there.world.store->advance());  // The first one notes what zone data there is.
  there.world.store.reset();
  const auto listener = there.listener();
  value(there.store->advance());
  BOOST_REQUIRE(value(there.store->claim({.worker = "w"})).empty());
  there.store.reset();
  BOOST_TEST(!listener->wait(0ms).any());
}

BOOST_AUTO_TEST_CASE(a_wait_ends_when_it_is_woken_or_the_clock_has_come) {
  Elsewhere there;
  there.world.store.reset();
  const auto listener = there.listener();
  listener->wake();
  BOOST_TEST(!listener->wait(never).any());
  const std::jthread later([&] { listener->wake(); });
  BOOST_TEST(!listener->wait(never).any());
  const auto soon = there.world.clock->now() + 10min;
  const std::jthread time([&] { there.world.clock->advance_to(soon); });
  BOOST_TEST(!listener->wait(never, soon).any());
}

BOOST_AUTO_TEST_CASE(without_a_server_there_is_nothing_to_tell_until_it_is_back) {
  Listener nobody{"postgresql:///db?host=/nowhere", {}, nullptr};
  ChangeListener& listener = nobody;
  BOOST_TEST(!listener.wait(1ms).any());
  BOOST_TEST(!listener.wait(never, SystemClock{}.now()).any());
}

BOOST_AUTO_TEST_CASE(changes_come_back_from_their_text_as_they_went) {
  UuidSource uuids{7};
  const UserId ann{uuids.next({})};
  const UserId bob{uuids.next({})};
  for (const auto& changes :
       {Changes::of_everyone(), Changes{.everyone = true}, Changes{.users = {ann}},
        Changes{.may_start = true, .users = {ann, bob}}}) {
    const auto back = parse_changes(to_text(changes));
    BOOST_TEST(back.may_start == changes.may_start);
    BOOST_TEST(back.everyone == changes.everyone);
    BOOST_CHECK(back.users == changes.users);
  }
}

BOOST_AUTO_TEST_CASE(a_text_that_nobody_understands_means_everybody) {
  for (const char* text : {"", "hello", "start", "change nobody", "start 17 *"}) {
    BOOST_TEST(parse_changes(text).everyone);
  }
}

BOOST_AUTO_TEST_CASE(more_users_than_a_text_holds_are_everybody) {
  UuidSource uuids{7};
  Changes changes;
  for (int i = 0; i < 1000; ++i) merge(changes, {.users = {UserId{uuids.next({})}}});
  BOOST_TEST(changes.everyone);
  BOOST_TEST(to_text(changes) == "change *");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
