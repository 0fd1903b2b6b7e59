#include "csv/csv_header.hpp"

#include <algorithm>
#include <array>
#include <span>

#include "csv/csv_reader.hpp"
#include "csv/phone_text.hpp"
#include "csv/text.hpp"
#include "utf8.hpp"

namespace callqueue::csv {
namespace {

constexpr std::array<std::string_view, 9> names{"phone_number", "name",         "email",
                                                "company",      "notes",        "timezone",
                                                "priority",     "import_error", "user_data"};
constexpr std::size_t most_columns = 1000;

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
  return {};
}

Result<void> check_column(const std::vector<Column>& before, const Column& column) {
  if (column.name.empty()) {
    return unusable("Column " + std::to_string(before.size() + 1) +
                    " has no name in the header: give it one, or delete it.");
  }
  if (is_longer_than_name(column.name)) {
    return unusable("Column " + std::to_string(before.size() + 1) + " has too long a name.");
  }
  const bool twice = std::any_of(before.begin(), before.end(), [&](const Column& other) {
    return column.field == Field::user_data ? other.name == column.name
                                            : other.field == column.field;
  });
  if (twice) {
    const std::string name =
        column.field == Field::user_data ? column.name : std::string{to_text(column.field)};
    return unusable("The column " + name + " is there twice: rename or delete one of the two.",
                    name);
  }
  return {};
}

/// Whether the text is a phone number, as in a file without a header.
bool is_number(const Column& column) {
  constexpr std::size_t fewest_digits = 6;
  const auto read = read_phone_digits(column.name);
  return read && read->digits.size() >= fewest_digits;
}

tl::unexpected<Error> no_number(const std::vector<Column>& columns) {
  constexpr std::size_t most_shown = 10;
  constexpr std::size_t longest_shown = 40;
  if (std::any_of(columns.begin(), columns.end(), is_number)) {
    return unusable(
        "The header has no column phone_number: the first line seems to be a contact already. Put "
        "a line with the names of the columns before it, such as phone_number,name.",
        "phone_number");
  }
  std::string found;
  for (std::size_t i = 0; i < std::min(columns.size(), most_shown); ++i) {
    found += (i == 0 ? "" : ", ") + shown(columns[i].name, longest_shown);
  }
  if (columns.size() > most_shown) found += ", …";
  return unusable("The header has no column phone_number, only: " + found +
                      ". Rename the one with the numbers to phone_number.",
                  "phone_number");
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

Result<Header> read_header(const CsvRecord& record) {
  if (auto usable = check_record(record); !usable) return tl::unexpected(usable.error());
  std::span<const std::string_view> fields{record.fields};
  while (!fields.empty() && trimmed(fields.back()).empty())
    fields = fields.first(fields.size() - 1);
  if (fields.size() > most_columns) {
    return unusable(
        "The file has more than 1,000 columns: delete those that the calls do not need.");
  }
  Header header{.columns = {}, .nameless = record.fields.size() - fields.size()};
  for (const std::string_view field : fields) {
    const std::string_view name = trimmed(field);
    Column column{std::string{name}, known_field(name).value_or(Field::user_data)};
    if (auto good = check_column(header.columns, column); !good) {
      return tl::unexpected(good.error());
    }
    header.columns.push_back(std::move(column));
  }
  const bool has_number =
      std::any_of(header.columns.begin(), header.columns.end(),
                  [](const Column& column) { return column.field == Field::phone_number; });
  if (!has_number) return no_number(header.columns);
  return header;
}

}  // namespace callqueue::csv
