#include "scenarios/arguments.hpp"

namespace callqueue::scenarios {
namespace {

CallingWindow window(const Json& json) {
  const Arguments ends{json};
  return {ends.time_of_day("opens", {}), ends.time_of_day("closes", {})};
}

/// Rules and zone as they are needed together, both checked.
struct Clocked {
  CallingRules rules;
  TimeZone zone;
};

Result<Clocked> clocked(const Arguments& with) {
  const Arguments given_rules{with.json("rules")};
  Clocked both;
  const Json& windows = given_rules.json("windows");
  if (windows.is_object()) both.rules.windows = every_day(window(windows));
  for (std::size_t day = 0; windows.is_array() && day < windows.size(); ++day) {
    for (const auto& each : windows[day]) both.rules.windows.at(day).push_back(window(each));
  }
  both.rules.start_date = given_rules.optional_date("start_date");
  both.rules.end_date = given_rules.optional_date("end_date");
  for (const auto& date : given_rules.value("excluded_dates", Json::array())) {
    both.rules.excluded_dates.push_back(Arguments::must(parse_local_date(date.get<std::string>())));
  }
  if (const auto good = validate(both.rules); !good) return tl::unexpected<Error>{good.error()};
  auto zone = TimeZone::load(with.text("timezone"));
  if (!zone) return tl::unexpected<Error>{zone.error()};
  both.zone = *zone;
  return both;
}

Json text_or_null(const std::optional<Instant>& at) { return at ? Json(to_text(*at)) : Json{}; }

Result<Json> retry(const Arguments& with) {
  const Arguments given_policy{with.json("policy")};
  RetryPolicy policy{.max_attempts = given_policy.value("max_attempts", 1)};
  for (const auto& outcome : given_policy.value("outcomes", Json::array())) {
    policy.outcomes.push_back(parse_call_outcome(outcome.get<std::string>()).value());
  }
  for (const auto& delay : given_policy.value("delays_seconds", Json::array())) {
    policy.delays.emplace_back(delay.get<std::int64_t>());
  }
  if (const auto good = validate(policy); !good) return tl::unexpected<Error>{good.error()};
  return clocked(with).map([&](const Clocked& on) {
    return text_or_null(retry_at(policy, parse_call_outcome(with.text("outcome")).value(),
                                 with.value("attempts_made", 1), with.instant("ended_at"), on.rules,
                                 on.zone));
  });
}

Json dealt(const Arguments& with) {
  std::vector<RoundRobinCandidate> candidates;
  for (const auto& each : with.json("candidates")) {
    const Arguments one{each};
    candidates.push_back({.user_id = one.id<UserId>("user_id"),
                          .turn = one.value("turn", Turn{0}),
                          .headroom = one.value("headroom", std::int64_t{0}),
                          .ready = one.value("ready", std::int64_t{0})});
  }
  Json users = Json::array();
  for (const auto& id : deal(candidates, with.value("slots", std::size_t{0}))) {
    users.push_back(to_text(id));
  }
  return users;
}

Result<Json> foretold(const Arguments& with) {
  const ForecastInput other;
  const ForecastInput input{
      .open_rows = with.value("open_rows", other.open_rows),
      .rows_ahead = with.value("rows_ahead", other.rows_ahead),
      .user_limit = with.value("user_limit", other.user_limit),
      .system_share = with.value("system_share", other.system_share),
      .mean_duration = with.seconds("mean_duration_seconds", other.mean_duration),
      .attempts_per_row = with.value("attempts_per_row", other.attempts_per_row)};
  return clocked(with).map([&](const Clocked& on) {
    return json_of(forecast(input, on.rules, on.zone, with.instant("now")));
  });
}

bool may_become(const Arguments& with) {
  const auto from = with.text("from");
  const auto to = with.text("to");
  if (with.text("of") == "campaign") {
    return can_transition(parse_campaign_status(from).value(), parse_campaign_status(to).value());
  }
  if (with.text("of") == "queued_call") {
    return can_transition(parse_queued_call_status(from).value(),
                          parse_queued_call_status(to).value());
  }
  return can_transition(parse_call_status(from).value(), parse_call_status(to).value());
}

bool has_ended(const Arguments& with) {
  const auto status = with.text("status");
  if (with.text("of") == "campaign") return is_final(parse_campaign_status(status).value());
  if (with.text("of") == "queued_call") return is_final(parse_queued_call_status(status).value());
  return !is_active(parse_call_status(status).value());
}

Json text_or_null(const std::string& text) { return text.empty() ? Json{} : Json(text); }

Json said(const CallEvent& event) {
  return {{"call_id", event.call_id.is_nil() ? Json{} : Json(to_text(event.call_id))},
          {"provider_call_id", text_or_null(event.provider_call_id)},
          {"status", event.status ? Json(to_text(*event.status)) : Json{}},
          {"outcome", event.outcome ? Json(to_text(*event.outcome)) : Json{}}};
}

Result<Json> outcome_set(const Arguments& with) {
  CallEvent event;
  return set_status(event, with.text("status"))
      .and_then(
          [&] { return set_outcome(event, parse_call_outcome(with.text("outcome")).value()); })
      .map([&] { return said(event); });
}

Result<Json> events_read(const Arguments& with) {
  return parse_call_events(with.object_text("json"))
      .map([](const std::vector<Result<CallEvent>>& events) {
        Json all = Json::array();
        for (const auto& one : events) all.push_back(one ? said(*one) : json_of(one.error()));
        return all;
      });
}

Json error_codes() {
  Json numbers = Json::object();
  for (int number = 1; number <= static_cast<int>(ErrorCode::internal); ++number) {
    numbers[std::string{to_text(static_cast<ErrorCode>(number))}] = number;
  }
  return numbers;
}

}  // namespace

Operations core_operations() {
  return {
      {"core.error_codes", [](Ground&, const Arguments&) -> Result<Json> { return error_codes(); }},
      {"core.can_transition",
       [](Ground&, const Arguments& with) -> Result<Json> { return Json(may_become(with)); }},
      {"core.is_final",
       [](Ground&, const Arguments& with) -> Result<Json> { return Json(has_ended(with)); }},
      {"core.set_outcome", [](Ground&, const Arguments& with) { return outcome_set(with); }},
      {"core.parse_call_events", [](Ground&, const Arguments& with) { return events_read(with); }},
      {"core.priority",
       [](Ground&, const Arguments& with) -> Result<Json> {
         const PriorityRule other;
         return Json(priority({.base = with.value("base", other.base),
                               .named_contact = with.value("named_contact", other.named_contact)},
                              with.text("contact_name"), with.value("custom", 0)));
       }},
      {"core.custom_priority",
       [](Ground&, const Arguments& with) {
         return given(custom_priority(with.object_text("user_data")));
       }},
      {"core.is_open",
       [](Ground&, const Arguments& with) {
         return clocked(with).map([&](const Clocked& on) {
           return Json(is_open(on.rules, on.zone, with.instant("at")));
         });
       }},
      {"core.next_open_interval",
       [](Ground&, const Arguments& with) {
         return clocked(with).map([&](const Clocked& on) {
           const auto next = next_open_interval(on.rules, on.zone, with.instant("after"));
           return next ? Json{{"opens_at", to_text(next->opens_at)},
                              {"closes_at", to_text(next->closes_at)}}
                       : Json{};
         });
       }},
      {"core.retry_at", [](Ground&, const Arguments& with) { return retry(with); }},
      {"core.deal", [](Ground&, const Arguments& with) -> Result<Json> { return dealt(with); }},
      {"core.spread",
       [](Ground&, const Arguments& with) {
         return clocked(with).map([&](const Clocked& on) {
           Json instants = Json::array();
           for (const Instant at : spread(with.value("count", std::size_t{0}), on.rules, on.zone,
                                          with.instant("from"))) {
             instants.push_back(to_text(at));
           }
           return instants;
         });
       }},
      {"core.forecast", [](Ground&, const Arguments& with) { return foretold(with); }},
      {"core.normalize_phone_number",
       [](Ground&, const Arguments& with) {
         return normalize_phone_number(with.text("text"), with.text("default_region"))
             .map([](const std::string& number) { return Json(number); });
       }},
  };
}

}  // namespace callqueue::scenarios
