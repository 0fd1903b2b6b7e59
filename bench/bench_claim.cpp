// Claim and completion on a SQLite file: calls a second in batches of 1, 10, 100 and 1,000, at
// several depths of the queue and shapes of the load, beside what the same disk takes at the least:
// one durable one-row update, and a hundred prepared inserts in a durable commit.
//
// Every figure is a run over a database built for its load; all commits are durable
// (synchronous=FULL) unless the name says otherwise. Time is what passed; `calls_per_cpu_second` is
// what one core does, whatever the disk and other programs.
#include <benchmark/benchmark.h>
#include <sqlite3.h>

#include <ctime>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "support.hpp"

namespace {

using namespace callqueue;
using namespace bench;
using namespace std::chrono_literals;

using Durability = StoreOptions::Durability;

constexpr Instant kNow = std::chrono::sys_days{std::chrono::year{2026} / 3 / 2} + 12h;

/// What stands in the queue before the clock is started.
struct Load {
  int users = 1;            ///< Each with one campaign.
  int rows = 10'000;        ///< Ready rows of all users that have any.
  int users_with_rows = 0;  ///< 0: all.
  int waiting = 0;  ///< Rows of higher priority that are not due, in the lane of the first user.
  int closed_campaigns =
      0;  ///< Further campaigns of the first user, each with a ready row, outside their window.
  Durability durability = Durability::full;

  friend bool operator==(const Load&, const Load&) = default;
};

/// A database in the temporary folder, gone with the object. Rows are written by plain SQL:
/// building is not measured.
class World {
 public:
  explicit World(const Load& load)
      : folder_(std::filesystem::temp_directory_path() /
                ("bench_claim_" + std::to_string(++made_))) {
    std::filesystem::remove_all(folder_);
    std::filesystem::create_directories(folder_);
    StoreOptions options;
    options.clock = clock_;
    options.durability = load.durability;
    store_ = open_store("sqlite:" + path(), options).value();
    store_->migrate().value();
    must(store_->set_system_limit(1'000'000).has_value(), "set_system_limit");
    fill(load);
    while (store_->advance({.budget = 1'000'000}).value().more) {
    }
  }
  ~World() {
    store_.reset();
    std::filesystem::remove_all(folder_);
  }

  Store& store() { return *store_; }
  [[nodiscard]] std::string path() const { return (folder_ / "queue.db").string(); }
  ManualClock& clock() { return *clock_; }

 private:
  void fill(const Load& load) {
    sqlite3* database = nullptr;
    must(sqlite3_open(path().c_str(), &database) == SQLITE_OK, "open");
    const auto run = [&](const std::string& sql) {
      char* error = nullptr;
      if (sqlite3_exec(database, sql.c_str(), nullptr, nullptr, &error) != SQLITE_OK)
        must(false, error);
    };
    const auto users = std::to_string(load.users);
    const auto having =
        std::to_string(load.users_with_rows > 0 ? load.users_with_rows : load.users);
    const auto now = std::to_string(kNow.time_since_epoch().count());
    const std::string uuid = "printf('%08x-0000-7000-8000-%012x', ";
    const std::string series =
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ";
    run("PRAGMA synchronous = OFF; PRAGMA cache_size = -262144; BEGIN");
    run(series + users +
        ") INSERT INTO users (id, name, concurrent_calls_limit, system_concurrent_calls_limit) "
        "SELECT " +
        uuid + "1, i), 'u', 1000000, 1000000 FROM n");
    run(series + users + ") INSERT INTO agents (id, user_id, name) SELECT " + uuid + "2, i), " +
        uuid + "1, i), 'a' FROM n");
    run(series + users +
        ") INSERT INTO call_campaigns (id, user_id, name, agent_id, start_date, first_call_time, "
        "last_call_time, status) "
        "SELECT " +
        uuid + "3, i), " + uuid + "1, i), 'c', " + uuid +
        "2, i), '2026-01-01', '00:00', '24:00', 'active' FROM n");
    const auto add_rows = [&](int first, int count, const std::string& user,
                              const std::string& campaign, const std::string& scheduled_for,
                              int priority) {
      const auto numbers = series + std::to_string(count) + ") ";
      const auto number = "i + " + std::to_string(first);
      run(numbers + "INSERT INTO contacts (id, user_id, phone_number) SELECT " + uuid + "4, " +
          number + "), " + user + ", '+1' || (2000000000 + " + number + ") FROM n");
      run(numbers +
          "INSERT INTO call_queue (id, user_id, campaign_id, agent_id, contact_id, phone_number, "
          "priority, position, "
          "scheduled_for, created_at, updated_at) SELECT " +
          uuid + "5, " + number + "), " + user + ", " + campaign + ", " + "replace(" + user +
          ", '00000001-', '00000002-'), " + uuid + "4, " + number + "), '+1' || (2000000000 + " +
          number + "), " + std::to_string(priority) + ", i, " + scheduled_for + ", " + now + ", " +
          now + " FROM n");
    };
    const auto user = uuid + "1, 1 + i % " + having + ")";
    const auto campaign = uuid + "3, 1 + i % " + having + ")";
    add_rows(0, load.rows, user, campaign, now, 0);
    const auto first_user = uuid + "1, 1)";
    if (load.waiting > 0) {
      add_rows(100'000'000, load.waiting, first_user, uuid + "3, 1)", now + " + 86400000000", 100);
    }
    if (load.closed_campaigns > 0) {
      run(series + std::to_string(load.closed_campaigns) +
          ") INSERT INTO call_campaigns (id, user_id, name, agent_id, start_date, first_call_time, "
          "last_call_time, status) "
          "SELECT " +
          uuid + "6, i), " + first_user + ", 'closed', " + uuid +
          "2, 1), '2026-01-01', '01:00', '02:00', 'active' FROM n");
      add_rows(200'000'000, load.closed_campaigns, first_user, uuid + "6, i)", now, 100);
    }
    run("COMMIT; ANALYZE");
    sqlite3_close(database);
  }

  static inline int made_ = 0;
  std::filesystem::path folder_;
  std::shared_ptr<ManualClock> clock_ = std::make_shared<ManualClock>(kNow);
  std::unique_ptr<Store> store_;
};

double cpu_seconds() {
  timespec used{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
  return static_cast<double>(used.tv_sec) + 1e-9 * static_cast<double>(used.tv_nsec);
}

/// A large one is used by every benchmark in a row that asks for the like: what they take of it
/// does not count.
World& world_of(const Load& load) {
  static std::unique_ptr<World> world;
  static Load of;
  if (!world || of != load || load.rows < 1'000'000) {
    world.reset();
    world = std::make_unique<World>(load);
    of = load;
  }
  return *world;
}

void claim(benchmark::State& state, const Load& load, int batch, Commits commits = Commits::two) {
  World& world = world_of(load);
  Turns turns{world.store(), batch, commits};
  const auto take = [&] {
    const auto count = turns.take();
    world.clock().advance(1ms);
    return count;
  };
  // The first turns meet a cold cache.
  for (int i = 0; i < 5; ++i) take();
  std::int64_t calls = 0;
  const double start = cpu_seconds();
  for (auto _ : state) {
    const auto count = take();
    if (count == 0) {
      state.SkipWithError("the queue ran empty: fewer iterations, please");
      break;
    }
    calls += count;
  }
  state.SetItemsProcessed(calls);
  state.counters["calls_per_cpu_second"] = static_cast<double>(calls) / (cpu_seconds() - start);
}

/// What SQLite takes for a bare table in a file of its own: statements of `sql` a durable commit.
void raw(benchmark::State& state, const char* sql, int statements) {
  const World world{{.rows = 1}};
  sqlite3* database = nullptr;
  must(sqlite3_open(world.path().c_str(), &database) == SQLITE_OK, "open");
  const auto run = [&](const char* text) {
    must(sqlite3_exec(database, text, nullptr, nullptr, nullptr) == SQLITE_OK, text);
  };
  run("PRAGMA synchronous = FULL; CREATE TABLE bare (id INTEGER PRIMARY KEY, n INTEGER); INSERT "
      "INTO bare VALUES (1, 0)");
  sqlite3_stmt* statement = nullptr;
  must(sqlite3_prepare_v2(database, sql, -1, &statement, nullptr) == SQLITE_OK, sql);
  for (auto _ : state) {
    run("BEGIN IMMEDIATE");
    for (int i = 0; i < statements; ++i) {
      must(sqlite3_step(statement) == SQLITE_DONE, sql);
      sqlite3_reset(statement);
    }
    run("COMMIT");
  }
  state.SetItemsProcessed(state.iterations() * statements);
  sqlite3_finalize(statement);
  sqlite3_close(database);
}

void add(const std::string& name, int iterations,
         const std::function<void(benchmark::State&)>& body) {
  benchmark::RegisterBenchmark(name.c_str(), body)
      ->Iterations(iterations)
      ->UseRealTime()
      ->Unit(benchmark::kMicrosecond);
}

}  // namespace

int main(int argc, char** argv) {
  add("raw/one_row_update", 500,
      [](auto& state) { raw(state, "UPDATE bare SET n = n + 1 WHERE id = 1", 1); });
  add("raw/prepared_insert/batch:100", 100,
      [](auto& state) { raw(state, "INSERT INTO bare (n) VALUES (1)", 100); });
  for (const int rows : {10'000, 1'000'000}) {
    const Load load{.users = 100, .rows = rows};
    const std::string depth = rows == 10'000 ? "depth:10k" : "depth:1M";
    for (const int batch : {1, 10, 100, 1000}) {
      const int turns = batch == 1 ? 500 : batch == 1000 ? 4 : 50;
      add("claim/" + depth + "/batch:" + std::to_string(batch), turns,
          [=](auto& state) { claim(state, load, batch); });
    }
    add("finish_and_claim/" + depth + "/batch:100", 50,
        [=](auto& state) { claim(state, load, 100, Commits::one); });
  }
  const auto add_case = [](const std::string& name, const Load& load) {
    add("claim/" + name + "/batch:100", 50, [=](auto& state) { claim(state, load, 100); });
  };
  add_case("synchronous_normal", {.users = 100, .durability = Durability::normal});
  add_case("one_user", {});
  add_case("one_user_depth:1M", {.rows = 1'000'000});
  add_case("one_user_behind_500k_waiting", {.waiting = 500'000});
  add_case("10_users_ready", {.users = 10});
  add_case("10_of_100k_users_ready", {.users = 100'000, .users_with_rows = 10});
  add_case("one_user_999_campaigns_closed", {.closed_campaigns = 999});
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 1;
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}
