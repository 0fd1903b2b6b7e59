#include <atomic>
#include <boost/test/unit_test.hpp>
#include <cstdlib>
#include <new>

#include "callqueue/calling_rules.hpp"
#include "core/core_support.hpp"

// A program of its own, because it counts every allocation.
namespace {
std::atomic<int> allocations = 0;
}

void* operator new(std::size_t size) {
  ++allocations;
  if (void* memory = std::malloc(size == 0 ? 1 : size)) return memory;
  throw std::bad_alloc{};
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }

using namespace callqueue;
using namespace core_tests;

BOOST_AUTO_TEST_SUITE(allocation)

BOOST_AUTO_TEST_CASE(the_window_check_allocates_nothing) {
  auto rules = daily("22:00", "06:00");
  rules.excluded_dates = {date("2026-05-05"), date("2026-12-25")};
  const auto apia = zone("Pacific/Apia");
  const Instant start = at("2011-12-29T00:00:00Z");
  const int before = allocations;
  BOOST_TEST_REQUIRE(before > 0);
  int open = 0;
  for (int hour = 0; hour < 24 * 365; ++hour) open += is_open(rules, apia, start + hour * 1h);
  const int after = allocations;
  BOOST_TEST(after == before);
  BOOST_TEST(open > 0);
}

BOOST_AUTO_TEST_SUITE_END()
