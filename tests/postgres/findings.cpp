#include "findings.hpp"

#include <unistd.h>

#include <algorithm>
#include <atomic>

namespace postgres_tests {

std::vector<std::string> findings(const PreflightReport& report, Severity severity) {
  std::vector<std::string> lines;
  for (const auto& finding : report.findings) {
    if (finding.severity != severity) continue;
    lines.push_back(finding.table + (finding.column.empty() ? "" : "." + finding.column) + " " +
                    finding.what);
  }
  return lines;
}

bool has(const std::vector<std::string>& lines, const std::string& part) {
  return std::any_of(lines.begin(), lines.end(),
                     [&](const std::string& line) { return line.find(part) != std::string::npos; });
}

std::string joined(const std::vector<std::string>& lines) {
  std::string text;
  for (const auto& line : lines) text += line + "\n";
  return text;
}

std::vector<std::string> blocking(const Host& host) {
  return findings(must(host.store->preflight()), Severity::blocks);
}

std::vector<std::string> notes(const Host& host) {
  return findings(must(host.store->preflight()), Severity::note);
}

RoleOfHost::RoleOfHost(Host& host) : host_(host) {
  static std::atomic<int> made = 0;
  name_ = "callqueue_" + std::to_string(getpid()) + "_role_" + std::to_string(++made);
  host_.sql.execute("CREATE ROLE " + name_);
}

RoleOfHost::~RoleOfHost() {
  try {
    drop();
  } catch (const Failure&) {  // It goes with the server.
  }
}

void RoleOfHost::drop() {
  if (name_.empty()) return;
  host_.sql.execute("DROP OWNED BY " + name_ + " CASCADE; DROP ROLE " + name_);
  name_.clear();
}

std::unique_ptr<Store> RoleOfHost::store(const StoreOptions& options) const {
  return open_store(host_.database.url() + "&options=-crole%3D" + name_, options).value();
}

}  // namespace postgres_tests
