#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "callqueue/store.hpp"
#include "postgres/claims_in_doubt.hpp"
#include "postgres/notifier.hpp"
#include "postgres/pool.hpp"
#include "postgres/session.hpp"
#include "store/sql_store.hpp"

namespace callqueue::postgres {

/// The store on a PostgreSQL server: any number of processes on any number of hosts.
///
/// What others may have changed between two statements of a transaction is locked before it is
/// read; see `Session`. Claims, and writes that narrow what may start, take one lock each after the
/// other.
class PostgresStore final : public SqlStore {
 public:
  /// Connects. Throws `Failure`.
  PostgresStore(std::string url, const StoreOptions& options);

  const std::vector<Migration>& migrations() const override;
  Result<MigrateResult> migrate(const MigrateRequest& request) override;
  Result<PreflightReport> preflight(const PreflightRequest& request) override;
  Result<VerifyReport> verify() override;  // verify.cpp
  Result<Instant> now() override;
  Result<std::uint64_t> change_counter() override;
  Result<std::unique_ptr<ChangeListener>> listen() override;

  // claim.cpp
  Result<std::vector<ClaimedCall>> claim(const ClaimRequest& request) override;
  Result<FinishedAndClaimed> finish_and_claim(std::span<const CallEvent> events,
                                              const ClaimRequest& request) override;
  Result<Call> reserve_slot(UserId user_id, std::string_view phone_number,
                            std::chrono::seconds deadline) override;
  Result<std::optional<QueuedCall>> next_queued_call(UserId user_id) override;

 protected:
  void transact(Access access, const Work& work) override;
  void transact_import(const ImportWork& work) override;
  void analyze_grown_tables();
  std::vector<ImportOutcome> stage_rows(Session& session, Instant now, const RunningImport& import,
                                        std::span<const ImportRow> rows,
                                        const ImportWatch& watch) override;

 private:
  /// Runs `body(connection)` once on a connection of the pool; what it throws becomes the result's
  /// error.
  template <class Body>
  auto on_connection(Body&& body);
  /// For what takes as long as large tables take.
  [[nodiscard]] Connection::Options patient() const;
  /// One attempt at `transact`.
  void run(Access access, const Work& work);
  [[nodiscard]] const std::vector<Statement>& begin(Access access) const;
  /// Throws what says more, where the refusal lies with the database and not with the moment.
  void explain(const StatementRefused& refused);
  /// Checks the schema's version and has a given clock's instant known to the triggers. @return
  /// now.
  Instant begun(Connection& connection, Transaction& transaction);

  /// Runs `claim(ids, again)`; once more, with other ids, when the connection is lost meanwhile.
  template <class Claim>
  auto claim_despite_loss(const ClaimRequest& request, Claim&& claim);
  /// The claim has its answer: others may be told of it.
  void tell_of(const std::string& worker, std::span<const ClaimedCall> claimed);
  /// Ids for the calls that a claim may start.
  [[nodiscard]] std::vector<CallId> new_call_ids(const ClaimRequest& request);

  const std::string url_;
  const StoreOptions options_;
  std::shared_ptr<const Clock> clock_;  ///< None: the server's.
  // Each begins a transaction and asks for what `begun` reads, in one round trip.
  std::vector<Statement> begin_read_;
  std::vector<Statement> begin_write_;
  std::vector<Statement> begin_narrow_;
  std::string schema_;  ///< Empty: the search path says which.
  Pool pool_;
  ClaimsInDoubt in_doubt_;
  Notifier notifier_;
};

}  // namespace callqueue::postgres
