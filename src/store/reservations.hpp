#pragma once

#include <chrono>
#include <string_view>

#include "e164.hpp"
#include "store/dialed_number.hpp"
#include "store/failure.hpp"

namespace callqueue {

/// What a slot may be reserved for. The number may be written for the eye: hosts take it from rows
/// of their own.
inline void check_reservation(std::string_view phone_number, std::chrono::seconds deadline) {
  if (!is_e164(dialed_number(phone_number))) {
    throw Failure{ErrorCode::invalid_argument, "phone_number is no international number",
                  "phone_number"};
  }
  if (deadline <= std::chrono::seconds{0}) {
    throw Failure{ErrorCode::invalid_argument, "the deadline must lie ahead", "deadline"};
  }
}

}  // namespace callqueue
