#include "harness.h"

#define RULES               \
  "{\"timezone\":\"Europe/" \
  "Berlin\",\"retry\":{\"outcomes\":[\"busy\"],\"max_attempts\":2,\"delays_seconds\":[60]}}"

static cq_campaign a_draft(const world* w) {
  cq_campaign draft;
  cq_campaign_init(&draft, sizeof draft);
  draft.user_id = w->ann->id;
  draft.agent_id = w->agent->id;
  draft.name = "Spring";
  draft.start_date = "2026-03-02";
  return draft;
}

static void a_campaign_is_checked_and_made(void) {
  world w = open_world(2);
  cq_campaign draft = a_draft(&w);
  cq_campaign* made = NULL;
  CHECK(draft.first_call_time == 9 * HOUR && draft.last_call_time == 18 * HOUR);
  REFUSED(cq_campaigns_create(w.store, NULL, &made, &error), "campaign");
  REFUSED(cq_campaigns_create(NULL, &draft, &made, &error), "store");
  draft.user_id = NULL;
  REFUSED(cq_campaigns_create(w.store, &draft, &made, &error), "user_id");
  draft = a_draft(&w);
  draft.name = "";
  REFUSED(cq_campaigns_create(w.store, &draft, &made, &error), "name");
  draft = a_draft(&w);
  draft.agent_id = NULL;
  REFUSED(cq_campaigns_create(w.store, &draft, &made, &error), "agent_id");
  draft.agent_id = NOBODY;
  FAILS(cq_campaigns_create(w.store, &draft, &made, &error), CQ_NOT_FOUND, "agent_id");
  draft = a_draft(&w);
  draft.start_date = NULL;
  REFUSED(cq_campaigns_create(w.store, &draft, &made, &error), "start_date");
  draft.start_date = "2026-02-30";
  REFUSED(cq_campaigns_create(w.store, &draft, &made, &error), "start_date");
  draft = a_draft(&w);
  draft.end_date = "2026-03-01";
  REFUSED(cq_campaigns_create(w.store, &draft, &made, &error), "end_date");
  draft = a_draft(&w);
  draft.last_call_time = 24 * HOUR + 1;
  REFUSED(cq_campaigns_create(w.store, &draft, &made, &error), "last_call_time");
  draft = a_draft(&w);
  draft.rules = "[]";
  REFUSED(cq_campaigns_create(w.store, &draft, &made, &error), "rules");
  draft.rules = "{\"retry\":{\"max_attempts\":\"2\"}}";
  REFUSED(cq_campaigns_create(w.store, &draft, &made, &error), "retry.max_attempts");
  draft.rules = "{\"timezone\":\"Mars\"}";
  REFUSED(cq_campaigns_create(w.store, &draft, &made, &error), "timezone");
  draft.rules = RULES;
  OK(cq_campaigns_create(w.store, &draft, &made, &error));
  CHECK(made->status == CQ_CAMPAIGN_DRAFT && made->created_at == NOON);
  CHECK(made->started_at == CQ_NO_INSTANT && made->end_date == NULL);
  SAME(made->start_date, "2026-03-02");
  HOLDS(made->rules, "\"outcomes\":[\"busy\"]");
  cq_campaign_free(&made);
  close_world(&w);
}

static void a_campaign_is_found_and_changed(void) {
  world w = open_world(2);
  cq_campaign draft = a_draft(&w);
  cq_campaign *made = NULL, *found = NULL;
  cq_campaign_list* list = NULL;
  cq_campaign_filter filter;
  cq_campaign_update update;
  const int32_t statuses[] = {CQ_CAMPAIGN_DRAFT, CQ_CAMPAIGN_PAUSED}, wrong[] = {9};
  draft.rules = RULES;
  draft.end_date = "2026-04-01";
  OK(cq_campaigns_create(w.store, &draft, &made, &error));
  OK(cq_campaigns_find_by_id(w.store, w.ann->id, made->id, &found, &error));
  SAME(found->name, "Spring");
  cq_campaign_free(&found);
  FAILS(cq_campaigns_find_by_id(w.store, w.ann->id, NOBODY, &found, &error), CQ_NOT_FOUND,
        "campaign_id");
  REFUSED(cq_campaigns_find_by_id(w.store, w.ann->id, NULL, &found, &error), "campaign_id");
  cq_campaign_filter_init(&filter, sizeof filter);
  filter.statuses = statuses;
  filter.statuses_count = 2;
  filter.name = "PRI";
  filter.agent_id = w.agent->id;
  OK(cq_campaigns_find_by_user_id(w.store, w.ann->id, &filter, NULL, &list, &error));
  HAS(list, 1);
  SAME(list->items[0]->id, made->id);
  cq_campaign_list_free(&list);
  filter.agent_id = NOBODY;
  OK(cq_campaigns_find_by_user_id(w.store, w.ann->id, &filter, NULL, &list, &error));
  HAS(list, 0);
  cq_campaign_list_free(&list);
  filter.statuses = wrong;
  filter.statuses_count = 1;
  REFUSED(cq_campaigns_find_by_user_id(w.store, w.ann->id, &filter, NULL, &list, &error),
          "statuses");
  filter.statuses = NULL;
  REFUSED(cq_campaigns_find_by_user_id(w.store, w.ann->id, &filter, NULL, &list, &error),
          "statuses");
  OK(cq_campaigns_find_by_user_id(w.store, w.ann->id, NULL, NULL, &list, &error));
  HAS(list, 1);
  cq_campaign_list_free(&list);

  cq_campaign_update_init(&update, sizeof update);
  update.name = "Summer";
  update.last_call_time = 20 * HOUR;
  OK(cq_campaigns_update(w.store, w.ann->id, made->id, &update, &found, &error));
  SAME(found->name, "Summer");
  SAME(found->end_date, "2026-04-01");
  CHECK(found->last_call_time == 20 * HOUR && found->first_call_time == 9 * HOUR);
  HOLDS(found->rules, "Europe/Berlin");
  cq_campaign_free(&found);
  update.end_date = "";
  update.rules = "{\"spread\":true}";
  OK(cq_campaigns_update(w.store, w.ann->id, made->id, &update, &found, &error));
  CHECK(found->end_date == NULL);
  HOLDS(found->rules, "\"timezone\":null");
  cq_campaign_free(&found);
  update.rules = "{";
  REFUSED(cq_campaigns_update(w.store, w.ann->id, made->id, &update, NULL, &error), "rules");
  REFUSED(cq_campaigns_update(w.store, w.ann->id, made->id, NULL, NULL, &error), "update");
  update.rules = NULL;
  update.name = "";
  REFUSED(cq_campaigns_update(w.store, w.ann->id, made->id, &update, NULL, &error), "name");
  update.name = "x";
  FAILS(cq_campaigns_update(w.store, w.ann->id, NOBODY, &update, NULL, &error), CQ_NOT_FOUND,
        "campaign_id");
  OK(cq_campaigns_remove(w.store, w.ann->id, made->id, &error));
  FAILS(cq_campaigns_remove(w.store, w.ann->id, made->id, &error), CQ_NOT_FOUND, "campaign_id");
  cq_campaign_free(&made);
  close_world(&w);
}

static void a_campaign_goes_through_its_states(void) {
  world w = open_world(2);
  cq_campaign draft = a_draft(&w);
  cq_campaign *made = NULL, *moved = NULL;
  cq_csv_source source = text_source("phone_number\n+14155550100\n");
  draft.start_date = "2026-03-03";
  OK(cq_campaigns_create(w.store, &draft, &made, &error));
  FAILS(cq_campaigns_start(w.store, w.ann->id, made->id, NULL, &error), CQ_CONFLICT,
        "total_contacts");
  OK(cq_import_csv(w.store, w.ann->id, made->id, &source, NULL, NULL, &error));
  OK(cq_campaigns_start(w.store, w.ann->id, made->id, &moved, &error));
  CHECK(moved->status == CQ_CAMPAIGN_SCHEDULED);
  cq_campaign_free(&moved);
  OK(cq_campaigns_unschedule(w.store, w.ann->id, made->id, &moved, &error));
  CHECK(moved->status == CQ_CAMPAIGN_DRAFT);
  cq_campaign_free(&moved);
  FAILS(cq_campaigns_pause(w.store, w.ann->id, made->id, NULL, &error), CQ_CONFLICT, "status");
  OK(cq_campaigns_start(w.store, w.ann->id, made->id, NULL, &error));
  now_is += INT64_C(24) * HOUR * 1000000;
  OK(cq_store_advance(w.store, NULL, NULL, &error));
  OK(cq_campaigns_pause(w.store, w.ann->id, made->id, &moved, &error));
  CHECK(moved->status == CQ_CAMPAIGN_PAUSED && moved->started_at != CQ_NO_INSTANT);
  cq_campaign_free(&moved);
  OK(cq_campaigns_resume(w.store, w.ann->id, made->id, NULL, &error));
  OK(cq_campaigns_cancel(w.store, w.ann->id, made->id, &moved, &error));
  CHECK(moved->status == CQ_CAMPAIGN_CANCELLED);
  cq_campaign_free(&moved);
  FAILS(cq_campaigns_resume(w.store, w.ann->id, made->id, &moved, &error), CQ_CONFLICT, "status");
  CHECK(moved == NULL);
  FAILS(cq_campaigns_unschedule(w.store, w.ann->id, made->id, NULL, &error), CQ_CONFLICT, "status");
  FAILS(cq_campaigns_cancel(w.store, w.ann->id, NOBODY, NULL, &error), CQ_NOT_FOUND, "campaign_id");
  REFUSED(cq_campaigns_start(w.store, "x", made->id, NULL, &error), "user_id");
  cq_campaign_free(&made);
  close_world(&w);
}

static void a_campaign_is_looked_at(void) {
  world w = open_world(2);
  const char* id = active_campaign(&w, "phone_number\n+14155550100\n+14155550101\n", NULL);
  cq_campaign_statistics statistics;
  cq_campaign_assumptions assumptions;
  cq_campaign draft = a_draft(&w);
  char* text = NULL;
  cq_campaign_statistics_init(&statistics, sizeof statistics);
  OK(cq_campaigns_get_statistics(w.store, w.ann->id, id, &statistics, &error));
  CHECK(statistics.total_contacts == 2 && statistics.queued == 2 && statistics.attempts == 0);
  REFUSED(cq_campaigns_get_statistics(w.store, w.ann->id, id, NULL, &error), "statistics");
  FAILS(cq_campaigns_get_statistics(w.store, w.ann->id, NOBODY, &statistics, &error), CQ_NOT_FOUND,
        "campaign_id");
  OK(cq_campaigns_get_analytics(w.store, w.ann->id, id, &text, &error));
  HOLDS(text, "\"progress\":0");
  cq_string_free(&text);
  REFUSED(cq_campaigns_get_analytics(w.store, w.ann->id, id, NULL, &error), "analytics");
  OK(cq_campaigns_explain(w.store, w.ann->id, id, &text, &error));
  HOLDS(text, "\"code\":");
  cq_string_free(&text);
  OK(cq_campaigns_forecast(w.store, w.ann->id, id, &text, &error));
  HOLDS(text, "\"ends_at\":\"2026-03-02T12:01:00");
  cq_string_free(&text);
  FAILS(cq_campaigns_forecast(w.store, w.ann->id, NOBODY, &text, &error), CQ_NOT_FOUND,
        "campaign_id");
  cq_campaign_assumptions_init(&assumptions, sizeof assumptions);
  CHECK(assumptions.call_duration_seconds == 60);
  assumptions.contacts = 10;
  OK(cq_campaigns_preview(w.store, &draft, &assumptions, &text, &error));
  HOLDS(text, "\"open_intervals\":[{");
  cq_string_free(&text);
  OK(cq_campaigns_preview(w.store, &draft, NULL, &text, &error));
  cq_string_free(&text);
  assumptions.call_duration_seconds = 0;
  REFUSED(cq_campaigns_preview(w.store, &draft, &assumptions, &text, &error), "call_duration");
  assumptions.call_duration_seconds = INT64_MAX;
  REFUSED(cq_campaigns_preview(w.store, &draft, &assumptions, &text, &error), "call_duration");
  REFUSED(cq_campaigns_preview(w.store, NULL, NULL, &text, &error), "campaign");
  close_world(&w);
}

const test_case campaign_cases[] = {
    {"a_campaign_is_checked_and_made", a_campaign_is_checked_and_made},
    {"a_campaign_is_found_and_changed", a_campaign_is_found_and_changed},
    {"a_campaign_goes_through_its_states", a_campaign_goes_through_its_states},
    {"a_campaign_is_looked_at", a_campaign_is_looked_at},
    {NULL, NULL}};
