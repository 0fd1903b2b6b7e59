#pragma once

#include <atomic>
#include <functional>
#include <thread>

#include "callqueue/observer.hpp"
#include "callqueue/store.hpp"
#include "simulated_carrier/progress_bars.hpp"

namespace callqueue::cli {

/// Counts what a processor does, and says on standard error when the store is gone or back,
/// or the dialer hangs.
class RunCounter final : public Observer {
 public:
  /// @param tells whether to say which calls are uncertain, too.
  explicit RunCounter(bool tells) : tells_(tells) {}
  void on_claimed(const ClaimedCall&) override { ++claimed; }
  void on_dialed(const ClaimedCall&, const DialResult& result) override;
  void on_reported(const CallReport& report) override;
  void on_unavailable(const Error& error, std::chrono::milliseconds backoff) override;
  void on_dialer_hangs(int threads) override;
  void on_available() override;

  /// `{"claimed", "accepted", "rejected", "uncertain", "events", "ended"}` without the braces.
  [[nodiscard]] std::string json_fields() const;
  [[nodiscard]] std::string text() const;

  std::atomic<std::int64_t> claimed = 0;
  std::atomic<std::int64_t> accepted = 0;
  std::atomic<std::int64_t> rejected = 0;
  std::atomic<std::int64_t> uncertain = 0;
  std::atomic<std::int64_t> events = 0;
  std::atomic<std::int64_t> ended = 0;

 private:
  const bool tells_;
};

/// Calls `stop` at the first Ctrl-C (or SIGTERM); another one ends the process, but for those
/// within the second after the first: `timeout` tells the process, and then its group. Make it
/// before any other thread: they inherit that these signals are blocked.
class Interruption {
 public:
  Interruption();
  void start(std::function<void()> stop);
  [[nodiscard]] bool requested() const { return requested_; }

 private:
  std::atomic<bool> requested_ = false;
  std::jthread thread_;
};

/// A bar for every campaign that is under way, or has been since this began.
class CampaignBars {
 public:
  explicit CampaignBars(Store& store) : store_(store) {}
  /// Looks and draws, if standard error is a terminal and it is time to.
  void update();
  /// Draws the last state.
  void finish();

 private:
  void draw();

  Store& store_;
  ProgressBars bars_;
  std::vector<std::pair<UserId, CampaignId>> campaigns_;
};

}  // namespace callqueue::cli
