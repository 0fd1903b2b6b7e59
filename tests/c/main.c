/* c_api_tests [--leak | --use-freed | --fail]: all cases; or a fault on purpose, which whoever
 * watches the program has to notice. */
#include "harness.h"

int64_t now_is = NOON;

static int failures;
static const char* under_way = "";

void note_failure(const char* file, int line, const char* what, const char* detail) {
  ++failures;
  printf("%s:%d: %s: %s: %s\n", file, line, under_way, what, detail);
}

int same_text(const char* a, const char* b) { return a && b && strcmp(a, b) == 0; }

int64_t tell_time(void* user) {
  (void)user;
  return now_is;
}

cq_store_options world_options(void) {
  cq_store_options options;
  cq_store_options_init(&options, sizeof options);
  options.clock = tell_time;
  options.id_seed = 7;
  return options;
}

world open_world(int32_t limit) {
  const cq_store_options options = world_options();
  return world_with(&options, limit);
}

world world_with(const cq_store_options* options, int32_t limit) {
  world w = {NULL, NULL, NULL};
  cq_user user;
  cq_agent agent;
  now_is = NOON;
  OK(cq_store_open("sqlite::memory:", options, &w.store, &error));
  OK(cq_store_migrate(w.store, NULL, NULL, &error));
  cq_user_init(&user, sizeof user);
  user.name = "Ann";
  user.concurrent_calls_limit = limit;
  OK(cq_store_create_user(w.store, &user, &w.ann, &error));
  cq_agent_init(&agent, sizeof agent);
  agent.user_id = w.ann->id;
  agent.name = "Surveyor";
  OK(cq_store_create_agent(w.store, &agent, &w.agent, &error));
  return w;
}

void close_world(world* w) {
  cq_agent_free(&w->agent);
  cq_user_free(&w->ann);
  cq_store_close(&w->store);
  CHECK(w->store == NULL && w->ann == NULL && w->agent == NULL);
}

cq_csv_source text_source(const char* text) {
  cq_csv_source source;
  cq_csv_source_init(&source, sizeof source);
  source.text = text;
  source.length = strlen(text);
  return source;
}

const char* active_campaign(world* w, const char* list, const char* rules) {
  static char id[37];
  cq_campaign draft;
  cq_campaign* made = NULL;
  cq_csv_source source = text_source(list);
  cq_campaign_init(&draft, sizeof draft);
  draft.user_id = w->ann->id;
  draft.agent_id = w->agent->id;
  draft.name = "Spring";
  draft.next_action = "ask";
  draft.start_date = "2026-03-01";
  draft.first_call_time = 0;
  draft.last_call_time = 24 * HOUR;
  draft.rules = rules;
  OK(cq_campaigns_create(w->store, &draft, &made, &error));
  memcpy(id, made->id, sizeof id);
  cq_campaign_free(&made);
  OK(cq_import_csv(w->store, w->ann->id, id, &source, NULL, NULL, &error));
  OK(cq_campaigns_start(w->store, w->ann->id, id, NULL, &error));
  return id;
}

const char* new_contact(world* w, const char* number) {
  static char id[37];
  cq_contact contact;
  cq_contact* made = NULL;
  cq_contact_init(&contact, sizeof contact);
  contact.user_id = w->ann->id;
  contact.phone_number = number;
  contact.name = "Ada";
  OK(cq_store_create_contact(w->store, &contact, &made, &error));
  memcpy(id, made->id, sizeof id);
  cq_contact_free(&made);
  return id;
}

static int planted_fault(const char* which) {
  world w = open_world(1);
  if (strcmp(which, "--leak") == 0) {
    /* Several: the last one may be in a register still. */
    for (int i = 0; i < 3; ++i) {
      cq_user* lost = NULL;
      OK(cq_store_find_user(w.store, w.ann->id, &lost, &error));
      printf("%s is never freed\n", lost->name);
    }
  }
  if (strcmp(which, "--use-freed") == 0) {
    const char* name = w.ann->name;
    cq_user_free(&w.ann);
    printf("%s is gone\n", name);
  }
  if (strcmp(which, "--fail") == 0) {
    cq_user* user = NULL;
    OK(cq_store_find_user(w.store, NOBODY, &user, &error));
    REFUSED(cq_store_find_user(w.store, w.ann->id, &user, &error), "user_id");
    cq_user_free(&user);
  }
  close_world(&w);
  return failures != 0;
}

/* Whether the case is wanted: all are, or with --run_test=NAME those whose names begin like that.
 */
static int wanted(const char* name, const char* argument) {
  static const char option[] = "--run_test=";
  const size_t skip = sizeof option - 1;
  if (argument == NULL) return 1;
  return strncmp(name, argument + skip, strcspn(argument + skip, "*")) == 0;
}

int main(int count, char** arguments) {
  const test_case* topics[] = {basic_cases, people_cases, campaign_cases,
                               queue_cases, import_cases, processor_cases,
                               core_cases,  memory_cases, change_cases};
  size_t topic;
  int passed = 0, failed = 0;
  setvbuf(stdout, NULL, _IOLBF, 0); /* What was said before a crash is seen. */
  const char* chosen =
      count > 1 && strncmp(arguments[1], "--run_test=", 11) == 0 ? arguments[1] : NULL;
  if (count > 1 && chosen == NULL) return planted_fault(arguments[1]);
  for (topic = 0; topic < sizeof topics / sizeof *topics; ++topic) {
    const test_case* one;
    for (one = topics[topic]; one->name != NULL; ++one) {
      const int before = failures;
      if (!wanted(one->name, chosen)) continue;
      under_way = one->name;
      one->run();
      if (failures == before) {
        ++passed;
      } else {
        ++failed;
      }
    }
  }
  if (passed + failed == 0) printf("no test cases matching %s\n", chosen);
  printf("  %d test cases out of %d passed\n", passed, passed + failed);
  if (failed > 0) printf("  %d test cases out of %d failed\n", failed, passed + failed);
  return failed > 0 || passed == 0;
}
