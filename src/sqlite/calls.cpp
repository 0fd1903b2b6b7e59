#include "callqueue/page.hpp"
#include "sqlite/pages.hpp"
#include "sqlite/reports.hpp"
#include "sqlite/rows.hpp"
#include "sqlite/store.hpp"
#include "store/failpoint.hpp"

namespace callqueue::sqlite {
namespace {

// One conditional statement a call: only while the lease is the worker's own, the row still waits
// for this call, and the call may start: its lane is open, its campaign was not cancelled. A paused
// campaign's calls go on.
constexpr char kBeginDial[] = R"sql(
  UPDATE calls SET submitted_at = ?4
  WHERE user_id = ?1 AND id = ?2 AND leased_by = ?3 AND status = 'initiated' AND submitted_at IS NULL
    AND lease_expires_at > ?4
    AND EXISTS (SELECT 1 FROM call_queue q JOIN callqueue_lanes l ON l.lane_id = q.lane_id
                WHERE q.user_id = calls.user_id AND q.id = calls.queue_id
                  AND q.status = 'processing' AND q.call_id = calls.id
                  AND (q.not_after IS NULL OR q.not_after >= ?4)
                  AND l.campaign_status <> 'cancelled'
                  AND l.stale = 0 AND l.opens_at <= ?4 AND l.closes_at >= ?4))sql";
constexpr char kRenew[] = R"sql(
  UPDATE calls SET lease_expires_at = ?5
  WHERE user_id = ?1 AND id = ?2 AND leased_by = ?3 AND status = 'initiated'
    AND provider_call_id IS NULL AND lease_expires_at > ?4)sql";
// Index callqueue_calls_lease.
constexpr char kLapsed[] =
    "SELECT " CALLQUEUE_CALL_COLUMNS " FROM calls c WHERE " CALLQUEUE_LAPSED_CALL
    "AND " CALLQUEUE_MAY_BE_PLACED "ORDER BY c.lease_expires_at, c.id LIMIT ?2";
// Index calls_id_user_id_unique; the filter is optional.
constexpr char kList[] =
    "SELECT " CALLQUEUE_CALL_COLUMNS
    " FROM calls c WHERE c.user_id = ?1 AND c.id > ?2 "
    "AND (?3 IS NULL OR c.campaign_id = ?3) AND (?4 IS NULL OR c.queue_id = ?4) "
    "AND (?5 = '' OR c.provider_call_id = ?5) "
    "AND (?6 = '' OR instr(?6, '|' || c.status || '|') > 0) "
    "ORDER BY c.id LIMIT ?7";

}  // namespace

Result<std::vector<CallId>> SqliteStore::begin_dial(std::span<const CallRef> calls,
                                                    std::string_view worker) {
  return write([&](Database& database, Instant now) {
    std::vector<CallId> marked;
    for (const auto& call : calls) {
      if (database.run(kBeginDial, call.user_id, call.call_id, worker, now) == 1)
        marked.push_back(call.call_id);
    }
    return marked;
  });
}

Result<Call> SqliteStore::renew_lease(const CallRef& ref, std::string_view worker,
                                      std::chrono::seconds lease) {
  return write([&](Database& database, Instant now) {
    const bool renewed =
        database.run(kRenew, ref.user_id, ref.call_id, worker, now, now + lease) == 1;
    auto call = load_call(database, ref);
    if (!renewed) {
      throw Failure{ErrorCode::conflict, "the lease has lapsed, or is not this worker's",
                    "lease_expires_at"};
    }
    return call;
  });
}

Result<Call> SqliteStore::accept_call(const CallRef& ref, std::string_view provider_call_id) {
  return write([&](Database& database, Instant now) {
    Call call = load_call(database, ref);
    const bool is_new = call.provider_call_id.empty();
    if (is_new) call.provider_call_id = std::string{provider_call_id};
    if (is_new && is_active(call.status)) {
      if (!call.submitted_at) call.submitted_at = now;
      if (!call.started_at) call.started_at = now;
      call.lease_expires_at = now + call_deadline(database, call);
    }
    if (is_new) store_call(database, call);
    return call;
  });
}

Result<Call> SqliteStore::requeue_call(const CallRef& ref, std::string_view reason) {
  return write([&](Database& database, Instant now) {
    const Call call = load_call(database, ref);
    if (!is_active(call.status) || !call.provider_call_id.empty()) {
      throw Failure{ErrorCode::conflict,
                    "the call is " + std::string{to_text(call.status)} +
                        (call.provider_call_id.empty() ? "" : " and was accepted"),
                    "status"};
    }
    put_back(database, now, call, reason);
    return load_call(database, ref);
  });
}

Result<std::vector<Result<CallReport>>> SqliteStore::report_events(
    std::span<const CallEvent> events) {
  auto reports = write([&](Database& database, Instant now) {
    auto all = report_all(database, now, events);
    failpoint("before_commit_report");
    return all;
  });
  failpoint("after_commit_report");
  return reports;
}

Result<Call> SqliteStore::find_call(UserId user_id, CallId id) {
  return read([&](Database& database, Instant) { return load_call(database, {user_id, id}); });
}

Result<PageOf<Call>> SqliteStore::list_calls(UserId user_id, const CallFilter& filter,
                                             const Page& page) {
  return read([&](Database& database, Instant) {
    std::string statuses;
    for (const auto status : filter.statuses) statuses += "|" + std::string{to_text(status)} + "|";
    const auto after = id_cursor(page);
    auto rows = database.query(kList, user_id, after, filter.campaign_id, filter.queue_id,
                               filter.provider_call_id, statuses, row_limit(page) + 1);
    return read_page<Call>(rows, page, read_call,
                           [](const Call& call) { return to_text(call.id); });
  });
}

Result<std::vector<Call>> SqliteStore::lapsed_calls(int limit) {
  return read([&](Database& database, Instant now) {
    std::vector<Call> calls;
    auto rows = database.query(kLapsed, now, limit);
    while (rows.step()) calls.push_back(read_call(rows));
    return calls;
  });
}

}  // namespace callqueue::sqlite
