// Hearing of what others commit.
#include "callqueue/changes.hpp"

#include <atomic>

#include "bindings/c/hand_out.hpp"
#include "bindings/c/handles.hpp"
#include "bindings/c/one_at_a_time.hpp"

/// A listener, and the store that it must not outlive.
struct cq_change_listener {
  std::shared_ptr<callqueue::Store> store;
  std::unique_ptr<callqueue::ChangeListener> listener;
  callqueue::Changes untold{};  ///< Heard of, and not handed out yet.
  std::atomic<bool> busy = false;
};

namespace callqueue::c {
namespace {

void hear(cq_change_listener& host, std::chrono::milliseconds at_most,
          std::optional<Instant> until) {
  try {
    host.untold = host.listener->wait(at_most, until);
  } catch (...) {  // Whatever was heard is lost: it may have been anything.
    host.untold = Changes::of_everyone();
    throw;
  }
}

}  // namespace
}  // namespace callqueue::c

using namespace callqueue;

void cq_changes_free(cq_changes** changes) { c::free_owned(changes); }

cq_status cq_store_listen(cq_store* store, cq_change_listener** listener, cq_error** error) {
  c::clear(listener);
  return c::guard(error, [&] {
    auto& made = c::out(listener, "listener");
    auto heard = c::value(c::open(store).listen());
    made = new cq_change_listener{store->store, std::move(heard)};
  });
}

cq_status cq_change_listener_wait(cq_change_listener* listener, int64_t at_most_ms, int64_t until,
                                  cq_changes** changes, cq_error** error) {
  c::clear(changes);
  return c::guard(error, [&] {
    auto& told = c::out(changes, "changes");
    auto& host = c::handle(listener, "listener");
    const auto at_most = c::milliseconds(at_most_ms, "at_most");
    const auto end = c::optional_instant(until, "until");
    const c::OneAtATime waiting{host.busy, "listener", "another thread waits already"};
    if (!host.untold.any()) c::hear(host, at_most, end);
    if (!host.untold.any()) return;
    told = c::own<cq_changes>(host.untold);
    host.untold = {};
  });
}

void cq_change_listener_wake(cq_change_listener* listener) {
  if (listener != nullptr) listener->listener->wake();
}

void cq_change_listener_free(cq_change_listener** listener) {
  if (listener == nullptr) return;
  delete *listener;
  *listener = nullptr;
}
