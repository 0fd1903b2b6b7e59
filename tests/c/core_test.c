/* Decisions alone: no store. */
#include "harness.h"

static cq_calling_rules* rules_of(const char* json, const char* zone) {
  cq_campaign campaign;
  cq_calling_rules* rules = NULL;
  cq_campaign_init(&campaign, sizeof campaign);
  campaign.rules = json;
  OK(cq_calling_rules_create(&campaign, zone, &rules, &error));
  return rules;
}

static void priority_follows_the_rule(void) {
  CHECK(cq_priority(0, 100, "Ada", 5) == 105);
  CHECK(cq_priority(0, 100, " ", 5) == 5);
  CHECK(cq_priority(1, 100, NULL, 0) == 1);
  CHECK(cq_priority(INT32_MAX, 100, "Ada", 5) == INT32_MAX);
}

static void windows_are_read_on_their_clock(void) {
  cq_calling_rules* rules = rules_of(NULL, "Europe/Berlin");
  cq_campaign campaign;
  int64_t opens = 0, closes = 0;
  int32_t open = 7;
  OK(cq_is_open(rules, NOON, &open, &error));
  CHECK(open == 1);
  /* 18:00 there is 17:00 UTC, and inside. */
  OK(cq_is_open(rules, NOON + INT64_C(5) * HOUR * 1000000, &open, &error));
  CHECK(open == 1);
  OK(cq_is_open(rules, NOON + INT64_C(5) * HOUR * 1000000 + 1, &open, &error));
  CHECK(open == 0);
  OK(cq_next_open_interval(rules, NOON, &opens, &closes, &error));
  CHECK(opens == NOON - INT64_C(4) * HOUR * 1000000);
  CHECK(closes == NOON + INT64_C(5) * HOUR * 1000000);
  REFUSED(cq_is_open(rules, INT64_MAX, &open, &error), "now");
  REFUSED(cq_is_open(rules, NOON, NULL, &error), "open");
  REFUSED(cq_is_open(NULL, NOON, &open, &error), "rules");
  REFUSED(cq_next_open_interval(rules, CQ_NO_INSTANT, &opens, &closes, &error), "after");
  REFUSED(cq_next_open_interval(rules, NOON, NULL, &closes, &error), "opens_at");
  REFUSED(cq_next_open_interval(rules, NOON, &opens, NULL, &error), "closes_at");
  cq_calling_rules_free(&rules);
  cq_calling_rules_free(&rules);
  cq_calling_rules_free(NULL);
  cq_campaign_init(&campaign, sizeof campaign);
  REFUSED(cq_calling_rules_create(NULL, "UTC", &rules, &error), "campaign");
  REFUSED(cq_calling_rules_create(&campaign, NULL, &rules, &error), "timezone");
  REFUSED(cq_calling_rules_create(&campaign, "Mars", &rules, &error), "timezone");
  REFUSED(cq_calling_rules_create(&campaign, "UTC", NULL, &error), "rules");
  campaign.last_call_time = campaign.first_call_time;
  REFUSED(cq_calling_rules_create(&campaign, "UTC", &rules, &error), "first_call_time");
  cq_campaign_init(&campaign, sizeof campaign);
  campaign.rules = "{\"retry\":{\"outcomes\":[\"busy\"],\"max_attempts\":3}}";
  REFUSED(cq_calling_rules_create(&campaign, "UTC", &rules, &error), "retry.delays");
  campaign.rules =
      "{\"weekly_windows\":[[{\"opens\":\"09:00\",\"closes\":\"09:00\"}],[],[],[],[],[],[]]}";
  REFUSED(cq_calling_rules_create(&campaign, "UTC", &rules, &error), "weekly_windows");
  campaign.rules = NULL;
  campaign.start_date = "2026-03-05";
  campaign.end_date = "2026-03-05";
  OK(cq_calling_rules_create(&campaign, "UTC", &rules, &error));
  OK(cq_next_open_interval(rules, NOON + INT64_C(30) * 24 * HOUR * 1000000, &opens, &closes,
                           &error));
  CHECK(opens == CQ_NO_INSTANT && closes == CQ_NO_INSTANT);
  cq_calling_rules_free(&rules);
}

static void retries_and_spreads_fall_into_windows(void) {
  cq_calling_rules* rules = rules_of(
      "{\"retry\":{\"outcomes\":[\"busy\"],\"max_attempts\":2,\"delays_seconds\":[21600]}}", "UTC");
  int64_t at = 0, instants[3] = {0, 0, 0};
  size_t written = 9;
  OK(cq_retry_at(rules, CQ_OUTCOME_BUSY, 1, NOON, &at, &error));
  CHECK(at == NOON + INT64_C(6) * HOUR * 1000000);
  OK(cq_retry_at(rules, CQ_OUTCOME_BUSY, 1, NOON + 1, &at, &error));
  CHECK(at == NOON + INT64_C(21) * HOUR * 1000000); /* Nine on the next day. */
  OK(cq_retry_at(rules, CQ_OUTCOME_BUSY, 2, NOON, &at, &error));
  CHECK(at == CQ_NO_INSTANT);
  REFUSED(cq_retry_at(rules, 8, 1, NOON, &at, &error), "outcome");
  REFUSED(cq_retry_at(rules, 2, 0, NOON, &at, &error), "attempts_made");
  REFUSED(cq_retry_at(rules, 2, 1, NOON, NULL, &error), "at");
  OK(cq_spread(rules, 3, NOON, instants, &written, &error));
  CHECK(written == 3 && instants[0] == NOON);
  CHECK(instants[1] == NOON + INT64_C(2) * HOUR * 1000000);
  REFUSED(cq_spread(rules, 3, NOON, NULL, &written, &error), "instants");
  REFUSED(cq_spread(rules, 3, NOON, instants, NULL, &error), "written");
  OK(cq_spread(rules, 0, NOON, NULL, &written, &error));
  CHECK(written == 0);
  cq_calling_rules_free(&rules);
}

static void a_forecast_spends_time_on_windows(void) {
  cq_calling_rules* rules = rules_of(NULL, "UTC");
  cq_forecast_input input;
  cq_forecast_result forecast;
  cq_forecast_input_init(&input, sizeof input);
  cq_forecast_result_init(&forecast, sizeof forecast);
  CHECK(input.user_limit == 2 && input.mean_duration_seconds == 60);
  input.open_rows = 4;
  OK(cq_forecast(rules, &input, NOON, &forecast, &error));
  CHECK(forecast.starts_at == NOON && forecast.ends_at == NOON + 2 * INT64_C(60000000));
  CHECK(forecast.unreached_rows == 0 && forecast.reason == NULL);
  input.user_limit = 0;
  OK(cq_forecast(rules, &input, NOON, &forecast, &error));
  CHECK(forecast.ends_at == CQ_NO_INSTANT && strcmp(forecast.reason, "user_limit_zero") == 0);
  input.user_limit = 2;
  input.attempts_per_row = 0;
  REFUSED(cq_forecast(rules, &input, NOON, &forecast, &error), "attempts_per_row");
  input.attempts_per_row = 1;
  input.open_rows = -1;
  REFUSED(cq_forecast(rules, &input, NOON, &forecast, &error), "open_rows");
  REFUSED(cq_forecast(rules, NULL, NOON, &forecast, &error), "input");
  REFUSED(cq_forecast(rules, &input, NOON, NULL, &error), "forecast");
  cq_calling_rules_free(&rules);
}

static void slots_are_dealt_in_turn(void) {
  cq_round_robin* allocator = NULL;
  const char* ann = "00000000-0000-7000-8000-00000000000a";
  const char* bob = "00000000-0000-7000-8000-00000000000b";
  const char* next = NULL;
  OK(cq_round_robin_create(&allocator, &error));
  OK(cq_round_robin_next(allocator, &next, &error));
  CHECK(next == NULL);
  OK(cq_round_robin_add(allocator, ann, 5, 2, 9, &error));
  OK(cq_round_robin_add(allocator, bob, 4, 9, 9, &error));
  REFUSED(cq_round_robin_add(allocator, NULL, 4, 9, 9, &error), "user_id");
  REFUSED(cq_round_robin_add(NULL, bob, 4, 9, 9, &error), "allocator");
  OK(cq_round_robin_next(allocator, &next, &error));
  SAME(next, bob);
  OK(cq_round_robin_next(allocator, &next, &error));
  SAME(next, ann);
  OK(cq_round_robin_next(allocator, &next, &error));
  SAME(next, bob);
  cq_round_robin_drop_last(allocator);
  OK(cq_round_robin_next(allocator, &next, &error));
  SAME(next, ann);
  OK(cq_round_robin_next(allocator, &next, &error));
  CHECK(next == NULL);
  REFUSED(cq_round_robin_next(allocator, NULL, &error), "user_id");
  REFUSED(cq_round_robin_create(NULL, &error), "allocator");
  cq_round_robin_drop_last(NULL);
  cq_round_robin_free(&allocator);
  CHECK(allocator == NULL);
  cq_round_robin_free(&allocator);
}

static void instants_are_written_and_read(void) {
  char text[28], little[5];
  int64_t at = 0;
  cq_instant_to_text(NOON, text, sizeof text);
  SAME(text, "2026-03-02T12:00:00.000000Z");
  cq_instant_to_text(NOON, little, sizeof little);
  SAME(little, "2026");
  cq_instant_to_text(CQ_NO_INSTANT, text, sizeof text);
  SAME(text, "");
  cq_instant_to_text(NOON, NULL, 5);
  OK(cq_parse_instant("2026-03-02T13:00:00+01:00", &at, &error));
  CHECK(at == NOON);
  REFUSED(cq_parse_instant("noon", &at, &error), "instant");
  REFUSED(cq_parse_instant(NULL, &at, &error), "instant");
  REFUSED(cq_parse_instant("2026-03-02T12:00:00Z", NULL, &error), "at");
  SAME(cq_version(), "0.1.0");
}

const test_case core_cases[] = {
    {"priority_follows_the_rule", priority_follows_the_rule},
    {"windows_are_read_on_their_clock", windows_are_read_on_their_clock},
    {"retries_and_spreads_fall_into_windows", retries_and_spreads_fall_into_windows},
    {"a_forecast_spends_time_on_windows", a_forecast_spends_time_on_windows},
    {"slots_are_dealt_in_turn", slots_are_dealt_in_turn},
    {"instants_are_written_and_read", instants_are_written_and_read},
    {NULL, NULL}};
