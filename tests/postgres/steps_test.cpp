// What takes long on a host's tables runs beside it, and goes on where it was broken off.
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <atomic>
#include <memory>
#include <thread>

#include "hosts.hpp"

using namespace postgres_tests;

namespace {

bool is_valid(Host& host, const std::string& index) {
  return host.text("SELECT indisvalid FROM pg_index WHERE indexrelid = '" + index +
                   "'::regclass") == "t";
}

/// A unique index that finds two rows alike stays behind, invalid.
void left_invalid(Host& host, const std::string& index, const std::string& on) {
  try {
    host.sql.execute("CREATE UNIQUE INDEX CONCURRENTLY " + index + " ON " + on);
    BOOST_ERROR("the index was built");
  } catch (const StatementRefused&) {
  }
  BOOST_TEST(!is_valid(host, index));
}

/// Whether the statement gets through in a few seconds.
bool succeeds(Connection& connection, const std::string& statement) {
  const Transaction nothing_stays{connection, "BEGIN; SET LOCAL statement_timeout = '5s'"};
  try {
    connection.execute(statement);
    return true;
  } catch (const StatementRefused&) {
    return false;
  }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(steps)

BOOST_AUTO_TEST_CASE(a_host_without_the_keys_gets_them) {
  Host host{kWideHost};
  must(host.store->migrate());
  for (const auto* key : {"agents_id_user_id_unique", "contacts_id_user_id_unique",
                          "contacts_user_id_phone_number_unique", "calls_id_user_id_unique"}) {
    BOOST_TEST(host.number(std::string{"SELECT count(*) FROM pg_constraint WHERE contype = 'u' "
                                       "AND conname = '"} +
                           key + "'") == 1);
  }
}

BOOST_AUTO_TEST_CASE(a_key_that_the_host_has_under_another_name_is_left_alone) {
  Host host{std::string{kWideHost} +
            "CREATE UNIQUE INDEX mine ON contacts (user_id, id);"
            "ALTER TABLE contacts ADD CONSTRAINT numbers UNIQUE (phone_number, user_id)"};
  must(host.store->migrate());
  BOOST_TEST(host.number("SELECT count(*) FROM pg_index WHERE indrelid = 'contacts'::regclass "
                         "AND indisunique") == 3);
  BOOST_TEST(wrong(*host.store) == "");
}

BOOST_AUTO_TEST_CASE(a_build_that_was_broken_off_is_done_again) {
  Host host{kWideHost};
  left_invalid(host, "callqueue_key_contacts_id_user_id", "contacts (tags)");
  must(host.store->migrate({.to = 1}));
  BOOST_TEST(is_valid(host, "contacts_id_user_id_unique"));
  left_invalid(host, "callqueue_calls_active", "calls (cost)");
  left_invalid(host, "callqueue_calls_lease_new", "calls (cost)");
  BOOST_TEST(must(host.store->migrate({.active_statuses = {{"talking"}}})).to ==
             newest_of(*host.store));
  BOOST_TEST(is_valid(host, "callqueue_calls_active"));
  BOOST_TEST(host.number("SELECT count(*) FROM pg_class WHERE relname LIKE 'callqueue%new'") == 0);
  BOOST_TEST(wrong(*host.store) == "");
}

BOOST_AUTO_TEST_CASE(keys_of_a_run_that_failed_are_taken_by_the_next) {
  Host host{kWideHost};
  host.sql.execute(
      "CREATE UNIQUE INDEX callqueue_key_contacts_id_user_id ON contacts (id, user_id)");
  const auto built = host.text("SELECT 'callqueue_key_contacts_id_user_id'::regclass::oid");
  const auto report = must(host.store->preflight());
  BOOST_TEST(std::any_of(report.findings.begin(), report.findings.end(), [](const auto& finding) {
    return finding.what.starts_with("has the index callqueue_key_contacts_id_user_id");
  }));
  must(host.store->migrate());
  BOOST_TEST(host.text("SELECT conindid FROM pg_constraint "
                       "WHERE conname = 'contacts_id_user_id_unique'") == built);
  BOOST_TEST(wrong(*host.store) == "");
}

BOOST_AUTO_TEST_CASE(keys_of_a_run_that_failed_are_dropped_where_they_are_of_no_use) {
  Host host{std::string{kWideHost} + "CREATE UNIQUE INDEX mine ON contacts (user_id, id)"};
  left_invalid(host, "callqueue_key_contacts_id_user_id", "contacts (tags)");
  left_invalid(host, "callqueue_key_agents_id_user_id", "agents (voice)");
  must(host.store->migrate());
  BOOST_TEST(host.number("SELECT count(*) FROM pg_class WHERE relname LIKE 'callqueue_key%'") == 0);
  BOOST_TEST(host.number("SELECT count(*) FROM pg_constraint "
                         "WHERE conname = 'contacts_id_user_id_unique'") == 0);
  BOOST_TEST(wrong(*host.store) == "");
}

BOOST_AUTO_TEST_CASE(going_down_drops_keys_of_a_run_that_failed) {
  Host host{kWideHost};
  const auto before = host.dump();
  host.sql.execute(
      "CREATE UNIQUE INDEX callqueue_key_contacts_id_user_id ON contacts (id, user_id)");
  left_invalid(host, "callqueue_key_agents_id_user_id", "agents (voice)");
  const auto done = must(host.store->migrate({.to = 0, .down = true}));
  BOOST_TEST(done.applied == std::vector<std::string>{"keys_left_behind"});
  BOOST_TEST((host.dump() == before));
  BOOST_TEST(must(host.store->migrate({.to = 0, .down = true})).applied.empty());
}

BOOST_AUTO_TEST_CASE(references_are_looked_at_after_the_migration_and_later_if_need_be) {
  Host host{kSeedsHost};
  const auto unvalidated = "SELECT count(*) FROM pg_constraint WHERE NOT convalidated";
  must(host.store->migrate());
  BOOST_TEST(host.number(unvalidated) == 0);
  BOOST_TEST(
      host.number("SELECT count(*) FROM pg_constraint WHERE conname LIKE 'callqueue_calls%'") == 4);
  // As a migrator leaves it that dies before the steps after.
  host.sql.execute(
      "ALTER TABLE calls DROP CONSTRAINT callqueue_calls_contact_id_fkey,"
      "  ADD CONSTRAINT callqueue_calls_contact_id_fkey FOREIGN KEY (contact_id, user_id)"
      "    REFERENCES contacts (id, user_id) ON DELETE SET NULL (contact_id) NOT VALID");
  BOOST_TEST(wrong(*host.store).find("run migrate again") != std::string::npos);
  must(host.store->migrate());
  BOOST_TEST(host.number(unvalidated) == 0);
  BOOST_TEST(wrong(*host.store) == "");
}

BOOST_AUTO_TEST_CASE(a_reference_that_the_hosts_queue_lacks_is_added_and_taken_away) {
  Host host{kSeedsHost};
  host.sql.execute(
      "ALTER TABLE call_queue DROP CONSTRAINT call_queue_contact_id_user_id_fkey,"
      "  DROP CONSTRAINT queue_call");
  const auto before = host.dump();
  must(host.store->migrate());
  BOOST_TEST(wrong(*host.store) == "");
  BOOST_CHECK_THROW(host.sql.execute("UPDATE call_queue SET contact_id = gen_random_uuid()"),
                    StatementRefused);
  must(host.store->migrate({.to = 0, .down = true}));
  BOOST_TEST((host.dump() == before));
}

BOOST_AUTO_TEST_CASE(a_table_in_use_is_waited_for_and_nobody_waits_behind) {
  Host host{kSeedsHost};
  auto busy = host.database.connect();
  auto another = host.database.connect();
  // Somebody reads users in a long transaction; whoever comes while we wait is let through.
  auto reading = std::make_unique<Transaction>(busy, "BEGIN; SELECT count(*)::text FROM users");
  std::atomic<bool> done = false;
  Result<MigrateResult> result = MigrateResult{};
  std::jthread migrator{[&] {
    result = host.store->migrate();
    done = true;
  }};
  const auto waits =
      "SELECT count(*) FROM pg_locks WHERE NOT granted AND mode = 'AccessExclusiveLock'";
  while (!done && host.number(waits) == 0) std::this_thread::yield();
  BOOST_TEST(succeeds(another, "UPDATE users SET name = name"));
  BOOST_TEST(!done);
  reading.reset();
  migrator.join();
  BOOST_TEST(must(result).to == newest_of(*host.store));
  BOOST_TEST(wrong(*host.store) == "");
}

BOOST_AUTO_TEST_CASE(the_host_writes_to_its_tables_while_indexes_are_built) {
  Host host{kWideHost};
  auto busy = host.database.connect();
  // A build waits for this transaction, which has written to the table; others write on.
  auto writing = std::make_unique<Transaction>(
      busy, "BEGIN; UPDATE contacts SET score = 1 WHERE name = 'Person 1'; SELECT ''");
  Result<MigrateResult> result = MigrateResult{};
  std::atomic<bool> done = false;
  std::jthread migrator{[&] {
    result = host.store->migrate();
    done = true;
  }};
  const auto waits = "SELECT count(*) FROM pg_locks WHERE NOT granted";
  while (!done && host.number(waits) == 0) std::this_thread::yield();
  BOOST_TEST(!done);
  BOOST_TEST(succeeds(host.sql, "UPDATE contacts SET score = 2 WHERE name = 'Person 2'"));
  BOOST_TEST(succeeds(host.sql, "UPDATE calls SET cost = 2"));
  BOOST_TEST(host.number("SELECT count(*) FROM pg_class WHERE relname = 'callqueue_made'") == 0);
  writing->commit();
  writing.reset();
  migrator.join();
  BOOST_TEST(must(result).to == newest_of(*host.store));
}

BOOST_AUTO_TEST_SUITE_END()
