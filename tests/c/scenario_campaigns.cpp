#include "c/scenario_operations.hpp"

namespace scenario {
namespace {

cq_campaign campaign(With& with) {
  cq_campaign made;
  cq_campaign_init(&made, sizeof made);
  made.user_id = with.text("user_id");
  made.name = with.text("name");
  made.description = with.text("description");
  made.agent_id = with.text("agent_id");
  made.next_action = with.text("next_action");
  with.take_time("first_call_time", made.first_call_time);
  with.take_time("last_call_time", made.last_call_time);
  made.start_date = with.text("start_date");
  made.end_date = with.text("end_date");
  made.rules = with.object_text("rules");
  return made;
}

/// Of the rules only those that are given change: the others are read first.
const char* changed_rules(cq_store* store, With& with) {
  if (!with.has("rules")) return nullptr;
  cq_campaign* base = nullptr;
  ASK(cq_campaigns_find_by_id(store, with.text("user_id"), with.text("id"), &base, &error));
  Json rules = Json::parse(base->rules);
  cq_campaign_free(&base);
  if (!with.json("rules").is_object()) return with.object_text("rules");
  for (const auto& [name, value] : with.json("rules").items()) {
    if (value.is_object()) {
      rules[name].update(value);
    } else {
      rules[name] = value;
    }
  }
  return with.keep(rules.dump());
}

Json update(cq_store* store, With& with) {
  cq_campaign_update changes;
  cq_campaign_update_init(&changes, sizeof changes);
  changes.name = with.text("name");
  changes.description = with.text("description");
  changes.agent_id = with.text("agent_id");
  changes.next_action = with.text("next_action");
  with.take_time("first_call_time", changes.first_call_time);
  with.take_time("last_call_time", changes.last_call_time);
  changes.start_date = with.text("start_date");
  if (with.all().contains("end_date"))
    changes.end_date = with.has("end_date") ? with.text("end_date") : "";
  changes.rules = changed_rules(store, with);
  cq_campaign* changed = nullptr;
  ASK(cq_campaigns_update(store, with.text("user_id"), with.text("id"), &changes, &changed,
                          &error));
  return taken(changed, cq_campaign_free);
}

using Move = cq_status (*)(cq_store*, const char*, const char*, cq_campaign**, cq_error**);
template <Move how>
Json move(cq_store* store, With& with) {
  cq_campaign* changed = nullptr;
  ASK(how(store, with.text("user_id"), with.text("id"), &changed, &error));
  return taken(changed, cq_campaign_free);
}

using Look = cq_status (*)(cq_store*, const char*, const char*, char**, cq_error**);
template <Look how>
Json look(cq_store* store, With& with) {
  char* text = nullptr;
  ASK(how(store, with.text("user_id"), with.text("id"), &text, &error));
  return taken_json(text);
}

Json count_calls(cq_store* store, With& with) {
  cq_campaign_statistics all;
  cq_campaign_statistics_init(&all, sizeof all);
  ASK(cq_campaigns_get_statistics(store, with.text("user_id"), with.text("id"), &all, &error));
  return {{"total_contacts", all.total_contacts},
          {"completed_calls", all.completed_calls},
          {"successful_calls", all.successful_calls},
          {"failed_calls", all.failed_calls},
          {"queued", all.queued},
          {"processing", all.processing},
          {"skipped", all.skipped},
          {"cancelled", all.cancelled},
          {"attempts", all.attempts}};
}

Json preview(cq_store* store, With& with) {
  const auto made = campaign(with);
  cq_campaign_assumptions assumptions;
  cq_campaign_assumptions_init(&assumptions, sizeof assumptions);
  with.take("contacts", assumptions.contacts);
  with.take("call_duration_seconds", assumptions.call_duration_seconds);
  with.take("concurrent_calls_limit", assumptions.concurrent_calls_limit);
  char* text = nullptr;
  ASK(cq_campaigns_preview(store, &made, &assumptions, &text, &error));
  return taken_json(text);
}

Json list_campaigns(cq_store* store, With& with) {
  cq_campaign_filter filter;
  cq_campaign_filter_init(&filter, sizeof filter);
  filter.statuses = with.statuses(cq_parse_campaign_status, filter.statuses_count);
  filter.agent_id = with.text("agent_id");
  filter.name = with.text("name");
  const auto page = with.page();
  cq_campaign_list* found = nullptr;
  ASK(cq_campaigns_find_by_user_id(store, with.text("user_id"), &filter, &page, &found, &error));
  return taken_page(found, cq_campaign_list_free);
}

// --- Imports and exports ---

struct Import {
  explicit Import(With& with) {
    cq_csv_source_init(&source, sizeof source);
    source.text = with.text("csv");
    source.length = with.json("csv").get_ref<const std::string&>().size();
    cq_csv_import_options_init(&options, sizeof options);
    options.default_region = with.text("default_region");
    with.take("atomic", options.atomic);
    with.take("again", options.again);
  }
  cq_csv_source source;
  cq_csv_import_options options;
};

/// The report's JSON, with the numbers of its struct.
Json report_of(cq_csv_report*& report) {
  Json json = Json::parse(report->json);
  json["campaign_id"] = report->campaign_id == nullptr ? Json{} : Json(report->campaign_id);
  json["total"] = report->total;
  json["imported"] = report->imported;
  json["matched"] = report->matched;
  json["skipped"] = report->skipped;
  json["failed"] = report->failed;
  json["errors_total"] = report->errors_total;
  cq_csv_report_free(&report);
  return json;
}

using Export = cq_status (*)(cq_store*, const char*, const char*, std::int32_t,
                             cq_campaign_export**, cq_error**);
template <Export open>
Json whole(cq_store* store, With& with) {
  const auto format =
      with.has("format") && with.json("format") == "json" ? CQ_EXPORT_JSON : CQ_EXPORT_CSV;
  cq_campaign_export* rows = nullptr;
  ASK(open(store, with.text("user_id"), with.text("id"), format, &rows, &error));
  std::string text;
  for (std::int32_t more = 1; more == 1;) {
    char* piece = nullptr;
    ASK(cq_campaign_export_next(rows, &piece, &more, &error));
    text += piece;
    cq_string_free(&piece);
  }
  cq_campaign_export_free(&rows);
  return text;
}

Operations imports() {
  return {
      {"import_csv",
       [](cq_store* store, With& with) -> Json {
         const Import from{with};
         cq_csv_report* report = nullptr;
         ASK(cq_import_csv(store, with.text("user_id"), with.text("campaign_id"), &from.source,
                           &from.options, &report, &error));
         return report_of(report);
       }},
      {"import_contacts_csv",
       [](cq_store* store, With& with) -> Json {
         const Import from{with};
         cq_csv_report* report = nullptr;
         ASK(cq_import_contacts_csv(store, with.text("user_id"), &from.source, &from.options,
                                    &report, &error));
         return report_of(report);
       }},
      {"preview_csv",
       [](cq_store* store, With& with) -> Json {
         const Import from{with};
         std::size_t rows = 10;
         with.take("rows", rows);
         char* text = nullptr;
         if (const char* campaign = with.text("campaign_id")) {
           ASK(cq_preview_csv_into(store, with.text("user_id"), campaign, &from.source,
                                   &from.options, rows, &text, &error));
         } else {
           ASK(cq_preview_csv(&from.source, &from.options, rows, &text, &error));
         }
         return taken_json(text);
       }},
      {"list_import_errors",
       [](cq_store* store, With& with) -> Json {
         const auto page = with.page();
         char* text = nullptr;
         ASK(cq_store_list_import_errors(store, with.text("user_id"), with.text("campaign_id"),
                                         &page, &text, &error));
         return taken_json(text);
       }},
      {"export_results", whole<cq_campaign_export_results>},
      {"export_import_errors", whole<cq_campaign_export_import_errors>},
  };
}

}  // namespace

Operations campaign_operations() {
  Operations all{
      {"campaigns.create",
       [](cq_store* store, With& with) -> Json {
         const auto draft = campaign(with);
         cq_campaign* made = nullptr;
         ASK(cq_campaigns_create(store, &draft, &made, &error));
         return taken(made, cq_campaign_free);
       }},
      {"campaigns.find_by_id", move<cq_campaigns_find_by_id>},
      {"campaigns.find_by_user_id", list_campaigns},
      {"campaigns.update", update},
      {"campaigns.remove",
       [](cq_store* store, With& with) -> Json {
         ASK(cq_campaigns_remove(store, with.text("user_id"), with.text("id"), &error));
         return {};
       }},
      {"campaigns.start", move<cq_campaigns_start>},
      {"campaigns.pause", move<cq_campaigns_pause>},
      {"campaigns.resume", move<cq_campaigns_resume>},
      {"campaigns.unschedule", move<cq_campaigns_unschedule>},
      {"campaigns.cancel", move<cq_campaigns_cancel>},
      {"campaigns.get_statistics", count_calls},
      {"campaigns.get_analytics", look<cq_campaigns_get_analytics>},
      {"campaigns.explain", look<cq_campaigns_explain>},
      {"campaigns.forecast", look<cq_campaigns_forecast>},
      {"campaigns.preview", preview},
  };
  all.merge(imports());
  return all;
}

}  // namespace scenario
