#pragma once

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "callqueue/time.hpp"
#include "callqueue/uuid.hpp"

namespace callqueue {

// For servers over the library: a request that carries a key (`Idempotency-Key`) is carried out
// once, however often a client that did not hear the answer sends it, to whatever server on the
// database.

/// One try of a request: whose the key is.
using RequestAttemptId = Id<struct RequestAttemptTag>;
/// SHA-256 of whatever makes two requests the same.
using RequestFingerprint = std::array<std::uint8_t, 32>;

/// The answer to a request, kept to be given again.
struct KeptAnswer {
  int status = 0;  ///< Of HTTP.
  std::string content_type{};
  std::string location{};  ///< Of what was made; empty: none.
  std::string body{};

  friend bool operator==(const KeptAnswer&, const KeptAnswer&) = default;
};

/// What is known of a key.
struct KeyedRequest {
  enum class State {
    begun,      ///< Just now, by the caller.
    under_way,  ///< Somebody else has begun it. Or died at it: then nobody knows what came of it.
    done        ///< With this fingerprint and answer.
  };
  State state = State::under_way;
  RequestAttemptId attempt{};
  Instant begun_at{};
  RequestFingerprint fingerprint{};  ///< When it is done, as `answer`.
  KeptAnswer answer = {};
};

/// From then on a key may be used anew, as if it had never been there.
inline constexpr std::chrono::hours request_key_lifetime{24};

/// 1 to 255 visible ASCII characters.
[[nodiscard]] constexpr bool is_request_key(std::string_view text) noexcept {
  constexpr std::size_t longest = 255;
  return !text.empty() && text.size() <= longest &&
         std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c <= '~'; });
}

}  // namespace callqueue
