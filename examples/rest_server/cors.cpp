#include "cors.hpp"

#include <algorithm>

namespace rest {

bool Cors::is_allowed(const Request& request) const {
  return std::find(origins_.begin(), origins_.end(), request.field("origin")) != origins_.end();
}

std::optional<Response> Cors::preflight(const Request& request) const {
  const bool asks =
      request.method == "OPTIONS" && !request.field("access-control-request-method").empty();
  if (!asks || !is_allowed(request)) return std::nullopt;
  auto response = no_content();
  response.fields = {
      {"Access-Control-Allow-Methods", "GET, POST, PUT, PATCH, DELETE"},
      {"Access-Control-Allow-Headers", "Authorization, Content-Type, Idempotency-Key, X-User-Id"},
      {"Access-Control-Max-Age", "600"}};
  return response;
}

void Cors::allow(const Request& request, Response& response) const {
  if (origins_.empty()) return;
  response.fields.emplace_back("Vary", "Origin");
  if (!is_allowed(request)) return;
  response.fields.emplace_back("Access-Control-Allow-Origin", request.field("origin"));
  response.fields.emplace_back("Access-Control-Expose-Headers",
                               "Idempotency-Replayed, Location, Retry-After, X-Request-Id");
}

}  // namespace rest
