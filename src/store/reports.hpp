#pragma once

#include <chrono>
#include <span>
#include <string_view>
#include <vector>

#include "callqueue/call_event.hpp"
#include "callqueue/claim.hpp"
#include "store/session.hpp"

namespace callqueue {

// What ends or moves calls, inside a write transaction of the caller's.

/// Applies each event on its own; see `Store::report_events`. Throws `Failure` only for what fails
/// the whole transaction.
[[nodiscard]] std::vector<Result<CallReport>> report_all(Session& session, Instant now,
                                                         std::span<const CallEvent> events);

/// The call was certainly not placed: ends it, puts its row back and takes back the attempt. @pre
/// the call is active.
void put_back(Session& session, Instant now, const Call& call, std::string_view reason);

/// The call, or `Failure` (`not_found`, `call_id`).
[[nodiscard]] Call load_call(Session& session, const CallRef& ref);

}  // namespace callqueue
