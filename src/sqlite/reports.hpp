#pragma once

#include <algorithm>
#include <chrono>
#include <span>
#include <string_view>
#include <vector>

#include "callqueue/call_event.hpp"
#include "callqueue/claim.hpp"
#include "sqlite/database.hpp"

namespace callqueue::sqlite {

// What ends or moves calls, inside a write transaction of the caller's.

/// When a row that is changed now was changed: later than ever before, whatever the clock says.
[[nodiscard]] inline Instant next_update(Instant updated_at, Instant now) {
  return std::max(now, updated_at + std::chrono::microseconds{1});
}

/// Applies each event on its own; see `Store::report_events`. Throws `Failure` only for what fails
/// the whole transaction.
[[nodiscard]] std::vector<Result<CallReport>> report_all(Database& database, Instant now,
                                                         std::span<const CallEvent> events);

/// The call was certainly not placed: ends it, puts its row back and takes back the attempt. @pre
/// the call is active.
void put_back(Database& database, Instant now, const Call& call, std::string_view reason);

/// The call, or `Failure` (`not_found`, `call_id`).
[[nodiscard]] Call load_call(Database& database, const CallRef& ref);
/// Writes every field an event or an acceptance can change.
void store_call(Database& database, const Call& call);
/// How long an accepted call may stay without news: its campaign's rule, else an hour.
[[nodiscard]] std::chrono::seconds call_deadline(Database& database, const Call& call);

}  // namespace callqueue::sqlite
