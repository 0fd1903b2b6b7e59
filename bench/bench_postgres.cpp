// Claim and completion on PostgreSQL: calls a second in batches of 1, 10, 100 and 1,000, at several
// depths of the queue and shapes of the load, beside what the same server takes at the least: a
// bare one-row update that commits.
//
// Runs on the server that CALLQUEUE_TEST_POSTGRES names (scripts/bench starts one that is durable),
// in databases of its own. Every figure is the time that passed.
#include <benchmark/benchmark.h>
#include <libpq-fe.h>

#include <functional>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include "postgres/connection.hpp"
#include "support.hpp"

namespace {

using namespace callqueue;
using namespace bench;
using namespace std::chrono_literals;
using postgres::Connection;

/// What stands in the queue before the clock is started.
struct Load {
  int users = 1;            ///< Each with one campaign.
  int rows = 10'000;        ///< Ready rows of all users that have any.
  int users_with_rows = 0;  ///< 0: all.
  int waiting = 0;  ///< Rows of higher priority that are not due, in the lane of the first user.
  int churned = 0;  ///< Calls that have come and gone beside a snapshot that is still held.

  friend bool operator==(const Load&, const Load&) = default;
};

constexpr char kBare[] = "UPDATE bare SET n = n + 1 WHERE id = $1";

/// A database of its own, gone with the object. Rows are written by plain SQL, past the triggers:
/// building is not measured.
class World {
 public:
  explicit World(const Load& load) {
    Connection{url_of("postgres"), {}}.execute("DROP DATABASE IF EXISTS callqueue_bench (FORCE)");
    Connection{url_of("postgres"), {}}.execute("CREATE DATABASE callqueue_bench");
    store_ = open_store(url_of("callqueue_bench")).value();
    store_->migrate().value();
    must(store_->set_system_limit(1'000'000).has_value(), "set_system_limit");
    fill(load);
    while (store_->advance({.budget = 1'000'000}).value().more) {
    }
    // Users who have nothing are looked at once: by these.
    Turns first{*store_, 1, Commits::two};
    for (int i = 0; load.rows > 1 && i < 30; ++i) first.take();
    if (load.churned > 0) churn(load.churned);
  }

  Store& store() { return *store_; }

 private:
  /// Nothing that these calls leave behind can be cleaned away.
  void churn(int calls) {
    reader_ = std::make_unique<Connection>(url_of("callqueue_bench"), Connection::Options{});
    reader_->execute("BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT count(*) FROM users");
    Turns turns{*store_, 100, Commits::two};
    for (std::int64_t done = 0; done < calls;) {
      const auto count = turns.take();
      must(count > 0, "churn");
      done += count;
    }
  }

  static void fill(const Load& load) {
    Connection connection{url_of("callqueue_bench"), {.answer_timeout = std::chrono::hours{1}}};
    const auto users = std::to_string(load.users);
    const auto having =
        std::to_string(load.users_with_rows > 0 ? load.users_with_rows : load.users);
    connection.execute(
        "CREATE TABLE bare (id integer PRIMARY KEY, n bigint NOT NULL); INSERT INTO bare VALUES "
        "(1, 0);"
        "CREATE FUNCTION bench_id(kind int, i bigint) RETURNS uuid LANGUAGE sql IMMUTABLE AS "
        "$$ SELECT (lpad(to_hex(kind), 8, '0') || '-0000-7000-8000-' || lpad(to_hex(i), 12, "
        "'0'))::uuid $$;"
        "INSERT INTO users (id, name, concurrent_calls_limit, system_concurrent_calls_limit) "
        "SELECT bench_id(1, i), 'u', 1000000, 1000000 FROM generate_series(1, " +
        users +
        ") i;"
        "INSERT INTO agents (id, user_id, name) SELECT bench_id(2, i), bench_id(1, i), 'a' FROM "
        "generate_series(1, " +
        users +
        ") i;"
        "INSERT INTO call_campaigns (id, user_id, name, agent_id, start_date, first_call_time, "
        "last_call_time, status) "
        "SELECT bench_id(3, i), bench_id(1, i), 'c', bench_id(2, i), '2026-01-01', '00:00', "
        "'24:00', 'active' "
        "FROM generate_series(1, " +
        users +
        ") i;"
        "INSERT INTO callqueue_lanes (user_id, campaign_id, timezone, campaign_status) "
        "SELECT user_id, id, 'UTC', 'active' FROM call_campaigns");
    const auto rows = [&](const std::string& range, const std::string& owner, bool ready) {
      connection.execute(
          "BEGIN; SET LOCAL session_replication_role = replica;"
          "INSERT INTO contacts (id, user_id, phone_number) "
          "SELECT bench_id(4, i), bench_id(1, " +
          owner + "), '+1' || (2000000000::bigint + i) FROM " + range +
          " i;"
          "INSERT INTO call_queue (id, user_id, campaign_id, agent_id, contact_id, phone_number, "
          "priority, position, "
          "lane_id, ready, scheduled_for) "
          "SELECT bench_id(5, i), l.user_id, l.campaign_id, bench_id(2, " +
          owner +
          "), bench_id(4, i), "
          "'+1' || (2000000000::bigint + i), " +
          (ready ? "0" : "100") + ", i % 2000000000, l.lane_id, " +
          (ready ? "true, now()" : "false, now() + interval '1 day'") + " FROM " + range +
          " i JOIN callqueue_lanes l ON l.campaign_id = bench_id(3, " + owner +
          ");"
          "COMMIT");
    };
    rows("generate_series(1, " + std::to_string(load.rows) + ")", "1 + i % " + having, true);
    if (load.waiting > 0) {
      rows("generate_series(1000000000, 1000000000 + " + std::to_string(load.waiting) + ")", "1",
           false);
    }
    connection.execute(
        "UPDATE call_campaigns SET total_contacts = (SELECT count(*) FROM call_queue q WHERE "
        "q.campaign_id = call_campaigns.id)");
    connection.execute("VACUUM (ANALYZE)");
    connection.execute("CHECKPOINT");
  }

  std::unique_ptr<Store> store_;
  std::unique_ptr<Connection> reader_;
};

/// Used by every benchmark in a row that asks for the like: what they take of it does not count.
World& world_of(const Load& load) {
  static std::unique_ptr<World> world;
  static Load of;
  if (!world || of != load) {
    world.reset();
    world = std::make_unique<World>(load);
    of = load;
  }
  return *world;
}

void claim(benchmark::State& state, const Load& load, int batch, Commits commits) {
  World& world = world_of(load);
  Turns turns{world.store(), batch, commits};
  // The first turns meet a cold cache.
  for (int i = 0; i < (batch < 1000 ? 5 : 1); ++i) turns.take();
  std::int64_t calls = 0;
  for (auto _ : state) {
    const auto count = turns.take();
    if (count == 0) {
      state.SkipWithError("the queue ran empty: fewer iterations, please");
      break;
    }
    calls += count;
  }
  state.SetItemsProcessed(calls);
}

/// What the server takes for a bare table: a prepared one-row update that commits by itself.
void raw_update(benchmark::State& state, const Load& load) {
  world_of(load);
  Connection connection{url_of("callqueue_bench"), {}};
  for (auto _ : state) must(connection.change(kBare, 1) == 1, kBare);
  state.SetItemsProcessed(state.iterations());
}

/// What a claim and its completion write, and nothing else: so many rows by four statements in two
/// transactions, with every key, index and trigger, but no decision, limit or turn.
void raw_writes(benchmark::State& state, const Load& load, int batch) {
  world_of(load);
  Connection connection{url_of("callqueue_bench"), {}};
  const auto rows = std::to_string(batch);
  connection.execute(
      "CREATE TEMPORARY TABLE batch AS SELECT id, gen_random_uuid() AS call FROM call_queue LIMIT "
      "0");
  const std::string claim =
      "TRUNCATE batch; INSERT INTO batch SELECT id, gen_random_uuid() FROM call_queue "
      "WHERE lane_id IN (SELECT lane_id FROM callqueue_lanes) AND status = 'queued' AND ready "
      "ORDER BY id LIMIT " +
      rows +
      "; INSERT INTO calls (id, user_id, agent_id, contact_id, campaign_id, queue_id, "
      "phone_number, call_type, status, leased_by, lease_expires_at) "
      "SELECT b.call, q.user_id, q.agent_id, q.contact_id, q.campaign_id, q.id, q.phone_number, "
      "'campaign', 'initiated', 'w', now() FROM batch b JOIN call_queue q USING (id);"
      "UPDATE call_queue q SET status = 'processing', ready = false, call_id = b.call, "
      "started_at = now(), last_system_allocation_at = now() FROM batch b WHERE b.id = q.id";
  const std::string finish =
      "UPDATE calls c SET status = 'completed', outcome = 'answered', lease_expires_at = NULL, "
      "ended_at = now() FROM batch b WHERE b.call = c.id;"
      "UPDATE call_queue q SET status = 'completed', completed_at = now() FROM batch b "
      "WHERE b.id = q.id";
  for (auto _ : state) {
    connection.execute(claim);
    connection.execute(finish);
  }
  state.SetItemsProcessed(state.iterations() * batch);
}

/// The table as COPY writes it.
std::vector<std::string> copied_out(Connection& connection, const std::string& table) {
  PQclear(PQexec(connection.native(), ("COPY " + table + " TO STDOUT").c_str()));
  std::vector<std::string> rows;
  char* row = nullptr;
  for (int size = 0; (size = PQgetCopyData(connection.native(), &row, 0)) > 0; PQfreemem(row)) {
    rows.emplace_back(row, static_cast<std::size_t>(size));
  }
  while (PGresult* result = PQgetResult(connection.native())) PQclear(result);
  return rows;
}

void copy_in(Connection& connection, const std::string& table,
             const std::vector<std::string>& rows) {
  PQclear(PQexec(connection.native(), ("COPY " + table + " FROM STDIN").c_str()));
  for (const auto& row : rows) {
    PQputCopyData(connection.native(), row.data(), static_cast<int>(row.size()));
  }
  PQputCopyEnd(connection.native(), nullptr);
  while (PGresult* result = PQgetResult(connection.native())) {
    must(PQresultStatus(result) == PGRES_COMMAND_OK, PQresultErrorMessage(result));
    PQclear(result);
  }
}

std::string csv_of(std::int64_t rows) {
  std::string text = "phone_number,name,company\n";
  for (std::int64_t i = 0; i < rows; ++i) {
    text +=
        "+1" + std::to_string(3'000'000'000 + i) + ",Person " + std::to_string(i) + ",Company\n";
  }
  return text;
}

/// An import of a CSV file, and then COPY of the rows that it made into the same tables, emptied.
void import(benchmark::State& state, std::int64_t count, bool raw) {
  World& world = world_of({.rows = 1});
  Connection connection{url_of("callqueue_bench"), {.answer_timeout = std::chrono::hours{1}}};
  const auto user_id = parse_id<UserId>("00000001-0000-7000-8000-000000000001").value();
  const auto campaign_id = parse_id<CampaignId>("00000003-0000-7000-8000-000000000001").value();
  for (auto _ : state) {
    connection.execute("TRUNCATE call_queue, contacts CASCADE");
    std::istringstream file{csv_of(count)};
    auto start = std::chrono::steady_clock::now();
    const auto report = import_csv(world.store(), user_id, campaign_id, file);
    must(report.has_value(), report ? "" : report.error().message.c_str());
    must(report->imported == count, "import of every row");
    if (raw) {
      const auto contacts = copied_out(connection, "contacts");
      const auto rows = copied_out(connection, "call_queue");
      connection.execute("TRUNCATE call_queue, contacts CASCADE");
      start = std::chrono::steady_clock::now();
      copy_in(connection, "contacts", contacts);
      copy_in(connection, "call_queue", rows);
    }
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
    state.SetIterationTime(took.count());
  }
  state.SetItemsProcessed(state.iterations() * count);
}

void add_import(std::int64_t count) {
  for (const bool raw : {false, true}) {
    const std::string name = raw ? "postgres_copy/" : "postgres_import/";
    benchmark::RegisterBenchmark((name + std::to_string(count)).c_str(),
                                 [=](auto& state) { import(state, count, raw); })
        ->Iterations(1)
        ->UseManualTime()
        ->Unit(benchmark::kMillisecond);
  }
}

void add(const std::string& name, int iterations,
         const std::function<void(benchmark::State&)>& body) {
  benchmark::RegisterBenchmark(name.c_str(), body)
      ->Iterations(iterations)
      ->UseRealTime()
      ->Unit(benchmark::kMicrosecond);
}

void add_load(const std::string& name, const Load& load, std::initializer_list<int> batches) {
  add("postgres_raw/" + name, 500, [=](auto& state) { raw_update(state, load); });
  for (const int batch : batches) {
    const int turns = batch == 1 ? 300 : batch == 1000 ? 1 : 20;
    for (const auto commits : {Commits::two, Commits::one}) {
      const std::string how =
          commits == Commits::two ? "postgres_claim/" : "postgres_finish_and_claim/";
      add(how + name + "/batch:" + std::to_string(batch), turns,
          [=](auto& state) { claim(state, load, batch, commits); });
    }
  }
}

}  // namespace

int main(int argc, char** argv) {
  add("postgres_raw_writes/depth:10k/batch:100", 20,
      [](auto& state) { raw_writes(state, {.users = 10, .rows = 10'001}, 100); });
  add_load("depth:10k", {.users = 10}, {1, 10, 100, 1000});
  add_load("depth:1M", {.users = 10, .rows = 1'000'000}, {1, 10, 100, 1000});
  add_load("users:1k", {.users = 1'000}, {1, 100});
  add_load("users:100k", {.users = 100'000, .rows = 200'000}, {1, 100});
  add_load("10_of_100k_users_ready", {.users = 100'000, .users_with_rows = 10}, {1, 100});
  add_load("behind_500k_waiting", {.waiting = 500'000}, {1, 100});
  add_load("depth:10M", {.users = 10, .rows = 10'000'000}, {1, 100});
  add_load("depth:1M_snapshot_held", {.users = 10, .rows = 1'000'000, .churned = 100'000},
           {1, 100});
  add_import(100'000);
  add_import(1'000'000);
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 1;
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}
