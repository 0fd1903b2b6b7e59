// What a preflight notes of a host's rows, and that what it advises can be done.
#include <boost/test/unit_test.hpp>

#include "findings.hpp"

using namespace postgres_tests;

namespace {

/// Rows that point at another user's.
struct Stray {
  const char* host;
  const char* sql;  ///< Makes them.
  const char* says;
};

const Stray kStrays[] = {
    {kWideHost,
     "UPDATE calls SET contact_id = (SELECT id FROM contacts k WHERE k.user_id <> calls.user_id "
     "LIMIT 1)",
     "calls.contact_id points at no row of the user's in contacts (8 rows"},
    {kSeedsHost,
     "ALTER TABLE call_queue DROP CONSTRAINT call_queue_contact_id_user_id_fkey; "
     "UPDATE call_queue SET contact_id = (SELECT id FROM contacts k "
     "WHERE k.user_id <> call_queue.user_id ORDER BY id LIMIT 1) WHERE contact_name = 'Person 3'",
     "call_queue.contact_id points at no row of the user's in contacts (2 rows"},
    {kSeedsHost,
     "ALTER TABLE call_queue DROP CONSTRAINT call_queue_agent_id_user_id_fkey, "
     "  ALTER COLUMN agent_id DROP NOT NULL; "
     "UPDATE call_queue SET agent_id = gen_random_uuid() WHERE contact_name = 'Person 3'",
     "call_queue.agent_id points at no row of the user's in agents (2 rows"},
    {kSeedsHost,
     "ALTER TABLE call_campaigns DROP CONSTRAINT call_campaigns_agent_id_user_id_fkey; "
     "UPDATE call_campaigns SET agent_id = gen_random_uuid() WHERE user_id = "
     "'00000000-0000-4000-8000-00000000000a'",
     "call_campaigns.agent_id points at no row of the user's in agents (1 row"},
    {kSeedsHost,
     "DROP TABLE calls CASCADE; UPDATE call_queue SET call_id = gen_random_uuid() "
     "WHERE contact_name = 'Person 3'",
     "call_queue.call_id points at no row of the user's in calls (2 rows"},
};

}  // namespace

BOOST_AUTO_TEST_SUITE(preflight_rows)

BOOST_AUTO_TEST_CASE(what_it_advises_for_rows_that_point_astray_can_be_done) {
  for (const auto& stray : kStrays) {
    BOOST_TEST_CONTEXT(stray.sql) {
      Host host{stray.host};
      host.sql.execute(stray.sql);
      const auto report = must(host.store->preflight());
      const auto lines = findings(report, Severity::blocks);
      BOOST_TEST(lines.size() == 1U, joined(lines));
      BOOST_TEST(has(lines, stray.says), joined(lines));
      const auto& remedy = report.findings.at(0).remedy;
      host.sql.execute(remedy.substr(remedy.find(": ") + 2));
      BOOST_TEST(joined(blocking(host)) == "");
      BOOST_TEST(must(host.store->migrate()).to == newest_of(*host.store));
      BOOST_TEST(wrong(*host.store) == "");
    }
  }
}

BOOST_AUTO_TEST_CASE(numbers_in_another_form_are_noted) {
  Host host{kSeedsHost};
  BOOST_TEST(!has(notes(host), ".phone_number is"));
  host.sql.execute(
      "UPDATE contacts SET phone_number = '030 23121' || right(phone_number, 3) "
      "  WHERE name IN ('Person 3', 'Person 4');"
      "UPDATE call_queue SET phone_number = '' WHERE contact_name IN ('Person 1', 'Person 3')");
  const auto said = notes(host);
  BOOST_TEST(has(said, "contacts.phone_number is not in full, as +4930123456"), joined(said));
  BOOST_TEST(has(said, "same number as one in full (4 rows"), joined(said));
  // Those that are over are not dialed.
  BOOST_TEST(has(said, "call_queue.phone_number is not in full"));
  BOOST_TEST(has(said, "same number as one in full (2 rows"), joined(said));
  BOOST_TEST(joined(blocking(host)) == "");
}

BOOST_AUTO_TEST_CASE(numbers_count_as_the_same_as_they_do_while_calling) {
  const std::string spelt = "contacts.phone_number is written with blanks or other signs";
  const std::string twice = "contacts.phone_number is the same number twice for a user";
  Host host{kSeedsHost};
  host.sql.execute(
      "UPDATE contacts SET phone_number = '+49 (30) 23.12/1-003' WHERE name = 'Person 3';"
      "UPDATE contacts SET phone_number = '0049 30 2312 1004' WHERE name = 'Person 4';"
      "UPDATE call_queue SET phone_number = '+49 (30) 1234' WHERE contact_name = 'Person 5'");
  const auto said = notes(host);
  BOOST_TEST(has(said, spelt) != has(said, "is not in full"), joined(said));
  BOOST_TEST(has(said, "makes a second contact (4 rows"), joined(said));
  BOOST_TEST(!has(said, twice), joined(said));
  host.sql.execute(
      "INSERT INTO contacts (id, user_id, phone_number) "
      "SELECT gen_random_uuid(), user_id, '+4930 2312 1003' FROM contacts WHERE name = 'Person 3'");
  BOOST_TEST(has(notes(host), twice), joined(notes(host)));
  BOOST_TEST(has(notes(host), "never at once (2 rows"), joined(notes(host)));
  BOOST_TEST(joined(blocking(host)) == "");
  // Which numbers are the same says in the end the library's own function.
  must(host.store->migrate());
  BOOST_TEST(host.number("SELECT count(*) FROM (SELECT 1 FROM contacts "
                         "GROUP BY user_id, callqueue_dialed(phone_number) "
                         "HAVING count(*) > 1) twice") == 2);
}

BOOST_AUTO_TEST_CASE(whose_calling_hours_will_mean_utc_is_noted) {
  Host host{kSeedsHost};
  host.sql.execute("ALTER TABLE users DROP COLUMN IF EXISTS timezone");
  BOOST_TEST(has(notes(host), "users.timezone is not there: the calling hours of all users will"));
  BOOST_TEST(has(notes(host), "mean UTC (2 rows"), joined(notes(host)));
  host.sql.execute(
      "ALTER TABLE users ADD COLUMN timezone text; UPDATE users SET timezone = 'Europe/Berlin' "
      "WHERE name = 'Ann'");
  BOOST_TEST(has(notes(host), "users.timezone is empty"), joined(notes(host)));
  BOOST_TEST(has(notes(host), "mean UTC (1 row"), joined(notes(host)));
  host.sql.execute("UPDATE users SET timezone = 'Berlin' WHERE name = 'Bob'");
  BOOST_TEST(!has(notes(host), "UTC"), joined(notes(host)));
  BOOST_TEST(has(notes(host), "users.timezone is Berlin (1 row), which is no known zone"),
             joined(notes(host)));
  host.sql.execute(
      "UPDATE users SET timezone = 'Asia/Tokyo' WHERE name = 'Bob';"
      "ALTER TABLE contacts ADD COLUMN timezone text DEFAULT 'CET+1'");
  BOOST_TEST(!has(notes(host), "users.timezone"), joined(notes(host)));
  BOOST_TEST(has(notes(host), "contacts.timezone is CET+1 (40 rows"), joined(notes(host)));
  // They are still there to be set afterwards.
  host.sql.execute("UPDATE users SET timezone = '' WHERE name = 'Bob'");
  must(host.store->migrate());
  BOOST_TEST(has(notes(host), "users.timezone is empty"), joined(notes(host)));
  must(host.store->set_user_timezone(kBob, "Asia/Tokyo"));
  BOOST_TEST(!has(notes(host), "users.timezone is empty"), joined(notes(host)));
}

BOOST_AUTO_TEST_CASE(a_status_that_is_declared_and_that_no_call_has_is_noted) {
  Host host{kSeedsHost};
  host.sql.execute("UPDATE calls SET status = 'talking'");
  const auto said = findings(
      must(host.store->preflight({.active_statuses = {{"talkign", "talking"}}})), Severity::note);
  BOOST_TEST(has(said, "calls.status has the declared status talkign in no row"), joined(said));
  BOOST_TEST(!has(said, "status talking in no row"));
  Host without{"CREATE TABLE users (id uuid PRIMARY KEY)"};
  BOOST_TEST(has(
      findings(must(without.store->preflight({.active_statuses = {{"talking"}}})), Severity::note),
      "status talking in no row"));
}

BOOST_AUTO_TEST_CASE(calls_that_do_not_say_who_is_on_the_phone_are_noted) {
  const std::string part = "under way that name neither number nor contact";
  Host host{kSeedsHost};
  host.sql.execute(
      "INSERT INTO calls (user_id, status, phone_number) "
      "SELECT id, 'ringing', '' FROM users");
  BOOST_TEST(has(notes(host), part));
  BOOST_TEST(has(notes(host), "(2 rows"));
  host.sql.execute("UPDATE calls SET phone_number = '+4930231' WHERE status = 'ringing'");
  BOOST_TEST(!has(notes(host), part));
  host.sql.execute(
      "UPDATE calls SET phone_number = NULL; UPDATE calls SET contact_id = "
      "(SELECT id FROM contacts k WHERE k.user_id = calls.user_id LIMIT 1)");
  BOOST_TEST(!has(notes(host), part));
  host.sql.execute("ALTER TABLE calls DROP COLUMN contact_id, DROP COLUMN phone_number");
  BOOST_TEST(has(notes(host), part));
  host.sql.execute("UPDATE calls SET status = 'completed'");
  BOOST_TEST(!has(notes(host), part));
}

BOOST_AUTO_TEST_CASE(rows_in_flight_without_a_call_are_noted) {
  const std::string part = "call_queue.status is processing without a call that is under way";
  Host host{kSeedsHost};
  BOOST_TEST(!has(notes(host), part));
  host.sql.execute(
      "UPDATE call_queue SET status = 'processing' WHERE contact_name = 'Person 3';"
      "INSERT INTO calls (id, user_id, status) VALUES ('00000000-0000-4000-8000-0000000000d1', "
      "  '00000000-0000-4000-8000-00000000000a', 'talking');"
      "UPDATE call_queue SET call_id = '00000000-0000-4000-8000-0000000000d1' "
      "WHERE status = 'processing' AND user_id = '00000000-0000-4000-8000-00000000000a'");
  BOOST_TEST(has(notes(host), part));
  BOOST_TEST(has(notes(host), "else failed (2 rows"), joined(notes(host)));
  BOOST_TEST(
      has(findings(must(host.store->preflight({.active_statuses = {{"talking"}}})), Severity::note),
          "else failed (1 row"));
}

BOOST_AUTO_TEST_CASE(notes_are_there_also_when_something_blocks) {
  Host host{kSeedsHost};
  host.sql.execute("UPDATE users SET concurrent_calls_limit = -1");
  BOOST_TEST(blocking(host).size() == 1U);
  BOOST_TEST(has(notes(host), "calls gets seven indexes"));
}

BOOST_AUTO_TEST_CASE(rows_that_the_server_has_not_counted_are_counted) {
  Host host{kSeedsHost};
  host.sql.execute("ALTER TABLE calls SET (autovacuum_enabled = false)");
  BOOST_TEST(has(notes(host), "calls gets seven indexes, built while others work ("));
  BOOST_TEST(has(notes(host), ", 2 rows)"), joined(notes(host)));
  host.sql.execute("ANALYZE calls");
  BOOST_TEST(has(notes(host), ", about 2 rows)"), joined(notes(host)));
}

BOOST_AUTO_TEST_SUITE_END()
