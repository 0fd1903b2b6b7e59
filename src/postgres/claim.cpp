#include <utility>

#include "callqueue/clock.hpp"
#include "postgres/store.hpp"
#include "postgres/store_transactions.hpp"
#include "store/changes.hpp"
#include "store/failpoint.hpp"
#include "store/reports.hpp"
#include "store/reservations.hpp"
#include "store/rows.hpp"

namespace callqueue::postgres {
namespace {

// The function returns whole rows, in dealing order; what else a queued call is read with stands
// beside them. Its first column is NULL when the claim is to be asked for again. The server expects
// a thousand rows: without OFFSET 0 it would read every lane and every campaign to join them.
constexpr char kClaim[] = "SELECT " CALLQUEUE_QUEUED_CALL_COLUMNS ", " CALLQUEUE_CALL_COLUMNS
                          R"sql(, k.next_action
  FROM callqueue_claim($1, $2 * interval '1 second', $3, $4, $5, $6, $7, $8)
      WITH ORDINALITY k (queued, call, next_action, place)
    CROSS JOIN LATERAL (SELECT (k.queued).*) q CROSS JOIN LATERAL (SELECT (k.call).*) c
    LEFT JOIN LATERAL (SELECT * FROM callqueue_lanes WHERE lane_id = q.lane_id OFFSET 0) l ON true
    LEFT JOIN LATERAL (SELECT * FROM callqueue_campaign_rules WHERE campaign_id = q.campaign_id OFFSET 0) r ON true
  ORDER BY k.place)sql";
constexpr int kCallFrom = 23;
constexpr int kNextAction = 45;

constexpr char kStatusOf[] = "SELECT status FROM call_queue WHERE user_id = $1 AND id = $2";
constexpr char kNext[] = "SELECT " CALLQUEUE_QUEUED_CALL_COLUMNS R"sql(
  FROM get_next_queued_call(?1) q
    LEFT JOIN callqueue_lanes l ON l.lane_id = q.lane_id
    LEFT JOIN callqueue_campaign_rules r ON r.campaign_id = q.campaign_id
  WHERE q.id IS NOT NULL)sql";

constexpr char kLimits[] = R"sql(
  SELECT u.concurrent_calls_limit, u.system_concurrent_calls_limit, s.system_limit,
    count_active_calls(u.id), count_system_active_calls(),
    EXISTS (SELECT 1 FROM calls c
            WHERE c.user_id = u.id AND callqueue_holds_slot(c.status)
              AND callqueue_dialed(c.phone_number) = callqueue_dialed(?2))
  FROM users u CROSS JOIN callqueue_settings s WHERE u.id = ?1)sql";
constexpr char kIsThere[] = "SELECT 1 FROM calls WHERE user_id = ?1 AND id = ?2";
constexpr char kReserve[] = R"sql(
  INSERT INTO calls (id, user_id, phone_number, call_type, attempt, status, provider_call_id,
                     leased_by, lease_expires_at, submitted_at, created_at, started_at)
  VALUES (?1, ?2, ?3, 'direct', 1, 'initiated', ?4, 'host', ?5, ?6, ?6, ?6))sql";

/// What a claim asks the server for.
struct ClaimCall {
  const ClaimRequest& request;
  std::vector<CallId> ids;      ///< Of the calls that it may start.
  std::vector<CallId> earlier;  ///< Of those that claims without an answer may have started.
  std::optional<Instant> now;   ///< None: the server's.
  std::chrono::milliseconds patience;
};

/// @return nothing when it is to be asked again.
std::optional<std::vector<ClaimedCall>> claim_once(Connection& connection, const ClaimCall& claim) {
  const auto& request = claim.request;
  auto rows = shared_rows(connection.query(kClaim, request.worker, request.lease, claim.ids,
                                           claim.now, request.only_user, request.only,
                                           claim.earlier, std::int64_t{claim.patience.count()}));
  std::vector<ClaimedCall> claimed;
  while (rows.step()) {
    if (rows.is_null(0)) return std::nullopt;
    claimed.push_back({.call = read_call(rows, kCallFrom),
                       .queued = read_queued_call(rows),
                       .next_action = rows.get<std::string>(kNextAction)});
  }
  return claimed;
}

std::vector<ClaimedCall> run_claim(Connection& connection, const ClaimCall& claim) {
  for (;;) {
    if (auto claimed = claim_once(connection, claim)) return *std::move(claimed);
  }
}

/// "Call now" names a row: why it cannot be started at all is an error, that it may not start yet
/// is none.
void require_queued(Connection& connection, const ClaimRequest& request) {
  const auto status =
      connection.value<std::string>(kStatusOf, request.only_user.value_or(UserId{}), *request.only);
  if (!status) throw Failure{ErrorCode::not_found, "no such queued call", "queue_id"};
  if (*status != "queued") {
    throw Failure{ErrorCode::conflict, "the call is " + *status + ", not queued", "status"};
  }
}

}  // namespace

std::vector<CallId> PostgresStore::new_call_ids(const ClaimRequest& request) {
  // The time in an id decides nothing, so the server need not be asked for it.
  const auto now = clock_ ? clock_->now() : SystemClock{}.now();
  std::vector<CallId> ids;
  for (int i = 0; i < (request.only ? 1 : request.limit); ++i) ids.push_back(next_id<CallId>(now));
  return ids;
}

void PostgresStore::tell_of(const std::string& worker, std::span<const ClaimedCall> claimed) {
  in_doubt_.settle(worker, claimed);
  Changes changes;
  for (const auto& call : claimed) merge(changes, {.users = {call.call.user_id}});
  notifier_.tell(changes);
}

template <class Claim>
auto PostgresStore::claim_despite_loss(const ClaimRequest& request, Claim&& claim) {
  for (bool again = false;; again = true) {
    const auto ids = new_call_ids(request);
    try {
      return claim(ids, again);
    } catch (const StatementRefused& refused) {
      explain(refused);
      throw;
    } catch (const ConnectionLost&) {
      // It waits for the claim's lock behind the one that was lost, if that is still under way:
      // what that one claimed it will find.
      in_doubt_.add(request, ids);
      if (again) throw;
    }
  }
}

Result<std::vector<ClaimedCall>> PostgresStore::claim(const ClaimRequest& request) {
  auto claimed = guarded([&] {
    return claim_despite_loss(request, [&](const std::vector<CallId>& ids, bool again) {
      const auto connection = pool_.take();
      if (request.only && !again) require_queued(*connection, request);
      return run_claim(*connection, {.request = request,
                                     .ids = ids,
                                     .earlier = in_doubt_.of(request.worker),
                                     .now = clock_ ? std::optional{clock_->now()} : std::nullopt,
                                     .patience = options_.busy_timeout});
    });
  });
  failpoint("after_commit_claim");
  if (claimed) tell_of(request.worker, *claimed);
  return claimed;
}

Result<FinishedAndClaimed> PostgresStore::finish_and_claim(std::span<const CallEvent> events,
                                                           const ClaimRequest& request) {
  auto done = guarded([&] {
    return claim_despite_loss(request, [&](const std::vector<CallId>& ids, bool again) {
      FinishedAndClaimed both;
      transact(Access::narrow, [&](Session& session, Instant now) {
        auto& connection = static_cast<PostgresSession&>(session).connection();
        both.reports = report_all(session, now, events);
        if (request.only && !again) require_queued(connection, request);
        both.claimed = run_claim(connection, {.request = request,
                                              .ids = ids,
                                              .earlier = in_doubt_.of(request.worker),
                                              .now = now,
                                              .patience = options_.busy_timeout});
        failpoint("before_commit_claim");
      });
      return both;
    });
  });
  failpoint("after_commit_claim");
  if (done) tell_of(request.worker, done->claimed);
  return done;
}

Result<std::optional<QueuedCall>> PostgresStore::next_queued_call(UserId user_id) {
  return read([&](Session& session, Instant) -> std::optional<QueuedCall> {
    auto row = session.query(kNext, user_id);
    if (!row.step()) return std::nullopt;
    return read_queued_call(row);
  });
}

Result<Call> PostgresStore::reserve_slot(UserId user_id, std::string_view phone_number,
                                         std::chrono::seconds deadline) {
  std::optional<CallId> id;  // The same when it is run again.
  return narrow([&](Session& session, Instant now) {
    session.may_repeat();
    if (id && session.query(kIsThere, user_id, *id).step()) {
      return load_call(session, {user_id, *id});
    }
    check_reservation(phone_number, deadline);
    auto row = session.query(kLimits, user_id, phone_number);
    if (!row.step()) throw Failure{ErrorCode::not_found, "no such user", "user_id"};
    const int system_active = row.get<int>(4);
    if (system_active >= row.get<int>(2)) {
      throw Failure{ErrorCode::limit_reached, "the system is at its limit", "system_limit"};
    }
    if (row.get<int>(3) >= row.get<int>(0) || system_active >= row.get<int>(1)) {
      throw Failure{ErrorCode::limit_reached, "the user is at its limit", "concurrent_calls_limit"};
    }
    if (row.get<bool>(5)) {
      throw Failure{ErrorCode::conflict, "the user has an active call to this number",
                    "phone_number"};
    }
    session.touch(user_id);
    session.tell(News::change);
    id = next_id<CallId>(now);
    session.run(kReserve, *id, user_id, phone_number, to_text(*id), now + deadline, now);
    return load_call(session, {user_id, *id});
  });
}

}  // namespace callqueue::postgres
