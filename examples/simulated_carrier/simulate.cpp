#include "simulated_carrier/simulate.hpp"

#include <algorithm>

namespace callqueue {
namespace {

/// How long a campaign may wait for its next call before nobody believes in it any more.
constexpr std::chrono::hours patience{24 * 366};

/// Reports what is due by now. @return how many events.
Result<std::int64_t> report_due(Processor& processor, SimulatedCarrier& carrier, Instant now) {
  const auto due = carrier.take_due(now);
  if (due.empty()) return 0;
  const auto reports = processor.report(due);
  if (!reports) return tl::unexpected(reports.error());
  return static_cast<std::int64_t>(due.size());
}

/// When something happens next; nothing when nothing is left to do.
Result<std::optional<Instant>> next_instant(Store& store, const StepResult& step,
                                            const SimulatedCarrier& carrier, Instant now) {
  const auto next = carrier.next_event_at();
  if (!next) {
    const auto idle = nothing_left(store);
    if (!idle) return tl::unexpected(idle.error());
    if (*idle) return std::nullopt;
  }
  if (!step.next_wakeup) return next;
  // "Now", though this step could do nothing about it: somebody has to be asked again in a while.
  const auto wakeup = *step.next_wakeup > now ? *step.next_wakeup : now + std::chrono::seconds(1);
  return next ? std::min(*next, wakeup) : wakeup;
}

}  // namespace

Result<SimulationResult> simulate(Store& store, Processor& processor, SimulatedCarrier& carrier,
                                  ManualClock& clock, const SimulationOptions& options) {
  SimulationResult result;
  Instant last_call_at = clock.now();
  for (;;) {
    const auto now = clock.now();
    result.ended_at = now;
    const auto events = report_due(processor, carrier, now);
    if (!events) return tl::unexpected(events.error());
    const auto step = processor.step();
    if (!step) return tl::unexpected(step.error());
    ++result.steps;
    result.events += *events;
    result.dialed += step->dialed;
    if (options.on_step && !options.on_step(*step, now)) return result;
    if (step->claimed > 0) {
      last_call_at = now;
      continue;  // There may be more of them than one step takes.
    }

    const auto next = next_instant(store, *step, carrier, now);
    if (!next) return tl::unexpected(next.error());
    result.idle = !*next;
    if (!*next || **next > last_call_at + patience) return result;
    if (options.until && **next > *options.until) {
      clock.advance_to(*options.until);
      result.ended_at = clock.now();
      return result;
    }
    clock.advance_to(**next);
  }
}

}  // namespace callqueue
