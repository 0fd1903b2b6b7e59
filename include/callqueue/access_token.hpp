#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "callqueue/state.hpp"
#include "callqueue/time.hpp"
#include "callqueue/uuid.hpp"

namespace callqueue {

using AccessTokenId = Id<struct AccessTokenTag>;

/// For whom the holder of a token speaks. The enumerators are the text in the database.
enum class AccessRole {
  user,          ///< For one user.
  administrator  ///< For every user: a request says for which.
};

/// The right to use a server over the library, for whoever shows the secret that goes with it. The
/// secret is nowhere stored; see `AccessTokens`.
struct AccessToken {
  AccessTokenId id{};
  std::optional<UserId> user_id{};  ///< Whose it is; none for an administrator's.
  AccessRole role = AccessRole::user;
  std::string name{};  ///< What it is for; 1 to 255 characters.
  Instant created_at{};
  std::optional<Instant> expires_at{};  ///< From then on it is not valid; none: it never expires.
  std::optional<Instant> revoked_at{};

  friend bool operator==(const AccessToken&, const AccessToken&) = default;
};

/// SHA-256 of a token's secret.
using SecretHash = std::array<std::uint8_t, 32>;

/// A token with what its secret is compared with. Only `Store::find_access_token` hands it out.
struct StoredAccessToken {
  AccessToken token{};
  SecretHash secret_hash{};
};

[[nodiscard]] std::string_view to_text(AccessRole role) noexcept;
/// The enumerator spelled `text`, or nothing.
[[nodiscard]] std::optional<AccessRole> parse_access_role(std::string_view text) noexcept;

namespace detail {

// In the order of the enumerators.
inline constexpr std::array<std::string_view, 2> access_role_texts{"user", "administrator"};

}  // namespace detail

inline std::string_view to_text(AccessRole role) noexcept {
  return detail::text_of(detail::access_role_texts, role);
}
inline std::optional<AccessRole> parse_access_role(std::string_view text) noexcept {
  return detail::enumerator<AccessRole>(detail::access_role_texts, text);
}

}  // namespace callqueue
