#pragma once

#include <sstream>
#include <string>
#include <vector>

#include "csv/csv_reader.hpp"
#include "csv/row_stream.hpp"

namespace csv_tests {

using namespace callqueue;
using namespace callqueue::csv;
using Texts = std::vector<std::string>;

/// A record that stays when the next one is read.
struct ReadRecord {
  std::int64_t line = 0;
  CsvRecord::Defect defect = CsvRecord::Defect::none;
  Texts fields;

  friend bool operator==(const ReadRecord&, const ReadRecord&) = default;
};

inline std::vector<ReadRecord> read_all(const std::string& text,
                                        std::size_t max_record = 1024 * 1024) {
  std::istringstream file{text};
  CsvReader reader{file, max_record};
  std::vector<ReadRecord> records;
  for (CsvRecord record; reader.next(record);) {
    records.push_back(
        {record.line, record.defect, Texts(record.fields.begin(), record.fields.end())});
  }
  return records;
}

/// What a file's rows come to.
struct ReadRows {
  std::vector<ImportRow> rows;
  std::vector<CsvError> errors;
};

inline Result<ReadRows> read_rows(const std::string& text, const CsvImportOptions& options = {}) {
  std::istringstream file{text};
  auto stream = RowStream::open(file, options);
  if (!stream) return tl::unexpected(stream.error());
  ReadRows read;
  ImportRow row;
  CsvError error;
  while (true) {
    const auto next = (*stream)->next(row, error);
    if (next == RowStream::Next::end) return read;
    if (next == RowStream::Next::row) read.rows.push_back(row);
    if (next == RowStream::Next::error) read.errors.push_back(error);
  }
}

}  // namespace csv_tests
