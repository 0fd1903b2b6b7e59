#include <fmt/core.h>

#include "callqueue/json.hpp"
#include "callqueue/validate.hpp"
#include "cli/command.hpp"
#include "cli/find.hpp"
#include "cli/output.hpp"

namespace callqueue::cli {
namespace {

struct LimitOptions {
  std::string user;
  std::optional<int> concurrent;
  std::optional<int> system;
};

int add_user(Context& context, User user, std::optional<int> system) {
  auto& store = context.store();
  user.system_concurrent_calls_limit =
      system ? *system : value(store.system_slots()).limit;  // Follows the system's.
  value(validate(user));
  const auto id = to_text(value(store.create_user(user)).id);
  print_line(context.json ? json_id(id) : id);
  return 0;
}

void print_users(const Context& context, const std::vector<User>& users) {
  if (context.json) return print_line(to_json(users));
  Table table({"ID", "NAME", "E-MAIL", "TIME ZONE", "LIMIT", "SYSTEM LIMIT"});
  for (const auto& user : users) {
    table.add({to_text(user.id), user.name, user.email, user.timezone,
               std::to_string(user.concurrent_calls_limit),
               std::to_string(user.system_concurrent_calls_limit)});
  }
  table.print();
}

int limits(Context& context, const LimitOptions& options) {
  auto& store = context.store();
  auto user = find_user(store, options.user);
  if (options.concurrent || options.system) {
    user = value(store.set_user_limits(user.id, options.concurrent, options.system));
  }
  const auto slots = value(store.user_slots(user.id));
  if (context.json) {
    print_line(fmt::format(
        R"({{"id":"{}","active":{},"concurrent_calls_limit":{},"system_concurrent_calls_limit":{}}})",
        to_text(user.id), slots.active, user.concurrent_calls_limit,
        user.system_concurrent_calls_limit));
  } else {
    print_line(fmt::format("{} of {} calls active, none while the system has {}", slots.active,
                           user.concurrent_calls_limit, user.system_concurrent_calls_limit));
  }
  return 0;
}

int update_user(Context& context, const std::string& named, const std::string& timezone) {
  auto& store = context.store();
  const auto user = value(store.set_user_timezone(find_user(store, named).id, timezone));
  print_line(context.json ? to_json(user) : to_text(user.id));
  return 0;
}

int system_limits(Context& context, std::optional<int> limit) {
  auto& store = context.store();
  if (limit) {
    if (*limit < 0) throw Refused{"the system limit must not be negative", kUsage};
    value(store.set_system_limit(*limit));
  }
  const auto slots = value(store.system_slots());
  print_line(context.json ? to_json(slots)
                          : fmt::format("{} of {} calls active", slots.active, slots.limit));
  return 0;
}

int add_agent(Context& context, const std::string& user, const std::string& name) {
  auto& store = context.store();
  const Agent agent{.user_id = find_user(store, user).id, .name = name};
  value(validate(agent));
  const auto id = to_text(value(store.create_agent(agent)).id);
  print_line(context.json ? json_id(id) : id);
  return 0;
}

int list_agents(Context& context, const std::string& user) {
  auto& store = context.store();
  std::vector<Agent> agents;
  for (const auto& owner : find_users(store, user)) {
    for (auto& agent :
         all_pages<Agent>([&](const Page& page) { return store.list_agents(owner.id, page); })) {
      agents.push_back(std::move(agent));
    }
  }
  if (context.json) {
    print_line(to_json(agents));
    return 0;
  }
  Table table({"ID", "USER", "NAME"});
  for (const auto& agent : agents)
    table.add({to_text(agent.id), to_text(agent.user_id), agent.name});
  table.print();
  return 0;
}

void add_user_group(CLI::App& app, Context& context) {
  auto* group = app.add_subcommand("user", "Tenants and their limits")->require_subcommand(1);

  auto* add = group->add_subcommand("add", "Create a user; prints its id");
  auto user = std::make_shared<User>();
  auto system = std::make_shared<std::optional<int>>();
  add->add_option("name,--name", user->name, "Name")->required();
  add->add_option("--email", user->email, "E-mail address, unique");
  add->add_option("--timezone", user->timezone, "IANA name, as Europe/Berlin; none: UTC");
  add->add_option("--limit,--concurrent", user->concurrent_calls_limit, "Most calls at once");
  add->add_option("--system-limit,--system", *system,
                  "Dealt nothing while the system has this many calls");
  on(add, context, [&context, user, system] { return add_user(context, *user, *system); });

  auto* list = group->add_subcommand("list", "All users");
  on(list, context, [&context] {
    print_users(context, find_users(context.store(), ""));
    return 0;
  });

  auto* update = group->add_subcommand(
      "update", "Set a user's time zone; campaigns without one of their own follow it");
  auto named = std::make_shared<std::string>();
  auto timezone = std::make_shared<std::string>();
  update->add_option("user,--user", *named, "Id or e-mail address")->required();
  update->add_option("--timezone", *timezone, "IANA name, as Europe/Berlin; empty: UTC")
      ->required();
  on(update, context,
     [&context, named, timezone] { return update_user(context, *named, *timezone); });

  auto* limit = group->add_subcommand("limits", "Show or set a user's limits");
  auto options = std::make_shared<LimitOptions>();
  limit->add_option("user,--user", options->user, "Id or e-mail address")->required();
  limit->add_option("--concurrent,--limit", options->concurrent, "Most calls at once");
  limit->add_option("--system,--system-limit", options->system,
                    "Dealt nothing while the system has this many calls");
  on(limit, context, [&context, options] { return limits(context, *options); });
}

void add_agent_group(CLI::App& app, Context& context) {
  auto* group = app.add_subcommand("agent", "Voice agents")->require_subcommand(1);
  auto user = std::make_shared<std::string>();
  auto name = std::make_shared<std::string>();
  auto* add = group->add_subcommand("add", "Create an agent; prints its id");
  add->add_option("--user", *user, "Id or e-mail address")->required();
  add->add_option("name,--name", *name, "Name")->required();
  on(add, context, [&context, user, name] { return add_agent(context, *user, *name); });

  auto* list = group->add_subcommand("list", "Agents of a user, or of all");
  list->add_option("--user", *user, "Id or e-mail address");
  on(list, context, [&context, user] { return list_agents(context, *user); });
}

}  // namespace

void add_user_commands(CLI::App& app, Context& context) {
  add_user_group(app, context);
  add_agent_group(app, context);

  auto* group = app.add_subcommand("system", "The whole installation")->require_subcommand(1);
  auto limit = std::make_shared<std::optional<int>>();
  auto* limits_command = group->add_subcommand("limits", "Show or set the most calls at once");
  limits_command->add_option("limit,--limit,--concurrent,--set", *limit,
                             "Most calls at once of all users");
  on(limits_command, context, [&context, limit] { return system_limits(context, *limit); });
}

}  // namespace callqueue::cli
