// The whole store against a plain model, under random sequences of everything that can be done.
//
// RC_PARAMS sets seed, number and size of the runs (see rapidcheck). CALLQUEUE_LONG=1 runs many
// more.
#include <rapidcheck.h>

#include <cstdlib>
#include <exception>
#include <string>

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

/// Number and size of the runs, unless they were asked for.
struct Parameters {
  Parameters() {
    auto parameters = environment("RC_PARAMS");
    if (parameters.find("max_success") != std::string::npos) return;
    parameters += environment("CALLQUEUE_LONG") == "1" ? " max_success=3000 max_size=300"
                                                       : " max_success=40 max_size=150";
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

/// Takes the steps, and tells the story if one goes wrong.
template <class Backend>
void run(const std::vector<Step>& steps) {
  Run run{std::make_unique<Backend>()};
  try {
    for (const auto& step : steps) run.take(step);
  } catch (const std::exception& failure) {
    std::string story;
    for (const auto& line : run.story()) story += line + ", ";
    RC_FAIL(story + "then " + failure.what());
  }
}

}  // namespace

BOOST_TEST_GLOBAL_CONFIGURATION(Parameters);

BOOST_AUTO_TEST_SUITE(store_model)

BOOST_AUTO_TEST_CASE_TEMPLATE(the_store_does_what_the_model_does, Backend,
                              callqueue::testing::SharedBackends) {
  const bool held = rc::check("the store does what the model does", [] {
    run<Backend>(*rc::gen::resize(300, rc::gen::container<std::vector<Step>>(any_step())));
  });
  BOOST_TEST(held);
}

BOOST_AUTO_TEST_CASE(every_operation_was_taken) {
  // A run that never claims, or never imports, shows nothing.
  std::string seen;
  for (const auto& [name, count] : Run::coverage()) {
    seen += name + " " + std::to_string(count) + ", ";
  }
  BOOST_TEST_MESSAGE(seen);
  BOOST_TEST(Run::coverage().size() == 28U);
  BOOST_TEST(Run::coverage()["claim"] > 100);
  BOOST_TEST(Run::coverage()["crash"] > 20);
}

BOOST_AUTO_TEST_SUITE_END()
