#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "http.hpp"

namespace rest {

/// Whether a browser would name a site so: scheme, host, and a port unless it is the scheme's own;
/// lower case, nothing behind.
[[nodiscard]] bool is_origin(std::string_view text);

/// Which other sites' pages may use the server from a browser: none unless named.
///
/// Tokens are no cookies: a browser sends none by itself, so a page that is not let in can do no
/// harm with somebody else's. See the CORS protocol of the Fetch standard.
class Cors {
 public:
  /// @param origins as browsers send them (`is_origin`): `https://app.example.com`.
  explicit Cors(std::vector<std::string> origins) : origins_(std::move(origins)) {}

  /// The answer to a browser that asks whether a page of another site may send a request; nothing
  /// if this is no such question, or the site may not.
  [[nodiscard]] std::optional<Response> preflight(const Request& request) const;
  /// Lets a page of a site that was named read the answer.
  void allow(const Request& request, Response& response) const;

 private:
  [[nodiscard]] bool is_allowed(const Request& request) const;

  std::vector<std::string> origins_;
};

}  // namespace rest
