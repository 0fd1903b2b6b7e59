#include "event_batches.hpp"

#include <exception>
#include <iterator>
#include <utility>

namespace rest {

using namespace callqueue;

namespace {

/// So many together hold locks for some ten milliseconds.
constexpr std::size_t kMostEvents = 500;

}  // namespace

Result<AllTaken> EventBatches::take(std::span<const CallEvent> events) {
  if (events.empty()) return AllTaken{};
  Waiting mine{.events = events};
  std::unique_lock lock(mutex_);
  waiting_.push_back(&mine);
  mine.told.wait(lock, [&] { return mine.is_done || !is_busy_; });
  while (!mine.is_done) {  // Nobody is at it: whoever has come works for all.
    is_busy_ = true;
    const auto batch = take_next();
    lock.unlock();
    carry_out(batch);
    lock.lock();
    is_busy_ = false;
    for (auto* one : batch) {
      one->is_done = true;
      one->told.notify_one();
    }
    if (!waiting_.empty()) waiting_.front()->told.notify_one();
  }
  return std::move(mine.taken);
}

std::size_t EventBatches::waiting() {
  const std::lock_guard lock(mutex_);
  return waiting_.size();
}

/// The first ones that fit; one always does.
std::vector<EventBatches::Waiting*> EventBatches::take_next() {
  auto end = waiting_.begin();
  for (std::size_t events = 0; end != waiting_.end(); ++end) {
    events += (*end)->events.size();
    if (events > kMostEvents && end != waiting_.begin()) break;
  }
  std::vector<Waiting*> batch(waiting_.begin(), end);
  waiting_.erase(waiting_.begin(), end);
  return batch;
}

void EventBatches::carry_out(const std::vector<Waiting*>& batch) {
  std::vector<CallEvent> events;
  for (const auto* one : batch) {
    events.insert(events.end(), one->events.begin(), one->events.end());
  }
  auto taken = together(events);
  if (!taken && taken.error().code != ErrorCode::unavailable) taken = one_by_one(events);
  auto first = taken ? taken->begin() : AllTaken::iterator{};
  for (auto* one : batch) {
    if (!taken) {
      one->taken = tl::unexpected(taken.error());
      continue;
    }
    const auto end = first + static_cast<std::ptrdiff_t>(one->events.size());
    one->taken = AllTaken(std::make_move_iterator(first), std::make_move_iterator(end));
    first = end;
  }
}

/// One that cannot be carried out does not keep the others back.
Result<AllTaken> EventBatches::one_by_one(std::span<const CallEvent> events) {
  AllTaken taken;
  for (const auto& event : events) {
    auto one = together({&event, 1});
    if (one) {
      taken.push_back(std::move(one->front()));
    } else if (one.error().code == ErrorCode::unavailable) {
      return one;
    } else {
      taken.push_back(tl::unexpected(one.error()));
    }
  }
  return taken;
}

Result<AllTaken> EventBatches::together(std::span<const CallEvent> events) {
  try {
    return take_(events);
  } catch (const std::exception& failure) {  // The others must not wait for ever.
    return fail(ErrorCode::internal, failure.what());
  }
}

}  // namespace rest
