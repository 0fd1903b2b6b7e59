// A row points at rows of its own user only, whoever writes it: the database sees to that. What the
// store's calls refuse is in tests/conformance/isolation.cpp.
#include <boost/test/unit_test.hpp>

#include <map>
#include <set>

#include "two_users.hpp"

using namespace postgres_tests;

namespace {

/// What the catalog names, and why it may be so.
using Exceptions = std::map<std::string, std::string>;

std::set<std::string> names(Connection& connection, const char* sql) {
  std::set<std::string> found;
  auto rows = connection.query(sql);
  while (rows.step()) found.insert(rows.get<std::string>(0));
  return found;
}

/// Neither may anything else be found nor an exception be out of date.
void check_only(const std::set<std::string>& found, const Exceptions& exceptions) {
  for (const auto& name : found) BOOST_TEST(exceptions.contains(name), name << " is no exception");
  for (const auto& [name, reason] : exceptions) {
    BOOST_TEST(found.contains(name), name << " is none any more: " << reason);
  }
}

/// A foreign key of a table with a user's rows, and its column beside the user.
struct Reference {
  std::string name;
  std::string table;
  std::string column;
  std::string target;
  std::string target_column;
};

std::vector<Reference> references(Connection& connection) {
  std::vector<Reference> found;
  auto rows = connection.query(R"sql(
    SELECT c.conname::text, c.conrelid::regclass::text, a.attname::text, c.confrelid::regclass::text, b.attname::text
    FROM pg_constraint c CROSS JOIN LATERAL unnest(c.conkey, c.confkey) k (mine, theirs)
      JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = k.mine
      JOIN pg_attribute b ON b.attrelid = c.confrelid AND b.attnum = k.theirs
    WHERE c.contype = 'f' AND c.connamespace = current_schema()::regnamespace AND a.attname <> 'user_id'
    ORDER BY 1)sql");
  while (rows.step()) {
    found.push_back({.name = rows.get<std::string>(0),
                     .table = rows.get<std::string>(1),
                     .column = rows.get<std::string>(2),
                     .target = rows.get<std::string>(3),
                     .target_column = rows.get<std::string>(4)});
  }
  return found;
}

std::string quoted(UserId id) { return "'" + to_text(id) + "'"; }

/// What the database says against the statement: SQLSTATE and constraint.
std::string refusal(Connection& connection, const std::string& sql) {
  const Transaction nothing_stays{connection};
  try {
    const auto rows = connection.execute(sql);
    return rows.count() == 0 ? "it touched nothing" : "it was done";
  } catch (const StatementRefused& refused) {
    return refused.sqlstate() + " " + refused.constraint();
  }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(isolation)

BOOST_AUTO_TEST_CASE(every_table_with_rows_of_users_says_whose) {
  const TwoUsers world;
  auto connection = world.database.connect();
  check_only(names(connection, R"sql(
               SELECT relname::text FROM pg_class c
               WHERE relnamespace = current_schema()::regnamespace AND relkind = 'r' AND NOT EXISTS (
                 SELECT 1 FROM pg_attribute a
                 WHERE a.attrelid = c.oid AND a.attname = 'user_id' AND a.attnotnull))sql"),
             {{"users", "its id is the user's"},
              {"callqueue_access_tokens", "an administrator's has no user"},
              {"callqueue_settings", "the system's"},
              {"callqueue_made", "the schema's"},
              {"callqueue_migrations", "the schema's"}});
}

// To be sharded by user, a table needs keys that begin with the user.
BOOST_AUTO_TEST_CASE(every_unique_key_of_a_users_rows_holds_the_user) {
  const TwoUsers world;
  auto connection = world.database.connect();
  const auto* const by_id = "(user_id, id) tells the same rows apart";
  check_only(names(connection, R"sql(
               SELECT i.relname::text FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid
                 JOIN pg_attribute a ON a.attrelid = x.indrelid AND a.attname = 'user_id'
               WHERE i.relnamespace = current_schema()::regnamespace AND x.indisunique
                 AND a.attnum <> ALL (x.indkey::smallint[]))sql"),
             {{"agents_pkey", by_id},
              {"contacts_pkey", by_id},
              {"calls_pkey", by_id},
              {"call_campaigns_pkey", by_id},
              {"call_queue_pkey", by_id},
              {"callqueue_imports_pkey", by_id},
              {"callqueue_lanes_pkey", by_id},
              {"callqueue_signals_pkey", by_id},
              {"callqueue_access_tokens_pkey", "by it its user is found: the server's to look up"},
              {"callqueue_campaign_rules_pkey", "one row a campaign: as by_id, with campaign_id"},
              {"callqueue_import_contacts_pkey", "an import has one user: as by_id"}});
}

BOOST_AUTO_TEST_CASE(every_foreign_key_of_a_users_rows_holds_the_user) {
  const TwoUsers world;
  auto connection = world.database.connect();
  check_only(names(connection, R"sql(
               SELECT c.conname::text FROM pg_constraint c
               WHERE c.contype = 'f' AND c.connamespace = current_schema()::regnamespace AND NOT EXISTS (
                 SELECT 1 FROM unnest(c.conkey, c.confkey) k (mine, theirs)
                   JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = k.mine
                   JOIN pg_attribute b ON b.attrelid = c.confrelid AND b.attnum = k.theirs
                 WHERE a.attname = 'user_id' AND (b.attname = 'user_id' OR c.confrelid = 'users'::regclass)))sql"),
             {});
}

BOOST_AUTO_TEST_CASE(every_reference_is_a_foreign_key) {
  const TwoUsers world;
  auto connection = world.database.connect();
  check_only(
      names(connection, R"sql(
               SELECT t.relname || '.' || a.attname FROM pg_class t JOIN pg_attribute a ON a.attrelid = t.oid
               WHERE t.relnamespace = current_schema()::regnamespace AND t.relkind = 'r' AND a.attname LIKE '%\_id'
                 AND NOT a.attisdropped AND NOT EXISTS (
                   SELECT 1 FROM pg_constraint c
                   WHERE c.conrelid = t.oid AND c.contype = 'f' AND a.attnum = ANY (c.conkey)))sql"),
      {{"calls.provider_call_id", "the provider's"},
       {"callqueue_lanes.lane_id", "its own"},
       {"callqueue_signals.signal_id", "its own"},
       {"callqueue_access_tokens.token_id", "its own"},
       {"callqueue_request_keys.attempt_id", "its own"},
       {"callqueue_import_errors.import_id", "the import is gone soon after its end"},
       {"callqueue_signals.user_id", "only claims follow it, and forget users that are gone"},
       {"callqueue_turns.user_id", "a claim must not wait for who deletes a user"},
       {"callqueue_import_contacts.contact_id", "followed together with user_id only"}});
}

BOOST_AUTO_TEST_CASE(plain_sql_cannot_point_at_another_users_row) {
  const TwoUsers world;
  auto connection = world.database.connect();
  const auto all = references(connection);
  BOOST_TEST(all.size() >= 14U);
  for (const auto& key : all) {
    const auto row_of = [&](UserId user) {
      return "(SELECT r." + key.target_column + " FROM " + key.target +
             " r WHERE r.user_id = " + quoted(user) + " ORDER BY 1 LIMIT 1)";
    };
    const auto point_at = [&](UserId user) {
      return "UPDATE " + key.table + " SET " + key.column + " = " + row_of(user) +
             " WHERE ctid = (SELECT ctid FROM " + key.table +
             " WHERE user_id = " + quoted(world.ann.user_id) + " AND " + key.column +
             " IS NOT NULL ORDER BY " + key.column + " LIMIT 1)";
    };
    const auto said = refusal(connection, point_at(world.bob.user_id));
    // Where the reference is the key, Bob's own row is in the way first.
    BOOST_TEST((said == "23503 " + key.name || said == "23505 " + key.table + "_pkey"),
               key.name << ": " << said);
    BOOST_TEST(refusal(connection, point_at(world.ann.user_id)) == "it was done", key.name);
  }
}

BOOST_AUTO_TEST_CASE(plain_sql_cannot_hand_a_row_to_another_user) {
  const TwoUsers world;
  auto connection = world.database.connect();
  for (const std::string table :
       {"agents", "contacts", "calls", "call_campaigns", "call_queue", "callqueue_campaign_rules",
        "callqueue_imports", "callqueue_import_contacts", "callqueue_import_errors",
        "callqueue_lanes"}) {
    const auto said =
        refusal(connection, "UPDATE " + table + " SET user_id = " + quoted(world.bob.user_id) +
                                " WHERE user_id = " + quoted(world.ann.user_id));
    BOOST_TEST(said.starts_with("23"), table << ": " << said);
  }
}

BOOST_AUTO_TEST_SUITE_END()
