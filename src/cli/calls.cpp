#include <fmt/core.h>

#include "callqueue/call_queue.hpp"
#include "callqueue/json.hpp"
#include "cli/command.hpp"
#include "cli/find.hpp"
#include "cli/output.hpp"

namespace callqueue::cli {
namespace {

struct CallListOptions {
  std::string user;
  bool active = false;
  std::size_t limit = 0;
};

struct EndOptions {
  std::string user;
  std::vector<std::string> ids;
  std::string status;
  std::string reason;
  bool no_retry = false;
};

int list_calls(Context& context, const CallListOptions& options) {
  auto& store = context.store();
  CallFilter filter;
  if (options.active) {
    filter.statuses = {CallStatus::initiated, CallStatus::ringing, CallStatus::in_progress};
  }
  std::vector<Call> calls;
  for (const auto& owner : find_users(store, options.user)) {
    const auto left = options.limit == 0 ? 0 : options.limit - calls.size();
    const auto some = all_pages<Call>(
        [&](const Page& page) { return store.list_calls(owner.id, filter, page); }, left);
    calls.insert(calls.end(), some.begin(), some.end());
    if (options.limit != 0 && calls.size() >= options.limit) break;
  }
  if (context.json) {
    print_line(to_json(calls));
    return 0;
  }
  Table table({"ID", "USER", "STATUS", "HELD BY", "SINCE", "UNTIL", "ENDED", "REASON"});
  for (const auto& call : calls) {
    table.add({to_text(call.id), to_text(call.user_id), std::string(to_text(call.status)),
               call.leased_by.empty() ? "-" : call.leased_by, short_text(call.created_at),
               short_text(call.lease_expires_at), short_text(call.ended_at), call.failure_reason});
  }
  table.print();
  return 0;
}

/// What to report of the call. Only an end is taken: a call is not moved on by hand.
CallEvent ending(const EndOptions& options) {
  CallEvent event;
  if (!set_status(event, options.status) || !event.status || is_active(*event.status)) {
    throw CLI::ValidationError(options.status +
                               " is not how a call ends: completed, voicemail, busy, no_answer, "
                               "failed, rejected, cancelled or unknown");
  }
  if (options.no_retry) event.retryable = false;
  event.failure_reason = options.reason;
  return event;
}

/// What is wrong with ending it so; empty: nothing.
std::string end_one(Context& context, CallEvent event, const Call& call, bool with_id) {
  event.user_id = call.user_id;
  event.call_id = call.id;
  const auto report = value(CallQueue(context.store()).report(event));
  const std::string status(to_text(report.call.status));
  const auto id = with_id ? to_text(call.id) + " " : std::string{};
  if (report.call.status != *event.status || !report.changed) {
    return fmt::format("the call {}is {} already", id, status);
  }
  print_line(context.json ? to_json(report) : id + status);
  return {};
}

int end(Context& context, const EndOptions& options) {
  const auto event = ending(options);
  std::vector<Call> calls;
  for (const auto& id : options.ids) calls.push_back(find_call(context.store(), options.user, id));
  std::string refused;
  for (const auto& call : calls) {
    const auto why = end_one(context, event, call, calls.size() > 1);
    if (!why.empty()) refused += (refused.empty() ? "" : ", ") + why;
  }
  if (!refused.empty()) throw Refused{refused};
  return 0;
}

}  // namespace

void add_call_commands(CLI::App& app, Context& context) {
  auto* group = app.add_subcommand("call", "Calls: attempts, each with its slot while it is on")
                    ->require_subcommand(1);
  auto listed = std::make_shared<CallListOptions>();
  auto* list_command = group->add_subcommand("list", "Calls in the order of creation, by user");
  list_command->add_option("--user", listed->user, "Id or e-mail address; none: of all users");
  list_command->add_flag("--active", listed->active, "Only those that hold a slot");
  add_list_limit(list_command, listed->limit, "Most to list");
  on(list_command, context, [&context, listed] { return list_calls(context, *listed); });

  auto ended = std::make_shared<EndOptions>();
  auto* end_command = group->add_subcommand(
      "end", "End calls of which you know that they are over: their slots are free from then on");
  end_command->add_option("call,--call,--id", ended->ids, "Ids of the calls")->required();
  end_command->add_option("--status", ended->status, "How they ended; unknown: nobody can tell")
      ->required();
  end_command->add_option("--reason", ended->reason,
                          "For people, in the calls and their queued calls");
  end_command->add_flag("--no-retry", ended->no_retry,
                        "Their queued calls are final, whatever the campaigns' rules say");
  end_command->add_option("--user", ended->user, "Their user, by id or e-mail address");
  on(end_command, context, [&context, ended] { return end(context, *ended); });
}

}  // namespace callqueue::cli
