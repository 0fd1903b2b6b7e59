// The role that sees one user only: `MigrateRequest::row_security`.
#include <boost/test/unit_test.hpp>

#include <map>

#include "two_users.hpp"

using namespace postgres_tests;

namespace {

/// Roles belong to the whole server, which others may use at the same time.
std::string role_name(const std::string& what) {
  return "callqueue_" + std::to_string(getpid()) + "_" + what;
}

struct Tenants : TwoUsers {
  std::string role = role_name("tenant");

  Tenants() { migrate_for(role); }
  ~Tenants() { drop_role(role); }
  Tenants(const Tenants&) = delete;
  Tenants& operator=(const Tenants&) = delete;

  void migrate_for(const std::string& name) const {
    MigrateRequest request;
    request.row_security = name;
    store->migrate(request).value();
  }
  void drop_role(const std::string& name) const {
    auto connection = database.connect();
    connection.execute("DROP OWNED BY " + name + "; DROP ROLE " + name);
  }
  /// A session of the role on behalf of this user.
  [[nodiscard]] Connection as(UserId user) const {
    auto connection = database.connect();
    connection.execute("SET ROLE " + role);
    connection.query("SELECT set_config('callqueue.user_id', $1, false)", to_text(user));
    return connection;
  }
};

/// One that may do all that a processor does.
void make_login(Connection& connection, const std::string& name) {
  for (const auto* const statement :
       {"CREATE ROLE %s LOGIN INHERIT", "GRANT USAGE ON SCHEMA public TO %s",
        "GRANT ALL ON ALL TABLES IN SCHEMA public TO %s",
        "GRANT ALL ON ALL SEQUENCES IN SCHEMA public TO %s"}) {
    std::string made = statement;
    connection.execute(made.replace(made.find("%s"), 2, name));
  }
}

std::int64_t rows_in(Connection& connection, const std::string& from) {
  auto rows = connection.execute("SELECT count(*)::text FROM " + from);
  return rows.step() ? std::stoll(rows.get<std::string>(0)) : -1;
}

/// The SQLSTATE that the statement is refused with, or nothing.
std::string state_of_refusal(Connection& connection, const std::string& sql) {
  try {
    connection.execute(sql);
    return "";
  } catch (const StatementRefused& refused) {
    return refused.sqlstate();
  }
}

constexpr const char* kNotPermitted = "42501";

std::string literal(const auto& id) { return "'" + to_text(id) + "'"; }

std::string add_row(const Belongings& whose, UserId user) {
  return "INSERT INTO call_queue (user_id, campaign_id, agent_id, contact_id, phone_number) "
         "SELECT " +
         literal(user) + ", " + literal(whose.campaign_id) + ", " + literal(whose.agent_id) +
         ", id, phone_number FROM contacts WHERE phone_number = '+14155550129'";
}

std::string told(const VerifyReport& report) {
  std::string said;
  for (const auto& item : report.items) {
    if (!item.ok) said += item.kind + " " + item.name + ": " + item.detail + "\n";
  }
  return said;
}

const std::map<std::string, int> kRowsOfEach = {{"users", 1},
                                                {"agents", 1},
                                                {"contacts", 3},
                                                {"calls", 1},
                                                {"call_campaigns", 1},
                                                {"call_queue", 3},
                                                {"callqueue_campaign_rules", 1}};

}  // namespace

BOOST_AUTO_TEST_SUITE(row_security)

BOOST_AUTO_TEST_CASE(the_role_sees_its_own_users_rows_only) {
  const Tenants world;
  auto anns = world.as(world.ann.user_id);
  for (const auto& [table, rows] : kRowsOfEach) BOOST_TEST(rows_in(anns, table) == rows, table);
  BOOST_TEST(rows_in(anns, "call_queue WHERE user_id = " + literal(world.bob.user_id)) == 0);
  BOOST_TEST(rows_in(anns, "users WHERE id = " + literal(world.ann.user_id)) == 1);
}

BOOST_AUTO_TEST_CASE(without_a_user_the_role_sees_nothing) {
  const Tenants world;
  auto nobodys = world.database.connect();
  nobodys.execute("SET ROLE " + world.role);
  for (const auto& [table, rows] : kRowsOfEach) BOOST_TEST(rows_in(nobodys, table) == 0, table);
  nobodys.execute("SET callqueue.user_id = ''");
  BOOST_TEST(rows_in(nobodys, "call_queue") == 0);
}

BOOST_AUTO_TEST_CASE(the_role_writes_its_own_users_rows_and_the_triggers_follow) {
  const Tenants world;
  auto anns = world.as(world.ann.user_id);
  anns.execute("INSERT INTO contacts (user_id, phone_number) VALUES (" +
               literal(world.ann.user_id) + ", '+14155550129')");
  anns.execute(add_row(world.ann, world.ann.user_id));
  BOOST_TEST(rows_in(anns, "call_queue") == 4);
  // Statistics are kept, the row has a lane, and a claim finds it.
  BOOST_TEST(
      world.store->find_campaign(world.ann.user_id, world.ann.campaign_id).value().total_contacts ==
      4);
  BOOST_TEST(CallQueue{*world.store}.claim({.limit = 9}).value().size() == 2U);
  BOOST_TEST(told(world.store->verify().value()) == "");

  anns.execute("UPDATE call_campaigns SET status = 'paused'");
  BOOST_CHECK(world.store->find_campaign(world.bob.user_id, world.bob.campaign_id).value().status ==
              CampaignStatus::active);
  anns.execute("DELETE FROM call_queue WHERE status = 'queued'");
  BOOST_TEST(told(world.store->verify().value()) == "");
}

BOOST_AUTO_TEST_CASE(the_role_cannot_write_for_another_user) {
  const Tenants world;
  auto anns = world.as(world.ann.user_id);
  const auto bob = literal(world.bob.user_id);
  BOOST_TEST(state_of_refusal(anns, "INSERT INTO contacts (user_id, phone_number) VALUES (" + bob +
                                        ", '+14155550129')") == kNotPermitted);
  anns.execute("INSERT INTO contacts (user_id, phone_number) VALUES (" +
               literal(world.ann.user_id) + ", '+14155550129')");
  BOOST_TEST(state_of_refusal(anns, add_row(world.bob, world.bob.user_id)) == kNotPermitted);
  BOOST_TEST(state_of_refusal(anns, "UPDATE agents SET user_id = " + bob) == kNotPermitted);
  anns.execute("DELETE FROM call_queue WHERE user_id = " + bob);
  anns.execute("UPDATE contacts SET name = 'x' WHERE user_id = " + bob);
  BOOST_TEST(CallQueue{*world.store}.list(world.bob.user_id, {}, {}).value().items.size() == 3U);
  BOOST_TEST(
      world.store->list_contacts(world.bob.user_id, {.search = "Ada"}, {}).value().items.size() ==
      1U);
}

BOOST_AUTO_TEST_CASE(limits_turns_and_claims_are_not_the_roles_affair) {
  const Tenants world;
  auto anns = world.as(world.ann.user_id);
  for (const auto* const statement :
       {"UPDATE users SET concurrent_calls_limit = 99", "SELECT * FROM callqueue_turns",
        "SELECT secret_hash FROM callqueue_access_tokens",
        "UPDATE callqueue_access_tokens SET role = 'administrator', user_id = NULL",
        "SELECT record FROM callqueue_import_errors", "SELECT body FROM callqueue_request_keys",
        "UPDATE callqueue_settings SET system_limit = 99",
        "UPDATE callqueue_lanes SET stale = false",
        "SELECT * FROM callqueue_claim('me', interval '1 hour', ARRAY[gen_random_uuid()], NULL, "
        "NULL, NULL, ARRAY[]::uuid[], 1000)"}) {
    BOOST_TEST(state_of_refusal(anns, statement) == kNotPermitted, statement);
  }
}

BOOST_AUTO_TEST_CASE(a_temporary_table_does_not_stand_in_for_one_of_ours) {
  const Tenants world;
  auto anns = world.as(world.ann.user_id);
  anns.execute(
      "CREATE TEMPORARY TABLE callqueue_signals (user_id uuid);"
      "CREATE TEMPORARY TABLE call_campaigns AS SELECT * FROM public.call_campaigns");
  anns.execute("DELETE FROM public.call_queue WHERE status = 'queued'");
  BOOST_TEST(told(world.store->verify().value()) == "");
}

BOOST_AUTO_TEST_CASE(nobody_else_is_affected) {
  const Tenants world;
  const auto role = role_name("other");
  auto other = world.database.connect();
  other.execute("CREATE ROLE " + role + "; GRANT SELECT ON call_queue TO " + role + "; SET ROLE " +
                role);
  BOOST_TEST(rows_in(other, "call_queue") == 6);
  other.execute("RESET ROLE");
  world.drop_role(role);
  BOOST_TEST(world.store->list_users({}).value().items.size() == 2U);
}

BOOST_AUTO_TEST_CASE(a_login_that_inherits_from_the_role_is_refused_before_it_dials_nothing) {
  const Tenants world;
  const auto login = role_name("inherits");
  auto connection = world.database.connect();
  make_login(connection, login);
  const auto url = world.database.url() + "&user=" + login;
  const auto store = open_store(url).value();
  const auto before = CallQueue{*store}.claim({.limit = 1});
  BOOST_TEST_REQUIRE(before.has_value(), before.error().message);
  BOOST_TEST(before->size() == 1U);

  connection.execute("GRANT " + world.role + " TO " + login);
  const auto claimed = CallQueue{*store}.claim({.limit = 1});
  BOOST_TEST_REQUIRE(!claimed.has_value());
  BOOST_CHECK(claimed.error().code == ErrorCode::corrupt);
  BOOST_TEST(claimed.error().message.find("row-level security") != std::string::npos);
  const auto opened = open_store(url);
  BOOST_TEST_REQUIRE(!opened.has_value());
  BOOST_CHECK(opened.error().code == ErrorCode::corrupt);

  connection.execute("REVOKE " + world.role + " FROM " + login);
  BOOST_TEST(CallQueue{*store}.claim({.limit = 1}).value().size() == 1U);
  world.drop_role(login);
}

BOOST_AUTO_TEST_CASE(a_login_from_which_the_host_hides_calls_claims_none) {
  const TwoUsers world;
  const auto login = role_name("sees_less");
  auto connection = world.database.connect();
  make_login(connection, login);
  const auto store = open_store(world.database.url() + "&user=" + login).value();
  const auto claim = [&] { return CallQueue{*store}.claim({.limit = 1}); };
  const auto refused = [&] {
    const auto claimed = claim();
    return !claimed && claimed.error().code == ErrorCode::corrupt &&
           claimed.error().message.find("hides rows of calls from this role") != std::string::npos;
  };
  BOOST_TEST(claim().value().size() == 1U);

  connection.execute(
      "ALTER TABLE calls ENABLE ROW LEVEL SECURITY;"
      "CREATE POLICY hides ON calls USING (queue_id IS NULL)");
  BOOST_TEST(refused());
  connection.execute("CREATE POLICY processors ON calls TO " + login + " USING (true)");
  BOOST_TEST(claim().has_value());
  connection.execute("CREATE POLICY fewer ON calls AS RESTRICTIVE USING (queue_id IS NULL)");
  BOOST_TEST(refused());
  BOOST_TEST(CallQueue{*world.store}.claim({.limit = 1}).has_value());
  connection.execute("DROP OWNED BY " + login + "; DROP ROLE " + login);
}

BOOST_AUTO_TEST_CASE(verify_tells_what_row_security_lacks) {
  const Tenants world;
  BOOST_TEST(told(world.store->verify().value()) == "");
  auto connection = world.database.connect();
  const std::vector<std::pair<std::string, std::string>> alterations = {
      {"ALTER TABLE calls DISABLE ROW LEVEL SECURITY", "row_security calls"},
      {"ALTER TABLE call_queue FORCE ROW LEVEL SECURITY", "row_security call_queue"},
      {"DROP POLICY callqueue_own_rows ON contacts", "policy contacts.callqueue_own_rows"},
      {"DROP POLICY callqueue_own_rows ON callqueue_access_tokens",
       "policy callqueue_access_tokens.callqueue_own_rows"},
      {"DROP POLICY callqueue_own_rows ON callqueue_import_errors",
       "policy callqueue_import_errors.callqueue_own_rows"},
      {"DROP POLICY callqueue_own_rows ON callqueue_request_keys",
       "policy callqueue_request_keys.callqueue_own_rows"},
      {"ALTER POLICY callqueue_own_rows ON agents USING (true)",
       "policy agents.callqueue_own_rows"},
      {"REVOKE INSERT ON call_queue FROM " + world.role, "grant call_queue.INSERT"},
      {"ALTER FUNCTION callqueue_place_row() SECURITY INVOKER", "function callqueue_place_row()"},
      {"ALTER FUNCTION callqueue_lane_for(uuid, uuid, uuid) SET search_path = public",
       "function callqueue_lane_for"}};
  for (const auto& [alteration, name] : alterations) {
    connection.execute(alteration);
    BOOST_TEST(told(world.store->verify().value()).find(name) != std::string::npos, name);
  }
  world.migrate_for(world.role);  // Puts all of it right again but what is not its own.
  BOOST_TEST(told(world.store->verify().value()).find("policy") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(it_is_taken_away_and_leaves_nothing_behind) {
  const Tenants world;
  world.migrate_for("");
  BOOST_TEST(told(world.store->verify().value()) == "");
  auto connection = world.database.connect();
  BOOST_TEST(rows_in(connection, "pg_policies") == 0);
  BOOST_TEST(rows_in(connection, "pg_class WHERE relrowsecurity") == 0);
  BOOST_TEST(rows_in(connection, "pg_class WHERE relacl::text LIKE '%" + world.role + "%'") == 0);

  world.migrate_for(world.role);
  MigrateRequest down;
  down.to = 0;
  down.down = true;
  world.store->migrate(down).value();
  BOOST_TEST(rows_in(connection, "pg_policies") == 0);
}

BOOST_AUTO_TEST_CASE(a_hosts_own_row_security_stays_in_force) {
  const FreshDatabase database;
  auto connection = database.connect();
  const auto role = role_name("hosted");
  connection.execute(
      "CREATE TABLE users (id uuid PRIMARY KEY, plan text);"
      "ALTER TABLE users ENABLE ROW LEVEL SECURITY;"
      "CREATE ROLE " +
      role + "_app; GRANT SELECT ON users TO " + role +
      "_app;"
      "INSERT INTO users (id) VALUES (gen_random_uuid())");
  const auto store = open_store(database.url()).value();
  MigrateRequest request;
  request.row_security = role;
  store->migrate(request).value();
  BOOST_TEST(told(store->verify().value()) == "");
  connection.execute("SET ROLE " + role + "_app");
  BOOST_TEST(rows_in(connection, "users") == 0);
  connection.execute("RESET ROLE");

  request.row_security = "";
  store->migrate(request).value();
  BOOST_TEST(rows_in(connection, "pg_class WHERE relrowsecurity") == 1);
  connection.execute("DROP OWNED BY " + role + "_app; DROP ROLE " + role + "_app; DROP ROLE " +
                     role);
}

BOOST_AUTO_TEST_CASE(a_role_that_would_see_more_is_refused) {
  const TwoUsers world;
  auto connection = world.database.connect();
  const auto role = role_name("unfit");
  const auto refused = [&](const std::string& name) {
    MigrateRequest request;
    request.row_security = name;
    return world.store->migrate(request).error();
  };
  connection.execute("CREATE ROLE " + role + " BYPASSRLS");
  BOOST_CHECK(refused(role).code == ErrorCode::conflict);
  connection.execute("ALTER ROLE " + role + " NOBYPASSRLS; GRANT CREATE ON SCHEMA public TO " +
                     role);
  BOOST_TEST(refused(role).message.find("REVOKE CREATE") != std::string::npos);
  BOOST_TEST(refused("postgres").field == "row_security");
  connection.execute("DROP OWNED BY " + role + "; DROP ROLE " + role);
  BOOST_TEST(rows_in(connection, "pg_policies") == 0);

  MigrateRequest older;
  older.to = 1;
  older.row_security = role;
  BOOST_CHECK(world.store->migrate(older).error().code == ErrorCode::invalid_argument);
}

BOOST_AUTO_TEST_SUITE_END()
