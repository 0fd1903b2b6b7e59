// run_scenarios [--all-must-fail | --all-operations] STORE FILE…
//
// Runs the cases of the files on the store (`sqlite::memory:` or a PostgreSQL URL) through the C++
// API. README.md beside this file says what they look like.
//
//   --all-must-fail   every case has to fail
//   --all-operations  and they have to use every operation, and to provoke every error but
//   `internal`

#include <fstream>
#include <iostream>
#include <set>

#include "scenarios/arguments.hpp"
#include "scenarios/matching.hpp"

namespace {

using namespace callqueue;
using namespace callqueue::scenarios;

/// What the cases have made use of.
struct Seen {
  std::set<std::string> operations;
  std::set<std::string> errors;
};

const Operations& operations() {
  static const Operations all = [] {
    Operations made = people_operations();
    made.merge(campaign_operations());
    made.merge(queue_operations());
    made.merge(core_operations());
    return made;
  }();
  return all;
}

/// Of several databases each case has its own, which is migrated already.
Ground open_ground(std::string url, const Json& scenario, Instant begins) {
  static int cases = 0;
  ++cases;
  if (const auto place = url.find("{}"); place != std::string::npos) {
    url.replace(place, 2, std::to_string(cases));
  }
  Ground ground{nullptr, std::make_shared<ManualClock>(begins)};
  StoreOptions options{.clock = ground.clock};
  options.durability = StoreOptions::Durability::normal;
  ground.store = Arguments::must(open_store(url, options));
  if (scenario.value("migrate", true)) Arguments::must(ground.store->migrate());
  return ground;
}

/// What went otherwise than a step expects; empty: nothing.
std::string take_step(const Json& step, Ground& ground, Names& names, Seen& seen) {
  const auto name = step.at("do").get<std::string>();
  const auto operation = operations().find(name);
  if (operation == operations().end()) return "there is no such operation";
  seen.operations.insert(name);
  const Arguments with{names.resolved(step.value("with", Json::object()))};
  const auto result = operation->second(ground, with);
  if (!result) {
    const Json error = json_of(result.error());
    if (!step.contains("fails")) return "failed: " + error.dump();
    Json expected = step["fails"];
    if (!expected.contains("field")) expected["field"] = nullptr;
    seen.errors.insert(error["code"]);
    return difference(expected, error, "the error");
  }
  if (step.contains("fails")) return "did not fail, but gave " + result->dump();
  if (step.contains("save")) {
    for (const auto& [saved, path] : step["save"].items()) {
      names.saved[saved] = part(*result, path.get<std::string>());
    }
  }
  return step.contains("gives") ? difference(names.resolved(step["gives"]), *result) : "";
}

/// As `take_step`, of a whole case.
std::string run_case(const std::string& url, const Json& scenario, Seen& seen) {
  Names names;
  names.begins = Arguments::must(parse_instant(scenario.at("clock").get<std::string>()));
  Ground ground = open_ground(url, scenario, names.begins);
  int number = 0;
  for (const auto& step : scenario.at("steps")) {
    ++number;
    const auto wrong = take_step(step, ground, names, seen);
    if (!wrong.empty()) {
      return "step " + std::to_string(number) + ", " + step["do"].get<std::string>() + ": " + wrong;
    }
  }
  return "";
}

bool used_everything(const Seen& seen) {
  bool all = true;
  for (const auto& [name, operation] : operations()) {
    if (!seen.operations.contains(name))
      std::cout << "no scenario uses " << name << '\n', all = false;
  }
  for (int number = 1; number < static_cast<int>(ErrorCode::internal); ++number) {
    const std::string code{to_text(static_cast<ErrorCode>(number))};
    if (!seen.errors.contains(code))
      std::cout << "no scenario provokes " << code << '\n', all = false;
  }
  return all;
}

}  // namespace

int main(int count, char** arguments) {
  std::vector<std::string> words(arguments + 1, arguments + count);
  std::string mode;
  if (!words.empty() && words.front().starts_with("--")) {
    mode = words.front();
    words.erase(words.begin());
  }
  if (words.size() < 2) return 2;
  const auto url = words.front();
  int passed = 0;
  int failed = 0;
  Seen seen;
  for (std::size_t i = 1; i < words.size(); ++i) {
    std::ifstream file{words[i]};
    for (const auto& scenario : Json::parse(file)) {
      std::string wrong;
      try {
        wrong = run_case(url, scenario, seen);
      } catch (const std::exception& error) {
        wrong = error.what();
      }
      const bool good = wrong.empty() != (mode == "--all-must-fail");
      ++(good ? passed : failed);
      if (!good)
        std::cout << scenario["name"] << ": " << (wrong.empty() ? "passed" : wrong) << '\n';
    }
  }
  const int all = passed + failed;
  if (mode == "--all-operations" && !used_everything(seen)) ++failed;
  std::cout << "  " << passed << " test cases out of " << all << " passed\n";
  if (failed > 0) std::cout << "  " << failed << " test cases out of " << all << " failed\n";
  return failed == 0 && passed > 0 ? 0 : 1;
}
