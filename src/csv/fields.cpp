#include "csv/fields.hpp"

namespace callqueue::csv {

void append_field(std::string& text, std::string_view field, char separator) {
  const std::string needs_quotes{separator, '"', '\r', '\n'};
  const bool is_quoted = field.find_first_of(needs_quotes) != std::string_view::npos;
  if (is_quoted) text += '"';
  for (const char c : field) {
    if (c == '"') text += '"';
    text += c;
  }
  if (is_quoted) text += '"';
}

std::vector<std::string> fields_of(std::string_view text, char separator) {
  std::vector<std::string> fields(1);
  bool is_quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '"' && is_quoted && text.substr(i + 1).starts_with('"')) {
      fields.back() += text[i++];
    } else if (text[i] == '"') {
      is_quoted = !is_quoted;
    } else if (text[i] == separator && !is_quoted) {
      fields.emplace_back();
    } else {
      fields.back() += text[i];
    }
  }
  return fields;
}

}  // namespace callqueue::csv
