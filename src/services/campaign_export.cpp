#include "callqueue/campaign_export.hpp"

#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "callqueue/json.hpp"
#include "csv/csv_cell.hpp"

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

Result<PageOf<std::string>> page_of_results(Store& store, UserId user_id, CampaignId id,
                                            ExportFormat format, const Page& page) {
  auto rows = store.list_queued_calls(user_id, {.campaign_id = id}, page);
  if (!rows) return tl::unexpected(std::move(rows.error()));
  const auto calls = last_calls(store, user_id, rows->items);
  if (!calls) return tl::unexpected(calls.error());
  PageOf<std::string> texts{.items = {}, .next_cursor = std::move(rows->next_cursor)};
  for (const auto& row : rows->items) {
    const auto* call = call_of(row, *calls);
    texts.items.push_back(format == ExportFormat::csv ? result_line(row, call)
                                                      : result_json(row, call));
  }
  return texts;
}

std::string error_line(const ImportError& error) {
  const auto line = error.error.line == 0 ? std::string{} : std::to_string(error.error.line);
  return csv::line_of({instant(error.imported_at), line, error.error.field, error.error.value,
                       error.error.reason, error.error.record});
}

Result<PageOf<std::string>> page_of_errors(Store& store, UserId user_id, CampaignId id,
                                           ExportFormat format, const Page& page) {
  auto errors = store.list_import_errors(user_id, id, page);
  if (!errors) return tl::unexpected(std::move(errors.error()));
  PageOf<std::string> texts{.items = {}, .next_cursor = std::move(errors->next_cursor)};
  for (const auto& error : errors->items) {
    texts.items.push_back(format == ExportFormat::csv ? error_line(error) : to_json(error));
  }
  return texts;
}

}  // namespace

Result<CampaignExport> CampaignExport::open(Store& store, UserId user_id, CampaignId id,
                                            ExportFormat format, std::string_view header,
                                            Source source) {
  return store.find_campaign(user_id, id).map([&](const CallCampaign&) {
    return CampaignExport{store, user_id, id, format, header, source};
  });
}

Result<CampaignExport> CampaignExport::results(Store& store, UserId user_id, CampaignId id,
                                               ExportFormat format) {
  return open(store, user_id, id, format, header_of_results, page_of_results);
}

Result<CampaignExport> CampaignExport::import_errors(Store& store, UserId user_id, CampaignId id,
                                                     ExportFormat format) {
  return open(store, user_id, id, format, header_of_errors, page_of_errors);
}

Result<bool> CampaignExport::next(std::string& text) {
  if (ended_) return false;
  auto rows = source_(*store_, user_id_, id_, format_, {.limit = rows_a_piece, .cursor = cursor_});
  if (!rows) return tl::unexpected(std::move(rows.error()));
  const bool is_json = format_ == ExportFormat::json;
  bool is_first = !begun_;
  std::string piece;
  if (is_first) piece = is_json ? "[" : header_;
  for (const auto& row : rows->items) {
    if (is_json && !std::exchange(is_first, false)) piece += ',';
    piece += row;
  }
  const bool ends = rows->next_cursor.empty();
  if (is_json && ends) piece += "]\n";
  text += piece;  // The last thing that lacks memory: until here nothing has happened.
  begun_ = true;
  cursor_ = std::move(rows->next_cursor);
  ended_ = ends;
  return !ended_;
}

}  // namespace callqueue
