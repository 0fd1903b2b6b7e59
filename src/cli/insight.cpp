#include <fmt/core.h>

#include "callqueue/call_campaigns.hpp"
#include "callqueue/call_queue.hpp"
#include "callqueue/json.hpp"
#include "cli/command.hpp"
#include "cli/find.hpp"
#include "cli/output.hpp"

namespace callqueue::cli {
namespace {

struct Target {
  std::string user;
  std::string campaign;
  std::string queued;
};

int explain(Context& context, const Target& target) {
  auto& store = context.store();
  const auto campaign = find_campaign(store, target.user, target.campaign);
  const auto reasons = value(CallCampaigns(store).explain(campaign.user_id, campaign.id));
  if (context.json) {
    print_line(to_json(reasons));
    return 0;
  }
  for (const auto& reason : reasons) {
    print_line(reason.until ? fmt::format("{}: {} [until {}]", reason.code, reason.text,
                                          short_text(reason.until))
                            : fmt::format("{}: {}", reason.code, reason.text));
  }
  return 0;
}

int forecast_campaign(Context& context, const Target& target) {
  auto& store = context.store();
  const auto campaign = find_campaign(store, target.user, target.campaign);
  const auto forecast = value(CallCampaigns(store).forecast(campaign.user_id, campaign.id));
  if (context.json) {
    print_line(to_json(forecast));
    return 0;
  }
  Sheet sheet;
  sheet.add("next call", short_text(forecast.starts_at));
  sheet.add("ends", short_text(forecast.ends_at));
  sheet.add("not reached", std::to_string(forecast.unreached_rows));
  sheet.print();
  return 0;
}

int forecast_row(Context& context, const Target& target) {
  auto& store = context.store();
  const auto row = find_queued_call(store, target.user, target.queued);
  const auto position = value(CallQueue(store).position(row.user_id, row.id));
  const auto starts_at = position.starts_at ? to_text(*position.starts_at) : "";
  if (context.json) {
    print_line(fmt::format(R"({{"position":{},"starts_at":{}}})", position.position,
                           position.starts_at ? json_string(starts_at) : "null"));
    return 0;
  }
  Sheet sheet;
  sheet.add("position", std::to_string(position.position));
  sheet.add("starts", short_text(position.starts_at));
  sheet.print();
  return 0;
}

int forecast(Context& context, const Target& target) {
  if (target.campaign.empty() == target.queued.empty()) {
    throw CLI::RequiredError("one of CAMPAIGN and --queued");
  }
  return target.queued.empty() ? forecast_campaign(context, target) : forecast_row(context, target);
}

}  // namespace

void add_insight_commands(CLI::App& app, Context& context) {
  auto target = std::make_shared<Target>();
  auto* explain_command =
      app.add_subcommand("explain", "Why nothing is being dialed, most telling first");
  explain_command->add_option("campaign,--campaign", target->campaign, "Id of the campaign")
      ->required();
  explain_command->add_option("--user", target->user, "Its user; none: looked for");
  on(explain_command, context, [&context, target] { return explain(context, *target); });

  auto* forecast_command =
      app.add_subcommand("forecast", "When a campaign will end, or a queued call start");
  forecast_command->add_option("campaign,--campaign", target->campaign, "Id of the campaign");
  forecast_command->add_option("--queued", target->queued, "Id of a queued call instead");
  forecast_command->add_option("--user", target->user, "Its user; none: looked for");
  on(forecast_command, context, [&context, target] { return forecast(context, *target); });
}

}  // namespace callqueue::cli
