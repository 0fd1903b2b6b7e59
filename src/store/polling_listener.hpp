#pragma once

#include <condition_variable>
#include <mutex>

#include "callqueue/store.hpp"

namespace callqueue {

/// Looks again and again whether a store's change counter has moved.
class PollingListener final : public ChangeListener {
 public:
  /// @param store must outlive it.
  explicit PollingListener(Store& store) : store_(store), seen_(look()) {}

  Changes wait(std::chrono::milliseconds at_most, std::optional<Instant> until) override;
  void wake() override;

 private:
  /// Nothing while the store does not answer.
  std::optional<std::uint64_t> look();
  bool has_come(const std::optional<Instant>& until);

  Store& store_;
  std::optional<std::uint64_t> seen_;
  std::mutex mutex_;
  std::condition_variable woken_;
  bool wakes_ = false;
};

}  // namespace callqueue
