#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "callqueue/result.hpp"
#include "callqueue/time.hpp"

namespace callqueue {

/// A 128-bit identifier (RFC 9562). The nil value means "none" and is never stored.
struct Uuid {
  std::array<std::uint8_t, 16> bytes{};

  [[nodiscard]] constexpr bool is_nil() const noexcept { return *this == Uuid{}; }
  friend constexpr auto operator<=>(const Uuid&, const Uuid&) = default;
};

/// Lower-case, with hyphens: `0190b0a5-3c00-7abc-8def-0123456789ab`.
[[nodiscard]] std::string to_text(const Uuid& uuid);
/// Reads the hyphenated form in either case, any version. @return `invalid_argument` naming `field`
/// otherwise.
[[nodiscard]] Result<Uuid> parse_uuid(std::string_view text, std::string_view field = "id");

/// An identifier that knows what it identifies, so that a contact's cannot be passed for a
/// campaign's.
template <class Tag>
struct Id {
  Uuid value{};

  [[nodiscard]] constexpr bool is_nil() const noexcept { return value.is_nil(); }
  friend constexpr auto operator<=>(const Id&, const Id&) = default;
};

using UserId = Id<struct UserTag>;
using AgentId = Id<struct AgentTag>;
using ContactId = Id<struct ContactTag>;
using CampaignId = Id<struct CampaignTag>;
using QueuedCallId = Id<struct QueuedCallTag>;
using CallId = Id<struct CallTag>;

template <class Tag>
[[nodiscard]] std::string to_text(const Id<Tag>& id) {
  return to_text(id.value);
}

/// `parse_id<UserId>(text, "user_id")`. @return `invalid_argument` naming `field` when it is not a
/// UUID.
template <class AnyId>
[[nodiscard]] Result<AnyId> parse_id(std::string_view text, std::string_view field = "id") {
  return parse_uuid(text, field).map([](const Uuid& uuid) { return AnyId{uuid}; });
}

/// Makes version 7 identifiers: 48 bits of milliseconds, then a counter and random bits, so that
/// ids made later by one source are larger and inserts stay local in an index.
///
/// Thread-safe. Ids of one source strictly increase, also within one millisecond and when the clock
/// steps back.
class UuidSource {
 public:
  /// Random bits come from the operating system.
  UuidSource();
  /// Repeatable ids for tests and simulations: the same seed and instants give the same ids.
  explicit UuidSource(std::uint64_t seed);
  UuidSource(UuidSource&&) noexcept;
  UuidSource& operator=(UuidSource&&) noexcept;
  ~UuidSource();

  /// @param now the clock that governs the rows the id is for.
  [[nodiscard]] Uuid next(Instant now);

  template <class AnyId>
  [[nodiscard]] AnyId next_id(Instant now) {
    return AnyId{next(now)};
  }

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace callqueue

template <>
struct std::hash<callqueue::Uuid> {
  std::size_t operator()(const callqueue::Uuid& uuid) const noexcept {
    // The last eight bytes are random in every version in use.
    std::size_t value = 0;
    for (std::size_t i = 8; i < 16; ++i) value = value << 8U | uuid.bytes[i];
    return value;
  }
};

template <class Tag>
struct std::hash<callqueue::Id<Tag>> {
  std::size_t operator()(const callqueue::Id<Tag>& id) const noexcept {
    return std::hash<callqueue::Uuid>{}(id.value);
  }
};

#include "callqueue/detail/uuid_impl.hpp"
