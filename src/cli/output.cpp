#include "cli/output.hpp"

#include <algorithm>

#include <fmt/core.h>
#include <nlohmann/json.hpp>

namespace callqueue::cli {
namespace {

/// Characters, not bytes: continuation bytes take no column.
std::size_t width(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
  }));
}

/// A terminal obeys control characters, wherever a name came from.
std::string visible(std::string text) {
  for (char& c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte == 0x7F) c = ' ';
  }
  return text;
}

std::string padded(const std::string& text, std::size_t columns) {
  return text + std::string(columns - std::min(columns, width(text)), ' ');
}

}  // namespace

void print_line(std::string_view line) { fmt::print("{}\n", line); }

void Table::print() const {
  std::vector<std::size_t> widths(rows_.front().size());
  for (const auto& row : rows_) {
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], width(row[i]));
  }
  for (const auto& row : rows_) {
    std::string line;
    for (std::size_t i = 0; i < row.size(); ++i) {
      const bool last = i + 1 == row.size();
      line += last ? visible(row[i]) : padded(visible(row[i]), widths[i]) + "  ";
    }
    print_line(line);
  }
}

void Sheet::print() const {
  std::size_t columns = 0;
  for (const auto& row : rows_) columns = std::max(columns, width(row.first));
  for (const auto& [name, text] : rows_) {
    print_line(padded(name, columns) + "  " + visible(text));
  }
}

std::string short_text(const std::optional<Instant>& at) {
  if (!at) return "-";
  const auto text = to_text(*at);
  return text.substr(0, text.find('.')) + "Z";
}

std::string json_string(std::string_view text) {
  return nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

std::string json_id(std::string_view id) { return "{\"id\":" + json_string(id) + "}"; }

}  // namespace callqueue::cli
