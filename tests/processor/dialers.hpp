#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "callqueue/processor.hpp"
#include "services/small_world.hpp"

/// Dialers and observers that tests hold in their hands.
namespace processor_tests {

using namespace small_world;

/// How long a test waits for what must happen at once; only a failing test waits that long.
constexpr std::chrono::seconds patience{30};

/// Something that other threads change and a test waits for.
template <class T>
class Watched {
 public:
  template <class Change>
  void change(Change&& change) {
    const std::lock_guard lock(mutex_);
    std::forward<Change>(change)(value_);
    changed_.notify_all();
  }
  /// Whether it came true in time.
  template <class Condition>
  [[nodiscard]] bool comes_true(Condition&& condition, std::chrono::milliseconds in = patience) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, in, [&] { return condition(value_); });
  }
  [[nodiscard]] T get() {
    const std::lock_guard lock(mutex_);
    return value_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  T value_{};
};

/// A door that stays shut until it is opened, once and for all.
class Door {
 public:
  void open() {
    open_.change([](bool& open) { open = true; });
  }
  /// Blocks until then. On any thread, and only the test's own may use Boost.Test.
  void pass() {
    if (!open_.comes_true([](bool open) { return open; })) throw std::runtime_error("shut");
  }

 private:
  Watched<bool> open_;
};

/// A dialer made of functions.
class TestDialer final : public Dialer {
 public:
  std::function<DialResult(const ClaimedCall&)> answer = [](const ClaimedCall& call) {
    return DialResult::accepted("provider-" + to_text(call.call.id));
  };
  std::function<LookupResult(const Call&)> known;  ///< None: it cannot look up.

  DialResult dial(const ClaimedCall& call) override {
    dialed.change([&](auto& ids) { ids.push_back(call.call.id); });
    return answer(call);
  }
  [[nodiscard]] bool can_look_up() const override { return static_cast<bool>(known); }
  LookupResult lookup(const Call& call) override { return known(call); }

  Watched<std::vector<CallId>> dialed;
};

/// Every call waits at the door, then is accepted.
inline void hang(TestDialer& dialer, Door& door, const std::string& provider_call_id) {
  dialer.answer = [&door, provider_call_id](const ClaimedCall&) {
    door.pass();
    return DialResult::accepted(provider_call_id);
  };
}

/// Counts what a processor tells.
class TestObserver final : public Observer {
 public:
  struct Counts {
    int claimed = 0;
    int dialed = 0;
    int reported = 0;
    int advanced = 0;
    int unavailable = 0;
    int available = 0;
    int hangs = 0;
  };
  void on_claimed(const ClaimedCall&) override { add(&Counts::claimed); }
  void on_dialed(const ClaimedCall&, const DialResult&) override { add(&Counts::dialed); }
  void on_reported(const CallReport&) override { add(&Counts::reported); }
  void on_advanced(const AdvanceResult&) override { add(&Counts::advanced); }
  void on_unavailable(const Error&, std::chrono::milliseconds) override {
    add(&Counts::unavailable);
  }
  void on_available() override { add(&Counts::available); }
  void on_dialer_hangs(int) override { add(&Counts::hangs); }

  Watched<Counts> counts;

 private:
  void add(int Counts::*field) {
    counts.change([&](Counts& c) { ++(c.*field); });
  }
};

/// A processor at work on a thread of its own until it is stopped or goes away.
class Running {
 public:
  explicit Running(Processor& processor)
      : thread_(
            [this, &processor](const std::stop_token& stop) { result_ = processor.run(stop); }) {}
  /// Asks it to stop and waits until it has.
  Result<void> stop() {
    thread_.request_stop();
    return wait();
  }
  void request_stop() { thread_.request_stop(); }
  Result<void> wait() {
    if (thread_.joinable()) thread_.join();
    return result_;
  }

 private:
  Result<void> result_;
  std::jthread thread_;
};

inline CallEvent ended(const Call& call, CallStatus status) {
  return {.user_id = call.user_id, .call_id = call.id, .status = status};
}

}  // namespace processor_tests
