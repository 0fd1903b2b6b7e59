#include "csv/csv_cell.hpp"

#include <algorithm>
#include <array>

namespace callqueue::csv {
namespace {

/// Whether a spreadsheet might take the text for a formula. Some take wide characters for narrow
/// ones.
bool is_formula(std::string_view text) {
  constexpr std::array<std::string_view, 9> begins = {
      "=", "@", "\t", "\r", "\n", "\xEF\xBC\x9D", "\xEF\xBC\xA0", "\xEF\xBC\x8B", "\xEF\xBC\x8D"};
  const auto starts = [text](std::string_view with) { return text.starts_with(with); };
  if (std::any_of(begins.begin(), begins.end(), starts)) return true;
  return (starts("+") || starts("-")) &&
         text.find_first_not_of("0123456789 ", 1) != std::string_view::npos;
}

}  // namespace

void append_cell(std::string& line, std::string_view text) {
  const bool formula = is_formula(text);
  if (!formula && text.find_first_of("\",;\t\r\n") == std::string_view::npos) {
    line += text;
    return;
  }
  line += formula ? "\"'" : "\"";
  for (const char c : text) {
    if (c == '"') line += '"';
    line += c;
  }
  line += '"';
}

std::string line_of(std::initializer_list<std::string_view> cells) {
  std::string line;
  for (const auto* cell = cells.begin(); cell != cells.end(); ++cell) {
    if (cell != cells.begin()) line += ',';
    append_cell(line, *cell);
  }
  return line += "\r\n";
}

}  // namespace callqueue::csv
