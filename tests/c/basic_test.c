/* Errors, states, the store itself, and structs of other sizes. */
#include "harness.h"

static void errors_are_told_and_freed(void) {
  cq_store* store = NULL;
  cq_error* error = NULL;
  char* text = NULL;
  CHECK(cq_store_open("sqlite:/nowhere/at/all.db", NULL, &store, &error) == CQ_UNAVAILABLE);
  CHECK(error != NULL && error->size == sizeof *error && error->code == CQ_UNAVAILABLE);
  HOLDS(error->message, "");
  cq_error_free(&error);
  CHECK(error == NULL);
  cq_error_free(&error);
  cq_error_free(NULL);
  cq_string_free(&text);
  cq_string_free(NULL);
  /* Nobody has to take the error. */
  CHECK(cq_store_open("nonsense:", NULL, &store, NULL) == CQ_INVALID_ARGUMENT);
  CHECK(store == NULL);
}

static void success_sets_an_old_error_to_null(void) {
  world w = open_world(1);
  cq_error* error = (cq_error*)&w;
  int64_t now = 0;
  CHECK(cq_store_now(w.store, &now, &error) == CQ_OK);
  CHECK(error == NULL && now == NOON);
  close_world(&w);
}

static void a_failure_hands_nothing_out(void) {
  world w = open_world(1);
  cq_user* user = w.ann;
  int32_t active = 5, limit = 6;
  char* text = (char*)&w;
  FAILS(cq_store_find_user(w.store, NOBODY, &user, &error), CQ_NOT_FOUND, "user_id");
  CHECK(user == NULL);
  FAILS(cq_store_user_slots(w.store, NOBODY, &active, &limit, &error), CQ_NOT_FOUND, "user_id");
  CHECK(active == 5 && limit == 6);
  FAILS(cq_campaigns_explain(w.store, w.ann->id, NOBODY, &text, &error), CQ_NOT_FOUND,
        "campaign_id");
  CHECK(text == NULL);
  close_world(&w);
}

static void texts_of_states(void) {
  SAME(cq_status_text(CQ_OK), "ok");
  SAME(cq_status_text(CQ_LIMIT_REACHED), "limit_reached");
  SAME(cq_status_text(99), "");
  SAME(cq_status_text(-1), "");
  SAME(cq_campaign_status_text(CQ_CAMPAIGN_SCHEDULED), "scheduled");
  SAME(cq_queued_call_status_text(CQ_QUEUED_CALL_SKIPPED), "skipped");
  SAME(cq_call_status_text(CQ_CALL_NO_ANSWER), "no_answer");
  SAME(cq_call_outcome_text(CQ_OUTCOME_VOICEMAIL), "voicemail");
  SAME(cq_call_type_text(CQ_CALL_TYPE_DIRECT), "direct");
  SAME(cq_call_type_text(2), "");
  SAME(cq_call_status_text(CQ_UNSET), "");
  SAME(cq_call_status_text(-1), "");
  CHECK(cq_parse_campaign_status("paused") == CQ_CAMPAIGN_PAUSED);
  CHECK(cq_parse_queued_call_status("failed") == CQ_QUEUED_CALL_FAILED);
  CHECK(cq_parse_call_status("busy") == CQ_CALL_BUSY);
  CHECK(cq_parse_call_outcome("rejected") == CQ_OUTCOME_REJECTED);
  CHECK(cq_parse_call_type("campaign") == CQ_CALL_TYPE_CAMPAIGN);
  CHECK(cq_parse_call_type("Campaign") == CQ_UNSET && cq_parse_call_type(NULL) == CQ_UNSET);
  CHECK(cq_campaign_can_transition(CQ_CAMPAIGN_DRAFT, CQ_CAMPAIGN_ACTIVE) == 1);
  CHECK(cq_campaign_can_transition(CQ_CAMPAIGN_DRAFT, CQ_CAMPAIGN_PAUSED) == 0);
  CHECK(cq_queued_call_can_transition(CQ_QUEUED_CALL_FAILED, CQ_QUEUED_CALL_COMPLETED) == 1);
  CHECK(cq_call_can_transition(CQ_CALL_COMPLETED, CQ_CALL_RINGING) == 0);
  CHECK(cq_call_can_transition(77, CQ_CALL_RINGING) == 0);
  CHECK(cq_campaign_is_final(CQ_CAMPAIGN_COMPLETED) == 1);
  CHECK(cq_campaign_is_final(CQ_CAMPAIGN_PAUSED) == 0 && cq_campaign_is_final(CQ_UNSET) == 0);
  CHECK(cq_queued_call_is_final(CQ_QUEUED_CALL_SKIPPED) == 1);
  CHECK(cq_queued_call_is_final(CQ_QUEUED_CALL_QUEUED) == 0 && cq_queued_call_is_final(6) == 0);
  CHECK(cq_call_is_active(CQ_CALL_RINGING) == 1);
  CHECK(cq_call_is_active(CQ_CALL_UNKNOWN) == 0 && cq_call_is_active(-1) == 0);
}

static void a_store_is_opened_and_closed(void) {
  cq_store* store = NULL;
  cq_store_options options;
  REFUSED(cq_store_open(NULL, NULL, &store, &error), "url");
  REFUSED(cq_store_open("mysql://x", NULL, &store, &error), "url");
  REFUSED(cq_store_open("sqlite::memory:", NULL, NULL, &error), "store");
  cq_store_options_init(&options, sizeof options);
  CHECK(options.connections == 8 && options.priority_named_contact == 100 && options.listen == 1);
  options.durability = 2;
  REFUSED(cq_store_open("sqlite::memory:", &options, &store, &error), "durability");
  options.durability = CQ_DURABILITY_NORMAL;
  options.create = 2;
  REFUSED(cq_store_open("sqlite::memory:", &options, &store, &error), "create");
  options.create = 0;
  FAILS(cq_store_open("sqlite:not-there.db", &options, &store, &error), CQ_UNAVAILABLE, "");
  options.create = 1;
  options.busy_timeout_ms = -5;
  REFUSED(cq_store_open("sqlite::memory:", &options, &store, &error), "busy_timeout");
  options.busy_timeout_ms = 5;
  OK(cq_store_open("sqlite::memory:", &options, &store, &error));
  cq_store_close(&store);
  CHECK(store == NULL);
  cq_store_close(&store);
  cq_store_close(NULL);
}

static void the_schema_goes_up_and_down(void) {
  cq_store* store = NULL;
  cq_migration_list* migrations = NULL;
  cq_migrate_request request;
  cq_user_list* users = NULL;
  char* text = NULL;
  const char* more[] = {"dialing", NULL};
  OK(cq_migrations_for("sqlite:x", &migrations, &error));
  CHECK(migrations->count > 3 && migrations->items[0]->version == 1);
  HOLDS(migrations->items[0]->up, "CREATE TABLE");
  REFUSED(cq_migrations_for("x:", NULL, &error), "migrations");
  OK(cq_store_open("sqlite::memory:", NULL, &store, &error));
  FAILS(cq_store_list_users(store, NULL, &users, &error), CQ_CORRUPT, "");
  OK(cq_store_preflight(store, NULL, 0, &text, &error));
  HOLDS(text, "\"blocks\":false");
  cq_string_free(&text);
  REFUSED(cq_store_preflight(store, more, 2, &text, &error), "active_statuses");
  REFUSED(cq_store_preflight(store, NULL, 1, &text, &error), "active_statuses");
  REFUSED(cq_store_preflight(store, NULL, 0, NULL, &error), "report");
  cq_migrate_request_init(&request, sizeof request);
  request.to = 99;
  REFUSED(cq_store_migrate(store, &request, NULL, &error), "to");
  request.to = 1;
  OK(cq_store_migrate(store, &request, &text, &error));
  HOLDS(text, "\"to\":1");
  cq_string_free(&text);
  request.to = CQ_UNSET;
  request.row_security = "reader";
  REFUSED(cq_store_migrate(store, &request, NULL, &error), "row_security");
  request.row_security = NULL;
  request.active_statuses = more;
  request.active_statuses_count = 1;
  REFUSED(cq_store_migrate(store, &request, NULL, &error), "active_statuses");
  OK(cq_store_migrate(store, NULL, NULL, &error));
  OK(cq_store_verify(store, &text, &error));
  HOLDS(text, "\"ok\":true");
  cq_string_free(&text);
  REFUSED(cq_store_verify(NULL, &text, &error), "store");
  cq_migrate_request_init(&request, sizeof request);
  request.down = 1;
  request.to = 0;
  OK(cq_store_migrate(store, &request, NULL, &error));
  cq_migration_list_free(&migrations);
  cq_migration_list_free(NULL);
  cq_store_close(&store);
}

static void time_is_the_stores(void) {
  world w = open_world(1);
  cq_advance_request request;
  cq_advance_result result;
  int64_t at = 0;
  uint64_t before = 0, after = 0;
  cq_advance_request_init(&request, sizeof request);
  CHECK(request.budget == 1000 && request.lapse_submitted == 1);
  cq_advance_result_init(&result, sizeof result);
  OK(cq_store_advance(w.store, &request, &result, &error));
  CHECK(result.total == 0 && result.more == 0 && result.size == sizeof result);
  OK(cq_store_advance(w.store, NULL, NULL, &error));
  request.budget = 0;
  REFUSED(cq_store_advance(w.store, &request, &result, &error), "budget");
  request.budget = 1;
  request.lapse_submitted = 3;
  REFUSED(cq_store_advance(w.store, &request, &result, &error), "lapse_submitted");
  result.size = 0;
  REFUSED(cq_store_advance(w.store, NULL, &result, &error), "size");
  OK(cq_store_next_wakeup(w.store, &at, &error));
  CHECK(at == CQ_NO_INSTANT);
  REFUSED(cq_store_next_wakeup(w.store, NULL, &error), "wakeup");
  REFUSED(cq_store_now(NULL, &at, &error), "store");
  OK(cq_store_change_counter(w.store, &before, &error));
  new_contact(&w, "+14155550100");
  OK(cq_store_change_counter(w.store, &after, &error));
  CHECK(before != after);
  REFUSED(cq_store_change_counter(w.store, NULL, &error), "counter");
  /* A clock that tells nonsense stands still. */
  now_is = INT64_MAX;
  OK(cq_store_now(w.store, &at, &error));
  CHECK(at == NOON);
  close_world(&w);
}

/* A program that was built with an older header, and one with a newer one. */
static void structs_grow(void) {
  world w = open_world(1);
  struct {
    cq_claim_request request;
    int64_t more;
  } newer;
  cq_claim_request older;
  cq_claimed_call_list* claimed = NULL;
  cq_queue_statistics statistics;
  struct {
    cq_page page;
    char beyond[16];
  } guarded;
  active_campaign(&w, "phone_number\n+14155550100\n+14155550101\n", NULL);
  cq_claim_request_init(&newer.request, sizeof newer);
  CHECK(newer.request.size == sizeof newer && newer.more == 0 && newer.request.limit == 1);
  OK(cq_queue_claim(w.store, &newer.request, &claimed, &error));
  HAS(claimed, 1);
  cq_claimed_call_list_free(&claimed);
  newer.more = 1;
  REFUSED(cq_queue_claim(w.store, &newer.request, &claimed, &error), "size");
  /* What an old program does not know has its default, whatever lies behind its struct. */
  cq_claim_request_init(&older, offsetof(cq_claim_request, lapse_submitted));
  older.lapse_submitted = 17;
  older.lease_seconds = -1;
  OK(cq_queue_claim(w.store, &older, &claimed, &error));
  HAS(claimed, 0);
  cq_claimed_call_list_free(&claimed);
  memset(&older, 0, sizeof older);
  REFUSED(cq_queue_claim(w.store, &older, &claimed, &error), "size");
  older.size = 1 << 20;
  REFUSED(cq_queue_claim(w.store, &older, &claimed, &error), "size");
  /* Neither init nor a result writes further than there is room. */
  memset(&guarded, 'x', sizeof guarded);
  cq_page_init(&guarded.page, sizeof guarded.page);
  CHECK(guarded.beyond[0] == 'x' && guarded.page.limit == 50);
  cq_page_init(NULL, sizeof guarded.page);
  memset(&statistics, 7, sizeof statistics);
  statistics.size = offsetof(cq_queue_statistics, processing);
  OK(cq_queue_get_queue_statistics(w.store, w.ann->id, &statistics, &error));
  CHECK(statistics.queued == 1 && statistics.processing == INT64_C(0x0707070707070707));
  CHECK(statistics.size == offsetof(cq_queue_statistics, processing));
  close_world(&w);
}

const test_case basic_cases[] = {
    {"errors_are_told_and_freed", errors_are_told_and_freed},
    {"success_sets_an_old_error_to_null", success_sets_an_old_error_to_null},
    {"a_failure_hands_nothing_out", a_failure_hands_nothing_out},
    {"texts_of_states", texts_of_states},
    {"a_store_is_opened_and_closed", a_store_is_opened_and_closed},
    {"the_schema_goes_up_and_down", the_schema_goes_up_and_down},
    {"time_is_the_stores", time_is_the_stores},
    {"structs_grow", structs_grow},
    {NULL, NULL}};
