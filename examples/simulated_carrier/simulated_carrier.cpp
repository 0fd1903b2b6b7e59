#include "simulated_carrier/simulated_carrier.hpp"

#include <algorithm>
#include <cmath>
#include <random>

namespace callqueue {

/// One call's luck. Its own distributions, because the standard's differ from library to library.
class Dice {
 public:
  Dice(std::uint64_t seed, const Call& call) {
    std::uint64_t hash = 14'695'981'039'346'656'037U ^ seed;
    for (const char c : call.phone_number) hash = (hash ^ static_cast<unsigned char>(c)) * prime;
    hash = (hash ^ static_cast<std::uint64_t>(call.attempt)) * prime;
    engine_.seed(hash);
  }

  /// From 0 to below 1.
  double share() { return static_cast<double>(engine_() >> 11U) * 0x1p-53; }
  bool happens(double probability) { return share() < probability; }
  std::chrono::seconds between(int least, int most) {
    return std::chrono::seconds(least + static_cast<int>(share() * (most - least + 1)));
  }
  std::chrono::seconds exponential(std::chrono::seconds mean) {
    return std::chrono::seconds(
        std::llround(-std::log(1 - share()) * static_cast<double>(mean.count())));
  }

 private:
  static constexpr std::uint64_t prime = 1'099'511'628'211U;
  std::mt19937_64 engine_;
};

namespace {

/// The life of one call, from `at` on.
class Script {
 public:
  Script(const Call& call, std::string provider_call_id, Instant at)
      : base_{.user_id = call.user_id,
              .call_id = call.id,
              .provider_call_id = std::move(provider_call_id)},
        at_(at) {}

  CallEvent& after(std::chrono::seconds time, CallStatus status) {
    at_ += time;
    CallEvent event = base_;
    event.status = status;
    steps.emplace_back(at_, std::move(event));
    return steps.back().second;
  }
  void talk(std::chrono::seconds ringing, std::chrono::seconds talking,
            std::optional<CallOutcome> outcome, std::optional<bool> success) {
    auto& answered = after(ringing, CallStatus::in_progress);
    answered.answered_at = at_;
    auto& completed = after(talking, CallStatus::completed);
    completed.answered_at = at_ - talking;
    completed.ended_at = at_;
    completed.duration = talking;
    completed.outcome = outcome;
    completed.success = success;
  }
  void end(std::chrono::seconds time, CallStatus status, std::string reason) {
    auto& event = after(time, status);
    event.ended_at = at_;
    event.failure_reason = std::move(reason);
  }

  std::vector<std::pair<Instant, CallEvent>> steps;

 private:
  CallEvent base_;
  Instant at_;
};

Script play(const CarrierBehaviour& behaviour, Dice& dice, Script script) {
  double share = dice.share();
  const auto falls_to = [&](double part) {
    const bool hit = share < part;
    share -= part;
    return hit;
  };
  script.after(dice.between(1, 3), CallStatus::ringing);
  if (falls_to(behaviour.answered)) {
    const auto talk = std::clamp(dice.exponential(behaviour.mean_talk), std::chrono::seconds(3),
                                 std::max(behaviour.longest_talk, std::chrono::seconds(3)));
    const std::optional<bool> success =
        dice.happens(behaviour.unsuccessful) ? std::optional(false) : std::nullopt;
    script.talk(dice.between(3, 20), talk, std::nullopt, success);
  } else if (falls_to(behaviour.voicemail)) {
    script.talk(dice.between(18, 25), dice.between(8, 30), CallOutcome::voicemail, std::nullopt);
  } else if (falls_to(behaviour.busy)) {
    script.end(dice.between(1, 2), CallStatus::busy, "busy");
  } else if (falls_to(behaviour.no_answer)) {
    script.end(dice.between(25, 35), CallStatus::no_answer, "nobody answered");
  } else {
    script.end(dice.between(1, 5), CallStatus::failed, "the line failed");
  }
  return script;
}

}  // namespace

SimulatedCarrier::SimulatedCarrier(std::shared_ptr<const Clock> clock, CarrierBehaviour behaviour)
    : clock_(std::move(clock)), behaviour_(behaviour) {}

DialResult SimulatedCarrier::dial(const ClaimedCall& claimed) {
  const auto& call = claimed.call;
  const std::lock_guard lock(mutex_);
  if (const auto known = calls_.find(call.id); known != calls_.end()) {
    ++dialed_twice_;
    return known->second.answer;
  }
  Dice dice(behaviour_.seed, call);
  if (dice.happens(behaviour_.rejected)) {
    return calls_[call.id].answer = DialResult::rejected(
               "the carrier refused it", !dice.happens(behaviour_.rejected_for_good));
  }

  ++placed_;
  const auto id = "sim-" + to_text(call.id);
  Placed placed{.answer = dice.happens(behaviour_.uncertain)
                              ? DialResult::uncertain("the carrier did not answer in time")
                              : DialResult::accepted(id)};
  for (auto& [at, event] : play(behaviour_, dice, Script(call, id, clock_->now())).steps) {
    placed.steps.push_back({at, std::move(event)});
  }
  post(placed, dice);
  return calls_.emplace(call.id, std::move(placed)).first->second.answer;
}

void SimulatedCarrier::post(Placed& placed, Dice& dice) {
  const bool swapped = dice.happens(behaviour_.out_of_order);
  const bool late = dice.happens(behaviour_.late);
  const bool lost = dice.happens(behaviour_.lost);
  placed.is_over = lost;
  const auto& last = placed.steps.back();
  for (const auto& step : placed.steps) {
    const bool is_last = &step == &last;
    if (is_last && lost) continue;
    Instant at = step.at;
    if (is_last && late) at += dice.between(30, 1800);
    if (!is_last && swapped) at = last.at + dice.between(1, 30);
    post_.emplace(at, step.event);
    if (dice.happens(behaviour_.duplicated)) post_.emplace(at + dice.between(0, 120), step.event);
  }
  posted_.notify_all();
}

CallEvent SimulatedCarrier::Placed::cut_off(Instant now) const {
  if (steps.back().at <= now) return steps.back().event;
  CallEvent end = steps.front().event;
  end.status = CallStatus::failed;
  end.failure_reason = "the carrier shut down";
  end.ended_at = now;
  for (const auto& step : steps) {
    if (step.event.status != CallStatus::in_progress || step.at > now) continue;
    end.status = CallStatus::completed;
    end.answered_at = step.at;
    end.duration = std::chrono::floor<std::chrono::seconds>(now - step.at);
    end.success = false;
  }
  return end;
}

LookupResult SimulatedCarrier::lookup(const Call& call) {
  const std::lock_guard lock(mutex_);
  const auto known = calls_.find(call.id);
  if (known == calls_.end() || known->second.steps.empty()) {
    return {.kind = LookupResult::Kind::never_received};
  }
  const auto now = clock_->now();
  LookupResult result{.kind = LookupResult::Kind::known};
  result.event = known->second.steps.front().event;
  for (const auto& step : known->second.steps) {
    if (step.at <= now) result.event = step.event;
  }
  return result;
}

std::optional<Instant> SimulatedCarrier::next_event_at() const {
  const std::lock_guard lock(mutex_);
  if (post_.empty()) return std::nullopt;
  return post_.begin()->first;
}

std::vector<CallEvent> SimulatedCarrier::take_due(Instant now) {
  const std::lock_guard lock(mutex_);
  std::vector<CallEvent> due;
  const auto end = post_.upper_bound(now);
  for (auto it = post_.begin(); it != end; ++it) {
    note(it->second, true);
    due.push_back(std::move(it->second));
  }
  post_.erase(post_.begin(), end);
  return due;
}

void SimulatedCarrier::deliver(const std::stop_token& stop,
                               const std::function<bool(std::span<const CallEvent>)>& hand_out) {
  constexpr std::chrono::milliseconds pause{100};
  while (!stop.stop_requested()) {
    const auto due = take_due(clock_->now());
    const bool taken = due.empty() || hand_out(due);
    std::unique_lock lock(mutex_);
    for (const auto& event : taken ? std::span<const CallEvent>{} : std::span(due)) {
      note(event, false);
      post_.emplace(clock_->now() + pause, event);
    }
    const auto news = [&, size = post_.size(), woken = woken_] {
      return post_.size() != size || woken_ != woken;
    };
    if (post_.empty()) {
      posted_.wait(lock, stop, news);
    } else {
      posted_.wait_for(lock, stop, post_.begin()->first - clock_->now(), news);
    }
  }
}

void SimulatedCarrier::note(const CallEvent& event, bool is_heard) {
  if (!is_active(*event.status)) calls_[event.call_id].is_over = is_heard;
}

std::vector<CallEvent> SimulatedCarrier::hang_up() {
  const std::lock_guard lock(mutex_);
  const auto now = clock_->now();
  std::vector<CallEvent> ends;
  for (auto& [id, placed] : calls_) {
    if (placed.is_over || placed.steps.empty()) continue;
    ends.push_back(placed.cut_off(now));
    placed.is_over = true;
  }
  post_.clear();
  return ends;
}

void SimulatedCarrier::wake() {
  const std::lock_guard lock(mutex_);
  ++woken_;
  posted_.notify_all();
}

int SimulatedCarrier::placed() const {
  const std::lock_guard lock(mutex_);
  return placed_;
}

int SimulatedCarrier::dialed_twice() const {
  const std::lock_guard lock(mutex_);
  return dialed_twice_;
}

}  // namespace callqueue
