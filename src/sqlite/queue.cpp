#include <chrono>
#include <map>
#include <utility>

#include "sqlite/references.hpp"
#include "sqlite/rows.hpp"
#include "sqlite/slots.hpp"
#include "sqlite/store.hpp"
#include "sqlite/user_queue.hpp"

namespace callqueue::sqlite {
namespace {

// Index call_queue_id_user_id_unique.
constexpr char kFindRow[] = "SELECT " CALLQUEUE_QUEUED_CALL_COLUMNS CALLQUEUE_QUEUED_CALL_FROM
                            "WHERE q.user_id = ?1 AND q.id = ?2";
constexpr char kRowById[] =
    "SELECT " CALLQUEUE_QUEUED_CALL_COLUMNS CALLQUEUE_QUEUED_CALL_FROM "WHERE q.rowid = ?1";

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
    updated_at = max(?4, updated_at + 1)
  WHERE user_id = ?1 AND id = ?2)sql";
// Index callqueue_open_contact, both. A row that is being swept has its new state already.
constexpr char kInFlight[] = R"sql(
  SELECT 1 FROM call_queue WHERE contact_id = ?2 AND user_id = ?1 AND status = 'processing'
    AND call_id IS NOT NULL)sql";
constexpr char kCancelRowsOfContact[] = R"sql(
  UPDATE call_queue SET status = 'cancelled', failure_reason = 'cancelled', completed_at = ?3,
    updated_at = max(?3, updated_at + 1)
  WHERE contact_id = ?2 AND user_id = ?1 AND status = 'queued'
    AND NOT EXISTS (SELECT 1 FROM callqueue_campaign_rules r
                    WHERE r.campaign_id = call_queue.campaign_id AND r.sweep IS NOT NULL))sql";

// Index idx_call_queue_user_status; a count by order alone looks at each queued row of the user.
constexpr char kRowsAhead[] = R"sql(
  SELECT count(*) FROM call_queue q
    LEFT JOIN callqueue_campaign_rules r ON r.campaign_id = q.campaign_id
  WHERE q.user_id = ?1 AND q.status = 'queued' AND r.sweep IS NULL
    AND (q.campaign_id IS NOT NULL, -q.priority, q.position, q.created_at, q.id)
        < (?2, ?3, ?4, ?5, ?6))sql";

constexpr std::chrono::minutes kDirectCallExpiresAfter{15};

std::optional<QueuedCall> find_row(Database& database, UserId user_id, QueuedCallId id) {
  auto row = database.query(kFindRow, user_id, id);
  if (!row.step()) return std::nullopt;
  return read_queued_call(row);
}

QueuedCall load_row(Database& database, UserId user_id, QueuedCallId id) {
  auto row = find_row(database, user_id, id);
  if (!row) throw Failure{ErrorCode::not_found, "no such queued call", "queue_id"};
  return *std::move(row);
}

void require_queued(const QueuedCall& row) {
  if (row.status == QueuedCallStatus::queued) return;
  throw Failure{ErrorCode::conflict,
                "the call is " + std::string{to_text(row.status)} + ", not queued", "status"};
}

/// Queues the calls of one request, inside its write transaction.
class Adding {
 public:
  Adding(Database& database, Instant now, UserId user_id, UuidSource& uuids)
      : database_(database), now_(now), user_id_(user_id), uuids_(uuids) {}

  QueuedCallId add(const NewQueuedCall& call) {
    require_contact(database_, user_id_, call.contact_id);
    Campaign* campaign = call.campaign_id ? &campaign_of(*call.campaign_id) : nullptr;
    if (call.agent_id) require_agent(database_, user_id_, *call.agent_id);
    if (campaign == nullptr && !call.agent_id) {
      throw Failure{ErrorCode::invalid_argument, "agent_id is required for a direct call",
                    "agent_id"};
    }
    if (campaign && database_.value<int>(kHasOpenRow, call.contact_id, *call.campaign_id)) {
      throw Failure{ErrorCode::conflict, "the contact has an open call in the campaign",
                    "contact_id"};
    }
    const auto id = uuids_.next_id<QueuedCallId>(now_);
    insert(id, call, campaign);
    return id;
  }

  void finish() {
    for (const auto& [id, campaign] : campaigns_) {
      database_.run(kSetLastPosition, id, campaign.last_position);
    }
  }

 private:
  struct Campaign {
    AgentId agent_id;
    std::int64_t last_position = 0;
  };

  Campaign& campaign_of(CampaignId id) {
    if (const auto known = campaigns_.find(id); known != campaigns_.end()) return known->second;
    auto row = database_.query(kCampaignOfRows, user_id_, id);
    if (!row.step()) throw Failure{ErrorCode::not_found, "no such campaign", "campaign_id"};
    if (is_final(campaign_status_of(row.get<std::string_view>(0)))) {
      throw Failure{ErrorCode::conflict, "the campaign is " + row.get<std::string>(0),
                    "campaign_id"};
    }
    const Campaign campaign{.agent_id = get_id<AgentId>(row, 1),
                            .last_position = row.get<std::int64_t>(2)};
    return campaigns_.emplace(id, campaign).first->second;
  }

  void insert(QueuedCallId id, const NewQueuedCall& call, Campaign* campaign) {
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
    database_.run(kInsertRow, id, user_id_, call.contact_id, call.campaign_id, agent_id,
                  call.contact_name, user_data, call.priority, position, scheduled_for, not_after,
                  now_);
  }

  Database& database_;
  Instant now_;
  UserId user_id_;
  UuidSource& uuids_;
  std::map<CampaignId, Campaign> campaigns_;
};

}  // namespace

Result<std::vector<QueuedCall>> SqliteStore::add_queued_calls(
    UserId user_id, std::span<const NewQueuedCall> calls) {
  return write([&](Database& database, Instant now) {
    Adding adding{database, now, user_id, *uuids_};
    std::vector<QueuedCall> added;
    added.reserve(calls.size());
    for (const auto& call : calls) {
      added.push_back(load_row(database, user_id, adding.add(call)));
    }
    adding.finish();
    return added;
  });
}

Result<QueuedCall> SqliteStore::find_queued_call(UserId user_id, QueuedCallId id) {
  return read([&](Database& database, Instant) { return load_row(database, user_id, id); });
}

Result<QueuedCall> SqliteStore::cancel_queued_call(UserId user_id, QueuedCallId id,
                                                   std::string_view reason) {
  return write([&](Database& database, Instant now) {
    require_queued(load_row(database, user_id, id));
    database.run(kCancelRow, user_id, id, reason, now);
    return load_row(database, user_id, id);
  });
}

Result<int> SqliteStore::cancel_queued_calls_of_contact(UserId user_id, ContactId contact_id) {
  return write([&](Database& database, Instant now) {
    require_contact(database, user_id, contact_id);
    if (database.value<int>(kInFlight, user_id, contact_id)) {
      throw Failure{ErrorCode::conflict, "a call to this contact is in flight", "status"};
    }
    return static_cast<int>(database.run(kCancelRowsOfContact, user_id, contact_id, now));
  });
}

Result<std::int64_t> SqliteStore::rows_ahead(UserId user_id, QueuedCallId id) {
  return read([&](Database& database, Instant) {
    const auto row = load_row(database, user_id, id);
    require_queued(row);
    return database
        .value<std::int64_t>(kRowsAhead, user_id, row.campaign_id.has_value(),
                             -std::int64_t{row.priority}, row.position, row.created_at, row.id)
        .value_or(0);
  });
}

Result<std::optional<QueuedCall>> SqliteStore::next_queued_call(UserId user_id) {
  return read([&](Database& database, Instant now) -> std::optional<QueuedCall> {
    const auto next = UserQueue{database, user_id, now, busy_numbers(database, user_id)}.next();
    if (!next) return std::nullopt;
    auto row = database.query(kRowById, next->rowid);
    row.step();
    return read_queued_call(row);
  });
}

}  // namespace callqueue::sqlite
