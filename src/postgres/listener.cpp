#include "postgres/listener.hpp"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <utility>

#include "postgres/backoff.hpp"
#include "store/changes.hpp"

namespace callqueue::postgres {
namespace {

constexpr char kChannel[] = "SELECT callqueue_channel()";
// Grows with every transaction that writes, also with those of other databases of the server.
constexpr char kLook[] =
    "SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint, clock_timestamp()";

/// Between two looks at a clock that somebody else moves.
constexpr std::chrono::milliseconds kClockSlice{50};

}  // namespace

Listener::Listener(std::string url, const Options& options, std::shared_ptr<const Clock> clock)
    : url_(std::move(url)), options_(options), clock_(std::move(clock)) {
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC | O_NONBLOCK) != 0) {
    throw Failure{ErrorCode::internal, "there are no file descriptors left"};
  }
  wake_out_ = ends[0];
  wake_in_ = ends[1];
  static_cast<void>(news());
}

Listener::~Listener() {
  close(wake_in_);
  close(wake_out_);
}

Changes Listener::wait(std::chrono::milliseconds at_most, std::optional<Instant> until) {
  const auto end = Steady::now() + at_most;
  for (;;) {
    auto changes = news();
    if (was_woken() || changes.any() || Steady::now() >= end || (until && *until <= now())) {
      return changes;
    }
    sleep(end, until);
  }
}

void Listener::wake() {
  constexpr char something = 0;
  // A pipe that is full wakes as well.
  static_cast<void>(!write(wake_in_, &something, 1));
}

bool Listener::was_woken() {
  std::array<char, 64> bytes{};
  bool woken = false;
  while (read(wake_out_, bytes.data(), bytes.size()) > 0) woken = true;
  return woken;
}

Changes Listener::news() {
  const bool was_connected = connection_.has_value();
  try {
    if (!was_connected) {
      if (Steady::now() < look_at_) return {};
      connect();
      return Changes::of_everyone();  // Who knows what was not heard.
    }
    Changes changes;
    for (const auto& text : connection_->notified()) merge(changes, parse_changes(text));
    if (Steady::now() >= look_at_) {
      if (look()) merge(changes, Changes::of_everyone());
      backoff_ = {};  // It lasts: only that counts as a success.
    }
    return changes;
  } catch (const Failure&) {
    lose();
    return was_connected ? Changes::of_everyone() : Changes{};
  }
}

void Listener::connect() {
  connection_.emplace(url_, options_.connection);
  if (options_.listens) {
    const auto channel = connection_->value<std::string>(kChannel);
    if (!channel) throw Failure{ErrorCode::corrupt, "the search path names no schema"};
    connection_->execute("LISTEN " + *channel);  // A name of letters and digits.
  }
  look();
}

bool Listener::look() {
  auto row = connection_->query(kLook);
  row.step();
  server_ahead_ = row.get<Instant>(1) - SystemClock{}.now();
  look_at_ = Steady::now() + options_.look;
  const auto before = std::exchange(seen_, row.get<std::int64_t>(0));
  return before != seen_;
}

void Listener::lose() noexcept {
  connection_.reset();
  look_at_ = Steady::now() + backoff_;
  backoff_ = next_backoff(backoff_, options_.max_backoff);
}

void Listener::sleep(Steady::time_point end, const std::optional<Instant>& until) {
  auto left = std::min(end, look_at_) - Steady::now();
  if (until) left = std::min<Steady::duration>(left, clock_ ? kClockSlice : *until - now());
  const auto time = std::chrono::ceil<std::chrono::milliseconds>(left).count();
  std::array<pollfd, 2> ends{
      pollfd{.fd = wake_out_, .events = POLLIN, .revents = 0},
      pollfd{.fd = connection_ ? connection_->socket() : -1, .events = POLLIN, .revents = 0}};
  poll(ends.data(), ends.size(), static_cast<int>(std::clamp<std::int64_t>(time, 0, 60'000)));
}

Instant Listener::now() const {
  return clock_ ? clock_->now() : SystemClock{}.now() + server_ahead_;
}

}  // namespace callqueue::postgres
