#include "postgres/claims_in_doubt.hpp"

namespace callqueue::postgres {

void ClaimsInDoubt::add(const ClaimRequest& request, std::span<const CallId> ids) {
  const auto until = Steady::now() + request.lease;
  const std::lock_guard lock(mutex_);
  for (const auto id : ids) until_[request.worker][id] = until;
}

std::vector<CallId> ClaimsInDoubt::of(const std::string& worker) {
  const std::lock_guard lock(mutex_);
  const auto found = until_.find(worker);
  if (found == until_.end()) return {};
  std::erase_if(found->second, [](const auto& doubt) { return doubt.second < Steady::now(); });
  std::vector<CallId> ids;
  for (const auto& [id, until] : found->second) ids.push_back(id);
  if (ids.empty()) until_.erase(found);
  return ids;
}

void ClaimsInDoubt::settle(const std::string& worker, std::span<const ClaimedCall> claimed) {
  const std::lock_guard lock(mutex_);
  const auto found = until_.find(worker);
  if (found == until_.end()) return;
  for (const auto& call : claimed) found->second.erase(call.call.id);
}

}  // namespace callqueue::postgres
