#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

#include "callqueue/dialer.hpp"
#include "callqueue/export.hpp"
#include "callqueue/observer.hpp"
#include "callqueue/store.hpp"

namespace callqueue {

/// How a processor works. Values out of bounds count as the nearest within.
struct ProcessorOptions {
  /// Unique among running processors; empty: host name, process and a random part.
  std::string worker{};
  int batch = 100;      ///< Most calls claimed at once; 1 to 1,000. Lower it when dialing is slow.
  int parallelism = 8;  ///< Most `Dialer::dial` calls at the same time; also the most calls claimed
                        ///< but not dialed.
  /// See `ClaimRequest::lease`. So long a call whose answer is uncertain (the dialer threw, for
  /// instance) keeps its slot: with many of them lower it, but never below what a dial may take.
  std::chrono::seconds lease{120};
  std::chrono::milliseconds poll{10'000};  ///< Longest sleep between two looks at the store.
  std::chrono::milliseconds stop_deadline{30'000};  ///< How long a stop waits for dials in flight.
  std::chrono::milliseconds max_backoff{30'000};  ///< Longest pause while the store is unavailable.
};

/// What one `step` did.
struct StepResult {
  AdvanceResult advanced{};
  int claimed = 0;
  int dialed = 0;  ///< Of those, handed to the dialer (all that `begin_dial` marked).
  std::optional<Instant>
      next_wakeup{};  ///< When there will be something to do again by time alone.
};

/// Works campaigns off: claims, marks, dials, records; sleeps until something can start.
///
/// A second processor beside it, in this process or on another host, is harmless. It survives a
/// dialer that throws, hangs or answers late, and a store that is gone for a while: what could not
/// be recorded is kept and recorded first when the store is back.
class CALLQUEUE_API Processor {
 public:
  /// @param store, dialer, observer must outlive the processor; observer may be null. A dialer that
  /// hangs must outlive its last call, too: threads that are in it when the processor goes are left
  /// to themselves, and what they bring back then is dropped.
  Processor(Store& store, Dialer& dialer, ProcessorOptions options = {},
            Observer* observer = nullptr);
  ~Processor();
  Processor(const Processor&) = delete;
  Processor& operator=(const Processor&) = delete;

  /// One round on the caller's thread: advance, look up what lapsed, claim, then mark, dial and
  /// record one after the other. For simulations under a `ManualClock`. `conflict` (`processor`)
  /// while it runs or steps.
  /// @param stop ends the round early, from within the dialer or from another thread: the call in
  /// the dialer's hands is recorded, those that were not marked yet go back.
  Result<StepResult> step(const std::stop_token& stop = {});

  /// Works until stopped, dialing in parallel; then finishes dials in flight within
  /// `stop_deadline`, and returns claimed calls that were not marked yet. May be run again after
  /// that. Returns at once with an error only when the store cannot be used at all (`corrupt`), or
  /// while it runs or steps already (`conflict`, `processor`).
  Result<void> run(const std::stop_token& stop);

  /// Reports events of this or any call and wakes `run`, so that the freed slots are used at once.
  /// Thread-safe.
  Result<std::vector<Result<CallReport>>> report(std::span<const CallEvent> events);

  /// Wakes `run`: something may have become claimable. Thread-safe.
  void notify();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace callqueue
