#include "sqlite/database.hpp"

#include <sqlite3.h>

#include <array>
#include <utility>

#include "callqueue/state.hpp"

namespace callqueue::sqlite {
namespace {

ErrorCode code_of(int result) {
  switch (result & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_CANTOPEN:
    case SQLITE_READONLY:
    case SQLITE_FULL:
    case SQLITE_IOERR:
    case SQLITE_PERM:
    case SQLITE_INTERRUPT: return ErrorCode::unavailable;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB: return ErrorCode::corrupt;
    case SQLITE_CONSTRAINT: return ErrorCode::conflict;
    default: return ErrorCode::internal;
  }
}

/// SQLite's text names tables and columns, never values, so it is safe to pass on.
[[noreturn]] void raise(sqlite3* database, int result, std::string_view doing) {
  std::string message{doing};
  message += ": ";
  message += database != nullptr ? sqlite3_errmsg(database) : sqlite3_errstr(result);
  auto code = code_of(result);
  // A statement that names what is not there, although the schema's version was the right one.
  if ((result & 0xff) == SQLITE_ERROR && message.find("no such ") != std::string::npos) {
    code = ErrorCode::corrupt;
    message = "the database is damaged (" + message + "): verify names what is missing";
  }
  throw Failure{code, std::move(message)};
}

void check(sqlite3* database, int result, std::string_view doing) {
  if (result != SQLITE_OK) raise(database, result, doing);
}

/// Polls every millisecond: a claim that waits for an import's chunk must get its turn in the short
/// gap between two.
int wait_while_busy(void* timeout, int tries) {
  const auto limit = reinterpret_cast<std::intptr_t>(timeout);
  if (tries >= limit) return 0;
  sqlite3_sleep(1);
  return 1;
}

/// The status of ours that a call's amounts to: a host may have others.
void reads_as(sqlite3_context* context, int, sqlite3_value** values) {
  const auto* text = reinterpret_cast<const char*>(sqlite3_value_text(values[0]));
  const bool is_known = text != nullptr && parse_call_status(text);
  sqlite3_result_text(context, is_known ? text : "unknown", -1, SQLITE_TRANSIENT);
}

}  // namespace

Query::~Query() {
  if (statement_ == nullptr) return;
  sqlite3_reset(statement_);
  sqlite3_clear_bindings(statement_);
}

bool Query::step() {
  const int result = sqlite3_step(statement_);
  if (result == SQLITE_ROW) return true;
  if (result == SQLITE_DONE) return false;
  raise(sqlite3_db_handle(statement_), result, "database");
}

void Query::reset() { sqlite3_reset(statement_); }

std::string_view Query::name(int column) const { return sqlite3_column_name(statement_, column); }

bool Query::is_null(int column) const {
  return sqlite3_column_type(statement_, column) == SQLITE_NULL;
}

void Query::bind_at(int index, std::nullptr_t) {
  check(sqlite3_db_handle(statement_), sqlite3_bind_null(statement_, index), "bind");
}

void Query::bind_at(int index, std::int64_t value) {
  check(sqlite3_db_handle(statement_), sqlite3_bind_int64(statement_, index, value), "bind");
}

void Query::bind_at(int index, std::string_view value) {
  // A null pointer would bind NULL.
  const char* data = value.data() != nullptr ? value.data() : "";
  check(sqlite3_db_handle(statement_),
        sqlite3_bind_text64(statement_, index, data, value.size(), SQLITE_STATIC, SQLITE_UTF8),
        "bind");
}

void Query::bind_copy(int index, std::string_view value) {
  const char* data = value.data() != nullptr ? value.data() : "";
  check(sqlite3_db_handle(statement_),
        sqlite3_bind_text64(statement_, index, data, value.size(), SQLITE_TRANSIENT, SQLITE_UTF8),
        "bind");
}

void Query::bind_copy(int index, Bytes value) {
  const char* data = value.data.data() != nullptr ? value.data.data() : "";
  check(sqlite3_db_handle(statement_),
        sqlite3_bind_blob64(statement_, index, data, value.data.size(), SQLITE_TRANSIENT), "bind");
}

void Query::bind_at(int index, const Uuid& value) { bind_copy(index, to_text(value)); }

template <>
std::int64_t Query::get<std::int64_t>(int column) const {
  return sqlite3_column_int64(statement_, column);
}

template <>
int Query::get<int>(int column) const {
  return sqlite3_column_int(statement_, column);
}

template <>
bool Query::get<bool>(int column) const {
  return sqlite3_column_int(statement_, column) != 0;
}

template <>
double Query::get<double>(int column) const {
  return sqlite3_column_double(statement_, column);
}

template <>
std::string_view Query::get<std::string_view>(int column) const {
  const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(statement_, column));
  if (text == nullptr) return {};
  return {text, static_cast<std::size_t>(sqlite3_column_bytes(statement_, column))};
}

template <>
std::string Query::get<std::string>(int column) const {
  return std::string{get<std::string_view>(column)};
}

template <>
Bytes Query::get<Bytes>(int column) const {
  const auto* data = static_cast<const char*>(sqlite3_column_blob(statement_, column));
  if (data == nullptr) return {};
  return {{data, static_cast<std::size_t>(sqlite3_column_bytes(statement_, column))}};
}

template <>
Instant Query::get<Instant>(int column) const {
  return Instant{std::chrono::microseconds{sqlite3_column_int64(statement_, column)}};
}

template <>
Uuid Query::get<Uuid>(int column) const {
  auto uuid = parse_uuid(get<std::string_view>(column));
  if (!uuid) throw Failure{ErrorCode::corrupt, "the database holds an id that is no UUID"};
  return *uuid;
}

void Database::Close::operator()(sqlite3* database) const noexcept { sqlite3_close_v2(database); }
void Database::Finalize::operator()(sqlite3_stmt* statement) const noexcept {
  sqlite3_finalize(statement);
}

Database::Database(const std::string& path, const Options& options) {
  int flags =
      SQLITE_OPEN_NOMUTEX | (options.read_only ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE);
  if (options.create && !options.read_only) flags |= SQLITE_OPEN_CREATE;
  sqlite3* opened = nullptr;
  const int result = sqlite3_open_v2(path.c_str(), &opened, flags, nullptr);
  database_.reset(opened);
  check(opened, result, "cannot open " + path);
  sqlite3_extended_result_codes(opened, 1);
  sqlite3_busy_handler(
      opened, wait_while_busy,
      reinterpret_cast<void*>(static_cast<std::intptr_t>(options.busy_timeout.count())));
  check(opened,
        sqlite3_create_function_v2(opened, "callqueue_reads_as", 1,
                                   SQLITE_UTF8 | SQLITE_DETERMINISTIC, nullptr, reads_as, nullptr,
                                   nullptr, nullptr),
        "database");
  execute("PRAGMA foreign_keys = ON");
  // Waits for the disk at every commit, or only at checkpoints.
  execute(options.synchronous_full ? "PRAGMA synchronous = FULL" : "PRAGMA synchronous = NORMAL");
  execute("PRAGMA cache_size = -65536");
  // Every 16 MiB of log in place of 4: a page of an index is then moved once for many commits.
  execute("PRAGMA wal_autocheckpoint = 4096");
  execute("PRAGMA temp_store = MEMORY");
}

Database::Database(Database&&) noexcept = default;

Database::~Database() { statements_.clear(); }

void Database::execute(const std::string& sql) {
  check(database_.get(), sqlite3_exec(database_.get(), sql.c_str(), nullptr, nullptr, nullptr),
        "database");
}

Query Database::prepare(const char* sql) {
  auto& slot = statements_[sql];
  if (!slot) {
    sqlite3_stmt* statement = nullptr;
    check(database_.get(),
          sqlite3_prepare_v3(database_.get(), sql, -1, SQLITE_PREPARE_PERSISTENT, &statement,
                             nullptr),
          "database");
    slot.reset(statement);
  }
  return Query{slot.get()};
}

std::int64_t Database::changes() const { return sqlite3_changes64(database_.get()); }
std::int64_t Database::last_insert_rowid() const {
  return sqlite3_last_insert_rowid(database_.get());
}
sqlite3* Database::native() const noexcept { return database_.get(); }

Transaction::Transaction(Database& database, Kind kind) : database_(database) {
  database_.query(kind == Kind::write ? "BEGIN IMMEDIATE" : "BEGIN").run();
}

Transaction::~Transaction() {
  // SQLite may have rolled back by itself (disk full, for instance); then there is nothing left to
  // do.
  if (open_ && sqlite3_get_autocommit(database_.native()) == 0) {
    sqlite3_exec(database_.native(), "ROLLBACK", nullptr, nullptr, nullptr);
  }
}

void Transaction::commit() {
  database_.query("COMMIT").run();
  open_ = false;
}

TriggersOff::TriggersOff(Database& database) : database_(database) {
  sqlite3_db_config(database_.native(), SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, nullptr);
}

TriggersOff::~TriggersOff() {
  sqlite3_db_config(database_.native(), SQLITE_DBCONFIG_ENABLE_TRIGGER, 1, nullptr);
}

}  // namespace callqueue::sqlite
