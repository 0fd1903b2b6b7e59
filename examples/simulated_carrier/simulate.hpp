#pragma once

#include <functional>
#include <optional>

#include "callqueue/clock.hpp"
#include "callqueue/processor.hpp"
#include "simulated_carrier/simulated_carrier.hpp"

namespace callqueue {

/// How far a simulation goes.
struct SimulationOptions {
  std::optional<Instant> until;  ///< None: until nothing is left to do.
  /// Called after every step with the instant it was made at; returning false ends the simulation.
  std::function<bool(const StepResult&, Instant)> on_step;
};

/// What a simulation came to.
struct SimulationResult {
  std::int64_t steps = 0;
  std::int64_t dialed = 0;
  std::int64_t events = 0;
  Instant ended_at;   ///< By the virtual clock.
  bool idle = false;  ///< Nothing was left to do.
};

/// Works campaigns off in virtual time: steps the processor, reports the carrier's events when they
/// are due, and moves the clock to whatever comes next, so that days of calling take seconds.
///
/// Ends at `until`, or when nothing is left to do, or when a year has gone by without a call.
/// @pre the processor works on this store; store and carrier run by this clock.
/// @return the first error of the store; what was done until then stays done.
Result<SimulationResult> simulate(Store& store, Processor& processor, SimulatedCarrier& carrier,
                                  ManualClock& clock, const SimulationOptions& options = {});

/// Whether time alone can bring no call any more: none is active, no direct call is queued, and no
/// campaign is active or scheduled.
[[nodiscard]] Result<bool> nothing_left(Store& store);

}  // namespace callqueue
