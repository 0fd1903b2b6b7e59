#include <nlohmann/json.hpp>
#include <thread>

#include "api.hpp"
#include "once.hpp"

namespace rest {
namespace {

using namespace callqueue;

/// How long a direct call is given to start before the answer says that it is queued.
constexpr std::chrono::milliseconds kStartsAtOnce{250};

std::string instant_or_null(std::optional<Instant> at) {
  return at ? '"' + to_text(*at) + '"' : "null";
}

/// A row and where it stands, as JSON.
std::string placed(const QueuedCall& row, std::optional<std::int64_t> position,
                   std::optional<Instant> starts_at) {
  auto text = to_json(row);
  text.pop_back();
  text += ",\"queue_position\":" + (position ? std::to_string(*position) : "null");
  return text + ",\"starts_at\":" + instant_or_null(starts_at) + '}';
}

std::string upcoming(const UpcomingCall& row) {
  auto text = placed(row.call, row.position, row.starts_at);
  text.pop_back();
  text += std::string{",\"closed\":"} + (row.closed ? "true" : "false");
  return text + ",\"opens_at\":" + instant_or_null(row.opens_at) + '}';
}

}  // namespace

Response list_upcoming(App& app, const Request& request, std::optional<CampaignId> campaign_id,
                       const Page& page) {
  if (request.parameter("contact_id").value_or("") != "" ||
      request.parameter("status").value_or("queued") != "queued") {
    return problem(422, "invalid_argument",
                   "the order of calling has queued calls only, of all contacts", "order");
  }
  const auto rows = app.queue.upcoming(request.caller.user_id, campaign_id, page);
  if (!rows) return problem(rows.error());
  std::string items;
  for (const auto& row : rows->items) {
    if (!items.empty()) items += ',';
    items += upcoming(row);
  }
  return json(page_of(items, rows->next_cursor));
}

Result<bool> is_by_position(const Request& request) {
  const auto order = request.parameter("order").value_or("created");
  if (order == "position" || order == "created") return order == "position";
  return fail(ErrorCode::invalid_argument, "order is created or position", "order");
}

namespace {

Response list_queue(App& app, Request& request) {
  const auto page = page_of(request);
  if (!page) return problem(page.error());
  const auto by_position = is_by_position(request);
  if (!by_position) return problem(by_position.error());
  auto statuses = statuses_of<QueuedCallStatus>(request, parse_queued_call_status);
  if (!statuses) return problem(statuses.error());
  const auto campaign_id = id_parameter<CampaignId>(request, "campaign_id");
  if (!campaign_id) return problem(campaign_id.error());
  const auto contact_id = id_parameter<ContactId>(request, "contact_id");
  if (!contact_id) return problem(contact_id.error());
  if (*by_position) return list_upcoming(app, request, *campaign_id, *page);
  return reply(app.queue.list(
      request.caller.user_id,
      {.campaign_id = *campaign_id, .contact_id = *contact_id, .statuses = std::move(*statuses)},
      *page));
}

/// A row, and where it stands while it is queued.
Response with_position(App& app, const QueuedCall& row, unsigned status = 200) {
  const auto place = app.queue.position(row.user_id, row.id);
  if (!place) return json(placed(row, {}, {}), status);
  return json(placed(row, place->position, place->starts_at), status);
}

Response find_queued_call(App& app, Request& request) {
  const auto id = id_of<QueuedCallId>(request);
  if (!id) return problem(id.error());
  const auto row = app.queue.find_by_id(request.caller.user_id, *id);
  return row ? with_position(app, *row) : problem(row.error());
}

Response cancel_queued_call(App& app, Request& request) {
  const auto id = id_of<QueuedCallId>(request);
  if (!id) return problem(id.error());
  return reply(app.queue.cancel(request.caller.user_id, *id));
}

/// Each by itself: one that is under way does not keep the others from being cancelled.
Response cancel_many(App& app, Request& request) {
  std::vector<QueuedCallId> ids;
  JsonReader in{request.body};
  in.required("ids", ids);
  if (const auto error = in.done()) return problem(*error);
  if (ids.size() > 1000) return problem(422, "invalid_argument", "ids may name 1,000 calls", "ids");
  auto cancelled = nlohmann::ordered_json::array();
  auto refused = nlohmann::ordered_json::array();
  for (const auto id : ids) {
    const auto row = app.queue.cancel(request.caller.user_id, id);
    if (row) {
      cancelled.push_back(to_text(id));
      continue;
    }
    if (row.error().code == ErrorCode::unavailable) return problem(row.error());
    refused.push_back({{"id", to_text(id)},
                       {"code", to_text(row.error().code)},
                       {"detail", row.error().message}});
  }
  return json(
      nlohmann::ordered_json{{"cancelled", std::move(cancelled)}, {"refused", std::move(refused)}}
          .dump());
}

Response statistics(App& app, Request& request) {
  return reply(app.queue.get_queue_statistics(request.caller.user_id));
}

/// 201: it has started; 202: it is queued, with its position.
Response call_directly(App& app, Request& request) {
  QueueRequest wanted;
  AgentId agent_id;
  std::optional<JsonObject> user_data;
  JsonReader in{request.body};
  in.required("contact_id", wanted.contact_id);
  in.required("agent_id", agent_id);
  in.optional("contact_name", wanted.contact_name);
  in.optional("user_data", user_data);
  in.optional("scheduled_for", wanted.scheduled_for);
  in.optional("not_after", wanted.not_after);
  if (const auto error = in.done()) return problem(*error);
  wanted.agent_id = agent_id;
  if (user_data) wanted.user_data = user_data->text;
  auto row = app.queue.add_direct(request.caller.user_id, wanted);
  if (!row) return problem(row.error());
  app.processor.notify();
  const auto end = std::chrono::steady_clock::now() + kStartsAtOnce;
  while (row && row->status == QueuedCallStatus::queued && !wanted.scheduled_for &&
         std::chrono::steady_clock::now() < end) {
    std::this_thread::sleep_for(std::chrono::milliseconds{10});
    row = app.queue.find_by_id(request.caller.user_id, row->id);
  }
  if (!row) return problem(row.error());
  auto response = with_position(app, *row, row->status == QueuedCallStatus::queued ? 202 : 201);
  response.fields.emplace_back("Location", "/api/queue/" + to_text(row->id));
  return response;
}

/// `order`: whether it is backwards.
Result<bool> is_newest_first(const Request& request) {
  const auto order = request.parameter("order").value_or("oldest");
  if (order == "newest" || order == "oldest") return order == "newest";
  return fail(ErrorCode::invalid_argument, "the order is newest or oldest", "order");
}

Response list_calls(App& app, Request& request) {
  const auto page = page_of(request);
  if (!page) return problem(page.error());
  auto statuses = statuses_of<CallStatus>(request, parse_call_status);
  if (!statuses) return problem(statuses.error());
  const auto campaign_id = id_parameter<CampaignId>(request, "campaign_id");
  if (!campaign_id) return problem(campaign_id.error());
  const auto queue_id = id_parameter<QueuedCallId>(request, "queue_id");
  if (!queue_id) return problem(queue_id.error());
  const auto newest_first = is_newest_first(request);
  if (!newest_first) return problem(newest_first.error());
  return reply(app.store.list_calls(
      request.caller.user_id,
      {.campaign_id = *campaign_id,
       .queue_id = *queue_id,
       .provider_call_id = std::string{request.parameter("provider_call_id").value_or("")},
       .statuses = std::move(*statuses),
       .newest_first = *newest_first},
      *page));
}

Response find_call(App& app, Request& request) {
  const auto id = id_of<CallId>(request);
  if (!id) return problem(id.error());
  return reply(app.store.find_call(request.caller.user_id, *id));
}

/// An end that a person knows of: a call is not moved on by hand.
Result<CallEvent> read_ending(const Request& request) {
  const auto id = id_of<CallId>(request);
  if (!id) return tl::unexpected(id.error());
  CallEvent event{.user_id = request.caller.user_id, .call_id = *id};
  std::string status;
  JsonReader in{request.body};
  in.required("status", status);
  in.optional("reason", event.failure_reason);
  if (const auto error = in.done()) return tl::unexpected(*error);
  if (!set_status(event, status) || !event.status || is_active(*event.status)) {
    return fail(ErrorCode::invalid_argument,
                "a call ends completed, voicemail, busy, no_answer, failed, rejected, cancelled or "
                "unknown",
                "status");
  }
  return event;
}

Response end_call(App& app, Request& request) {
  const auto event = read_ending(request);
  if (!event) return problem(event.error());
  const auto reports = app.processor.report({&*event, 1});
  if (!reports) return problem(reports.error());
  const auto& report = reports->front();
  if (!report) return problem(report.error());
  if (report->call.status != *event->status || !report->changed) {
    return problem(409, "conflict",
                   "the call is " + std::string{to_text(report->call.status)} + " already",
                   "status");
  }
  return json(to_json(report->call));
}

}  // namespace

void add_queue_routes(Router& router, App& app) {
  router.add({.method = "GET", .path = "/api/queue", .handler = bound(app, list_queue)});
  router.add({.method = "GET", .path = "/api/queue/statistics", .handler = bound(app, statistics)});
  router.add({.method = "POST", .path = "/api/queue/cancel", .handler = bound(app, cancel_many)});
  router.add({.method = "GET", .path = "/api/queue/{id}", .handler = bound(app, find_queued_call)});
  router.add(
      {.method = "DELETE", .path = "/api/queue/{id}", .handler = bound(app, cancel_queued_call)});
  router.add(
      {.method = "POST", .path = "/api/calls", .handler = once(app, bound(app, call_directly))});
  router.add({.method = "GET", .path = "/api/calls", .handler = bound(app, list_calls)});
  router.add({.method = "GET", .path = "/api/calls/{id}", .handler = bound(app, find_call)});
  router.add({.method = "POST", .path = "/api/calls/{id}/end", .handler = bound(app, end_call)});
}

}  // namespace rest
