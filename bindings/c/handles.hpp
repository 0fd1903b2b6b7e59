#pragma once

#include <memory>

#include "bindings/c/guard.hpp"
#include "callqueue/call_campaigns.hpp"
#include "callqueue/call_queue.hpp"
#include "callqueue/store.hpp"

/// Whatever still works with the store keeps it open.
struct cq_store {
  std::shared_ptr<callqueue::Store> store;
  callqueue::PriorityRule priority;
};

namespace callqueue::c {

[[nodiscard]] inline Store& open(cq_store* given) { return *handle(given, "store").store; }
[[nodiscard]] inline CallCampaigns campaigns(cq_store* given) { return CallCampaigns{open(given)}; }
[[nodiscard]] inline CallQueue queue(cq_store* given) {
  return CallQueue{open(given), {.priority = given->priority}};
}

}  // namespace callqueue::c
