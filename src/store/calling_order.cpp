#include "store/calling_order.hpp"

#include <set>
#include <utility>

#include "callqueue/call_campaign.hpp"
#include "store/rows.hpp"

namespace callqueue {
namespace {

// Indexes idx_call_campaigns_user_id and callqueue_lanes_campaign; callqueue_lanes_direct. The last
// column: its interval is to be worked out, and its zone is known.
constexpr char kCallingLanes[] = R"sql(
  SELECT l.lane_id, c.id, c.status, l.timezone,
    CASE WHEN NOT l.stale AND l.closes_at >= ?3 THEN l.opens_at END,
    (l.stale OR l.closes_at < ?3) AND NOT l.relane
  FROM call_campaigns c JOIN callqueue_campaign_rules r ON r.campaign_id = c.id
    JOIN callqueue_lanes l ON l.campaign_id = c.id
  WHERE c.user_id = ?1 AND (?2 IS NULL OR c.id = ?2) AND c.status NOT IN ('completed', 'cancelled')
    AND r.sweep IS NULL AND l.import_id IS NULL
  UNION ALL
  SELECT lane_id, NULL, 'active', NULL, NULL, NULL FROM callqueue_lanes
  WHERE user_id = ?1 AND campaign_id IS NULL AND ?2 IS NULL)sql";

/// A lane as it is stored.
struct StoredLane {
  std::int64_t id = 0;
  std::optional<CampaignId> campaign_id{};
  bool runs = false;
  std::string timezone{};
  std::optional<Instant> opens_at{};
  bool is_unrolled = false;
};

std::vector<StoredLane> stored_lanes(Session& session, Instant now, UserId user_id,
                                     std::optional<CampaignId> campaign_id) {
  std::vector<StoredLane> lanes;
  auto rows = session.query(kCallingLanes, user_id, campaign_id, now);
  while (rows.step()) {
    const auto status = campaign_status_of(rows.get<std::string_view>(2));
    lanes.push_back(
        {.id = rows.get<std::int64_t>(0),
         .campaign_id = get_optional_id<CampaignId>(rows, 1),
         .runs = status == CampaignStatus::active || status == CampaignStatus::scheduled,
         .timezone = rows.get<std::string>(3),
         .opens_at = get_optional<Instant>(rows, 4),
         .is_unrolled = rows.get<bool>(5)});
  }
  return lanes;
}

/// What the next `advance` is going to write there; nobody who reads should have to wait for it.
void work_out_openings(Session& session, Instant now, UserId user_id,
                       std::vector<StoredLane>& lanes) {
  std::set<std::pair<UserId, CampaignId>> wanted;
  for (const auto& lane : lanes) {
    if (lane.is_unrolled) wanted.emplace(user_id, *lane.campaign_id);
  }
  if (wanted.empty()) return;
  const std::vector campaigns(wanted.begin(), wanted.end());
  for (const auto& campaign : session.readable_campaigns(campaigns)) {
    const auto rules = calling_rules(campaign);
    if (!validate(rules)) continue;
    for (auto& lane : lanes) {
      if (!lane.is_unrolled || lane.campaign_id != campaign.id) continue;
      const auto zone = TimeZone::load(lane.timezone);
      const auto open = zone ? next_open_interval(rules, *zone, now) : std::nullopt;
      if (open) lane.opens_at = open->opens_at;
    }
  }
}

CallingLane direct_lane(std::int64_t id) {
  return {.id = id, .due = CallingPart::direct, .waiting = CallingPart::later};
}

/// @param opens_at of its current or next interval.
CallingLane running_lane(std::int64_t id, std::optional<Instant> opens_at, Instant now) {
  if (opens_at && *opens_at <= now) {
    return {.id = id, .due = CallingPart::open, .waiting = CallingPart::later};
  }
  return {.id = id,
          .due = CallingPart::later,
          .waiting = CallingPart::later,
          .opens_at = opens_at.value_or(kLatest)};
}

}  // namespace

CallingPlace CallingLane::place_of(const QueuedCall& row, bool waits,
                                   std::string list_place) const {
  return {.rank = waits ? rank_at(row.scheduled_for) : due_rank(),
          .priority = row.priority,
          .position = row.position,
          .at = waits ? row.scheduled_for : row.created_at,
          .row = waits ? std::move(list_place) : to_text(row.id)};
}

std::vector<CallingLane> calling_lanes(Session& session, Instant now, UserId user_id,
                                       std::optional<CampaignId> campaign_id,
                                       std::optional<CampaignId> as_if_running) {
  auto stored = stored_lanes(session, now, user_id, campaign_id);
  work_out_openings(session, now, user_id, stored);
  std::vector<CallingLane> lanes;
  lanes.reserve(stored.size());
  for (const auto& lane : stored) {
    if (!lane.campaign_id) {
      lanes.push_back(direct_lane(lane.id));
    } else if (lane.runs || lane.campaign_id == as_if_running) {
      lanes.push_back(running_lane(lane.id, lane.opens_at, now));
    } else {
      lanes.push_back({.id = lane.id});
    }
  }
  return lanes;
}

WaitingPlace waiting_up_to(const CallingLane& lane, const CallingPlace& place) {
  const auto& [part, starts_at, waits] = place.rank;
  if (lane.opens_at > starts_at) return {};
  // Of what may start at the same instant the row is one, and it comes by when it is due.
  if (waits && (lane.opens_at == starts_at || place.at == starts_at)) return {place.at, place.row};
  return {lane.opens_at == starts_at ? kEarliest : starts_at, {}};
}

}  // namespace callqueue
