#include "store/polling_listener.hpp"

#include <algorithm>
#include <utility>

namespace callqueue {
namespace {

using Steady = std::chrono::steady_clock;

/// Between two looks.
constexpr std::chrono::milliseconds kSlice{50};

}  // namespace

std::optional<std::uint64_t> PollingListener::look() {
  const auto counter = store_.change_counter();
  return counter ? std::optional{*counter} : std::nullopt;
}

bool PollingListener::has_come(const std::optional<Instant>& until) {
  if (!until) return false;
  const auto now = store_.now();
  return now && *until <= *now;
}

Changes PollingListener::wait(std::chrono::milliseconds at_most, std::optional<Instant> until) {
  const auto end = Steady::now() + at_most;
  for (;;) {
    {
      std::unique_lock lock(mutex_);
      woken_.wait_until(lock, std::min<Steady::time_point>(end, Steady::now() + kSlice),
                        [&] { return wakes_; });
      if (std::exchange(wakes_, false)) return {};
    }
    // Somebody's first commit after it was gone is one that changed something.
    if (const auto counter = look(); counter && std::exchange(seen_, counter) != counter) {
      return Changes::of_everyone();
    }
    if (Steady::now() >= end || has_come(until)) return {};
  }
}

void PollingListener::wake() {
  const std::lock_guard lock(mutex_);
  wakes_ = true;
  woken_.notify_all();
}

}  // namespace callqueue
