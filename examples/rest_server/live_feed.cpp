#include "live_feed.hpp"

#include <algorithm>

namespace rest {

bool LiveFeed::is_ready() const {
  return std::all_of(looks.begin(), looks.end(),
                     [](const Look& look) { return look.pace.was_seen(); });
}

LookPace::Clock::time_point LiveFeed::when() const {
  auto next = LookPace::Clock::time_point::max();
  for (const auto& look : looks) next = std::min(next, look.pace.when());
  return next;
}

void LiveFeed::change() {
  for (auto& look : looks) look.pace.change();
}

void LiveFeed::wake_readers() const {
  for (const auto* reader : readers) reader->wake();
}

}  // namespace rest
