#include "callqueue/campaign_export.hpp"

#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "callqueue/json.hpp"
#include "csv/csv_cell.hpp"
#include "services/failed_rows.hpp"
#include "services/spreadsheet.hpp"

namespace callqueue {
namespace {

constexpr int rows_a_piece = 1000;

constexpr std::string_view header_of_results =
    "id,phone_number,contact_name,status,success,outcome,attempts,started_at,completed_at,"
    "duration_seconds,failure_reason,user_data\r\n";
constexpr std::string_view header_of_errors = "imported_at,line,field,value,reason,record\r\n";

/// In UTC to the second.
std::string instant(const std::optional<Instant>& at) {
  if (!at) return {};
  const auto text = to_text(*at);
  return text.substr(0, text.find('.')) + 'Z';
}

/// The rows' last attempts; none of a row before its first, or once it is gone.
Result<std::map<CallId, Call>> last_calls(Store& store, UserId user_id,
                                          const std::vector<QueuedCall>& rows) {
  std::vector<CallId> ids;
  for (const auto& row : rows) {
    if (row.call_id) ids.push_back(*row.call_id);
  }
  std::map<CallId, Call> by_id;
  if (ids.empty()) return by_id;
  auto calls = store.find_calls(user_id, ids);
  if (!calls) return tl::unexpected(std::move(calls.error()));
  for (auto& call : *calls) by_id.emplace(call.id, std::move(call));
  return by_id;
}

const Call* call_of(const QueuedCall& row, const std::map<CallId, Call>& calls) {
  const auto found = row.call_id ? calls.find(*row.call_id) : calls.end();
  return found == calls.end() ? nullptr : &found->second;
}

std::string result_line(const QueuedCall& row, const Call* call) {
  const auto outcome = call && call->outcome ? to_text(*call->outcome) : std::string_view{};
  const auto duration =
      call && call->duration ? std::to_string(call->duration->count()) : std::string{};
  const std::string_view success = !row.success ? "" : *row.success ? "true" : "false";
  return csv::line_of({to_text(row.id), row.phone_number, row.contact_name, to_text(row.status),
                       success, outcome, std::to_string(row.attempts), instant(row.started_at),
                       instant(row.completed_at), duration, row.failure_reason, row.user_data});
}

std::string result_json(const QueuedCall& row, const Call* call) {
  return "{\"queued\":" + to_json(row) + ",\"call\":" + (call ? to_json(*call) : "null") + "}";
}

/// How a row and its last attempt are written.
using Line = std::function<std::string(const QueuedCall&, const Call*)>;

Result<PageOf<std::string>> page_of_results(Store& store, UserId user_id, CampaignId id,
                                            const Line& line, const Page& page) {
  auto rows = store.list_queued_calls(user_id, {.campaign_id = id}, page);
  if (!rows) return tl::unexpected(std::move(rows.error()));
  const auto calls = last_calls(store, user_id, rows->items);
  if (!calls) return tl::unexpected(calls.error());
  PageOf<std::string> texts{.items = {}, .next_cursor = std::move(rows->next_cursor)};
  for (const auto& row : rows->items) {
    texts.items.push_back(line(row, call_of(row, *calls)));
  }
  return texts;
}

std::string error_line(const ImportError& error) {
  const auto line = error.error.line == 0 ? std::string{} : std::to_string(error.error.line);
  return csv::line_of({instant(error.imported_at), line, error.error.field, error.error.value,
                       error.error.reason, error.error.record});
}

/// How an error is written.
using ErrorLine = std::function<std::string(const ImportError&)>;

Result<PageOf<std::string>> page_of_errors(Store& store, UserId user_id, CampaignId id,
                                           const ErrorLine& line, const Page& page) {
  auto errors = store.list_import_errors(user_id, id, page);
  if (!errors) return tl::unexpected(std::move(errors.error()));
  PageOf<std::string> texts{.items = {}, .next_cursor = std::move(errors->next_cursor)};
  for (const auto& error : errors->items) {
    texts.items.push_back(line(error));
  }
  return texts;
}

}  // namespace

Result<CampaignExport> CampaignExport::results(Store& store, UserId user_id, CampaignId id,
                                               ExportFormat format) {
  const auto campaign = store.find_campaign(user_id, id);
  if (!campaign) return tl::unexpected(campaign.error());
  std::string header{header_of_results};
  Line line = format == ExportFormat::json ? result_json : result_line;
  if (format == ExportFormat::spreadsheet) {
    auto sheet = Spreadsheet::of(store, *campaign);
    if (!sheet) return tl::unexpected(std::move(sheet.error()));
    header = sheet->header();
    line = [sheet = *std::move(sheet)](const QueuedCall& row, const Call* call) {
      return sheet.line(row, call);
    };
  }
  return CampaignExport{format == ExportFormat::json, std::move(header),
                        [&store, user_id, id, line = std::move(line)](const Page& page) {
                          return page_of_results(store, user_id, id, line, page);
                        }};
}

Result<CampaignExport> CampaignExport::import_errors(Store& store, UserId user_id, CampaignId id,
                                                     ExportFormat format) {
  const auto campaign = store.find_campaign(user_id, id);
  if (!campaign) return tl::unexpected(campaign.error());
  const bool is_json = format == ExportFormat::json;
  std::string header{header_of_errors};
  ErrorLine line = error_line;
  if (is_json) line = [](const ImportError& error) { return to_json(error); };
  if (format == ExportFormat::spreadsheet) {
    auto rows = FailedRows::of(store, *campaign);
    if (!rows) return tl::unexpected(std::move(rows.error()));
    header = rows->header();
    line = [rows = *std::move(rows)](const ImportError& error) { return rows.line(error); };
  }
  return CampaignExport{is_json, std::move(header),
                        [&store, user_id, id, line = std::move(line)](const Page& page) {
                          return page_of_errors(store, user_id, id, line, page);
                        }};
}

Result<bool> CampaignExport::next(std::string& text) {
  if (ended_) return false;
  auto rows = source_({.limit = rows_a_piece, .cursor = cursor_});
  if (!rows) return tl::unexpected(std::move(rows.error()));
  bool is_first = !begun_;
  std::string piece;
  if (is_first) piece = is_json_ ? "[" : header_;
  for (const auto& row : rows->items) {
    if (is_json_ && !std::exchange(is_first, false)) piece += ',';
    piece += row;
  }
  const bool ends = rows->next_cursor.empty();
  if (is_json_ && ends) piece += "]\n";
  text += piece;  // The last thing that lacks memory: until here nothing has happened.
  begun_ = true;
  cursor_ = std::move(rows->next_cursor);
  ended_ = ends;
  return !ended_;
}

}  // namespace callqueue
