#pragma once

#include <string>

#include "postgres/connection.hpp"
#include "store/session.hpp"

namespace callqueue::postgres {

/// The rows of a statement as the shared readers take them.
[[nodiscard]] Rows shared_rows(ResultRows rows);

/// The flows that both stores share, on a connection with a transaction open.
class PostgresSession final : public Session {
 public:
  explicit PostgresSession(Connection& connection) : connection_(connection) {}

  Rows execute(const char* sql, std::span<const Parameter> parameters) override;
  void put_off(const char* sql, std::span<const Parameter> parameters) override;
  const Statements& statements() const override;

  void lock_user(UserId id) override;
  /// With its rules and counters.
  void lock_campaign(CampaignId id) override;
  void lock_contact(UserId user_id, ContactId id) override;
  void lock_queued_call(UserId user_id, QueuedCallId id) override;
  void lock_call(UserId user_id, CallId id) override;

  // calls.cpp
  std::vector<std::optional<HeldCall>> hold_calls(std::span<const CallRef> calls) override;
  void store_calls(std::span<const Call> calls) override;
  void store_rows(std::span<const QueuedCall> rows, Instant now) override;
  std::vector<CallId> mark_dialed(std::span<const CallRef> calls, std::string_view worker,
                                  Instant now) override;
  std::vector<CallCampaign> readable_campaigns(
      std::span<const std::pair<UserId, CampaignId>> campaigns) override;
  std::vector<std::vector<CallRef>> calls_named(std::span<const CallName> names) override;

  [[nodiscard]] bool is_queue_cursor(std::string_view text) const override;
  /// Claims find out by themselves.
  void lane_rolled(UserId, Instant) override {}
  void schedule(UserId user_id, std::span<const ScheduledRow> rows, Instant now) override;

  [[nodiscard]] Connection& connection() noexcept { return connection_; }

 private:
  Connection& connection_;
};

}  // namespace callqueue::postgres
