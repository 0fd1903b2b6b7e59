#include "sqlite/session.hpp"

#include <memory>
#include <string>
#include <utility>
#include <variant>

#include "callqueue/time.hpp"
#include "sqlite/turns.hpp"
#include "store/pages.hpp"
#include "store/rows.hpp"

namespace callqueue::sqlite {
namespace {

constexpr char kSchedule[] = R"sql(
  UPDATE call_queue SET scheduled_for = ?3, ready = 0, updated_at = max(?4, updated_at + 1)
  WHERE user_id = ?1 AND id = ?2)sql";

// One conditional statement a call: only while the lease is the worker's own, the row still waits
// for this call, and the call may start: its lane is open, its campaign was not cancelled. A paused
// campaign's calls go on.
constexpr char kMarkDialed[] = R"sql(
  UPDATE calls SET submitted_at = ?4
  WHERE user_id = ?1 AND id = ?2 AND leased_by = ?3 AND status = 'initiated' AND submitted_at IS NULL
    AND lease_expires_at > ?4
    AND EXISTS (SELECT 1 FROM call_queue q JOIN callqueue_lanes l ON l.lane_id = q.lane_id
                WHERE q.user_id = calls.user_id AND q.id = calls.queue_id
                  AND q.status = 'processing' AND q.call_id = calls.id
                  AND (q.not_after IS NULL OR q.not_after >= ?4)
                  AND l.campaign_status <> 'cancelled'
                  AND l.stale = 0 AND l.opens_at <= ?4 AND l.closes_at >= ?4))sql";

// Of all users. Indexes callqueue_calls_id and callqueue_calls_provider; two tell that one is not
// the only one.
constexpr char kCallsById[] = "SELECT user_id, id FROM calls WHERE id = ?1 LIMIT 2";
constexpr char kCallsByProvider[] =
    "SELECT user_id, id FROM calls WHERE provider_call_id = ?1 LIMIT 2";

class Bind {
 public:
  Bind(Query& query, int index) : query_(query), index_(index) {}

  template <class T>
  void operator()(const T& value) const {
    query_.bind_at(index_, value);
  }
  void operator()(std::string_view text) const { query_.bind_copy(index_, text); }
  void operator()(JsonText json) const { query_.bind_copy(index_, json.text); }
  void operator()(Bytes bytes) const { query_.bind_copy(index_, bytes); }
  void operator()(LocalDate date) const { query_.bind_copy(index_, to_text(date)); }
  void operator()(WallTime time) const { query_.bind_copy(index_, time_of_day_to_text(time.time)); }

 private:
  Query& query_;
  int index_;
};

class SqliteRows final : public RowSource {
 public:
  SqliteRows(Database& database, Query query) : database_(database), query_(std::move(query)) {}

  bool step() override {
    if (query_.step()) return true;
    changed_ = database_.changes();
    return false;
  }
  [[nodiscard]] std::int64_t changed() const override { return changed_; }
  [[nodiscard]] bool is_null(int column) const override { return query_.is_null(column); }
  [[nodiscard]] bool boolean(int column) const override { return query_.get<bool>(column); }
  [[nodiscard]] std::int64_t integer(int column) const override {
    return query_.get<std::int64_t>(column);
  }
  [[nodiscard]] double number(int column) const override { return query_.get<double>(column); }
  [[nodiscard]] std::string_view text(int column) const override {
    return query_.get<std::string_view>(column);
  }
  [[nodiscard]] std::string_view bytes(int column) const override {
    return query_.get<Bytes>(column).data;
  }
  [[nodiscard]] Instant instant(int column) const override { return query_.get<Instant>(column); }
  [[nodiscard]] Uuid uuid(int column) const override { return query_.get<Uuid>(column); }
  [[nodiscard]] LocalDate date(int column) const override {
    return good(parse_local_date(text(column)), column);
  }
  [[nodiscard]] TimeOfDay time_of_day(int column) const override {
    return good(parse_time_of_day(text(column)), column);
  }

 private:
  template <class T>
  T good(const Result<T>& parsed, int column) const {
    if (parsed) return *parsed;
    const std::string name{query_.name(column)};
    throw Failure{ErrorCode::corrupt, "the database holds an unreadable " + name, name};
  }

  Database& database_;
  Query query_;
  std::int64_t changed_ = 0;
};

}  // namespace

Rows SqliteSession::execute(const char* sql, std::span<const Parameter> parameters) {
  auto query = database_.prepare(sql);
  int index = 0;
  for (const auto& parameter : parameters) {
    ++index;
    if (parameter.is_null) {
      query.bind_at(index, nullptr);
    } else {
      std::visit(Bind{query, index}, parameter.value);
    }
  }
  return Rows{std::make_unique<SqliteRows>(database_, std::move(query))};
}

void SqliteSession::put_off(const char* sql, std::span<const Parameter> parameters) {
  auto rows = execute(sql, parameters);  // There is no round trip to save.
  while (rows.step()) {
  }
}

const Statements& SqliteSession::statements() const { return sqlite_statements(); }

std::vector<std::optional<HeldCall>> SqliteSession::hold_calls(std::span<const CallRef> calls) {
  std::vector<std::optional<HeldCall>> held;
  held.reserve(calls.size());
  for (const auto& call : calls) held.push_back(hold_call(*this, call));
  return held;
}

void SqliteSession::store_calls(std::span<const Call> calls) {
  for (const auto& call : calls) store_call(*this, call);
}

void SqliteSession::store_rows(std::span<const QueuedCall> rows, Instant now) {
  for (const auto& row : rows) store_row(*this, row, now);
}

std::vector<CallId> SqliteSession::mark_dialed(std::span<const CallRef> calls,
                                               std::string_view worker, Instant now) {
  std::vector<CallId> marked;
  for (const auto& call : calls) {
    if (database_.run(kMarkDialed, call.user_id, call.call_id, worker, now) == 1) {
      marked.push_back(call.call_id);
    }
  }
  return marked;
}

std::vector<CallCampaign> SqliteSession::readable_campaigns(
    std::span<const std::pair<UserId, CampaignId>> campaigns) {
  std::vector<CallCampaign> read;
  for (const auto& [user_id, id] : campaigns) {
    if (auto campaign = readable_campaign(*this, user_id, id)) read.push_back(*std::move(campaign));
  }
  return read;
}

std::vector<std::vector<CallRef>> SqliteSession::calls_named(std::span<const CallName> names) {
  std::vector<std::vector<CallRef>> found;
  found.reserve(names.size());
  for (const auto& name : names) {
    auto rows = name.call_id.is_nil() ? query(kCallsByProvider, name.provider_call_id)
                                      : query(kCallsById, name.call_id);
    auto& calls = found.emplace_back();
    while (rows.step()) calls.push_back({get_id<UserId>(rows, 0), get_id<CallId>(rows, 1)});
  }
  return found;
}

bool SqliteSession::is_queue_cursor(std::string_view text) const {
  return whole_number(text).has_value();
}

void SqliteSession::lane_rolled(UserId user_id, Instant now) {
  // Who has just closed is parked here, a budget at a time, rather than all by the next claim.
  park_if_closed(database_, user_id, now);
}

void SqliteSession::schedule(UserId user_id, std::span<const ScheduledRow> rows, Instant now) {
  for (const auto& row : rows) database_.run(kSchedule, user_id, row.id, row.due, now);
}

}  // namespace callqueue::sqlite
