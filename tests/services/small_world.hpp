#pragma once

#include <boost/test/unit_test.hpp>
#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "callqueue/call_campaigns.hpp"
#include "callqueue/call_queue.hpp"

/// A store with one user, one agent and a clock that stands still, for tests of what works on a
/// store.
namespace small_world {

using namespace std::chrono_literals;
using namespace callqueue;

inline Instant at(std::string_view text) { return parse_instant(text).value(); }

/// The value; a failure fails the test with its message.
template <class T>
T value(Result<T> result) {
  if (!result) BOOST_FAIL(result.error().message + " (" + result.error().field + ")");
  if constexpr (!std::is_void_v<T>) return *std::move(result);
}

struct SmallWorld {
  /// A Wednesday, ten o'clock UTC.
  std::shared_ptr<ManualClock> clock = std::make_shared<ManualClock>(at("2026-03-25T10:00:00Z"));
  std::unique_ptr<Store> store;
  User user;
  Agent agent;
  int phone_numbers = 0;

  explicit SmallWorld(const std::string& url = "sqlite::memory:", StoreOptions options = {}) {
    options.clock = clock;
    options.uuids = std::make_shared<UuidSource>(7);
    store = value(open_store(url, options));
    value(store->migrate());
    user = value(store->create_user({.name = "Ann", .concurrent_calls_limit = 2}));
    agent = value(store->create_agent({.user_id = user.id, .name = "Voice"}));
  }

  /// A draft: every day from nine to six, from today on.
  [[nodiscard]] CallCampaign plan() const {
    return {.user_id = user.id,
            .name = "Spring",
            .agent_id = agent.id,
            .next_action = "Sell",
            .start_date = LocalDate(std::chrono::floor<std::chrono::days>(clock->now()))};
  }
  Contact contact(const std::string& name = "Bob") {
    const auto number = std::to_string(1000 + phone_numbers++);
    return value(store->create_contact(
        {.user_id = user.id, .name = name, .phone_number = "+4930231" + number}));
  }
  /// Adds so many contacts to a campaign.
  std::vector<QueuedCall> fill(CampaignId campaign_id, int contacts) {
    std::vector<QueueRequest> requests;
    for (int i = 0; i < contacts; ++i) {
      requests.push_back({.contact_id = contact().id, .campaign_id = campaign_id});
    }
    return value(CallQueue(*store).create_bulk(user.id, requests));
  }
  /// A campaign that is under way.
  CallCampaign active_campaign(int contacts, const CallCampaign& plan) {
    CallCampaigns campaigns(*store);
    const auto campaign = value(campaigns.create(plan));
    fill(campaign.id, contacts);
    return value(campaigns.start(user.id, campaign.id));
  }
  CallCampaign active_campaign(int contacts) { return active_campaign(contacts, plan()); }

  [[nodiscard]] QueuedCall row(QueuedCallId id) {
    return value(store->find_queued_call(user.id, id));
  }
  [[nodiscard]] CampaignStatistics statistics(const CallCampaign& campaign) {
    return value(store->campaign_statistics(user.id, campaign.id));
  }
  [[nodiscard]] std::vector<Call> calls(std::vector<CallStatus> statuses = {}) {
    return value(store->list_calls(user.id, {.statuses = std::move(statuses)}, {.limit = 1000}))
        .items;
  }
};

/// The error's field, or what else happened.
template <class T>
std::string refused(const Result<T>& result, ErrorCode code) {
  if (result) return "accepted";
  if (result.error().code != code) return std::string(to_text(result.error().code));
  return result.error().field;
}

}  // namespace small_world
