// What bench/binding_cost.py does, without Python: prints nanoseconds a call, one operation a line.
#include <callqueue.hpp>
#include <chrono>
#include <cstdio>
#include <sstream>

namespace {

using namespace callqueue;

template <class Work>
void measure(const char* name, int times, Work&& work) {
  double best = 1e18;
  for (int round = 0; round < 60; ++round) {
    const auto begun = std::chrono::steady_clock::now();
    for (int i = 0; i < times; ++i) work();
    const std::chrono::duration<double, std::nano> took = std::chrono::steady_clock::now() - begun;
    best = std::min(best, took.count() / times);
  }
  std::printf("%s %.1f\n", name, best);
}

template <class T>
T must(Result<T> result) {
  return std::move(result).value();
}

}  // namespace

int main() {
  StoreOptions options;
  options.clock = std::make_shared<ManualClock>(must(parse_instant("2026-03-02T12:00:00Z")));
  const auto store = must(open_store("sqlite::memory:", options));
  static_cast<void>(must(store->migrate()));
  const auto user = must(store->create_user({.name = "Ann"})).id;
  std::ostringstream text;
  text << "phone_number,name\n";
  for (int i = 0; i < 1000; ++i) text << "+1415" << 2'000'000 + i << ",Person " << i << '\n';
  std::istringstream file{text.str()};
  static_cast<void>(must(import_contacts_csv(*store, user, file)));
  const CallingRules rules{.windows = every_day({std::chrono::hours{9}, std::chrono::hours{18}})};
  const auto zone = must(TimeZone::load("Europe/Berlin"));
  const auto noon = must(store->now());
  CallQueue queue(*store);

  std::size_t seen = 0;
  measure("now", 2'000, [&] { seen += must(store->now()) == noon; });
  measure("is_open", 2'000, [&] { seen += is_open(rules, zone, noon); });
  measure("find_user", 500, [&] { seen += must(store->find_user(user)).name.size(); });
  measure("claim_nothing", 200, [&] { seen += must(queue.claim()).size(); });
  measure("list_1", 200, [&] {
    seen += must(store->list_contacts(user, {}, {.limit = 1, .cursor = {}})).items.size();
  });
  measure("list_1000", 5, [&] {
    seen += must(store->list_contacts(user, {}, {.limit = 1000, .cursor = {}})).items.size();
  });
  return seen > 0 ? 0 : 1;
}
