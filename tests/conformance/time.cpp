// What time drives: wake-ups, budgets, other processes' changes.
#include <algorithm>
#include <random>
#include <ranges>

#include "conformance/backend.hpp"

using namespace callqueue;
using namespace callqueue::testing;

namespace {

std::optional<Instant> wakeup(World& world) { return must(world.store().next_wakeup()); }

/// Users, campaigns and rows as a seed has them: windows, zones, dates, retries and due times of
/// every kind.
class Chance {
 public:
  explicit Chance(unsigned seed) : random_(seed) {}

  int up_to(int most) { return static_cast<int>(random_() % static_cast<unsigned>(most + 1)); }
  std::string zone() {
    const char* zones[] = {"", "Asia/Tokyo", "America/New_York", "Australia/Lord_Howe",
                           "Asia/Kathmandu"};
    return zones[up_to(4)];
  }
  CampaignSpec campaign() {
    const int opens = up_to(95);
    CampaignSpec spec{.first_call_time = opens * 15min,
                      .last_call_time = (opens + 1 + up_to(94)) % 96 * 15min};
    spec.start_date = day(up_to(4) - 2);
    if (up_to(1) == 0) spec.end_date = day(3 + up_to(3));
    if (up_to(2) == 0) spec.rules.excluded_dates = {day(up_to(3))};
    spec.rules.timezone = zone();
    spec.rules.clock = up_to(1) == 0 ? CallClock::campaign : CallClock::contact;
    spec.rules.retry = {{CallOutcome::busy}, 1 + up_to(2), {std::chrono::minutes{up_to(900)}}};
    return spec;
  }
  std::optional<Instant> due() {
    if (up_to(1) == 0) return std::nullopt;
    return noon + std::chrono::minutes{up_to(4000)};
  }
  void fill(World& world) {
    for (int i = 0; i < 3; ++i) {
      auto user = world.user({.concurrent_calls_limit = up_to(3), .timezone = zone()});
      if (up_to(1) == 0) user.direct({.scheduled_for = due()});
      for (int made = up_to(2); made >= 0; --made) {
        const auto id = user.draft(campaign());
        for (int rows = up_to(3); rows >= 0; --rows) {
          user.add(id, {.scheduled_for = due(), .timezone = zone()});
        }
        must(user.set_status(CampaignStatus::draft,
                             up_to(1) == 0 ? CampaignStatus::active : CampaignStatus::scheduled));
      }
    }
  }

 private:
  static LocalDate day(int from_now) {
    return LocalDate{std::chrono::floor<std::chrono::days>(noon) + std::chrono::days{from_now}};
  }
  std::mt19937 random_;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(time_driven)

BOOST_AUTO_TEST_CASE_TEMPLATE(an_empty_store_never_wakes_by_itself, Backend, AllBackends) {
  Backend backend;
  BOOST_TEST(!wakeup(backend).has_value());
  auto ann = backend.user();
  ann.draft();
  backend.advance();
  BOOST_TEST(!wakeup(backend).has_value());
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_campaign_that_was_started_wakes_now, Backend, AllBackends) {
  Backend backend;
  const auto ann = backend.user().with_queued(1);
  BOOST_REQUIRE(wakeup(backend).has_value());  // Its lane is to be computed.
  BOOST_TEST((*wakeup(backend) <= backend.now()));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(the_next_opening_is_the_wakeup, Backend, AllBackends) {
  Backend backend;
  const auto ann = backend.user().with_queued(1, {.first_call_time = 15h, .last_call_time = 18h});
  BOOST_TEST(backend.claim().empty());
  BOOST_TEST((wakeup(backend) == noon + 3h));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(the_next_due_row_is_the_wakeup, Backend, AllBackends) {
  Backend backend;
  auto ann = backend.user();
  const auto campaign = ann.draft();
  ann.add(campaign, {.scheduled_for = noon + 40min});
  ann.add(campaign, {.scheduled_for = noon + 20min});
  ann.start(campaign);
  BOOST_TEST(backend.claim().empty());
  BOOST_TEST((wakeup(backend) == noon + 20min));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_lease_and_a_deadline_are_wakeups, Backend, AllBackends) {
  Backend backend;
  const auto ann = backend.user().with_queued(1, {.first_call_time = 0h, .last_call_time = 13h});
  const auto claimed = backend.claim_one();
  BOOST_REQUIRE(wakeup(backend).has_value());
  BOOST_TEST((*wakeup(backend) >= noon + 120s));
  BOOST_TEST((*wakeup(backend) <= noon + 120s + 1us));
  backend.dial(claimed);
  BOOST_REQUIRE(wakeup(backend).has_value());
  BOOST_TEST((*wakeup(backend) >= noon + 1h));
  BOOST_TEST((*wakeup(backend) <= noon + 1h + 1us));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(whoever_follows_the_wakeups_misses_nothing, Backend, AllBackends) {
  Backend backend;
  auto ann = backend.user({.concurrent_calls_limit = 2});
  CampaignSpec spec{.first_call_time = 9h, .last_call_time = 18h};
  spec.end_date = date("2026-01-15");
  spec.rules.retry = {{CallOutcome::busy}, 3, {5h}};
  const auto id = ann.draft(spec);
  for (const auto* zone : {"", "Asia/Tokyo", "America/New_York", "Asia/Kathmandu"}) {
    ann.add(id, {.timezone = zone});
    ann.add(id, {.scheduled_for = noon + 90min, .timezone = zone});
  }
  ann.start(id);
  int attempts = 0;
  for (int step = 0; step < 500; ++step) {
    const auto claimed = backend.claim();
    for (const auto& call : claimed) backend.end(call, CallOutcome::busy);
    attempts += static_cast<int>(claimed.size());
    if (!claimed.empty()) continue;
    const auto next = wakeup(backend);
    if (!next) break;
    BOOST_REQUIRE((*next > backend.now()));  // Else it would spin.
    backend.pass_to(*next);
  }
  BOOST_TEST(attempts == 24);
  BOOST_TEST(ann.find().status == CampaignStatus::completed);
  BOOST_TEST(ann.statistics().failed_calls == 8);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(nothing_starts_before_the_wakeup, Backend, AllBackends) {
  int calls = 0;
  for (unsigned seed = 1; seed <= 25; ++seed) {
    Backend backend;
    Chance chance{seed};
    chance.fill(backend);
    for (int step = 0; step < 150; ++step) {
      const auto claimed = backend.claim();
      for (const auto& call : claimed) {
        backend.end(call, chance.up_to(2) == 0 ? CallOutcome::answered : CallOutcome::busy);
      }
      calls += static_cast<int>(claimed.size());
      if (!claimed.empty()) continue;
      const auto next = wakeup(backend);
      // Without one, nothing starts for ever.
      const auto until = next.value_or(backend.now() + std::chrono::days{30});
      BOOST_REQUIRE((until > backend.now()));
      const auto between = (until - backend.now() - 1us) * chance.up_to(100) / 100;
      backend.pass(between);
      BOOST_TEST(backend.claim().empty(), "seed " << seed << " at " << to_text(backend.now()));
      if (!next) break;
      backend.pass_to(*next);
    }
  }
  BOOST_TEST(calls > 100);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(full_slots_do_not_make_it_spin, Backend, AllBackends) {
  Backend backend;
  const auto ann = backend.user({.concurrent_calls_limit = 1}).with_queued(3);
  backend.dial(backend.claim_one());
  BOOST_TEST(backend.claim().empty());
  const auto next = wakeup(backend);
  BOOST_REQUIRE(next.has_value());
  BOOST_TEST((*next > backend.now()));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(advance_keeps_its_budget_and_says_when_there_is_more, Backend,
                              AllBackends) {
  Backend backend;
  auto ann = backend.user({.concurrent_calls_limit = 0});
  const auto campaign = ann.draft();
  for (int i = 0; i < 25; ++i) ann.add(campaign, {.scheduled_for = noon + 1min});
  ann.start(campaign);
  backend.advance();
  backend.pass(1min);
  int made_ready = 0;
  for (int step = 0; step < 100; ++step) {
    const auto done = must(backend.store().advance({.budget = 10}));
    BOOST_TEST(done.total() <= 10);
    made_ready += done.made_ready;
    if (!done.more) break;
  }
  BOOST_TEST(made_ready == 25);
  BOOST_TEST(must(backend.store().queue_statistics(ann.id)).ready == 25);
  BOOST_TEST(must(backend.store().advance({})).total() == 0);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(the_stores_clock_is_the_one_injected, Backend, AllBackends) {
  Backend backend;
  BOOST_TEST((must(backend.store().now()) == noon));
  backend.pass(5s);
  BOOST_TEST((must(backend.store().now()) == noon + 5s));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_commit_changes_the_change_counter, Backend, AllBackends) {
  Backend backend;
  const auto before = must(backend.store().change_counter());
  const auto ann = backend.user();
  BOOST_TEST(must(backend.store().change_counter()) != before);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(another_processs_commit_changes_the_change_counter, Backend,
                              SharedBackends) {
  Backend backend;
  const auto ann = backend.user();
  const auto other = backend.another();
  // A server has others than us, its own upkeep at least: not every time that it is asked.
  const bool rests = std::ranges::any_of(std::views::iota(0, 1000), [&](int) {
    return must(other->change_counter()) == must(other->change_counter());
  });
  BOOST_TEST(rests);
  const auto before = must(other->change_counter());
  ann.contact();
  BOOST_TEST(must(other->change_counter()) != before);
  const auto after = must(backend.store().change_counter());
  backend.sql("UPDATE users SET name = 'x' WHERE id = {}", {to_text(ann.id)});
  BOOST_TEST(must(backend.store().change_counter()) != after);
}

BOOST_AUTO_TEST_SUITE_END()
