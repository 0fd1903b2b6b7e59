#pragma once

#include <filesystem>
#include <string>
#include <tuple>

#include "conformance/world.hpp"

namespace callqueue::testing {

/// How a test wants its database.
struct Setup {
  std::shared_ptr<TestClock> clock = at(noon);
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

/// A store on a database that others may join.
class SharedWorld : public World {
 public:
  using World::World;

  /// Another store on the same database, as another process would have it.
  [[nodiscard]] virtual std::unique_ptr<Store> another() = 0;
  /// Closes the store without a word, and opens the database again.
  void reopen();
};

/// A store on a file.
class SqliteFileBackend : private DatabaseFile, public SharedWorld {
 public:
  explicit SqliteFileBackend(const Setup& setup = {});

  [[nodiscard]] std::unique_ptr<Store> another() override;
  /// Runs SQL over a connection that knows nothing of the library; `{}` in order stand for the ids.
  /// @return the first value as text, empty without rows.
  std::string sql(const std::string& statement, const std::vector<std::string>& ids = {});
  /// Whether the statement is refused.
  bool refuses(const std::string& statement, const std::vector<std::string>& ids = {});
  /// As `sql` takes it: each database has its own idea of instants.
  static std::string literal(Instant instant) {
    return std::to_string(instant.time_since_epoch().count());
  }
};

#ifdef CALLQUEUE_TEST_POSTGRES

/// A migrated, empty database of its own on the server that CALLQUEUE_TEST_POSTGRES names.
class DatabaseOnServer {
 public:
  DatabaseOnServer(const DatabaseOnServer&) = delete;
  DatabaseOnServer& operator=(const DatabaseOnServer&) = delete;

 protected:
  DatabaseOnServer();
  ~DatabaseOnServer();
  [[nodiscard]] std::string url() const;
  std::string name_;
};

/// A store on a PostgreSQL server. As `SqliteFileBackend`.
class PostgresBackend : private DatabaseOnServer, public SharedWorld {
 public:
  explicit PostgresBackend(const Setup& setup = {});

  [[nodiscard]] std::unique_ptr<Store> another() override;
  std::string sql(const std::string& statement, const std::vector<std::string>& ids = {});
  bool refuses(const std::string& statement, const std::vector<std::string>& ids = {});
  /// As `sql` takes it: each database has its own idea of instants.
  static std::string literal(Instant instant) { return "'" + to_text(instant) + "'"; }
};

/// Every store there is: each test runs on each.
using AllBackends = std::tuple<SqliteMemoryBackend, SqliteFileBackend, PostgresBackend>;
/// Those that others may write to: for tests with somebody else's SQL or a second process.
using SharedBackends = std::tuple<SqliteFileBackend, PostgresBackend>;

#else

using AllBackends = std::tuple<SqliteMemoryBackend, SqliteFileBackend>;
using SharedBackends = std::tuple<SqliteFileBackend>;

#endif

}  // namespace callqueue::testing
