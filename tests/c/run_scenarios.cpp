// run_scenarios_c [--all-must-fail] STORE FILE…
//
// Runs the cases of tests/scenarios through the C API; README.md there says what they look like.

#include <fstream>
#include <iostream>

#include "c/scenario_operations.hpp"
#include "scenarios/matching.hpp"

namespace {

using callqueue::scenarios::difference;
using callqueue::scenarios::Names;
using callqueue::scenarios::part;
using scenario::Json;

const scenario::Operations& operations() {
  static const scenario::Operations all = [] {
    auto made = scenario::store_operations();
    made.merge(scenario::campaign_operations());
    made.merge(scenario::queue_operations());
    made.merge(scenario::call_operations());
    made.merge(scenario::core_operations());
    return made;
  }();
  return all;
}

/// What went otherwise than a step expects; empty: nothing.
std::string take_step(const Json& step, cq_store* store, Names& names) {
  const auto operation = operations().find(step.at("do").get<std::string>());
  if (operation == operations().end()) return "there is no such operation";
  scenario::With with{names.resolved(step.value("with", Json::object()))};
  Json result;
  try {
    result = operation->second(store, with);
  } catch (const scenario::Failed& failed) {
    const Json error{{"code", failed.code},
                     {"field", failed.field.empty() ? Json{} : Json(failed.field)}};
    if (!step.contains("fails")) return "failed: " + error.dump();
    Json expected = step["fails"];
    if (!expected.contains("field")) expected["field"] = nullptr;
    return difference(expected, error, "the error");
  }
  if (step.contains("fails")) return "did not fail, but gave " + result.dump();
  const Json saves = step.value("save", Json::object());
  for (const auto& [saved, path] : saves.items()) {
    names.saved[saved] = part(result, path.get<std::string>());
  }
  return step.contains("gives") ? difference(names.resolved(step["gives"]), result) : "";
}

/// As `take_step`, of a whole case.
std::string run_case(const std::string& url, const Json& wanted) {
  Names names;
  names.begins = callqueue::parse_instant(wanted.at("clock").get<std::string>()).value();
  scenario::now_is = names.begins.time_since_epoch().count();
  cq_store* store = scenario::open_store(url.c_str());
  if (wanted.value("migrate", true)) ASK(cq_store_migrate(store, nullptr, nullptr, &error));
  std::string wrong;
  int number = 0;
  for (const auto& step : wanted.at("steps")) {
    ++number;
    wrong = take_step(step, store, names);
    if (wrong.empty()) continue;
    wrong = "step " + std::to_string(number) + ", " + step["do"].get<std::string>() + ": " + wrong;
    break;
  }
  cq_store_close(&store);
  return wrong;
}

/// The URL of a case's own database.
std::string url_of(std::string url, int number) {
  const auto place = url.find("{}");
  return place == std::string::npos ? url : url.replace(place, 2, std::to_string(number));
}

}  // namespace

int main(int count, char** arguments) {
  std::vector<std::string> words(arguments + 1, arguments + count);
  const bool turned_round = !words.empty() && words.front() == "--all-must-fail";
  if (turned_round) words.erase(words.begin());
  if (words.size() < 2) return 2;
  int passed = 0;
  int failed = 0;
  for (std::size_t i = 1; i < words.size(); ++i) {
    std::ifstream file{words[i]};
    for (const auto& wanted : Json::parse(file)) {
      std::string wrong;
      try {
        wrong = run_case(url_of(words.front(), passed + failed + 1), wanted);
      } catch (const scenario::Failed& error) {
        wrong = "the database: " + error.code + ' ' + error.field;
      } catch (const std::exception& error) {
        wrong = error.what();
      }
      const bool good = wrong.empty() != turned_round;
      ++(good ? passed : failed);
      if (!good) std::cout << wanted["name"] << ": " << (wrong.empty() ? "passed" : wrong) << '\n';
    }
  }
  const int all = passed + failed;
  std::cout << "  " << passed << " test cases out of " << all << " passed\n";
  if (failed > 0) std::cout << "  " << failed << " test cases out of " << all << " failed\n";
  return failed == 0 && passed > 0 ? 0 : 1;
}
