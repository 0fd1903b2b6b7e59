#pragma once

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "postgres/connection.hpp"

namespace callqueue::postgres {

/// A bounded number of connections to one server, made as they are needed. Thread-safe.
///
/// A server that refuses or cannot be reached is left alone for a while that grows with every
/// failure: until then `take` fails at once, with the reason of the last attempt.
class Pool {
 public:
  struct Options {
    Connection::Options connection;
    int size = 8;  ///< Most connections at once.
    /// How long `take` waits while all are in use.
    std::chrono::milliseconds wait{10'000};
    std::chrono::milliseconds max_backoff{5'000};
  };

  /// A connection in use; goes back when it goes, unless it was lost or holds a transaction open.
  class Lease {
   public:
    Lease(Pool& pool, std::unique_ptr<Connection> connection)
        : pool_(&pool), connection_(std::move(connection)) {}
    Lease(Lease&&) noexcept = default;
    Lease& operator=(Lease&&) = delete;
    ~Lease() {
      if (connection_) pool_->give_back(std::move(connection_));
    }
    Connection& operator*() const noexcept { return *connection_; }
    Connection* operator->() const noexcept { return connection_.get(); }

   private:
    Pool* pool_;
    std::unique_ptr<Connection> connection_;
  };

  Pool(std::string url, const Options& options) : url_(std::move(url)), options_(options) {}
  Pool(const Pool&) = delete;
  Pool& operator=(const Pool&) = delete;

  /// A connection that nobody is known to have ended. Throws `Failure`: `unavailable` when the
  /// server cannot be reached or all connections are in use for too long.
  [[nodiscard]] Lease take();

 private:
  using Clock = std::chrono::steady_clock;

  void give_back(std::unique_ptr<Connection> connection) noexcept;
  std::unique_ptr<Connection> connect();

  const std::string url_;
  const Options options_;
  std::mutex mutex_;
  std::condition_variable returned_;
  std::vector<std::unique_ptr<Connection>> idle_;
  int in_use_ = 0;
  Clock::duration backoff_{};  ///< Zero while connecting works.
  Clock::time_point retry_at_{};
  std::optional<Error> refused_;
};

}  // namespace callqueue::postgres
