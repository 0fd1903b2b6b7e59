#pragma once

#include <string>
#include <string_view>

namespace callqueue::csv {

/// Length of the blank or invisible character that the text starts with (white space of any width,
/// direction marks, soft hyphen, byte order mark); 0 when there is none.
[[nodiscard]] std::size_t blank(std::string_view text) noexcept;

/// Without surrounding blanks and invisible characters, which come with what people paste.
[[nodiscard]] std::string_view trimmed(std::string_view text) noexcept;

}  // namespace callqueue::csv
