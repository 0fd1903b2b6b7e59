#include "metrics.hpp"

#include <prometheus/gauge.h>
#include <prometheus/text_serializer.h>

#include <algorithm>
#include <initializer_list>
#include <iterator>
#include <string_view>

#include "api.hpp"

namespace rest {
namespace {

using namespace callqueue;

const prometheus::Histogram::BucketBoundaries kClaimSeconds = {
    0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10};

prometheus::Family<prometheus::Counter>& counters(prometheus::Registry& registry, const char* name,
                                                  const char* help) {
  return prometheus::BuildCounter().Name(name).Help(help).Register(registry);
}
prometheus::Family<prometheus::Gauge>& gauges(prometheus::Registry& registry, const char* name,
                                              const char* help) {
  return prometheus::BuildGauge().Name(name).Help(help).Register(registry);
}

const char* name_of(DialResult::Kind kind) {
  switch (kind) {
    case DialResult::Kind::accepted: return "accepted";
    case DialResult::Kind::rejected: return "rejected";
    case DialResult::Kind::uncertain: return "uncertain";
  }
  return "uncertain";
}

/// Has the series of each label there from the start: one that first appears with its first event
/// has no increase to see.
void begin_at_zero(prometheus::Family<prometheus::Counter>& family, const char* label,
                   std::initializer_list<std::string_view> values) {
  for (const auto value : values) family.Add({{label, std::string{value}}});
}

class Slots {
 public:
  Slots(prometheus::Registry& registry, const char* used, const char* free)
      : used_(gauges(registry, used, "Calls that hold a slot.")),
        free_(gauges(registry, free, "Calls that the limit still lets start.")) {}

  void add(const prometheus::Labels& whose, const SlotUse& slots) {
    used_.Add(whose).Set(slots.active);
    free_.Add(whose).Set(std::max(0, slots.limit - slots.active));
  }

 private:
  prometheus::Family<prometheus::Gauge>& used_;
  prometheus::Family<prometheus::Gauge>& free_;
};

/// The system's are the users' together, hence two names: a sum over one counts nothing twice.
void add_slots(prometheus::Registry& registry, const SystemStatistics& statistics) {
  Slots{registry, "callqueue_system_slots_used", "callqueue_system_slots_free"}.add(
      {}, statistics.slots);
  Slots users{registry, "callqueue_user_slots_used", "callqueue_user_slots_free"};
  for (const auto& user : statistics.users) {
    users.add({{"user_id", to_text(user.user_id)}}, user.slots);
  }
}

void add_queue(prometheus::Registry& registry, const SystemStatistics& statistics, Instant now) {
  auto& rows = gauges(registry, "callqueue_queued_rows", "Rows that wait to be called.");
  const auto ready = static_cast<double>(statistics.ready);
  rows.Add({{"state", "ready"}}).Set(ready);
  rows.Add({{"state", "waiting"}}).Set(static_cast<double>(statistics.queued) - ready);
  const auto lag = now - statistics.oldest_due.value_or(now);
  gauges(registry, "callqueue_oldest_due_seconds",
         "How long the row that waits the longest could have been called, but for limits.")
      .Add({})
      .Set(std::chrono::duration<double>(std::max(lag, std::chrono::microseconds{0})).count());
}

}  // namespace

Metrics::Metrics(Store& store, std::chrono::milliseconds interval)
    : store_(store),
      interval_(interval),
      claim_seconds_(prometheus::BuildHistogram()
                         .Name("callqueue_claim_seconds")
                         .Help("How long the store took to say which calls may start.")
                         .Register(registry_)
                         .Add({}, kClaimSeconds)),
      claimed_calls_(
          counters(registry_, "callqueue_claimed_calls_total", "Calls claimed.").Add({})),
      dials_(
          counters(registry_, "callqueue_dials_total", "Calls handed to the dialer, by answer.")),
      ended_calls_(counters(registry_, "callqueue_ended_calls_total",
                            "Calls whose end was reported here, by outcome.")),
      lapsed_leases_(counters(registry_, "callqueue_lapsed_leases_total",
                              "Leases that lapsed: rows queued again, or calls unknown.")),
      store_failures_(counters(registry_, "callqueue_store_failures_total",
                               "How often the database did not answer.")
                          .Add({})) {
  begin_at_zero(dials_, "result",
                {name_of(DialResult::Kind::accepted), name_of(DialResult::Kind::rejected),
                 name_of(DialResult::Kind::uncertain)});
  begin_at_zero(ended_calls_, "outcome",
                {to_text(CallOutcome::answered), to_text(CallOutcome::voicemail),
                 to_text(CallOutcome::busy), to_text(CallOutcome::no_answer),
                 to_text(CallOutcome::failed), to_text(CallOutcome::rejected),
                 to_text(CallOutcome::cancelled), to_text(CallOutcome::unknown)});
  begin_at_zero(lapsed_leases_, "became", {"queued", "unknown"});
}

std::string Metrics::text() {
  auto families = registry_.Collect();
  const std::lock_guard lock(mutex_);
  const auto now = std::chrono::steady_clock::now();
  if (!gauges_ || now - looked_at_ >= interval_) {
    gauges_ = look();
    looked_at_ = now;
  }
  auto seen = gauges_->Collect();
  std::move(seen.begin(), seen.end(), std::back_inserter(families));
  return prometheus::TextSerializer{}.Serialize(families);
}

std::unique_ptr<prometheus::Registry> Metrics::look() const {
  auto registry = std::make_unique<prometheus::Registry>();
  const auto statistics = store_.system_statistics();
  const auto now = store_.now();
  const bool answers = statistics && now;
  gauges(*registry, "callqueue_database_up", "Whether the database answers.").Add({}).Set(answers);
  if (answers) {
    add_slots(*registry, *statistics);
    add_queue(*registry, *statistics, *now);
  }
  return registry;
}

void Metrics::on_claim(int calls, std::chrono::nanoseconds took) {
  claim_seconds_.Observe(std::chrono::duration<double>(took).count());
  claimed_calls_.Increment(calls);
}

void Metrics::on_dialed(const ClaimedCall&, const DialResult& result) {
  dials_.Add({{"result", name_of(result.kind)}}).Increment();
}

void Metrics::on_reported(const CallReport& report) {
  if (!report.ended || !report.call.outcome) return;
  ended_calls_.Add({{"outcome", std::string{to_text(*report.call.outcome)}}}).Increment();
}

void Metrics::on_advanced(const AdvanceResult& result) {
  lapsed_leases_.Add({{"became", "queued"}}).Increment(result.requeued);
  lapsed_leases_.Add({{"became", "unknown"}}).Increment(result.lapsed);
}

void Metrics::on_unavailable(const Error&, std::chrono::milliseconds) {
  store_failures_.Increment();
}

void add_metric_routes(Router& router, Metrics& metrics) {
  router.add({.method = "GET",
              .path = "/metrics",
              .access = Access::administrator,
              .handler = [&metrics](Request&) {
                return Response{.type = "text/plain; version=0.0.4; charset=utf-8",
                                .body = metrics.text()};
              }});
}

}  // namespace rest
