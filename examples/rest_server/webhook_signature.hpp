#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rest {

/// How a provider proves that a request is its own: the header `X-Callqueue-Timestamp` says in Unix
/// seconds when it was sent, `X-Callqueue-Signature` is `sha256=` and the HMAC-SHA-256 of
/// `TIMESTAMP.BODY` in lower-case hexadecimal. Thread-safe.
class WebhookSignature {
 public:
  /// How far the provider's clock may be from ours; an older request was recorded by somebody.
  static constexpr std::chrono::seconds kTolerance{300};

  /// @param secrets any of them is good: two while a provider changes over. None: nobody gets in.
  explicit WebhookSignature(std::vector<std::string> secrets) : secrets_(std::move(secrets)) {}

  [[nodiscard]] bool has_secret() const { return !secrets_.empty(); }
  /// Nothing for the provider's own request; else why it is refused, in words for strangers.
  [[nodiscard]] std::optional<std::string_view> refusal(std::string_view timestamp,
                                                        std::string_view signature,
                                                        std::string_view body,
                                                        std::chrono::sys_seconds now) const;

 private:
  const std::vector<std::string> secrets_;
};

/// One or two secrets with white space between them. @throws std::runtime_error for more, or for
/// one that could be guessed: shorter than 16 bytes.
[[nodiscard]] std::vector<std::string> parse_webhook_secrets(std::string_view text);

/// Those of the file, or without one (empty) those of the environment's CALLQUEUE_WEBHOOK_SECRET;
/// none where there is neither. @throws std::runtime_error as above, or without such a file.
[[nodiscard]] std::vector<std::string> webhook_secrets(const std::string& file);

}  // namespace rest
