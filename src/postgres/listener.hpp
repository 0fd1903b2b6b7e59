#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>

#include "callqueue/changes.hpp"
#include "callqueue/clock.hpp"
#include "postgres/connection.hpp"

namespace callqueue::postgres {

/// Hears notifications, on a connection of its own; and looks from time to time whether anything
/// was committed on the server, for those who notify nobody.
class Listener final : public ChangeListener {
 public:
  struct Options {
    Connection::Options connection;
    bool listens = true;  ///< False: it only looks.
    /// Between two looks. A connection that does not answer one is given up.
    std::chrono::milliseconds look{1'000};
    std::chrono::milliseconds max_backoff{5'000};
  };

  /// @param clock none: the server's.
  Listener(std::string url, const Options& options, std::shared_ptr<const Clock> clock);
  ~Listener() override;

  Changes wait(std::chrono::milliseconds at_most, std::optional<Instant> until) override;
  void wake() override;

 private:
  using Steady = std::chrono::steady_clock;

  /// What there is to tell, as far as that is known without waiting.
  Changes news();
  void connect();
  /// @return whether anything was committed since the last look.
  bool look();
  void lose() noexcept;
  /// Sleeps until there may be something to do or tell, at most until `end`.
  void sleep(Steady::time_point end, const std::optional<Instant>& until);
  [[nodiscard]] bool was_woken();
  /// By the server's clock, as it was at the last look.
  [[nodiscard]] Instant now() const;

  const std::string url_;
  const Options options_;
  const std::shared_ptr<const Clock> clock_;
  int wake_in_ = -1;  ///< The ends of a pipe.
  int wake_out_ = -1;

  std::optional<Connection> connection_;
  std::int64_t seen_ = 0;
  std::chrono::microseconds server_ahead_{};  ///< Of this machine's clock.
  Steady::time_point look_at_{};              ///< While there is none: when to connect again.
  Steady::duration backoff_{};
};

}  // namespace callqueue::postgres
