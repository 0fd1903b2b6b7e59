#include <boost/test/unit_test.hpp>

#include "callqueue/json.hpp"

using namespace callqueue;

namespace {

CampaignRules full_rules() {
  CampaignRules rules{.timezone = "Europe/Berlin", .clock = CallClock::campaign, .spread = true};
  rules.weekly_windows.emplace()[4] = {{std::chrono::hours{9}, std::chrono::hours{12}},
                                       {std::chrono::hours{22}, std::chrono::hours{24}}};
  rules.excluded_dates = {parse_local_date("2026-12-25").value()};
  rules.retry = {.outcomes = {CallOutcome::no_answer, CallOutcome::busy},
                 .max_attempts = 3,
                 .delays = {std::chrono::minutes{5}, std::chrono::hours{1}}};
  rules.call_deadline = std::chrono::minutes{10};
  return rules;
}

}  // namespace

BOOST_AUTO_TEST_CASE(rules_that_were_written_are_read_back) {
  for (const auto& rules : {CampaignRules{}, full_rules()}) {
    BOOST_TEST((parse_campaign_rules(to_json(rules)).value() == rules));
  }
}

BOOST_AUTO_TEST_CASE(rules_that_are_not_given_stay) {
  auto expected = full_rules();
  BOOST_TEST((parse_campaign_rules("{}", full_rules()).value() == expected));
  BOOST_TEST(
      (parse_campaign_rules(R"({"retry":{},"clock":null})", full_rules()).value() == expected));
  expected.retry.max_attempts = 2;
  expected.timezone.clear();
  expected.weekly_windows.reset();
  BOOST_TEST(
      (parse_campaign_rules(R"({"retry":{"max_attempts":2},"timezone":null,"weekly_windows":null})",
                            full_rules())
           .value() == expected));
}

BOOST_AUTO_TEST_CASE(what_is_wrong_with_rules_is_named) {
  const std::pair<std::string, std::string> wrong[]{
      {"", "rules"},
      {"[]", "rules"},
      {"{", "rules"},
      {R"({"x":)" + std::string(40, '[') + std::string(40, ']') + '}', "rules"},
      {std::string(1'048'577, ' '), "rules"},
      {R"({"x":1})", "x"},
      {R"({"clock":"contact","clock":"contact"})", "clock"},
      {R"({"clock":"sun"})", "clock"},
      {R"({"timezone":5})", "timezone"},
      {R"({"timezone":"a\u0000"})", "timezone"},
      {R"({"spread":1})", "spread"},
      {R"({"call_deadline_seconds":-1})", "call_deadline_seconds"},
      {R"({"call_deadline_seconds":1.5})", "call_deadline_seconds"},
      {R"({"excluded_dates":"2026-12-25"})", "excluded_dates"},
      {R"({"excluded_dates":["2026-02-30"]})", "excluded_dates"},
      {R"({"retry":[]})", "retry"},
      {R"({"retry":{"max_attempts":"3"}})", "retry.max_attempts"},
      {R"({"retry":{"outcomes":["maybe"]}})", "retry.outcomes"},
      {R"({"retry":{"delays_seconds":[-1]}})", "retry.delays_seconds"},
      {R"({"retry":{"delays":[1]}})", "retry.delays"},
      {R"({"weekly_windows":[[]]})", "weekly_windows"},
      {R"({"weekly_windows":[[{"opens":"09:00"}],[],[],[],[],[],[]]})", "weekly_windows.closes"},
      {R"({"weekly_windows":[[{"opens":"25:00","closes":"09:00"}],[],[],[],[],[],[]]})",
       "weekly_windows.opens"},
  };
  for (const auto& [json, field] : wrong) {
    const auto rules = parse_campaign_rules(json);
    BOOST_TEST_REQUIRE(!rules, json);
    BOOST_TEST((rules.error().code == ErrorCode::invalid_argument), json);
    BOOST_TEST(rules.error().field == field, json);
  }
}
