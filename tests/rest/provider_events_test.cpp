#include "provider_events.hpp"

#include <array>
#include <boost/test/unit_test.hpp>
#include <chrono>
#include <future>
#include <memory>
#include <string>

#include "callqueue/call_queue.hpp"
#include "callqueue/clock.hpp"

using namespace rest;
using namespace callqueue;

namespace {

/// Two users on a store in memory, who make calls.
class World {
 public:
  World() { BOOST_REQUIRE(store_->migrate().has_value()); }

  [[nodiscard]] Store& store() { return *store_; }
  /// Lets time pass. @return what time it is then.
  Instant pass(std::chrono::seconds time) {
    clock_->advance(time);
    return clock_->now();
  }
  [[nodiscard]] UserId user(const std::string& name) {
    return store_->create_user({.name = name}).value().id;
  }
  /// A call that was claimed and is about to be dialed.
  Call dialed(UserId user_id) {
    const auto agent = store_->create_agent({.user_id = user_id, .name = "a"}).value();
    const auto number = "+4930" + std::to_string(100'000 + numbers_++);
    const auto contact =
        store_->create_contact({.user_id = user_id, .phone_number = number}).value();
    CallQueue queue{*store_};
    static_cast<void>(
        queue.add_direct(user_id, {.contact_id = contact.id, .agent_id = agent.id}).value());
    const auto call = queue.claim({.worker = "w"}).value().at(0).call;
    const std::array refs{CallRef{user_id, call.id}};
    BOOST_REQUIRE(store_->begin_dial(refs, "w").value().size() == 1U);
    return call;
  }
  void accept(const Call& call, const std::string& provider_call_id) {
    BOOST_REQUIRE(store_->accept_call({call.user_id, call.id}, provider_call_id).has_value());
  }
  Call accepted(UserId user_id, const std::string& provider_call_id) {
    const auto call = dialed(user_id);
    accept(call, provider_call_id);
    return call;
  }
  [[nodiscard]] CallStatus status(const Call& call) {
    return store_->find_call(call.user_id, call.id).value().status;
  }
  [[nodiscard]] ProviderEvents::Report report() {
    return [this](std::span<const CallEvent> events) { return store_->report_events(events); };
  }

 private:
  std::shared_ptr<ManualClock> clock_ = std::make_shared<ManualClock>(SystemClock{}.now());
  std::unique_ptr<Store> store_ = open_store("sqlite::memory:", {.clock = clock_}).value();
  int numbers_ = 0;
};

CallEvent busy(const std::string& provider_call_id, UserId user_id = {}) {
  return {.user_id = user_id, .provider_call_id = provider_call_id, .status = CallStatus::busy};
}
CallEvent busy(CallId id) { return {.call_id = id, .status = CallStatus::busy}; }

/// `kept`, `busy` and the like, or the error.
std::string result_of(const Result<Taken>& taken) {
  if (!taken) return std::string{to_text(taken.error().code)} + " " + taken.error().field;
  return *taken ? std::string{to_text((*taken)->call.status)} : "kept";
}

std::string take(ProviderEvents& events, const CallEvent& event) {
  return result_of(events.take({&event, 1}).value().front());
}

}  // namespace

BOOST_AUTO_TEST_SUITE(provider_events)

BOOST_AUTO_TEST_CASE(an_event_finds_its_call_whoevers_it_is) {
  World world;
  ProviderEvents events{world.store(), world.report()};
  const auto anns = world.accepted(world.user("Ann"), "a");
  const auto bobs = world.accepted(world.user("Bob"), "b");
  BOOST_TEST(take(events, busy("b")) == "busy");
  BOOST_TEST((world.status(anns) == CallStatus::initiated));
  BOOST_TEST((world.status(bobs) == CallStatus::busy));
  BOOST_TEST(take(events, busy(anns.id)) == "busy");
}

BOOST_AUTO_TEST_CASE(an_event_that_names_another_user_finds_nothing) {
  World world;
  ProviderEvents events{world.store(), world.report()};
  const auto ann = world.user("Ann");
  const auto bob = world.user("Bob");
  const auto call = world.accepted(ann, "a");
  auto event = busy(call.id);
  event.user_id = bob;
  BOOST_TEST(take(events, event) == "not_found user_id");
  BOOST_TEST((world.status(call) == CallStatus::initiated));
  event.user_id = ann;
  BOOST_TEST(take(events, event) == "busy");
}

BOOST_AUTO_TEST_CASE(each_event_has_its_result_in_its_place) {
  World world;
  ProviderEvents events{world.store(), world.report()};
  const auto ann = world.user("Ann");
  const auto first = world.accepted(ann, "first");
  world.accepted(ann, "second");
  const auto nobodys = CallId{parse_uuid("0190b0a5-3c00-7abc-8def-0123456789ab").value()};
  const std::vector<CallEvent> several{busy("early"), busy(nobodys), busy("second"),
                                       busy(first.id)};
  const auto taken = events.take(several).value();
  BOOST_REQUIRE(taken.size() == 4U);
  BOOST_TEST(result_of(taken[0]) == "kept");
  BOOST_TEST(result_of(taken[1]) == "not_found call_id");
  BOOST_TEST(result_of(taken[2]) == "busy");
  BOOST_TEST((*taken[2])->call.provider_call_id == "second");
  BOOST_TEST(((*taken[3])->call.id == first.id));
}

BOOST_AUTO_TEST_CASE(an_id_that_two_calls_have_is_neithers) {
  World world;
  ProviderEvents events{world.store(), world.report()};
  world.accepted(world.user("Ann"), "same");
  world.accepted(world.user("Bob"), "same");
  BOOST_TEST(take(events, busy("same")) == "conflict provider_call_id");
}

BOOST_AUTO_TEST_CASE(an_early_event_is_reported_once_its_call_is_accepted) {
  World world;
  std::promise<CallReport> reported;
  ProviderEvents events{world.store(), [&](std::span<const CallEvent> found) {
                          auto reports = world.store().report_events(found);
                          reported.set_value(reports.value().at(0).value());
                          return reports;
                        }};
  const auto call = world.dialed(world.user("Ann"));
  BOOST_TEST(take(events, busy("late")) == "kept");
  world.accept(call, "late");
  const auto report = reported.get_future().get();
  BOOST_TEST((report.call.id == call.id));
  BOOST_TEST((report.call.status == CallStatus::busy));
}

BOOST_AUTO_TEST_CASE(what_an_early_event_tells_happened_when_it_came) {
  World world;
  std::promise<Call> ended;
  ProviderEvents events{world.store(), [&](std::span<const CallEvent> found) {
                          auto reports = world.store().report_events(found).value();
                          for (const auto& report : reports) {
                            if (report.value().ended) ended.set_value(report->call);
                          }
                          return Result<std::vector<Result<CallReport>>>{std::move(reports)};
                        }};
  const auto call = world.dialed(world.user("Ann"));
  const auto answered_at = world.pass(std::chrono::seconds{5});
  CallEvent event{.provider_call_id = "late", .status = CallStatus::in_progress};
  BOOST_TEST(take(events, event) == "kept");
  const auto ended_at = world.pass(std::chrono::seconds{40});
  event.status.reset();  // Disconnected.
  BOOST_TEST(take(events, event) == "kept");
  world.pass(std::chrono::minutes{1});
  world.accept(call, "late");

  const auto after = ended.get_future().get();

  BOOST_TEST((after.status == CallStatus::completed));
  BOOST_TEST((after.answered_at == answered_at));
  BOOST_TEST((after.ended_at == ended_at));
}

BOOST_AUTO_TEST_CASE(nothing_is_taken_while_the_database_is_gone) {
  World world;
  const auto call = world.accepted(world.user("Ann"), "a");
  ProviderEvents events{world.store(),
                        [](std::span<const CallEvent>) -> Result<std::vector<Result<CallReport>>> {
                          return fail(ErrorCode::unavailable, "gone");
                        }};
  const auto event = busy("a");
  const auto taken = events.take({&event, 1});
  BOOST_REQUIRE(!taken);
  BOOST_TEST((taken.error().code == ErrorCode::unavailable));
}

BOOST_AUTO_TEST_SUITE_END()
