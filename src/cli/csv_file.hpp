#pragma once

#include <atomic>
#include <fstream>
#include <istream>
#include <optional>
#include <string>

#include "callqueue/csv_import.hpp"
#include "cli/context.hpp"

namespace callqueue::cli {

/// A CSV file on its way in, with what both imports share: `--default-region`, `--atomic`,
/// `--errors`, progress.
struct CsvFileOptions {
  std::string file;
  std::string errors;
  CsvImportOptions import;
};

void add_csv_file_options(CLI::App* command, CsvFileOptions& options);

/// A file that tells how far it was read, also while another thread reads it.
class CountedFile final : public std::filebuf {
 public:
  [[nodiscard]] std::int64_t bytes_read() const { return bytes_read_; }

 protected:
  std::streamsize xsgetn(char* to, std::streamsize size) override;

 private:
  std::atomic<std::int64_t> bytes_read_ = 0;
};

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
  void open_rows();
  void open_errors();

  std::string name_;
  std::int64_t size_ = 0;
  CountedFile file_;
  std::istream rows_{nullptr};
  std::string errors_name_;
  std::ofstream errors_;
};

/// What became of a file, for people, on standard error.
void describe(const CsvReport& report);
/// The report, or the end of the command: what is wrong in a file is nobody's usage.
[[nodiscard]] CsvReport report_of(Result<CsvReport> imported);
/// `Refused` when `--atomic` took the import back.
void refuse_if_taken_back(const CsvImportOptions& options, const CsvReport& report);

}  // namespace callqueue::cli
