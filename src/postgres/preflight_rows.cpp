// The host's rows, before a migration: what its keys and references would refuse, and what would
// read otherwise than it was meant.
#include <algorithm>
#include <string_view>

#include "callqueue/state.hpp"
#include "postgres/host_tables.hpp"

namespace callqueue::postgres {
namespace {

using Severity = PreflightFinding::Severity;

/// Counts rows, and names one of them by its id. Asked where the columns are there.
struct Question {
  Severity severity;
  const char* table;
  const char* column;
  std::initializer_list<std::pair<const char*, const char*>> needs;
  const char* what;
  const char* remedy;
  const char* sql;
};

constexpr char kGiveThem[] = "set the column to NULL, or to a row of the same user";

const Question kQuestions[] = {
    {Severity::blocks,
     "contacts",
     "phone_number",
     {{"contacts", "id"}, {"contacts", "user_id"}, {"contacts", "phone_number"}},
     "is twice the same for a user",
     "merge the contacts: a user has a number once",
     R"sql(SELECT count(*), min(id) FROM (
       SELECT min(id::text) AS id FROM contacts WHERE phone_number IS NOT NULL
       GROUP BY user_id, phone_number HAVING count(*) > 1) twice)sql"},
    {Severity::blocks,
     "call_queue",
     "contact_id",
     {{"call_queue", "id"},
      {"call_queue", "contact_id"},
      {"call_queue", "campaign_id"},
      {"call_queue", "status"}},
     "has several open rows in one campaign",
     "cancel all but one: UPDATE call_queue SET status = 'cancelled' WHERE id = …;",
     R"sql(SELECT count(*), min(id) FROM (
       SELECT min(id::text) AS id FROM call_queue
       WHERE status IN ('queued', 'processing') AND campaign_id IS NOT NULL
       GROUP BY contact_id, campaign_id HAVING count(*) > 1) twice)sql"},
    {Severity::blocks,
     "users",
     "concurrent_calls_limit",
     {{"users", "id"}, {"users", "concurrent_calls_limit"}},
     "is negative or NULL",
     "UPDATE users SET concurrent_calls_limit = 0 WHERE coalesce(concurrent_calls_limit, -1) < 0;",
     R"sql(SELECT count(*), min(id::text) FROM users WHERE coalesce(concurrent_calls_limit, -1) < 0)sql"},
    {Severity::blocks,
     "users",
     "system_concurrent_calls_limit",
     {{"users", "id"}, {"users", "system_concurrent_calls_limit"}},
     "is negative or NULL",
     "UPDATE users SET system_concurrent_calls_limit = 10 WHERE "
     "coalesce(system_concurrent_calls_limit, -1) < 0;",
     R"sql(SELECT count(*), min(id::text) FROM users
       WHERE coalesce(system_concurrent_calls_limit, -1) < 0)sql"},
    {Severity::note,
     "call_campaigns",
     "last_call_time",
     {{"call_campaigns", "id"},
      {"call_campaigns", "first_call_time"},
      {"call_campaigns", "last_call_time"}},
     "is the first_call_time: such a campaign never calls",
     "00:00 to 24:00 is all day",
     R"sql(SELECT count(*), min(id::text) FROM call_campaigns
       WHERE first_call_time = last_call_time AND status NOT IN ('completed', 'cancelled'))sql"},
};

/// `table.column` and `user_id` point at a row of `target`; every form of the statement in full.
struct Reference {
  const char* table;
  const char* column;
  const char* target;
  const char* sql;  ///< Those that point at no row of their user.
  const char* any;  ///< Those that point at all, where there is no target yet.
};

#define CALLQUEUE_REFERENCE(table, column, target)                                         \
  Reference {                                                                              \
    table, column, target,                                                                 \
        "SELECT count(*), min(x.id::text) FROM " table " x WHERE x." column                \
        " IS NOT NULL AND NOT EXISTS (SELECT 1 FROM " target " t WHERE t.id = x." column   \
        " AND t.user_id = x.user_id)",                                                     \
        "SELECT count(*), min(x.id::text) FROM " table " x WHERE x." column " IS NOT NULL" \
  }

constexpr Reference kReferences[] = {
    CALLQUEUE_REFERENCE("call_campaigns", "agent_id", "agents"),
    CALLQUEUE_REFERENCE("call_queue", "campaign_id", "call_campaigns"),
    CALLQUEUE_REFERENCE("call_queue", "agent_id", "agents"),
    CALLQUEUE_REFERENCE("call_queue", "contact_id", "contacts"),
    CALLQUEUE_REFERENCE("call_queue", "call_id", "calls"),
    CALLQUEUE_REFERENCE("calls", "agent_id", "agents"),
    CALLQUEUE_REFERENCE("calls", "contact_id", "contacts"),
    CALLQUEUE_REFERENCE("calls", "campaign_id", "call_campaigns"),
    CALLQUEUE_REFERENCE("calls", "queue_id", "call_queue"),
};

/// What a row of the queue cannot do without.
struct Needed {
  const char* table;
  const char* column;
  const char* sql;
};

#define CALLQUEUE_NEEDED(table, column) \
  Needed { table, column, "SELECT count(*), min(id::text) FROM " table " WHERE " column " IS NULL" }

constexpr Needed kNeeded[] = {
    CALLQUEUE_NEEDED("call_campaigns", "user_id"),
    CALLQUEUE_NEEDED("call_campaigns", "agent_id"),
    CALLQUEUE_NEEDED("call_campaigns", "status"),
    CALLQUEUE_NEEDED("call_campaigns", "first_call_time"),
    CALLQUEUE_NEEDED("call_campaigns", "last_call_time"),
    CALLQUEUE_NEEDED("call_campaigns", "start_date"),
    CALLQUEUE_NEEDED("call_queue", "user_id"),
    CALLQUEUE_NEEDED("call_queue", "agent_id"),
    CALLQUEUE_NEEDED("call_queue", "contact_id"),
    CALLQUEUE_NEEDED("call_queue", "phone_number"),
    CALLQUEUE_NEEDED("call_queue", "status"),
    CALLQUEUE_NEEDED("calls", "user_id"),
};

constexpr char kStatuses[] = R"sql(
  SELECT coalesce(status::text, 'NULL'), count(*) FROM calls
  WHERE status IS NULL OR status::text <> ALL ($1) GROUP BY 1 ORDER BY 2 DESC, 1)sql";
constexpr char kStatusesOfCampaigns[] = R"sql(
  SELECT status::text, count(*) FROM call_campaigns WHERE status::text <> ALL ($1) GROUP BY 1 ORDER BY 1)sql";
constexpr char kStatusesOfRows[] = R"sql(
  SELECT status::text, count(*) FROM call_queue WHERE status::text <> ALL ($1) GROUP BY 1 ORDER BY 1)sql";
constexpr char kHolding[] = R"sql(
  SELECT count(*), min(id::text) FROM calls
  WHERE status::text = ANY ($1) AND created_at < now() - interval '1 day')sql";

std::string rows_of(std::int64_t count, const std::string& example) {
  return " (" + std::to_string(count) + (count == 1 ? " row" : " rows") +
         (example.empty() ? "" : ", one is " + example) + ")";
}

class RowChecks {
 public:
  RowChecks(Connection& connection, const HostTables& host, PreflightReport& report)
      : connection_(connection), host_(host), report_(report) {}

  void ask(const Question& question) {
    for (const auto& [table, column] : question.needs) {
      if (!can_ask(table, column)) return;
    }
    count(question.severity, question.table, question.column, question.what, question.remedy,
          question.sql);
  }

  void ask(const Reference& reference) {
    if (!can_ask(reference.table, reference.column) || !can_ask(reference.table, "user_id")) return;
    const bool has_target = host_.has(reference.target);
    if (has_target && (!can_ask(reference.target, "id") || !can_ask(reference.target, "user_id"))) {
      return;
    }
    count(Severity::blocks, reference.table, reference.column,
          std::string{"points at no row of the user's in "} + reference.target, kGiveThem,
          has_target ? reference.sql : reference.any);
  }

  void ask(const Needed& needed) {
    const auto* column = host_.find(needed.table, needed.column);
    if (!can_ask(needed.table, needed.column) || column->not_null) return;
    count(Severity::blocks, needed.table, needed.column, "is NULL", "give these rows a value",
          needed.sql);
  }

  void statuses_of_calls(const std::vector<std::string>& active_statuses) {
    if (!can_ask("calls", "status")) return;
    auto known = std::vector<std::string>(detail::call_status_texts.begin(),
                                          detail::call_status_texts.end());
    known.insert(known.end(), active_statuses.begin(), active_statuses.end());
    auto rows = connection_.query(kStatuses, known);
    while (rows.step()) {
      const auto status = rows.get<std::string>(0);
      add_finding(report_, Severity::note, "calls", "status",
                  "is " + status + rows_of(rows.get<std::int64_t>(1), "") +
                      ", which holds no slot and reads as unknown",
                  "if such a call is under way, declare it: --active-statuses " + status);
    }
    if (!can_ask("calls", "created_at")) return;
    std::vector<std::string> active{"initiated", "ringing", "in_progress"};
    active.insert(active.end(), active_statuses.begin(), active_statuses.end());
    auto holding = connection_.query(kHolding, active);
    holding.step();
    const auto count = holding.get<std::int64_t>(0);
    if (count == 0) return;
    add_finding(report_, Severity::note, "calls", "status",
                "says that calls older than a day are under way, which hold their slots" +
                    rows_of(count, holding.get<std::string>(1)),
                "end those that are over");
  }

  void statuses(const char* table, const char* sql, const std::vector<std::string>& known) {
    if (!can_ask(table, "status")) return;
    auto rows = connection_.query(sql, known);
    while (rows.step()) {
      add_finding(report_, Severity::blocks, table, "status",
                  "is " + rows.get<std::string>(0) + rows_of(rows.get<std::int64_t>(1), "") +
                      ", which is none of the library's",
                  "give these rows one of its own");
    }
  }

 private:
  /// Whether the column is there and is what it should be.
  [[nodiscard]] bool can_ask(const std::string& table, const std::string& column) const {
    const auto wrong = std::any_of(
        report_.findings.begin(), report_.findings.end(), [&](const PreflightFinding& finding) {
          return finding.table == table && (finding.column.empty() || finding.column == column) &&
                 finding.severity == Severity::blocks &&
                 (finding.what.starts_with("is of type") || finding.column.empty());
        });
    return !wrong && host_.find(table, column) != nullptr;
  }

  void count(Severity severity, const char* table, const char* column, const std::string& what,
             const char* remedy, const char* sql) {
    auto row = connection_.query(sql);
    row.step();
    const auto found = row.get<std::int64_t>(0);
    if (found == 0) return;
    add_finding(report_, severity, table, column, what + rows_of(found, row.get<std::string>(1)),
                remedy);
  }

  Connection& connection_;
  const HostTables& host_;
  PreflightReport& report_;
};

}  // namespace

void check_rows(Connection& connection, const HostTables& host,
                const std::vector<std::string>& active_statuses, PreflightReport& report) {
  RowChecks rows{connection, host, report};
  for (const auto& question : kQuestions) rows.ask(question);
  for (const auto& reference : kReferences) rows.ask(reference);
  for (const auto& needed : kNeeded) rows.ask(needed);
  rows.statuses_of_calls(active_statuses);
  rows.statuses("call_campaigns", kStatusesOfCampaigns,
                {detail::campaign_status_texts.begin(), detail::campaign_status_texts.end()});
  rows.statuses("call_queue", kStatusesOfRows,
                {detail::queued_call_status_texts.begin(), detail::queued_call_status_texts.end()});
}

}  // namespace callqueue::postgres
