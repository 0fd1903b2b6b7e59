#pragma once

#include <string>
#include <string_view>

#include "callqueue/access_token.hpp"
#include "callqueue/export.hpp"
#include "callqueue/store.hpp"

namespace callqueue {

/// A token, and the text by which its holder is known.
struct CreatedAccessToken {
  AccessToken token{};
  /// `cq_`, the token's id, `_`, and the secret: 32 random bytes as base64url, 83 characters in
  /// all. It cannot be had again.
  std::string secret{};
};

/// The service over access tokens: makes them, and knows their holders again. It is in the library
/// `callqueue::access`, which needs OpenSSL. Lists and revocation are the store's
/// (`Store::list_access_tokens`, `Store::revoke_access_token`).
///
/// The store keeps the SHA-256 of the secret. A slow hash, as for passwords, would add nothing: 256
/// random bits cannot be guessed, however fast one tries.
///
/// Thread-safe; holds no state but the reference. Besides the listed errors every function passes
/// on the store's.
class CALLQUEUE_API AccessTokens {
 public:
  /// @param store must outlive the service.
  explicit AccessTokens(Store& store) : store_(store) {}

  /// Makes a token. Needs `name`, `role`, and `user_id` unless it is an administrator's;
  /// `created_at` and `revoked_at` are ignored.
  ///
  /// @return `invalid_argument` naming the field, `expires_at` unless that is ahead and within a
  /// hundred years; `not_found` (`user_id`) when there is no such user; `internal` when there are
  /// no random bytes. After `unavailable` there may be a token whose secret nobody knows.
  Result<CreatedAccessToken> create(const AccessToken& token);
  /// The token whose text this is (`CreatedAccessToken::secret`), if it is valid now.
  ///
  /// @return `not_found`, always in the same words, when the text is not of that form, the token is
  /// not there, its secret is another, or it has expired or was revoked.
  [[nodiscard]] Result<AccessToken> authenticate(std::string_view text);

 private:
  Store& store_;
};

}  // namespace callqueue
