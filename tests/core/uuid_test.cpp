#include "callqueue/uuid.hpp"

#include <rapidcheck.h>
#include <rapidcheck/boost_test.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <boost/test/unit_test.hpp>
#include <thread>
#include <vector>

#include "core/core_support.hpp"

using namespace callqueue;
using namespace core_tests;

BOOST_AUTO_TEST_SUITE(uuid)

BOOST_AUTO_TEST_CASE(an_id_survives_its_text) {
  const std::string text = "0190b0a5-3c00-7abc-8def-0123456789ab";
  BOOST_TEST(to_text(parse_uuid(text).value()) == text);
  BOOST_TEST(to_text(parse_id<UserId>("0190B0A5-3C00-7ABC-8DEF-0123456789AB").value()) == text);
}

BOOST_AUTO_TEST_CASE(what_is_not_an_id_is_refused_with_its_field) {
  for (const auto& text :
       {"", "0190b0a53c007abc8def0123456789ab", "0190b0a5-3c00-7abc-8def-0123456789a",
        "0190b0a5-3c00-7abc-8def-0123456789ag", "{190b0a5-3c00-7abc-8def-0123456789ab",
        "0190b0a5-3c00-7abc-8def-0123456789abc", "0190b0a5-3c00-7abc--def-0123456789ab"}) {
    const auto result = parse_id<AgentId>(text, "agent_id");
    BOOST_TEST(!result.has_value(), text);
    BOOST_TEST(result.error().field == "agent_id");
  }
}

BOOST_AUTO_TEST_CASE(ids_are_version_7_and_begin_with_the_millisecond) {
  UuidSource source;
  const auto text = to_text(source.next(at("2024-07-14T07:13:20.123456Z")));
  BOOST_TEST(text.substr(0, 13) == "0190b016-c2fb");  // 1,720,941,200,123 ms.
  BOOST_TEST(text[14] == '7');
  BOOST_TEST(std::string{"89ab"}.find(text[19]) != std::string::npos);
}

BOOST_AUTO_TEST_CASE(ids_increase_within_a_millisecond_and_when_the_clock_steps_back) {
  UuidSource source{1};
  auto last = source.next(at("2026-01-01T00:00:00Z"));
  for (int i = 0; i < 100'000; ++i) {
    const auto next = source.next(at("2026-01-01T00:00:00Z") - i * 1ms);
    BOOST_REQUIRE(last < next);
    last = next;
  }
}

BOOST_AUTO_TEST_CASE(a_seeded_source_repeats_its_ids_and_another_seed_does_not) {
  UuidSource one{42}, again{42}, other{43};
  for (int i = 0; i < 100; ++i) {
    const Instant now = at("2026-01-01T00:00:00Z") + (i / 3) * 1ms;
    const auto id = one.next(now);
    BOOST_TEST((id == again.next(now)));
    BOOST_TEST((id != other.next(now)));
  }
}

BOOST_AUTO_TEST_CASE(sources_of_the_system_differ) {
  UuidSource one, other;
  BOOST_TEST((one.next(Instant{}) != other.next(Instant{})));
}

BOOST_AUTO_TEST_CASE(a_fork_goes_on_with_ids_of_its_own) {
  UuidSource source;
  (void)source.next(at("2026-01-01T00:00:00Z"));
  const Instant later = at("2026-01-01T00:00:01Z");
  std::array<int, 2> ends{};
  BOOST_TEST_REQUIRE(::pipe(ends.data()) == 0);
  const auto child = ::fork();
  if (child == 0) {
    const Uuid made = source.next(later);
    const auto written = ::write(ends[1], made.bytes.data(), made.bytes.size());
    ::_exit(written == 16 ? 0 : 1);
  }
  Uuid theirs;
  BOOST_TEST(::read(ends[0], theirs.bytes.data(), theirs.bytes.size()) == 16);
  BOOST_TEST((theirs != source.next(later)));
  BOOST_TEST(::waitpid(child, nullptr, 0) == child);
  for (const int end : ends) ::close(end);
}

BOOST_AUTO_TEST_CASE(threads_that_share_a_source_never_get_the_same_id) {
  UuidSource source{7};
  std::vector<std::vector<Uuid>> made(4);
  {
    std::vector<std::jthread> threads;
    for (auto& ids : made) {
      threads.emplace_back([&] {
        for (int i = 0; i < 20'000; ++i) ids.push_back(source.next(Instant{}));
      });
    }
  }
  std::vector<Uuid> all;
  for (const auto& ids : made) {
    BOOST_TEST(std::is_sorted(ids.begin(), ids.end()));
    all.insert(all.end(), ids.begin(), ids.end());
  }
  std::sort(all.begin(), all.end());
  BOOST_TEST((std::adjacent_find(all.begin(), all.end()) == all.end()));
  BOOST_TEST(all.size() == 80'000u);
}

RC_BOOST_PROP(ids_of_one_source_increase_whatever_the_clock_says, ()) {
  UuidSource source{*rc::gen::arbitrary<std::uint64_t>()};
  Uuid last{};
  for (const auto now : *rc::gen::container<std::vector<std::int64_t>>(
           rc::gen::inRange<std::int64_t>(-1'000'000, 5'000'000))) {
    const auto next = source.next(Instant{std::chrono::microseconds{now}});
    RC_ASSERT(last < next);
    RC_ASSERT(parse_uuid(to_text(next)).value() == next);
    last = next;
  }
}

BOOST_AUTO_TEST_SUITE_END()
