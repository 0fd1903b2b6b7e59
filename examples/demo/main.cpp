// Works off the campaigns of three users from CSV files, with a simulated carrier and in virtual
// time: days of calling in seconds. Leaves the database behind to be looked at.

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <thread>

#include <fmt/core.h>

#include "demo/fairness.hpp"
#include "demo/scene.hpp"
#include "demo/summary.hpp"
#include "simulated_carrier/progress_bars.hpp"
#include "simulated_carrier/simulate.hpp"

namespace callqueue::demo {
namespace {

constexpr std::string_view default_url = "sqlite:demo/callqueue_demo.db";
constexpr std::uint64_t seed = 2026;

struct Options {
  std::string url{default_url};
  std::string data = CALLQUEUE_DEMO_DATA;
  bool json = false;
  bool help = false;
};

constexpr const char* usage =
    "usage: callqueue_demo [--json] [--db URL] [--data FOLDER]\n\n"
    "Works off the campaigns of three users from CSV files: in virtual time, on a simulated "
    "carrier.\n\n"
    "  --json         print the summary as one JSON document and nothing else\n"
    "  --db URL       a database that is not there yet; default: sqlite:demo/callqueue_demo.db,\n"
    "                 made anew by every run\n"
    "  --data FOLDER  where the CSV files are\n";

std::optional<Options> read(int argc, char** argv) {
  Options options;
  for (int i = 1; i < argc; ++i) {
    const std::string_view argument = argv[i];
    if (argument == "--json") {
      options.json = true;
    } else if (argument == "--help" || argument == "-h") {
      options.help = true;
    } else if (argument == "--db" && i + 1 < argc) {
      options.url = argv[++i];
    } else if (argument == "--data" && i + 1 < argc) {
      options.data = argv[++i];
    } else {
      return std::nullopt;
    }
  }
  return options;
}

std::string path(const std::string& url) {
  constexpr std::string_view scheme = "sqlite:";
  return url.starts_with(scheme) ? url.substr(scheme.size()) : std::string{};
}

/// The default database is the demo's own; any other file is somebody's.
void make_room(const std::string& url) {
  namespace fs = std::filesystem;
  const auto file = path(url);
  if (url == default_url) {
    fs::create_directories(fs::path(file).parent_path());
    for (const auto* suffix : {"", "-wal", "-shm"}) fs::remove(file + suffix);
  } else if (!file.empty() && fs::exists(file)) {
    throw Failed{file + " is there already: name a new file"};
  }
}

/// Not a kind one: everything that can go wrong on the way does, now and then.
CarrierBehaviour behaviour() {
  return {.seed = seed,
          .answered = 0.5,
          .voicemail = 0.15,
          .busy = 0.1,
          .no_answer = 0.2,
          .mean_talk = std::chrono::minutes(4),
          .rejected = 0.02,
          .uncertain = 0.01,
          .duplicated = 0.05,
          .late = 0.02,
          .out_of_order = 0.05,
          .lost = 0.01};
}

/// Prints a text in lines that a terminal of 80 columns holds; all but the first are indented.
void print_folded(std::string text, const std::string& indent) {
  constexpr std::size_t columns = 79;
  while (text.size() > columns) {
    auto end = text.rfind(' ', columns);
    if (end == std::string::npos || end <= indent.size()) break;
    fmt::print("{}\n", text.substr(0, end));
    text.replace(0, end + 1, indent);
  }
  fmt::print("{}\n", text);
}

void describe(const Scene& scene) {
  for (const auto& user : scene.users) {
    fmt::print("{}, on {} time: {} calls at once at most\n", user.name, user.timezone,
               user.concurrent_calls_limit);
  }
  fmt::print("All together: {} calls at once at most\n\n", system_limit);
  for (const auto& staged : scene.campaigns) {
    const auto& report = staged.report;
    fmt::print("{}, from {}:\n  {} rows: {} imported, {} skipped, {} failed\n",
               staged.campaign.name, staged.file, report.total, report.imported, report.skipped,
               report.failed);
    for (const auto& error : report.errors) {
      print_folded(fmt::format("  line {}: {}{}{}", error.line, error.field,
                               error.field.empty() ? "" : ": ", error.reason),
                   "    ");
    }
  }
  fmt::print("\nA simulated carrier takes the calls, nobody is called; days take seconds.\n\n");
  std::fflush(stdout);  // The bars come on standard error.
}

/// Progress on a terminal: a bar a campaign, with the time on its clock, and the calls at once.
/// There, time goes by no faster than people can watch.
class Bars {
 public:
  Bars(Store& store, const Scene& scene) : store_(store), scene_(scene) {}
  void update(Instant now) {
    constexpr int haste = 4 * 3600;                         // Four hours a second …
    constexpr std::chrono::milliseconds longest_pause{30};  // … and a night is over at once.
    if (!bars_.is_shown()) return;
    const auto passed = std::chrono::duration_cast<std::chrono::milliseconds>(now - last_) / haste;
    if (last_ != Instant{}) std::this_thread::sleep_for(std::min(passed, longest_pause));
    last_ = now;
    if (bars_.due()) draw();
  }
  void draw() {
    std::vector<ProgressBar> lines;
    for (const auto& staged : scene_.campaigns) {
      const auto rows =
          value(store_.campaign_statistics(staged.campaign.user_id, staged.campaign.id));
      const auto now = value(store_.now());
      const auto zone = value(TimeZone::load(staged.campaign.rules.timezone));
      lines.push_back({.label = staged.campaign.name,
                       .done = rows.total_contacts - rows.queued - rows.processing,
                       .total = rows.total_contacts,
                       .note = fmt::format("{} in flight, {}", rows.processing,
                                           zone.local_text(now).substr(5, 11))});
    }
    bars_.draw(lines, calls_at_once());
  }

 private:
  /// `Calls at once: Nordlicht 2/2, Harbor 3/3, Atlas 1/5; all 6/6`
  std::string calls_at_once() {
    std::string text = "Calls at once: ";
    for (const auto& user : scene_.users) {
      const auto slots = value(store_.user_slots(user.id));
      text += fmt::format("{} {}/{}, ", user.name.substr(0, user.name.find(' ')), slots.active,
                          slots.limit);
    }
    const auto slots = value(store_.system_slots());
    return text + fmt::format("all {}/{}", slots.active, slots.limit);
  }

  Store& store_;
  const Scene& scene_;
  ProgressBars bars_;
  Instant last_;
};

void print_closing(const Options& options, const FairnessWatch& fairness,
                   const SimulatedCarrier& carrier) {
  fmt::print(
      "How evenly: of {} slots dealt while two or more users waited, nobody got more\n"
      "than {} ahead of another. The carrier placed {} calls, {} of them twice.\n",
      fairness.contested(), fairness.largest_lead(), carrier.placed(), carrier.dialed_twice());
  const auto file = path(options.url);
  if (!std::filesystem::exists(file)) return;
  fmt::print(
      "\nThe database is left behind. Look at it:\n"
      "  sqlite3 -box {} \\\n"
      "    \"SELECT status, outcome, count(*) FROM calls GROUP BY 1, 2\"\n"
      "  build/release/callqueue --db {} campaign list\n",
      file, options.url);
}

void run(const Options& options) {
  make_room(options.url);
  const auto clock = std::make_shared<ManualClock>(opening());
  const auto store =
      value(open_store(options.url, {.clock = clock,
                                     .uuids = std::make_shared<UuidSource>(seed),
                                     .durability = StoreOptions::Durability::normal}));
  value(store->migrate());
  const auto scene = set_up(*store, options.data);
  if (!options.json) describe(scene);

  std::vector<UserId> users;
  for (const auto& user : scene.users) users.push_back(user.id);
  FairnessWatch fairness(*store, std::move(users));
  SimulatedCarrier carrier(clock, behaviour());
  Processor processor(*store, carrier, {.worker = "demo"}, &fairness);
  Bars bars(*store, scene);
  value(
      simulate(*store, processor, carrier, *clock, {.on_step = [&](const StepResult&, Instant now) {
        fairness.on_step();
        if (!options.json) bars.update(now);
        return true;
      }}));
  if (!options.json) bars.draw();

  const auto summary = summarise(*store);
  fmt::print("{}\n", options.json ? to_json(summary, options.url) : "\n" + to_text(summary));
  if (!options.json) print_closing(options, fairness, carrier);
}

}  // namespace
}  // namespace callqueue::demo

int main(int argc, char** argv) {
  using namespace callqueue::demo;
  const auto options = read(argc, argv);
  if (!options) {
    std::fputs(usage, stderr);
    return 2;
  }
  if (options->help) {
    std::fputs(usage, stdout);
    return 0;
  }
  try {
    run(*options);
    return 0;
  } catch (const Failed& failed) {
    fmt::print(stderr, "callqueue_demo: {}\n", failed.message);
  } catch (const std::exception& error) {
    fmt::print(stderr, "callqueue_demo: {}\n", error.what());
  }
  return 1;
}
