// Users, agents and contacts.
#include "bindings/c/hand_out.hpp"
#include "bindings/c/handles.hpp"
#include "bindings/c/values.hpp"
#include "callqueue/csv_import.hpp"
#include "callqueue/json.hpp"

namespace callqueue::c {
namespace {

void tell_slots(const SlotUse& use, int32_t* active, int32_t* limit) {
  *active = use.active;
  *limit = use.limit;
}

}  // namespace
}  // namespace callqueue::c

using namespace callqueue;

void cq_user_free(cq_user** user) { c::free_owned(user); }
void cq_user_list_free(cq_user_list** users) { c::free_owned(users); }
void cq_agent_free(cq_agent** agent) { c::free_owned(agent); }
void cq_agent_list_free(cq_agent_list** agents) { c::free_owned(agents); }
void cq_contact_free(cq_contact** contact) { c::free_owned(contact); }
void cq_contact_list_free(cq_contact_list** contacts) { c::free_owned(contacts); }

cq_status cq_store_create_user(cq_store* store, const cq_user* user, cq_user** created,
                               cq_error** error) {
  return c::does(created, error, [&] {
    const auto wanted = c::value_of(c::needed(user, "user"));
    return c::value(c::open(store).create_user(wanted));
  });
}

cq_status cq_store_find_user(cq_store* store, const char* user_id, cq_user** user,
                             cq_error** error) {
  return c::finds(user, "user", error, [&] {
    return c::value(c::open(store).find_user(c::id<UserId>(user_id, "user_id")));
  });
}

cq_status cq_store_list_users(cq_store* store, const cq_page* page, cq_user_list** users,
                              cq_error** error) {
  return c::finds(users, "users", error,
                  [&] { return c::value(c::open(store).list_users(c::page(page))); });
}

cq_status cq_store_list_user_activity(cq_store* store, const cq_page* page, char** activity,
                                      cq_error** error) {
  return c::tells(activity, "activity", error, [&] {
    return to_json(c::value(c::open(store).list_user_activity(c::page(page))));
  });
}

cq_status cq_store_set_user_limits(cq_store* store, const char* user_id,
                                   int32_t concurrent_calls_limit,
                                   int32_t system_concurrent_calls_limit, cq_user** changed,
                                   cq_error** error) {
  return c::does(changed, error, [&] {
    return c::value(c::open(store).set_user_limits(
        c::id<UserId>(user_id, "user_id"), c::optional_number(concurrent_calls_limit),
        c::optional_number(system_concurrent_calls_limit)));
  });
}

cq_status cq_store_set_user_timezone(cq_store* store, const char* user_id, const char* timezone,
                                     cq_user** changed, cq_error** error) {
  return c::does(changed, error, [&] {
    return c::value(c::open(store).set_user_timezone(c::id<UserId>(user_id, "user_id"),
                                                     timezone == nullptr ? "" : timezone));
  });
}

cq_status cq_store_user_slots(cq_store* store, const char* user_id, int32_t* active, int32_t* limit,
                              cq_error** error) {
  return c::guard(error, [&] {
    static_cast<void>(c::number(active, "active"));
    static_cast<void>(c::number(limit, "limit"));
    c::tell_slots(c::value(c::open(store).user_slots(c::id<UserId>(user_id, "user_id"))), active,
                  limit);
  });
}

cq_status cq_store_system_slots(cq_store* store, int32_t* active, int32_t* limit,
                                cq_error** error) {
  return c::guard(error, [&] {
    static_cast<void>(c::number(active, "active"));
    static_cast<void>(c::number(limit, "limit"));
    c::tell_slots(c::value(c::open(store).system_slots()), active, limit);
  });
}

cq_status cq_store_set_system_limit(cq_store* store, int32_t system_limit, cq_error** error) {
  return c::guard(error, [&] { c::value(c::open(store).set_system_limit(system_limit)); });
}

cq_status cq_store_system_statistics(cq_store* store, cq_system_statistics* statistics,
                                     cq_error** error) {
  return c::fills(statistics, "statistics", error,
                  [&] { return c::value(c::open(store).system_statistics()); });
}

cq_status cq_store_create_agent(cq_store* store, const cq_agent* agent, cq_agent** created,
                                cq_error** error) {
  return c::does(created, error, [&] {
    const auto wanted = c::value_of(c::needed(agent, "agent"));
    return c::value(c::open(store).create_agent(wanted));
  });
}

cq_status cq_store_find_agent(cq_store* store, const char* user_id, const char* agent_id,
                              cq_agent** agent, cq_error** error) {
  return c::finds(agent, "agent", error, [&] {
    return c::value(c::open(store).find_agent(c::id<UserId>(user_id, "user_id"),
                                              c::id<AgentId>(agent_id, "agent_id")));
  });
}

cq_status cq_store_list_agents(cq_store* store, const char* user_id, const cq_page* page,
                               cq_agent_list** agents, cq_error** error) {
  return c::finds(agents, "agents", error, [&] {
    return c::value(c::open(store).list_agents(c::id<UserId>(user_id, "user_id"), c::page(page)));
  });
}

cq_status cq_store_create_contact(cq_store* store, const cq_contact* contact, cq_contact** created,
                                  cq_error** error) {
  return c::does(created, error, [&] {
    const auto wanted = c::value_of(c::needed(contact, "contact"));
    return c::value(c::open(store).create_contact(wanted));
  });
}

cq_status cq_store_find_contact(cq_store* store, const char* user_id, const char* contact_id,
                                cq_contact** contact, cq_error** error) {
  return c::finds(contact, "contact", error, [&] {
    return c::value(c::open(store).find_contact(c::id<UserId>(user_id, "user_id"),
                                                c::id<ContactId>(contact_id, "contact_id")));
  });
}

cq_status cq_store_find_contact_by_phone(cq_store* store, const char* user_id,
                                         const char* phone_number, cq_contact** contact,
                                         cq_error** error) {
  return c::finds(contact, "contact", error, [&] {
    const auto number = c::needed_text(phone_number, "phone_number");
    return c::value(
        c::open(store).find_contact_by_phone(c::id<UserId>(user_id, "user_id"), number));
  });
}

cq_status cq_store_list_contacts(cq_store* store, const char* user_id, const char* search,
                                 const cq_page* page, cq_contact_list** contacts,
                                 cq_error** error) {
  return c::finds(contacts, "contacts", error, [&] {
    return c::value(c::open(store).list_contacts(
        c::id<UserId>(user_id, "user_id"), {.search = c::text(search, "search")}, c::page(page)));
  });
}

cq_status cq_store_update_contact(cq_store* store, const cq_contact* contact, cq_contact** changed,
                                  cq_error** error) {
  return c::does(changed, error, [&] {
    const auto given = c::needed(contact, "contact");
    static_cast<void>(c::needed_text(given.id, "id"));
    const auto wanted = c::value_of(given);
    return c::value(c::open(store).update_contact(wanted));
  });
}

cq_status cq_store_delete_contact(cq_store* store, const char* user_id, const char* contact_id,
                                  cq_error** error) {
  return c::guard(error, [&] {
    c::value(c::open(store).delete_contact(c::id<UserId>(user_id, "user_id"),
                                           c::id<ContactId>(contact_id, "contact_id")));
  });
}

cq_status cq_normalize_phone_number(const char* text, const char* default_region, char** number,
                                    cq_error** error) {
  return c::tells(number, "number", error, [&] {
    const auto region = c::text(default_region, "default_region");
    return c::value(normalize_phone_number(c::needed_text(text, "phone_number"), region));
  });
}
