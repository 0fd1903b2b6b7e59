#pragma once

#include <span>
#include <string_view>

#include "sqlite/database.hpp"
#include "store/session.hpp"
#include "store/statements.hpp"

namespace callqueue::sqlite {

/// The open transaction of a connection, for what both stores share. Costs nothing to make.
class SqliteSession final : public Session {
 public:
  explicit SqliteSession(Database& database) noexcept : database_(database) {}

  [[nodiscard]] Rows execute(const char* sql, std::span<const Parameter> parameters) override;
  void put_off(const char* sql, std::span<const Parameter> parameters) override;
  [[nodiscard]] const Statements& statements() const override;

  // Whoever writes is alone.
  void lock_user(UserId) override {}
  void lock_campaign(CampaignId) override {}
  void lock_contact(UserId, ContactId) override {}
  void lock_queued_call(UserId, QueuedCallId) override {}
  void lock_call(UserId, CallId) override {}

  // A statement costs no round trip: one after the other.
  [[nodiscard]] std::vector<std::optional<HeldCall>> hold_calls(
      std::span<const CallRef> calls) override;
  void store_calls(std::span<const Call> calls) override;
  void store_rows(std::span<const QueuedCall> rows, Instant now) override;
  [[nodiscard]] std::vector<CallId> mark_dialed(std::span<const CallRef> calls,
                                                std::string_view worker, Instant now) override;
  [[nodiscard]] std::vector<CallCampaign> readable_campaigns(
      std::span<const std::pair<UserId, CampaignId>> campaigns) override;
  [[nodiscard]] std::vector<std::vector<CallRef>> calls_named(
      std::span<const CallName> names) override;

  [[nodiscard]] bool is_queue_cursor(std::string_view text) const override;
  void lane_rolled(UserId user_id, Instant now) override;
  void schedule(UserId user_id, std::span<const ScheduledRow> rows, Instant now) override;

  [[nodiscard]] Database& database() noexcept { return database_; }

 private:
  Database& database_;
};

/// What SQLite says in its own way. statements.cpp
[[nodiscard]] const Statements& sqlite_statements() noexcept;

}  // namespace callqueue::sqlite
