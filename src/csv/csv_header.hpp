#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "callqueue/result.hpp"

namespace callqueue::csv {

struct CsvRecord;

/// What a column is taken for. `import_error` is read over: an export of rejected rows has it, so
/// that they can be mended and imported again.
enum class Field {
  phone_number,
  name,
  email,
  company,
  notes,
  timezone,
  priority,
  import_error,
  user_data
};

/// Its name: as in the database, else `user_data`.
[[nodiscard]] std::string_view to_text(Field field) noexcept;

/// The known field that a column name means; case, blanks, hyphens and underscores do not matter.
[[nodiscard]] std::optional<Field> known_field(std::string_view column);

/// A column as in the file.
struct Column {
  std::string name;  ///< Without surrounding blanks.
  Field field = Field::user_data;
};

/// The first record of a file.
struct Header {
  std::vector<Column> columns;
  std::size_t nameless = 0;  ///< Columns behind them without a name, which spreadsheets leave: they
                             ///< must be empty.
};

/// Reads the header. @return `invalid_argument` naming the column: `phone_number` missing, one
/// given twice; `header` when a column before another has no name, or the record is unusable.
[[nodiscard]] Result<Header> read_header(const CsvRecord& record);

}  // namespace callqueue::csv
