#pragma once

#include <array>
#include <atomic>
#include <csignal>
#include <cstdlib>
#include <string_view>

namespace callqueue {

/// Every place where a crash test may kill the process, so that a test can go through them all. A
/// name is here exactly if the code has that point.
inline constexpr std::array<std::string_view, 14> failpoint_names = {
    // The processor, around what it asks the store and the dialer.
    "after_claim", "after_begin_dial", "after_dial", "after_accept", "before_report",
    "after_report",
    // The store, inside and right after its transactions.
    "before_commit_claim", "after_commit_claim", "before_commit_report", "after_commit_report",
    "in_advance", "in_import", "before_publish_import", "after_publish_import"};

/// A name of `failpoint_names`: one that is not there does not compile.
struct FailpointName {
  std::string_view text;

  consteval FailpointName(const char* name) : text(name) {  // NOLINT(google-explicit-constructor)
    for (const auto known : failpoint_names) {
      if (known == text) return;
    }
    throw "not in failpoint_names";
  }
};

#ifdef CALLQUEUE_FAILPOINTS

namespace detail {

struct ArmedFailpoint {
  std::string_view name;
  std::atomic<long> hits_left = 1;

  /// `CALLQUEUE_FAILPOINT` is a name, or `name:n` for its n-th hit.
  ArmedFailpoint() {
    const char* armed = std::getenv("CALLQUEUE_FAILPOINT");
    if (armed == nullptr) return;
    name = armed;
    if (const auto colon = name.find(':'); colon != std::string_view::npos) {
      hits_left = std::strtol(name.data() + colon + 1, nullptr, 10);
      name = name.substr(0, colon);
    }
  }
};

}  // namespace detail

/// Kills the process on the spot, as a power cut would, if the environment asks for it here.
inline void failpoint(FailpointName name) {
  static detail::ArmedFailpoint armed;
  if (armed.name == name.text && --armed.hits_left == 0) std::raise(SIGKILL);
}

#else

inline void failpoint(FailpointName) {}

#endif

}  // namespace callqueue
