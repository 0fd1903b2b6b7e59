#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "callqueue/export.hpp"
#include "callqueue/forecast.hpp"
#include "callqueue/priority.hpp"
#include "callqueue/store.hpp"

namespace callqueue {

/// What a host may replace.
struct CallQueueOptions {
  PriorityRule priority{};
};

/// A call to be queued, as a host asks for it. The service checks it and computes its priority.
struct QueueRequest {
  ContactId contact_id{};
  std::optional<CampaignId> campaign_id{};  ///< None: a direct call.
  std::optional<AgentId> agent_id{};        ///< None: the campaign's. Required for a direct call.
  std::string contact_name{};               ///< Empty: the contact's.
  std::string user_data{};  ///< A JSON object or empty; its integer `priority` counts.
  std::optional<Instant> scheduled_for{};  ///< None: now.
  /// Direct calls only; none: 15 minutes from now, or from `scheduled_for` if that is later.
  std::optional<Instant> not_after{};
};

/// Where a row stands.
struct QueuePosition {
  std::int64_t position = 1;  ///< 1: the next of its user, in the order of `upcoming`.
  /// Expected, from the rows ahead, the free slots and how long the campaign's calls took on the
  /// average; none: not within its windows, or not until somebody raises a limit of 0 or resumes
  /// the campaign.
  std::optional<Instant> starts_at{};
};

/// Facts that go with a change of status, all optional.
struct StatusDetails {
  std::string failure_reason{};
  std::optional<bool> success{};
  std::optional<Instant> completed_at{};
  std::optional<std::chrono::seconds> duration{};
};

/// The service over queued calls: adds, lists, claims and finishes them.
///
/// Thread-safe; holds no state but the reference and its options. Every function that names a row
/// takes the user first; another user's row is `not_found`. Besides the listed errors every
/// function passes on the store's.
class CALLQUEUE_API CallQueue {
 public:
  /// @param store must outlive the service.
  explicit CallQueue(Store& store, CallQueueOptions options = {})
      : store_(store), options_(options) {}

  [[nodiscard]] Result<QueuedCall> find_by_id(UserId user_id, QueuedCallId id);
  [[nodiscard]] Result<PageOf<QueuedCall>> find_by_campaign_id(UserId user_id,
                                                               CampaignId campaign_id,
                                                               const Page& page = {});
  [[nodiscard]] Result<PageOf<QueuedCall>> list(UserId user_id, const QueueFilter& filter = {},
                                                const Page& page = {});
  /// What is called next, with its places and when it may start: see `Store::list_upcoming_calls`.
  [[nodiscard]] Result<PageOf<UpcomingCall>> upcoming(UserId user_id,
                                                      std::optional<CampaignId> campaign_id = {},
                                                      const Page& page = {});
  /// The row that `claim` would take first for this user, limits and turns ignored. Writes nothing.
  [[nodiscard]] Result<std::optional<QueuedCall>> get_next_queued(UserId user_id);
  [[nodiscard]] Result<QueueStatistics> get_queue_statistics(UserId user_id);
  /// Where a queued row stands and when it may start. `conflict` when it is not queued.
  [[nodiscard]] Result<QueuePosition> position(UserId user_id, QueuedCallId id);

  /// Queues calls, all or none; positions follow the order given. `invalid_argument` names
  /// `user_data`, `priority`, `agent_id`, `not_after`, or `requests` for more than 10,000: an
  /// import takes longer lists without keeping claims waiting.
  Result<std::vector<QueuedCall>> create_bulk(UserId user_id,
                                              std::span<const QueueRequest> requests);
  /// Queues a direct call: served before campaign calls, whatever the window, until `not_after`.
  Result<QueuedCall> add_direct(UserId user_id, const QueueRequest& request);
  /// `queued → cancelled`. `conflict` when it is not queued.
  Result<QueuedCall> cancel(UserId user_id, QueuedCallId id);
  /// Cancels a contact's waiting rows; `conflict` while one is in flight. @return how many.
  Result<int> delete_by_contact(UserId user_id, ContactId contact_id);
  /// Moves a row by hand: a queued one to `cancelled`; a processing one to `completed`, `failed` or
  /// `cancelled` by ending its call (retry rules do not apply: the host has decided). Any other
  /// transition is `conflict` and changes nothing.
  Result<QueuedCall> update_status(UserId user_id, QueuedCallId id, QueuedCallStatus status,
                                   const StatusDetails& details = {});

  /// Does what time demands (`Store::advance`), then claims. See `Store::claim`.
  Result<std::vector<ClaimedCall>> claim(const ClaimRequest& request = {});
  /// Claims this row or nothing, under the same limits. `limit_reached` when there is no room;
  /// `conflict` when it is not queued, or not due, or its lane is closed.
  Result<ClaimedCall> call_now(UserId user_id, QueuedCallId id, const ClaimRequest& request = {});
  /// Reports events, then claims, in one commit.
  Result<FinishedAndClaimed> finish_and_claim(std::span<const CallEvent> events,
                                              const ClaimRequest& request = {});
  /// Reports what a provider says of one call. Idempotent, in any order.
  Result<CallReport> report(const CallEvent& event);

 private:
  Store& store_;
  CallQueueOptions options_;
};

/// The integer `priority` of a user_data object; 0 when absent. `invalid_argument` (`user_data`)
/// when it is no JSON object, (`priority`) when it is there and no integer of 32 bits.
[[nodiscard]] CALLQUEUE_API Result<int> custom_priority(std::string_view user_data);

}  // namespace callqueue
