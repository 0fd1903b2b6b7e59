// A network that hangs for longer than a dial lease lasts: others take the call over, and whoever
// had it must not dial it any more.
#include <boost/test/unit_test.hpp>
#include <functional>
#include <thread>
#include <utility>

#include "postgres_support.hpp"
#include "processor/dialers.hpp"
#include "proxy.hpp"

namespace {

using namespace postgres_tests;
using namespace processor_tests;

/// The end of a transaction, as it goes over the wire.
const std::string kItsCommit{"COMMIT", 7};
const std::string kItsClock = "SELECT clock_timestamp()";
/// What gives a call back begins with it.
const std::string kItsLock = "FROM call_campaigns c JOIN calls k";

/// Does something as soon as a processor has claimed a call.
class OnceClaimed final : public Observer {
 public:
  explicit OnceClaimed(std::function<void()> act) : act_(std::move(act)) {}
  void on_claimed(const ClaimedCall&) override { act_(); }

 private:
  std::function<void()> act_;
};

/// One direct call, by the server's clock; a processor behind a network, and a worker beside it.
struct SlowNetwork {
  FreshDatabase database;
  Proxy network;
  std::unique_ptr<Store> beside = value(open_store(database.url()));
  std::unique_ptr<Store> behind;
  UserId user;
  TestDialer dialer;

  SlowNetwork() {
    value(beside->migrate());
    user = value(beside->create_user({.name = "Ann"})).id;
    const auto agent = value(beside->create_agent({.user_id = user, .name = "Voice"}));
    const auto contact = value(
        beside->create_contact({.user_id = user, .name = "Bob", .phone_number = "+4930123456"}));
    const NewQueuedCall call{.contact_id = contact.id, .agent_id = agent.id};
    BOOST_REQUIRE_EQUAL(value(beside->add_queued_calls(user, {&call, 1})).size(), 1U);
    // Statements are known by their text.
    behind = value(open_store(network.url(database.name()), {.prepare_statements = false}));
    dialer.known = [](const Call&) {
      return LookupResult{.kind = LookupResult::Kind::never_received};
    };
  }

  /// Has the processor claim the call, go on until its network hangs as it was told to, and go on
  /// again when another worker has dialed that call.
  void overtake(bool by_step, std::function<void()> hang, void (Proxy::*go_on)()) {
    OnceClaimed observer{std::move(hang)};
    Processor processor{*behind, dialer, {.worker = "late", .lease = 2s}, &observer};
    std::jthread late{[&](const std::stop_token& stop) {
      if (by_step) {
        static_cast<void>(processor.step());
      } else {
        static_cast<void>(processor.run(stop));
      }
    }};
    BOOST_REQUIRE(network.wait_until_hung());
    dial_by_another();
    (network.*go_on)();
  }

 private:
  /// Nobody has heard of the call when its lease has lapsed: so it is queued again.
  void dial_by_another() {
    const auto until = std::chrono::steady_clock::now() + patience;
    auto lapsed = value(beside->lapsed_calls(1));
    while (lapsed.empty() && std::chrono::steady_clock::now() < until) {
      lapsed = value(beside->lapsed_calls(1));
    }
    BOOST_REQUIRE_EQUAL(lapsed.size(), 1U);
    value(beside->requeue_call({user, lapsed.front().id}, "never received"));
    while (value(beside->advance({.lapse_submitted = false})).more) {
    }
    const auto claimed = value(beside->claim({.worker = "quick", .lapse_submitted = false}));
    BOOST_REQUIRE_EQUAL(claimed.size(), 1U);
    const CallRef ref{user, claimed.front().call.id};
    BOOST_REQUIRE_EQUAL(value(beside->begin_dial({&ref, 1}, "quick")).size(), 1U);
    value(beside->accept_call(ref, "p"));
  }
};

BOOST_AUTO_TEST_SUITE(slow_networks)

BOOST_AUTO_TEST_CASE(who_hears_after_its_lease_that_it_may_dial_does_not) {
  for (const bool by_step : {true, false}) {
    SlowNetwork there;
    there.overtake(
        by_step, [&] { there.network.hang_after(kItsCommit); }, &Proxy::resume);
    BOOST_TEST(there.dialer.dialed.get().empty());
  }
}

BOOST_AUTO_TEST_CASE(who_cannot_ask_whether_its_lease_has_lapsed_does_not_dial) {
  for (const bool by_step : {true, false}) {
    SlowNetwork there;
    there.overtake(
        by_step, [&] { there.network.hang_before(kItsClock); }, &Proxy::cut);
    BOOST_TEST(there.dialer.dialed.get().empty());
  }
}

BOOST_AUTO_TEST_CASE(a_call_that_was_not_dialed_for_that_is_dialed_when_the_network_is_back) {
  SlowNetwork there;
  bool hung = false;
  OnceClaimed observer{[&] {
    if (!std::exchange(hung, true)) there.network.hang_before(kItsClock);
  }};
  Processor processor{*there.behind, there.dialer, {.lease = 1h}, &observer};
  Running running{processor};
  BOOST_REQUIRE(there.network.wait_until_hung());
  // Nor can it give the call back at first: neither at once nor over a new connection.
  for (int i = 0; i < 2; ++i) {
    there.network.hang_before(kItsLock);
    there.network.cut();
    BOOST_REQUIRE(there.network.wait_until_hung());
  }
  there.network.cut();
  BOOST_TEST(there.dialer.dialed.comes_true([](const auto& ids) { return ids.size() == 1; }));
  value(running.stop());
  const auto calls = value(there.beside->list_calls(there.user, {}, {})).items;
  BOOST_REQUIRE_EQUAL(calls.size(), 2U);
  BOOST_CHECK(calls.front().status == CallStatus::cancelled);
  BOOST_TEST(calls.back().attempt == 1);
}

BOOST_AUTO_TEST_CASE(a_network_that_swallows_everything_is_given_up_in_time) {
  SlowNetwork there;
  const auto store = value(open_store(there.network.url(there.database.name()),
                                      {.statement_timeout = 1s, .connections = 1}));
  value(store->now());
  there.network.hang();
  const auto begin = std::chrono::steady_clock::now();
  const auto now = store->now();
  const auto took = std::chrono::steady_clock::now() - begin;
  BOOST_REQUIRE(!now);
  BOOST_CHECK(now.error().code == ErrorCode::unavailable);
  BOOST_TEST((took >= 1s && took < 20s));
  there.network.resume();
  BOOST_TEST(value(store->claim({.worker = "w"})).size() == 1u);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
