#include "demo.hpp"

#include <fmt/core.h>
#include <chrono>
#include <cstdio>
#include <random>
#include <stdexcept>
#include <string>

#include "callqueue/access_tokens.hpp"

namespace rest {
namespace {

using namespace callqueue;
using namespace std::chrono_literals;

template <class T>
T value(Result<T> result) {
  if (!result) throw std::runtime_error(result.error().message);
  return std::move(*result);
}

User make_user(Store& store) {
  auto user = value(store.create_user({.name = "Demo", .email = "demo@example.org"}));
  value(store.create_agent({.user_id = user.id, .name = "Demo agent"}));
  // Numbers that belong to nobody: kept free for films and examples.
  constexpr int kContacts = 20;
  for (int i = 0; i < kContacts; ++i) {
    value(store.create_contact({.user_id = user.id,
                                .name = fmt::format("Person {}", i + 1),
                                .phone_number = fmt::format("+1202555{:04}", 100 + i)}));
  }
  return user;
}

}  // namespace

std::string print_demo(Store& store) {
  const auto users = value(store.list_users({.limit = 1, .cursor = {}})).items;
  const auto user = users.empty() ? make_user(store) : users.front();
  const auto now = value(store.now());
  const auto made = value(AccessTokens{store}.create(
      {.user_id = user.id, .role = AccessRole::user, .name = "demo", .expires_at = now + 24h}));
  fmt::print("user  {} ({})\ntoken {}\n", user.name, to_text(user.id), made.secret);
  std::fflush(stdout);
  return made.secret;
}

std::string print_demo_secret() {
  std::random_device random;  // The operating system's.
  std::string secret;
  for (int i = 0; i < 8; ++i) secret += fmt::format("{:08x}", random());
  fmt::print("webhook secret {}\n", secret);
  std::fflush(stdout);
  return secret;
}

}  // namespace rest
