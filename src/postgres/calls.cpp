// Calls and their rows by the set, however many they are: one round trip reads them, the next one
// writes them.
#include <map>
#include <set>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "postgres/session.hpp"
#include "store/rows.hpp"

namespace callqueue::postgres {
namespace {

// What becomes of a call or its row depends on the campaign's state, and counts there: that is
// locked first.
constexpr char kLockCampaigns[] = R"sql(
  SELECT 1 FROM call_campaigns p WHERE p.id IN (
    SELECT unnest(ARRAY[c.campaign_id, q.campaign_id])
    FROM unnest($1::uuid[], $2::uuid[]) x (user_id, id)
      JOIN calls c ON c.user_id = x.user_id AND c.id = x.id
      LEFT JOIN call_queue q ON q.user_id = c.user_id AND q.id = c.queue_id)
  ORDER BY p.id FOR NO KEY UPDATE)sql";
constexpr char kHoldCalls[] = "SELECT " CALLQUEUE_CALL_COLUMNS R"sql(
  FROM calls c JOIN unnest($1::uuid[], $2::uuid[]) x (user_id, id)
    ON c.user_id = x.user_id AND c.id = x.id
  ORDER BY c.id FOR NO KEY UPDATE OF c)sql";
constexpr char kHoldRows[] = "SELECT " CALLQUEUE_HELD_ROW_COLUMNS CALLQUEUE_QUEUED_CALL_FROM R"sql(
    JOIN (SELECT DISTINCT c.user_id, c.queue_id
          FROM unnest($1::uuid[], $2::uuid[]) x (user_id, id)
            JOIN calls c ON c.user_id = x.user_id AND c.id = x.id
          WHERE c.queue_id IS NOT NULL) k ON q.user_id = k.user_id AND q.id = k.queue_id
  ORDER BY q.id FOR NO KEY UPDATE OF q)sql";

// A status that only reads as ours stays as the host wrote it while it is the same.
constexpr char kStoreCalls[] = R"sql(
  UPDATE calls c SET
    status = CASE WHEN callqueue_reads_as(c.status) = x.status THEN c.status
                  ELSE callqueue_call_status(x.status) END,
    outcome = CASE WHEN x.outcome = 'unknown' THEN coalesce(c.outcome, x.outcome)
                   ELSE x.outcome END,
    success = x.success,
    provider_call_id = nullif(x.provider_call_id, ''), lease_expires_at = x.lease_expires_at,
    submitted_at = x.submitted_at, started_at = x.started_at, answered_at = x.answered_at,
    ended_at = x.ended_at, duration_seconds = x.duration_seconds,
    failure_reason = nullif(x.failure_reason, '')
  FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::boolean[], $6::text[],
              $7::timestamptz[], $8::timestamptz[], $9::timestamptz[], $10::timestamptz[],
              $11::timestamptz[], $12::bigint[], $13::text[])
    x (user_id, id, status, outcome, success, provider_call_id, lease_expires_at, submitted_at,
       started_at, answered_at, ended_at, duration_seconds, failure_reason)
  WHERE c.user_id = x.user_id AND c.id = x.id)sql";
constexpr char kStoreRows[] = R"sql(
  UPDATE call_queue q SET status = x.status, success = x.success,
    failure_reason = nullif(x.failure_reason, ''), completed_at = x.completed_at,
    scheduled_for = x.scheduled_for, ready = x.status = 'queued' AND x.scheduled_for <= $9,
    updated_at = x.updated_at
  FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::boolean[], $5::text[], $6::timestamptz[],
              $7::timestamptz[], $8::timestamptz[])
    x (user_id, id, status, success, failure_reason, completed_at, scheduled_for, updated_at)
  WHERE q.user_id = x.user_id AND q.id = x.id)sql";

// Only while the lease is the worker's own, the row still waits for this call, and the call may
// start: its lane is open, its campaign was not cancelled. A paused campaign's calls go on.
constexpr char kMarkDialed[] = R"sql(
  UPDATE calls c SET submitted_at = $4
  FROM unnest($1::uuid[], $2::uuid[]) x (user_id, id)
  WHERE c.user_id = x.user_id AND c.id = x.id AND c.leased_by = $3 AND c.status = 'initiated'
    AND c.submitted_at IS NULL AND c.lease_expires_at > $4
    AND EXISTS (SELECT 1 FROM call_queue q JOIN callqueue_lanes l ON l.lane_id = q.lane_id
                WHERE q.user_id = c.user_id AND q.id = c.queue_id
                  AND q.status = 'processing' AND q.call_id = c.id
                  AND (q.not_after IS NULL OR q.not_after >= $4)
                  AND l.campaign_status <> 'cancelled'
                  AND NOT l.stale AND l.opens_at <= $4 AND l.closes_at >= $4)
  RETURNING c.id)sql";

constexpr char kCampaigns[] = "SELECT " CALLQUEUE_CAMPAIGN_COLUMNS CALLQUEUE_CAMPAIGN_FROM R"sql(
  JOIN unnest($1::uuid[], $2::uuid[]) x (user_id, id) ON c.user_id = x.user_id AND c.id = x.id)sql";

// Of all users. The primary key or calls_id_user_id_unique, and callqueue_calls_provider; two tell
// that one is not the only one.
constexpr char kCallsNamed[] = R"sql(
  SELECT x.place, c.user_id, c.id
  FROM unnest($1::uuid[], $2::text[]) WITH ORDINALITY x (id, provider_id, place)
    CROSS JOIN LATERAL (
      (SELECT user_id, id FROM calls WHERE id = x.id LIMIT 2)
      UNION ALL
      (SELECT user_id, id FROM calls WHERE x.id IS NULL AND provider_call_id = x.provider_id LIMIT 2)
    ) c)sql";

/// What one array holds of each of these.
template <class Items, class Field>
auto column(const Items& items, Field&& field) {
  std::vector<std::decay_t<decltype(field(*items.begin()))>> values;
  values.reserve(items.size());
  for (const auto& item : items) values.push_back(field(item));
  return values;
}

template <class Items>
auto users_of(const Items& items) {
  return column(items, [](const auto& item) { return item.user_id; });
}

std::vector<CallId> ids_of(std::span<const CallRef> calls) {
  return column(calls, [](const CallRef& call) { return call.call_id; });
}

}  // namespace

std::vector<std::optional<HeldCall>> PostgresSession::hold_calls(std::span<const CallRef> calls) {
  std::vector<std::optional<HeldCall>> held(calls.size());
  if (calls.empty()) return held;
  const auto users = users_of(calls);
  const auto ids = ids_of(calls);
  std::map<std::pair<UserId, CallId>, std::size_t> places;
  for (std::size_t i = 0; i < calls.size(); ++i) places.emplace(std::pair{users[i], ids[i]}, i);

  auto read = connection_.run_all({{kLockCampaigns, Parameters{users, ids}},
                                   {kHoldCalls, Parameters{users, ids}},
                                   {kHoldRows, Parameters{users, ids}}});
  std::unordered_multimap<Uuid, std::size_t> places_of_rows;
  auto found = shared_rows(std::move(read.at(1)));
  while (found.step()) {
    auto call = read_call(found);
    const auto place = places.at({call.user_id, call.id});
    if (call.queue_id) places_of_rows.emplace(call.queue_id->value, place);
    held[place] = HeldCall{.call = std::move(call)};
  }
  auto rows = shared_rows(std::move(read.at(2)));
  while (rows.step()) {
    const auto [first, last] = places_of_rows.equal_range(rows.get<Uuid>(0));
    for (auto it = first; it != last; ++it) read_held_row(rows, *held[it->second]);
  }
  for (auto& call : held) {
    if (call && !call->queued) find_deadline(*this, *call);
  }
  return held;
}

void PostgresSession::store_calls(std::span<const Call> calls) {
  if (calls.empty()) return;
  const auto of = [&](auto&& field) { return column(calls, field); };
  connection_.later(kStoreCalls, users_of(calls), of([](const Call& call) { return call.id; }),
                    of([](const Call& call) { return to_text(call.status); }),
                    of([](const Call& call) {
                      return call.outcome ? std::optional{to_text(*call.outcome)} : std::nullopt;
                    }),
                    of([](const Call& call) { return call.success; }),
                    of([](const Call& call) { return call.provider_call_id; }),
                    of([](const Call& call) { return call.lease_expires_at; }),
                    of([](const Call& call) { return call.submitted_at; }),
                    of([](const Call& call) { return call.started_at; }),
                    of([](const Call& call) { return call.answered_at; }),
                    of([](const Call& call) { return call.ended_at; }),
                    of([](const Call& call) { return call.duration; }),
                    of([](const Call& call) { return call.failure_reason; }));
}

void PostgresSession::store_rows(std::span<const QueuedCall> rows, Instant now) {
  if (rows.empty()) return;
  const auto of = [&](auto&& field) { return column(rows, field); };
  connection_.later(kStoreRows, users_of(rows), of([](const QueuedCall& row) { return row.id; }),
                    of([](const QueuedCall& row) { return to_text(row.status); }),
                    of([](const QueuedCall& row) { return row.success; }),
                    of([](const QueuedCall& row) { return row.failure_reason; }),
                    of([](const QueuedCall& row) { return row.completed_at; }),
                    of([](const QueuedCall& row) { return row.scheduled_for; }),
                    of([](const QueuedCall& row) { return row.updated_at; }), now);
}

std::vector<CallId> PostgresSession::mark_dialed(std::span<const CallRef> calls,
                                                 std::string_view worker, Instant now) {
  std::set<Uuid> marked;
  if (!calls.empty()) {
    auto rows = connection_.query(kMarkDialed, users_of(calls), ids_of(calls), worker, now);
    while (rows.step()) marked.insert(rows.get<Uuid>(0));
  }
  auto ids = ids_of(calls);
  std::erase_if(ids, [&](CallId id) { return !marked.contains(id.value); });
  return ids;
}

std::vector<CallCampaign> PostgresSession::readable_campaigns(
    std::span<const std::pair<UserId, CampaignId>> campaigns) {
  std::vector<CallCampaign> read;
  if (campaigns.empty()) return read;
  auto rows = shared_rows(connection_.query(
      kCampaigns, column(campaigns, [](const auto& campaign) { return campaign.first; }),
      column(campaigns, [](const auto& campaign) { return campaign.second; })));
  while (rows.step()) {
    if (auto campaign = readable_campaign(rows)) read.push_back(*std::move(campaign));
  }
  return read;
}

std::vector<std::vector<CallRef>> PostgresSession::calls_named(std::span<const CallName> names) {
  std::vector<std::vector<CallRef>> found(names.size());
  if (names.empty()) return found;
  const auto ids = column(names, [](const CallName& name) {
    return name.call_id.is_nil() ? std::nullopt : std::optional{name.call_id};
  });
  const auto provider_ids =
      column(names, [](const CallName& name) { return name.provider_call_id; });
  auto rows = connection_.query(kCallsNamed, ids, provider_ids);
  while (rows.step()) {
    const auto place = static_cast<std::size_t>(rows.get<std::int64_t>(0)) - 1;
    found.at(place).push_back({UserId{rows.get<Uuid>(1)}, CallId{rows.get<Uuid>(2)}});
  }
  return found;
}

}  // namespace callqueue::postgres
