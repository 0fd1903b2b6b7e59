#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "callqueue/access_token.hpp"
#include "callqueue/call_event.hpp"
#include "callqueue/changes.hpp"
#include "callqueue/claim.hpp"
#include "callqueue/clock.hpp"
#include "callqueue/export.hpp"
#include "callqueue/import.hpp"
#include "callqueue/keyed_request.hpp"
#include "callqueue/models.hpp"
#include "callqueue/page.hpp"
#include "callqueue/result.hpp"
#include "callqueue/round_robin.hpp"
#include "callqueue/schema.hpp"
#include "callqueue/statistics.hpp"
#include "callqueue/store_filters.hpp"

namespace callqueue {

/// How a store is opened.
struct StoreOptions {
  /// The clock that decides; none: the store's own (the database server's; for SQLite the
  /// machine's). Inject one in tests and simulations.
  std::shared_ptr<const Clock> clock{};
  /// Makes ids; none: version 7 with random bits of the operating system. Inject a seeded one for
  /// repeatable runs.
  std::shared_ptr<UuidSource> uuids{};
  /// What survives a power cut. `full`: everything committed. `normal`: the last commits may be
  /// lost (on PostgreSQL no claims), the database stays whole; small commits are much faster.
  enum class Durability { full, normal } durability = Durability::full;
  /// How long an operation waits for another process's write before it fails with `unavailable`.
  std::chrono::milliseconds busy_timeout{10'000};
  /// PostgreSQL: how long one statement may run on the server, waits included, before it fails with
  /// `unavailable`. A server that does not answer a little later has been lost.
  std::chrono::milliseconds statement_timeout{60'000};
  /// Whether a missing SQLite file is created.
  bool create = true;
  /// PostgreSQL: most connections of this store to the server; a thread that finds all in use
  /// waits for one. One more tells others of what was committed, and each `ChangeListener` has its
  /// own.
  int connections = 8;
  /// PostgreSQL: whether statements are prepared once a connection. Set it to false behind a pooler
  /// that hands server connections out per transaction (PgBouncer's transaction mode): there what
  /// one prepares is missing, or there already, in the next ("prepare no statements").
  bool prepare_statements = true;
  /// PostgreSQL: the schema that holds the tables; `migrate` makes it. Empty: the one that the
  /// search path names first. Behind a pooler as above it has to be empty: set the role's
  /// `search_path` on the server.
  std::string schema{};
  /// PostgreSQL: whether a `ChangeListener` hears notifications (`LISTEN`). Behind such a pooler it
  /// cannot.
  bool listen = true;
  /// PostgreSQL: how often a `ChangeListener` looks whether anything was committed that nobody
  /// notified it of. Without `listen` that is all it goes by: use some 200 ms then.
  std::chrono::milliseconds look_interval{1'000};
};

/// Remembers campaigns and queued calls, atomically. It decides nothing by itself: it asks the
/// core.
///
/// All functions are thread-safe, and safe beside other processes on the same database. Every
/// function that names a row takes its user: another user's row is `not_found`. A failed call
/// changes nothing. Any function may fail with `unavailable` (the database cannot be reached, or
/// stayed busy), with `corrupt` (not migrated, of a newer version, damaged, or its role lacks a
/// right: to try again is of no use) or with `internal`; other errors are listed. Users, agents,
/// contacts and phone numbers are checked here
/// (`validate`), campaigns and queued calls by the services: use `CallCampaigns` and `CallQueue`
/// for those. References, uniqueness and states only the store can check. "Now" is the store's
/// clock (`now()`).
///
/// `unavailable` when the connection to a server was lost in the middle: what was asked for has not
/// been done, or, where the loss met the commit, perhaps it has. What may be done twice the store
/// does again by itself first: `add_queued_calls`, `claim`, `finish_and_claim`, `begin_dial`,
/// `renew_lease`, `accept_call`, `report_events`, `reserve_slot`, `record_import_errors`,
/// `revoke_access_token`, `begin_request`, `finish_request`, `release_request`. After
/// `unavailable`
/// - claims and slots: whatever was claimed goes to the same worker's next claim, or back to its
///   queue when its lease lapses; a reserved slot is freed at its deadline;
/// - `begin_dial`: do not dial. A call that was marked nevertheless goes the way of a marked lease
///   that lapses;
/// - `renew_lease`, `accept_call`, `report_events`, `set_user_limits`, `set_user_timezone`,
///   `set_system_limit`, `record_import_errors`, `revoke_access_token`, `finish_request`,
///   `release_request`: ask again, it is done once;
/// - `begin_request`: ask again; `under_way` may mean that nobody works on it;
/// - `requeue_call`, `set_campaign_status`, `cancel_…`, `delete_…`, `update_…`: ask again;
/// `conflict`
///   or `not_found` may mean that it was done;
/// - `create_…` with an id of your own: ask again; `conflict` (`id`) means that it was done.
/// Without
///   one, and for `add_queued_calls`: look before you ask again;
/// - `begin_import`: ask again after 30 seconds; `stage_import`: abandon the import, for rows that
///   were staged would count as duplicates; `publish_import`, `abandon_import`: ask again;
///   `conflict` or `not_found` may mean that it was done;
/// - `advance`: nothing to do, the next one goes on.
class CALLQUEUE_API Store {
 public:
  virtual ~Store() = default;
  Store() = default;
  Store(const Store&) = delete;
  Store& operator=(const Store&) = delete;

  // --- Schema and clock ---

  /// All migrations of this version, in order.
  [[nodiscard]] virtual const std::vector<Migration>& migrations() const = 0;
  /// Lists what stands in the way of `migrate` in tables that are there already, and what is worth
  /// knowing before. Changes nothing. `invalid_argument`: `active_statuses`, `schema` (not there).
  [[nodiscard]] virtual Result<PreflightReport> preflight(const PreflightRequest& request = {}) = 0;
  /// Runs migrations, each in a transaction; safe beside other migrators. On PostgreSQL what takes
  /// long on tables of a host runs beside it as steps of their own, and goes on where it was broken
  /// off. @return `invalid_argument` (`to`) for a version that does not exist, or (`row_security`,
  /// `active_statuses`) where there can be none; `conflict` (`row_security`) for a role that would
  /// see more than it should, or (a column) for the first thing that `preflight` says blocks, with
  /// nothing changed; `corrupt` for a database of a newer version.
  virtual Result<MigrateResult> migrate(const MigrateRequest& request = {}) = 0;
  /// Compares the database with what this version expects, statistics with a recount, and lists
  /// rows that cannot move. Of a database that was never migrated it says that alone.
  [[nodiscard]] virtual Result<VerifyReport> verify() = 0;
  /// The clock that decides.
  [[nodiscard]] virtual Result<Instant> now() = 0;

  // --- Users, agents, contacts ---

  /// A nil id is replaced by a new one, here and in the other `create_` functions. As every
  /// function here that takes a user, an agent or a contact: `invalid_argument` naming the field
  /// that `validate` refuses. `conflict` (`id`, `email`) if taken. A
  /// `system_concurrent_calls_limit` left at its default of 10 becomes the system limit and follows
  /// it.
  virtual Result<User> create_user(const User& user) = 0;
  [[nodiscard]] virtual Result<User> find_user(UserId id) = 0;
  [[nodiscard]] virtual Result<PageOf<User>> list_users(const Page& page) = 0;
  /// The same, each with what it has in use, what waits, and its place in the turn order.
  [[nodiscard]] virtual Result<PageOf<UserActivity>> list_user_activity(const Page& page) = 0;
  /// Sets the limits that are given. Once it has returned no claim disregards a lowered one; calls
  /// beyond it go on.
  virtual Result<User> set_user_limits(UserId id, std::optional<int> concurrent,
                                       std::optional<int> system) = 0;
  /// Sets the zone that its campaigns and contacts are called by where they have none of their own.
  /// Once it has returned nothing starts by the old one; its rows move to the new one's hours.
  /// @param timezone IANA name; empty: UTC. `invalid_argument` (`timezone`) if it is not known.
  virtual Result<User> set_user_timezone(UserId id, std::string_view timezone) = 0;

  /// The most active calls of all users together, and how many there are.
  [[nodiscard]] virtual Result<SlotUse> system_slots() = 0;
  /// Sets the system limit, and every user's `system_concurrent_calls_limit` that held the old
  /// value.
  virtual Result<void> set_system_limit(int system_limit) = 0;
  /// For monitoring. Reads every open row: once in a quarter of a minute is enough.
  [[nodiscard]] virtual Result<SystemStatistics> system_statistics() = 0;
  [[nodiscard]] virtual Result<SlotUse> user_slots(UserId user_id) = 0;

  virtual Result<Agent> create_agent(const Agent& agent) = 0;
  [[nodiscard]] virtual Result<Agent> find_agent(UserId user_id, AgentId id) = 0;
  [[nodiscard]] virtual Result<PageOf<Agent>> list_agents(UserId user_id, const Page& page) = 0;

  /// `conflict` (`phone_number`) if the user has a contact with that number.
  virtual Result<Contact> create_contact(const Contact& contact) = 0;
  [[nodiscard]] virtual Result<Contact> find_contact(UserId user_id, ContactId id) = 0;
  [[nodiscard]] virtual Result<Contact> find_contact_by_phone(UserId user_id,
                                                              std::string_view phone_number) = 0;
  [[nodiscard]] virtual Result<PageOf<Contact>> list_contacts(UserId user_id,
                                                              const ContactFilter& filter,
                                                              const Page& page) = 0;
  /// Writes every field. Queued rows of the contact are called under its new number and name,
  /// unless they had others than the contact, and open rows move lane when its zone changed.
  virtual Result<Contact> update_contact(const Contact& contact) = 0;
  /// Deletes the contact and its queued calls; its `calls` stay. `conflict` while one of them is in
  /// flight.
  virtual Result<void> delete_contact(UserId user_id, ContactId id) = 0;

  // --- Campaigns ---

  /// Creates it as `draft` with empty counters. `not_found` (`agent_id`) unless the agent is the
  /// user's.
  virtual Result<CallCampaign> create_campaign(const CallCampaign& campaign) = 0;
  [[nodiscard]] virtual Result<CallCampaign> find_campaign(UserId user_id, CampaignId id) = 0;
  /// Newest first.
  [[nodiscard]] virtual Result<PageOf<CallCampaign>> list_campaigns(UserId user_id,
                                                                    const CampaignFilter& filter,
                                                                    const Page& page) = 0;
  /// Writes name to rules (not status, counters or instants) if its `updated_at` is still
  /// `changed.updated_at`, else `conflict`. Its lanes become stale. `conflict` (`status`) when it
  /// is final.
  virtual Result<CallCampaign> update_campaign(const CallCampaign& changed) = 0;
  /// Moves it from one status to another; `conflict` (`status`) when it is not in `from` or the
  /// state machine forbids it. Once `paused` or `cancelled` has returned no claim disregards it.
  /// Cancelling sweeps its queued rows (in batches; a sweep that is interrupted goes on in
  /// `advance`).
  virtual Result<CallCampaign> set_campaign_status(UserId user_id, CampaignId id,
                                                   CampaignStatus from, CampaignStatus to) = 0;
  /// Deletes it with its queued calls; its `calls` stay. `conflict` while calls are in flight or an
  /// import runs.
  virtual Result<void> delete_campaign(UserId user_id, CampaignId id) = 0;
  [[nodiscard]] virtual Result<CampaignStatistics> campaign_statistics(UserId user_id,
                                                                       CampaignId id) = 0;
  /// Everything but `estimated_completion`, which the service adds.
  [[nodiscard]] virtual Result<CampaignAnalytics> campaign_analytics(UserId user_id,
                                                                     CampaignId id) = 0;
  [[nodiscard]] virtual Result<CampaignFacts> campaign_facts(UserId user_id, CampaignId id) = 0;

  // --- Queue ---

  /// Queues calls, all or none. `not_found` (`contact_id`, `agent_id`, `campaign_id`) for rows of
  /// another user; `conflict` (`contact_id`) if the contact has an open row in the campaign;
  /// `conflict` (`campaign_id`) if that is final.
  virtual Result<std::vector<QueuedCall>> add_queued_calls(
      UserId user_id, std::span<const NewQueuedCall> calls) = 0;
  [[nodiscard]] virtual Result<QueuedCall> find_queued_call(UserId user_id, QueuedCallId id) = 0;
  /// In the order of creation.
  [[nodiscard]] virtual Result<PageOf<QueuedCall>> list_queued_calls(UserId user_id,
                                                                     const QueueFilter& filter,
                                                                     const Page& page) = 0;
  /// The user's queued rows, or those of a campaign, in the order in which they are called, limits
  /// ignored:
  /// 1. due direct calls, then what is due and whose lane is open, both by priority, position, age:
  ///    what claims take now;
  /// 2. by the earliest instant at which it may start, what is due and whose lane is closed (then
  ///    that lane opens) and what waits (then it is due, or its lane opens later); of what may
  ///    start together what is due comes first, as above, then what waits, by when it is due.
  ///    Behind all of it what never opens again, or whose zone nobody knows (yet);
  /// 3. what belongs to campaigns that are drafts or paused: what is due, then what waits.
  ///
  /// Due is what `advance` has found so. A page costs what it shows, for each zone and campaign
  /// that is not final. What is being imported is not listed. Rows that are called or come due, or
  /// whose lanes open or close meanwhile may be skipped.
  [[nodiscard]] virtual Result<PageOf<UpcomingCall>> list_upcoming_calls(
      UserId user_id, std::optional<CampaignId> campaign_id, const Page& page) = 0;
  /// `queued → cancelled`. `conflict` (`status`) when it is not queued (any more).
  virtual Result<QueuedCall> cancel_queued_call(UserId user_id, QueuedCallId id,
                                                std::string_view reason) = 0;
  /// Cancels the contact's queued rows. `conflict` while one is in flight. @return how many.
  virtual Result<int> cancel_queued_calls_of_contact(UserId user_id, ContactId contact_id) = 0;
  /// How many rows of its user are before this one in the order of `list_upcoming_calls`, its own
  /// campaign taken as started. Counts them in indexes, for each zone and campaign; many positions
  /// at once are that list's. `conflict` (`status`) when it is not queued.
  [[nodiscard]] virtual Result<RowsAhead> rows_ahead(UserId user_id, QueuedCallId id) = 0;
  [[nodiscard]] virtual Result<QueueStatistics> queue_statistics(UserId user_id) = 0;
  /// The row that `claim` would take first for this user if there were room and it were its turn.
  /// Writes nothing.
  [[nodiscard]] virtual Result<std::optional<QueuedCall>> next_queued_call(UserId user_id) = 0;

  // --- Claims and calls ---

  /// Claims the calls that may start now, at most `request.limit`, by the store's clock.
  ///
  /// Each claimed call holds a slot and a dial lease from the moment this returns. No row is
  /// claimed twice and no user or system limit is ever exceeded, however many claimers run. Slots
  /// are dealt one per user per round, least recently served first; each takes the first row in
  /// that user's order (direct calls, then priority, position, age).
  ///
  /// @return the claimed calls in dealing order; empty when nothing may start (not an error).
  /// `unavailable`: nothing was claimed, or what was goes to this worker's next claim. With `only`:
  /// `not_found`, `conflict` (`status`) when it is not queued.
  virtual Result<std::vector<ClaimedCall>> claim(const ClaimRequest& request) = 0;
  /// Reports events, then claims, in one commit.
  virtual Result<FinishedAndClaimed> finish_and_claim(std::span<const CallEvent> events,
                                                      const ClaimRequest& request) = 0;
  /// Marks claimed calls as about to be dialed (`submitted_at`), while their lease is still this
  /// worker's, their window is open (a direct call: it has not expired) and their campaign was not
  /// cancelled. @return those marked: only they may be dialed, and only while their lease lasts.
  virtual Result<std::vector<CallId>> begin_dial(std::span<const CallRef> calls,
                                                 std::string_view worker) = 0;
  /// Extends the dial lease to now plus `lease`. `conflict` when it lapsed or is another worker's.
  virtual Result<Call> renew_lease(const CallRef& call, std::string_view worker,
                                   std::chrono::seconds lease) = 0;
  /// The provider has accepted: records its id and replaces the lease by the campaign's call
  /// deadline (60 min for a direct call). Idempotent. Late acceptances of final calls only record
  /// the id. `invalid_argument` (`provider_call_id`) unless that is UTF-8 without NUL, at most 512
  /// bytes.
  virtual Result<Call> accept_call(const CallRef& call, std::string_view provider_call_id) = 0;
  /// The call was certainly not placed: ends it (`cancelled`), frees its slot, puts its row back to
  /// `queued` and takes back the attempt. `conflict` (`status`) when the call is final or was
  /// accepted.
  virtual Result<Call> requeue_call(const CallRef& call, std::string_view reason) = 0;
  /// Applies events (see `apply_event`, `decide_row`), each on its own: one that fails does not
  /// stop the others. One commit. `not_found` for a call of another user; `invalid_argument` when
  /// an event names no call, or its `provider_call_id` is none.
  virtual Result<std::vector<Result<CallReport>>> report_events(
      std::span<const CallEvent> events) = 0;
  /// Takes a slot for a call that the host makes by itself: a `calls` row without queued call,
  /// `direct`, accepted, with a deadline. Ended like any other call by an event. `limit_reached`
  /// when there is no room; `conflict` (`phone_number`) while the user has an active call to the
  /// number; `invalid_argument` (`deadline`) unless that is above zero, (`phone_number`) unless
  /// that is an international number: spaces, brackets and the like, and `00` for the plus sign,
  /// are taken.
  virtual Result<Call> reserve_slot(UserId user_id, std::string_view phone_number,
                                    std::chrono::seconds deadline) = 0;
  [[nodiscard]] virtual Result<Call> find_call(UserId user_id, CallId id) = 0;
  /// The user's calls that have these ids, in one statement: each once, in the order of the ids.
  /// What is not there, or another user's, is left out.
  [[nodiscard]] virtual Result<std::vector<Call>> find_calls(UserId user_id,
                                                             std::span<const CallId> ids) = 0;
  /// In the order of creation, or backwards. A list of one campaign, one queued call, one
  /// provider's id or of active statuses alone costs what is in it, however many other calls there
  /// are.
  [[nodiscard]] virtual Result<PageOf<Call>> list_calls(UserId user_id, const CallFilter& filter,
                                                        const Page& page) = 0;

  // --- Time ---

  /// Does the work that time drives, in bounded batches, safe beside other instances: lapsed leases
  /// and deadlines, waiting rows that became ready, expired direct calls, lanes that need their
  /// next interval, campaigns to activate or end, sweeps, abandoned imports, keys of requests that
  /// are too old. Cheap when there is nothing to do.
  virtual Result<AdvanceResult> advance(const AdvanceRequest& request = {}) = 0;
  /// Submitted calls whose lease or deadline has passed, oldest first, of all users: for a dialer
  /// that can look them up.
  [[nodiscard]] virtual Result<std::vector<Call>> lapsed_calls(int limit) = 0;
  /// The earliest instant at which time alone can make anything claimable or give `advance` work;
  /// now when it has work already; none: never. What is claimable already does not count: claim
  /// until fewer come than were asked for. Nor do slots that are not free: their release notifies.
  [[nodiscard]] virtual Result<std::optional<Instant>> next_wakeup() = 0;
  /// A number that changes whenever this or another process committed something; on PostgreSQL also
  /// when somebody else on the server did. For SQLite noticed within 100 ms.
  [[nodiscard]] virtual Result<std::uint64_t> change_counter() = 0;
  /// Hears of what is committed from now on. It must go before the store does.
  ///
  /// On PostgreSQL each store notifies the others of what it has committed, on a connection of its
  /// own: at once, or together with what it notified of in the last few milliseconds. Somebody
  /// else's SQL does so with `SELECT callqueue_notify()`, in a transaction of its own: a
  /// transaction that notifies waits for others at its commit.
  [[nodiscard]] virtual Result<std::unique_ptr<ChangeListener>> listen() = 0;

  // --- Import ---

  /// Opens an import: rows are staged out of the claim's sight and appear all at once. The campaign
  /// stays open meanwhile. `conflict` (`campaign_id`) when it is final, or another import into it
  /// is running; one that was not heard of for 30 s is taken back first, for its process may be
  /// gone.
  virtual Result<ImportId> begin_import(const ImportRequest& request) = 0;
  /// Stages rows in their order, in transactions of at most about 50 ms, and says what became of
  /// each. Also keeps the import alive: one that hears nothing for ten minutes is abandoned by
  /// `advance`. This and what ends it: `conflict` (`import_id`) when it is not running any more,
  /// `not_found` when all of it was taken back, or the user has no such import.
  virtual Result<std::vector<StagedRow>> stage_import(UserId user_id, ImportId id,
                                                      std::span<const ImportRow> rows) = 0;
  /// Makes the staged rows callable in one short step; if the campaign spreads, their instants are
  /// distributed first.
  virtual Result<void> publish_import(UserId user_id, ImportId id) = 0;
  /// Takes the staged rows back, in batches; with `atomic` also the contacts it created.
  virtual Result<void> abandon_import(UserId user_id, ImportId id) = 0;
  /// Remembers what was wrong with rows of an import into the campaign, in transactions of 500
  /// each. They stay when the import is taken back, and go with the campaign; of a campaign the
  /// last ten imports that had any are remembered. @param first the number of the first of these
  /// errors within the import, from 1: what is recorded under the same numbers again is left as it
  /// is. Number 0, recorded after the others, is no error: its `record` is their `header`.
  /// `not_found` (`campaign_id`).
  virtual Result<void> record_import_errors(UserId user_id, CampaignId campaign_id, ImportId id,
                                            int first, std::span<const CsvError> errors) = 0;
  /// Import after import, the oldest first, in the order of the file. `not_found` (`campaign_id`).
  [[nodiscard]] virtual Result<PageOf<ImportError>> list_import_errors(UserId user_id,
                                                                       CampaignId campaign_id,
                                                                       const Page& page) = 0;

  // --- Providers' events, access tokens: whose they are has yet to be found, so these take no user

  /// Finds calls by the ids that a provider knows, whoever's they are: for what the provider itself
  /// reports, never for what a user asks. One result for each name, in that order: `not_found`
  /// (`call_id`, `provider_call_id`) when there is no such call; `conflict` (the same) when several
  /// have this id, for nobody can tell which is meant; `invalid_argument` (`call_id`) without one.
  [[nodiscard]] virtual Result<std::vector<Result<CallRef>>> locate_calls(
      std::span<const CallName> names) = 0;
  /// Stores a token under the hash of its secret (`AccessTokens` makes both), `created_at` now and
  /// not revoked. `not_found` (`user_id`); `conflict` (`id`) if taken.
  virtual Result<AccessToken> create_access_token(const AccessToken& token,
                                                  const SecretHash& secret_hash) = 0;
  /// The token, valid or not, and the hash. `not_found` (`token_id`).
  [[nodiscard]] virtual Result<StoredAccessToken> find_access_token(AccessTokenId id) = 0;
  /// Those of a user, or all, administrators' too; valid or not, in the order of creation.
  [[nodiscard]] virtual Result<PageOf<AccessToken>> list_access_tokens(
      std::optional<UserId> user_id, const Page& page) = 0;
  /// From its return on the token is not valid. The row stays; a token that was revoked before
  /// keeps its `revoked_at`. `not_found` (`token_id`).
  virtual Result<AccessToken> revoke_access_token(AccessTokenId id) = 0;

  // --- Keys of requests, for servers: see `keyed_request.hpp` ---

  /// Takes a key of the user's (`is_request_key`) for a request, or says what became of it.
  /// `begun`: the caller carries the request out and ends it by `finish_request` or
  /// `release_request`. Exactly one of those who ask at the same time gets it. `not_found`
  /// (`user_id`).
  virtual Result<KeyedRequest> begin_request(UserId user_id, std::string_view key) = 0;
  /// Keeps the answer: who asks with the key from now on gets it. `not_found` (`request_key`) when
  /// the key is not this attempt's any more.
  virtual Result<void> finish_request(UserId user_id, std::string_view key,
                                      RequestAttemptId attempt,
                                      const RequestFingerprint& fingerprint,
                                      const KeptAnswer& answer) = 0;
  /// Lets go of the key of a request that changed nothing: it may be used anew.
  virtual Result<void> release_request(UserId user_id, std::string_view key,
                                       RequestAttemptId attempt) = 0;
};

/// Opens a store: `sqlite:PATH`, `sqlite::memory:` (one process, one connection, gone when closed),
/// or `postgresql://user@host/database` (whatever libpq understands; PostgreSQL 15 or newer).
///
/// Does not migrate: call `migrate()` on a new database.
/// @return `invalid_argument` (`url`) for an unknown scheme or one this build leaves out, or
/// (`connections`) unless those are 1 to 1,000, or (`schema`) for a name that is too long, or of
/// SQLite; `unavailable` when the file cannot be opened or the
/// server not be reached; `corrupt` when it is not a database, or of a newer version than this
/// library.
[[nodiscard]] CALLQUEUE_API Result<std::unique_ptr<Store>> open_store(std::string_view url,
                                                                      StoreOptions options = {});

/// The migrations of the kind of store that the URL names, in order. Opens nothing. @return
/// `invalid_argument` (`url`) as `open_store`.
[[nodiscard]] CALLQUEUE_API Result<std::vector<Migration>> migrations_for(std::string_view url);

}  // namespace callqueue
