#include "postgres/notifier.hpp"

#include <algorithm>
#include <utility>

#include "postgres/backoff.hpp"
#include "store/changes.hpp"

namespace callqueue::postgres {
namespace {

// A lost notification is made up for: its commit need not wait for the disk.
constexpr char kNotify[] =
    "SELECT set_config('synchronous_commit', 'off', true), callqueue_notify($1)";

}  // namespace

Notifier::~Notifier() {
  thread_.request_stop();
  if (thread_.joinable()) thread_.join();
}

void Notifier::tell(const Changes& changes) {
  if (!changes.any()) return;
  const std::lock_guard lock(mutex_);
  const bool first = !pending_.any();
  const bool urgent = changes.may_start && !pending_.may_start;
  merge(pending_, changes);
  if (first) pending_since_ = Steady::now();
  if (!thread_.joinable()) {
    thread_ = std::jthread([this](const std::stop_token& stop) { work(stop); });
  } else if (first || urgent) {
    told_.notify_one();
  }
}

Notifier::Steady::time_point Notifier::due_at() const {
  return pending_.may_start ? quiet_until_
                            : std::max(quiet_until_, pending_since_ + options_.change_gap);
}

bool Notifier::is_due() const { return pending_.any() && due_at() <= Steady::now(); }

Changes Notifier::next(const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  while (!stop.stop_requested() && !is_due()) {
    if (pending_.any()) {
      const bool starts = pending_.may_start;
      told_.wait_until(lock, stop, due_at(), [&] { return pending_.may_start != starts; });
    } else {
      told_.wait(lock, stop, [&] { return pending_.any(); });
    }
  }
  return std::exchange(pending_, {});
}

void Notifier::work(const std::stop_token& stop) {
  Steady::duration backoff{};
  for (bool last = false; !last;) {
    const auto changes = next(stop);
    last = stop.stop_requested();
    if (!changes.any()) continue;
    try {
      send(changes);
      backoff = {};
      const std::lock_guard lock(mutex_);
      quiet_until_ = Steady::now() + options_.start_gap;
    } catch (const Failure&) {
      connection_.reset();
      backoff = next_backoff(backoff, options_.max_backoff);
      const std::lock_guard lock(mutex_);
      merge(pending_, changes);
      quiet_until_ = Steady::now() + backoff;
    }
  }
}

void Notifier::send(const Changes& changes) {
  if (!connection_) connection_.emplace(url_, options_.connection);
  connection_->query(kNotify, to_text(changes));
}

}  // namespace callqueue::postgres
