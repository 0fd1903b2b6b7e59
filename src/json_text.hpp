#pragma once

#include <string>
#include <string_view>

namespace callqueue {

/// Appends the text as the inside of a JSON string. @pre it is UTF-8.
void append_escaped(std::string& json, std::string_view text);

}  // namespace callqueue
