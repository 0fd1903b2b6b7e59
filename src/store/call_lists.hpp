#pragma once

#include "store/rows.hpp"

namespace callqueue {

/// Lists of user ?1's calls: `CALLQUEUE_CALL_COLUMNS`, at most ?7 behind the one with id ?2. Each
/// takes every filter, where there is one: campaign ?3, queued call ?4, the provider's id ?5 and
/// statuses ?6, as `|busy||failed|`; one of them it is made for, and reads no more than that has.
struct CallLists {
  const char* of_user;
  const char* of_campaign;       ///< ?3 is one.
  const char* of_queued_call;    ///< ?4 is one.
  const char* of_provider_call;  ///< ?5 is one.
  const char* of_active;         ///< Of calls that hold a slot only.
};

/// The text of one. @param from how the table is read. @param path what it is made for.
/// @param behind `>`, or backwards `<`. @param order what `ORDER BY c.id` needs besides.
#define CALLQUEUE_CALL_LIST(from, path, behind, order)                                    \
  "SELECT " CALLQUEUE_CALL_COLUMNS " FROM calls c " from "WHERE c.user_id = ?1 AND " path \
  "AND c.id " behind                                                                      \
  " ?2 "                                                                                  \
  "AND (?3 IS NULL OR c.campaign_id = ?3) AND (?4 IS NULL OR c.queue_id = ?4) "           \
  "AND (?5 = '' OR c.provider_call_id = ?5) "                                             \
  "AND (?6 = '' OR ?6 LIKE '%|' || callqueue_reads_as(c.status) || '|%') "                \
  "ORDER BY c.id" order " LIMIT ?7"

}  // namespace callqueue
