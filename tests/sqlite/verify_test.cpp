#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include "sqlite_support.hpp"

using namespace callqueue;
using namespace sqlite_tests;

namespace {

/// A damage done by hand, and the one item that tells of it.
struct Damage {
  const char* sql;
  const char* kind;
  const char* name;
};

std::ostream& operator<<(std::ostream& out, const Damage& damage) { return out << damage.sql; }

const Damage kDamages[] = {
    {"DROP INDEX idx_call_queue_scheduled_for", "index", "idx_call_queue_scheduled_for"},
    {"DROP INDEX callqueue_open_contact; CREATE UNIQUE INDEX callqueue_open_contact "
     "ON call_queue (contact_id, campaign_id, id)",
     "index", "callqueue_open_contact"},
    {"DROP TRIGGER callqueue_import_errors_campaign_delete", "trigger",
     "callqueue_import_errors_campaign_delete"},
    {"DROP INDEX callqueue_request_keys_begun", "index", "callqueue_request_keys_begun"},
    {"DROP INDEX callqueue_access_tokens_user", "index", "callqueue_access_tokens_user"},
    {"DROP INDEX callqueue_calls_id", "index", "callqueue_calls_id"},
    {"DROP INDEX callqueue_calls_provider; CREATE INDEX callqueue_calls_provider "
     "ON calls (user_id, provider_call_id) WHERE provider_call_id IS NOT NULL",
     "index", "callqueue_calls_provider"},
    {"DROP INDEX callqueue_waiting", "index", "callqueue_waiting"},
    {"CREATE INDEX callqueue_older ON call_queue (updated_at)", "index", "callqueue_older"},
    {"DROP TRIGGER callqueue_campaign_completes", "trigger", "callqueue_campaign_completes"},
    {"DROP TRIGGER callqueue_row_delete; CREATE TRIGGER callqueue_row_delete "
     "BEFORE DELETE ON call_queue BEGIN SELECT 1; END",
     "trigger", "callqueue_row_delete"},
    {"DROP VIEW callqueue_places", "view", "callqueue_places"},
    {"DROP TABLE callqueue_import_contacts", "table", "callqueue_import_contacts"},
    {"ALTER TABLE call_campaigns DROP COLUMN description", "column", "call_campaigns.description"},
    {"ALTER TABLE call_queue ADD COLUMN theirs TEXT", "column", "call_queue.theirs"},
    {"DROP TABLE callqueue_import_contacts; CREATE TABLE callqueue_import_contacts ("
     "import_id TEXT NOT NULL, contact_id TEXT NOT NULL, PRIMARY KEY (import_id, contact_id)) "
     "WITHOUT ROWID",
     "foreign_key",
     "callqueue_import_contacts(import_id) -> callqueue_imports(id) on delete cascade"},
    {"DROP TABLE callqueue_import_contacts; CREATE TABLE callqueue_import_contacts ("
     "import_id TEXT NOT NULL REFERENCES callqueue_imports (id) ON DELETE CASCADE, "
     "contact_id TEXT NOT NULL, PRIMARY KEY (import_id)) WITHOUT ROWID",
     "key", "callqueue_import_contacts(import_id, contact_id)"},
    {"DROP TABLE callqueue_import_contacts; CREATE TABLE callqueue_import_contacts ("
     "import_id INTEGER NOT NULL REFERENCES callqueue_imports (id) ON DELETE CASCADE, "
     "contact_id TEXT NOT NULL, PRIMARY KEY (import_id, contact_id)) WITHOUT ROWID",
     "column", "callqueue_import_contacts.import_id"},
    {"UPDATE callqueue_migrations SET checksum = 'edited' WHERE version = 1", "migration",
     "call_campaigns_and_queue"},
    {"DELETE FROM callqueue_migrations WHERE version = 2", "migration", "claims"},
    {"PRAGMA user_version = 1", "version", "7"},
    {"PRAGMA ignore_check_constraints = ON; UPDATE callqueue_settings SET system_limit = -1",
     "integrity", "quick_check"},
    {"PRAGMA foreign_keys = OFF; DELETE FROM agents", "integrity", "foreign_key_check"},
    {"UPDATE callqueue_settings SET id = 1 WHERE 0; DELETE FROM callqueue_settings", "queue",
     "settings"},
    {"UPDATE call_queue SET status = 'processing' WHERE rowid = (SELECT min(rowid) FROM call_queue "
     "WHERE status = 'queued')",
     "queue", "processing_without_call"},
    {"UPDATE call_queue SET status = 'queued' WHERE status = 'processing'", "queue",
     "active_call_without_row"},
    {"UPDATE call_queue SET lane_id = NULL WHERE status = 'queued'", "queue", "row_without_lane"},
    {"UPDATE callqueue_lanes SET timezone = 'Asia/Tokyo' WHERE campaign_id IS NOT NULL", "queue",
     "row_in_wrong_zone"},
    {"DROP TRIGGER callqueue_campaign_window; UPDATE call_campaigns SET first_call_time = '13:00'",
     "queue", "lane_open_at_wrong_hours"},
    {"UPDATE callqueue_lanes SET opens_at = 0, closes_at = 9223372036854775807", "queue",
     "lane_open_at_wrong_hours"},
    {"UPDATE callqueue_lanes SET has_ready = 0", "queue", "ready_unnoticed"},
    {"UPDATE call_queue SET ready = 1, scheduled_for = scheduled_for + 1 WHERE ready = 0", "queue",
     "ready_too_early"},
    {"UPDATE callqueue_turns SET in_turn = 0, wake_at = NULL", "queue", "user_out_of_turn"},
    {"UPDATE callqueue_turns SET ceiling = ceiling + 1", "queue", "user_ceiling"},
    {"DELETE FROM callqueue_turns", "queue", "user_without_turn"},
    {"UPDATE callqueue_lanes SET import_id = 'gone'", "queue", "lane_without_import"},
    {"UPDATE callqueue_lanes SET campaign_status = 'paused' WHERE campaign_id IS NOT NULL", "queue",
     "lane_status"},
    {"DELETE FROM callqueue_campaign_rules", "queue", "campaign_without_rules"},
    {"UPDATE call_campaigns SET status = 'cancelled'; UPDATE callqueue_campaign_rules SET sweep = "
     "NULL",
     "queue", "campaign_unswept"},
    {"DROP TRIGGER callqueue_campaign_completes; UPDATE call_queue SET status = 'skipped'", "queue",
     "campaign_not_completed"},
};

/// One call in flight, a ready row, a waiting one.
struct Working : World {
  UserId ann = user(1);
  CampaignId campaign = active_campaign(ann, 2);

  Working() {
    NewQueuedCall later;
    later.contact_id = contact(ann);
    later.campaign_id = campaign;
    later.scheduled_for = noon() + 1h;
    must(store().add_queued_calls(ann, {&later, 1}));
    BOOST_REQUIRE(claim().size() == 1u);
  }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(sqlite_verify)

BOOST_AUTO_TEST_CASE(every_object_is_named_and_ticked) {
  Working world;
  const auto report = must(world.store().verify());
  for (const auto& item : report.items) {
    BOOST_TEST(item.ok, item.kind << " " << item.name << " " << item.detail);
    BOOST_TEST(item.detail == "");
  }
  BOOST_TEST(report.ok());
  const auto has = [&](std::string_view kind, std::string_view name) {
    return std::any_of(report.items.begin(), report.items.end(), [&](const VerifyItem& item) {
      return item.kind == kind && item.name == name;
    });
  };
  for (const auto& object : world.sql().rows("SELECT type || ' ' || name FROM sqlite_master WHERE "
                                             "sql IS NOT NULL AND name <> 'sqlite_sequence'")) {
    const auto space = object.find(' ');
    BOOST_TEST(has(object.substr(0, space), object.substr(space + 1)), object);
  }
  BOOST_TEST(has("column", "call_queue.last_system_allocation_at"));
  BOOST_TEST(has("key", "call_campaigns(id)"));
  BOOST_TEST(
      has("foreign_key",
          "call_queue(campaign_id, user_id) -> call_campaigns(id, user_id) on delete cascade"));
  BOOST_TEST(has("integrity", "quick_check"));
}

BOOST_DATA_TEST_CASE(each_damage_is_found, boost::unit_test::data::make(kDamages), damage) {
  Working world;
  world.sql().run(damage.sql);
  const auto report = must(world.store().verify());
  BOOST_TEST(!report.ok());
  bool found = false;
  for (const auto& item : report.items) {
    BOOST_TEST(item.ok == item.detail.empty());
    found = found || (!item.ok && item.kind == damage.kind && item.name == damage.name);
  }
  BOOST_TEST(found);
}

BOOST_AUTO_TEST_CASE(a_counter_that_is_off_is_told_with_both_numbers) {
  Working world;
  world.sql().run("UPDATE call_campaigns SET failed_calls = 7");
  const auto report = must(world.store().verify());
  bool found = false;
  for (const auto& item : report.items) {
    if (item.kind != "statistics") continue;
    found = true;
    BOOST_TEST(item.name == to_text(world.campaign));
    BOOST_TEST(item.detail == "failed_calls is 7, a recount gives 0");
  }
  BOOST_TEST(found);
}

BOOST_AUTO_TEST_CASE(what_could_not_be_checked_is_said) {
  Working world;
  world.sql().run("DROP VIEW callqueue_places; UPDATE call_campaigns SET failed_calls = 7");
  std::string said;
  for (const auto& item : must(world.store().verify()).items) {
    if (!item.ok) said += item.kind + " " + item.name + ": " + item.detail + "\n";
  }
  BOOST_TEST(said.find("queue row_in_wrong_zone: not checked, because") != std::string::npos, said);
  BOOST_TEST(said.find("failed_calls is 7, a recount gives 0") != std::string::npos, said);
}

BOOST_AUTO_TEST_CASE(what_the_host_adds_for_itself_is_fine) {
  Working world;
  world.sql().run(
      "ALTER TABLE contacts ADD COLUMN crm_id TEXT;"
      "ALTER TABLE calls ADD COLUMN recording_url TEXT;"
      "CREATE TABLE invoices (id INTEGER PRIMARY KEY);"
      "CREATE INDEX contacts_by_crm ON contacts (crm_id);"
      "CREATE INDEX host_reports ON call_queue (updated_at);"
      "CREATE TRIGGER host_audit AFTER UPDATE ON call_queue BEGIN SELECT 1; END");
  for (const auto& item : must(world.store().verify()).items) {
    BOOST_TEST(item.ok, item.kind << " " << item.name << " " << item.detail);
  }
}

BOOST_AUTO_TEST_CASE(of_a_file_that_was_never_migrated_one_thing_is_said) {
  const TemporaryFile file;
  const auto report = must(must(open_store(file.url()))->verify());
  BOOST_TEST(report.version == 0);
  BOOST_TEST(!report.ok());
  BOOST_TEST(report.items.size() == 1U);
}

BOOST_AUTO_TEST_CASE(verify_works_in_memory) {
  const auto store = must(open_store("sqlite::memory:"));
  must(store->migrate());
  BOOST_TEST(must(store->verify()).ok());
}

BOOST_AUTO_TEST_SUITE_END()
