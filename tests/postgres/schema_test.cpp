// Migrations up and down, and what verify notices.
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <thread>

#include "callqueue.hpp"
#include "postgres_support.hpp"

using namespace postgres_tests;

namespace {

/// Two calls of one user: one ended, one owed.
void work_a_little(Store& store) {
  const auto ann = store.create_user({.name = "Ann"}).value().id;
  const auto agent = store.create_agent({.user_id = ann, .name = "Surveyor"}).value().id;
  CallCampaign spring{.user_id = ann, .name = "Spring", .agent_id = agent};
  spring.start_date = std::chrono::year{2026} / 1 / 1;
  spring.first_call_time = 0h;
  spring.last_call_time = 24h;
  CallCampaigns campaigns{store};
  spring = campaigns.create(spring).value();
  std::istringstream list{"name,phone_number\nAda,+14155550123\nEve,+14155550124\n"};
  BOOST_TEST(import_csv(store, ann, spring.id, list).value().imported == 2);
  BOOST_REQUIRE(campaigns.start(ann, spring.id));
  CallQueue queue{store};
  const auto claimed = queue.claim({.limit = 1}).value();
  BOOST_REQUIRE(claimed.size() == 1U);
  CallEvent ended{.user_id = ann, .call_id = claimed[0].call.id};
  ended.status = CallStatus::completed;
  ended.outcome = CallOutcome::answered;
  BOOST_REQUIRE(queue.report(ended));
}

std::int64_t count(Connection& connection, const char* sql) {
  return connection.value<std::int64_t>(sql).value_or(-1);
}

std::string said(const VerifyReport& report) {
  std::string wrong;
  for (const auto& item : report.items) {
    if (!item.ok) wrong += item.kind + " " + item.name + ": " + item.detail + "\n";
  }
  return wrong;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(schema)

BOOST_AUTO_TEST_CASE(migrations_go_up_and_down_and_up_again_with_the_data) {
  const FreshDatabase database;
  const auto store = open_store(database.url()).value();
  const auto newest = static_cast<int>(store->migrations().size());
  BOOST_TEST(store->migrate().value().to == newest);
  work_a_little(*store);

  const auto down = store->migrate({.to = 1, .down = true}).value();
  BOOST_TEST(down.to == 1);
  BOOST_TEST((store->list_users({}).error().code == ErrorCode::corrupt));
  auto connection = database.connect();
  BOOST_TEST(count(connection, "SELECT count(*) FROM call_queue") == 2);
  BOOST_TEST(
      count(connection,
            "SELECT count(*) FROM information_schema.columns WHERE table_name = 'call_queue'") ==
      19);
  BOOST_TEST(count(connection,
                   "SELECT count(*) FROM information_schema.columns "
                   "WHERE table_name = 'call_campaigns'") == 19);

  BOOST_TEST(store->migrate().value().to == newest);
  BOOST_TEST(said(store->verify().value()) == "");
  BOOST_TEST(CallQueue{*store}.claim({.limit = 9}).value().size() == 1U);

  BOOST_TEST(store->migrate({.to = 0, .down = true}).value().to == 0);
  BOOST_TEST(count(connection,
                   "SELECT count(*) FROM pg_class "
                   "WHERE relnamespace = current_schema()::regnamespace") == 0);
}

BOOST_AUTO_TEST_CASE(of_a_database_that_was_never_migrated_verify_says_that_alone) {
  const FreshDatabase database;
  const auto report = open_store(database.url()).value()->verify().value();
  BOOST_TEST(report.version == 0);
  BOOST_TEST(report.items.size() == 1U);
  BOOST_TEST(said(report).find("not migrated") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(two_migrators_do_not_collide) {
  const FreshDatabase database;
  std::vector<Result<MigrateResult>> results(4, MigrateResult{});
  {
    std::vector<std::jthread> migrators;
    for (auto& result : results) {
      migrators.emplace_back([&] { result = open_store(database.url()).value()->migrate(); });
    }
  }
  const auto newest = open_store(database.url()).value()->migrations().size();
  std::size_t applied = 0;
  for (const auto& result : results) {
    BOOST_REQUIRE_MESSAGE(result, result.error().message);
    BOOST_TEST(result->to == static_cast<int>(newest));
    applied += result->applied.size();
  }
  BOOST_TEST(applied == newest);
}

BOOST_AUTO_TEST_CASE(verify_names_what_somebody_has_altered) {
  const FreshDatabase database;
  const auto store = open_store(database.url()).value();
  BOOST_REQUIRE(store->migrate());
  work_a_little(*store);
  BOOST_TEST(said(store->verify().value()) == "");
  auto connection = database.connect();
  const std::vector<std::pair<std::string, std::string>> alterations = {
      {"UPDATE call_campaigns SET completed_calls = 7", "completed_calls"},
      {"DROP INDEX idx_call_queue_priority_position", "idx_call_queue_priority_position"},
      {"DROP INDEX callqueue_access_tokens_user", "callqueue_access_tokens_user"},
      {"DROP INDEX callqueue_calls_provider; CREATE INDEX callqueue_calls_provider "
       "ON calls (user_id, provider_call_id) WHERE provider_call_id IS NOT NULL",
       "callqueue_calls_provider"},
      {"ALTER TABLE callqueue_access_tokens DROP CONSTRAINT callqueue_access_tokens_user_check",
       "callqueue_access_tokens_user_check"},
      {"ALTER TABLE callqueue_import_errors DROP COLUMN record", "callqueue_import_errors.record"},
      {"ALTER TABLE callqueue_request_keys DROP CONSTRAINT callqueue_request_keys_answer_check",
       "callqueue_request_keys_answer_check"},
      {"ALTER TABLE call_queue DISABLE TRIGGER trigger_update_campaign_statistics",
       "trigger_update_campaign_statistics"},
      {"ALTER TABLE call_queue DROP CONSTRAINT call_queue_contact_id_fkey",
       "call_queue_contact_id_fkey"},
      {"ALTER TABLE call_queue ALTER COLUMN failure_reason TYPE varchar(900)",
       "call_queue.failure_reason"},
      {"ALTER TABLE contacts ALTER COLUMN name SET NOT NULL",
       "column contacts.name: is text not null instead of text"},
      {"ALTER TABLE contacts ADD COLUMN owner text; UPDATE contacts SET owner = '';"
       "ALTER TABLE contacts ALTER COLUMN owner SET NOT NULL",
       "column contacts.owner: is NOT NULL without a default"},
      {"ALTER TABLE calls ADD CHECK (outcome <> 'voicemail')", "calls.outcome: has the CHECK"},
      {"CREATE OR REPLACE FUNCTION callqueue_dialed(phone_number text) RETURNS text LANGUAGE sql "
       "IMMUTABLE STRICT AS 'SELECT phone_number'",
       "callqueue_dialed"},
  };
  for (const auto& [alteration, name] : alterations) {
    connection.execute(alteration);

    BOOST_TEST(said(store->verify().value()).find(name) != std::string::npos, name);
  }
}

BOOST_AUTO_TEST_CASE(of_tables_that_a_migration_has_made_all_is_the_librarys) {
  const FreshDatabase database;
  const auto store = open_store(database.url()).value();
  BOOST_REQUIRE(store->migrate());
  auto connection = database.connect();
  const std::vector<std::pair<std::string, std::string>> alterations = {
      {"DROP INDEX users_email_unique", "index users_email_unique: is missing"},
      {"ALTER TABLE users DROP CONSTRAINT users_concurrent_calls_limit_check",
       "check users.users_concurrent_calls_limit_check: is missing"},
      {"ALTER TABLE users DROP CONSTRAINT users_system_concurrent_calls_limit_check; ALTER TABLE "
       "users ADD CONSTRAINT users_system_concurrent_calls_limit_check CHECK "
       "(system_concurrent_calls_limit > 5)",
       "is CHECK (system_concurrent_calls_limit > 5) instead of CHECK "
       "(system_concurrent_calls_limit >= 0)"},
      {"ALTER TABLE users ALTER concurrent_calls_limit DROP DEFAULT",
       "column users.concurrent_calls_limit: is integer not null instead of integer not null "
       "default 2"},
      {"ALTER TABLE agents DROP CONSTRAINT agents_user_id_fkey",
       "foreign_key agents.agents_user_id_fkey: is missing"},
      {"ALTER TABLE agents DROP CONSTRAINT agents_pkey CASCADE",
       "key agents.agents_pkey: is missing"},
      {"ALTER TABLE contacts DROP CONSTRAINT contacts_pkey CASCADE",
       "key contacts.contacts_pkey: is missing"},
  };
  for (const auto& [alteration, expected] : alterations) {
    connection.execute(alteration);

    const auto wrong = said(store->verify().value());
    BOOST_TEST(wrong.find(expected) != std::string::npos, alteration << " is told as\n" << wrong);
  }
}

BOOST_AUTO_TEST_CASE(what_is_defined_differently_is_shown_beside_what_it_should_be) {
  const FreshDatabase database;
  const auto store = open_store(database.url()).value();
  BOOST_REQUIRE(store->migrate());
  auto connection = database.connect();
  const std::string index = "CREATE INDEX callqueue_calls_provider ON calls USING btree ";
  const std::string by = "WHERE provider_call_id IS NOT NULL";
  const std::string trigger = " DELETE ON users FOR EACH ROW EXECUTE FUNCTION ";
  const std::vector<std::pair<std::string, std::string>> alterations = {
      {"DROP INDEX callqueue_calls_provider; " + index + "(user_id, provider_call_id) " + by,
       "index callqueue_calls_provider: is " + index + "(user_id, provider_call_id) " + by +
           " instead of " + index + "(provider_call_id, user_id) " + by + "\n"},
      {"UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'callqueue_expiry'::regclass",
       "index callqueue_expiry: is invalid\n"},
      {"ALTER TABLE call_queue DISABLE TRIGGER trigger_update_campaign_statistics",
       "trigger call_queue.trigger_update_campaign_statistics: is switched off\n"},
      {"ALTER TABLE call_queue ENABLE REPLICA TRIGGER callqueue_row_insert",
       "trigger call_queue.callqueue_row_insert: is switched on for replicas only\n"},
      {"DROP TRIGGER callqueue_user_delete ON users; CREATE TRIGGER callqueue_user_delete BEFORE" +
           trigger + "callqueue_user_changed()",
       "trigger users.callqueue_user_delete: is CREATE TRIGGER callqueue_user_delete BEFORE" +
           trigger + "callqueue_user_changed() instead of CREATE TRIGGER callqueue_user_delete " +
           "AFTER" + trigger + "callqueue_user_changed()\n"},
      {"CREATE OR REPLACE FUNCTION callqueue_dialed(phone_number text) RETURNS text LANGUAGE sql "
       "IMMUTABLE STRICT AS 'SELECT phone_number'",
       "function callqueue_dialed(phone_number text): has another body\n"},
      {"ALTER FUNCTION count_active_calls(uuid) VOLATILE",
       "function count_active_calls(user_id uuid): is integer volatile search_path=..., pg_temp "
       "instead of integer stable search_path=..., pg_temp\n"},
      {"CREATE OR REPLACE FUNCTION count_system_active_calls() RETURNS integer LANGUAGE sql STABLE "
       "AS 'SELECT 0'",
       "function count_system_active_calls(): is integer stable instead of integer stable "
       "search_path=..., pg_temp, and has another body\n"},
  };
  for (const auto& [alteration, expected] : alterations) {
    connection.execute(alteration);

    const auto wrong = said(store->verify().value());
    BOOST_TEST(wrong.find(expected) != std::string::npos, alteration << " is told as\n" << wrong);
  }
}

BOOST_AUTO_TEST_CASE(verify_names_what_somebody_has_put_in_the_way) {
  const FreshDatabase database;
  const auto store = open_store(database.url()).value();
  BOOST_REQUIRE(store->migrate());
  work_a_little(*store);
  auto connection = database.connect();
  const std::string refuses = " is not the library's, and may refuse or alter what the library ";
  const std::vector<std::pair<std::string, std::string>> alterations = {
      {"ALTER TABLE call_queue ADD CONSTRAINT once CHECK (attempts < 1) NOT VALID",
       "check call_queue.once:" + refuses},
      {"ALTER TABLE call_campaigns ADD CONSTRAINT short CHECK (length(name) < 99)",
       "check call_campaigns.short:" + refuses},
      {"ALTER TABLE calls ADD CONSTRAINT brief CHECK (duration_seconds < 9999)",
       "check calls.brief:" + refuses},
      {"ALTER TABLE callqueue_turns ADD CONSTRAINT few CHECK (last_turn < 9999)",
       "check callqueue_turns.few:" + refuses},
      {"CREATE UNIQUE INDEX one_each ON call_queue (contact_id)", "index one_each:" + refuses},
      {"DELETE FROM callqueue_signals; ALTER TABLE callqueue_signals ADD CONSTRAINT one_signal "
       "UNIQUE (user_id)",
       "key callqueue_signals.one_signal:" + refuses},
      {"ALTER TABLE calls ADD CONSTRAINT apart EXCLUDE USING btree (id WITH =)",
       "exclusion calls.apart:" + refuses},
      {"CREATE RULE still AS ON DELETE TO calls DO INSTEAD NOTHING", "rule calls.still:" + refuses},
      {"ALTER TABLE callqueue_turns ADD CONSTRAINT known FOREIGN KEY (user_id) REFERENCES users",
       "foreign_key callqueue_turns.known:" + refuses},
      {"CREATE FUNCTION mine() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';"
       "CREATE TRIGGER watch BEFORE INSERT ON callqueue_signals FOR EACH ROW EXECUTE FUNCTION "
       "mine()",
       "trigger callqueue_signals.watch:" + refuses},
      {"CREATE TRIGGER swallow BEFORE INSERT OR UPDATE ON call_queue FOR EACH ROW EXECUTE FUNCTION "
       "mine()",
       "trigger call_queue.swallow:" + refuses},
      {"CREATE TRIGGER hold BEFORE UPDATE ON call_campaigns FOR EACH STATEMENT EXECUTE FUNCTION "
       "mine()",
       "trigger call_campaigns.hold:" + refuses},
      {"CREATE TRIGGER swallow BEFORE INSERT ON calls FOR EACH ROW EXECUTE FUNCTION mine()",
       "trigger calls.swallow:" + refuses},
      {"ALTER TABLE callqueue_lanes ADD COLUMN colour text DEFAULT 'red' NOT NULL; "
       "ALTER TABLE callqueue_lanes ALTER COLUMN colour DROP DEFAULT",
       "column callqueue_lanes.colour: is NOT NULL without a default, and the library knows "},
      {"ALTER TABLE call_queue ADD COLUMN colour text DEFAULT 'red' NOT NULL; "
       "ALTER TABLE call_queue ALTER COLUMN colour DROP DEFAULT",
       "column call_queue.colour: is NOT NULL without a default, and the library knows "},
      {"ALTER TABLE callqueue_settings ADD COLUMN colour text",
       "column callqueue_settings.colour: is not of this version"},
      {"ALTER TABLE callqueue_imports ENABLE ROW LEVEL SECURITY",
       "row_security callqueue_imports: is not of this version"},
  };
  for (const auto& [alteration, expected] : alterations) {
    connection.execute(alteration);

    const auto wrong = said(store->verify().value());
    BOOST_TEST(wrong.find(expected) != std::string::npos, alteration << " is told as\n" << wrong);
  }
}

BOOST_AUTO_TEST_CASE(what_harms_nothing_is_no_drift) {
  const FreshDatabase database;
  const auto store = open_store(database.url()).value();
  BOOST_REQUIRE(store->migrate());
  auto connection = database.connect();
  connection.execute(
      "CREATE INDEX mine ON call_queue (created_at);"
      "CREATE INDEX theirs ON callqueue_lanes (timezone);"
      "CREATE FUNCTION look() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';"
      "CREATE TRIGGER watch AFTER INSERT ON call_queue FOR EACH ROW EXECUTE FUNCTION look();"
      "CREATE CONSTRAINT TRIGGER later AFTER UPDATE ON calls DEFERRABLE INITIALLY DEFERRED "
      "FOR EACH ROW EXECUTE FUNCTION look();"
      "CREATE TRIGGER off BEFORE INSERT ON calls FOR EACH ROW EXECUTE FUNCTION look();"
      "ALTER TABLE calls DISABLE TRIGGER off;"
      "ALTER TABLE calls ADD COLUMN recording_url text;"
      "ALTER TABLE contacts ADD COLUMN tags text[], ADD CHECK (length(name) < 99);"
      "ALTER TABLE users ADD COLUMN plan text NOT NULL DEFAULT 'free';"
      "CREATE UNIQUE INDEX by_name ON users (name)");

  BOOST_TEST(said(store->verify().value()) == "");
}

BOOST_AUTO_TEST_CASE(verify_checks_what_it_can_of_an_altered_schema_and_says_what_it_did_not) {
  const FreshDatabase database;
  const auto store = open_store(database.url()).value();
  BOOST_REQUIRE(store->migrate());
  work_a_little(*store);
  auto connection = database.connect();
  const auto after = [&](const std::string& damage) {
    connection.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public");
    BOOST_REQUIRE(store->migrate());
    work_a_little(*store);
    connection.execute(damage);
    return said(store->verify().value());
  };
  // A counter that is wrong is found in spite of a column more.
  const auto more = after(
      "ALTER TABLE call_queue ADD COLUMN mine text; UPDATE call_campaigns SET failed_calls = 7");
  BOOST_TEST(more.find("column call_queue.mine: is not of") != std::string::npos, more);
  BOOST_TEST(more.find("failed_calls is 7, a recount gives 0") != std::string::npos, more);
  BOOST_TEST(more.find("not checked") == std::string::npos, more);

  const auto lacking = after("ALTER TABLE call_queue DROP COLUMN success CASCADE");
  BOOST_TEST(lacking.find("statistics call_campaigns: not checked, because") != std::string::npos,
             lacking);
  BOOST_TEST(lacking.find("queue row_without_lane") == std::string::npos, lacking);
  const auto retyped =
      after("ALTER TABLE callqueue_turns ALTER COLUMN ceiling TYPE text USING ceiling::text");
  BOOST_TEST(retyped.find("queue user_ceiling: not checked, because") != std::string::npos,
             retyped);
  const auto gone = after("DROP FUNCTION callqueue_holds_slot CASCADE");
  BOOST_TEST(gone.find("queue processing_without_call: not checked, because") != std::string::npos,
             gone);
  BOOST_TEST(gone.find("statistics") == std::string::npos, gone);
}

BOOST_AUTO_TEST_SUITE_END()
