#pragma once

#include <map>
#include <set>
#include <vector>

#include "callqueue/observer.hpp"
#include "callqueue/store.hpp"

namespace callqueue::demo {

/// Watches how evenly slots are dealt: between two users, over any run of dealings during which
/// both had somebody to call now and room under their own limits, by how many slots one got ahead.
class FairnessWatch final : public Observer {
 public:
  FairnessWatch(Store& store, std::vector<UserId> users)
      : store_(store), users_(std::move(users)) {}

  void on_claimed(const ClaimedCall& call) override { dealt_.push_back(call.call.user_id); }
  /// Looks who still waits, after every step.
  void on_step();

  /// The largest lead of one waiting user over another, in slots.
  [[nodiscard]] int largest_lead() const { return largest_lead_; }
  /// Dealings during which at least two users were waiting.
  [[nodiscard]] int contested() const { return contested_; }

 private:
  /// How far the first of two is ahead since both began to wait, and the bounds it had.
  struct Lead {
    int now = 0;
    int least = 0;
    int most = 0;
  };

  [[nodiscard]] std::set<UserId> waiting() const;
  void count(UserId first, UserId second);

  Store& store_;
  const std::vector<UserId> users_;
  std::vector<UserId> dealt_;  ///< Since the last look.
  std::map<std::pair<UserId, UserId>, Lead> leads_;
  int largest_lead_ = 0;
  int contested_ = 0;
};

}  // namespace callqueue::demo
