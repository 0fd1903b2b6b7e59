#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <span>
#include <vector>

#include "callqueue/claim.hpp"

namespace rest {

/// What one event did; nothing yet for one that is kept until somebody knows its call.
using Taken = std::optional<callqueue::CallReport>;
/// One for each event, in their order.
using AllTaken = std::vector<callqueue::Result<Taken>>;

/// Has the events of several threads taken together, in one commit: what comes while one is under
/// way goes into the next one. Alone nobody waits. Thread-safe.
class EventBatches {
 public:
  /// Takes all of these events, or none of them.
  using Take =
      std::function<callqueue::Result<AllTaken>(std::span<const callqueue::CallEvent> events)>;

  explicit EventBatches(Take take) : take_(std::move(take)) {}

  /// @return as `Take` does. Where that fails for events together they are taken one by one: what
  /// cannot be carried out is the result of that event alone.
  [[nodiscard]] callqueue::Result<AllTaken> take(std::span<const callqueue::CallEvent> events);
  /// How many callers wait for the next commit.
  [[nodiscard]] std::size_t waiting();

 private:
  /// A caller who waits.
  struct Waiting {
    std::span<const callqueue::CallEvent> events;
    callqueue::Result<AllTaken> taken = {};
    bool is_done = false;
    std::condition_variable told = {};  ///< That it is done, or that nobody is at work.
  };

  [[nodiscard]] std::vector<Waiting*> take_next();
  void carry_out(const std::vector<Waiting*>& batch);
  [[nodiscard]] callqueue::Result<AllTaken> one_by_one(
      std::span<const callqueue::CallEvent> events);
  [[nodiscard]] callqueue::Result<AllTaken> together(std::span<const callqueue::CallEvent> events);

  const Take take_;
  std::mutex mutex_;
  std::vector<Waiting*> waiting_;
  bool is_busy_ = false;
};

}  // namespace rest
