#pragma once

#include <istream>
#include <memory>
#include <string>
#include <vector>

#include "csv/row_check.hpp"

namespace callqueue::csv {

/// A CSV file as rows to import and errors, in the order of the file.
class RowStream {
 public:
  /// Reads the header. @return `invalid_argument` when it is unusable or the default region is
  /// unknown, `unavailable` (`file`) when reading fails.
  [[nodiscard]] static Result<std::unique_ptr<RowStream>> open(std::istream& file,
                                                               const CsvImportOptions& options);

  enum class Next { row, error, end };
  /// Reads the next row that is not blank.
  /// @param row filled for `row`. @param error filled for `error`.
  [[nodiscard]] Next next(ImportRow& row, CsvError& error);
  /// The number as it stands in the file, after `row`.
  [[nodiscard]] std::string_view number_in_file() const { return check_->phone_number(record_); }

  /// See `RowCheck::header`.
  [[nodiscard]] std::string header() const { return check_->header(); }
  [[nodiscard]] const std::vector<Column>& columns() const noexcept { return header_.columns; }
  /// Whether reading the file failed, so that its end was not reached.
  [[nodiscard]] bool failed() const noexcept { return reader_.failed(); }

 private:
  RowStream(std::istream& file, const CsvImportOptions& options);
  Result<void> read_header_line();
  bool next_record();

  CsvReader reader_;
  CsvRecord record_;
  Header header_;
  std::optional<RowCheck> check_;
};

}  // namespace callqueue::csv
