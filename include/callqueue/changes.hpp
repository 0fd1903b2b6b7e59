#pragma once

#include <chrono>
#include <optional>
#include <vector>

#include "callqueue/export.hpp"
#include "callqueue/time.hpp"
#include "callqueue/uuid.hpp"

namespace callqueue {

/// What was committed since somebody looked last. Always "at least": it may name more than there
/// is.
struct Changes {
  /// Whether something may have become claimable, or will become so earlier than it was thought.
  bool may_start = false;
  bool everyone = false;        ///< Any user's rows may have changed.
  std::vector<UserId> users{};  ///< Otherwise: whose rows have changed, each once.

  [[nodiscard]] bool any() const noexcept { return everyone || !users.empty(); }
  /// Of all users.
  [[nodiscard]] static Changes of_everyone() { return {.may_start = true, .everyone = true}; }
};

/// Hears of what this and other processes commit to a store: made by `Store::listen`.
///
/// Nothing committed after it was made is missed for good, but it may be told late: within 50 ms on
/// SQLite; on PostgreSQL within milliseconds, or after `StoreOptions::look_interval` if a
/// notification gets lost or rows were written by SQL that notifies nobody.
class CALLQUEUE_API ChangeListener {
 public:
  ChangeListener() = default;
  ChangeListener(const ChangeListener&) = delete;
  ChangeListener& operator=(const ChangeListener&) = delete;
  virtual ~ChangeListener() = default;

  /// Waits until there are changes that it has not told of yet, `at_most` has passed, the store's
  /// clock has reached `until`, or somebody calls `wake`. Needs no database: while that cannot be
  /// reached there is nothing to tell, and once it is back everything may have changed. Not on two
  /// threads at once.
  virtual Changes wait(std::chrono::milliseconds at_most, std::optional<Instant> until = {}) = 0;
  /// Ends the `wait` under way, or the next one. Thread-safe.
  virtual void wake() = 0;
};

}  // namespace callqueue
