// What the end of a call touches, as the server counts it: not what lies behind it in its campaign.
#include <boost/test/unit_test.hpp>

#include <array>
#include <memory>
#include <string>
#include <vector>

#include "callqueue/store.hpp"
#include "postgres_support.hpp"

namespace {

using namespace postgres_tests;

constexpr char kFinishRow[] =
    "UPDATE call_queue SET status = 'completed', completed_at = clock_timestamp() WHERE id = $1";
constexpr char kFinishAllBut[] = R"sql(
  UPDATE call_queue SET status = 'completed', completed_at = clock_timestamp()
  WHERE campaign_id = $1 AND id NOT IN (SELECT id FROM call_queue ORDER BY id DESC LIMIT $2))sql";
constexpr char kRead[] = R"sql(
  SELECT seq_tup_read + idx_tup_fetch FROM pg_stat_xact_user_tables WHERE relname = 'call_queue')sql";

constexpr char kOthers[] = R"sql(
  SELECT count(*) FROM pg_stat_activity
  WHERE datname = current_database() AND backend_type = 'client backend' AND pid <> pg_backend_pid())sql";
constexpr char kListed[] = "SELECT count(*) FROM contacts WHERE user_id = $1";
constexpr char kReadByIndex[] = R"sql(
  SELECT sum(idx_tup_read)::bigint FROM pg_stat_user_indexes WHERE relname = 'contacts')sql";

constexpr char kOtherCampaigns[] = R"sql(
  INSERT INTO call_campaigns (user_id, name, agent_id, start_date, first_call_time, last_call_time, status)
  SELECT user_id, 'other', agent_id, start_date, first_call_time, last_call_time, 'paused'
  FROM call_campaigns, generate_series(1, 3000) WHERE id = $1)sql";
constexpr char kOtherLanes[] = R"sql(
  INSERT INTO callqueue_lanes (user_id, campaign_id, timezone, campaign_status)
  SELECT user_id, id, 'UTC', status FROM call_campaigns WHERE name = 'other')sql";
constexpr char kReadOfLanes[] = R"sql(
  SELECT sum(seq_tup_read + idx_tup_fetch)::bigint FROM pg_stat_user_tables
  WHERE relname IN ('callqueue_lanes', 'callqueue_campaign_rules'))sql";

/// A draft of a user's own.
CallCampaign draft_in(Store& store) {
  const auto user = store.create_user({.name = "Ann"}).value();
  const auto agent = store.create_agent({.user_id = user.id, .name = "a"}).value();
  CallCampaign campaign;
  campaign.user_id = user.id;
  campaign.agent_id = agent.id;
  campaign.name = "c";
  campaign.start_date = std::chrono::year{2026} / 1 / 1;
  return store.create_campaign(campaign).value();
}

/// A campaign most of whose rows are final, as it is on its last day.
class LateCampaign {
 public:
  LateCampaign() : store_(open_store(database_.url()).value()), connection_(database_.connect()) {
    store_->migrate().value();
    campaign_ = draft_in(*store_).id;
    add_rows(3000);
    // The server plans with what it knew before the calls were made.
    connection_.execute("VACUUM ANALYZE");
    connection_.query("UPDATE call_campaigns SET status = 'active' WHERE id = $1", campaign_);
    connection_.query(kFinishAllBut, campaign_, 3);
  }

  [[nodiscard]] Uuid queued_row() {
    return connection_
        .value<Uuid>(
            "SELECT id FROM call_queue WHERE campaign_id = $1 AND status = 'queued' LIMIT 1",
            campaign_)
        .value();
  }
  /// Another one: the server counts a session's work up for a while before it tells.
  [[nodiscard]] Connection connect() const { return database_.connect(); }

 private:
  void add_rows(int count) {
    connection_.query(R"sql(
      WITH people AS (
        INSERT INTO contacts (user_id, phone_number)
        SELECT user_id, '+4930' || i FROM call_campaigns, generate_series(1, $2) i WHERE id = $1
        RETURNING id, user_id, phone_number)
      INSERT INTO call_queue (user_id, campaign_id, agent_id, contact_id, phone_number)
      SELECT c.user_id, c.id, c.agent_id, p.id, p.phone_number
      FROM people p JOIN call_campaigns c ON c.id = $1)sql",
                      campaign_, count);
  }

  FreshDatabase database_;
  std::unique_ptr<Store> store_;
  Connection connection_;
  CampaignId campaign_;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(cost)

BOOST_AUTO_TEST_CASE(the_end_of_a_call_reads_a_few_rows_of_its_campaign) {
  LateCampaign late;
  const auto row = late.queued_row();
  auto connection = late.connect();
  connection.execute(
      "BEGIN; SET LOCAL plan_cache_mode = force_generic_plan; SET LOCAL enable_seqscan = off");
  BOOST_TEST(connection.change(kFinishRow, row) == 1);
  // Itself, and one that is still open.
  const auto read = connection.value<std::int64_t>(kRead).value();
  connection.execute("COMMIT");
  BOOST_TEST(read >= 1);
  BOOST_TEST(read <= 10);
}

BOOST_AUTO_TEST_CASE(the_first_import_does_not_read_the_whole_list_for_each_row) {
  const FreshDatabase database;
  const auto user = [&] {
    const auto store = open_store(database.url()).value();
    store->migrate().value();
    const auto campaign = draft_in(*store);
    const auto user_id = campaign.user_id;
    std::vector<ImportRow> rows(4000);
    std::vector<std::string> numbers;
    for (std::size_t i = 0; i < rows.size(); ++i) {
      numbers.push_back("+4930" + std::to_string(1'000'000 + i));
    }
    for (std::size_t i = 0; i < rows.size(); ++i) rows[i].phone_number = numbers[i];
    const auto id = store->begin_import({.user_id = user_id, .campaign_id = campaign.id}).value();
    store->stage_import(user_id, id, rows).value();
    BOOST_REQUIRE(store->publish_import(user_id, id).has_value());
    return user_id;
  }();
  auto connection = database.connect();
  // Sessions tell what they have read when they end.
  while (connection.value<std::int64_t>(kOthers).value() > 0) {
  }
  BOOST_TEST(connection.value<std::int64_t>(kListed, user).value() == 4000);
  const auto read = connection.value<std::int64_t>(kReadByIndex).value();
  // The first thousand are read as long as the table counts as empty: 500,000; all of them would be
  // eight million.
  BOOST_TEST(read > 0);
  BOOST_TEST(read < 1'500'000);
}

BOOST_AUTO_TEST_CASE(a_claim_does_not_read_the_lanes_of_others) {
  const FreshDatabase database;
  auto connection = database.connect();
  {
    const auto store = open_store(database.url()).value();
    store->migrate().value();
    const auto campaign = draft_in(*store);
    const auto contact =
        store->create_contact({.user_id = campaign.user_id, .phone_number = "+4930123456"}).value();
    const NewQueuedCall row{.contact_id = contact.id, .campaign_id = campaign.id};
    store->add_queued_calls(campaign.user_id, std::array{row}).value();
    connection.query(kOtherCampaigns, campaign.id);
    connection.query(kOtherLanes);
    connection.query(
        "UPDATE call_campaigns SET status = 'active', first_call_time = '00:00', last_call_time = "
        "'24:00' WHERE id = $1",
        campaign.id);
    while (store->advance({.budget = 100'000}).value().more) {
    }
    connection.execute("ANALYZE");
  }
  const auto read = [&] {
    while (connection.value<std::int64_t>(kOthers).value() > 0) {
    }
    return connection.value<std::int64_t>(kReadOfLanes).value();
  };
  const auto before = read();
  BOOST_TEST(open_store(database.url()).value()->claim({.worker = "w"}).value().size() == 1);
  const auto of_the_claim = read() - before;
  BOOST_TEST(of_the_claim > 0);
  BOOST_TEST(of_the_claim < 100);
}

BOOST_AUTO_TEST_SUITE_END()
