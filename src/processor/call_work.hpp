#pragma once

#include <cstddef>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "callqueue/processor.hpp"
#include "processor/announcer.hpp"

namespace callqueue {

/// Asks the dialer; an exception is an uncertain answer. Touches nothing else: it may hang.
[[nodiscard]] DialResult dial_safely(Dialer& dialer, const ClaimedCall& call);
/// Asks the dialer what became of a call; nothing if it throws. May hang too.
[[nodiscard]] std::optional<LookupResult> look_up_safely(Dialer& dialer, const Call& call);

/// What a processor does with calls, thread-safe, on whatever thread: claim, mark, record, look up.
///
/// Nothing is lost while the store is unavailable: what could not be marked or recorded yet is kept
/// and done first the next time.
class CallWork {
 public:
  CallWork(Store& store, Dialer& dialer, Announcer& announcer, std::string worker,
           std::chrono::seconds lease);

  /// Does what time demands.
  Result<AdvanceResult> advance();
  /// Claims at most `limit` calls. They are held until `mark` or `give_back` takes them.
  Result<int> claim(int limit);
  [[nodiscard]] bool holds_calls() const { return !held_.empty(); }
  /// Marks the first `most` held calls as about to be dialed. @return those to dial now; others
  /// (cancelled, their window has closed, their lease has lapsed) are given back.
  Result<std::vector<ClaimedCall>> mark(std::size_t most);
  /// Returns the held calls to their queue.
  void give_back();
  /// Whether a marked call may still be dialed: a thread may come to it late, when the machine was
  /// asleep or the store was long in answering. One that may not, or of which nobody can tell, is
  /// given back, and kept for `record_kept` where that is not possible now.
  [[nodiscard]] bool still_leased(const ClaimedCall& call);

  /// Records a dialer's answer, however late; keeps it for `record_kept` while the store is
  /// unavailable.
  void record(const ClaimedCall& call, const DialResult& result);
  /// Records what was kept. `unavailable`: some of it still is.
  Result<void> record_kept();
  [[nodiscard]] bool keeps_records() const;

  /// Reports events and tells the observer of each.
  Result<std::vector<Result<CallReport>>> report(std::span<const CallEvent> events);

  /// At most `limit` calls nobody has heard of for too long that the dialer should be asked about
  /// now. Each must be settled.
  Result<std::vector<Call>> lapsed(int limit);
  /// Records what the dialer knows of a lapsed call; nothing: it could not say, ask again later.
  void settle(const Call& call, const std::optional<LookupResult>& answer);

 private:
  void give_back(const ClaimedCall& call);
  /// No result: it was not dialed.
  void record_or_keep(const ClaimedCall& call, const std::optional<DialResult>& result);
  Result<void> try_record(const ClaimedCall& call, const std::optional<DialResult>& result);
  Result<void> requeue(const Call& call, std::string_view reason);
  Result<void> extend(const Call& call, const CallEvent& event);

  Store& store_;
  Dialer& dialer_;
  Announcer& announcer_;
  const std::string worker_;
  const std::chrono::seconds lease_;

  std::vector<ClaimedCall> held_;  ///< Claimed, not marked; only the claiming thread touches it.

  mutable std::mutex mutex_;
  std::vector<std::pair<ClaimedCall, std::optional<DialResult>>> kept_;
  std::set<CallId> being_dialed_;
  std::set<CallId> being_asked_;
  std::map<CallId, Instant> ask_again_at_;
};

}  // namespace callqueue
