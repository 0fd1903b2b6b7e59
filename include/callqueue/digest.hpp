#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "callqueue/export.hpp"
#include "callqueue/result.hpp"

namespace callqueue {

// What keeps secrets and signatures, by OpenSSL. In the library `callqueue::access`.

/// SHA-256 (FIPS 180-4). @return `internal` when OpenSSL fails.
[[nodiscard]] CALLQUEUE_API Result<std::array<std::uint8_t, 32>> sha256(std::string_view text);

/// The same of a text that comes in pieces.
class CALLQUEUE_API Sha256 {
 public:
  Sha256();
  ~Sha256();
  Sha256(const Sha256&) = delete;
  Sha256& operator=(const Sha256&) = delete;

  void add(std::string_view piece);
  /// Once, after the last piece. @return `internal` when OpenSSL failed on the way.
  [[nodiscard]] Result<std::array<std::uint8_t, 32>> finish();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// HMAC-SHA-256 (RFC 2104) of the parts, one behind the other, in lower-case hexadecimal: 64
/// characters.
///
/// The parts are not kept apart: put something between them that stands in none.
///
/// @return empty for an empty key, by which anybody could sign, and when OpenSSL fails. That is
/// equal to nothing (`equal_in_constant_time`).
[[nodiscard]] CALLQUEUE_API std::string hmac_sha256_hex(std::string_view key,
                                                        std::span<const std::string_view> parts);

/// Whether the texts are the same, in a time that tells nothing of where they differ; of their
/// lengths it may. An empty text is equal to nothing, not to an empty one either: a secret that is
/// not there lets nobody in.
[[nodiscard]] CALLQUEUE_API bool equal_in_constant_time(std::string_view a,
                                                        std::string_view b) noexcept;

}  // namespace callqueue
