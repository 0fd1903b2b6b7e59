// What a preflight says of what the migrating role may not do, of what stands on functions that
// are replaced, and of schemas that hold nothing.
#include <boost/test/unit_test.hpp>

#include "findings.hpp"
#include "postgres/preflight.hpp"

using namespace postgres_tests;

namespace {

StoreOptions of_schema(const std::string& name) {
  StoreOptions options;
  options.schema = name;
  return options;
}

std::vector<std::string> blocking_for(const RoleOfHost& role, const StoreOptions& options = {}) {
  return findings(must(role.store(options)->preflight()), Severity::blocks);
}

/// Gives the role what a migrator needs, but for the functions.
void give_tables(Host& host, const RoleOfHost& role) {
  host.sql.execute("GRANT USAGE, CREATE ON SCHEMA public TO " + role.name());
  for (const auto* table :
       {"users", "agents", "contacts", "calls", "call_campaigns", "call_queue"}) {
    host.sql.execute(std::string{"ALTER TABLE "} + table + " OWNER TO " + role.name());
  }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(preflight_rights)

BOOST_AUTO_TEST_CASE(what_stands_on_a_replaced_function_is_named) {
  Host host{kSeedsHost};
  host.sql.execute(
      "CREATE VIEW busy AS SELECT id, count_active_calls(id) AS calls FROM users;"
      "CREATE SCHEMA reports;"
      "CREATE MATERIALIZED VIEW reports.load AS SELECT count_system_active_calls() AS calls;"
      "CREATE VIEW due AS SELECT u.id, n.phone_number FROM users u, get_next_queued_call(u.id) n;"
      "ALTER TABLE agents ADD COLUMN load bigint DEFAULT count_system_active_calls();"
      "CREATE VIEW harmless AS SELECT id, status FROM call_queue");
  const auto before = host.dump();
  const auto report = must(host.store->preflight());
  const auto lines = findings(report, Severity::blocks);
  BOOST_TEST(lines.size() == 4U, joined(lines));
  for (const auto* part :
       {"the view busy uses the function count_active_calls(uuid)",
        "the materialized view reports.load uses the function count_system_active_calls()",
        "the view due uses the function get_next_queued_call(uuid)",
        "the default value for column load of table agents uses the function "
        "count_system_active_calls()"}) {
    BOOST_TEST(has(lines, part), part << " is not among\n" << joined(lines));
  }
  BOOST_TEST(!host.store->migrate());
  BOOST_TEST((host.dump() == before));

  for (const auto& finding : report.findings) {
    if (finding.remedy.starts_with("DROP")) {
      host.sql.execute(finding.remedy.substr(0, finding.remedy.find(';')));
    }
  }
  host.sql.execute("ALTER TABLE agents DROP COLUMN load");
  BOOST_TEST(must(host.store->migrate()).to == newest_of(*host.store));
}

BOOST_AUTO_TEST_CASE(a_role_that_may_not_is_told_so) {
  Host host{kSeedsHost};
  const RoleOfHost role{host};
  host.sql.execute("GRANT SELECT ON ALL TABLES IN SCHEMA public TO " + role.name());
  const auto lines = blocking_for(role);
  BOOST_TEST(has(lines, "may not create tables in the schema public"));
  BOOST_TEST(has(lines, "call_queue belongs to another role"));
  BOOST_TEST(!role.store()->migrate());
}

BOOST_AUTO_TEST_CASE(rows_are_looked_at_whosever_they_are) {
  Host host{kSeedsHost};
  const RoleOfHost role{host};
  host.sql.execute(
      "UPDATE users SET concurrent_calls_limit = -1;"
      "GRANT SELECT ON ALL TABLES IN SCHEMA public TO " +
      role.name());
  BOOST_TEST(has(blocking_for(role), "users.concurrent_calls_limit is negative or NULL (2 rows"));
  host.sql.execute("REVOKE SELECT ON users FROM " + role.name());
  const auto lines = blocking_for(role);
  BOOST_TEST(has(lines, "users may not be read by this role: its rows were not looked at"));
  BOOST_TEST(!has(lines, "users.concurrent_calls_limit"));
}

BOOST_AUTO_TEST_CASE(rows_that_are_hidden_are_spoken_of) {
  Host host{kSeedsHost};
  const RoleOfHost role{host};
  give_tables(host, role);
  host.sql.execute("ALTER TABLE contacts ENABLE ROW LEVEL SECURITY");
  BOOST_TEST(!has(blocking_for(role), "hides rows"));
  host.sql.execute("ALTER TABLE contacts FORCE ROW LEVEL SECURITY");
  BOOST_TEST(has(blocking_for(role), "contacts hides rows from this role"));
  BOOST_TEST(!has(blocking(host), "hides rows"));
}

BOOST_AUTO_TEST_CASE(functions_of_another_role_are_named_and_with_them_all_goes_well) {
  Host host{kSeedsHost};
  const RoleOfHost role{host};
  give_tables(host, role);
  const auto lines = blocking_for(role);
  BOOST_TEST(lines.size() == 3U, joined(lines));
  BOOST_TEST(has(lines, "the function get_next_queued_call(uuid), which is replaced, belongs to"));
  BOOST_TEST(!role.store()->migrate());

  for (const auto* function :
       {"count_active_calls", "count_system_active_calls", "get_next_queued_call"}) {
    host.sql.execute(std::string{"ALTER FUNCTION "} + function + " OWNER TO " + role.name());
  }
  const auto before = host.dump();
  BOOST_TEST(joined(blocking_for(role)) == "");
  BOOST_TEST(must(role.store()->migrate()).to == newest_of(*host.store));
  BOOST_TEST(wrong(*host.store) == "");
  host.sql.execute("GRANT CREATE ON DATABASE " + host.database.name() + " TO " + role.name());
  BOOST_TEST(wrong(*role.store()) == "");
  must(role.store()->migrate({.to = 0, .down = true}));
  BOOST_TEST((host.dump() == before));
}

BOOST_AUTO_TEST_CASE(a_schema_that_is_not_there_or_closed_is_named) {
  Host host{kSeedsHost};
  const auto misspelt = open_store(host.database.url(), of_schema("plubic")).value();
  const auto refused = misspelt->preflight();
  BOOST_REQUIRE(!refused);
  BOOST_TEST((refused.error().code == ErrorCode::invalid_argument));
  BOOST_TEST(refused.error().field == "schema");
  BOOST_TEST(refused.error().message.find("plubic") != std::string::npos);

  const RoleOfHost role{host};
  host.sql.execute("CREATE SCHEMA closed");
  BOOST_TEST(
      has(blocking_for(role, of_schema("closed")), "this role may not use the schema closed"));
}

BOOST_AUTO_TEST_CASE(a_schema_without_any_of_the_tables_is_noted) {
  Host host{"CREATE TABLE invoices (id integer)"};
  BOOST_TEST(has(notes(host), "the schema public has none of the tables"));
  BOOST_TEST(joined(blocking(host)) == "");
  must(host.store->migrate());
  BOOST_TEST(!has(notes(host), "has none of the tables"));

  Host elsewhere{kSeedsHost};
  elsewhere.sql.execute("CREATE SCHEMA empty");
  BOOST_TEST(!has(notes(elsewhere), "has none of the tables"));
  const auto report =
      must(open_store(elsewhere.database.url(), of_schema("empty")).value()->preflight());
  BOOST_REQUIRE(report.findings.size() == 1U);
  BOOST_TEST(report.findings[0].remedy == "some are in the schema public: --schema");
}

BOOST_AUTO_TEST_CASE(what_takes_too_long_is_given_up_and_said) {
  Host host{kSeedsHost};
  auto busy = host.database.connect();
  BOOST_TEST(!has(notes(host), "not looked through"));
  const Transaction holding{busy, "BEGIN; LOCK TABLE contacts; SELECT ''"};
  const auto report = preflight(host.sql, {}, 250ms);
  BOOST_TEST(!report.blocks());
  const auto said = findings(report, Severity::note);
  BOOST_TEST(has(said,
                 "contacts.phone_number was not looked through to the end, for want of time; "
                 "perhaps it is twice the same for a user"));
  BOOST_TEST(has(said, "call_queue is locked while its rows are rewritten"));
}

BOOST_AUTO_TEST_SUITE_END()
