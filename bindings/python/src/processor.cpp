#include "callqueue/processor.hpp"

#include "enums.hpp"
#include "model.hpp"
#include "open_store.hpp"
#include "topics.hpp"

namespace callqueue::python {
namespace {

using py::arg;

/// Whoever stands in `step` or `report` on this thread. What a callback of the host's raises there
/// that is no mere error (KeyboardInterrupt, SystemExit) is kept for it, and ends the step.
struct Caller {
  std::stop_source stop;
  std::exception_ptr raised;
};
thread_local Caller* caller = nullptr;

/// Only where this exception is being handled.
void interrupt_caller(const py::error_already_set& raised) {
  if (caller == nullptr || raised.matches(PyExc_Exception)) return;
  if (!caller->raised) caller->raised = std::current_exception();
  caller->stop.request_stop();
}

/// Works for a caller, who gets what was kept for it.
template <class Work>
auto for_caller(Work&& work) {
  Caller here;
  auto* const outer = std::exchange(caller, &here);
  auto done = work(here.stop.get_token());
  caller = outer;
  if (here.raised) std::rethrow_exception(here.raised);
  return value_of(std::move(done));
}

/// A dialer of Python's. Threads that hang in it may outlive the processor, so it is never deleted:
/// it lets go of what is Python's once it is told that it is over.
class PythonDialer final : public Dialer {
 public:
  PythonDialer(py::object dial, py::object lookup)
      : dial_(std::move(dial)), lookup_(std::move(lookup)), can_look_up_(!lookup_.is_none()) {}

  DialResult dial(const ClaimedCall& call) override {
    const py::gil_scoped_acquire gil;
    const py::object dialer = dial_;
    if (!dialer) return DialResult::uncertain("the processor is gone");
    try {
      return dialer(call).cast<DialResult>();
    } catch (const py::error_already_set& error) {
      interrupt_caller(error);
      return DialResult::uncertain("the dialer raised " +
                                   std::string(py::str(error.type().attr("__name__"))));
    }
  }
  [[nodiscard]] bool can_look_up() const override { return can_look_up_; }
  LookupResult lookup(const Call& call) override {
    const py::gil_scoped_acquire gil;
    const py::object ask = lookup_;
    if (!ask) throw std::runtime_error("the processor is gone");
    try {
      return ask(call).cast<LookupResult>();
    } catch (const py::error_already_set& error) {
      interrupt_caller(error);
      throw;
    }
  }

  void end() {
    dial_ = {};
    lookup_ = {};
  }

 private:
  py::object dial_;
  py::object lookup_;
  bool can_look_up_;
};

/// Tells one callable of Python's what a processor does: `tell(name, *arguments)`.
class PythonObserver final : public Observer {
 public:
  explicit PythonObserver(py::object tell) : tell_(std::move(tell)) {}

  void on_claim(int calls, std::chrono::nanoseconds took) override {
    tell("on_claim", calls, std::chrono::duration_cast<std::chrono::microseconds>(took));
  }
  void on_claimed(const ClaimedCall& call) override { tell("on_claimed", call); }
  void on_dialed(const ClaimedCall& call, const DialResult& result) override {
    tell("on_dialed", call, result);
  }
  void on_reported(const CallReport& report) override { tell("on_reported", report); }
  void on_advanced(const AdvanceResult& result) override { tell("on_advanced", result); }
  void on_unavailable(const Error& error, std::chrono::milliseconds backoff) override {
    const py::gil_scoped_acquire gil;
    tell("on_unavailable", to_exception(error), backoff);
  }
  void on_available() override { tell("on_available"); }
  void on_dialer_hangs(int threads) override { tell("on_dialer_hangs", threads); }

 private:
  template <class... Arguments>
  void tell(const char* name, const Arguments&... arguments) {
    const py::gil_scoped_acquire gil;
    if (tell_.is_none()) return;
    try {
      tell_(name, arguments...);
    } catch (const py::error_already_set& error) {
      interrupt_caller(error);
    }
  }

  py::object tell_;
};

/// A processor with what it works with.
class HeldProcessor {
 public:
  HeldProcessor(const OpenStore& store, py::object dial, py::object lookup, py::object tell,
                ProcessorOptions options)
      : store_(store.use()),
        dialer_(new PythonDialer(std::move(dial), std::move(lookup))),
        observer_(std::move(tell)),
        processor_(std::make_unique<Processor>(*store_, *dialer_, std::move(options), &observer_)),
        generation_(fork_generation()) {}
  ~HeldProcessor() {
    if (fork_generation() != generation_) {
      static_cast<void>(processor_.release());  // Its threads are the parent's.
      return;
    }
    {
      const py::gil_scoped_release release;  // Its threads may wait for the GIL.
      processor_.reset();
      store_.reset();
    }
    dialer_->end();
  }
  HeldProcessor(const HeldProcessor&) = delete;
  HeldProcessor& operator=(const HeldProcessor&) = delete;

  StepResult step() {
    return for_caller([&](const std::stop_token& stop) { return processor_->step(stop); });
  }
  void run() { value_of(processor_->run(stop_.get_token())); }
  void stop() { stop_.request_stop(); }
  std::vector<Result<CallReport>> report(const std::vector<CallEvent>& events) {
    return for_caller([&](const std::stop_token&) { return processor_->report(events); });
  }
  void notify() { processor_->notify(); }

 private:
  std::shared_ptr<Store> store_;
  PythonDialer* dialer_;
  PythonObserver observer_;
  std::unique_ptr<Processor> processor_;
  int generation_;
  std::stop_source stop_;
};

}  // namespace

void register_processor(py::module_& m) {
  Model<StepResult>(m, "StepResult", "What one `Processor.step` did.")
      .field("advanced", &StepResult::advanced, "What time drove.")
      .field("claimed", &StepResult::claimed, "Calls that were claimed.")
      .field("dialed", &StepResult::dialed, "Of those, handed to the dialer.")
      .field("next_wakeup", &StepResult::next_wakeup, "When time will give it work again.");
  const ProcessorOptions defaults;
  py::class_<HeldProcessor>(m, "Processor", "The compiled part of `callqueue.Processor`.")
      .def(py::init([](const OpenStore& store, py::object dial, py::object lookup, py::object tell,
                       const std::string& worker, int batch, int parallelism,
                       NamedSeconds<"lease"> lease, NamedMilliseconds<"poll"> poll,
                       NamedMilliseconds<"stop_deadline"> stop_deadline,
                       NamedMilliseconds<"max_backoff"> max_backoff) {
             return std::make_unique<HeldProcessor>(
                 store, std::move(dial), std::move(lookup), std::move(tell),
                 ProcessorOptions{worker, batch, parallelism, lease, poll, stop_deadline,
                                  max_backoff});
           }),
           arg("store"), arg("dial"), arg("lookup") = py::none(), arg("tell") = py::none(),
           py::kw_only(), arg("worker") = "", arg("batch") = defaults.batch,
           arg("parallelism") = defaults.parallelism, arg("lease") = defaults.lease,
           arg("poll") = defaults.poll, arg("stop_deadline") = defaults.stop_deadline,
           arg("max_backoff") = defaults.max_backoff, "Callables that do not raise.")
      .def("step", &HeldProcessor::step, Released(), "One round on the caller's thread.")
      .def("run", &HeldProcessor::run, Released(), "Works until stopped.")
      .def("stop", &HeldProcessor::stop, Released(), "Ends `run`, also the next one.")
      .def("report", &HeldProcessor::report, Released(), arg("events"),
           "Reports events and wakes `run`.")
      .def("notify", &HeldProcessor::notify, Released(), "Wakes `run`.");
}

}  // namespace callqueue::python
