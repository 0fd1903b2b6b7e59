#pragma once

#include <string>

#include "callqueue.hpp"
#include "postgres_support.hpp"

namespace postgres_tests {

/// One row of everything that a user may have.
struct Belongings {
  UserId user_id;
  AgentId agent_id;
  CampaignId campaign_id;
  CallId call_id;  ///< Active.
};

/// A user called `name` with a campaign under way: one call active, one row queued, one import
/// staged.
Belongings user_with_everything(Store& store, const std::string& name);

/// A migrated database with two such users.
struct TwoUsers {
  FreshDatabase database;
  std::unique_ptr<Store> store = migrated();
  Belongings ann = user_with_everything(*store, "Ann");
  Belongings bob = user_with_everything(*store, "Bob");

 private:
  [[nodiscard]] std::unique_ptr<Store> migrated() const;
};

}  // namespace postgres_tests
