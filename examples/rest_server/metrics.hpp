#pragma once

#include <prometheus/counter.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>

#include <chrono>
#include <memory>
#include <mutex>
#include <string>

#include "callqueue/observer.hpp"
#include "callqueue/store.hpp"

namespace rest {

/// What Prometheus asks for: what the processor of this process has done, and how the database
/// stands, as seen at most `interval` ago.
class Metrics final : public callqueue::Observer {
 public:
  /// @param store must outlive it.
  Metrics(callqueue::Store& store, std::chrono::milliseconds interval);

  /// In Prometheus' text format. Thread-safe.
  [[nodiscard]] std::string text();

  void on_claim(int calls, std::chrono::nanoseconds took) override;
  void on_dialed(const callqueue::ClaimedCall& call, const callqueue::DialResult& result) override;
  void on_reported(const callqueue::CallReport& report) override;
  void on_advanced(const callqueue::AdvanceResult& result) override;
  void on_unavailable(const callqueue::Error& error, std::chrono::milliseconds backoff) override;

 private:
  using Counters = prometheus::Family<prometheus::Counter>;

  /// The gauges as they are now; without those of a database that does not answer.
  [[nodiscard]] std::unique_ptr<prometheus::Registry> look() const;

  callqueue::Store& store_;
  const std::chrono::milliseconds interval_;
  prometheus::Registry registry_;
  prometheus::Histogram& claim_seconds_;
  prometheus::Counter& claimed_calls_;
  Counters& dials_;
  Counters& ended_calls_;
  Counters& lapsed_leases_;
  prometheus::Counter& store_failures_;

  std::mutex mutex_;
  std::unique_ptr<prometheus::Registry> gauges_;
  std::chrono::steady_clock::time_point looked_at_;
};

}  // namespace rest
