#pragma once

#include <string>

#include "callqueue/uuid.hpp"

namespace callqueue {

/// A person to call. `phone_number` is unique within the user.
struct Contact {
  ContactId id{};
  UserId user_id{};
  std::string name{};
  std::string
      phone_number{};  ///< E.164: `+14155550123`. Personal data: never logged at info level.
  std::string email{};
  std::string company{};
  std::string notes{};
  std::string timezone{};  ///< IANA name; empty: the campaign's, else the user's.

  friend bool operator==(const Contact&, const Contact&) = default;
};

}  // namespace callqueue
