// The round robin at a size at which looking at everybody would be felt.
#include <sqlite3.h>

#include <boost/test/unit_test.hpp>

#include "sqlite/turns.hpp"
#include "sqlite_support.hpp"

using namespace callqueue;
using namespace sqlite_tests;

namespace {

/// Many users, each with one row in a campaign of its own, made by plain SQL.
struct ManyUsers : World {
  ManyUsers(int users, const std::string& first_call, const std::string& last_call) {
    must(store().set_system_limit(1'000'000));
    const std::string all =
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < " +
        std::to_string(users) + ") ";
    const auto now = std::to_string(noon().time_since_epoch().count());
    sql().run("BEGIN; " + all + "INSERT INTO users (id, concurrent_calls_limit) SELECT " + id(1) +
              ", 1 FROM n; " + all + "INSERT INTO agents (id, user_id) SELECT " + id(2) + ", " +
              id(1) + " FROM n; " + all +
              "INSERT INTO call_campaigns (id, user_id, name, agent_id, start_date, "
              "first_call_time, last_call_time, status) SELECT " +
              id(3) + ", " + id(1) + ", 'c', " + id(2) + ", '2026-01-01', '" + first_call + "', '" +
              last_call + "', 'active' FROM n; " + all +
              "INSERT INTO contacts (id, user_id, phone_number) SELECT " + id(4) + ", " + id(1) +
              ", '+1' || (2000000000 + i) FROM n; " + all +
              "INSERT INTO call_queue (id, user_id, campaign_id, agent_id, contact_id, "
              "phone_number, scheduled_for, created_at, updated_at) SELECT " +
              id(5) + ", " + id(1) + ", " + id(3) + ", " + id(2) + ", " + id(4) +
              ", '+1' || (2000000000 + i), " + now + ", " + now + ", " + now + " FROM n; COMMIT");
    settle();
  }
  static std::string id(int kind) {
    return "printf('%08x-0000-7000-8000-%012x', " + std::to_string(kind) + ", i)";
  }
  void settle() {
    while (must(store().advance({.budget = 100'000})).more) {
    }
  }
  int in_turn() {
    return std::stoi(sql().value("SELECT count(*) FROM callqueue_turns WHERE in_turn = 1"));
  }
  /// What the database has to do to walk the whole turn order, in its own instructions.
  int effort_to_walk(int active) {
    callqueue::sqlite::Database database{file().path(), {}};
    static_cast<void>(database.value<int>("SELECT 1 FROM users"));  // The schema has been read.
    int steps = 0;
    sqlite3_progress_handler(
        database.native(), 1, [](void* count) { return ++*static_cast<int*>(count), 0; }, &steps);
    callqueue::sqlite::TurnOrder order{database};
    while (order.next(active)) {
    }
    sqlite3_progress_handler(database.native(), 0, nullptr, nullptr);
    return steps;
  }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(sqlite_turns)

BOOST_AUTO_TEST_CASE(nobody_is_overlooked_behind_very_many_who_wake_for_nothing) {
  ManyUsers world{10'001, "14:00", "18:00"};
  BOOST_TEST(world.in_turn() == 0);
  // All have a reason to look at two o'clock; by then only the last one still has something to do.
  world.sql().run(
      "UPDATE call_campaigns SET status = 'paused' "
      "WHERE user_id < (SELECT max(id) FROM users)");
  world.clock().advance(2h);
  const auto claimed = must(world.store().claim({.limit = 5}));
  BOOST_REQUIRE(claimed.size() == 1u);
  BOOST_TEST(to_text(claimed[0].call.user_id) == world.sql().value("SELECT max(id) FROM users"));
}

BOOST_AUTO_TEST_CASE(users_whose_window_has_closed_leave_the_turn_order_with_it) {
  ManyUsers world{200, "10:00", "13:00"};
  BOOST_TEST(must(world.store().claim({.limit = 1})).size() == 1u);
  BOOST_TEST(world.in_turn() == 200);
  world.clock().advance(2h);
  world.settle();
  BOOST_TEST(world.in_turn() == 0);
  BOOST_TEST(must(world.store().verify()).ok());
  world.clock().advance(20h);
  BOOST_TEST(must(world.store().claim({.limit = 1000})).size() == 200u);
}

BOOST_AUTO_TEST_CASE(users_at_their_limit_leave_the_turn_order) {
  ManyUsers world{300, "00:00", "24:00"};
  const auto calls =
      "SELECT printf('%08x-0000-7000-8000-%012x', 6, rowid), id, '+49301234' FROM users";
  world.sql().run("INSERT INTO calls (id, user_id, phone_number) " + std::string{calls});
  BOOST_TEST(must(world.store().claim({.limit = 1000})).empty());
  BOOST_TEST(world.in_turn() <= 32);
  BOOST_TEST(must(world.store().verify()).ok());

  world.sql().run("UPDATE calls SET status = 'completed' WHERE rowid % 3 = 0");
  world.sql().run("DELETE FROM calls WHERE rowid % 3 = 1");
  world.sql().run("UPDATE users SET concurrent_calls_limit = 2 WHERE rowid % 3 = 2");
  BOOST_TEST(must(world.store().verify()).ok());
  BOOST_TEST(must(world.store().claim({.limit = 1000})).size() == 300u);
}

BOOST_AUTO_TEST_CASE(users_whose_ceiling_is_reached_are_not_looked_at) {
  ManyUsers world{5'000, "00:00", "24:00"};
  world.sql().run(
      "UPDATE users SET system_concurrent_calls_limit = 5; "
      "UPDATE users SET system_concurrent_calls_limit = 7 WHERE id = (SELECT max(id) FROM users)");
  must(world.store().claim({.limit = 1}));
  BOOST_TEST(world.in_turn() == 5'000);
  BOOST_TEST(world.effort_to_walk(4) > 5'000);
  BOOST_TEST(world.effort_to_walk(5) < 500);
  BOOST_TEST(world.effort_to_walk(7) < 500);
  BOOST_TEST(must(world.store().verify()).ok());
}

BOOST_AUTO_TEST_CASE(the_clock_is_read_once_the_write_lock_is_held) {
  /// Tells at every look whether somebody holds the write lock.
  struct Watch final : Clock {
    std::string path;
    mutable int unlocked_looks = 0;
    mutable int looks = 0;
    [[nodiscard]] Instant now() const override {
      sqlite3* other = nullptr;
      sqlite3_open(path.c_str(), &other);
      const bool free =
          sqlite3_exec(other, "BEGIN IMMEDIATE", nullptr, nullptr, nullptr) == SQLITE_OK;
      sqlite3_close(other);
      ++looks;
      if (free) ++unlocked_looks;
      return noon();
    }
  };
  World world;
  world.active_campaign(world.user(), 3);
  const auto watch = std::make_shared<Watch>();
  watch->path = world.file().path();
  const auto store = must(open_store(world.file().url(), {.clock = watch}));
  const auto claimed = must(store->claim({.limit = 1}));
  BOOST_REQUIRE(claimed.size() == 1u);
  const CallRef call{claimed[0].call.user_id, claimed[0].call.id};
  must(store->begin_dial({&call, 1}, claimed[0].call.leased_by));
  BOOST_TEST(watch->looks >= 2);
  BOOST_TEST(watch->unlocked_looks == 0);
}

BOOST_AUTO_TEST_SUITE_END()
