#include "http.hpp"

#include <simdjson.h>

#include <algorithm>
#include <nlohmann/json.hpp>

namespace rest {
namespace {

std::string_view title(unsigned status) {
  switch (status) {
    case 400: return "Bad request";
    case 401: return "Unauthorized";
    case 403: return "Forbidden";
    case 404: return "Not found";
    case 405: return "Method not allowed";
    case 408: return "Request timeout";
    case 409: return "Conflict";
    case 413: return "Content too large";
    case 415: return "Unsupported media type";
    case 422: return "Unprocessable content";
    case 426: return "Upgrade required";
    case 429: return "Too many requests";
    case 431: return "Request header fields too large";
    case 503: return "Service unavailable";
    default: return "Internal server error";
  }
}

unsigned status_of(callqueue::ErrorCode code) {
  using callqueue::ErrorCode;
  switch (code) {
    case ErrorCode::invalid_argument: return 422;
    case ErrorCode::not_found: return 404;
    case ErrorCode::conflict: return 409;
    case ErrorCode::limit_reached: return 409;
    case ErrorCode::unavailable: return 503;
    case ErrorCode::corrupt: return 500;
    case ErrorCode::internal: return 500;
  }
  return 500;
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

}  // namespace

std::string_view Request::field(std::string_view name) const {
  const auto found =
      std::find_if(fields.begin(), fields.end(), [&](const auto& f) { return f.first == name; });
  return found == fields.end() ? std::string_view{} : std::string_view{found->second};
}

bool Request::has_field(std::string_view name) const {
  return std::any_of(fields.begin(), fields.end(), [&](const auto& f) { return f.first == name; });
}

std::optional<std::string_view> Request::parameter(std::string_view name) const {
  const auto found =
      std::find_if(query.rbegin(), query.rend(), [&](const auto& p) { return p.first == name; });
  if (found == query.rend()) return std::nullopt;
  return found->second;
}

Response problem(unsigned status, std::string_view code, std::string_view detail,
                 std::string_view field) {
  nlohmann::ordered_json document{{"type", "about:blank"},
                                  {"title", title(status)},
                                  {"status", status},
                                  {"code", code},
                                  {"detail", detail}};
  if (!field.empty()) document["field"] = field;
  return {.status = status,
          .type = "application/problem+json",
          .body = document.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace)};
}

Response problem(const callqueue::Error& error) {
  const auto status = status_of(error.code);
  return problem(
      status, to_text(error.code),
      status >= 500 ? "The request could not be carried out; try again later." : error.message,
      status >= 500 ? "" : error.field);
}

std::optional<std::string> percent_decoded(std::string_view text, bool in_query) {
  std::string decoded;
  decoded.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    if (c == '%') {
      if (i + 2 >= text.size()) return std::nullopt;
      const int high = hex_digit(text[i + 1]);
      const int low = hex_digit(text[i + 2]);
      if (high < 0 || low < 0) return std::nullopt;
      c = static_cast<char>(high * 16 + low);
      i += 2;
    } else if (c == '+' && in_query) {
      c = ' ';
    }
    if (c == '\0') return std::nullopt;
    decoded += c;
  }
  if (!simdjson::validate_utf8(decoded)) return std::nullopt;
  return decoded;
}

std::optional<Request> parse_target(std::string_view target) {
  if (target.starts_with("http://") || target.starts_with("https://")) {
    // As a proxy would be asked; a server has to understand it too (RFC 9112, section 3.2.2).
    const auto path = target.find('/', target.find("//") + 2);
    target = path == std::string_view::npos ? "/" : target.substr(path);
  }
  if (target.empty() || target.front() != '/') return std::nullopt;
  const auto mark = target.find('?');
  Request request;
  auto path = percent_decoded(target.substr(0, mark), false);
  if (!path) return std::nullopt;
  request.path = std::move(*path);
  std::string_view rest = mark == std::string_view::npos ? "" : target.substr(mark + 1);
  while (!rest.empty()) {
    const auto end = std::min(rest.find('&'), rest.size());
    const auto pair = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    const auto equals = std::min(pair.find('='), pair.size());
    auto name = percent_decoded(pair.substr(0, equals), true);
    auto value = percent_decoded(pair.substr(std::min(equals + 1, pair.size())), true);
    if (!name || !value) return std::nullopt;
    if (!name->empty()) request.query.emplace_back(std::move(*name), std::move(*value));
  }
  return request;
}

}  // namespace rest
