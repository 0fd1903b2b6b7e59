#include <algorithm>
#include <limits>
#include <vector>

#include "callqueue/spread.hpp"
#include "callqueue/time_zone.hpp"
#include "sqlite/import_rows.hpp"
#include "sqlite/session.hpp"
#include "sqlite/store.hpp"
#include "store/rows.hpp"

namespace callqueue::sqlite {
namespace {

constexpr int kRowsPerLook = 100;

// Both by the claim's order, index idx_call_queue_priority_position.
constexpr char kCountReady[] =
    "SELECT count(*) FROM call_queue WHERE lane_id = ?1 AND status = 'queued' AND ready = 1";
constexpr char kNextRows[] =
    "SELECT rowid, priority, position FROM call_queue "
    "WHERE lane_id = ?1 AND status = 'queued' AND ready = 1 "
    "AND priority <= ?2 AND (priority < ?2 OR position > ?3) "
    "ORDER BY priority DESC, position, created_at, id LIMIT ?4";
constexpr char kSchedule[] =
    "UPDATE call_queue SET scheduled_for = ?2, ready = 0, updated_at = max(?3, updated_at + 1) "
    "WHERE rowid = ?1";

/// One staged lane while its rows get their instants, in the order in which they would be claimed.
class LaneSpread {
 public:
  LaneSpread(std::int64_t lane_id, const EvenSpread& spread) : lane_id_(lane_id), spread_(spread) {}

  /// Schedules some rows. @return false after the last one.
  bool schedule(Database& database, Instant now) {
    const auto rows = next_rows(database);
    for (const auto& row : rows) {
      // More than were counted: nobody but this import adds any, so this is only caution.
      const auto due = spread_.at(std::min(next_++, spread_.count - 1));
      // What is due stays ready.
      if (due > now) database.run(kSchedule, row.rowid, due, now);
      priority_ = row.priority;
      position_ = row.position;
    }
    return rows.size() == kRowsPerLook;
  }

 private:
  struct Row {
    std::int64_t rowid;
    std::int64_t priority;
    std::int64_t position;
  };

  std::vector<Row> next_rows(Database& database) const {
    std::vector<Row> rows;
    auto found = database.query(kNextRows, lane_id_, priority_, position_, kRowsPerLook);
    while (found.step()) {
      rows.push_back(
          {found.get<std::int64_t>(0), found.get<std::int64_t>(1), found.get<std::int64_t>(2)});
    }
    return rows;
  }

  std::int64_t lane_id_;
  EvenSpread spread_;
  std::size_t next_ = 0;
  // Of the last row: it may have left the index or stayed.
  std::int64_t priority_ = std::numeric_limits<std::int64_t>::max();
  std::int64_t position_ = std::numeric_limits<std::int64_t>::min();
};

}  // namespace

void SqliteStore::spread_staged_rows(ImportId id) {
  std::vector<LaneSpread> lanes;
  auto planned = read([&](Database& database, Instant now) {
    const auto import = running_import(database, id);
    if (!import.spread) return;
    SqliteSession session{database};
    const auto rules = calling_rules(load_campaign(session, import.user_id, import.campaign_id));
    for (const auto& lane : staged_lanes(database, import)) {
      const auto zone = TimeZone::load(lane.timezone);
      const auto rows = database.value<std::int64_t>(kCountReady, lane.lane_id).value();
      if (!zone || rows == 0) continue;
      const auto spread = spread_over(static_cast<std::size_t>(rows), rules, *zone, now);
      if (spread) lanes.emplace_back(lane.lane_id, *spread);
    }
  });
  if (!planned) throw Failure{planned.error()};

  for (auto& lane : lanes) {
    for (bool more = true; more;) {
      more = import_chunk([&](Database& database, Instant now, const ImportChunks::Watch& watch) {
        (void)continue_import(database, now, id);
        bool rows_left = true;
        while (rows_left && !watch.is_over()) rows_left = lane.schedule(database, now);
        return rows_left;
      });
    }
  }
}

}  // namespace callqueue::sqlite
