#pragma once

#include "callqueue/store.hpp"
#include "store/session.hpp"

namespace callqueue {

// Users, and slots in use, for whoever wants to know; a claim counts its own way.

[[nodiscard]] SlotUse system_slots_of(Session& session);
[[nodiscard]] int active_calls_of(Session& session, UserId user_id);

/// Users by their ids.
[[nodiscard]] PageOf<User> load_users(Session& session, const Page& page);

}  // namespace callqueue
