#include "services/spreadsheet.hpp"

#include <simdjson.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <utility>

#include "csv/csv_cell.hpp"

namespace callqueue {
namespace {

constexpr int rows_a_look = 1000;
constexpr int most_looks = 10;
constexpr std::size_t most_columns = 1000;

std::optional<simdjson::dom::object> parsed(simdjson::dom::parser& parser,
                                            const std::string& user_data) {
  simdjson::dom::object object;
  if (parser.parse(user_data).get(object) != simdjson::SUCCESS) return std::nullopt;
  return object;
}

/// Texts as they are, anything else as JSON, null as nothing.
std::string cell_of(const simdjson::dom::element& value) {
  std::string_view text;
  if (value.get(text) == simdjson::SUCCESS) return std::string{text};
  return value.is_null() ? std::string{} : simdjson::minify(value);
}

std::string two_digits(std::int64_t number) {
  return (number < 10 ? "0" : "") + std::to_string(number);
}

/// Those of one and two digits; every other calling code has three.
std::size_t digits_of_calling_code(std::string_view digits) {
  if (digits.starts_with('1') || digits.starts_with('7')) return 1;
  constexpr std::array<std::string_view, 44> two{
      "20", "27", "30", "31", "32", "33", "34", "36", "39", "40", "41", "43", "44", "45", "46",
      "47", "48", "49", "51", "52", "53", "54", "55", "56", "57", "58", "60", "61", "62", "63",
      "64", "65", "66", "81", "82", "84", "86", "90", "91", "92", "93", "94", "95", "98"};
  return std::find(two.begin(), two.end(), digits.substr(0, 2)) != two.end() ? 2 : 3;
}

}  // namespace

std::string with_space_behind_calling_code(std::string_view phone_number) {
  const auto digits = phone_number.substr(std::min<std::size_t>(1, phone_number.size()));
  const bool is_international = phone_number.starts_with('+') && digits.size() > 3 &&
                                digits.find_first_not_of("0123456789") == std::string_view::npos;
  if (!is_international) return std::string{phone_number};
  const auto code = digits_of_calling_code(digits);
  return '+' + std::string{digits.substr(0, code)} + ' ' + std::string{digits.substr(code)};
}

Result<TimeZone> zone_of(Store& store, const CallCampaign& campaign) {
  const auto user = store.find_user(campaign.user_id);
  if (!user) return tl::unexpected(user.error());
  return TimeZone::load(
             resolve_timezone(CallClock::campaign, {}, campaign.rules.timezone, user->timezone))
      .value_or(TimeZone{});
}

std::string local_text(const TimeZone& zone, Instant at) {
  const auto seconds =
      std::chrono::duration_cast<std::chrono::seconds>(zone.local_time(at)).count();
  return to_text(zone.local_date(at)) + ' ' + two_digits(seconds / 3600) + ':' +
         two_digits(seconds / 60 % 60) + ':' + two_digits(seconds % 60);
}

Result<Spreadsheet> Spreadsheet::of(Store& store, const CallCampaign& campaign) {
  auto zone = zone_of(store, campaign);
  if (!zone) return tl::unexpected(std::move(zone.error()));
  Spreadsheet sheet;
  sheet.zone_ = *std::move(zone);
  Page page{.limit = rows_a_look, .cursor = {}};
  for (int look = 0; look < most_looks; ++look) {
    auto rows = store.list_queued_calls(campaign.user_id, {.campaign_id = campaign.id}, page);
    if (!rows) return tl::unexpected(std::move(rows.error()));
    for (const auto& row : rows->items) sheet.learn(row);
    page.cursor = std::move(rows->next_cursor);
    if (page.cursor.empty()) break;
  }
  sheet.has_rest_ = sheet.has_rest_ || !page.cursor.empty();
  return sheet;
}

void Spreadsheet::learn(const QueuedCall& row) {
  if (row.user_data.size() <= 2) return;
  thread_local simdjson::dom::parser parser;
  const auto object = parsed(parser, row.user_data);
  if (!object) return;
  for (const auto field : *object) {
    if (std::find(own_.begin(), own_.end(), field.key) != own_.end()) continue;
    if (own_.size() == most_columns) {
      has_rest_ = true;
    } else {
      own_.emplace_back(field.key);
    }
  }
}

std::string Spreadsheet::header() const {
  const auto zone = " (" + zone_.name() + ")";
  std::string line{byte_order_mark};
  line += "phone_number,contact_name,status,success,outcome,attempts,";
  csv::append_cell(line, "started_at" + zone);
  line += ',';
  csv::append_cell(line, "completed_at" + zone);
  line += ",duration_seconds,failure_reason";
  for (const auto& name : own_) {
    line += ',';
    csv::append_cell(line, name);
  }
  if (has_rest_) line += ",user_data";
  return line + ",id\r\n";
}

std::string Spreadsheet::line(const QueuedCall& row, const Call* call) const {
  const auto outcome = call && call->outcome ? to_text(*call->outcome) : std::string_view{};
  const auto duration =
      call && call->duration ? std::to_string(call->duration->count()) : std::string{};
  const std::string_view success = !row.success ? "" : *row.success ? "true" : "false";
  const auto local = [this](const std::optional<Instant>& at) {
    return at ? local_text(zone_, *at) : std::string{};
  };
  auto line =
      csv::line_of({with_space_behind_calling_code(row.phone_number), row.contact_name,
                    to_text(row.status), success, outcome, std::to_string(row.attempts),
                    local(row.started_at), local(row.completed_at), duration, row.failure_reason});
  line.resize(line.size() - 2);  // It goes on.
  std::vector<std::string> cells(own_.size());
  std::string rest;
  thread_local simdjson::dom::parser parser;
  if (const auto object = parsed(parser, row.user_data)) {
    for (const auto field : *object) {
      const auto found = std::find(own_.begin(), own_.end(), field.key);
      if (found != own_.end()) {
        cells[static_cast<std::size_t>(found - own_.begin())] = cell_of(field.value);
      } else {
        rest = row.user_data;
      }
    }
  }
  for (const auto& cell : cells) {
    line += ',';
    csv::append_cell(line, cell);
  }
  if (has_rest_) {
    line += ',';
    csv::append_cell(line, rest);
  }
  return line + ',' + to_text(row.id) + "\r\n";
}

}  // namespace callqueue
