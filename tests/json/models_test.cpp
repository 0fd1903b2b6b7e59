#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

#include "callqueue/json.hpp"

using namespace callqueue;
using Json = nlohmann::ordered_json;

namespace {

Instant at(std::string_view text) { return parse_instant(text).value(); }
template <class AnyId>
AnyId id(int number) {
  AnyId made;
  made.value.bytes[15] = static_cast<std::uint8_t>(number);
  return made;
}
std::string id_text(int number) {
  return "00000000-0000-0000-0000-00000000000" + std::to_string(number);
}

std::vector<std::string> names(const Json& object) {
  std::vector<std::string> list;
  for (const auto& item : object.items()) list.push_back(item.key());
  return list;
}
using Names = std::vector<std::string>;

QueuedCall queued_call() {
  return {.id = id<QueuedCallId>(1),
          .user_id = id<UserId>(2),
          .agent_id = id<AgentId>(3),
          .contact_id = id<ContactId>(4),
          .phone_number = "+493012345678",
          .user_data = R"({"priority":5,"city":"K\u00f6ln"})",
          .scheduled_for = at("2026-03-29T01:00:00Z"),
          .created_at = at("2026-03-29T00:00:00.25Z"),
          .updated_at = at("2026-03-29T00:00:00.25Z")};
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_campaign_has_the_columns_of_its_table_then_its_rules) {
  const CallCampaign campaign{.id = id<CampaignId>(1),
                              .user_id = id<UserId>(2),
                              .name = "Spring \"offer\"",
                              .agent_id = id<AgentId>(3),
                              .total_contacts = 7,
                              .start_date = parse_local_date("2026-03-01").value(),
                              .created_at = at("2026-02-01T00:00:00Z"),
                              .updated_at = at("2026-02-01T00:00:00Z")};
  const Json json = Json::parse(to_json(campaign));

  const Names columns{"id",
                      "user_id",
                      "name",
                      "description",
                      "agent_id",
                      "next_action",
                      "first_call_time",
                      "last_call_time",
                      "status",
                      "total_contacts",
                      "completed_calls",
                      "successful_calls",
                      "failed_calls",
                      "start_date",
                      "end_date",
                      "created_at",
                      "updated_at",
                      "started_at",
                      "completed_at",
                      "rules"};
  BOOST_TEST(names(json) == columns, boost::test_tools::per_element());
  BOOST_TEST(json["id"] == id_text(1));
  BOOST_TEST(json["name"] == "Spring \"offer\"");
  BOOST_TEST(json["description"].is_null());
  BOOST_TEST(json["first_call_time"] == "09:00");
  BOOST_TEST(json["status"] == "draft");
  BOOST_TEST(json["total_contacts"] == 7);
  BOOST_TEST(json["start_date"] == "2026-03-01");
  BOOST_TEST(json["end_date"].is_null());
  BOOST_TEST(json["created_at"] == "2026-02-01T00:00:00.000000Z");
}

BOOST_AUTO_TEST_CASE(campaign_rules_are_written_whole) {
  CallCampaign campaign;
  campaign.rules = {.timezone = "Europe/Berlin",
                    .clock = CallClock::campaign,
                    .weekly_windows = every_day({TimeOfDay{3600 * 9}, TimeOfDay{3600 * 24}}),
                    .excluded_dates = {parse_local_date("2026-12-25").value()},
                    .retry = {.outcomes = {CallOutcome::busy, CallOutcome::no_answer},
                              .max_attempts = 3,
                              .delays = {std::chrono::minutes{5}}},
                    .spread = true};
  const Json expected = Json::parse(R"({
    "timezone": "Europe/Berlin", "clock": "campaign", "weekly_windows": null,
    "excluded_dates": ["2026-12-25"],
    "retry": {"outcomes": ["busy", "no_answer"], "max_attempts": 3, "delays_seconds": [300]},
    "spread": true, "call_deadline_seconds": 3600})");
  Json rules = Json::parse(to_json(campaign))["rules"];
  BOOST_TEST(rules["weekly_windows"].size() == 7u);
  BOOST_TEST(rules["weekly_windows"][6] == Json::parse(R"([{"opens":"09:00","closes":"24:00"}])"));
  rules["weekly_windows"] = nullptr;
  BOOST_TEST(rules == expected);
}

BOOST_AUTO_TEST_CASE(a_queued_call_has_the_columns_of_its_table_first) {
  const Json json = Json::parse(to_json(queued_call()));

  Names first = names(json);
  BOOST_REQUIRE(first.size() == 23u);
  first.resize(19);
  const Names columns{"id",
                      "user_id",
                      "campaign_id",
                      "agent_id",
                      "contact_id",
                      "phone_number",
                      "contact_name",
                      "user_data",
                      "status",
                      "priority",
                      "position",
                      "scheduled_for",
                      "started_at",
                      "completed_at",
                      "call_id",
                      "failure_reason",
                      "last_system_allocation_at",
                      "created_at",
                      "updated_at"};
  BOOST_TEST(first == columns, boost::test_tools::per_element());
  BOOST_TEST(json["campaign_id"].is_null());
  BOOST_TEST(json["contact_name"].is_null());
  BOOST_TEST(json["user_data"] == Json::parse(R"({"priority":5,"city":"Köln"})"));
  BOOST_TEST(json["success"].is_null());
}

BOOST_AUTO_TEST_CASE(a_call_has_the_columns_of_its_table) {
  const Call call{.id = id<CallId>(1),
                  .user_id = id<UserId>(2),
                  .call_type = CallType::direct,
                  .status = CallStatus::no_answer,
                  .outcome = CallOutcome::no_answer,
                  .success = false,
                  .duration = std::chrono::seconds{61}};
  const Json json = Json::parse(to_json(call));

  const Names columns{"id",
                      "user_id",
                      "agent_id",
                      "contact_id",
                      "campaign_id",
                      "queue_id",
                      "phone_number",
                      "call_type",
                      "attempt",
                      "status",
                      "outcome",
                      "success",
                      "provider_call_id",
                      "leased_by",
                      "lease_expires_at",
                      "submitted_at",
                      "created_at",
                      "started_at",
                      "answered_at",
                      "ended_at",
                      "duration_seconds",
                      "failure_reason"};
  BOOST_TEST(names(json) == columns, boost::test_tools::per_element());
  BOOST_TEST(json["call_type"] == "direct");
  BOOST_TEST(json["outcome"] == "no_answer");
  BOOST_TEST(json["success"] == false);
  BOOST_TEST(json["duration_seconds"] == 61);
}

BOOST_AUTO_TEST_CASE(users_agents_and_contacts_have_the_columns_of_their_tables) {
  const User user{.id = id<UserId>(1), .name = "Ann", .concurrent_calls_limit = 3};
  BOOST_TEST(to_json(user) ==
             R"({"id":")" + id_text(1) + R"(","name":"Ann","email":null,"timezone":null,)" +
                 R"("concurrent_calls_limit":3,"system_concurrent_calls_limit":10})");
  const Agent agent{.id = id<AgentId>(2), .user_id = id<UserId>(1), .name = "Voice"};
  BOOST_TEST(to_json(agent) ==
             R"({"id":")" + id_text(2) + R"(","user_id":")" + id_text(1) + R"(","name":"Voice"})");
  const Contact contact{.id = id<ContactId>(3), .user_id = id<UserId>(1), .phone_number = "+49301"};
  BOOST_TEST(to_json(contact) ==
             R"({"id":")" + id_text(3) + R"(","user_id":")" + id_text(1) +
                 R"(","name":null,"phone_number":"+49301","email":null,"company":null,)" +
                 R"("notes":null,"timezone":null})");
}

BOOST_AUTO_TEST_CASE(an_access_token_is_written_without_its_hash) {
  const AccessToken token{.id = id<AccessTokenId>(1),
                          .role = AccessRole::administrator,
                          .name = "operations",
                          .created_at = at("2026-02-01T00:00:00Z"),
                          .expires_at = at("2026-03-01T00:00:00Z")};
  BOOST_TEST(to_json(token) ==
             R"({"id":")" + id_text(1) + R"(","user_id":null,"role":"administrator",)" +
                 R"("name":"operations","created_at":"2026-02-01T00:00:00.000000Z",)" +
                 R"("expires_at":"2026-03-01T00:00:00.000000Z","revoked_at":null})");
}

BOOST_AUTO_TEST_CASE(user_data_that_is_no_json_or_too_deep_is_written_as_text) {
  QueuedCall queued = queued_call();
  queued.user_data = "not json";
  BOOST_TEST(Json::parse(to_json(queued))["user_data"] == "not json");

  queued.user_data = std::string(100'000, '[') + std::string(100'000, ']');
  BOOST_TEST(Json::parse(to_json(queued))["user_data"] == queued.user_data);

  queued.user_data.clear();
  BOOST_TEST(Json::parse(to_json(queued))["user_data"] == Json::object());
}

BOOST_AUTO_TEST_CASE(any_bytes_make_one_line_of_valid_json) {
  QueuedCall queued = queued_call();
  queued.contact_name = std::string{"J\xFCrgen\n\"\\\x01\0\x7f", 12};
  queued.user_data = "{\n  \"a\": \"b\"\n}";
  const std::string text = to_json(queued);
  BOOST_TEST(text.find('\n') == std::string::npos);
  const Json json = Json::parse(text);
  BOOST_TEST(json["contact_name"].get<std::string>() ==
             (std::string{"J\xEF\xBF\xBDrgen\n\"\\\x01\0\x7f", 14}));
  BOOST_TEST(json["user_data"] == Json::parse(R"({"a":"b"})"));
}

BOOST_AUTO_TEST_CASE(a_claimed_call_leads_with_what_a_dialer_needs) {
  ClaimedCall claimed{.queued = queued_call(), .next_action = "book a visit"};
  claimed.call.id = id<CallId>(7);
  claimed.call.user_id = id<UserId>(2);
  claimed.call.phone_number = "+493012345678";
  const Json json = Json::parse(to_json(claimed));
  const Names expected{"user_id", "call_id", "phone_number", "next_action", "call", "queued"};
  BOOST_TEST(names(json) == expected, boost::test_tools::per_element());
  BOOST_TEST(json["call_id"] == id_text(7));
  BOOST_TEST(json["queued"]["user_data"]["priority"] == 5);

  // And its names are those of an event: sent back with a status it is one.
  Json event{{"user_id", json["user_id"]}, {"call_id", json["call_id"]}, {"status", "busy"}};
  BOOST_TEST((parse_call_event(event.dump()).value().call_id == claimed.call.id));
}

BOOST_AUTO_TEST_CASE(a_report_of_an_import_is_written_as_documented) {
  const CsvReport report{.campaign_id = id<CampaignId>(1),
                         .total = 3,
                         .imported = 2,
                         .failed = 1,
                         .errors = {{.line = 3, .field = "email", .value = "x", .reason = "Bad."}},
                         .errors_total = 1};
  BOOST_TEST(to_json(report) ==
             R"({"campaign_id":")" + id_text(1) +
                 R"(","total":3,"imported":2,"matched":0,"skipped":0,"failed":1,)" +
                 R"("errors":[{"line":3,"field":"email","value":"x","reason":"Bad."}],)" +
                 R"("errors_total":1})");
}

BOOST_AUTO_TEST_CASE(statistics_and_reports_are_objects_with_every_field) {
  CampaignAnalytics analytics;
  analytics.outcomes[CallOutcome::voicemail] = 4;
  analytics.daily.push_back({.at = "2026-03-29", .attempts = 5, .answered = 4, .successful = 3});
  const Json json = Json::parse(to_json(analytics));
  BOOST_TEST(json["statistics"].size() == 9u);
  BOOST_TEST(json["outcomes"] == Json::parse(R"({"voicemail":4})"));
  BOOST_TEST(json["daily"][0] ==
             Json::parse(R"({"at":"2026-03-29","attempts":5,"answered":4,"successful":3})"));
  BOOST_TEST(json["mean_duration_seconds"].is_null());

  BOOST_TEST(Json::parse(to_json(QueueStatistics{.queued = 2}))["queued"] == 2);
  BOOST_TEST(to_json(ExplainReason{.code = "paused", .text = "It is paused."}) ==
             R"({"code":"paused","text":"It is paused.","until":null,"conditional":false,)"
             R"("in_flight":0,"active":null,"limit":null})");
  BOOST_TEST(to_json(ImportError{.import_id = id<ImportId>(3),
                                 .imported_at = at("2026-03-25T10:00:00Z"),
                                 .error = {.line = 4,
                                           .field = "phone_number",
                                           .value = "12",
                                           .reason = "too short",
                                           .record = "12,\"Ann\""}}) ==
             R"({"import_id":")" + id_text(3) +
                 R"(","imported_at":"2026-03-25T10:00:00.000000Z",)" +
                 R"("line":4,"field":"phone_number","value":"12","reason":"too short",)" +
                 R"("record":"12,\"Ann\""})");
  BOOST_TEST(to_json(CampaignOutlook{
                 .timezone = "UTC",
                 .open_intervals = {{at("2026-03-25T10:00:00Z"), at("2026-03-25T18:00:00Z")}},
                 .forecast = {.unreached_rows = 2}}) ==
             R"({"timezone":"UTC","open_intervals":[{"opens_at":"2026-03-25T10:00:00.000000Z",)"
             R"("closes_at":"2026-03-25T18:00:00.000000Z"}],)"
             R"("ends_at":null,"starts_at":null,"unreached_rows":2,"reason":null})");
  BOOST_TEST(to_json(Forecast{.unreached_rows = 2, .reason = "paused"}) ==
             R"({"ends_at":null,"starts_at":null,"unreached_rows":2,"reason":"paused"})");
  BOOST_TEST(to_json(SlotUse{.active = 1, .limit = 2}) == R"({"active":1,"limit":2})");
  BOOST_TEST(to_json(MigrateResult{.to = 2, .applied = {"a", "b"}}) ==
             R"({"from":0,"to":2,"applied":["a","b"]})");
  const VerifyReport verify{
      .version = 2,
      .items = {{.kind = "table", .name = "calls"},
                {.kind = "index", .name = "i", .ok = false, .detail = "gone"}}};
  BOOST_TEST(to_json(verify) ==
             R"({"ok":false,"version":2,"items":[{"kind":"table","name":"calls","ok":true,)"
             R"("detail":null},{"kind":"index","name":"i","ok":false,"detail":"gone"}]})");
  BOOST_TEST(to_json(CallReport{.ended = true}).find(R"("queued":null)") != std::string::npos);
  BOOST_TEST(to_json(Error{ErrorCode::conflict, "It is final.", "status"}) ==
             R"({"code":"conflict","message":"It is final.","field":"status"})");
}

BOOST_AUTO_TEST_CASE(lists_and_pages_are_arrays_and_objects) {
  const std::vector<SlotUse> uses{{.active = 1, .limit = 2}, {.active = 0, .limit = 0}};
  BOOST_TEST(to_json(uses) == R"([{"active":1,"limit":2},{"active":0,"limit":0}])");
  BOOST_TEST(to_json(std::vector<SlotUse>{}) == "[]");
  BOOST_TEST(to_json(PageOf<SlotUse>{}) == R"({"items":[],"next_cursor":null})");
  BOOST_TEST(to_json(PageOf<SlotUse>{.items = {}, .next_cursor = "abc"}) ==
             R"({"items":[],"next_cursor":"abc"})");
}
