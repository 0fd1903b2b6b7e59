#pragma once

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <mutex>
#include <optional>
#include <random>
#include <utility>

#include "callqueue/uuid.hpp"

namespace callqueue {

namespace detail {

[[nodiscard]] constexpr int hex_digit(char c) noexcept {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

[[nodiscard]] constexpr std::optional<Uuid> read_uuid(std::string_view text) noexcept {
  if (text.size() != 36) return std::nullopt;
  Uuid uuid;
  std::size_t at = 0;
  for (std::size_t i = 0; i < 16; ++i) {
    if (at == 8 || at == 13 || at == 18 || at == 23) {
      if (text[at++] != '-') return std::nullopt;
    }
    const int high = hex_digit(text[at++]);
    const int low = hex_digit(text[at++]);
    if (high < 0 || low < 0) return std::nullopt;
    uuid.bytes[i] = static_cast<std::uint8_t>(high * 16 + low);
  }
  return uuid;
}

}  // namespace detail

inline std::string to_text(const Uuid& uuid) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  text.reserve(36);
  for (std::size_t i = 0; i < 16; ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) text.push_back('-');
    text.push_back(digits[uuid.bytes[i] >> 4U]);
    text.push_back(digits[uuid.bytes[i] & 15U]);
  }
  return text;
}

inline Result<Uuid> parse_uuid(std::string_view text, std::string_view field) {
  if (const auto uuid = detail::read_uuid(text)) return *uuid;
  return fail(ErrorCode::invalid_argument,
              "not a UUID such as 0190b0a5-3c00-7abc-8def-0123456789ab", std::string{field});
}

/// Milliseconds, then 74 bits that count up by random steps while the millisecond lasts.
struct UuidSource::State {
  static constexpr std::uint64_t high_end = 1ULL << 12U;
  static constexpr std::uint64_t low_end = 1ULL << 62U;

  explicit State(std::optional<std::uint64_t> seed) : process(seed ? 0 : ::getpid()) {
    random.seed(seed ? *seed : system_bits());
  }

  static std::uint64_t system_bits() {
    std::random_device device;
    return std::uint64_t{device()} << 32U | device();
  }

  void start_millisecond(std::uint64_t milliseconds) {
    // A fork must not go on with the bits that its parent goes on with.
    if (process != 0 && process != ::getpid()) {
      process = ::getpid();
      random.seed(system_bits());
    }
    millisecond = milliseconds;
    high = random() % (high_end / 2);  // Half the range stays free for counting up.
    low = random() % low_end;
  }

  void step() {
    low += 1 + (random() >> 32U);
    if (low < low_end) return;
    low -= low_end;
    if (++high == high_end) start_millisecond(*millisecond + 1);
  }

  std::mutex mutex;
  ::pid_t process;  // Whose random bits these are; 0: a seed's, to be repeated.
  std::mt19937_64 random;
  std::optional<std::uint64_t> millisecond;
  std::uint64_t high = 0;
  std::uint64_t low = 0;
};

inline UuidSource::UuidSource() : state_(std::make_unique<State>(std::nullopt)) {}
inline UuidSource::UuidSource(std::uint64_t seed) : state_(std::make_unique<State>(seed)) {}
inline UuidSource::UuidSource(UuidSource&&) noexcept = default;
inline UuidSource& UuidSource::operator=(UuidSource&&) noexcept = default;
inline UuidSource::~UuidSource() = default;

inline Uuid UuidSource::next(Instant now) {
  constexpr std::int64_t last_millisecond = (std::int64_t{1} << 48U) - 1;
  const auto since_epoch =
      std::chrono::floor<std::chrono::milliseconds>(now).time_since_epoch().count();
  const auto milliseconds =
      static_cast<std::uint64_t>(std::clamp<std::int64_t>(since_epoch, 0, last_millisecond));
  State& state = *state_;
  const std::lock_guard lock{state.mutex};
  if (!state.millisecond || *state.millisecond < milliseconds) {
    state.start_millisecond(milliseconds);
  } else {
    state.step();
  }
  const std::uint64_t first = *state.millisecond << 16U | 0x7000U | state.high;
  const std::uint64_t second = 1ULL << 63U | state.low;
  Uuid uuid;
  for (std::size_t i = 0; i < 8; ++i) {
    uuid.bytes[i] = static_cast<std::uint8_t>(first >> (56U - 8U * i));
    uuid.bytes[8 + i] = static_cast<std::uint8_t>(second >> (56U - 8U * i));
  }
  return uuid;
}

}  // namespace callqueue
