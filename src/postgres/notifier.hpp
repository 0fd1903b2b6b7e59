#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "callqueue/changes.hpp"
#include "postgres/connection.hpp"

namespace callqueue::postgres {

/// Tells everybody who listens what was committed: on a thread and a connection of its own, for at
/// its commit a transaction that notifies waits for all others that do.
///
/// What starts calls goes out at once; what follows soon after it is gathered and goes together.
/// What starts none is gathered for longer. A notification that cannot be sent is sent later, and
/// is lost with the process: who listens looks from time to time as well. Thread-safe.
class Notifier {
 public:
  struct Options {
    Connection::Options connection;
    std::chrono::milliseconds start_gap{5};     ///< Between two that start calls.
    std::chrono::milliseconds change_gap{100};  ///< Before one that starts none.
    std::chrono::milliseconds max_backoff{5'000};
  };

  Notifier(std::string url, const Options& options) : url_(std::move(url)), options_(options) {}
  Notifier(const Notifier&) = delete;
  Notifier& operator=(const Notifier&) = delete;
  /// Sends what is left, once.
  ~Notifier();

  /// Has them told. Waits for nothing.
  void tell(const Changes& changes);

 private:
  using Steady = std::chrono::steady_clock;

  void work(const std::stop_token& stop);
  /// Waits until there is something to tell, and it is time to, or it ends.
  Changes next(const std::stop_token& stop);
  [[nodiscard]] bool is_due() const;
  [[nodiscard]] Steady::time_point due_at() const;
  void send(const Changes& changes);

  const std::string url_;
  const Options options_;
  std::optional<Connection> connection_;  ///< Of the thread alone.

  std::mutex mutex_;
  std::condition_variable_any told_;
  Changes pending_;
  Steady::time_point pending_since_{};
  Steady::time_point quiet_until_{};
  std::jthread thread_;  ///< Started by the first `tell`.
};

}  // namespace callqueue::postgres
