// Two stores that report the ends of a campaign's last two calls: one is held up at each of its
// round trips in turn, the other goes as far as it gets meanwhile.
#include <array>
#include <boost/test/unit_test.hpp>
#include <future>
#include <thread>

#include "postgres_support.hpp"
#include "proxy.hpp"
#include "services/small_world.hpp"

namespace {

using namespace postgres_tests;
using namespace small_world;

constexpr char kCountCompletions[] = R"sql(
  CREATE TABLE completions (campaign_id uuid);
  CREATE FUNCTION note_completion() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    INSERT INTO completions VALUES (NEW.id);
    RETURN NULL;
  END $$;
  CREATE TRIGGER note_completion AFTER UPDATE OF status ON call_campaigns
    FOR EACH ROW WHEN (NEW.status = 'completed' AND OLD.status <> 'completed')
    EXECUTE FUNCTION note_completion())sql";

/// What the round trips of a report hold, in this order, as it goes over the wire: the beginning;
/// the locks and what is read; what is written and committed.
const std::array<std::string, 3> kTripsOfReport = {
    "BEGIN ISOLATION LEVEL READ COMMITTED",
    "SELECT 1 FROM call_campaigns p WHERE p.id IN",
    {"COMMIT", 7},
};

struct LastCalls {
  FreshDatabase database;
  SmallWorld world{database.url()};
  Connection sql = database.connect();
  Proxy network;
  std::unique_ptr<Store> held_up =
      value(open_store(network.url(database.name()),
                       {.clock = world.clock, .connections = 1, .prepare_statements = false}));
  std::unique_ptr<Store> beside = value(open_store(database.url(), {.clock = world.clock}));
  int waited = 0;

  LastCalls() {
    sql.execute(kCountCompletions);
    value(held_up->now());
  }

  void report_both(void (Proxy::*hang)(std::string), const std::string& trip) {
    const auto campaign = world.active_campaign(2);
    while (value(world.store->advance()).more) {
    }
    const auto calls = value(world.store->claim({.worker = "w", .limit = 2}));
    BOOST_REQUIRE_EQUAL(calls.size(), 2U);
    (network.*hang)(trip);
    auto first = report(*held_up, calls.front().call);
    BOOST_REQUIRE(network.wait_until_hung());
    auto second = report(*beside, calls.back().call);
    waited += gets_through(second) ? 0 : 1;
    network.resume();
    BOOST_TEST(value(first.get()).front().has_value());
    BOOST_TEST(value(second.get()).front().has_value());

    const auto after = value(beside->find_campaign(world.user.id, campaign.id));
    BOOST_CHECK(after.status == CampaignStatus::completed);
    BOOST_TEST(after.completed_calls == 2);
    BOOST_TEST(sql.value<int>("SELECT count(*)::integer FROM completions WHERE campaign_id = $1",
                              campaign.id)
                   .value() == 1);
  }

 private:
  using Reports = Result<std::vector<Result<CallReport>>>;

  static std::future<Reports> report(Store& store, const Call& call) {
    return std::async(std::launch::async, [&store, call] {
      const CallEvent event{
          .user_id = call.user_id, .call_id = call.id, .status = CallStatus::completed};
      return store.report_events({&event, 1});
    });
  }

  /// Or it waits for a lock that the other one has.
  bool gets_through(std::future<Reports>& report) {
    const char* const waits =
        "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() "
        "AND wait_event_type = 'Lock'";
    const auto until = std::chrono::steady_clock::now() + 30s;
    while (std::chrono::steady_clock::now() < until) {
      if (report.wait_for(0s) == std::future_status::ready) return true;
      if (sql.value<int>(waits)) return false;
    }
    BOOST_FAIL("it neither waits nor gets through");
    return false;
  }
};

BOOST_AUTO_TEST_SUITE(last_calls)

BOOST_AUTO_TEST_CASE(two_reports_of_the_last_calls_complete_the_campaign_once) {
  LastCalls there;
  for (const auto& trip : kTripsOfReport) {
    for (const auto hang : {&Proxy::hang_before, &Proxy::hang_after}) {
      BOOST_TEST_CONTEXT(trip) { there.report_both(hang, trip); }
    }
  }
  // Once the campaign is locked, until it is committed.
  BOOST_TEST(there.waited == 2);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
