#include "provider_events.hpp"

#include <spdlog/spdlog.h>

#include <chrono>
#include <utility>

namespace rest {

using namespace callqueue;
using namespace std::chrono_literals;

namespace {

using Reports = Result<std::vector<Result<CallReport>>>;

constexpr std::size_t kMostAtOnce = 1'000;
/// Between two lines of the log about what was dropped.
constexpr auto kQuiet = 10s;

auto now() { return std::chrono::steady_clock::now(); }

std::vector<CallName> names_of(std::span<const CallEvent> events) {
  std::vector<CallName> names;
  names.reserve(events.size());
  for (const auto& event : events) names.push_back({event.call_id, event.provider_call_id});
  return names;
}

/// Has the event name the call that was found, if that is the user's whom it names.
Result<void> point(CallEvent& event, const CallRef& found) {
  if (!event.user_id.is_nil() && event.user_id != found.user_id) {
    return fail(ErrorCode::not_found, "the user has no such call", "user_id");
  }
  event.user_id = found.user_id;
  event.call_id = found.call_id;
  return {};
}

/// What has happened by now has not happened only when it is applied.
void stamp(CallEvent& event, Instant came_at) {
  if (event.status == CallStatus::in_progress && !event.answered_at) event.answered_at = came_at;
  const bool says_end = !event.status || !is_active(*event.status);
  if (says_end && !event.ended_at) event.ended_at = came_at;
}

bool may_come_yet(const CallEvent& event, const Error& error) {
  return error.code == ErrorCode::not_found && event.call_id.is_nil();
}

}  // namespace

ProviderEvents::ProviderEvents(Store& store, Report report)
    : store_(store),
      report_(std::move(report)),
      looking_([this](const std::stop_token& stop) { look_again(stop); }) {}

ProviderEvents::~ProviderEvents() {
  looking_.request_stop();
  looking_.join();
  const auto lost = early_.size() + early_.take_dropped();
  if (lost > 0) spdlog::warn(R"("dropped_events":{})", lost);
}

Result<AllTaken> ProviderEvents::take_now(std::span<const CallEvent> events) {
  const auto located = store_.locate_calls(names_of(events));
  if (!located) return tl::unexpected(located.error());

  AllTaken taken(events.size());
  std::vector<CallEvent> known;
  std::vector<std::size_t> places;
  std::vector<CallEvent> early;
  for (std::size_t i = 0; i < events.size(); ++i) {
    auto event = events[i];
    const auto is_known =
        located->at(i).and_then([&](const CallRef& found) { return point(event, found); });
    if (is_known) {
      known.push_back(std::move(event));
      places.push_back(i);
    } else if (may_come_yet(event, is_known.error())) {
      early.push_back(std::move(event));
    } else {
      taken[i] = tl::unexpected(is_known.error());
    }
  }
  if (const auto stamped = stamp(early); !stamped) return tl::unexpected(stamped.error());
  auto reports = known.empty() ? Reports{} : report_(known);
  if (!reports) return tl::unexpected(reports.error());
  for (std::size_t i = 0; i < places.size(); ++i) {
    taken[places[i]] =
        std::move(reports->at(i)).map([](CallReport report) { return Taken{std::move(report)}; });
  }
  keep(std::move(early));
  return taken;
}

Result<void> ProviderEvents::stamp(std::vector<CallEvent>& events) {
  if (events.empty()) return {};
  return store_.now().map([&](Instant now) {
    for (auto& event : events) rest::stamp(event, now);
  });
}

void ProviderEvents::keep(std::vector<CallEvent> events) {
  if (events.empty()) return;
  const std::lock_guard lock(mutex_);
  for (auto& event : events) early_.keep(std::move(event), now());
  changed_.notify_one();
}

void ProviderEvents::look_again(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    const auto due = wait_for_due(stop);
    if (!due.empty()) report_found(due);
  }
}

std::vector<EarlyEvents::Entry> ProviderEvents::wait_for_due(const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  const auto until = early_.next_due();
  if (!until) {
    changed_.wait(lock, stop, [&] { return early_.next_due().has_value(); });
    return {};
  }
  changed_.wait_until(lock, stop, *until, [&] { return early_.next_due() < until; });
  auto due = early_.take_due(now(), kMostAtOnce);
  tell_of_dropped();
  return due;
}

void ProviderEvents::report_found(const std::vector<EarlyEvents::Entry>& due) {
  std::vector<CallEvent> events;
  for (const auto& [key, event] : due) events.push_back(event);
  const auto located = store_.locate_calls(names_of(events));
  if (!located) return;  // Later, then.

  std::vector<CallEvent> known;
  std::vector<EarlyEvents::Key> done;
  for (std::size_t i = 0; i < due.size(); ++i) {
    const auto is_known =
        located->at(i).and_then([&](const CallRef& found) { return point(events[i], found); });
    if (!is_known && may_come_yet(events[i], is_known.error())) continue;
    if (is_known) known.push_back(events[i]);
    done.push_back(due[i].first);
  }
  const auto reports = known.empty() ? Reports{} : report_(known);
  if (!reports && reports.error().code == ErrorCode::unavailable) return;
  const std::lock_guard lock(mutex_);
  for (const auto key : done) early_.forget(key);
}

void ProviderEvents::tell_of_dropped() {
  if (now() - told_at_ < kQuiet) return;
  const auto dropped = early_.take_dropped();
  if (dropped == 0) return;
  spdlog::warn(R"("dropped_events":{})", dropped);
  told_at_ = now();
}

}  // namespace rest
