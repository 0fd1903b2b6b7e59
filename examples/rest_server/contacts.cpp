#include "api.hpp"
#include "callqueue/csv_import.hpp"
#include "callqueue/validate.hpp"
#include "once.hpp"

namespace rest {
namespace {

using namespace callqueue;

void read_contact(JsonReader& in, Contact& contact) {
  in.optional("phone_number", contact.phone_number);
  for (const auto& [name, text] : {std::pair<const char*, std::string*>{"name", &contact.name},
                                   {"email", &contact.email},
                                   {"company", &contact.company},
                                   {"notes", &contact.notes},
                                   {"timezone", &contact.timezone}}) {
    if (in.is_null(name)) text->clear();
    in.optional(name, *text);
  }
}

/// National numbers need `default_region`.
std::optional<Error> normalise(Contact& contact, const std::string& region) {
  auto number = normalize_phone_number(contact.phone_number, region);
  if (!number) return number.error();
  contact.phone_number = std::move(*number);
  return std::nullopt;
}

Response create_contact(App& app, Request& request) {
  Contact contact;
  contact.user_id = request.caller.user_id;
  std::string region;
  JsonReader in{request.body};
  read_contact(in, contact);
  in.optional("default_region", region);
  if (const auto error = in.done()) return problem(*error);
  if (const auto error = normalise(contact, region)) return problem(*error);
  if (const auto valid = validate(contact); !valid) return problem(valid.error());
  return created(app.store.create_contact(contact), "/api/contacts/");
}

Response list_contacts(App& app, Request& request) {
  const auto page = page_of(request);
  if (!page) return problem(page.error());
  return reply(app.store.list_contacts(
      request.caller.user_id, {.search = std::string{request.parameter("search").value_or("")}},
      *page));
}

Response find_contact(App& app, Request& request) {
  const auto id = id_of<ContactId>(request);
  if (!id) return problem(id.error());
  return reply(app.store.find_contact(request.caller.user_id, *id));
}

Response change_contact(App& app, Request& request) {
  const auto id = id_of<ContactId>(request);
  if (!id) return problem(id.error());
  auto contact = app.store.find_contact(request.caller.user_id, *id);
  if (!contact) return problem(contact.error());
  const auto number = contact->phone_number;
  std::string region;
  JsonReader in{request.body};
  read_contact(in, *contact);
  in.optional("default_region", region);
  if (const auto error = in.done()) return problem(*error);
  if (contact->phone_number != number) {
    if (const auto error = normalise(*contact, region)) return problem(*error);
  }
  if (const auto valid = validate(*contact); !valid) return problem(valid.error());
  return reply(app.store.update_contact(*contact));
}

Response remove_contact(App& app, Request& request) {
  const auto id = id_of<ContactId>(request);
  if (!id) return problem(id.error());
  return reply(app.store.delete_contact(request.caller.user_id, *id));
}

Response create_agent(App& app, Request& request) {
  Agent agent;
  agent.user_id = request.caller.user_id;
  JsonReader in{request.body};
  in.required("name", agent.name);
  if (const auto error = in.done()) return problem(*error);
  if (const auto valid = validate(agent); !valid) return problem(valid.error());
  return created(app.store.create_agent(agent), "/api/agents/");
}

Response list_agents(App& app, Request& request) {
  const auto page = page_of(request);
  if (!page) return problem(page.error());
  return reply(app.store.list_agents(request.caller.user_id, *page));
}

Response find_agent(App& app, Request& request) {
  const auto id = id_of<AgentId>(request);
  if (!id) return problem(id.error());
  return reply(app.store.find_agent(request.caller.user_id, *id));
}

}  // namespace

void add_contact_routes(Router& router, App& app) {
  router.add({.method = "GET", .path = "/api/contacts", .handler = bound(app, list_contacts)});
  router.add({.method = "POST",
              .path = "/api/contacts",
              .handler = once(app, bound(app, create_contact))});
  router.add({.method = "GET", .path = "/api/contacts/{id}", .handler = bound(app, find_contact)});
  router.add(
      {.method = "PATCH", .path = "/api/contacts/{id}", .handler = bound(app, change_contact)});
  router.add(
      {.method = "DELETE", .path = "/api/contacts/{id}", .handler = bound(app, remove_contact)});
  router.add({.method = "GET", .path = "/api/agents", .handler = bound(app, list_agents)});
  router.add(
      {.method = "POST", .path = "/api/agents", .handler = once(app, bound(app, create_agent))});
  router.add({.method = "GET", .path = "/api/agents/{id}", .handler = bound(app, find_agent)});
}

}  // namespace rest
