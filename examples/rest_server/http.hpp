#pragma once

#include <cstdint>
#include <functional>
#include <istream>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "callqueue/result.hpp"
#include "callqueue/uuid.hpp"

namespace rest {

/// Who asks, by the token of the request.
struct Caller {
  std::string token_id;
  callqueue::UserId user_id;  ///< Whose rows the request sees.
  bool is_administrator = false;
};

/// A request as handlers see it: decoded, within the bounds of its route.
struct Request {
  std::string id;                     ///< Goes through logs, answer and problem document.
  std::string method;                 ///< `GET`, `POST`, …
  std::string path;                   ///< Percent-decoded, without the query.
  std::vector<std::string> segments;  ///< What the route's `{…}` matched.
  std::vector<std::pair<std::string, std::string>> query;   ///< Decoded, in the order given.
  std::vector<std::pair<std::string, std::string>> fields;  ///< Header fields, names in lower case.
  std::string body;  ///< Empty where the route reads `stream` itself.
  std::istream* stream =
      nullptr;  ///< The body as it arrives. Reading blocks; bad when it broke off.
  Caller caller;

  /// A header field by its name in lower case; empty when there is none.
  [[nodiscard]] std::string_view field(std::string_view name) const;
  /// Whether it is there, perhaps empty.
  [[nodiscard]] bool has_field(std::string_view name) const;
  /// The last query parameter of this name.
  [[nodiscard]] std::optional<std::string_view> parameter(std::string_view name) const;
};

/// Writes a body piece by piece: appends to its argument; false: that was the last piece.
using Pieces = std::function<bool(std::string&)>;

struct Response {
  unsigned status = 200;
  std::string type = "application/json";  ///< Of the content.
  std::string body;
  std::vector<std::pair<std::string, std::string>> fields = {};  ///< Further header fields.
  /// For bodies that are not held whole; `body` is empty then. Runs where the handler ran.
  Pieces pieces = {};
};

[[nodiscard]] inline Response json(std::string body, unsigned status = 200) {
  return {.status = status, .body = std::move(body)};
}
[[nodiscard]] inline Response no_content() { return {.status = 204, .type = {}, .body = {}}; }

/// An RFC 9457 problem document.
[[nodiscard]] Response problem(unsigned status, std::string_view code, std::string_view detail,
                               std::string_view field = {});
/// The same of what the library refused; what is its own fault or the database's is not explained
/// to strangers.
[[nodiscard]] Response problem(const callqueue::Error& error);

/// Decodes `%41` (and, in a query, `+`). Nothing for what is no encoding, is no UTF-8 then, or
/// holds a NUL.
[[nodiscard]] std::optional<std::string> percent_decoded(std::string_view text, bool in_query);

/// Splits a request's target into path and query. Nothing when it is not of the form `/…`.
[[nodiscard]] std::optional<Request> parse_target(std::string_view target);

}  // namespace rest
