#include "callqueue/processor.hpp"

#include <unistd.h>
#include <algorithm>
#include <array>
#include <atomic>
#include <condition_variable>
#include <mutex>
#include <random>

#include "processor/call_work.hpp"
#include "processor/dial_pool.hpp"
#include "processor/gate.hpp"

namespace callqueue {
namespace {

using Milliseconds = std::chrono::milliseconds;

/// The first pause while there is work that cannot be done; and between two looks while it ends.
constexpr Milliseconds slice{50};
/// Between two rounds that others' changes cause and that find nothing, at first and at most: every
/// processor looks at every change, and most of them come too late.
constexpr Milliseconds first_calm{5};
constexpr Milliseconds longest_calm{50};
constexpr Milliseconds first_backoff{100};

std::string default_worker() {
  std::array<char, 256> host{};
  if (gethostname(host.data(), host.size() - 1) != 0) host[0] = '\0';
  return std::string(host.data()) + ":" + std::to_string(getpid()) + ":" +
         std::to_string(std::random_device{}());
}

/// The options, each within its bounds.
ProcessorOptions bounded(ProcessorOptions options) {
  if (options.worker.empty()) options.worker = default_worker();
  options.batch = std::clamp(options.batch, 1, 1000);
  options.parallelism = std::max(options.parallelism, 1);
  options.lease = std::clamp<std::chrono::seconds>(options.lease, std::chrono::seconds(1),
                                                   std::chrono::hours(1));
  return options;
}

tl::unexpected<Error> runs_already() {
  return fail(ErrorCode::conflict, "the processor runs already", "processor");
}

}  // namespace

struct __attribute__((visibility("hidden"))) Processor::Impl {
  Impl(Store& a_store, Dialer& a_dialer, ProcessorOptions some_options, Observer* observer)
      : store(a_store),
        dialer(a_dialer),
        options(bounded(std::move(some_options))),
        announcer(observer),
        work(a_store, a_dialer, announcer, options.worker, options.lease),
        pool(options.parallelism) {}
  ~Impl() { gate->close(); }

  /// One round. `look_up` takes every call to ask about, `dial` every call that was marked: at most
  /// `at_once` are marked before the first of them is dialed.
  template <class Dial, class LookUp>
  Result<StepResult> round(int room, const std::stop_token& stop, std::size_t at_once, Dial&& dial,
                           LookUp&& look_up);
  /// Claims at most so many calls, marks and dials them. @return how many of each.
  template <class Dial>
  Result<StepResult> take(int most, const std::stop_token& stop, std::size_t at_once, Dial&& dial);

  void dial_on_pool(const ClaimedCall& call);
  void look_up_on_pool(const Call& call);
  /// How many more calls could be handed to the dialer at once.
  [[nodiscard]] int room() const { return options.parallelism - busy; }
  void done() {
    --busy;
    ++returned;
    notify();
  }
  void notice_hanging();

  /// Nobody else works while this is there; none: somebody works already.
  using Working = std::unique_ptr<std::atomic<bool>, void (*)(std::atomic<bool>*)>;
  [[nodiscard]] Working work_alone() {
    return {working.exchange(true) ? nullptr : &working, [](auto* taken) { *taken = false; }};
  }

  /// Has the store's changes end the sleep between two rounds, if the store answers.
  Result<void> listen();
  /// Sleeps until something can have become possible.
  void rest(const StepResult& last, const std::stop_token& stop);
  void await_change(Milliseconds at_most, std::optional<Instant> until,
                    const std::stop_token& stop);
  void back_off(const Error& error, const std::stop_token& stop);
  void drain();
  void notify();
  /// Whether it was notified since it was taken last.
  bool is_notified();
  bool take_notified();
  /// Sleeps until notified, stopped or over.
  void sleep(Milliseconds time, const std::stop_token& stop);

  Store& store;
  Dialer& dialer;
  const ProcessorOptions options;
  Announcer announcer;
  CallWork work;
  DialPool pool;
  std::shared_ptr<Gate> gate = std::make_shared<Gate>();

  std::mutex mutex;
  std::unique_ptr<ChangeListener> listener;  ///< While it runs.
  std::condition_variable_any woken;
  bool notified = false;
  std::atomic<bool> working = false;        ///< Somebody runs or steps.
  std::atomic<int> busy = 0;                ///< Calls in the hands of the dialer.
  std::atomic<std::uint64_t> returned = 0;  ///< Calls that the dialer gave back.

  // Of the thread that runs.
  struct {
    std::uint64_t returned = 0;
    std::optional<Instant> since;  ///< When `returned` was first seen with every thread busy.
    bool told = false;
  } hanging;
  Milliseconds backoff{0};     ///< Zero while the store answers.
  Milliseconds idle_pause{0};  ///< Grows while time says "now" and yet nothing can be done.
  Milliseconds calm{0};        ///< Grows while others change much and nothing can be done.
  bool was_told = false;       ///< That something may start, and has not claimed since.
};

Processor::Processor(Store& store, Dialer& dialer, ProcessorOptions options, Observer* observer)
    : impl_(std::make_unique<Impl>(store, dialer, std::move(options), observer)) {}

Processor::~Processor() = default;

template <class Dial, class LookUp>
Result<StepResult> Processor::Impl::round(int room, const std::stop_token& stop,
                                          std::size_t at_once, Dial&& dial, LookUp&& look_up) {
  if (const auto kept = work.record_kept(); !kept) return tl::unexpected(kept.error());
  StepResult sum;
  const auto advance = [&] {
    return work.advance().map([&](const AdvanceResult& advanced) { sum.advanced = advanced; });
  };
  const auto take_more = [&] {
    return take(std::min(room, options.batch), stop, at_once, dial)
        .map([&](const StepResult& taken) {
          room -= taken.claimed;
          sum.claimed += taken.claimed;
          sum.dialed += taken.dialed;
        });
  };
  // Who waits for what others have just brought about does not wait for what time has.
  const bool woken = std::exchange(was_told, false);
  if (!woken) {
    if (const auto done = advance(); !done) return tl::unexpected(done.error());
  }
  // Before claims, which take all the room there is.
  const auto lapsed = work.lapsed(room);
  if (!lapsed) return tl::unexpected(lapsed.error());
  for (const auto& call : *lapsed) look_up(call);
  room -= static_cast<int>(lapsed->size());

  if (const auto taken = take_more(); !taken) return tl::unexpected(taken.error());
  if (stop.stop_requested()) return sum;
  if (woken) {
    if (const auto done = advance(); !done) return tl::unexpected(done.error());
    if (sum.advanced.total() > 0) {
      if (const auto taken = take_more(); !taken) return tl::unexpected(taken.error());
    }
  }
  const auto wakeup = store.next_wakeup();
  if (!wakeup) return tl::unexpected(wakeup.error());
  sum.next_wakeup = *wakeup;
  return sum;
}

template <class Dial>
Result<StepResult> Processor::Impl::take(int most, const std::stop_token& stop, std::size_t at_once,
                                         Dial&& dial) {
  StepResult taken;
  const auto claimed = work.claim(most);
  if (!claimed) return tl::unexpected(claimed.error());
  taken.claimed = *claimed;
  // What is not marked yet can still go back without a trace.
  while (work.holds_calls() && !stop.stop_requested()) {
    const auto marked = work.mark(at_once);
    if (!marked) return tl::unexpected(marked.error());
    for (const auto& call : *marked) dial(call);
    taken.dialed += static_cast<int>(marked->size());
  }
  return taken;
}

Result<StepResult> Processor::step(const std::stop_token& stop) {
  auto& impl = *impl_;
  const auto alone = impl.work_alone();
  if (!alone) return runs_already();
  // Dialing one after the other may take longer than a lease lasts: each is marked in its turn.
  auto done = impl.round(
      impl.options.batch, stop, 1,
      [&](const ClaimedCall& call) {
        if (impl.work.still_leased(call)) impl.work.record(call, dial_safely(impl.dialer, call));
      },
      [&](const Call& call) {
        std::optional<LookupResult> answer;
        if (!stop.stop_requested()) answer = look_up_safely(impl.dialer, call);
        impl.work.settle(call, answer);
      });
  if (stop.stop_requested()) impl.work.give_back();
  return done;
}

void Processor::Impl::dial_on_pool(const ClaimedCall& call) {
  ++busy;
  pool.run([this, kept_gate = gate, &host = dialer, call] {
    if (const Gate::Pass pass(*kept_gate); !pass || !work.still_leased(call)) {
      if (pass) done();
      return;
    }
    const auto result = dial_safely(host, call);  // From here on the processor may be gone.
    if (const Gate::Pass pass(*kept_gate); pass) {
      work.record(call, result);
      done();
    }
  });
}

void Processor::Impl::look_up_on_pool(const Call& call) {
  ++busy;
  pool.run([this, kept_gate = gate, &host = dialer, call] {
    const auto answer = look_up_safely(host, call);
    if (const Gate::Pass pass(*kept_gate); pass) {
      work.settle(call, answer);
      done();
    }
  });
}

Result<void> Processor::run(const std::stop_token& stop) {
  auto& impl = *impl_;
  const auto alone = impl.work_alone();
  if (!alone) return runs_already();
  const std::stop_callback wake(stop, [&] { impl.notify(); });
  while (!stop.stop_requested()) {
    impl.notice_hanging();
    // Before the round: what is committed during it is looked at once more.
    const auto worked = impl.listen().and_then([&] {
      return impl.round(
          impl.room(), stop, static_cast<std::size_t>(impl.options.batch),
          [&](const ClaimedCall& call) { impl.dial_on_pool(call); },
          [&](const Call& call) { impl.look_up_on_pool(call); });
    });
    if (!worked) {
      if (worked.error().code == ErrorCode::corrupt) return tl::unexpected(worked.error());
      impl.back_off(worked.error(), stop);
      continue;
    }
    if (std::exchange(impl.backoff, Milliseconds{0}) > Milliseconds{0}) {
      impl.announcer.tell([](Observer& o) { o.on_available(); });
    }
    impl.rest(*worked, stop);
  }
  impl.drain();
  impl.was_told = false;
  const std::lock_guard lock(impl.mutex);
  impl.listener.reset();
  return {};
}

Result<void> Processor::Impl::listen() {
  if (listener) return {};
  auto made = store.listen();
  if (!made) return tl::unexpected(made.error());
  const std::lock_guard lock(mutex);
  listener = *std::move(made);
  return {};
}

void Processor::Impl::notice_hanging() {
  if (room() > 0) {
    hanging = {.returned = returned};
    return;
  }
  const auto now = store.now();
  if (!now) return;
  if (!hanging.since || hanging.returned != returned) {
    hanging = {.returned = returned, .since = *now};
  } else if (!hanging.told && *now - *hanging.since > options.lease) {
    hanging.told = true;
    announcer.tell([&](Observer& o) { o.on_dialer_hangs(options.parallelism); });
  }
}

void Processor::Impl::rest(const StepResult& last, const std::stop_token& stop) {
  if (last.claimed >= options.batch && room() > 0) return;
  const bool worked = last.claimed > 0 || last.advanced.total() > 0;
  if (worked) calm = Milliseconds{0};
  const auto now = store.now();
  const bool overdue = last.next_wakeup && now && *last.next_wakeup <= *now;
  idle_pause = overdue && !worked ? std::min(std::max(idle_pause * 2, slice), options.poll)
                                  : Milliseconds{0};
  await_change(overdue ? std::min(std::max(idle_pause, slice), options.poll) : options.poll,
               overdue ? std::nullopt : last.next_wakeup, stop);
}

void Processor::Impl::await_change(Milliseconds at_most, std::optional<Instant> until,
                                   const std::stop_token& stop) {
  // The listener cannot have been woken by what came before there was one.
  was_told = take_notified();
  if (was_told) {
    calm = Milliseconds{0};
    return;
  }
  const auto start = std::chrono::steady_clock::now();
  const auto slept = [&] {
    return std::chrono::ceil<Milliseconds>(std::chrono::steady_clock::now() - start);
  };
  Changes changes;
  do {
    changes = listener->wait(std::max(at_most - slept(), Milliseconds{0}), until);
    // What came at the same time has taken the wake-up with it.
  } while (changes.any() && !changes.may_start && !is_notified() && slept() < at_most);
  const bool notified_too = take_notified();
  was_told = notified_too || changes.may_start;
  if (notified_too || !changes.may_start) {
    calm = Milliseconds{0};
    return;
  }
  if (slept() < calm) sleep(calm - slept(), stop);
  calm = std::clamp(calm * 2, first_calm, longest_calm);
}

void Processor::Impl::back_off(const Error& error, const std::stop_token& stop) {
  backoff = std::min(std::max(backoff * 2, first_backoff), options.max_backoff);
  announcer.tell([&](Observer& o) { o.on_unavailable(error, backoff); });
  // A notification does not bring the store back: only a stop ends the pause early.
  const auto end = std::chrono::steady_clock::now() + backoff;
  std::unique_lock lock(mutex);
  woken.wait_until(lock, stop, end, [] { return false; });
}

void Processor::Impl::drain() {
  work.give_back();
  const auto deadline = std::chrono::steady_clock::now() + options.stop_deadline;
  while (busy > 0 || work.keeps_records()) {
    static_cast<void>(work.record_kept());
    if (std::chrono::steady_clock::now() >= deadline) return;
    sleep(slice, {});
  }
}

bool Processor::Impl::is_notified() {
  const std::lock_guard lock(mutex);
  return notified;
}

bool Processor::Impl::take_notified() {
  const std::lock_guard lock(mutex);
  return std::exchange(notified, false);
}

void Processor::Impl::sleep(Milliseconds time, const std::stop_token& stop) {
  std::unique_lock lock(mutex);
  woken.wait_for(lock, stop, time, [&] { return notified; });
  notified = false;
}

void Processor::Impl::notify() {
  const std::lock_guard lock(mutex);
  notified = true;
  woken.notify_all();
  if (listener) listener->wake();
}

Result<std::vector<Result<CallReport>>> Processor::report(std::span<const CallEvent> events) {
  auto reports = impl_->work.report(events);
  if (reports) impl_->notify();
  return reports;
}

void Processor::notify() { impl_->notify(); }

}  // namespace callqueue
