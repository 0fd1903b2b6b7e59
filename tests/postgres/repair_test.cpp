// What docs/operations.md says of a verify that fails puts right what it finds.
#include <boost/test/unit_test.hpp>

#include "hosts.hpp"
#include "pages.hpp"
#include "two_users.hpp"

using namespace postgres_tests;

namespace {

// Every one that a migration has made, but for those of calls, which `migrate` builds itself.
constexpr char kDropIndexes[] = R"sql(
  DO $$ DECLARE one record; BEGIN
    FOR one IN SELECT i.oid::regclass AS name FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid
      WHERE i.relnamespace = current_schema()::regnamespace AND x.indrelid <> 'calls'::regclass
        AND (i.relname LIKE 'callqueue\_%' OR i.relname LIKE 'idx\_call\_%')
        AND NOT EXISTS (SELECT 1 FROM pg_constraint c WHERE c.conindid = i.oid)
    LOOP EXECUTE format('DROP INDEX %s', one.name); END LOOP;
  END $$)sql";
constexpr char kDropIndexesOfCalls[] = R"sql(
  DROP INDEX callqueue_calls_active, callqueue_calls_lease, callqueue_calls_user, callqueue_calls_queue, callqueue_calls_campaign,
    callqueue_calls_contact, callqueue_calls_provider)sql";
constexpr char kDropTriggers[] = R"sql(
  DO $$ DECLARE one record; BEGIN
    FOR one IN SELECT tgname, tgrelid::regclass AS tab FROM pg_trigger WHERE NOT tgisinternal
    LOOP EXECUTE format('DROP TRIGGER %I ON %s', one.tgname, one.tab); END LOOP;
  END $$)sql";
constexpr char kDropConstraints[] = R"sql(
  DO $$ DECLARE one record; BEGIN
    FOR one IN SELECT conname, conrelid::regclass AS tab FROM pg_constraint
      WHERE connamespace = current_schema()::regnamespace AND contype IN ('c', 'f')
        AND (conrelid::regclass::text ~ '^(call_queue|call_campaigns|callqueue_)' OR conname LIKE 'callqueue\_%')
    LOOP EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I', one.tab, one.conname); END LOOP;
    ALTER TABLE callqueue_turns DROP CONSTRAINT callqueue_turns_pkey;
  END $$)sql";
// What goes with the tables of a host where a migration has made them.
constexpr char kStripHosts[] = R"sql(
  DROP INDEX users_email_unique;
  ALTER TABLE users DROP CONSTRAINT users_pkey CASCADE, DROP CONSTRAINT users_concurrent_calls_limit_check,
    ALTER concurrent_calls_limit DROP DEFAULT, ALTER name DROP NOT NULL, ALTER id DROP DEFAULT;
  ALTER TABLE agents DROP CONSTRAINT agents_pkey CASCADE;
  ALTER TABLE contacts DROP CONSTRAINT contacts_pkey CASCADE;
  ALTER TABLE calls DROP CONSTRAINT calls_status_check, DROP CONSTRAINT calls_pkey CASCADE, ALTER status DROP DEFAULT)sql";
// Whatever they did, they do nothing any more.
constexpr char kEmptyFunctions[] = R"sql(
  CREATE OR REPLACE FUNCTION callqueue_holds_slot(status text) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT false';
  CREATE OR REPLACE FUNCTION callqueue_dialed(phone_number text) RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT phone_number';
  DROP FUNCTION callqueue_lock_rows;
  DROP FUNCTION get_next_queued_call;
  DO $do$ DECLARE one record; BEGIN
    FOR one IN SELECT oid::regprocedure AS name FROM pg_proc
      WHERE pronamespace = current_schema()::regnamespace AND prorettype = 'trigger'::regtype
    LOOP
      EXECUTE format('CREATE OR REPLACE FUNCTION %s RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$', one.name);
    END LOOP;
  END $do$)sql";

/// As the page says: makes the schema anew beside, and runs what the statement yields.
void repair_schema(const FreshDatabase& database, Connection& connection) {
  open_store(database.url(), {.schema = "callqueue_fresh"}).value()->migrate().value();
  connection.execute("SET search_path = public, pg_temp");
  std::vector<std::string> statements;
  auto rows = connection.execute(statements_of(CALLQUEUE_OPERATIONS_PAGE).at("repair"));
  while (rows.step()) statements.push_back(rows.get<std::string>(0));
  for (const auto& statement : statements) connection.execute(statement);
  connection.execute("DROP SCHEMA callqueue_fresh CASCADE; RESET search_path");
}

/// Every key over these columns, whatever its name, with the references that point at it.
std::string drop_keys(const std::string& table) {
  return R"sql(DO $$ DECLARE one record; BEGIN
    FOR one IN SELECT conname FROM pg_constraint c WHERE conrelid = ')sql" +
         table + R"sql('::regclass AND contype = 'u' AND 2 = (
        SELECT count(*) FROM pg_attribute a WHERE a.attrelid = c.conrelid AND a.attnum = ANY (c.conkey) AND attname IN ('id', 'user_id'))
    LOOP EXECUTE format('ALTER TABLE )sql" +
         table + R"sql( DROP CONSTRAINT %I CASCADE', one.conname); END LOOP;
  END $$)sql";
}

struct Damaged : TwoUsers {
  std::map<std::string, std::string> sql = statements_of(CALLQUEUE_OPERATIONS_PAGE);
  Connection connection = database.connect();

  Damaged() { settle(*store); }

  void repair() {
    repair_schema(database, connection);
    // Other sessions have plans and functions of before.
    store = open_store(database.url()).value();
  }
  void run(const std::string& name) {
    connection.execute("BEGIN;" + sql.at(name) + ";COMMIT");
    settle(*store);
  }
  /// The damage is found; the page's statement mends it.
  void mends(const std::string& statement, const std::string& damage, const std::string& found) {
    connection.execute(damage);
    const auto said = wrong(*store);
    BOOST_TEST(said.find(found) != std::string::npos, damage << " is found as " << said);
    run(statement);
    BOOST_TEST(wrong(*store) == "", damage << " is not mended: " << wrong(*store));
  }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(repairs)

BOOST_AUTO_TEST_CASE(what_is_missing_or_altered_is_put_back) {
  Damaged world;
  for (const auto* damage :
       {kDropIndexes, kDropTriggers, kDropConstraints, kStripHosts, kEmptyFunctions}) {
    world.connection.execute(damage);
    BOOST_TEST(wrong(*world.store) != "");
    world.repair();
    BOOST_TEST(wrong(*world.store) == "", damage << " leaves " << wrong(*world.store));
  }
  const auto claimed = CallQueue{*world.store}.claim({.limit = 9}).value();
  BOOST_TEST(claimed.size() == 2U);
}

BOOST_AUTO_TEST_CASE(a_host_that_is_whole_gets_nothing_beside_its_own) {
  for (const auto* tables : {kSeedsHost, kWideHost}) {
    Host host{tables};
    must(host.store->migrate());
    must(must(open_store(host.database.url(), {.schema = "callqueue_fresh"}))->migrate());
    host.sql.execute("SET search_path = public, pg_temp");
    auto rows = host.sql.execute(statements_of(CALLQUEUE_OPERATIONS_PAGE).at("repair"));
    while (rows.step()) {
      const auto statement = rows.get<std::string>(0);  // Functions are written anew in any case.
      BOOST_TEST((statement.starts_with("CREATE OR REPLACE") || statement.starts_with("SELECT")),
                 statement);
    }
  }
}

BOOST_AUTO_TEST_CASE(keys_of_a_hosts_tables_are_named_and_come_back_before_what_points_at_them) {
  for (const auto* tables : {kSeedsHost, kWideHost, "SELECT 1"}) {
    Host host{tables};
    must(host.store->migrate());
    const std::vector<std::string> keyed{"agents", "contacts", "calls", "call_campaigns"};
    for (const auto& table : keyed) host.sql.execute(drop_keys(table));
    const auto said = wrong(*host.store);
    for (const auto& table : keyed) {
      const auto key = "key " + table + "." + table + "_id_user_id_unique: is missing";
      BOOST_TEST(said.find(key) != std::string::npos, table << ": " << said);
    }
    repair_schema(host.database, host.sql);
    BOOST_TEST(wrong(*host.store) == "", "it leaves " << wrong(*host.store));
  }
}

BOOST_AUTO_TEST_CASE(what_a_migration_has_added_to_a_hosts_tables_comes_back) {
  Host host{kWideHost};
  must(host.store->migrate());
  host.sql.execute(
      "ALTER TABLE users DROP CONSTRAINT users_concurrent_calls_limit_check,"
      " ALTER concurrent_calls_limit DROP DEFAULT, ALTER system_concurrent_calls_limit DROP NOT "
      "NULL, ALTER password_hash DROP NOT NULL");
  BOOST_TEST(wrong(*host.store) != "");
  repair_schema(host.database, host.sql);
  BOOST_TEST(wrong(*host.store) == "", "it leaves " << wrong(*host.store));
}

BOOST_AUTO_TEST_CASE(signals_hold_nothing_that_lasts_and_are_made_anew) {
  Damaged world;
  world.connection.execute("DROP TABLE callqueue_signals CASCADE");
  BOOST_TEST(wrong(*world.store).find("table callqueue_signals: is missing") != std::string::npos);
  world.repair();
  world.run("mend");
  BOOST_TEST(wrong(*world.store) == "", "it leaves " << wrong(*world.store));
  BOOST_TEST(CallQueue{*world.store}.claim({.limit = 9}).value().size() == 2U);
}

BOOST_AUTO_TEST_CASE(a_key_in_whose_place_the_host_has_one_of_its_own_is_not_missed) {
  Host host{kWideHost};
  must(host.store->migrate());
  host.sql.execute(
      "ALTER TABLE contacts ADD CONSTRAINT mine UNIQUE (phone_number, user_id); "
      "ALTER TABLE contacts DROP CONSTRAINT contacts_user_id_phone_number_unique");
  BOOST_TEST(wrong(*host.store) == "");
}

BOOST_AUTO_TEST_CASE(indexes_of_calls_come_back_with_migrate) {
  Damaged world;
  world.connection.execute(kDropIndexesOfCalls);
  BOOST_TEST(wrong(*world.store).find("callqueue_calls_active") != std::string::npos);
  const auto done = world.store->migrate().value();
  BOOST_TEST(wrong(*world.store) == "");
  BOOST_REQUIRE(done.applied.size() == 7U);
  BOOST_TEST(done.applied.front().starts_with("CREATE INDEX callqueue_calls_active ON calls"));
  BOOST_TEST(world.store->migrate().value().applied.empty());
}

BOOST_AUTO_TEST_CASE(counters_are_counted_anew) {
  Damaged world;
  world.mends("recount",
              "UPDATE call_campaigns SET completed_calls = 7, total_contacts = total_contacts + 1",
              "a recount gives");
}

BOOST_AUTO_TEST_CASE(what_triggers_keep_is_computed_anew) {
  Damaged world;
  const std::vector<std::pair<const char*, const char*>> damages = {
      {"UPDATE callqueue_lanes SET opens_at = '-infinity', closes_at = 'infinity'; "
       "ALTER TABLE call_campaigns DISABLE TRIGGER callqueue_campaign_window; "
       "UPDATE call_campaigns SET first_call_time = '01:00', last_call_time = '01:01'; "
       "ALTER TABLE call_campaigns ENABLE TRIGGER callqueue_campaign_window",
       "lane_open_at_wrong_hours"},
      {"UPDATE callqueue_lanes SET timezone = 'Asia/Tokyo', relane = false", "row_in_wrong_zone"},
      {"UPDATE callqueue_lanes SET campaign_status = 'paused' WHERE campaign_id IS NOT NULL",
       "lane_status"},
      {"UPDATE call_queue SET lane_id = NULL WHERE status = 'queued'", "row_without_lane"},
      {"ALTER TABLE call_queue DISABLE TRIGGER callqueue_row_rescheduled; UPDATE call_queue SET "
       "ready = true, scheduled_for = now() + interval '1 hour' WHERE status = 'queued'; "
       "ALTER TABLE call_queue ENABLE TRIGGER callqueue_row_rescheduled",
       "ready_too_early"},
      {"DELETE FROM callqueue_signals; UPDATE callqueue_turns SET ceiling = ceiling + 1",
       "user_ceiling"},
      {"DELETE FROM callqueue_settings", "settings"},
      {"ALTER TABLE callqueue_campaign_rules DISABLE TRIGGER USER; DELETE FROM "
       "callqueue_campaign_rules; ALTER TABLE callqueue_campaign_rules ENABLE TRIGGER USER",
       "campaign_without_rules"},
      {"ALTER TABLE call_campaigns DISABLE TRIGGER USER; UPDATE call_campaigns SET status = "
       "'cancelled'; ALTER TABLE call_campaigns ENABLE TRIGGER USER",
       "campaign_unswept"}};
  for (const auto& [damage, found] : damages) world.mends("mend", damage, found);
}

BOOST_AUTO_TEST_CASE(campaigns_that_are_done_are_completed) {
  Damaged world;
  world.connection.execute(
      "DELETE FROM call_queue WHERE lane_id IN (SELECT lane_id FROM callqueue_lanes "
      "WHERE import_id IS NOT NULL); DELETE FROM callqueue_lanes WHERE import_id IS NOT NULL; "
      "DELETE FROM callqueue_imports");
  world.mends(
      "mend",
      "UPDATE calls SET status = 'failed', lease_expires_at = NULL; "
      "ALTER TABLE call_queue DISABLE TRIGGER USER; UPDATE call_queue SET status = 'failed', "
      "call_id = NULL; ALTER TABLE call_queue ENABLE TRIGGER USER; "
      "UPDATE call_campaigns SET failed_calls = total_contacts",
      "campaign_not_completed");
}

BOOST_AUTO_TEST_CASE(rows_in_flight_without_a_call_are_ended) {
  Damaged world;
  world.mends("lost", "UPDATE calls SET status = 'failed', lease_expires_at = NULL",
              "processing_without_call");
}

BOOST_AUTO_TEST_SUITE_END()
