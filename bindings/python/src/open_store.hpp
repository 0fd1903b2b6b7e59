#pragma once

#include <atomic>
#include <memory>

#include "callqueue/store.hpp"
#include "casters.hpp"

namespace callqueue::python {

/// Lets go of the GIL while C++ works, if this thread holds it.
using Released = py::call_guard<py::gil_scoped_release>;

/// A store that Python may close while threads of its use it: they keep it until they are done.
///
/// Of a process that was forked the child gets none of it: it may neither be used there nor torn
/// down, for its connections are the parent's.
class OpenStore {
 public:
  explicit OpenStore(std::unique_ptr<Store> store);
  ~OpenStore() { close(); }
  OpenStore(const OpenStore&) = delete;
  OpenStore& operator=(const OpenStore&) = delete;

  /// @throws Failed (`store`) once it is closed, or in a process forked from the one that opened
  /// it.
  [[nodiscard]] std::shared_ptr<Store> use() const;
  void close() noexcept { store_.store(nullptr); }
  [[nodiscard]] bool closed() const noexcept { return store_.load() == nullptr; }

 private:
  std::atomic<std::shared_ptr<Store>> store_;
  int generation_;
};

using StoreClass = py::class_<OpenStore, std::shared_ptr<OpenStore>>;
/// `Store.listen`, and what it gives.
void bind_changes_of_store(py::module_& m, StoreClass& store);

/// How many forks lie between this process and the first one.
[[nodiscard]] int fork_generation() noexcept;

/// Ends something of C++ that may wait for threads which need the GIL.
template <class T>
void destroy_released(T* object) noexcept {
  if (Py_IsInitialized() != 0 && PyGILState_Check() != 0) {
    const py::gil_scoped_release release;
    delete object;
  } else {
    delete object;
  }
}

}  // namespace callqueue::python
