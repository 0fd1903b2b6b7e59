#pragma once

#include <string>
#include <vector>

#include "hosts.hpp"

namespace postgres_tests {

using Severity = PreflightFinding::Severity;

/// Each finding as `table.column what`.
[[nodiscard]] std::vector<std::string> findings(const PreflightReport& report, Severity severity);
/// Whether a line holds the part.
[[nodiscard]] bool has(const std::vector<std::string>& lines, const std::string& part);
[[nodiscard]] std::string joined(const std::vector<std::string>& lines);
/// What a preflight of the host says.
[[nodiscard]] std::vector<std::string> blocking(const Host& host);
[[nodiscard]] std::vector<std::string> notes(const Host& host);

/// A role of the server with a store that works as it; gone at the end, with what it owns.
class RoleOfHost {
 public:
  explicit RoleOfHost(Host& host);
  RoleOfHost(const RoleOfHost&) = delete;
  RoleOfHost& operator=(const RoleOfHost&) = delete;
  ~RoleOfHost();

  [[nodiscard]] const std::string& name() const { return name_; }
  [[nodiscard]] std::unique_ptr<Store> store(const StoreOptions& options = {}) const;
  void drop();

 private:
  Host& host_;
  std::string name_;
};

}  // namespace postgres_tests
