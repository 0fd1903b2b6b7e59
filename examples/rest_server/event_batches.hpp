#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <span>
#include <vector>

#include "callqueue/claim.hpp"

namespace rest {

/// One for each event, in their order.
using Reports = std::vector<callqueue::Result<callqueue::CallReport>>;

/// Reports the events of several threads in one commit: what comes while one is under way goes
/// together into the next one. Alone nobody waits. Thread-safe.
class EventBatches {
 public:
  /// Reports events in one commit, or none of them.
  using Report =
      std::function<callqueue::Result<Reports>(std::span<const callqueue::CallEvent> events)>;

  explicit EventBatches(Report report) : report_(std::move(report)) {}

  /// @return as `Report` does. Where that fails for events together they are reported one by one:
  /// what cannot be carried out is the result of that event alone.
  [[nodiscard]] callqueue::Result<Reports> report(std::span<const callqueue::CallEvent> events);
  /// How many callers wait for the next commit.
  [[nodiscard]] std::size_t waiting();

 private:
  /// A caller who waits.
  struct Waiting {
    std::span<const callqueue::CallEvent> events;
    callqueue::Result<Reports> reports = {};
    bool is_done = false;
  };

  [[nodiscard]] std::vector<Waiting*> take_next();
  void carry_out(const std::vector<Waiting*>& batch);
  [[nodiscard]] callqueue::Result<Reports> one_by_one(std::span<const callqueue::CallEvent> events);
  [[nodiscard]] callqueue::Result<Reports> reported(std::span<const callqueue::CallEvent> events);

  const Report report_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Waiting*> waiting_;
  bool is_busy_ = false;
};

}  // namespace rest
