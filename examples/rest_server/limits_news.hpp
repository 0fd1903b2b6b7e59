#pragma once

#include <optional>

#include "callqueue/store.hpp"
#include "live_feed.hpp"

namespace rest {

/// Finds out when the limits that bind a user are others than when somebody looked last.
class LimitsNews {
 public:
  LimitsNews(callqueue::Store& store, callqueue::UserId user_id)
      : store_(store), user_id_(user_id) {}

  /// Appends what they are now, if that is news.
  Seen operator()(News& news);

 private:
  struct Limits {
    int user;
    int ceiling;
    int system;

    friend bool operator==(const Limits&, const Limits&) = default;
  };

  callqueue::Store& store_;
  callqueue::UserId user_id_;
  std::optional<Limits> known_;
};

}  // namespace rest
