// Somebody at the sqlite3 shell: foreign keys off, triggers that do not nest into themselves, and
// nobody to check what is typed. Whatever it does, nobody is called at a wrong hour, nothing that
// points at what is not there is called at all, and the others go on.

#include <sqlite3.h>

#include <boost/test/unit_test.hpp>

#include "sqlite_support.hpp"

using namespace callqueue;
using namespace sqlite_tests;

namespace {

/// A connection with SQLite's own defaults, as the shell has it.
class Shell {
 public:
  explicit Shell(const std::string& path) { sqlite3_open(path.c_str(), &database_); }
  Shell(const Shell&) = delete;
  Shell& operator=(const Shell&) = delete;
  ~Shell() { sqlite3_close(database_); }

  /// `{}` in order stand for the ids.
  void run(std::string sql, const std::vector<std::string>& ids = {}) {
    for (const auto& id : ids) sql.replace(sql.find("{}"), 2, "'" + id + "'");
    if (sqlite3_exec(database_, sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) {
      throw std::runtime_error(sqlite3_errmsg(database_));
    }
  }

 private:
  sqlite3* database_ = nullptr;
};

/// Ann and Bob each have an active campaign that calls all day.
struct Typed : World {
  UserId ann = user(5, "Europe/Berlin");
  UserId bob = user(5);
  CampaignId anns = active_campaign(ann, 2);
  CampaignId bobs = active_campaign(bob, 1);
  Shell shell{file().path()};

  QueuedCall row(std::size_t index = 0) { return rows_of(ann).at(index); }
  QueuedCall bobs_row() { return rows_of(bob).front(); }
  std::vector<QueuedCall> rows_of(UserId user_id) {
    return must(store().list_queued_calls(user_id, {}, {})).items;
  }
  std::string zone_of(QueuedCallId id) { return must(store().find_queued_call(ann, id)).timezone; }
  CallCampaign find(CampaignId id) { return must(store().find_campaign(ann, id)); }
  std::string count(const std::string& table) {
    return sql().value("SELECT count(*) FROM " + table);
  }

  /// A draft by Ann that calls in the afternoon on its own clock.
  CampaignId own_clock(const std::string& timezone) {
    CallCampaign campaign;
    campaign.user_id = ann;
    campaign.name = "own clock";
    campaign.agent_id = agent(ann);
    campaign.start_date = parse_local_date("2026-03-01").value();
    campaign.rules.clock = CallClock::campaign;
    campaign.rules.timezone = timezone;
    return must(store().create_campaign(campaign)).id;
  }
  /// Ids of the rows that are called when everything that may start does.
  std::vector<QueuedCallId> called() {
    advance();
    std::vector<QueuedCallId> ids;
    for (const auto& claimed : claim(10)) ids.push_back(claimed.queued.id);
    return ids;
  }
  bool is_called(QueuedCallId id) {
    const auto ids = called();
    return std::find(ids.begin(), ids.end(), id) != ids.end();
  }
  bool verify_names(const std::string& name) {
    const auto report = must(store().verify());
    return std::any_of(report.items.begin(), report.items.end(),
                       [&](const VerifyItem& item) { return !item.ok && item.name == name; });
  }
  void check_statistics() {
    for (const auto id : {anns, bobs}) {
      const auto kept = sql().value(
          "SELECT total_contacts, completed_calls, successful_calls, failed_calls "
          "FROM call_campaigns WHERE id = '" +
          to_text(id) + "'");
      BOOST_TEST(
          kept ==
          sql().value("SELECT count(*), COALESCE(sum(status = 'completed'), 0), "
                      "COALESCE(sum(status = 'completed' AND success IS 1), 0), "
                      "COALESCE(sum(status = 'failed'), 0) FROM call_queue WHERE campaign_id = '" +
                      to_text(id) + "'"));
    }
  }
};

/// The columns of a row for INSERT OR REPLACE, taken from the row itself.
std::string again(const std::string& verb, const std::string& status) {
  return verb +
         " INTO call_queue (id, user_id, campaign_id, agent_id, contact_id, phone_number, status) "
         "SELECT id, user_id, campaign_id, agent_id, contact_id, phone_number, '" +
         status + "' FROM call_queue WHERE id = {}";
}

}  // namespace

BOOST_AUTO_TEST_SUITE(sqlite_shell)

// --- What is gone -------------------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(a_campaign_that_is_deleted_takes_all_that_is_its) {
  Typed typed;
  const auto claimed = typed.claim();
  BOOST_REQUIRE(claimed.size() == 1u);
  typed.shell.run("DELETE FROM call_campaigns WHERE id = {}", {to_text(typed.anns)});
  BOOST_TEST(typed.rows_of(typed.ann).empty());
  BOOST_TEST(typed.count("callqueue_lanes") == "1");
  BOOST_TEST(typed.count("callqueue_campaign_rules") == "1");
  BOOST_TEST(must(typed.store().verify()).ok());
  BOOST_TEST(typed.called().size() == 1u);
}

BOOST_AUTO_TEST_CASE(lanes_whose_campaign_is_not_there_stall_nobody) {
  Typed typed;
  typed.shell.run(
      "DROP TRIGGER callqueue_campaign_delete; DELETE FROM call_campaigns WHERE id = {};"
      "UPDATE callqueue_lanes SET stale = 1",
      {to_text(typed.anns)});
  BOOST_TEST(error_of(typed.store().advance()) == "ok");
  BOOST_TEST(typed.is_called(typed.bobs_row().id));
}

BOOST_AUTO_TEST_CASE(a_contact_that_is_deleted_takes_its_rows) {
  Typed typed;
  typed.shell.run("DELETE FROM contacts WHERE id = {}", {to_text(typed.row().contact_id)});
  BOOST_TEST(typed.rows_of(typed.ann).size() == 1u);
  typed.check_statistics();
  BOOST_TEST(typed.called().size() == 2u);
}

BOOST_AUTO_TEST_CASE(deleting_the_last_contact_completes_the_campaign_from_the_shell_too) {
  Typed typed;
  typed.shell.run("DELETE FROM contacts WHERE user_id = {}", {to_text(typed.ann)});
  BOOST_TEST(typed.find(typed.anns).status == CampaignStatus::completed);
}

BOOST_AUTO_TEST_CASE(nobody_is_called_by_an_agent_that_is_gone) {
  Typed typed;
  const auto row = typed.row();
  typed.shell.run("DELETE FROM agents WHERE id = {}", {to_text(row.agent_id)});
  BOOST_TEST((typed.called() == std::vector{typed.bobs_row().id}));
  BOOST_TEST(typed.verify_names("row_without_lane"));
  BOOST_TEST(must(typed.store().find_queued_call(typed.ann, row.id)).status ==
             QueuedCallStatus::queued);

  typed.shell.run("UPDATE call_queue SET agent_id = {} WHERE user_id = {}",
                  {to_text(typed.agent(typed.ann)), to_text(typed.ann)});
  BOOST_TEST(typed.called().size() == 2u);
}

BOOST_AUTO_TEST_CASE(a_user_that_is_deleted_holds_no_slot_and_stalls_nobody) {
  Typed typed;
  must(typed.store().set_system_limit(2));
  BOOST_REQUIRE(typed.claim(2).size() == 2u);
  typed.shell.run("DELETE FROM users WHERE id = {}", {to_text(typed.ann)});
  BOOST_TEST(typed.count("call_campaigns") == "1");
  BOOST_TEST(typed.count("callqueue_turns") == "1");
  BOOST_TEST(must(typed.store().system_slots()).active == 1);
  BOOST_TEST(error_of(typed.store().advance()) == "ok");
}

BOOST_AUTO_TEST_CASE(without_rules_nothing_opens_and_the_others_go_on) {
  Typed typed;
  typed.shell.run("DELETE FROM callqueue_campaign_rules WHERE campaign_id = {}",
                  {to_text(typed.anns)});
  BOOST_TEST((typed.called() == std::vector{typed.bobs_row().id}));
}

BOOST_AUTO_TEST_CASE(a_call_ends_although_its_campaigns_rules_cannot_be_read) {
  Typed typed;
  const auto claimed = typed.claim(3);
  BOOST_REQUIRE(claimed.size() == 3u);
  typed.shell.run(
      "UPDATE callqueue_campaign_rules SET retry_max_attempts = 5, retry_delays = 'soon', "
      "retry_outcomes = '[\"busy\"]' WHERE campaign_id = {}",
      {to_text(typed.anns)});
  for (const auto& call : claimed) typed.finish(call, CallStatus::busy);
  BOOST_TEST(must(typed.store().system_slots()).active == 0);
  BOOST_TEST(typed.row().status == QueuedCallStatus::failed);
  BOOST_TEST(typed.bobs_row().status == QueuedCallStatus::failed);
}

// --- A row of one user and another's things -----------------------------------------------------

BOOST_AUTO_TEST_CASE(a_row_that_points_at_another_users_things_is_never_called) {
  for (const auto* column : {"campaign_id", "contact_id", "agent_id"}) {
    Typed typed;
    const auto row = typed.row();
    typed.shell.run(std::string{"UPDATE call_queue SET "} + column + " = (SELECT " + column +
                        " FROM call_queue WHERE id = {}) WHERE id = {}",
                    {to_text(typed.bobs_row().id), to_text(row.id)});
    BOOST_TEST(!typed.is_called(row.id), column);
    BOOST_TEST(typed.verify_names("row_without_lane"), column);
    BOOST_TEST(must(typed.store().system_slots()).active == 2);
  }
}

BOOST_AUTO_TEST_CASE(a_row_inserted_into_another_users_campaign_is_never_called) {
  Typed typed;
  typed.shell.run(
      "INSERT INTO call_queue (id, user_id, campaign_id, agent_id, contact_id, phone_number) "
      "SELECT '00000000-0000-4000-8000-000000000009', a.user_id, b.campaign_id, a.agent_id, "
      "a.contact_id, a.phone_number FROM call_queue a, call_queue b WHERE a.id = {} AND b.id = {}",
      {to_text(typed.row().id), to_text(typed.bobs_row().id)});
  BOOST_TEST(typed.called().size() == 3u);
  BOOST_TEST(typed.verify_names("row_without_lane"));
}

BOOST_AUTO_TEST_CASE(a_row_given_to_another_user_stalls_nobody) {
  Typed typed;
  typed.shell.run("UPDATE call_queue SET user_id = {} WHERE id = {}",
                  {to_text(typed.bob), to_text(typed.row().id)});
  BOOST_TEST(typed.called().size() == 2u);
}

BOOST_AUTO_TEST_CASE(a_row_whose_identifier_is_none_of_ours_stalls_nobody) {
  for (const auto* id : {"7", "00000000-0000-4000-8000-00000000ABCD"}) {
    Typed typed;
    typed.shell.run(
        "INSERT INTO call_queue (id, user_id, campaign_id, agent_id, contact_id, phone_number, "
        "priority) SELECT {}, user_id, NULL, agent_id, contact_id, phone_number, 999 "
        "FROM call_queue WHERE id = {}",
        {id, to_text(typed.row().id)});
    BOOST_TEST(typed.called().size() == 3u);
    BOOST_TEST(typed.verify_names("row_without_lane"));
  }
}

BOOST_AUTO_TEST_CASE(a_call_whose_identifiers_are_none_of_ours_holds_a_slot_and_stalls_nobody) {
  Typed typed;
  must(typed.store().set_system_limit(3));
  typed.shell.run(
      "INSERT INTO calls (id, user_id, phone_number, call_type, status, created_at) "
      "VALUES ('7', 'host-1', '+4930123', 'direct', 'ringing', 1)");
  BOOST_TEST(error_of(typed.store().advance()) == "ok");
  BOOST_TEST(must(typed.store().system_slots()).active == 1);
  BOOST_TEST(typed.claim(3).size() == 2u);
}

BOOST_AUTO_TEST_CASE(an_instant_that_is_text_is_refused) {
  Typed typed;
  BOOST_CHECK_THROW(typed.shell.run("UPDATE call_queue SET scheduled_for = datetime('now')"),
                    std::runtime_error);
}

// --- Rows that move -----------------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(a_row_moved_to_another_campaign_follows_its_clock) {
  Typed typed;
  const auto id = typed.row().id;
  BOOST_TEST(typed.zone_of(id) == "Europe/Berlin");
  const auto other = typed.own_clock("Asia/Tokyo");
  typed.shell.run("UPDATE call_queue SET campaign_id = {} WHERE id = {}",
                  {to_text(other), to_text(id)});
  BOOST_TEST(typed.zone_of(id) == "Asia/Tokyo");
  typed.check_statistics();
}

BOOST_AUTO_TEST_CASE(a_direct_row_moved_into_a_campaign_follows_the_clock_and_no_longer_expires) {
  Typed typed;
  NewQueuedCall call;
  call.contact_id = typed.contact(typed.ann, "Asia/Tokyo");
  call.agent_id = typed.agent(typed.ann);
  const auto id = must(typed.store().add_queued_calls(typed.ann, {&call, 1})).front().id;
  typed.shell.run("UPDATE call_queue SET campaign_id = {} WHERE id = {}",
                  {to_text(typed.anns), to_text(id)});
  BOOST_TEST(typed.zone_of(id) == "Asia/Tokyo");
  BOOST_TEST(!must(typed.store().find_queued_call(typed.ann, id)).not_after.has_value());
}

BOOST_AUTO_TEST_CASE(a_row_taken_out_of_its_campaign_expires_like_any_direct_call) {
  Typed typed;
  const auto id = typed.row().id;
  typed.shell.run("UPDATE call_queue SET campaign_id = NULL WHERE id = {}", {to_text(id)});
  BOOST_TEST((must(typed.store().find_queued_call(typed.ann, id)).not_after == noon() + 15min));
  typed.clock().advance(16min);
  BOOST_TEST(!typed.is_called(id));
}

BOOST_AUTO_TEST_CASE(a_campaign_whose_last_open_row_moves_away_is_completed) {
  Typed typed;
  typed.shell.run("UPDATE call_queue SET campaign_id = {} WHERE campaign_id = {}",
                  {to_text(typed.own_clock("UTC")), to_text(typed.anns)});
  BOOST_TEST(typed.find(typed.anns).status == CampaignStatus::completed);
}

BOOST_AUTO_TEST_CASE(a_row_given_another_contact_follows_its_zone) {
  Typed typed;
  const auto id = typed.row().id;
  typed.shell.run("UPDATE call_queue SET contact_id = {} WHERE id = {}",
                  {to_text(typed.contact(typed.ann, "Asia/Tokyo")), to_text(id)});
  BOOST_TEST(typed.zone_of(id) == "Asia/Tokyo");
}

BOOST_AUTO_TEST_CASE(a_final_row_that_is_queued_again_follows_the_zone_of_today) {
  Typed typed;
  const auto row = typed.row();
  typed.shell.run("UPDATE call_queue SET status = 'failed' WHERE id = {}", {to_text(row.id)});
  typed.shell.run("UPDATE contacts SET timezone = 'Asia/Tokyo' WHERE id = {}",
                  {to_text(row.contact_id)});
  typed.advance();
  typed.shell.run("UPDATE call_queue SET status = 'queued' WHERE id = {}", {to_text(row.id)});
  BOOST_TEST(typed.zone_of(row.id) == "Asia/Tokyo");
}

// --- REPLACE deletes without a word
// ---------------------------------------------------------------

BOOST_AUTO_TEST_CASE(a_replaced_row_counts_once) {
  for (const auto* recursive : {"OFF", "ON"}) {
    Typed typed;
    typed.shell.run(std::string{"PRAGMA recursive_triggers = "} + recursive);
    for (const auto* status : {"completed", "queued", "failed", "skipped", "queued"}) {
      typed.shell.run(again("INSERT OR REPLACE", status), {to_text(typed.row().id)});
      typed.check_statistics();
    }
    BOOST_TEST(typed.rows_of(typed.ann).size() == 2u);
  }
}

BOOST_AUTO_TEST_CASE(a_row_replaced_by_a_final_one_completes_its_campaign) {
  Typed typed;
  typed.shell.run(again("REPLACE", "failed"), {to_text(typed.bobs_row().id)});
  typed.check_statistics();
  BOOST_TEST(must(typed.store().find_campaign(typed.bob, typed.bobs)).status ==
             CampaignStatus::completed);
}

BOOST_AUTO_TEST_CASE(a_row_replaced_by_a_second_one_of_its_contact_counts_no_more) {
  Typed typed;
  typed.shell.run(
      "REPLACE INTO call_queue (id, user_id, campaign_id, agent_id, contact_id, phone_number) "
      "SELECT '00000000-0000-4000-8000-000000000009', user_id, campaign_id, agent_id, contact_id, "
      "phone_number FROM call_queue WHERE id = {}",
      {to_text(typed.row().id)});
  BOOST_TEST(typed.rows_of(typed.ann).size() == 2u);
  typed.check_statistics();
}

BOOST_AUTO_TEST_CASE(an_insert_that_replaces_nothing_in_the_end_changes_no_counter) {
  Typed typed;
  const auto id = to_text(typed.row().id);
  typed.shell.run(again("INSERT OR IGNORE", "failed"), {id});
  typed.check_statistics();
  typed.shell.run(
      again("INSERT", "failed") + " ON CONFLICT (user_id, id) DO UPDATE SET status = 'failed'",
      {id});
  typed.check_statistics();
  BOOST_TEST(typed.row().status == QueuedCallStatus::failed);
  typed.shell.run("DELETE FROM call_queue WHERE id = {}", {id});
  typed.queue(typed.ann, typed.anns);
  typed.check_statistics();
  BOOST_TEST(typed.count("callqueue_replaced") == "0");
}

BOOST_AUTO_TEST_CASE(a_replaced_campaign_keeps_its_counters_and_its_lanes_obey_it) {
  Typed typed;
  typed.shell.run(
      "REPLACE INTO call_campaigns (id, user_id, name, agent_id, start_date, status) "
      "SELECT id, user_id, name, agent_id, start_date, 'paused' FROM call_campaigns WHERE id = {}",
      {to_text(typed.anns)});
  typed.check_statistics();
  BOOST_TEST(typed.find(typed.anns).total_contacts == 2);
  BOOST_TEST((typed.called() == std::vector{typed.bobs_row().id}));
  BOOST_TEST(!typed.verify_names("lane_status"));
}

BOOST_AUTO_TEST_CASE(a_replaced_contact_moves_its_rows) {
  Typed typed;
  const auto row = typed.row();
  typed.shell.run(
      "REPLACE INTO contacts (id, user_id, phone_number, timezone) "
      "SELECT id, user_id, phone_number, 'Asia/Tokyo' FROM contacts WHERE id = {}",
      {to_text(row.contact_id)});
  typed.advance();
  BOOST_TEST(typed.zone_of(row.id) == "Asia/Tokyo");
}

BOOST_AUTO_TEST_CASE(a_replaced_user_moves_its_rows_and_keeps_its_turn) {
  Typed typed;
  typed.claim(3);
  const auto turns = "SELECT user_id, last_turn FROM callqueue_turns ORDER BY 1";
  const auto before = typed.sql().rows(turns);
  typed.shell.run(
      "REPLACE INTO users (id, name, timezone, concurrent_calls_limit) "
      "SELECT id, name, 'Asia/Tokyo', 4 FROM users WHERE id = {}",
      {to_text(typed.ann)});
  typed.advance();
  BOOST_TEST(typed.zone_of(typed.row().id) == "Asia/Tokyo");
  BOOST_TEST(typed.sql().rows(turns) == before);
}

BOOST_AUTO_TEST_CASE(replaced_rules_are_obeyed) {
  Typed typed;
  typed.shell.run(
      "REPLACE INTO callqueue_campaign_rules (campaign_id, user_id, timezone, clock, "
      "excluded_dates) VALUES ({}, {}, 'Asia/Tokyo', 'campaign', '[\"2026-03-02\"]')",
      {to_text(typed.anns), to_text(typed.ann)});
  BOOST_TEST((typed.called() == std::vector{typed.bobs_row().id}));
  BOOST_TEST(typed.zone_of(typed.row().id) == "Asia/Tokyo");
}

// --- A status that is flipped -------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(a_campaign_started_by_its_status_alone_has_started) {
  Typed typed;
  const auto id = typed.campaign(typed.ann);
  const auto row = typed.queue(typed.ann, id);
  typed.shell.run("UPDATE call_campaigns SET status = 'active' WHERE id = {}", {to_text(id)});
  BOOST_TEST(typed.find(id).started_at.has_value());
  BOOST_TEST(typed.is_called(row.id));
}

BOOST_AUTO_TEST_CASE(a_campaign_without_open_rows_that_is_cancelled_has_ended) {
  Typed typed;
  const auto id = typed.campaign(typed.ann);
  typed.shell.run("UPDATE call_campaigns SET status = 'cancelled' WHERE id = {}", {to_text(id)});
  BOOST_TEST(typed.find(id).completed_at.has_value());
}

BOOST_AUTO_TEST_CASE(a_final_campaign_that_is_opened_again_calls_and_completes_again) {
  Typed typed;
  typed.shell.run("UPDATE call_campaigns SET status = 'cancelled' WHERE id = {}",
                  {to_text(typed.anns)});
  typed.shell.run("UPDATE call_campaigns SET status = 'active' WHERE id = {}",
                  {to_text(typed.anns)});
  const auto ids = typed.called();
  BOOST_TEST(ids.size() == 3u);
  typed.shell.run("UPDATE call_queue SET status = 'completed' WHERE user_id = {}",
                  {to_text(typed.ann)});
  BOOST_TEST(typed.find(typed.anns).status == CampaignStatus::completed);
  BOOST_TEST(typed.find(typed.anns).completed_at.has_value());
  typed.shell.run("UPDATE call_campaigns SET status = 'active' WHERE id = {}",
                  {to_text(typed.anns)});
  BOOST_TEST(!typed.find(typed.anns).completed_at.has_value());
}

BOOST_AUTO_TEST_SUITE_END()
