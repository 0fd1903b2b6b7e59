#include "webhook.hpp"

#include <chrono>
#include <nlohmann/json.hpp>
#include <utility>

#include "callqueue/clock.hpp"
#include "callqueue/json.hpp"
#include "http.hpp"

namespace rest {
namespace {

using namespace callqueue;
using nlohmann::ordered_json;

constexpr std::size_t kMostBytes = 1'048'576;

bool is_kept(const Result<Taken>& taken) { return taken && !*taken; }

Response refusal(const Error& error) {
  if (error.code != ErrorCode::invalid_argument) return problem(error);
  return problem(400, to_text(error.code), error.message, error.field);
}

/// As its answer would be if it had come alone.
ordered_json text_of(const Result<Taken>& taken) {
  if (!taken) {
    ordered_json document{{"result", "refused"}};
    document.update(ordered_json::parse(refusal(taken.error()).body));
    return document;
  }
  if (!*taken) return {{"result", "kept"}};
  const auto& report = **taken;
  return {{"result", report.changed ? "applied" : "unchanged"},
          {"call_id", to_text(report.call.id)},
          {"status", to_text(report.call.status)}};
}

std::string written(const ordered_json& json) {
  return json.dump(-1, ' ', false, ordered_json::error_handler_t::replace);
}

Response answer_to_one(const Result<Taken>& taken) {
  return taken ? json(written(text_of(taken)), is_kept(taken) ? 202 : 200) : refusal(taken.error());
}

Response answer_to_list(const AllTaken& taken) {
  auto results = ordered_json::array();
  unsigned status = 200;
  for (const auto& one : taken) {
    if (is_kept(one)) status = 202;
    results.push_back(text_of(one));
  }
  return json(written({{"results", std::move(results)}}), status);
}

/// Takes those that could be read, and puts every result in its place.
Result<AllTaken> take(ProviderEvents& events, const std::vector<Result<CallEvent>>& parsed) {
  std::vector<CallEvent> good;
  for (const auto& event : parsed) {
    if (event) good.push_back(*event);
  }
  auto taken = events.take(good);
  if (!taken) return taken;
  auto next = taken->begin();
  AllTaken results;
  results.reserve(parsed.size());
  for (const auto& event : parsed) {
    if (event) {
      results.push_back(std::move(*next++));
    } else {
      results.push_back(tl::unexpected(event.error()));
    }
  }
  return results;
}

Response take_events(Webhook& webhook, Request& request) {
  if (!webhook.signature.has_secret()) {
    return problem(503, "unavailable", "This server has no secret of a provider's.");
  }
  const auto now = std::chrono::floor<std::chrono::seconds>(SystemClock{}.now());
  if (const auto refused =
          webhook.signature.refusal(request.field("x-callqueue-timestamp"),
                                    request.field("x-callqueue-signature"), request.body, now)) {
    auto response = problem(401, "unauthorized", *refused);
    response.fields.emplace_back("WWW-Authenticate", "HMAC-SHA256");
    return response;
  }
  const auto parsed = parse_call_events(request.body);
  if (!parsed) return refusal(parsed.error());
  const auto taken = take(webhook.events, *parsed);
  if (!taken) return refusal(taken.error());
  const auto first = request.body.find_first_not_of(" \t\r\n");
  const bool is_list = parsed->size() > 1 || request.body.at(first) == '[';
  return is_list ? answer_to_list(*taken) : answer_to_one(taken->front());
}

}  // namespace

void add_webhook_routes(Router& router, Webhook& webhook) {
  router.add({.method = "POST",
              .path = "/webhooks/calls",
              .access = Access::anybody,  // Its signature is looked at in its stead.
              .handler = [&webhook](Request& request) { return take_events(webhook, request); },
              .body_limit = kMostBytes,
              .waits = true});  // For the commit that several requests have in common.
}

}  // namespace rest
