/* The whole way of a campaign in C: a list of contacts comes in, a processor dials it by our
 * callback, the provider's events are reported, and statistics tell how it went.
 *
 * Every function that can fail returns a cq_status and explains itself in a cq_error. What we get
 * is ours until we free it; freeing sets our pointer to NULL. */
#include <callqueue.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Ends the program where something fails. A service would handle the status instead. */
static void must(cq_status status, cq_error* error) {
  if (status == CQ_OK) return;
  fprintf(stderr, "%s: %s\n", cq_status_text(status), error ? error->message : "");
  cq_error_free(&error);
  exit(1);
}

/* Stands for a telephony provider: calls that it has taken and that have not ended. */
typedef struct carrier {
  char calls[8][37]; /* Ids of calls have 36 characters. */
  size_t count;
} carrier;

/* Asks the provider to place a call. We only note its id; a real one would be asked over the
 * network, with the id as its idempotency key. */
static void dial(void* user, const cq_claimed_call* claimed, cq_dial_result* result) {
  carrier* to = user;
  char provider_id[32];
  printf("calling %s\n", claimed->queued->contact_name);
  strcpy(to->calls[to->count++], claimed->call->id);
  snprintf(provider_id, sizeof provider_id, "carrier-%zu", to->count);
  cq_dial_accepted(result, provider_id);
}

/* Reports that all calls under way were answered and have ended: their slots are free again. */
static void report_answers(cq_processor* processor, carrier* from, const char* user_id) {
  cq_error* error = NULL;
  cq_call_event events[8];
  size_t i;
  for (i = 0; i < from->count; ++i) {
    cq_call_event_init(&events[i], sizeof events[i]);
    events[i].user_id = user_id;
    events[i].call_id = from->calls[i];
    /* The spelling of whatever provider: "completed", "no-answer", "call-disconnected" … */
    must(cq_call_event_set_status(&events[i], "completed", &error), error);
    events[i].duration_seconds = 42;
  }
  must(cq_processor_report(processor, events, from->count, NULL, &error), error);
  from->count = 0;
}

static char* copy(const char* text) { return strcpy(malloc(strlen(text) + 1), text); }

int main(void) {
  const char* list =
      "name,phone_number,city\n"
      "Ada,+14155550123,London\n"
      "Grace,+14155550124,Arlington\n"
      "Edsger,+14155550125,Nuenen\n"
      "Nobody,12,\n"; /* No number that could be called: reported, and not imported. */
  cq_error* error = NULL;
  cq_store* store = NULL;

  /* A database in memory. With a file it is "sqlite:calls.db", with a server "postgresql://…". */
  must(cq_store_open("sqlite::memory:", NULL, &store, &error), error);
  must(cq_store_migrate(store, NULL, NULL, &error), error);

  /* What we fill in begins with its init function, which knows the defaults. */
  cq_user new_user;
  cq_user_init(&new_user, sizeof new_user);
  new_user.name = "Ann";
  new_user.concurrent_calls_limit = 2; /* Never more than two of her calls at once. */
  cq_user* ann = NULL;
  must(cq_store_create_user(store, &new_user, &ann, &error), error);

  cq_agent new_agent;
  cq_agent_init(&new_agent, sizeof new_agent);
  new_agent.user_id = ann->id;
  new_agent.name = "Surveyor";
  cq_agent* agent = NULL;
  must(cq_store_create_agent(store, &new_agent, &agent, &error), error);

  /* A campaign may call all day here; rules that go beyond its members are JSON. */
  cq_campaign draft;
  cq_campaign_init(&draft, sizeof draft);
  draft.user_id = ann->id;
  draft.agent_id = agent->id;
  draft.name = "Spring";
  draft.start_date = "2026-01-01";
  draft.first_call_time = 0;
  draft.last_call_time = 24 * 60 * 60;
  draft.rules =
      "{\"retry\":{\"outcomes\":[\"no_answer\"],\"max_attempts\":3,\"delays_seconds\":[600]}}";
  cq_campaign* spring = NULL;
  must(cq_campaigns_create(store, &draft, &spring, &error), error);
  char* spring_id = copy(spring->id); /* What we keep longer than its owner, we copy. */
  cq_campaign_free(&spring);

  cq_csv_source source;
  cq_csv_source_init(&source, sizeof source);
  source.text = list;
  source.length = strlen(list);
  cq_csv_report* report = NULL;
  must(cq_import_csv(store, ann->id, spring_id, &source, NULL, &report, &error), error);
  printf("imported %d of %d\n", (int)report->imported, (int)report->total);
  cq_csv_report_free(&report);
  must(cq_campaigns_start(store, ann->id, spring_id, NULL, &error), error);

  /* The processor claims what may start now and asks our dialer. A service gives it a thread that
   * sits in cq_processor_run; here we go round by round. */
  carrier provider = {.count = 0};
  cq_dialer dialer;
  cq_dialer_init(&dialer, sizeof dialer);
  dialer.user = &provider;
  dialer.dial = dial;
  cq_processor* processor = NULL;
  must(cq_processor_create(store, &dialer, NULL, NULL, &processor, &error), error);
  for (;;) {
    must(cq_processor_step(processor, NULL, &error), error);
    if (provider.count == 0) break;
    printf("%zu under way\n", provider.count);
    report_answers(processor, &provider, ann->id);
  }

  cq_campaign_statistics statistics;
  cq_campaign_statistics_init(&statistics, sizeof statistics);
  must(cq_campaigns_get_statistics(store, ann->id, spring_id, &statistics, &error), error);
  printf("successful %d, failed %d\n", (int)statistics.successful_calls,
         (int)statistics.failed_calls);

  /* Everything goes the way it came. */
  cq_processor_free(&processor);
  free(spring_id);
  cq_agent_free(&agent);
  cq_user_free(&ann);
  cq_store_close(&store);
  return 0;
}
