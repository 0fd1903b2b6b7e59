#pragma once

#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "conformance/backend.hpp"
#include "model/model.hpp"

namespace callqueue::model {

/// One operation. The numbers choose what it is done to among what there is, so that any part of a
/// sequence is a sequence: it can be shrunk.
struct Step {
  unsigned op = 0;
  unsigned a = 0;
  unsigned b = 0;
  unsigned c = 0;
};

/// A store, of either kind, and its model, taken through the same steps.
///
/// Each step throws what it finds wrong: another result than the model's, or a broken promise.
class Run {
 public:
  explicit Run(std::unique_ptr<testing::SharedWorld> world);
  void take(const Step& step);
  /// What was done so far, one line a step: the story of a failure.
  [[nodiscard]] const std::vector<std::string>& story() const { return story_; }
  /// What the store has answered to the last step, one line an answer; ids are numbered as they
  /// come, so that two stores can be compared.
  [[nodiscard]] std::string answers();
  /// How often each operation found something to be done to.
  static std::map<std::string, int>& coverage();

 private:
  using Operation = bool (Run::*)(const Step&);
  struct Entry {
    const char* name;
    unsigned weight;
    Operation operation;
  };
  static const std::vector<Entry>& operations();

  // Each does something and says true, or finds nothing to be done to.
  bool add_user(const Step& step);
  bool limit_user(const Step& step);
  bool limit_system(const Step& step);
  bool add_campaign(const Step& step);
  bool change_campaign(const Step& step);
  bool move_campaign(const Step& step);
  bool delete_campaign(const Step& step);
  bool add_rows(const Step& step);
  bool add_direct(const Step& step);
  bool cancel_row(const Step& step);
  bool cancel_contact(const Step& step);
  bool delete_contact(const Step& step);
  bool move_contact(const Step& step);
  bool claim(const Step& step);
  bool claim_only(const Step& step);
  bool finish_and_claim(const Step& step);
  bool reserve(const Step& step);
  bool begin_dial(const Step& step);
  bool accept(const Step& step);
  bool renew(const Step& step);
  bool requeue(const Step& step);
  bool report(const Step& step);
  bool pass_time(const Step& step);
  bool advance_a_little(const Step& step);
  bool begin_import(const Step& step);
  bool stage_import(const Step& step);
  bool end_import(const Step& step);
  bool crash(const Step& step);

  Store& store() { return world_->store(); }
  ContactId new_contact(UserId user, const Step& step);
  void queue_row(UserId user, const NewQueuedCall& wanted);
  void advance(int budget = 1000);
  [[nodiscard]] std::set<QueuedCallId> rows_left_behind();
  void check_claimed(const std::vector<ClaimedCall>& claimed, std::size_t limit,
                     const std::string& worker, std::chrono::seconds lease);
  void check_promises_of(const ClaimedCall& claimed) const;
  [[nodiscard]] std::vector<CallEvent> some_events(const Step& step) const;
  void check_reports(const std::vector<CallEvent>& events,
                     const std::vector<Result<CallReport>>& reports);
  [[nodiscard]] std::vector<Instant> instants_ahead() const;

  void compare();
  void compare_rows(UserId user);
  void compare_calls(UserId user);
  void compare_campaigns(UserId user);

  // Fairness: between two users that stay eligible, the slots dealt differ by at most one.
  struct Stretch {
    int difference = 0;
    int least = 0;
    int most = 0;
  };
  [[nodiscard]] bool is_eligible(UserId user) const;
  void forget_broken_stretches();
  void count_dealing(UserId user);

  std::unique_ptr<testing::SharedWorld> world_;
  Model model_;
  std::map<std::pair<UserId, UserId>, Stretch> stretches_;
  std::vector<std::string> story_;
  std::map<std::string, std::size_t> names_;  ///< Of ids, in the order in which they came.
  int made_ = 0;
};

}  // namespace callqueue::model
