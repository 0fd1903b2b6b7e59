#pragma once

#include <cstdint>
#include <istream>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "callqueue/result.hpp"
#include "csv/record_source.hpp"

namespace callqueue::csv {

/// One record of a file. Its texts live until the next one is read.
struct CsvRecord {
  enum class Defect {
    none,
    bad_quotes,  ///< `fields` holds the beginning of its first line.
    too_long,    ///< Likewise.
  };
  std::int64_t line = 0;  ///< On which it starts; the file's first is 1.
  Defect defect = Defect::none;
  bool clean = true;  ///< All of it is UTF-8 without NUL; else each field has to be looked at.
  std::vector<std::string_view> fields;
};

/// Whether nothing but blanks and invisible characters is in any field.
[[nodiscard]] bool is_blank(const CsvRecord& record) noexcept;

/// Reads a CSV file as RFC 4180 and spreadsheets have it, record by record, in bounded memory.
///
/// Comma, semicolon and tab are told apart by the first record, or named by a line `sep=;` before
/// it; LF, CRLF and lone CR end a line; a byte order mark is skipped. The engine
/// (fast-cpp-csv-parser) reads the file ahead in a thread of its own when it has more than 32 MiB.
class CsvReader {
 public:
  /// @param file must outlive the reader; nobody else may touch it meanwhile.
  /// @param max_record the longest record in bytes, at most 8 MiB.
  CsvReader(std::istream& file, std::size_t max_record);
  ~CsvReader();

  [[nodiscard]] char separator() const noexcept { return separator_; }
  /// Why the file cannot be CSV (UTF-16, a workbook), as `invalid_argument` (`file`).
  [[nodiscard]] const Result<void>& readable() const noexcept { return readable_; }
  /// Reads the next record, blank ones too. @return false at the end.
  [[nodiscard]] bool next(CsvRecord& record);
  /// Whether reading the file failed, so that the end was not its end.
  [[nodiscard]] bool failed() const noexcept { return source_.failed(); }

 private:
  struct Engine;

  RecordSource source_;
  Result<void> readable_;
  char separator_ = ',';
  std::unique_ptr<Engine> engine_;  ///< Last: its thread reads the source.
  std::int64_t next_line_ = 1;
};

}  // namespace callqueue::csv
