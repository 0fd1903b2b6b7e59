#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>

namespace callqueue {

/// A few threads that may hang: tasks of which some call a host's code that never comes back.
///
/// Threads are started as they are needed, at most `size`; where the machine has no more of them,
/// those there are do the work, and without any the caller's own. A thread that hangs is lost to
/// the pool until it returns; closing the pool does not wait for it. Thread-safe.
class DialPool {
 public:
  explicit DialPool(int size);
  /// Leaves threads that still work to themselves: what a task uses must outlive it.
  ~DialPool();
  DialPool(const DialPool&) = delete;
  DialPool& operator=(const DialPool&) = delete;

  /// Runs a task on a thread of the pool as soon as one is free. It must not throw.
  void run(std::function<void()> task);

 private:
  struct State;
  bool start_thread();
  static void work(const std::shared_ptr<State>& state);

  const int size_;
  std::shared_ptr<State> state_;
};

}  // namespace callqueue
