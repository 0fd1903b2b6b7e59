/// @file callqueue.h
/// libcallqueue in C: outbound call campaigns, embeddable. The whole C API; it reads from top to
/// bottom.
///
/// The conventions, which hold for every function here:
///
/// 1. **Names** follow the C++ API. What `Store` does is `cq_store_…`, what `CallCampaigns` does
///     `cq_campaigns_…`, what `CallQueue` does `cq_queue_…`, what `Processor` does
///     `cq_processor_…`; a free function `x` is `cq_x`.
/// 2. **Errors.** A function that can fail returns a `cq_status`: `CQ_OK` (0) or what went wrong.
///     Its last parameter `cq_error** error` may be NULL; else it is set: to NULL after success, to
///     an error that says which field is to blame after a failure. Free that with `cq_error_free`.
///     What a function hands out is NULL after a failure, and numbers it hands out are left as they
///     were. NULL where something is needed, a text that is no UTF-8 and an id that is none are
///     `CQ_INVALID_ARGUMENT` naming the parameter or the member. Beside the statuses named with a
///     function, every function that asks a store may give `CQ_UNAVAILABLE`, `CQ_CORRUPT` or
///     `CQ_INTERNAL`; so does lack of memory (`CQ_INTERNAL`).
/// 3. **Ownership.** What a function hands out through a `cq_x**` is yours until you give it to
///     `cq_x_free`, which sets your pointer to NULL and does nothing if it is NULL already.
///     Everything that can be reached from it belongs to it and goes with it. Where a function says
///     that an output may be NULL, you need not take it. Texts handed out through a `char**` go to
///     `cq_string_free`. The library keeps no pointer that you pass in, except the `user` pointers
///     of callbacks.
/// 4. **Structs** begin with their size, so that later versions can add members at their end. The
///     library makes those that you read; read them through the pointer you got. Those that you
///     fill begin with `cq_x_init(&x, sizeof x)`, which gives every member its default. A member
///     that this library does not know must be left at zero (`CQ_INVALID_ARGUMENT`, `size`).
/// 5. **Texts** are UTF-8 and end with NUL. As input NULL is the same as an empty text. As output a
///     text that is empty is "", never NULL, but references, dates and JSON that are absent are
///     NULL.
/// 6. **Ids** are texts of 36 characters: `0190b0a5-3c00-7abc-8def-0123456789ab`.
/// 7. **Time.** Instants are microseconds since 1970, UTC; `CQ_NO_INSTANT` where there is none.
///     Durations are whole seconds unless their name says otherwise. Dates are texts: `2026-03-29`.
///     Times of day are seconds since local midnight, 0 to 86,400.
/// 8. **Absent** numbers, flags and enumerators are `CQ_UNSET`. Flags are `int32_t`, 0 or 1.
///     Enumerators are kept in `int32_t` as well, so that no compiler's choice of their size
///     matters.
/// 9. **JSON** stands where a structure is open-ended: rules, reports, analytics. One line, the
///     names of the database's columns, instants as RFC 3339. `docs/` and `callqueue/json.hpp` say
///     what is in it.
/// 10. **Threads.** What you read may be read on any thread while nobody frees it. Functions that
///     are thread-safe say so; the others may be used by one thread at a time for each handle.
///     Freeing something needs all others to be done with it.
/// 11. **Callbacks** may be called on threads of the library. They return normally: no `longjmp`.
///     An exception thrown by one written in C++ is caught. No exception ever comes out of this
///     API.
#ifndef CALLQUEUE_H
#define CALLQUEUE_H

#include <stddef.h>
#include <stdint.h>

#if defined(__GNUC__)
#define CQ_API __attribute__((visibility("default")))
#else
#define CQ_API
#endif

/// No instant.
/// @since 0.1
#define CQ_NO_INSTANT INT64_MIN
/// No number, flag or enumerator.
/// @since 0.1
#define CQ_UNSET INT32_MIN

#ifdef __cplusplus
extern "C" {
#endif

// --- Errors, texts, versions ---------------------------------------------------------------------

/// How a call went. The numbers never change and are the same in C++ and Python.
/// @since 0.1
typedef enum cq_status {
  CQ_OK = 0,
  CQ_INVALID_ARGUMENT = 1,  ///< Your input is wrong; `field` names it. Nothing was changed.
  CQ_NOT_FOUND = 2,         ///< No such row, or it belongs to another user. Nothing was changed.
  CQ_CONFLICT = 3,          ///< The row's state does not allow it. Nothing was changed.
  CQ_LIMIT_REACHED = 4,     ///< A user or system limit leaves no room. Nothing was changed.
  CQ_UNAVAILABLE = 5,       ///< The database cannot be reached or is busy; try again.
  CQ_CORRUPT = 6,           ///< The database does not hold what this version expects.
  CQ_INTERNAL = 7           ///< A defect in the library or in a callback, or lack of memory.
} cq_status;

/// What went wrong.
/// @since 0.1
typedef struct cq_error {
  size_t size;
  int32_t code;         ///< A `cq_status`.
  const char* message;  ///< One sentence for a person; never holds a phone number or a secret.
  /// The input's name as in the database (`phone_number`), or "". The same in every language: a
  /// duration's is without the unit that its member has here (`lease` for `lease_seconds`) unless
  /// it is a column (`duration_seconds`), and one within `rules` is the key there, in that case
  /// too.
  const char* field;
} cq_error;

/// The version of the library, `major.minor.patch`. Thread-safe.
/// @since 0.1
CQ_API const char* cq_version(void);
/// `ok`, `invalid_argument` and so on; "" for what is none. Thread-safe.
/// @since 0.1
CQ_API const char* cq_status_text(int32_t status);
/// Thread-safe.
/// @since 0.1
CQ_API void cq_error_free(cq_error** error);
/// Thread-safe.
/// @since 0.1
CQ_API void cq_string_free(char** text);

// --- States. The enumerators are the texts in the database ---------------------------------------

/// Where a campaign is.
/// @since 0.1
enum cq_campaign_status {
  CQ_CAMPAIGN_DRAFT = 0,
  CQ_CAMPAIGN_SCHEDULED = 1,
  CQ_CAMPAIGN_ACTIVE = 2,
  CQ_CAMPAIGN_PAUSED = 3,
  CQ_CAMPAIGN_COMPLETED = 4,
  CQ_CAMPAIGN_CANCELLED = 5
};

/// Where one call owed to one contact is.
/// @since 0.1
enum cq_queued_call_status {
  CQ_QUEUED_CALL_QUEUED = 0,
  CQ_QUEUED_CALL_PROCESSING = 1,
  CQ_QUEUED_CALL_COMPLETED = 2,
  CQ_QUEUED_CALL_FAILED = 3,
  CQ_QUEUED_CALL_CANCELLED = 4,
  CQ_QUEUED_CALL_SKIPPED = 5
};

/// Where one attempt is. The first three are active: they hold a slot.
/// @since 0.1
enum cq_call_status {
  CQ_CALL_INITIATED = 0,
  CQ_CALL_RINGING = 1,
  CQ_CALL_IN_PROGRESS = 2,
  CQ_CALL_COMPLETED = 3,
  CQ_CALL_BUSY = 4,
  CQ_CALL_NO_ANSWER = 5,
  CQ_CALL_FAILED = 6,
  CQ_CALL_CANCELLED = 7,
  CQ_CALL_UNKNOWN = 8
};

/// How an attempt ended. Unknown: it may have been placed, nobody can tell.
/// @since 0.1
enum cq_call_outcome {
  CQ_OUTCOME_ANSWERED = 0,
  CQ_OUTCOME_VOICEMAIL = 1,
  CQ_OUTCOME_BUSY = 2,
  CQ_OUTCOME_NO_ANSWER = 3,
  CQ_OUTCOME_FAILED = 4,
  CQ_OUTCOME_REJECTED = 5,
  CQ_OUTCOME_CANCELLED = 6,
  CQ_OUTCOME_UNKNOWN = 7
};

/// Whether an attempt serves a campaign, or was asked for by a person or reserved.
/// @since 0.1
enum cq_call_type { CQ_CALL_TYPE_DIRECT = 0, CQ_CALL_TYPE_CAMPAIGN = 1 };

/// The text in the database (`no_answer`), or "" for a number that is none. Thread-safe.
/// @since 0.1
CQ_API const char* cq_campaign_status_text(int32_t status);
/// As `cq_campaign_status_text`. Thread-safe.
/// @since 0.1
CQ_API const char* cq_queued_call_status_text(int32_t status);
/// As `cq_campaign_status_text`. Thread-safe.
/// @since 0.1
CQ_API const char* cq_call_status_text(int32_t status);
/// As `cq_campaign_status_text`. Thread-safe.
/// @since 0.1
CQ_API const char* cq_call_outcome_text(int32_t outcome);
/// As `cq_campaign_status_text`. Thread-safe.
/// @since 0.1
CQ_API const char* cq_call_type_text(int32_t type);

/// The enumerator with this text, or `CQ_UNSET`. Thread-safe.
/// @since 0.1
CQ_API int32_t cq_parse_campaign_status(const char* text);
/// As `cq_parse_campaign_status`. Thread-safe.
/// @since 0.1
CQ_API int32_t cq_parse_queued_call_status(const char* text);
/// As `cq_parse_campaign_status`. Thread-safe.
/// @since 0.1
CQ_API int32_t cq_parse_call_status(const char* text);
/// As `cq_parse_campaign_status`. Thread-safe.
/// @since 0.1
CQ_API int32_t cq_parse_call_outcome(const char* text);
/// As `cq_parse_campaign_status`. Thread-safe.
/// @since 0.1
CQ_API int32_t cq_parse_call_type(const char* text);

/// Whether a campaign may go from one status to another: 1 or 0. Thread-safe.
/// @since 0.1
CQ_API int32_t cq_campaign_can_transition(int32_t from, int32_t to);
/// The same of a queued call. Thread-safe.
/// @since 0.1
CQ_API int32_t cq_queued_call_can_transition(int32_t from, int32_t to);
/// The same of a call. Thread-safe.
/// @since 0.1
CQ_API int32_t cq_call_can_transition(int32_t from, int32_t to);

/// Whether a campaign is over: 1 or 0. Thread-safe.
/// @since 0.1
CQ_API int32_t cq_campaign_is_final(int32_t status);
/// Whether nothing becomes of a queued call any more: 1 or 0. Thread-safe.
/// @since 0.1
CQ_API int32_t cq_queued_call_is_final(int32_t status);
/// Whether a call holds a slot: 1 or 0. Thread-safe.
/// @since 0.1
CQ_API int32_t cq_call_is_active(int32_t status);

// --- The store: open it, keep its schema, ask it for the time ------------------------------------

/// An open database. Thread-safe as a whole: one is enough for a process, and several processes may
/// have the same database open.
/// @since 0.1
typedef struct cq_store cq_store;

/// What survives a power cut.
/// @since 0.1
enum cq_durability {
  CQ_DURABILITY_FULL = 0,   ///< Everything committed.
  CQ_DURABILITY_NORMAL = 1  ///< All but the last commits; small commits are much faster.
};

/// How a store is opened. The defaults suit production.
/// @since 0.1
typedef struct cq_store_options {
  size_t size;
  /// The clock that decides, for tests and simulations; NULL: the store's own. Thread-safe; never
  /// goes back.
  int64_t (*clock)(void* user);
  void* clock_user;         ///< Handed to `clock`; must stay valid until the store is closed.
  int64_t id_seed;          ///< Not `CQ_UNSET`: ids can be repeated, for tests. Default: random.
  int32_t durability;       ///< A `cq_durability`.
  int32_t create;           ///< Whether a missing SQLite file is created. Default: 1.
  int64_t busy_timeout_ms;  ///< How long to wait for another process's write. Default: 10,000.
  int64_t statement_timeout_ms;  ///< PostgreSQL: the longest a statement may run. Default: 60,000.
  int64_t
      look_interval_ms;  ///< PostgreSQL: how often to look for changes nobody notified of. 1,000.
  int32_t connections;   ///< PostgreSQL: most connections, 1 to 1,000. Default: 8.
  int32_t
      prepare_statements;  ///< PostgreSQL: 0 behind a pooler that works by transaction. Default: 1.
  int32_t listen;          ///< PostgreSQL: 0 behind such a pooler. Default: 1.
  int32_t priority_base;   ///< What every queued call's priority starts with. Default: 0.
  int32_t priority_named_contact;  ///< What a contact's name adds to it. Default: 100.
  const char* schema;  ///< PostgreSQL: the schema that holds the tables; "": the search path's.
} cq_store_options;

/// @since 0.1
CQ_API void cq_store_options_init(cq_store_options* options, size_t size);

/// Opens a store: `sqlite:PATH`, `sqlite::memory:`, `postgresql://user@host/database`. Does not
/// migrate: call `cq_store_migrate` on a new database. Thread-safe.
///
/// @param options NULL: the defaults.
/// @return `CQ_INVALID_ARGUMENT` (`url`, `connections`, `schema`); `CQ_UNAVAILABLE` when the file
/// cannot be opened or the server not be reached; `CQ_CORRUPT` when it is no database, or a newer
/// version's.
/// @since 0.1
CQ_API cq_status cq_store_open(const char* url, const cq_store_options* options, cq_store** store,
                               cq_error** error);
/// Closes it and sets your pointer to NULL. Processors and exports that still exist keep the
/// database open until they go.
/// @since 0.1
CQ_API void cq_store_close(cq_store** store);

/// Which migrations to run.
/// @since 0.1
typedef struct cq_migrate_request {
  size_t size;
  int32_t to;    ///< The version to end at; `CQ_UNSET`: the newest, or with `down` one step back.
  int32_t down;  ///< Whether to go down. Data that only newer versions hold is lost.
  /// PostgreSQL: the role that sees rows of one user only; NULL: leaves that as it is; "": takes it
  /// away.
  const char* row_security;
  /// PostgreSQL: more spellings of `calls.status` that hold a slot; NULL: leaves them as they are.
  const char* const* active_statuses;
  size_t active_statuses_count;
} cq_migrate_request;

/// @since 0.1
CQ_API void cq_migrate_request_init(cq_migrate_request* request, size_t size);

/// Brings the database to this version; safe beside other migrators. Thread-safe.
/// @param request NULL: to the newest version.
/// @param result what was done, as JSON (`from`, `to`, `applied`); may be NULL.
/// @return `CQ_INVALID_ARGUMENT` (`to`, `row_security`, `active_statuses`); `CQ_CONFLICT` for what
/// `cq_store_preflight` says blocks; `CQ_CORRUPT` for a newer version's database.
/// @since 0.1
CQ_API cq_status cq_store_migrate(cq_store* store, const cq_migrate_request* request, char** result,
                                  cq_error** error);
/// Lists what stands in the way of migrating tables that are there already. Changes nothing.
/// Thread-safe.
/// @param active_statuses as in `cq_migrate_request`; NULL: those declared at the migration, if
/// any.
/// @param report JSON: `blocks`, `version` and `findings`.
/// @return `CQ_INVALID_ARGUMENT` (`active_statuses`, `schema`).
/// @since 0.1
CQ_API cq_status cq_store_preflight(cq_store* store, const char* const* active_statuses,
                                    size_t active_statuses_count, char** report, cq_error** error);
/// Compares the database with what this version expects. Thread-safe.
/// @param report JSON: `ok`, `version` and `items`.
/// @since 0.1
CQ_API cq_status cq_store_verify(cq_store* store, char** report, cq_error** error);

/// A numbered change of the schema.
/// @since 0.1
typedef struct cq_migration {
  size_t size;
  int32_t version;
  const char* name;
  const char* up;    ///< SQL that applies it.
  const char* down;  ///< SQL that takes it back.
  const char*
      before;  ///< PostgreSQL: queries that yield statements to run before `up`, and `after` it,
  const char* after;  ///< each by itself; each query ends in a line `\gexec`.
} cq_migration;

/// @since 0.1
typedef struct cq_migration_list {
  size_t size;
  size_t count;
  const cq_migration* const* items;
} cq_migration_list;

/// The migrations of the kind of store that the URL names, in order. Opens nothing. Thread-safe.
/// @return `CQ_INVALID_ARGUMENT` (`url`).
/// @since 0.1
CQ_API cq_status cq_migrations_for(const char* url, cq_migration_list** migrations,
                                   cq_error** error);
/// @since 0.1
CQ_API void cq_migration_list_free(cq_migration_list** migrations);

/// The clock that decides. Thread-safe.
/// @since 0.1
CQ_API cq_status cq_store_now(cq_store* store, int64_t* now, cq_error** error);

/// What `cq_store_advance` may do in one go.
/// @since 0.1
typedef struct cq_advance_request {
  size_t size;
  int32_t budget;  ///< Most rows changed in one call. Default: 1,000.
  /// Whether submitted calls whose lease or deadline has passed become unknown. Default: 1. With 0
  /// ask your provider about `cq_store_lapsed_calls`, and report what you learn.
  int32_t lapse_submitted;
} cq_advance_request;

/// @since 0.1
CQ_API void cq_advance_request_init(cq_advance_request* request, size_t size);

/// What `cq_store_advance` did.
/// @since 0.1
typedef struct cq_advance_result {
  size_t size;
  int32_t requeued;      ///< Lapsed leases that were never submitted.
  int32_t lapsed;        ///< Submitted calls that became unknown.
  int32_t made_ready;    ///< Waiting rows that became ready.
  int32_t expired;       ///< Direct calls past `not_after`.
  int32_t lanes_rolled;  ///< Lanes given their next interval.
  int32_t activated;     ///< Scheduled campaigns whose first window opened.
  int32_t ended;         ///< Campaigns whose last interval closed.
  int32_t swept;         ///< Rows of cancelled and ended campaigns turned final.
  int32_t more;          ///< 1: the budget ran out first; call again.
  int32_t total;         ///< All of them together.
} cq_advance_result;

/// @since 0.1
CQ_API void cq_advance_result_init(cq_advance_result* result, size_t size);

/// Does the work that time drives, in bounded batches. Claims and processors call it by themselves.
/// Thread-safe.
/// @param request NULL: the defaults.
/// @param result filled, if you need it; may be NULL.
/// @since 0.1
CQ_API cq_status cq_store_advance(cq_store* store, const cq_advance_request* request,
                                  cq_advance_result* result, cq_error** error);
/// The earliest instant at which time alone can make anything claimable, or `CQ_NO_INSTANT`.
/// Thread-safe.
/// @since 0.1
CQ_API cq_status cq_store_next_wakeup(cq_store* store, int64_t* wakeup, cq_error** error);
/// A number that changes whenever this or another process has committed something; on PostgreSQL
/// also when somebody else on the server has. Thread-safe.
/// @since 0.1
CQ_API cq_status cq_store_change_counter(cq_store* store, uint64_t* counter, cq_error** error);

/// What was committed since somebody looked last; it may name more than there is.
/// @since 0.1
typedef struct cq_changes {
  size_t size;
  int32_t may_start;         ///< 1: something may have become claimable.
  int32_t everyone;          ///< 1: any user's rows may have changed.
  const char* const* users;  ///< Otherwise: ids of those whose rows have changed, each once.
  size_t users_count;
} cq_changes;

/// @since 0.1
CQ_API void cq_changes_free(cq_changes** changes);

/// Hears of what this and other processes commit to a store.
/// @since 0.1
typedef struct cq_change_listener cq_change_listener;

/// From now on: nothing is missed for good, but it may be told late (within 50 ms on SQLite; on
/// PostgreSQL at once, or after `look_interval_ms`). One is enough for a process. Thread-safe.
/// @param listener on PostgreSQL it has a connection of its own. It keeps the database open.
/// @since 0.1
CQ_API cq_status cq_store_listen(cq_store* store, cq_change_listener** listener, cq_error** error);
/// Waits until there is something to tell that was not told yet, `at_most_ms` have passed, the
/// store's clock has reached `until`, or somebody calls `cq_change_listener_wake`. On one thread at
/// a time.
/// @param until `CQ_NO_INSTANT`: does not matter.
/// @param changes NULL after success: none. After an error what is not told yet comes next time.
/// @return `CQ_INVALID_ARGUMENT` (`at_most`, `until`); `CQ_CONFLICT` (`listener`) while another
/// thread waits.
/// @since 0.1
CQ_API cq_status cq_change_listener_wait(cq_change_listener* listener, int64_t at_most_ms,
                                         int64_t until, cq_changes** changes, cq_error** error);
/// Ends the wait under way, or the next one. Thread-safe.
/// @since 0.1
CQ_API void cq_change_listener_wake(cq_change_listener* listener);
/// Frees one that nobody waits with.
/// @since 0.1
CQ_API void cq_change_listener_free(cq_change_listener** listener);

// --- Pages of lists ------------------------------------------------------------------------------

/// Which part of a list is wanted; NULL in its place: the first 50.
/// @since 0.1
typedef struct cq_page {
  size_t size;
  int32_t limit;       ///< 1 to 1,000. Default: 50.
  const char* cursor;  ///< "": from the start; else the `next_cursor` of the page before.
} cq_page;

/// @since 0.1
CQ_API void cq_page_init(cq_page* page, size_t size);

// --- Users, their limits, and the system's -------------------------------------------------------

/// A tenant: every other row belongs to one.
/// @since 0.1
typedef struct cq_user {
  size_t size;
  const char* id;  ///< NULL when it is created: the store makes one.
  const char* name;
  const char* email;
  const char* timezone;  ///< IANA name; "": UTC.
  int32_t
      concurrent_calls_limit;  ///< Most active calls of this user; 0: none may start. Default: 2.
  /// This user is dealt nothing while the whole system has so many. At its default, 10, it follows
  /// the system limit.
  int32_t system_concurrent_calls_limit;
} cq_user;

/// @since 0.1
CQ_API void cq_user_init(cq_user* user, size_t size);
/// @since 0.1
CQ_API void cq_user_free(cq_user** user);

/// @since 0.1
typedef struct cq_user_list {
  size_t size;
  size_t count;
  const cq_user* const* items;
  const char* next_cursor;  ///< "" on the last page; here and in the other lists.
} cq_user_list;

/// @since 0.1
CQ_API void cq_user_list_free(cq_user_list** users);

/// Makes a user. Thread-safe.
/// @param created may be NULL.
/// @return `CQ_INVALID_ARGUMENT` naming the member; `CQ_CONFLICT` (`id`, `email`) if taken.
/// @since 0.1
CQ_API cq_status cq_store_create_user(cq_store* store, const cq_user* user, cq_user** created,
                                      cq_error** error);
/// Thread-safe.
/// @return `CQ_NOT_FOUND` (`user_id`).
/// @since 0.1
CQ_API cq_status cq_store_find_user(cq_store* store, const char* user_id, cq_user** user,
                                    cq_error** error);
/// All users. Thread-safe.
/// @return `CQ_INVALID_ARGUMENT` (`limit`, `cursor`).
/// @since 0.1
CQ_API cq_status cq_store_list_users(cq_store* store, const cq_page* page, cq_user_list** users,
                                     cq_error** error);
/// The same as JSON, each with `active_calls`, `queued`, `ready` and its `place` in the turn order:
/// `items` and `next_cursor`. Thread-safe.
/// @return `CQ_INVALID_ARGUMENT` (`limit`, `cursor`).
/// @since 0.1
CQ_API cq_status cq_store_list_user_activity(cq_store* store, const cq_page* page, char** activity,
                                             cq_error** error);
/// Sets the limits that are not `CQ_UNSET`. Once it has returned no claim disregards a lowered one.
/// Thread-safe.
/// @param changed may be NULL.
/// @return `CQ_NOT_FOUND` (`user_id`); `CQ_INVALID_ARGUMENT` (`concurrent_calls_limit`,
/// `system_concurrent_calls_limit`).
/// @since 0.1
CQ_API cq_status cq_store_set_user_limits(cq_store* store, const char* user_id,
                                          int32_t concurrent_calls_limit,
                                          int32_t system_concurrent_calls_limit, cq_user** changed,
                                          cq_error** error);
/// Sets the zone that the user's campaigns and contacts are called by where they have none of their
/// own. Once it has returned nothing starts by the old one. Thread-safe.
/// @param timezone IANA name; NULL or empty: UTC.
/// @param changed may be NULL.
/// @return `CQ_NOT_FOUND` (`user_id`); `CQ_INVALID_ARGUMENT` (`timezone`).
/// @since 0.1
CQ_API cq_status cq_store_set_user_timezone(cq_store* store, const char* user_id,
                                            const char* timezone, cq_user** changed,
                                            cq_error** error);
/// How many calls of the user are active, and how many may be. Thread-safe.
/// @return `CQ_NOT_FOUND` (`user_id`).
/// @since 0.1
CQ_API cq_status cq_store_user_slots(cq_store* store, const char* user_id, int32_t* active,
                                     int32_t* limit, cq_error** error);
/// The same of all users together. Thread-safe.
/// @since 0.1
CQ_API cq_status cq_store_system_slots(cq_store* store, int32_t* active, int32_t* limit,
                                       cq_error** error);
/// Sets the system limit, and every user's own that held the old value. Thread-safe.
/// @return `CQ_INVALID_ARGUMENT` when it is below 0.
/// @since 0.1
CQ_API cq_status cq_store_set_system_limit(cq_store* store, int32_t system_limit, cq_error** error);

/// What goes on in the whole system.
/// @since 0.1
typedef struct cq_system_statistics {
  size_t size;
  int64_t active_calls;
  int64_t limit;
  int64_t queued;      ///< Rows that wait for their turn or their time.
  int64_t ready;       ///< Of those, whose time has come.
  int64_t oldest_due;  ///< Since when a row has been claimable, but for limits; `CQ_NO_INSTANT`:
                       ///< none is.
} cq_system_statistics;

/// @since 0.1
CQ_API void cq_system_statistics_init(cq_system_statistics* statistics, size_t size);
/// For monitoring. Reads every open row: once in a quarter of a minute is enough. Thread-safe.
/// @since 0.1
CQ_API cq_status cq_store_system_statistics(cq_store* store, cq_system_statistics* statistics,
                                            cq_error** error);

// --- Agents and contacts -------------------------------------------------------------------------

/// The voice agent (or script) that speaks in a call.
/// @since 0.1
typedef struct cq_agent {
  size_t size;
  const char* id;  ///< NULL when it is created.
  const char* user_id;
  const char* name;
} cq_agent;

/// @since 0.1
CQ_API void cq_agent_init(cq_agent* agent, size_t size);
/// @since 0.1
CQ_API void cq_agent_free(cq_agent** agent);

/// @since 0.1
typedef struct cq_agent_list {
  size_t size;
  size_t count;
  const cq_agent* const* items;
  const char* next_cursor;
} cq_agent_list;

/// @since 0.1
CQ_API void cq_agent_list_free(cq_agent_list** agents);

/// Thread-safe.
/// @param created may be NULL.
/// @return `CQ_INVALID_ARGUMENT` naming the member; `CQ_NOT_FOUND` (`user_id`); `CQ_CONFLICT`
/// (`id`).
/// @since 0.1
CQ_API cq_status cq_store_create_agent(cq_store* store, const cq_agent* agent, cq_agent** created,
                                       cq_error** error);
/// Thread-safe.
/// @return `CQ_NOT_FOUND` (`agent_id`).
/// @since 0.1
CQ_API cq_status cq_store_find_agent(cq_store* store, const char* user_id, const char* agent_id,
                                     cq_agent** agent, cq_error** error);
/// Thread-safe.
/// @return `CQ_INVALID_ARGUMENT` (`limit`, `cursor`).
/// @since 0.1
CQ_API cq_status cq_store_list_agents(cq_store* store, const char* user_id, const cq_page* page,
                                      cq_agent_list** agents, cq_error** error);

/// A person to call.
/// @since 0.1
typedef struct cq_contact {
  size_t size;
  const char* id;  ///< NULL when it is created.
  const char* user_id;
  const char* name;
  const char* phone_number;  ///< E.164: `+14155550123`; unique within the user. Personal data.
  const char* email;
  const char* company;
  const char* notes;
  const char* timezone;  ///< IANA name; "": the campaign's, else the user's.
} cq_contact;

/// @since 0.1
CQ_API void cq_contact_init(cq_contact* contact, size_t size);
/// @since 0.1
CQ_API void cq_contact_free(cq_contact** contact);

/// @since 0.1
typedef struct cq_contact_list {
  size_t size;
  size_t count;
  const cq_contact* const* items;
  const char* next_cursor;
} cq_contact_list;

/// @since 0.1
CQ_API void cq_contact_list_free(cq_contact_list** contacts);

/// Thread-safe.
/// @param created may be NULL.
/// @return `CQ_INVALID_ARGUMENT` naming the member; `CQ_NOT_FOUND` (`user_id`); `CQ_CONFLICT`
/// (`phone_number`) if the user has a contact with that number, (`id`).
/// @since 0.1
CQ_API cq_status cq_store_create_contact(cq_store* store, const cq_contact* contact,
                                         cq_contact** created, cq_error** error);
/// Thread-safe.
/// @return `CQ_NOT_FOUND` (`contact_id`).
/// @since 0.1
CQ_API cq_status cq_store_find_contact(cq_store* store, const char* user_id, const char* contact_id,
                                       cq_contact** contact, cq_error** error);
/// Thread-safe.
/// @return `CQ_NOT_FOUND` (`phone_number`).
/// @since 0.1
CQ_API cq_status cq_store_find_contact_by_phone(cq_store* store, const char* user_id,
                                                const char* phone_number, cq_contact** contact,
                                                cq_error** error);
/// Thread-safe.
/// @param search part of the name (any case) or of the phone number, however written; NULL: all.
/// @return `CQ_INVALID_ARGUMENT` (`limit`, `cursor`).
/// @since 0.1
CQ_API cq_status cq_store_list_contacts(cq_store* store, const char* user_id, const char* search,
                                        const cq_page* page, cq_contact_list** contacts,
                                        cq_error** error);
/// Writes every member; queued rows of the contact follow its number and name, unless they had
/// others, and open rows its zone. You may point members of a contact that you have found elsewhere
/// and hand it in. Thread-safe.
/// @param changed may be NULL.
/// @return as `cq_store_create_contact`; `CQ_NOT_FOUND` (`contact_id`).
/// @since 0.1
CQ_API cq_status cq_store_update_contact(cq_store* store, const cq_contact* contact,
                                         cq_contact** changed, cq_error** error);
/// Deletes the contact and its queued calls; its calls stay. Thread-safe.
/// @return `CQ_NOT_FOUND` (`contact_id`); `CQ_CONFLICT` while a call is in flight.
/// @since 0.1
CQ_API cq_status cq_store_delete_contact(cq_store* store, const char* user_id,
                                         const char* contact_id, cq_error** error);

/// A phone number in E.164, of what a person has typed. Thread-safe.
/// @param default_region ISO 3166 code (`DE`) for national numbers; NULL: only international ones.
/// @return `CQ_INVALID_ARGUMENT` (`phone_number`, `default_region`).
/// @since 0.1
CQ_API cq_status cq_normalize_phone_number(const char* text, const char* default_region,
                                           char** number, cq_error** error);

// --- Campaigns -----------------------------------------------------------------------------------

/// Rules plus a list of contacts.
/// @since 0.1
typedef struct cq_campaign {
  size_t size;
  const char*
      id;  ///< This, `status`, the counters and the instants are ignored when it is created.
  const char* user_id;
  const char* name;  ///< 1 to 255 characters.
  const char* description;
  const char* agent_id;
  const char* next_action;  ///< What the agent is to reach; free text.
  int32_t first_call_time;  ///< Default: 09:00, as seconds.
  int32_t last_call_time;   ///< Default: 18:00. 86,400 is the end of the day.
  int32_t status;           ///< A `cq_campaign_status`.
  int64_t total_contacts;   ///< Kept by the database, as the three below.
  int64_t completed_calls;  ///< Includes successful ones.
  int64_t successful_calls;
  int64_t failed_calls;    ///< Neither skipped nor cancelled ones.
  const char* start_date;  ///< Needed.
  const char* end_date;    ///< NULL: none.
  int64_t created_at;
  int64_t updated_at;
  int64_t started_at;
  int64_t completed_at;
  /// JSON: `timezone`, `clock` (`contact` or `campaign`), `weekly_windows` (seven lists of
  /// `{"opens", "closes"}`, Monday first), `excluded_dates`, `retry` (`outcomes`, `max_attempts`,
  /// `delays_seconds`), `spread`, `call_deadline_seconds`. What is absent has its default; NULL:
  /// all of it.
  const char* rules;
} cq_campaign;

/// @since 0.1
CQ_API void cq_campaign_init(cq_campaign* campaign, size_t size);
/// @since 0.1
CQ_API void cq_campaign_free(cq_campaign** campaign);

/// @since 0.1
typedef struct cq_campaign_list {
  size_t size;
  size_t count;
  const cq_campaign* const* items;
  const char* next_cursor;
} cq_campaign_list;

/// @since 0.1
CQ_API void cq_campaign_list_free(cq_campaign_list** campaigns);

/// Which campaigns to list; all conditions hold together.
/// @since 0.1
typedef struct cq_campaign_filter {
  size_t size;
  const int32_t* statuses;  ///< Each a `cq_campaign_status`; NULL: any.
  size_t statuses_count;
  const char* agent_id;  ///< NULL: any.
  const char* name;      ///< Part of the name, any case; NULL: all.
} cq_campaign_filter;

/// @since 0.1
CQ_API void cq_campaign_filter_init(cq_campaign_filter* filter, size_t size);

/// What to change of a campaign. Members left at their defaults change nothing.
/// @since 0.1
typedef struct cq_campaign_update {
  size_t size;
  const char* name;         ///< Here and in the other texts NULL leaves it as it is.
  const char* description;  ///< "" empties it.
  const char* agent_id;
  const char* next_action;
  int32_t first_call_time;  ///< `CQ_UNSET` leaves it.
  int32_t last_call_time;
  const char* start_date;
  const char* end_date;  ///< "" takes it away.
  const char*
      rules;  ///< JSON as in `cq_campaign`. All rules are replaced: those absent get their default.
} cq_campaign_update;

/// @since 0.1
CQ_API void cq_campaign_update_init(cq_campaign_update* update, size_t size);

/// Creates a draft. Needs `user_id`, `name`, `agent_id`, `start_date`. Thread-safe.
/// @param created may be NULL.
/// @return `CQ_INVALID_ARGUMENT` naming the member, or within rules `clock`, `retry.max_attempts`
/// and the like; `CQ_NOT_FOUND` (`user_id`, `agent_id`).
/// @since 0.1
CQ_API cq_status cq_campaigns_create(cq_store* store, const cq_campaign* campaign,
                                     cq_campaign** created, cq_error** error);
/// Thread-safe.
/// @return `CQ_NOT_FOUND` (`campaign_id`), here and below.
/// @since 0.1
CQ_API cq_status cq_campaigns_find_by_id(cq_store* store, const char* user_id,
                                         const char* campaign_id, cq_campaign** campaign,
                                         cq_error** error);
/// The user's campaigns, newest first. Thread-safe.
/// @param filter NULL: all.
/// @return `CQ_INVALID_ARGUMENT` (`limit`, `cursor`, `statuses`).
/// @since 0.1
CQ_API cq_status cq_campaigns_find_by_user_id(cq_store* store, const char* user_id,
                                              const cq_campaign_filter* filter, const cq_page* page,
                                              cq_campaign_list** campaigns, cq_error** error);
/// Changes what is given. Thread-safe.
/// @param changed may be NULL, here and below.
/// @return as `cq_campaigns_create`; `CQ_CONFLICT` when it is final, or was changed by somebody
/// else meanwhile.
/// @since 0.1
CQ_API cq_status cq_campaigns_update(cq_store* store, const char* user_id, const char* campaign_id,
                                     const cq_campaign_update* update, cq_campaign** changed,
                                     cq_error** error);
/// Deletes it with its queued calls; its calls stay. Thread-safe.
/// @return `CQ_CONFLICT` while calls are in flight or an import runs.
/// @since 0.1
CQ_API cq_status cq_campaigns_remove(cq_store* store, const char* user_id, const char* campaign_id,
                                     cq_error** error);
/// Makes it active, or scheduled when its start date is ahead. Thread-safe.
/// @return `CQ_CONFLICT` (`total_contacts`) when nobody is left to call, (`end_date`) when all its
/// windows are over, (`status`).
/// @since 0.1
CQ_API cq_status cq_campaigns_start(cq_store* store, const char* user_id, const char* campaign_id,
                                    cq_campaign** changed, cq_error** error);
/// Stops new claims at once; calls in flight finish and count. Thread-safe.
/// @return `CQ_CONFLICT` (`status`), here and below.
/// @since 0.1
CQ_API cq_status cq_campaigns_pause(cq_store* store, const char* user_id, const char* campaign_id,
                                    cq_campaign** changed, cq_error** error);
/// Makes a paused one active, or scheduled again. Thread-safe.
/// @since 0.1
CQ_API cq_status cq_campaigns_resume(cq_store* store, const char* user_id, const char* campaign_id,
                                     cq_campaign** changed, cq_error** error);
/// Makes a scheduled one a draft again. Thread-safe.
/// @since 0.1
CQ_API cq_status cq_campaigns_unschedule(cq_store* store, const char* user_id,
                                         const char* campaign_id, cq_campaign** changed,
                                         cq_error** error);
/// Cancels it with its queued calls; calls in flight finish. Thread-safe.
/// @since 0.1
CQ_API cq_status cq_campaigns_cancel(cq_store* store, const char* user_id, const char* campaign_id,
                                     cq_campaign** changed, cq_error** error);

/// Rows of a campaign by status, and what was spent on them.
/// @since 0.1
typedef struct cq_campaign_statistics {
  size_t size;
  int64_t total_contacts;
  int64_t completed_calls;
  int64_t successful_calls;
  int64_t failed_calls;
  int64_t queued;
  int64_t processing;
  int64_t skipped;
  int64_t cancelled;
  int64_t attempts;  ///< Spent by all rows together.
} cq_campaign_statistics;

/// @since 0.1
CQ_API void cq_campaign_statistics_init(cq_campaign_statistics* statistics, size_t size);
/// Thread-safe.
/// @since 0.1
CQ_API cq_status cq_campaigns_get_statistics(cq_store* store, const char* user_id,
                                             const char* campaign_id,
                                             cq_campaign_statistics* statistics, cq_error** error);
/// Statistics, rates, outcomes, daily and hourly series, expected end; as JSON. Thread-safe.
/// @since 0.1
CQ_API cq_status cq_campaigns_get_analytics(cq_store* store, const char* user_id,
                                            const char* campaign_id, char** analytics,
                                            cq_error** error);
/// Why nothing is being dialed (or that it is), most telling first: JSON, a list of `code`, `text`,
/// `until`, `conditional`, `in_flight`, `active`, `limit`. Thread-safe.
/// @since 0.1
CQ_API cq_status cq_campaigns_explain(cq_store* store, const char* user_id, const char* campaign_id,
                                      char** reasons, cq_error** error);
/// When it will end: JSON with `starts_at`, `ends_at`, `unreached_rows`, `reason`. Thread-safe.
/// @since 0.1
CQ_API cq_status cq_campaigns_forecast(cq_store* store, const char* user_id,
                                       const char* campaign_id, char** forecast, cq_error** error);

/// What is supposed of a campaign that has no rows yet.
/// @since 0.1
typedef struct cq_campaign_assumptions {
  size_t size;
  int64_t contacts;                ///< Default: 0.
  int64_t call_duration_seconds;   ///< Mean time a call holds its slot. Default: 60.
  int32_t concurrent_calls_limit;  ///< `CQ_UNSET`: the user's.
} cq_campaign_assumptions;

/// @since 0.1
CQ_API void cq_campaign_assumptions_init(cq_campaign_assumptions* assumptions, size_t size);
/// What the rules of a campaign come to before it is saved: JSON with `timezone`, `open_intervals`
/// and a forecast. Thread-safe.
/// @param assumptions NULL: the defaults.
/// @return `CQ_INVALID_ARGUMENT` naming the member; `CQ_NOT_FOUND` (`user_id`).
/// @since 0.1
CQ_API cq_status cq_campaigns_preview(cq_store* store, const cq_campaign* campaign,
                                      const cq_campaign_assumptions* assumptions, char** outlook,
                                      cq_error** error);

// --- Calls, queued calls, and what is said about them --------------------------------------------

/// One call owed to one contact.
/// @since 0.1
typedef struct cq_queued_call {
  size_t size;
  const char* id;
  const char* user_id;
  const char* campaign_id;  ///< NULL: a direct call.
  const char* agent_id;
  const char* contact_id;
  const char* phone_number;
  const char* contact_name;
  const char* user_data;  ///< A JSON object: whatever the list held beside the known columns.
  int32_t status;         ///< A `cq_queued_call_status`.
  int32_t priority;       ///< Larger is sooner.
  int64_t position;       ///< First in, first out within a priority.
  int64_t scheduled_for;  ///< Waiting until then, ready from then on.
  int64_t started_at;     ///< When the last attempt was claimed.
  int64_t completed_at;   ///< When it became final.
  const char* call_id;    ///< The last attempt, or NULL.
  const char* failure_reason;
  int64_t last_system_allocation_at;
  int64_t created_at;
  int64_t updated_at;
  const char* timezone;  ///< The zone whose clock decides.
  int32_t attempts;      ///< Spent so far.
  int32_t success;       ///< `CQ_UNSET` unless completed.
  int64_t not_after;     ///< A direct call that has not started by then is skipped.
} cq_queued_call;

/// @since 0.1
CQ_API void cq_queued_call_free(cq_queued_call** queued);

/// @since 0.1
typedef struct cq_queued_call_list {
  size_t size;
  size_t count;
  const cq_queued_call* const* items;
  const char* next_cursor;
} cq_queued_call_list;

/// @since 0.1
CQ_API void cq_queued_call_list_free(cq_queued_call_list** queued);

/// One attempt. It holds a slot while its status is active. References are NULL once what they name
/// is deleted.
/// @since 0.1
typedef struct cq_call {
  size_t size;
  const char* id;  ///< Also the idempotency key towards your provider.
  const char* user_id;
  const char* agent_id;
  const char* contact_id;
  const char* campaign_id;
  const char* queue_id;  ///< NULL for a slot that was reserved.
  const char* phone_number;
  int32_t call_type;  ///< A `cq_call_type`.
  int32_t attempt;
  int32_t status;                ///< A `cq_call_status`.
  int32_t outcome;               ///< A `cq_call_outcome`, or `CQ_UNSET`.
  int32_t success;               ///< Or `CQ_UNSET`.
  const char* provider_call_id;  ///< "" until the provider has accepted.
  const char* leased_by;         ///< The worker that claimed it.
  int64_t lease_expires_at;      ///< The dial lease; after acceptance the call deadline.
  int64_t submitted_at;          ///< From here on it may have been placed.
  int64_t created_at;
  int64_t started_at;
  int64_t answered_at;
  int64_t ended_at;
  int64_t duration_seconds;  ///< Or `CQ_UNSET`.
  const char* failure_reason;
} cq_call;

/// @since 0.1
CQ_API void cq_call_free(cq_call** call);

/// @since 0.1
typedef struct cq_call_list {
  size_t size;
  size_t count;
  const cq_call* const* items;
  const char* next_cursor;
} cq_call_list;

/// @since 0.1
CQ_API void cq_call_list_free(cq_call_list** calls);

/// A call that was given a slot: dial it once, after `cq_store_begin_dial` has marked it.
/// @since 0.1
typedef struct cq_claimed_call {
  size_t size;
  const cq_call* call;
  const cq_queued_call* queued;  ///< The row it serves.
  const char* next_action;       ///< The campaign's; "" for a direct call.
} cq_claimed_call;

/// @since 0.1
CQ_API void cq_claimed_call_free(cq_claimed_call** claimed);

/// @since 0.1
typedef struct cq_claimed_call_list {
  size_t size;
  size_t count;
  const cq_claimed_call* const* items;
} cq_claimed_call_list;

/// @since 0.1
CQ_API void cq_claimed_call_list_free(cq_claimed_call_list** claimed);

/// What a provider says about one call. May arrive twice, late and out of order. Nothing in it may
/// be forgotten: an event without status means that the line was disconnected.
/// @since 0.1
typedef struct cq_call_event {
  size_t size;
  const char* user_id;
  const char* call_id;           ///< Ours; NULL when only the provider's is known.
  const char* provider_call_id;  ///< The provider's; recorded when first seen.
  int32_t
      status;  ///< A `cq_call_status`; `CQ_UNSET`: disconnected, what was seen of the call decides.
  int32_t outcome;    ///< Only to say more than the status (`CQ_OUTCOME_VOICEMAIL`); or `CQ_UNSET`.
  int32_t success;    ///< Your own verdict; `CQ_UNSET`: success means answered by a person.
  int32_t retryable;  ///< 0 fails the row whatever the retry policy says; or `CQ_UNSET`.
  int64_t answered_at;
  int64_t ended_at;            ///< `CQ_NO_INSTANT`: when it is applied.
  int64_t duration_seconds;    ///< Or `CQ_UNSET`.
  const char* failure_reason;  ///< For a person: cut at 1,024 bytes.
} cq_call_event;

/// @since 0.1
CQ_API void cq_call_event_init(cq_call_event* event, size_t size);
/// Sets status and outcome from a provider's spelling: each of ours with `-` or `_` in any case,
/// and `call-disconnected`. `answered` means that somebody has picked up: in progress. Thread-safe
/// for different events.
/// @return `CQ_INVALID_ARGUMENT` (`status`).
/// @since 0.1
CQ_API cq_status cq_call_event_set_status(cq_call_event* event, const char* spelling,
                                          cq_error** error);
/// Sets the outcome beside the status. They have to agree: what failed may have been rejected, what
/// completed or is in progress was answered or met a voicemail, and nothing that rings has an
/// outcome yet. Without a status any outcome will do. Thread-safe for different events.
/// @param outcome a `cq_call_outcome`.
/// @return `CQ_INVALID_ARGUMENT` (`outcome`); the event stays as it was.
/// @since 0.1
CQ_API cq_status cq_call_event_set_outcome(cq_call_event* event, int32_t outcome, cq_error** error);

/// Reads an event as JSON, as a provider or a server sends it: `user_id`, `call_id`,
/// `provider_call_id`, `status`, `outcome`, `success`, `retryable`, `answered_at`, `ended_at`,
/// `duration_seconds`, `failure_reason`. Spellings are those of `cq_call_event_set_status`; an
/// `outcome` alone is enough; beside a status it has to agree with it. An absent `user_id` is NULL,
/// for you to set. Thread-safe.
/// @param length of `json`; it may hold what it likes.
/// @return `CQ_INVALID_ARGUMENT` naming the field, or `event` for what is no object, longer than 64
/// KiB or nested deeper than 32; `CQ_NOT_FOUND` (`call_id`, `user_id`) for a text that is no id.
/// @since 0.1
CQ_API cq_status cq_parse_call_event(const char* json, size_t length, cq_call_event** event,
                                     cq_error** error);
/// Thread-safe. Only for what `cq_parse_call_event` has made.
/// @since 0.1
CQ_API void cq_call_event_free(cq_call_event** event);

/// One event of several, or what is wrong with it.
/// @since 0.1
typedef struct cq_call_event_result {
  size_t size;
  int32_t status;       ///< A `cq_status`: each event has its own.
  const char* message;  ///< As in `cq_error`; "" when all is well.
  const char* field;
  const cq_call_event* event;  ///< NULL when something is wrong with it.
} cq_call_event_result;

/// One for each event, in their order.
/// @since 0.1
typedef struct cq_call_event_result_list {
  size_t size;
  size_t count;
  const cq_call_event_result* const* items;
} cq_call_event_result_list;

/// @since 0.1
CQ_API void cq_call_event_result_list_free(cq_call_event_result_list** events);
/// Reads what a provider sends at once: one event as `cq_parse_call_event` does, or an array of 1
/// to 1,000, in at most 1 MiB. One that is wrong does not spoil the others. Thread-safe.
/// @return `CQ_INVALID_ARGUMENT` (`events`) for what is neither.
/// @since 0.1
CQ_API cq_status cq_parse_call_events(const char* json, size_t length,
                                      cq_call_event_result_list** events, cq_error** error);

/// What one event did.
/// @since 0.1
typedef struct cq_call_report {
  size_t size;
  int32_t status;       ///< A `cq_status`: within a list each event has its own.
  const char* message;  ///< As in `cq_error`; "" when all is well.
  const char* field;
  const cq_call* call;  ///< After the event; NULL when the event failed.
  const cq_queued_call*
      queued;       ///< Its row after the event; NULL for a reserved slot or a deleted row.
  int32_t changed;  ///< 0: a duplicate, or late without news.
  int32_t ended;    ///< 1: this event freed the slot.
} cq_call_report;

/// @since 0.1
CQ_API void cq_call_report_free(cq_call_report** report);

/// One report for each event, in their order.
/// @since 0.1
typedef struct cq_call_report_list {
  size_t size;
  size_t count;
  const cq_call_report* const* items;
} cq_call_report_list;

/// @since 0.1
CQ_API void cq_call_report_list_free(cq_call_report_list** reports);

// --- The queue: add, list, claim, report ---------------------------------------------------------

/// A call to be queued.
/// @since 0.1
typedef struct cq_queue_request {
  size_t size;
  const char* contact_id;
  const char* campaign_id;   ///< NULL: a direct call.
  const char* agent_id;      ///< NULL: the campaign's. Needed for a direct call.
  const char* contact_name;  ///< "": the contact's.
  const char* user_data;     ///< A JSON object or ""; its integer `priority` counts.
  int64_t scheduled_for;     ///< `CQ_NO_INSTANT`: now.
  int64_t not_after;         ///< Direct calls only; `CQ_NO_INSTANT`: 15 minutes later.
} cq_queue_request;

/// @since 0.1
CQ_API void cq_queue_request_init(cq_queue_request* request, size_t size);

/// Which queued calls to list; all conditions hold together.
/// @since 0.1
typedef struct cq_queue_filter {
  size_t size;
  const char* campaign_id;  ///< NULL: any.
  const char* contact_id;   ///< NULL: any.
  const int32_t* statuses;  ///< Each a `cq_queued_call_status`; NULL: any.
  size_t statuses_count;
} cq_queue_filter;

/// @since 0.1
CQ_API void cq_queue_filter_init(cq_queue_filter* filter, size_t size);

/// Thread-safe.
/// @return `CQ_NOT_FOUND` (`queue_id`), here and below.
/// @since 0.1
CQ_API cq_status cq_queue_find_by_id(cq_store* store, const char* user_id, const char* queue_id,
                                     cq_queued_call** queued, cq_error** error);
/// In the order of creation. Thread-safe.
/// @param filter NULL: all.
/// @return `CQ_INVALID_ARGUMENT` (`limit`, `cursor`, `statuses`).
/// @since 0.1
CQ_API cq_status cq_queue_list(cq_store* store, const char* user_id, const cq_queue_filter* filter,
                               const cq_page* page, cq_queued_call_list** queued, cq_error** error);
/// Of one campaign. Thread-safe.
/// @return `CQ_INVALID_ARGUMENT` (`limit`, `cursor`).
/// @since 0.1
CQ_API cq_status cq_queue_find_by_campaign_id(cq_store* store, const char* user_id,
                                              const char* campaign_id, const cq_page* page,
                                              cq_queued_call_list** queued, cq_error** error);
/// A queued call in the order of calling.
/// @since 0.1
typedef struct cq_upcoming_call {
  size_t size;
  const cq_queued_call* call;
  int64_t position;   ///< 1: the next of what was asked for; `CQ_UNSET` while its campaign stands.
  int64_t starts_at;  ///< When it may start, or `CQ_NO_INSTANT`, as `cq_queue_position` says.
  int32_t closed;     ///< 1: its campaign runs, its lane is closed: even if due it may not start.
  int64_t opens_at;   ///< When the closed lane opens; `CQ_NO_INSTANT`: never, or nobody knows.
} cq_upcoming_call;

/// @since 0.1
typedef struct cq_upcoming_call_list {
  size_t size;
  size_t count;
  const cq_upcoming_call* const* items;
  const char* next_cursor;
} cq_upcoming_call_list;

/// @since 0.1
CQ_API void cq_upcoming_call_list_free(cq_upcoming_call_list** upcoming);
/// What is called next, in that order, limits ignored: what may start now (direct calls, then
/// priority, position, age), the rest by the earliest instant at which it may start, then what
/// belongs to campaigns that are drafts or paused. Thread-safe.
/// @param campaign_id NULL: of all campaigns, and direct calls.
/// @return `CQ_INVALID_ARGUMENT` (`limit`, `cursor`).
/// @since 0.1
CQ_API cq_status cq_queue_upcoming(cq_store* store, const char* user_id, const char* campaign_id,
                                   const cq_page* page, cq_upcoming_call_list** upcoming,
                                   cq_error** error);
/// The row that a claim would take first for this user, limits and turns ignored. Writes nothing.
/// Thread-safe.
/// @param queued NULL after success: there is none.
/// @since 0.1
CQ_API cq_status cq_queue_get_next_queued(cq_store* store, const char* user_id,
                                          cq_queued_call** queued, cq_error** error);

/// Rows of a user's queue by status.
/// @since 0.1
typedef struct cq_queue_statistics {
  size_t size;
  int64_t queued;
  int64_t ready;  ///< Of the queued ones, whose time has come.
  int64_t processing;
  int64_t completed;
  int64_t failed;
  int64_t cancelled;
  int64_t skipped;
} cq_queue_statistics;

/// @since 0.1
CQ_API void cq_queue_statistics_init(cq_queue_statistics* statistics, size_t size);
/// Thread-safe.
/// @return `CQ_NOT_FOUND` (`user_id`).
/// @since 0.1
CQ_API cq_status cq_queue_get_queue_statistics(cq_store* store, const char* user_id,
                                               cq_queue_statistics* statistics, cq_error** error);
/// Where a queued row stands (1: the next of its user) and when it may start (`CQ_NO_INSTANT`: not
/// within its windows). Thread-safe.
/// @return `CQ_CONFLICT` (`status`) when it is not queued.
/// @since 0.1
CQ_API cq_status cq_queue_position(cq_store* store, const char* user_id, const char* queue_id,
                                   int64_t* position, int64_t* starts_at, cq_error** error);

/// Queues calls, all or none, at most 10,000. Thread-safe.
/// @param requests `count` of them, one behind the other, all of the first one's size.
/// @param queued in their order; may be NULL.
/// @return `CQ_INVALID_ARGUMENT` naming the member, `priority` or `requests`; `CQ_NOT_FOUND`
/// (`contact_id`, `agent_id`, `campaign_id`); `CQ_CONFLICT` (`contact_id`) if the contact has an
/// open row in the campaign, (`campaign_id`) if that is final.
/// @since 0.1
CQ_API cq_status cq_queue_create_bulk(cq_store* store, const char* user_id,
                                      const cq_queue_request* requests, size_t count,
                                      cq_queued_call_list** queued, cq_error** error);
/// Queues a direct call: served before campaign calls, whatever the window, until `not_after`.
/// Thread-safe.
/// @param queued may be NULL.
/// @return as `cq_queue_create_bulk`.
/// @since 0.1
CQ_API cq_status cq_queue_add_direct(cq_store* store, const char* user_id,
                                     const cq_queue_request* request, cq_queued_call** queued,
                                     cq_error** error);
/// Cancels a queued row. Thread-safe.
/// @param queued may be NULL.
/// @return `CQ_CONFLICT` (`status`) when it is not queued.
/// @since 0.1
CQ_API cq_status cq_queue_cancel(cq_store* store, const char* user_id, const char* queue_id,
                                 cq_queued_call** queued, cq_error** error);
/// Cancels a contact's waiting rows. Thread-safe.
/// @param cancelled how many; may be NULL.
/// @return `CQ_NOT_FOUND` (`contact_id`); `CQ_CONFLICT` while one is in flight.
/// @since 0.1
CQ_API cq_status cq_queue_delete_by_contact(cq_store* store, const char* user_id,
                                            const char* contact_id, int32_t* cancelled,
                                            cq_error** error);

/// Facts that go with a change of status, all optional.
/// @since 0.1
typedef struct cq_status_details {
  size_t size;
  const char* failure_reason;
  int32_t success;           ///< Or `CQ_UNSET`.
  int64_t completed_at;      ///< Or `CQ_NO_INSTANT`.
  int64_t duration_seconds;  ///< Or `CQ_UNSET`.
} cq_status_details;

/// @since 0.1
CQ_API void cq_status_details_init(cq_status_details* details, size_t size);
/// Moves a row by hand: a queued one to cancelled, a processing one to completed, failed or
/// cancelled by ending its call. Thread-safe.
/// @param details NULL: none.
/// @param queued may be NULL.
/// @return `CQ_CONFLICT` (`status`) for any other transition; `CQ_INVALID_ARGUMENT`.
/// @since 0.1
CQ_API cq_status cq_queue_update_status(cq_store* store, const char* user_id, const char* queue_id,
                                        int32_t status, const cq_status_details* details,
                                        cq_queued_call** queued, cq_error** error);

/// Asks for calls that may start now.
/// @since 0.1
typedef struct cq_claim_request {
  size_t size;
  const char* worker;       ///< Who claims; unique among running claimers. Default: `worker`.
  int32_t limit;            ///< Most calls; 1 to 1,000. Default: 1.
  int32_t lapse_submitted;  ///< See `cq_advance_request`. Default: 1.
  int64_t lease_seconds;    ///< How long you have to get the provider's acceptance; 1 to 3,600.
                            ///< Default: 120.
  const char* only;         ///< Claim this row (an id) or nothing; NULL: any.
  const char* only_user;    ///< The row's user; needed with `only`.
} cq_claim_request;

/// @since 0.1
CQ_API void cq_claim_request_init(cq_claim_request* request, size_t size);

/// Claims the calls that may start now. Each holds a slot and a dial lease from the moment this
/// returns; no limit is ever exceeded and no row claimed twice, however many claimers run.
/// Thread-safe.
/// @param request NULL: the defaults.
/// @param claimed in dealing order; empty when nothing may start, which is no error.
/// @return `CQ_INVALID_ARGUMENT` (`worker`, `limit`, `lease`, `only_user`).
/// @since 0.1
CQ_API cq_status cq_queue_claim(cq_store* store, const cq_claim_request* request,
                                cq_claimed_call_list** claimed, cq_error** error);
/// Claims this row or nothing, under the same limits. Thread-safe.
/// @param request NULL: the defaults.
/// @return `CQ_LIMIT_REACHED` when there is no room; `CQ_CONFLICT` when it is not queued, or not
/// due, or its window is closed.
/// @since 0.1
CQ_API cq_status cq_queue_call_now(cq_store* store, const char* user_id, const char* queue_id,
                                   const cq_claim_request* request, cq_claimed_call** claimed,
                                   cq_error** error);
/// Reports what a provider says of one call. Thread-safe.
/// @param report may be NULL.
/// @return `CQ_NOT_FOUND` (`call_id`, `provider_call_id`, `user_id`); `CQ_INVALID_ARGUMENT` naming
/// the member.
/// @since 0.1
CQ_API cq_status cq_queue_report(cq_store* store, const cq_call_event* event,
                                 cq_call_report** report, cq_error** error);
/// Reports events in one commit, each on its own: one that fails does not stop the others.
/// Thread-safe.
/// @param events `count` of them, one behind the other, all of the first one's size.
/// @param reports may be NULL.
/// @since 0.1
CQ_API cq_status cq_store_report_events(cq_store* store, const cq_call_event* events, size_t count,
                                        cq_call_report_list** reports, cq_error** error);

/// @since 0.1
typedef struct cq_finished_and_claimed {
  size_t size;
  const cq_call_report_list* reports;
  const cq_claimed_call_list* claimed;
} cq_finished_and_claimed;

/// @since 0.1
CQ_API void cq_finished_and_claimed_free(cq_finished_and_claimed** both);
/// Reports events, then claims, in one commit. Thread-safe.
/// @param request NULL: the defaults.
/// @return as `cq_queue_claim`.
/// @since 0.1
CQ_API cq_status cq_queue_finish_and_claim(cq_store* store, const cq_call_event* events,
                                           size_t count, const cq_claim_request* request,
                                           cq_finished_and_claimed** both, cq_error** error);

/// The integer `priority` of a user_data object; 0 when absent. Thread-safe.
/// @return `CQ_INVALID_ARGUMENT` (`user_data`, `priority`).
/// @since 0.1
CQ_API cq_status cq_custom_priority(const char* user_data, int32_t* priority, cq_error** error);

// --- Calls: dial claimed ones yourself (a processor does all of this for you) --------------------

/// Names a call and its user.
/// @since 0.1
typedef struct cq_call_ref {
  const char* user_id;
  const char* call_id;
} cq_call_ref;

/// Marks claimed calls as about to be dialed. Only those marked may be dialed, and only while their
/// lease lasts. Thread-safe.
/// @param marked room for `count` flags, one for each call.
/// @since 0.1
CQ_API cq_status cq_store_begin_dial(cq_store* store, const cq_call_ref* calls, size_t count,
                                     const char* worker, int32_t* marked, cq_error** error);
/// Extends the dial lease. Thread-safe.
/// @param call may be NULL, here and in the two below.
/// @return `CQ_NOT_FOUND` (`call_id`), here and below; `CQ_CONFLICT` when it lapsed or is another
/// worker's.
/// @since 0.1
CQ_API cq_status cq_store_renew_lease(cq_store* store, const char* user_id, const char* call_id,
                                      const char* worker, int64_t lease_seconds, cq_call** call,
                                      cq_error** error);
/// The provider has accepted: records its id and replaces the lease by the call deadline.
/// Idempotent. Thread-safe.
/// @since 0.1
CQ_API cq_status cq_store_accept_call(cq_store* store, const char* user_id, const char* call_id,
                                      const char* provider_call_id, cq_call** call,
                                      cq_error** error);
/// The call was certainly not placed: frees its slot and puts its row back; no attempt is spent.
/// Thread-safe.
/// @return `CQ_CONFLICT` (`status`) when the call is final or was accepted.
/// @since 0.1
CQ_API cq_status cq_store_requeue_call(cq_store* store, const char* user_id, const char* call_id,
                                       const char* reason, cq_call** call, cq_error** error);
/// Takes a slot for a call that you make by yourself; ended like any other by an event.
/// Thread-safe.
/// @return `CQ_LIMIT_REACHED`; `CQ_CONFLICT` (`phone_number`) while the user has an active call to
/// the number; `CQ_INVALID_ARGUMENT` (`deadline`), or (`phone_number`) unless that is an
/// international number: spaces, brackets and the like, and `00` for the plus sign, are taken.
/// @since 0.1
CQ_API cq_status cq_store_reserve_slot(cq_store* store, const char* user_id,
                                       const char* phone_number, int64_t deadline_seconds,
                                       cq_call** call, cq_error** error);
/// Thread-safe.
/// @since 0.1
CQ_API cq_status cq_store_find_call(cq_store* store, const char* user_id, const char* call_id,
                                    cq_call** call, cq_error** error);
/// Many at once, each once, in the order of their ids. What is not there, or another user's, is
/// left out. Thread-safe.
/// @param call_ids `count` of them.
/// @return `CQ_INVALID_ARGUMENT` (`call_ids`, `call_id`).
/// @since 0.1
CQ_API cq_status cq_store_find_calls(cq_store* store, const char* user_id,
                                     const char* const* call_ids, size_t count,
                                     cq_call_list** calls, cq_error** error);

/// Which calls to list; all conditions hold together.
/// @since 0.1
typedef struct cq_call_filter {
  size_t size;
  const char* campaign_id;       ///< NULL: any.
  const char* queue_id;          ///< NULL: any.
  const char* provider_call_id;  ///< NULL: any.
  const int32_t* statuses;       ///< Each a `cq_call_status`; NULL: any.
  size_t statuses_count;
  int32_t newest_first;  ///< 1: backwards. Default: 0.
} cq_call_filter;

/// @since 0.1
CQ_API void cq_call_filter_init(cq_call_filter* filter, size_t size);
/// In the order of creation. Thread-safe.
/// @param filter NULL: all.
/// @return `CQ_INVALID_ARGUMENT` (`limit`, `cursor`, `statuses`).
/// @since 0.1
CQ_API cq_status cq_store_list_calls(cq_store* store, const char* user_id,
                                     const cq_call_filter* filter, const cq_page* page,
                                     cq_call_list** calls, cq_error** error);
/// Submitted calls whose lease or deadline has passed, oldest first, of all users. Thread-safe.
/// @since 0.1
CQ_API cq_status cq_store_lapsed_calls(cq_store* store, int32_t limit, cq_call_list** calls,
                                       cq_error** error);
/// Whose a call is that a provider names, by our id or else by its own: for what the provider
/// itself reports, never for what a user asks. Thread-safe.
/// @param call_id NULL: `provider_call_id` names it.
/// @param call found, whoever's it is.
/// @return `CQ_NOT_FOUND`; `CQ_CONFLICT` when several have this id.
/// @since 0.1
CQ_API cq_status cq_store_locate_call(cq_store* store, const char* call_id,
                                      const char* provider_call_id, cq_call** call,
                                      cq_error** error);

// --- Lists of contacts as CSV, and results as files ----------------------------------------------

/// Where a CSV file comes from: one of `path`, `text`, `read`.
/// @since 0.1
typedef struct cq_csv_source {
  size_t size;
  const char* path;  ///< A file.
  const char*
      text;  ///< The file itself, of `length` bytes. Must stay until the import has returned.
  size_t length;
  /// Writes up to `capacity` bytes and says how many; 0 at the end, below 0 when it breaks off. One
  /// call at a time, but perhaps on another thread.
  int64_t (*read)(void* user, char* buffer, size_t capacity);
  void* user;  ///< Handed to `read`.
} cq_csv_source;

/// @since 0.1
CQ_API void cq_csv_source_init(cq_csv_source* source, size_t size);

/// How a CSV file is imported.
/// @since 0.1
typedef struct cq_csv_import_options {
  size_t size;
  const char*
      default_region;  ///< ISO 3166 code (`DE`) for national numbers; NULL: international only.
  int32_t atomic;      ///< Import nothing when any row failed. Default: 0.
  int32_t again;       ///< Queue contacts that already have a final row in the campaign once more.
                       ///< Default: 0.
  size_t max_field_bytes;  ///< A longer field fails its row. Default: 65,536.
  /// Where every error goes as CSV (`line,field,value,reason`); NULL: only the report's. Returns 0
  /// when it cannot be written: then nothing is imported.
  int32_t (*write_errors)(void* user, const char* text, size_t length);
  /// Called about every 50 ms with the rows read so far; returning 0 stops the import, which is
  /// then taken back. NULL: nobody is told.
  int32_t (*progress)(void* user, int64_t rows);
  void* user;  ///< Handed to both.
} cq_csv_import_options;

/// @since 0.1
CQ_API void cq_csv_import_options_init(cq_csv_import_options* options, size_t size);

/// What became of a file: `total` = `imported` + `skipped` + `failed`, unless `atomic` took it
/// back.
/// @since 0.1
typedef struct cq_csv_report {
  size_t size;
  const char* campaign_id;  ///< NULL without a campaign.
  int64_t total;            ///< Data rows in the file.
  int64_t imported;         ///< Calls queued, or contacts without a campaign.
  int64_t matched;          ///< Of those, rows whose number belonged to an existing contact.
  int64_t skipped;          ///< Duplicates in the file, and contacts already in the campaign.
  int64_t failed;           ///< Rows that cannot be called as they stand.
  int64_t errors_total;     ///< Failed and skipped rows.
  const char*
      json;  ///< All of it, with `errors`: the first 1,000 (`line`, `field`, `value`, `reason`).
} cq_csv_report;

/// @since 0.1
CQ_API void cq_csv_report_free(cq_csv_report** report);

/// Imports a CSV file into a campaign, streaming, in bounded memory. Its rows become callable all
/// at once. Thread-safe.
/// @param options NULL: the defaults.
/// @param report also when rows failed.
/// @return `CQ_INVALID_ARGUMENT` naming the column when the header is unusable, `file` when it is
/// no CSV, `default_region`, or `source`; `CQ_NOT_FOUND` (`campaign_id`); `CQ_CONFLICT` when the
/// campaign is final or another import into it is running (`campaign_id`), or `progress` stopped it
/// (`progress`); `CQ_UNAVAILABLE` when the source breaks off (`file`) or errors cannot be written
/// (`errors`). Nothing is imported then.
/// @since 0.1
CQ_API cq_status cq_import_csv(cq_store* store, const char* user_id, const char* campaign_id,
                               const cq_csv_source* source, const cq_csv_import_options* options,
                               cq_csv_report** report, cq_error** error);
/// Imports a CSV file as contacts alone: no campaign, no calls. Thread-safe. As `cq_import_csv`,
/// but what was read before a failure stays unless `atomic`.
/// @since 0.1
CQ_API cq_status cq_import_contacts_csv(cq_store* store, const char* user_id,
                                        const cq_csv_source* source,
                                        const cq_csv_import_options* options,
                                        cq_csv_report** report, cq_error** error);
/// Reads a file as `cq_import_csv` would, writing nothing; its rows show the priorities of a store
/// with default options. Thread-safe.
/// @param rows how many good ones to show.
/// @param preview JSON: `columns`, `mapping`, `rows`, `report`.
/// @since 0.1
CQ_API cq_status cq_preview_csv(const cq_csv_source* source, const cq_csv_import_options* options,
                                size_t rows, char** preview, cq_error** error);
/// The same for a file that is to be imported into this campaign: contacts that are in it already
/// are skipped, unless `again`, and priorities are those of the store. Reads the campaign's rows.
/// Thread-safe.
/// @return `CQ_NOT_FOUND` (`campaign_id`).
/// @since 0.1
CQ_API cq_status cq_preview_csv_into(cq_store* store, const char* user_id, const char* campaign_id,
                                     const cq_csv_source* source,
                                     const cq_csv_import_options* options, size_t rows,
                                     char** preview, cq_error** error);
/// The rows that imports into a campaign rejected, as far as they are remembered: JSON with `items`
/// and `next_cursor`. Thread-safe.
/// @return `CQ_NOT_FOUND` (`campaign_id`).
/// @since 0.1
CQ_API cq_status cq_store_list_import_errors(cq_store* store, const char* user_id,
                                             const char* campaign_id, const cq_page* page,
                                             char** errors, cq_error** error);

/// @since 0.1
enum cq_export_format {
  CQ_EXPORT_CSV = 0,         ///< A header, then one line a row.
  CQ_EXPORT_JSON = 1,        ///< One array.
  CQ_EXPORT_SPREADSHEET = 2  ///< CSV for people: a mark, local times, own columns.
};

/// What there is to say of a campaign, row by row, as a file. Not thread-safe.
/// @since 0.1
typedef struct cq_campaign_export cq_campaign_export;

/// A campaign's queued calls, each with its last attempt. Thread-safe.
/// @param format a `cq_export_format`.
/// @return `CQ_NOT_FOUND` (`campaign_id`); `CQ_INVALID_ARGUMENT` (`format`).
/// @since 0.1
CQ_API cq_status cq_campaign_export_results(cq_store* store, const char* user_id,
                                            const char* campaign_id, int32_t format,
                                            cq_campaign_export** rows, cq_error** error);
/// The rows that imports into it rejected, each as it stood in its file. Thread-safe. As
/// `cq_campaign_export_results`.
/// @since 0.1
CQ_API cq_status cq_campaign_export_import_errors(cq_store* store, const char* user_id,
                                                  const char* campaign_id, int32_t format,
                                                  cq_campaign_export** rows, cq_error** error);
/// The next piece, up to 1,000 rows; "" after the last. Not thread-safe.
/// @param more 0: it was the last. After an error the same piece may be asked for again.
/// @since 0.1
CQ_API cq_status cq_campaign_export_next(cq_campaign_export* rows, char** text, int32_t* more,
                                         cq_error** error);
/// @since 0.1
CQ_API void cq_campaign_export_free(cq_campaign_export** rows);

// --- The processor: claims, dials by your callback, records --------------------------------------

/// What your dialer says of a call. It counts as uncertain until you say otherwise.
/// @since 0.1
typedef struct cq_dial_result cq_dial_result;
/// It will be, or is being, placed; events follow.
/// @return `CQ_INVALID_ARGUMENT` (`provider_call_id`), and nothing is said; likewise below.
/// @since 0.1
CQ_API cq_status cq_dial_accepted(cq_dial_result* result, const char* provider_call_id);
/// It was certainly not placed.
/// @param retryable whether the retry policy may try again.
/// @since 0.1
CQ_API cq_status cq_dial_rejected(cq_dial_result* result, const char* reason, int32_t retryable);
/// Nobody can tell: it keeps its slot until the lease lapses, then is looked up.
/// @since 0.1
CQ_API cq_status cq_dial_uncertain(cq_dial_result* result, const char* reason);

/// What your provider knows of a call. It counts as unknown until you say otherwise.
/// @since 0.1
typedef struct cq_lookup_result cq_lookup_result;
/// Certainly never received: the row is queued again, no attempt is spent.
/// @since 0.1
CQ_API cq_status cq_lookup_never_received(cq_lookup_result* result);
/// The event says where it is or how it ended; it need not name the call or its user.
/// @return `CQ_INVALID_ARGUMENT`.
/// @since 0.1
CQ_API cq_status cq_lookup_known(cq_lookup_result* result, const cq_call_event* event);
/// Nobody can tell: the call becomes unknown, its row fails.
/// @since 0.1
CQ_API cq_status cq_lookup_unknown(cq_lookup_result* result);

/// Your way to place calls. Called by a processor from several threads at once.
/// @since 0.1
typedef struct cq_dialer {
  size_t size;
  void* user;  ///< Handed to both. Must outlive the last call, also of a dialer that hangs.
  /// Asks the provider to place this call; returns once it has answered, not once the call has
  /// ended. `call->call->id` is the idempotency key: hand it to the provider. Give up before
  /// `call->call->lease_expires_at`.
  void (*dial)(void* user, const cq_claimed_call* call, cq_dial_result* result);
  /// What became of a call nobody has heard of for too long; NULL: it cannot be asked.
  void (*lookup)(void* user, const cq_call* call, cq_lookup_result* result);
} cq_dialer;

/// @since 0.1
CQ_API void cq_dialer_init(cq_dialer* dialer, size_t size);

/// What a `cq_dial_result` was, for observers.
/// @since 0.1
enum cq_dial_kind { CQ_DIAL_ACCEPTED = 0, CQ_DIAL_REJECTED = 1, CQ_DIAL_UNCERTAIN = 2 };

/// Hears what a processor does, one call at a time, on its threads; keep it short. Members that are
/// NULL are not called.
/// @since 0.1
typedef struct cq_observer {
  size_t size;
  void* user;  ///< Handed to all.
  /// The store was asked for calls and gave so many (often none), within so many microseconds.
  void (*on_claim)(void* user, int32_t calls, int64_t microseconds);
  void (*on_claimed)(void* user, const cq_claimed_call* call);
  /// `kind` is a `cq_dial_kind`; `detail` the provider's id when accepted, else the reason.
  void (*on_dialed)(void* user, const cq_claimed_call* call, int32_t kind, const char* detail);
  void (*on_reported)(void* user, const cq_call_report* report);
  void (*on_advanced)(void* user, const cq_advance_result* result);
  /// The store failed; the processor tries again after `backoff_ms`. Nothing is lost meanwhile.
  void (*on_unavailable)(void* user, const cq_error* error, int64_t backoff_ms);
  void (*on_available)(void* user);  ///< The store answers again.
  /// Every thread that may dial has been in the dialer for longer than a dial lease lasts.
  void (*on_dialer_hangs)(void* user, int32_t threads);
} cq_observer;

/// @since 0.1
CQ_API void cq_observer_init(cq_observer* observer, size_t size);

/// How a processor works. Values out of bounds count as the nearest within.
/// @since 0.1
typedef struct cq_processor_options {
  size_t size;
  const char* worker;     ///< Unique among running processors; "": host, process and a random part.
  int32_t batch;          ///< Most calls claimed at once; 1 to 1,000. Default: 100.
  int32_t parallelism;    ///< Most calls of `dial` at the same time. Default: 8.
  int64_t lease_seconds;  ///< How long a dial may take. Default: 120.
  int64_t poll_ms;        ///< Longest sleep between two looks at the store. Default: 10,000.
  int64_t stop_deadline_ms;  ///< How long a stop waits for dials in flight. Default: 30,000.
  int64_t max_backoff_ms;    ///< Longest pause while the store is unavailable. Default: 30,000.
} cq_processor_options;

/// @since 0.1
CQ_API void cq_processor_options_init(cq_processor_options* options, size_t size);

/// What one `cq_processor_step` did.
/// @since 0.1
typedef struct cq_step_result {
  size_t size;
  int32_t claimed;
  int32_t dialed;    ///< Of those, handed to the dialer.
  int32_t advanced;  ///< Rows that time has changed: `cq_advance_result`'s `total`.
  int64_t
      next_wakeup;  ///< When there will be something to do again by time alone, or `CQ_NO_INSTANT`.
} cq_step_result;

/// @since 0.1
CQ_API void cq_step_result_init(cq_step_result* result, size_t size);

/// Works campaigns off: claims, marks, dials, records; sleeps until something can start. A second
/// one beside it, in this process or on another host, is harmless.
/// @since 0.1
typedef struct cq_processor cq_processor;

/// Thread-safe.
/// @param store may be closed before the processor goes, which keeps the database open.
/// @param dialer is copied; its `dial` is needed.
/// @param options NULL: the defaults.
/// @param observer is copied; NULL: nobody is told.
/// @return `CQ_INVALID_ARGUMENT` (`dial`).
/// @since 0.1
CQ_API cq_status cq_processor_create(cq_store* store, const cq_dialer* dialer,
                                     const cq_processor_options* options,
                                     const cq_observer* observer, cq_processor** processor,
                                     cq_error** error);
/// Frees one that does not run.
/// @since 0.1
CQ_API void cq_processor_free(cq_processor** processor);
/// Works until it is stopped, dialing in parallel; then finishes dials in flight. On one thread at
/// a time.
/// @return `CQ_CORRUPT` at once when the store cannot be used at all; `CQ_CONFLICT` (`processor`)
/// when it runs already.
/// @since 0.1
CQ_API cq_status cq_processor_run(cq_processor* processor, cq_error** error);
/// Ends the run under way, or the next one. Returns at once. Thread-safe, but not for signal
/// handlers.
/// @since 0.1
CQ_API void cq_processor_stop(cq_processor* processor);
/// One round on this thread, dialing one after the other: for simulations. Not while it runs
/// (`CQ_CONFLICT`).
/// @param result may be NULL.
/// @since 0.1
CQ_API cq_status cq_processor_step(cq_processor* processor, cq_step_result* result,
                                   cq_error** error);
/// As `cq_store_report_events`, and wakes the run, so that freed slots are used at once.
/// Thread-safe.
/// @since 0.1
CQ_API cq_status cq_processor_report(cq_processor* processor, const cq_call_event* events,
                                     size_t count, cq_call_report_list** reports, cq_error** error);
/// Wakes the run: something may have become claimable. Thread-safe.
/// @since 0.1
CQ_API void cq_processor_notify(cq_processor* processor);

// --- The core alone: no store needed -------------------------------------------------------------

/// How urgent a queued call is: `base`, plus `named_contact` if there is anything but white space
/// in the name, plus `custom`; saturating. The defaults of the first two are 0 and 100.
/// Thread-safe.
/// @since 0.1
CQ_API int32_t cq_priority(int32_t base, int32_t named_contact, const char* contact_name,
                           int32_t custom);

/// When calls may start, on one clock, and when they are tried again. Thread-safe.
/// @since 0.1
typedef struct cq_calling_rules cq_calling_rules;

/// Takes window, dates and rules from a campaign; `start_date` may be NULL here. Thread-safe.
/// @param zone IANA name.
/// @return `CQ_INVALID_ARGUMENT` naming `timezone` or the member.
/// @since 0.1
CQ_API cq_status cq_calling_rules_create(const cq_campaign* campaign, const char* zone,
                                         cq_calling_rules** rules, cq_error** error);
/// @since 0.1
CQ_API void cq_calling_rules_free(cq_calling_rules** rules);
/// Whether a call may start at `now`. Thread-safe.
/// @param open 1 or 0.
/// @since 0.1
CQ_API cq_status cq_is_open(const cq_calling_rules* rules, int64_t now, int32_t* open,
                            cq_error** error);
/// The open interval that contains `after`, else the first one that opens later; both ends are
/// inside. `CQ_NO_INSTANT` twice when none ever does. Thread-safe.
/// @since 0.1
CQ_API cq_status cq_next_open_interval(const cq_calling_rules* rules, int64_t after,
                                       int64_t* opens_at, int64_t* closes_at, cq_error** error);
/// When the next attempt is due after `attempts_made` ended in `outcome`; `CQ_NO_INSTANT`: never.
/// Thread-safe.
/// @return `CQ_INVALID_ARGUMENT` (`outcome`).
/// @since 0.1
CQ_API cq_status cq_retry_at(const cq_calling_rules* rules, int32_t outcome, int32_t attempts_made,
                             int64_t ended_at, int64_t* at, cq_error** error);
/// Distributes calls evenly over the window that is open at `from` or opens next. Thread-safe.
/// @param instants room for `count`.
/// @param written `count`, or 0 when nothing opens any more.
/// @since 0.1
CQ_API cq_status cq_spread(const cq_calling_rules* rules, size_t count, int64_t from,
                           int64_t* instants, size_t* written, cq_error** error);

/// What a forecast is made from.
/// @since 0.1
typedef struct cq_forecast_input {
  size_t size;
  int64_t open_rows;              ///< Queued and processing rows. Default: 0.
  int64_t rows_ahead;             ///< Rows that are taken before the one asked about. Default: 0.
  int32_t user_limit;             ///< Calls at once. Default: 2.
  double system_share;            ///< Slots of the system that can be counted on. Default: 10.
  int64_t mean_duration_seconds;  ///< Mean time a call holds its slot. Default: 60.
  double attempts_per_row;        ///< At least 1, the default.
} cq_forecast_input;

/// @since 0.1
CQ_API void cq_forecast_input_init(cq_forecast_input* input, size_t size);

/// What may be expected.
/// @since 0.1
typedef struct cq_forecast_result {
  size_t size;
  int64_t ends_at;    ///< When the last open row will be done; `CQ_NO_INSTANT`: the windows do not
                      ///< suffice.
  int64_t starts_at;  ///< When the row asked about will be dialed; `CQ_NO_INSTANT`: not within the
                      ///< windows.
  int64_t unreached_rows;  ///< Rows that the windows have no room for.
  const char* reason;      ///< Why there is no `ends_at`: `no_more_windows`, `user_limit_zero` or
                           ///< `system_limit_zero`; NULL otherwise. Static, never freed.
} cq_forecast_result;

/// @since 0.1
CQ_API void cq_forecast_result_init(cq_forecast_result* result, size_t size);
/// Spends the expected call time on the open intervals. Thread-safe.
/// @since 0.1
CQ_API cq_status cq_forecast(const cq_calling_rules* rules, const cq_forecast_input* input,
                             int64_t now, cq_forecast_result* forecast, cq_error** error);

/// Deals slots one per user per round, least recently served first. Not thread-safe.
/// @since 0.1
typedef struct cq_round_robin cq_round_robin;

/// Empty. Thread-safe.
/// @since 0.1
CQ_API cq_status cq_round_robin_create(cq_round_robin** allocator, cq_error** error);
/// @since 0.1
CQ_API void cq_round_robin_free(cq_round_robin** allocator);
/// Adds a user that is not there yet. Not thread-safe.
/// @param turn the number of its last dealing; 0: never served.
/// @param headroom slots it may still take.
/// @param ready queued calls it has.
/// @return `CQ_INVALID_ARGUMENT` (`user_id`).
/// @since 0.1
CQ_API cq_status cq_round_robin_add(cq_round_robin* allocator, const char* user_id, uint64_t turn,
                                    int64_t headroom, int64_t ready, cq_error** error);
/// The user that takes the next slot. Not thread-safe.
/// @param user_id NULL after success: nobody can. It is valid until the allocator is used again.
/// @since 0.1
CQ_API cq_status cq_round_robin_next(cq_round_robin* allocator, const char** user_id,
                                     cq_error** error);
/// Takes back the dealing that was just made and drops that user. Not thread-safe.
/// @since 0.1
CQ_API void cq_round_robin_drop_last(cq_round_robin* allocator);

/// An instant as text, `2026-03-29T01:00:00.000000Z`, cut to `capacity` (28 is enough).
/// Thread-safe.
/// @since 0.1
CQ_API void cq_instant_to_text(int64_t at, char* text, size_t capacity);
/// Reads RFC 3339: `2026-03-29T01:00:00Z`, with up to six decimals or an offset. Thread-safe.
/// @return `CQ_INVALID_ARGUMENT` (`instant`).
/// @since 0.1
CQ_API cq_status cq_parse_instant(const char* text, int64_t* at, cq_error** error);

#ifdef __cplusplus
}
#endif

#endif
