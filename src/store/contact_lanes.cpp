#include "store/contact_lanes.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "callqueue/call_campaign.hpp"
#include "callqueue/import.hpp"
#include "store/statements.hpp"

namespace callqueue {
namespace {

constexpr char kInsertLane[] = R"sql(
  INSERT INTO callqueue_lanes (user_id, campaign_id, timezone, import_id, campaign_status)
  SELECT user_id, id, ?3, ?4, status FROM call_campaigns WHERE user_id = ?1 AND id = ?2
  RETURNING lane_id)sql";

// Index callqueue_open_contact, both.
constexpr char kCampaigns[] = R"sql(
  SELECT DISTINCT campaign_id FROM call_queue
  WHERE contact_id = ?2 AND user_id = ?1 AND campaign_id IS NOT NULL
    AND status IN ('queued', 'processing')
  ORDER BY campaign_id)sql";
constexpr char kOpenRows[] = R"sql(
  SELECT q.id, q.campaign_id, l.import_id, l.timezone, r.timezone, u.timezone
  FROM call_queue q
    JOIN callqueue_lanes l ON l.lane_id = q.lane_id
    JOIN callqueue_campaign_rules r ON r.campaign_id = q.campaign_id AND r.clock = 'contact'
    JOIN users u ON u.id = q.user_id
  WHERE q.contact_id = ?2 AND q.user_id = ?1 AND q.status IN ('queued', 'processing'))sql";
// Index callqueue_open_contact.
constexpr char kContactInFlight[] = R"sql(
  SELECT 1 FROM call_queue WHERE contact_id = ?2 AND user_id = ?1 AND status = 'processing'
    AND call_id IS NOT NULL)sql";
constexpr char kMoveRow[] = "UPDATE call_queue SET lane_id = ?3 WHERE user_id = ?1 AND id = ?2";

struct Move {
  QueuedCallId id;
  CampaignId campaign_id;
  std::optional<ImportId> import_id;
  std::string timezone;
};

std::vector<Move> moves_of(Session& session, const Contact& contact) {
  std::vector<Move> moves;
  auto rows = session.query(kOpenRows, contact.user_id, contact.id);
  while (rows.step()) {
    auto timezone = resolve_timezone(CallClock::contact, contact.timezone, rows.get<std::string>(4),
                                     rows.get<std::string>(5));
    if (timezone == rows.get<std::string_view>(3)) continue;
    moves.push_back({.id = get_id<QueuedCallId>(rows, 0),
                     .campaign_id = get_id<CampaignId>(rows, 1),
                     .import_id = get_optional_id<ImportId>(rows, 2),
                     .timezone = std::move(timezone)});
  }
  return moves;
}

}  // namespace

std::vector<CampaignId> lock_campaigns_of_contact(Session& session, UserId user_id, ContactId id) {
  std::vector<CampaignId> campaigns;
  {
    auto rows = session.query(kCampaigns, user_id, id);
    while (rows.step()) campaigns.push_back(get_id<CampaignId>(rows, 0));
  }
  for (const auto campaign_id : campaigns) session.lock_campaign(campaign_id);
  return campaigns;
}

void require_no_call_in_flight(Session& session, UserId user_id, ContactId id) {
  if (session.value<int>(kContactInFlight, user_id, id)) {
    throw Failure{ErrorCode::conflict, "a call to this contact is in flight", "status"};
  }
}

void move_rows_of_contact(Session& session, const Contact& contact) {
  for (const auto& move : moves_of(session, contact)) {
    move_row(
        session, contact.user_id, move.id,
        lane_of_zone(session, contact.user_id, move.campaign_id, move.timezone, move.import_id));
  }
}

std::int64_t lane_of_zone(Session& session, UserId user_id, CampaignId campaign_id,
                          const std::string& timezone, std::optional<ImportId> import_id) {
  if (const auto lane = session.value<std::int64_t>(session.statements().find_lane, campaign_id,
                                                    timezone, import_id)) {
    return *lane;
  }
  return session.returned<std::int64_t>(kInsertLane, user_id, campaign_id, timezone, import_id);
}

void move_row(Session& session, UserId user_id, QueuedCallId id, std::int64_t lane_id) {
  session.run(kMoveRow, user_id, id, lane_id);
}

}  // namespace callqueue
