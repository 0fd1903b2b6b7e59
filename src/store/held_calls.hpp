#pragma once

#include <chrono>
#include <optional>

#include "callqueue/call.hpp"
#include "callqueue/claim.hpp"
#include "callqueue/queued_call.hpp"

namespace callqueue {

class Session;

/// A call that nobody else changes until the transaction ends, with what an event needs beside it.
struct HeldCall {
  Call call;
  std::optional<QueuedCall> queued;  ///< Its row, if that is still there.
  // Of its campaign's rules; those of a direct call where it has none.
  std::chrono::seconds call_deadline{3600};
  int max_attempts = 1;
};

// One at a time, in SQL that both databases read alike; `Session::hold_calls` and its neighbours do
// the same to many.

/// Nothing where there is no such call.
[[nodiscard]] std::optional<HeldCall> hold_call(Session& session, const CallRef& ref);
/// Of a call without its row.
void find_deadline(Session& session, HeldCall& held);
void store_call(Session& session, const Call& call);
void store_row(Session& session, const QueuedCall& row, Instant now);

}  // namespace callqueue
