#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "callqueue/import.hpp"
#include "callqueue/models.hpp"
#include "sqlite/database.hpp"
#include "store/import.hpp"

namespace callqueue::sqlite {

/// Stages the rows of one transaction.
///
/// A trigger costs more than the insert that fires it. So they are off meanwhile, and what ours
/// would do for each row (count it, mark its lane ready) is done once, in the same transaction.
/// With triggers of the host's on these tables all stay on.
class ImportRows {
 public:
  ImportRows(Database& database, Instant now, RunningImport import, UuidSource& uuids);
  ~ImportRows();

  ImportOutcome stage(const ImportRow& row);
  /// Writes down what the rows add up to. Once, after the last row.
  void finish();

 private:
  /// Ids as the database has them, without an allocation each.
  using IdText = std::array<char, 36>;

  /// What a queued call takes from its contact.
  struct Person {
    std::string_view id;
    std::string_view name;
    std::string_view timezone;
  };

  bool create_contact(const ImportRow& row);
  /// @return false when it was met before.
  bool meet(std::string_view contact_id, bool created);
  ImportOutcome stage_for_existing(const ImportRow& row);
  [[nodiscard]] std::optional<ImportOutcome> reason_to_skip(std::string_view contact_id);
  void queue_call(const ImportRow& row, const Person& person);
  [[nodiscard]] std::int64_t lane(std::string_view contact_timezone);
  [[nodiscard]] std::int64_t open_lane(const std::string& timezone);
  std::string_view new_id(IdText& text);

  Database& database_;
  std::optional<TriggersOff> triggers_off_;
  Instant now_;
  RunningImport import_;
  UuidSource& uuids_;
  std::int64_t queued_ = 0;
  std::unordered_map<std::string, std::int64_t> lanes_;  ///< By zone.
  std::string lane_timezone_;                            ///< The last one looked up.
  std::int64_t lane_id_ = 0;
  std::string user_id_;
  std::string campaign_id_;
  std::string agent_id_;
  std::string id_;
  IdText contact_id_{};
  IdText queue_id_{};
  // Bound once with what all rows share.
  Query insert_contact_;
  Query insert_row_;
};

}  // namespace callqueue::sqlite
