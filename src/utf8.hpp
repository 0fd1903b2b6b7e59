#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "callqueue/result.hpp"

namespace callqueue {

constexpr std::size_t max_text_bytes = 65'536;
constexpr std::size_t max_name_characters = 255;
constexpr std::size_t max_provider_call_id_bytes = 512;  // An index entry has room for it.

/// UTF-8, without NUL, at most `max_bytes`.
[[nodiscard]] Result<void> check_text(std::string_view text, std::string_view field,
                                      std::size_t max_bytes = max_text_bytes);
/// As the columns of names count: 255 characters, however many bytes they take.
[[nodiscard]] bool is_longer_than_name(std::string_view text) noexcept;
/// UTF-8, without NUL, no longer than a name.
[[nodiscard]] Result<void> check_short_text(std::string_view text, std::string_view field);
/// UTF-8 without NUL.
[[nodiscard]] bool is_clean_text(std::string_view text) noexcept;

/// Characters (code points) of a UTF-8 text.
[[nodiscard]] std::size_t characters(std::string_view text) noexcept;

/// The text's beginning as UTF-8, at most `most` bytes, whole characters; what is none becomes
/// U+FFFD.
[[nodiscard]] std::string shown(std::string_view text, std::size_t most);

}  // namespace callqueue
