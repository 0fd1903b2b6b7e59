// What docs/operations.md says in SQL is true: each statement runs, and finds what it is meant to
// find.
#include <boost/test/unit_test.hpp>

#include <unistd.h>

#include <array>
#include <future>
#include <map>

#include "hosts.hpp"
#include "pages.hpp"
#include "processor/dialers.hpp"
#include "two_users.hpp"

using namespace postgres_tests;

namespace {

/// The page's SQL, with roles of this process's own: they belong to the whole server.
std::map<std::string, std::string> statements() {
  auto found = statements_of(CALLQUEUE_OPERATIONS_PAGE);
  const auto own = "callqueue_" + std::to_string(getpid());
  for (auto& [name, sql] : found) {
    sql =
        replaced(replaced(sql, "callqueue_tenant", own + "_tenant"), "callqueue_app", own + "_app");
  }
  return found;
}

struct Operated : TwoUsers {
  std::map<std::string, std::string> sql = statements();
  Connection connection = database.connect();

  Operated() {
    while (store->advance().value().more) {
    }
  }
  /// How many rows the statement finds; nothing that it does stays.
  std::int64_t found(const std::string& name, const std::string& after = "") {
    const Transaction nothing_stays{connection};
    if (!after.empty()) connection.execute(after);
    return connection.execute(sql.at(name)).count();
  }
  /// Whether the statement finds a row that has this in its column.
  bool names(const std::string& name, const std::string& what, int column = 0) {
    auto rows = connection.execute(sql.at(name));
    while (rows.step()) {
      if (rows.get<std::string>(column) == what) return true;
    }
    return false;
  }
  /// Cancels what is queued to the number, as step by step on the page.
  std::int64_t cancel_called_since(const std::string& number) {
    connection.execute(sql.at("called_since_list") + "INSERT INTO called_since VALUES ('" + number +
                       "')");
    return connection.execute(sql.at("called_since")).count();
  }
  /// For Ann where the page names somebody.
  [[nodiscard]] std::string for_ann(const std::string& name) const {
    return replaced(sql.at(name), "0190b0a5-3c00-7abc-8def-0123456789ab", to_text(ann.user_id));
  }
};

bool is_well(Store& store) { return store.verify().value().ok(); }

}  // namespace

BOOST_AUTO_TEST_SUITE(operations)

BOOST_AUTO_TEST_CASE(every_statement_of_the_page_runs) {
  Operated world;
  BOOST_TEST(world.sql.size() >= 15U);
  MigrateRequest request;
  request.row_security = "callqueue_" + std::to_string(getpid()) + "_tenant";
  world.store->migrate(request).value();
  for (const auto& [name, sql] : world.sql) {
    const Transaction nothing_stays{world.connection};
    try {
      if (name == "called_since") {
        world.connection.execute(world.sql.at("called_since_list") +
                                 "INSERT INTO called_since VALUES ('+4930231250001')");
      }
      world.connection.execute(sql);
    } catch (const Failure& failure) {
      BOOST_ERROR(name << ": " << failure.error().message);
    }
  }
  request.row_security = "";
  world.store->migrate(request).value();
  world.connection.execute("DROP ROLE callqueue_" + std::to_string(getpid()) + "_tenant");
}

BOOST_AUTO_TEST_CASE(the_figures_are_there) {
  Operated world;
  BOOST_TEST(world.found("depth") == 2);
  BOOST_TEST(world.found("slots") == 3);
  BOOST_TEST(world.found("holders") == 2);
  BOOST_TEST(world.found("dead_rows") == 5);
  BOOST_TEST(world.found("blockers") == 0);
  BOOST_TEST(world.found("connections") >= 1);
}

BOOST_AUTO_TEST_CASE(an_alarm_is_silent_while_all_is_well_and_names_what_is_not) {
  Operated world;
  const std::multimap<std::string, std::string> faults = {
      {"overdue", "UPDATE calls SET lease_expires_at = now() - interval '1 hour'"},
      {"overdue",
       "UPDATE call_queue SET ready = false, scheduled_for = now() - interval '1 hour' "
       "WHERE status = 'queued'"},
      {"overdue", "UPDATE callqueue_lanes SET closes_at = now() - interval '1 hour'"},
      {"stale_lanes", "UPDATE callqueue_lanes SET stale = true"},
      {"stuck", "UPDATE calls SET lease_expires_at = NULL"},
      {"stuck",
       "UPDATE calls SET lease_expires_at = NULL, queue_id = NULL, "
       "created_at = now() - interval '3 hours'"},
      {"above_limit", "UPDATE users SET concurrent_calls_limit = 0"},
      {"idle",
       "UPDATE call_queue SET scheduled_for = now() - interval '1 hour' WHERE ready;"
       "UPDATE callqueue_lanes SET opens_at = now() - interval '1 day', "
       "closes_at = now() + interval '1 day'"}};
  for (const auto& [alarm, fault] : faults) {
    BOOST_TEST(world.found(alarm) == 0, alarm << " rings while all is well");
    BOOST_TEST(world.found(alarm, fault) > 0, alarm << " is silent after " << fault);
  }
  // A host's own call may have no deadline.
  BOOST_TEST(world.found("stuck", "UPDATE calls SET lease_expires_at = NULL, queue_id = NULL") ==
             0);
}

BOOST_AUTO_TEST_CASE(calls_that_went_down_and_up_while_they_were_on_are_named_at_once) {
  Host host{kSeedsHost};
  must(host.store->migrate());
  settle(*host.store);
  const auto claimed = must(CallQueue{*host.store}.claim({.worker = "w", .limit = 2}));
  BOOST_REQUIRE(claimed.size() == 2U);
  const auto stuck = statements().at("stuck");
  BOOST_TEST(host.sql.execute(stuck).count() == 0);
  must(host.store->migrate({.to = 0, .down = true}));
  must(host.store->migrate());
  BOOST_TEST(host.sql.execute(stuck).count() == 2);
}

BOOST_AUTO_TEST_CASE(processors_are_named_as_long_as_they_run) {
  Operated world;
  // Somebody who has forgotten to start one sees no other alarm for a while.
  BOOST_TEST(world.found("overdue") == 0);
  BOOST_TEST(world.found("processors") == 0);

  const auto elsewhere = open_store(world.database.url() + "&application_name=dialer-1").value();
  processor_tests::TestDialer dialer;
  Processor processor{*elsewhere, dialer};
  {
    const processor_tests::Running running{processor};
    BOOST_REQUIRE(dialer.dialed.comes_true([](const auto& ids) { return ids.size() == 2; }));
    BOOST_TEST(world.names("processors", "dialer-1"));
    BOOST_TEST(world.found("processors") == 1);
  }
  // Its session ends a little after it.
  const auto end = std::chrono::steady_clock::now() + processor_tests::patience;
  while (world.found("processors") > 0 && std::chrono::steady_clock::now() < end) {
  }
  BOOST_TEST(world.found("processors") == 0);
}

BOOST_AUTO_TEST_CASE(who_holds_a_slot_is_named_with_what_ends_it) {
  Operated world;
  const auto holds = [&](const std::string& change) {
    const Transaction nothing_stays{world.connection};
    world.connection.execute(change + " WHERE user_id = '" + to_text(world.ann.user_id) + "'");
    auto rows = world.connection.execute(world.sql.at("holders"));
    while (rows.step()) {
      if (rows.get<std::string>(0) == to_text(world.ann.user_id)) {
        BOOST_TEST(rows.get<std::string>(1) == to_text(world.ann.call_id));
        return rows.get<std::string>(3) + " " + rows.get<std::string>(6);
      }
    }
    return std::string{};
  };
  BOOST_TEST(holds("UPDATE calls SET leased_by = 'w1'") ==
             "w1 until it is dialed, or goes back to the queue");
  BOOST_TEST(holds("UPDATE calls SET leased_by = 'w1', submitted_at = now()") ==
             "w1 until its end is reported, or it becomes unknown");
  BOOST_TEST(holds("UPDATE calls SET lease_expires_at = now() - interval '1 day'") ==
             "worker overdue: the next processor lets it go");
  BOOST_TEST(holds("UPDATE calls SET leased_by = NULL, queue_id = NULL, lease_expires_at = NULL") ==
             "the host until it is ended");
  BOOST_TEST(holds("UPDATE calls SET status = 'failed'") == "");
}

BOOST_AUTO_TEST_CASE(who_holds_the_claims_up_is_named) {
  Operated world;
  auto holder = world.database.connect();
  const auto process = std::to_string(holder.value<int>("SELECT pg_backend_pid()").value());
  BOOST_TEST(!world.names("claim_lock", process));
  BOOST_TEST(!world.names("snapshots", "session " + process));
  const Transaction open{holder,
                         "BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT callqueue_lock()::text"};
  BOOST_TEST(world.names("claim_lock", process));
  BOOST_TEST(world.names("snapshots", "session " + process));
}

BOOST_AUTO_TEST_CASE(who_has_written_and_does_nothing_since_holds_back_the_cleaning) {
  Operated world;
  auto holder = world.database.connect();
  const auto process = std::to_string(holder.value<int>("SELECT pg_backend_pid()").value());
  const Transaction open{holder, "BEGIN; UPDATE users SET name = 'Eve'"};
  BOOST_REQUIRE(!world.connection.value<int>(
      "SELECT 1 FROM pg_stat_activity WHERE backend_xmin IS NOT NULL AND pid = $1",
      std::stoi(process)));
  BOOST_TEST(world.names("snapshots", "session " + process));
}

BOOST_AUTO_TEST_CASE(whose_lock_somebody_waits_for_is_named) {
  Operated world;
  const auto dialer = open_store(world.database.url() + "&application_name=dialer-1").value();
  const std::pair<Belongings, std::string> forgotten[] = {
      {world.ann, "LOCK TABLE calls IN ACCESS EXCLUSIVE MODE"},
      {world.bob, "SELECT 1 FROM call_campaigns FOR UPDATE"}};
  for (const auto& [who, lock] : forgotten) {
    auto holder = world.database.connect();
    const auto process = std::to_string(holder.value<int>("SELECT pg_backend_pid()").value());
    holder.execute("BEGIN;" + lock);
    BOOST_TEST(!world.names("blockers", process, 3));
    CallEvent ended{.user_id = who.user_id, .call_id = who.call_id};
    ended.outcome = CallOutcome::answered;
    auto report = std::async(std::launch::async, [&] { return CallQueue{*dialer}.report(ended); });
    const auto end = std::chrono::steady_clock::now() + processor_tests::patience;
    while (!world.names("blockers", process, 3) && std::chrono::steady_clock::now() < end) {
    }
    BOOST_TEST(world.names("blockers", process, 3), lock << " is not named");
    BOOST_TEST(world.names("blockers", "dialer-1", 1));
    BOOST_TEST(world.names("snapshots", "session " + process));
    holder.execute("ROLLBACK");
    BOOST_TEST(report.get().has_value());
    BOOST_TEST(world.found("blockers") == 0);
  }
}

BOOST_AUTO_TEST_CASE(the_application_role_does_all_but_change_the_schema) {
  Operated world;
  world.connection.execute(world.sql.at("roles"));
  const auto role = "callqueue_" + std::to_string(getpid()) + "_app";
  const auto store = open_store(world.database.url() + "&options=-crole%3D" + role).value();

  const auto zoe = user_with_everything(*store, "Zoe");
  CallEvent ended{.user_id = zoe.user_id, .call_id = zoe.call_id};
  ended.outcome = CallOutcome::answered;
  BOOST_TEST(CallQueue{*store}.report(ended).value().ended);
  store->advance().value();
  BOOST_TEST(store->set_system_limit(20).has_value());
  BOOST_CHECK(store->migrate({.to = 0, .down = true}).error().code == ErrorCode::corrupt);
  BOOST_TEST(is_well(*world.store));
  world.connection.execute("DROP OWNED BY " + role + "; DROP ROLE " + role);
}

BOOST_AUTO_TEST_CASE(verify_does_not_mind_the_settings_of_autovacuum) {
  Operated world;
  world.connection.execute(world.sql.at("autovacuum"));
  BOOST_TEST(is_well(*world.store));
}

BOOST_AUTO_TEST_CASE(after_a_restore_nothing_is_dialed) {
  Operated world;
  world.connection.execute(world.sql.at("after_restore"));
  BOOST_TEST(CallQueue{*world.store}.claim({.limit = 9}).value().empty());
  BOOST_TEST(is_well(*world.store));
}

BOOST_AUTO_TEST_CASE(after_a_restore_only_what_was_running_is_named_to_be_resumed) {
  Operated world;
  CallCampaigns{*world.store}.pause(world.bob.user_id, world.bob.campaign_id).value();
  auto paused = world.connection.execute(world.sql.at("after_restore"));
  BOOST_REQUIRE(paused.count() == 1);
  BOOST_REQUIRE(paused.step());
  BOOST_TEST(paused.get<std::string>(0) == to_text(world.ann.campaign_id));
}

BOOST_AUTO_TEST_CASE(a_call_that_was_claimed_in_the_backup_is_not_dialed_again) {
  Operated world;
  // Of the two calls under way one was being dialed.
  const std::array dialing{CallRef{world.bob.user_id, world.bob.call_id}};
  world.connection.execute("UPDATE calls SET leased_by = 'w'");
  BOOST_REQUIRE(world.store->begin_dial(dialing, "w").value().size() == 1U);
  world.connection.execute(world.sql.at("after_restore"));
  world.connection.execute("UPDATE calls SET lease_expires_at = now() - interval '1 second'");
  BOOST_TEST(world.store->advance().value().requeued == 0);
  BOOST_TEST(is_well(*world.store));

  const auto call = world.store->find_call(world.ann.user_id, world.ann.call_id).value();
  BOOST_CHECK(call.status == CallStatus::unknown);
  const auto row = world.store->find_queued_call(world.ann.user_id, *call.queue_id).value();
  BOOST_CHECK(row.status == QueuedCallStatus::failed);
  BOOST_TEST(row.failure_reason == "restored");
  CallCampaigns{*world.store}.resume(world.ann.user_id, world.ann.campaign_id).value();
  const auto claims = CallQueue{*world.store}.claim({.limit = 9}).value();
  for (const auto& claimed : claims) {
    BOOST_CHECK(claimed.call.queue_id != call.queue_id);
  }
  // What became of it may be told yet.
  CallEvent ended{.user_id = world.ann.user_id, .call_id = world.ann.call_id};
  ended.outcome = CallOutcome::answered;
  BOOST_TEST(CallQueue{*world.store}.report(ended).value().changed);
  BOOST_CHECK(world.store->find_queued_call(row.user_id, row.id).value().status ==
              QueuedCallStatus::completed);
  BOOST_TEST(is_well(*world.store));
}

BOOST_AUTO_TEST_CASE(whom_the_provider_has_called_since_the_backup_is_not_called_again) {
  Operated world;
  world.connection.execute(world.sql.at("after_restore"));
  // As some providers write them.
  BOOST_TEST(world.cancel_called_since("1 (415) 555-0124") == 2);  // Of both users.
  for (const auto& who : {world.ann, world.bob}) {
    CallCampaigns{*world.store}.resume(who.user_id, who.campaign_id).value();
  }
  BOOST_TEST(CallQueue{*world.store}.claim({.limit = 9}).value().empty());
  BOOST_TEST(is_well(*world.store));
}

BOOST_AUTO_TEST_CASE(a_list_of_who_was_called_that_was_not_loaded_is_refused) {
  Operated world;
  for (const auto* const line :
       {"", " "}) {  // The file was empty, or held nothing but ends of lines.
    const Transaction nothing_stays{world.connection};
    try {
      world.cancel_called_since(line);
      BOOST_ERROR("it was taken for a list");
    } catch (const Failure& failure) {
      BOOST_TEST(failure.error().message.find("called_since holds no numbers") != std::string::npos,
                 failure.error().message);
    }
  }
  const Transaction nothing_stays{world.connection};
  world.connection.execute(world.sql.at("called_since_list"));
  BOOST_CHECK_THROW(world.connection.execute(world.sql.at("called_since")), Failure);
}

BOOST_AUTO_TEST_CASE(a_pause_by_sql_holds_one_user_back) {
  Operated world;
  world.connection.execute(world.for_ann("pause"));
  const auto claimed = CallQueue{*world.store}.claim({.limit = 9}).value();
  BOOST_REQUIRE(claimed.size() == 1U);
  BOOST_CHECK(claimed[0].call.user_id == world.bob.user_id);
}

BOOST_AUTO_TEST_CASE(a_call_of_the_hosts_own_is_reserved_within_the_limit) {
  Operated world;
  const auto sql = world.for_ann("reserve");
  world.connection.execute("BEGIN;" + sql + "COMMIT");
  BOOST_TEST(world.store->user_slots(world.ann.user_id).value().active == 2);
  world.connection.execute("BEGIN;" + sql + "COMMIT");
  BOOST_TEST(world.store->user_slots(world.ann.user_id).value().active == 2);
}

BOOST_AUTO_TEST_SUITE_END()
