#include "postgres/session.hpp"

#include <mutex>
#include <unordered_map>

namespace callqueue::postgres {
namespace {

// Whoever holds one of these lets others read the row, and insert rows that point at it.
constexpr char kLockUser[] = "SELECT 1 FROM users WHERE id = $1 FOR NO KEY UPDATE";
constexpr char kLockCampaign[] = R"sql(
  SELECT 1 FROM call_campaigns c JOIN callqueue_campaign_rules r ON r.campaign_id = c.id
  WHERE c.id = $1 FOR NO KEY UPDATE)sql";
constexpr char kLockContact[] =
    "SELECT 1 FROM contacts WHERE user_id = $1 AND id = $2 FOR NO KEY UPDATE";
constexpr char kLockQueuedCall[] =
    "SELECT 1 FROM call_queue WHERE user_id = $1 AND id = $2 FOR NO KEY UPDATE";
// What becomes of a row depends on its campaign's state, and counts there: that is locked first.
constexpr char kLockCampaignOfRow[] = R"sql(
  SELECT 1 FROM call_campaigns c JOIN call_queue q ON q.campaign_id = c.id
  WHERE q.user_id = $1 AND q.id = $2 FOR NO KEY UPDATE OF c)sql";
constexpr char kLockCampaignOfCall[] = R"sql(
  SELECT 1 FROM call_campaigns c JOIN calls k ON k.campaign_id = c.id
  WHERE k.user_id = $1 AND k.id = $2 FOR NO KEY UPDATE OF c)sql";
constexpr char kLockCall[] = "SELECT 1 FROM calls WHERE user_id = $1 AND id = $2 FOR NO KEY UPDATE";

constexpr char kSchedule[] = R"sql(
  UPDATE call_queue q SET scheduled_for = x.due, ready = false,
    updated_at = greatest($4, q.updated_at + interval '1 microsecond')
  FROM unnest($2::uuid[], $3::timestamptz[]) x (id, due) WHERE q.user_id = $1 AND q.id = x.id)sql";

/// The statement with `$1` for `?1`. Made once; lives as long as the program, as literals do.
const char* numbered(const char* sql) {
  static std::mutex mutex;
  static std::unordered_map<const char*, std::string> known;
  const std::lock_guard lock{mutex};
  auto [found, is_new] = known.try_emplace(sql, sql);
  if (is_new) {
    for (auto& c : found->second) {
      if (c == '?') c = '$';
    }
  }
  return found->second.c_str();
}

Parameters all_of(std::span<const Parameter> parameters) {
  Parameters values;
  for (const auto& parameter : parameters) {
    std::visit([&](const auto& value) { values.add(value); }, parameter.value);
    if (parameter.is_null) values.make_null();
  }
  return values;
}

class Answer final : public RowSource {
 public:
  explicit Answer(ResultRows rows) : rows_(std::move(rows)) {}

  bool step() override { return rows_.step(); }
  std::int64_t changed() const override { return rows_.count(); }
  bool is_null(int column) const override { return rows_.is_null(column); }
  bool boolean(int column) const override { return rows_.get<bool>(column); }
  std::int64_t integer(int column) const override { return rows_.get<std::int64_t>(column); }
  double number(int column) const override { return rows_.get<double>(column); }
  std::string_view text(int column) const override { return rows_.get<std::string_view>(column); }
  std::string_view bytes(int column) const override { return rows_.get<Bytes>(column).data; }
  Instant instant(int column) const override { return rows_.get<Instant>(column); }
  Uuid uuid(int column) const override { return rows_.get<Uuid>(column); }
  LocalDate date(int column) const override { return rows_.get<LocalDate>(column); }
  TimeOfDay time_of_day(int column) const override { return rows_.get<TimeOfDay>(column); }

 private:
  ResultRows rows_;
};

}  // namespace

Rows shared_rows(ResultRows rows) { return Rows{std::make_unique<Answer>(std::move(rows))}; }

Rows PostgresSession::execute(const char* sql, std::span<const Parameter> parameters) {
  return shared_rows(connection_.run(numbered(sql), all_of(parameters)));
}

void PostgresSession::put_off(const char* sql, std::span<const Parameter> parameters) {
  connection_.put_off({numbered(sql), all_of(parameters)});
}

bool PostgresSession::is_queue_cursor(std::string_view text) const {
  return parse_uuid(text).has_value();
}

void PostgresSession::schedule(UserId user_id, std::span<const ScheduledRow> rows, Instant now) {
  if (rows.empty()) return;
  std::vector<QueuedCallId> ids;
  std::vector<Instant> due;
  for (const auto& row : rows) {
    ids.push_back(row.id);
    due.push_back(row.due);
  }
  connection_.later(kSchedule, user_id, ids, due, now);
}

void PostgresSession::lock_user(UserId id) { connection_.later(kLockUser, id); }
void PostgresSession::lock_campaign(CampaignId id) { connection_.later(kLockCampaign, id); }
void PostgresSession::lock_contact(UserId user_id, ContactId id) {
  connection_.later(kLockContact, user_id, id);
}
void PostgresSession::lock_queued_call(UserId user_id, QueuedCallId id) {
  connection_.later(kLockCampaignOfRow, user_id, id);
  connection_.later(kLockQueuedCall, user_id, id);
}
void PostgresSession::lock_call(UserId user_id, CallId id) {
  connection_.later(kLockCampaignOfCall, user_id, id);
  connection_.later(kLockCall, user_id, id);
}

}  // namespace callqueue::postgres
