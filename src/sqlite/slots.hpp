#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <unordered_map>

#include "callqueue/uuid.hpp"
#include "sqlite/database.hpp"

namespace callqueue::sqlite {

/// The slots in use and the limits, counted afresh under the write lock: nothing that could drift
/// is kept.
struct Slots {
  std::unordered_map<UserId, int> active_by_user;
  int active = 0;
  int system_limit = 0;
  std::int64_t last_turn = 0;

  [[nodiscard]] int active_of(UserId user_id) const {
    const auto found = active_by_user.find(user_id);
    return found == active_by_user.end() ? 0 : found->second;
  }
  [[nodiscard]] int free() const { return active < system_limit ? system_limit - active : 0; }
};

[[nodiscard]] Slots count_slots(Database& database);

/// A user's own limits.
struct UserLimits {
  int concurrent = 0;
  int system_ceiling = 0;

  /// How many more calls may start for this user, with `active` in the whole system and `own` of
  /// its own.
  [[nodiscard]] int room(int active, int own) const {
    if (active >= system_ceiling || own >= concurrent) return 0;
    return concurrent - own;
  }
};

/// The numbers this user has an active call to, as they are dialed.
[[nodiscard]] std::set<std::string> busy_numbers(Database& database, UserId user_id);

}  // namespace callqueue::sqlite
