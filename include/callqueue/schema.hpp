#pragma once

#include <optional>
#include <string>
#include <vector>

namespace callqueue {

/// A numbered change of the schema, as it lies in `migrations/`.
struct Migration {
  int version = 0;
  std::string name;
  std::string up;    ///< SQL that applies it.
  std::string down;  ///< SQL that takes it back.
};

/// Which migrations to run.
struct MigrateRequest {
  /// The version to end at; none: the newest, or with `down` one step back.
  std::optional<int> to;
  /// Go down. Data that only newer versions hold is lost, and said so in docs/.
  bool down = false;
  /// PostgreSQL: the role (made if it is not there) that sees and writes rows of one user only,
  /// by row-level security; docs/operations.md says how to use it. Empty: takes that away. None:
  /// leaves it as it is. Going down takes it away, too.
  std::optional<std::string> row_security;
};

/// What `migrate` did.
struct MigrateResult {
  int from = 0;
  int to = 0;
  std::vector<std::string> applied;  ///< Names in the order they ran; empty: nothing to do.
};

/// One thing that `verify` looked at.
struct VerifyItem {
  std::string kind;  ///< table, column, index, trigger, foreign_key, statistics, queue, policy …
  std::string name;
  bool ok = true;
  std::string detail;  ///< What is wrong; empty when ok.
};

/// Whether the database holds what this version expects.
struct VerifyReport {
  int version = 0;
  std::vector<VerifyItem> items;

  [[nodiscard]] bool ok() const noexcept {
    for (const auto& item : items) {
      if (!item.ok) return false;
    }
    return true;
  }
};

}  // namespace callqueue
