#pragma once

#include "callqueue/uuid.hpp"
#include "sqlite/database.hpp"

namespace callqueue::sqlite {

// What a row to be written points at must be there and be the user's: a reason for a person instead
// of a broken key. Each throws `Failure` (`not_found`) naming the column.

void require_user(Database& database, UserId user_id);
void require_agent(Database& database, UserId user_id, AgentId agent_id);
void require_contact(Database& database, UserId user_id, ContactId contact_id);

}  // namespace callqueue::sqlite
