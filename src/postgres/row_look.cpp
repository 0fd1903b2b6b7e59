#include "postgres/row_look.hpp"

#include <algorithm>

namespace callqueue::postgres {
namespace {

// Patience that ran out: of the statement, or of a lock.
constexpr const char* kTooLong[] = {"57014", "55P03"};
constexpr char kSize[] = R"sql(
  SELECT pg_size_pretty(pg_table_size(
    (quote_ident(current_schema()) || '.' || quote_ident($1))::regclass)))sql";
constexpr std::int64_t kMostCounted = 100'000;

}  // namespace

bool RowLook::can_ask(const std::string& table, const std::string& column) const {
  if (host_.find(table, column) == nullptr) return false;
  const auto& found = host_.tables.at(table);
  if (found.kind != "r" || !found.may_read) return false;
  return std::none_of(report_.findings.begin(), report_.findings.end(),
                      [&](const PreflightFinding& finding) {
                        return finding.table == table && finding.column == column &&
                               finding.what.starts_with("is of type");
                      });
}

void RowLook::add(const Subject& subject, const std::string& more) {
  add_finding(report_, subject.severity, subject.table, subject.column, subject.what + more,
              subject.remedy);
}

void RowLook::give_up(const Subject& subject, const StatementRefused& refused) {
  if (std::find(std::begin(kTooLong), std::end(kTooLong), refused.sqlstate()) ==
      std::end(kTooLong)) {
    throw refused;
  }
  add_finding(report_, Severity::note, subject.table, subject.column,
              "was not looked through to the end, for want of time; perhaps it " + subject.what,
              subject.severity == Severity::blocks ? "migrate looks for as long as it takes" : "");
}

std::string RowLook::rows_of(std::int64_t count, const std::string& example) {
  return " (" + std::to_string(count) + (count == 1 ? " row" : " rows") +
         (example.empty() ? "" : ", one is " + example) + ")";
}

std::string RowLook::size_of(const std::string& table) {
  auto size = in_savepoint(connection_, [&] { return connection_.query(kSize, table); });
  const auto bytes = size && size->step() ? size->get<std::string>(0) : "of unknown size";
  return bytes + ", " + number_of_rows(table);
}

std::string RowLook::number_of_rows(const std::string& table) {
  constexpr char kUnknown[] = "nobody knows how many rows";
  const auto& found = host_.tables.at(table);
  if (found.rows) return "about " + std::to_string(*found.rows) + " rows";
  if (!found.may_read) return kUnknown;
  // The server has never looked. Neither do we for long.
  auto rows = in_savepoint(connection_, [&] {
    return connection_.execute("SELECT count(*) FROM (SELECT 1 FROM " + table + " LIMIT " +
                               std::to_string(kMostCounted + 1) + ") few");
  });
  if (!rows || !rows->step()) return kUnknown;
  const auto count = rows->get<std::string>(0);
  if (std::stoll(count) > kMostCounted) {
    return "more than " + std::to_string(kMostCounted) + " rows";
  }
  return count + (count == "1" ? " row" : " rows");
}

}  // namespace callqueue::postgres
