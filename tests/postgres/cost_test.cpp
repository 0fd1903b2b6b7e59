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

// Everything that the sessions which have ended read, in tables and in indexes.
constexpr char kReadInAll[] = R"sql(
  SELECT (SELECT sum(seq_tup_read) FROM pg_stat_user_tables)::bigint
       + (SELECT sum(idx_tup_read) FROM pg_stat_user_indexes)::bigint)sql";
// What the server knows of the tables stays what it is now.
constexpr char kForgetful[] = R"sql(
  DO $$ DECLARE t text; BEGIN
    FOR t IN SELECT quote_ident(relname) FROM pg_class WHERE relkind = 'r' AND relnamespace = current_schema()::regnamespace
    LOOP EXECUTE format('ALTER TABLE %s SET (autovacuum_enabled = off)', t); END LOOP;
  END $$)sql";
constexpr char kOtherUsers[] = R"sql(
  WITH people AS (INSERT INTO users (name) SELECT 'other' FROM generate_series(1, $1) RETURNING id),
    speakers AS (INSERT INTO agents (user_id, name) SELECT id, 'a' FROM people RETURNING id, user_id)
  INSERT INTO call_campaigns (user_id, agent_id, name, start_date, first_call_time, last_call_time, status)
  SELECT user_id, id, 'other', '2026-01-01', '00:00', '24:00', 'active' FROM speakers)sql";
constexpr char kCloseLanes[] =
    "UPDATE callqueue_lanes SET opens_at = now() + interval '1 hour', "
    "closes_at = now() + interval '2 hours' WHERE campaign_id IS NOT NULL";
constexpr char kOtherLanes[] = R"sql(
  INSERT INTO callqueue_lanes (user_id, campaign_id, timezone, campaign_status)
  SELECT user_id, id, 'UTC', status FROM call_campaigns WHERE name = 'other')sql";
constexpr char kRows[] = R"sql(
  WITH people AS (
    INSERT INTO contacts (user_id, phone_number)
    SELECT user_id, '+4930' || ($2 + i) FROM call_campaigns, generate_series(1, $3) i WHERE id = $1
    RETURNING id, user_id, phone_number)
  INSERT INTO call_queue (user_id, campaign_id, agent_id, contact_id, phone_number, scheduled_for)
  SELECT c.user_id, c.id, c.agent_id, p.id, p.phone_number, clock_timestamp() + $4 * interval '1 second'
  FROM people p JOIN call_campaigns c ON c.id = $1)sql";

constexpr char kCalls[] = R"sql(
  INSERT INTO calls (id, user_id, phone_number, status, provider_call_id)
  SELECT gen_random_uuid(), (SELECT user_id FROM call_campaigns WHERE name = 'c'), '+4930', 'completed', 'p' || i
  FROM generate_series(1, $1) i)sql";

constexpr char kOther[] = "SELECT min(id::text)::uuid FROM users WHERE name = 'other'";
constexpr char kOthersCalls[] = R"sql(
  INSERT INTO calls (id, user_id, phone_number, status)
  SELECT gen_random_uuid(), (SELECT min(id::text)::uuid FROM users WHERE name = 'other'), '+4930', 'completed'
  FROM generate_series(1, $1) i)sql";

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

/// Of a busy server that knows nothing of it: 2,000 users with an open lane and nothing in it, and
/// one with a campaign of 3,000 calls that are over, 3,000 that wait, and 20 that may start.
class UnknownCrowd {
 public:
  static constexpr int kUsers = 2000;

  UnknownCrowd() {
    const auto store = this->store();
    store->migrate().value();
    connection_.execute(kForgetful);
    connection_.execute("ANALYZE");
    const auto campaign = draft_in(*store);
    connection_.query(
        "UPDATE call_campaigns SET first_call_time = '00:00', last_call_time = '24:00', status = "
        "'active' WHERE id = $1",
        campaign.id);
    store->set_user_limits(campaign.user_id, 10, {}).value();
    connection_.query(kOtherUsers, kUsers);
    connection_.query(kOtherLanes);
    connection_.query(kRows, campaign.id, 1'000'000, 3020, -1);
    connection_.query(kFinishAllBut, campaign.id, 20);
    connection_.query(kRows, campaign.id, 2'000'000, 3000, 86'400);
    while (store->advance({.budget = 100'000}).value().more) {
    }
  }

  [[nodiscard]] std::unique_ptr<Store> store() const { return open_store(database_.url()).value(); }

  /// Final calls of the user's, which the provider calls p1, p2 …
  void add_calls(int count) { connection_.query(kCalls, count); }

  /// The same of a user who has no others. @return who that is.
  [[nodiscard]] UserId add_calls_of_another(int count) {
    connection_.query(kOthersCalls, count);
    return UserId{connection_.value<Uuid>(kOther).value()};
  }

  void close_lanes() { connection_.execute(kCloseLanes); }

  /// What this work reads, done by a store that is closed afterwards: sessions tell what they have
  /// read when they end.
  template <class Work>
  [[nodiscard]] std::int64_t read_by(Work&& work) {
    const auto before = read();
    work(*store());
    return read() - before;
  }

 private:
  [[nodiscard]] std::int64_t read() {
    // What this session has read itself it would tell at some time in between.
    connection_.query("SELECT pg_stat_force_next_flush()");
    while (connection_.value<std::int64_t>(kOthers).value() > 0) {
    }
    return connection_.value<std::int64_t>(kReadInAll).value();
  }

  FreshDatabase database_;
  Connection connection_ = database_.connect();
};

std::vector<ClaimedCall> claim_one(Store& store) {
  auto claimed = store.claim({.worker = "w", .limit = 1}).value();
  BOOST_REQUIRE(claimed.size() == 1);
  return claimed;
}

/// From its claim to its end.
void make_a_call(Store& store) {
  const auto call = claim_one(store).front().call;
  const CallRef ref{call.user_id, call.id};
  BOOST_TEST(store.begin_dial(std::array{ref}, "w").value().size() == 1);
  BOOST_TEST(store.accept_call(ref, "provider-1").has_value());
  CallEvent event;
  event.user_id = call.user_id;
  event.call_id = call.id;
  event.status = CallStatus::completed;
  BOOST_TEST(store.report_events(std::array{event}).value().front().has_value());
  BOOST_TEST(store.next_wakeup().has_value());
}

BOOST_AUTO_TEST_CASE(claims_read_little_whatever_the_server_knows_of_the_tables) {
  UnknownCrowd crowd;
  // The user who has calls is the first in turn. Then the others are looked at, once.
  const auto to_wake_all = crowd.read_by(claim_one);
  const auto to_look_at_all = crowd.read_by(claim_one);
  BOOST_TEST(to_look_at_all > UnknownCrowd::kUsers);
  BOOST_TEST(to_wake_all + to_look_at_all < 60 * UnknownCrowd::kUsers);
  // What they leave in the indexes is met once more.
  BOOST_TEST(crowd.read_by(make_a_call) < 5 * UnknownCrowd::kUsers);
  const auto in_peace = crowd.read_by(make_a_call);
  BOOST_TEST(in_peace > 0);
  BOOST_TEST(in_peace < 300);
}

BOOST_AUTO_TEST_CASE(a_page_of_upcoming_calls_reads_what_it_shows) {
  UnknownCrowd crowd;
  const auto claimed = claim_one(*crowd.store());
  const auto user_id = claimed.front().call.user_id;
  const auto pages = [&](int limit, int count) {
    return [=](Store& store) {
      Page page{.limit = limit, .cursor = {}};
      for (int i = 0; i < count; ++i) {
        const auto part = store.list_upcoming_calls(user_id, {}, page).value();
        BOOST_TEST(static_cast<int>(part.items.size()) == limit);
        page.cursor = part.next_cursor;
      }
    };
  };
  for (const bool is_open : {true, false}) {
    if (!is_open) crowd.close_lanes();
    BOOST_TEST(crowd.read_by(pages(10, 1)) < 300);
    // From what is ready on into what waits, and deep into that.
    const auto read = crowd.read_by(pages(100, 25));
    BOOST_TEST(read > 2'500);
    BOOST_TEST(read < 60'000);
  }
}

// Whatever the server knew of the table when it planned.
BOOST_AUTO_TEST_CASE(a_call_is_located_without_reading_others) {
  UnknownCrowd crowd;
  crowd.add_calls(5000);
  const auto read = crowd.read_by([](Store& store) {
    std::vector<CallName> names(10);
    for (std::size_t i = 0; i < names.size(); ++i) {
      names[i].provider_call_id = "p" + std::to_string(1 + i);
    }
    const auto found = store.locate_calls(names).value();
    for (const auto& located : found) {
      names.push_back({.call_id = located.value().call_id, .provider_call_id = {}});
    }
    const auto again = store.locate_calls(names).value();
    for (const auto& located : again) BOOST_TEST(located.has_value());
  });
  BOOST_TEST(read > 0);
  BOOST_TEST(read < 300);
}

BOOST_AUTO_TEST_CASE(a_list_of_calls_by_what_they_belong_to_reads_what_it_shows) {
  UnknownCrowd crowd;
  crowd.add_calls(5000);
  const auto call = claim_one(*crowd.store()).front().call;
  const auto read = crowd.read_by([&](Store& store) {
    for (const auto& filter : std::vector<CallFilter>{
             {.campaign_id = call.campaign_id},
             {.queue_id = call.queue_id},
             {.provider_call_id = "p77"},
             {.statuses = {CallStatus::initiated, CallStatus::ringing, CallStatus::in_progress}}}) {
      for (const bool newest_first : {false, true}) {
        auto wanted = filter;
        wanted.newest_first = newest_first;
        const auto page = store.list_calls(call.user_id, wanted, {.limit = 20}).value();
        BOOST_TEST(!page.items.empty());
      }
    }
  });
  BOOST_TEST(read > 0);
  BOOST_TEST(read < 500);
}

BOOST_AUTO_TEST_CASE(a_list_of_all_of_a_users_calls_reads_what_it_shows) {
  UnknownCrowd crowd;
  const auto busy = claim_one(*crowd.store()).front().call.user_id;
  crowd.add_calls(100'000);
  const auto quiet = crowd.add_calls_of_another(10);
  const auto both_ends = [](UserId user, int limit, std::size_t pages) {
    return [=](Store& store) {
      for (const bool newest_first : {false, true}) {
        Page page{.limit = limit, .cursor = {}};
        for (std::size_t i = 0; i < pages; ++i) {
          const auto part = store.list_calls(user, {.newest_first = newest_first}, page).value();
          BOOST_TEST(part.items.size() == static_cast<std::size_t>(limit));
          page.cursor = part.next_cursor;
        }
      }
    };
  };
  BOOST_TEST(crowd.read_by(both_ends(quiet, 10, 1)) < 100);
  BOOST_TEST(crowd.read_by(both_ends(busy, 20, 1)) < 200);
  const auto read = crowd.read_by(both_ends(busy, 100, 10));
  BOOST_TEST(read >= 2'000);
  BOOST_TEST(read < 6'000);
}

BOOST_AUTO_TEST_SUITE_END()
