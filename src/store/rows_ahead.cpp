#include "store/rows_ahead.hpp"

#include <algorithm>
#include <limits>
#include <vector>

#include "store/calling_order.hpp"
#include "store/statements.hpp"

namespace callqueue {
namespace {

std::int64_t due_before(Session& session, const CallingLane& lane, const CallingPlace& place) {
  const auto rank = lane.due_rank();
  if (rank > place.rank) return 0;
  const auto& statements = session.statements();
  const auto count =
      rank < place.rank
          ? session.value<std::int64_t>(statements.count_ready, lane.id)
          : session.value<std::int64_t>(statements.count_ready_before, lane.id, place.priority,
                                        place.position, place.at, *parse_uuid(place.row));
  return count.value_or(0);
}

std::int64_t waiting_before(Session& session, const CallingLane& lane, const CallingPlace& place) {
  if (lane.waiting > place.rank.part) return 0;
  const auto end = waiting_up_to(lane, place);
  return session
      .value<std::int64_t>(session.statements().count_waiting_before, lane.id, end.scheduled_for,
                           end.row)
      .value_or(0);
}

std::int64_t rows_before(Session& session, const std::vector<CallingLane>& lanes,
                         const CallingPlace& place) {
  std::int64_t rows = 0;
  for (const auto& lane : lanes) {
    if (lane.due == CallingPart::stopped) continue;
    rows += due_before(session, lane, place) + waiting_before(session, lane, place);
  }
  return rows;
}

/// Before all rows that may start at that instant at the earliest.
CallingPlace start_of(Instant starts_at) {
  return {.rank = {CallingPart::later, starts_at, false},
          .priority = std::numeric_limits<std::int64_t>::max(),
          .row = to_text(QueuedCallId{})};
}

/// What is in no lane that is called comes behind all that is.
constexpr CallingRank kBehindAll{CallingPart::later, kLatest, true};

CallingPlace place_of_queued_call(Session& session, const QueuedCall& row,
                                  const std::vector<CallingLane>& lanes) {
  auto found = session.query(session.statements().place_of_row, row.user_id, row.id);
  if (found.step()) {
    const auto lane_id = found.get<std::int64_t>(0);
    for (const auto& lane : lanes) {
      if (lane.id == lane_id)
        return lane.place_of(row, !found.get<bool>(1), found.get<std::string>(2));
    }
  }
  return {.rank = kBehindAll, .at = kLatest};
}

}  // namespace

RowsAhead count_rows_ahead(Session& session, Instant now, const QueuedCall& row) {
  const auto lanes = calling_lanes(session, now, row.user_id, {}, row.campaign_id);
  const auto place = place_of_queued_call(session, row, lanes);
  RowsAhead ahead{.rows = rows_before(session, lanes, place)};
  if (place.rank.part == CallingPart::later) {
    ahead.earlier = rows_before(session, lanes, start_of(place.rank.starts_at));
  }
  return ahead;
}

}  // namespace callqueue
