#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "api.hpp"

namespace rest {
namespace {

using namespace callqueue;
using nlohmann::ordered_json;

ordered_json slots(const SlotUse& use) { return ordered_json::parse(to_json(use)); }

/// Limits and what is in use of them: the caller's own and the system's.
Response concurrency(App& app, Request& request) {
  const auto user = app.store.find_user(request.caller.user_id);
  if (!user) return problem(user.error());
  const auto own = app.store.user_slots(user->id);
  if (!own) return problem(own.error());
  const auto system = app.store.system_slots();
  if (!system) return problem(system.error());
  return json(ordered_json{{"user_id", to_text(user->id)},
                           {"concurrent_calls_limit", user->concurrent_calls_limit},
                           {"system_concurrent_calls_limit", user->system_concurrent_calls_limit},
                           {"user", slots(*own)},
                           {"system", slots(*system)}}
                  .dump());
}

Response set_concurrency(App& app, Request& request) {
  std::optional<UserId> user_id;
  std::optional<int> concurrent;
  std::optional<int> ceiling;
  std::optional<int> system_limit;
  JsonReader in{request.body};
  in.optional("user_id", user_id);
  in.optional("concurrent_calls_limit", concurrent);
  in.optional("system_concurrent_calls_limit", ceiling);
  in.optional("system_limit", system_limit);
  if (const auto error = in.done()) return problem(*error);
  if (!user_id && (concurrent || ceiling)) {
    return problem(422, "invalid_argument", "user_id is required for a user's limits", "user_id");
  }
  if (user_id) {
    const auto set = app.store.set_user_limits(*user_id, concurrent, ceiling);
    if (!set) return problem(set.error());
  }
  if (system_limit) {
    const auto set = app.store.set_system_limit(*system_limit);
    if (!set) return problem(set.error());
  }
  app.processor.notify();
  return no_content();
}

/// Users beside each other.
Response users(App& app, Request& request) {
  const auto page = page_of(request);
  return page ? reply(app.store.list_user_activity(*page)) : problem(page.error());
}

Response me(App& app, Request& request) {
  return reply(app.store.find_user(request.caller.user_id));
}

Response healthy(Request&) { return json(R"({"status":"ok"})"); }

/// What the server offers, for programs.
Response description(Request&) {
  std::ifstream file{CALLQUEUE_OPENAPI};
  std::string text{std::istreambuf_iterator<char>{file}, {}};
  if (!file || text.empty()) throw std::runtime_error("openapi.yaml is missing");
  return {.type = "application/yaml", .body = std::move(text)};
}

/// Whether the database can be used.
Response ready(App& app, Request&) {
  const auto wakeup = app.store.next_wakeup();
  return wakeup ? json(R"({"status":"ready"})") : problem(wakeup.error());
}

}  // namespace

void add_setting_routes(Router& router, App& app) {
  router.add({.method = "GET", .path = "/api/me", .handler = bound(app, me)});
  router.add(
      {.method = "GET", .path = "/api/settings/concurrency", .handler = bound(app, concurrency)});
  router.add({.method = "PUT",
              .path = "/api/settings/concurrency",
              .access = Access::administrator,
              .handler = bound(app, set_concurrency)});
  router.add({.method = "GET",
              .path = "/api/users",
              .access = Access::administrator,
              .handler = bound(app, users)});
  router.add({.method = "GET",
              .path = "/healthz",
              .access = Access::anybody,
              .handler = healthy,
              .is_light = true});
  router.add({.method = "GET",
              .path = "/openapi.yaml",
              .access = Access::anybody,
              .handler = description});
  router.add({.method = "GET",
              .path = "/readyz",
              .access = Access::anybody,
              .handler = bound(app, ready)});
}

}  // namespace rest
