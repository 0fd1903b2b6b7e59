// What a user is told of: campaigns, queue, calls, limits.
#include <array>
#include <map>
#include <optional>
#include <utility>

#include "callqueue/call_campaigns.hpp"
#include "callqueue/call_queue.hpp"
#include "callqueue/json.hpp"
#include "campaign_news.hpp"
#include "limits_news.hpp"
#include "live_feed.hpp"

namespace rest {
namespace {

using namespace callqueue;

/// A look goes through so many of a user's newest campaigns, or of its calls, a thousand a page.
constexpr int kMostPages = 5;
constexpr int kPage = 1000;

class CampaignsSeen {
 public:
  CampaignsSeen(Store& store, UserId user_id, const Deletions* deletions)
      : campaigns_(store), user_id_(user_id), deletions_(deletions) {}

  Seen operator()(News& news) {
    known_.begin_look();
    Page page{.limit = kPage, .cursor = {}};
    for (int pages = 0; pages < kMostPages; ++pages) {
      auto some = campaigns_.find_by_user_id(user_id_, {}, page);
      if (!some) return Seen::nothing;
      for (const auto& campaign : some->items) {
        // One more than is told shows that there were more.
        if (known_.is_news(campaign) && news.size() <= kMostNews) {
          news.push_back({"campaign", "campaign",
                          deletions_ ? deletions_->to_json(campaign) : to_json(campaign)});
        }
      }
      page.cursor = std::move(some->next_cursor);
      if (page.cursor.empty()) break;
    }
    for (const auto id : known_.end_look(page.cursor.empty())) {
      news.push_back({"campaign_deleted", "campaign_id", '"' + to_text(id) + '"'});
    }
    return Seen::all;
  }

 private:
  CallCampaigns campaigns_;
  UserId user_id_;
  const Deletions* deletions_;
  CampaignNews known_;
};

class QueueSeen {
 public:
  QueueSeen(Store& store, UserId user_id) : queue_(store), user_id_(user_id) {}

  Seen operator()(News& news) {
    const auto statistics = queue_.get_queue_statistics(user_id_);
    if (!statistics) return Seen::nothing;
    if (std::exchange(known_, *statistics) != *statistics) {
      news.push_back({"queue", "queue", to_json(*statistics)});
    }
    return Seen::all;
  }

 private:
  CallQueue queue_;
  UserId user_id_;
  std::optional<QueueStatistics> known_;
};

/// Each call that is on by itself: of two that take each other's place no number tells.
class CallsSeen {
 public:
  CallsSeen(Store& store, UserId user_id) : store_(store), user_id_(user_id) {}

  Seen operator()(News& news) {
    State now;
    if (!read(now)) return Seen::nothing;
    if (std::exchange(known_, now) != now) news.push_back({"calls", "calls", told(now)});
    return Seen::all;
  }

 private:
  struct State {
    std::map<CallId, CallStatus> calls;
    int limit = 0;

    friend bool operator==(const State&, const State&) = default;
  };
  static constexpr std::array kActive{CallStatus::initiated, CallStatus::ringing,
                                      CallStatus::in_progress};

  bool read(State& now) {
    const auto slots = store_.user_slots(user_id_);
    if (!slots) return false;
    now.limit = slots->limit;
    const CallFilter filter{.statuses = {kActive.begin(), kActive.end()}};
    Page page{.limit = kPage, .cursor = {}};
    for (int pages = 0; pages < kMostPages; ++pages) {
      auto some = store_.list_calls(user_id_, filter, page);
      if (!some) return false;
      for (const auto& call : some->items) now.calls.emplace(call.id, call.status);
      page.cursor = std::move(some->next_cursor);
      if (page.cursor.empty()) break;
    }
    return true;
  }

  static std::string told(const State& now) {
    std::map<CallStatus, int> counts;
    for (const auto& [id, status] : now.calls) ++counts[status];
    std::string text = "{";
    for (const auto status : kActive) {
      text.append("\"").append(to_text(status)).append("\":");
      text += std::to_string(counts[status]) + ',';
    }
    return text + "\"limit\":" + std::to_string(now.limit) + '}';
  }

  Store& store_;
  UserId user_id_;
  State known_{.limit = -1};
};

}  // namespace

std::shared_ptr<LiveFeed> user_feed(Store& store, UserId user_id, std::string epoch,
                                    std::chrono::milliseconds pace, const Deletions* deletions) {
  auto feed = std::make_shared<LiveFeed>(std::move(epoch));
  feed->looks.push_back({LookPace{pace}, CampaignsSeen{store, user_id, deletions}});
  feed->looks.push_back({LookPace{pace}, QueueSeen{store, user_id}});
  feed->looks.push_back({LookPace{pace}, CallsSeen{store, user_id}});
  feed->looks.push_back({LookPace{pace}, LimitsNews{store, user_id}});
  return feed;
}

}  // namespace rest
