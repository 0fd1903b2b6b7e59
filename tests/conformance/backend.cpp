#include "conformance/backend.hpp"

#include <sqlite3.h>
#ifdef CALLQUEUE_TEST_POSTGRES
#include <libpq-fe.h>
#endif
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <stdexcept>

namespace callqueue::testing {

namespace {

namespace fs = std::filesystem;

StoreOptions options_for(const std::shared_ptr<TestClock>& clock) {
  static std::atomic<std::uint64_t> seed = 1;
  // With a pooler in between that hands out the server's connections per transaction.
  static const bool pooled = std::getenv("CALLQUEUE_TEST_POOLED") != nullptr;
  return {.clock = clock,
          .uuids = std::make_shared<UuidSource>(++seed),
          // A test that is killed loses its database anyway.
          .durability = StoreOptions::Durability::normal,
          .prepare_statements = !pooled,
          .listen = !pooled};
}

/// A folder of this process, removed at its end.
class TemporaryFolder {
 public:
  TemporaryFolder() {
    auto pattern = (fs::temp_directory_path() / "callqueue-XXXXXX").string();
    if (mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no temporary folder");
    path_ = pattern;
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  ~TemporaryFolder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  [[nodiscard]] const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

/// A migrated database, made once.
const fs::path& migrated_template() {
  static const TemporaryFolder folder;
  static const fs::path made = [] {
    const fs::path file = folder.path() / "template.db";
    must(must(open_store("sqlite:" + file.string()))->migrate());
    return file;
  }();
  return made;
}

fs::path fresh_file() {
  static std::atomic<int> made = 0;
  const auto& original = migrated_template();
  fs::path file = original.parent_path() / (std::to_string(++made) + ".db");
  fs::copy_file(original, file);
  return file;
}

std::unique_ptr<Store> open_in_memory(const std::shared_ptr<TestClock>& clock) {
  auto store = must(open_store("sqlite::memory:", options_for(clock)));
  must(store->migrate());
  return store;
}

std::string with_ids(std::string statement, const std::vector<std::string>& ids) {
  for (const auto& id : ids) {
    const auto place = statement.find("{}");
    if (place == std::string::npos) throw std::logic_error("more ids than places");
    statement.replace(place, 2, "'" + id + "'");
  }
  return statement;
}

/// One statement over a connection of its own. Throws what the database says against it.
std::string run_sql(const fs::path& file, const std::string& statement) {
  sqlite3* database = nullptr;
  std::string first;
  sqlite3_open(file.c_str(), &database);
  sqlite3_busy_timeout(database, 10'000);
  sqlite3_exec(database, "PRAGMA foreign_keys = ON", nullptr, nullptr, nullptr);
  const auto keep_first = [](void* text, int, char** values, char**) {
    auto& into = *static_cast<std::string*>(text);
    if (into.empty() && values[0] != nullptr) into = values[0];
    return 0;
  };
  const int status = sqlite3_exec(database, statement.c_str(), keep_first, &first, nullptr);
  const std::string message = sqlite3_errmsg(database);
  sqlite3_close(database);
  if (status != SQLITE_OK) throw std::runtime_error(message + " in: " + statement);
  return first;
}

}  // namespace

SqliteMemoryBackend::SqliteMemoryBackend(const Setup& setup)
    : World(open_in_memory(setup.clock), setup.clock) {}

DatabaseFile::DatabaseFile() : file_(fresh_file()) {}

SqliteFileBackend::SqliteFileBackend(const Setup& setup)
    : SharedWorld(must(open_store("sqlite:" + file_.string(), options_for(setup.clock))),
                  setup.clock) {}

std::unique_ptr<Store> SqliteFileBackend::another() {
  return must(open_store("sqlite:" + file_.string(), options_for(clock_)));
}

void SharedWorld::reopen() {
  store_.reset();
  store_ = another();
}

std::string SqliteFileBackend::sql(const std::string& statement,
                                   const std::vector<std::string>& ids) {
  return run_sql(file_, with_ids(statement, ids));
}

bool SqliteFileBackend::refuses(const std::string& statement, const std::vector<std::string>& ids) {
  try {
    sql(statement, ids);
    return false;
  } catch (const std::runtime_error&) {
    return true;
  }
}

#ifdef CALLQUEUE_TEST_POSTGRES

namespace {

std::string server_url() {
  const char* url = std::getenv("CALLQUEUE_TEST_POSTGRES");
  if (url == nullptr) throw std::runtime_error("run this by tests/postgres/with_server.py");
  return url;
}

/// The same server, another database.
std::string url_of(const std::string& database) {
  const auto server = server_url();
  const auto begin = server.find('/', server.find("://") + 3);
  const auto end = std::min(server.find('?'), server.size());
  return server.substr(0, std::min(begin, end)) + "/" + database + server.substr(end);
}

/// One statement over a connection of its own. Throws what the server says against it.
std::string run_sql_on(const std::string& url, const std::string& statement) {
  const std::unique_ptr<PGconn, decltype(&PQfinish)> connection{PQconnectdb(url.c_str()), PQfinish};
  PQsetNoticeProcessor(
      connection.get(), [](void*, const char*) {}, nullptr);
  const std::unique_ptr<PGresult, decltype(&PQclear)> result{
      PQexec(connection.get(), statement.c_str()), PQclear};
  const auto status = PQresultStatus(result.get());
  if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) {
    throw std::runtime_error(std::string{PQerrorMessage(connection.get())} + " in: " + statement);
  }
  return PQntuples(result.get()) > 0 ? PQgetvalue(result.get(), 0, 0) : "";
}

std::string database_name(const std::string& what) {
  return "callqueue_" + std::to_string(getpid()) + "_" + what;
}

/// Databases that nobody uses any more. To empty one is quicker than to make one.
std::vector<std::string>& free_databases() {
  static std::vector<std::string> names;
  return names;
}

constexpr char kEmptyDatabase[] = R"sql(
  TRUNCATE users, agents, contacts, calls, call_campaigns, call_queue, callqueue_campaign_rules,
    callqueue_imports, callqueue_import_contacts, callqueue_lanes, callqueue_turns,
    callqueue_signals, callqueue_settings, callqueue_access_tokens,
    callqueue_import_errors, callqueue_request_keys RESTART IDENTITY CASCADE;
  INSERT INTO callqueue_settings (id) VALUES (1);
  ALTER SEQUENCE callqueue_turn RESTART)sql";

}  // namespace

DatabaseOnServer::DatabaseOnServer() {
  static std::atomic<int> made = 0;
  if (!free_databases().empty()) {
    name_ = free_databases().back();
    free_databases().pop_back();
    run_sql_on(url(), kEmptyDatabase);
    return;
  }
  name_ = database_name(std::to_string(++made));
  run_sql_on(server_url(), "CREATE DATABASE " + name_);
  must(must(open_store(url(), options_for(nullptr)))->migrate());
}

DatabaseOnServer::~DatabaseOnServer() { free_databases().push_back(name_); }

std::string DatabaseOnServer::url() const { return url_of(name_); }

PostgresBackend::PostgresBackend(const Setup& setup)
    : SharedWorld(must(open_store(url(), options_for(setup.clock))), setup.clock) {}

std::unique_ptr<Store> PostgresBackend::another() {
  return must(open_store(url(), options_for(clock_)));
}

std::string PostgresBackend::sql(const std::string& statement,
                                 const std::vector<std::string>& ids) {
  return run_sql_on(url(), with_ids(statement, ids));
}

bool PostgresBackend::refuses(const std::string& statement, const std::vector<std::string>& ids) {
  try {
    sql(statement, ids);
    return false;
  } catch (const std::runtime_error&) {
    return true;
  }
}

#endif

}  // namespace callqueue::testing
