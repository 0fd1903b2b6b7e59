#pragma once

#include "callqueue.h"
#include "callqueue/dialer.hpp"
#include "callqueue/observer.hpp"

namespace callqueue::c {

/// A caller's dialer. It must outlive the last call, also of one that hangs.
class HostDialer final : public Dialer {
 public:
  explicit HostDialer(const cq_dialer& host) : host_(host) {}

  DialResult dial(const ClaimedCall& call) override;
  [[nodiscard]] bool can_look_up() const override { return host_.lookup != nullptr; }
  LookupResult lookup(const Call& call) override;

 private:
  const cq_dialer host_;
};

/// A caller's observer. Those of its functions that are null are not called.
class HostObserver final : public Observer {
 public:
  explicit HostObserver(const cq_observer& host) : host_(host) {}

  void on_claim(int calls, std::chrono::nanoseconds took) override;
  void on_claimed(const ClaimedCall& call) override;
  void on_dialed(const ClaimedCall& call, const DialResult& result) override;
  void on_reported(const CallReport& report) override;
  void on_advanced(const AdvanceResult& result) override;
  void on_unavailable(const Error& error, std::chrono::milliseconds backoff) override;
  void on_available() override;
  void on_dialer_hangs(int threads) override;

 private:
  const cq_observer host_;
};

}  // namespace callqueue::c
