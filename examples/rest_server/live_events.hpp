#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string_view>

#include "callqueue/store.hpp"
#include "deletions.hpp"
#include "event_ring.hpp"

namespace rest {

/// The bounds of live events.
struct LiveOptions {
  int readers = 1'500;                     ///< Of all users together.
  int readers_of_a_user = 50;              ///< A browser has some tabs, a backend some processes.
  std::size_t ring_bytes = 256 << 10;      ///< The events of a user that are kept…
  std::size_t all_rings_bytes = 16 << 20;  ///< …where that is no more than its share of these.
  std::chrono::milliseconds kept_for{120'000};  ///< For readers who come back.
  int kept_users = 200;                         ///< Without a reader, at most.
  std::chrono::milliseconds pace{200};          ///< Between two looks at a user.
  std::chrono::milliseconds users_pace{500};    ///< The same at all users' figures, in parts.
  const Deletions* deletions = nullptr;         ///< What is being deleted, if somebody knows.
};

class LiveEvents;

/// One reader of its user's events. Not thread-safe; it must go before its `LiveEvents` does.
class EventSubscription {
 public:
  ~EventSubscription();
  EventSubscription(const EventSubscription&) = delete;
  EventSubscription& operator=(const EventSubscription&) = delete;

  /// See `EventReader::next`. None: it is told when there may be more.
  [[nodiscard]] Message next();

 private:
  friend class LiveEvents;
  struct Impl;
  explicit EventSubscription(std::unique_ptr<Impl> impl);

  std::unique_ptr<Impl> impl_;
};

/// Tells users what changes in their campaigns, their queue and their calls, and administrators of
/// all users' figures, whichever process changed it.
///
/// One thread waits for changes of the store and looks, only at users who have readers or had one a
/// short time ago, what they have changed: the store says whose rows, or merely that there was
/// something. A look costs a few queries however many campaigns there are, and a user is looked at
/// for a tenth of the time at most. Thread-safe.
class LiveEvents {
 public:
  /// @param store must outlive it. Throws `std::runtime_error` when that cannot be listened to.
  explicit LiveEvents(callqueue::Store& store, LiveOptions options = {});
  ~LiveEvents();
  LiveEvents(const LiveEvents&) = delete;
  LiveEvents& operator=(const LiveEvents&) = delete;

  /// @param after see `EventReader`. @param more is called, on any thread, when `next` may have
  /// something: it must be quick, and not call back. @return nothing when there are too many
  /// readers.
  [[nodiscard]] std::unique_ptr<EventSubscription> subscribe(callqueue::UserId user_id,
                                                             std::string_view after,
                                                             std::function<void()> more);
  /// The same of all users' figures: for administrators.
  [[nodiscard]] std::unique_ptr<EventSubscription> subscribe_to_users(std::string_view after,
                                                                      std::function<void()> more);

 private:
  friend class EventSubscription;
  struct Impl;

  std::unique_ptr<Impl> impl_;
};

}  // namespace rest
