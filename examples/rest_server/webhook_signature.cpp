#include "webhook_signature.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <sstream>
#include <stdexcept>

#include "callqueue/digest.hpp"

namespace rest {
namespace {

constexpr std::string_view kScheme = "sha256=";
constexpr std::size_t kLongestTimestamp = 12;
constexpr std::size_t kShortestSecret = 16;
constexpr std::size_t kMostSecrets = 2;

std::optional<std::chrono::sys_seconds> parse_timestamp(std::string_view text) {
  std::uint64_t seconds = 0;
  const auto* const end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, seconds);
  if (text.size() > kLongestTimestamp || read.ec != std::errc{} || read.ptr != end) {
    return std::nullopt;
  }
  return std::chrono::sys_seconds{std::chrono::seconds{seconds}};
}

}  // namespace

std::optional<std::string_view> WebhookSignature::refusal(std::string_view timestamp,
                                                          std::string_view signature,
                                                          std::string_view body,
                                                          std::chrono::sys_seconds now) const {
  const auto sent_at = parse_timestamp(timestamp);
  if (!sent_at || !signature.starts_with(kScheme)) {
    return "This needs the headers X-Callqueue-Timestamp and X-Callqueue-Signature.";
  }
  if (std::chrono::abs(now - *sent_at) > kTolerance) {
    return "X-Callqueue-Timestamp is more than five minutes away from the server's clock.";
  }
  signature.remove_prefix(kScheme.size());
  bool is_good = false;
  for (const auto& secret : secrets_) {  // All of them: time tells nothing of which one it was.
    const std::array<std::string_view, 3> parts{timestamp, ".", body};
    const auto expected = callqueue::hmac_sha256_hex(secret, parts);
    is_good |= callqueue::equal_in_constant_time(signature, expected);
  }
  if (!is_good) return "X-Callqueue-Signature is not that of this body at this time.";
  return std::nullopt;
}

std::vector<std::string> parse_webhook_secrets(std::string_view text) {
  std::istringstream words{std::string{text}};
  const std::vector<std::string> secrets{std::istream_iterator<std::string>{words}, {}};
  if (secrets.size() > kMostSecrets) {
    throw std::runtime_error("there may be two secrets of the webhook at once");
  }
  for (const auto& secret : secrets) {
    if (secret.size() < kShortestSecret) {
      throw std::runtime_error("a secret of the webhook needs at least 16 bytes");
    }
  }
  return secrets;
}

std::vector<std::string> webhook_secrets(const std::string& file) {
  if (file.empty()) {
    const char* const text = std::getenv("CALLQUEUE_WEBHOOK_SECRET");
    return parse_webhook_secrets(text == nullptr ? "" : text);
  }
  std::ifstream in{file};
  const std::string text{std::istreambuf_iterator<char>{in}, {}};
  auto secrets = parse_webhook_secrets(text);
  if (secrets.empty()) throw std::runtime_error("there is no secret of the webhook in " + file);
  return secrets;
}

}  // namespace rest
