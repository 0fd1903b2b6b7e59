#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace callqueue {

/// A numbered change of the schema, as it lies in `migrations/`.
struct Migration {
  int version = 0;
  std::string name{};
  std::string up{};    ///< SQL that applies it.
  std::string down{};  ///< SQL that takes it back.
  // Steps around `up`, on PostgreSQL: queries that yield statements, each to be run by itself and
  // outside a transaction; each query ends in a line `\gexec`, by which psql runs them. They go on
  // where they were broken off.
  std::string before{};
  std::string after{};
};

/// Which migrations to run.
struct MigrateRequest {
  /// The version to end at; none: the newest, or with `down` one step back.
  std::optional<int> to{};
  /// Go down. Data that only newer versions hold is lost, and said so in docs/.
  bool down = false;
  /// PostgreSQL: the role (made if it is not there) that sees and writes rows of one user only,
  /// by row-level security; docs/operations.md says how to use it. Empty: takes that away. None:
  /// leaves it as it is. Going down takes it away, too.
  std::optional<std::string> row_security{};
  /// PostgreSQL, going up: spellings of `calls.status` that hold a slot beside `initiated`,
  /// `ringing` and `in_progress`, where the host's own calls have such;
  /// docs/migrating_from_the_seed.md. They replace those declared before. None: leaves them as they
  /// are.
  std::optional<std::vector<std::string>> active_statuses{};
  /// PostgreSQL: called after three seconds of waiting for somebody else's transaction, and every
  /// half minute from then on, with a sentence that names the process at the server. On another
  /// thread, never after `migrate` has returned. Must not throw.
  std::function<void(std::string_view)> on_waiting{};
};

/// What `preflight` is to assume.
struct PreflightRequest {
  /// As in `MigrateRequest`. None: those declared at the migration, if there was one.
  std::optional<std::vector<std::string>> active_statuses{};
};

/// Something about the host's tables that `migrate` depends on.
struct PreflightFinding {
  enum class Severity { blocks, note } severity = Severity::blocks;
  std::string table{};   ///< Empty: the server or the schema.
  std::string column{};  ///< Empty: the table as a whole.
  std::string what{};
  std::string remedy{};  ///< What to do, as SQL where that is possible.
};

/// What stands in the way of migrating a database, or is worth knowing before.
struct PreflightReport {
  int version = 0;
  std::vector<PreflightFinding> findings{};

  [[nodiscard]] bool blocks() const noexcept {
    for (const auto& finding : findings) {
      if (finding.severity == PreflightFinding::Severity::blocks) return true;
    }
    return false;
  }
};

/// What `migrate` did.
struct MigrateResult {
  int from = 0;
  int to = 0;
  /// Names in the order they ran, behind the statements by which a migration of before was finished
  /// or what somebody has dropped (an index of `calls`) was built again; empty: nothing to do.
  std::vector<std::string> applied{};
};

/// One thing that `verify` looked at.
struct VerifyItem {
  std::string kind{};  ///< table, column, index, trigger, foreign_key, statistics, queue, policy …
  std::string name{};
  bool ok = true;
  /// What is wrong; empty when ok. `not checked, because …`: what else is wrong kept it from being.
  std::string detail{};
};

/// Whether the database holds what this version expects.
struct VerifyReport {
  int version = 0;
  std::vector<VerifyItem> items{};

  [[nodiscard]] bool ok() const noexcept {
    for (const auto& item : items) {
      if (!item.ok) return false;
    }
    return true;
  }
};

}  // namespace callqueue
