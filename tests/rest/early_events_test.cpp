#include "early_events.hpp"

#include <boost/test/unit_test.hpp>
#include <string>

using namespace rest;
using namespace std::chrono_literals;

namespace {

const EarlyEvents::Time kStart{1h};

callqueue::CallEvent early_event(const std::string& provider_call_id, std::size_t reason = 0) {
  return {.provider_call_id = provider_call_id,
          .status = callqueue::CallStatus::busy,
          .failure_reason = std::string(reason, 'x')};
}

/// Whose events are due, in that order.
std::string due(EarlyEvents& early, EarlyEvents::Time now) {
  std::string ids;
  for (const auto& [key, event] : early.take_due(now, 1000)) ids += event.provider_call_id;
  return ids;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(early_events)

BOOST_AUTO_TEST_CASE(an_event_is_due_soon_and_then_after_ever_longer_pauses) {
  EarlyEvents early;
  BOOST_TEST(!early.next_due().has_value());
  early.keep(early_event("a"), kStart);
  auto now = kStart;
  std::vector<std::chrono::milliseconds> pauses;
  for (int i = 0; i < 14; ++i) {
    BOOST_REQUIRE(early.next_due().has_value());
    const auto next = *early.next_due();
    BOOST_TEST(due(early, next - 1ns).empty());
    BOOST_TEST(due(early, next) == "a");
    BOOST_TEST(due(early, next).empty());
    pauses.push_back(std::chrono::duration_cast<std::chrono::milliseconds>(next - now));
    now = next;
  }
  BOOST_TEST((pauses.front() == 10ms));
  for (std::size_t i = 1; i < pauses.size(); ++i) {
    BOOST_TEST((pauses[i] == std::min(pauses[i - 1] * 2, std::chrono::milliseconds{10s})));
  }
  BOOST_TEST((pauses.back() == 10s));
}

BOOST_AUTO_TEST_CASE(what_is_forgotten_is_gone) {
  EarlyEvents early;
  early.keep(early_event("a"), kStart);
  early.keep(early_event("b"), kStart);
  const auto both = early.take_due(kStart + 1s, 1000);
  BOOST_REQUIRE(both.size() == 2U);
  early.forget(both[0].first);
  early.forget(both[0].first);
  BOOST_TEST(early.size() == 1U);
  BOOST_TEST(due(early, kStart + 2s) == "b");
  early.forget(both[1].first);
  BOOST_TEST(!early.next_due().has_value());
  BOOST_TEST(early.take_dropped() == 0U);
}

BOOST_AUTO_TEST_CASE(no_more_are_handed_out_than_were_asked_for) {
  EarlyEvents early;
  for (const auto* id : {"a", "b", "c"}) early.keep(early_event(id), kStart);
  BOOST_TEST(early.take_due(kStart + 10ms, 2).size() == 2U);
  BOOST_TEST(due(early, kStart + 10ms) == "c");
}

BOOST_AUTO_TEST_CASE(beyond_so_many_the_oldest_go_first) {
  EarlyEvents early{{.events = 2}};
  for (const auto* id : {"a", "b", "c"}) early.keep(early_event(id), kStart);
  BOOST_TEST(early.size() == 2U);
  BOOST_TEST(due(early, kStart + 1s) == "bc");
  BOOST_TEST(early.take_dropped() == 1U);
  BOOST_TEST(early.take_dropped() == 0U);
}

BOOST_AUTO_TEST_CASE(beyond_so_many_bytes_as_well) {
  EarlyEvents early{{.bytes = 10'000}};
  early.keep(early_event("a", 4'000), kStart);
  early.keep(early_event("b", 4'000), kStart);
  BOOST_TEST(early.size() == 2U);
  early.keep(early_event("c", 4'000), kStart);
  BOOST_TEST(due(early, kStart + 1s) == "bc");
  early.keep(early_event("d", 20'000), kStart);  // Has no room at all.
  BOOST_TEST(early.size() == 0U);
  BOOST_TEST(early.take_dropped() == 4U);
  early.keep(early_event("e", 4'000), kStart);  // And what was dropped weighs nothing.
  early.keep(early_event("f", 4'000), kStart);
  BOOST_TEST(early.size() == 2U);
}

BOOST_AUTO_TEST_CASE(after_a_quarter_of_an_hour_it_is_given_up) {
  EarlyEvents early;
  early.keep(early_event("a"), kStart);
  early.keep(early_event("b"), kStart + 1s);
  BOOST_TEST(due(early, kStart + 15min) == "ab");
  BOOST_TEST(due(early, kStart + 15min + 1ms).empty());
  BOOST_TEST(early.size() == 1U);
  BOOST_TEST(early.take_dropped() == 1U);
  BOOST_TEST(due(early, kStart + 1h).empty());
  BOOST_TEST(early.size() == 0U);
}

BOOST_AUTO_TEST_SUITE_END()
