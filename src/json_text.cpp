#include "json_text.hpp"

namespace callqueue {
namespace {

constexpr std::string_view hex = "0123456789abcdef";

}  // namespace

void append_escaped(std::string& json, std::string_view text) {
  std::size_t begin = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if (byte >= 0x20 && byte != '"' && byte != '\\') continue;
    json.append(text, begin, i - begin);
    begin = i + 1;
    switch (byte) {
      case '"': json += "\\\""; break;
      case '\\': json += "\\\\"; break;
      case '\b': json += "\\b"; break;
      case '\f': json += "\\f"; break;
      case '\n': json += "\\n"; break;
      case '\r': json += "\\r"; break;
      case '\t': json += "\\t"; break;
      default: json.append("\\u00").append(1, hex[byte >> 4U]).append(1, hex[byte & 15U]);
    }
  }
  json.append(text, begin, text.size() - begin);
}

}  // namespace callqueue
