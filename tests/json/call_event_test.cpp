#include <rapidcheck.h>
#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

#include "callqueue/json.hpp"

using namespace callqueue;

namespace {

const std::string call_id = "0190b0a5-3c00-7abc-8def-0123456789ab";

/// An event of that call with more fields: `with(R"("status":"busy")")`.
Result<CallEvent> with(const std::string& fields) {
  return parse_call_event(R"({"call_id":")" + call_id + "\"," + fields + "}");
}

/// The field that the error names; "" when there is none.
std::string refused(const Result<CallEvent>& event) {
  if (event) return {};
  BOOST_TEST((event.error().code == ErrorCode::invalid_argument));
  return event.error().field;
}

}  // namespace

BOOST_AUTO_TEST_CASE(every_field_of_an_event_is_read) {
  const auto event = parse_call_event(R"({
    "user_id": "0190b0a5-3c00-7abc-8def-0123456789aa",
    "call_id": "0190b0a5-3c00-7abc-8def-0123456789ab",
    "provider_call_id": "CA123", "status": "completed", "outcome": "voicemail", "success": false,
    "retryable": true, "answered_at": "2026-03-29T03:00:00+02:00",
    "ended_at": "2026-03-29T01:01:01Z", "duration_seconds": 61, "failure_reason": "beep"})");
  BOOST_REQUIRE(event.has_value());
  BOOST_TEST(to_text(event->user_id) == "0190b0a5-3c00-7abc-8def-0123456789aa");
  BOOST_TEST(to_text(event->call_id) == call_id);
  BOOST_TEST(event->provider_call_id == "CA123");
  BOOST_TEST((event->status == CallStatus::completed));
  BOOST_TEST((event->outcome == CallOutcome::voicemail));
  BOOST_TEST((event->success == false));
  BOOST_TEST((event->retryable == true));
  BOOST_TEST(to_text(event->answered_at.value()) == "2026-03-29T01:00:00.000000Z");
  BOOST_TEST(to_text(event->ended_at.value()) == "2026-03-29T01:01:01.000000Z");
  BOOST_TEST((event->duration == std::chrono::seconds{61}));
  BOOST_TEST(event->failure_reason == "beep");
}

BOOST_AUTO_TEST_CASE(status_takes_every_spelling_of_set_status) {
  BOOST_TEST((with(R"("status":"no-answer")")->status == CallStatus::no_answer));
  BOOST_TEST((with(R"("status":"In-Progress")")->status == CallStatus::in_progress));
  BOOST_TEST((with(R"("status":"voicemail")")->status == CallStatus::completed));
  BOOST_TEST((with(R"("status":"voicemail")")->outcome == CallOutcome::voicemail));
  BOOST_TEST((with(R"("status":"call-disconnected")")->status == std::nullopt));
  BOOST_TEST(refused(with(R"("status":"gone fishing")")) == "status");
}

BOOST_AUTO_TEST_CASE(an_outcome_alone_is_enough_but_nothing_is_not) {
  const auto rejected = with(R"("outcome":"Rejected")");
  BOOST_REQUIRE(rejected.has_value());
  BOOST_TEST((rejected->status == CallStatus::failed));
  BOOST_TEST((with(R"("outcome":"answered")")->status == CallStatus::completed));
  BOOST_TEST((with(R"("status":"answered")")->status == CallStatus::in_progress));
  BOOST_TEST((rejected->outcome == CallOutcome::rejected));
  BOOST_TEST(refused(with(R"("answered_at":"2026-03-29T01:00:00Z")")) == "status");
  BOOST_TEST(refused(with(R"("status":null)")) == "status");
}

BOOST_AUTO_TEST_CASE(an_outcome_that_contradicts_its_status_is_refused_wherever_it_stands) {
  for (const auto* fields :
       {R"("status":"busy","outcome":"answered")", R"("outcome":"answered","status":"busy")",
        R"("status":"ringing","outcome":"no-answer")",
        R"("status":"voicemail","outcome":"answered")"}) {
    BOOST_TEST(refused(with(fields)) == "outcome");
  }
  BOOST_TEST(refused(with(R"("status":"failed","outcome":"rejected")")).empty());
  BOOST_TEST(refused(with(R"("status":"answered","outcome":"answered")")).empty());
  BOOST_TEST(refused(with(R"("status":"call-disconnected","outcome":"busy")")).empty());
}

BOOST_AUTO_TEST_CASE(the_outcome_counts_wherever_it_stands) {
  for (const auto* fields : {R"("status":"completed","outcome":"voicemail")",
                             R"("outcome":"voicemail","status":"completed")"}) {
    BOOST_TEST((with(fields)->outcome == CallOutcome::voicemail));
  }
}

BOOST_AUTO_TEST_CASE(a_wrong_type_is_refused_by_the_fields_name) {
  for (const auto* field :
       {"user_id", "call_id", "provider_call_id", "outcome", "success", "retryable", "answered_at",
        "ended_at", "duration_seconds", "failure_reason"}) {
    BOOST_TEST_CONTEXT(field) {
      BOOST_TEST(refused(with(R"("status":"busy",")" + std::string{field} + R"(":[1])")) == field);
    }
  }
  BOOST_TEST(refused(with(R"("status":7)")) == "status");
  BOOST_TEST(refused(with(R"("status":"busy","success":"yes")")) == "success");
  BOOST_TEST(refused(with(R"("status":"busy","answered_at":"yesterday")")) == "answered_at");
  BOOST_TEST(refused(with(R"("status":"busy","outcome":"odd")")) == "outcome");
  BOOST_TEST(refused(with(R"("status":"busy","failure_reason":"a\u0000b")")) == "failure_reason");
}

BOOST_AUTO_TEST_CASE(a_duration_is_a_whole_number_of_seconds_from_zero) {
  BOOST_TEST(
      (with(R"("status":"busy","duration_seconds":0)")->duration == std::chrono::seconds{0}));
  for (const auto* wrong : {"-1", "1.5", "\"7\"", "604801", "3000000000", "1e3"}) {
    BOOST_TEST(refused(with(R"("status":"busy","duration_seconds":)" + std::string{wrong})) ==
               "duration_seconds");
  }
}

BOOST_AUTO_TEST_CASE(an_event_names_a_call_by_one_id_or_the_other) {
  const auto by_provider = parse_call_event(R"({"provider_call_id":"CA1","status":"busy"})");
  BOOST_REQUIRE(by_provider.has_value());
  BOOST_TEST(by_provider->call_id.is_nil());
  BOOST_TEST(by_provider->user_id.is_nil());
  BOOST_TEST(refused(parse_call_event(R"({"status":"busy"})")) == "call_id");
}

BOOST_AUTO_TEST_CASE(what_is_no_id_is_nobodys) {
  for (const std::string field : {"call_id", "user_id"}) {
    const auto event =
        parse_call_event(R"({"status":"busy","provider_call_id":"CA1",")" + field + R"(":"7"})");
    BOOST_REQUIRE(!event);
    BOOST_TEST((event.error().code == ErrorCode::not_found));
    BOOST_TEST(event.error().field == field);
  }
}

BOOST_AUTO_TEST_CASE(a_providers_id_fits_an_index) {
  const auto of = [](std::size_t size) {
    return parse_call_event(R"({"status":"busy","provider_call_id":")" + std::string(size, 'p') +
                            "\"}");
  };
  BOOST_TEST(of(512).has_value());
  BOOST_TEST(refused(of(513)) == "provider_call_id");
}

BOOST_AUTO_TEST_CASE(events_come_alone_or_in_a_list_each_with_its_own_result) {
  const std::string good = R"({"provider_call_id":"CA1","status":"busy"})";
  const auto alone = parse_call_events(good);
  BOOST_REQUIRE(alone.has_value());
  BOOST_TEST(alone->size() == 1U);
  BOOST_TEST(alone->at(0)->provider_call_id == "CA1");

  const auto list = parse_call_events("[" + good + R"(,7,{"status":"busy"},)" + good + "]");
  BOOST_REQUIRE(list.has_value());
  BOOST_TEST(list->size() == 4U);
  BOOST_TEST(list->at(0).has_value());
  BOOST_TEST(refused(list->at(1)) == "event");
  BOOST_TEST(refused(list->at(2)) == "call_id");
  BOOST_TEST(list->at(3).has_value());
}

BOOST_AUTO_TEST_CASE(events_are_refused_together_where_they_cannot_be_told_apart) {
  const auto refusal = [](const std::string& text) {
    const auto events = parse_call_events(text);
    return events ? std::string{} : events.error().field;
  };
  const auto list_of = [](std::size_t count) {
    std::string text = "[7";
    for (std::size_t i = 1; i < count; ++i) text += ",7";
    return text + "]";
  };
  for (const std::string& text :
       {std::string{}, std::string{"["}, std::string{"[] []"}, std::string{"[]"},
        std::string{"[\"\xFF\"]"}, list_of(1001), std::string(40, '[') + std::string(40, ']')}) {
    BOOST_TEST(refusal(text) == "events");
  }
  BOOST_TEST(refusal(list_of(1000)).empty());
  BOOST_TEST(refusal("[7]" + std::string(1'048'576 - 3, ' ')).empty());
  BOOST_TEST(refusal("[7]" + std::string(1'048'576 - 2, ' ')) == "events");
}

BOOST_AUTO_TEST_CASE(null_means_absent_and_unknown_fields_are_ignored) {
  const auto event =
      with(R"("status":"busy","success":null,"ended_at":null,"carrier":{"name":["x",{"y":null}]})");
  BOOST_REQUIRE(event.has_value());
  BOOST_TEST(!event->success);
  BOOST_TEST(!event->ended_at);
}

BOOST_AUTO_TEST_CASE(what_is_no_object_or_too_large_or_too_deep_is_refused_as_a_whole) {
  for (const std::string& text :
       {std::string{}, std::string{"null"}, std::string{"[]"}, std::string{"{"},
        std::string{"{\"call_id\":\"\xFF\"}"}, std::string{"{} {}"}, std::string(100, '[')}) {
    BOOST_TEST(refused(parse_call_event(text)) == "event");
  }
  BOOST_TEST(refused(with(R"("status":"busy","x":)" + std::string(40, '[') +
                          std::string(40, ']'))) == "event");
  BOOST_TEST(refused(with(R"("status":"busy","x":")" + std::string(64 * 1024, 'x') + '"')) ==
             "event");
  BOOST_TEST(refused(with(R"("status":"busy")")).empty());  // And a refusal leaves nothing behind.
}

BOOST_AUTO_TEST_CASE(any_bytes_are_read_or_refused) {
  BOOST_TEST(rc::check("any bytes", [](const std::string& bytes) {
    const auto event = parse_call_event(bytes);
    RC_ASSERT((event || event.error().code == ErrorCode::invalid_argument));
  }));
}

BOOST_AUTO_TEST_CASE(a_written_event_reads_back) {
  BOOST_TEST(rc::check("round trip", [] {
    const auto printable = rc::gen::container<std::string>(rc::gen::inRange<char>(1, 127));
    const auto provider_id = "p" + *printable;
    const auto reason = *printable;
    const auto seconds = *rc::gen::inRange(0, 604'801);
    const auto success = *rc::gen::arbitrary<bool>();
    const auto status = *rc::gen::element(CallStatus::ringing, CallStatus::completed,
                                          CallStatus::busy, CallStatus::unknown);
    const nlohmann::json json{{"provider_call_id", provider_id},
                              {"status", std::string{to_text(status)}},
                              {"failure_reason", reason},
                              {"duration_seconds", seconds},
                              {"success", success}};
    const auto event = parse_call_event(json.dump(*rc::gen::element(-1, 2)));
    RC_ASSERT(event.has_value());
    RC_ASSERT(event->provider_call_id == provider_id);
    RC_ASSERT(event->failure_reason == reason);
    RC_ASSERT(event->duration == std::chrono::seconds{seconds});
    RC_ASSERT(event->success == success);
    RC_ASSERT(event->status == status);
  }));
}
