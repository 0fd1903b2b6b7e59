#include "csv/error_log.hpp"

#include <string>
#include <string_view>
#include <utility>

#include "csv/csv_cell.hpp"

namespace callqueue::csv {
namespace {

constexpr std::string_view header = "line,field,value,reason\n";

void write_row(std::ostream& out, const CsvError& error) {
  std::string line = std::to_string(error.line);
  for (const std::string* text : {&error.field, &error.value, &error.reason}) {
    line += ',';
    append_cell(line, *text);
  }
  out << line << '\n';
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
