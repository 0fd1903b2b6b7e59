#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>

#include "postgres/connection.hpp"

namespace callqueue::postgres {

/// Looks, on a thread and a connection of its own, whom a migration waits for, and tells of it.
class WaitWatch {
 public:
  using Tell = std::function<void(std::string_view)>;

  /// @param migrator, @param guard the connections of the migration, on which nothing runs now.
  /// @param tell may be empty.
  WaitWatch(std::string url, Connection::Options options, Connection& migrator, Connection& guard,
            Tell tell);
  WaitWatch(const WaitWatch&) = delete;
  WaitWatch& operator=(const WaitWatch&) = delete;
  /// Tells nothing more once it is gone.
  ~WaitWatch() = default;

  /// Who was in the way last, as told; empty: nobody for long.
  [[nodiscard]] std::string last() const;

 private:
  void watch(const std::stop_token& stop);
  /// Whom the migration waits for now; empty: nobody.
  [[nodiscard]] static std::string blocker(Connection& connection, const std::string& question);
  /// @return whether it was stopped meanwhile.
  bool sleep(const std::stop_token& stop);

  const std::string url_;
  const Connection::Options options_;
  const std::string question_;
  const Tell tell_;
  mutable std::mutex mutex_;
  std::condition_variable_any stopped_;
  std::string last_;
  std::jthread thread_;  ///< Ends first.
};

}  // namespace callqueue::postgres
