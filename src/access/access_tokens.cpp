#include "callqueue/access_tokens.hpp"

#include <openssl/evp.h>
#include <openssl/rand.h>

#include <array>
#include <chrono>
#include <optional>

#include "callqueue/digest.hpp"
#include "callqueue/validate.hpp"

namespace callqueue {
namespace {

constexpr std::string_view kPrefix = "cq_";
constexpr std::size_t kIdLength = 36;
constexpr std::size_t kSecretBytes = 32;
constexpr std::size_t kSecretLength = 43;  // As base64url, without padding.
constexpr std::size_t kTextLength = kPrefix.size() + kIdLength + 1 + kSecretLength;
constexpr std::chrono::years kLongestLife{100};

/// What a token's text says.
struct Shown {
  AccessTokenId id;
  std::string_view secret;
};

tl::unexpected<Error> unknown() { return fail(ErrorCode::not_found, "no such access token"); }

Result<std::string> random_secret() {
  std::array<unsigned char, kSecretBytes> bytes{};
  if (RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) != 1) {
    return fail(ErrorCode::internal, "OpenSSL has no random bytes");
  }
  std::array<unsigned char, kSecretLength + 2> encoded{};  // One character of padding, and NUL.
  EVP_EncodeBlock(encoded.data(), bytes.data(), static_cast<int>(bytes.size()));
  std::string secret{reinterpret_cast<const char*>(encoded.data()), kSecretLength};
  for (char& c : secret) {
    if (c == '+') c = '-';
    if (c == '/') c = '_';
  }
  return secret;
}

std::string text_of(AccessTokenId id, std::string_view secret) {
  return std::string{kPrefix} + to_text(id) + '_' + std::string{secret};
}

/// Bounded work, whatever was sent: a text of another length is none.
std::optional<Shown> read_text(std::string_view text) {
  if (text.size() != kTextLength || !text.starts_with(kPrefix)) return std::nullopt;
  text.remove_prefix(kPrefix.size());
  const auto id = parse_id<AccessTokenId>(text.substr(0, kIdLength));
  if (!id || text[kIdLength] != '_') return std::nullopt;
  return Shown{*id, text.substr(kIdLength + 1)};
}

std::string_view bytes_of(const SecretHash& hash) {
  return {reinterpret_cast<const char*>(hash.data()), hash.size()};
}

Result<void> check_expiry(const AccessToken& token, Instant now) {
  if (!token.expires_at) return {};
  if (*token.expires_at > now && *token.expires_at - now <= kLongestLife) return {};
  return fail(ErrorCode::invalid_argument, "expires_at must be ahead, and within a hundred years",
              "expires_at");
}

}  // namespace

Result<CreatedAccessToken> AccessTokens::create(const AccessToken& token) {
  const auto store_it = [&](const std::string& secret) {
    return sha256(secret)
        .and_then([&](const SecretHash& hash) { return store_.create_access_token(token, hash); })
        .map([&](const AccessToken& created) {
          return CreatedAccessToken{created, text_of(created.id, secret)};
        });
  };
  return validate(token)
      .and_then([&] { return store_.now(); })
      .and_then([&](Instant now) { return check_expiry(token, now); })
      .and_then([] { return random_secret(); })
      .and_then(store_it);
}

Result<AccessToken> AccessTokens::authenticate(std::string_view text) {
  const auto shown = read_text(text);
  if (!shown) return unknown();
  const auto hash = sha256(shown->secret);
  if (!hash) return tl::unexpected<Error>(hash.error());
  const auto stored = store_.find_access_token(shown->id);
  if (!stored && stored.error().code != ErrorCode::not_found) {
    return tl::unexpected<Error>(stored.error());
  }
  // An id that is not there is compared as well, with what no secret hashes to.
  const SecretHash expected = stored ? stored->secret_hash : SecretHash{};
  const bool is_right = equal_in_constant_time(bytes_of(expected), bytes_of(*hash));
  if (!stored || !is_right) return unknown();
  const auto& token = stored->token;
  if (token.revoked_at) return unknown();
  if (!token.expires_at) return token;
  return store_.now().and_then([&](Instant now) -> Result<AccessToken> {
    if (now >= *token.expires_at) return unknown();
    return token;
  });
}

}  // namespace callqueue
