#include "c/scenario_operations.hpp"

namespace scenario {

std::int64_t now_is = 0;

cq_store* open_store(const char* url) {
  cq_store_options options;
  cq_store_options_init(&options, sizeof options);
  options.clock = [](void*) { return now_is; };
  options.durability = CQ_DURABILITY_NORMAL;
  cq_store* store = nullptr;
  ASK(cq_store_open(url, &options, &store, &error));
  return store;
}

namespace {

cq_contact contact(With& with) {
  cq_contact contact;
  cq_contact_init(&contact, sizeof contact);
  contact.id = with.text("id");
  contact.user_id = with.text("user_id");
  contact.name = with.text("name");
  contact.phone_number = with.text("phone_number");
  contact.email = with.text("email");
  contact.company = with.text("company");
  contact.notes = with.text("notes");
  contact.timezone = with.text("timezone");
  return contact;
}

Json slots(std::int32_t active, std::int32_t limit) {
  return {{"active", active}, {"limit", limit}};
}

Operations schema() {
  return {
      {"advance_clock",
       [](cq_store*, With& with) -> Json {
         now_is += with.json("seconds").get<std::int64_t>() * 1'000'000;
         return {};
       }},
      {"open_store",
       [](cq_store*, With& with) -> Json {
         cq_store* store = open_store(with.text("url"));
         cq_store_close(&store);
         return {};
       }},
      {"migrations_for",
       [](cq_store*, With& with) -> Json {
         cq_migration_list* list = nullptr;
         ASK(cq_migrations_for(with.text("url"), &list, &error));
         Json all = Json::array();
         for (std::size_t i = 0; i < list->count; ++i) {
           all.push_back({{"version", list->items[i]->version}, {"name", list->items[i]->name}});
         }
         cq_migration_list_free(&list);
         return all;
       }},
      {"migrate",
       [](cq_store* store, With& with) -> Json {
         cq_migrate_request request;
         cq_migrate_request_init(&request, sizeof request);
         with.take("to", request.to);
         with.take("down", request.down);
         char* text = nullptr;
         ASK(cq_store_migrate(store, &request, &text, &error));
         return taken_json(text);
       }},
      {"preflight",
       [](cq_store* store, With&) -> Json {
         char* text = nullptr;
         ASK(cq_store_preflight(store, nullptr, 0, &text, &error));
         return taken_json(text);
       }},
      {"verify",
       [](cq_store* store, With&) -> Json {
         char* text = nullptr;
         ASK(cq_store_verify(store, &text, &error));
         return taken_json(text);
       }},
      {"now",
       [](cq_store* store, With&) -> Json {
         std::int64_t now = 0;
         ASK(cq_store_now(store, &now, &error));
         return instant(now);
       }},
      {"next_wakeup",
       [](cq_store* store, With&) -> Json {
         std::int64_t at = 0;
         ASK(cq_store_next_wakeup(store, &at, &error));
         return instant(at);
       }},
      {"change_counter",
       [](cq_store* store, With&) -> Json {
         std::uint64_t counter = 0;
         ASK(cq_store_change_counter(store, &counter, &error));
         return counter;
       }},
      {"advance",
       [](cq_store* store, With& with) -> Json {
         cq_advance_request request;
         cq_advance_request_init(&request, sizeof request);
         with.take("budget", request.budget);
         with.take("lapse_submitted", request.lapse_submitted);
         cq_advance_result done;
         cq_advance_result_init(&done, sizeof done);
         ASK(cq_store_advance(store, &request, &done, &error));
         return {{"requeued", done.requeued},
                 {"lapsed", done.lapsed},
                 {"made_ready", done.made_ready},
                 {"expired", done.expired},
                 {"lanes_rolled", done.lanes_rolled},
                 {"activated", done.activated},
                 {"ended", done.ended},
                 {"swept", done.swept},
                 {"more", done.more == 1}};
       }},
  };
}

Operations users() {
  return {
      {"create_user",
       [](cq_store* store, With& with) -> Json {
         cq_user user;
         cq_user_init(&user, sizeof user);
         user.id = with.text("id");
         user.name = with.text("name");
         user.email = with.text("email");
         user.timezone = with.text("timezone");
         with.take("concurrent_calls_limit", user.concurrent_calls_limit);
         with.take("system_concurrent_calls_limit", user.system_concurrent_calls_limit);
         cq_user* made = nullptr;
         ASK(cq_store_create_user(store, &user, &made, &error));
         return taken(made, cq_user_free);
       }},
      {"find_user",
       [](cq_store* store, With& with) -> Json {
         cq_user* user = nullptr;
         ASK(cq_store_find_user(store, with.text("id"), &user, &error));
         return taken(user, cq_user_free);
       }},
      {"list_users",
       [](cq_store* store, With& with) -> Json {
         const auto page = with.page();
         cq_user_list* list = nullptr;
         ASK(cq_store_list_users(store, &page, &list, &error));
         return taken_page(list, cq_user_list_free);
       }},
      {"list_user_activity",
       [](cq_store* store, With& with) -> Json {
         const auto page = with.page();
         char* text = nullptr;
         ASK(cq_store_list_user_activity(store, &page, &text, &error));
         return taken_json(text);
       }},
      {"set_user_limits",
       [](cq_store* store, With& with) -> Json {
         std::int32_t concurrent = CQ_UNSET;
         std::int32_t system = CQ_UNSET;
         with.take("concurrent", concurrent);
         with.take("system", system);
         cq_user* user = nullptr;
         ASK(cq_store_set_user_limits(store, with.text("id"), concurrent, system, &user, &error));
         return taken(user, cq_user_free);
       }},
      {"set_user_timezone",
       [](cq_store* store, With& with) -> Json {
         cq_user* user = nullptr;
         ASK(cq_store_set_user_timezone(store, with.text("id"), with.text("timezone"), &user,
                                        &error));
         return taken(user, cq_user_free);
       }},
      {"user_slots",
       [](cq_store* store, With& with) -> Json {
         std::int32_t active = 0;
         std::int32_t limit = 0;
         ASK(cq_store_user_slots(store, with.text("user_id"), &active, &limit, &error));
         return slots(active, limit);
       }},
      {"system_slots",
       [](cq_store* store, With&) -> Json {
         std::int32_t active = 0;
         std::int32_t limit = 0;
         ASK(cq_store_system_slots(store, &active, &limit, &error));
         return slots(active, limit);
       }},
      {"set_system_limit",
       [](cq_store* store, With& with) -> Json {
         ASK(cq_store_set_system_limit(store, with.json("system_limit").get<std::int32_t>(),
                                       &error));
         return {};
       }},
      {"system_statistics",
       [](cq_store* store, With&) -> Json {
         cq_system_statistics all;
         cq_system_statistics_init(&all, sizeof all);
         ASK(cq_store_system_statistics(store, &all, &error));
         return {{"active", all.active_calls},
                 {"limit", all.limit},
                 {"queued", all.queued},
                 {"ready", all.ready},
                 {"oldest_due", instant(all.oldest_due)}};
       }},
  };
}

Operations agents_and_contacts() {
  return {
      {"create_agent",
       [](cq_store* store, With& with) -> Json {
         cq_agent agent;
         cq_agent_init(&agent, sizeof agent);
         agent.id = with.text("id");
         agent.user_id = with.text("user_id");
         agent.name = with.text("name");
         cq_agent* made = nullptr;
         ASK(cq_store_create_agent(store, &agent, &made, &error));
         return taken(made, cq_agent_free);
       }},
      {"find_agent",
       [](cq_store* store, With& with) -> Json {
         cq_agent* agent = nullptr;
         ASK(cq_store_find_agent(store, with.text("user_id"), with.text("id"), &agent, &error));
         return taken(agent, cq_agent_free);
       }},
      {"list_agents",
       [](cq_store* store, With& with) -> Json {
         const auto page = with.page();
         cq_agent_list* list = nullptr;
         ASK(cq_store_list_agents(store, with.text("user_id"), &page, &list, &error));
         return taken_page(list, cq_agent_list_free);
       }},
      {"create_contact",
       [](cq_store* store, With& with) -> Json {
         const auto wanted = contact(with);
         cq_contact* made = nullptr;
         ASK(cq_store_create_contact(store, &wanted, &made, &error));
         return taken(made, cq_contact_free);
       }},
      {"update_contact",
       [](cq_store* store, With& with) -> Json {
         const auto wanted = contact(with);
         cq_contact* changed = nullptr;
         ASK(cq_store_update_contact(store, &wanted, &changed, &error));
         return taken(changed, cq_contact_free);
       }},
      {"find_contact",
       [](cq_store* store, With& with) -> Json {
         cq_contact* found = nullptr;
         ASK(cq_store_find_contact(store, with.text("user_id"), with.text("id"), &found, &error));
         return taken(found, cq_contact_free);
       }},
      {"find_contact_by_phone",
       [](cq_store* store, With& with) -> Json {
         cq_contact* found = nullptr;
         ASK(cq_store_find_contact_by_phone(store, with.text("user_id"), with.text("phone_number"),
                                            &found, &error));
         return taken(found, cq_contact_free);
       }},
      {"list_contacts",
       [](cq_store* store, With& with) -> Json {
         const auto page = with.page();
         cq_contact_list* list = nullptr;
         ASK(cq_store_list_contacts(store, with.text("user_id"), with.text("search"), &page, &list,
                                    &error));
         return taken_page(list, cq_contact_list_free);
       }},
      {"delete_contact",
       [](cq_store* store, With& with) -> Json {
         ASK(cq_store_delete_contact(store, with.text("user_id"), with.text("id"), &error));
         return {};
       }},
  };
}

}  // namespace

Operations store_operations() {
  auto all = schema();
  all.merge(users());
  all.merge(agents_and_contacts());
  return all;
}

}  // namespace scenario
