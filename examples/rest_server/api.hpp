#pragma once

#include <charconv>
#include <string>
#include <utility>
#include <vector>

#include "callqueue/call_campaigns.hpp"
#include "callqueue/call_queue.hpp"
#include "callqueue/json.hpp"
#include "callqueue/processor.hpp"
#include "callqueue/store.hpp"
#include "deletions.hpp"
#include "http.hpp"
#include "json_reader.hpp"
#include "router.hpp"

namespace rest {

/// What the handlers work with. Everything in it is thread-safe.
struct App {
  callqueue::Store& store;
  callqueue::Processor& processor;  ///< Told when something may start.
  callqueue::CallCampaigns campaigns{store};
  callqueue::CallQueue queue{store};
  Deletions deletions{};
};

void add_campaign_routes(Router& router, App& app);
void add_import_routes(Router& router, App& app);
void add_export_routes(Router& router, App& app);
void add_forecast_routes(Router& router, App& app);
void add_queue_routes(Router& router, App& app);
void add_contact_routes(Router& router, App& app);
void add_setting_routes(Router& router, App& app);
class Metrics;
void add_metric_routes(Router& router, Metrics& metrics);

/// A handler that works with the app.
[[nodiscard]] inline auto bound(App& app, Response (*handler)(App&, Request&)) {
  return [&app, handler](Request& request) { return handler(app, request); };
}

// What handlers have in common: a request to values, a result to an answer.

template <class T>
[[nodiscard]] Response reply(const callqueue::Result<T>& result, unsigned status = 200) {
  if (!result) return problem(result.error());
  return json(callqueue::to_json(*result), status);
}
[[nodiscard]] inline Response reply(const callqueue::Result<void>& result) {
  return result ? no_content() : problem(result.error());
}
/// Of something new: where it is to be found.
template <class T>
[[nodiscard]] Response created(const callqueue::Result<T>& result, const std::string& under) {
  auto response = reply(result, 201);
  if (result) response.fields.emplace_back("Location", under + callqueue::to_text(result->id));
  return response;
}

/// The id that the route's first `{…}` matched. What is no id is nobody's.
template <class AnyId>
[[nodiscard]] callqueue::Result<AnyId> id_of(const Request& request) {
  return callqueue::parse_id<AnyId>(request.segments.front()).map_error([](callqueue::Error error) {
    error.code = callqueue::ErrorCode::not_found;
    return error;
  });
}

/// `limit` and `cursor`.
[[nodiscard]] callqueue::Result<callqueue::Page> page_of(const Request& request);

/// Whether `order` asks for the queue in the order of calling.
[[nodiscard]] callqueue::Result<bool> is_by_position(const Request& request);
/// A page of it: rows with `queue_position` and `starts_at`.
[[nodiscard]] Response list_upcoming(App& app, const Request& request,
                                     std::optional<callqueue::CampaignId> campaign_id,
                                     const callqueue::Page& page);

/// A page as JSON. @param items JSON texts with commas between.
[[nodiscard]] std::string page_of(const std::string& items, const std::string& next_cursor);

/// The fields of a new campaign.
void read_campaign(JsonReader& in, callqueue::CallCampaign& campaign);
/// The same without its name and agent.
void read_plan(JsonReader& in, callqueue::CallCampaign& campaign);

/// An id that a query parameter holds, if it is there.
template <class AnyId>
[[nodiscard]] callqueue::Result<std::optional<AnyId>> id_parameter(const Request& request,
                                                                   std::string_view name) {
  const auto text = request.parameter(name);
  if (!text) return std::optional<AnyId>{};
  return callqueue::parse_id<AnyId>(*text, name).map([](AnyId id) { return std::optional{id}; });
}

/// `status=queued,processing`: none given, any.
template <class Status, class Parse>
[[nodiscard]] callqueue::Result<std::vector<Status>> statuses_of(const Request& request,
                                                                 Parse&& parse) {
  std::vector<Status> statuses;
  std::string_view rest = request.parameter("status").value_or("");
  while (!rest.empty()) {
    const auto word = rest.substr(0, rest.find(','));
    rest.remove_prefix(std::min(word.size() + 1, rest.size()));
    const auto status = parse(word);
    if (!status) {
      return callqueue::fail(callqueue::ErrorCode::invalid_argument,
                             "there is no status " + std::string{word}, "status");
    }
    statuses.push_back(*status);
  }
  return statuses;
}

}  // namespace rest
