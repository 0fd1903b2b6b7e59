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
/// SQL: whether rows that count are hidden from this session, so that it may not be used: it is a
/// tenant's, or a policy of the host's is in the way. The catalog is asked, for a statement that
/// was planned before a role came to inherit from another goes on seeing what it saw.
#define CALLQUEUE_ROWS_ARE_HIDDEN "EXISTS (" CALLQUEUE_HIDING_TABLES ")"
/// The tables that hide any. Where policies are in force one has to let all rows through, and none
/// may hold some of them back.
// clang-format off
#define CALLQUEUE_HIDING_TABLES                                                                   \
  "SELECT watched.tab::regclass::text FROM (VALUES"                                               \
  " (to_regclass('callqueue_migrations')), (to_regclass('users')), (to_regclass('calls')),"       \
  " (to_regclass('call_campaigns')), (to_regclass('call_queue'))) watched (tab)"                  \
  " WHERE row_security_active(watched.tab) AND coalesce(("                                        \
  "SELECT NOT bool_or(p.polpermissive AND p.sees_all) OR bool_or(NOT p.polpermissive AND NOT p.sees_all)" \
  " FROM (SELECT polpermissive, polroles, pg_get_expr(polqual, polrelid) = 'true' AS sees_all"    \
  " FROM pg_policy WHERE polrelid = watched.tab AND polcmd IN ('*', 'r')) p"                      \
  " WHERE EXISTS (SELECT 1 FROM unnest(p.polroles) role (id)"                                     \
  " WHERE CASE role.id WHEN 0 THEN true ELSE pg_has_role(role.id, 'USAGE') END)), true)"
// clang-format on
/// Throws if any are: the session would count too few calls, find nothing to call for ever, or lose
/// the events that it reports.
void refuse_if_rows_are_hidden(Connection& connection);
/// Why the role would see more than one user's rows, or could make our functions do as it likes;
/// none: it is fit.
[[nodiscard]] std::optional<std::string> why_role_is_unfit(Connection& connection,
                                                           const std::string& role);

}  // namespace callqueue::postgres
