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

struct Sha256::State {
  EVP_MD_CTX* context = EVP_MD_CTX_new();
  bool good = context != nullptr && EVP_DigestInit_ex(context, EVP_sha256(), nullptr) == 1;

  State() = default;
  State(const State&) = delete;
  State& operator=(const State&) = delete;
  ~State() { EVP_MD_CTX_free(context); }
};

Sha256::Sha256() : state_(std::make_unique<State>()) {}
Sha256::~Sha256() = default;

void Sha256::add(std::string_view piece) {
  state_->good = state_->good && EVP_DigestUpdate(state_->context, piece.data(), piece.size()) == 1;
}

Result<Digest> Sha256::finish() {
  Digest digest{};
  unsigned int size = 0;
  if (!state_->good || EVP_DigestFinal_ex(state_->context, digest.data(), &size) != 1 ||
      size != digest.size()) {
    return fail(ErrorCode::internal, "OpenSSL computes no SHA-256");
  }
  return digest;
}

Result<Digest> sha256(std::string_view text) {
  Sha256 hash;
  hash.add(text);
  return hash.finish();
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
