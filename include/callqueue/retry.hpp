#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <vector>

#include "callqueue/calling_rules.hpp"
#include "callqueue/result.hpp"
#include "callqueue/state.hpp"
#include "callqueue/time.hpp"

namespace callqueue {

/// Which outcomes are tried again, how often, and after how long. One budget for all outcomes.
///
/// Default: nothing is retried.
struct RetryPolicy {
  /// Retried outcomes. `answered`, `cancelled` and `unknown` may not be among them; see
  /// `may_be_retried`.
  std::vector<CallOutcome> outcomes{};
  /// All attempts of one queued call together, the first included; 1 to 100.
  int max_attempts = 1;
  /// Delay before attempt 2, 3, …; the last one repeats. Must not be empty when `max_attempts` is
  /// above 1.
  std::vector<std::chrono::seconds> delays{};

  friend bool operator==(const RetryPolicy&, const RetryPolicy&) = default;
};

/// @return `invalid_argument` naming `retry` with what is wrong.
[[nodiscard]] Result<void> validate(const RetryPolicy& policy);

/// Whether any policy may have calls tried again that ended like this.
[[nodiscard]] bool may_be_retried(CallOutcome outcome) noexcept;

/// Whether the policy allows another attempt after `attempts_made` ended in `outcome`.
[[nodiscard]] bool is_retryable(const RetryPolicy& policy, CallOutcome outcome,
                                int attempts_made) noexcept;

/// When the next attempt is due: `ended_at` plus the delay, moved into the next open interval of
/// the rules.
///
/// @return nothing when the policy does not allow it or no interval opens any more: the queued call
/// fails.
[[nodiscard]] std::optional<Instant> retry_at(const RetryPolicy& policy, CallOutcome outcome,
                                              int attempts_made, Instant ended_at,
                                              const CallingRules& rules, const TimeZone& zone);

}  // namespace callqueue

#include "callqueue/detail/retry_impl.hpp"
