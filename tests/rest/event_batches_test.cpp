#include "event_batches.hpp"

#include <atomic>
#include <boost/test/unit_test.hpp>
#include <latch>
#include <stdexcept>
#include <string>
#include <thread>

using namespace rest;
using namespace callqueue;

namespace {

CallEvent event_of(const std::string& id) {
  return {.provider_call_id = id, .status = CallStatus::busy};
}

/// What became of an event: its call carries the event's id.
Taken report_of(const CallEvent& event) {
  CallReport report;
  report.call.provider_call_id = event.provider_call_id;
  return report;
}

AllTaken taken_of(std::span<const CallEvent> events) {
  AllTaken taken;
  for (const auto& event : events) taken.push_back(report_of(event));
  return taken;
}

std::string ids_of(const Result<AllTaken>& taken) {
  std::string ids;
  for (const auto& one : taken.value()) {
    ids += one ? (*one)->call.provider_call_id : std::string{"!"};
  }
  return ids;
}

/// So many callers, one event each, who come while the first one's is being taken.
class Crowd {
 public:
  explicit Crowd(int size) : size_(size) {}

  /// @param answer takes what comes after the first one. @return what each caller got, the first
  /// one's in front.
  template <class Answer>
  std::vector<Result<AllTaken>> meet(Answer answer) {
    std::vector<Result<AllTaken>> got(static_cast<std::size_t>(size_) + 1);
    std::latch is_busy{1};
    std::latch all_wait{1};
    bool is_first = true;
    EventBatches batches([&](std::span<const CallEvent> events) -> Result<AllTaken> {
      sizes.push_back(events.size());
      if (std::exchange(is_first, false)) {
        is_busy.count_down();
        all_wait.wait();
        return taken_of(events);
      }
      return answer(events);
    });
    std::vector<std::thread> threads;
    const auto come = [&](std::size_t i) {
      threads.emplace_back([&, i] {
        const auto event = event_of(std::string(1, static_cast<char>('a' + i)));
        got[i] = batches.take({&event, 1});
      });
    };
    come(0);
    is_busy.wait();
    for (std::size_t i = 1; i < got.size(); ++i) come(i);
    while (batches.waiting() < static_cast<std::size_t>(size_)) std::this_thread::yield();
    all_wait.count_down();
    for (auto& thread : threads) thread.join();
    return got;
  }

  std::vector<std::size_t> sizes;  ///< How many events were taken at once.

 private:
  int size_;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(event_batches)

BOOST_AUTO_TEST_CASE(events_are_taken_as_they_come) {
  EventBatches batches([](std::span<const CallEvent> events) { return taken_of(events); });
  const std::vector<CallEvent> events{event_of("a"), event_of("b")};
  BOOST_TEST(ids_of(batches.take(events)) == "ab");
  BOOST_TEST(ids_of(batches.take(events)) == "ab");
}

BOOST_AUTO_TEST_CASE(nothing_needs_no_commit) {
  EventBatches batches([](std::span<const CallEvent>) -> Result<AllTaken> {
    return fail(ErrorCode::internal, "asked for nothing");
  });
  BOOST_TEST(batches.take({}).value().empty());
}

BOOST_AUTO_TEST_CASE(what_comes_during_a_commit_goes_together_and_each_gets_its_own) {
  Crowd crowd{5};
  const auto got = crowd.meet([](std::span<const CallEvent> events) { return taken_of(events); });
  for (std::size_t i = 0; i < got.size(); ++i) {
    BOOST_TEST(ids_of(got[i]) == std::string(1, static_cast<char>('a' + i)));
  }
  BOOST_TEST(crowd.sizes == (std::vector<std::size_t>{1, 5}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(one_that_cannot_be_carried_out_does_not_keep_the_others_back) {
  Crowd crowd{3};
  const auto got = crowd.meet([](std::span<const CallEvent> events) -> Result<AllTaken> {
    for (const auto& event : events) {
      if (event.provider_call_id == "c") return fail(ErrorCode::corrupt, "the row of c");
    }
    return taken_of(events);
  });
  BOOST_TEST(ids_of(got[1]) == "b");
  BOOST_TEST(ids_of(got[2]) == "!");
  BOOST_TEST((got[2]->front().error().code == ErrorCode::corrupt));
  BOOST_TEST(ids_of(got[3]) == "d");
}

BOOST_AUTO_TEST_CASE(an_unavailable_database_is_asked_once_for_all) {
  Crowd crowd{3};
  const auto got = crowd.meet([](std::span<const CallEvent>) -> Result<AllTaken> {
    return fail(ErrorCode::unavailable, "gone");
  });
  for (std::size_t i = 1; i < got.size(); ++i) {
    BOOST_REQUIRE(!got[i]);
    BOOST_TEST((got[i].error().code == ErrorCode::unavailable));
  }
  BOOST_TEST(crowd.sizes.size() == 2U);
}

BOOST_AUTO_TEST_CASE(what_throws_is_an_error_and_the_next_one_is_served) {
  bool throws = true;
  EventBatches batches([&](std::span<const CallEvent> events) -> Result<AllTaken> {
    if (throws) throw std::runtime_error("no memory");
    return taken_of(events);
  });
  const auto event = event_of("a");
  const auto refused = batches.take({&event, 1});
  BOOST_TEST((refused->front().error().code == ErrorCode::internal));
  throws = false;
  BOOST_TEST(ids_of(batches.take({&event, 1})) == "a");
}

BOOST_AUTO_TEST_CASE(many_threads_each_get_what_is_theirs) {
  EventBatches batches([](std::span<const CallEvent> events) { return taken_of(events); });
  std::vector<std::thread> threads;
  std::atomic<int> wrong = 0;
  for (int thread = 0; thread < 8; ++thread) {
    threads.emplace_back([&, thread] {
      for (int i = 0; i < 500; ++i) {
        const std::vector<CallEvent> events(
            static_cast<std::size_t>(1 + (i + thread) % 3),
            event_of(std::to_string(thread) + "." + std::to_string(i)));
        const auto taken = batches.take(events);
        if (taken.value().size() != events.size()) ++wrong;
        for (const auto& one : *taken) {
          if ((*one)->call.provider_call_id != events.front().provider_call_id) ++wrong;
        }
      }
    });
  }
  for (auto& thread : threads) thread.join();
  BOOST_TEST(wrong == 0);
}

BOOST_AUTO_TEST_SUITE_END()
