#pragma once

#include <mutex>
#include <utility>

#include "callqueue/observer.hpp"

namespace callqueue {

/// Tells a processor's observer, if there is one: one call at a time (but for what it causes
/// itself, by reporting an event from within), and nothing it throws gets through.
class Announcer {
 public:
  explicit Announcer(Observer* observer) : observer_(observer) {}

  template <class Tell>
  void tell(Tell&& tell) noexcept {
    if (observer_ == nullptr) return;
    const std::lock_guard lock(mutex_);
    try {
      std::forward<Tell>(tell)(*observer_);
    } catch (...) {  // The host's own affair; calls matter more.
    }
  }

 private:
  Observer* observer_;
  std::recursive_mutex mutex_;
};

}  // namespace callqueue
