#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <csignal>
#include <functional>
#include <limits>
#include <optional>
#include <thread>

#include <fmt/core.h>

#include "callqueue/processor.hpp"
#include "cli/command.hpp"
#include "cli/exec_dialer.hpp"
#include "cli/find.hpp"
#include "cli/output.hpp"
#include "cli/persistence.hpp"
#include "cli/run_watch.hpp"
#include "simulated_carrier/simulate.hpp"

namespace callqueue::cli {
namespace {

struct RunOptions {
  bool simulate = false;
  std::string exec;
  CarrierBehaviour carrier;
  bool until_idle = false;
  std::string clock;  ///< real, virtual; empty: virtual when simulating until idle.
  std::string from;
  std::string until;
  int accept_timeout = 60;
  int stop_deadline = 30;
  ProcessorOptions processor;
};

constexpr std::chrono::milliseconds look{100};

bool is_virtual(const RunOptions& options) {
  return options.simulate &&
         (options.clock.empty() ? options.until_idle : options.clock == "virtual");
}

void check_usage(const RunOptions& options) {
  if (options.simulate == !options.exec.empty()) {
    throw CLI::RequiredError("exactly one of --simulate and --exec CMD");
  }
  if (!options.clock.empty() && options.clock != "real" && options.clock != "virtual") {
    throw CLI::ValidationError("--clock", "must be real or virtual");
  }
  if (options.clock == "virtual" && !options.simulate) {
    throw CLI::ValidationError("--clock", "virtual is for --simulate only");
  }
  if (!is_virtual(options) && !(options.from.empty() && options.until.empty())) {
    throw CLI::ValidationError("--from and --until", "need the virtual clock");
  }
}

std::optional<Instant> read_instant(const std::string& text, const char* option) {
  if (text.empty()) return std::nullopt;
  const auto at = parse_instant(text);
  if (!at) throw CLI::ValidationError(option, text + " is not an instant (2026-03-29T07:00:00Z)");
  return *at;
}

void print(const Context& context, const RunCounter& counter, Instant from, Instant to) {
  if (context.json) {
    print_line(fmt::format(R"({{{},"started_at":"{}","ended_at":"{}"}})", counter.json_fields(),
                           to_text(from), to_text(to)));
  } else {
    print_line(counter.text());
    print_line(fmt::format("from {} to {}", short_text(from), short_text(to)));
  }
}

/// The store's readiness is checked before a run settles down to trying again and again.
void check_ready(Store& store) { value(store.next_wakeup()); }

/// Calls that a simulated carrier still has would hold their slots for an hour after it is gone.
void end_calls(Processor& processor, SimulatedCarrier& carrier) {
  const auto ends = carrier.hang_up();
  if (!ends.empty()) value(processor.report(ends));
}

int run_in_virtual_time(const Context& context, const RunOptions& options) {
  const auto from = read_instant(options.from, "--from").value_or(SystemClock().now());
  const auto clock = std::make_shared<ManualClock>(from);
  // What a power cut would cost a simulation can be simulated again.
  const auto store = context.open(
      {.clock = clock, .durability = StoreOptions::Durability::normal, .create = false});
  check_ready(*store);
  Interruption interruption;
  interruption.start([] {});

  SimulatedCarrier carrier(clock, options.carrier);
  RunCounter counter(false);
  Processor processor(*store, carrier, options.processor, &counter);
  CampaignBars bars(*store);
  const auto result = value(simulate(
      *store, processor, carrier, *clock,
      {.until = read_instant(options.until, "--until"), .on_step = [&](const StepResult&, Instant) {
         bars.update();
         return !interruption.requested();
       }}));
  end_calls(processor, carrier);
  bars.finish();
  print(context, counter, from, result.ended_at);
  return 0;
}

using Question = std::function<bool()>;

/// A processor at work in real time, and what stops it.
class RealRun {
 public:
  RealRun(Store& store, Dialer& dialer, const RunOptions& options)
      : store_(store), options_(options), processor_(store, dialer, options.processor, &counter_) {}

  [[nodiscard]] Processor& processor() { return processor_; }
  [[nodiscard]] RunCounter& counter() { return counter_; }
  void stop() { stop_.request_stop(); }
  /// Waits once more for what the dialer had in its hands when the run ended.
  void finish() { static_cast<void>(processor_.run(stop_.get_token())); }

  /// @param busy whether events are still to come although no call is active.
  /// @param hopeless whether it has become pointless to go on.
  Result<void> run(const Question& busy, const Question& hopeless) {
    CampaignBars bars(store_);
    Result<void> worked;
    {
      const auto watcher = std::jthread([&](const std::stop_token& done) {
        while (!done.stop_requested()) {
          bars.update();
          if (hopeless() || (options_.until_idle && is_idle() && !busy())) return stop();
          std::this_thread::sleep_for(look);
        }
      });
      worked = processor_.run(stop_.get_token());
    }
    bars.finish();
    return worked;
  }

 private:
  [[nodiscard]] bool is_idle() {
    const auto idle = nothing_left(store_);
    return idle && *idle;
  }

  Store& store_;
  const RunOptions& options_;
  RunCounter counter_{true};
  Processor processor_;
  std::stop_source stop_;
};

int run_simulated(Context& context, const RunOptions& options) {
  Interruption interruption;
  auto& store = context.store();
  check_ready(store);
  const auto clock = std::make_shared<SystemClock>();
  const auto from = clock->now();
  SimulatedCarrier carrier(clock, options.carrier);
  RealRun run(store, carrier, options);
  interruption.start([&] { run.stop(); });
  {
    const auto delivery = std::jthread([&](const std::stop_token& stop) {
      carrier.deliver(stop, [&](std::span<const CallEvent> events) {
        return run.processor().report(events).has_value();
      });
    });
    value(run.run([&] { return carrier.next_event_at().has_value(); }, [] { return false; }));
  }
  end_calls(run.processor(), carrier);
  print(context, run.counter(), from, clock->now());
  return 0;
}

void complain(const std::string& message) { fmt::print(stderr, "callqueue: {}\n", message); }

/// What of an event the database has not.
std::string lost(const CallEvent& event, const Error& error) {
  return fmt::format("{}: that the call {} is {} is lost", error.message,
                     event.call_id == CallId{} ? event.provider_call_id : to_text(event.call_id),
                     event.status ? to_text(*event.status) : "disconnected");
}

/// What the program's lines do: everything that can fail is said and survived.
ExecDialer::Wishes wishes(Store& store, RealRun& run, Persistence& persistence) {
  return {.report =
              [&](const CallEvent& event) {
                const auto reports = persistence.run([&] {
                  return run.processor().report({&event, 1});
                });
                if (!reports) return complain(lost(event, reports.error()));
                if (!reports->front()) complain(reports->front().error().message);
              },
          .accept =
              [&](const CallRef& call, const std::string& id) {
                const auto accepted = persistence.run([&] { return store.accept_call(call, id); });
                if (!accepted) complain(accepted.error().message);
              },
          .find_user = [&store](CallId id) -> std::optional<UserId> {
            for (const auto& user : find_users(store, "")) {
              if (store.find_call(user.id, id)) return user.id;
            }
            return std::nullopt;
          },
          .complain = complain};
}

int run_program(Context& context, const RunOptions& options) {
  std::signal(SIGPIPE, SIG_IGN);  // The program may close its input.
  Interruption interruption;
  auto& store = context.store();
  check_ready(store);
  const auto from = SystemClock().now();
  ExecDialer dialer(options.exec, std::chrono::seconds(options.accept_timeout));
  RealRun run(store, dialer, options);
  interruption.start([&] { run.stop(); });

  std::atomic<bool> closed = false;
  std::atomic<bool> ended_early = false;
  Persistence persistence{complain};
  std::thread reader([&] {
    dialer.read_lines(wishes(store, run, persistence));
    ended_early = !closed;
    run.stop();
  });
  const auto give_back = [&] {
    for (const auto& call : dialer.take_never_sent()) {
      static_cast<void>(store.requeue_call(call, "the dialer program never saw it"));
    }
  };
  std::atomic<bool> deaf = false;
  const auto worked = run.run([] { return false; }, [&] { return deaf = dialer.is_deaf(); });
  closed = true;
  persistence.end_in(std::chrono::seconds(options.stop_deadline));
  dialer.child().close_input();
  give_back();  // Before the program has had its time to end: others may place them now.
  const int status = dialer.child().wait(options.processor.stop_deadline);
  reader.join();
  run.finish();
  give_back();
  value(worked);
  print(context, run.counter(), from, SystemClock().now());
  if (ended_early) {
    throw Refused{fmt::format("the dialer program ended by itself with status {}", status)};
  }
  if (deaf) {
    throw Refused{
        fmt::format("the dialer program takes no more calls; it ended with status {}", status)};
  }
  if (status != 0) throw Refused{fmt::format("the dialer program ended with status {}", status)};
  return 0;
}

int run(Context& context, const RunOptions& options) {
  check_usage(options);
  if (!options.exec.empty()) return run_program(context, options);
  return is_virtual(options) ? run_in_virtual_time(context, options)
                             : run_simulated(context, options);
}

void add_carrier_options(CLI::App* command, CarrierBehaviour& carrier) {
  command->add_option("--seed", carrier.seed, "Of the simulated carrier's luck")
      ->check(CLI::Range(0, std::numeric_limits<int>::max()))
      ->type_name("N")
      ->capture_default_str();
  const auto add_share = [&](const char* name, double& share, const char* help) {
    return command->add_option(name, share, help)
        ->check(CLI::Range(0.0, 1.0))
        ->type_name("SHARE")
        ->capture_default_str();
  };
  const std::array endings{
      add_share("--answered", carrier.answered, "Simulated calls answered by a person"),
      add_share("--voicemail", carrier.voicemail, "… by a machine"),
      add_share("--busy", carrier.busy, "… busy"),
      add_share("--no-answer", carrier.no_answer, "… not answered; the rest fails")};
  add_share("--rejected", carrier.rejected, "Refused before they are placed");
  add_share("--uncertain", carrier.uncertain, "Placed, but the answer is lost");
  add_share("--duplicated", carrier.duplicated, "Events that come twice");
  add_share("--late", carrier.late, "Calls whose last event is late");
  add_share("--out-of-order", carrier.out_of_order, "Calls whose last event comes first");
  add_share("--lost", carrier.lost, "Calls whose last event never comes");
  // A call ends one way. Shares that are not given take what is left, hence only those given count.
  command->parse_complete_callback([endings] {
    double sum = 0;
    for (const auto* share : endings) sum += share->count() > 0 ? share->as<double>() : 0;
    if (sum > 1 + 1e-9) {
      throw CLI::ValidationError("--answered, --voicemail, --busy and --no-answer",
                                 "add up to more than 1");
    }
  });
}

}  // namespace

void add_run_command(CLI::App& app, Context& context) {
  auto* command = app.add_subcommand("run", "Work campaigns off");
  auto options = std::make_shared<RunOptions>();
  command->add_flag("--simulate", options->simulate, "Dial with a simulated carrier");
  command
      ->add_option("--exec", options->exec,
                   "Dial with a program: claimed calls in, events out, as JSON lines")
      ->type_name("CMD");
  command->add_flag("--until-idle", options->until_idle,
                    "End once nothing is left to do (else: at Ctrl-C)");
  command->add_option("--clock", options->clock,
                      "real or virtual; simulating until idle is virtual, all else real");
  command->add_option("--from", options->from, "Where the virtual clock starts; none: now");
  command->add_option("--until", options->until, "Where the virtual clock ends");
  command
      ->add_option("--accept-timeout", options->accept_timeout,
                   "Seconds the program has to answer for a call")
      ->check(CLI::Range(1, 3600))
      ->capture_default_str();
  command
      ->add_option("--stop-deadline", options->stop_deadline,
                   "Seconds a stop waits for calls being dialed, then for the program to end")
      ->check(CLI::Range(0, 3600))
      ->capture_default_str();
  command->add_option("--worker", options->processor.worker, "Unique among running processors");
  command->add_option("--parallelism", options->processor.parallelism, "Most dials at once")
      ->check(CLI::Range(1, 1000))
      ->capture_default_str();
  command->add_option("--batch", options->processor.batch, "Most calls claimed at once")
      ->check(CLI::Range(1, 1000))
      ->capture_default_str();
  add_carrier_options(command, options->carrier);
  on(command, context, [&context, options] {
    options->processor.stop_deadline = std::chrono::seconds(options->stop_deadline);
    return run(context, *options);
  });
}

}  // namespace callqueue::cli
