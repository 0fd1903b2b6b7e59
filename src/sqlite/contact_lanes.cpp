#include "sqlite/contact_lanes.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "callqueue/call_campaign.hpp"
#include "callqueue/import.hpp"

namespace callqueue::sqlite {
namespace {

// Index callqueue_lanes_campaign.
constexpr char kFindLane[] = R"sql(
  SELECT min(lane_id) FROM callqueue_lanes
  WHERE campaign_id = ?1 AND timezone = ?2 AND import_id IS ?3 AND relane = 0)sql";
constexpr char kInsertLane[] = R"sql(
  INSERT INTO callqueue_lanes (user_id, campaign_id, timezone, import_id, campaign_status)
  SELECT user_id, id, ?3, ?4, status FROM call_campaigns WHERE user_id = ?1 AND id = ?2)sql";

// Index callqueue_open_contact.
constexpr char kOpenRows[] = R"sql(
  SELECT q.rowid, q.campaign_id, l.import_id, l.timezone, r.timezone, u.timezone
  FROM call_queue q
    JOIN callqueue_lanes l ON l.lane_id = q.lane_id
    JOIN callqueue_campaign_rules r ON r.campaign_id = q.campaign_id AND r.clock = 'contact'
    JOIN users u ON u.id = q.user_id
  WHERE q.contact_id = ?2 AND q.user_id = ?1 AND q.status IN ('queued', 'processing'))sql";
constexpr char kMoveRow[] = "UPDATE call_queue SET lane_id = ?2 WHERE rowid = ?1";

struct Move {
  std::int64_t rowid = 0;
  CampaignId campaign_id;
  std::optional<ImportId> import_id;
  std::string timezone;
};

std::vector<Move> moves_of(Database& database, const Contact& contact) {
  std::vector<Move> moves;
  auto rows = database.query(kOpenRows, contact.user_id, contact.id);
  while (rows.step()) {
    auto timezone = resolve_timezone(CallClock::contact, contact.timezone, rows.get<std::string>(4),
                                     rows.get<std::string>(5));
    if (timezone == rows.get<std::string_view>(3)) continue;
    moves.push_back({.rowid = rows.get<std::int64_t>(0),
                     .campaign_id = get_id<CampaignId>(rows, 1),
                     .import_id = get_optional_id<ImportId>(rows, 2),
                     .timezone = std::move(timezone)});
  }
  return moves;
}

/// The lane of the rows that follow the clock of the move's zone; made, and stale, if there is
/// none.
std::int64_t lane_of(Database& database, UserId user_id, const Move& move) {
  if (const auto lane = database.value<std::int64_t>(kFindLane, move.campaign_id, move.timezone,
                                                     move.import_id)) {
    return *lane;
  }
  database.run(kInsertLane, user_id, move.campaign_id, move.timezone, move.import_id);
  return database.last_insert_rowid();
}

}  // namespace

void move_rows_of_contact(Database& database, const Contact& contact) {
  for (const auto& move : moves_of(database, contact)) {
    database.run(kMoveRow, move.rowid, lane_of(database, contact.user_id, move));
  }
}

}  // namespace callqueue::sqlite
