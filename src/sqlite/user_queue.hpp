#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "callqueue/uuid.hpp"
#include "sqlite/database.hpp"

namespace callqueue::sqlite {

/// A ready row as a claim orders it.
struct ReadyRow {
  std::int64_t rowid = 0;
  bool direct = false;
  int priority = 0;
  std::int64_t position = 0;
  Instant created_at;
  std::string id;
  std::string phone_number;  ///< As it is dialed.
};

/// One user's ready rows in claim order (direct calls first, then priority, position, age, id),
/// merged from its open lanes. Reads a few rows of each lane at a time; never a waiting row or a
/// row of a closed lane.
///
/// Lives inside one transaction. A row that was given out must have left the queue before the next
/// is asked for.
class UserQueue {
 public:
  /// @param busy_numbers numbers the user has an active call to: their rows are passed over. Grows
  /// with every row taken.
  UserQueue(Database& database, UserId user_id, Instant now, std::set<std::string> busy_numbers);

  /// The next row, or nothing. Its number is busy from then on.
  [[nodiscard]] std::optional<ReadyRow> next();

  /// Whether any open lane held a ready row at all, also one that was passed over.
  [[nodiscard]] bool had_ready() const noexcept { return had_ready_; }
  /// Lanes said to hold ready rows that hold none.
  [[nodiscard]] const std::vector<std::int64_t>& empty_lanes() const noexcept {
    return empty_lanes_;
  }

 private:
  struct Lane {
    std::int64_t lane_id = 0;
    bool direct = false;
    std::vector<ReadyRow> rows;  // In reverse: the next one is at the back.
    std::int64_t fetched = 0;
    std::int64_t passed_over = 0;  // Fetched, not given out: still in the queue.
    bool exhausted = false;
  };

  void fetch(Lane& lane);
  [[nodiscard]] const ReadyRow* peek(Lane& lane);

  Database& database_;
  Instant now_;
  std::set<std::string> busy_numbers_;
  std::vector<Lane> lanes_;
  std::vector<std::int64_t> empty_lanes_;
  bool had_ready_ = false;
};

}  // namespace callqueue::sqlite
