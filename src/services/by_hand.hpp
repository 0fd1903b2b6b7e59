#pragma once

#include "callqueue/call_queue.hpp"

namespace callqueue {

/// See `CallQueue::update_status`; texts are checked already.
[[nodiscard]] Result<QueuedCall> move_by_hand(Store& store, UserId user_id, QueuedCallId id,
                                              QueuedCallStatus status,
                                              const StatusDetails& details);

/// Why a claim of only this row came back empty: `limit_reached`, or `conflict` naming what is in
/// the way.
[[nodiscard]] Error why_not_now(Store& store, UserId user_id, QueuedCallId id);

}  // namespace callqueue
