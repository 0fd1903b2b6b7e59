// The whole store against a plain model, under random sequences of everything that can be done.
//
// RC_PARAMS sets seed, number and size of the runs (see rapidcheck). CALLQUEUE_LONG=1 runs many
// more.
#include <rapidcheck.h>

#include <algorithm>
#include <cstdlib>
#include <exception>
#include <stdexcept>
#include <string>
#include <string_view>

#include "model/steps.hpp"

using callqueue::model::Run;
using callqueue::model::Step;

namespace callqueue::model {

void showValue(const Step& step, std::ostream& out) {
  out << "{" << step.op << ", " << step.a << ", " << step.b << ", " << step.c << "}";
}

}  // namespace callqueue::model

namespace {

std::string environment(const char* name) {
  const char* value = std::getenv(name);
  return value != nullptr ? value : "";
}

bool is_long() { return environment("CALLQUEUE_LONG") == "1"; }

/// Number and size of the runs, unless they were asked for.
struct Parameters {
  Parameters() {
    auto parameters = environment("RC_PARAMS");
    if (parameters.find("max_success") != std::string::npos) return;
    parameters += is_long() ? " max_success=3000 max_size=300" : " max_success=40 max_size=150";
    setenv("RC_PARAMS", parameters.c_str(), 1);
  }
};

rc::Gen<Step> any_step() {
  // What a step does says nothing when it is smaller: a failure shrinks by leaving steps out.
  const auto number = [] {
    return rc::gen::noShrink(rc::gen::resize(100, rc::gen::inRange(0U, 1'000'000U)));
  };
  return rc::gen::build<Step>(rc::gen::set(&Step::op, number()), rc::gen::set(&Step::a, number()),
                              rc::gen::set(&Step::b, number()), rc::gen::set(&Step::c, number()));
}

[[noreturn]] void fail(const Run& run, const std::string& why) {
  std::string story;
  for (const auto& line : run.story()) story += line + ", ";
  RC_FAIL(story + "then " + why);
}

/// Takes the steps, and tells the story if one goes wrong.
template <class Backend>
void run(const std::vector<Step>& steps) {
  Run run{std::make_unique<Backend>()};
  try {
    for (const auto& step : steps) run.take(step);
  } catch (const std::exception& failure) {
    fail(run, failure.what());
  }
}

#ifdef CALLQUEUE_TEST_POSTGRES

/// The first line in which they differ.
std::string difference(const std::string& one, const std::string& other) {
  const auto place = std::mismatch(one.begin(), one.end(), other.begin(), other.end()).first;
  const auto begin = one.rfind('\n', static_cast<std::size_t>(place - one.begin())) + 1;
  const auto line = [&](const std::string& text) {
    return text.substr(begin, text.find('\n', begin) - begin);
  };
  return "the file says\n" + line(one) + "\nthe server\n" + line(other);
}

/// Without the last digits of `updated_at`: it grows with each change, if need be by a microsecond,
/// and how many changes a store makes of one is its own affair.
std::string without_ticks(std::string answers) {
  constexpr std::string_view kKey = R"("updated_at":")";
  constexpr std::size_t kMicroseconds = std::string_view{"2026-01-12T12:00:01.000"}.size();
  for (auto at = answers.find(kKey); at != std::string::npos; at = answers.find(kKey, at + 1)) {
    answers.replace(at + kKey.size() + kMicroseconds, 3, "000");
  }
  return answers;
}

/// Takes a file and a server through the same steps, by clocks that show the same, and compares all
/// that they answer.
void run_both(const std::vector<Step>& steps) {
  Run on_file{std::make_unique<callqueue::testing::SqliteFileBackend>()};
  Run on_server{std::make_unique<callqueue::testing::PostgresBackend>()};
  try {
    for (const auto& step : steps) {
      on_file.take(step);
      const auto expected = without_ticks(on_file.answers());
      on_server.take(step);
      const auto answers = without_ticks(on_server.answers());
      if (answers != expected) throw std::runtime_error(difference(expected, answers));
    }
  } catch (const std::exception& failure) {
    fail(on_file, failure.what());
  }
}

#endif

}  // namespace

BOOST_TEST_GLOBAL_CONFIGURATION(Parameters);

BOOST_AUTO_TEST_SUITE(store_model)

// The server's store is taken through the model below, beside a file.
BOOST_AUTO_TEST_CASE_TEMPLATE(the_store_does_what_the_model_does, Backend,
                              std::tuple<callqueue::testing::SqliteFileBackend>) {
  const bool held = rc::check("the store does what the model does", [] {
    run<Backend>(*rc::gen::resize(300, rc::gen::container<std::vector<Step>>(any_step())));
  });
  BOOST_TEST(held);
}

#ifdef CALLQUEUE_TEST_POSTGRES

BOOST_AUTO_TEST_CASE(file_and_server_do_what_the_model_does_and_answer_alike) {
  // A step takes a server fifty milliseconds.
  const int longest = is_long() ? 300 : 60;
  const bool held = rc::check("both stores answer alike", [longest] {
    run_both(*rc::gen::resize(longest, rc::gen::container<std::vector<Step>>(any_step())));
  });
  BOOST_TEST(held);
}

#endif

BOOST_AUTO_TEST_CASE(every_operation_was_taken) {
  // A run that never claims, or never imports, shows nothing.
  std::string seen;
  for (const auto& [name, count] : Run::coverage()) {
    seen += name + " " + std::to_string(count) + ", ";
  }
  BOOST_TEST_MESSAGE(seen);
  BOOST_TEST(Run::coverage().size() == 28U);
  BOOST_TEST(Run::coverage()["claim"] > 50);
  BOOST_TEST(Run::coverage()["crash"] > 20);
}

BOOST_AUTO_TEST_SUITE_END()
