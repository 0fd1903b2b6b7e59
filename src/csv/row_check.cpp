#include "csv/row_check.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

#include "callqueue/time_zone.hpp"
#include "csv/fields.hpp"
#include "csv/text.hpp"
#include "json_text.hpp"
#include "utf8.hpp"

namespace callqueue::csv {
namespace {

constexpr std::size_t longest_value_shown = 200;
constexpr std::size_t longest_record_shown = 1000;
constexpr std::size_t most_zones_remembered = 4096;

/// A record's beginning, for errors of the row as a whole.
std::string beginning(const CsvRecord& record, char separator) {
  std::string text;
  for (const std::string_view field : record.fields) {
    if (text.size() > longest_value_shown) break;
    if (field.data() != record.fields.front().data()) text += separator;
    text += field.substr(0, longest_value_shown);
  }
  return text;
}

/// The record as it stood, as far as it is shown.
std::string whole(const CsvRecord& record, char separator) {
  std::string text;
  for (std::size_t i = 0; i < record.fields.size() && text.size() <= longest_record_shown; ++i) {
    if (i > 0) text += separator;
    const auto field = record.fields[i].substr(0, longest_record_shown);
    // What has wrong quotes was not taken apart.
    if (record.defect == CsvRecord::Defect::none) {
      append_field(text, field, separator);
    } else {
      text += field;
    }
  }
  return shown(text, longest_record_shown);
}

std::string assign(std::string_view value, std::string& target) {
  if (is_longer_than_name(value)) return "The text is longer than 255 characters.";
  target = value;
  return {};
}

}  // namespace

RowCheck::RowCheck(Header header, char separator, PhoneNormalizer normalizer,
                   const CsvImportOptions& options)
    : columns_(std::move(header.columns)),
      nameless_(header.nameless),
      separator_(separator),
      normalizer_(std::move(normalizer)),
      rule_(options.priority),
      max_field_bytes_(options.max_field_bytes) {
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    if (columns_[i].field == Field::phone_number) phone_column_ = i;
    std::string key = "\"";
    append_escaped(key, columns_[i].name);
    json_keys_.push_back(key + "\":\"");
  }
}

std::string RowCheck::header() const {
  std::string text;
  for (const Column& column : columns_) {
    text += separator_;
    append_field(text, column.name, separator_);
  }
  return text;
}

CsvError RowCheck::error_of(const CsvRecord& record, std::string field, std::string_view value,
                            std::string reason) const {
  return {.line = record.line,
          .field = std::move(field),
          .value = shown(value, longest_value_shown),
          .reason = std::move(reason),
          .record = whole(record, separator_)};
}

std::optional<CsvError> RowCheck::check(const CsvRecord& record, ImportRow& row) {
  if (auto error = check_record(record)) return error;
  row.line = record.line;
  for (std::string* text :
       {&row.phone_number, &row.name, &row.email, &row.company, &row.notes, &row.timezone}) {
    text->clear();
  }
  row.user_data = "{";
  priority_.reset();
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    const Column& column = columns_[i];
    const std::string_view field = record.fields[i];
    if (column.field == Field::import_error) continue;
    Reason reason;
    if (field.size() > max_field_bytes_) {
      reason = "The field is longer than " + std::to_string(max_field_bytes_) + " bytes.";
    } else if (!record.clean && !is_clean_text(field)) {
      reason = field.find('\0') != std::string_view::npos
                   ? "The field contains a NUL byte: the file is damaged, or no text."
                   : "The field is not UTF-8 text; save the file as CSV UTF-8.";
    } else if (column.field == Field::user_data) {
      if (row.user_data.size() > 1) row.user_data += ',';
      row.user_data += json_keys_[i];
      append_escaped(row.user_data, field);
      row.user_data += '"';
    } else {
      reason = take(column.field, trimmed(field), row);
    }
    if (!reason.empty()) {
      const bool known = column.field != Field::user_data;
      return error_of(record, known ? std::string{to_text(column.field)} : column.name, field,
                      std::move(reason));
    }
  }
  finish(row);
  return std::nullopt;
}

std::optional<CsvError> RowCheck::check_record(const CsvRecord& record) const {
  const auto refuse = [&](std::string reason) {
    return error_of(record, {}, beginning(record, separator_), std::move(reason));
  };
  switch (record.defect) {
    case CsvRecord::Defect::none: break;
    case CsvRecord::Defect::bad_quotes:
      return refuse(
          "The quotes are wrong: one that opens a field is not closed, or text follows the one "
          "that "
          "closes it. A quote within a quoted field is written twice.");
    case CsvRecord::Defect::too_long: return refuse("The line is too long to be a row.");
  }
  if (record.fields.size() == columns_.size()) return std::nullopt;
  auto reason = check_field_count(record);
  if (reason.empty()) return std::nullopt;
  return refuse(std::move(reason));
}

std::string RowCheck::check_field_count(const CsvRecord& record) const {
  const std::size_t count = record.fields.size();
  const std::size_t named = columns_.size();
  const auto counts = [&] {
    return ": it has " + std::to_string(count) + ", the header has " + std::to_string(named) + ".";
  };
  if (count < named) return "The row has too few fields" + counts();
  if (count > named + nameless_) {
    return "The row has too many fields" + counts() +
           " A field that contains a separator must stand in quotes.";
  }
  for (std::size_t i = named; i < count; ++i) {
    if (!trimmed(record.fields[i]).empty()) {
      return "Something stands in column " + std::to_string(i + 1) +
             ", which has no name in the header.";
    }
  }
  return {};
}

std::string RowCheck::take(Field field, std::string_view value, ImportRow& row) {
  switch (field) {
    case Field::phone_number: return take_phone_number(value, row);
    case Field::name: return assign(value, row.name);
    case Field::email:
      if (const auto wrong = wrong_with_email(value); !wrong.empty()) return Reason{wrong};
      return assign(value, row.email);
    case Field::company: return assign(value, row.company);
    case Field::notes: row.notes = value; return {};
    case Field::timezone: return take_timezone(value, row);
    case Field::priority: return take_priority(value);
    case Field::import_error:
    case Field::user_data: break;
  }
  return {};
}

std::string RowCheck::take_phone_number(std::string_view value, ImportRow& row) const {
  auto number = normalizer_.normalize(value);
  if (!number) return std::move(number.error().message);
  row.phone_number = std::move(*number);
  return {};
}

std::string RowCheck::take_timezone(std::string_view value, ImportRow& row) {
  row.timezone = value;
  if (value.empty() || is_known_zone(row.timezone)) return {};
  return "The time zone is unknown; use a name such as Europe/Berlin or America/New_York, "
         "capital letters as they are there.";
}

std::string RowCheck::take_priority(std::string_view value) {
  if (value.empty()) return {};
  if (value.starts_with('+') && !value.starts_with("+-")) value.remove_prefix(1);
  int number = 0;
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
  if (error == std::errc::result_out_of_range) {
    return "The priority is out of range: from -2147483648 to 2147483647.";
  }
  if (error != std::errc{} || end != value.data() + value.size()) {
    return "The priority is not a whole number.";
  }
  priority_ = number;
  return {};
}

bool RowCheck::is_known_zone(const std::string& name) {
  if (const auto found = zones_.find(name); found != zones_.end()) return found->second;
  if (zones_.size() >= most_zones_remembered) zones_.clear();
  return zones_.emplace(name, TimeZone::load(name).has_value()).first->second;
}

void RowCheck::finish(ImportRow& row) const {
  if (priority_) {
    if (row.user_data.size() > 1) row.user_data += ',';
    row.user_data += "\"priority\":" + std::to_string(*priority_);
  }
  row.user_data += '}';
  row.priority = priority(rule_, row.name, priority_.value_or(0));
  row.priority_if_named = priority(rule_, "named", priority_.value_or(0));
}

}  // namespace callqueue::csv
