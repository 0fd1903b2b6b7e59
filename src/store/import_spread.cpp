#include <algorithm>
#include <limits>
#include <vector>

#include "callqueue/spread.hpp"
#include "callqueue/time_zone.hpp"
#include "store/import.hpp"
#include "store/rows.hpp"
#include "store/sql_store.hpp"
#include "store/statements.hpp"

namespace callqueue {
namespace {

constexpr int kRowsPerLook = 100;

/// One staged lane while its rows get their instants, in the order in which they would be claimed.
class LaneSpread {
 public:
  LaneSpread(UserId user_id, std::int64_t lane_id, const EvenSpread& spread)
      : user_id_(user_id), lane_id_(lane_id), spread_(spread) {}

  /// Schedules some rows. @return false after the last one.
  bool schedule(Session& session, Instant now) {
    std::vector<ScheduledRow> later;
    int seen = 0;
    auto rows = session.query(session.statements().next_rows_of_lane, lane_id_, priority_,
                              position_, kRowsPerLook);
    for (; rows.step(); ++seen) {
      // More than were counted: nobody but this import adds any, so this is only caution.
      const auto due = spread_.at(std::min(next_++, spread_.count - 1));
      // What is due stays ready.
      if (due > now) later.push_back({.id = get_id<QueuedCallId>(rows, 0), .due = due});
      priority_ = rows.get<std::int64_t>(1);
      position_ = rows.get<std::int64_t>(2);
    }
    session.schedule(user_id_, later, now);
    return seen == kRowsPerLook;
  }

 private:
  UserId user_id_;
  std::int64_t lane_id_;
  EvenSpread spread_;
  std::size_t next_ = 0;
  // Of the last row: it may have left the index or stayed.
  std::int64_t priority_ = std::numeric_limits<std::int64_t>::max();
  std::int64_t position_ = std::numeric_limits<std::int64_t>::min();
};

}  // namespace

void SqlStore::spread_staged_rows(UserId user_id, ImportId id) {
  std::vector<LaneSpread> lanes;
  auto planned = read([&](Session& session, Instant now) {
    lanes.clear();
    const auto import = running_import(session, user_id, id);
    if (!import.spread) return;
    const auto rules = calling_rules(load_campaign(session, import.user_id, import.campaign_id));
    for (const auto& lane : staged_lanes(session, import)) {
      const auto zone = TimeZone::load(lane.timezone);
      const auto rows =
          session.value<std::int64_t>(session.statements().count_ready, lane.lane_id).value();
      if (!zone || rows == 0) continue;
      const auto spread = spread_over(static_cast<std::size_t>(rows), rules, *zone, now);
      if (spread) lanes.emplace_back(import.user_id, lane.lane_id, *spread);
    }
  });
  if (!planned) throw Failure{planned.error()};

  for (auto& lane : lanes) {
    for (bool more = true; more;) {
      more = import_chunk([&](Session& session, Instant now, const ImportWatch& watch) {
        (void)continue_import(session, now, user_id, id);
        bool rows_left = true;
        while (rows_left && !watch.is_over()) rows_left = lane.schedule(session, now);
        return rows_left;
      });
    }
  }
}

}  // namespace callqueue
