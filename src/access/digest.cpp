#include "callqueue/digest.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/sha.h>

#include <limits>

namespace callqueue {
namespace {

using Digest = std::array<std::uint8_t, SHA256_DIGEST_LENGTH>;

const unsigned char* bytes_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

std::string hex(const Digest& digest) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  for (const auto byte : digest) {
    text += digits[byte >> 4U];
    text += digits[byte & 15U];
  }
  return text;
}

}  // namespace

Result<Digest> sha256(std::string_view text) {
  Digest digest{};
  if (SHA256(bytes_of(text), text.size(), digest.data()) == nullptr) {
    return fail(ErrorCode::internal, "OpenSSL computes no SHA-256");
  }
  return digest;
}

std::string hmac_sha256_hex(std::string_view key, std::span<const std::string_view> parts) {
  if (key.empty() || key.size() > std::numeric_limits<int>::max()) return {};
  std::string text;
  for (const auto part : parts) text += part;
  Digest digest{};
  unsigned int size = 0;
  const auto* made = HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), bytes_of(text),
                          text.size(), digest.data(), &size);
  return made != nullptr && size == digest.size() ? hex(digest) : std::string{};
}

bool equal_in_constant_time(std::string_view a, std::string_view b) noexcept {
  return a.size() == b.size() && !a.empty() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace callqueue
