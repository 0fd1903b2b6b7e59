#include "early_events.hpp"

#include <algorithm>

namespace rest {

using namespace std::chrono_literals;

namespace {

// Most acceptances are recorded within milliseconds; what is nobody's must not be asked for all the
// time.
constexpr std::chrono::milliseconds kFirstPause = 10ms;
constexpr std::chrono::milliseconds kLongestPause = 10s;

std::size_t bytes_of(const callqueue::CallEvent& event) {
  return sizeof(event) + event.provider_call_id.size() + event.failure_reason.size();
}

}  // namespace

void EarlyEvents::keep(callqueue::CallEvent event, Time now) {
  bytes_ += bytes_of(event);
  const auto key = next_key_++;
  due_.emplace(now + kFirstPause, key);
  kept_.emplace(key, Kept{std::move(event), now, now + kFirstPause, kFirstPause});
  while (kept_.size() > bounds_.events || bytes_ > bounds_.bytes) drop_oldest();
}

std::vector<EarlyEvents::Entry> EarlyEvents::take_due(Time now, std::size_t most) {
  while (!kept_.empty() && now - kept_.begin()->second.kept_at > bounds_.age) drop_oldest();
  std::vector<Entry> events;
  while (events.size() < most && !due_.empty() && due_.begin()->first <= now) {
    const auto key = due_.begin()->second;
    auto& kept = kept_.at(key);
    due_.erase(due_.begin());
    kept.pause = std::min(kept.pause * 2, kLongestPause);
    kept.due_at = now + kept.pause;
    due_.emplace(kept.due_at, key);
    events.emplace_back(key, kept.event);
  }
  return events;
}

void EarlyEvents::forget(Key key) {
  const auto found = kept_.find(key);
  if (found == kept_.end()) return;
  bytes_ -= bytes_of(found->second.event);
  due_.erase({found->second.due_at, key});
  kept_.erase(found);
}

std::optional<EarlyEvents::Time> EarlyEvents::next_due() const {
  if (due_.empty()) return std::nullopt;
  return due_.begin()->first;
}

void EarlyEvents::drop_oldest() {
  forget(kept_.begin()->first);
  ++dropped_;
}

}  // namespace rest
