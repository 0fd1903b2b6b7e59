#pragma once

// The whole store as anybody would write it who need not be fast, safe or durable: plain maps, no
// lanes, no flags, no intervals. It shares value types with the library and nothing else.

#include <array>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "callqueue/store.hpp"

namespace callqueue::model {

/// A zone whose clock never changes, so that it can be reckoned by adding.
struct FixedZone {
  const char* name;
  std::chrono::seconds offset;
};
inline constexpr std::array<FixedZone, 4> zones = {{{"UTC", std::chrono::seconds{0}},
                                                    {"Asia/Tokyo", std::chrono::hours{9}},
                                                    {"America/Phoenix", std::chrono::hours{-7}},
                                                    {"Asia/Kolkata", std::chrono::minutes{330}}}};

struct ModelUser {
  std::string timezone;
  int limit = 0;
  int ceiling = 0;
  std::int64_t last_turn = 0;
};

struct ModelContact {
  UserId user;
  std::string phone_number;
  std::string timezone;
};

struct ModelCampaign {
  UserId user;
  CampaignStatus status = CampaignStatus::draft;
  TimeOfDay first{0};
  TimeOfDay last{0};
  LocalDate start_date;
  std::optional<LocalDate> end_date;
  CallClock clock = CallClock::contact;
  std::string timezone;
  RetryPolicy retry;
  std::chrono::seconds call_deadline{3600};
  std::optional<Instant> started_at;
  std::optional<Instant> completed_at;
  std::set<std::string> zones;  ///< In which it ever had rows.
  bool importing = false;
};

struct ModelRow {
  UserId user;
  std::optional<CampaignId> campaign;
  ContactId contact;
  std::string phone_number;
  std::string timezone;
  QueuedCallStatus status = QueuedCallStatus::queued;
  int priority = 0;
  std::int64_t position = 0;
  Instant scheduled_for;
  Instant created_at;
  std::optional<Instant> not_after;
  std::optional<Instant> completed_at;
  std::optional<CallId> call;
  std::string failure_reason;
  int attempts = 0;
  std::optional<bool> success;
  std::optional<ImportId> staged;  ///< Out of sight until its import is published.
};

struct ModelCall {
  UserId user;
  std::optional<QueuedCallId> row;
  std::optional<CampaignId> campaign;
  std::string phone_number;
  int attempt = 1;
  CallStatus status = CallStatus::initiated;
  std::optional<CallOutcome> outcome;
  std::optional<bool> success;
  std::string provider_call_id;
  std::string worker;
  Instant created_at;
  std::optional<Instant> lease_expires_at;
  std::optional<Instant> submitted_at;
  std::optional<Instant> answered_at;
  std::optional<Instant> ended_at;
  std::optional<std::chrono::seconds> duration;
};

/// An import that runs: its rows are there, and nobody claims them.
struct ModelImport {
  UserId user;
  CampaignId campaign;
  bool again = false;
  bool atomic = false;
  Instant heartbeat;
  std::set<std::string> zones;
  std::set<ContactId> new_contacts;  ///< Taken back with an atomic one.
};

/// Nothing: it went well.
using Refusal = std::optional<ErrorCode>;

class Model {
 public:
  // What there is. Ids are given by the store; everything else is reckoned here.
  std::map<UserId, ModelUser> users;
  std::map<ContactId, ModelContact> contacts;
  std::map<CampaignId, ModelCampaign> campaigns;
  std::map<QueuedCallId, ModelRow> rows;
  std::map<CallId, ModelCall> calls;
  std::map<ImportId, ModelImport> imports;
  int system_limit = 10;
  std::int64_t turns = 0;
  Instant now;

  void set_system_limit(int limit);
  [[nodiscard]] Refusal may_add(std::optional<CampaignId> campaign, ContactId contact) const;
  void add(QueuedCallId id, ModelRow row);
  Refusal set_status(CampaignId id, CampaignStatus from, CampaignStatus to);
  Refusal delete_campaign(CampaignId id);
  Refusal cancel(QueuedCallId id);
  std::pair<Refusal, int> cancel_contact(ContactId id);
  Refusal delete_contact(ContactId id);
  void move_contact(ContactId id, const std::string& timezone);

  /// Everything that time drives. @param left_behind rows that ended before their lane was looked
  /// through: they stay in the zone they had.
  void advance(const std::set<QueuedCallId>& left_behind);
  /// The row that would be taken for this user now, limits and turns aside.
  [[nodiscard]] std::optional<QueuedCallId> next_row(UserId user) const;
  [[nodiscard]] bool has_room(UserId user) const;
  [[nodiscard]] bool is_claimable(const ModelRow& row) const;
  /// The user that is dealt the next slot, or nothing.
  [[nodiscard]] std::optional<UserId> next_user() const;
  /// Gives a slot to a row: the store said the call's id.
  void take(QueuedCallId row, CallId call, const std::string& worker, std::chrono::seconds lease);

  [[nodiscard]] bool may_dial(CallId id, const std::string& worker) const;
  Refusal renew(CallId id, const std::string& worker, std::chrono::seconds lease);
  void accept(CallId id, const std::string& provider_call_id);
  Refusal requeue(CallId id);
  /// @return whether the call's slot was freed by this very event.
  bool report(CallId id, const CallEvent& event);

  [[nodiscard]] ImportOutcome stage(const ModelImport& import, const ImportRow& row) const;
  void publish(ImportId id);
  void abandon(ImportId id);
  void take_back(ImportId id);  ///< What it has staged.

  [[nodiscard]] int active(std::optional<UserId> user = {}) const;
  [[nodiscard]] bool is_busy(UserId user, const std::string& phone_number) const;
  [[nodiscard]] CampaignStatistics statistics(CampaignId id) const;
  [[nodiscard]] bool is_open(const ModelCampaign& campaign, const std::string& timezone,
                             Instant at) const;
  [[nodiscard]] std::string zone_of(const ModelRow& row) const;
  [[nodiscard]] std::optional<ContactId> find_contact(UserId user, const std::string& phone) const;

 private:
  [[nodiscard]] std::optional<Instant> next_open(const ModelCampaign& campaign,
                                                 const std::string& timezone, Instant from) const;
  [[nodiscard]] bool has_open_rows(CampaignId id) const;
  void finish_row(ModelRow& row, QueuedCallStatus status, std::string reason);
  void complete_if_done(CampaignId id);
  void close_import(ImportId id);
  void note_zone(const ModelRow& row);
  void sweep(CampaignId id);
  void put_back(ModelCall& call);
  void settle(const ModelCall& call, ModelRow& row, std::optional<bool> retryable);
};

}  // namespace callqueue::model
