#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <stop_token>
#include <vector>

#include "callqueue/clock.hpp"
#include "callqueue/dialer.hpp"

namespace callqueue {

/// How the people and the lines behind a simulated carrier behave. Shares are from 0 to 1.
struct CarrierBehaviour {
  std::uint64_t seed = 1;

  // How a call that was accepted ends; what is left of 1 fails.
  double answered = 0.55;
  double voicemail = 0.15;
  double busy = 0.10;
  double no_answer = 0.15;
  double unsuccessful = 0.2;                   ///< Of the answered: talked, but to no avail.
  std::chrono::seconds mean_talk{90};          ///< Exponentially distributed …
  std::chrono::seconds longest_talk{15 * 60};  ///< … up to here.

  // What happens when it is asked to place a call.
  double rejected = 0;             ///< Refused before it was placed.
  double rejected_for_good = 0.5;  ///< Of the refused: not to be tried again.
  double uncertain = 0;            ///< Placed, but the answer is lost on the way.

  // What happens to its events on their way.
  double duplicated = 0;    ///< Delivered once more, up to two minutes later.
  double late = 0;          ///< The last one is delivered up to half an hour late.
  double out_of_order = 0;  ///< The last one is delivered before the others.
  double lost = 0;          ///< The last one never comes: only `lookup` knows.

  bool can_look_up = true;
};

/// A carrier that places no calls but answers as one would: a `Dialer` for demonstrations and
/// tests.
///
/// What becomes of a call depends on the seed, the number and the attempt alone, so a run can be
/// repeated whatever the order of dialing. Events lie in wait until their instant by the clock:
/// somebody takes them with `take_due` (virtual time, see `simulate`) or lets `deliver` hand them
/// out (real time). Idempotent by call id, as good carriers are. Thread-safe.
class SimulatedCarrier final : public Dialer {
 public:
  explicit SimulatedCarrier(std::shared_ptr<const Clock> clock, CarrierBehaviour behaviour = {});

  DialResult dial(const ClaimedCall& call) override;
  [[nodiscard]] bool can_look_up() const override { return behaviour_.can_look_up; }
  LookupResult lookup(const Call& call) override;

  /// When the next event is to be delivered; none: all have been.
  [[nodiscard]] std::optional<Instant> next_event_at() const;
  /// Takes out the events to be delivered by `now`, in their order.
  [[nodiscard]] std::vector<CallEvent> take_due(Instant now);
  /// Hands events out as the clock reaches them, until stopped. `hand_out` returns false when it
  /// could not take them: then they come again a moment later.
  void deliver(const std::stop_token& stop,
               const std::function<bool(std::span<const CallEvent>)>& hand_out);
  /// Shuts down: hangs up on whoever is on the line. @return how each call that somebody still
  /// waits for has ended; events that were on their way come no more.
  [[nodiscard]] std::vector<CallEvent> hang_up();
  /// Makes `deliver` look at the clock again: for clocks that do not run by themselves.
  void wake();

  /// Calls that were placed, and how often it was asked for one it had already.
  [[nodiscard]] int placed() const;
  [[nodiscard]] int dialed_twice() const;

 private:
  struct Step {
    Instant at;
    CallEvent event;
  };
  struct Placed {
    DialResult answer;
    std::vector<Step> steps;  ///< As they happen; what is delivered may differ.
    bool is_over = false;     ///< Nobody hears of its end any more.

    /// How it ends if the line is cut.
    [[nodiscard]] CallEvent cut_off(Instant now) const;
  };

  void post(Placed& placed, class Dice& dice);
  /// Whether the call's end, if that is it, has been heard of.
  void note(const CallEvent& event, bool is_heard);

  const std::shared_ptr<const Clock> clock_;
  const CarrierBehaviour behaviour_;

  mutable std::mutex mutex_;
  std::condition_variable_any posted_;
  std::map<CallId, Placed> calls_;
  std::multimap<Instant, CallEvent> post_;
  int placed_ = 0;
  int woken_ = 0;
  int dialed_twice_ = 0;
};

}  // namespace callqueue
