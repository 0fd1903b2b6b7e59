#include "cors.hpp"

#include <algorithm>
#include <regex>

namespace rest {

bool is_origin(std::string_view text) {
  static const std::regex kOrigin{
      R"((https?)://([a-z0-9_.-]+|\[[0-9a-f:.]+\])(:([1-9][0-9]{0,4}))?)"};
  std::cmatch parts;
  if (!std::regex_match(text.begin(), text.end(), parts, kOrigin)) return false;
  return parts[4] != (parts[1] == "https" ? "443" : "80");
}

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
