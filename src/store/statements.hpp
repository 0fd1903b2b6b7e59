#pragma once

#include "store/call_lists.hpp"

namespace callqueue {

/// The statements of the shared flows whose text differs between the databases. Where a statement
/// finds what its flow is going to change, it locks it as well, on a database that has row locks.
struct Statements {
  // Lists of queued calls, at most ?4 rows in the order of creation: the columns of
  // `CALLQUEUE_QUEUED_CALL_COLUMNS`, then the row's place in the list. ?3 is the place of the last
  // row seen as text, empty at first; ?5 holds the wanted statuses as `|queued||failed|`, empty for
  // all, and is compared with the status that the row reads as.
  const char* queued_calls_of_user;      ///< Of user ?1, stored with status ?2.
  const char* queued_calls_of_campaign;  ///< The same, of the user's campaign ?6.
  const char* queued_calls_of_contact;   ///< Of user ?1's contact ?2, in campaign ?6 unless NULL.

  // Queued rows of lane ?1 in the order of calling, at most ?2: the columns of
  // `CALLQUEUE_QUEUED_CALL_COLUMNS`, then the row's place as above.
  const char* ready_below;    ///< Ready, with a lower priority than ?3.
  const char* ready_behind;   ///< Ready, of priority ?3, behind position ?4, created_at ?5, id ?6.
  const char* waiting_after;  ///< That wait, behind due ?3 and place ?4.
  // How many of them come before such a place.
  const char* count_ready_before;    ///< ?2 to ?5 of what `ready_behind` has.
  const char* count_waiting_before;  ///< Due ?2 and place ?3.
  const char* place_of_row;          ///< Of user ?1's row ?2: lane_id, ready, its place.

  /// The published lanes of campaign ?1: timezone, opens_at, closes_at, stale, and of its queued
  /// rows how many are ready, how many wait and until when the first one does.
  const char* lane_facts;
  /// How many rows of campaign ?1 of user ?2 may start at ?3 but for their number, which is busy.
  const char* busy_rows;

  /// The lane of campaign ?1 and zone ?2 that belongs to import ?3 or, when NULL, to none.
  const char* find_lane;

  /// Completes campaign ?1 at ?2 if it is not a draft, no row is open and no import runs.
  const char* complete_if_done;
  /// Turns at most ?4 queued rows of campaign ?1 final at ?3; ?2: `cancelled` or `ended`.
  const char* sweep_rows;
  /// Whether a call of user ?1's campaign ?2 is in flight, also one whose row is gone.
  const char* campaign_in_flight;
  const char* delete_rows;    ///< At most ?2 of campaign ?1.
  const char* release_calls;  ///< At most ?2 of campaign ?1 forget it.
  /// Cancels the queued rows of user ?1's contact ?2 at ?3, but not those that are being swept.
  const char* cancel_rows_of_contact;

  /// Notes that the provider took user ?1's call ?2, as ?3 at ?4; the first acceptance counts.
  const char* accept_call;
  CallLists calls_in_order;   ///< Of creation.
  CallLists calls_backwards;  ///< The newest first.
  /// Those of user ?1's calls whose ids are in ?2, a JSON list of different ones, in their order:
  /// `CALLQUEUE_CALL_COLUMNS`.
  const char* calls_by_ids;
  // At most ?2 calls whose lease or deadline has passed by ?1.
  const char* lapsed_unmarked;       ///< Certainly not placed: `CALLQUEUE_CALL_COLUMNS`.
  const char* lapsed_marked;         ///< They may have been placed: user_id, id.
  const char* lapsed_calls;          ///< The same as `CALLQUEUE_CALL_COLUMNS`, the oldest first.
  const char* active_calls;          ///< How many hold a slot.
  const char* active_calls_of_user;  ///< The same, of user ?1.
  /// Of the ?1 busiest users: user_id, how many, their limit.
  const char* active_calls_by_user;

  const char* make_ready;     ///< At most ?2 waiting rows whose time has come by ?1.
  const char* expire_direct;  ///< At most ?2 queued rows whose `not_after` has passed at ?1.

  const char* all_stale;  ///< Every lane of a campaign that is not final.
  /// At most ?2 lanes that are stale or have closed by ?1: lane_id, user_id, campaign_id, timezone.
  const char* lanes_to_roll;
  /// Ends campaign ?1 at ?2 if none of its lanes opens again and no import runs.
  const char* end_campaign;
  const char* campaigns_to_activate;  ///< At most ?2 whose first window has opened by ?1.
  const char* campaign_to_sweep;      ///< Whose rows are to be swept, seldom any; no parameters.
  /// A lane the zone of whose rows is to be looked up: lane_id, campaign_id, import_id.
  const char* lane_to_look_through;
  /// Open rows of lane ?1 of campaign ?2, at most ?3 of each kind: user_id, id, their zone.
  const char* rows_of_lane;
  const char* looked_through;  ///< Lane ?1 holds rows of its zone only, and is stale.

  /// At most ?3 rows, of any status, that import ?2 into campaign ?1 has staged.
  const char* delete_staged_rows;
  /// Lanes of campaign ?1 whose last interval closed while it could not end are to be rolled again.
  const char* roll_ended_lanes;
  /// Errors ?6, a JSON list of lists (line, field, value, reason, record), of user ?1's import ?3
  /// into campaign ?2, numbered from ?4 on, at ?5; those that are there stay.
  const char* record_import_errors;
  const char* count_ready;  ///< Ready rows of lane ?1.
  /// At most ?4 ready rows of lane ?1 in the claim's order behind priority ?2 and position ?3: id,
  /// priority, position.
  const char* next_rows_of_lane;

  const char* work_at;   ///< The earliest instant at which a step of `advance` has work.
  const char* opens_at;  ///< The first opening after ?1 of a lane from which a call may be claimed.
};

}  // namespace callqueue
