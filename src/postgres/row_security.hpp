#pragma once

#include <optional>
#include <string>

#include "postgres/connection.hpp"

namespace callqueue::postgres {

// Row-level security: a role that sees and writes rows of one user only, the one that
// `callqueue.user_id` names. Nobody else is affected. A transaction must be open, with our schema
// first in the search path.

/// The role it was put in for; none: there is no row-level security of ours.
[[nodiscard]] std::optional<std::string> row_security_role(Connection& connection);
/// Puts it in for this role, which is made if it is not there. @pre there is none.
void put_row_security_in(Connection& connection, const std::string& role);
/// Takes it away again if there is one; the role stays.
void take_row_security_away(Connection& connection);
/// SQL: whether this session is a tenant's. The catalog is asked, for a statement that was planned
/// before the session's role came to inherit from the tenants' goes on seeing all rows.
#define CALLQUEUE_IS_TENANT                                               \
  "row_security_active('callqueue_migrations') AND EXISTS "               \
  "(SELECT 1 FROM pg_policy p CROSS JOIN unnest(p.polroles) tenant (id) " \
  "WHERE p.polrelid = 'callqueue_migrations'::regclass "                  \
  "AND p.polname = 'callqueue_own_rows' AND pg_has_role(tenant.id, 'USAGE'))"
/// Throws if this session is a tenant's. It would find nothing to call for ever, and lose the
/// events that it reports.
void refuse_tenant(Connection& connection);
/// Why the role would see more than one user's rows, or could make our functions do as it likes;
/// none: it is fit.
[[nodiscard]] std::optional<std::string> why_role_is_unfit(Connection& connection,
                                                           const std::string& role);

}  // namespace callqueue::postgres
