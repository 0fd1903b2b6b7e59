#include "csv/csv_header.hpp"

#include <algorithm>
#include <array>

#include "csv/csv_reader.hpp"
#include "csv/text.hpp"

namespace callqueue::csv {
namespace {

constexpr std::array<std::string_view, 8> names{
    "phone_number", "name", "email", "company", "notes", "timezone", "priority", "user_data"};
constexpr std::size_t most_columns = 1000;
constexpr std::size_t longest_name = 255;

/// Lower case, without what separates words.
std::string folded(std::string_view name) {
  std::string text;
  for (const char c : name) {
    if (c == ' ' || c == '_' || c == '-' || c == '\t') continue;
    text += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  }
  return text;
}

tl::unexpected<Error> unusable(std::string reason, std::string field = "header") {
  return fail(ErrorCode::invalid_argument, std::move(reason), std::move(field));
}

Result<void> check_record(const CsvRecord& record) {
  if (record.defect != CsvRecord::Defect::none) {
    return unusable("The header line is too long or its quotes are wrong.");
  }
  if (!record.clean && !std::all_of(record.fields.begin(), record.fields.end(), is_clean_text)) {
    return unusable("The header is not UTF-8 text; save the file as CSV UTF-8.");
  }
  if (record.fields.size() > most_columns) return unusable("The file has more than 1,000 columns.");
  return {};
}

Result<void> check_column(const std::vector<Column>& before, const Column& column) {
  if (column.name.empty()) {
    return unusable("Column " + std::to_string(before.size() + 1) + " has no name in the header.");
  }
  if (column.name.size() > longest_name) {
    return unusable("Column " + std::to_string(before.size() + 1) + " has too long a name.");
  }
  const bool twice = std::any_of(before.begin(), before.end(), [&](const Column& other) {
    return column.field == Field::user_data ? other.name == column.name
                                            : other.field == column.field;
  });
  if (twice) {
    const std::string name =
        column.field == Field::user_data ? column.name : std::string{to_text(column.field)};
    return unusable("The column " + name + " is there twice.", name);
  }
  return {};
}

}  // namespace

std::string_view to_text(Field field) noexcept { return names[static_cast<std::size_t>(field)]; }

std::optional<Field> known_field(std::string_view column) {
  const std::string name = folded(column);
  for (std::size_t i = 0; i < static_cast<std::size_t>(Field::user_data); ++i) {
    if (name == folded(names[i])) return static_cast<Field>(i);
  }
  return std::nullopt;
}

Result<std::vector<Column>> read_header(const CsvRecord& record) {
  if (auto usable = check_record(record); !usable) return tl::unexpected(usable.error());
  std::vector<Column> columns;
  for (const std::string_view field : record.fields) {
    const std::string_view name = trimmed(field);
    Column column{std::string{name}, known_field(name).value_or(Field::user_data)};
    if (auto good = check_column(columns, column); !good) return tl::unexpected(good.error());
    columns.push_back(std::move(column));
  }
  const bool has_number = std::any_of(columns.begin(), columns.end(), [](const Column& column) {
    return column.field == Field::phone_number;
  });
  if (!has_number) {
    return unusable("The header has no column phone_number.", "phone_number");
  }
  return columns;
}

}  // namespace callqueue::csv
