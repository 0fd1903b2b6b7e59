#include <array>
#include <cstdlib>
#include <stdexcept>
#include <string>
#include <string_view>

#include "callqueue/digest.hpp"
#include "callqueue/json.hpp"
#include "rest_server/webhook_signature.hpp"

// Any header and body: nobody gets in without the secret, and what got in is events or refused by
// the name of a field.

namespace {

const std::string kSecret = "a secret that nobody guesses";
constexpr std::chrono::sys_seconds kNow{std::chrono::seconds{1'800'000'000}};

void hold(bool promise) {
  if (!promise) std::abort();
}

std::string_view take_line(std::string_view& text) {
  const auto line = text.substr(0, text.find('\n'));
  text.remove_prefix(std::min(line.size() + 1, text.size()));
  return line;
}

void check_signature(std::string_view timestamp, std::string_view signature,
                     std::string_view body) {
  const rest::WebhookSignature check{{kSecret}};
  const std::array<std::string_view, 3> parts{timestamp, ".", body};
  const auto right = "sha256=" + callqueue::hmac_sha256_hex(kSecret, parts);
  hold(check.refusal(timestamp, signature, body, kNow).has_value() || signature == right);
  hold(check.refusal(timestamp, right + ' ', body, kNow).has_value());
  // Signed at a time that is one, it is let in.
  const std::array<std::string_view, 3> now_parts{"1800000000", ".", body};
  const auto now_right = "sha256=" + callqueue::hmac_sha256_hex(kSecret, now_parts);
  hold(!check.refusal("1800000000", now_right, body, kNow).has_value());
}

void check_events(std::string_view body) {
  using namespace callqueue;
  const auto events = parse_call_events(body);
  if (!events) {
    hold(events.error().code == ErrorCode::invalid_argument && events.error().field == "events");
    return;
  }
  hold(!events->empty() && events->size() <= 1000);
  for (const auto& event : *events) {
    if (event) {
      hold(!event->call_id.is_nil() || !event->provider_call_id.empty());
      hold(event->provider_call_id.size() <= 512);
    } else {
      hold(!event.error().field.empty() && !event.error().message.empty());
      hold(event.error().code == ErrorCode::invalid_argument ||
           event.error().code == ErrorCode::not_found);
    }
  }
}

void check_secrets(std::string_view text) {
  try {
    const auto secrets = rest::parse_webhook_secrets(text);
    hold(secrets.size() <= 2);
    for (const auto& secret : secrets) hold(secret.size() >= 16);
  } catch (const std::runtime_error&) {
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view rest{reinterpret_cast<const char*>(data), size};
  const auto timestamp = take_line(rest);
  const auto signature = take_line(rest);
  check_signature(timestamp, signature, rest);
  check_events(rest);
  check_secrets(rest);
  return 0;
}
