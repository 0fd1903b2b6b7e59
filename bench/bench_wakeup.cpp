// From the moment a call is queued to the moment another process's dialer is asked for it, on
// PostgreSQL; beside the least that takes on the same server: a bare row is inserted and a bare
// client that listens is notified.
//
// Runs on the server that CALLQUEUE_TEST_POSTGRES names, in a database of its own. One at a time,
// with a pause in between, so that nothing is gathered: what is measured is latency.
#include <benchmark/benchmark.h>
#include <poll.h>

#include <algorithm>
#include <atomic>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "postgres/connection.hpp"
#include "support.hpp"

namespace {

using namespace callqueue;
using namespace bench;
using namespace std::chrono_literals;
using postgres::Connection;
using Steady = std::chrono::steady_clock;

constexpr auto kPause = 20ms;
constexpr char kDatabase[] = "callqueue_bench_wakeup";

void make_database() {
  Connection administrator{url_of("postgres"), {}};
  administrator.execute(std::string{"DROP DATABASE IF EXISTS "} + kDatabase + " (FORCE)");
  administrator.execute(std::string{"CREATE DATABASE "} + kDatabase);
}

/// When something last happened, as another thread waits for it.
class Moment {
 public:
  void set() {
    at_ = Steady::now();
    ++count_;
    count_.notify_all();
  }
  /// Waits for the next one after `seen`.
  Steady::time_point after(int seen) const {
    count_.wait(seen);
    return at_;
  }
  [[nodiscard]] int count() const { return count_; }

 private:
  Steady::time_point at_;
  std::atomic<int> count_ = 0;
};

/// Runs `start` again and again and waits for the moment that it brings about.
template <class Start, class Finish>
void measure(benchmark::State& state, const Moment& moment, Start&& start, Finish&& finish) {
  std::vector<double> milliseconds;
  for (auto _ : state) {
    std::this_thread::sleep_for(kPause);
    const int seen = moment.count();
    const auto began = Steady::now();
    start();
    const std::chrono::duration<double> took = moment.after(seen) - began;
    state.SetIterationTime(took.count());
    milliseconds.push_back(took.count() * 1000);
    finish();
  }
  std::sort(milliseconds.begin(), milliseconds.end());
  const auto part = [&](std::size_t percent) {
    return milliseconds[std::min(milliseconds.size() * percent / 100, milliseconds.size() - 1)];
  };
  state.counters["p50_ms"] = part(50);
  state.counters["p99_ms"] = part(99);
}

void raw(benchmark::State& state) {
  make_database();
  Connection writer{url_of(kDatabase), {}};
  writer.execute("CREATE TABLE bare (n bigint NOT NULL)");
  Moment heard;
  std::jthread listener([&](const std::stop_token& stop) {
    Connection connection{url_of(kDatabase), {}};
    connection.execute("LISTEN bare");
    heard.set();
    while (!stop.stop_requested()) {
      pollfd socket{.fd = connection.socket(), .events = POLLIN, .revents = 0};
      poll(&socket, 1, 100);
      if (!connection.notified().empty()) heard.set();
    }
  });
  heard.after(0);
  measure(
      state, heard,
      [&] {
        writer.query("INSERT INTO bare VALUES (1)");
        writer.query("SELECT pg_notify('bare', '')");
      },
      [] {});
}

/// Accepts every call.
class WatchedDialer final : public Dialer {
 public:
  DialResult dial(const ClaimedCall& call) override {
    call_ = call.call;
    asked_.set();
    return DialResult::accepted("p");
  }
  [[nodiscard]] const Call& call() const { return call_; }
  [[nodiscard]] const Moment& asked() const { return asked_; }

 private:
  Call call_;
  Moment asked_;
};

void enqueue_to_dial(benchmark::State& state) {
  make_database();
  const auto here = open_store(url_of(kDatabase)).value();
  here->migrate().value();
  const auto user = here->create_user({.name = "u"}).value();
  const auto agent = here->create_agent({.user_id = user.id, .name = "a"}).value();
  const auto contact =
      here->create_contact({.user_id = user.id, .phone_number = "+4930123456"}).value();
  const auto there = open_store(url_of(kDatabase)).value();
  WatchedDialer dialer;
  Processor processor(*there, dialer);
  const std::jthread running(
      [&](const std::stop_token& stop) { must(processor.run(stop).has_value(), "run"); });
  CallQueue queue(*here);
  measure(
      state, dialer.asked(),
      [&] {
        must(
            queue.add_direct(user.id, {.contact_id = contact.id, .agent_id = agent.id}).has_value(),
            "add_direct");
      },
      [&] {
        const auto& call = dialer.call();
        must(queue
                 .report(
                     {.user_id = call.user_id, .call_id = call.id, .status = CallStatus::completed})
                 .has_value(),
             "report");
      });
}

BENCHMARK(raw)->Name("raw/insert_and_notify")->Iterations(1000)->UseManualTime();
BENCHMARK(enqueue_to_dial)->Name("enqueue_to_dial")->Iterations(1000)->UseManualTime();

}  // namespace

BENCHMARK_MAIN();
