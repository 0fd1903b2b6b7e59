#pragma once

#include <nlohmann/json.hpp>

#include <callqueue/time.hpp>
#include <map>
#include <string>

namespace callqueue::scenarios {

using Json = nlohmann::json;

/// What a case has saved so far, and the instant that `@0` stands for.
struct Names {
  std::map<std::string, Json> saved;
  Instant begins;

  /// `json` with everything in the place of what stands for it. Throws for a name that was never
  /// saved.
  [[nodiscard]] Json resolved(const Json& json) const;
};

/// Where `actual` is not as expected, and why; empty: it matches. Both resolved.
[[nodiscard]] std::string difference(const Json& expected, const Json& actual,
                                     const std::string& place = "it");

/// The part of a result that a path (`items.0.id`) leads to; null where there is none.
[[nodiscard]] Json part(const Json& whole, const std::string& path);

}  // namespace callqueue::scenarios
