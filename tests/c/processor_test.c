/* A processor with callbacks, stepped by hand and on a thread of its own. */
#include <pthread.h>

#include "harness.h"

#define THREE "name,phone_number\nAda,+14155550100\nGrace,+14155550101\nEdsger,+14155550102\n"

/* A provider that says of each call what it was told to say, and remembers all of them. */
typedef struct carrier {
  pthread_mutex_t mutex;
  pthread_cond_t called;
  const char* answer;
  char ids[8][37];
  int dials, lookups, claims, claimed, dialed[3], reported, advanced, unavailable, hangs;
  cq_processor* processor;
  const char* user_id;
} carrier;

static carrier a_carrier(const char* answer) {
  carrier made;
  memset(&made, 0, sizeof made);
  pthread_mutex_init(&made.mutex, NULL);
  pthread_cond_init(&made.called, NULL);
  made.answer = answer;
  return made;
}

static void dial(void* user, const cq_claimed_call* call, cq_dial_result* result) {
  carrier* to = (carrier*)user;
  pthread_mutex_lock(&to->mutex);
  memcpy(to->ids[to->dials % 8], call->call->id, sizeof to->ids[0]);
  ++to->dials;
  pthread_cond_broadcast(&to->called);
  pthread_mutex_unlock(&to->mutex);
  CHECK(call->size == sizeof *call && call->queued->phone_number[0] == '+');
  if (strcmp(to->answer, "accepted") == 0) {
    CHECK(cq_dial_accepted(result, "") == CQ_INVALID_ARGUMENT);
    CHECK(cq_dial_accepted(NULL, "p") == CQ_INVALID_ARGUMENT);
    CHECK(cq_dial_accepted(result, "p-1") == CQ_OK);
  } else if (strcmp(to->answer, "rejected") == 0) {
    CHECK(cq_dial_rejected(result, "barred", 5) == CQ_INVALID_ARGUMENT);
    CHECK(cq_dial_rejected(result, "barred", 0) == CQ_OK);
  } else if (strcmp(to->answer, "uncertain") == 0) {
    CHECK(cq_dial_uncertain(result, BAD_UTF8) == CQ_INVALID_ARGUMENT);
    CHECK(cq_dial_uncertain(result, "timed out") == CQ_OK);
  }
}

static void look_up(void* user, const cq_call* call, cq_lookup_result* result) {
  carrier* to = (carrier*)user;
  cq_call_event event;
  CHECK(call->id != NULL);
  ++to->lookups;
  if (to->lookups == 1) {
    CHECK(cq_lookup_never_received(result) == CQ_OK);
    return;
  }
  cq_call_event_init(&event, sizeof event);
  event.duration_seconds = -1;
  CHECK(cq_lookup_known(result, &event) == CQ_INVALID_ARGUMENT);
  cq_call_event_init(&event, sizeof event);
  event.status = CQ_CALL_BUSY; /* Whose it is need not be said. */
  CHECK(cq_lookup_unknown(result) == CQ_OK);
  CHECK(cq_lookup_unknown(NULL) == CQ_INVALID_ARGUMENT);
  CHECK(cq_lookup_known(result, &event) == CQ_OK);
}

static void on_claim(void* user, int32_t calls, int64_t microseconds) {
  ((carrier*)user)->claims += calls >= 0 && microseconds >= 0;
}
static void on_claimed(void* user, const cq_claimed_call* call) {
  ((carrier*)user)->claimed += call->call->attempt >= 1;
}
static void on_dialed(void* user, const cq_claimed_call* call, int32_t kind, const char* detail) {
  CHECK(detail[0] != '\0' && call->call->id != NULL);
  ++((carrier*)user)->dialed[kind];
}
static void on_reported(void* user, const cq_call_report* report) {
  ((carrier*)user)->reported += report->call != NULL;
}
static void on_advanced(void* user, const cq_advance_result* result) {
  ((carrier*)user)->advanced += result->size == sizeof *result;
}
static void on_unavailable(void* user, const cq_error* error, int64_t backoff_ms) {
  ((carrier*)user)->unavailable += error->code != CQ_OK && backoff_ms > 0;
}
static void on_available(void* user) { (void)user; }
static void on_dialer_hangs(void* user, int32_t threads) { ((carrier*)user)->hangs = threads; }

static cq_observer an_observer(carrier* of) {
  cq_observer observer;
  cq_observer_init(&observer, sizeof observer);
  observer.user = of;
  observer.on_claim = on_claim;
  observer.on_claimed = on_claimed;
  observer.on_dialed = on_dialed;
  observer.on_reported = on_reported;
  observer.on_advanced = on_advanced;
  observer.on_unavailable = on_unavailable;
  observer.on_available = on_available;
  observer.on_dialer_hangs = on_dialer_hangs;
  return observer;
}

static cq_processor* a_processor(world* w, carrier* of, int lookup, int observed) {
  cq_dialer dialer;
  cq_observer observer = an_observer(of);
  cq_processor_options options;
  cq_processor* processor = NULL;
  cq_dialer_init(&dialer, sizeof dialer);
  dialer.user = of;
  dialer.dial = dial;
  if (lookup) dialer.lookup = look_up;
  cq_processor_options_init(&options, sizeof options);
  CHECK(options.parallelism == 8 && options.lease_seconds == 120);
  options.worker = "p";
  OK(cq_processor_create(w->store, &dialer, &options, observed ? &observer : NULL, &processor,
                         &error));
  return processor;
}

static void a_step_dials_and_records(void) {
  const char* answers[] = {"accepted", "rejected", "uncertain", "nothing"};
  const int32_t kinds[] = {CQ_DIAL_ACCEPTED, CQ_DIAL_REJECTED, CQ_DIAL_UNCERTAIN,
                           CQ_DIAL_UNCERTAIN};
  size_t i;
  for (i = 0; i < 4; ++i) {
    world w = open_world(1);
    carrier to = a_carrier(answers[i]);
    cq_processor* processor = a_processor(&w, &to, 0, 1);
    cq_step_result result;
    active_campaign(&w, THREE, NULL);
    cq_step_result_init(&result, sizeof result);
    OK(cq_processor_step(processor, &result, &error));
    CHECK(result.claimed == 1 && result.dialed == 1 && to.dials == 1);
    CHECK(result.next_wakeup != CQ_NO_INSTANT || i == 1);
    CHECK(to.claimed == 1 && to.claims >= 1 && to.dialed[kinds[i]] == 1);
    CHECK(to.reported == (i == 1));
    result.size = 3;
    REFUSED(cq_processor_step(processor, &result, &error), "size");
    OK(cq_processor_step(processor, NULL, &error));
    cq_processor_free(&processor);
    CHECK(processor == NULL);
    cq_processor_free(&processor);
    close_world(&w);
  }
}

static void what_was_not_heard_of_is_looked_up(void) {
  world w = open_world(1);
  carrier to = a_carrier("uncertain");
  cq_processor* processor = a_processor(&w, &to, 1, 1);
  cq_campaign_statistics statistics;
  const char* id = active_campaign(&w, "phone_number\n+14155550100\n", NULL);
  OK(cq_processor_step(processor, NULL, &error));
  now_is += INT64_C(3) * MINUTE;
  OK(cq_processor_step(processor, NULL, &error)); /* Never received: dialed once more. */
  OK(cq_processor_step(processor, NULL, &error));
  CHECK(to.lookups == 1 && to.dials == 2);
  now_is += INT64_C(3) * MINUTE;
  OK(cq_processor_step(processor, NULL, &error)); /* Busy, as the provider knows. */
  CHECK(to.lookups == 2);
  cq_campaign_statistics_init(&statistics, sizeof statistics);
  OK(cq_campaigns_get_statistics(w.store, w.ann->id, id, &statistics, &error));
  CHECK(statistics.failed_calls == 1 && statistics.attempts == 1);
  cq_processor_free(&processor);
  close_world(&w);
}

static void* run(void* processor) {
  cq_error* error = NULL;
  const cq_status status = cq_processor_run((cq_processor*)processor, &error);
  CHECK(status == CQ_OK && error == NULL);
  return NULL;
}

static void await_dials(carrier* to, int dials) {
  pthread_mutex_lock(&to->mutex);
  while (to->dials < dials) pthread_cond_wait(&to->called, &to->mutex);
  pthread_mutex_unlock(&to->mutex);
}

static void a_run_works_until_it_is_stopped(void) {
  world w = open_world(1);
  carrier to = a_carrier("accepted");
  cq_processor* processor = a_processor(&w, &to, 0, 0);
  cq_store* store = w.store;
  cq_queue_request direct;
  pthread_t thread;
  int calls;
  active_campaign(&w, THREE, NULL);
  CHECK(pthread_create(&thread, NULL, run, processor) == 0);
  for (calls = 1; calls <= 3; ++calls) {
    cq_call_report_list* reports = NULL;
    cq_call_event event;
    await_dials(&to, calls);
    cq_call_event_init(&event, sizeof event);
    event.user_id = w.ann->id;
    event.call_id = to.ids[calls - 1];
    event.status = CQ_CALL_COMPLETED;
    OK(cq_processor_report(processor, &event, 1, &reports, &error));
    HAS(reports, 1);
    CHECK(reports->items[0]->ended == 1);
    cq_call_report_list_free(&reports);
  }
  FAILS(cq_processor_run(processor, &error), CQ_CONFLICT, "processor");
  FAILS(cq_processor_step(processor, NULL, &error), CQ_CONFLICT, "processor");
  cq_processor_notify(processor);
  cq_processor_stop(processor);
  CHECK(pthread_join(thread, NULL) == 0);
  /* That stop has had its effect: another run works. */
  cq_queue_request_init(&direct, sizeof direct);
  direct.contact_id = new_contact(&w, "+14155550109");
  direct.agent_id = w.agent->id;
  OK(cq_queue_add_direct(w.store, w.ann->id, &direct, NULL, &error));
  CHECK(pthread_create(&thread, NULL, run, processor) == 0);
  await_dials(&to, 4);
  cq_processor_stop(processor);
  CHECK(pthread_join(thread, NULL) == 0);
  /* A stop before a run ends that; and the store may go first. */
  cq_processor_stop(processor);
  w.store = NULL;
  cq_store_close(&store);
  OK(cq_processor_run(processor, &error));
  cq_processor_free(&processor);
  close_world(&w);
}

static void a_processor_needs_a_dialer(void) {
  world w = open_world(1);
  cq_store* empty = NULL;
  cq_dialer dialer;
  cq_processor_options options;
  cq_processor* processor = NULL;
  cq_dialer_init(&dialer, sizeof dialer);
  REFUSED(cq_processor_create(w.store, NULL, NULL, NULL, &processor, &error), "dialer");
  REFUSED(cq_processor_create(w.store, &dialer, NULL, NULL, &processor, &error), "dial");
  dialer.dial = dial;
  REFUSED(cq_processor_create(NULL, &dialer, NULL, NULL, &processor, &error), "store");
  REFUSED(cq_processor_create(w.store, &dialer, NULL, NULL, NULL, &error), "processor");
  cq_processor_options_init(&options, sizeof options);
  options.poll_ms = -1;
  REFUSED(cq_processor_create(w.store, &dialer, &options, NULL, &processor, &error), "poll");
  REFUSED(cq_processor_run(NULL, &error), "processor");
  REFUSED(cq_processor_step(NULL, NULL, &error), "processor");
  REFUSED(cq_processor_report(NULL, NULL, 0, NULL, &error), "processor");
  cq_processor_stop(NULL);
  cq_processor_notify(NULL);
  cq_processor_free(NULL);
  /* A database that was never migrated. */
  OK(cq_store_open("sqlite::memory:", NULL, &empty, &error));
  OK(cq_processor_create(empty, &dialer, NULL, NULL, &processor, &error));
  FAILS(cq_processor_run(processor, &error), CQ_CORRUPT, "");
  cq_processor_free(&processor);
  cq_store_close(&empty);
  close_world(&w);
}

const test_case processor_cases[] = {
    {"a_step_dials_and_records", a_step_dials_and_records},
    {"what_was_not_heard_of_is_looked_up", what_was_not_heard_of_is_looked_up},
    {"a_run_works_until_it_is_stopped", a_run_works_until_it_is_stopped},
    {"a_processor_needs_a_dialer", a_processor_needs_a_dialer},
    {NULL, NULL}};
