#include "csv/text.hpp"

#include <simdjson.h>

#include <algorithm>

namespace callqueue::csv {
namespace {

constexpr std::string_view white = " \t\r\n\v\f";
constexpr std::string_view no_break_space = "\xC2\xA0";
constexpr std::string_view replacement = "\xEF\xBF\xBD";

/// Length of the character that `text` starts with, 0 when it is none.
std::size_t character(std::string_view text) {
  for (std::size_t size = 1; size <= 4 && size <= text.size(); ++size) {
    if (simdjson::validate_utf8(text.data(), size)) return text.front() == '\0' ? 0 : size;
  }
  return 0;
}

}  // namespace

std::string_view trimmed(std::string_view text) noexcept {
  while (!text.empty()) {
    if (white.find(text.front()) != std::string_view::npos) {
      text.remove_prefix(1);
    } else if (text.starts_with(no_break_space)) {
      text.remove_prefix(2);
    } else {
      break;
    }
  }
  while (!text.empty()) {
    if (white.find(text.back()) != std::string_view::npos) {
      text.remove_suffix(1);
    } else if (text.ends_with(no_break_space)) {
      text.remove_suffix(2);
    } else {
      break;
    }
  }
  return text;
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

void append_json(std::string& json, std::string_view text) {
  constexpr std::string_view hex = "0123456789abcdef";
  std::size_t begin = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if (byte >= 0x20 && byte != '"' && byte != '\\') continue;
    json.append(text, begin, i - begin);
    begin = i + 1;
    switch (byte) {
      case '"': json += "\\\""; break;
      case '\\': json += "\\\\"; break;
      case '\n': json += "\\n"; break;
      case '\r': json += "\\r"; break;
      case '\t': json += "\\t"; break;
      default: json.append("\\u00").append(1, hex[byte >> 4U]).append(1, hex[byte & 15U]);
    }
  }
  json.append(text, begin, text.size() - begin);
}

}  // namespace callqueue::csv
