#include "postgres_support.hpp"

#include <libpq-fe.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <stdexcept>
#include <thread>

namespace postgres_tests {

std::string server_url() {
  const char* url = std::getenv("CALLQUEUE_TEST_POSTGRES");
  if (url == nullptr) throw std::runtime_error("run this by tests/postgres/with_server.py");
  return url;
}

Connection connect(const Connection::Options& options) { return {server_url(), options}; }

FreshDatabase::FreshDatabase() {
  static std::atomic<int> made = 0;
  name_ = "callqueue_" + std::to_string(getpid()) + "_" + std::to_string(++made);
  postgres_tests::connect().execute("CREATE DATABASE " + name_);
}

FreshDatabase::~FreshDatabase() {
  try {
    postgres_tests::connect().execute("DROP DATABASE " + name_ + " WITH (FORCE)");
  } catch (const Failure&) {  // It goes with the server.
  }
}

std::string FreshDatabase::url() const {
  const auto server = server_url();
  const auto begin = server.find('/', server.find("://") + 3);
  const auto end = std::min(server.find('?'), server.size());
  return server.substr(0, std::min(begin, end)) + "/" + name_ + server.substr(end);
}

void terminate(Connection& connection) {
  const int process = PQbackendPID(connection.native());
  auto administrator = connect();
  administrator.query("SELECT pg_terminate_backend($1)", process);
  const char* const is_there = "SELECT 1 FROM pg_stat_activity WHERE pid = $1";
  while (administrator.value<int>(is_there, process)) std::this_thread::yield();
}

}  // namespace postgres_tests
