#include "c/scenario_operations.hpp"

namespace scenario {
namespace {

/// The rules of a step; freed with this.
struct Rules {
  explicit Rules(With& with) {
    With given{with.json("rules")};
    Json rules{{"weekly_windows", given.json("windows")}};
    if (given.json("windows").is_object()) {
      rules["weekly_windows"] = Json::array();
      for (int day = 0; day < 7; ++day) {
        rules["weekly_windows"].push_back(Json::array({given.json("windows")}));
      }
    }
    if (given.has("excluded_dates")) rules["excluded_dates"] = given.json("excluded_dates");
    if (with.has("policy")) rules["retry"] = with.json("policy");
    cq_campaign campaign;
    cq_campaign_init(&campaign, sizeof campaign);
    campaign.start_date = given.text("start_date");
    campaign.end_date = given.text("end_date");
    campaign.rules = given.keep(rules.dump());
    ASK(cq_calling_rules_create(&campaign, with.text("timezone"), &made, &error));
  }
  Rules(const Rules&) = delete;
  Rules& operator=(const Rules&) = delete;
  ~Rules() { cq_calling_rules_free(&made); }
  cq_calling_rules* made = nullptr;
};

Json error_codes() {
  Json numbers = Json::object();
  for (std::int32_t code = CQ_INVALID_ARGUMENT; code <= CQ_INTERNAL; ++code) {
    numbers[cq_status_text(code)] = code;
  }
  return numbers;
}

Json can_transition(cq_store*, With& with) {
  const auto* from = with.text("from");
  const auto* to = with.text("to");
  if (with.json("of") == "campaign") {
    return cq_campaign_can_transition(cq_parse_campaign_status(from),
                                      cq_parse_campaign_status(to)) == 1;
  }
  if (with.json("of") == "queued_call") {
    return cq_queued_call_can_transition(cq_parse_queued_call_status(from),
                                         cq_parse_queued_call_status(to)) == 1;
  }
  return cq_call_can_transition(cq_parse_call_status(from), cq_parse_call_status(to)) == 1;
}

Json is_final(cq_store*, With& with) {
  const auto* status = with.text("status");
  if (with.json("of") == "campaign") {
    return cq_campaign_is_final(cq_parse_campaign_status(status)) == 1;
  }
  if (with.json("of") == "queued_call") {
    return cq_queued_call_is_final(cq_parse_queued_call_status(status)) == 1;
  }
  return cq_call_is_active(cq_parse_call_status(status)) == 0;
}

Json said(const cq_call_event& event) {
  const auto text = [](const char* given) {
    return given == nullptr || *given == '\0' ? Json{} : Json(given);
  };
  return {{"call_id", text(event.call_id)},
          {"provider_call_id", text(event.provider_call_id)},
          {"status", text(cq_call_status_text(event.status))},
          {"outcome", text(cq_call_outcome_text(event.outcome))}};
}

Json set_outcome(cq_store*, With& with) {
  cq_call_event event;
  cq_call_event_init(&event, sizeof event);
  ASK(cq_call_event_set_status(&event, with.text("status"), &error));
  ASK(cq_call_event_set_outcome(&event, cq_parse_call_outcome(with.text("outcome")), &error));
  return said(event);
}

Json parse_call_events(cq_store*, With& with) {
  const std::string json = with.object_text("json");
  cq_call_event_result_list* events = nullptr;
  ASK(cq_parse_call_events(json.data(), json.size(), &events, &error));
  Json all = Json::array();
  for (std::size_t i = 0; i < events->count; ++i) {
    const auto& one = *events->items[i];
    all.push_back(one.status == CQ_OK
                      ? said(*one.event)
                      : Json{{"code", cq_status_text(one.status)}, {"field", one.field}});
  }
  cq_call_event_result_list_free(&events);
  return all;
}

Json deal(cq_store*, With& with) {
  cq_round_robin* allocator = nullptr;
  ASK(cq_round_robin_create(&allocator, &error));
  for (const auto& each : with.json("candidates")) {
    With one{each};
    std::uint64_t turn = 0;
    std::int64_t headroom = 0;
    std::int64_t ready = 0;
    one.take("turn", turn);
    one.take("headroom", headroom);
    one.take("ready", ready);
    ASK(cq_round_robin_add(allocator, one.text("user_id"), turn, headroom, ready, &error));
  }
  Json users = Json::array();
  for (int slots = with.json("slots"); slots > 0; --slots) {
    const char* next = nullptr;
    ASK(cq_round_robin_next(allocator, &next, &error));
    if (next == nullptr) break;
    users.push_back(next);
  }
  cq_round_robin_free(&allocator);
  return users;
}

Json spread(cq_store*, With& with) {
  const Rules rules{with};
  std::vector<std::int64_t> instants(with.json("count").get<std::size_t>());
  std::size_t written = 0;
  ASK(cq_spread(rules.made, instants.size(), with.instant("from"), instants.data(), &written,
                &error));
  Json all = Json::array();
  for (std::size_t i = 0; i < written; ++i) all.push_back(instant(instants[i]));
  return all;
}

Json forecast(cq_store*, With& with) {
  const Rules rules{with};
  cq_forecast_input input;
  cq_forecast_input_init(&input, sizeof input);
  with.take("open_rows", input.open_rows);
  with.take("rows_ahead", input.rows_ahead);
  with.take("user_limit", input.user_limit);
  with.take("system_share", input.system_share);
  with.take("mean_duration_seconds", input.mean_duration_seconds);
  with.take("attempts_per_row", input.attempts_per_row);
  cq_forecast_result told;
  cq_forecast_result_init(&told, sizeof told);
  ASK(cq_forecast(rules.made, &input, with.instant("now"), &told, &error));
  return {{"starts_at", instant(told.starts_at)},
          {"ends_at", instant(told.ends_at)},
          {"unreached_rows", told.unreached_rows},
          {"reason", told.reason == nullptr ? Json{} : Json(told.reason)}};
}

Json priority(cq_store*, With& with) {
  std::int32_t base = 0;
  std::int32_t named_contact = 100;
  std::int32_t custom = 0;
  with.take("base", base);
  with.take("named_contact", named_contact);
  with.take("custom", custom);
  return cq_priority(base, named_contact, with.text("contact_name"), custom);
}

}  // namespace

Operations core_operations() {
  return {
      {"core.error_codes", [](cq_store*, With&) { return error_codes(); }},
      {"core.can_transition", can_transition},
      {"core.is_final", is_final},
      {"core.set_outcome", set_outcome},
      {"core.parse_call_events", parse_call_events},
      {"core.priority", priority},
      {"core.custom_priority",
       [](cq_store*, With& with) -> Json {
         std::int32_t custom = 0;
         ASK(cq_custom_priority(with.object_text("user_data"), &custom, &error));
         return custom;
       }},
      {"core.is_open",
       [](cq_store*, With& with) -> Json {
         const Rules rules{with};
         std::int32_t open = 0;
         ASK(cq_is_open(rules.made, with.instant("at"), &open, &error));
         return open == 1;
       }},
      {"core.next_open_interval",
       [](cq_store*, With& with) -> Json {
         const Rules rules{with};
         std::int64_t opens = 0;
         std::int64_t closes = 0;
         ASK(cq_next_open_interval(rules.made, with.instant("after"), &opens, &closes, &error));
         if (opens == CQ_NO_INSTANT) return {};
         return {{"opens_at", instant(opens)}, {"closes_at", instant(closes)}};
       }},
      {"core.retry_at",
       [](cq_store*, With& with) -> Json {
         const Rules rules{with};
         std::int32_t made = 1;
         with.take("attempts_made", made);
         std::int64_t at = 0;
         ASK(cq_retry_at(rules.made, cq_parse_call_outcome(with.text("outcome")), made,
                         with.instant("ended_at"), &at, &error));
         return instant(at);
       }},
      {"core.deal", deal},
      {"core.spread", spread},
      {"core.forecast", forecast},
      {"core.normalize_phone_number",
       [](cq_store*, With& with) -> Json {
         char* number = nullptr;
         ASK(cq_normalize_phone_number(with.text("text"), with.text("default_region"), &number,
                                       &error));
         Json text = number;
         cq_string_free(&number);
         return text;
       }},
  };
}

}  // namespace scenario
