#include "gate.hpp"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <utility>

#include "callqueue/uuid.hpp"

namespace rest {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t kLongestToken = 200;
constexpr std::size_t kMostRemembered = 10'000;
/// How long a token that was revoked may still be good.
constexpr auto kTrustedFor = 2s;
/// And while nobody can be asked: what needs the database is refused anyway, and somebody wants to
/// see why.
constexpr auto kRememberedFor = 1h;

Response unauthorized(std::string_view detail) {
  auto response = problem(401, "unauthorized", detail);
  response.fields.emplace_back("WWW-Authenticate", "Bearer");
  return response;
}

/// The token of `Authorization: Bearer TOKEN`; none without this header.
std::optional<std::string_view> token_of(const Request& request) {
  constexpr std::string_view kScheme = "Bearer ";
  const auto field = request.field("authorization");
  const auto is_same = [](unsigned char a, unsigned char b) {
    return std::tolower(a) == std::tolower(b);
  };
  if (field.size() < kScheme.size() ||
      !std::equal(kScheme.begin(), kScheme.end(), field.begin(), is_same)) {
    return std::nullopt;
  }
  return field.substr(kScheme.size());
}

}  // namespace

std::optional<Response> Gate::refusal(const Route& route, Request& request) {
  if (route.access == Access::anybody) return std::nullopt;
  const auto token = token_of(request);
  if (!token) return unauthorized("This needs the header Authorization: Bearer TOKEN.");
  const auto caller = token->size() > kLongestToken
                          ? callqueue::fail(callqueue::ErrorCode::not_found, "too long")
                          : caller_of(std::string{*token});
  if (!caller && caller.error().code == callqueue::ErrorCode::not_found) {
    return unauthorized("The token is unknown, has expired or was revoked.");
  }
  if (!caller) return problem(caller.error());
  request.caller = *caller;
  if (const int seconds = wait_of(caller->token_id); seconds > 0) {
    auto response = problem(429, "too_many_requests", "This token has asked too often.");
    response.fields.emplace_back("Retry-After", std::to_string(seconds));
    return response;
  }
  if (route.access == Access::administrator && !caller->is_administrator) {
    return problem(403, "forbidden", "Only an administrator may do this.");
  }
  if (auto refused = act_for(request)) return refused;
  if (route.access == Access::user && request.caller.user_id.is_nil()) {
    return problem(422, "invalid_argument",
                   "An administrator has to name the user in the header X-User-Id.", "X-User-Id");
  }
  return std::nullopt;
}

std::optional<Response> Gate::act_for(Request& request) const {
  constexpr char kField[] = "X-User-Id";
  const auto named = request.field("x-user-id");
  if (named.empty()) return std::nullopt;
  if (!request.caller.is_administrator) {
    return problem(403, "forbidden", "Only an administrator may name a user.", kField);
  }
  const auto user_id = callqueue::parse_id<callqueue::UserId>(std::string{named}, kField);
  if (!user_id) return problem(user_id.error());
  if (auto found = find_user_(*user_id); !found) {
    found.error().field = kField;
    return problem(found.error());
  }
  request.caller.user_id = *user_id;
  return std::nullopt;
}

bool Gate::trusts(const Request& request) {
  const std::lock_guard lock(mutex_);
  const auto found = known_.find(token_of(request).value_or(""));
  return found != known_.end() && found->second.until > Clock::now();
}

bool Gate::is_still_good(const Request& request) {
  const auto caller = caller_of(std::string{token_of(request).value_or("")});
  return caller || caller.error().code != callqueue::ErrorCode::not_found;
}

callqueue::Result<Caller> Gate::caller_of(const std::string& token) {
  const auto now = Clock::now();
  {
    const std::lock_guard lock(mutex_);
    const auto found = known_.find(token);
    if (found != known_.end() && found->second.until > now) return found->second.caller;
  }
  auto caller = authenticate_(token);
  const std::lock_guard lock(mutex_);
  if (!caller) {
    const auto found = known_.find(token);
    const bool is_down = caller.error().code == callqueue::ErrorCode::unavailable;
    if (is_down && found != known_.end() && found->second.until + kRememberedFor > now) {
      return found->second.caller;
    }
    known_.erase(token);
    return caller;
  }
  if (known_.size() >= kMostRemembered) known_.clear();
  known_[token] = {*caller, now + kTrustedFor};
  return caller;
}

int Gate::wait_of(const std::string& token_id) {
  const auto now = Clock::now();
  const std::lock_guard lock(mutex_);
  if (buckets_.size() >= kMostRemembered) buckets_.clear();
  auto& bucket = buckets_.try_emplace(token_id, Bucket{limit_.burst, now}).first->second;
  const std::chrono::duration<double> passed = now - bucket.at;
  bucket.tokens = std::min(limit_.burst, bucket.tokens + passed.count() * limit_.per_second);
  bucket.at = now;
  if (bucket.tokens >= 1) {
    bucket.tokens -= 1;
    return 0;
  }
  return std::max(1, static_cast<int>(std::ceil((1 - bucket.tokens) / limit_.per_second)));
}

}  // namespace rest
