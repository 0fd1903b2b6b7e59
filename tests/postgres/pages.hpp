#pragma once

#include <map>
#include <string>

namespace postgres_tests {

/// The SQL of a page of the documentation by the name at its beginning (`-- name: …`).
[[nodiscard]] std::map<std::string, std::string> statements_of(const std::string& page);
/// The text with every `what` replaced.
[[nodiscard]] std::string replaced(std::string text, const std::string& what,
                                   const std::string& with);

}  // namespace postgres_tests
