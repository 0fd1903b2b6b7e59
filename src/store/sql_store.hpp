#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <type_traits>
#include <utility>

#include "callqueue/store.hpp"
#include "store/guarded.hpp"
#include "store/import.hpp"
#include "store/session.hpp"

namespace callqueue {

/// What the stores on SQL databases share: every flow that only needs a `Session`.
///
/// The functions are spread over files by subject; each is one transaction unless its contract says
/// otherwise. Claims, imports and the schema are each store's own.
class SqlStore : public Store {
 public:
  // users.cpp
  Result<User> create_user(const User& user) override;
  Result<User> find_user(UserId id) override;
  Result<PageOf<User>> list_users(const Page& page) override;
  Result<PageOf<UserActivity>> list_user_activity(const Page& page) override;
  Result<User> set_user_limits(UserId id, std::optional<int> concurrent,
                               std::optional<int> system) override;
  Result<User> set_user_timezone(UserId id, std::string_view timezone) override;
  Result<SlotUse> system_slots() override;
  Result<void> set_system_limit(int limit) override;
  Result<SystemStatistics> system_statistics() override;
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
  Result<QueuedCall> cancel_queued_call(UserId user_id, QueuedCallId id,
                                        std::string_view reason) override;
  Result<int> cancel_queued_calls_of_contact(UserId user_id, ContactId contact_id) override;
  Result<RowsAhead> rows_ahead(UserId user_id, QueuedCallId id) override;

  // queue_lists.cpp
  Result<PageOf<QueuedCall>> list_queued_calls(UserId user_id, const QueueFilter& filter,
                                               const Page& page) override;
  Result<QueueStatistics> queue_statistics(UserId user_id) override;

  // upcoming_calls.cpp
  Result<PageOf<UpcomingCall>> list_upcoming_calls(UserId user_id,
                                                   std::optional<CampaignId> campaign_id,
                                                   const Page& page) override;

  // calls.cpp
  Result<std::vector<CallId>> begin_dial(std::span<const CallRef> calls,
                                         std::string_view worker) override;
  Result<Call> renew_lease(const CallRef& call, std::string_view worker,
                           std::chrono::seconds lease) override;
  Result<Call> accept_call(const CallRef& call, std::string_view provider_call_id) override;
  Result<Call> requeue_call(const CallRef& call, std::string_view reason) override;
  Result<std::vector<Result<CallReport>>> report_events(std::span<const CallEvent> events) override;
  Result<Call> find_call(UserId user_id, CallId id) override;
  Result<std::vector<Call>> find_calls(UserId user_id, std::span<const CallId> ids) override;
  Result<PageOf<Call>> list_calls(UserId user_id, const CallFilter& filter,
                                  const Page& page) override;
  Result<std::vector<Call>> lapsed_calls(int limit) override;

  // locate_calls.cpp
  Result<std::vector<Result<CallRef>>> locate_calls(std::span<const CallName> names) override;

  // advance.cpp
  Result<AdvanceResult> advance(const AdvanceRequest& request) override;
  Result<std::optional<Instant>> next_wakeup() override;

  // import.cpp
  Result<ImportId> begin_import(const ImportRequest& request) override;
  Result<std::vector<StagedRow>> stage_import(UserId user_id, ImportId id,
                                              std::span<const ImportRow> rows) override;
  Result<void> publish_import(UserId user_id, ImportId id) override;
  Result<void> abandon_import(UserId user_id, ImportId id) override;

  // import_errors.cpp
  Result<void> record_import_errors(UserId user_id, CampaignId campaign_id, ImportId id, int first,
                                    std::span<const CsvError> errors) override;
  Result<PageOf<ImportError>> list_import_errors(UserId user_id, CampaignId campaign_id,
                                                 const Page& page) override;

  // access_tokens.cpp
  Result<AccessToken> create_access_token(const AccessToken& token,
                                          const SecretHash& secret_hash) override;
  Result<StoredAccessToken> find_access_token(AccessTokenId id) override;
  Result<PageOf<AccessToken>> list_access_tokens(std::optional<UserId> user_id,
                                                 const Page& page) override;
  Result<AccessToken> revoke_access_token(AccessTokenId id) override;

  // request_keys.cpp
  Result<KeyedRequest> begin_request(UserId user_id, std::string_view key) override;
  Result<void> finish_request(UserId user_id, std::string_view key, RequestAttemptId attempt,
                              const RequestFingerprint& fingerprint,
                              const KeptAnswer& answer) override;
  Result<void> release_request(UserId user_id, std::string_view key,
                               RequestAttemptId attempt) override;

 protected:
  enum class Access {
    read,   ///< One snapshot.
    write,  ///< Commits, or leaves nothing behind.
    /// A write that narrows what may start (or counts against a limit): no claim runs beside it.
    narrow
  };
  using Work = std::function<void(Session&, Instant)>;

  /// @param uuids none: random ones.
  explicit SqlStore(std::shared_ptr<UuidSource> uuids)
      : uuids_(uuids ? std::move(uuids) : std::make_shared<UuidSource>()) {}

  /// Runs `body(session, now)` in one transaction; "now" is read after its locks are held. May run
  /// it again from the start when the database asks for that. Throws what the body throws, and
  /// `Failure`: then nothing of it stays.
  virtual void transact(Access access, const Work& body) = 0;
  using ImportWork = std::function<void(Session&, Instant, const ImportWatch&)>;
  /// As `transact`, one of many transactions of an import: `work` returns soon after the watch is
  /// over.
  virtual void transact_import(const ImportWork& work) = 0;
  /// Stages rows, the first ones first, until the watch is over. @return what became of those
  /// staged, at least one if there are any.
  virtual std::vector<ImportOutcome> stage_rows(Session& session, Instant now,
                                                const RunningImport& import,
                                                std::span<const ImportRow> rows,
                                                const ImportWatch& watch) = 0;
  /// Called between the transactions of a long job.
  virtual void let_others_write() {}

  // `body(session, now)` in a transaction; what it throws becomes the result's error. It may be run
  // again: what it captured by reference it must set anew.
  template <class Read>
  auto read(Read&& body) {
    return in_transaction(Access::read, std::forward<Read>(body));
  }
  template <class Write>
  auto write(Write&& body) {
    return in_transaction(Access::write, std::forward<Write>(body));
  }
  template <class Narrow>
  auto narrow(Narrow&& body) {
    return in_transaction(Access::narrow, std::forward<Narrow>(body));
  }

  /// Transactions beside each other may ask.
  template <class AnyId>
  [[nodiscard]] AnyId next_id(Instant now) {
    const std::lock_guard lock{uuids_mutex_};
    return uuids_->next_id<AnyId>(now);
  }
  /// Not thread-safe: for transactions that are alone.
  [[nodiscard]] UuidSource& uuids() noexcept { return *uuids_; }

 private:
  template <class Function>
  auto in_transaction(Access access, Function&& body)
      -> Result<std::invoke_result_t<Function&, Session&, Instant>> {
    using Value = std::invoke_result_t<Function&, Session&, Instant>;
    return guarded([&] {
      if constexpr (std::is_void_v<Value>) {
        transact(access, [&](Session& session, Instant now) { body(session, now); });
      } else {
        std::optional<Value> value;
        transact(access, [&](Session& session, Instant now) { value.emplace(body(session, now)); });
        return *std::move(value);
      }
    });
  }

  template <class Function>
  auto import_chunk(Function&& body) {
    std::optional<std::invoke_result_t<Function&, Session&, Instant, const ImportWatch&>> value;
    transact_import([&](Session& session, Instant now, const ImportWatch& watch) {
      session.tell(News::change);  // Before it is published nothing of an import is claimed.
      value.emplace(body(session, now, watch));
    });
    return *std::move(value);
  }
  void spread_staged_rows(UserId user_id, ImportId id);
  void sweep_whole_import(ImportId id);

  /// Turns the queued rows of a cancelled or ended campaign final, in batches that let claims
  /// through.
  void sweep_campaign(CampaignId id);
  /// The steps of `advance`, each a transaction of its own.
  Result<AdvanceResult> run_steps(const AdvanceRequest& request, AdvanceResult result);

  std::shared_ptr<UuidSource> uuids_;
  std::mutex uuids_mutex_;
  std::atomic<bool> zone_data_noticed_ = false;  ///< Compared once, by the first `advance`.
};

}  // namespace callqueue
