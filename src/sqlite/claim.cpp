#include <algorithm>
#include <limits>
#include <map>
#include <utility>

#include "callqueue/round_robin.hpp"
#include "sqlite/session.hpp"
#include "sqlite/slots.hpp"
#include "sqlite/store.hpp"
#include "sqlite/turns.hpp"
#include "sqlite/user_queue.hpp"
#include "store/dialed_number.hpp"
#include "store/failpoint.hpp"
#include "store/reports.hpp"
#include "store/reservations.hpp"
#include "store/rows.hpp"

namespace callqueue::sqlite {
namespace {

constexpr char kForgetReady[] = "UPDATE callqueue_lanes SET has_ready = 0 WHERE lane_id = ?1";

constexpr char kReadRow[] =
    "SELECT " CALLQUEUE_QUEUED_CALL_COLUMNS CALLQUEUE_QUEUED_CALL_FROM "WHERE q.rowid = ?1";
constexpr char kInsertCall[] = R"sql(
  INSERT INTO calls (id, user_id, agent_id, contact_id, campaign_id, queue_id, phone_number, call_type, attempt,
                     status, leased_by, lease_expires_at, created_at)
  VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13))sql";
// Not ready any more: whoever queues it again says anew whether its time has come.
constexpr char kTakeRow[] = R"sql(
  UPDATE call_queue SET status = 'processing', ready = 0, started_at = ?3, call_id = ?2, attempts = ?4,
    last_system_allocation_at = ?3, failure_reason = NULL, updated_at = ?5
  WHERE rowid = ?1 AND status = 'queued')sql";
constexpr char kNextAction[] =
    "SELECT next_action FROM call_campaigns WHERE user_id = ?1 AND id = ?2";
constexpr char kLastTurn[] = "UPDATE callqueue_settings SET last_turn = ?1";

constexpr char kUserLimits[] =
    "SELECT concurrent_calls_limit, system_concurrent_calls_limit FROM users WHERE id = ?1";
// The one row asked for, with whether it may start by its lane and time.
constexpr char kOnly[] = R"sql(
  SELECT q.rowid, q.status, q.phone_number,
         q.scheduled_for <= ?3 AND (q.not_after IS NULL OR q.not_after >= ?3)
           AND l.stale = 0 AND l.import_id IS NULL AND l.campaign_status = 'active'
           AND l.opens_at <= ?3 AND l.closes_at >= ?3
  FROM call_queue q JOIN callqueue_lanes l ON l.lane_id = q.lane_id
  WHERE q.user_id = ?1 AND q.id = ?2)sql";

QueuedCall read_row(Database& database, std::int64_t rowid) {
  SqliteSession session{database};
  auto row = session.query(kReadRow, rowid);
  if (!row.step()) throw Failure{ErrorCode::corrupt, "a queued call has no lane"};
  return read_queued_call(row);
}

/// One claim, inside its write transaction.
class Claim {
 public:
  Claim(Database& database, Instant now, const ClaimRequest& request, UuidSource& uuids)
      : database_(database),
        now_(now),
        request_(request),
        uuids_(uuids),
        slots_(count_slots(database)),
        turns_(database) {}

  std::vector<ClaimedCall> run() {
    wanted_ = static_cast<std::size_t>(std::clamp(request_.limit, 0, slots_.free()));
    if (request_.only) {
      claim_only(request_.only_user.value_or(UserId{}), *request_.only);
    } else {
      deal_slots();
    }
    write_turns();
    return std::move(claimed_);
  }

 private:
  /// One slot to each user in turn order; once all were dealt to, around again in the order of
  /// dealing.
  void deal_slots() {
    RoundRobinAllocator allocator;
    while (claimed_.size() < wanted_) {
      if (const auto user = turns_.next(active())) {
        const int room = room_of(*user);
        if (room == 0) leave_out(*user);
        if (room == 0 || !start_queue(*user)) continue;
        allocator.add({.user_id = user->user_id,
                       .turn = static_cast<Turn>(user->turn),
                       .headroom = room,
                       .ready = std::numeric_limits<std::int64_t>::max()});
      }
      const auto dealt = allocator.next();
      if (!dealt) return;
      if (!take_next_of(*dealt)) allocator.drop_last();
    }
  }

  int room_of(const TurnOfUser& user) const {
    return user.limits.room(active(), slots_.active_of(user.user_id));
  }
  int active() const { return slots_.active + static_cast<int>(claimed_.size()); }

  /// The user is at its limit. A few such users are quicker passed by every time than parked and
  /// brought back.
  void leave_out(const TurnOfUser& user) {
    constexpr int kPassedBy = 32;
    if (++left_out_ > kPassedBy || user.limits.concurrent == 0) {
      park_at_limit(database_, user.user_id);
    }
  }

  struct UserInClaim {
    UserQueue queue;
    std::optional<ReadyRow> first;
    int system_ceiling = 0;
    std::int64_t last_turn = 0;
  };

  /// Looks for the user's first row. One that has nothing to take leaves the turn order.
  bool start_queue(const TurnOfUser& user) {
    UserQueue queue{database_, user.user_id, now_,
                    slots_.active_of(user.user_id) > 0 ? busy_numbers(database_, user.user_id)
                                                       : std::set<std::string>{}};
    auto first = queue.next();
    for (const auto lane_id : queue.empty_lanes()) database_.run(kForgetReady, lane_id);
    if (!first) {
      // A row whose number is busy waits for a call to end, not for a lane.
      if (!queue.had_ready()) park(database_, user.user_id, now_);
      return false;
    }
    users_.emplace(user.user_id, UserInClaim{.queue = std::move(queue),
                                             .first = std::move(first),
                                             .system_ceiling = user.limits.system_ceiling});
    return true;
  }

  bool take_next_of(UserId user_id) {
    auto& user = users_.at(user_id);
    if (active() >= user.system_ceiling) return false;
    auto row = user.first ? std::exchange(user.first, std::nullopt) : user.queue.next();
    if (!row) return false;
    take(row->rowid);
    user.last_turn = slots_.last_turn;
    return true;
  }

  void take(std::int64_t rowid) {
    auto row = read_row(database_, rowid);
    auto call = start_call(row);
    if (database_.run(kTakeRow, rowid, row.call_id, now_, row.attempts, row.updated_at) != 1) {
      throw Failure{ErrorCode::internal,
                    "a ready row was taken inside the claim's own transaction"};
    }
    ++slots_.last_turn;
    const auto next_action = row.campaign_id ? next_action_of(row.user_id, *row.campaign_id) : "";
    claimed_.push_back(
        {.call = std::move(call), .queued = std::move(row), .next_action = next_action});
  }

  /// The row's next attempt, written; the row as it is to be written.
  Call start_call(QueuedCall& row) {
    row.status = QueuedCallStatus::processing;
    row.started_at = now_;
    row.call_id = uuids_.next_id<CallId>(now_);
    row.failure_reason.clear();
    row.last_system_allocation_at = now_;
    row.updated_at = next_update(row.updated_at, now_);
    ++row.attempts;
    Call call;
    call.id = *row.call_id;
    call.user_id = row.user_id;
    call.agent_id = row.agent_id;
    call.contact_id = row.contact_id;
    call.campaign_id = row.campaign_id;
    call.queue_id = row.id;
    call.phone_number = row.phone_number;
    call.call_type = row.campaign_id ? CallType::campaign : CallType::direct;
    call.attempt = row.attempts;
    call.leased_by = request_.worker;
    call.lease_expires_at = now_ + request_.lease;
    call.created_at = now_;
    database_.run(kInsertCall, call.id, call.user_id, call.agent_id, call.contact_id,
                  call.campaign_id, call.queue_id, call.phone_number, to_text(call.call_type),
                  call.attempt, to_text(call.status), call.leased_by, call.lease_expires_at,
                  call.created_at);
    return call;
  }

  const std::string& next_action_of(UserId user_id, CampaignId campaign_id) {
    const auto [found, is_new] = next_actions_.try_emplace(campaign_id);
    if (is_new)
      found->second = database_.value<std::string>(kNextAction, user_id, campaign_id).value_or("");
    return found->second;
  }

  /// That row or nothing, under the same limits. It counts as a dealing.
  void claim_only(UserId user_id, QueuedCallId id) {
    auto row = database_.query(kOnly, user_id, id, now_);
    if (!row.step()) throw Failure{ErrorCode::not_found, "no such queued call", "queue_id"};
    if (row.get<std::string_view>(1) != "queued") {
      throw Failure{ErrorCode::conflict, "the call is " + row.get<std::string>(1) + ", not queued",
                    "status"};
    }
    const bool may_start = row.get<bool>(3);
    if (!may_start || wanted_ == 0 ||
        busy_numbers(database_, user_id).contains(dialed_number(row.get<std::string_view>(2)))) {
      return;
    }
    auto limits = database_.query(kUserLimits, user_id);
    if (!limits.step()) return;
    const TurnOfUser user{
        .user_id = user_id, .turn = 0, .limits = {limits.get<int>(0), limits.get<int>(1)}};
    if (room_of(user) == 0) return;
    take(row.get<std::int64_t>(0));
    note_dealing(database_, user_id, slots_.last_turn);
  }

  void write_turns() {
    for (const auto& [user_id, user] : users_) {
      if (user.last_turn > 0) note_dealing(database_, user_id, user.last_turn);
    }
    if (!claimed_.empty()) database_.run(kLastTurn, slots_.last_turn);
  }

  Database& database_;
  Instant now_;
  const ClaimRequest& request_;
  UuidSource& uuids_;
  Slots slots_;
  std::size_t wanted_ = 0;
  TurnOrder turns_;
  int left_out_ = 0;
  std::unordered_map<UserId, UserInClaim> users_;
  std::map<CampaignId, std::string> next_actions_;
  std::vector<ClaimedCall> claimed_;
};

/// Users brought back in one transaction: about 50 ms.
constexpr int kMostWoken = 10'000;

constexpr char kReserve[] = R"sql(
  INSERT INTO calls (id, user_id, phone_number, call_type, attempt, status, provider_call_id, leased_by,
                     lease_expires_at, submitted_at, created_at, started_at)
  VALUES (?1, ?2, ?3, 'direct', 1, 'initiated', ?4, 'host', ?5, ?6, ?6, ?6))sql";
constexpr char kReserved[] =
    "SELECT " CALLQUEUE_CALL_COLUMNS " FROM calls c WHERE c.user_id = ?1 AND c.id = ?2";

}  // namespace

template <class Body>
auto SqliteStore::write_with_turns(Body&& body)
    -> Result<std::invoke_result_t<Body, Database&, Instant>> {
  for (;;) {
    auto done =
        write([&](Database& database,
                  Instant now) -> std::optional<std::invoke_result_t<Body, Database&, Instant>> {
          if (wake_due(database, now, kMostWoken) == kMostWoken) return std::nullopt;
          return body(database, now);
        });
    if (!done) return tl::unexpected<Error>(done.error());
    if (*done) return **std::move(done);
  }
}

Result<std::vector<ClaimedCall>> SqliteStore::claim(const ClaimRequest& request) {
  auto claimed = write_with_turns([&](Database& database, Instant now) {
    auto calls = Claim{database, now, request, uuids()}.run();
    failpoint("before_commit_claim");
    return calls;
  });
  failpoint("after_commit_claim");
  return claimed;
}

Result<FinishedAndClaimed> SqliteStore::finish_and_claim(std::span<const CallEvent> events,
                                                         const ClaimRequest& request) {
  auto done = write_with_turns([&](Database& database, Instant now) {
    FinishedAndClaimed both;
    SqliteSession session{database};
    both.reports = report_all(session, now, events);
    wake_due(database, now, kMostWoken);  // Whom the reports gave room or something to take.
    both.claimed = Claim{database, now, request, uuids()}.run();
    failpoint("before_commit_claim");
    return both;
  });
  failpoint("after_commit_claim");
  return done;
}

Result<Call> SqliteStore::reserve_slot(UserId user_id, std::string_view phone_number,
                                       std::chrono::seconds deadline) {
  return write([&](Database& database, Instant now) {
    check_reservation(phone_number, deadline);
    auto row = database.query(kUserLimits, user_id);
    if (!row.step()) throw Failure{ErrorCode::not_found, "no such user", "user_id"};
    const UserLimits limits{row.get<int>(0), row.get<int>(1)};
    const auto slots = count_slots(database);
    if (slots.free() == 0)
      throw Failure{ErrorCode::limit_reached, "the system is at its limit", "system_limit"};
    if (limits.room(slots.active, slots.active_of(user_id)) == 0) {
      throw Failure{ErrorCode::limit_reached, "the user is at its limit", "concurrent_calls_limit"};
    }
    if (busy_numbers(database, user_id).contains(dialed_number(phone_number))) {
      throw Failure{ErrorCode::conflict, "the user has an active call to this number",
                    "phone_number"};
    }
    const auto id = next_id<CallId>(now);
    database.run(kReserve, id, user_id, phone_number, to_text(id), now + deadline, now);
    SqliteSession session{database};
    auto call = session.query(kReserved, user_id, id);
    call.step();
    return read_call(call);
  });
}

Result<std::optional<QueuedCall>> SqliteStore::next_queued_call(UserId user_id) {
  return read([&](Database& database, Instant now) -> std::optional<QueuedCall> {
    const auto next = UserQueue{database, user_id, now, busy_numbers(database, user_id)}.next();
    if (!next) return std::nullopt;
    return read_row(database, next->rowid);
  });
}

}  // namespace callqueue::sqlite
