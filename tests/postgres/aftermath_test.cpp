// A large campaign that is cancelled keeps no call waiting, and a dump that is restored is whole.
#include <boost/test/unit_test.hpp>

#include <cstdlib>
#include <memory>
#include <string>

#include "callqueue/call_queue.hpp"
#include "postgres_support.hpp"
#include "services/small_world.hpp"

namespace {

using namespace postgres_tests;
using namespace small_world;

constexpr char kManyRows[] = R"sql(
  WITH people AS (
    INSERT INTO contacts (user_id, phone_number)
    SELECT user_id, '+4989' || i FROM call_campaigns, generate_series(1, $2) i WHERE id = $1
    RETURNING id, user_id, phone_number)
  INSERT INTO call_queue (user_id, campaign_id, agent_id, contact_id, phone_number)
  SELECT c.user_id, c.id, c.agent_id, p.id, p.phone_number
  FROM people p JOIN call_campaigns c ON c.id = $1)sql";

/// A campaign of 3,000 that somebody's SQL has cancelled, and one with calls to make.
struct Cancelled {
  FreshDatabase database;
  SmallWorld world{database.url()};
  CallCampaign large = world.active_campaign(1);
  CallCampaign small = world.active_campaign(2);
  Connection sql = database.connect();

  Cancelled() {
    while (value(world.store->advance()).more) {
    }
    sql.query(kManyRows, large.id, 3000);
    sql.query("UPDATE call_campaigns SET status = 'cancelled' WHERE id = $1", large.id);
  }
  [[nodiscard]] std::int64_t unswept() {
    return sql
        .value<std::int64_t>(
            "SELECT count(*) FROM call_queue WHERE campaign_id = $1 AND status = 'queued'",
            large.id)
        .value();
  }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(sweeps)

BOOST_AUTO_TEST_CASE(a_claim_does_not_wait_for_all_rows_of_a_cancelled_campaign) {
  Cancelled cancelled;
  const auto claimed = value(CallQueue{*cancelled.world.store}.claim({.worker = "w", .limit = 2}));
  BOOST_REQUIRE_EQUAL(claimed.size(), 2U);
  BOOST_CHECK(claimed.front().call.campaign_id == cancelled.small.id);
  BOOST_TEST(cancelled.unswept() > 0);
  for (int i = 0; i < 10 && cancelled.unswept() > 0; ++i) {
    value(CallQueue{*cancelled.world.store}.claim({.worker = "w", .limit = 1}));
  }
  BOOST_TEST(cancelled.unswept() == 0);
}

BOOST_AUTO_TEST_CASE(a_campaign_that_somebody_sweeps_is_left_to_him) {
  Cancelled cancelled;
  auto holder = cancelled.database.connect();
  holder.execute("BEGIN");
  holder.query("SELECT 1 FROM call_campaigns WHERE id = $1 FOR NO KEY UPDATE", cancelled.large.id);
  const auto store = value(open_store(cancelled.database.url(),
                                      {.clock = cancelled.world.clock, .busy_timeout = 100ms}));
  BOOST_TEST(value(store->advance()).swept == 0);
  holder.execute("COMMIT");
  while (value(store->advance()).more) {
  }
  BOOST_TEST(cancelled.unswept() == 0);
}

BOOST_AUTO_TEST_CASE(a_dump_that_is_restored_is_whole) {
  const FreshDatabase database;
  const FreshDatabase restored;
  BOOST_REQUIRE(value(open_store(database.url()))->migrate());
  const auto command = "pg_dump --no-sync --dbname='" + database.url() +
                       "' | psql -X -q -v ON_ERROR_STOP=1 --dbname='" + restored.url() +
                       "' >/dev/null";
  BOOST_REQUIRE_EQUAL(std::system(command.c_str()), 0);
  auto report = value(value(open_store(restored.url()))->verify());
  for (const auto& item : report.items) BOOST_TEST(item.ok, item.name << ": " << item.detail);
  // What was altered is still told.
  restored.connect().execute(
      "ALTER TABLE call_queue DROP CONSTRAINT call_queue_status_check, ADD CONSTRAINT "
      "call_queue_status_check CHECK (status IN ('queued', 'processing', 'completed', 'failed', "
      "'cancelled', 'lost'))");
  report = value(value(open_store(restored.url()))->verify());
  BOOST_TEST(!report.ok());
}

BOOST_AUTO_TEST_SUITE_END()
