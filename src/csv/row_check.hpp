#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "callqueue/csv_import.hpp"
#include "csv/csv_header.hpp"
#include "csv/csv_reader.hpp"
#include "csv/phone_number.hpp"

namespace callqueue::csv {

/// Turns records into rows to import, or says what is wrong with them. Reads nothing but the zone
/// data.
class RowCheck {
 public:
  RowCheck(Header header, char separator, PhoneNormalizer normalizer,
           const CsvImportOptions& options);

  /// Fills `row` (its texts keep their capacity). @return what is wrong, the first thing in the
  /// order of the columns; `row` is then of no use.
  [[nodiscard]] std::optional<CsvError> check(const CsvRecord& record, ImportRow& row);
  /// The columns' names, each behind the separator that is between the fields of errors' records.
  [[nodiscard]] std::string header() const;
  /// The number as it stands in a record that was found good.
  [[nodiscard]] std::string_view phone_number(const CsvRecord& record) const {
    return record.fields[phone_column_];
  }

 private:
  using Reason = std::string;  ///< Empty: nothing is wrong.

  [[nodiscard]] CsvError error_of(const CsvRecord& record, std::string field,
                                  std::string_view value, std::string reason) const;
  [[nodiscard]] std::optional<CsvError> check_record(const CsvRecord& record) const;
  [[nodiscard]] Reason check_field_count(const CsvRecord& record) const;
  [[nodiscard]] Reason take(Field field, std::string_view value, ImportRow& row);
  [[nodiscard]] Reason take_phone_number(std::string_view value, ImportRow& row) const;
  [[nodiscard]] Reason take_timezone(std::string_view value, ImportRow& row);
  [[nodiscard]] Reason take_priority(std::string_view value);
  [[nodiscard]] bool is_known_zone(const std::string& name);
  void finish(ImportRow& row) const;

  std::vector<Column> columns_;
  std::size_t nameless_;                ///< Columns behind them.
  std::vector<std::string> json_keys_;  ///< `"key":"` for each column.
  std::size_t phone_column_ = 0;
  char separator_;
  PhoneNormalizer normalizer_;
  PriorityRule rule_;
  std::size_t max_field_bytes_;
  std::optional<int> priority_;  ///< The record's own.
  std::unordered_map<std::string, bool> zones_;
};

/// Why an e-mail address is none; empty when it is one.
[[nodiscard]] std::string_view wrong_with_email(std::string_view address) noexcept;

}  // namespace callqueue::csv
