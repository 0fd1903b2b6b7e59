#pragma once

#include <chrono>
#include <map>
#include <mutex>
#include <span>
#include <string>
#include <vector>

#include "callqueue/claim.hpp"

namespace callqueue::postgres {

/// Calls that a claim may have started whose answer was lost with the connection, by their ids:
/// the worker's next claim gets those of them that it did start. Kept no longer than their leases
/// last. Thread-safe.
class ClaimsInDoubt {
 public:
  void add(const ClaimRequest& request, std::span<const CallId> ids);
  [[nodiscard]] std::vector<CallId> of(const std::string& worker);
  /// These have arrived.
  void settle(const std::string& worker, std::span<const ClaimedCall> claimed);

 private:
  using Steady = std::chrono::steady_clock;

  std::mutex mutex_;
  std::map<std::string, std::map<CallId, Steady::time_point>> until_;
};

}  // namespace callqueue::postgres
