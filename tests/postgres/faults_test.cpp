// What becomes of calls when the network hangs, or connections run out.
#include <boost/test/unit_test.hpp>
#include <functional>
#include <future>
#include <map>
#include <string>
#include <vector>

#include "callqueue/store.hpp"
#include "postgres_support.hpp"
#include "proxy.hpp"

namespace {

using namespace postgres_tests;

/// As it goes over the wire: `BEGIN … READ COMMITTED` is another one.
const std::string kCommit{"COMMIT", 7};
constexpr Instant noon{std::chrono::sys_days{std::chrono::year{2026} / 1 / 12} + 12h};

/// Whether it failed with this, for whatever reason.
template <class T>
bool is_unavailable(const Result<T>& result) {
  return !result && result.error().code == ErrorCode::unavailable;
}

/// A campaign of three, a store behind a network that fails, and one that looks on from beside.
class Scene {
 public:
  Scene() {
    BOOST_REQUIRE(beside_->migrate());
    user_ = beside_->create_user({.name = "Ann", .concurrent_calls_limit = 3}).value().id;
    const auto agent = beside_->create_agent({.user_id = user_, .name = "a"}).value().id;
    CallCampaign campaign;
    campaign.user_id = user_;
    campaign.name = "campaign";
    campaign.agent_id = agent;
    campaign.first_call_time = 0h;
    campaign.last_call_time = 24h;
    campaign.start_date = std::chrono::year{2026} / 1 / 1;
    campaign_ = beside_->create_campaign(campaign).value().id;
    for (int i = 0; i < 3; ++i) {
      Contact contact;
      contact.user_id = user_;
      contact.phone_number = "+493012345" + std::to_string(i);
      contact = beside_->create_contact(contact).value();
      NewQueuedCall call;
      call.contact_id = contact.id;
      call.campaign_id = campaign_;
      BOOST_REQUIRE(beside_->add_queued_calls(user_, {&call, 1}));
    }
    BOOST_REQUIRE(beside_->set_campaign_status(user_, campaign_, CampaignStatus::draft,
                                               CampaignStatus::active));
    BOOST_REQUIRE(beside_->advance());
  }

  Store& behind() { return *behind_; }
  Store& beside() { return *beside_; }
  Proxy& network() { return proxy_; }
  [[nodiscard]] UserId user() const { return user_; }
  [[nodiscard]] const FreshDatabase& database() const { return database_; }

  /// Runs it while the network hangs as it was told to, and then breaks.
  template <class Operation>
  auto while_it_breaks(Operation&& operation) {
    auto result = std::async(std::launch::async, std::forward<Operation>(operation));
    BOOST_TEST(proxy_.wait_until_hung());
    proxy_.cut();
    return result.get();
  }

  /// Claims, dials and ends what may start, until nothing may. A provider rings once for each call.
  void work_off(Store& store) {
    for (;;) {
      BOOST_REQUIRE(store.advance());
      const auto claimed = store.claim({.worker = "w", .limit = 3});
      BOOST_REQUIRE(claimed);
      if (claimed->empty()) return;
      for (const auto& call : *claimed) dial_and_end(store, call.call);
    }
  }

  void dial_and_end(Store& store, const Call& call) {
    const CallRef ref{user_, call.id};
    const auto marked = store.begin_dial({&ref, 1}, "w");
    BOOST_REQUIRE(marked);
    if (marked->empty()) return;
    ++dialed_[*call.queue_id];
    BOOST_REQUIRE(store.accept_call(ref, "p"));
    const auto event = answered(call.id);
    BOOST_REQUIRE(store.report_events({&event, 1}));
  }

  [[nodiscard]] CallEvent answered(CallId call) const {
    CallEvent event;
    event.user_id = user_;
    event.call_id = call;
    event.outcome = CallOutcome::answered;
    return event;
  }

  void note_dialed(const Call& call) { ++dialed_[*call.queue_id]; }

  /// Leases and deadlines pass, and what is left is worked off. @return how the three rows ended.
  std::map<QueuedCallStatus, int> end() {
    clock_->advance(2h);
    work_off(*beside_);
    BOOST_TEST(beside_->system_slots().value().active == 0);
    std::map<QueuedCallStatus, int> ends;
    const auto rows = beside_->list_queued_calls(user_, {}, {}).value();
    for (const auto& row : rows.items) {
      ++ends[row.status];
      BOOST_TEST(dialed_[row.id] <= 1);
      // Who was not called may not be said to have been, and nobody is forgotten.
      BOOST_TEST((dialed_[row.id] == 1 || row.status == QueuedCallStatus::failed));
    }
    BOOST_CHECK(beside_->find_campaign(user_, campaign_).value().status ==
                CampaignStatus::completed);
    return ends;
  }

 private:
  FreshDatabase database_;
  Proxy proxy_;
  std::shared_ptr<ManualClock> clock_ = std::make_shared<ManualClock>(noon);
  std::unique_ptr<Store> beside_ = open_store(database_.url(), {.clock = clock_}).value();
  // The proxy knows statements by their text.
  std::unique_ptr<Store> behind_ =
      open_store(proxy_.url(database_.name()), {.clock = clock_, .prepare_statements = false})
          .value();
  UserId user_;
  CampaignId campaign_;
  std::map<QueuedCallId, int> dialed_;
};

using Hang = void (Proxy::*)(std::string);
constexpr std::array<Hang, 2> hangs = {&Proxy::hang_before, &Proxy::hang_after};

BOOST_AUTO_TEST_SUITE(faults)

BOOST_AUTO_TEST_CASE(a_claim_whose_answer_is_lost_loses_no_row) {
  for (const auto hang : hangs) {
    Scene scene;
    (scene.network().*hang)("callqueue_claim");
    const auto claimed =
        scene.while_it_breaks([&] { return scene.behind().claim({.worker = "w", .limit = 2}); });
    BOOST_TEST((claimed || is_unavailable(claimed)));
    if (claimed) {
      for (const auto& call : *claimed) scene.dial_and_end(scene.behind(), call.call);
    }
    scene.work_off(scene.behind());
    BOOST_TEST(scene.end()[QueuedCallStatus::completed] == 3);
  }
}

BOOST_AUTO_TEST_CASE(a_mark_whose_answer_is_lost_dials_nobody_twice) {
  for (const auto hang : hangs) {
    Scene scene;
    const auto call = scene.behind().claim({.worker = "w"}).value().at(0).call;
    const CallRef ref{scene.user(), call.id};
    (scene.network().*hang)(kCommit);
    const auto marked = scene.while_it_breaks([&] {
      return scene.behind().begin_dial({&ref, 1}, "w");
    });
    BOOST_TEST((marked || is_unavailable(marked)));
    // Only who is told so may dial.
    if (marked && !marked->empty()) scene.note_dialed(call);
    scene.work_off(scene.behind());
    auto ends = scene.end();
    BOOST_TEST(ends[QueuedCallStatus::completed] + ends[QueuedCallStatus::failed] == 3);
    BOOST_TEST(ends[QueuedCallStatus::completed] >= 2);
  }
}

BOOST_AUTO_TEST_CASE(an_acceptance_or_an_end_whose_answer_is_lost_may_be_told_again) {
  for (const auto hang : hangs) {
    Scene scene;
    const auto call = scene.behind().claim({.worker = "w"}).value().at(0).call;
    const CallRef ref{scene.user(), call.id};
    BOOST_REQUIRE_EQUAL(scene.behind().begin_dial({&ref, 1}, "w").value().size(), 1U);
    scene.note_dialed(call);

    (scene.network().*hang)(kCommit);
    const auto accepted =
        scene.while_it_breaks([&] { return scene.behind().accept_call(ref, "p"); });
    BOOST_TEST((accepted || is_unavailable(accepted)));
    BOOST_TEST(scene.behind().accept_call(ref, "p").value().provider_call_id == "p");

    const auto event = scene.answered(call.id);
    (scene.network().*hang)(kCommit);
    const auto reported = scene.while_it_breaks([&] {
      return scene.behind().report_events({&event, 1});
    });
    BOOST_TEST((reported || is_unavailable(reported)));
    const auto again = scene.behind().report_events({&event, 1});
    BOOST_REQUIRE(again);
    BOOST_CHECK(again->at(0).value().call.status == CallStatus::completed);

    scene.work_off(scene.behind());
    BOOST_TEST(scene.end()[QueuedCallStatus::completed] == 3);
  }
}

BOOST_AUTO_TEST_CASE(a_claim_that_arrives_late_takes_nothing_for_good) {
  Scene scene;
  scene.network().hang_before("callqueue_claim");
  auto claimed = std::async(std::launch::async,
                            [&] { return scene.behind().claim({.worker = "w", .limit = 2}); });
  BOOST_TEST(scene.network().wait_until_hung());
  scene.work_off(scene.beside());  // Meanwhile others have done everything.
  scene.network().resume();
  BOOST_TEST(claimed.get().value().empty());
  BOOST_TEST(scene.end()[QueuedCallStatus::completed] == 3);
}

BOOST_AUTO_TEST_CASE(a_claim_that_waited_decides_by_the_hour_at_which_it_went_on) {
  Scene scene;
  const auto store = open_store(scene.database().url()).value();  // By the server's clock.
  BOOST_REQUIRE(store->advance());
  auto holder = scene.database().connect();
  holder.execute("BEGIN; SELECT callqueue_lock()");
  auto claimed = std::async(std::launch::async, [&] { return store->claim({.worker = "w"}); });
  auto observer = scene.database().connect();
  const char* const waits = "SELECT 1 FROM pg_stat_activity WHERE wait_event = 'advisory'";
  while (!observer.value<int>(waits)) std::this_thread::yield();
  const auto before = observer.value<Instant>("SELECT clock_timestamp()").value();
  holder.execute("COMMIT");
  const auto calls = claimed.get();
  BOOST_REQUIRE_EQUAL(calls.value().size(), 1U);
  BOOST_CHECK(calls->front().call.created_at >= before);
}

BOOST_AUTO_TEST_CASE(lanes_are_rolled_without_waiting_for_a_campaign_that_somebody_holds) {
  Scene scene;
  const auto is_stale = [&](Connection& connection) {
    return connection.value<bool>("SELECT bool_or(stale) FROM callqueue_lanes").value();
  };
  auto holder = scene.database().connect();
  holder.execute("UPDATE callqueue_lanes SET stale = true");
  holder.execute("BEGIN; SELECT 1 FROM call_campaigns FOR NO KEY UPDATE");
  const auto store = open_store(scene.database().url(), {.busy_timeout = 100ms}).value();
  BOOST_TEST(store->advance().has_value());
  BOOST_TEST(is_stale(holder));
  holder.execute("COMMIT");
  BOOST_TEST(store->advance().has_value());
  BOOST_TEST(!is_stale(holder));
}

BOOST_AUTO_TEST_CASE(a_full_pool_says_so_in_time_and_recovers) {
  Scene scene;
  const auto store =
      open_store(scene.database().url(), {.busy_timeout = 100ms, .connections = 1}).value();
  auto holder = scene.database().connect();
  holder.execute("BEGIN; LOCK TABLE contacts");
  auto listed =
      std::async(std::launch::async, [&] { return store->list_contacts(scene.user(), {}, {}); });
  auto observer = scene.database().connect();
  const char* const waits = "SELECT 1 FROM pg_stat_activity WHERE wait_event = 'relation'";
  while (!observer.value<int>(waits)) std::this_thread::yield();

  const auto begin = std::chrono::steady_clock::now();
  const auto found = store->find_user(scene.user());
  const auto took = std::chrono::steady_clock::now() - begin;
  BOOST_TEST(is_unavailable(found));
  BOOST_TEST(found.error().message.find("in use") != std::string::npos);
  BOOST_TEST((took >= 100ms && took < 5s));

  holder.execute("COMMIT");
  BOOST_TEST(listed.get().has_value());
  BOOST_TEST(store->find_user(scene.user()).has_value());
}

BOOST_AUTO_TEST_CASE(a_server_without_a_connection_left_is_unavailable_until_it_has_one) {
  Scene scene;
  std::vector<Connection> others;
  BOOST_CHECK_THROW(while (others.size() < 1000) others.push_back(connect()), ConnectionLost);
  const auto refused = open_store(scene.database().url());
  BOOST_TEST(is_unavailable(refused));
  // Who has a connection goes on.
  scene.work_off(scene.beside());
  others.clear();
  const auto until = std::chrono::steady_clock::now() + 10s;
  while (!open_store(scene.database().url())) {  // The server takes note of who has left.
    BOOST_REQUIRE(std::chrono::steady_clock::now() < until);
  }
  BOOST_TEST(scene.end()[QueuedCallStatus::completed] == 3);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
