#include <atomic>
#include <boost/test/unit_test.hpp>
#include <set>
#include <thread>

#include "sqlite_support.hpp"

using namespace callqueue;
using namespace sqlite_tests;

namespace {

/// Rows of every status, a call in flight and one that ended, direct calls, several zones.
struct Filled : World {
  UserId ann = user(5, "Europe/Berlin");
  UserId bob = user();
  CampaignId campaign = this->World::campaign(ann);

  Filled() {
    queue(ann, campaign, 4);
    NewQueuedCall calls[2];
    calls[0].contact_id = contact(ann, "Asia/Tokyo");
    calls[0].campaign_id = campaign;
    calls[1].contact_id = contact(bob);
    calls[1].agent_id = agent(bob);
    must(store().add_queued_calls(ann, {&calls[0], 1}));
    must(store().add_queued_calls(bob, {&calls[1], 1}));
    set_status(ann, campaign, CampaignStatus::active);
    advance();
    const auto claimed = claim(4);
    BOOST_REQUIRE(claimed.size() == 4u);
    int ended = 0;
    for (const auto& call : claimed) {
      if (call.queued.campaign_id && ended < 2) {
        finish(call, ended++ == 0 ? CallStatus::completed : CallStatus::busy);
      }
    }
    BOOST_REQUIRE(ended == 2);
  }
};

/// What version 1 knows, and what later versions add as far as it does not depend on the moment.
const std::vector<std::string> kFirst = {
    "SELECT id, name, email, timezone, concurrent_calls_limit, system_concurrent_calls_limit "
    "FROM users ORDER BY id",
    "SELECT * FROM agents ORDER BY id",
    "SELECT * FROM contacts ORDER BY id",
    "SELECT * FROM call_campaigns ORDER BY id",
    "SELECT * FROM calls ORDER BY id",
    "SELECT id, user_id, campaign_id, agent_id, contact_id, phone_number, contact_name, status, "
    "priority, position, scheduled_for, started_at, completed_at, call_id, failure_reason, "
    "last_system_allocation_at, created_at, updated_at FROM call_queue ORDER BY id"};
const std::vector<std::string> kLater = {
    "SELECT q.id, q.attempts, q.success, q.not_after, l.timezone, l.campaign_id, l.user_id "
    "FROM call_queue q JOIN callqueue_lanes l USING (lane_id) ORDER BY q.id",
    "SELECT campaign_id, last_position FROM callqueue_campaign_rules ORDER BY campaign_id"};

std::vector<std::string> dump(ForeignSql& sql, const std::vector<std::string>& queries) {
  std::vector<std::string> all;
  for (const auto& query : queries) {
    for (auto& row : sql.rows(query)) all.push_back(std::move(row));
  }
  return all;
}

std::vector<std::string> schema_of(ForeignSql& sql) {
  // Spaces apart: dropping a column leaves others behind.
  return sql.rows(
      "SELECT type, name, tbl_name, replace(replace(sql, ' ', ''), char(10), '') "
      "FROM sqlite_master ORDER BY type, name");
}

void check_equal(const std::vector<std::string>& actual, const std::vector<std::string>& expected) {
  BOOST_TEST(!expected.empty());
  BOOST_TEST(actual == expected, boost::test_tools::per_element());
}

void check_green(Store& store) {
  for (const auto& item : must(store.verify()).items) {
    BOOST_TEST(item.ok, item.kind << " " << item.name << " " << item.detail);
  }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(sqlite_migrations)

BOOST_AUTO_TEST_CASE(a_new_file_is_brought_to_the_newest_version_once) {
  const TemporaryFile file;
  const auto store = must(open_store(file.url()));
  const auto first = must(store->migrate());
  BOOST_TEST(first.from == 0);
  BOOST_TEST(first.to == static_cast<int>(store->migrations().size()));
  BOOST_TEST(first.applied.size() == store->migrations().size());
  const auto second = must(store->migrate());
  BOOST_TEST(second.from == first.to);
  BOOST_TEST(second.applied.empty());
}

BOOST_AUTO_TEST_CASE(the_first_version_is_the_seeds_schema) {
  const TemporaryFile file;
  const auto store = must(open_store(file.url()));
  must(store->migrate({.to = 1}));
  ForeignSql sql{file.path()};
  const auto columns_of = [&](const std::string& table) {
    return sql.value("SELECT group_concat(name, ' ') FROM pragma_table_info('" + table + "')");
  };
  BOOST_TEST(columns_of("call_campaigns") ==
             "id user_id name description agent_id next_action first_call_time last_call_time "
             "status total_contacts completed_calls successful_calls failed_calls start_date "
             "end_date created_at updated_at started_at completed_at");
  BOOST_TEST(columns_of("call_queue") ==
             "id user_id campaign_id agent_id contact_id phone_number contact_name user_data "
             "status priority position scheduled_for started_at completed_at call_id "
             "failure_reason last_system_allocation_at created_at updated_at");
  check_equal(
      sql.rows("SELECT name FROM sqlite_master WHERE type = 'index' AND name LIKE 'idx%' "
               "ORDER BY name"),
      {"idx_call_campaigns_agent_id", "idx_call_campaigns_start_date", "idx_call_campaigns_status",
       "idx_call_campaigns_user_id", "idx_call_queue_campaign_status",
       "idx_call_queue_priority_position", "idx_call_queue_round_robin",
       "idx_call_queue_scheduled_for", "idx_call_queue_user_status"});
}

BOOST_AUTO_TEST_CASE(versions_are_numbered_without_a_gap) {
  const auto store = must(open_store("sqlite::memory:"));
  int version = 0;
  for (const auto& migration : store->migrations()) {
    BOOST_TEST(migration.version == ++version);
    BOOST_TEST(!migration.up.empty());
    BOOST_TEST(!migration.down.empty());
  }
}

BOOST_AUTO_TEST_CASE(going_down_and_up_again_keeps_schema_and_data) {
  Filled world;
  check_green(world.store());
  const auto schema = schema_of(world.sql());
  const auto first = dump(world.sql(), kFirst);
  const auto later = dump(world.sql(), kLater);
  BOOST_TEST(later.size() == 7u);

  const auto down = must(world.store().migrate({.to = 1, .down = true}));
  BOOST_TEST(down.to == 1);
  check_equal(dump(world.sql(), kFirst), first);
  BOOST_TEST(error_of(world.store().list_users({})) == "corrupt");

  must(world.store().migrate());
  check_equal(schema_of(world.sql()), schema);
  check_equal(dump(world.sql(), kFirst), first);
  check_equal(dump(world.sql(), kLater), later);
  check_green(world.store());
}

BOOST_AUTO_TEST_CASE(a_campaign_that_loses_its_hours_on_the_way_down_is_paused) {
  World world;
  const auto ann = world.user(5);
  const auto plain = world.active_campaign(ann, 1);
  const auto special = world.active_campaign(ann, 1);
  world.sql().run(
      "UPDATE callqueue_campaign_rules SET excluded_dates = '[\"2026-12-25\"]' "
      "WHERE campaign_id = '" +
      to_text(special) + "'");
  must(world.store().migrate({.to = 1, .down = true}));
  must(world.store().migrate());
  BOOST_TEST((must(world.store().find_campaign(ann, plain)).status == CampaignStatus::active));
  BOOST_TEST((must(world.store().find_campaign(ann, special)).status == CampaignStatus::paused));
}

BOOST_AUTO_TEST_CASE(rows_of_an_older_version_are_claimed_after_the_migration) {
  Filled world;
  const auto next = must(world.store().next_queued_call(world.ann));
  BOOST_REQUIRE(next.has_value());
  must(world.store().migrate({.to = 1, .down = true}));
  must(world.store().migrate());
  world.advance();
  const auto again = must(world.store().next_queued_call(world.ann));
  BOOST_REQUIRE(again.has_value());
  BOOST_TEST(again->id == next->id);
  BOOST_TEST(!world.claim().empty());
}

BOOST_AUTO_TEST_CASE(success_counts_in_every_version) {
  Filled world;
  const auto successful = "SELECT sum(successful_calls) FROM call_campaigns";
  BOOST_TEST(world.sql().value(successful) == "1");
  must(world.store().migrate({.to = 1, .down = true}));
  BOOST_TEST(world.sql().value(successful) == "1");
  world.sql().run("UPDATE call_queue SET status = 'failed' WHERE status = 'completed'");
  BOOST_TEST(world.sql().value(successful) == "0");
  world.sql().run(
      "UPDATE call_queue SET status = 'completed', user_data = '{\"success\":true}' "
      "WHERE status = 'failed'");
  BOOST_TEST(world.sql().value(successful) == "2");
  must(world.store().migrate());
  BOOST_TEST(world.sql().value(successful) == "2");
  check_green(world.store());
}

BOOST_AUTO_TEST_CASE(version_zero_leaves_the_host_its_tables_and_rows) {
  Filled world;
  const auto contacts = world.sql().value("SELECT count(*) FROM contacts");
  must(world.store().migrate({.to = 0, .down = true}));
  BOOST_TEST(world.sql().value("SELECT count(*) FROM contacts") == contacts);
  BOOST_TEST(world.sql().value("SELECT count(*) FROM sqlite_master WHERE name LIKE 'call%'") ==
             "0");
  BOOST_TEST(world.sql().value("SELECT count(*) FROM sqlite_master WHERE type = 'trigger'") == "0");
  must(world.store().migrate());
  BOOST_TEST(world.sql().value("SELECT count(*) FROM callqueue_turns") == "2");
  check_green(world.store());
}

BOOST_AUTO_TEST_CASE(down_is_one_step_unless_said_otherwise) {
  World world;
  const auto newest = static_cast<int>(world.store().migrations().size());
  const auto down = must(world.store().migrate({.to = std::nullopt, .down = true}));
  BOOST_TEST(down.from == newest);
  BOOST_TEST(down.to == newest - 1);
  BOOST_TEST(down.applied.size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_version_that_does_not_exist_is_refused) {
  World world;
  const auto newest = static_cast<int>(world.store().migrations().size());
  BOOST_TEST(error_of(world.store().migrate({.to = newest + 1})) == "invalid_argument to");
  BOOST_TEST(error_of(world.store().migrate({.to = -1, .down = true})) == "invalid_argument to");
  check_green(world.store());
}

BOOST_AUTO_TEST_CASE(several_migrators_at_once_run_each_migration_once) {
  for (int round = 0; round < 5; ++round) {
    const TemporaryFile file;
    std::vector<std::unique_ptr<Store>> stores;
    for (int i = 0; i < 4; ++i) stores.push_back(must(open_store(file.url())));
    std::vector<MigrateResult> results(stores.size());
    std::vector<std::string> errors(stores.size());
    std::atomic<bool> go = false;
    std::vector<std::thread> threads;
    for (std::size_t i = 0; i < stores.size(); ++i) {
      threads.emplace_back([&, i] {
        while (!go) std::this_thread::yield();
        const auto result = stores[i]->migrate();
        errors[i] = error_of(result);
        if (result) results[i] = *result;
      });
    }
    go = true;
    for (auto& thread : threads) thread.join();
    std::size_t applied = 0;
    for (std::size_t i = 0; i < stores.size(); ++i) {
      BOOST_TEST(errors[i] == "ok");
      applied += results[i].applied.size();
    }
    BOOST_TEST(applied == stores[0]->migrations().size());
    check_green(*stores[0]);
  }
}

BOOST_AUTO_TEST_CASE(a_database_of_a_newer_version_is_refused_and_left_alone) {
  World world;
  world.sql().run("PRAGMA user_version = 99");
  const auto opened = open_store(world.file().url());
  BOOST_TEST(error_of(opened) == "corrupt");
  BOOST_TEST(opened.error().message.find("99") != std::string::npos);
  // One that was open already notices.
  BOOST_TEST(error_of(world.store().list_users({})) == "corrupt");
  BOOST_TEST(error_of(world.store().create_user({.name = "Ann"})) == "corrupt");
  BOOST_TEST(error_of(world.store().claim({})) == "corrupt");
  BOOST_TEST(error_of(world.store().migrate({.to = 1, .down = true})) == "corrupt");
  BOOST_TEST(world.sql().value("PRAGMA user_version") == "99");
  BOOST_TEST(!must(world.store().verify()).ok());
}

BOOST_AUTO_TEST_CASE(another_programs_version_number_is_not_taken_for_ours) {
  const TemporaryFile file;
  ForeignSql{file.path()}.run("CREATE TABLE theirs (x); PRAGMA user_version = 1");
  const auto opened = open_store(file.url());
  BOOST_TEST(error_of(opened) == "corrupt");
  BOOST_TEST(opened.error().message.find("another program") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(tables_of_the_host_are_used_and_completed) {
  const TemporaryFile file;
  ForeignSql host{file.path()};
  host.run(
      "CREATE TABLE users (id CHAR(36) PRIMARY KEY, name VARCHAR(80), password_hash TEXT);"
      "CREATE TABLE contacts (id CHAR(36) PRIMARY KEY, user_id CHAR(36) NOT NULL, "
      "phone_number VARCHAR(20) NOT NULL, crm_id INTEGER);"
      "INSERT INTO users VALUES ('00000000-0000-4000-8000-000000000001', 'Ann', 'x');"
      "INSERT INTO contacts VALUES ('00000000-0000-4000-8000-000000000002', "
      "'00000000-0000-4000-8000-000000000001', '+14155550001', 7)");
  const auto store = must(open_store(file.url()));
  must(store->migrate());
  const auto ann =
      must(store->find_user(parse_id<UserId>("00000000-0000-4000-8000-000000000001").value()));
  BOOST_TEST(ann.name == "Ann");
  BOOST_TEST(ann.timezone == "");
  BOOST_TEST(ann.concurrent_calls_limit == 2);
  auto contact = must(store->find_contact_by_phone(ann.id, "+14155550001"));
  contact.timezone = "Asia/Tokyo";
  BOOST_TEST(must(store->update_contact(contact)).timezone == "Asia/Tokyo");
  BOOST_TEST(host.value("SELECT count(*) FROM callqueue_turns") == "1");
  BOOST_TEST(host.value("SELECT crm_id FROM contacts") == "7");
  check_green(*store);
}

BOOST_AUTO_TEST_CASE(limits_that_users_have_already_stay) {
  const TemporaryFile file;
  ForeignSql host{file.path()};
  host.run(
      "CREATE TABLE users (id TEXT PRIMARY KEY, concurrent_calls_limit INTEGER DEFAULT 2, "
      "system_concurrent_calls_limit INTEGER DEFAULT 10);"
      "INSERT INTO users VALUES ('00000000-0000-4000-8000-000000000001', 7, 25)");
  const auto store = must(open_store(file.url()));
  must(store->migrate());
  const auto ann = parse_id<UserId>("00000000-0000-4000-8000-000000000001").value();
  BOOST_TEST(must(store->find_user(ann)).concurrent_calls_limit == 7);
  BOOST_TEST(must(store->system_slots()).limit == 25);
  check_green(*store);
  must(store->migrate({.to = 0, .down = true}));
  BOOST_TEST(host.value("SELECT concurrent_calls_limit FROM users") == "7");
}

BOOST_AUTO_TEST_CASE(the_hosts_calls_are_completed_counted_and_left_behind) {
  const TemporaryFile file;
  ForeignSql host{file.path()};
  host.run(
      "CREATE TABLE calls (id TEXT PRIMARY KEY, user_id TEXT NOT NULL, status TEXT, "
      "recording_url TEXT);"
      "INSERT INTO calls VALUES ('00000000-0000-4000-8000-000000000003', "
      "'00000000-0000-4000-8000-000000000001', 'ringing', 'https://example.com/1');"
      "CREATE TABLE users (id TEXT PRIMARY KEY);"
      "INSERT INTO users VALUES ('00000000-0000-4000-8000-000000000001')");
  const auto store = must(open_store(file.url()));
  must(store->migrate());
  check_green(*store);
  const auto ann = parse_id<UserId>("00000000-0000-4000-8000-000000000001").value();
  BOOST_TEST(must(store->user_slots(ann)).active == 1);
  const auto reserved = must(store->reserve_slot(ann, "+4930231250001", 60s));
  BOOST_TEST(must(store->find_call(ann, reserved.id)).attempt == 1);
  BOOST_TEST(host.value("SELECT recording_url FROM calls WHERE status = 'ringing'") ==
             "https://example.com/1");
  must(store->migrate({.to = 0, .down = true}));
  BOOST_TEST(host.value("SELECT count(*) FROM calls") == "2");
  must(store->migrate());
  check_green(*store);
}

/// The seed's tables as a host made them: columns in its own order, instants as text.
constexpr char kSeedsTables[] = R"sql(
  CREATE TABLE users (id TEXT PRIMARY KEY, timezone TEXT);
  CREATE TABLE agents (id TEXT PRIMARY KEY, user_id TEXT REFERENCES users (id));
  CREATE TABLE contacts (id TEXT PRIMARY KEY, user_id TEXT, phone_number TEXT, name TEXT);
  CREATE TABLE call_campaigns (id TEXT PRIMARY KEY, user_id TEXT, name TEXT, description TEXT,
    agent_id TEXT, next_action TEXT, first_call_time TEXT, last_call_time TEXT, status TEXT,
    total_contacts INTEGER, completed_calls INTEGER, successful_calls INTEGER, failed_calls INTEGER,
    start_date TEXT, end_date TEXT, created_at TEXT, updated_at TEXT, started_at TEXT,
    completed_at TEXT);
  CREATE TABLE call_queue (id TEXT PRIMARY KEY, user_id TEXT, campaign_id TEXT REFERENCES call_campaigns (id),
    agent_id TEXT, contact_id TEXT, phone_number TEXT, contact_name TEXT, user_data TEXT, status TEXT,
    priority INTEGER, position INTEGER, scheduled_for TEXT, started_at TEXT, completed_at TEXT,
    call_id TEXT, failure_reason TEXT, last_system_allocation_at TEXT, created_at TEXT, updated_at TEXT);
  CREATE INDEX idx_call_queue_user_status ON call_queue (user_id, status);
  CREATE TABLE invoices (campaign_id TEXT REFERENCES call_campaigns (id));
  INSERT INTO users VALUES ('00000000-0000-4000-8000-000000000001', 'Europe/Berlin');
  INSERT INTO agents VALUES ('00000000-0000-4000-8000-000000000002', '00000000-0000-4000-8000-000000000001');
  INSERT INTO contacts VALUES ('00000000-0000-4000-8000-000000000003', '00000000-0000-4000-8000-000000000001', '+4930231250001', 'Bo');
  INSERT INTO contacts VALUES ('00000000-0000-4000-8000-000000000004', '00000000-0000-4000-8000-000000000001', '+4930231250002', 'Cy');
  INSERT INTO call_campaigns VALUES ('00000000-0000-4000-8000-000000000005', '00000000-0000-4000-8000-000000000001', 'Spring', NULL,
    '00000000-0000-4000-8000-000000000002', 'Sell', '09:00:00', '18:00:00', 'active', 99, 99, 99, 99,
    '2026-03-01', NULL, '2026-03-01 08:00:00', '2026-03-01 08:00:00', '2026-03-01 09:30:00.250', NULL);
  INSERT INTO invoices VALUES ('00000000-0000-4000-8000-000000000005');
  INSERT INTO call_queue VALUES ('00000000-0000-4000-8000-000000000006', '00000000-0000-4000-8000-000000000001',
    '00000000-0000-4000-8000-000000000005', '00000000-0000-4000-8000-000000000002', '00000000-0000-4000-8000-000000000003', '+4930231250001',
    'Bo', NULL, 'queued', 100, 1, '2026-03-02T10:00:00Z', NULL, NULL, NULL, NULL, NULL, '2026-03-01 08:00:00', '2026-03-01 08:00:00');
  INSERT INTO call_queue VALUES ('00000000-0000-4000-8000-000000000007', '00000000-0000-4000-8000-000000000001',
    '00000000-0000-4000-8000-000000000005', '00000000-0000-4000-8000-000000000002', '00000000-0000-4000-8000-000000000004', '+4930231250002',
    'Cy', '{"success": true}', 'completed', 100, 2, '2026-03-02 10:00:00', NULL, '2026-03-02 10:05:00', NULL, NULL, NULL, '2026-03-01 08:00:00', '2026-03-01 08:00:00');
)sql";

BOOST_AUTO_TEST_CASE(the_seeds_tables_are_adopted_with_their_rows) {
  const TemporaryFile file;
  ForeignSql host{file.path()};
  host.run(kSeedsTables);
  const auto store = must(open_store(file.url(), {.clock = std::make_shared<ManualClock>(noon())}));
  BOOST_TEST(!must(store->preflight()).blocks());
  must(store->migrate());
  check_green(*store);

  const auto ann = parse_id<UserId>("00000000-0000-4000-8000-000000000001").value();
  const auto campaign = must(store->find_campaign(
      ann, parse_id<CampaignId>("00000000-0000-4000-8000-000000000005").value()));
  BOOST_TEST(to_text(campaign.started_at.value()) == "2026-03-01T09:30:00.250000Z");
  BOOST_TEST(campaign.total_contacts == 2);
  BOOST_TEST(campaign.successful_calls == 1);
  BOOST_TEST(campaign.failed_calls == 0);
  while (must(store->advance()).more) {
  }
  const auto claimed = must(store->claim({.limit = 9}));
  BOOST_REQUIRE(claimed.size() == 1u);
  BOOST_TEST(claimed.front().queued.timezone == "Europe/Berlin");
  BOOST_TEST(to_text(claimed.front().queued.scheduled_for) == "2026-03-02T10:00:00.000000Z");
  BOOST_TEST(host.value("SELECT count(*) FROM pragma_foreign_key_list('invoices') WHERE \"table\" "
                        "= 'call_campaigns'") == "1");
}

BOOST_AUTO_TEST_CASE(rows_in_flight_are_adopted_with_their_calls_or_end) {
  const TemporaryFile file;
  ForeignSql host{file.path()};
  host.run(kSeedsTables);
  host.run(R"sql(
    CREATE TABLE calls (id TEXT PRIMARY KEY, user_id TEXT NOT NULL, status TEXT);
    INSERT INTO calls VALUES
      ('00000000-0000-4000-8000-0000000000a1', '00000000-0000-4000-8000-000000000001', 'ringing'),
      ('00000000-0000-4000-8000-0000000000a2', '00000000-0000-4000-8000-000000000001', 'completed'),
      ('00000000-0000-4000-8000-0000000000a3', '00000000-0000-4000-8000-000000000001', 'failed');
    INSERT INTO call_queue (id, user_id, campaign_id, agent_id, contact_id, phone_number, status, priority, position,
                            call_id, created_at, updated_at)
    SELECT substr(q.id, 1, 35) || x.suffix, q.user_id, NULL, q.agent_id, q.contact_id, q.phone_number,
      'processing', 100, x.rowid, x.call_id, q.created_at, q.created_at
    FROM call_queue q, (SELECT 1 AS rowid, 'a' AS suffix, '00000000-0000-4000-8000-0000000000a1' AS call_id
      UNION ALL SELECT 2, 'b', '00000000-0000-4000-8000-0000000000a2'
      UNION ALL SELECT 3, 'c', '00000000-0000-4000-8000-0000000000a3' UNION ALL SELECT 4, 'd', NULL) x
    WHERE q.status = 'queued')sql");
  const auto store = must(open_store(file.url(), {.clock = std::make_shared<ManualClock>(noon())}));
  must(store->migrate());
  check_green(*store);
  const std::string states =
      "SELECT group_concat(status || coalesce(' ' || failure_reason, ''), ', ') FROM "
      "(SELECT * FROM call_queue WHERE campaign_id IS NULL ORDER BY id)";
  BOOST_TEST(host.value(states) == "processing, completed, failed no_news, failed no_news");

  CallEvent ended{.user_id = parse_id<UserId>("00000000-0000-4000-8000-000000000001").value(),
                  .call_id = parse_id<CallId>("00000000-0000-4000-8000-0000000000a1").value(),
                  .status = CallStatus::completed};
  BOOST_TEST(must(store->report_events({&ended, 1})).front().has_value());
  BOOST_TEST(host.value(states) == "completed, completed, failed no_news, failed no_news");
  check_green(*store);
}

BOOST_AUTO_TEST_CASE(tables_that_only_share_a_name_are_refused_and_left_alone) {
  const TemporaryFile file;
  ForeignSql host{file.path()};
  host.run(
      "CREATE TABLE call_queue (id INTEGER); CREATE TABLE call_campaigns (id INTEGER);"
      "INSERT INTO call_queue VALUES (7)");
  const auto store = must(open_store(file.url()));
  const auto report = must(store->preflight());
  BOOST_TEST(report.blocks());
  BOOST_TEST(report.findings.front().table == "call_campaigns");
  BOOST_TEST(report.findings.front().column == "user_id");
  const auto migrated = store->migrate();
  BOOST_TEST(error_of(migrated) == "conflict");
  BOOST_TEST(migrated.error().message.find("call_campaigns") != std::string::npos);
  BOOST_TEST(host.value("SELECT id FROM call_queue") == "7");
  BOOST_TEST(host.value("PRAGMA user_version") == "0");
}

BOOST_AUTO_TEST_CASE(statuses_cannot_be_declared) {
  World world;
  BOOST_TEST(error_of(world.store().migrate({.active_statuses = {{"talking"}}})) ==
             "invalid_argument active_statuses");
  BOOST_TEST(error_of(world.store().preflight({.active_statuses = {{"talking"}}})) ==
             "invalid_argument active_statuses");
}

BOOST_AUTO_TEST_CASE(a_migration_never_commits_a_broken_reference) {
  World world;
  must(world.store().migrate({.to = 1, .down = true}));
  world.sql().run(
      "PRAGMA foreign_keys = OFF;"
      "INSERT INTO agents (id, user_id) VALUES ('a', 'nobody')");
  const auto migrated = world.store().migrate();
  BOOST_TEST(error_of(migrated) == "conflict");
  BOOST_TEST(migrated.error().message.find("agents points at users") != std::string::npos);
  BOOST_TEST(world.sql().value("PRAGMA user_version") == "1");
  BOOST_TEST(world.sql().value(
                 "SELECT count(*) FROM sqlite_master WHERE name = 'callqueue_lanes'") == "0");
  world.sql().run("DELETE FROM agents WHERE id = 'a'");
  must(world.store().migrate());
  // References are watched again.
  const auto unknown = must(parse_id<UserId>("0190b0a5-3c00-7abc-8def-0123456789ab"));
  BOOST_TEST(error_of(world.store().create_agent({.user_id = unknown, .name = "a"})) ==
             "not_found user_id");
}

BOOST_AUTO_TEST_CASE(an_open_store_follows_another_ones_migrations) {
  World world;
  const auto user = world.user();
  const auto other = world.another();
  BOOST_TEST(must(other->list_users({})).items.size() == 1u);
  must(world.store().migrate({.to = 0, .down = true}));
  BOOST_TEST(error_of(other->list_users({})) == "corrupt");
  BOOST_TEST(error_of(other->create_user({.name = "Ann"})) == "corrupt");
  must(world.store().migrate());
  BOOST_TEST(must(other->find_user(user)).id == user);
  must(other->create_user({.name = "Ann"}));
  BOOST_TEST(must(world.store().list_users({})).items.size() == 2u);
}

BOOST_AUTO_TEST_SUITE_END()
