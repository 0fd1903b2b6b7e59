#include <sstream>

#include "scenarios/arguments.hpp"

namespace callqueue::scenarios {
namespace {

CallCampaign campaign(const Arguments& with) {
  CallCampaign made{.user_id = with.id<UserId>("user_id"),
                    .name = with.text("name"),
                    .description = with.text("description"),
                    .agent_id = with.id<AgentId>("agent_id"),
                    .next_action = with.text("next_action")};
  made.first_call_time = with.time_of_day("first_call_time", made.first_call_time);
  made.last_call_time = with.time_of_day("last_call_time", made.last_call_time);
  made.start_date = with.optional_date("start_date").value_or(LocalDate{});
  made.end_date = with.optional_date("end_date");
  return made;
}

/// With its rules, which may be refused.
Result<CallCampaign> whole_campaign(const Arguments& with) {
  auto made = campaign(with);
  if (!with.has("rules")) return made;
  return parse_campaign_rules(with.object_text("rules")).map([&made](const CampaignRules& rules) {
    made.rules = rules;
    return made;
  });
}

Result<Json> update(CallCampaigns campaigns, const Arguments& with) {
  const auto user_id = with.id<UserId>("user_id");
  const auto id = with.id<CampaignId>("id");
  CampaignUpdate changes{.name = with.optional<std::string>("name"),
                         .description = with.optional<std::string>("description"),
                         .agent_id = with.optional_id<AgentId>("agent_id"),
                         .next_action = with.optional<std::string>("next_action"),
                         .start_date = with.optional_date("start_date")};
  if (with.has("first_call_time"))
    changes.first_call_time = with.time_of_day("first_call_time", {});
  if (with.has("last_call_time")) changes.last_call_time = with.time_of_day("last_call_time", {});
  if (with.names("end_date")) changes.end_date = with.optional_date("end_date");
  if (with.has("rules")) {
    const auto base = campaigns.find_by_id(user_id, id);
    if (!base) return tl::unexpected<Error>{base.error()};
    const auto rules = parse_campaign_rules(with.object_text("rules"), base->rules);
    if (!rules) return tl::unexpected<Error>{rules.error()};
    changes.rules = *rules;
  }
  return given(campaigns.update(user_id, id, changes));
}

Result<Json> preview(CallCampaigns campaigns, const Arguments& with) {
  const auto made = whole_campaign(with);
  if (!made) return tl::unexpected<Error>{made.error()};
  const CampaignAssumptions other;
  return given(campaigns.preview(
      *made, {.contacts = with.value("contacts", other.contacts),
              .call_duration = with.seconds("call_duration_seconds", other.call_duration),
              .concurrent_calls_limit = with.optional<int>("concurrent_calls_limit")}));
}

CsvImportOptions csv_options(const Arguments& with) {
  return {.default_region = with.text("default_region"),
          .atomic = with.value("atomic", false),
          .again = with.value("again", false)};
}

Result<Json> whole(Result<CampaignExport> exported) {
  if (!exported) return tl::unexpected<Error>{exported.error()};
  std::string text;
  for (auto more = Result<bool>{true}; *more;) {
    more = exported->next(text);
    if (!more) return tl::unexpected<Error>{more.error()};
  }
  return Json(text);
}

ExportFormat format(const Arguments& with) {
  return with.text("format") == "json" ? ExportFormat::json : ExportFormat::csv;
}

/// An operation that names one campaign, and gives it or something about it.
template <auto Function>
Result<Json> of_one(Ground& ground, const Arguments& with) {
  return given((CallCampaigns{*ground.store}.*Function)(with.id<UserId>("user_id"),
                                                        with.id<CampaignId>("id")));
}

}  // namespace

Operations campaign_operations() {
  return {
      {"campaigns.create",
       [](Ground& g, const Arguments& with) -> Result<Json> {
         const auto made = whole_campaign(with);
         if (!made) return tl::unexpected<Error>{made.error()};
         return given(CallCampaigns{*g.store}.create(*made));
       }},
      {"campaigns.find_by_id", of_one<&CallCampaigns::find_by_id>},
      {"campaigns.find_by_user_id",
       [](Ground& g, const Arguments& with) {
         return given(CallCampaigns{*g.store}.find_by_user_id(
             with.id<UserId>("user_id"),
             {.statuses = with.statuses<CampaignStatus>(
                  [](std::string_view text) { return parse_campaign_status(text); }),
              .agent_id = with.optional_id<AgentId>("agent_id"),
              .name = with.text("name")},
             with.page()));
       }},
      {"campaigns.update",
       [](Ground& g, const Arguments& with) { return update(CallCampaigns{*g.store}, with); }},
      {"campaigns.remove", of_one<&CallCampaigns::remove>},
      {"campaigns.start", of_one<&CallCampaigns::start>},
      {"campaigns.pause", of_one<&CallCampaigns::pause>},
      {"campaigns.resume", of_one<&CallCampaigns::resume>},
      {"campaigns.unschedule", of_one<&CallCampaigns::unschedule>},
      {"campaigns.cancel", of_one<&CallCampaigns::cancel>},
      {"campaigns.get_statistics", of_one<&CallCampaigns::get_statistics>},
      {"campaigns.get_analytics", of_one<&CallCampaigns::get_analytics>},
      {"campaigns.explain", of_one<&CallCampaigns::explain>},
      {"campaigns.forecast", of_one<&CallCampaigns::forecast>},
      {"campaigns.preview",
       [](Ground& g, const Arguments& with) { return preview(CallCampaigns{*g.store}, with); }},
      {"import_csv",
       [](Ground& g, const Arguments& with) {
         std::istringstream file{with.text("csv")};
         return given(import_csv(*g.store, with.id<UserId>("user_id"),
                                 with.id<CampaignId>("campaign_id"), file, csv_options(with)));
       }},
      {"import_contacts_csv",
       [](Ground& g, const Arguments& with) {
         std::istringstream file{with.text("csv")};
         return given(
             import_contacts_csv(*g.store, with.id<UserId>("user_id"), file, csv_options(with)));
       }},
      {"preview_csv",
       [](Ground& g, const Arguments& with) {
         std::istringstream file{with.text("csv")};
         const auto options = csv_options(with);
         const auto rows = with.value("rows", std::size_t{10});
         const auto campaign = with.optional_id<CampaignId>("campaign_id");
         return given(campaign ? preview_csv(*g.store, with.id<UserId>("user_id"), *campaign, file,
                                             options, rows)
                               : preview_csv(file, options, rows));
       }},
      {"list_import_errors",
       [](Ground& g, const Arguments& with) {
         return given(g.store->list_import_errors(with.id<UserId>("user_id"),
                                                  with.id<CampaignId>("campaign_id"), with.page()));
       }},
      {"export_results",
       [](Ground& g, const Arguments& with) {
         return whole(CampaignExport::results(*g.store, with.id<UserId>("user_id"),
                                              with.id<CampaignId>("id"), format(with)));
       }},
      {"export_import_errors",
       [](Ground& g, const Arguments& with) {
         return whole(CampaignExport::import_errors(*g.store, with.id<UserId>("user_id"),
                                                    with.id<CampaignId>("id"), format(with)));
       }},
  };
}

}  // namespace callqueue::scenarios
