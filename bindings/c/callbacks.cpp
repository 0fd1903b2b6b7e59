#include "bindings/c/callbacks.hpp"

#include "bindings/c/guard.hpp"
#include "bindings/c/owned.hpp"
#include "bindings/c/values.hpp"

struct cq_dial_result {
  callqueue::DialResult result;
};

struct cq_lookup_result {
  callqueue::LookupResult result;
};

namespace callqueue::c {

static_assert(static_cast<int>(DialResult::Kind::accepted) == CQ_DIAL_ACCEPTED);
static_assert(static_cast<int>(DialResult::Kind::rejected) == CQ_DIAL_REJECTED);
static_assert(static_cast<int>(DialResult::Kind::uncertain) == CQ_DIAL_UNCERTAIN);

// The processor takes what a dialer throws for uncertain, and swallows what an observer throws.

DialResult HostDialer::dial(const ClaimedCall& call) {
  cq_dial_result answer{DialResult::uncertain("the dialer said nothing")};
  Arena arena;
  host_.dial(host_.user, arena.view<cq_claimed_call>(call), &answer);
  return std::move(answer.result);
}

LookupResult HostDialer::lookup(const Call& call) {
  cq_lookup_result answer{};
  Arena arena;
  host_.lookup(host_.user, arena.view<cq_call>(call), &answer);
  return std::move(answer.result);
}

void HostObserver::on_claim(int calls, std::chrono::nanoseconds took) {
  if (host_.on_claim == nullptr) return;
  host_.on_claim(host_.user, calls,
                 std::chrono::duration_cast<std::chrono::microseconds>(took).count());
}

void HostObserver::on_claimed(const ClaimedCall& call) {
  if (host_.on_claimed == nullptr) return;
  Arena arena;
  host_.on_claimed(host_.user, arena.view<cq_claimed_call>(call));
}

void HostObserver::on_dialed(const ClaimedCall& call, const DialResult& result) {
  if (host_.on_dialed == nullptr) return;
  Arena arena;
  const bool accepted = result.kind == DialResult::Kind::accepted;
  host_.on_dialed(host_.user, arena.view<cq_claimed_call>(call),
                  static_cast<std::int32_t>(result.kind),
                  arena.text(accepted ? result.provider_call_id : result.reason));
}

void HostObserver::on_reported(const CallReport& report) {
  if (host_.on_reported == nullptr) return;
  Arena arena;
  host_.on_reported(host_.user, arena.view<cq_call_report>(report));
}

void HostObserver::on_advanced(const AdvanceResult& result) {
  if (host_.on_advanced == nullptr) return;
  Arena arena;
  host_.on_advanced(host_.user, arena.view<cq_advance_result>(result));
}

void HostObserver::on_unavailable(const Error& error, std::chrono::milliseconds backoff) {
  if (host_.on_unavailable == nullptr) return;
  Arena arena;
  host_.on_unavailable(host_.user, arena.view<cq_error>(error), backoff.count());
}

void HostObserver::on_available() {
  if (host_.on_available != nullptr) host_.on_available(host_.user);
}

void HostObserver::on_dialer_hangs(int threads) {
  if (host_.on_dialer_hangs != nullptr) host_.on_dialer_hangs(host_.user, threads);
}

}  // namespace callqueue::c

using namespace callqueue;

cq_status cq_dial_accepted(cq_dial_result* result, const char* provider_call_id) {
  return c::guard(nullptr, [&] {
    c::handle(result, "result").result =
        DialResult::accepted(c::needed_text(provider_call_id, "provider_call_id"));
  });
}

cq_status cq_dial_rejected(cq_dial_result* result, const char* reason, int32_t retryable) {
  return c::guard(nullptr, [&] {
    c::handle(result, "result").result =
        DialResult::rejected(c::text(reason, "reason"), c::flag(retryable, "retryable"));
  });
}

cq_status cq_dial_uncertain(cq_dial_result* result, const char* reason) {
  return c::guard(nullptr, [&] {
    c::handle(result, "result").result = DialResult::uncertain(c::text(reason, "reason"));
  });
}

cq_status cq_lookup_never_received(cq_lookup_result* result) {
  return c::guard(nullptr, [&] {
    c::handle(result, "result").result = {.kind = LookupResult::Kind::never_received, .event = {}};
  });
}

cq_status cq_lookup_known(cq_lookup_result* result, const cq_call_event* event) {
  return c::guard(nullptr, [&] {
    auto asked = c::needed(event, "event");
    const auto nobody = to_text(UserId{});
    if (asked.user_id == nullptr)
      asked.user_id = nobody.c_str();  // The processor knows whose it is.
    auto said = c::value_of(asked);
    c::handle(result, "result").result = {.kind = LookupResult::Kind::known,
                                          .event = std::move(said)};
  });
}

cq_status cq_lookup_unknown(cq_lookup_result* result) {
  return c::guard(nullptr, [&] { c::handle(result, "result").result = {}; });
}
