// A host's SQL that writes a campaign and its rows at once: neither sees the other until it ends.
#include <boost/test/unit_test.hpp>

#include "hosts.hpp"

using namespace postgres_tests;

namespace {

/// A seed's database, taken over, in which no campaign runs.
struct TakenOver : Host {
  TakenOver() : Host(kSeedsHost) {
    must(store->migrate());
    sql.execute("UPDATE call_campaigns SET status = 'paused'; UPDATE users SET timezone = 'UTC'");
  }
};

constexpr char kCampaign[] = R"sql(
  INSERT INTO call_campaigns (user_id, name, agent_id, first_call_time, last_call_time, status, start_date)
  SELECT user_id, 'One', id, '00:00', '24:00', 'active', '2026-01-01' FROM agents
  WHERE user_id = '00000000-0000-4000-8000-00000000000a' RETURNING id, user_id, agent_id)sql";

}  // namespace

BOOST_AUTO_TEST_SUITE(one_statement)

BOOST_AUTO_TEST_CASE(rows_that_come_with_their_campaign_are_called) {
  TakenOver host;
  host.sql.execute(std::string{"WITH campaign AS ("} + kCampaign + R"sql(), people AS (
      INSERT INTO contacts (id, user_id, name, phone_number, timezone)
      SELECT gen_random_uuid(), user_id, 'New ' || n, '+4930231277' || n, CASE n WHEN 12 THEN 'Asia/Tokyo' END
      FROM campaign, generate_series(11, 13) n RETURNING id, user_id, phone_number)
    INSERT INTO call_queue (user_id, campaign_id, agent_id, contact_id, phone_number)
    SELECT p.user_id, c.id, c.agent_id, p.id, p.phone_number FROM campaign c, people p)sql");

  BOOST_TEST(wrong(*host.store) == "");
  BOOST_TEST(
      host.text("SELECT string_agg(l.timezone, ' ' ORDER BY q.phone_number) FROM call_queue q "
                "JOIN callqueue_lanes l USING (lane_id) WHERE q.phone_number LIKE "
                "'+4930231277%'") == "UTC Asia/Tokyo UTC");
  BOOST_TEST(work_off(*host.store) == 3);
  BOOST_TEST(host.text("SELECT status FROM call_campaigns WHERE name = 'One'") == "completed");
}

BOOST_AUTO_TEST_CASE(rows_that_move_into_a_campaign_of_the_same_statement_are_called) {
  TakenOver host;
  const auto queued = host.number(
      "SELECT count(*) FROM call_queue WHERE status = 'queued' AND campaign_id IN "
      "(SELECT id FROM call_campaigns WHERE user_id = '00000000-0000-4000-8000-00000000000a')");
  host.sql.execute(std::string{"WITH campaign AS ("} + kCampaign + R"sql()
    UPDATE call_queue q SET campaign_id = c.id FROM campaign c
    WHERE q.user_id = c.user_id AND q.status = 'queued')sql");

  BOOST_TEST(wrong(*host.store) == "");
  BOOST_TEST(work_off(*host.store) == queued);
}

BOOST_AUTO_TEST_SUITE_END()
