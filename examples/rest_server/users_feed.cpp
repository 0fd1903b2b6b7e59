// What administrators are told of: every user's figures, and the slots of the system.
#include <map>
#include <string>
#include <utility>

#include "callqueue/json.hpp"
#include "live_feed.hpp"

namespace rest {
namespace {

using namespace callqueue;

/// Users that one look goes through.
constexpr int kUsersALook = 100;
/// Those that are looked at in all.
constexpr std::size_t kMostUsers = 10'000;

class UsersSeen {
 public:
  explicit UsersSeen(Store& store) : store_(store) {}

  Seen operator()(News& news) {
    auto some = store_.list_user_activity({.limit = kUsersALook, .cursor = cursor_});
    if (!some) {
      begin_anew();
      return Seen::nothing;
    }
    std::string told;
    for (const auto& user : some->items) {
      auto text = to_json(user);
      auto& known = known_[user.user.id];
      if (known == text) continue;
      told += (told.empty() ? "" : ",") + text;
      known = std::move(text);
    }
    if (!told.empty()) news.push_back({"users", "users", '[' + told + ']'});
    seen_ += some->items.size();
    cursor_ = std::move(some->next_cursor);
    if (!cursor_.empty() && seen_ < kMostUsers) return Seen::a_part;
    begin_anew();
    return Seen::all;
  }

 private:
  void begin_anew() {
    cursor_.clear();
    seen_ = 0;
  }

  Store& store_;
  std::string cursor_;
  std::size_t seen_ = 0;
  std::map<UserId, std::string> known_;
};

class SystemSeen {
 public:
  explicit SystemSeen(Store& store) : store_(store) {}

  Seen operator()(News& news) {
    const auto slots = store_.system_slots();
    if (!slots) return Seen::nothing;
    auto text = to_json(*slots);
    if (text == known_) return Seen::all;
    news.push_back({"system", "system", text});
    known_ = std::move(text);
    return Seen::all;
  }

 private:
  Store& store_;
  std::string known_;
};

}  // namespace

std::shared_ptr<LiveFeed> users_feed(Store& store, std::string epoch,
                                     std::chrono::milliseconds pace) {
  auto feed = std::make_shared<LiveFeed>(std::move(epoch));
  feed->looks.push_back({LookPace{pace}, UsersSeen{store}});
  feed->looks.push_back({LookPace{pace}, SystemSeen{store}});
  return feed;
}

}  // namespace rest
