#include "router.hpp"

#include <optional>
#include <utility>

namespace rest {
namespace {

/// Takes the first segment off `/a/b`.
std::string_view take_segment(std::string_view& path) {
  path.remove_prefix(1);
  const auto end = std::min(path.find('/'), path.size());
  const auto segment = path.substr(0, end);
  path.remove_prefix(end);
  return segment;
}

std::optional<std::vector<std::string>> matched(std::string_view pattern, std::string_view path) {
  std::vector<std::string> segments;
  while (!pattern.empty() && !path.empty()) {
    const auto wanted = take_segment(pattern);
    const auto given = take_segment(path);
    if (wanted.starts_with('{')) {
      if (given.empty()) return std::nullopt;
      segments.emplace_back(given);
    } else if (wanted != given) {
      return std::nullopt;
    }
  }
  if (!pattern.empty() || !path.empty()) return std::nullopt;
  return segments;
}

}  // namespace

void Router::add(Route route) { routes_.push_back(std::move(route)); }

Match Router::find(std::string_view method, std::string_view path) const {
  // A path said in full comes before one with a blank: /api/queue/statistics is no row's.
  Match best;
  bool best_is_literal = false;
  for (const Route& route : routes_) {
    auto segments = matched(route.path, path);
    if (!segments) continue;
    const bool is_literal = segments->empty();
    if (is_literal && !best_is_literal) best = {};
    if (best_is_literal && !is_literal) continue;
    best_is_literal = is_literal;
    if (!best.methods.empty()) best.methods += ", ";
    best.methods += route.method;
    const bool answers_head = method == "HEAD" && route.method == "GET" && best.route == nullptr;
    if (route.method == method || answers_head) {
      best.route = &route;
      best.segments = std::move(*segments);
    }
  }
  return best;
}

}  // namespace rest
