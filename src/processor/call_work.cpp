#include "processor/call_work.hpp"

#include <algorithm>
#include <array>
#include <exception>

#include "store/failpoint.hpp"
#include "utf8.hpp"

namespace callqueue {
namespace {

/// A round that comes after a long silence finds more work than one batch of `advance` holds.
constexpr int kMostAdvances = 100;
/// How long a provider is left alone after a lookup that failed.
constexpr std::chrono::seconds lookup_pause{30};

CallRef ref(const Call& call) { return {.user_id = call.user_id, .call_id = call.id}; }

void add(AdvanceResult& sum, const AdvanceResult& part) {
  sum.requeued += part.requeued;
  sum.lapsed += part.lapsed;
  sum.made_ready += part.made_ready;
  sum.expired += part.expired;
  sum.lanes_rolled += part.lanes_rolled;
  sum.activated += part.activated;
  sum.ended += part.ended;
  sum.swept += part.swept;
  sum.more = part.more;
}

CallEvent rejection(const Call& call, const DialResult& result) {
  return {.user_id = call.user_id,
          .call_id = call.id,
          .status = CallStatus::failed,
          .outcome = CallOutcome::rejected,
          .retryable = result.retryable,
          .failure_reason = result.reason.empty() ? "rejected" : result.reason};
}

/// The call is under way whatever the provider calls it: an id that cannot be recorded as it is
/// must not cost the acceptance.
std::string accepted_id(const Call& call, std::string_view provider_call_id) {
  if (provider_call_id.empty()) return to_text(call.id);
  return shown(provider_call_id, max_provider_call_id_bytes);
}

CallEvent loss(const Call& call) {
  return {.user_id = call.user_id, .call_id = call.id, .status = CallStatus::unknown};
}

bool is_unavailable(const Error& error) { return error.code == ErrorCode::unavailable; }

}  // namespace

DialResult dial_safely(Dialer& dialer, const ClaimedCall& call) {
  try {
    return dialer.dial(call);
  } catch (const std::exception& error) {
    return DialResult::uncertain(error.what());
  } catch (...) {
    return DialResult::uncertain("the dialer threw something");
  }
}

std::optional<LookupResult> look_up_safely(Dialer& dialer, const Call& call) {
  try {
    return dialer.lookup(call);
  } catch (...) {
    return std::nullopt;
  }
}

CallWork::CallWork(Store& store, Dialer& dialer, Announcer& announcer, std::string worker,
                   std::chrono::seconds lease)
    : store_(store),
      dialer_(dialer),
      announcer_(announcer),
      worker_(std::move(worker)),
      lease_(lease) {}

Result<AdvanceResult> CallWork::advance() {
  AdvanceResult sum;
  for (int i = 0; i < kMostAdvances; ++i) {
    const auto part = store_.advance({.lapse_submitted = !dialer_.can_look_up()});
    if (!part) return part;
    add(sum, *part);
    if (!part->more || part->total() == part->swept) break;  // No call waits for a sweep.
  }
  if (sum.total() > 0) announcer_.tell([&](Observer& o) { o.on_advanced(sum); });
  return sum;
}

Result<int> CallWork::claim(int limit) {
  if (limit <= 0 || !held_.empty()) return 0;
  const auto began = std::chrono::steady_clock::now();
  auto claimed = store_.claim({.worker = worker_,
                               .limit = std::min(limit, 1000),
                               .lease = lease_,
                               .lapse_submitted = !dialer_.can_look_up()});
  if (!claimed) return tl::unexpected(claimed.error());
  const auto took = std::chrono::steady_clock::now() - began;
  announcer_.tell([&](Observer& o) { o.on_claim(static_cast<int>(claimed->size()), took); });
  if (!claimed->empty()) failpoint("after_claim");
  held_ = *std::move(claimed);
  for (const auto& call : held_) announcer_.tell([&](Observer& o) { o.on_claimed(call); });
  return static_cast<int>(held_.size());
}

Result<std::vector<ClaimedCall>> CallWork::mark(std::size_t most) {
  const auto end = held_.begin() + static_cast<std::ptrdiff_t>(std::min(most, held_.size()));
  std::vector<CallRef> refs;
  for (auto it = held_.begin(); it != end; ++it) refs.push_back(ref(it->call));
  const auto marked = store_.begin_dial(refs, worker_);
  if (!marked) return tl::unexpected(marked.error());
  failpoint("after_begin_dial");

  const std::set<CallId> ids(marked->begin(), marked->end());
  std::vector<ClaimedCall> to_dial;
  for (auto it = held_.begin(); it != end; ++it) {
    if (ids.contains(it->call.id)) {
      to_dial.push_back(std::move(*it));
    } else {
      give_back(*it);
    }
  }
  held_.erase(held_.begin(), end);

  const std::lock_guard lock(mutex_);
  being_dialed_.insert(ids.begin(), ids.end());
  return to_dial;
}

void CallWork::give_back() {
  for (const auto& claimed : held_) give_back(claimed);
  held_.clear();
}

void CallWork::give_back(const ClaimedCall& call) {
  // Where this fails the lease lapses, and the row goes back all the same.
  static_cast<void>(store_.requeue_call(ref(call.call), "not dialed"));
}

bool CallWork::still_leased(const ClaimedCall& call) {
  const auto now = store_.now();
  // Without an answer nobody can tell: the store may have been gone for longer than the lease.
  if (now && (!call.call.lease_expires_at || *now < *call.call.lease_expires_at)) return true;
  record_or_keep(call, std::nullopt);
  return false;
}

void CallWork::record(const ClaimedCall& call, const DialResult& result) {
  failpoint("after_dial");
  announcer_.tell([&](Observer& o) { o.on_dialed(call, result); });
  record_or_keep(call, result);
}

void CallWork::record_or_keep(const ClaimedCall& call, const std::optional<DialResult>& result) {
  const auto recorded = try_record(call, result);
  const std::lock_guard lock(mutex_);
  being_dialed_.erase(call.call.id);
  if (!recorded && is_unavailable(recorded.error())) kept_.emplace_back(call, result);
}

Result<void> CallWork::record_kept() {
  std::vector<std::pair<ClaimedCall, std::optional<DialResult>>> kept;
  {
    const std::lock_guard lock(mutex_);
    kept.swap(kept_);
  }
  Result<void> outcome;
  for (auto& [call, result] : kept) {
    if (outcome) outcome = try_record(call, result);
    if (outcome || !is_unavailable(outcome.error())) {
      outcome = {};
      continue;
    }
    const std::lock_guard lock(mutex_);
    kept_.emplace_back(std::move(call), std::move(result));
  }
  return outcome;
}

bool CallWork::keeps_records() const {
  const std::lock_guard lock(mutex_);
  return !kept_.empty();
}

Result<void> CallWork::try_record(const ClaimedCall& call,
                                  const std::optional<DialResult>& result) {
  if (!result) return store_.requeue_call(ref(call.call), "not dialed").map([](const auto&) {});
  switch (result->kind) {
    case DialResult::Kind::uncertain: return {};  // Goes the way of a lapsed lease.
    case DialResult::Kind::accepted: {
      const auto accepted =
          store_.accept_call(ref(call.call), accepted_id(call.call, result->provider_call_id));
      if (!accepted) return tl::unexpected(accepted.error());
      failpoint("after_accept");
      return {};
    }
    case DialResult::Kind::rejected: {
      const std::array events{rejection(call.call, *result)};
      return report(events).map([](const auto&) {});
    }
  }
  return {};
}

Result<std::vector<Result<CallReport>>> CallWork::report(std::span<const CallEvent> events) {
  failpoint("before_report");
  auto reports = store_.report_events(events);
  if (!reports) return reports;
  failpoint("after_report");
  for (const auto& report : *reports) {
    if (report) announcer_.tell([&](Observer& o) { o.on_reported(*report); });
  }
  return reports;
}

Result<std::vector<Call>> CallWork::lapsed(int limit) {
  if (limit <= 0 || !dialer_.can_look_up()) return std::vector<Call>{};
  const auto now = store_.now();
  if (!now) return tl::unexpected(now.error());
  auto calls = store_.lapsed_calls(1000);
  if (!calls) return calls;

  const std::lock_guard lock(mutex_);
  std::erase_if(ask_again_at_, [&](const auto& entry) { return entry.second <= *now; });
  std::erase_if(*calls, [&](const Call& call) {
    return being_asked_.contains(call.id) || ask_again_at_.contains(call.id);
  });
  calls->resize(std::min(calls->size(), static_cast<std::size_t>(limit)));
  for (const auto& call : *calls) being_asked_.insert(call.id);
  return calls;
}

void CallWork::settle(const Call& call, const std::optional<LookupResult>& answer) {
  bool still_dialing = false;
  {
    const std::lock_guard lock(mutex_);
    still_dialing = being_dialed_.contains(call.id);
  }
  Result<void> settled;
  if (answer && answer->kind == LookupResult::Kind::known) {
    settled = extend(call, answer->event);
  } else if (answer && answer->kind == LookupResult::Kind::never_received && !still_dialing) {
    settled = requeue(call, "the provider never received it");
  } else if (answer) {
    // Also "never received" while our own request is still under way: it may yet arrive.
    const std::array events{loss(call)};
    settled = report(events).map([](const auto&) {});
  }
  const auto now = store_.now();
  const std::lock_guard lock(mutex_);
  being_asked_.erase(call.id);
  if (!answer && now) ask_again_at_[call.id] = *now + lookup_pause;
}

Result<void> CallWork::requeue(const Call& call, std::string_view reason) {
  const auto requeued = store_.requeue_call(ref(call), reason);
  if (requeued) return {};
  if (requeued.error().code != ErrorCode::conflict) return tl::unexpected(requeued.error());
  // It was accepted once: then it cannot be said that it was never placed.
  const std::array events{loss(call)};
  return report(events).map([](const auto&) {});
}

Result<void> CallWork::extend(const Call& call, const CallEvent& event) {
  auto known = event;
  known.user_id = call.user_id;
  known.call_id = call.id;
  if (call.provider_call_id.empty()) {
    const auto id = accepted_id(call, known.provider_call_id);
    if (const auto accepted = store_.accept_call(ref(call), id); !accepted) {
      return tl::unexpected(accepted.error());
    }
  }
  const std::array events{known};
  return report(events).map([](const auto&) {});
}

}  // namespace callqueue
