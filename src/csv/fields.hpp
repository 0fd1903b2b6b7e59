#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace callqueue::csv {

/// Appends a field as it has to stand between these separators.
void append_field(std::string& text, std::string_view field, char separator);
/// The fields of a text that was made of them by `append_field`, with separators between.
[[nodiscard]] std::vector<std::string> fields_of(std::string_view text, char separator);

}  // namespace callqueue::csv
