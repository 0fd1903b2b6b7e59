#include "live_events.hpp"

#include <algorithm>
#include <map>
#include <mutex>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "callqueue/clock.hpp"
#include "live_feed.hpp"

namespace rest {
namespace {

using namespace callqueue;
using namespace std::chrono_literals;
using Steady = std::chrono::steady_clock;
using Feed = std::shared_ptr<LiveFeed>;

/// Nobody's id: under it stands what is told of all users.
constexpr UserId kAllUsers{};

}  // namespace

struct EventSubscription::Impl final : FeedReader {
  Impl(LiveEvents::Impl& all, Feed read, std::string_view after, std::function<void()> when_more)
      : events(all), feed(std::move(read)), reader(after), more(std::move(when_more)) {}

  void wake() const override { more(); }

  LiveEvents::Impl& events;
  Feed feed;
  EventReader reader;
  std::function<void()> more;
};

struct LiveEvents::Impl {
  Impl(Store& looked_at, const LiveOptions& bounds) : options(bounds), store(looked_at) {
    auto listening = store.listen();
    if (!listening) throw std::runtime_error(listening.error().message);
    listener = std::move(*listening);
    thread = std::jthread([this](const std::stop_token& stop) { run(stop); });
  }
  ~Impl() {
    thread.request_stop();
    listener->wake();
    thread.join();
  }

  void run(const std::stop_token& stop) {
    while (!stop.stop_requested()) {
      const auto patience =
          std::chrono::ceil<std::chrono::milliseconds>(next_look() - Steady::now());
      note(listener->wait(std::clamp<std::chrono::milliseconds>(patience, 0ms, 1s)));
      for (const auto& feed : feeds_to_look_at()) {
        for (auto& part : feed->looks) {
          if (stop.stop_requested()) return;
          look(*feed, part);
        }
      }
      forget_feeds();
    }
  }

  void note(const Changes& changes) {
    const std::lock_guard lock(mutex);
    const auto change = [this](UserId id) {
      if (const auto found = feeds.find(id); found != feeds.end()) found->second->change();
    };
    if (changes.everyone) {
      for (auto& [id, feed] : feeds) feed->change();
    }
    for (const auto id : changes.users) change(id);
    if (!changes.users.empty()) change(kAllUsers);
  }

  Steady::time_point next_look() {
    const std::lock_guard lock(mutex);
    auto next = Steady::now() + 1s;
    for (const auto& [id, feed] : feeds) next = std::min(next, feed->when());
    return next;
  }

  std::vector<Feed> feeds_to_look_at() {
    const std::lock_guard lock(mutex);
    std::vector<Feed> due;
    const auto now = Steady::now();
    for (const auto& [id, feed] : feeds) {
      if (feed->when() <= now) due.push_back(feed);
    }
    return due;
  }

  /// Looks without the lock.
  void look(LiveFeed& feed, LiveFeed::Look& part) {
    {
      const std::lock_guard lock(mutex);
      const auto now = Steady::now();
      if (part.pace.when() > now) return;
      part.pace.begin(now);
    }
    News news;
    const auto seen = part.see(news);
    const std::lock_guard lock(mutex);
    const bool was_ready = feed.is_ready();
    switch (seen) {
      case Seen::nothing: part.pace.fail(Steady::now()); break;
      case Seen::a_part: part.pace.go_on(Steady::now()); break;
      case Seen::all: part.pace.end(Steady::now()); break;
    }
    if (was_ready) append(feed, news);
    if (!news.empty() || feed.is_ready() != was_ready) feed.wake_readers();
  }

  void append(LiveFeed& feed, const News& news) const {
    if (news.size() > kMostNews) return feed.ring.skip();
    for (const auto& event : news) feed.ring.append(event);
    feed.ring.shrink(share());
  }

  /// What a ring may hold.
  [[nodiscard]] std::size_t share() const {
    return std::min(options.ring_bytes,
                    options.all_rings_bytes / std::max<std::size_t>(feeds.size(), 1));
  }

  std::unique_ptr<EventSubscription> subscribe(UserId user_id, std::string_view after,
                                               std::function<void()> more) {
    const std::lock_guard lock(mutex);
    if (readers >= options.readers) return nullptr;
    auto& feed = feeds[user_id];
    if (!feed) {
      auto epoch = to_text(epochs.next(SystemClock{}.now()));
      feed = user_id == kAllUsers
                 ? users_feed(store, std::move(epoch), options.users_pace)
                 : user_feed(store, user_id, std::move(epoch), options.pace, options.deletions);
      for (auto& [id, other] : feeds) other->ring.shrink(share());
      listener->wake();
    }
    if (static_cast<int>(feed->readers.size()) >= options.readers_of_a_user) return nullptr;
    ++readers;
    auto reader = std::make_unique<EventSubscription::Impl>(*this, feed, after, std::move(more));
    feed->readers.insert(reader.get());
    return std::unique_ptr<EventSubscription>(new EventSubscription(std::move(reader)));
  }

  void leave(EventSubscription::Impl& reader) {
    const std::lock_guard lock(mutex);
    --readers;
    reader.feed->readers.erase(&reader);
    reader.feed->left_at = Steady::now();
  }

  Message next(EventSubscription::Impl& reader) {
    const std::lock_guard lock(mutex);
    if (!reader.feed->is_ready()) return nullptr;
    return reader.reader.next(reader.feed->ring);
  }

  /// Those whose readers have not come back in time, and of too many those who left first.
  void forget_feeds() {
    const std::lock_guard lock(mutex);
    std::vector<std::pair<Steady::time_point, UserId>> left;
    for (const auto& [id, feed] : feeds) {
      if (feed->readers.empty()) left.emplace_back(feed->left_at, id);
    }
    std::sort(left.begin(), left.end());
    auto too_many = std::ssize(left) - options.kept_users;
    for (const auto& [at, id] : left) {
      if (too_many-- > 0 || at + options.kept_for < Steady::now()) feeds.erase(id);
    }
  }

  const LiveOptions options;
  Store& store;
  UuidSource epochs;
  std::mutex mutex;
  std::map<UserId, Feed> feeds;
  int readers = 0;
  std::unique_ptr<ChangeListener> listener;
  std::jthread thread;
};

LiveEvents::LiveEvents(Store& store, LiveOptions options)
    : impl_(std::make_unique<Impl>(store, options)) {}

LiveEvents::~LiveEvents() = default;

std::unique_ptr<EventSubscription> LiveEvents::subscribe(UserId user_id, std::string_view after,
                                                         std::function<void()> more) {
  return impl_->subscribe(user_id, after, std::move(more));
}

std::unique_ptr<EventSubscription> LiveEvents::subscribe_to_users(std::string_view after,
                                                                  std::function<void()> more) {
  return impl_->subscribe(kAllUsers, after, std::move(more));
}

EventSubscription::EventSubscription(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

EventSubscription::~EventSubscription() { impl_->events.leave(*impl_); }

Message EventSubscription::next() { return impl_->events.next(*impl_); }

}  // namespace rest
