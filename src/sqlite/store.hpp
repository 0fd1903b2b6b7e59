#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "sqlite/database.hpp"
#include "sqlite/import_chunks.hpp"
#include "store/sql_store.hpp"

namespace callqueue::sqlite {

/// The store on an embedded SQLite file: one writer connection, a few readers, WAL.
///
/// The functions are spread over files by subject; each is one transaction unless its contract says
/// otherwise.
class SqliteStore : public SqlStore {
 public:
  /// Throws `Failure`. @param path a file, or `:memory:`.
  SqliteStore(std::string path, StoreOptions options);

  // schema.cpp
  const std::vector<Migration>& migrations() const override;
  Result<MigrateResult> migrate(const MigrateRequest& request) override;
  Result<PreflightReport> preflight(const PreflightRequest& request) override;
  Result<VerifyReport> verify() override;  // verify.cpp

  // store.cpp
  Result<Instant> now() override;
  Result<std::uint64_t> change_counter() override;
  Result<std::unique_ptr<ChangeListener>> listen() override;

  // claim.cpp
  Result<std::optional<QueuedCall>> next_queued_call(UserId user_id) override;
  Result<std::vector<ClaimedCall>> claim(const ClaimRequest& request) override;
  Result<FinishedAndClaimed> finish_and_claim(std::span<const CallEvent> events,
                                              const ClaimRequest& request) override;
  Result<Call> reserve_slot(UserId user_id, std::string_view phone_number,
                            std::chrono::seconds deadline) override;

 private:
  void transact(Access access, const Work& body) override;
  void let_others_write() override;
  void transact_import(const ImportWork& work) override;
  std::vector<ImportOutcome> stage_rows(Session& session, Instant now, const RunningImport& import,
                                        std::span<const ImportRow> rows,
                                        const ImportWatch& watch) override;

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

  /// A reader connection, given back to the pool when it goes.
  class Reader;
  [[nodiscard]] Instant clock_now() const { return clock_->now(); }
  /// `conflict`, `corrupt` … with the message for a version this library does not know. Remembers a
  /// good answer.
  void require_schema(Database& database);

  std::string path_;
  StoreOptions options_;
  std::shared_ptr<const Clock> clock_;
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
