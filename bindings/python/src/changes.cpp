#include "callqueue/changes.hpp"

#include <mutex>

#include "model.hpp"
#include "open_store.hpp"

namespace callqueue::python {
namespace {

using py::arg;

/// Between two looks whether Ctrl-C was pressed.
constexpr std::chrono::milliseconds signals_slice{250};

/// A listener, and the store that it must not outlive.
class HeldListener {
 public:
  explicit HeldListener(std::shared_ptr<Store> store)
      : store_(std::move(store)), listener_(value_of(store_->listen())) {}
  ~HeldListener() { leave_to_parent(); }
  HeldListener(const HeldListener&) = delete;
  HeldListener& operator=(const HeldListener&) = delete;

  Changes wait(std::chrono::milliseconds at_most, std::optional<Instant> until) {
    const auto alone = waiter();
    if (!listener_) refuse("the listener is closed", "listener");
    return listener_->wait(at_most, until);
  }
  void wake() {
    check_process();
    const std::lock_guard lock(kept_);
    if (listener_) listener_->wake();
  }
  void close() {
    if (leave_to_parent() || closed_.exchange(true)) return;
    wake();
    const std::lock_guard waited(waiting_);
    const std::lock_guard lock(kept_);
    listener_.reset();
    store_.reset();
  }
  /// The next changes, at most a slice later; nothing once it is closed.
  std::optional<Changes> next() {
    if (closed_) return {};
    const auto alone = waiter();
    return listener_ ? std::optional{listener_->wait(signals_slice)} : std::nullopt;
  }

 private:
  void check_process() const {
    if (fork_generation() == generation_) return;
    refuse("the listener was made before this process was forked: make another one", "listener",
           ErrorCode::conflict);
  }
  std::unique_lock<std::mutex> waiter() {
    check_process();
    std::unique_lock lock(waiting_, std::try_to_lock);
    if (!lock) refuse("another thread waits already", "listener", ErrorCode::conflict);
    return lock;
  }
  /// In a forked child its connection is the parent's.
  bool leave_to_parent() {
    if (fork_generation() == generation_) return false;
    static_cast<void>(listener_.release());
    return true;
  }

  std::shared_ptr<Store> store_;
  std::unique_ptr<ChangeListener> listener_;
  int generation_ = fork_generation();
  std::mutex waiting_;  ///< Held by whoever waits: the listener stays meanwhile.
  std::mutex kept_;     ///< Held while it is woken, or let go of.
  std::atomic<bool> closed_ = false;
};

Changes next_changes(HeldListener& listener) {
  for (;;) {
    std::optional<Changes> changes;
    {
      const py::gil_scoped_release release;
      changes = listener.next();
    }
    if (!changes) throw py::stop_iteration();
    if (changes->any()) return *std::move(changes);
    if (PyErr_CheckSignals() != 0) throw py::error_already_set();
  }
}

}  // namespace

void bind_changes_of_store(py::module_& m, StoreClass& store) {
  Model<Changes> changes(
      m, "Changes", "What was committed since somebody looked last; at least. False when nothing.");
  changes.field("may_start", &Changes::may_start, "Whether something may have become claimable.")
      .field("everyone", &Changes::everyone, "Any user's rows may have changed.")
      .field("users", &Changes::users, "Otherwise: whose rows have changed, each once.");
  changes.type().def("__bool__", &Changes::any);
  py::class_<HeldListener, std::shared_ptr<HeldListener>>(
      m, "ChangeListener",
      "Hears of what this and other processes commit. From `Store.listen`. Iterate over it: each "
      "time there is something to tell, `Changes` come; `close` ends that. A context manager. One "
      "thread at a time waits or iterates; one listener is enough for a process, which tells its "
      "own clients.")
      .def(
          "wait",
          [](HeldListener& self, NamedMilliseconds<"at_most"> at_most,
             std::optional<NamedInstant<"until">> until) { return self.wait(at_most, until); },
          Released(), arg("at_most") = std::chrono::milliseconds{1000}, arg("until") = py::none(),
          "Waits until there are changes that it has not told of yet, `at_most` has passed, the "
          "store's clock has reached `until`, or somebody calls `wake`. Ctrl-C is noticed when it "
          "returns.")
      .def("wake", &HeldListener::wake, Released(),
           "Ends the `wait` under way, or the next one. Thread-safe.")
      .def("close", &HeldListener::close, Released(),
           "Ends whoever waits or iterates, and lets go of the connection. Thread-safe.")
      .def("__iter__", [](const py::object& self) { return self; })
      .def("__next__", &next_changes)
      .def("__enter__", [](const py::object& self) { return self; })
      .def("__exit__", [](HeldListener& self, const py::args&) {
        const py::gil_scoped_release release;
        self.close();
      });
  store.def(
      "listen",
      [](const OpenStore& self) {
        return std::shared_ptr<HeldListener>(new HeldListener(self.use()),
                                             &destroy_released<HeldListener>);
      },
      Released(),
      "Hears of what is committed from now on; on PostgreSQL on a connection of its own.");
}

}  // namespace callqueue::python
