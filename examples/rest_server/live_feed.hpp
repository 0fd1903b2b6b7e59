#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "callqueue/store.hpp"
#include "deletions.hpp"
#include "event_ring.hpp"
#include "look_pace.hpp"

namespace rest {

using News = std::vector<LiveEvent>;
/// More changes than these at once are told as one `resync`.
constexpr std::size_t kMostNews = 200;

/// How far a look got: it failed, is to go on behind what it saw, or saw everything there is.
enum class Seen { nothing, a_part, all };

/// What is looked at: appends what has changed since it was called last. One thread calls it.
using See = std::function<Seen(News&)>;

/// Somebody who reads a feed.
class FeedReader {
 public:
  virtual ~FeedReader() = default;
  /// There may be something to read.
  virtual void wake() const = 0;
};

/// A ring of events, who reads it, and what is looked at for it. All of it is under the lock of
/// whoever owns it, but for the looks' `see`.
struct LiveFeed {
  struct Look {
    LookPace pace;
    See see;
  };

  explicit LiveFeed(std::string epoch) : ring(std::move(epoch)) {}

  EventRing ring;
  std::vector<Look> looks;
  std::set<const FeedReader*> readers;
  LookPace::Clock::time_point left_at{};  ///< When the last reader went.

  /// Before everything has been seen once, nobody can be told from where on it will hear of
  /// everything.
  [[nodiscard]] bool is_ready() const;
  /// When something is to be looked at next.
  [[nodiscard]] LookPace::Clock::time_point when() const;
  /// Anything of it may have changed.
  void change();
  void wake_readers() const;
};

/// Of a user: its campaigns, its queue, its calls that are on, and its limits.
[[nodiscard]] std::shared_ptr<LiveFeed> user_feed(callqueue::Store& store,
                                                  callqueue::UserId user_id, std::string epoch,
                                                  std::chrono::milliseconds pace,
                                                  const Deletions* deletions = nullptr);
/// Of all users, for administrators: their figures, and the slots of the system. They are looked at
/// some at a time, so that a look costs the same however many there are.
[[nodiscard]] std::shared_ptr<LiveFeed> users_feed(callqueue::Store& store, std::string epoch,
                                                   std::chrono::milliseconds pace);

}  // namespace rest
