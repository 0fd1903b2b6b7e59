#include "store/lanes.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "callqueue/call_campaign.hpp"
#include "callqueue/import.hpp"
#include "store/contact_lanes.hpp"
#include "store/rows.hpp"
#include "store/statements.hpp"

namespace callqueue {
namespace {

constexpr char kZoneDataVersion[] = "SELECT zone_data_version FROM callqueue_settings";
constexpr char kSetZoneDataVersion[] = "UPDATE callqueue_settings SET zone_data_version = ?1";
constexpr char kRollLane[] =
    "UPDATE callqueue_lanes SET stale = ?4, opens_at = ?2, closes_at = ?3 WHERE lane_id = ?1";

constexpr char kIsScheduled[] =
    "SELECT updated_at FROM call_campaigns WHERE id = ?1 AND status = 'scheduled'";
constexpr char kActivate[] = R"sql(
  UPDATE call_campaigns SET status = 'active', started_at = COALESCE(started_at, ?2), updated_at = ?3
  WHERE id = ?1 AND status = 'scheduled')sql";

constexpr char kAddLane[] = R"sql(
  INSERT INTO callqueue_lanes (user_id, campaign_id, timezone, import_id, campaign_status)
  SELECT user_id, campaign_id, ?2, import_id, campaign_status FROM callqueue_lanes WHERE lane_id = ?1
  RETURNING lane_id)sql";

struct LaneToRoll {
  std::int64_t lane_id = 0;
  UserId user_id;
  CampaignId campaign_id;
  std::string timezone;
};

std::vector<LaneToRoll> lanes_to_roll(Session& session, Instant now, int budget) {
  std::vector<LaneToRoll> lanes;
  auto rows = session.query(session.statements().lanes_to_roll, now, budget);
  while (rows.step()) {
    lanes.push_back({.lane_id = rows.get<std::int64_t>(0),
                     .user_id = get_id<UserId>(rows, 1),
                     .campaign_id = get_id<CampaignId>(rows, 2),
                     .timezone = rows.get<std::string>(3)});
  }
  return lanes;
}

/// An open row of a lane, with the zone it belongs to.
struct RowOfLane {
  UserId user_id;
  QueuedCallId id;
  std::string timezone;
};

std::vector<RowOfLane> rows_of_lane(Session& session, std::int64_t lane_id, CampaignId campaign_id,
                                    int budget) {
  std::vector<RowOfLane> found;
  auto rows = session.query(session.statements().rows_of_lane, lane_id, campaign_id, budget);
  while (rows.step()) {
    found.push_back({.user_id = get_id<UserId>(rows, 0),
                     .id = get_id<QueuedCallId>(rows, 1),
                     .timezone = rows.get<std::string>(2)});
  }
  return found;
}

/// Somebody's SQL wrote what cannot be read: closed rather than open at a wrong hour. Looked at
/// again when the data may be better.
void close_lane(Session& session, Instant now, const LaneToRoll& lane) {
  session.run(kRollLane, lane.lane_id, std::optional<Instant>{}, now + std::chrono::hours{1},
              false);
}

/// Whether the last interval has closed wherever the zone may be: none is a day behind UTC.
bool is_over_everywhere(const CallingRules& rules, Instant now) {
  return !next_open_interval(rules, TimeZone{}, now - std::chrono::days{1});
}

void roll_lane(Session& session, Instant now, const LaneToRoll& lane,
               const CallCampaign& campaign) {
  const auto rules = calling_rules(campaign);
  const auto zone = TimeZone::load(lane.timezone);
  if (!validate(rules) || (!zone && !is_over_everywhere(rules, now))) {
    return close_lane(session, now, lane);
  }
  const auto interval = zone ? next_open_interval(rules, *zone, now) : std::nullopt;
  session.run(kRollLane, lane.lane_id, interval ? std::optional{interval->opens_at} : std::nullopt,
              interval ? std::optional{interval->closes_at} : std::nullopt, false);
}

}  // namespace

void notice_new_zone_data(Session& session) {
  static const std::string version = zone_data_version();
  if (session.value<std::string>(kZoneDataVersion) == version) {
    return session.tell(News::nothing);
  }
  session.run(session.statements().all_stale);
  session.run(kSetZoneDataVersion, version);
}

int roll_lanes(Session& session, Instant now, int budget, int& ended) {
  const auto lanes = lanes_to_roll(session, now, budget);
  for (const auto& lane : lanes) {
    session.lock_campaign(lane.campaign_id);
    // Without, its lanes stay closed; the others go on.
    const auto campaign = readable_campaign(session, lane.user_id, lane.campaign_id);
    if (campaign) {
      roll_lane(session, now, lane, *campaign);
    } else {
      close_lane(session, now, lane);
    }
    ended +=
        static_cast<int>(session.change(session.statements().end_campaign, lane.campaign_id, now));
    session.lane_rolled(lane.user_id, now);
  }
  return static_cast<int>(lanes.size());
}

int activate_campaigns(Session& session, Instant now, int budget) {
  std::vector<CampaignId> campaigns;
  {
    auto rows = session.query(session.statements().campaigns_to_activate, now, budget);
    while (rows.step()) campaigns.push_back(get_id<CampaignId>(rows, 0));
  }
  for (const auto id : campaigns) {
    session.lock_campaign(id);
    const auto updated_at = session.value<Instant>(kIsScheduled, id);
    if (updated_at) session.run(kActivate, id, now, next_update(*updated_at, now));
  }
  return static_cast<int>(campaigns.size());
}

int move_rows_between_lanes(Session& session, int budget) {
  const auto& statements = session.statements();
  auto lane = session.query(statements.lane_to_look_through);
  if (!lane.step()) return 0;
  const auto lane_id = lane.get<std::int64_t>(0);
  const auto campaign_id = get_id<CampaignId>(lane, 1);
  const auto import_id = get_optional_id<ImportId>(lane, 2);
  session.lock_campaign(campaign_id);
  const auto moves = rows_of_lane(session, lane_id, campaign_id, budget);
  for (const auto& move : moves) {
    auto target =
        session.value<std::int64_t>(statements.find_lane, campaign_id, move.timezone, import_id);
    if (!target) target = session.returned<std::int64_t>(kAddLane, lane_id, move.timezone);
    move_row(session, move.user_id, move.id, *target);
  }
  if (moves.empty()) session.run(statements.looked_through, lane_id);
  return static_cast<int>(moves.size()) + 1;
}

}  // namespace callqueue
