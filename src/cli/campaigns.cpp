#include <fmt/core.h>

#include "callqueue/call_campaigns.hpp"
#include "callqueue/json.hpp"
#include "cli/campaign_options.hpp"
#include "cli/command.hpp"
#include "cli/find.hpp"
#include "cli/output.hpp"

namespace callqueue::cli {
namespace {

/// Names one campaign.
struct CampaignRef {
  std::string user;
  std::string id;
};

using Change = Result<CallCampaign> (CallCampaigns::*)(UserId, CampaignId);

std::shared_ptr<CampaignRef> add_ref(CLI::App* command) {
  auto ref = std::make_shared<CampaignRef>();
  command->add_option("campaign,--campaign,--id", ref->id, "Id of the campaign")->required();
  command->add_option("--user", ref->user, "Its user, by id or e-mail address; none: looked for");
  return ref;
}

int create(Context& context, const CampaignOptions& options) {
  auto& store = context.store();
  auto campaign = options.campaign;
  campaign.user_id = find_user(store, options.user).id;
  campaign.agent_id = find_agent(store, campaign.user_id, options.agent).id;
  const auto id = to_text(value(CallCampaigns(store).create(campaign)).id);
  print_line(context.json ? json_id(id) : id);
  return 0;
}

struct ListOptions {
  std::string user;
  std::vector<std::string> statuses;
  std::string name;
  std::size_t limit = 0;
};

CampaignFilter filter(const ListOptions& options) {
  CampaignFilter result{.name = options.name};
  for (const auto& text : options.statuses) {
    const auto status = parse_campaign_status(text);
    if (!status) throw CLI::ValidationError(text + " is not a status of a campaign");
    result.statuses.push_back(*status);
  }
  return result;
}

int list(Context& context, const ListOptions& options) {
  auto& store = context.store();
  const auto wanted = filter(options);
  std::vector<CallCampaign> campaigns;
  for (const auto& user : find_users(store, options.user)) {
    for (auto& campaign : all_pages<CallCampaign>(
             [&](const Page& page) { return store.list_campaigns(user.id, wanted, page); },
             options.limit)) {
      campaigns.push_back(std::move(campaign));
    }
  }
  if (context.json) {
    print_line(to_json(campaigns));
    return 0;
  }
  Table table({"ID", "NAME", "STATUS", "CONTACTS", "COMPLETED", "SUCCESSFUL", "FAILED"});
  for (const auto& campaign : campaigns) {
    table.add({to_text(campaign.id), campaign.name, std::string(to_text(campaign.status)),
               std::to_string(campaign.total_contacts), std::to_string(campaign.completed_calls),
               std::to_string(campaign.successful_calls), std::to_string(campaign.failed_calls)});
  }
  table.print();
  return 0;
}

void add_window(Sheet& sheet, const CallCampaign& campaign) {
  const auto& zone = campaign.rules.timezone;
  if (campaign.rules.weekly_windows) {
    sheet.add("window", "weekly windows (see --json)");
  } else {
    sheet.add("window", time_of_day_to_text(campaign.first_call_time) + " to " +
                            time_of_day_to_text(campaign.last_call_time));
  }
  sheet.add("time zone",
            (zone.empty() ? "the user's" : zone) +
                (campaign.rules.clock == CallClock::contact ? "; a contact's own goes first" : ""));
  sheet.add("dates", to_text(campaign.start_date) + " to " +
                         (campaign.end_date ? to_text(*campaign.end_date) : "open"));
}

/// `busy, no_answer: 3 attempts in all`
std::string retries(const RetryPolicy& retry) {
  if (retry.outcomes.empty()) return "none";
  std::string text;
  for (const auto outcome : retry.outcomes) {
    text += (text.empty() ? "" : ", ") + std::string(to_text(outcome));
  }
  return text + fmt::format(": {} attempts in all", retry.max_attempts);
}

void print(const CallCampaign& campaign, const CampaignStatistics& rows) {
  Sheet sheet;
  sheet.add("id", to_text(campaign.id));
  sheet.add("user", to_text(campaign.user_id));
  sheet.add("name", campaign.name);
  sheet.add("status", std::string(to_text(campaign.status)));
  sheet.add("next action", campaign.next_action);
  add_window(sheet, campaign);
  sheet.add("retries", retries(campaign.rules.retry));
  sheet.add("contacts", std::to_string(rows.total_contacts));
  sheet.add("queued", std::to_string(rows.queued));
  sheet.add("processing", std::to_string(rows.processing));
  sheet.add("completed",
            fmt::format("{}, successful {}", rows.completed_calls, rows.successful_calls));
  sheet.add("failed", std::to_string(rows.failed_calls));
  sheet.add("skipped", std::to_string(rows.skipped));
  sheet.add("cancelled", std::to_string(rows.cancelled));
  sheet.add("attempts", std::to_string(rows.attempts));
  sheet.add("started at", short_text(campaign.started_at));
  sheet.add("completed at", short_text(campaign.completed_at));
  sheet.print();
}

int show(Context& context, const CampaignRef& ref) {
  auto& store = context.store();
  const auto campaign = find_campaign(store, ref.user, ref.id);
  const auto rows = value(store.campaign_statistics(campaign.user_id, campaign.id));
  if (context.json) {
    auto text = to_json(campaign);
    text.insert(text.size() - 1, ",\"statistics\":" + to_json(rows));
    print_line(text);
  } else {
    print(campaign, rows);
  }
  return 0;
}

int change(Context& context, const CampaignRef& ref, Change how) {
  auto& store = context.store();
  const auto campaign = find_campaign(store, ref.user, ref.id);
  CallCampaigns campaigns(store);
  const auto changed = value((campaigns.*how)(campaign.user_id, campaign.id));
  print_line(context.json ? to_json(changed) : std::string(to_text(changed.status)));
  return 0;
}

int update(Context& context, const CampaignRef& ref, const std::string& timezone) {
  auto& store = context.store();
  const auto campaign = find_campaign(store, ref.user, ref.id);
  CampaignUpdate update{.rules = campaign.rules};
  update.rules->timezone = timezone;
  const auto changed = value(CallCampaigns(store).update(campaign.user_id, campaign.id, update));
  print_line(context.json ? to_json(changed) : to_text(changed.id));
  return 0;
}

int remove(Context& context, const CampaignRef& ref) {
  auto& store = context.store();
  const auto campaign = find_campaign(store, ref.user, ref.id);
  value(CallCampaigns(store).remove(campaign.user_id, campaign.id));
  print_line(context.json ? json_id(to_text(campaign.id)) : "deleted");
  return 0;
}

void print(const CampaignAnalytics& analytics) {
  Sheet sheet;
  const auto percent = [](double share) { return fmt::format("{:.1f} %", 100 * share); };
  sheet.add("contacts", std::to_string(analytics.statistics.total_contacts));
  sheet.add("attempts", std::to_string(analytics.statistics.attempts));
  sheet.add("progress", percent(analytics.progress));
  sheet.add("connection rate", percent(analytics.connection_rate));
  sheet.add("success rate", percent(analytics.success_rate));
  sheet.add("mean duration", analytics.mean_duration_seconds
                                 ? fmt::format("{:.1f} s", *analytics.mean_duration_seconds)
                                 : "-");
  sheet.add("expected end", short_text(analytics.estimated_completion));
  for (const auto& [outcome, count] : analytics.outcomes) {
    sheet.add("outcome " + std::string(to_text(outcome)), std::to_string(count));
  }
  sheet.print();
  Table days({"DATE", "ATTEMPTS", "ANSWERED", "SUCCESSFUL"});
  for (const auto& day : analytics.daily) {
    days.add({day.at, std::to_string(day.attempts), std::to_string(day.answered),
              std::to_string(day.successful)});
  }
  if (!analytics.daily.empty()) days.print();
}

int analyse(Context& context, const CampaignRef& ref) {
  auto& store = context.store();
  const auto campaign = find_campaign(store, ref.user, ref.id);
  const auto analytics = value(CallCampaigns(store).get_analytics(campaign.user_id, campaign.id));
  if (context.json) {
    print_line(to_json(analytics));
  } else {
    print(analytics);
  }
  return 0;
}

void add_list_command(CLI::App* group, Context& context) {
  auto* command = group->add_subcommand("list", "Campaigns, newest first");
  auto options = std::make_shared<ListOptions>();
  command->add_option("--user", options->user, "Id or e-mail address; none: of all users");
  add_list(command, "--status", options->statuses, "Only these, as draft,active");
  command->add_option("--name", options->name, "Part of the name");
  add_list_limit(command, options->limit, "Most to list for a user");
  on(command, context, [&context, options] { return list(context, *options); });
}

}  // namespace

void add_campaign_commands(CLI::App& app, Context& context) {
  auto* group = app.add_subcommand("campaign", "Campaigns")->require_subcommand(1);

  auto* create_command = group->add_subcommand("create", "Create a draft; prints its id");
  auto options = add_campaign_options(create_command);
  for (const auto* name : {"--user", "--agent", "--name", "--start-date"}) {
    create_command->get_option(name)->required();
  }
  on(create_command, context, [&context, options] { return create(context, *options); });
  add_list_command(group, context);

  auto* show_command = group->add_subcommand("show", "A campaign and its figures");
  on(show_command, context,
     [&context, ref = add_ref(show_command)] { return show(context, *ref); });

  auto* update_command =
      group->add_subcommand("update", "Set its time zone; its queued calls follow");
  auto timezone = std::make_shared<std::string>();
  update_command->add_option("--timezone", *timezone, "IANA name; empty: the user's, else UTC")
      ->required();
  on(update_command, context, [&context, ref = add_ref(update_command), timezone] {
    return update(context, *ref, *timezone);
  });

  const auto add_change = [&](const char* name, const char* help, Change how) {
    auto* command = group->add_subcommand(name, help);
    on(command, context,
       [&context, ref = add_ref(command), how] { return change(context, *ref, how); });
  };
  add_change("start", "Start a draft", &CallCampaigns::start);
  add_change("pause", "Start no more calls", &CallCampaigns::pause);
  add_change("resume", "Go on after a pause", &CallCampaigns::resume);
  add_change("unschedule", "Take a start back that lies ahead", &CallCampaigns::unschedule);
  add_change("cancel", "Give up what is queued", &CallCampaigns::cancel);

  auto* delete_command = group->add_subcommand("delete", "Delete it with its queued calls");
  on(delete_command, context,
     [&context, ref = add_ref(delete_command)] { return remove(context, *ref); });

  auto* analytics = group->add_subcommand("analytics", "How it went");
  on(analytics, context, [&context, ref = add_ref(analytics)] { return analyse(context, *ref); });
}

}  // namespace callqueue::cli
