#include <algorithm>

#include <fmt/core.h>

#include "callqueue/call_queue.hpp"
#include "callqueue/json.hpp"
#include "cli/command.hpp"
#include "cli/find.hpp"
#include "cli/output.hpp"

namespace callqueue::cli {
namespace {

struct RowListOptions {
  std::string user;
  std::string campaign;
  std::vector<std::string> statuses;
  std::size_t limit = 0;
};

struct RowRef {
  std::string user;
  std::string id;
};

QueueFilter filter(const RowListOptions& options) {
  QueueFilter result;
  for (const auto& text : options.statuses) {
    const auto status = parse_queued_call_status(text);
    if (!status) throw CLI::ValidationError(text + " is not a status of a queued call");
    result.statuses.push_back(*status);
  }
  return result;
}

void print_row(const Context& context, const QueuedCall& row, bool first) {
  if (context.json) {
    fmt::print("{}{}", first ? "" : ",", to_json(row));
    return;
  }
  // A list may be long: fixed columns, so that it need not be held to be shown.
  if (first) {
    print_line(fmt::format("{:36}  {:10}  {:>8}  {:>8}  {:20}  {}", "ID", "STATUS", "PRIORITY",
                           "ATTEMPTS", "SCHEDULED FOR", "CONTACT"));
  }
  print_line(fmt::format("{}  {:10}  {:>8}  {:>8}  {:20}  {}", to_text(row.id), to_text(row.status),
                         row.priority, row.attempts, short_text(row.scheduled_for),
                         row.contact_name.empty() ? row.phone_number : row.contact_name));
}

int list_rows(Context& context, const RowListOptions& options) {
  auto& store = context.store();
  auto wanted = filter(options);
  std::vector<UserId> owners;
  if (options.campaign.empty()) {
    for (const auto& user : find_users(store, options.user)) owners.push_back(user.id);
  } else {
    const auto campaign = find_campaign(store, options.user, options.campaign);
    wanted.campaign_id = campaign.id;
    owners.push_back(campaign.user_id);
  }
  if (context.json) fmt::print("[");
  std::size_t shown = 0;
  for (const auto owner : owners) {
    Page page{.limit = 1000, .cursor = {}};
    do {
      const auto part = value(CallQueue(store).list(owner, wanted, page));
      for (const auto& row : part.items) {
        if (options.limit != 0 && shown == options.limit) break;
        print_row(context, row, shown++ == 0);
      }
      page.cursor = part.next_cursor;
    } while (!page.cursor.empty() && (options.limit == 0 || shown < options.limit));
  }
  if (context.json) print_line("]");
  return 0;
}

void print_sheet(const QueuedCall& row) {
  Sheet sheet;
  sheet.add("id", to_text(row.id));
  sheet.add("user", to_text(row.user_id));
  sheet.add("campaign", row.campaign_id ? to_text(*row.campaign_id) : "none: a direct call");
  sheet.add("contact", row.contact_name + " " + row.phone_number);
  sheet.add("status", std::string(to_text(row.status)));
  sheet.add("priority", std::to_string(row.priority));
  sheet.add("position", std::to_string(row.position));
  sheet.add("attempts", std::to_string(row.attempts));
  sheet.add("time zone", row.timezone);
  sheet.add("scheduled for", short_text(row.scheduled_for));
  sheet.add("started at", short_text(row.started_at));
  sheet.add("completed at", short_text(row.completed_at));
  sheet.add("failure reason", row.failure_reason);
  sheet.add("data", row.user_data);
  sheet.print();
}

void print_attempts(const std::vector<Call>& calls) {
  Table table({"ATTEMPT", "CALL", "STARTED", "ENDED", "STATUS", "OUTCOME", "SECONDS", "REASON"});
  for (const auto& call : calls) {
    table.add({std::to_string(call.attempt), to_text(call.id), short_text(call.created_at),
               short_text(call.ended_at), std::string(to_text(call.status)),
               call.outcome ? std::string(to_text(*call.outcome)) : "-",
               call.duration ? std::to_string(call.duration->count()) : "-", call.failure_reason});
  }
  print_line("");
  table.print();
}

int show(Context& context, const RowRef& ref) {
  auto& store = context.store();
  const auto row = find_queued_call(store, ref.user, ref.id);
  auto calls = all_pages<Call>(
      [&](const Page& page) { return store.list_calls(row.user_id, {.queue_id = row.id}, page); });
  std::sort(calls.begin(), calls.end(),
            [](const Call& a, const Call& b) { return a.attempt < b.attempt; });
  if (context.json) {
    auto text = to_json(row);
    text.insert(text.size() - 1, ",\"calls\":" + to_json(calls));
    print_line(text);
    return 0;
  }
  print_sheet(row);
  if (!calls.empty()) print_attempts(calls);
  return 0;
}

int cancel(Context& context, const RowRef& ref) {
  auto& store = context.store();
  const auto row = find_queued_call(store, ref.user, ref.id);
  const auto cancelled = value(CallQueue(store).cancel(row.user_id, row.id));
  print_line(context.json ? to_json(cancelled) : std::string(to_text(cancelled.status)));
  return 0;
}

QueueStatistics& operator+=(QueueStatistics& sum, const QueueStatistics& part) {
  sum.queued += part.queued;
  sum.ready += part.ready;
  sum.processing += part.processing;
  sum.completed += part.completed;
  sum.failed += part.failed;
  sum.cancelled += part.cancelled;
  sum.skipped += part.skipped;
  return sum;
}

int statistics(Context& context, const std::string& user) {
  auto& store = context.store();
  QueueStatistics sum;
  for (const auto& owner : find_users(store, user)) {
    sum += value(CallQueue(store).get_queue_statistics(owner.id));
  }
  if (context.json) {
    print_line(to_json(sum));
    return 0;
  }
  Sheet sheet;
  sheet.add("queued", fmt::format("{}, ready {}", sum.queued, sum.ready));
  sheet.add("processing", std::to_string(sum.processing));
  sheet.add("completed", std::to_string(sum.completed));
  sheet.add("failed", std::to_string(sum.failed));
  sheet.add("cancelled", std::to_string(sum.cancelled));
  sheet.add("skipped", std::to_string(sum.skipped));
  sheet.print();
  return 0;
}

std::shared_ptr<RowRef> add_row_ref(CLI::App* command) {
  auto ref = std::make_shared<RowRef>();
  command->add_option("queued,--queued,--id", ref->id, "Id of the queued call")->required();
  command->add_option("--user", ref->user, "Its user, by id or e-mail address; none: looked for");
  return ref;
}

}  // namespace

void add_queue_commands(CLI::App& app, Context& context) {
  auto* group = app.add_subcommand("queue", "Queued calls")->require_subcommand(1);
  auto options = std::make_shared<RowListOptions>();
  auto* list_command = group->add_subcommand("list", "Queued calls in the order of creation");
  list_command->add_option("--user", options->user, "Id or e-mail address; none: of all users");
  list_command->add_option("--campaign", options->campaign, "Only of this campaign");
  add_list(list_command, "--status", options->statuses, "Only these, as queued,failed");
  add_list_limit(list_command, options->limit, "Most to list");
  on(list_command, context, [&context, options] { return list_rows(context, *options); });

  auto* show_command = group->add_subcommand("show", "One queued call and every attempt");
  on(show_command, context,
     [&context, ref = add_row_ref(show_command)] { return show(context, *ref); });
  auto* cancel_command = group->add_subcommand("cancel", "Cancel one that is queued");
  on(cancel_command, context,
     [&context, ref = add_row_ref(cancel_command)] { return cancel(context, *ref); });

  auto user = std::make_shared<std::string>();
  auto* statistics_command = group->add_subcommand("statistics", "Queued calls by status");
  statistics_command->add_option("user,--user", *user, "Id or e-mail address; none: of all users");
  on(statistics_command, context, [&context, user] { return statistics(context, *user); });
}

}  // namespace callqueue::cli
