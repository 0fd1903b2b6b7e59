#include <sqlite3.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <set>
#include <stdexcept>

#include "processor/dialers.hpp"

namespace {

using namespace processor_tests;

/// A database file that goes away with the test.
struct TemporaryFile {
  std::filesystem::path folder =
      std::filesystem::temp_directory_path() / ("callqueue_processor_" + std::to_string(getpid()));
  TemporaryFile() { std::filesystem::create_directories(folder); }
  ~TemporaryFile() { std::filesystem::remove_all(folder); }
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;
  [[nodiscard]] std::string path() const { return (folder / "queue.db").string(); }
  [[nodiscard]] std::string url() const { return "sqlite:" + path(); }
};

/// Somebody else who holds the file's write lock.
class Locker {
 public:
  explicit Locker(const std::string& path) {
    if (sqlite3_open(path.c_str(), &database_) != SQLITE_OK) throw std::runtime_error(path);
    sqlite3_busy_timeout(database_, 30'000);
  }
  ~Locker() { sqlite3_close(database_); }
  Locker(const Locker&) = delete;
  Locker& operator=(const Locker&) = delete;
  void lock() { run("BEGIN IMMEDIATE"); }
  void unlock() { run("ROLLBACK"); }

 private:
  void run(const char* sql) {
    if (sqlite3_exec(database_, sql, nullptr, nullptr, nullptr) != SQLITE_OK) {
      throw std::runtime_error(sql);
    }
  }
  sqlite3* database_ = nullptr;
};

/// A machine that falls asleep for ten minutes right after somebody looked at its clock.
class NappingClock final : public Clock {
 public:
  explicit NappingClock(std::shared_ptr<ManualClock> clock) : clock_(std::move(clock)) {}
  void nap_after_next_look() { awake_ = false; }
  [[nodiscard]] Instant now() const override {
    const auto now = clock_->now();
    if (!awake_.exchange(true)) clock_->advance(10min);
    return now;
  }

 private:
  std::shared_ptr<ManualClock> clock_;
  mutable std::atomic<bool> awake_ = true;
};

StoreOptions impatient() {
  return {.durability = StoreOptions::Durability::normal, .busy_timeout = 5ms};
}

const ProcessorOptions quick_to_try_again{.max_backoff = 1ms};

BOOST_AUTO_TEST_SUITE(shared_files)

BOOST_AUTO_TEST_CASE(a_second_processor_beside_it_is_harmless) {
  TemporaryFile file;
  SmallWorld world(file.url(), {.durability = StoreOptions::Durability::normal});
  value(world.store->set_system_limit(100));
  value(world.store->set_user_limits(world.user.id, 100, 100));
  world.active_campaign(60);
  const auto other = value(open_store(file.url(), {.clock = world.clock}));

  TestDialer dialer;  // Of both: what either dials is in one list.
  Processor first(*world.store, dialer, {.batch = 5, .parallelism = 4});
  Processor second(*other, dialer, {.batch = 5, .parallelism = 4});
  Running running_first(first);
  Running running_second(second);
  BOOST_TEST(dialer.dialed.comes_true([](const auto& ids) { return ids.size() >= 60; }));
  value(running_first.stop());
  value(running_second.stop());

  const auto ids = dialer.dialed.get();
  BOOST_TEST(ids.size() == 60u);
  BOOST_TEST(std::set<CallId>(ids.begin(), ids.end()).size() == 60u);
  BOOST_TEST(world.calls().size() == 60u);
}

BOOST_AUTO_TEST_CASE(a_store_that_is_gone_for_a_while_costs_nothing) {
  TemporaryFile file;
  SmallWorld world(file.url(), impatient());
  world.active_campaign(2);
  TestDialer dialer;
  TestObserver observer;
  Locker locker(file.path());
  locker.lock();

  Processor processor(*world.store, dialer, quick_to_try_again, &observer);
  Running running(processor);
  BOOST_TEST(observer.counts.comes_true([](const auto& told) { return told.unavailable >= 2; }));
  BOOST_TEST(dialer.dialed.get().empty());
  locker.unlock();

  BOOST_TEST(dialer.dialed.comes_true([](const auto& ids) { return ids.size() == 2; }));
  BOOST_TEST(observer.counts.comes_true([](const auto& told) { return told.available == 1; }));
  value(running.stop());
}

BOOST_AUTO_TEST_CASE(an_answer_that_cannot_be_recorded_yet_is_kept) {
  TemporaryFile file;
  SmallWorld world(file.url(), impatient());
  world.active_campaign(1);
  Locker locker(file.path());
  TestDialer dialer;
  dialer.answer = [&](const ClaimedCall&) {
    locker.lock();  // The store goes away while the provider is asked.
    return DialResult::accepted("kept");
  };
  TestObserver observer;
  Processor processor(*world.store, dialer, quick_to_try_again, &observer);
  Running running(processor);
  BOOST_TEST(observer.counts.comes_true([](const auto& told) { return told.unavailable >= 1; }));
  locker.unlock();
  BOOST_TEST(observer.counts.comes_true([](const auto& told) { return told.available >= 1; }));
  value(running.stop());
  BOOST_TEST(world.calls().front().provider_call_id == "kept");
}

BOOST_AUTO_TEST_CASE(a_stop_records_what_is_kept_once_the_store_is_back) {
  TemporaryFile file;
  SmallWorld world(file.url(), impatient());
  world.active_campaign(1);
  Locker locker(file.path());
  TestDialer dialer;
  dialer.answer = [&](const ClaimedCall&) {
    locker.lock();
    return DialResult::accepted("kept");
  };
  TestObserver observer;
  Processor processor(*world.store, dialer, quick_to_try_again, &observer);
  Running running(processor);
  BOOST_TEST(observer.counts.comes_true([](const auto& told) { return told.unavailable >= 1; }));
  running.request_stop();
  locker.unlock();
  value(running.wait());
  BOOST_TEST(world.calls().front().provider_call_id == "kept");
}

BOOST_AUTO_TEST_CASE(a_step_on_a_locked_store_fails_and_the_next_one_goes_on) {
  TemporaryFile file;
  SmallWorld world(file.url(), impatient());
  world.active_campaign(1);
  TestDialer dialer;
  Processor processor(*world.store, dialer);
  Locker locker(file.path());
  locker.lock();
  const auto step = processor.step();
  BOOST_REQUIRE(!step);
  BOOST_CHECK(step.error().code == ErrorCode::unavailable);
  locker.unlock();
  BOOST_TEST(value(processor.step()).dialed == 1);
}

BOOST_AUTO_TEST_CASE(a_call_is_not_dialed_when_its_lease_lapsed_while_the_machine_slept) {
  TemporaryFile file;
  SmallWorld world(file.url(), {.durability = StoreOptions::Durability::normal});
  world.active_campaign(1);
  const auto clock = std::make_shared<NappingClock>(world.clock);
  const auto store = value(open_store(file.url(), {.clock = clock}));
  struct Sleepy final : Observer {
    NappingClock* clock = nullptr;
    Watched<std::vector<CallId>> claimed;
    void on_claimed(const ClaimedCall& call) override {
      if (claimed.get().empty()) clock->nap_after_next_look();  // When the call is marked.
      claimed.change([&](auto& ids) { ids.push_back(call.call.id); });
    }
  } sleepy;
  sleepy.clock = clock.get();
  TestDialer dialer;
  Processor processor(*store, dialer, {}, &sleepy);
  Running running(processor);
  BOOST_TEST(sleepy.claimed.comes_true([](const auto& ids) { return !ids.empty(); }));
  const auto first = sleepy.claimed.get().front();
  const auto end = std::chrono::steady_clock::now() + patience;
  const auto is_over = [&] {
    return !is_active(value(world.store->find_call(world.user.id, first)).status);
  };
  while (!is_over() && std::chrono::steady_clock::now() < end) std::this_thread::yield();
  BOOST_TEST(is_over());
  value(running.stop());
  for (const auto id : dialer.dialed.get()) BOOST_TEST((id != first));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
