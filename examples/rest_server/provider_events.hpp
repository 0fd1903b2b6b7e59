#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <span>
#include <stop_token>
#include <thread>
#include <vector>

#include "callqueue/store.hpp"
#include "early_events.hpp"
#include "event_batches.hpp"

namespace rest {

/// Takes what a provider says of calls, whoever's they are. Thread-safe.
///
/// An event may be quicker than the answer to the dial that it is about: one with a provider's id
/// that no call has yet is kept in memory, and reported as soon as a call has it, in whatever
/// process that was dialed. What is kept when the server ends is lost; the call's deadline and the
/// dialer's lookup find out then.
class ProviderEvents {
 public:
  using Report =
      std::function<callqueue::Result<std::vector<callqueue::Result<callqueue::CallReport>>>(
          std::span<const callqueue::CallEvent> events)>;

  /// @param store must outlive this. @param report reports to it, in one commit, and lets the
  /// processor know.
  ProviderEvents(callqueue::Store& store, Report report);
  ~ProviderEvents();
  ProviderEvents(const ProviderEvents&) = delete;
  ProviderEvents& operator=(const ProviderEvents&) = delete;

  /// One result for each event, in their order: `not_found` for a call that is nobody's, or that is
  /// not the user's whom the event names; `conflict` when several calls have the provider's id.
  /// `unavailable`: nothing was taken, ask again; what has been taken after all does no harm.
  [[nodiscard]] callqueue::Result<AllTaken> take(std::span<const callqueue::CallEvent> events) {
    return batches_.take(events);
  }

 private:
  [[nodiscard]] callqueue::Result<AllTaken> take_now(std::span<const callqueue::CallEvent> events);
  [[nodiscard]] callqueue::Result<void> stamp(std::vector<callqueue::CallEvent>& events);
  void keep(std::vector<callqueue::CallEvent> events);
  void look_again(const std::stop_token& stop);
  [[nodiscard]] std::vector<EarlyEvents::Entry> wait_for_due(const std::stop_token& stop);
  void report_found(const std::vector<EarlyEvents::Entry>& due);
  void tell_of_dropped();

  callqueue::Store& store_;
  const Report report_;
  EventBatches batches_{[this](auto events) { return take_now(events); }};
  std::mutex mutex_;
  std::condition_variable_any changed_;
  EarlyEvents early_;
  EarlyEvents::Time told_at_{};
  std::jthread looking_;
};

}  // namespace rest
