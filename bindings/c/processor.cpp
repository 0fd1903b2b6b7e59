#include "callqueue/processor.hpp"

#include <atomic>
#include <mutex>
#include <stop_token>

#include "bindings/c/callbacks.hpp"
#include "bindings/c/hand_out.hpp"
#include "bindings/c/handles.hpp"
#include "bindings/c/one_at_a_time.hpp"
#include "bindings/c/values.hpp"

namespace callqueue::c {
namespace {

using SteadyClock = std::chrono::steady_clock;

ProcessorOptions options_of(const cq_processor_options& options) {
  return {.worker = text(options.worker, "worker"),
          .batch = options.batch,
          .parallelism = options.parallelism,
          .lease = seconds(options.lease_seconds, "lease"),
          .poll = milliseconds(options.poll_ms, "poll"),
          .stop_deadline = milliseconds(options.stop_deadline_ms, "stop_deadline"),
          .max_backoff = milliseconds(options.max_backoff_ms, "max_backoff")};
}

/// Dialers that a thread may still be in: a run that ended at its deadline left it to itself.
void keep_for_good(std::unique_ptr<HostDialer> dialer) {
  static std::mutex mutex;
  static auto& kept = *new std::vector<std::unique_ptr<HostDialer>>;  // Threads outlive `main`.
  const std::lock_guard lock{mutex};
  kept.push_back(std::move(dialer));
}

}  // namespace
}  // namespace callqueue::c

/// A processor with what it needs for as long as it is there.
struct cq_processor {
  cq_processor(std::shared_ptr<callqueue::Store> a_store, const cq_dialer& a_dialer,
               const callqueue::ProcessorOptions& options, const cq_observer& an_observer)
      : store(std::move(a_store)),
        dialer(std::make_unique<callqueue::c::HostDialer>(a_dialer)),
        observer(an_observer),
        stop_deadline(options.stop_deadline),
        processor(std::make_unique<callqueue::Processor>(*store, *dialer, options, &observer)) {}
  ~cq_processor() {
    processor.reset();
    if (may_be_dialing) callqueue::c::keep_for_good(std::move(dialer));
  }
  cq_processor(const cq_processor&) = delete;
  cq_processor& operator=(const cq_processor&) = delete;

  /// Whoever works holds this; see `work_on`.
  std::atomic<bool> busy = false;
  std::mutex mutex;       ///< Guards the two below.
  std::stop_source stop;  ///< Of the run under way, or the next one.
  std::optional<callqueue::c::SteadyClock::time_point> stopped;  ///< When that was asked to stop.
  /// Whether a run ended while the dialer had calls in its hands.
  bool may_be_dialing = false;

  std::shared_ptr<callqueue::Store> store;
  std::unique_ptr<callqueue::c::HostDialer> dialer;
  callqueue::c::HostObserver observer;
  const std::chrono::milliseconds stop_deadline;
  std::unique_ptr<callqueue::Processor> processor;
};

namespace callqueue::c {
namespace {

/// One run or step at a time.
OneAtATime work_on(cq_processor& processor) {
  return {processor.busy, "processor", "the processor is running already"};
}

std::stop_token token_of(cq_processor& processor) {
  const std::lock_guard lock{processor.mutex};
  return processor.stop.get_token();
}

/// The stop has had its effect; and a run that came to its end before the deadline has nobody in
/// the dialer.
void end_run(cq_processor& processor, bool drained) {
  const std::lock_guard lock{processor.mutex};
  const auto stopped = std::exchange(processor.stopped, {});
  processor.stop = std::stop_source{};
  const bool in_time = stopped && SteadyClock::now() - *stopped < processor.stop_deadline;
  if (!drained || !in_time) processor.may_be_dialing = true;
}

}  // namespace
}  // namespace callqueue::c

using namespace callqueue;

cq_status cq_processor_create(cq_store* store, const cq_dialer* dialer,
                              const cq_processor_options* options, const cq_observer* observer,
                              cq_processor** processor, cq_error** error) {
  c::clear(processor);
  return c::guard(error, [&] {
    auto& made = c::out(processor, "processor");
    const auto& opened = c::handle(store, "store");
    const auto host = c::needed(dialer, "dialer");
    if (host.dial == nullptr) c::refuse("dial", "is missing");
    made = new cq_processor{opened.store, host, c::options_of(c::or_defaults(options)),
                            c::or_defaults(observer)};
  });
}

void cq_processor_free(cq_processor** processor) {
  if (processor == nullptr) return;
  delete *processor;
  *processor = nullptr;
}

cq_status cq_processor_run(cq_processor* processor, cq_error** error) {
  return c::guard(error, [&] {
    auto& host = c::handle(processor, "processor");
    const auto working = c::work_on(host);
    auto done = host.processor->run(c::token_of(host));
    c::end_run(host, done.has_value());
    c::value(std::move(done));
  });
}

void cq_processor_stop(cq_processor* processor) {
  if (processor == nullptr) return;
  std::stop_source stop{std::nostopstate};
  {
    const std::lock_guard lock{processor->mutex};
    if (!processor->stopped) processor->stopped = c::SteadyClock::now();
    stop = processor->stop;
  }
  stop.request_stop();
}

cq_status cq_processor_step(cq_processor* processor, cq_step_result* result, cq_error** error) {
  return c::guard(error, [&] {
    auto& host = c::handle(processor, "processor");
    if (result != nullptr) static_cast<void>(c::filled(result, "result"));
    const auto working = c::work_on(host);
    const auto done = c::value(host.processor->step());
    if (result != nullptr) c::fill_caller(done, *result);
  });
}

cq_status cq_processor_report(cq_processor* processor, const cq_call_event* events, size_t count,
                              cq_call_report_list** reports, cq_error** error) {
  return c::does(reports, error, [&] {
    auto& host = c::handle(processor, "processor");
    const auto said = c::values_of(events, count);
    return c::value(host.processor->report(said));
  });
}

void cq_processor_notify(cq_processor* processor) {
  if (processor != nullptr) processor->processor->notify();
}
