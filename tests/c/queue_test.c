/* Queued calls, claims, calls and what is said about them. */
#include "harness.h"

#define TWO "name,phone_number,priority\nAda,+14155550100,5\n,+14155550101,\n"

static cq_claimed_call_list* claim(world* w, int32_t limit) {
  cq_claimed_call_list* claimed = NULL;
  cq_claim_request request;
  cq_claim_request_init(&request, sizeof request);
  request.limit = limit;
  OK(cq_queue_claim(w->store, &request, &claimed, &error));
  return claimed;
}

static cq_call_event event_of(const world* w, const char* call_id, int32_t status) {
  cq_call_event event;
  cq_call_event_init(&event, sizeof event);
  event.user_id = w->ann->id;
  event.call_id = call_id;
  event.status = status;
  return event;
}

static void rows_are_found(void) {
  world w = open_world(2);
  const char* campaign = active_campaign(&w, TWO, NULL);
  cq_queued_call_list* list = NULL;
  cq_queued_call* row = NULL;
  cq_upcoming_call_list* upcoming = NULL;
  cq_queue_filter filter;
  cq_queue_statistics statistics;
  const int32_t queued[] = {CQ_QUEUED_CALL_QUEUED};
  int64_t position = 0, starts_at = 0;
  cq_queue_filter_init(&filter, sizeof filter);
  filter.campaign_id = campaign;
  filter.statuses = queued;
  filter.statuses_count = 1;
  OK(cq_queue_list(w.store, w.ann->id, &filter, NULL, &list, &error));
  HAS(list, 2);
  SAME(list->items[0]->contact_name, "Ada");
  SAME(list->items[0]->timezone, "UTC");
  SAME(list->items[0]->campaign_id, campaign);
  CHECK(list->items[0]->priority == 105 && list->items[1]->priority == 0);
  CHECK(list->items[0]->call_id == NULL && list->items[0]->success == CQ_UNSET);
  OK(cq_queue_find_by_id(w.store, w.ann->id, list->items[1]->id, &row, &error));
  SAME(row->phone_number, "+14155550101");
  cq_queued_call_free(&row);
  OK(cq_queue_position(w.store, w.ann->id, list->items[1]->id, &position, &starts_at, &error));
  CHECK(position == 2 && starts_at == NOON);
  REFUSED(cq_queue_position(w.store, w.ann->id, NOBODY, NULL, &starts_at, &error), "position");
  REFUSED(cq_queue_position(w.store, w.ann->id, NOBODY, &position, NULL, &error), "starts_at");
  FAILS(cq_queue_position(w.store, w.ann->id, NOBODY, &position, &starts_at, &error), CQ_NOT_FOUND,
        "queue_id");
  cq_queued_call_list_free(&list);
  FAILS(cq_queue_find_by_id(w.store, w.ann->id, NOBODY, &row, &error), CQ_NOT_FOUND, "queue_id");
  REFUSED(cq_queue_find_by_id(w.store, w.ann->id, NULL, &row, &error), "queue_id");
  OK(cq_queue_find_by_campaign_id(w.store, w.ann->id, campaign, NULL, &list, &error));
  HAS(list, 2);
  cq_queued_call_list_free(&list);
  OK(cq_queue_upcoming(w.store, w.ann->id, NULL, NULL, &upcoming, &error));
  HAS(upcoming, 2);
  CHECK(upcoming->items[0]->position == 1 && upcoming->items[0]->starts_at == NOON);
  CHECK(upcoming->items[0]->closed == 0 && upcoming->items[0]->opens_at == CQ_NO_INSTANT);
  SAME(upcoming->items[0]->call->contact_name, "Ada");
  cq_upcoming_call_list_free(&upcoming);
  REFUSED(cq_queue_upcoming(w.store, w.ann->id, "x", NULL, &upcoming, &error), "campaign_id");
  REFUSED(cq_queue_upcoming(w.store, w.ann->id, NULL, NULL, NULL, &error), "upcoming");
  REFUSED(cq_queue_find_by_campaign_id(w.store, w.ann->id, NULL, NULL, &list, &error),
          "campaign_id");
  filter.contact_id = "x";
  REFUSED(cq_queue_list(w.store, w.ann->id, &filter, NULL, &list, &error), "contact_id");
  OK(cq_store_advance(w.store, NULL, NULL, &error));
  OK(cq_queue_get_next_queued(w.store, w.ann->id, &row, &error));
  CHECK(row != NULL && same_text(row->contact_name, "Ada"));
  cq_queued_call_free(&row);
  REFUSED(cq_queue_get_next_queued(w.store, w.ann->id, NULL, &error), "queued");
  OK(cq_campaigns_pause(w.store, w.ann->id, campaign, NULL, &error));
  OK(cq_queue_get_next_queued(w.store, w.ann->id, &row, &error));
  CHECK(row == NULL);
  cq_queue_statistics_init(&statistics, sizeof statistics);
  OK(cq_queue_get_queue_statistics(w.store, w.ann->id, &statistics, &error));
  CHECK(statistics.queued == 2 && statistics.ready == 2);
  REFUSED(cq_queue_get_queue_statistics(w.store, w.ann->id, NULL, &error), "statistics");
  close_world(&w);
}

static void calls_are_queued_by_hand(void) {
  world w = open_world(2);
  char campaign[37], ada[37];
  cq_queue_request requests[2];
  cq_queued_call_list* list = NULL;
  cq_queued_call* row = NULL;
  int32_t number = 0;
  memcpy(campaign, active_campaign(&w, TWO, NULL), sizeof campaign);
  memcpy(ada, new_contact(&w, "+14155550102"), sizeof ada);
  cq_queue_request_init(&requests[0], sizeof requests[0]);
  requests[0].contact_id = ada;
  requests[0].campaign_id = campaign;
  requests[0].user_data = "{\"priority\":3}";
  requests[1] = requests[0];
  FAILS(cq_queue_create_bulk(w.store, w.ann->id, requests, 2, &list, &error), CQ_CONFLICT,
        "contact_id");
  requests[1].contact_id = NULL;
  REFUSED(cq_queue_create_bulk(w.store, w.ann->id, requests, 2, &list, &error), "contact_id");
  requests[1].contact_id = new_contact(&w, "+14155550103");
  OK(cq_queue_create_bulk(w.store, w.ann->id, requests, 2, &list, &error));
  HAS(list, 2);
  CHECK(list->items[0]->priority == 103 && list->items[0]->position < list->items[1]->position);
  cq_queued_call_list_free(&list);
  requests[1].size -= 8;
  REFUSED(cq_queue_create_bulk(w.store, w.ann->id, requests, 2, &list, &error), "size");
  REFUSED(cq_queue_create_bulk(w.store, w.ann->id, NULL, 2, &list, &error), "requests");
  OK(cq_queue_create_bulk(w.store, w.ann->id, NULL, 0, NULL, &error));
  requests[0].user_data = "[]";
  REFUSED(cq_queue_create_bulk(w.store, w.ann->id, requests, 1, NULL, &error), "user_data");

  requests[0].user_data = NULL;
  REFUSED(cq_queue_add_direct(w.store, w.ann->id, requests, &row, &error), "campaign_id");
  requests[0].campaign_id = NULL;
  REFUSED(cq_queue_add_direct(w.store, w.ann->id, requests, &row, &error), "agent_id");
  requests[0].agent_id = w.agent->id;
  requests[0].scheduled_for = INT64_MAX;
  REFUSED(cq_queue_add_direct(w.store, w.ann->id, requests, &row, &error), "scheduled_for");
  requests[0].scheduled_for = CQ_NO_INSTANT;
  requests[0].not_after = NOON - 1;
  REFUSED(cq_queue_add_direct(w.store, w.ann->id, requests, &row, &error), "not_after");
  requests[0].not_after = CQ_NO_INSTANT;
  REFUSED(cq_queue_add_direct(w.store, w.ann->id, NULL, &row, &error), "request");
  OK(cq_queue_add_direct(w.store, w.ann->id, requests, &row, &error));
  CHECK(row->campaign_id == NULL && row->not_after == NOON + INT64_C(15) * MINUTE);
  OK(cq_queue_cancel(w.store, w.ann->id, row->id, NULL, &error));
  FAILS(cq_queue_cancel(w.store, w.ann->id, row->id, NULL, &error), CQ_CONFLICT, "status");
  cq_queued_call_free(&row);
  OK(cq_queue_delete_by_contact(w.store, w.ann->id, ada, &number, &error));
  CHECK(number == 1);
  OK(cq_queue_delete_by_contact(w.store, w.ann->id, ada, NULL, &error));
  REFUSED(cq_queue_delete_by_contact(w.store, w.ann->id, "", NULL, &error), "contact_id");
  OK(cq_custom_priority("{\"priority\":-4}", &number, &error));
  CHECK(number == -4);
  REFUSED(cq_custom_priority("{\"priority\":\"4\"}", &number, &error), "priority");
  REFUSED(cq_custom_priority("4", &number, &error), "user_data");
  REFUSED(cq_custom_priority("{}", NULL, &error), "priority");
  close_world(&w);
}

static void rows_are_moved_by_hand(void) {
  world w = open_world(2);
  cq_claimed_call_list* claimed;
  cq_queued_call* row = NULL;
  cq_status_details details;
  const char* id;
  active_campaign(&w, TWO, NULL);
  claimed = claim(&w, 1);
  HAS(claimed, 1);
  id = claimed->items[0]->queued->id;
  cq_status_details_init(&details, sizeof details);
  details.success = 2;
  REFUSED(cq_queue_update_status(w.store, w.ann->id, id, CQ_QUEUED_CALL_COMPLETED, &details, &row,
                                 &error),
          "success");
  details.success = 1;
  details.duration_seconds = 30;
  details.completed_at = NOON;
  REFUSED(cq_queue_update_status(w.store, w.ann->id, id, 6, &details, &row, &error), "status");
  FAILS(cq_queue_update_status(w.store, w.ann->id, id, CQ_QUEUED_CALL_QUEUED, NULL, &row, &error),
        CQ_CONFLICT, "status");
  OK(cq_queue_update_status(w.store, w.ann->id, id, CQ_QUEUED_CALL_COMPLETED, &details, &row,
                            &error));
  CHECK(row->status == CQ_QUEUED_CALL_COMPLETED && row->success == 1);
  cq_queued_call_free(&row);
  FAILS(
      cq_queue_update_status(w.store, w.ann->id, NOBODY, CQ_QUEUED_CALL_FAILED, NULL, NULL, &error),
      CQ_NOT_FOUND, "queue_id");
  cq_claimed_call_list_free(&claimed);
  close_world(&w);
}

static void claims_keep_the_limits(void) {
  world w = open_world(1);
  cq_claim_request request;
  cq_claimed_call_list *claimed, *none = NULL;
  cq_claimed_call* one = NULL;
  cq_queued_call_list* list = NULL;
  active_campaign(&w, TWO, NULL);
  cq_claim_request_init(&request, sizeof request);
  SAME(request.worker, "worker");
  CHECK(request.lease_seconds == 120);
  request.limit = 0;
  REFUSED(cq_queue_claim(w.store, &request, &none, &error), "limit");
  request.limit = 5;
  request.lease_seconds = 0;
  REFUSED(cq_queue_claim(w.store, &request, &none, &error), "lease");
  request.lease_seconds = INT64_MIN;
  REFUSED(cq_queue_claim(w.store, &request, &none, &error), "lease");
  request.lease_seconds = 30;
  request.worker = "";
  REFUSED(cq_queue_claim(w.store, &request, &none, &error), "worker");
  request.worker = BAD_UTF8;
  REFUSED(cq_queue_claim(w.store, &request, &none, &error), "worker");
  request.worker = "me";
  request.only = NOBODY;
  REFUSED(cq_queue_claim(w.store, &request, &none, &error), "only_user");
  request.only = NULL;
  REFUSED(cq_queue_claim(w.store, &request, NULL, &error), "claimed");
  claimed = NULL;
  OK(cq_queue_claim(w.store, &request, &claimed, &error));
  HAS(claimed, 1);
  SAME(claimed->items[0]->call->leased_by, "me");
  SAME(claimed->items[0]->next_action, "ask");
  SAME(claimed->items[0]->queued->call_id, claimed->items[0]->call->id);
  SAME(claimed->items[0]->call->queue_id, claimed->items[0]->queued->id);
  CHECK(claimed->items[0]->call->status == CQ_CALL_INITIATED);
  CHECK(claimed->items[0]->call->call_type == CQ_CALL_TYPE_CAMPAIGN);
  CHECK(claimed->items[0]->call->outcome == CQ_UNSET && claimed->items[0]->call->attempt == 1);
  CHECK(claimed->items[0]->call->duration_seconds == CQ_UNSET);
  CHECK(claimed->items[0]->call->lease_expires_at == NOON + INT64_C(30000000));
  OK(cq_queue_claim(w.store, NULL, &none, &error));
  HAS(none, 0);
  cq_claimed_call_list_free(&none);
  OK(cq_queue_list(w.store, w.ann->id, NULL, NULL, &list, &error));
  FAILS(cq_queue_call_now(w.store, w.ann->id, list->items[1]->id, NULL, &one, &error),
        CQ_LIMIT_REACHED, "concurrent_calls_limit");
  FAILS(cq_queue_call_now(w.store, w.ann->id, list->items[0]->id, NULL, &one, &error), CQ_CONFLICT,
        "status");
  OK(cq_store_set_user_limits(w.store, w.ann->id, 2, CQ_UNSET, NULL, &error));
  OK(cq_queue_call_now(w.store, w.ann->id, list->items[1]->id, NULL, &one, &error));
  SAME(one->queued->id, list->items[1]->id);
  cq_claimed_call_free(&one);
  REFUSED(cq_queue_call_now(w.store, w.ann->id, NULL, NULL, &one, &error), "queue_id");
  cq_queued_call_list_free(&list);
  cq_claimed_call_list_free(&claimed);
  close_world(&w);
}

static void a_call_is_dialed_by_hand(void) {
  world w = open_world(1);
  cq_claimed_call_list* claimed;
  cq_call *call = NULL, *found = NULL;
  cq_call_list* list = NULL;
  cq_call_filter filter;
  cq_call_ref refs[2];
  int32_t marked[2] = {7, 7};
  const int32_t active[] = {CQ_CALL_INITIATED, CQ_CALL_RINGING}, wrong[] = {-3};
  const char *id, *ids[2] = {NOBODY, NULL};
  active_campaign(&w, TWO, NULL);
  claimed = claim(&w, 1);
  id = ids[1] = claimed->items[0]->call->id;
  refs[0].user_id = refs[1].user_id = w.ann->id;
  refs[0].call_id = NOBODY;
  refs[1].call_id = id;
  OK(cq_store_renew_lease(w.store, w.ann->id, id, "worker", 300, &call, &error));
  CHECK(call->lease_expires_at == NOON + INT64_C(300000000));
  cq_call_free(&call);
  FAILS(cq_store_renew_lease(w.store, w.ann->id, id, "other", 300, &call, &error), CQ_CONFLICT,
        "lease_expires_at");
  REFUSED(cq_store_renew_lease(w.store, w.ann->id, id, "worker", -1, &call, &error), "lease");
  REFUSED(cq_store_renew_lease(w.store, w.ann->id, id, NULL, 1, &call, &error), "worker");
  OK(cq_store_begin_dial(w.store, refs, 2, "worker", marked, &error));
  CHECK(marked[0] == 0 && marked[1] == 1);
  REFUSED(cq_store_begin_dial(w.store, NULL, 2, "worker", marked, &error), "calls");
  REFUSED(cq_store_begin_dial(w.store, refs, 2, "worker", NULL, &error), "marked");
  REFUSED(cq_store_begin_dial(w.store, refs, 2, NULL, marked, &error), "worker");
  OK(cq_store_begin_dial(w.store, NULL, 0, "worker", NULL, &error));
  OK(cq_store_accept_call(w.store, w.ann->id, id, "p-1", &call, &error));
  SAME(call->provider_call_id, "p-1");
  cq_call_free(&call);
  REFUSED(cq_store_accept_call(w.store, w.ann->id, id, NULL, &call, &error), "provider_call_id");
  FAILS(cq_store_requeue_call(w.store, w.ann->id, id, "no", NULL, &error), CQ_CONFLICT, "status");
  OK(cq_store_find_call(w.store, w.ann->id, id, &found, &error));
  CHECK(found->submitted_at == NOON);
  cq_call_free(&found);
  FAILS(cq_store_find_call(w.store, w.ann->id, NOBODY, &found, &error), CQ_NOT_FOUND, "call_id");
  OK(cq_store_find_calls(w.store, w.ann->id, ids, 2, &list, &error));
  HAS(list, 1);
  SAME(list->items[0]->id, id);
  SAME(list->next_cursor, "");
  cq_call_list_free(&list);
  OK(cq_store_find_calls(w.store, w.ann->id, NULL, 0, &list, &error));
  HAS(list, 0);
  cq_call_list_free(&list);
  REFUSED(cq_store_find_calls(w.store, w.ann->id, NULL, 1, &list, &error), "call_ids");
  ids[1] = NULL;
  REFUSED(cq_store_find_calls(w.store, w.ann->id, ids, 2, &list, &error), "call_id");
  REFUSED(cq_store_find_calls(w.store, w.ann->id, ids, 1, NULL, &error), "calls");
  OK(cq_store_locate_call(w.store, NULL, "p-1", &found, &error));
  SAME(found->id, id);
  cq_call_free(&found);
  FAILS(cq_store_locate_call(w.store, NULL, "p-2", &found, &error), CQ_NOT_FOUND,
        "provider_call_id");
  FAILS(cq_store_locate_call(w.store, NOBODY, NULL, &found, &error), CQ_NOT_FOUND, "call_id");
  REFUSED(cq_store_locate_call(w.store, NULL, NULL, &found, &error), "call_id");
  cq_call_filter_init(&filter, sizeof filter);
  filter.provider_call_id = "p-1";
  filter.statuses = active;
  filter.statuses_count = 2;
  OK(cq_store_list_calls(w.store, w.ann->id, &filter, NULL, &list, &error));
  HAS(list, 1);
  cq_call_list_free(&list);
  filter.newest_first = 2;
  REFUSED(cq_store_list_calls(w.store, w.ann->id, &filter, NULL, &list, &error), "newest_first");
  filter.newest_first = 1;
  filter.statuses = wrong;
  REFUSED(cq_store_list_calls(w.store, w.ann->id, &filter, NULL, &list, &error), "statuses");
  OK(cq_store_lapsed_calls(w.store, 10, &list, &error));
  HAS(list, 0);
  cq_call_list_free(&list);
  REFUSED(cq_store_lapsed_calls(w.store, 0, &list, &error), "limit");
  cq_claimed_call_list_free(&claimed);
  close_world(&w);
}

static void slots_are_reserved_and_calls_given_back(void) {
  world w = open_world(1);
  cq_claimed_call_list* claimed;
  cq_call* call = NULL;
  active_campaign(&w, TWO, NULL);
  claimed = claim(&w, 1);
  FAILS(cq_store_reserve_slot(w.store, w.ann->id, "+14155550199", 60, &call, &error),
        CQ_LIMIT_REACHED, "concurrent_calls_limit");
  OK(cq_store_requeue_call(w.store, w.ann->id, claimed->items[0]->call->id, "not placed", &call,
                           &error));
  CHECK(call->status == CQ_CALL_CANCELLED);
  cq_call_free(&call);
  cq_claimed_call_list_free(&claimed);
  OK(cq_store_reserve_slot(w.store, w.ann->id, "+14155550199", 60, &call, &error));
  CHECK(call->queue_id == NULL && call->call_type == CQ_CALL_TYPE_DIRECT);
  cq_call_free(&call);
  REFUSED(cq_store_reserve_slot(w.store, w.ann->id, NULL, 60, &call, &error), "phone_number");
  REFUSED(cq_store_reserve_slot(w.store, w.ann->id, "+14155550198", INT64_MAX, &call, &error),
          "deadline");
  REFUSED(cq_store_reserve_slot(w.store, w.ann->id, "+14155550198", 0, &call, &error), "deadline");
  close_world(&w);
}

static void events_are_reported(void) {
  world w = open_world(1);
  cq_claimed_call_list* claimed;
  cq_call_report* report = NULL;
  cq_call_report_list* reports = NULL;
  cq_finished_and_claimed* both = NULL;
  cq_call_event events[2];
  cq_call_event event;
  active_campaign(&w, TWO, NULL);
  claimed = claim(&w, 1);
  event = event_of(&w, claimed->items[0]->call->id, CQ_UNSET);
  OK(cq_call_event_set_status(&event, "In-Progress", &error));
  CHECK(event.status == CQ_CALL_IN_PROGRESS && event.outcome == CQ_UNSET);
  REFUSED(cq_call_event_set_status(&event, "asleep", &error), "status");
  REFUSED(cq_call_event_set_status(NULL, "busy", &error), "event");
  OK(cq_call_event_set_outcome(&event, CQ_OUTCOME_VOICEMAIL, &error));
  CHECK(event.status == CQ_CALL_IN_PROGRESS && event.outcome == CQ_OUTCOME_VOICEMAIL);
  REFUSED(cq_call_event_set_outcome(&event, CQ_OUTCOME_BUSY, &error), "outcome");
  CHECK(event.outcome == CQ_OUTCOME_VOICEMAIL);
  REFUSED(cq_call_event_set_outcome(&event, CQ_UNSET, &error), "outcome");
  REFUSED(cq_call_event_set_outcome(NULL, CQ_OUTCOME_BUSY, &error), "event");
  event.outcome = CQ_UNSET;
  OK(cq_queue_report(w.store, &event, &report, &error));
  CHECK(report->status == CQ_OK && report->changed == 1 && report->ended == 0);
  CHECK(report->call->status == CQ_CALL_IN_PROGRESS && report->call->answered_at == NOON);
  cq_call_report_free(&report);
  event.status = 12;
  REFUSED(cq_queue_report(w.store, &event, &report, &error), "status");
  event.status = CQ_CALL_COMPLETED;
  event.outcome = 12;
  REFUSED(cq_queue_report(w.store, &event, &report, &error), "outcome");
  event.outcome = CQ_UNSET;
  event.duration_seconds = -2;
  REFUSED(cq_queue_report(w.store, &event, &report, &error), "duration_seconds");
  event.duration_seconds = 12;
  REFUSED(cq_queue_report(w.store, NULL, &report, &error), "event");
  events[0] = event;
  events[1] = event_of(&w, NOBODY, CQ_CALL_BUSY);
  OK(cq_store_report_events(w.store, events, 2, &reports, &error));
  HAS(reports, 2);
  CHECK(reports->items[0]->status == CQ_OK && reports->items[0]->ended == 1);
  CHECK(reports->items[0]->queued->status == CQ_QUEUED_CALL_COMPLETED);
  CHECK(reports->items[0]->call->duration_seconds == 12 && reports->items[0]->call->success == 1);
  CHECK(reports->items[1]->status == CQ_NOT_FOUND && reports->items[1]->call == NULL);
  SAME(reports->items[1]->field, "call_id");
  cq_call_report_list_free(&reports);
  events[1].user_id = NULL;
  REFUSED(cq_store_report_events(w.store, events, 2, &reports, &error), "user_id");
  REFUSED(cq_store_report_events(w.store, NULL, 1, &reports, &error), "events");
  cq_claimed_call_list_free(&claimed);

  claimed = claim(&w, 1);
  events[0] = event_of(&w, claimed->items[0]->call->id, CQ_CALL_NO_ANSWER);
  OK(cq_queue_finish_and_claim(w.store, events, 1, NULL, &both, &error));
  HAS(both->reports, 1);
  HAS(both->claimed, 0);
  CHECK(both->reports->items[0]->call->outcome == CQ_OUTCOME_NO_ANSWER);
  SAME(both->reports->items[0]->queued->failure_reason, "no_answer");
  cq_finished_and_claimed_free(&both);
  REFUSED(cq_queue_finish_and_claim(w.store, events, 1, NULL, NULL, &error), "both");
  cq_claimed_call_list_free(&claimed);
  close_world(&w);
}

static void events_are_read_from_json(void) {
  const char* json =
      "{\"call_id\":\"" NOBODY "\",\"status\":\"call-disconnected\",\"duration_seconds\":3}";
  cq_call_event* event = NULL;
  OK(cq_parse_call_event(json, strlen(json), &event, &error));
  CHECK(event->status == CQ_UNSET && event->duration_seconds == 3 && event->user_id == NULL);
  CHECK(event->answered_at == CQ_NO_INSTANT && event->success == CQ_UNSET);
  SAME(event->call_id, NOBODY);
  SAME(event->provider_call_id, "");
  cq_call_event_free(&event);
  CHECK(event == NULL);
  cq_call_event_free(NULL);
  REFUSED(cq_parse_call_event(json, strlen(json) - 1, &event, &error), "event");
  REFUSED(cq_parse_call_event(NULL, 0, &event, &error), "json");
  REFUSED(cq_parse_call_event("{\"status\":\"busy\"}", 17, NULL, &error), "event");
  REFUSED(cq_parse_call_event("{\"status\":\"busy\"}", 17, &event, &error), "call_id");
}

static void many_events_are_read_from_json(void) {
  const char* json = "[{\"provider_call_id\":\"p\",\"status\":\"busy\"},{\"status\":\"asleep\"}]";
  cq_call_event_result_list* events = NULL;
  OK(cq_parse_call_events(json, strlen(json), &events, &error));
  HAS(events, 2);
  CHECK(events->items[0]->status == CQ_OK && events->items[0]->event->status == CQ_CALL_BUSY);
  SAME(events->items[0]->event->provider_call_id, "p");
  SAME(events->items[0]->field, "");
  CHECK(events->items[1]->status == CQ_INVALID_ARGUMENT && events->items[1]->event == NULL);
  CHECK(events->items[1]->message[0] != '\0');
  SAME(events->items[1]->field, "status");
  cq_call_event_result_list_free(&events);
  CHECK(events == NULL);
  cq_call_event_result_list_free(&events);
  REFUSED(cq_parse_call_events("[]", 2, &events, &error), "events");
  REFUSED(cq_parse_call_events(NULL, 0, &events, &error), "json");
  REFUSED(cq_parse_call_events(json, strlen(json), NULL, &error), "events");
}

const test_case queue_cases[] = {
    {"rows_are_found", rows_are_found},
    {"calls_are_queued_by_hand", calls_are_queued_by_hand},
    {"rows_are_moved_by_hand", rows_are_moved_by_hand},
    {"claims_keep_the_limits", claims_keep_the_limits},
    {"a_call_is_dialed_by_hand", a_call_is_dialed_by_hand},
    {"slots_are_reserved_and_calls_given_back", slots_are_reserved_and_calls_given_back},
    {"events_are_reported", events_are_reported},
    {"events_are_read_from_json", events_are_read_from_json},
    {"many_events_are_read_from_json", many_events_are_read_from_json},
    {NULL, NULL}};
