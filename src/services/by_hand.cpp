#include "services/by_hand.hpp"

#include <array>

namespace callqueue {
namespace {

tl::unexpected<Error> forbidden(QueuedCallStatus from, QueuedCallStatus to) {
  return fail(ErrorCode::conflict,
              "a queued call that is " + std::string(to_text(from)) + " cannot become " +
                  std::string(to_text(to)) + " by hand",
              "status");
}

CallStatus call_status_for(QueuedCallStatus status) {
  switch (status) {
    case QueuedCallStatus::completed: return CallStatus::completed;
    case QueuedCallStatus::cancelled: return CallStatus::cancelled;
    default: return CallStatus::failed;
  }
}

/// The event that ends the row's call the way the host decided, retry rules aside.
CallEvent ending(const QueuedCall& row, QueuedCallStatus status, const StatusDetails& details) {
  return {.user_id = row.user_id,
          .call_id = *row.call_id,
          .status = call_status_for(status),
          .success = details.success,
          .retryable = false,
          .ended_at = details.completed_at,
          .duration = details.duration,
          .failure_reason = details.failure_reason};
}

}  // namespace

Result<QueuedCall> move_by_hand(Store& store, UserId user_id, QueuedCallId id,
                                QueuedCallStatus status, const StatusDetails& details) {
  using enum QueuedCallStatus;
  const auto row = store.find_queued_call(user_id, id);
  if (!row) return row;
  if (row->status == queued && status == cancelled) {
    return store.cancel_queued_call(
        user_id, id, details.failure_reason.empty() ? "cancelled" : details.failure_reason);
  }
  const bool ends = status == completed || status == failed || status == cancelled;
  if (row->status != processing || !ends) return forbidden(row->status, status);
  if (!row->call_id) {
    return fail(ErrorCode::conflict, "the queued call is processing without a call", "call_id");
  }

  const std::array events{ending(*row, status, details)};
  auto reports = store.report_events(events);
  if (!reports) return tl::unexpected(reports.error());
  auto& report = reports->front();
  if (!report) return tl::unexpected(report.error());
  // Somebody else ended the call in the meantime, differently.
  if (!report->queued || report->queued->status != status) {
    return forbidden(report->queued ? report->queued->status : row->status, status);
  }
  return *std::move(report->queued);
}

namespace {

Error conflict(std::string message, std::string field) {
  return {ErrorCode::conflict, std::move(message), std::move(field)};
}

/// Full limits, most personal first; nothing when there is room.
Result<std::optional<Error>> full_limit(Store& store, UserId user_id) {
  const auto user = store.find_user(user_id);
  if (!user) return tl::unexpected(user.error());
  const auto own = store.user_slots(user_id);
  if (!own) return tl::unexpected(own.error());
  const auto system = store.system_slots();
  if (!system) return tl::unexpected(system.error());
  const auto full = [](std::string message, std::string field) {
    return Error{ErrorCode::limit_reached, std::move(message), std::move(field)};
  };
  if (own->active >= own->limit) {
    return full("the user's limit leaves no room", "concurrent_calls_limit");
  }
  if (system->active >= system->limit) {
    return full("the system's limit leaves no room", "system_limit");
  }
  if (system->active >= user->system_concurrent_calls_limit) {
    return full("the user's ceiling on the system's calls leaves no room",
                "system_concurrent_calls_limit");
  }
  return std::nullopt;
}

/// What about the row's campaign stands in the way.
std::optional<Error> closed_campaign(Store& store, const QueuedCall& row) {
  if (!row.campaign_id) return std::nullopt;
  const auto facts = store.campaign_facts(row.user_id, *row.campaign_id);
  if (!facts) return facts.error();
  if (facts->status != CampaignStatus::active) {
    return conflict("its campaign is " + std::string(to_text(facts->status)), "campaign_id");
  }
  for (const auto& lane : facts->lanes) {
    if (lane.timezone != row.timezone) continue;
    const bool open = !lane.stale && lane.opens_at && *lane.opens_at <= facts->now &&
                      lane.closes_at && facts->now <= *lane.closes_at;
    if (!open) return conflict("it is outside its calling window", "first_call_time");
  }
  return std::nullopt;
}

}  // namespace

Error why_not_now(Store& store, UserId user_id, QueuedCallId id) {
  const auto row = store.find_queued_call(user_id, id);
  if (!row) return row.error();
  if (row->status != QueuedCallStatus::queued) {
    return conflict("the queued call is " + std::string(to_text(row->status)), "status");
  }
  const auto now = store.now();
  if (!now) return now.error();
  if (row->scheduled_for > *now) {
    return conflict("it is not due until " + to_text(row->scheduled_for), "scheduled_for");
  }
  if (auto closed = closed_campaign(store, *row)) return *std::move(closed);
  const auto full = full_limit(store, user_id);
  if (!full) return full.error();
  if (*full) return **full;
  return conflict("the user has an active call to the same number", "phone_number");
}

}  // namespace callqueue
