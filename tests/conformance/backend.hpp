#pragma once

#include <filesystem>
#include <string>
#include <tuple>

#include "conformance/world.hpp"

namespace callqueue::testing {

/// How a test wants its database.
struct Setup {
  std::shared_ptr<ManualClock> clock = at(noon);
};

/// A store in memory: gone when it goes.
class SqliteMemoryBackend : public World {
 public:
  explicit SqliteMemoryBackend(const Setup& setup = {});
};

/// A migrated database on a file of its own.
class DatabaseFile {
 protected:
  DatabaseFile();
  std::filesystem::path file_;
};

/// A store on a file. Other connections may join.
class SqliteFileBackend : private DatabaseFile, public World {
 public:
  explicit SqliteFileBackend(const Setup& setup = {});

  /// Another store on the same database, as another process would have it.
  [[nodiscard]] std::unique_ptr<Store> another();
  /// Closes the store without a word, and opens the database again.
  void reopen();
  /// Runs SQL over a connection that knows nothing of the library; `{}` in order stand for the ids.
  /// @return the first value as text, empty without rows.
  std::string sql(const std::string& statement, const std::vector<std::string>& ids = {});
  /// Whether the statement is refused.
  bool refuses(const std::string& statement, const std::vector<std::string>& ids = {});
};

/// Every store there is: each test runs on each.
using AllBackends = std::tuple<SqliteMemoryBackend, SqliteFileBackend>;
/// Those that others may write to: for tests with somebody else's SQL or a second process.
using SharedBackends = std::tuple<SqliteFileBackend>;

}  // namespace callqueue::testing
