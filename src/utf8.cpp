#include "utf8.hpp"

#include <simdjson.h>

#include <algorithm>

namespace callqueue {
namespace {

constexpr std::string_view replacement = "\xEF\xBF\xBD";

/// Length of the character that `text` starts with, 0 when it is none.
std::size_t character(std::string_view text) {
  for (std::size_t size = 1; size <= 4 && size <= text.size(); ++size) {
    if (simdjson::validate_utf8(text.data(), size)) return text.front() == '\0' ? 0 : size;
  }
  return 0;
}

}  // namespace

Result<void> check_text(std::string_view text, std::string_view field, std::size_t max_bytes) {
  const std::string name(field);
  const auto refuse = [&](const std::string& why) {
    return fail(ErrorCode::invalid_argument, name + why, name);
  };
  if (text.size() > max_bytes) {
    return refuse(" is longer than " + std::to_string(max_bytes) + " bytes");
  }
  if (text.find('\0') != std::string_view::npos) return refuse(" holds a NUL");
  if (!simdjson::validate_utf8(text.data(), text.size())) return refuse(" is not valid UTF-8");
  return {};
}

bool is_longer_than_name(std::string_view text) noexcept {
  return text.size() > max_name_characters && characters(text) > max_name_characters;
}

Result<void> check_short_text(std::string_view text, std::string_view field) {
  return check_text(text, field).and_then([&]() -> Result<void> {
    if (!is_longer_than_name(text)) return {};
    return fail(ErrorCode::invalid_argument,
                std::string(field) + " is longer than " + std::to_string(max_name_characters) +
                    " characters",
                std::string(field));
  });
}

bool is_clean_text(std::string_view text) noexcept {
  return text.find('\0') == std::string_view::npos &&
         simdjson::validate_utf8(text.data(), text.size());
}

std::size_t characters(std::string_view text) noexcept {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
  }));
}

std::string shown(std::string_view text, std::size_t most) {
  std::string copy;
  while (!text.empty()) {
    const std::size_t size = character(text);
    const std::string_view next = size > 0 ? text.substr(0, size) : replacement;
    if (copy.size() + next.size() > most) break;
    copy += next;
    text.remove_prefix(std::max<std::size_t>(size, 1));
  }
  return copy;
}

}  // namespace callqueue
