#include "callqueue/call_queue.hpp"

#include <algorithm>
#include <array>
#include <optional>

#include "services/by_hand.hpp"
#include "services/checks.hpp"
#include "services/forecasts.hpp"

namespace callqueue {
namespace {

/// A claim that comes after a long silence finds more work than one batch; what is left over is
/// done by the next claim.
constexpr int max_advances = 100;
/// All are queued in one transaction, and claims wait for it.
constexpr std::size_t max_bulk = 10'000;

Result<void> advance_all(Store& store, bool lapse_submitted) {
  for (int i = 0; i < max_advances; ++i) {
    const auto advanced = store.advance({.lapse_submitted = lapse_submitted});
    if (!advanced) return tl::unexpected(advanced.error());
    // No call waits for a sweep: it goes on with the next claim.
    if (!advanced->more || advanced->total() == advanced->swept) break;
  }
  return {};
}

/// @param now there where the request has a `not_after`.
Result<void> check_instants(const QueueRequest& request, std::optional<Instant> now) {
  if (!request.not_after) return {};
  if (request.campaign_id) {
    return fail(ErrorCode::invalid_argument,
                "not_after is for direct calls only: a campaign has its windows", "not_after");
  }
  if (*request.not_after <= std::max(*now, request.scheduled_for.value_or(*now))) {
    return fail(ErrorCode::invalid_argument, "not_after has passed before the call may start",
                "not_after");
  }
  return {};
}

Result<void> check_request(const QueueRequest& request, std::optional<Instant> now) {
  if (!request.campaign_id && !request.agent_id) {
    return fail(ErrorCode::invalid_argument, "agent_id is required for a direct call", "agent_id");
  }
  return check_short_text(request.contact_name, "contact_name")
      .and_then([&] { return check_text(request.user_data, "user_data"); })
      .and_then([&] { return check_instants(request, now); });
}

}  // namespace

Result<QueuedCall> CallQueue::find_by_id(UserId user_id, QueuedCallId id) {
  return store_.find_queued_call(user_id, id);
}

Result<PageOf<QueuedCall>> CallQueue::find_by_campaign_id(UserId user_id, CampaignId campaign_id,
                                                          const Page& page) {
  return list(user_id, {.campaign_id = campaign_id}, page);
}

Result<PageOf<QueuedCall>> CallQueue::list(UserId user_id, const QueueFilter& filter,
                                           const Page& page) {
  return check_page(page).and_then([&] { return store_.list_queued_calls(user_id, filter, page); });
}

Result<PageOf<UpcomingCall>> CallQueue::upcoming(UserId user_id,
                                                 std::optional<CampaignId> campaign_id,
                                                 const Page& page) {
  auto rows = check_page(page).and_then(
      [&] { return store_.list_upcoming_calls(user_id, campaign_id, page); });
  if (!rows) return rows;
  StartForecasts forecasts(store_, user_id);
  for (auto& row : rows->items) {
    if (!row.position) continue;
    auto starts_at = forecasts.of(row.call, {*row.position - 1, row.earlier});
    // What went while it was read is not worth an error.
    if (!starts_at && starts_at.error().code == ErrorCode::not_found) continue;
    if (!starts_at) return tl::unexpected(starts_at.error());
    row.starts_at = *starts_at;
  }
  return rows;
}

Result<std::optional<QueuedCall>> CallQueue::get_next_queued(UserId user_id) {
  return store_.next_queued_call(user_id);
}

Result<QueueStatistics> CallQueue::get_queue_statistics(UserId user_id) {
  return store_.queue_statistics(user_id);
}

Result<QueuePosition> CallQueue::position(UserId user_id, QueuedCallId id) {
  const auto row = store_.find_queued_call(user_id, id);
  if (!row) return tl::unexpected(row.error());
  const auto ahead = store_.rows_ahead(user_id, id);
  if (!ahead) return tl::unexpected(ahead.error());
  return StartForecasts(store_, user_id)
      .of(*row, *ahead)
      .map([&](std::optional<Instant> starts_at) {
        return QueuePosition{.position = ahead->rows + 1, .starts_at = starts_at};
      });
}

Result<std::vector<QueuedCall>> CallQueue::create_bulk(UserId user_id,
                                                       std::span<const QueueRequest> requests) {
  if (requests.size() > max_bulk) {
    return fail(ErrorCode::invalid_argument,
                "more than " + std::to_string(max_bulk) + " calls at once: import longer lists",
                "requests");
  }
  std::optional<Instant> now;
  if (std::any_of(requests.begin(), requests.end(), [](auto& one) { return one.not_after; })) {
    const auto told = store_.now();
    if (!told) return tl::unexpected(told.error());
    now = *told;
  }

  std::vector<NewQueuedCall> rows;
  rows.reserve(requests.size());
  for (const auto& request : requests) {
    if (const auto checked = check_request(request, now); !checked) {
      return tl::unexpected(checked.error());
    }
    const auto custom = custom_priority(request.user_data);
    if (!custom) return tl::unexpected(custom.error());
    const bool is_named = !is_blank(request.contact_name);
    rows.push_back({.contact_id = request.contact_id,
                    .campaign_id = request.campaign_id,
                    .agent_id = request.agent_id,
                    .contact_name = is_named ? request.contact_name : "",
                    .user_data = request.user_data.empty() ? "{}" : request.user_data,
                    .priority = priority(options_.priority, request.contact_name, *custom),
                    .priority_if_named = priority(options_.priority, "named", *custom),
                    .scheduled_for = request.scheduled_for,
                    .not_after = request.not_after});
  }
  return store_.add_queued_calls(user_id, rows);
}

Result<QueuedCall> CallQueue::add_direct(UserId user_id, const QueueRequest& request) {
  if (request.campaign_id) {
    return fail(ErrorCode::invalid_argument, "a direct call has no campaign", "campaign_id");
  }
  return create_bulk(user_id, {&request, 1}).map([](const std::vector<QueuedCall>& rows) {
    return rows.front();
  });
}

Result<QueuedCall> CallQueue::cancel(UserId user_id, QueuedCallId id) {
  return store_.cancel_queued_call(user_id, id, "cancelled");
}

Result<int> CallQueue::delete_by_contact(UserId user_id, ContactId contact_id) {
  return store_.cancel_queued_calls_of_contact(user_id, contact_id);
}

Result<QueuedCall> CallQueue::update_status(UserId user_id, QueuedCallId id,
                                            QueuedCallStatus status, const StatusDetails& details) {
  return check_text(details.failure_reason, "failure_reason").and_then([&] {
    return move_by_hand(store_, user_id, id, status, details);
  });
}

Result<std::vector<ClaimedCall>> CallQueue::claim(const ClaimRequest& request) {
  return check_claim(request)
      .and_then([&] { return advance_all(store_, request.lapse_submitted); })
      .and_then([&] { return store_.claim(request); });
}

Result<ClaimedCall> CallQueue::call_now(UserId user_id, QueuedCallId id,
                                        const ClaimRequest& request) {
  auto only = request;
  only.limit = 1;
  only.only = id;
  only.only_user = user_id;
  const auto claimed = claim(only);
  if (!claimed) return tl::unexpected(claimed.error());
  if (claimed->empty()) return tl::unexpected(why_not_now(store_, user_id, id));
  return claimed->front();
}

Result<FinishedAndClaimed> CallQueue::finish_and_claim(std::span<const CallEvent> events,
                                                       const ClaimRequest& request) {
  // The news in hand come before the verdict that there were none.
  auto done =
      check_claim(request).and_then([&] { return advance_all(store_, false); }).and_then([&] {
        return store_.finish_and_claim(events, request);
      });
  // What this fails to do the next call does.
  if (done && request.lapse_submitted) static_cast<void>(advance_all(store_, true));
  return done;
}

Result<CallReport> CallQueue::report(const CallEvent& event) {
  auto reports = store_.report_events({&event, 1});
  if (!reports) return tl::unexpected(reports.error());
  return reports->front();
}

}  // namespace callqueue
