// Databases of hosts taken over, with their rows, and given back.
#include <boost/test/unit_test.hpp>

#include <algorithm>

#include "findings.hpp"
#include "pages.hpp"

using namespace postgres_tests;

namespace {

/// The lines of one dump that the other lacks.
std::vector<std::string> lost(const std::vector<std::string>& before,
                              const std::vector<std::string>& after) {
  std::vector<std::string> lines;
  std::set_difference(before.begin(), before.end(), after.begin(), after.end(),
                      std::back_inserter(lines));
  return lines;
}

void check_same(const std::vector<std::string>& before, const std::vector<std::string>& after) {
  for (const auto& line : lost(before, after)) BOOST_ERROR("lost: " << line);
  for (const auto& line : lost(after, before)) BOOST_ERROR("left behind: " << line);
}

void check_there_and_back(Host& host, const MigrateRequest& up = {}) {
  const auto before = host.dump();
  BOOST_TEST(must(host.store->migrate(up)).to == newest_of(*host.store));
  BOOST_TEST(wrong(*host.store) == "");
  BOOST_TEST(must(host.store->migrate({.to = 0, .down = true})).to == 0);
  check_same(before, host.dump());
  BOOST_TEST(must(host.store->migrate(up)).to == newest_of(*host.store));
  BOOST_TEST(wrong(*host.store) == "");
}

/// A campaign of Ann's contacts, made by the library.
CampaignId campaign_of(Store& store) {
  const auto agent = store.list_agents(kAnn, {}).value().items.at(0).id;
  CallCampaign summer{.user_id = kAnn, .name = "Summer", .agent_id = agent};
  summer.start_date = std::chrono::year{2026} / 1 / 1;
  summer.first_call_time = 0h;
  summer.last_call_time = 24h;
  CallCampaigns campaigns{store};
  const auto id = must(campaigns.create(summer)).id;
  std::vector<QueueRequest> rows;
  const auto contacts = must(store.list_contacts(kAnn, {}, {.limit = 100}));
  for (const auto& contact : contacts.items) {
    rows.push_back({.contact_id = contact.id, .campaign_id = id});
  }
  must(CallQueue{store}.create_bulk(kAnn, rows));
  BOOST_REQUIRE(campaigns.start(kAnn, id));
  return id;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(adoption)

BOOST_AUTO_TEST_CASE(a_seeds_database_is_taken_over_and_given_back) {
  Host host{kSeedsHost};
  check_there_and_back(host);
}

BOOST_AUTO_TEST_CASE(a_wider_database_with_an_enum_is_taken_over_and_given_back) {
  Host host{kWideHost};
  check_there_and_back(host, {.active_statuses = {{"talking"}}});
}

BOOST_AUTO_TEST_CASE(a_check_of_the_hosts_on_a_column_of_ours_is_told_and_one_on_its_own_is_not) {
  Host host{kSeedsHost};
  must(host.store->migrate());
  host.sql.execute("ALTER TABLE call_queue ADD CONSTRAINT urgent CHECK (priority >= 0)");
  BOOST_TEST(wrong(*host.store) == "");
  host.sql.execute(
      "ALTER TABLE call_queue ADD CONSTRAINT once CHECK (attempts < 1) NOT VALID;"
      "ALTER TABLE calls ADD CONSTRAINT first CHECK (attempt < 2)");
  const auto said = wrong(*host.store);
  BOOST_TEST(said.find("check call_queue.once: is not the library's") != std::string::npos, said);
  BOOST_TEST(said.find("check calls.first: is not the library's") != std::string::npos, said);
}

BOOST_AUTO_TEST_CASE(what_a_migration_has_added_to_a_hosts_tables_is_the_librarys_and_no_more) {
  const auto key = [](const std::string& action) {
    return "FOREIGN KEY (contact_id, user_id) REFERENCES contacts(id, user_id)" + action;
  };
  const auto drop_reference = R"sql(DO $$ BEGIN
    EXECUTE (SELECT format('ALTER TABLE call_queue DROP CONSTRAINT %I', conname) FROM pg_constraint
             WHERE conrelid = 'call_queue'::regclass AND contype = 'f' AND confrelid = 'contacts'::regclass);
  END $$;)sql";
  Host seed{kSeedsHost + std::string{drop_reference}};
  must(seed.store->migrate());
  seed.sql.execute(
      drop_reference +
      ("ALTER TABLE call_queue ADD CONSTRAINT call_queue_contact_id_fkey " + key("")) +
      ";ALTER TABLE call_queue ALTER attempts SET DEFAULT 1, ALTER priority SET DEFAULT 1,"
      " DROP CONSTRAINT call_queue_status_check");
  BOOST_TEST(
      wrong(*seed.store) ==
      "column call_queue.attempts: is integer not null default 1 instead of integer not null "
      "default 0\nforeign_key call_queue.call_queue_contact_id_fkey: is " +
          key("") + " instead of " + key(" ON DELETE CASCADE") + "\n");

  Host wide{kWideHost};
  must(wide.store->migrate());
  wide.sql.execute(
      "ALTER TABLE users DROP CONSTRAINT users_concurrent_calls_limit_check,"
      " ALTER system_concurrent_calls_limit SET DEFAULT 99, ALTER email DROP NOT NULL;"
      "ALTER TABLE users ADD CONSTRAINT mine CHECK (plan > 0);"
      "CREATE TRIGGER mine BEFORE INSERT ON calls FOR EACH ROW EXECUTE FUNCTION "
      "suppress_redundant_updates_trigger();"
      "ALTER TABLE calls ALTER call_type DROP DEFAULT, ALTER attempt DROP DEFAULT");
  BOOST_TEST(
      wrong(*wide.store) ==
      "check users.users_concurrent_calls_limit_check: is missing\n"
      "column calls.attempt: is integer not null instead of integer not null default 1\n"
      "column users.system_concurrent_calls_limit: is integer not null default 99 instead of "
      "integer not null default 10\n");
}

BOOST_AUTO_TEST_CASE(a_status_that_a_migration_has_given_a_hosts_calls_is_as_it_gave_it) {
  Host host{"CREATE TABLE calls (id uuid PRIMARY KEY, user_id uuid NOT NULL)"};
  must(host.store->migrate());
  BOOST_TEST(wrong(*host.store) == "");
}

BOOST_AUTO_TEST_CASE(of_hours_that_cannot_be_explain_and_forecast_say_the_same) {
  Host host{kSeedsHost};
  must(host.store->migrate());
  host.sql.execute("UPDATE call_campaigns SET first_call_time = '00:00', last_call_time = '00:00'");
  settle(*host.store);
  CallCampaigns campaigns{*host.store};

  const auto reasons = must(campaigns.explain(kAnn, kSpring));
  BOOST_REQUIRE(reasons.size() == 1U);
  BOOST_TEST(reasons.front().code == "no_more_windows");
  BOOST_TEST(reasons.front().text.starts_with("Its calling hours cannot be used"));
  const auto expected = must(campaigns.forecast(kAnn, kSpring));
  BOOST_TEST(expected.reason == "no_more_windows");
  BOOST_TEST(!expected.ends_at.has_value());
  BOOST_TEST(expected.unreached_rows == 18);
  BOOST_TEST(!must(campaigns.get_analytics(kAnn, kSpring)).estimated_completion.has_value());
  BOOST_TEST(work_off(*host.store) == 0);

  must(campaigns.pause(kAnn, kSpring));
  host.sql.execute("UPDATE call_campaigns SET status = 'draft', started_at = NULL");
  const auto started = campaigns.start(kAnn, kSpring);
  BOOST_REQUIRE(!started);
  BOOST_CHECK(started.error().code == ErrorCode::conflict);
  BOOST_TEST(started.error().field == "first_call_time");
}

BOOST_AUTO_TEST_CASE(a_database_with_none_of_the_tables_is_given_back_empty) {
  Host host{"CREATE TABLE invoices (id integer, amount numeric)"};
  BOOST_TEST(must(host.store->migrate()).to == newest_of(*host.store));
  const auto ann = must(host.store->create_user({.name = "Ann"})).id;
  must(host.store->create_agent({.user_id = ann, .name = "Voice"}));
  must(host.store->migrate({.to = 0, .down = true}));
  BOOST_TEST(host.number("SELECT count(*) FROM pg_class "
                         "WHERE relnamespace = 'public'::regnamespace") == 1);
  BOOST_TEST(host.number("SELECT count(*) FROM pg_proc "
                         "WHERE pronamespace = 'public'::regnamespace") == 0);
}

BOOST_AUTO_TEST_CASE(a_seeds_queue_is_worked_off_and_nothing_is_lost) {
  Host host{kSeedsHost};
  host.sql.execute(
      "UPDATE call_queue SET scheduled_for = NULL, priority = NULL, user_data = NULL "
      "WHERE contact_name = 'Person 7';"
      "UPDATE call_campaigns SET total_contacts = 99, failed_calls = NULL");
  const auto rows = host.number("SELECT count(*) FROM call_queue");
  must(host.store->migrate());
  BOOST_TEST(wrong(*host.store) == "");
  const auto spring = host.store->find_campaign(kAnn, kSpring).value();
  BOOST_TEST(spring.total_contacts == 20);
  BOOST_TEST(spring.successful_calls == 1);
  BOOST_TEST(spring.failed_calls == 1);

  // The host goes on writing: a row of its own, one cancelled, one deleted.
  host.sql.execute(
      "INSERT INTO call_queue (user_id, agent_id, contact_id, phone_number) "
      "SELECT user_id, agent_id, contact_id, phone_number FROM call_queue "
      "WHERE contact_name = 'Person 3' LIMIT 1;"
      "UPDATE call_queue SET status = 'cancelled' WHERE contact_name = 'Person 4';"
      "DELETE FROM call_queue WHERE contact_name = 'Person 5'");
  settle(*host.store);
  // 20 each without those ended, cancelled and deleted; and the direct one.
  BOOST_TEST(work_off(*host.store) == 2 * 16 + 1);
  BOOST_TEST(wrong(*host.store) == "");
  BOOST_TEST(host.number("SELECT count(*) FROM call_queue") == rows + 1 - 2);
  BOOST_TEST(host.store->find_campaign(kAnn, kSpring).value().completed_calls == 17);
  BOOST_CHECK(host.store->find_campaign(kAnn, kSpring).value().status == CampaignStatus::completed);

  must(host.store->migrate({.to = 0, .down = true}));
  BOOST_TEST(host.number("SELECT count(*) FROM call_queue") == rows + 1 - 2);
  BOOST_TEST(host.number("SELECT count(*) FROM call_queue WHERE status = 'completed'") ==
             2 * 17 + 1);
  BOOST_TEST(host.number("SELECT count(*) FROM calls") == 2 * 16 + 1 + 2);
  BOOST_TEST(host.number("SELECT count_system_active_calls()") == 0);
  host.sql.execute("UPDATE call_queue SET status = 'failed' WHERE contact_name = 'Person 9'");
  BOOST_TEST(host.number("SELECT failed_calls FROM call_campaigns LIMIT 1") == 2);
  BOOST_TEST(must(host.store->migrate()).to == newest_of(*host.store));
  BOOST_TEST(wrong(*host.store) == "");
}

BOOST_AUTO_TEST_CASE(what_was_replaced_comes_back_as_it_was) {
  Host host{kSeedsHost};
  const RoleOfHost owner{host};
  const RoleOfHost reader{host};
  host.sql.execute(
      "ALTER FUNCTION count_active_calls OWNER TO " + owner.name() +
      ";REVOKE ALL ON FUNCTION count_active_calls FROM PUBLIC, " + owner.name() +
      ";GRANT EXECUTE ON FUNCTION count_active_calls TO " + reader.name() +
      " WITH GRANT OPTION;"
      "GRANT EXECUTE ON FUNCTION get_next_queued_call TO " +
      reader.name() +
      ";COMMENT ON FUNCTION get_next_queued_call IS 'Whose turn''s next';"
      "COMMENT ON TRIGGER trigger_update_campaign_statistics ON call_queue IS 'Slow';"
      "ALTER TABLE call_queue DISABLE TRIGGER trigger_update_campaign_statistics;"
      "ALTER TABLE call_queue ENABLE ALWAYS TRIGGER trigger_update_call_queue_updated_at");
  check_there_and_back(host);
}

BOOST_AUTO_TEST_CASE(triggers_that_the_host_has_switched_off_stay_so) {
  Host host{kSeedsHost};
  host.sql.execute(
      "CREATE TRIGGER off AFTER UPDATE ON call_queue FOR EACH ROW EXECUTE FUNCTION count_rows();"
      "ALTER TABLE call_queue DISABLE TRIGGER off;"
      "CREATE TRIGGER elsewhere AFTER UPDATE ON call_queue FOR EACH ROW EXECUTE FUNCTION touch();"
      "ALTER TABLE call_queue ENABLE REPLICA TRIGGER elsewhere");
  const auto before = host.dump();
  must(host.store->migrate());
  BOOST_TEST(host.text("SELECT string_agg(tgenabled::text, '' ORDER BY tgname) FROM pg_trigger "
                       "WHERE tgname IN ('off', 'elsewhere')") == "RD");
  BOOST_TEST(wrong(*host.store) == "");
  must(host.store->migrate({.to = 0, .down = true}));
  check_same(before, host.dump());
}

BOOST_AUTO_TEST_CASE(a_role_that_has_gone_meanwhile_keeps_nobody_from_going_back) {
  Host host{kSeedsHost};
  RoleOfHost reader{host};
  const auto before = host.dump();
  host.sql.execute("GRANT EXECUTE ON FUNCTION count_active_calls TO " + reader.name());
  must(host.store->migrate());
  reader.drop();
  must(host.store->migrate({.to = 0, .down = true}));
  check_same(before, host.dump());
}

BOOST_AUTO_TEST_CASE(rows_in_flight_without_a_call_come_to_an_end) {
  Host host{kSeedsHost};
  // Of Ann's rows that are open: the first was never given a call, of two the call is over, and
  // one is under way. Bob's last one was never given a call either.
  host.sql.execute(
      "INSERT INTO calls (id, user_id, contact_id, phone_number, status) "
      "SELECT ('00000000-0000-4000-8003-' || right(q.id::text, 12))::uuid, user_id, contact_id, "
      "  phone_number, CASE contact_name WHEN 'Person 4' THEN 'completed' WHEN 'Person 5' THEN "
      "  'busy' ELSE 'in_progress' END FROM call_queue q "
      "  WHERE contact_name IN ('Person 4', 'Person 5', 'Person 6') AND user_id = '" +
      to_text(kAnn) +
      "';UPDATE call_queue q SET status = 'processing', call_id = c.id FROM calls c "
      "  WHERE c.id::text LIKE '%-8003-%' AND c.contact_id = q.contact_id;"
      "UPDATE call_queue SET status = 'processing' WHERE contact_name = 'Person 3';"
      "UPDATE call_queue SET status = 'cancelled' WHERE status = 'queued' AND user_id = '" +
      to_text(kBob) + "'");
  must(host.store->migrate());
  BOOST_TEST(wrong(*host.store) == "");
  const auto states = [&] {
    return host.text(
        "SELECT string_agg(concat_ws(' ', status, failure_reason), ', ' ORDER BY contact_name) "
        "FROM call_queue WHERE contact_name BETWEEN 'Person 3' AND 'Person 6' AND user_id = '" +
        to_text(kAnn) + "'");
  };
  BOOST_TEST(states() == "failed no_news, completed, failed no_news, processing");
  BOOST_TEST(host.store->find_campaign(kAnn, kSpring).value().failed_calls == 3);
  BOOST_TEST(host.text("SELECT status FROM call_campaigns WHERE user_id = '" + to_text(kBob) +
                       "'") == "completed");

  // Of the one that is under way the library hears how it ends.
  CallEvent ended{.user_id = kAnn,
                  .call_id = parse_id<CallId>(host.text("SELECT call_id FROM call_queue "
                                                        "WHERE status = 'processing'"))
                                 .value()};
  ended.outcome = CallOutcome::answered;
  must(CallQueue{*host.store}.report(ended));
  BOOST_TEST(states() == "failed no_news, completed, failed no_news, completed");
  BOOST_TEST(host.number("SELECT min(attempts) FROM call_queue WHERE contact_name BETWEEN "
                         "'Person 3' AND 'Person 6' AND user_id = '" +
                         to_text(kAnn) + "'") == 1);
  settle(*host.store);
  BOOST_TEST(work_off(*host.store) == 14);
  BOOST_TEST(wrong(*host.store) == "");
}

BOOST_AUTO_TEST_CASE(a_wider_host_is_worked_off_beside_its_own_calls) {
  Host host{kWideHost};
  must(host.store->migrate({.active_statuses = {{"talking"}}}));
  host.sql.execute(
      "INSERT INTO calls (id, user_id, contact_id, status, cost) SELECT gen_random_uuid(), "
      "user_id, id, "
      "'talking', 1.5 FROM contacts WHERE name = 'Person 20' AND user_id = '" +
      to_text(kAnn) + "'");
  const auto campaign = campaign_of(*host.store);
  settle(*host.store);
  BOOST_TEST(work_off(*host.store) == 19);  // One is talking.
  host.sql.execute("UPDATE calls SET status = 'archived' WHERE status = 'talking'");
  BOOST_TEST(work_off(*host.store) == 1);
  BOOST_TEST(host.store->find_campaign(kAnn, campaign).value().completed_calls == 20);
  BOOST_TEST(wrong(*host.store) == "");
  BOOST_TEST(host.number("SELECT count(*) FROM calls WHERE status = 'completed' AND cost = 0") ==
             24);
  BOOST_TEST(host.number("SELECT count(*) FROM calls WHERE outcome = 'sale'") == 8);

  must(host.store->migrate({.to = 0, .down = true}));
  BOOST_TEST(host.number("SELECT count(*) FROM calls") == 29);
  BOOST_TEST(host.number("SELECT count(*) FROM information_schema.columns "
                         "WHERE table_name = 'calls' AND table_schema = 'public'") == 10);
  BOOST_TEST(host.number("SELECT count(*) FROM calls WHERE cost = 1.5") == 1);
}

BOOST_AUTO_TEST_CASE(somebody_who_talks_during_the_migration_is_not_called) {
  Host host{kWideHost};
  host.sql.execute(
      "INSERT INTO calls (id, user_id, contact_id, status) SELECT gen_random_uuid(), user_id, id, "
      "'talking' FROM contacts WHERE name = 'Person 20'");
  must(host.store->migrate({.active_statuses = {{" talking "}}}));
  campaign_of(*host.store);
  settle(*host.store);
  BOOST_TEST(work_off(*host.store) == 19);
}

BOOST_AUTO_TEST_CASE(somebody_who_talks_is_not_called_where_the_host_leaves_numbers_empty) {
  Host host{kSeedsHost};
  host.sql.execute(
      "INSERT INTO calls (user_id, contact_id, status) SELECT user_id, id, 'in_progress' "
      "FROM contacts WHERE name = 'Person 20'");
  must(host.store->migrate());
  settle(*host.store);
  BOOST_TEST(work_off(*host.store) == 34);  // Of 36.
}

BOOST_AUTO_TEST_CASE(keys_of_the_host_over_one_column_stay) {
  Host host{kSeedsHost};
  host.sql.execute(
      "ALTER TABLE call_campaigns DROP CONSTRAINT call_campaigns_agent_id_user_id_fkey, "
      "  ADD CONSTRAINT call_campaigns_agent_id_fkey FOREIGN KEY (agent_id) REFERENCES agents;"
      "ALTER TABLE call_queue DROP CONSTRAINT call_queue_campaign_id_user_id_fkey, "
      "  DROP CONSTRAINT call_queue_agent_id_user_id_fkey, "
      "  DROP CONSTRAINT call_queue_contact_id_user_id_fkey, "
      "  ADD CONSTRAINT call_queue_campaign_id_fkey FOREIGN KEY (campaign_id) REFERENCES "
      "call_campaigns,"
      "  ADD CONSTRAINT call_queue_agent_id_fkey FOREIGN KEY (agent_id) REFERENCES agents, "
      "  ADD CONSTRAINT call_queue_contact_id_fkey FOREIGN KEY (contact_id) REFERENCES contacts");
  check_there_and_back(host);
  host.sql.execute("ALTER TABLE call_queue DROP CONSTRAINT callqueue_call_queue_agent_id_fkey");
  BOOST_TEST(wrong(*host.store).find("call_queue_agent_id_fkey: is missing") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_declared_status_holds_a_slot) {
  Host host{kWideHost};
  must(host.store->migrate({.active_statuses = {{"talking"}}}));
  const auto talk = [&] {
    host.sql.execute(
        "INSERT INTO calls (id, user_id, status, phone_number) VALUES (gen_random_uuid(), '" +
        to_text(kAnn) + "', 'talking', '+14155550100')");
  };
  campaign_of(*host.store);
  settle(*host.store);
  talk();
  BOOST_TEST(host.store->user_slots(kAnn).value().active == 1);
  BOOST_TEST(host.number("SELECT count_active_calls('" + to_text(kAnn) + "')") == 1);
  BOOST_TEST(host.store->system_slots().value().active == 1);
  CallQueue queue{*host.store};
  BOOST_TEST(must(queue.claim({.limit = 9})).size() == 1U);  // Of two.
  talk();
  BOOST_TEST(must(queue.claim({.limit = 9})).empty());
  BOOST_CHECK(host.store->reserve_slot(kAnn, "+14155550101", 60s).error().code ==
              ErrorCode::limit_reached);
  host.sql.execute("UPDATE calls SET status = 'archived' WHERE status = 'talking'");
  BOOST_TEST(must(queue.claim({.limit = 9})).size() == 1U);
}

BOOST_AUTO_TEST_CASE(calls_of_the_host_are_read_in_our_words_and_keep_theirs) {
  Host host{kWideHost};
  must(host.store->migrate({.active_statuses = {{"talking"}}}));
  host.sql.execute(
      "INSERT INTO calls (id, user_id, status, call_type) VALUES "
      "('00000000-0000-4000-8000-0000000000d1', '" +
      to_text(kAnn) +
      "', 'talking', 'inbound'), "
      "('00000000-0000-4000-8000-0000000000d2', '" +
      to_text(kAnn) + "', 'new', NULL)");
  const auto talking = parse_id<CallId>("00000000-0000-4000-8000-0000000000d1").value();
  const auto fresh = parse_id<CallId>("00000000-0000-4000-8000-0000000000d2").value();
  BOOST_CHECK(host.store->find_call(kAnn, talking).value().status == CallStatus::in_progress);
  BOOST_CHECK(host.store->find_call(kAnn, fresh).value().status == CallStatus::unknown);
  BOOST_CHECK(host.store->find_call(kAnn, fresh).value().call_type == CallType::direct);
  BOOST_TEST(host.store->list_calls(kAnn, {.statuses = {CallStatus::in_progress}}, {})
                 .value()
                 .items.size() == 1U);

  CallEvent heard{.user_id = kAnn, .call_id = talking};
  heard.status = CallStatus::in_progress;
  heard.answered_at = parse_instant("2026-03-02T12:00:00Z").value();
  CallQueue queue{*host.store};
  must(queue.report(heard));
  BOOST_TEST(host.text("SELECT status FROM calls WHERE answered_at IS NOT NULL") == "talking");
  CallEvent ended{.user_id = kAnn, .call_id = talking};
  ended.outcome = CallOutcome::answered;
  BOOST_TEST(must(queue.report(ended)).ended);
  BOOST_TEST(host.text("SELECT status FROM calls WHERE answered_at IS NOT NULL") == "completed");
  BOOST_TEST(host.store->user_slots(kAnn).value().active == 0);
}

BOOST_AUTO_TEST_CASE(statuses_are_declared_anew_and_the_indexes_follow) {
  Host host{kWideHost};
  must(host.store->migrate());
  BOOST_TEST(must(host.store->migrate()).applied.empty());
  host.sql.execute("INSERT INTO calls (id, user_id, status) VALUES (gen_random_uuid(), '" +
                   to_text(kAnn) + "', 'talking')");
  const auto active = [&] { return host.store->user_slots(kAnn).value().active; };
  const auto by_index = [&] {
    const Transaction settings{host.sql, "BEGIN; SET LOCAL enable_seqscan = off"};
    auto plan = host.sql.execute(
        "EXPLAIN SELECT count(*) FROM calls WHERE callqueue_holds_slot(status) AND user_id = '" +
        to_text(kAnn) + "'");
    std::string text;
    while (plan.step()) text += plan.get<std::string>(0);
    return text.find("callqueue_calls_active ") != std::string::npos;
  };
  BOOST_TEST(active() == 0);
  BOOST_TEST(by_index());
  const auto done = must(host.store->migrate({.active_statuses = {{"talking", "ringing"}}}));
  BOOST_TEST(done.applied == std::vector<std::string>{"active_statuses"});
  BOOST_TEST(active() == 1);
  BOOST_TEST(by_index());
  BOOST_TEST(wrong(*host.store) == "");
  // Nothing said: as they are. An empty list: none.
  BOOST_TEST(must(host.store->migrate()).applied.empty());
  BOOST_TEST(active() == 1);
  must(host.store->migrate({.active_statuses = std::vector<std::string>{}}));
  BOOST_TEST(active() == 0);
  BOOST_TEST(by_index());
  BOOST_TEST(wrong(*host.store) == "");
}

BOOST_AUTO_TEST_CASE(a_status_that_cannot_be_declared_is_refused) {
  Host host{kWideHost};
  for (const auto* status : {"completed", "a,b", ""}) {
    const auto refused = host.store->migrate({.active_statuses = {{status}}});
    BOOST_REQUIRE(!refused);
    BOOST_TEST(refused.error().field == "active_statuses");
  }
  BOOST_TEST(host.store->migrate({.active_statuses = {{"unheard_of"}}})
                 .error()
                 .message.find("unheard_of") != std::string::npos);
  BOOST_TEST(host.number("SELECT count(*) FROM pg_class WHERE relname LIKE 'callqueue%'") == 0);
}

BOOST_AUTO_TEST_CASE(users_get_their_zones_by_the_statement_of_the_page) {
  Host host{kSeedsHost};
  host.sql.execute(
      "ALTER TABLE users ADD COLUMN tz text; UPDATE users SET tz = 'Asia/Tokyo' WHERE name = "
      "'Ann'");
  must(host.store->migrate());
  settle(*host.store);
  host.sql.execute(statements_of(CALLQUEUE_MIGRATING_PAGE).at("time_zones"));
  settle(*host.store);
  BOOST_TEST(host.text("SELECT string_agg(DISTINCT timezone, ' ') FROM callqueue_lanes l "
                       "WHERE EXISTS (SELECT 1 FROM call_queue q WHERE q.lane_id = l.lane_id "
                       "AND q.status = 'queued')") == "Asia/Tokyo Europe/Berlin");
  BOOST_TEST(wrong(*host.store) == "");
}

BOOST_AUTO_TEST_CASE(going_down_is_refused_where_something_of_the_hosts_stands_on_it) {
  Host host{kWideHost};
  must(host.store->migrate());
  const int newest = newest_of(*host.store);
  host.sql.execute(R"sql(
    CREATE VIEW busy AS SELECT id, count_active_calls(id) AS calls FROM users;
    CREATE MATERIALIZED VIEW tries AS SELECT id, attempts FROM call_queue;
    CREATE VIEW lanes AS SELECT timezone FROM callqueue_lanes;
    CREATE VIEW people AS SELECT id, phone_number FROM contacts;
    CREATE FUNCTION label(one call_queue) RETURNS text LANGUAGE sql AS 'SELECT one.contact_name';
    CREATE TABLE invoices (row_id uuid REFERENCES call_queue (id));
    CREATE INDEX by_dialed ON contacts (callqueue_dialed(phone_number)))sql");
  const auto refused = [&](int to) {
    const auto done = host.store->migrate({.to = to, .down = true});
    BOOST_REQUIRE(!done);
    BOOST_CHECK(done.error().code == ErrorCode::conflict);
    BOOST_TEST(must(host.store->verify()).version == newest);
    return done.error().message;
  };
  const auto names = [](const std::string& message, std::initializer_list<const char*> wanted) {
    std::size_t commas = 0;
    for (const auto* name : wanted) {
      BOOST_TEST(message.find(name) != std::string::npos, message << " lacks " << name);
    }
    for (auto at = message.find(", "); at != std::string::npos; at = message.find(", ", at + 1)) {
      ++commas;
    }
    BOOST_TEST(commas == wanted.size() - 1, message);
  };
  names(refused(0), {"view busy", "materialized view tries", "view lanes",
                     "function label(call_queue)", "on table invoices", "index by_dialed"});
  names(refused(1), {"materialized view tries", "view lanes", "index by_dialed"});
  host.sql.execute("DROP MATERIALIZED VIEW tries; DROP VIEW lanes; DROP INDEX by_dialed");
  BOOST_TEST(must(host.store->migrate({.to = 1, .down = true})).to == 1);
  host.sql.execute("DROP VIEW busy; DROP FUNCTION label; DROP TABLE invoices");
  BOOST_TEST(must(host.store->migrate({.to = 0, .down = true})).to == 0);
}

BOOST_AUTO_TEST_SUITE_END()
