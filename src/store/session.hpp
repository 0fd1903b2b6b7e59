#pragma once

#include <chrono>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "callqueue/call_campaign.hpp"
#include "callqueue/changes.hpp"
#include "callqueue/time.hpp"
#include "callqueue/uuid.hpp"
#include "store/bytes.hpp"
#include "store/failure.hpp"
#include "store/held_calls.hpp"

namespace callqueue {

/// JSON text, for a column that holds JSON.
struct JsonText {
  std::string_view text;
};
/// A time of day, for a column that holds one; durations are `std::chrono::seconds`.
struct WallTime {
  TimeOfDay time;
};

/// What stands for `?1`, `?2`, … of a statement. Text is only looked at: it must outlive the call.
struct Parameter {
  using Value = std::variant<bool, int, std::int64_t, std::string_view, JsonText, Bytes, Instant,
                             Uuid, LocalDate, WallTime>;
  Value value;
  bool is_null = false;  ///< `value` only says of which type the absent value is.
};

[[nodiscard]] inline Parameter parameter(bool value) { return {value}; }
[[nodiscard]] inline Parameter parameter(int value) { return {value}; }
[[nodiscard]] inline Parameter parameter(std::int64_t value) { return {value}; }
[[nodiscard]] inline Parameter parameter(std::string_view value) { return {value}; }
[[nodiscard]] inline Parameter parameter(const std::string& value) {
  return {std::string_view{value}};
}
[[nodiscard]] inline Parameter parameter(const char* value) { return {std::string_view{value}}; }
[[nodiscard]] inline Parameter parameter(JsonText value) { return {value}; }
[[nodiscard]] inline Parameter parameter(Bytes value) { return {value}; }
[[nodiscard]] inline Parameter parameter(Instant value) { return {value}; }
[[nodiscard]] inline Parameter parameter(const Uuid& value) { return {value}; }
[[nodiscard]] inline Parameter parameter(LocalDate value) { return {value}; }
[[nodiscard]] inline Parameter parameter(WallTime value) { return {value}; }
[[nodiscard]] inline Parameter parameter(std::chrono::seconds value) {
  return {std::int64_t{value.count()}};
}
template <class Tag>
[[nodiscard]] Parameter parameter(const Id<Tag>& id) {
  return {id.value};
}
template <class T>
[[nodiscard]] Parameter parameter(const std::optional<T>& value) {
  if (value) return parameter(*value);
  auto absent = parameter(T{});
  absent.is_null = true;
  return absent;
}

/// Where the rows of a statement come from: each store has its own.
class RowSource {
 public:
  RowSource() = default;
  RowSource(const RowSource&) = delete;
  RowSource& operator=(const RowSource&) = delete;
  virtual ~RowSource() = default;

  /// Moves to the next row, the first at first. @return false after the last one.
  virtual bool step() = 0;
  /// How many rows the statement changed (triggers' not counted). @pre `step` has returned false.
  [[nodiscard]] virtual std::int64_t changed() const = 0;
  [[nodiscard]] virtual bool is_null(int column) const = 0;
  // An absent value reads as zero or empty.
  [[nodiscard]] virtual bool boolean(int column) const = 0;
  [[nodiscard]] virtual std::int64_t integer(int column) const = 0;
  [[nodiscard]] virtual double number(int column) const = 0;
  /// Valid until the next step.
  [[nodiscard]] virtual std::string_view text(int column) const = 0;
  /// Valid until the next step.
  [[nodiscard]] virtual std::string_view bytes(int column) const = 0;
  [[nodiscard]] virtual Instant instant(int column) const = 0;
  [[nodiscard]] virtual Uuid uuid(int column) const = 0;
  [[nodiscard]] virtual LocalDate date(int column) const = 0;
  [[nodiscard]] virtual TimeOfDay time_of_day(int column) const = 0;
};

/// The rows of a statement, read one after the other:
/// `while (rows.step()) … rows.get<std::string>(0)`.
class Rows {
 public:
  explicit Rows(std::unique_ptr<RowSource> source) : source_(std::move(source)) {}

  bool step() { return source_->step(); }
  [[nodiscard]] std::int64_t changed() const { return source_->changed(); }
  [[nodiscard]] bool is_null(int column) const { return source_->is_null(column); }
  /// `int`, `std::int64_t`, `bool`, `double`, `std::string`, `std::string_view` (valid until the
  /// next step), `Bytes` (as well), `Instant`, `Uuid`, `LocalDate`.
  template <class T>
  [[nodiscard]] T get(int column) const;
  /// Of a column that holds a time of day.
  [[nodiscard]] TimeOfDay time_of_day(int column) const { return source_->time_of_day(column); }

 private:
  std::unique_ptr<RowSource> source_;
};

/// Throws `Failure` (`corrupt`) for one that is no `int`.
[[nodiscard]] int narrow(std::int64_t number);

template <class T>
T Rows::get(int column) const {
  if constexpr (std::is_same_v<T, bool>) {
    return source_->boolean(column);
  } else if constexpr (std::is_same_v<T, int>) {
    return narrow(source_->integer(column));
  } else if constexpr (std::is_same_v<T, std::int64_t>) {
    return source_->integer(column);
  } else if constexpr (std::is_same_v<T, double>) {
    return source_->number(column);
  } else if constexpr (std::is_same_v<T, Bytes>) {
    return {source_->bytes(column)};
  } else if constexpr (std::is_same_v<T, Instant>) {
    return source_->instant(column);
  } else if constexpr (std::is_same_v<T, Uuid>) {
    return source_->uuid(column);
  } else if constexpr (std::is_same_v<T, LocalDate>) {
    return source_->date(column);
  } else {
    return T{source_->text(column)};
  }
}

/// A column that may be NULL.
template <class T>
[[nodiscard]] std::optional<T> get_optional(const Rows& row, int column) {
  if (row.is_null(column)) return std::nullopt;
  return row.get<T>(column);
}
/// `get_id<UserId>(row, 1)`.
template <class AnyId>
[[nodiscard]] AnyId get_id(const Rows& row, int column) {
  return AnyId{row.get<Uuid>(column)};
}
template <class AnyId>
[[nodiscard]] std::optional<AnyId> get_optional_id(const Rows& row, int column) {
  if (row.is_null(column)) return std::nullopt;
  return get_id<AnyId>(row, column);
}

/// A queued row that is to wait until `due`.
struct ScheduledRow {
  QueuedCallId id;
  Instant due;
};

/// What others are told of a transaction once it is committed.
enum class News {
  nothing,   ///< It changed nothing.
  change,    ///< Nothing may start for it, nor earlier than it was thought.
  may_start  ///< Something may.
};

struct Statements;

/// A transaction on either database, as the flows see it that both stores share. Not thread-safe.
///
/// SQL that both databases read the same way stands beside the flow that runs it; what differs is
/// in `Statements`. Parameters are written `?1`, `?2`, ….
class Session {
 public:
  Session() = default;
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;
  virtual ~Session() = default;

  /// @param sql a string literal, or what lives as long: its address is the key of the prepared
  /// statement. Throws `Failure`.
  [[nodiscard]] virtual Rows execute(const char* sql, std::span<const Parameter> parameters) = 0;
  /// Runs a statement before the next one, or before the transaction is committed: whichever saves
  /// a round trip. So does every lock below. What refuses it may be thrown then.
  virtual void put_off(const char* sql, std::span<const Parameter> parameters) = 0;
  /// What the databases say differently.
  [[nodiscard]] virtual const Statements& statements() const = 0;

  // Until the transaction ends nobody else changes that row; SQLite's writers are alone anyway.
  // Campaigns are locked first, in the order of their ids, then calls, then queued calls. What
  // becomes of a call or a queued call depends on its campaign's state: locking it locks its
  // campaign before.
  virtual void lock_user(UserId id) = 0;
  virtual void lock_campaign(CampaignId id) = 0;
  virtual void lock_contact(UserId user_id, ContactId id) = 0;
  virtual void lock_queued_call(UserId user_id, QueuedCallId id) = 0;
  virtual void lock_call(UserId user_id, CallId id) = 0;

  // Calls and their rows, many at once: each database has its own way of doing that quickly.

  /// Locks them and reads them. @return one for each, in that order; none where there is no such
  /// call.
  [[nodiscard]] virtual std::vector<std::optional<HeldCall>> hold_calls(
      std::span<const CallRef> calls) = 0;
  /// Writes every field of these calls that an event can change.
  virtual void store_calls(std::span<const Call> calls) = 0;
  /// Writes every field of these rows that an event can change. Queued ones are ready when their
  /// time has come at `now`.
  virtual void store_rows(std::span<const QueuedCall> rows, Instant now) = 0;
  /// Marks those calls as handed over at `now` that may start and whose lease is the worker's own.
  /// @return these.
  [[nodiscard]] virtual std::vector<CallId> mark_dialed(std::span<const CallRef> calls,
                                                        std::string_view worker, Instant now) = 0;

  /// Those of the campaigns that can be read: somebody's SQL may have spoiled the others' rules.
  [[nodiscard]] virtual std::vector<CallCampaign> readable_campaigns(
      std::span<const std::pair<UserId, CampaignId>> campaigns) = 0;

  /// The calls that have these ids, of all users: for each name those that it fits, two at most.
  /// @pre each names something.
  [[nodiscard]] virtual std::vector<std::vector<CallRef>> calls_named(
      std::span<const CallName> names) = 0;

  // What each store does in its own way.

  /// Whether the text may be a row's place in a list of queued calls; see `Statements`.
  [[nodiscard]] virtual bool is_queue_cursor(std::string_view text) const = 0;
  /// A lane of the user got another interval.
  virtual void lane_rolled(UserId user_id, Instant now) = 0;
  /// Has queued rows of the user wait until they are due.
  virtual void schedule(UserId user_id, std::span<const ScheduledRow> rows, Instant now) = 0;

  // What others are told. Where nothing is said, something may start of anybody's.

  void tell(News news) noexcept { news_ = news; }
  /// Names a user whose rows are changed: those of nobody else are unless they are named, too.
  void touch(UserId user_id) { touched_.push_back(user_id); }
  [[nodiscard]] Changes changes() const;
  /// Says that running it again does no harm: then that is done when nobody knows whether it was
  /// committed.
  void may_repeat() noexcept { may_be_repeated_ = true; }
  [[nodiscard]] bool may_be_repeated() const noexcept { return may_be_repeated_; }

  template <class... Args>
  [[nodiscard]] Rows query(const char* sql, const Args&... args) {
    const std::initializer_list<Parameter> parameters{parameter(args)...};
    return execute(sql, {parameters.begin(), parameters.size()});
  }
  /// Runs a statement for its effect alone; see `put_off`.
  template <class... Args>
  void run(const char* sql, const Args&... args) {
    const std::initializer_list<Parameter> parameters{parameter(args)...};
    put_off(sql, {parameters.begin(), parameters.size()});
  }
  /// Runs a statement now. @return how many rows it changed (triggers' not counted).
  template <class... Args>
  std::int64_t change(const char* sql, const Args&... args) {
    auto rows = query(sql, args...);
    while (rows.step()) {
    }
    return rows.changed();
  }
  /// What the statement returns by RETURNING, of the one row that it writes. Throws `Failure`
  /// (`corrupt`) when it writes none.
  template <class T, class... Args>
  T returned(const char* sql, const Args&... args) {
    auto rows = query(sql, args...);
    if (!rows.step()) throw Failure{ErrorCode::corrupt, "what a new row belongs to is not there"};
    T value = rows.template get<T>(0);
    while (rows.step()) {
    }
    return value;
  }
  /// The first column of the first row; none without rows or when it is NULL.
  template <class T, class... Args>
  [[nodiscard]] std::optional<T> value(const char* sql, const Args&... args) {
    auto rows = query(sql, args...);
    if (!rows.step() || rows.is_null(0)) return std::nullopt;
    return rows.template get<T>(0);
  }

 private:
  News news_ = News::may_start;
  bool may_be_repeated_ = false;
  std::vector<UserId> touched_;
};

}  // namespace callqueue
