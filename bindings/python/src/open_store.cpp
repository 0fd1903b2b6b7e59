#include "open_store.hpp"

#include <pthread.h>

namespace callqueue::python {
namespace {

std::atomic<int> forks{0};

void count_forks() {
  static const int registered =
      pthread_atfork(nullptr, nullptr, [] { forks.fetch_add(1, std::memory_order_relaxed); });
  static_cast<void>(registered);
}

}  // namespace

int fork_generation() noexcept { return forks.load(std::memory_order_relaxed); }

OpenStore::OpenStore(std::unique_ptr<Store> store) {
  count_forks();
  generation_ = fork_generation();
  store_ = std::shared_ptr<Store>(store.release(), [born = generation_](Store* ended) {
    // In a forked child it is left alone: its sockets and locks are the parent's.
    if (fork_generation() == born) destroy_released(ended);
  });
}

std::shared_ptr<Store> OpenStore::use() const {
  if (fork_generation() != generation_) {
    refuse("the store was opened before this process was forked: open another one", "store",
           ErrorCode::conflict);
  }
  auto store = store_.load();
  if (!store) refuse("the store is closed", "store");
  return store;
}

}  // namespace callqueue::python
