#include "postgres/pool.hpp"

#include <libpq-fe.h>

#include <atomic>
#include <boost/test/unit_test.hpp>
#include <set>
#include <thread>
#include <vector>

#include "postgres_support.hpp"

namespace {

using namespace postgres_tests;

int process_of(Connection& connection) { return PQbackendPID(connection.native()); }

BOOST_AUTO_TEST_SUITE(pools)

BOOST_AUTO_TEST_CASE(a_connection_is_used_again) {
  Pool pool{server_url(), {}};
  const int first = process_of(*pool.take());
  BOOST_TEST(process_of(*pool.take()) == first);
}

BOOST_AUTO_TEST_CASE(there_are_never_more_connections_than_asked_for) {
  Pool pool{server_url(), {.size = 2, .wait = 50ms}};
  const auto one = pool.take();
  {
    const auto two = pool.take();
    BOOST_CHECK_THROW(static_cast<void>(pool.take()), Failure);
  }
  BOOST_CHECK_NO_THROW(static_cast<void>(pool.take()));
}

BOOST_AUTO_TEST_CASE(who_waits_gets_what_another_thread_gives_back) {
  Pool pool{server_url(), {.size = 1}};
  std::vector<std::jthread> threads;
  std::atomic<int> inside = 0;
  std::atomic<int> most = 0;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int n = 0; n < 20; ++n) {
        const auto lease = pool.take();
        most = std::max(most.load(), ++inside);
        lease->execute("SELECT 1");
        --inside;
      }
    });
  }
  threads.clear();
  BOOST_TEST(most == 1);
}

BOOST_AUTO_TEST_CASE(a_connection_that_died_while_idle_is_replaced_unnoticed) {
  Pool pool{server_url(), {}};
  int first = 0;
  {
    const auto lease = pool.take();
    first = process_of(*lease);
    terminate(*lease);
  }
  const auto lease = pool.take();
  BOOST_TEST(process_of(*lease) != first);
  BOOST_TEST(lease->value<int>("SELECT 1").value() == 1);
}

BOOST_AUTO_TEST_CASE(a_connection_that_was_lost_or_left_in_a_transaction_is_not_used_again) {
  Pool pool{server_url(), {.size = 1}};
  int first = 0;
  {
    const auto lease = pool.take();
    first = process_of(*lease);
    lease->execute("BEGIN");
  }
  int second = 0;
  {
    const auto lease = pool.take();
    second = process_of(*lease);
    BOOST_TEST(second != first);
    terminate(*lease);
    BOOST_CHECK_THROW(lease->execute("SELECT 1"), ConnectionLost);
  }
  BOOST_TEST(process_of(*pool.take()) != second);
}

BOOST_AUTO_TEST_CASE(a_server_that_cannot_be_reached_is_left_alone_for_a_while) {
  Pool pool{"postgresql:///db?host=/nowhere", {.max_backoff = 10s}};
  std::set<std::string> messages;
  for (int i = 0; i < 3; ++i) {
    try {
      static_cast<void>(pool.take());
      BOOST_ERROR("it was reached");
    } catch (const Failure& failure) {
      BOOST_CHECK(failure.error().code == ErrorCode::unavailable);
      messages.insert(failure.error().message);
    }
  }
  BOOST_TEST(messages.size() == 1u);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
