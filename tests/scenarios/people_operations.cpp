#include "scenarios/arguments.hpp"

#include <callqueue/validate.hpp>

namespace callqueue::scenarios {
namespace {

User user(const Arguments& with) {
  const User other;
  return {
      .id = with.id<UserId>("id"),
      .name = with.text("name"),
      .email = with.text("email"),
      .timezone = with.text("timezone"),
      .concurrent_calls_limit = with.value("concurrent_calls_limit", other.concurrent_calls_limit),
      .system_concurrent_calls_limit =
          with.value("system_concurrent_calls_limit", other.system_concurrent_calls_limit)};
}

Agent agent(const Arguments& with) {
  return {.id = with.id<AgentId>("id"),
          .user_id = with.id<UserId>("user_id"),
          .name = with.text("name")};
}

Contact contact(const Arguments& with) {
  return {.id = with.id<ContactId>("id"),
          .user_id = with.id<UserId>("user_id"),
          .name = with.text("name"),
          .phone_number = with.text("phone_number"),
          .email = with.text("email"),
          .company = with.text("company"),
          .notes = with.text("notes"),
          .timezone = with.text("timezone")};
}

Result<Json> system_statistics(Store& store) {
  const auto all = store.system_statistics();
  if (!all) return tl::unexpected<Error>{all.error()};
  return Json{{"active", all->slots.active},
              {"limit", all->slots.limit},
              {"queued", all->queued},
              {"ready", all->ready},
              {"oldest_due", all->oldest_due ? Json(to_text(*all->oldest_due)) : Json{}}};
}

Result<Json> migrations(const Arguments& with) {
  return migrations_for(with.text("url")).map([](const std::vector<Migration>& all) {
    Json list = Json::array();
    for (const auto& one : all) list.push_back({{"version", one.version}, {"name", one.name}});
    return list;
  });
}

}  // namespace

Operations people_operations() {
  return {
      {"advance_clock",
       [](Ground& ground, const Arguments& with) -> Result<Json> {
         ground.clock->advance(std::chrono::seconds{with.json("seconds").get<std::int64_t>()});
         return Json{};
       }},
      {"open_store",
       [](Ground&, const Arguments& with) {
         return open_store(with.text("url")).map([](const auto&) { return Json{}; });
       }},
      {"migrations_for", [](Ground&, const Arguments& with) { return migrations(with); }},
      {"migrate",
       [](Ground& ground, const Arguments& with) {
         return given(ground.store->migrate(
             {.to = with.optional<int>("to"), .down = with.value("down", false)}));
       }},
      {"preflight", [](Ground& g, const Arguments&) { return given(g.store->preflight()); }},
      {"verify", [](Ground& g, const Arguments&) { return given(g.store->verify()); }},
      {"now",
       [](Ground& g, const Arguments&) {
         return g.store->now().map([](Instant now) { return Json(to_text(now)); });
       }},
      {"create_user",
       [](Ground& g, const Arguments& with) { return given(g.store->create_user(user(with))); }},
      {"find_user",
       [](Ground& g, const Arguments& with) {
         return given(g.store->find_user(with.id<UserId>("id")));
       }},
      {"list_users",
       [](Ground& g, const Arguments& with) { return given(g.store->list_users(with.page())); }},
      {"list_user_activity",
       [](Ground& g, const Arguments& with) {
         return given(g.store->list_user_activity(with.page()));
       }},
      {"set_user_limits",
       [](Ground& g, const Arguments& with) {
         return given(g.store->set_user_limits(with.id<UserId>("id"),
                                               with.optional<int>("concurrent"),
                                               with.optional<int>("system")));
       }},
      {"set_user_timezone",
       [](Ground& g, const Arguments& with) {
         return given(g.store->set_user_timezone(with.id<UserId>("id"), with.text("timezone")));
       }},
      {"user_slots",
       [](Ground& g, const Arguments& with) {
         return given(g.store->user_slots(with.id<UserId>("user_id")));
       }},
      {"system_slots", [](Ground& g, const Arguments&) { return given(g.store->system_slots()); }},
      {"set_system_limit",
       [](Ground& g, const Arguments& with) {
         return given(g.store->set_system_limit(with.json("system_limit").get<int>()));
       }},
      {"system_statistics",
       [](Ground& g, const Arguments&) { return system_statistics(*g.store); }},
      {"create_agent",
       [](Ground& g, const Arguments& with) { return given(g.store->create_agent(agent(with))); }},
      {"find_agent",
       [](Ground& g, const Arguments& with) {
         return given(g.store->find_agent(with.id<UserId>("user_id"), with.id<AgentId>("id")));
       }},
      {"list_agents",
       [](Ground& g, const Arguments& with) {
         return given(g.store->list_agents(with.id<UserId>("user_id"), with.page()));
       }},
      {"create_contact",
       [](Ground& g, const Arguments& with) {
         return given(g.store->create_contact(contact(with)));
       }},
      {"find_contact",
       [](Ground& g, const Arguments& with) {
         return given(g.store->find_contact(with.id<UserId>("user_id"), with.id<ContactId>("id")));
       }},
      {"find_contact_by_phone",
       [](Ground& g, const Arguments& with) {
         return given(
             g.store->find_contact_by_phone(with.id<UserId>("user_id"), with.text("phone_number")));
       }},
      {"list_contacts",
       [](Ground& g, const Arguments& with) {
         return given(g.store->list_contacts(with.id<UserId>("user_id"),
                                             {.search = with.text("search")}, with.page()));
       }},
      {"update_contact",
       [](Ground& g, const Arguments& with) {
         return given(g.store->update_contact(contact(with)));
       }},
      {"delete_contact",
       [](Ground& g, const Arguments& with) {
         return given(
             g.store->delete_contact(with.id<UserId>("user_id"), with.id<ContactId>("id")));
       }},
  };
}

}  // namespace callqueue::scenarios
