// What users are told of changes that anybody makes, on every database that others may write to.
#include "live_events.hpp"

#include <array>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "conformance/backend.hpp"

using namespace callqueue;
using namespace callqueue::testing;
using namespace rest;
using Json = nlohmann::json;

namespace {

/// Longer than any machine takes.
constexpr auto kPatience = 60s;

class Reader {
 public:
  Reader(LiveEvents& events, UserId user_id, const std::string& after = "")
      : subscription_(events.subscribe(user_id, after, waker())) {}

  /// Of all users' figures.
  explicit Reader(LiveEvents& events) : subscription_(events.subscribe_to_users("", waker())) {}

  [[nodiscard]] bool is_let_in() const { return subscription_ != nullptr; }

  /// The next message, which it waits for.
  Json next() {
    const auto end = std::chrono::steady_clock::now() + kPatience;
    for (;;) {
      if (const auto message = subscription_->next()) return Json::parse(*message);
      std::unique_lock lock(mutex_);
      if (!more_.wait_until(lock, end, [&] { return may_have_; })) {
        throw std::runtime_error("nothing came");
      }
      may_have_ = false;
    }
  }
  /// The next one of this type.
  Json next(const std::string& type) {
    for (;;) {
      auto message = next();
      if (message["type"] == type) return message;
    }
  }
  /// Where another reader may go on behind the message.
  [[nodiscard]] static std::string place(const Json& greeting, const Json& message) {
    return greeting["epoch"].get<std::string>() + "." +
           std::to_string(message["seq"].get<std::uint64_t>());
  }

 private:
  std::function<void()> waker() {
    return [this] {
      const std::lock_guard lock(mutex_);
      may_have_ = true;
      more_.notify_all();
    };
  }

  std::mutex mutex_;
  std::condition_variable more_;
  bool may_have_ = false;
  std::unique_ptr<EventSubscription> subscription_;
};

bool is_of(const Json& event, CampaignId id) { return event["campaign"]["id"] == to_text(id); }

}  // namespace

BOOST_AUTO_TEST_SUITE(live_events)

BOOST_AUTO_TEST_CASE_TEMPLATE(a_user_hears_of_what_another_process_changes, Backend,
                              SharedBackends) {
  Backend backend;
  auto ann = backend.user().with_queued(1);
  const auto other = backend.another();
  LiveEvents events{backend.store()};
  Reader reader{events, ann.id};
  const auto hello = reader.next();
  BOOST_TEST(hello["type"] == "hello");

  must(other->set_campaign_status(ann.id, ann.campaign, CampaignStatus::active,
                                  CampaignStatus::paused));
  const auto paused = reader.next();
  BOOST_TEST(paused["type"] == "campaign");
  BOOST_TEST(paused["seq"] == hello["seq"].get<int>() + 1);
  BOOST_TEST(is_of(paused, ann.campaign));
  BOOST_TEST(paused["campaign"]["status"] == "paused");
  BOOST_TEST(paused["campaign"]["user_id"] == to_text(ann.id));

  must(other->cancel_queued_call(ann.id, ann.rows[0], "enough"));
  BOOST_TEST(reader.next("queue")["queue"]["cancelled"] == 1);

  must(other->delete_campaign(ann.id, ann.campaign));
  BOOST_TEST(reader.next("campaign_deleted")["campaign_id"] == to_text(ann.campaign));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_campaign_that_is_being_deleted_says_so, Backend, SharedBackends) {
  Backend backend;
  auto ann = backend.user().with_queued(1);
  Deletions deletions;
  LiveEvents events{backend.store(), {.deletions = &deletions}};
  Reader reader{events, ann.id};
  BOOST_TEST(reader.next()["type"] == "hello");
  {
    const Deletions::Hold hold{deletions, ann.campaign};
    must(backend.store().set_campaign_status(ann.id, ann.campaign, CampaignStatus::active,
                                             CampaignStatus::paused));
    BOOST_TEST(reader.next("campaign")["campaign"]["deleting"] == true);
  }
  must(backend.store().set_campaign_status(ann.id, ann.campaign, CampaignStatus::paused,
                                           CampaignStatus::active));
  BOOST_TEST(!reader.next("campaign")["campaign"].contains("deleting"));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(limits_that_an_administrator_sets_are_told, Backend, SharedBackends) {
  Backend backend;
  const auto ann = backend.user({.concurrent_calls_limit = 4});
  const auto bob = backend.user();
  const auto other = backend.another();
  LiveEvents events{backend.store()};
  Reader reader{events, ann.id};
  Reader bobs{events, bob.id};
  BOOST_TEST(reader.next()["type"] == "hello");
  BOOST_TEST(bobs.next()["type"] == "hello");
  must(other->set_user_limits(ann.id, 0, {}));
  const Json limits{
      {"concurrent_calls_limit", 0}, {"system_concurrent_calls_limit", 10}, {"system_limit", 10}};
  BOOST_TEST(reader.next("limits")["limits"] == limits);
  must(other->set_user_limits(ann.id, {}, 3));
  BOOST_TEST(reader.next("limits")["limits"]["system_concurrent_calls_limit"] == 3);
  must(other->set_system_limit(7));
  BOOST_TEST(reader.next("limits")["limits"]["system_limit"] == 7);
  // Everybody's, and of ann's own bob has heard nothing.
  BOOST_TEST(bobs.next()["limits"]["system_limit"] == 7);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(counters_that_a_call_changes_are_told, Backend, SharedBackends) {
  Backend backend;
  auto ann = backend.user().with_queued(2);
  LiveEvents events{backend.store()};
  Reader reader{events, ann.id};
  reader.next();
  const auto claimed = backend.claim(1);
  BOOST_TEST(reader.next("queue")["queue"]["processing"] == 1);
  backend.dial(claimed.front());
  backend.end(claimed.front());
  const auto told = reader.next("campaign");
  BOOST_TEST(is_of(told, ann.campaign));
  BOOST_TEST(told["campaign"]["completed_calls"] == 1);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(every_turn_of_a_call_is_told_also_where_no_number_changes, Backend,
                              SharedBackends) {
  Backend backend;
  auto ann = backend.user({.concurrent_calls_limit = 2}).with_queued(3);
  const auto first = backend.claim(1).front();
  LiveEvents events{backend.store()};
  Reader reader{events, ann.id};
  reader.next();
  const auto turn = [&](const ClaimedCall& claimed, CallStatus status) {
    backend.report(event_for(ann.call(claimed.call.id), status));
    return reader.next("calls")["calls"];
  };
  BOOST_TEST(turn(first, CallStatus::ringing) ==
             (Json{{"initiated", 0}, {"ringing", 1}, {"in_progress", 0}, {"limit", 2}}));
  const auto second = backend.claim(1).front();
  BOOST_TEST(reader.next("calls")["calls"]["initiated"] == 1);
  BOOST_TEST(turn(first, CallStatus::in_progress) ==
             (Json{{"initiated", 1}, {"ringing", 0}, {"in_progress", 1}, {"limit", 2}}));
  // One commit in which one call ends and another one begins.
  const auto done = must(backend.store().finish_and_claim(
      std::array{event_for(second.call, CallOutcome::busy)}, {.worker = "worker", .limit = 1}));
  BOOST_REQUIRE(done.claimed.size() == 1U);
  BOOST_TEST(reader.next("calls")["calls"]["initiated"] == 1);

  must(backend.another()->set_user_limits(ann.id, 7, {}));
  BOOST_TEST(reader.next("calls")["calls"]["limit"] == 7);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(administrators_hear_of_all_users_some_at_a_time, Backend,
                              SharedBackends) {
  Backend backend;
  std::vector<TestUser> users;
  for (int i = 0; i < 230; ++i) users.push_back(backend.user());  // More than one look's.
  LiveEvents events{backend.store(), {.users_pace = 1ms}};
  Reader reader{events};
  BOOST_TEST(reader.next()["type"] == "hello");
  const auto hears_of = [&](const TestUser& user) {
    for (;;) {
      const auto told = reader.next("users")["users"];
      for (const auto& one : told) {
        if (one["id"] == to_text(user.id)) return one;
        BOOST_TEST(one["queued"] == 1);  // Of who has nothing, nothing has changed.
      }
    }
  };
  for (const auto at : {std::size_t{0}, std::size_t{150}, users.size() - 1}) {
    users.at(at).direct();
    BOOST_TEST(hears_of(users.at(at))["queued"] == 1);
  }
  must(backend.store().set_system_limit(33));
  BOOST_TEST(reader.next("system")["system"] == (Json{{"active", 0}, {"limit", 33}}));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(nobody_hears_of_another_users_changes, Backend, SharedBackends) {
  Backend backend;
  auto ann = backend.user();
  auto bob = backend.user();
  LiveEvents events{backend.store()};
  Reader anns{events, ann.id};
  Reader bobs{events, bob.id};
  const auto hello = bobs.next();
  anns.next();
  const auto hers = ann.draft();
  BOOST_TEST(is_of(anns.next(), hers));
  ann.add(hers);
  BOOST_TEST(anns.next("queue")["queue"]["queued"] == 1);
  const auto his = bob.draft();
  const auto told = bobs.next();
  BOOST_TEST(told["seq"] == hello["seq"].get<int>() + 1);
  BOOST_TEST(is_of(told, his));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(who_comes_back_hears_of_what_was_changed_meanwhile, Backend,
                              SharedBackends) {
  Backend backend;
  auto ann = backend.user();
  LiveEvents events{backend.store()};
  std::string place;
  {
    Reader reader{events, ann.id};
    const auto hello = reader.next();
    place = Reader::place(hello, hello);
  }
  const auto first = ann.draft();
  Reader reader{events, ann.id, place};
  BOOST_TEST(reader.next()["type"] == "hello");
  BOOST_TEST(is_of(reader.next(), first));
  // A place of one user's is none of another's.
  const auto bob = backend.user();
  Reader bobs{events, bob.id, place};
  BOOST_TEST(bobs.next()["type"] == "resync");
  // Nor is that of a server that has gone.
  LiveEvents anew{backend.store()};
  Reader later{anew, ann.id, place};
  BOOST_TEST(later.next()["type"] == "resync");
}

BOOST_AUTO_TEST_CASE_TEMPLATE(events_are_kept_in_bounded_memory, Backend, SharedBackends) {
  Backend backend;
  auto ann = backend.user();
  LiveEvents events{backend.store(), {.ring_bytes = 1}};
  Reader slow{events, ann.id};
  Reader quick{events, ann.id};
  const auto hello = quick.next();
  for (int i = 0; i < 3; ++i) {
    const auto made = ann.draft();
    BOOST_TEST(is_of(quick.next(), made));
  }
  BOOST_TEST(slow.next()["type"] == "hello");
  const auto made = ann.draft();
  BOOST_TEST(is_of(quick.next(), made));
  const auto last = ann.draft();
  BOOST_TEST(is_of(quick.next(), last));
  BOOST_TEST(slow.next()["type"] == "resync");
  Reader again{events, ann.id, Reader::place(hello, hello)};
  BOOST_TEST(again.next()["type"] == "resync");
}

BOOST_AUTO_TEST_CASE_TEMPLATE(more_changes_at_once_than_are_worth_telling_are_one_resync, Backend,
                              SharedBackends) {
  Backend backend;
  auto ann = backend.user();
  for (int i = 0; i < 250; ++i) ann.draft();
  LiveEvents events{backend.store()};
  Reader reader{events, ann.id};
  BOOST_TEST(reader.next()["type"] == "hello");
  backend.sql("UPDATE call_campaigns SET name = 'other'");
  BOOST_TEST(reader.next()["type"] == "resync");
  const auto made = ann.draft();
  BOOST_TEST(is_of(reader.next(), made));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(readers_are_so_many_and_no_more, Backend, SharedBackends) {
  Backend backend;
  const auto ann = backend.user();
  const auto bob = backend.user();
  LiveEvents events{backend.store(), {.readers = 3, .readers_of_a_user = 2}};
  Reader first{events, ann.id};
  {
    Reader second{events, ann.id};
    BOOST_TEST((first.is_let_in() && second.is_let_in()));
    BOOST_TEST((!Reader{events, ann.id}.is_let_in()));
    BOOST_TEST((Reader{events, bob.id}.is_let_in()));
    Reader third{events, bob.id};
    BOOST_TEST((!Reader{events, bob.id}.is_let_in()));
  }
  BOOST_TEST((Reader{events, ann.id}.is_let_in()));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(users_without_readers_are_forgotten_in_time, Backend,
                              SharedBackends) {
  Backend backend;
  auto ann = backend.user();
  LiveEvents events{backend.store(), {.kept_users = 0}};
  std::string place;
  {
    Reader reader{events, ann.id};
    const auto hello = reader.next();
    place = Reader::place(hello, hello);
  }
  // When two others were looked at, one after the other, it has gone round once at least.
  for (int i = 0; i < 2; ++i) Reader{events, backend.user().id}.next();
  Reader reader{events, ann.id, place};
  BOOST_TEST(reader.next()["type"] == "resync");
}

BOOST_AUTO_TEST_SUITE_END()
