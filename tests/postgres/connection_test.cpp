#include <libpq-fe.h>

#include <boost/test/unit_test.hpp>
#include <limits>
#include <thread>

#include "postgres_support.hpp"
#include "proxy.hpp"

namespace {

using namespace postgres_tests;

/// What `run` is refused with.
template <class Run>
Error error_of(Run&& run) {
  try {
    run();
  } catch (const Failure& failure) {
    return failure.error();
  }
  return {.code = ErrorCode::internal, .message = "nothing was refused", .field = {}};
}

/// The value after a visit to the server.
template <class T>
T there_and_back(Connection& connection, const char* sql, const T& value) {
  ResultRows rows = connection.query(sql, value);
  BOOST_REQUIRE(rows.step());
  return rows.get<T>(0);
}

BOOST_AUTO_TEST_SUITE(connections)

BOOST_AUTO_TEST_CASE(what_is_beyond_the_calendar_is_read_as_its_end) {
  auto connection = connect({});
  auto rows = connection.query(
      "SELECT 'infinity'::timestamptz, '-infinity'::timestamptz, '294276-01-01'::timestamptz, "
      "'infinity'::date, '-infinity'::date");
  BOOST_REQUIRE(rows.step());
  const Instant last = std::chrono::sys_days{std::chrono::year{9999} / 12 / 31};
  const Instant first = std::chrono::sys_days{std::chrono::year{1} / 1 / 1};
  BOOST_CHECK(rows.get<Instant>(0) == last);
  BOOST_CHECK(rows.get<Instant>(1) == first);
  BOOST_CHECK(rows.get<Instant>(2) == last);
  BOOST_TEST(to_text(rows.get<LocalDate>(3)) == "9999-12-31");
  BOOST_TEST(to_text(rows.get<LocalDate>(4)) == "0001-01-01");
}

BOOST_AUTO_TEST_CASE(values_come_back_as_they_went) {
  for (const bool prepares : {true, false}) {
    auto connection = connect({.prepares = prepares});
    for (const auto number : {std::numeric_limits<std::int64_t>::min(), std::int64_t{-1},
                              std::int64_t{0}, std::numeric_limits<std::int64_t>::max()}) {
      BOOST_TEST(there_and_back(connection, "SELECT $1::bigint", number) == number);
    }
    for (const auto number :
         {std::numeric_limits<int>::min(), -1, 0, std::numeric_limits<int>::max()}) {
      BOOST_TEST(there_and_back(connection, "SELECT $1::integer", number) == number);
    }
    for (const bool yes : {true, false}) {
      BOOST_TEST(there_and_back(connection, "SELECT $1::boolean", yes) == yes);
    }
    for (const std::string text : {"", "a", "it's; DROP TABLE calls --", "Zoë\n\"x\"\\", "$1"}) {
      BOOST_TEST(there_and_back(connection, "SELECT $1::text", text) == text);
    }
    for (const std::chrono::year year : {std::chrono::year{1900}, std::chrono::year{1970},
                                         std::chrono::year{2000}, std::chrono::year{2999}}) {
      const Instant at = std::chrono::sys_days{year / 3 / 29} + 12h + 1us;
      BOOST_CHECK(there_and_back(connection, "SELECT $1::timestamptz", at) == at);
    }
    UuidSource uuids{7};
    const auto id = uuids.next(Instant{});
    BOOST_CHECK(there_and_back(connection, "SELECT $1::uuid", id) == id);
  }
}

BOOST_AUTO_TEST_CASE(dates_times_and_json_are_read_whatever_the_session_says) {
  auto connection = connect();
  connection.execute("SET DateStyle = 'SQL, DMY'; SET TimeZone = 'Asia/Kathmandu'");
  auto rows = connection.query(
      "SELECT $1::date, $2::time, $3::time, $4::jsonb, $5::timestamptz, 0.5::float8", "2026-03-29",
      "09:30:15", "24:00", R"({"a": [1]})", Instant{});
  BOOST_REQUIRE(rows.step());
  BOOST_CHECK(rows.get<LocalDate>(0) == LocalDate(std::chrono::year{2026} / 3 / 29));
  BOOST_CHECK(rows.get<TimeOfDay>(1) == 9h + 30min + 15s);
  BOOST_CHECK(rows.get<TimeOfDay>(2) == 24h);
  BOOST_TEST(rows.get<std::string>(3) == R"({"a": [1]})");
  BOOST_CHECK(rows.get<Instant>(4) == Instant{});
  BOOST_TEST(rows.get<double>(5) == 0.5);
  BOOST_TEST(!rows.step());
}

BOOST_AUTO_TEST_CASE(an_absent_value_is_null) {
  auto connection = connect();
  auto rows =
      connection.query("SELECT $1::text, $2::uuid, $3::bigint", std::optional<std::string>{},
                       std::optional<Uuid>{}, std::optional<std::int64_t>{5});
  BOOST_REQUIRE(rows.step());
  BOOST_TEST(rows.is_null(0));
  BOOST_TEST(rows.is_null(1));
  BOOST_TEST(rows.get<std::int64_t>(2) == 5);
}

BOOST_AUTO_TEST_CASE(sequences_are_arrays) {
  auto connection = connect();
  const char* const sum = "SELECT sum(length(t))::bigint FROM unnest($1::text[]) t";
  BOOST_TEST(
      connection.value<std::int64_t>(sum, std::vector<std::string>{"a", "", "ccc"}).value() == 4);
  BOOST_TEST(!connection.value<std::int64_t>(sum, std::vector<std::string>{}).has_value());
  UuidSource uuids{7};
  const std::vector ids{uuids.next(Instant{}), uuids.next(Instant{})};
  auto rows = connection.query("SELECT unnest($1::uuid[])", ids);
  BOOST_TEST(rows.count() == 2);
  for (const auto& id : ids) {
    BOOST_REQUIRE(rows.step());
    BOOST_CHECK(rows.get<Uuid>(0) == id);
  }
}

BOOST_AUTO_TEST_CASE(a_column_of_another_type_is_corrupt_and_not_misread) {
  auto connection = connect();
  auto rows = connection.query("SELECT 'x'::text, 5000000000::bigint");
  BOOST_REQUIRE(rows.step());
  BOOST_CHECK(error_of([&] { rows.get<std::int64_t>(0); }).code == ErrorCode::corrupt);
  BOOST_CHECK(error_of([&] { rows.get<Uuid>(0); }).code == ErrorCode::corrupt);
  BOOST_CHECK(error_of([&] { rows.get<Instant>(1); }).code == ErrorCode::corrupt);
  BOOST_CHECK(error_of([&] { rows.get<int>(1); }).code == ErrorCode::corrupt);
}

BOOST_AUTO_TEST_CASE(a_refusal_tells_its_kind_and_constraint_and_no_value) {
  auto connection = connect();
  connection.execute("CREATE TEMPORARY TABLE t (n text CONSTRAINT only_once UNIQUE)");
  connection.query("INSERT INTO t VALUES ($1)", "secret");
  try {
    connection.query("INSERT INTO t VALUES ($1)", "secret");
    BOOST_ERROR("a duplicate was accepted");
  } catch (const StatementRefused& refused) {
    BOOST_CHECK(refused.error().code == ErrorCode::conflict);
    BOOST_TEST(refused.sqlstate() == "23505");
    BOOST_TEST(refused.constraint() == "only_once");
    BOOST_TEST(refused.error().message.find("secret") == std::string::npos);
  }
  BOOST_CHECK(error_of([&] { connection.query("SELECT $1::text", std::string{"\xff"}); }).code ==
              ErrorCode::invalid_argument);
  BOOST_CHECK(error_of([&] { connection.query("SELECT 1 FROM nowhere"); }).code ==
              ErrorCode::corrupt);
  BOOST_TEST(connection.value<int>("SELECT 1").value() == 1);
}

BOOST_AUTO_TEST_CASE(a_transaction_leaves_nothing_unless_it_is_committed) {
  auto connection = connect();
  connection.execute("CREATE TEMPORARY TABLE t (n integer)");
  {
    const Transaction transaction{connection};
    connection.query("INSERT INTO t VALUES (1)");
  }
  {
    Transaction transaction{connection};
    connection.query("INSERT INTO t VALUES (2)");
    transaction.commit();
  }
  BOOST_TEST(connection.value<int>("SELECT sum(n)::integer FROM t").value() == 2);
  BOOST_TEST(!connection.in_transaction());
}

BOOST_AUTO_TEST_CASE(a_transaction_in_which_a_statement_was_refused_cannot_be_committed) {
  auto connection = connect();
  Transaction transaction{connection};
  BOOST_CHECK_THROW(connection.query("SELECT 1 / 0"), StatementRefused);
  BOOST_CHECK_THROW(transaction.commit(), Failure);
}

constexpr char kAdd[] = "INSERT INTO few VALUES ($1::integer)";
constexpr char kAll[] = "SELECT coalesce(string_agg(n::text, ' '), '') FROM few";

/// A table of this connection's own, which takes 1 to 9.
Connection with_few(bool prepares) {
  auto connection = connect({.prepares = prepares});
  connection.execute("CREATE TEMPORARY TABLE few (n integer CHECK (n BETWEEN 1 AND 9))");
  return connection;
}

BOOST_AUTO_TEST_CASE(what_is_put_off_is_run_in_its_order_before_what_comes_next) {
  for (const bool prepares : {true, false}) {
    auto connection = with_few(prepares);
    Transaction transaction{connection};
    connection.later(kAdd, 1);
    connection.later(kAdd, 2);
    BOOST_TEST(connection.value<std::string>(kAll).value() == "1 2");
    connection.later(kAdd, 3);
    connection.execute("INSERT INTO few VALUES (4)");
    connection.later(kAdd, 5);
    transaction.commit();
    BOOST_TEST(connection.value<std::string>(kAll).value() == "1 2 3 4 5");
  }
}

BOOST_AUTO_TEST_CASE(several_statements_give_their_rows_with_what_was_put_off_before_them) {
  auto connection = with_few(true);
  Transaction transaction{connection};
  connection.later(kAdd, 7);
  auto rows =
      connection.run_all({{kAll, Parameters{}}, {kAdd, Parameters{8}}, {kAll, Parameters{}}});
  BOOST_REQUIRE_EQUAL(rows.size(), 3U);
  BOOST_REQUIRE(rows.front().step());
  BOOST_TEST(rows.front().get<std::string>(0) == "7");
  BOOST_TEST(rows.at(1).count() == 1);
  BOOST_REQUIRE(rows.back().step());
  BOOST_TEST(rows.back().get<std::string>(0) == "7 8");
}

BOOST_AUTO_TEST_CASE(what_was_put_off_and_is_refused_ends_what_comes_next) {
  for (const bool prepares : {true, false}) {
    auto connection = with_few(prepares);
    for (const bool at_commit : {true, false}) {
      const auto error = error_of([&] {
        Transaction transaction{connection};
        connection.later(kAdd, 1);
        connection.later(kAdd, 10);
        connection.later(kAdd, 2);
        if (!at_commit) connection.query(kAll);
        transaction.commit();
      });
      BOOST_CHECK(error.code == ErrorCode::conflict);
      BOOST_TEST(!connection.in_transaction());
      BOOST_TEST(connection.value<std::string>(kAll).value() == "");
    }
  }
}

BOOST_AUTO_TEST_CASE(what_was_put_off_goes_with_its_transaction) {
  auto connection = with_few(true);
  {
    const Transaction transaction{connection};
    connection.later(kAdd, 1);
    connection.later(kAdd, 10);  // Would be refused.
  }
  BOOST_TEST(!connection.in_transaction());
  BOOST_TEST(connection.value<std::string>(kAll).value() == "");
}

BOOST_AUTO_TEST_CASE(more_than_fits_into_a_socket_goes_and_comes_with_one_round_trip) {
  auto connection = connect();
  const std::string much(4'000'000, 'x');
  auto rows = connection.run_all(
      {{"SELECT $1::text || '1'", Parameters{much}}, {"SELECT $1::text || '2'", Parameters{much}}});
  for (auto& row : rows) {
    BOOST_REQUIRE(row.step());
    BOOST_TEST(row.get<std::string_view>(0).size() == much.size() + 1);
  }
}

BOOST_AUTO_TEST_CASE(a_session_that_only_reads_is_said_with_what_finds_another) {
  auto connection = connect();
  connection.execute("SET default_transaction_read_only = on");
  const auto error = error_of([&] { connection.execute("CREATE TABLE never (id integer)"); });
  BOOST_CHECK(error.code == ErrorCode::unavailable);
  BOOST_TEST(error.message.starts_with("the server is a standby or read-only"), error.message);
  BOOST_TEST(error.message.find("target_session_attrs=read-write") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_session_that_is_shared_with_others_is_said_with_what_to_set) {
  static constexpr char kBefore[] = "SELECT 1";
  const auto refused_after = [](const char* by_others) {
    auto connection = connect({.prepares = true});
    connection.query(kBefore);
    connection.execute(by_others);
    return error_of([&] {
      connection.query("SELECT 2");
      connection.query(kBefore);
    });
  };
  // What the pooler had another one prepare here, or what it has cleaned away.
  for (const auto* const by_others : {"PREPARE callqueue_2 AS SELECT 2", "DEALLOCATE ALL"}) {
    const auto error = refused_after(by_others);
    BOOST_TEST(error.message.ends_with("prepare no statements"), error.message);
    BOOST_TEST(error.message.find("prepared statement \"callqueue_") != std::string::npos);
  }
}

BOOST_AUTO_TEST_CASE(a_statement_that_waits_for_a_lock_too_long_is_unavailable) {
  auto holder = connect();
  holder.execute("BEGIN; SELECT pg_advisory_xact_lock(7)");
  auto waiter = connect();
  waiter.execute("SET lock_timeout = '1ms'");
  BOOST_CHECK(error_of([&] { waiter.query("SELECT pg_advisory_xact_lock(7)"); }).code ==
              ErrorCode::unavailable);
}

BOOST_AUTO_TEST_CASE(a_session_that_is_terminated_is_lost_and_says_so_each_time) {
  auto connection = connect();
  terminate(connection);
  BOOST_CHECK_THROW(connection.query("SELECT 1"), ConnectionLost);
  BOOST_TEST(connection.lost());
  BOOST_CHECK_THROW(connection.query("SELECT 1"), ConnectionLost);
}

BOOST_AUTO_TEST_CASE(a_network_that_swallows_everything_is_not_waited_for_without_end) {
  Proxy proxy;
  Connection connection{proxy.url(), {.answer_timeout = 1s}};
  BOOST_TEST(connection.value<int>("SELECT 1").value() == 1);
  proxy.hang();
  BOOST_CHECK_THROW(connection.query("SELECT 1"), ConnectionLost);
  BOOST_TEST(connection.lost());
}

BOOST_AUTO_TEST_CASE(a_server_that_never_greets_is_not_waited_for_without_end) {
  Proxy proxy;
  proxy.hang();
  BOOST_CHECK((error_of([&] {
                 Connection{proxy.url(), {.connect_timeout = 200ms}};
               }).code == ErrorCode::unavailable));
}

BOOST_AUTO_TEST_CASE(a_statement_that_never_arrives_has_no_effect_and_one_without_answer_has) {
  for (const bool prepares : {true, false}) {
    auto beside = connect();
    beside.execute("CREATE TABLE arrivals (n integer)");
    const auto arrived = [&] {
      return beside.value<int>("SELECT count(*)::integer FROM arrivals").value();
    };
    Proxy proxy;
    Connection early{proxy.url(), {.answer_timeout = 1s, .prepares = prepares}};
    proxy.hang_before("INTO arrivals");
    BOOST_CHECK_THROW(early.query("INSERT INTO arrivals VALUES (1)"), ConnectionLost);
    BOOST_TEST(proxy.wait_until_hung());
    BOOST_TEST(arrived() == 0);
    proxy.cut();
    Connection late{proxy.url(), {.answer_timeout = 1s, .prepares = prepares}};
    proxy.hang_after("INTO arrivals");
    BOOST_CHECK_THROW(late.query("INSERT INTO arrivals VALUES (1)"), ConnectionLost);
    BOOST_TEST(proxy.wait_until_hung());
    BOOST_TEST(arrived() == 1);
    beside.execute("DROP TABLE arrivals");
  }
}

BOOST_AUTO_TEST_CASE(a_network_that_comes_back_delivers_what_it_held) {
  Proxy proxy;
  Connection connection{proxy.url(), {}};
  proxy.hang_after("SELECT 7");
  std::jthread later([&] {
    if (proxy.wait_until_hung()) proxy.resume();
  });
  BOOST_TEST(connection.value<int>("SELECT 7").value() == 7);
}

BOOST_AUTO_TEST_CASE(what_cannot_be_reached_or_read_is_told_without_its_password) {
  const auto gone = error_of([] { Connection{"postgresql://ann:s3cret@/db?host=/nowhere", {}}; });
  BOOST_CHECK(gone.code == ErrorCode::unavailable);
  BOOST_TEST(gone.message.find("s3cret") == std::string::npos);
  const auto unreadable = error_of([] { Connection{"postgresql://ann:s3cret@[/db?x=1", {}}; });
  BOOST_CHECK(unreadable.code == ErrorCode::invalid_argument);
  BOOST_TEST(unreadable.field == "url");
  BOOST_TEST(unreadable.message.find("s3cret") == std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
