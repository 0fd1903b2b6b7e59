#pragma once

#include <algorithm>

#include "callqueue/retry.hpp"

namespace callqueue {

inline bool may_be_retried(CallOutcome outcome) noexcept {
  return outcome != CallOutcome::answered && outcome != CallOutcome::cancelled &&
         outcome != CallOutcome::unknown;
}

inline Result<void> validate(const RetryPolicy& policy) {
  const auto refuse = [](const char* why, const char* field) {
    return fail(ErrorCode::invalid_argument, why, field);
  };
  if (!std::all_of(policy.outcomes.begin(), policy.outcomes.end(), may_be_retried)) {
    return refuse("answered, cancelled and unknown calls are never retried", "retry.outcomes");
  }
  if (policy.max_attempts < 1 || policy.max_attempts > 100) {
    return refuse("max_attempts must be 1 to 100", "retry.max_attempts");
  }
  if (policy.max_attempts > 1 && policy.delays.empty()) {
    return refuse("delays must not be empty when there is more than one attempt", "retry.delays");
  }
  const auto out_of_range = [](std::chrono::seconds delay) {
    return delay < std::chrono::seconds{0} || delay > std::chrono::days{366};
  };
  if (std::any_of(policy.delays.begin(), policy.delays.end(), out_of_range)) {
    return refuse("a delay must be between zero and 366 days", "retry.delays");
  }
  return {};
}

inline bool is_retryable(const RetryPolicy& policy, CallOutcome outcome,
                         int attempts_made) noexcept {
  return attempts_made < policy.max_attempts &&
         std::find(policy.outcomes.begin(), policy.outcomes.end(), outcome) !=
             policy.outcomes.end();
}

inline std::optional<Instant> retry_at(const RetryPolicy& policy, CallOutcome outcome,
                                       int attempts_made, Instant ended_at,
                                       const CallingRules& rules, const TimeZone& zone) {
  if (!is_retryable(policy, outcome, attempts_made) || policy.delays.empty()) return std::nullopt;
  const auto last = policy.delays.size() - 1;
  const auto wanted = attempts_made < 1 ? 0U : static_cast<std::size_t>(attempts_made - 1);
  const Instant due = ended_at + policy.delays[std::min(wanted, last)];
  const auto open = next_open_interval(rules, zone, due);
  if (!open) return std::nullopt;
  return std::max(due, open->opens_at);
}

}  // namespace callqueue
