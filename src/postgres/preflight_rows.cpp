// The host's rows, before a migration: what its keys and references would refuse, and what would
// read otherwise than it was meant.
#include <algorithm>
#include <string_view>

#include "callqueue/state.hpp"
#include "postgres/row_look.hpp"

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

// As `callqueue_dialed`, which is not there yet: what only helps the eye makes no difference.
#define CALLQUEUE_DIALED                                                        \
  "CASE WHEN phone_number ~ '^[ \\t./()-]*\\+?[0-9 \\t./()-]*$' "               \
  "THEN regexp_replace(translate(phone_number, E' \\t-./()', ''), '^00', '+') " \
  "ELSE phone_number END "
#define CALLQUEUE_IN_FULL "~ '^\\+[1-9][0-9]{1,14}$' "

constexpr char kNumberForm[] =
    "is not in full, as +4930123456 or 0049 (30) 123456 are: it is dialed as it stands, and nobody "
    "sees that it is the same number as one in full";

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
    {Severity::note,
     "contacts",
     "phone_number",
     {{"contacts", "id"}, {"contacts", "phone_number"}},
     kNumberForm,
     "write such numbers in full, unless your dialer knows better",
     "SELECT count(*), min(id::text) FROM contacts "
     "WHERE NOT " CALLQUEUE_DIALED CALLQUEUE_IN_FULL},
    {Severity::note,
     "contacts",
     "phone_number",
     {{"contacts", "id"}, {"contacts", "phone_number"}},
     "is written with blanks or other signs, as 0049 (30) 123456 is: it counts as +4930123456 "
     "while somebody is on the phone, but an import that brings +4930123456 makes a second contact",
     "write such numbers as an import does, +4930123456, unless other programs of yours look for "
     "them as they are",
     "SELECT count(*), min(id::text) FROM contacts "
     "WHERE NOT phone_number " CALLQUEUE_IN_FULL "AND " CALLQUEUE_DIALED CALLQUEUE_IN_FULL},
    {Severity::note,
     "contacts",
     "phone_number",
     {{"contacts", "id"}, {"contacts", "user_id"}, {"contacts", "phone_number"}},
     "is the same number twice for a user, in two spellings: both contacts are called, though "
     "never at once",
     "merge the contacts, or cancel what is queued to one of them",
     "SELECT count(*), min(id) FROM (SELECT min(id::text) AS id FROM contacts "
     "  GROUP BY user_id, " CALLQUEUE_DIALED "HAVING count(DISTINCT phone_number) > 1) twice"},
    {Severity::note,
     "call_queue",
     "phone_number",
     {{"call_queue", "id"}, {"call_queue", "phone_number"}, {"call_queue", "status"}},
     kNumberForm,
     "write such numbers in full, unless your dialer knows better",
     "SELECT count(*), min(id::text) FROM call_queue "
     "WHERE status = 'queued' AND NOT " CALLQUEUE_DIALED CALLQUEUE_IN_FULL},
};

/// `table.column` and `user_id` point at a row of `target`.
struct Reference {
  const char* table;
  const char* column;
  const char* target;
  const char* sql;    ///< Those that point at no row of their user.
  const char* which;  ///< The condition of these rows.
  // Where there is no target yet: those that point at all.
  const char* any;
  const char* which_any;
};

#define CALLQUEUE_COUNT(table, which) \
  "SELECT count(*), min(x.id::text) FROM " table " x WHERE " which
#define CALLQUEUE_SET(column) "x." column " IS NOT NULL"
#define CALLQUEUE_ASTRAY(column, target)                               \
  CALLQUEUE_SET(column)                                                \
  " AND NOT EXISTS (SELECT 1 FROM " target " t WHERE t.id = x." column \
  " AND t.user_id = "                                                  \
  "x.user_id)"
#define CALLQUEUE_REFERENCE(table, column, target)                                       \
  Reference {                                                                            \
    table, column, target, CALLQUEUE_COUNT(table, CALLQUEUE_ASTRAY(column, target)),     \
        CALLQUEUE_ASTRAY(column, target), CALLQUEUE_COUNT(table, CALLQUEUE_SET(column)), \
        CALLQUEUE_SET(column)                                                            \
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

constexpr char kStatusesOfCampaigns[] = R"sql(
  SELECT status::text, count(*) FROM call_campaigns WHERE status::text <> ALL ($1) GROUP BY 1 ORDER BY 1)sql";
constexpr char kStatusesOfRows[] = R"sql(
  SELECT status::text, count(*) FROM call_queue WHERE status::text <> ALL ($1) GROUP BY 1 ORDER BY 1)sql";
bool is_needed(const Reference& reference) {
  return std::any_of(std::begin(kNeeded), std::end(kNeeded), [&](const Needed& needed) {
    return std::string_view{needed.table} == reference.table &&
           std::string_view{needed.column} == reference.column;
  });
}

/// What can be done: such a column may have to hold something.
std::string remedy_of(const Reference& reference, const HostColumn& column, bool has_target) {
  const std::string which = has_target ? reference.which : reference.which_any;
  const std::string table = reference.table;
  const auto put_right = has_target
                             ? std::string{"point them at rows of the same user, or "}
                             : "make the table " + std::string{reference.target} + " first, or ";
  if (column.not_null || is_needed(reference)) {
    return put_right + "delete them: DELETE FROM " + table + " x WHERE " + which + ";";
  }
  return put_right + "point them at none: UPDATE " + table + " x SET " + reference.column +
         " = NULL WHERE " + which + ";";
}

void ask(RowLook& look, const Question& question) {
  for (const auto& [table, column] : question.needs) {
    if (!look.can_ask(table, column)) return;
  }
  look.count({question.severity, question.table, question.column, question.what, question.remedy},
             question.sql);
}

void ask(RowLook& look, const Reference& reference) {
  if (!look.can_ask(reference.table, reference.column) ||
      !look.can_ask(reference.table, "user_id") || !look.can_ask(reference.table, "id")) {
    return;
  }
  const bool has_target = look.host().has(reference.target);
  if (has_target &&
      (!look.can_ask(reference.target, "id") || !look.can_ask(reference.target, "user_id"))) {
    return;
  }
  const auto& column = *look.host().find(reference.table, reference.column);
  look.count({Severity::blocks, reference.table, reference.column,
              std::string{"points at no row of the user's in "} + reference.target,
              remedy_of(reference, column, has_target)},
             has_target ? reference.sql : reference.any);
}

void ask(RowLook& look, const Needed& needed) {
  const auto* column = look.host().find(needed.table, needed.column);
  if (!look.can_ask(needed.table, needed.column) || column->not_null) return;
  look.count({Severity::blocks, needed.table, needed.column, "is NULL", "give these rows a value"},
             needed.sql);
}

void ask_statuses(RowLook& look, const char* table, const char* sql,
                  const std::vector<std::string>& known) {
  if (!look.can_ask(table, "status")) return;
  RowLook::Subject subject{Severity::blocks, table, "status", "is none of the library's",
                           "give these rows one of its own"};
  auto rows = look.ask(subject, sql, known);
  while (rows && rows->step()) {
    subject.what = "is " + rows->get<std::string>(0);
    look.add(subject,
             RowLook::rows_of(rows->get<std::int64_t>(1), "") + ", which is none of the library's");
  }
}

}  // namespace

void check_rows(RowLook& look) {
  for (const auto& question : kQuestions) ask(look, question);
  for (const auto& reference : kReferences) ask(look, reference);
  for (const auto& needed : kNeeded) ask(look, needed);
  ask_statuses(look, "call_campaigns", kStatusesOfCampaigns,
               {detail::campaign_status_texts.begin(), detail::campaign_status_texts.end()});
  ask_statuses(look, "call_queue", kStatusesOfRows,
               {detail::queued_call_status_texts.begin(), detail::queued_call_status_texts.end()});
}

}  // namespace callqueue::postgres
