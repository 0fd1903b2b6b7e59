#pragma once

#include <chrono>

#include "callqueue/claim.hpp"
#include "callqueue/dialer.hpp"
#include "callqueue/export.hpp"

namespace callqueue {

/// Hears what a processor does. Called from its threads, one call at a time; keep it short.
/// Exceptions are swallowed. It may report events and notify from within.
class CALLQUEUE_API Observer {
 public:
  virtual ~Observer() = default;
  /// The store was asked for calls that may start, and gave so many (often none).
  virtual void on_claim(int calls, std::chrono::nanoseconds took) {
    static_cast<void>(calls);
    static_cast<void>(took);
  }
  virtual void on_claimed(const ClaimedCall& call) { static_cast<void>(call); }
  virtual void on_dialed(const ClaimedCall& call, const DialResult& result) {
    static_cast<void>(call);
    static_cast<void>(result);
  }
  virtual void on_reported(const CallReport& report) { static_cast<void>(report); }
  virtual void on_advanced(const AdvanceResult& result) { static_cast<void>(result); }
  /// The store failed; the processor tries again after `backoff`. Nothing is lost meanwhile.
  virtual void on_unavailable(const Error& error, std::chrono::milliseconds backoff) {
    static_cast<void>(error);
    static_cast<void>(backoff);
  }
  /// The store answers again.
  virtual void on_available() {}
  /// Every thread that may dial (there are `threads`) has been in the dialer for longer than a dial
  /// lease lasts: this processor dials nothing more until one comes back. Told once each time.
  virtual void on_dialer_hangs(int threads) { static_cast<void>(threads); }
};

}  // namespace callqueue
