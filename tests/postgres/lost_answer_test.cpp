#include <boost/test/unit_test.hpp>
#include <thread>

#include "postgres_support.hpp"
#include "proxy.hpp"
#include "services/small_world.hpp"

namespace {

using namespace postgres_tests;
using namespace small_world;

/// As it goes over the wire: `BEGIN … READ COMMITTED` is another one.
const std::string kCommit{"COMMIT", 7};
const std::string kClaim = "callqueue_claim";

/// A world, and a second store on its database whose network is in the test's hands.
struct Fragile {
  FreshDatabase database;
  SmallWorld world{database.url()};
  Connection sql = database.connect();
  Proxy proxy;
  std::unique_ptr<Store> store = value(open_store(
      proxy.url(database.name()),
      // Statements are known by their text. One connection: what is lost is what was used.
      {.clock = world.clock, .connections = 1, .prepare_statements = false, .listen = false}));

  /// Runs `work`, and cuts the connection as soon as the proxy hangs.
  template <class Work>
  auto cut_when_hung(Work&& work) {
    const std::jthread scissors([this] {
      if (proxy.wait_until_hung()) proxy.cut();
    });
    return work();
  }
  CallCampaign campaign(int contacts) {
    const auto active = world.active_campaign(contacts);
    while (value(world.store->advance()).more) {  // Its windows are computed.
    }
    return active;
  }
  [[nodiscard]] int count(const char* counted) { return sql.value<int>(counted).value(); }
  [[nodiscard]] int calls() { return count("SELECT count(*)::integer FROM calls"); }
  [[nodiscard]] int active() { return value(world.store->system_slots()).active; }
  [[nodiscard]] auto claim(const std::string& worker = "w") {
    return store->claim({.worker = worker, .limit = 2});
  }
};

std::vector<CallRef> refs(const std::vector<ClaimedCall>& claimed) {
  std::vector<CallRef> all;
  for (const auto& one : claimed) all.push_back({one.call.user_id, one.call.id});
  return all;
}

BOOST_AUTO_TEST_SUITE(lost_answers)

BOOST_AUTO_TEST_CASE(a_claim_that_was_made_but_not_answered_is_answered_over_a_new_connection) {
  Fragile fragile;
  fragile.campaign(5);
  fragile.proxy.hang_after(kClaim);
  const auto claimed = value(fragile.cut_when_hung([&] { return fragile.claim(); }));
  BOOST_TEST(claimed.size() == 2u);
  BOOST_TEST(fragile.calls() == 2);
  BOOST_TEST(value(fragile.store->begin_dial(refs(claimed), "w")).size() == 2u);
}

BOOST_AUTO_TEST_CASE(a_claim_that_never_arrived_is_made_over_a_new_connection) {
  Fragile fragile;
  fragile.campaign(5);
  fragile.proxy.hang_before(kClaim);
  const auto claimed = value(fragile.cut_when_hung([&] { return fragile.claim(); }));
  BOOST_TEST(claimed.size() == 2u);
  BOOST_TEST(fragile.calls() == 2);
}

BOOST_AUTO_TEST_CASE(a_claim_that_waits_for_its_lock_when_it_is_lost_is_made_once) {
  Fragile fragile;
  value(fragile.world.store->set_user_limits(fragile.world.user.id, 10, {}));
  fragile.campaign(10);
  fragile.sql.execute("BEGIN; SELECT callqueue_lock()");
  auto looks = fragile.database.connect();
  const auto waiting = [&](int claims) {
    const char* const sql =
        "SELECT count(*)::integer FROM pg_stat_activity WHERE datname = current_database() "
        "AND wait_event = 'advisory'";
    const auto end = std::chrono::steady_clock::now() + 30s;
    while (looks.value<int>(sql) != claims && std::chrono::steady_clock::now() < end) {
      std::this_thread::yield();
    }
    return looks.value<int>(sql) == claims;
  };
  Result<std::vector<ClaimedCall>> claimed;
  std::jthread claimer([&] { claimed = fragile.claim(); });
  BOOST_REQUIRE(waiting(1));
  fragile.proxy.cut();
  // The server does not know yet: the first one still waits, and the second one behind it.
  BOOST_REQUIRE(waiting(2));
  fragile.sql.execute("COMMIT");
  claimer.join();
  BOOST_TEST(value(claimed).size() == 2u);
  BOOST_TEST(fragile.calls() == 2);
  BOOST_TEST(fragile.active() == 2);
}

BOOST_AUTO_TEST_CASE(what_a_lost_claim_started_goes_to_its_workers_next_claim_only) {
  Fragile fragile;
  value(fragile.world.store->set_user_limits(fragile.world.user.id, 10, {}));
  fragile.campaign(10);
  fragile.proxy.hang_after(kClaim);
  const std::jthread scissors([&] {
    if (!fragile.proxy.wait_until_hung()) return;
    fragile.proxy.hang_before(kClaim);  // The second attempt.
    fragile.proxy.cut();
    if (fragile.proxy.wait_until_hung()) fragile.proxy.cut();
  });
  const auto lost = fragile.claim();
  BOOST_REQUIRE(!lost);
  BOOST_CHECK(lost.error().code == ErrorCode::unavailable);
  BOOST_TEST(fragile.calls() == 2);
  BOOST_TEST(value(fragile.claim("another")).size() == 2u);
  BOOST_TEST(fragile.calls() == 4);
  const auto own = value(fragile.claim());
  BOOST_TEST(own.size() == 2u);
  BOOST_TEST(fragile.calls() == 4);
  for (const auto& call : own) BOOST_TEST(call.call.leased_by == "w");
  BOOST_TEST(value(fragile.claim()).size() == 2u);
  BOOST_TEST(fragile.calls() == 6);
}

BOOST_AUTO_TEST_CASE(what_has_ended_meanwhile_is_not_claimed_for_a_second_time) {
  Fragile fragile;
  fragile.campaign(5);
  fragile.proxy.hang_after(kClaim);
  // Between the two attempts everything is put back.
  const std::jthread scissors([&] {
    if (!fragile.proxy.wait_until_hung()) return;
    fragile.sql.execute("UPDATE calls SET lease_expires_at = '2026-01-01'");
    static_cast<void>(fragile.world.store->advance());
    fragile.proxy.cut();
  });
  const auto claimed = value(fragile.claim());
  BOOST_TEST(claimed.size() == 2u);
  BOOST_TEST(fragile.calls() == 4);
  BOOST_TEST(fragile.active() == 2);
}

BOOST_AUTO_TEST_CASE(outcomes_and_claims_whose_commit_was_not_answered_are_there_once) {
  Fragile fragile;
  fragile.campaign(5);
  const auto first = value(fragile.claim());
  std::vector<CallEvent> events;
  for (const auto& call : first) {
    events.push_back(
        {.user_id = call.call.user_id, .call_id = call.call.id, .status = CallStatus::completed});
  }
  fragile.proxy.hang_after(kCommit);
  const auto done = value(fragile.cut_when_hung(
      [&] { return fragile.store->finish_and_claim(events, {.worker = "w", .limit = 2}); }));
  BOOST_TEST(done.reports.size() == 2u);
  BOOST_TEST(done.claimed.size() == 2u);
  BOOST_TEST(fragile.calls() == 4);
  BOOST_TEST(fragile.active() == 2);
}

BOOST_AUTO_TEST_CASE(marks_whose_commit_was_not_answered_are_the_callers) {
  Fragile fragile;
  fragile.campaign(2);
  const auto claimed = value(fragile.claim());
  fragile.proxy.hang_after(kCommit);
  const auto marked =
      value(fragile.cut_when_hung([&] { return fragile.store->begin_dial(refs(claimed), "w"); }));
  BOOST_TEST(marked.size() == 2u);
  // Asked for by itself a second mark is none.
  BOOST_TEST(value(fragile.store->begin_dial(refs(claimed), "w")).empty());
}

BOOST_AUTO_TEST_CASE(a_mark_whose_commit_did_not_arrive_is_named_once) {
  Fragile fragile;
  fragile.campaign(5);
  const auto claimed = value(fragile.claim());
  fragile.proxy.hang_before(kCommit);
  const auto marked =
      value(fragile.cut_when_hung([&] { return fragile.store->begin_dial(refs(claimed), "w"); }));
  BOOST_TEST(marked.size() == 2u);
}

BOOST_AUTO_TEST_CASE(events_whose_commit_was_not_answered_count_once) {
  Fragile fragile;
  const auto campaign = fragile.campaign(2);
  const auto claimed = value(fragile.claim());
  const std::vector<CallEvent> events{{.user_id = fragile.world.user.id,
                                       .call_id = claimed.front().call.id,
                                       .status = CallStatus::completed}};
  fragile.proxy.hang_after(kCommit);
  BOOST_TEST(value(fragile.cut_when_hung([&] {
               return fragile.store->report_events(events);
             })).size() == 1u);
  BOOST_TEST(fragile.world.statistics(campaign).completed_calls == 1);
}

BOOST_AUTO_TEST_CASE(calls_and_slots_whose_commit_was_not_answered_are_there_once) {
  Fragile fragile;
  const auto contact = fragile.world.contact();
  const auto user = fragile.world.user.id;
  const std::vector<NewQueuedCall> rows{
      {.contact_id = contact.id, .agent_id = fragile.world.agent.id}};
  fragile.proxy.hang_after(kCommit);
  const auto added =
      value(fragile.cut_when_hung([&] { return fragile.store->add_queued_calls(user, rows); }));
  BOOST_TEST(added.size() == 1u);
  BOOST_TEST(fragile.count("SELECT count(*)::integer FROM call_queue") == 1);
  fragile.proxy.hang_after(kCommit);
  value(
      fragile.cut_when_hung([&] { return fragile.store->reserve_slot(user, "+4930123456", 60s); }));
  BOOST_TEST(fragile.calls() == 1);
}

BOOST_AUTO_TEST_CASE(what_could_be_done_twice_is_not_repeated) {
  Fragile fragile;
  fragile.proxy.hang_after(kCommit);
  const auto made = fragile.cut_when_hung(
      [&] { return fragile.store->create_user({.name = "Bea", .email = "b@example.org"}); });
  BOOST_REQUIRE(!made);
  BOOST_CHECK(made.error().code == ErrorCode::unavailable);
  BOOST_TEST(fragile.count("SELECT count(*)::integer FROM users WHERE name = 'Bea'") == 1);
}

BOOST_AUTO_TEST_CASE(a_lock_that_somebody_else_holds_is_waited_for_no_longer_than_said) {
  FreshDatabase database;
  SmallWorld world{database.url(), {.busy_timeout = 50ms}};
  const auto campaign = world.active_campaign(2);
  while (value(world.store->advance()).more) {
  }
  auto holder = database.connect();
  holder.execute("BEGIN; SELECT callqueue_lock(); SELECT 1 FROM call_campaigns FOR UPDATE");
  const auto is_unavailable = [](const auto& result) {
    return !result && result.error().code == ErrorCode::unavailable &&
           result.error().message.find("in the way") != std::string::npos;
  };
  BOOST_TEST(is_unavailable(world.store->claim({.worker = "w"})));
  BOOST_TEST(is_unavailable(world.store->set_user_limits(world.user.id, 1, {})));
  BOOST_TEST(is_unavailable(world.store->update_campaign(campaign)));
  holder.execute("ROLLBACK");
  BOOST_TEST(value(world.store->claim({.worker = "w"})).size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_statement_that_takes_too_long_is_ended_by_the_server) {
  FreshDatabase database;
  SmallWorld world{database.url()};
  const auto campaign = world.active_campaign(2);
  auto holder = database.connect();
  holder.execute("BEGIN; SELECT 1 FROM call_campaigns FOR UPDATE");
  const auto impatient = value(open_store(
      database.url(), {.clock = world.clock, .busy_timeout = 1h, .statement_timeout = 50ms}));
  const auto changed = impatient->update_campaign(campaign);
  BOOST_REQUIRE(!changed);
  BOOST_CHECK(changed.error().code == ErrorCode::unavailable);
  BOOST_TEST(changed.error().message.find("statement timeout") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_key_whose_commit_was_lost_is_still_its_askers) {
  Fragile fragile;
  const auto ann = fragile.world.user.id;
  fragile.proxy.hang_after(kCommit);
  const auto begun =
      value(fragile.cut_when_hung([&] { return fragile.store->begin_request(ann, "k"); }));
  BOOST_CHECK(begun.state == KeyedRequest::State::begun);
  fragile.proxy.hang_after(kCommit);
  value(fragile.cut_when_hung(
      [&] { return fragile.store->finish_request(ann, "k", begun.attempt, {}, {.status = 201}); }));
  BOOST_CHECK(value(fragile.store->begin_request(ann, "k")).state == KeyedRequest::State::done);
}

BOOST_AUTO_TEST_CASE(errors_whose_commit_was_lost_are_recorded_once) {
  Fragile fragile;
  const auto campaign = fragile.campaign(1);
  const std::vector<CsvError> errors{{.line = 2}, {.line = 3}};
  fragile.proxy.hang_after(kCommit);
  value(fragile.cut_when_hung([&] {
    return fragile.store->record_import_errors(campaign.user_id, campaign.id, ImportId{}, 1,
                                               errors);
  }));
  BOOST_TEST(fragile.count("SELECT count(*)::integer FROM callqueue_import_errors") == 2);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
