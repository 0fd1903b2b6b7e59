#pragma once

#include <optional>
#include <string>

#include "callqueue/call_event.hpp"
#include "callqueue/claim.hpp"
#include "callqueue/export.hpp"

namespace callqueue {

/// What the provider said when it was asked to place a call.
struct DialResult {
  enum class Kind {
    accepted,   ///< It will be, or is being, placed; events follow.
    rejected,   ///< It was certainly not placed.
    uncertain,  ///< Nobody can tell (a timeout after submission): keeps its slot until the lease
                ///< lapses, then is looked up.
  } kind = Kind::uncertain;
  std::string provider_call_id{};  ///< When accepted.
  bool retryable = true;           ///< When rejected: whether the retry policy may try again.
  std::string reason{};            ///< When rejected or uncertain.

  [[nodiscard]] static DialResult accepted(std::string provider_call_id) {
    return {.kind = Kind::accepted, .provider_call_id = std::move(provider_call_id), .reason = {}};
  }
  [[nodiscard]] static DialResult rejected(std::string reason, bool retryable = true) {
    return {.kind = Kind::rejected,
            .provider_call_id = {},
            .retryable = retryable,
            .reason = std::move(reason)};
  }
  [[nodiscard]] static DialResult uncertain(std::string reason) {
    return {.kind = Kind::uncertain, .provider_call_id = {}, .reason = std::move(reason)};
  }
};

/// What the provider knows of a call nobody has heard of for too long.
struct LookupResult {
  enum class Kind {
    never_received,  ///< Certainly: the row is queued again, no attempt spent.
    known,           ///< `event` says where it is or how it ended.
    unknown,         ///< Nobody can tell: the call becomes `unknown`, its row fails.
  } kind = Kind::unknown;
  CallEvent event{};
};

/// The host's way to place calls. The library carries no audio.
///
/// Called by the processor from several threads at once (at most `ProcessorOptions::parallelism`).
class CALLQUEUE_API Dialer {
 public:
  virtual ~Dialer() = default;

  /// Asks the provider to place this call; returns once it has answered, not once the call has
  /// ended. `call.call.id` is the idempotency key: hand it to the provider if it takes one. An
  /// exception counts as `uncertain`.
  ///
  /// Give up by yourself before `call.call.lease_expires_at`: from then on another processor may
  /// ask what became of the call, and a request that arrives after it was told "never received"
  /// calls a person twice.
  virtual DialResult dial(const ClaimedCall& call) = 0;

  /// Whether `lookup` can be asked.
  [[nodiscard]] virtual bool can_look_up() const { return false; }
  /// What became of a call. An exception counts as `unknown` for now: it is asked again later.
  virtual LookupResult lookup(const Call& call) {
    static_cast<void>(call);
    return {};
  }
};

}  // namespace callqueue
