#pragma once

#include "callqueue/contact.hpp"
#include "callqueue/uuid.hpp"
#include "store/session.hpp"

namespace callqueue {

// What a row to be written points at must be there and be the user's: a reason for a person instead
// of a broken key. Each throws `Failure` (`not_found`) naming the column.

void require_user(Session& session, UserId user_id);
void require_agent(Session& session, UserId user_id, AgentId agent_id);
Contact require_contact(Session& session, UserId user_id, ContactId contact_id);

}  // namespace callqueue
