#pragma once

#include <string>

#include "callqueue/uuid.hpp"

namespace callqueue {

/// The voice agent (or script) that speaks in a call.
struct Agent {
  AgentId id{};
  UserId user_id{};
  std::string name{};

  friend bool operator==(const Agent&, const Agent&) = default;
};

}  // namespace callqueue
