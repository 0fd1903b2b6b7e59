#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <type_traits>
#include <utility>

#include "callqueue/store.hpp"

// What the hammer stands on: a file or a server, its clock, and the users, campaigns and rows
// there.
namespace hammer {

using namespace callqueue;

/// One line at once: several threads speak.
void say(std::string line);
[[noreturn]] void die(const std::string& what);

/// The database cannot be reached.
struct Away {
  std::string why;
};

template <class T>
T must(const char* what, Result<T> result) {
  if (!result) {
    const auto why = std::string{what} + ": " + std::string{to_text(result.error().code)} + " " +
                     result.error().message;
    if (result.error().code == ErrorCode::unavailable) throw Away{why};
    die(why);
  }
  if constexpr (!std::is_void_v<T>) return std::move(*result);
}

/// Others were faster: that is no error.
template <class T>
bool went_well(const char* what, const Result<T>& result) {
  if (result) return true;
  const auto code = result.error().code;
  if (code == ErrorCode::unavailable) throw Away{result.error().message};
  const bool expected = code == ErrorCode::conflict || code == ErrorCode::not_found ||
                        code == ErrorCode::limit_reached;
  if (!expected) die(std::string{what} + ": " + result.error().message);
  return false;
}

/// What differs between a file, in virtual time, and a server, whose clock is the real one.
struct Ground {
  bool on_server;
  int users;
  int threads;  ///< Of a process.
  int system_limit;
  std::chrono::seconds lease;
  std::chrono::seconds deadline;
  std::chrono::seconds delay;  ///< Before the second attempt; three times that before the third.
  std::chrono::seconds system_limit_stands;  ///< At least, for each thread that changes it.
};

[[nodiscard]] Ground ground_of(const std::string& url);

/// @param start the real instant at which a file's virtual time began.
[[nodiscard]] std::unique_ptr<Store> open(const std::string& url, Instant start);

/// The schema, users, and two campaigns for each, with so many rows in all.
void set_up(Store& store, const Ground& ground, int rows);

/// Which numbers are called.
struct Numbers {
  int count;
  std::uint64_t first;
  /// So long they are staged before they may be called, as those of a large file are.
  std::chrono::milliseconds staged{0};
};

/// Numbers that nobody else has.
[[nodiscard]] std::uint64_t new_numbers();

void start_campaign(Store& store, const User& user, AgentId agent, const CampaignRules& rules,
                    const Numbers& numbers);

/// Two lists that share numbers share contacts.
void add_rows(Store& store, const User& user, const CallCampaign& campaign, const Numbers& numbers);

/// More rows for every campaign; on a server, where campaigns end, in a campaign of their own.
void add_everywhere(Store& store, const Ground& ground, int rows);

}  // namespace hammer
