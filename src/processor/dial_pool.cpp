#include "processor/dial_pool.hpp"

#include <algorithm>
#include <system_error>
#include <thread>
#include <utility>

namespace callqueue {

/// Shared with the threads, of which some may outlive the pool.
struct DialPool::State {
  std::mutex mutex;
  std::condition_variable added;
  std::deque<std::function<void()>> tasks;
  int threads = 0;
  int unfinished = 0;  ///< Tasks waiting or running.
  bool closed = false;
};

DialPool::DialPool(int size) : size_(size), state_(std::make_shared<State>()) {}

DialPool::~DialPool() {
  const std::lock_guard lock(state_->mutex);
  state_->closed = true;
  state_->added.notify_all();
}

void DialPool::run(std::function<void()> task) {
  std::unique_lock lock(state_->mutex);
  const bool grows = state_->threads < std::min(size_, state_->unfinished + 1);
  if (grows && !start_thread() && state_->threads == 0) {
    lock.unlock();
    task();
    return;
  }
  state_->tasks.push_back(std::move(task));
  ++state_->unfinished;
  state_->added.notify_one();
}

bool DialPool::start_thread() {
  try {
    std::thread([state = state_] { work(state); }).detach();
    ++state_->threads;
    return true;
  } catch (const std::system_error&) {  // The machine has no more of them.
    return false;
  }
}

void DialPool::work(const std::shared_ptr<State>& state) {
  std::unique_lock lock(state->mutex);
  for (;;) {
    state->added.wait(lock, [&] { return state->closed || !state->tasks.empty(); });
    if (state->tasks.empty()) return;
    auto task = std::move(state->tasks.front());
    state->tasks.pop_front();
    lock.unlock();
    task();
    task = nullptr;  // What it holds goes before it counts as finished.
    lock.lock();
    --state->unfinished;
  }
}

}  // namespace callqueue
