#include "callqueue/store.hpp"

#include "enums.hpp"
#include "model.hpp"
#include "open_store.hpp"
#include "topics.hpp"

namespace callqueue::python {
namespace {

using py::arg;

std::shared_ptr<OpenStore> opened(const std::string& url, std::shared_ptr<ManualClock> clock,
                                  Durability durability,
                                  NamedMilliseconds<"busy_timeout"> busy_timeout,
                                  NamedMilliseconds<"statement_timeout"> statement_timeout,
                                  bool create, int connections, bool prepare_statements,
                                  std::string schema, bool listen,
                                  NamedMilliseconds<"look_interval"> look_interval,
                                  std::optional<std::uint64_t> seed) {
  StoreOptions options{.clock = std::move(clock),
                       .durability = durability,
                       .busy_timeout = busy_timeout,
                       .statement_timeout = statement_timeout,
                       .create = create,
                       .connections = connections,
                       .prepare_statements = prepare_statements,
                       .schema = std::move(schema),
                       .listen = listen,
                       .look_interval = look_interval};
  if (seed) options.uuids = std::make_shared<UuidSource>(*seed);
  return std::make_shared<OpenStore>(value_of(open_store(url, std::move(options))));
}

void bind_life_of_store(StoreClass& store) {
  const StoreOptions defaults;
  store
      .def(py::init(&opened), Released(), arg("url"), py::kw_only(), arg("clock") = py::none(),
           arg("durability") = defaults.durability, arg("busy_timeout") = defaults.busy_timeout,
           arg("statement_timeout") = defaults.statement_timeout, arg("create") = defaults.create,
           arg("connections") = defaults.connections,
           arg("prepare_statements") = defaults.prepare_statements, arg("schema") = "",
           arg("listen") = defaults.listen, arg("look_interval") = defaults.look_interval,
           arg("seed") = py::none(),
           "Opens a store: `sqlite:PATH`, `sqlite::memory:` or `postgresql://user@host/database`. "
           "Does not migrate.\n\n"
           "clock: a `ManualClock` for tests. durability: what survives a power cut. busy_timeout: "
           "how long an operation waits for another one's write. create: whether a missing SQLite "
           "file is made. seed: repeatable ids, for tests. PostgreSQL alone: statement_timeout, "
           "connections (most of them), prepare_statements (False behind a transaction pooler), "
           "schema, listen, look_interval.\n\n"
           "Raises InvalidArgument (`url`, `connections`, `schema`), Unavailable when it cannot be "
           "reached, Corrupt when it is no database of this library's.")
      .def("close", &OpenStore::close, Released(),
           "Closes it, also while other threads work with it: what is under way ends first. "
           "Anything asked for afterwards raises InvalidArgument (`store`). A processor that runs "
           "goes on until it is stopped.")
      .def_property_readonly("closed", &OpenStore::closed, "Whether `close` was called.");
}

void bind_schema_of_store(StoreClass& store) {
  store
      .def(
          "migrations", [](const OpenStore& self) { return self.use()->migrations(); },
          "All migrations of this version, in order.")
      .def(
          "preflight",
          [](const OpenStore& self, std::optional<std::vector<std::string>> active_statuses) {
            return value_of(self.use()->preflight({std::move(active_statuses)}));
          },
          Released(), py::kw_only(), arg("active_statuses") = py::none(),
          "Lists what stands in the way of `migrate` in tables that are there already. Changes "
          "nothing. active_statuses as in `migrate`; None: those declared at the migration, if "
          "there was one.")
      .def(
          "migrate",
          [](const OpenStore& self, std::optional<int> to, bool down,
             std::optional<std::string> row_security,
             std::optional<std::vector<std::string>> active_statuses) {
            return value_of(self.use()->migrate({.to = to,
                                                 .down = down,
                                                 .row_security = std::move(row_security),
                                                 .active_statuses = std::move(active_statuses)}));
          },
          Released(), py::kw_only(), arg("to") = py::none(), arg("down") = false,
          arg("row_security") = py::none(), arg("active_statuses") = py::none(),
          "Brings the schema to the newest version, or to `to`; `down` goes back. Safe beside "
          "other "
          "migrators. row_security and active_statuses are PostgreSQL's: the role that sees one "
          "user's rows only, and spellings of `calls.status` that hold a slot.\n\n"
          "Raises InvalidArgument (`to`, `row_security`, `active_statuses`), Conflict for what "
          "`preflight` says blocks, Corrupt for a database of a newer version.")
      .def(
          "verify", [](const OpenStore& self) { return value_of(self.use()->verify()); },
          Released(), "Compares the database with what this version expects.")
      .def(
          "now", [](const OpenStore& self) { return value_of(self.use()->now()); }, Released(),
          "The clock that decides.");
}

void bind_users_of_store(StoreClass& store) {
  store
      .def(
          "create_user",
          [](const OpenStore& self, const User& user) {
            return value_of(self.use()->create_user(user));
          },
          Released(), arg("user"),
          "Stores it; a `NIL` id is replaced by a new one. Raises InvalidArgument naming the "
          "field, Conflict (`id`, `email`) if taken.")
      .def(
          "find_user",
          [](const OpenStore& self, UserId id) { return value_of(self.use()->find_user(id)); },
          Released(), arg("id"), "Raises NotFound.")
      .def(
          "list_users",
          [](const OpenStore& self, int limit, const std::string& cursor) {
            return value_of(self.use()->list_users({limit, cursor}));
          },
          Released(), py::kw_only(), arg("limit") = 50, arg("cursor") = "",
          "One page of at most `limit` (1 to 1,000).")
      .def(
          "list_user_activity",
          [](const OpenStore& self, int limit, const std::string& cursor) {
            return value_of(self.use()->list_user_activity({limit, cursor}));
          },
          Released(), py::kw_only(), arg("limit") = 50, arg("cursor") = "",
          "The same, each with what it has in use and its place in the turn order.")
      .def(
          "set_user_limits",
          [](const OpenStore& self, UserId id, std::optional<int> concurrent,
             std::optional<int> system) {
            return value_of(self.use()->set_user_limits(id, concurrent, system));
          },
          Released(), arg("id"), py::kw_only(), arg("concurrent") = py::none(),
          arg("system") = py::none(),
          "Sets the limits that are given. Once it has returned no claim disregards them.")
      .def(
          "set_user_timezone",
          [](const OpenStore& self, UserId id, const std::string& timezone) {
            return value_of(self.use()->set_user_timezone(id, timezone));
          },
          Released(), arg("id"), arg("timezone"),
          "Sets the zone that its campaigns and contacts are called by where they have none of "
          "their own; empty: UTC. Once it has returned nothing starts by the old one.")
      .def(
          "user_slots",
          [](const OpenStore& self, UserId user_id) {
            return value_of(self.use()->user_slots(user_id));
          },
          Released(), arg("user_id"), "Active calls of a user, and the limit.")
      .def(
          "system_slots",
          [](const OpenStore& self) { return value_of(self.use()->system_slots()); }, Released(),
          "Active calls of all users together, and the limit.")
      .def(
          "set_system_limit",
          [](const OpenStore& self, int limit) { value_of(self.use()->set_system_limit(limit)); },
          Released(), arg("system_limit"),
          "Sets the system limit, and every user's ceiling that held the old value.")
      .def(
          "system_statistics",
          [](const OpenStore& self) { return value_of(self.use()->system_statistics()); },
          Released(), "For monitoring. Reads every open row: every 15 s is often enough.");
}

void bind_people_of_store(StoreClass& store) {
  store
      .def(
          "create_agent",
          [](const OpenStore& self, const Agent& agent) {
            return value_of(self.use()->create_agent(agent));
          },
          Released(), arg("agent"),
          "Raises InvalidArgument, NotFound (`user_id`), Conflict (`id`).")
      .def(
          "find_agent",
          [](const OpenStore& self, UserId user_id, AgentId id) {
            return value_of(self.use()->find_agent(user_id, id));
          },
          Released(), arg("user_id"), arg("id"), "Raises NotFound.")
      .def(
          "list_agents",
          [](const OpenStore& self, UserId user_id, int limit, const std::string& cursor) {
            return value_of(self.use()->list_agents(user_id, {limit, cursor}));
          },
          Released(), arg("user_id"), py::kw_only(), arg("limit") = 50, arg("cursor") = "",
          "One page of at most `limit` (1 to 1,000).")
      .def(
          "create_contact",
          [](const OpenStore& self, const Contact& contact) {
            return value_of(self.use()->create_contact(contact));
          },
          Released(), arg("contact"),
          "Raises InvalidArgument naming the field, Conflict (`phone_number`) if the user has a "
          "contact with that number.")
      .def(
          "find_contact",
          [](const OpenStore& self, UserId user_id, ContactId id) {
            return value_of(self.use()->find_contact(user_id, id));
          },
          Released(), arg("user_id"), arg("id"), "Raises NotFound.")
      .def(
          "find_contact_by_phone",
          [](const OpenStore& self, UserId user_id, const std::string& phone_number) {
            return value_of(self.use()->find_contact_by_phone(user_id, phone_number));
          },
          Released(), arg("user_id"), arg("phone_number"), "By its number in E.164.")
      .def(
          "list_contacts",
          [](const OpenStore& self, UserId user_id, const std::string& search, int limit,
             const std::string& cursor) {
            return value_of(self.use()->list_contacts(user_id, {search}, {limit, cursor}));
          },
          Released(), arg("user_id"), py::kw_only(), arg("search") = "", arg("limit") = 50,
          arg("cursor") = "", "One page; `search` is part of the name or of the number.")
      .def(
          "update_contact",
          [](const OpenStore& self, const Contact& contact) {
            return value_of(self.use()->update_contact(contact));
          },
          Released(), arg("contact"), "Writes every field.")
      .def(
          "delete_contact",
          [](const OpenStore& self, UserId user_id, ContactId id) {
            value_of(self.use()->delete_contact(user_id, id));
          },
          Released(), arg("user_id"), arg("id"),
          "Deletes it and its queued calls; its calls stay. Conflict while one is in flight.");
}

void bind_calls_of_store(StoreClass& store) {
  store
      .def(
          "begin_dial",
          [](const OpenStore& self, const std::vector<CallRef>& calls, const std::string& worker) {
            return value_of(self.use()->begin_dial(calls, worker));
          },
          Released(), arg("calls"), arg("worker"),
          "Marks claimed calls as about to be dialed. Returns the ids of those marked: only they "
          "may be dialed, and only while their lease lasts. After Unavailable do not dial.")
      .def(
          "renew_lease",
          [](const OpenStore& self, const CallRef& call, const std::string& worker,
             NamedSeconds<"lease"> lease) {
            return value_of(self.use()->renew_lease(call, worker, lease));
          },
          Released(), arg("call"), arg("worker"), arg("lease"),
          "Extends the dial lease to now plus `lease`. Conflict when it lapsed or is another's.")
      .def(
          "accept_call",
          [](const OpenStore& self, const CallRef& call, const std::string& provider_call_id) {
            return value_of(self.use()->accept_call(call, provider_call_id));
          },
          Released(), arg("call"), arg("provider_call_id"),
          "The provider has accepted: records its id; the call deadline replaces the lease.")
      .def(
          "requeue_call",
          [](const OpenStore& self, const CallRef& call, const std::string& reason) {
            return value_of(self.use()->requeue_call(call, reason));
          },
          Released(), arg("call"), arg("reason"),
          "The call was certainly not placed: frees its slot and puts its row back.")
      .def(
          "report_events",
          [](const OpenStore& self, const std::vector<CallEvent>& events) {
            return value_of(self.use()->report_events(events));
          },
          Released(), arg("events"),
          "Applies events in one commit. Returns for each a `CallReport`, or the `Error` that "
          "refused it: one that fails does not stop the others.")
      .def(
          "reserve_slot",
          [](const OpenStore& self, UserId user_id, const std::string& phone_number,
             NamedSeconds<"deadline"> deadline) {
            return value_of(self.use()->reserve_slot(user_id, phone_number, deadline));
          },
          Released(), arg("user_id"), arg("phone_number"),
          arg("deadline") = std::chrono::seconds{3600},
          "Takes a slot for a call that the host makes by itself; an event ends it. LimitReached, "
          "Conflict (`phone_number`) while the user has an active call to the number.")
      .def(
          "find_call",
          [](const OpenStore& self, UserId user_id, CallId id) {
            return value_of(self.use()->find_call(user_id, id));
          },
          Released(), arg("user_id"), arg("id"), "Raises NotFound.")
      .def(
          "find_calls",
          [](const OpenStore& self, UserId user_id, const std::vector<CallId>& ids) {
            return value_of(self.use()->find_calls(user_id, ids));
          },
          Released(), arg("user_id"), arg("ids"),
          "Many at once, each once, in the order of their ids. What is not there, or another "
          "user's, is left out.")
      .def(
          "list_calls",
          [](const OpenStore& self, UserId user_id, std::optional<CampaignId> campaign_id,
             std::optional<QueuedCallId> queue_id, std::string provider_call_id,
             std::vector<CallStatus> statuses, bool newest_first, int limit,
             const std::string& cursor) {
            return value_of(self.use()->list_calls(user_id,
                                                   {.campaign_id = campaign_id,
                                                    .queue_id = queue_id,
                                                    .provider_call_id = std::move(provider_call_id),
                                                    .statuses = std::move(statuses),
                                                    .newest_first = newest_first},
                                                   {limit, cursor}));
          },
          Released(), arg("user_id"), py::kw_only(), arg("campaign_id") = py::none(),
          arg("queue_id") = py::none(), arg("provider_call_id") = "",
          arg("statuses") = std::vector<CallStatus>{}, arg("newest_first") = false,
          arg("limit") = 50, arg("cursor") = "", "One page, in the order of creation or backwards.")
      .def(
          "locate_calls",
          [](const OpenStore& self, const std::vector<CallName>& names) {
            return value_of(self.use()->locate_calls(names));
          },
          Released(), arg("names"),
          "Finds calls of any user by the ids that a provider knows: for what the provider itself "
          "reports. Returns for each a `CallRef`, or the `Error`.")
      .def(
          "lapsed_calls",
          [](const OpenStore& self, int limit) {
            return value_of(self.use()->lapsed_calls(limit));
          },
          Released(), py::kw_only(), arg("limit") = 100,
          "Submitted calls whose lease or deadline has passed, oldest first, of all users.");
}

void bind_time_of_store(StoreClass& store) {
  const AdvanceRequest defaults;
  store
      .def(
          "advance",
          [](const OpenStore& self, int budget, bool lapse_submitted) {
            return value_of(self.use()->advance({budget, lapse_submitted}));
          },
          Released(), py::kw_only(), arg("budget") = defaults.budget,
          arg("lapse_submitted") = defaults.lapse_submitted,
          "Does the work that time drives, at most `budget` rows of it. Cheap when there is none.")
      .def(
          "next_wakeup", [](const OpenStore& self) { return value_of(self.use()->next_wakeup()); },
          Released(), "When time alone can make anything claimable; None: never.")
      .def(
          "change_counter",
          [](const OpenStore& self) { return value_of(self.use()->change_counter()); }, Released(),
          "A number that changes whenever this or another process committed something; on "
          "PostgreSQL also when somebody else on the server did.")
      .def(
          "list_import_errors",
          [](const OpenStore& self, UserId user_id, CampaignId campaign_id, int limit,
             const std::string& cursor) {
            return value_of(self.use()->list_import_errors(user_id, campaign_id, {limit, cursor}));
          },
          Released(), arg("user_id"), arg("campaign_id"), py::kw_only(), arg("limit") = 50,
          arg("cursor") = "", "What was wrong with rows of imports into the campaign.");
}

}  // namespace

void register_store(py::module_& m) {
  StoreClass store(m, "Store",
                   "Remembers campaigns and queued calls, atomically. Thread-safe, and safe beside "
                   "other processes. Every method lets other threads run while it waits for the "
                   "database, and may raise Unavailable (try again), Corrupt (not migrated) or "
                   "InternalError besides what it lists.");
  bind_life_of_store(store);
  bind_schema_of_store(store);
  bind_users_of_store(store);
  bind_people_of_store(store);
  bind_calls_of_store(store);
  bind_time_of_store(store);
  bind_changes_of_store(m, store);
  m.def(
      "migrations_for",
      [](const std::string& url) { return value_of(callqueue::migrations_for(url)); }, arg("url"),
      "The migrations of the kind of store that the URL names. Opens nothing.");
}

}  // namespace callqueue::python
