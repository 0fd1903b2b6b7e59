#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "callqueue/time.hpp"

namespace callqueue::cli {

/// A line to standard output.
void print_line(std::string_view line);

/// Rows of text in columns as wide as they need to be.
class Table {
 public:
  explicit Table(std::vector<std::string> header) : rows_{std::move(header)} {}
  void add(std::vector<std::string> row) { rows_.push_back(std::move(row)); }
  void print() const;

 private:
  std::vector<std::vector<std::string>> rows_;
};

/// Names and values, one a line.
class Sheet {
 public:
  void add(std::string name, std::string value) {
    rows_.emplace_back(std::move(name), std::move(value));
  }
  void print() const;

 private:
  std::vector<std::pair<std::string, std::string>> rows_;
};

/// The instant in UTC to the second, or `-`.
[[nodiscard]] std::string short_text(const std::optional<Instant>& at);
/// `"text"` as JSON.
[[nodiscard]] std::string json_string(std::string_view text);
/// `{"id":"…"}`.
[[nodiscard]] std::string json_id(std::string_view id);

}  // namespace callqueue::cli
