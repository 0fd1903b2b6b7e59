#include "json/json_value.hpp"

namespace callqueue {

using json::Json;
using json::optional_text;
using json::value;

namespace {

Json object(const CampaignStatistics& statistics) {
  return {{"total_contacts", statistics.total_contacts},
          {"completed_calls", statistics.completed_calls},
          {"successful_calls", statistics.successful_calls},
          {"failed_calls", statistics.failed_calls},
          {"queued", statistics.queued},
          {"processing", statistics.processing},
          {"skipped", statistics.skipped},
          {"cancelled", statistics.cancelled},
          {"attempts", statistics.attempts}};
}

Json series(const std::vector<CallSeriesPoint>& points) {
  Json list = Json::array();
  for (const CallSeriesPoint& point : points) {
    list.push_back(Json{{"at", point.at},
                        {"attempts", point.attempts},
                        {"answered", point.answered},
                        {"successful", point.successful}});
  }
  return list;
}

Json object(const CsvError& error) {
  return {{"line", error.line},
          {"field", error.field},
          {"value", error.value},
          {"reason", error.reason}};
}

Json object(const CsvReport& report) {
  Json errors = Json::array();
  for (const CsvError& error : report.errors) errors.push_back(object(error));
  return {{"campaign_id", value(report.campaign_id)},
          {"total", report.total},
          {"imported", report.imported},
          {"matched", report.matched},
          {"skipped", report.skipped},
          {"failed", report.failed},
          {"errors", errors},
          {"errors_total", report.errors_total}};
}

Json object(const Forecast& forecast) {
  return {{"ends_at", value(forecast.ends_at)},
          {"starts_at", value(forecast.starts_at)},
          {"unreached_rows", forecast.unreached_rows},
          {"reason", optional_text(forecast.reason)}};
}

Json object(const ImportRow& row) {
  return {{"line", row.line},
          {"phone_number", row.phone_number},
          {"name", optional_text(row.name)},
          {"email", optional_text(row.email)},
          {"company", optional_text(row.company)},
          {"notes", optional_text(row.notes)},
          {"timezone", optional_text(row.timezone)},
          {"user_data", Json::parsed(row.user_data)},
          {"priority", row.priority}};
}

}  // namespace

std::string to_json(const CampaignStatistics& statistics) { return json::dump(object(statistics)); }

std::string to_json(const CampaignAnalytics& analytics) {
  Json outcomes = Json::object();
  for (const auto& [outcome, count] : analytics.outcomes) {
    outcomes.add(to_text(outcome), count);
  }
  return json::dump({{"statistics", object(analytics.statistics)},
                     {"progress", analytics.progress},
                     {"connection_rate", analytics.connection_rate},
                     {"success_rate", analytics.success_rate},
                     {"mean_duration_seconds", value(analytics.mean_duration_seconds)},
                     {"mean_slot_seconds", value(analytics.mean_slot_seconds)},
                     {"outcomes", outcomes},
                     {"daily", series(analytics.daily)},
                     {"hourly", series(analytics.hourly)},
                     {"estimated_completion", value(analytics.estimated_completion)}});
}

std::string to_json(const QueueStatistics& statistics) {
  return json::dump({{"queued", statistics.queued},
                     {"ready", statistics.ready},
                     {"processing", statistics.processing},
                     {"completed", statistics.completed},
                     {"failed", statistics.failed},
                     {"cancelled", statistics.cancelled},
                     {"skipped", statistics.skipped}});
}

std::string to_json(const ExplainReason& reason) {
  return json::dump({{"code", reason.code},
                     {"text", reason.text},
                     {"until", value(reason.until)},
                     {"conditional", reason.conditional},
                     {"in_flight", reason.in_flight},
                     {"active", value(reason.active)},
                     {"limit", value(reason.limit)}});
}

std::string to_json(const Forecast& forecast) { return json::dump(object(forecast)); }

std::string to_json(const CampaignOutlook& outlook) {
  Json intervals = Json::array();
  for (const Interval& open : outlook.open_intervals) {
    intervals.push_back(
        Json{{"opens_at", value(open.opens_at)}, {"closes_at", value(open.closes_at)}});
  }
  Json all{{"timezone", outlook.timezone}, {"open_intervals", intervals}};
  all.add_all(object(outlook.forecast));
  return json::dump(all);
}

std::string to_json(const SlotUse& use) {
  return json::dump({{"active", use.active}, {"limit", use.limit}});
}

std::string to_json(const MigrateResult& result) {
  return json::dump({{"from", result.from}, {"to", result.to}, {"applied", result.applied}});
}

std::string to_json(const PreflightReport& report) {
  Json findings = Json::array();
  for (const PreflightFinding& finding : report.findings) {
    const bool blocks = finding.severity == PreflightFinding::Severity::blocks;
    findings.push_back(Json{{"severity", blocks ? "blocks" : "note"},
                            {"table", optional_text(finding.table)},
                            {"column", optional_text(finding.column)},
                            {"what", finding.what},
                            {"remedy", optional_text(finding.remedy)}});
  }
  return json::dump(
      {{"blocks", report.blocks()}, {"version", report.version}, {"findings", findings}});
}

std::string to_json(const VerifyReport& report) {
  Json items = Json::array();
  for (const VerifyItem& item : report.items) {
    items.push_back(Json{{"kind", item.kind},
                         {"name", item.name},
                         {"ok", item.ok},
                         {"detail", optional_text(item.detail)}});
  }
  return json::dump({{"ok", report.ok()}, {"version", report.version}, {"items", items}});
}

std::string to_json(const CsvError& error) { return json::dump(object(error)); }
std::string to_json(const ImportError& error) {
  Json all{{"import_id", value(error.import_id)}, {"imported_at", value(error.imported_at)}};
  all.add_all(object(error.error));
  all.add("record", error.error.record);
  return json::dump(all);
}
std::string to_json(const CsvReport& report) { return json::dump(object(report)); }

std::string to_json(const CsvPreview& preview) {
  Json rows = Json::array();
  for (const ImportRow& row : preview.rows) rows.push_back(object(row));
  return json::dump({{"columns", preview.columns},
                     {"mapping", preview.mapping},
                     {"rows", rows},
                     {"report", object(preview.report)}});
}

std::string to_json(const ClaimedCall& claimed) {
  return json::dump({{"user_id", value(claimed.call.user_id)},
                     {"call_id", value(claimed.call.id)},
                     {"phone_number", claimed.call.phone_number},
                     {"next_action", optional_text(claimed.next_action)},
                     {"call", json::object(claimed.call)},
                     {"queued", json::object(claimed.queued)}});
}

std::string to_json(const CallReport& report) {
  return json::dump({{"call", json::object(report.call)},
                     {"queued", report.queued ? json::object(*report.queued) : Json{}},
                     {"changed", report.changed},
                     {"ended", report.ended}});
}

std::string to_json(const Error& error) {
  return json::dump({{"code", std::string{to_text(error.code)}},
                     {"message", error.message},
                     {"field", optional_text(error.field)}});
}

}  // namespace callqueue
