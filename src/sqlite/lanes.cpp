#include "sqlite/lanes.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "callqueue/call_campaign.hpp"
#include "sqlite/rows.hpp"
#include "sqlite/turns.hpp"

namespace callqueue::sqlite {
namespace {

constexpr char kZoneDataVersion[] = "SELECT zone_data_version FROM callqueue_settings";
constexpr char kSetZoneDataVersion[] = "UPDATE callqueue_settings SET zone_data_version = ?1";
constexpr char kAllStale[] = R"sql(
  UPDATE callqueue_lanes SET stale = 1
  WHERE campaign_id IS NOT NULL AND campaign_status NOT IN ('completed', 'cancelled'))sql";

// Indexes callqueue_lanes_stale and callqueue_lanes_closing. A lane to be looked through moves its
// rows first.
constexpr char kLanesToRoll[] = R"sql(
  SELECT lane_id, user_id, campaign_id, timezone FROM callqueue_lanes
  WHERE stale = 1 AND campaign_status NOT IN ('completed', 'cancelled') AND relane = 0
  UNION ALL
  SELECT lane_id, user_id, campaign_id, timezone FROM callqueue_lanes
  WHERE stale = 0 AND campaign_id IS NOT NULL AND campaign_status NOT IN ('completed', 'cancelled')
    AND closes_at < ?1 AND relane = 0
  LIMIT ?2)sql";
constexpr char kRollLane[] =
    "UPDATE callqueue_lanes SET stale = 0, opens_at = ?2, closes_at = ?3 WHERE lane_id = ?1";

// A lane of an unknown zone keeps a closes_at without opens_at: it is closed, yet not at its end.
constexpr char kEndCampaign[] = R"sql(
  UPDATE call_campaigns SET status = 'completed', updated_at = max(?2, updated_at + 1),
    completed_at = CASE WHEN NOT EXISTS (SELECT 1 FROM call_queue q WHERE q.campaign_id = ?1
      AND q.status IN ('queued', 'processing')) THEN ?2 END
  WHERE id = ?1 AND status IN ('scheduled', 'active', 'paused')
    AND NOT EXISTS (SELECT 1 FROM callqueue_imports i WHERE i.campaign_id = ?1)
    AND NOT EXISTS (SELECT 1 FROM callqueue_lanes l WHERE l.campaign_id = ?1
                    AND (l.stale = 1 OR l.opens_at IS NOT NULL OR l.closes_at IS NOT NULL)))sql";

// Index callqueue_lanes_scheduled.
constexpr char kToActivate[] = R"sql(
  SELECT DISTINCT campaign_id FROM callqueue_lanes
  WHERE stale = 0 AND campaign_status = 'scheduled' AND import_id IS NULL AND opens_at <= ?1 LIMIT ?2)sql";
constexpr char kActivate[] = R"sql(
  UPDATE call_campaigns SET status = 'active', started_at = COALESCE(started_at, ?2),
    updated_at = max(?2, updated_at + 1)
  WHERE id = ?1 AND status = 'scheduled')sql";

constexpr char kLaneToLookThrough[] = R"sql(
  SELECT lane_id, user_id, campaign_id, import_id, campaign_status FROM callqueue_lanes
  WHERE relane = 1 LIMIT 1)sql";
// Open rows of a lane with the zone they belong to. Indexes idx_call_queue_priority_position,
// callqueue_waiting and idx_call_queue_campaign_status.
constexpr char kRowsOfLane[] = R"sql(
  SELECT q.rowid, COALESCE(CASE WHEN r.clock = 'contact' THEN NULLIF(k.timezone, '') END, NULLIF(r.timezone, ''),
                           NULLIF(u.timezone, ''), 'UTC')
  FROM (SELECT * FROM (SELECT rowid, user_id, campaign_id, contact_id FROM call_queue
                       WHERE lane_id = ?1 AND status = 'queued' AND ready = 1 LIMIT ?3)
        UNION ALL
        SELECT * FROM (SELECT rowid, user_id, campaign_id, contact_id FROM call_queue
                       WHERE lane_id = ?1 AND status = 'queued' AND ready = 0 LIMIT ?3)
        UNION ALL
        SELECT rowid, user_id, campaign_id, contact_id FROM call_queue
        WHERE campaign_id = ?2 AND status = 'processing' AND lane_id = ?1) q
    JOIN callqueue_campaign_rules r ON r.campaign_id = q.campaign_id
    JOIN users u ON u.id = q.user_id
    LEFT JOIN contacts k ON k.user_id = q.user_id AND k.id = q.contact_id)sql";
constexpr char kFindLane[] = R"sql(
  SELECT min(lane_id) FROM callqueue_lanes
  WHERE campaign_id = ?1 AND timezone = ?2 AND import_id IS ?3 AND relane = 0)sql";
constexpr char kAddLane[] = R"sql(
  INSERT INTO callqueue_lanes (user_id, campaign_id, timezone, import_id, campaign_status)
  SELECT user_id, campaign_id, ?2, import_id, campaign_status FROM callqueue_lanes WHERE lane_id = ?1)sql";
constexpr char kMoveRow[] = "UPDATE call_queue SET lane_id = ?2 WHERE rowid = ?1";
constexpr char kLookedThrough[] =
    "UPDATE callqueue_lanes SET relane = 0, stale = 1, has_ready = 0 WHERE lane_id = ?1";

struct LaneToRoll {
  std::int64_t lane_id = 0;
  UserId user_id;
  CampaignId campaign_id;
  std::string timezone;
};

std::vector<LaneToRoll> lanes_to_roll(Database& database, Instant now, int budget) {
  std::vector<LaneToRoll> lanes;
  auto rows = database.query(kLanesToRoll, now, budget);
  while (rows.step()) {
    lanes.push_back({.lane_id = rows.get<std::int64_t>(0),
                     .user_id = get_id<UserId>(rows, 1),
                     .campaign_id = get_id<CampaignId>(rows, 2),
                     .timezone = rows.get<std::string>(3)});
  }
  return lanes;
}

/// Somebody's SQL wrote what cannot be read: closed rather than open at a wrong hour. Looked at
/// again when the data may be better.
void close_lane(Database& database, Instant now, const LaneToRoll& lane) {
  database.run(kRollLane, lane.lane_id, nullptr, now + std::chrono::hours{1});
}

/// Whether the last interval has closed wherever the zone may be: none is a day behind UTC.
bool is_over_everywhere(const CallingRules& rules, Instant now) {
  return !next_open_interval(rules, TimeZone{}, now - std::chrono::days{1});
}

void roll_lane(Database& database, Instant now, const LaneToRoll& lane,
               const CallCampaign& campaign) {
  const auto rules = calling_rules(campaign);
  const auto zone = TimeZone::load(lane.timezone);
  if (!validate(rules) || (!zone && !is_over_everywhere(rules, now))) {
    return close_lane(database, now, lane);
  }
  const auto interval = zone ? next_open_interval(rules, *zone, now) : std::nullopt;
  database.run(kRollLane, lane.lane_id, interval ? std::optional{interval->opens_at} : std::nullopt,
               interval ? std::optional{interval->closes_at} : std::nullopt);
}

}  // namespace

void notice_new_zone_data(Database& database) {
  static const std::string version = zone_data_version();
  if (database.value<std::string>(kZoneDataVersion) == version) return;
  database.run(kAllStale);
  database.run(kSetZoneDataVersion, version);
}

int roll_lanes(Database& database, Instant now, int budget, int& ended) {
  const auto lanes = lanes_to_roll(database, now, budget);
  for (const auto& lane : lanes) {
    // Without, its lanes stay closed; the others go on.
    const auto campaign = readable_campaign(database, lane.user_id, lane.campaign_id);
    if (campaign) {
      roll_lane(database, now, lane, *campaign);
    } else {
      close_lane(database, now, lane);
    }
    ended += static_cast<int>(database.run(kEndCampaign, lane.campaign_id, now));
    // Who has just closed is parked here, a budget at a time, rather than all by the next claim.
    park_if_closed(database, lane.user_id, now);
  }
  return static_cast<int>(lanes.size());
}

int activate_campaigns(Database& database, Instant now, int budget) {
  std::vector<CampaignId> campaigns;
  {
    auto rows = database.query(kToActivate, now, budget);
    while (rows.step()) campaigns.push_back(get_id<CampaignId>(rows, 0));
  }
  for (const auto id : campaigns) database.run(kActivate, id, now);
  return static_cast<int>(campaigns.size());
}

int move_rows_between_lanes(Database& database, int budget) {
  auto lane = database.query(kLaneToLookThrough);
  if (!lane.step()) return 0;
  const auto lane_id = lane.get<std::int64_t>(0);
  const auto campaign_id = get_id<CampaignId>(lane, 2);
  const auto import_id = get_optional<std::string>(lane, 3);
  std::vector<std::pair<std::int64_t, std::string>> moves;
  {
    auto rows = database.query(kRowsOfLane, lane_id, campaign_id, budget);
    while (rows.step()) moves.emplace_back(rows.get<std::int64_t>(0), rows.get<std::string>(1));
  }
  for (const auto& [rowid, timezone] : moves) {
    auto target = database.value<std::int64_t>(kFindLane, campaign_id, timezone, import_id);
    if (!target) {
      database.run(kAddLane, lane_id, timezone);
      target = database.last_insert_rowid();
    }
    database.run(kMoveRow, rowid, *target);
  }
  if (moves.empty()) database.run(kLookedThrough, lane_id);
  return static_cast<int>(moves.size()) + 1;
}

}  // namespace callqueue::sqlite
