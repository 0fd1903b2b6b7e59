// What a preflight says of a host's tables, and that it changes nothing.
#include <boost/test/unit_test.hpp>

#include "findings.hpp"

using namespace postgres_tests;

namespace {

struct Obstacle {
  const char* host;
  const char* sql;   ///< Puts it in the way.
  const char* says;  ///< Of the one finding that blocks.
};

const Obstacle kObstacles[] = {
    {kWideHost,
     "ALTER TABLE contacts RENAME TO people; CREATE VIEW contacts AS SELECT * FROM people",
     "contacts is not a table"},
    {kWideHost,
     "ALTER TABLE contacts ADD COLUMN owner text NOT NULL DEFAULT ''; "
     "ALTER TABLE contacts ALTER COLUMN owner DROP DEFAULT",
     "contacts.owner is NOT NULL without a default"},
    {kWideHost,
     "ALTER TABLE calls ADD COLUMN leg integer NOT NULL DEFAULT 1; "
     "ALTER TABLE calls ALTER COLUMN leg DROP DEFAULT",
     "calls.leg is NOT NULL without a default"},
    {kWideHost, "ALTER TABLE contacts ALTER COLUMN name SET NOT NULL", "contacts.name is NOT NULL"},
    {kWideHost,
     "UPDATE calls SET outcome = ''; ALTER TABLE calls ALTER COLUMN outcome SET NOT NULL",
     "calls.outcome is NOT NULL"},
    {kWideHost, "ALTER TABLE contacts RENAME COLUMN phone_number TO phone",
     "contacts.phone_number is not there"},
    {kWideHost, "ALTER TABLE agents RENAME COLUMN user_id TO owner_id",
     "agents.user_id is not there"},
    {kWideHost, "ALTER TABLE calls ALTER COLUMN created_at TYPE timestamp",
     "calls.created_at is of type timestamp without time zone where timestamptz is needed"},
    {kWideHost,
     "ALTER TABLE calls DROP COLUMN outcome; CREATE TYPE how AS ENUM ('sale'); "
     "ALTER TABLE calls ADD COLUMN outcome how",
     "calls.outcome is of type how"},
    {kWideHost, "ALTER TABLE contacts ALTER COLUMN phone_number TYPE bigint USING 1",
     "contacts.phone_number is of type bigint"},
    {kWideHost,
     "ALTER TABLE contacts DROP COLUMN name; "
     "ALTER TABLE contacts ADD COLUMN name text GENERATED ALWAYS AS ('x') STORED",
     "contacts.name is generated"},
    {kWideHost, "ALTER TYPE call_state RENAME VALUE 'no_answer' TO 'silence'",
     "calls.status is an enum without 'no_answer'"},
    {kWideHost, "ALTER TABLE calls ADD CONSTRAINT known CHECK (status <> 'in_progress')",
     "calls.status has the CHECK known, which refuses in_progress"},
    {kWideHost,
     "ALTER TABLE calls ADD CONSTRAINT ways CHECK (call_type IN ('inbound', 'outbound'))",
     "calls.call_type has the CHECK ways, which refuses direct, campaign"},
    {kWideHost,
     "ALTER TABLE contacts DROP CONSTRAINT contacts_pkey CASCADE; "
     "UPDATE contacts SET phone_number = '+4930231'",
     "contacts.phone_number is twice the same for a user (2 rows"},
    {kWideHost,
     "UPDATE calls SET contact_id = (SELECT id FROM contacts k WHERE k.user_id <> calls.user_id "
     "LIMIT 1)",
     "calls.contact_id points at no row of the user's in contacts (8 rows"},
    {kWideHost,
     "ALTER TABLE users ADD COLUMN concurrent_calls_limit integer; "
     "UPDATE users SET concurrent_calls_limit = -1",
     "users.concurrent_calls_limit is negative or NULL (2 rows"},
    {kWideHost, "CREATE TABLE callqueue_lanes (id integer)", "callqueue_lanes is there already"},
    {kSeedsHost, "ALTER TABLE calls ALTER COLUMN status TYPE varchar(10)",
     "calls.status is too short for 'in_progress'"},
    {kSeedsHost,
     "ALTER TABLE calls ALTER COLUMN status DROP DEFAULT; "
     "CREATE DOMAIN state AS text CHECK (VALUE <> 'busy'); "
     "ALTER TABLE calls ALTER COLUMN status TYPE state",
     "calls.status is of the domain state, which refuses busy"},
    {kSeedsHost, "ALTER TABLE calls DROP CONSTRAINT calls_pkey CASCADE",
     "calls.id is no key of its own"},
    {kSeedsHost,
     "UPDATE call_queue SET contact_id = (SELECT id FROM contacts k "
     "WHERE k.user_id = call_queue.user_id LIMIT 1) WHERE contact_name IN ('Person 3', 'Person 4')",
     "call_queue.contact_id has several open rows in one campaign"},
    {kSeedsHost, "ALTER TABLE call_queue DROP COLUMN position", "call_queue.position is not there"},
    {kSeedsHost, "ALTER TABLE call_queue ALTER COLUMN status DROP DEFAULT",
     "call_queue.status has no default"},
    {kSeedsHost,
     "ALTER TABLE call_queue ALTER COLUMN user_data DROP DEFAULT; "
     "ALTER TABLE call_queue ALTER COLUMN user_data TYPE text",
     "call_queue.user_data is of type text where jsonb is needed"},
    {kSeedsHost,
     "ALTER TABLE call_campaigns DROP CONSTRAINT call_campaigns_status_check; "
     "UPDATE call_campaigns SET status = 'archived'",
     "call_campaigns.status is archived (2 rows)"},
    {kSeedsHost,
     "ALTER TABLE call_queue ALTER COLUMN agent_id DROP NOT NULL; "
     "UPDATE call_queue SET agent_id = NULL WHERE contact_name = 'Person 8'",
     "call_queue.agent_id is NULL (2 rows"},
};

}  // namespace

BOOST_AUTO_TEST_SUITE(preflights)

BOOST_AUTO_TEST_CASE(each_obstacle_is_named_migrate_refuses_and_nothing_is_changed) {
  for (const auto& obstacle : kObstacles) {
    BOOST_TEST_CONTEXT(obstacle.sql) {
      Host host{obstacle.host};
      host.sql.execute(obstacle.sql);
      const auto before = host.dump();
      const auto in_the_way = blocking(host);
      BOOST_TEST(has(in_the_way, obstacle.says), joined(in_the_way));
      const auto refused = host.store->migrate();
      BOOST_REQUIRE(!refused);
      BOOST_TEST((refused.error().code == ErrorCode::conflict));
      BOOST_TEST(!in_the_way.empty());
      if (!in_the_way.empty()) {
        BOOST_TEST(refused.error().message.starts_with(in_the_way.front()),
                   refused.error().message);
      }
      BOOST_TEST((host.dump() == before));
    }
  }
}

BOOST_AUTO_TEST_CASE(of_a_declared_status_that_an_enum_lacks_it_asks_whether_it_is_misspelt) {
  const Host host{kWideHost};
  const auto report = must(host.store->preflight({.active_statuses = {{"talkign", "talking"}}}));
  const auto lines = findings(report, Severity::blocks);
  BOOST_TEST(joined(lines) == "calls.status is an enum without 'talkign', which was declared\n");
  BOOST_TEST(report.findings.front().remedy.starts_with("misspelt? It has new, "),
             report.findings.front().remedy);
}

BOOST_AUTO_TEST_CASE(where_nothing_blocks_it_says_what_is_worth_knowing) {
  Host host{kWideHost};
  host.sql.execute(
      "INSERT INTO calls (id, user_id, status, created_at) VALUES (gen_random_uuid(), '" +
      to_text(kAnn) + "', 'ringing', now() - interval '2 days'), (gen_random_uuid(), '" +
      to_text(kAnn) + "', 'talking', now())");
  const auto before = host.dump();
  const auto report = must(host.store->preflight());
  BOOST_TEST(!report.blocks());
  const auto said = findings(report, Severity::note);
  for (const auto* part :
       {"users.password_hash is NOT NULL without a default", "users.email is NOT NULL",
        "calls.status is archived (4 rows), which holds no slot",
        "calls.status is talking (1 row), which holds no slot",
        "calls.status says that calls older than a day are under way", "calls gets seven indexes",
        "ON contacts (id, user_id)", "ON agents (id, user_id)"}) {
    BOOST_TEST(has(said, part), part << " is not among\n" << joined(said));
  }
  const auto declared =
      findings(must(host.store->preflight({.active_statuses = {{"talking"}}})), Severity::note);
  BOOST_TEST(!has(declared, "is talking"));
  BOOST_TEST((host.dump() == before));
}

BOOST_AUTO_TEST_CASE(run_again_it_goes_by_the_statuses_that_were_declared) {
  Host host{kWideHost};
  host.sql.execute("INSERT INTO calls (id, user_id, status) VALUES (gen_random_uuid(), '" +
                   to_text(kAnn) + "', 'talking')");
  BOOST_TEST(has(notes(host), "calls.status is talking"));
  must(host.store->migrate({.active_statuses = {{"talking"}}}));
  BOOST_TEST(!has(notes(host), "calls.status is talking"));
  const auto report = must(host.store->preflight({.active_statuses = std::vector<std::string>{}}));
  BOOST_TEST(has(findings(report, Severity::note), "calls.status is talking"));
}

BOOST_AUTO_TEST_CASE(triggers_that_would_count_twice_are_noted) {
  Host host{kSeedsHost};
  BOOST_TEST(!has(notes(host), "has the trigger"));
  host.sql.execute(
      "CREATE TRIGGER also AFTER INSERT ON call_queue FOR EACH ROW EXECUTE FUNCTION count_rows()");
  BOOST_TEST(has(notes(host), "has the trigger also"));
}

BOOST_AUTO_TEST_CASE(a_migrated_database_has_nothing_in_the_way) {
  for (const auto* tables : {kSeedsHost, kWideHost, ""}) {
    Host host{tables};
    must(host.store->migrate());
    const auto report = must(host.store->preflight());
    BOOST_TEST(report.version == newest_of(*host.store));
    BOOST_TEST(!report.blocks(), joined(findings(report, Severity::blocks)));
  }
}

BOOST_AUTO_TEST_CASE(between_the_versions_rows_are_looked_at_again) {
  Host host{kSeedsHost};
  must(host.store->migrate({.to = 1}));
  host.sql.execute(
      "UPDATE call_queue SET contact_id = (SELECT id FROM contacts k "
      "WHERE k.user_id = call_queue.user_id LIMIT 1) WHERE contact_name IN ('Person 3', 'Person "
      "4')");
  BOOST_TEST(host.store->migrate().error().message.starts_with("call_queue.contact_id"));
}

BOOST_AUTO_TEST_CASE(a_column_that_was_narrowed_after_the_migration_is_named) {
  Host host{""};
  must(host.store->migrate());
  BOOST_TEST(joined(blocking(host)) == "");
  host.sql.execute("ALTER TABLE contacts ALTER COLUMN name SET NOT NULL");
  BOOST_TEST(has(blocking(host), "contacts.name is NOT NULL, and is left empty"),
             joined(blocking(host)));
}

BOOST_AUTO_TEST_SUITE_END()
