// The host's calls before a migration: which of them hold slots, and what they keep from being
// called; and the rows of the queue that are in flight.
#include <algorithm>

#include "callqueue/state.hpp"
#include "postgres/row_look.hpp"

namespace callqueue::postgres {
namespace {

using Severity = PreflightFinding::Severity;
using Statuses = std::vector<std::string>;

constexpr char kUnknownStatuses[] = R"sql(
  SELECT coalesce(status::text, 'NULL'), count(*) FROM calls
  WHERE status IS NULL OR status::text <> ALL ($1) GROUP BY 1 ORDER BY 2 DESC, 1)sql";
constexpr char kStatusesThere[] =
    "SELECT DISTINCT status::text FROM calls WHERE status::text = ANY ($1)";
constexpr char kLongUnderWay[] = R"sql(
  SELECT count(*), min(id::text) FROM calls
  WHERE status::text = ANY ($1) AND created_at < now() - interval '1 day')sql";

// Calls under way that say neither by number nor by contact who is on the phone.
constexpr char kNobodys[] = R"sql(
  SELECT count(*), min(id::text) FROM calls
  WHERE status::text = ANY ($1) AND coalesce(phone_number, '') = '' AND contact_id IS NULL)sql";
constexpr char kWithoutNumber[] = R"sql(
  SELECT count(*), min(id::text) FROM calls
  WHERE status::text = ANY ($1) AND coalesce(phone_number, '') = '')sql";
constexpr char kWithoutContact[] = R"sql(
  SELECT count(*), min(id::text) FROM calls WHERE status::text = ANY ($1) AND contact_id IS NULL)sql";
constexpr char kUnderWay[] =
    "SELECT count(*), min(id::text) FROM calls WHERE status::text = ANY ($1)";

constexpr char kInFlight[] =
    "SELECT count(*), min(id::text) FROM call_queue WHERE status = 'processing'";
constexpr char kInFlightWithoutCall[] = R"sql(
  SELECT count(*), min(q.id::text) FROM call_queue q
  WHERE q.status = 'processing' AND NOT EXISTS (
    SELECT 1 FROM calls c
    WHERE c.user_id = q.user_id AND c.id = q.call_id AND c.status::text = ANY ($1)))sql";

Statuses active_texts(const Statuses& declared) {
  Statuses active{"initiated", "ringing", "in_progress"};
  active.insert(active.end(), declared.begin(), declared.end());
  return active;
}

void note_unknown_statuses(RowLook& look, const Statuses& declared) {
  Statuses known(detail::call_status_texts.begin(), detail::call_status_texts.end());
  known.insert(known.end(), declared.begin(), declared.end());
  RowLook::Subject subject{Severity::note, "calls", "status", "is one that the library lacks", ""};
  auto rows = look.ask(subject, kUnknownStatuses, known);
  while (rows && rows->step()) {
    const auto status = rows->get<std::string>(0);
    subject.what = "is " + status;
    subject.remedy = "if such a call is under way, declare it: --active-statuses " + status;
    look.add(subject, RowLook::rows_of(rows->get<std::int64_t>(1), "") +
                          ", which holds no slot and reads as unknown");
  }
}

/// Of a status that is misspelt nobody would notice that it holds no slot.
void note_declared_in_vain(RowLook& look, const Statuses& declared) {
  if (declared.empty()) return;
  RowLook::Subject subject{Severity::note, "calls", "status", "never has a declared status",
                           "make sure that it is spelt as the calls have it"};
  Statuses there;
  if (look.can_ask("calls", "status")) {
    auto rows = look.ask(subject, kStatusesThere, declared);
    if (!rows) return;
    while (rows->step()) there.push_back(rows->get<std::string>(0));
  }
  for (const auto& status : declared) {
    if (std::find(there.begin(), there.end(), status) != there.end()) continue;
    subject.what = "has the declared status " + status + " in no row";
    if (look.wants(Severity::note)) look.add(subject);
  }
}

void note_long_under_way(RowLook& look, const Statuses& active) {
  if (!look.can_ask("calls", "id") || !look.can_ask("calls", "created_at")) return;
  look.count({Severity::note, "calls", "status",
              "says that calls older than a day are under way, which hold their slots",
              "end those that are over"},
             kLongUnderWay, active);
}

void note_nobodys_calls(RowLook& look, const Statuses& active) {
  if (!look.can_ask("calls", "id")) return;
  const bool has_number = look.can_ask("calls", "phone_number");
  const bool has_contact = look.can_ask("calls", "contact_id");
  const char* const sql = has_number ? (has_contact ? kNobodys : kWithoutNumber)
                                     : (has_contact ? kWithoutContact : kUnderWay);
  look.count(
      {Severity::note, "calls", "",
       "has calls under way that name neither number nor contact: they keep nobody from being "
       "called meanwhile",
       "give such calls their contact_id or phone_number"},
      sql, active);
}

/// Nobody would ever end such a row.
void note_rows_in_flight(RowLook& look, const Statuses& active) {
  for (const auto* column : {"id", "user_id", "status", "call_id"}) {
    if (!look.can_ask("call_queue", column)) return;
  }
  const RowLook::Subject subject{
      Severity::note, "call_queue", "status",
      "is processing without a call that is under way: migrate makes such rows completed where "
      "their call is, else failed",
      "queue those again that were certainly not dialed: UPDATE call_queue SET status = 'queued' "
      "WHERE id = …;"};
  const bool knows_calls = look.can_ask("calls", "status") && look.can_ask("calls", "id") &&
                           look.can_ask("calls", "user_id");
  if (knows_calls) {
    look.count(subject, kInFlightWithoutCall, active);
  } else if (look.host().find("calls", "status") == nullptr) {
    look.count(subject, kInFlight);
  }
}

}  // namespace

void check_calls(RowLook& look, int version, const Statuses& declared) {
  const auto active = active_texts(declared);
  if (look.can_ask("calls", "status")) {
    note_unknown_statuses(look, declared);
    note_long_under_way(look, active);
    note_nobodys_calls(look, active);
  }
  note_declared_in_vain(look, declared);
  if (version < 2) note_rows_in_flight(look, active);
}

}  // namespace callqueue::postgres
