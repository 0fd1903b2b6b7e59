#include "csv/error_log.hpp"

#include <string_view>
#include <utility>

namespace callqueue::csv {
namespace {

constexpr std::string_view header = "line,field,value,reason\n";

/// Whether a spreadsheet that opens the file might take the text for a formula, also as it would
/// reckon with `+49-30`. Numbers like `+49 30` are as they are.
bool is_formula(std::string_view text) {
  if (text.empty()) return false;
  if (text.front() == '=' || text.front() == '@' || text.front() == '\t' || text.front() == '\r') {
    return true;
  }
  return (text.front() == '+' || text.front() == '-') &&
         text.find_first_not_of("0123456789 ", 1) != std::string_view::npos;
}

void write_field(std::ostream& out, std::string_view text) {
  const bool formula = is_formula(text);
  if (!formula && text.find_first_of("\",;\t\r\n") == std::string_view::npos) {
    out << text;
    return;
  }
  out << '"';
  if (formula) out << '\'';
  for (const char c : text) {
    if (c == '"') out << '"';
    out << c;
  }
  out << '"';
}

void write_row(std::ostream& out, const CsvError& error) {
  out << error.line << ',';
  write_field(out, error.field);
  out << ',';
  write_field(out, error.value);
  out << ',';
  write_field(out, error.reason);
  out << '\n';
}

}  // namespace

ErrorLog::ErrorLog(CsvReport& report, std::ostream* stream) : report_(report), stream_(stream) {
  if (stream_ != nullptr) *stream_ << header;
}

void ErrorLog::add(CsvError error) {
  ++report_.errors_total;
  if (stream_ != nullptr) write_row(*stream_, error);
  if (report_.errors.size() < most_kept) report_.errors.push_back(std::move(error));
}

}  // namespace callqueue::csv

namespace callqueue {

void write_errors_csv(std::ostream& out, const std::vector<CsvError>& errors) {
  out << csv::header;
  for (const CsvError& error : errors) csv::write_row(out, error);
}

}  // namespace callqueue
