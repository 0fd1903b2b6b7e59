#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "callqueue/result.hpp"
#include "callqueue/time.hpp"
#include "callqueue/uuid.hpp"
#include "store/bytes.hpp"
#include "store/failure.hpp"

struct sqlite3;
struct sqlite3_stmt;

namespace callqueue::sqlite {

/// A prepared statement in use: bound, stepped, read. Resets itself when it goes, so that it can be
/// used again.
///
/// Columns are read in order: `row.get<std::string>(0)`. Instants are stored as microseconds, ids
/// as text, absent values as NULL; an empty string is stored as it is.
class Query {
 public:
  explicit Query(sqlite3_stmt* statement) noexcept : statement_(statement) {}
  Query(Query&& other) noexcept : statement_(std::exchange(other.statement_, nullptr)) {}
  Query& operator=(Query&&) = delete;
  ~Query();

  /// Binds all parameters of the statement, ?1 first.
  template <class... Args>
  Query& bind(const Args&... args) {
    int index = 0;
    (bind_at(++index, args), ...);
    return *this;
  }
  /// Moves to the next row. @return false after the last one. Throws `Failure`.
  bool step();
  /// Runs a statement that returns no rows (or whose rows do not matter).
  void run() {
    while (step()) {
    }
  }
  /// Ready to be bound and stepped again.
  void reset();

  /// Of the table's column, or as the statement says. Valid until the next step.
  [[nodiscard]] std::string_view name(int column) const;
  [[nodiscard]] bool is_null(int column) const;
  template <class T>
  [[nodiscard]] T get(int column) const;

  void bind_at(int index, std::nullptr_t);
  void bind_at(int index, std::int64_t value);
  void bind_at(int index, int value) { bind_at(index, static_cast<std::int64_t>(value)); }
  void bind_at(int index, bool value) { bind_at(index, static_cast<std::int64_t>(value)); }
  /// The text must outlive the stepping.
  void bind_at(int index, std::string_view value);
  void bind_copy(int index, std::string_view value);
  void bind_copy(int index, Bytes value);
  void bind_at(int index, const std::string& value) { bind_at(index, std::string_view{value}); }
  void bind_at(int index, const char* value) { bind_at(index, std::string_view{value}); }
  void bind_at(int index, Instant value) {
    bind_at(index, static_cast<std::int64_t>(value.time_since_epoch().count()));
  }
  void bind_at(int index, std::chrono::seconds value) {
    bind_at(index, static_cast<std::int64_t>(value.count()));
  }
  void bind_at(int index, const Uuid& value);
  template <class Tag>
  void bind_at(int index, const Id<Tag>& value) {
    bind_at(index, value.value);
  }
  template <class T>
  void bind_at(int index, const std::optional<T>& value) {
    if (value) {
      bind_at(index, *value);
    } else {
      bind_at(index, nullptr);
    }
  }

 private:
  sqlite3_stmt* statement_;
};

/// One connection. Not thread-safe: whoever uses it holds the store's lock for it.
class Database {
 public:
  struct Options {
    bool create = true;
    bool read_only = false;
    bool synchronous_full = true;
    std::chrono::milliseconds busy_timeout{10'000};
  };

  /// Throws `Failure` when the file cannot be opened or is not a database.
  Database(const std::string& path, const Options& options);
  Database(Database&&) noexcept;
  ~Database();

  /// Runs SQL text of any number of statements, without parameters.
  void execute(const std::string& sql);
  /// A statement from the cache. @param sql must be a string literal or live as long: its address
  /// is the key.
  [[nodiscard]] Query prepare(const char* sql);
  template <class... Args>
  [[nodiscard]] Query query(const char* sql, const Args&... args) {
    auto prepared = prepare(sql);
    prepared.bind(args...);
    return prepared;
  }
  /// Runs a statement and returns how many rows it changed (triggers' rows not counted).
  template <class... Args>
  std::int64_t run(const char* sql, const Args&... args) {
    query(sql, args...).run();
    return changes();
  }
  /// The first column of the first row, or nothing.
  template <class T, class... Args>
  [[nodiscard]] std::optional<T> value(const char* sql, const Args&... args) {
    auto rows = query(sql, args...);
    if (!rows.step() || rows.is_null(0)) return std::nullopt;
    return rows.template get<T>(0);
  }

  [[nodiscard]] std::int64_t changes() const;
  [[nodiscard]] std::int64_t last_insert_rowid() const;
  [[nodiscard]] sqlite3* native() const noexcept;

 private:
  struct Close {
    void operator()(sqlite3* database) const noexcept;
  };
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const noexcept;
  };
  std::unique_ptr<sqlite3, Close> database_;
  // Finalized before the connection closes.
  std::unordered_map<const char*, std::unique_ptr<sqlite3_stmt, Finalize>> statements_;
};

/// Rolls back unless committed. IMMEDIATE: takes the write lock at once, so that nothing read
/// before can be outdated.
class Transaction {
 public:
  enum class Kind { read, write };
  Transaction(Database& database, Kind kind);
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;
  ~Transaction();
  void commit();

 private:
  Database& database_;
  bool open_ = true;
};

/// While it lives no trigger fires for what this connection writes; whoever makes one does the
/// triggers' work. Statements are prepared anew when it comes and goes.
class TriggersOff {
 public:
  explicit TriggersOff(Database& database);
  TriggersOff(const TriggersOff&) = delete;
  TriggersOff& operator=(const TriggersOff&) = delete;
  ~TriggersOff();

 private:
  Database& database_;
};

template <>
std::int64_t Query::get<std::int64_t>(int column) const;
template <>
int Query::get<int>(int column) const;
template <>
bool Query::get<bool>(int column) const;
template <>
double Query::get<double>(int column) const;
template <>
std::string Query::get<std::string>(int column) const;  ///< NULL reads as empty.
template <>
std::string_view Query::get<std::string_view>(int column) const;  ///< Valid until the next step.
template <>
Bytes Query::get<Bytes>(int column) const;  ///< Valid until the next step.
template <>
Instant Query::get<Instant>(int column) const;
template <>
Uuid Query::get<Uuid>(int column) const;

/// A column that may be NULL.
template <class T>
[[nodiscard]] std::optional<T> get_optional(const Query& row, int column) {
  if (row.is_null(column)) return std::nullopt;
  return row.get<T>(column);
}
/// `get_id<UserId>(row, 1)`.
template <class AnyId>
[[nodiscard]] AnyId get_id(const Query& row, int column) {
  return AnyId{row.get<Uuid>(column)};
}
template <class AnyId>
[[nodiscard]] std::optional<AnyId> get_optional_id(const Query& row, int column) {
  if (row.is_null(column)) return std::nullopt;
  return get_id<AnyId>(row, column);
}

}  // namespace callqueue::sqlite
