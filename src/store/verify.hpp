#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "callqueue/schema.hpp"
#include "store/session.hpp"

namespace callqueue {

// What `Store::verify` looks at on either database. Each adds an item for all it looked at; they
// write nothing.

/// Adds what was looked at. @param detail what is wrong; empty: all is well.
void add_item(VerifyReport& report, std::string kind, std::string name, std::string detail);

/// Runs a check. One that the database refuses, because a table, column or function is not what it
/// should be, is added as not checked: nothing is passed over in silence.
/// @pre a transaction is open.
void try_check(Session& session, const std::string& kind, const std::string& name,
               VerifyReport& report, const std::function<void()>& check);

/// What belongs to the host may have more columns, and its own idea of them.
[[nodiscard]] bool is_hosts(std::string_view table);
/// Whether an index, trigger or the like that nobody expects has a name of ours.
[[nodiscard]] bool is_ours(std::string_view name);

/// The history of migrations against this library's.
void verify_history(Session& session, const std::vector<Migration>& all, VerifyReport& report);
/// Statistics against a recount. @param wrong_statistics lists campaigns, at most ?1, whose
/// counters differ: id as text, the four counters as kept, the four as counted.
void verify_statistics(Session& session, const char* wrong_statistics, VerifyReport& report);
/// Lanes that somebody may claim from, now or later, against the rules of their campaigns.
/// @param lanes lists those that do not close before ?1: user_id, campaign_id, timezone, opens_at,
/// closes_at.
void verify_lanes(Session& session, const char* lanes, Instant now, VerifyReport& report);

/// A state that nothing leads to, and that something waits in for ever (or moves too early). The
/// statement counts it and names one.
struct DataCheck {
  const char* name;
  const char* meaning;
  const char* sql;
  bool needs_now = false;
};
void run_checks(Session& session, std::span<const DataCheck> checks, Instant now,
                VerifyReport& report);

}  // namespace callqueue
