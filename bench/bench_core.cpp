// The core's decisions: window check (aim 50 ns), next open interval, allocator (aim 200 ns a slot
// at one million users).
#include <benchmark/benchmark.h>

#include <algorithm>
#include <random>

#include "callqueue/core.hpp"

namespace {

using namespace callqueue;

/// A year of instants, in order, as a clock shows them.
std::vector<Instant> instants() {
  std::mt19937_64 random{1};
  std::vector<Instant> made(65'536);
  const auto start = parse_instant("2026-01-01T00:00:00Z").value();
  for (auto& at : made) at = start + std::chrono::microseconds{random() % 31'536'000'000'000};
  std::sort(made.begin(), made.end());
  return made;
}

CallingRules office_hours() {
  const auto hour = [](int h) { return TimeOfDay{h * 3'600}; };
  CallingRules rules{.windows = every_day({hour(9), hour(18)})};
  rules.windows[5] = {{hour(10), hour(13)}, {hour(15), hour(17)}};
  rules.windows[6].clear();
  rules.start_date = parse_local_date("2025-06-01").value();
  for (const char* holiday : {"2026-01-01", "2026-04-03", "2026-05-01", "2026-12-25"}) {
    rules.excluded_dates.push_back(parse_local_date(holiday).value());
  }
  return rules;
}

CallingRules rules_of(std::int64_t kind) {
  if (kind == 0) return {.windows = every_day({TimeOfDay{32'400}, TimeOfDay{64'800}})};
  if (kind == 1) return office_hours();
  return {.windows = every_day({TimeOfDay{0}, TimeOfDay{86'400}})};
}

/// 0: the same hours every day; 1: weekly with holidays; 2: all day.
void window_check(benchmark::State& state) {
  const auto rules = rules_of(state.range(0));
  const auto zone = TimeZone::load("America/New_York").value();
  const auto at = instants();
  std::size_t i = 0;
  for (auto _ : state) benchmark::DoNotOptimize(is_open(rules, zone, at[i++ % at.size()]));
}
BENCHMARK(window_check)->DenseRange(0, 2);

/// The limit for the above: what the zone library alone takes for the same instants.
void zone_lookup(benchmark::State& state) {
  const auto zone = TimeZone::load("America/New_York").value();
  const auto at = instants();
  std::size_t i = 0;
  for (auto _ : state) benchmark::DoNotOptimize(zone.native().lookup(at[i++ % at.size()]));
}
BENCHMARK(zone_lookup);

void interval_after(benchmark::State& state) {
  const auto rules = rules_of(state.range(0));
  const auto zone = TimeZone::load("America/New_York").value();
  const auto at = instants();
  std::size_t i = 0;
  for (auto _ : state) {
    benchmark::DoNotOptimize(next_open_interval(rules, zone, at[i++ % at.size()]));
  }
}
BENCHMARK(interval_after)->DenseRange(0, 2);

std::vector<RoundRobinCandidate> users(std::int64_t count, bool in_turn_order) {
  std::mt19937_64 random{1};
  UuidSource ids{1};
  std::vector<RoundRobinCandidate> made(static_cast<std::size_t>(count));
  Turn turn = 0;
  for (auto& user : made) {
    user = {ids.next_id<UserId>(Instant{}), in_turn_order ? ++turn : random() % 1'000'000, 3,
            1'000};
  }
  return made;
}

/// Time per slot, when every user takes three slots; handing the users in counts, too.
void allocate(benchmark::State& state, bool in_turn_order) {
  const auto candidates = users(state.range(0), in_turn_order);
  std::size_t slots = 0;
  for (auto _ : state) {
    RoundRobinAllocator allocator{candidates};
    while (const auto user = allocator.next()) {
      benchmark::DoNotOptimize(user);
      ++slots;
    }
  }
  state.counters["slot"] = benchmark::Counter(
      static_cast<double>(slots), benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
}
BENCHMARK_CAPTURE(allocate, in_turn_order, true)->Arg(1'000)->Arg(1'000'000);
BENCHMARK_CAPTURE(allocate, in_any_order, false)->Arg(1'000)->Arg(1'000'000);

/// A hundred slots among so many users: what one claim needs.
void deal_a_hundred(benchmark::State& state) {
  const auto candidates = users(state.range(0), false);
  for (auto _ : state) benchmark::DoNotOptimize(deal(candidates, 100));
}
BENCHMARK(deal_a_hundred)->Arg(1'000)->Arg(1'000'000);

void make_id(benchmark::State& state) {
  UuidSource ids;
  const auto at = instants();
  std::size_t i = 0;
  for (auto _ : state) benchmark::DoNotOptimize(ids.next(at[i++ % at.size()]));
}
BENCHMARK(make_id);

}  // namespace

BENCHMARK_MAIN();
