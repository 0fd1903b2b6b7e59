#include <chrono>
#include <functional>
#include <map>
#include <set>
#include <utility>

#include "callqueue/priority.hpp"
#include "store/contact_lanes.hpp"
#include "store/references.hpp"
#include "store/rows.hpp"
#include "store/rows_ahead.hpp"
#include "store/sql_store.hpp"
#include "store/statements.hpp"

namespace callqueue {
namespace {

// Index call_queue_id_user_id_unique.
constexpr char kFindRow[] = "SELECT " CALLQUEUE_QUEUED_CALL_COLUMNS CALLQUEUE_QUEUED_CALL_FROM
                            "WHERE q.user_id = ?1 AND q.id = ?2";

constexpr char kCampaignOfRows[] = R"sql(
  SELECT c.status, c.agent_id, r.last_position
  FROM call_campaigns c JOIN callqueue_campaign_rules r ON r.campaign_id = c.id
  WHERE c.user_id = ?1 AND c.id = ?2)sql";
constexpr char kSetLastPosition[] =
    "UPDATE callqueue_campaign_rules SET last_position = ?2 WHERE campaign_id = ?1";
// Index callqueue_open_contact.
constexpr char kHasOpenRow[] = R"sql(
  SELECT 1 FROM call_queue WHERE contact_id = ?1 AND campaign_id = ?2
    AND status IN ('queued', 'processing'))sql";
// A trigger finds the row's lane.
constexpr char kInsertRow[] = R"sql(
  INSERT INTO call_queue (id, user_id, campaign_id, agent_id, contact_id, phone_number, contact_name,
                          user_data, priority, position, scheduled_for, ready, not_after, created_at,
                          updated_at)
  SELECT ?1, user_id, ?4, ?5, id, phone_number, COALESCE(NULLIF(?6, ''), name), ?7, ?8, ?9, ?10,
         ?10 <= ?12, ?11, ?12, ?12
  FROM contacts WHERE user_id = ?2 AND id = ?3)sql";

constexpr char kCancelRow[] = R"sql(
  UPDATE call_queue SET status = 'cancelled', failure_reason = NULLIF(?3, ''), completed_at = ?4,
    updated_at = ?5
  WHERE user_id = ?1 AND id = ?2 AND status = 'queued')sql";

constexpr std::chrono::minutes kDirectCallExpiresAfter{15};

std::optional<QueuedCall> find_row(Session& session, UserId user_id, QueuedCallId id) {
  auto row = session.query(kFindRow, user_id, id);
  if (!row.step()) return std::nullopt;
  return read_queued_call(row);
}

QueuedCall load_row(Session& session, UserId user_id, QueuedCallId id) {
  auto row = find_row(session, user_id, id);
  if (!row) throw Failure{ErrorCode::not_found, "no such queued call", "queue_id"};
  return *std::move(row);
}

void require_queued(const QueuedCall& row) {
  if (row.status == QueuedCallStatus::queued) return;
  throw Failure{ErrorCode::conflict,
                "the call is " + std::string{to_text(row.status)} + ", not queued", "status"};
}

void lock_campaigns_of(Session& session, std::span<const NewQueuedCall> calls) {
  std::set<CampaignId> campaigns;
  for (const auto& call : calls) {
    if (call.campaign_id) campaigns.insert(*call.campaign_id);
  }
  for (const auto id : campaigns) session.lock_campaign(id);
}

/// Queues the calls of one request, inside its write transaction.
class Adding {
 public:
  using NewId = std::function<QueuedCallId()>;

  Adding(Session& session, Instant now, UserId user_id, NewId new_id)
      : session_(session), now_(now), user_id_(user_id), new_id_(std::move(new_id)) {}

  QueuedCallId add(const NewQueuedCall& call) {
    const auto contact = require_contact(session_, user_id_, call.contact_id);
    Campaign* campaign = call.campaign_id ? &campaign_of(*call.campaign_id) : nullptr;
    if (call.agent_id) require_agent(session_, user_id_, *call.agent_id);
    if (campaign == nullptr && !call.agent_id) {
      throw Failure{ErrorCode::invalid_argument, "agent_id is required for a direct call",
                    "agent_id"};
    }
    if (campaign && session_.value<int>(kHasOpenRow, call.contact_id, *call.campaign_id)) {
      throw Failure{ErrorCode::conflict, "the contact has an open call in the campaign",
                    "contact_id"};
    }
    const auto id = new_id_();
    insert(id, call, priority_of(call, contact), campaign);
    return id;
  }

  void finish() {
    for (const auto& [id, campaign] : campaigns_) {
      session_.run(kSetLastPosition, id, campaign.last_position);
    }
  }

 private:
  struct Campaign {
    AgentId agent_id;
    std::int64_t last_position = 0;
  };

  Campaign& campaign_of(CampaignId id) {
    if (const auto known = campaigns_.find(id); known != campaigns_.end()) return known->second;
    auto row = session_.query(kCampaignOfRows, user_id_, id);
    if (!row.step()) throw Failure{ErrorCode::not_found, "no such campaign", "campaign_id"};
    if (is_final(campaign_status_of(row.get<std::string_view>(0)))) {
      throw Failure{ErrorCode::conflict, "the campaign is " + row.get<std::string>(0),
                    "campaign_id"};
    }
    const Campaign campaign{.agent_id = get_id<AgentId>(row, 1),
                            .last_position = row.get<std::int64_t>(2)};
    return campaigns_.emplace(id, campaign).first->second;
  }

  static int priority_of(const NewQueuedCall& call, const Contact& contact) {
    const bool is_named = call.contact_name.empty() && !is_blank(contact.name);
    return is_named ? call.priority_if_named.value_or(call.priority) : call.priority;
  }

  void insert(QueuedCallId id, const NewQueuedCall& call, int priority, Campaign* campaign) {
    const auto scheduled_for = call.scheduled_for.value_or(now_);
    auto not_after = call.not_after;
    if (!campaign && !not_after) {
      not_after = std::max(now_, scheduled_for) + kDirectCallExpiresAfter;
    }
    const auto agent_id = call.agent_id ? *call.agent_id : campaign->agent_id;
    // Direct calls are taken in the order of their creation.
    const std::int64_t position = campaign ? ++campaign->last_position : 0;
    const auto user_data =
        call.user_data.empty() ? std::string_view{"{}"} : std::string_view{call.user_data};
    session_.run(kInsertRow, id, user_id_, call.contact_id, call.campaign_id, agent_id,
                 call.contact_name, JsonText{user_data}, priority, position, scheduled_for,
                 not_after, now_);
  }

  Session& session_;
  Instant now_;
  UserId user_id_;
  NewId new_id_;
  std::map<CampaignId, Campaign> campaigns_;
};

}  // namespace

Result<std::vector<QueuedCall>> SqlStore::add_queued_calls(UserId user_id,
                                                           std::span<const NewQueuedCall> calls) {
  std::vector<QueuedCallId> ids;  // The same when it is run again.
  return write([&](Session& session, Instant now) {
    session.touch(user_id);
    session.may_repeat();
    lock_campaigns_of(session, calls);
    std::vector<QueuedCall> added;
    added.reserve(calls.size());
    if (!ids.empty() && find_row(session, user_id, ids.front())) {
      for (const auto id : ids) added.push_back(load_row(session, user_id, id));
      return added;
    }
    std::size_t given = 0;
    Adding adding{session, now, user_id, [&] {
                    if (given == ids.size()) ids.push_back(next_id<QueuedCallId>(now));
                    return ids[given++];
                  }};
    for (const auto& call : calls) {
      added.push_back(load_row(session, user_id, adding.add(call)));
    }
    adding.finish();
    return added;
  });
}

Result<QueuedCall> SqlStore::find_queued_call(UserId user_id, QueuedCallId id) {
  return read([&](Session& session, Instant) { return load_row(session, user_id, id); });
}

Result<QueuedCall> SqlStore::cancel_queued_call(UserId user_id, QueuedCallId id,
                                                std::string_view reason) {
  return narrow([&](Session& session, Instant now) {
    session.touch(user_id);
    session.lock_queued_call(user_id, id);
    const auto row = load_row(session, user_id, id);
    require_queued(row);
    if (session.change(kCancelRow, user_id, id, reason, now, next_update(row.updated_at, now)) !=
        1) {
      throw Failure{ErrorCode::conflict, "the call is not queued any more", "status"};
    }
    return load_row(session, user_id, id);
  });
}

Result<int> SqlStore::cancel_queued_calls_of_contact(UserId user_id, ContactId contact_id) {
  return narrow([&](Session& session, Instant now) {
    session.touch(user_id);
    require_contact(session, user_id, contact_id);
    lock_campaigns_of_contact(session, user_id, contact_id);
    require_no_call_in_flight(session, user_id, contact_id);
    return static_cast<int>(
        session.change(session.statements().cancel_rows_of_contact, user_id, contact_id, now));
  });
}

Result<RowsAhead> SqlStore::rows_ahead(UserId user_id, QueuedCallId id) {
  return read([&](Session& session, Instant now) {
    const auto row = load_row(session, user_id, id);
    require_queued(row);
    return count_rows_ahead(session, now, row);
  });
}

}  // namespace callqueue
