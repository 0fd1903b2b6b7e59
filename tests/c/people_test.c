/* Users and limits, agents, contacts. */
#include "harness.h"

static void users_and_their_limits(void) {
  world w = open_world(2);
  cq_user user;
  cq_user *made = NULL, *found = NULL;
  cq_user_list* list = NULL;
  cq_page page;
  char* text = NULL;
  int32_t active = -1, limit = -1;
  cq_system_statistics statistics;
  cq_user_init(&user, sizeof user);
  CHECK(user.concurrent_calls_limit == 2 && user.system_concurrent_calls_limit == 10);
  REFUSED(cq_store_create_user(w.store, &user, NULL, &error), "name");
  user.name = BAD_UTF8;
  REFUSED(cq_store_create_user(w.store, &user, NULL, &error), "name");
  user.name = "Bob";
  user.id = "12";
  REFUSED(cq_store_create_user(w.store, &user, NULL, &error), "id");
  user.id = NOBODY;
  user.email = "bob@example.com";
  user.timezone = "Mars/Olympus";
  REFUSED(cq_store_create_user(w.store, &user, NULL, &error), "timezone");
  user.timezone = "Europe/Berlin";
  REFUSED(cq_store_create_user(NULL, &user, NULL, &error), "store");
  REFUSED(cq_store_create_user(w.store, NULL, NULL, &error), "user");
  OK(cq_store_create_user(w.store, &user, &made, &error));
  SAME(made->id, NOBODY);
  FAILS(cq_store_create_user(w.store, &user, &found, &error), CQ_CONFLICT, "id");
  OK(cq_store_find_user(w.store, NOBODY, &found, &error));
  SAME(found->name, "Bob");
  SAME(found->email, "bob@example.com");
  SAME(found->timezone, "Europe/Berlin");
  cq_user_free(&found);
  REFUSED(cq_store_find_user(w.store, NULL, &found, &error), "user_id");
  REFUSED(cq_store_find_user(w.store, "x", &found, &error), "user_id");
  REFUSED(cq_store_find_user(w.store, NOBODY, NULL, &error), "user");

  cq_page_init(&page, sizeof page);
  page.limit = 1;
  OK(cq_store_list_users(w.store, &page, &list, &error));
  HAS(list, 1);
  page.cursor = list->next_cursor;
  CHECK(page.cursor[0] != '\0');
  {
    cq_user_list* rest = NULL;
    OK(cq_store_list_users(w.store, &page, &rest, &error));
    HAS(rest, 1);
    SAME(rest->next_cursor, "");
    cq_user_list_free(&rest);
  }
  cq_user_list_free(&list);
  page.cursor = "nonsense";
  REFUSED(cq_store_list_users(w.store, &page, &list, &error), "cursor");
  page.cursor = NULL;
  page.limit = 0;
  REFUSED(cq_store_list_users(w.store, &page, &list, &error), "limit");
  REFUSED(cq_store_list_users(w.store, NULL, NULL, &error), "users");
  OK(cq_store_list_user_activity(w.store, NULL, &text, &error));
  HOLDS(text, "\"active_calls\":0");
  cq_string_free(&text);
  REFUSED(cq_store_list_user_activity(w.store, &page, &text, &error), "limit");

  cq_user_free(&made);
  OK(cq_store_set_user_limits(w.store, NOBODY, 7, CQ_UNSET, &made, &error));
  CHECK(made->concurrent_calls_limit == 7 && made->system_concurrent_calls_limit == 10);
  cq_user_free(&made);
  cq_user_free(&made);
  REFUSED(cq_store_set_user_limits(w.store, NOBODY, -1, CQ_UNSET, NULL, &error),
          "concurrent_calls_limit");
  FAILS(cq_store_set_user_limits(w.store, w.agent->id, 1, 1, NULL, &error), CQ_NOT_FOUND,
        "user_id");
  OK(cq_store_set_user_timezone(w.store, NOBODY, "Asia/Tokyo", &made, &error));
  CHECK(strcmp(made->timezone, "Asia/Tokyo") == 0);
  cq_user_free(&made);
  REFUSED(cq_store_set_user_timezone(w.store, NOBODY, "Mars", NULL, &error), "timezone");
  FAILS(cq_store_set_user_timezone(w.store, w.agent->id, NULL, NULL, &error), CQ_NOT_FOUND,
        "user_id");
  OK(cq_store_user_slots(w.store, NOBODY, &active, &limit, &error));
  CHECK(active == 0 && limit == 7);
  REFUSED(cq_store_user_slots(w.store, NOBODY, NULL, &limit, &error), "active");
  REFUSED(cq_store_user_slots(w.store, NOBODY, &active, NULL, &error), "limit");
  OK(cq_store_set_system_limit(w.store, 3, &error));
  OK(cq_store_system_slots(w.store, &active, &limit, &error));
  CHECK(active == 0 && limit == 3);
  REFUSED(cq_store_system_slots(w.store, &active, NULL, &error), "limit");
  REFUSED(cq_store_set_system_limit(w.store, -1, &error), "system_limit");
  cq_system_statistics_init(&statistics, sizeof statistics);
  OK(cq_store_system_statistics(w.store, &statistics, &error));
  CHECK(statistics.limit == 3 && statistics.oldest_due == CQ_NO_INSTANT);
  REFUSED(cq_store_system_statistics(w.store, NULL, &error), "statistics");
  close_world(&w);
}

static void agents(void) {
  world w = open_world(2);
  cq_agent agent;
  cq_agent* found = NULL;
  cq_agent_list* list = NULL;
  cq_agent_init(&agent, sizeof agent);
  REFUSED(cq_store_create_agent(w.store, &agent, NULL, &error), "user_id");
  agent.user_id = w.ann->id;
  REFUSED(cq_store_create_agent(w.store, &agent, NULL, &error), "name");
  agent.name = "Other";
  agent.user_id = NOBODY;
  FAILS(cq_store_create_agent(w.store, &agent, &found, &error), CQ_NOT_FOUND, "user_id");
  OK(cq_store_find_agent(w.store, w.ann->id, w.agent->id, &found, &error));
  SAME(found->name, "Surveyor");
  SAME(found->user_id, w.ann->id);
  cq_agent_free(&found);
  FAILS(cq_store_find_agent(w.store, w.ann->id, NOBODY, &found, &error), CQ_NOT_FOUND, "agent_id");
  REFUSED(cq_store_find_agent(w.store, w.ann->id, "", &found, &error), "agent_id");
  OK(cq_store_list_agents(w.store, w.ann->id, NULL, &list, &error));
  HAS(list, 1);
  SAME(list->items[0]->id, w.agent->id);
  cq_agent_list_free(&list);
  REFUSED(cq_store_list_agents(w.store, NULL, NULL, &list, &error), "user_id");
  close_world(&w);
}

static void contacts(void) {
  world w = open_world(2);
  cq_contact contact;
  cq_contact *found = NULL, *changed = NULL;
  cq_contact_list* list = NULL;
  char id[37];
  memcpy(id, new_contact(&w, "+14155550100"), sizeof id);
  cq_contact_init(&contact, sizeof contact);
  contact.user_id = w.ann->id;
  contact.phone_number = "0123";
  REFUSED(cq_store_create_contact(w.store, &contact, NULL, &error), "phone_number");
  contact.phone_number = "+14155550100";
  FAILS(cq_store_create_contact(w.store, &contact, NULL, &error), CQ_CONFLICT, "phone_number");
  REFUSED(cq_store_create_contact(w.store, NULL, NULL, &error), "contact");
  OK(cq_store_find_contact_by_phone(w.store, w.ann->id, "+14155550100", &found, &error));
  SAME(found->id, id);
  cq_contact_free(&found);
  FAILS(cq_store_find_contact_by_phone(w.store, w.ann->id, "+1", &found, &error), CQ_NOT_FOUND,
        "phone_number");
  REFUSED(cq_store_find_contact_by_phone(w.store, w.ann->id, NULL, &found, &error), "phone_number");
  OK(cq_store_find_contact(w.store, w.ann->id, id, &found, &error));
  SAME(found->name, "Ada");
  SAME(found->notes, "");
  /* What was found is changed and handed in. */
  found->notes = "speaks French";
  found->timezone = "Europe/Paris";
  OK(cq_store_update_contact(w.store, found, &changed, &error));
  SAME(changed->notes, "speaks French");
  SAME(changed->phone_number, "+14155550100");
  found->company = BAD_UTF8;
  REFUSED(cq_store_update_contact(w.store, found, NULL, &error), "company");
  found->company = "";
  found->id = NULL;
  REFUSED(cq_store_update_contact(w.store, found, NULL, &error), "id");
  found->id = NOBODY;
  FAILS(cq_store_update_contact(w.store, found, NULL, &error), CQ_NOT_FOUND, "contact_id");
  cq_contact_free(&found);
  cq_contact_free(&changed);
  OK(cq_store_list_contacts(w.store, w.ann->id, "ad", NULL, &list, &error));
  HAS(list, 1);
  SAME(list->items[0]->timezone, "Europe/Paris");
  cq_contact_list_free(&list);
  OK(cq_store_list_contacts(w.store, w.ann->id, "zz", NULL, &list, &error));
  HAS(list, 0);
  cq_contact_list_free(&list);
  REFUSED(cq_store_list_contacts(w.store, w.ann->id, BAD_UTF8, NULL, &list, &error), "search");
  OK(cq_store_delete_contact(w.store, w.ann->id, id, &error));
  FAILS(cq_store_delete_contact(w.store, w.ann->id, id, &error), CQ_NOT_FOUND, "contact_id");
  REFUSED(cq_store_delete_contact(w.store, w.ann->id, NULL, &error), "contact_id");
  close_world(&w);
}

static void numbers_become_international(void) {
  char* number = NULL;
  OK(cq_normalize_phone_number("030 1234567", "DE", &number, &error));
  SAME(number, "+49301234567");
  cq_string_free(&number);
  REFUSED(cq_normalize_phone_number("030 1234567", NULL, &number, &error), "phone_number");
  REFUSED(cq_normalize_phone_number(NULL, NULL, &number, &error), "phone_number");
  REFUSED(cq_normalize_phone_number("030 1234567", "XX", &number, &error), "default_region");
  REFUSED(cq_normalize_phone_number("+14155550100", NULL, NULL, &error), "number");
}

const test_case people_cases[] = {{"users_and_their_limits", users_and_their_limits},
                                  {"agents", agents},
                                  {"contacts", contacts},
                                  {"numbers_become_international", numbers_become_international},
                                  {NULL, NULL}};
