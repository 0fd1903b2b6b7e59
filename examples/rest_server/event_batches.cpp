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

Result<Reports> EventBatches::report(std::span<const CallEvent> events) {
  if (events.empty()) return Reports{};
  Waiting mine{.events = events};
  std::unique_lock lock(mutex_);
  waiting_.push_back(&mine);
  changed_.wait(lock, [&] { return mine.is_done || !is_busy_; });
  while (!mine.is_done) {  // Nobody is at it: whoever has come works for all.
    is_busy_ = true;
    const auto batch = take_next();
    lock.unlock();
    carry_out(batch);
    lock.lock();
    for (auto* one : batch) one->is_done = true;
    is_busy_ = false;
    changed_.notify_all();
  }
  return std::move(mine.reports);
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
  auto reports = reported(events);
  if (!reports && reports.error().code != ErrorCode::unavailable) reports = one_by_one(events);
  auto first = reports ? reports->begin() : Reports::iterator{};
  for (auto* one : batch) {
    if (!reports) {
      one->reports = tl::unexpected(reports.error());
      continue;
    }
    const auto end = first + static_cast<std::ptrdiff_t>(one->events.size());
    one->reports = Reports(std::make_move_iterator(first), std::make_move_iterator(end));
    first = end;
  }
}

/// One that cannot be carried out does not keep the others back.
Result<Reports> EventBatches::one_by_one(std::span<const CallEvent> events) {
  Reports reports;
  for (const auto& event : events) {
    auto report = reported({&event, 1});
    if (report) {
      reports.push_back(std::move(report->front()));
    } else if (report.error().code == ErrorCode::unavailable) {
      return report;
    } else {
      reports.push_back(tl::unexpected(report.error()));
    }
  }
  return reports;
}

Result<Reports> EventBatches::reported(std::span<const CallEvent> events) {
  try {
    return report_(events);
  } catch (const std::exception& failure) {  // The others must not wait for ever.
    return fail(ErrorCode::internal, failure.what());
  }
}

}  // namespace rest
