#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "callqueue/store.hpp"
#include "sqlite/database.hpp"
#include "sqlite/import_chunks.hpp"

namespace callqueue::sqlite {

/// The store on an embedded SQLite file: one writer connection, a few readers, WAL.
///
/// The functions are spread over files by subject; each is one transaction unless its contract says
/// otherwise.
class SqliteStore final : public Store {
 public:
  /// Throws `Failure`. @param path a file, or `:memory:`.
  SqliteStore(std::string path, StoreOptions options);

  // schema.cpp
  const std::vector<Migration>& migrations() const override;
  Result<MigrateResult> migrate(const MigrateRequest& request) override;
  Result<VerifyReport> verify() override;  // verify.cpp
  Result<Instant> now() override;

  // users.cpp
  Result<User> create_user(const User& user) override;
  Result<User> find_user(UserId id) override;
  Result<PageOf<User>> list_users(const Page& page) override;
  Result<User> set_user_limits(UserId id, std::optional<int> concurrent,
                               std::optional<int> system) override;
  Result<SlotUse> system_slots() override;
  Result<void> set_system_limit(int limit) override;
  Result<SlotUse> user_slots(UserId user_id) override;
  Result<Agent> create_agent(const Agent& agent) override;
  Result<Agent> find_agent(UserId user_id, AgentId id) override;
  Result<PageOf<Agent>> list_agents(UserId user_id, const Page& page) override;

  // contacts.cpp
  Result<Contact> create_contact(const Contact& contact) override;
  Result<Contact> find_contact(UserId user_id, ContactId id) override;
  Result<Contact> find_contact_by_phone(UserId user_id, std::string_view phone_number) override;
  Result<PageOf<Contact>> list_contacts(UserId user_id, const ContactFilter& filter,
                                        const Page& page) override;
  Result<Contact> update_contact(const Contact& contact) override;
  Result<void> delete_contact(UserId user_id, ContactId id) override;

  // campaigns.cpp
  Result<CallCampaign> create_campaign(const CallCampaign& campaign) override;
  Result<CallCampaign> find_campaign(UserId user_id, CampaignId id) override;
  Result<PageOf<CallCampaign>> list_campaigns(UserId user_id, const CampaignFilter& filter,
                                              const Page& page) override;
  Result<CallCampaign> update_campaign(const CallCampaign& changed) override;
  Result<CallCampaign> set_campaign_status(UserId user_id, CampaignId id, CampaignStatus from,
                                           CampaignStatus to) override;
  Result<void> delete_campaign(UserId user_id, CampaignId id) override;

  // analytics.cpp
  Result<CampaignStatistics> campaign_statistics(UserId user_id, CampaignId id) override;
  Result<CampaignAnalytics> campaign_analytics(UserId user_id, CampaignId id) override;
  Result<CampaignFacts> campaign_facts(UserId user_id, CampaignId id) override;

  // queue.cpp
  Result<std::vector<QueuedCall>> add_queued_calls(UserId user_id,
                                                   std::span<const NewQueuedCall> calls) override;
  Result<QueuedCall> find_queued_call(UserId user_id, QueuedCallId id) override;
  Result<PageOf<QueuedCall>> list_queued_calls(UserId user_id, const QueueFilter& filter,
                                               const Page& page) override;
  Result<QueuedCall> cancel_queued_call(UserId user_id, QueuedCallId id,
                                        std::string_view reason) override;
  Result<int> cancel_queued_calls_of_contact(UserId user_id, ContactId contact_id) override;
  Result<std::int64_t> rows_ahead(UserId user_id, QueuedCallId id) override;
  Result<QueueStatistics> queue_statistics(UserId user_id) override;
  Result<std::optional<QueuedCall>> next_queued_call(UserId user_id) override;

  // claim.cpp
  Result<std::vector<ClaimedCall>> claim(const ClaimRequest& request) override;
  Result<FinishedAndClaimed> finish_and_claim(std::span<const CallEvent> events,
                                              const ClaimRequest& request) override;
  Result<Call> reserve_slot(UserId user_id, std::string_view phone_number,
                            std::chrono::seconds deadline) override;

  // calls.cpp
  Result<std::vector<CallId>> begin_dial(std::span<const CallRef> calls,
                                         std::string_view worker) override;
  Result<Call> renew_lease(const CallRef& call, std::string_view worker,
                           std::chrono::seconds lease) override;
  Result<Call> accept_call(const CallRef& call, std::string_view provider_call_id) override;
  Result<Call> requeue_call(const CallRef& call, std::string_view reason) override;
  Result<std::vector<Result<CallReport>>> report_events(std::span<const CallEvent> events) override;
  Result<Call> find_call(UserId user_id, CallId id) override;
  Result<PageOf<Call>> list_calls(UserId user_id, const CallFilter& filter,
                                  const Page& page) override;
  Result<std::vector<Call>> lapsed_calls(int limit) override;

  // advance.cpp
  Result<AdvanceResult> advance(const AdvanceRequest& request) override;
  Result<std::optional<Instant>> next_wakeup() override;
  Result<std::uint64_t> change_counter() override;  // store.cpp

  // import.cpp
  Result<ImportId> begin_import(const ImportRequest& request) override;
  Result<std::vector<StagedRow>> stage_import(ImportId id,
                                              std::span<const ImportRow> rows) override;
  Result<void> publish_import(ImportId id) override;
  Result<void> abandon_import(ImportId id) override;

 private:
  /// Runs `body(database, now)` in a write transaction; "now" is read after the lock is held. What
  /// the body throws as `Failure` becomes the result's error, and nothing of it stays.
  template <class Body>
  auto write(Body&& body) -> Result<std::invoke_result_t<Body, Database&, Instant>>;
  /// Like `write`, once every user whose wake-up is due is back in turn: where very many are, in
  /// transactions before it that let others through.
  template <class Body>
  auto write_with_turns(Body&& body) -> Result<std::invoke_result_t<Body, Database&, Instant>>;
  /// Runs `body(database, now)` on one snapshot, beside writers.
  template <class Body>
  auto read(Body&& body) -> Result<std::invoke_result_t<Body, Database&, Instant>>;

  /// Turns the queued rows of a cancelled or ended campaign final, in batches that let claims
  /// through.
  void sweep_campaign(CampaignId id);
  /// Runs `body(database, now, watch)` in a write transaction of an import: it returns soon after
  /// the watch is over, and is run again for the rest. Throws `Failure`.
  template <class Body>
  auto import_chunk(Body&& body);
  void spread_staged_rows(ImportId id);
  void sweep_whole_import(ImportId id);

  /// A reader connection, given back to the pool when it goes.
  class Reader;
  [[nodiscard]] Instant clock_now() const { return clock_->now(); }
  /// `conflict`, `corrupt` … with the message for a version this library does not know. Remembers a
  /// good answer.
  void require_schema(Database& database);
  /// The steps of `advance`, each a transaction of its own.
  Result<AdvanceResult> run_steps(const AdvanceRequest& request, AdvanceResult result);

  std::string path_;
  StoreOptions options_;
  std::shared_ptr<const Clock> clock_;
  std::shared_ptr<UuidSource> uuids_;
  std::atomic<bool> zone_data_noticed_ = false;  ///< Compared once, by the first `advance`.
  std::mutex writer_mutex_;
  Database writer_;
  std::mutex imports_mutex_;
  std::unique_ptr<ImportChunks> imports_;  ///< Made by the first import. Unused for `:memory:`.
  std::mutex readers_mutex_;
  std::vector<std::unique_ptr<Database>> readers_;  ///< Idle ones. Unused for `:memory:`.
  std::mutex watcher_mutex_;
  std::unique_ptr<Database> watcher_;  ///< Notices commits; opened by the first `change_counter`.
};

}  // namespace callqueue::sqlite

#include "sqlite/store_transactions.hpp"
