#include <fstream>
#include <iterator>
#include <stdexcept>
#include <utility>

#include "api.hpp"
#include "callqueue/csv_import.hpp"
#include "multipart.hpp"
#include "once.hpp"

namespace rest {
namespace {

using namespace callqueue;

constexpr std::size_t kLargestFile = std::size_t{1} << 30;
constexpr std::size_t kLongestSettings = 65'536;

/// What goes with a file.
struct Settings {
  CallCampaign campaign;
  std::optional<CampaignId> campaign_id;  ///< Of one that is there already.
  CsvImportOptions import;
  bool start = false;
};

std::optional<Error> read_settings(std::istream& content, Settings& settings) {
  std::string text(kLongestSettings + 1, '\0');
  content.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(content.gcount()));
  if (text.size() > kLongestSettings) {
    return Error{ErrorCode::invalid_argument, "settings may have 64 KiB", "settings"};
  }
  JsonReader in{text};
  in.optional("campaign_id", settings.campaign_id);
  if (!settings.campaign_id) read_campaign(in, settings.campaign);
  in.optional("default_region", settings.import.default_region);
  in.optional("atomic", settings.import.atomic);
  in.optional("again", settings.import.again);
  in.optional("start", settings.start);
  return in.done();
}

Response no_form() {
  return problem(415, "unsupported_media_type",
                 "The body must be multipart/form-data with the parts settings and file, in that "
                 "order.");
}

Response broken_form(const std::runtime_error& error) {
  return problem(400, "bad_request", error.what(), "body");
}

Response there_twice(std::string_view part) {
  return problem(422, "invalid_argument", "the part is there twice", part);
}

Response no_such_part(std::string_view part) {
  return problem(422, "invalid_argument", "there is no such part", part);
}

/// What comes behind the file has not been heard of when that is read.
Response after_the_file(std::string_view part) {
  if (part == "file") return there_twice(part);
  if (part != "settings" && part != "default_region" && part != "campaign_id" && part != "again") {
    return no_such_part(part);
  }
  return problem(422, "invalid_argument", "the part must come before the file", part);
}

/// The form's part `file`, the settings read on the way; an answer when there is none.
struct Upload {
  std::optional<Part> file;
  std::optional<Response> refused;
};

Upload find_file(Multipart& form, Settings& settings) {
  bool has_settings = false;
  while (auto part = form.next()) {
    if (part->name == "settings") {
      if (std::exchange(has_settings, true)) return {{}, there_twice(part->name)};
      if (const auto error = read_settings(part->content, settings)) return {{}, problem(*error)};
    } else if (part->name == "file") {
      return {std::move(part), {}};
    } else {
      return {{}, no_such_part(part->name)};
    }
  }
  return {{}, problem(422, "invalid_argument", "the form has no file", "file")};
}

Response import_file(App& app, UserId user_id, std::istream& file, Settings& settings) {
  CampaignId id;
  if (settings.campaign_id) {
    id = *settings.campaign_id;
  } else {
    settings.campaign.user_id = user_id;
    const auto made = app.campaigns.create(settings.campaign);
    if (!made) return problem(made.error());
    id = made->id;
  }
  const auto report = import_csv(app.store, user_id, id, file, settings.import);
  if (!report) {
    if (!settings.campaign_id) static_cast<void>(app.campaigns.remove(user_id, id).has_value());
    if (file.bad()) return problem(400, "bad_request", "the file broke off", "file");
    return problem(report.error());
  }
  // Not everything that was asked for need be possible: what was imported stays.
  const auto started = settings.start && report->imported > 0
                           ? app.campaigns.start(user_id, id)
                           : app.campaigns.find_by_id(user_id, id);
  const auto campaign = started ? started : app.campaigns.find_by_id(user_id, id);
  if (!campaign) return problem(campaign.error());
  app.processor.notify();
  auto response =
      json("{\"campaign\":" + to_json(*campaign) + ",\"report\":" + to_json(*report) +
               ",\"not_started\":" + (started ? "null" : to_json(started.error())) + "}",
           settings.campaign_id ? 200 : 201);
  response.fields.emplace_back("Location", "/api/campaigns/" + to_text(id));
  return response;
}

Response upload(App& app, Request& request) {
  const auto boundary = multipart_boundary(request.field("content-type"));
  if (!boundary) return no_form();
  try {
    Multipart form{*request.stream, *boundary};
    Settings settings;
    auto found = find_file(form, settings);
    if (found.refused) return std::move(*found.refused);
    if (!settings.campaign_id && settings.campaign.name.empty()) {
      return problem(422, "invalid_argument", "the part settings must come before the file",
                     "settings");
    }
    LastPart file{form, found.file->content};
    std::istream content{&file};
    auto response = import_file(app, request.caller.user_id, content, settings);
    return file.follower() ? after_the_file(*file.follower()) : std::move(response);
  } catch (const std::runtime_error& error) {
    return broken_form(error);
  }
}

/// A part of a preview's form that comes before the file.
std::optional<Response> read_preview_part(Part& part, CsvImportOptions& options,
                                          std::optional<CampaignId>& campaign_id) {
  std::string text;
  std::getline(part.content, text);
  if (part.name == "default_region") {
    options.default_region = text;
  } else if (part.name == "again" && (text == "true" || text == "false")) {
    options.again = text == "true";
  } else if (part.name == "again") {
    return problem(422, "invalid_argument", "again must be true or false", "again");
  } else if (part.name == "campaign_id") {
    const auto id = parse_id<CampaignId>(text, "campaign_id");
    if (!id) return problem(id.error());
    campaign_id = *id;
  } else {
    return no_such_part(part.name);
  }
  return std::nullopt;
}

Response preview_file(App& app, Request& request) {
  const auto boundary = multipart_boundary(request.field("content-type"));
  if (!boundary) return no_form();
  try {
    Multipart form{*request.stream, *boundary};
    CsvImportOptions options;
    std::optional<CampaignId> campaign_id;
    while (auto part = form.next()) {
      if (part->name == "file") {
        LastPart file{form, part->content};
        std::istream content{&file};
        auto response = reply(campaign_id ? preview_csv(app.store, request.caller.user_id,
                                                        *campaign_id, content, options)
                                          : preview_csv(content, options));
        return file.follower() ? after_the_file(*file.follower()) : std::move(response);
      }
      if (auto refused = read_preview_part(*part, options, campaign_id)) return std::move(*refused);
    }
    return problem(422, "invalid_argument", "the form has no file", "file");
  } catch (const std::runtime_error& error) {
    return broken_form(error);
  }
}

/// A file to fill in.
Response csv_template(App&, Request& request) {
  const auto kind = request.parameter("kind").value_or("basic");
  if (kind != "basic" && kind != "advanced") {
    return problem(422, "invalid_argument", "kind must be basic or advanced", "kind");
  }
  const auto name = "call-campaign-" + std::string{kind} + "-template.csv";
  std::ifstream file{std::string{CALLQUEUE_TEMPLATES} + '/' + name};
  std::string text{std::istreambuf_iterator<char>{file}, {}};
  if (!file || text.empty()) throw std::runtime_error("the template is missing: " + name);
  return {.type = "text/csv; charset=utf-8",
          .body = std::move(text),
          .fields = {{"Content-Disposition", "attachment; filename=\"" + name + "\""}}};
}

}  // namespace

void add_import_routes(Router& router, App& app) {
  router.add({.method = "POST",
              .path = "/api/campaigns/upload-csv",
              .handler = once(app, bound(app, upload)),
              .body_limit = kLargestFile,
              .streams = true});
  router.add({.method = "POST",
              .path = "/api/campaigns/preview-csv",
              .handler = bound(app, preview_file),
              .body_limit = kLargestFile,
              .streams = true});
  router.add({.method = "GET",
              .path = "/api/campaigns/csv-template",
              .handler = bound(app, csv_template)});
}

}  // namespace rest
