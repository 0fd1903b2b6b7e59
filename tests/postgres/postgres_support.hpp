#pragma once

#include <chrono>
#include <string>

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
  [[nodiscard]] const std::string& name() const { return name_; }
  [[nodiscard]] Connection connect() const { return {url(), {}}; }

 private:
  std::string name_;
};
/// Ends the session of another connection, as an administrator would.
void terminate(Connection& connection);

}  // namespace postgres_tests
