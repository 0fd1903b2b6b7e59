#include <algorithm>
#include <set>

#include "callqueue/page.hpp"
#include "store/failpoint.hpp"
#include "store/pages.hpp"
#include "store/reports.hpp"
#include "store/rows.hpp"
#include "store/sql_store.hpp"
#include "store/statements.hpp"
#include "utf8.hpp"

namespace callqueue {
namespace {

// Only the worker itself has its calls marked, and at one instant only once.
constexpr char kMarkedAt[] = R"sql(
  SELECT 1 FROM calls
  WHERE user_id = ?1 AND id = ?2 AND leased_by = ?3 AND status = 'initiated' AND submitted_at = ?4)sql";
constexpr char kRenew[] = R"sql(
  UPDATE calls SET lease_expires_at = ?5
  WHERE user_id = ?1 AND id = ?2 AND leased_by = ?3 AND status = 'initiated'
    AND provider_call_id IS NULL AND lease_expires_at > ?4)sql";

std::string json_list(const std::set<CallId>& ids) {
  std::string list = "[";
  for (const auto id : ids) {
    if (list.size() > 1) list += ',';
    list.append(1, '"').append(to_text(id)).append(1, '"');
  }
  return list + ']';
}

/// The list that reads the fewest calls.
const char* list_for(const CallFilter& filter, const CallLists& lists) {
  const auto holds_slot = [](CallStatus status) { return is_active(status); };
  const auto& statuses = filter.statuses;
  if (filter.queue_id) return lists.of_queued_call;
  if (!filter.provider_call_id.empty()) return lists.of_provider_call;
  if (!statuses.empty() && std::all_of(statuses.begin(), statuses.end(), holds_slot)) {
    return lists.of_active;
  }
  return filter.campaign_id ? lists.of_campaign : lists.of_user;
}

}  // namespace

Result<std::vector<CallId>> SqlStore::begin_dial(std::span<const CallRef> calls,
                                                 std::string_view worker) {
  std::vector<Instant> earlier;  // When it was run before: perhaps that was committed.
  return write([&](Session& session, Instant now) {
    session.tell(News::change);
    session.may_repeat();
    for (const auto& call : calls) session.touch(call.user_id);
    auto marked = session.mark_dialed(calls, worker, now);
    const auto was_marked = [&](const CallRef& call) {
      return std::any_of(earlier.begin(), earlier.end(), [&](Instant at) {
        return session.query(kMarkedAt, call.user_id, call.call_id, worker, at).step();
      });
    };
    const std::set<CallId> now_marked(marked.begin(), marked.end());
    for (const auto& call : calls) {
      if (!now_marked.contains(call.call_id) && was_marked(call)) marked.push_back(call.call_id);
    }
    earlier.push_back(now);
    return marked;
  });
}

Result<Call> SqlStore::renew_lease(const CallRef& ref, std::string_view worker,
                                   std::chrono::seconds lease) {
  return write([&](Session& session, Instant now) {
    session.touch(ref.user_id);
    session.tell(News::change);
    session.may_repeat();
    const bool renewed =
        session.change(kRenew, ref.user_id, ref.call_id, worker, now, now + lease) == 1;
    auto call = load_call(session, ref);
    if (!renewed) {
      throw Failure{ErrorCode::conflict, "the lease has lapsed, or is not this worker's",
                    "lease_expires_at"};
    }
    return call;
  });
}

Result<Call> SqlStore::accept_call(const CallRef& ref, std::string_view provider_call_id) {
  const auto usable = check_text(provider_call_id, "provider_call_id", max_provider_call_id_bytes);
  if (!usable) return tl::unexpected(usable.error());
  return write([&](Session& session, Instant now) {
    session.touch(ref.user_id);
    session.tell(News::change);
    session.may_repeat();
    session.run(session.statements().accept_call, ref.user_id, ref.call_id, provider_call_id, now);
    return load_call(session, ref);
  });
}

Result<Call> SqlStore::requeue_call(const CallRef& ref, std::string_view reason) {
  return write([&](Session& session, Instant now) {
    session.touch(ref.user_id);
    session.lock_call(ref.user_id, ref.call_id);
    const Call call = load_call(session, ref);
    if (!is_active(call.status) || !call.provider_call_id.empty()) {
      throw Failure{ErrorCode::conflict,
                    "the call is " + std::string{to_text(call.status)} +
                        (call.provider_call_id.empty() ? "" : " and was accepted"),
                    "status"};
    }
    put_back(session, now, call, reason);
    return load_call(session, ref);
  });
}

Result<std::vector<Result<CallReport>>> SqlStore::report_events(std::span<const CallEvent> events) {
  auto reports = write([&](Session& session, Instant now) {
    session.may_repeat();  // An event that comes twice says nothing new.
    auto all = report_all(session, now, events);
    failpoint("before_commit_report");
    return all;
  });
  failpoint("after_commit_report");
  return reports;
}

Result<Call> SqlStore::find_call(UserId user_id, CallId id) {
  return read([&](Session& session, Instant) { return load_call(session, {user_id, id}); });
}

Result<std::vector<Call>> SqlStore::find_calls(UserId user_id, std::span<const CallId> ids) {
  const auto list = json_list(std::set<CallId>(ids.begin(), ids.end()));
  return read([&](Session& session, Instant) {
    std::vector<Call> calls;
    auto rows = session.query(session.statements().calls_by_ids, user_id, JsonText{list});
    while (rows.step()) calls.push_back(read_call(rows));
    return calls;
  });
}

Result<PageOf<Call>> SqlStore::list_calls(UserId user_id, const CallFilter& filter,
                                          const Page& page) {
  return read([&](Session& session, Instant) {
    const auto& lists = filter.newest_first ? session.statements().calls_backwards
                                            : session.statements().calls_in_order;
    const auto statuses = status_list(filter.statuses);
    const auto seen = filter.newest_first ? id_cursor_backwards(page) : id_cursor(page);
    auto rows =
        session.query(list_for(filter, lists), user_id, seen, filter.campaign_id, filter.queue_id,
                      filter.provider_call_id, statuses, row_limit(page) + 1);
    return read_page<Call>(
        rows, page, [](const Rows& row) { return read_call(row); },
        [](const Call& call) { return to_text(call.id); });
  });
}

Result<std::vector<Call>> SqlStore::lapsed_calls(int limit) {
  return read([&](Session& session, Instant now) {
    std::vector<Call> calls;
    auto rows = session.query(session.statements().lapsed_calls, now, limit);
    while (rows.step()) calls.push_back(read_call(rows));
    return calls;
  });
}

}  // namespace callqueue
