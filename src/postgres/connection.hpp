#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "callqueue/time.hpp"
#include "callqueue/uuid.hpp"
#include "store/failure.hpp"
#include "store/session.hpp"

struct pg_conn;
struct pg_result;

namespace callqueue::postgres {

struct ClearResult {
  void operator()(pg_result* result) const noexcept;
};

/// The connection broke, or an answer did not come in time: whether a statement that was under way
/// took effect is not known.
class ConnectionLost : public Failure {
 public:
  explicit ConnectionLost(std::string message)
      : Failure(ErrorCode::unavailable, std::move(message)) {}
};

/// The connection broke while a transaction was committed, or a statement that commits by itself
/// ran: perhaps it took effect.
class OutcomeUnknown : public ConnectionLost {
 public:
  explicit OutcomeUnknown(std::string message, bool may_be_repeated = false)
      : ConnectionLost(std::move(message)), may_be_repeated_(may_be_repeated) {}

  /// Whether it does no harm to do the same again.
  [[nodiscard]] bool may_be_repeated() const noexcept { return may_be_repeated_; }

 private:
  bool may_be_repeated_;
};

/// The server refused a statement; its transaction is over, the connection goes on.
class StatementRefused : public Failure {
 public:
  StatementRefused(Error error, std::string sqlstate, std::string constraint)
      : Failure(std::move(error)),
        sqlstate_(std::move(sqlstate)),
        constraint_(std::move(constraint)) {}

  [[nodiscard]] const std::string& sqlstate() const noexcept { return sqlstate_; }
  /// The constraint or unique index that was violated; empty when none was.
  [[nodiscard]] const std::string& constraint() const noexcept { return constraint_; }
  /// Whether another transaction was in the way: the same may well succeed next time. The ids of
  /// queued calls are random: one that is taken already was given by this very operation, in a
  /// transaction that was lost when it was about to commit.
  [[nodiscard]] bool may_be_repeated() const noexcept {
    return sqlstate_ == "40001" || sqlstate_ == "40P01" || constraint_ == "call_queue_pkey";
  }
  /// Whether a table, column, function or schema that it names is not there.
  [[nodiscard]] bool lacks_something() const noexcept {
    return sqlstate_ == "42P01" || sqlstate_ == "42703" || sqlstate_ == "42883" ||
           sqlstate_ == "3F000";
  }
  /// Whether it would write where nothing may be written.
  [[nodiscard]] bool is_read_only() const noexcept { return sqlstate_ == "25006"; }
  /// Whether somebody held what it needs for longer than it was to wait.
  [[nodiscard]] bool has_waited() const noexcept { return sqlstate_ == "55P03"; }

 private:
  std::string sqlstate_;
  std::string constraint_;
};

/// What stands for `$1`, `$2`, … of a statement: in the server's binary form, with the type, so
/// that no setting of the session and no spelling changes the meaning.
///
/// Ids are `uuid`, instants `timestamptz`, `int` is `integer`, 64 bits and durations (in seconds)
/// are `bigint`, `JsonText` is `jsonb`, `Bytes` are `bytea`, text is `text`. Sequences are arrays.
/// An empty string is passed as it is, an absent value is NULL.
class Parameters {
 public:
  template <class... Args>
  explicit Parameters(const Args&... args) {
    (add(args), ...);
  }

  void add(bool value);
  void add(int value);
  void add(std::int64_t value);
  void add(std::string_view value);
  void add(const std::string& value) { add(std::string_view{value}); }
  void add(const char* value) { add(std::string_view{value}); }
  void add(Instant value);
  void add(std::chrono::seconds value) { add(std::int64_t{value.count()}); }
  void add(JsonText value);
  void add(Bytes value);
  void add(LocalDate value);
  void add(WallTime value);
  void add(const Uuid& value);
  template <class Tag>
  void add(const Id<Tag>& value) {
    add(value.value);
  }
  template <class T>
  void add(const std::optional<T>& value) {
    if (value) return add(*value);
    add(T{});
    make_null();
  }
  /// The last one: only its type counts.
  void make_null() { nulls_.back() = true; }
  /// An array; elements of one type as above.
  template <class T>
  void add(const std::vector<T>& values) {
    Parameters elements;
    for (const auto& value : values) elements.add(value);
    Parameters sample;
    sample.add(T{});
    add_array(sample.types_.front(), elements);
  }

  [[nodiscard]] int size() const noexcept { return static_cast<int>(values_.size()); }

 private:
  friend class Connection;
  void add(std::uint32_t type, std::string value);
  void add_array(std::uint32_t element_type, const Parameters& elements);

  std::vector<std::uint32_t> types_;
  std::vector<std::string> values_;
  std::vector<bool> nulls_;
};

/// A statement with what its parameters stand for.
struct Statement {
  const char* sql;  ///< A string literal, or what lives as long.
  Parameters parameters;
};

/// The rows that a statement returned, read one after the other: `while (rows.step()) …
/// rows.get<std::string>(0)`. Owns its memory; outlives the connection.
///
/// `get` takes the column's own type: `int` reads `integer` and `bigint` (too large a value is
/// `corrupt`), text reads every text type and `json`, `jsonb`.
class ResultRows {
 public:
  explicit ResultRows(std::unique_ptr<pg_result, ClearResult> result)
      : result_(std::move(result)) {}

  /// Moves to the next row, the first at first. @return false after the last one.
  bool step() noexcept;
  /// How many rows there are, or were changed by a statement that returns none.
  [[nodiscard]] std::int64_t count() const;

  [[nodiscard]] bool is_null(int column) const;
  template <class T>
  [[nodiscard]] T get(int column) const;

 private:
  [[nodiscard]] std::string_view bytes(int column) const;
  [[nodiscard]] std::int64_t integer(int column) const;

  std::unique_ptr<pg_result, ClearResult> result_;
  int row_ = -1;
};

template <>
std::int64_t ResultRows::get<std::int64_t>(int column) const;
template <>
int ResultRows::get<int>(int column) const;
template <>
bool ResultRows::get<bool>(int column) const;
template <>
double ResultRows::get<double>(int column) const;
template <>
std::string ResultRows::get<std::string>(int column) const;
template <>
std::string_view ResultRows::get<std::string_view>(
    int column) const;  ///< Valid while the rows are.
template <>
Bytes ResultRows::get<Bytes>(int column) const;  ///< Valid while the rows are.
template <>
Instant ResultRows::get<Instant>(int column) const;
template <>
Uuid ResultRows::get<Uuid>(int column) const;
template <>
LocalDate ResultRows::get<LocalDate>(int column) const;
template <>
TimeOfDay ResultRows::get<TimeOfDay>(int column) const;

/// One connection to a server. Not thread-safe.
///
/// Never waits without end: every answer has to come within `Options::answer_timeout`, also from a
/// network that swallows everything. After `ConnectionLost` it is of no further use.
class Connection {
 public:
  struct Options {
    std::chrono::milliseconds connect_timeout{10'000};
    std::chrono::milliseconds answer_timeout{60'000};
    /// Whether statements are prepared once and then named: cheaper to run, but poolers that hand
    /// out server connections per transaction do not know them.
    bool prepares = true;
    /// The search path: this schema alone. Empty: as the URL, the role or the server says.
    std::string schema;
  };

  /// Throws `Failure`: `unavailable` when the server cannot be reached or refuses us,
  /// `invalid_argument` (`url`) when the URL cannot be read. Passwords never get into a message.
  Connection(const std::string& url, const Options& options);

  /// Runs one statement. @param sql must be a string literal or live as long: its address is the
  /// key of the prepared statement. Throws `StatementRefused`, `ConnectionLost`.
  template <class... Args>
  ResultRows query(const char* sql, const Args&... args) {
    return run(sql, Parameters{args...});
  }
  ResultRows run(const char* sql, Parameters parameters);
  /// Runs them one after the other, with one round trip to the server. @return the rows of each.
  /// After one that is refused no other is run.
  std::vector<ResultRows> run_all(std::vector<Statement> statements);
  /// Has the next round trip begin with this statement, which is run for its effect alone: where it
  /// is refused, the next one is. Only within a transaction, which sees to it that there is a next.
  void put_off(Statement statement) { put_off_.push_back(std::move(statement)); }
  template <class... Args>
  void later(const char* sql, const Args&... args) {
    put_off({sql, Parameters{args...}});
  }
  /// What was put off and has not been sent: never mind.
  void forget_later() noexcept { put_off_.clear(); }
  /// Runs a statement for its effect. @return how many rows it changed.
  template <class... Args>
  std::int64_t change(const char* sql, const Args&... args) {
    return query(sql, args...).count();
  }
  /// The first column of the first row; none without rows or when it is NULL.
  template <class T, class... Args>
  [[nodiscard]] std::optional<T> value(const char* sql, const Args&... args) {
    ResultRows rows = query(sql, args...);
    if (!rows.step() || rows.is_null(0)) return std::nullopt;
    return rows.get<T>(0);
  }
  /// Runs SQL text of any number of statements, without parameters. @return the rows of the last
  /// one; their values are text.
  ResultRows execute(const std::string& sql);

  [[nodiscard]] bool lost() const noexcept { return lost_; }
  /// Whether the server has sent nothing since its last answer. What it sends unasked is nearly
  /// always that it hangs up.
  [[nodiscard]] bool is_quiet() const;
  /// What was notified on the channels that it listens to and has not been asked for yet, as far as
  /// it has arrived: the payloads. Throws `ConnectionLost`.
  std::vector<std::string> notified();
  /// Readable when something has arrived.
  [[nodiscard]] int socket() const noexcept;
  /// Whether a transaction is open (or was refused and not yet rolled back).
  [[nodiscard]] bool in_transaction() const noexcept;
  /// 150'018 for 15.18.
  [[nodiscard]] int server_version() const noexcept;
  [[nodiscard]] pg_conn* native() const noexcept { return connection_.get(); }

 private:
  struct Close {
    void operator()(pg_conn* connection) const noexcept;
  };

  void connect(const std::string& url);
  /// The name of the prepared statement.
  const std::string& prepared(const char* sql, const Parameters& parameters);
  void send(const Statement& statement);
  void flush(std::chrono::steady_clock::time_point until);
  /// The next result of what was sent; null: that was all of a statement.
  std::unique_ptr<pg_result, ClearResult> next_result(std::chrono::steady_clock::time_point until);
  /// The last result of a statement, or of the first of several that failed.
  std::unique_ptr<pg_result, ClearResult> last_result(std::chrono::steady_clock::time_point until);
  /// What the simple protocol answers, or what else was sent alone.
  ResultRows receive();
  std::chrono::steady_clock::time_point answer_due() const;
  void wait(short events, std::chrono::steady_clock::time_point until);
  [[noreturn]] void lose(const std::string& why);

  Options options_;
  std::unique_ptr<pg_conn, Close> connection_;
  std::unordered_map<const char*, std::string> statements_;
  std::vector<Statement> put_off_;
  bool lost_ = false;
};

/// A transaction at read committed, rolled back unless it was committed.
class Transaction {
 public:
  explicit Transaction(Connection& connection);
  /// @param begin what begins it, and whatever else is to be run with the same round trip.
  Transaction(Connection& connection, const std::string& begin);
  /// The same of statements that are prepared.
  Transaction(Connection& connection, const std::vector<Statement>& begin);
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;
  ~Transaction();
  /// The rows of the last statement that it was begun with.
  [[nodiscard]] ResultRows& begun() noexcept { return begun_; }
  /// Throws `OutcomeUnknown` when the connection breaks meanwhile.
  void commit();

 private:
  Connection& connection_;
  ResultRows begun_;
  bool open_ = true;
};

}  // namespace callqueue::postgres
