#include "services/failed_rows.hpp"

#include <algorithm>
#include <utility>

#include "csv/csv_cell.hpp"
#include "csv/csv_header.hpp"
#include "csv/fields.hpp"
#include "services/spreadsheet.hpp"

namespace callqueue {
namespace {

constexpr int errors_a_look = 1000;
/// A record from here on may have been cut: see `CsvError::record`.
constexpr std::size_t longest_whole_record = 996;

std::vector<std::string> names_of(const std::string& header) {
  if (header.empty()) return {};
  return csv::fields_of(std::string_view{header}.substr(1), header.front());
}

/// Whether two columns hold the same: known ones may be spelt in several ways.
bool is_same(std::string_view a, std::string_view b) {
  const auto known = csv::known_field(a);
  return known ? known == csv::known_field(b) : a == b;
}

bool is_ignored(std::string_view name) {
  return csv::known_field(name) == csv::Field::import_error;
}

}  // namespace

Result<FailedRows> FailedRows::of(Store& store, const CallCampaign& campaign) {
  auto zone = zone_of(store, campaign);
  if (!zone) return tl::unexpected(std::move(zone.error()));
  FailedRows rows;
  rows.zone_ = *std::move(zone);
  ImportId last{};
  Page page{.limit = errors_a_look, .cursor = {}};
  do {
    auto errors = store.list_import_errors(campaign.user_id, campaign.id, page);
    if (!errors) return tl::unexpected(std::move(errors.error()));
    for (const auto& error : errors->items) {
      if (std::exchange(last, error.import_id) != error.import_id) rows.learn(error.header);
    }
    page.cursor = std::move(errors->next_cursor);
  } while (!page.cursor.empty());
  return rows;
}

std::size_t FailedRows::place_of(std::string_view name) const {
  const auto found =
      std::find_if(columns_.begin(), columns_.end(),
                   [name](const std::string& column) { return is_same(column, name); });
  return static_cast<std::size_t>(found - columns_.begin());
}

void FailedRows::learn(const std::string& header) {
  for (auto& name : names_of(header)) {
    if (!is_ignored(name) && place_of(name) == columns_.size()) columns_.push_back(std::move(name));
  }
}

std::string FailedRows::header() const {
  std::string line{byte_order_mark};
  for (const auto& name : columns_) {
    csv::append_cell(line, name);
    line += ',';
  }
  return line.append(to_text(csv::Field::import_error)) + "\r\n";
}

/// What could not be taken apart stands whole where no import takes it for what it is not.
std::vector<std::string> FailedRows::cells_of(const ImportError& error) const {
  std::vector<std::string> cells(columns_.size());
  const auto& record = error.error.record;
  const auto names = names_of(error.header);
  auto fields =
      names.empty() ? std::vector<std::string>{} : csv::fields_of(record, error.header.front());
  if (error.error.field.empty() || record.size() > longest_whole_record ||
      fields.size() < names.size()) {
    cells[place_of("phone_number")] = record;
    return cells;
  }
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (!is_ignored(names[i])) cells[place_of(names[i])] = std::move(fields[i]);
  }
  auto& number = cells[place_of("phone_number")];
  number = with_space_behind_calling_code(number);
  return cells;
}

/// `The number is too short. (phone_number, line 3, imported 2026-11-29 11:13:31 Europe/Berlin)`
std::string FailedRows::wrong_with(const ImportError& error) const {
  std::string place = error.error.field;
  if (error.error.line != 0) {
    place += (place.empty() ? "line " : ", line ") + std::to_string(error.error.line);
  }
  place += (place.empty() ? "imported " : ", imported ") + local_text(zone_, error.imported_at);
  const auto* const cut = error.error.record.size() > longest_whole_record
                              ? " The row is longer than what is kept of it."
                              : "";
  return error.error.reason + cut + " (" + place + ' ' + zone_.name() + ')';
}

std::string FailedRows::line(const ImportError& error) const {
  std::string line;
  for (const auto& cell : cells_of(error)) {
    csv::append_cell(line, cell);
    line += ',';
  }
  csv::append_cell(line, wrong_with(error));
  return line + "\r\n";
}

}  // namespace callqueue
