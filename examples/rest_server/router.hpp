#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "http.hpp"

namespace rest {

/// Who may use a route.
enum class Access { anybody, user, administrator };

using Handler = std::function<Response(Request&)>;

/// One method of one path.
struct Route {
  std::string method;
  std::string path;  ///< `/api/campaigns/{id}/start`: each `{…}` matches one segment.
  Access access = Access::user;
  Handler handler;
  std::size_t body_limit = 1 << 20;  ///< In bytes; a longer body is 413.
  bool streams = false;              ///< The handler reads `Request::stream`.
  /// Answers at once, without the database: runs on the connection's own thread.
  bool is_light = false;
  /// The handler mostly waits for what others do: it takes nobody's place who works.
  bool waits = false;
  /// Goes on as a WebSocket, see `live_socket.hpp`; it has no handler.
  bool is_live = false;
};

/// What a path and a method come to.
struct Match {
  const Route* route = nullptr;       ///< None: see `methods`.
  std::vector<std::string> segments;  ///< What each `{…}` matched.
  std::string methods;  ///< Those that the path has, for `Allow`; empty: no such path.
};

/// The table of routes; built once, then only read.
class Router {
 public:
  void add(Route route);
  [[nodiscard]] Match find(std::string_view method, std::string_view path) const;
  [[nodiscard]] const std::vector<Route>& routes() const { return routes_; }

 private:
  std::vector<Route> routes_;
};

}  // namespace rest
