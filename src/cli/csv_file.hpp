#pragma once

#include <fstream>
#include <istream>
#include <optional>
#include <string>

#include "callqueue/csv_import.hpp"
#include "cli/context.hpp"

namespace callqueue::cli {

/// A CSV file on its way in, with what both imports share: `--default-region`, `--errors`,
/// progress.
struct CsvFileOptions {
  std::string file;
  std::string errors;
  CsvImportOptions import;
};

void add_csv_file_options(CLI::App* command, CsvFileOptions& options);

/// The opened files; `Refused` when one cannot be.
class CsvFile {
 public:
  explicit CsvFile(const CsvFileOptions& options);
  [[nodiscard]] std::istream& rows() { return rows_; }
  /// Where errors go, or null.
  [[nodiscard]] std::ostream* errors() { return errors_.is_open() ? &errors_ : nullptr; }
  /// Draws progress on a terminal; false once the person has pressed Ctrl-C.
  [[nodiscard]] std::function<bool(std::int64_t)> progress();
  /// `Refused` when the errors could not be written.
  void finish();

 private:
  std::string name_;
  std::int64_t size_ = 0;
  std::ifstream rows_;
  std::string errors_name_;
  std::ofstream errors_;
};

/// What became of a file, for people, on standard error.
void describe(const CsvReport& report);

}  // namespace callqueue::cli
