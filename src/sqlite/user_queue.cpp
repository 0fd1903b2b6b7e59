#include "sqlite/user_queue.hpp"

#include <algorithm>
#include <string_view>
#include <tuple>
#include <utility>

#include "store/dialed_number.hpp"

namespace callqueue::sqlite {
namespace {

// Index callqueue_lanes_open. A lane holds its current or next interval: instants are all there is
// to compare.
constexpr char kOpenLanes[] = R"sql(
  SELECT lane_id, campaign_id IS NULL FROM callqueue_lanes
  WHERE user_id = ?1 AND has_ready = 1 AND stale = 0 AND import_id IS NULL AND campaign_status = 'active'
    AND opens_at <= ?2 AND closes_at >= ?2)sql";

// Index idx_call_queue_priority_position: the lane order, ready rows only.
constexpr char kReadyRows[] = R"sql(
  SELECT rowid, priority, position, created_at, id, phone_number, not_after FROM call_queue
  WHERE lane_id = ?1 AND status = 'queued' AND ready = 1
  ORDER BY priority DESC, position, created_at, id LIMIT ?2 OFFSET ?3)sql";

// Most claims take one row a user and lane; who takes more reads on in growing steps.
constexpr std::int64_t kFirstFetch = 2;

/// Smaller is sooner.
auto order_of(const ReadyRow& row) {
  return std::tuple{!row.direct, -std::int64_t{row.priority}, row.position, row.created_at,
                    std::string_view{row.id}};
}

}  // namespace

UserQueue::UserQueue(Database& database, UserId user_id, Instant now,
                     std::set<std::string> busy_numbers)
    : database_(database), now_(now), busy_numbers_(std::move(busy_numbers)) {
  auto rows = database_.query(kOpenLanes, user_id, now);
  while (rows.step()) {
    lanes_.push_back(
        {.lane_id = rows.get<std::int64_t>(0), .direct = rows.get<bool>(1), .rows = {}});
  }
}

void UserQueue::fetch(Lane& lane) {
  const auto count = lane.fetched == 0 ? kFirstFetch : lane.fetched * 4;
  // What was taken since is not ready any more; what was passed over still stands in front.
  auto rows = database_.query(kReadyRows, lane.lane_id, count, lane.passed_over);
  std::int64_t found = 0;
  while (rows.step()) {
    ++found;
    // Expired, and advance has not come by yet.
    if (!rows.is_null(6) && rows.get<Instant>(6) < now_) {
      ++lane.passed_over;
      continue;
    }
    lane.rows.push_back({.rowid = rows.get<std::int64_t>(0),
                         .direct = lane.direct,
                         .priority = rows.get<int>(1),
                         .position = rows.get<std::int64_t>(2),
                         .created_at = rows.get<Instant>(3),
                         .id = rows.get<std::string>(4),
                         .phone_number = dialed_number(rows.get<std::string_view>(5))});
  }
  if (lane.fetched == 0 && found == 0) empty_lanes_.push_back(lane.lane_id);
  had_ready_ = had_ready_ || found > 0;
  lane.fetched += found;
  lane.exhausted = found < count;
  std::reverse(lane.rows.begin(), lane.rows.end());
}

const ReadyRow* UserQueue::peek(Lane& lane) {
  while (true) {
    while (!lane.rows.empty() && busy_numbers_.contains(lane.rows.back().phone_number)) {
      lane.rows.pop_back();
      ++lane.passed_over;
    }
    if (!lane.rows.empty()) return &lane.rows.back();
    if (lane.exhausted) return nullptr;
    fetch(lane);
  }
}

std::optional<ReadyRow> UserQueue::next() {
  Lane* first = nullptr;
  const ReadyRow* best = nullptr;
  for (auto& lane : lanes_) {
    const ReadyRow* row = peek(lane);
    if (row != nullptr && (best == nullptr || order_of(*row) < order_of(*best))) {
      best = row;
      first = &lane;
    }
  }
  if (first == nullptr) return std::nullopt;
  ReadyRow taken = std::move(first->rows.back());
  first->rows.pop_back();
  busy_numbers_.insert(taken.phone_number);
  return taken;
}

}  // namespace callqueue::sqlite
