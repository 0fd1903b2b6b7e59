#pragma once

#include <cstddef>
#include <ostream>

#include "callqueue/csv_import.hpp"

namespace callqueue::csv {

/// Where the errors of an import go: the first into the report, all to a stream as CSV.
class ErrorLog {
 public:
  static constexpr std::size_t most_kept = 1000;

  /// @param stream null: only the report's. Its header line is written at once.
  ErrorLog(CsvReport& report, std::ostream* stream);
  void add(CsvError error);

 private:
  CsvReport& report_;
  std::ostream* stream_;
};

}  // namespace callqueue::csv
