#pragma once

#include <string>

#include "callqueue/store.hpp"

namespace rest {

/// Makes a demo user with an agent and some contacts if the database has no user yet, gives its
/// first user a token for a day, and prints both.
/// @return the token.
/// @throws std::runtime_error when the store refuses.
std::string print_demo(callqueue::Store& store);

/// Makes a secret for the webhook and prints it.
[[nodiscard]] std::string print_demo_secret();

}  // namespace rest
