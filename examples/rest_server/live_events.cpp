#include "live_events.hpp"

#include <algorithm>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "callqueue/call_campaigns.hpp"
#include "callqueue/call_queue.hpp"
#include "callqueue/clock.hpp"
#include "callqueue/json.hpp"
#include "campaign_news.hpp"
#include "look_pace.hpp"

namespace rest {
namespace {

using namespace callqueue;
using namespace std::chrono_literals;
using Steady = std::chrono::steady_clock;

/// A look goes through so many of a user's newest campaigns, a thousand a page.
constexpr int kMostPages = 5;
/// More changes than these at once are told as one `resync`.
constexpr std::size_t kMostNews = 200;

using News = std::vector<LiveEvent>;

}  // namespace

/// A user who is looked at.
struct LiveEvents::Watched {
  Watched(UserId whose, std::string epoch, std::chrono::milliseconds pace)
      : user_id(whose), ring(std::move(epoch)), campaigns(pace), queue(pace) {}

  const UserId user_id;
  // Under the mutex.
  EventRing ring;
  LookPace campaigns, queue;
  std::set<EventSubscription::Impl*> readers;
  Steady::time_point left_at{};  ///< When the last reader went.
  // Only of the thread that looks.
  CampaignNews known;
  std::optional<QueueStatistics> known_queue;

  /// Before that nobody can be told from where on it will hear of everything.
  [[nodiscard]] bool is_ready() const { return campaigns.was_seen() && queue.was_seen(); }
  void tell() const;
};

struct EventSubscription::Impl {
  LiveEvents::Impl& events;
  std::shared_ptr<LiveEvents::Watched> watched;
  EventReader reader;
  std::function<void()> more;
};

void LiveEvents::Watched::tell() const {
  for (const auto* reader : readers) reader->more();
}

struct LiveEvents::Impl {
  using User = std::shared_ptr<Watched>;

  Impl(Store& store, const LiveOptions& bounds) : options(bounds), campaigns(store), queue(store) {
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
      for (const auto& user : users_to_look_at()) {
        if (stop.stop_requested()) return;
        look(*user, user->campaigns,
             [this](Watched& at, News& news) { return see_campaigns(at, news); });
        look(*user, user->queue, [this](Watched& at, News& news) { return see_queue(at, news); });
      }
      forget_users();
    }
  }

  void note(const Changes& changes) {
    const std::lock_guard lock(mutex);
    const auto change = [](Watched& user) {
      user.campaigns.change();
      user.queue.change();
    };
    if (changes.everyone) {
      for (auto& [id, user] : users) change(*user);
    }
    for (const auto id : changes.users) {
      if (const auto found = users.find(id); found != users.end()) change(*found->second);
    }
  }

  Steady::time_point next_look() {
    const std::lock_guard lock(mutex);
    auto next = Steady::time_point::max();
    for (const auto& [id, user] : users) {
      next = std::min({next, user->campaigns.when(), user->queue.when()});
    }
    // Without an overflow where it is subtracted from.
    return std::min(next, Steady::now() + 1s);
  }

  std::vector<User> users_to_look_at() {
    const std::lock_guard lock(mutex);
    std::vector<User> due;
    const auto now = Steady::now();
    for (const auto& [id, user] : users) {
      if (std::min(user->campaigns.when(), user->queue.when()) <= now) due.push_back(user);
    }
    return due;
  }

  /// Looks without the lock.
  template <class See>
  void look(Watched& user, LookPace& pace, See see) {
    {
      const std::lock_guard lock(mutex);
      const auto now = Steady::now();
      if (pace.when() > now) return;
      pace.begin(now);
    }
    News news;
    const bool has_seen = see(user, news);
    const std::lock_guard lock(mutex);
    const bool was_ready = user.is_ready();
    has_seen ? pace.end(Steady::now()) : pace.fail(Steady::now());
    if (was_ready) append(user, news);
    if (!news.empty() || user.is_ready() != was_ready) user.tell();
  }

  bool see_campaigns(Watched& user, News& news) {
    user.known.begin_look();
    Page page{.limit = 1000, .cursor = {}};
    for (int pages = 0; pages < kMostPages; ++pages) {
      auto some = campaigns.find_by_user_id(user.user_id, {}, page);
      if (!some) return false;
      for (const auto& campaign : some->items) {
        // One more than is told shows that there were more.
        if (user.known.is_news(campaign) && news.size() <= kMostNews) {
          news.push_back({"campaign", "campaign", to_json(campaign)});
        }
      }
      page.cursor = std::move(some->next_cursor);
      if (page.cursor.empty()) break;
    }
    for (const auto id : user.known.end_look(page.cursor.empty())) {
      news.push_back({"campaign_deleted", "campaign_id", '"' + to_text(id) + '"'});
    }
    return true;
  }

  bool see_queue(Watched& user, News& news) {
    const auto statistics = queue.get_queue_statistics(user.user_id);
    if (!statistics) return false;
    if (std::exchange(user.known_queue, *statistics) != *statistics) {
      news.push_back({"queue", "queue", to_json(*statistics)});
    }
    return true;
  }

  void append(Watched& user, const News& news) const {
    if (news.size() > kMostNews) return user.ring.skip();
    for (const auto& event : news) user.ring.append(event);
    user.ring.shrink(share());
  }

  /// What a user's ring may hold.
  [[nodiscard]] std::size_t share() const {
    return std::min(options.ring_bytes,
                    options.all_rings_bytes / std::max<std::size_t>(users.size(), 1));
  }

  std::unique_ptr<EventSubscription> subscribe(UserId user_id, std::string_view after,
                                               std::function<void()> more) {
    const std::lock_guard lock(mutex);
    if (readers >= options.readers) return nullptr;
    auto& user = users[user_id];
    if (!user) {
      auto epoch = to_text(epochs.next(SystemClock{}.now()));
      user = std::make_shared<Watched>(user_id, std::move(epoch), options.pace);
      for (auto& [id, other] : users) other->ring.shrink(share());
      listener->wake();
    }
    if (static_cast<int>(user->readers.size()) >= options.readers_of_a_user) return nullptr;
    ++readers;
    auto reader = std::make_unique<EventSubscription::Impl>(
        EventSubscription::Impl{*this, user, EventReader{after}, std::move(more)});
    user->readers.insert(reader.get());
    return std::unique_ptr<EventSubscription>(new EventSubscription(std::move(reader)));
  }

  void leave(EventSubscription::Impl& reader) {
    const std::lock_guard lock(mutex);
    --readers;
    reader.watched->readers.erase(&reader);
    reader.watched->left_at = Steady::now();
  }

  Message next(EventSubscription::Impl& reader) {
    const std::lock_guard lock(mutex);
    if (!reader.watched->is_ready()) return nullptr;
    return reader.reader.next(reader.watched->ring);
  }

  /// Users whose readers have not come back in time, and of too many those who left first.
  void forget_users() {
    const std::lock_guard lock(mutex);
    std::vector<std::pair<Steady::time_point, UserId>> left;
    for (const auto& [id, user] : users) {
      if (user->readers.empty()) left.emplace_back(user->left_at, id);
    }
    std::sort(left.begin(), left.end());
    auto too_many = std::ssize(left) - options.kept_users;
    for (const auto& [at, id] : left) {
      if (too_many-- > 0 || at + options.kept_for < Steady::now()) users.erase(id);
    }
  }

  const LiveOptions options;
  CallCampaigns campaigns;
  CallQueue queue;
  UuidSource epochs;
  std::mutex mutex;
  std::map<UserId, User> users;
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

EventSubscription::EventSubscription(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

EventSubscription::~EventSubscription() { impl_->events.leave(*impl_); }

Message EventSubscription::next() { return impl_->events.next(*impl_); }

}  // namespace rest
