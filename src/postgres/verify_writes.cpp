// What a host has done to columns, its own or those that a migration has given it, so that what the
// library writes is refused.
#include <algorithm>

#include "postgres/active_statuses.hpp"
#include "postgres/host_tables.hpp"
#include "postgres/verify.hpp"
#include "store/verify.hpp"

namespace callqueue::postgres {
namespace {

constexpr char kKnowsStatuses[] = R"sql(
  SELECT to_regclass(quote_ident(current_schema()) || '.callqueue_made') IS NOT NULL
    AND to_regproc(quote_ident(current_schema()) || '.callqueue_active_statuses') IS NOT NULL)sql";

/// The column has been looked at already, as far as it is somebody's own affair.
void fail_column(VerifyReport& report, const std::string& name, const std::string& detail) {
  const auto found = std::find_if(
      report.items.begin(), report.items.end(),
      [&](const VerifyItem& item) { return item.kind == "column" && item.name == name; });
  if (found == report.items.end()) return add_item(report, "column", name, detail);
  if (!found->ok) return;
  found->ok = false;
  found->detail = detail;
}

}  // namespace

void verify_writes(Connection& connection, VerifyReport& report) {
  const auto all = host_tables(connection, 0);
  PreflightReport found;
  check_columns(all, found);
  if (connection.value<bool>(kKnowsStatuses).value_or(false)) {
    check_words(connection, all, active_statuses(connection), found);
  }
  for (const auto& finding : found.findings) {
    if (finding.severity != PreflightFinding::Severity::blocks || finding.column.empty()) continue;
    fail_column(report, finding.table + "." + finding.column, finding.what + ": " + finding.remedy);
  }
}

}  // namespace callqueue::postgres
