#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "callqueue/uuid.hpp"
#include "sqlite/database.hpp"
#include "sqlite/slots.hpp"

namespace callqueue::sqlite {

// The round robin: who is in turn, and who is parked because there is nothing to take or no room.
// Triggers give a parked user a wake-up as soon as that may have changed, whoever changed it.

/// Brings parked users back whose wake-up is due. @return how many; `most`: there may be more.
int wake_due(Database& database, Instant now, int most);
/// The user has nothing to take: out of the turn order until its next lane opens.
void park(Database& database, UserId user_id, Instant now);
/// The user has no room: out of the turn order until one of its calls ends or its limit is raised.
void park_at_limit(Database& database, UserId user_id);
/// Parks a user in turn none of whose lanes is open.
void park_if_closed(Database& database, UserId user_id, Instant now);
/// Notes the number of the user's last dealing.
void note_dealing(Database& database, UserId user_id, std::int64_t turn);

/// A user in turn.
struct TurnOfUser {
  UserId user_id;
  std::int64_t turn = 0;
  UserLimits limits;
};

/// The users in turn, least recently served first, without those whose ceiling is reached.
///
/// Reads a few users at a time, one list per ceiling: of a list whose ceiling is reached nobody is
/// looked at. Lives inside one transaction in which nobody's turn changes.
class TurnOrder {
 public:
  explicit TurnOrder(Database& database) : database_(database) {}

  /// The next user, with so many calls active in the system. @pre `active` never shrinks.
  [[nodiscard]] std::optional<TurnOfUser> next(int active);

 private:
  /// Users of one ceiling, as far as they were read.
  struct List {
    int ceiling = 0;
    std::vector<TurnOfUser> page;
    std::size_t at = 0;
    bool ends = false;
  };

  void find_lists(int active);
  [[nodiscard]] const TurnOfUser* peek(List& list);

  Database& database_;
  std::optional<std::vector<List>> lists_;
};

}  // namespace callqueue::sqlite
