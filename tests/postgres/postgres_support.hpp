#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <thread>

#include "postgres/connection.hpp"

namespace postgres_tests {

using namespace callqueue;
using namespace callqueue::postgres;
using namespace std::chrono_literals;

/// The server that the tests may use.
[[nodiscard]] std::string server_url();
[[nodiscard]] Connection connect(const Connection::Options& options = {});
/// An empty database of its own on that server, dropped when it goes.
class FreshDatabase {
 public:
  FreshDatabase();
  FreshDatabase(const FreshDatabase&) = delete;
  FreshDatabase& operator=(const FreshDatabase&) = delete;
  ~FreshDatabase();
  [[nodiscard]] std::string url() const;
  [[nodiscard]] Connection connect() const { return {url(), {}}; }

 private:
  std::string name_;
};
/// Ends the session of another connection, as an administrator would.
void terminate(Connection& connection);

/// Stands between a connection and the server, and can stop passing anything on without hanging up,
/// as a network does that swallows everything.
class Proxy {
 public:
  Proxy();
  Proxy(const Proxy&) = delete;
  Proxy& operator=(const Proxy&) = delete;
  ~Proxy();

  [[nodiscard]] std::string url() const;
  void swallow() { swallows_ = true; }

 private:
  void serve(const std::stop_token& stop) const;

  std::string folder_;
  int listener_ = -1;
  std::atomic<bool> swallows_ = false;
  std::jthread thread_;
};

}  // namespace postgres_tests
