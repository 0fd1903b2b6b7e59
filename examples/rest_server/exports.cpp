#include <memory>
#include <stdexcept>
#include <utility>

#include "api.hpp"
#include "callqueue/campaign_export.hpp"

namespace rest {
namespace {

using namespace callqueue;

/// A file to download, written as the export goes on. The first piece is made before the answer
/// begins: what fails there is still a problem document.
Response file(Result<CampaignExport> opened, const std::string& name) {
  if (!opened) return problem(opened.error());
  std::string first;
  const auto more = opened->next(first);
  if (!more) return problem(more.error());
  Response response{.type = "text/csv; charset=utf-8",
                    .fields = {{"Content-Disposition", "attachment; filename=\"" + name + "\""}}};
  if (!*more) {
    response.body = std::move(first);
    return response;
  }
  response.pieces = [rows = std::make_shared<CampaignExport>(std::move(*opened)),
                     held = std::move(first)](std::string& piece) mutable {
    if (!held.empty()) {
      piece += std::exchange(held, {});
      return true;
    }
    const auto goes_on = rows->next(piece);
    if (!goes_on) throw std::runtime_error(goes_on.error().message);
    return *goes_on;
  };
  return response;
}

/// `for=spreadsheet`.
Result<ExportFormat> format_of(const Request& request) {
  const auto reader = request.parameter("for").value_or("program");
  if (reader == "program") return ExportFormat::csv;
  if (reader == "spreadsheet") return ExportFormat::spreadsheet;
  return fail(ErrorCode::invalid_argument, "for is program or spreadsheet", "for");
}

Response results(App& app, Request& request) {
  const auto id = id_of<CampaignId>(request);
  if (!id) return problem(id.error());
  const auto format = format_of(request);
  if (!format) return problem(format.error());
  return file(CampaignExport::results(app.store, request.caller.user_id, *id, *format),
              "campaign-" + to_text(*id) + ".csv");
}

Response errors(App& app, Request& request) {
  const auto id = id_of<CampaignId>(request);
  if (!id) return problem(id.error());
  const auto format = format_of(request);
  if (!format) return problem(format.error());
  return file(CampaignExport::import_errors(app.store, request.caller.user_id, *id, *format),
              "campaign-" + to_text(*id) + "-errors.csv");
}

}  // namespace

void add_export_routes(Router& router, App& app) {
  router.add(
      {.method = "GET", .path = "/api/campaigns/{id}/export.csv", .handler = bound(app, results)});
  router.add(
      {.method = "GET", .path = "/api/campaigns/{id}/errors.csv", .handler = bound(app, errors)});
}

}  // namespace rest
