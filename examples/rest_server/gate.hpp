#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "callqueue/result.hpp"
#include "http.hpp"
#include "router.hpp"

namespace rest {

/// Who a token belongs to; `not_found` for none.
using Authenticate = std::function<callqueue::Result<Caller>(std::string_view token)>;

/// `not_found` unless there is such a user.
using FindUser = std::function<callqueue::Result<void>(callqueue::UserId)>;

/// How often a token may ask.
struct RateLimit {
  double per_second = 200;
  double burst = 400;
};

/// Stands before the handlers: knows callers by their tokens, and how often they have asked.
/// Thread-safe.
class Gate {
 public:
  Gate(Authenticate authenticate, FindUser find_user, RateLimit limit)
      : authenticate_(std::move(authenticate)), find_user_(std::move(find_user)), limit_(limit) {}

  /// Lets the request in, with `caller` filled in, or says why not.
  [[nodiscard]] std::optional<Response> refusal(const Route& route, Request& request);

  // For requests that were let in and take long.

  /// Whether the token was looked up just now, and nobody need be asked. Does not block.
  [[nodiscard]] bool trusts(const Request& request);
  /// Whether the token is good yet. It is as long as that cannot be found out.
  [[nodiscard]] bool is_still_good(const Request& request);

 private:
  using Clock = std::chrono::steady_clock;
  struct Known {
    Caller caller;
    Clock::time_point until;  ///< Then the database is asked again: it may have been revoked.
  };
  struct Bucket {
    double tokens;
    Clock::time_point at;
  };

  /// An administrator says on whose behalf: `X-User-Id`.
  [[nodiscard]] std::optional<Response> act_for(Request& request) const;
  [[nodiscard]] callqueue::Result<Caller> caller_of(const std::string& token);
  /// Seconds until the next request; 0: now.
  [[nodiscard]] int wait_of(const std::string& token_id);

  const Authenticate authenticate_;
  const FindUser find_user_;
  const RateLimit limit_;
  std::mutex mutex_;
  std::map<std::string, Known, std::less<>> known_;
  std::map<std::string, Bucket> buckets_;
};

}  // namespace rest
