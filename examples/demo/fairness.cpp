#include "demo/fairness.hpp"

#include <algorithm>

namespace callqueue::demo {

std::set<UserId> FairnessWatch::waiting() const {
  std::set<UserId> result;
  for (const auto user : users_) {
    const auto slots = store_.user_slots(user);
    if (!slots || slots->active >= slots->limit) continue;
    const auto next = store_.next_queued_call(user);
    if (next && *next) result.insert(user);
  }
  return result;
}

void FairnessWatch::on_step() {
  // A user that still waits after a claim waited all through it: within a claim rows and room only
  // go away. One that did not wait before it either starts a new run.
  const auto wait = waiting();
  if (wait.size() > 1) contested_ += static_cast<int>(dealt_.size());
  for (std::size_t i = 0; i < users_.size(); ++i) {
    for (std::size_t j = i + 1; j < users_.size(); ++j) {
      const auto pair = std::pair(users_[i], users_[j]);
      if (!wait.contains(pair.first) || !wait.contains(pair.second)) {
        leads_.erase(pair);
      } else {
        count(pair.first, pair.second);
      }
    }
  }
  dealt_.clear();
}

void FairnessWatch::count(UserId first, UserId second) {
  auto& lead = leads_[{first, second}];
  for (const auto user : dealt_) {
    lead.now += user == first ? 1 : user == second ? -1 : 0;
    lead.least = std::min(lead.least, lead.now);
    lead.most = std::max(lead.most, lead.now);
    largest_lead_ = std::max(largest_lead_, lead.most - lead.least);
  }
}

}  // namespace callqueue::demo
