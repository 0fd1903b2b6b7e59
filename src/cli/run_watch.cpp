#include "cli/run_watch.hpp"

#include <pthread.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>

#include <fmt/core.h>

#include "cli/find.hpp"

namespace callqueue::cli {

void RunCounter::on_dialed(const ClaimedCall& call, const DialResult& result) {
  if (tells_ && result.kind == DialResult::Kind::uncertain) {
    fmt::print(stderr, "callqueue: call {} is not confirmed: {}\n", to_text(call.call.id),
               result.reason);
  }
  switch (result.kind) {
    case DialResult::Kind::accepted: ++accepted; break;
    case DialResult::Kind::rejected: ++rejected; break;
    case DialResult::Kind::uncertain: ++uncertain; break;
  }
}

void RunCounter::on_reported(const CallReport& report) {
  ++events;
  if (report.ended) ++ended;
}

void RunCounter::on_unavailable(const Error& error, std::chrono::milliseconds backoff) {
  fmt::print(stderr, "callqueue: {}; trying again in {} ms\n", error.message, backoff.count());
}

void RunCounter::on_dialer_hangs(int threads) {
  fmt::print(stderr,
             "callqueue: nothing is dialed: {} dials have been under way for longer than a lease\n",
             threads);
}

void RunCounter::on_available() { fmt::print(stderr, "callqueue: the database answers again\n"); }

std::string RunCounter::json_fields() const {
  return fmt::format(
      R"("claimed":{},"accepted":{},"rejected":{},"uncertain":{},"events":{},"ended":{})",
      claimed.load(), accepted.load(), rejected.load(), uncertain.load(), events.load(),
      ended.load());
}

std::string RunCounter::text() const {
  return fmt::format("{} calls claimed: {} accepted, {} rejected, {} uncertain; {} ended",
                     claimed.load(), accepted.load(), rejected.load(), uncertain.load(),
                     ended.load());
}

namespace {

sigset_t stop_signals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  return signals;
}

}  // namespace

Interruption::Interruption() {
  const auto signals = stop_signals();
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
}

void Interruption::start(std::function<void()> stop) {
  thread_ = std::jthread([this, stop = std::move(stop)](const std::stop_token& token) {
    const auto signals = stop_signals();
    const timespec look{.tv_sec = 0, .tv_nsec = 100'000'000};
    constexpr std::chrono::seconds same_stop{1};
    std::chrono::steady_clock::time_point first;
    while (!token.stop_requested()) {
      const int signal = sigtimedwait(&signals, nullptr, &look);
      if (signal < 0) continue;
      const auto now = std::chrono::steady_clock::now();
      if (!requested_.exchange(true)) {
        first = now;
        stop();
      } else if (now - first >= same_stop) {
        _exit(128 + signal);
      }
    }
  });
}

void CampaignBars::update() {
  if (bars_.due()) draw();
}

void CampaignBars::finish() {
  if (stderr_is_terminal()) draw();
}

void CampaignBars::draw() {
  const auto users = store_.list_users({.limit = 1000, .cursor = {}});
  if (!users) return;
  for (const auto& user : users->items) {
    const auto page = store_.list_campaigns(
        user.id, {.statuses = {CampaignStatus::active, CampaignStatus::scheduled}}, {});
    if (!page) continue;
    for (const auto& campaign : page->items) {
      const auto key = std::pair(user.id, campaign.id);
      const bool known = std::find(campaigns_.begin(), campaigns_.end(), key) != campaigns_.end();
      if (!known && campaigns_.size() < 20) campaigns_.push_back(key);
    }
  }
  std::vector<ProgressBar> bars;
  for (const auto& [user, id] : campaigns_) {
    const auto campaign = store_.find_campaign(user, id);
    const auto rows = store_.campaign_statistics(user, id);
    if (!campaign || !rows) continue;
    bars.push_back({.label = campaign->name,
                    .done = rows->total_contacts - rows->queued - rows->processing,
                    .total = rows->total_contacts,
                    .note = fmt::format("{} in flight", rows->processing)});
  }
  bars_.draw(bars);
}

}  // namespace callqueue::cli
