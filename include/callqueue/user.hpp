#pragma once

#include <string>

#include "callqueue/uuid.hpp"

namespace callqueue {

/// A tenant. Every other row belongs to exactly one user.
struct User {
  UserId id{};
  std::string name{};
  std::string email{};
  /// IANA name; empty: UTC. Used where neither contact nor campaign names a zone.
  std::string timezone{};
  int concurrent_calls_limit = 2;  ///< Most active calls of this user; 0: none may start.
  /// This user is dealt nothing while the whole system has this many active calls. Follows the
  /// system limit unless set.
  int system_concurrent_calls_limit = 10;

  friend bool operator==(const User&, const User&) = default;
};

}  // namespace callqueue
