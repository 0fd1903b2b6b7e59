#include "once.hpp"

#include <algorithm>
#include <exception>
#include <optional>
#include <utility>

#include "fingerprint.hpp"
#include "log.hpp"

namespace rest {
namespace {

using namespace callqueue;

constexpr std::string_view kField = "Idempotency-Key";

Response under_way(Instant begun_at) {
  return problem(409, "request_under_way",
                 "A request with this key began at " + to_text(begun_at) +
                     ". It is under way; or its server went down on it, and nobody knows what came "
                     "of it: look before you ask again with another key.",
                 kField);
}

Response repeated(const KeptAnswer& answer) {
  Response response{.status = static_cast<unsigned>(answer.status),
                    .type = answer.content_type,
                    .body = answer.body,
                    .fields = {{"Idempotency-Replayed", "true"}}};
  if (!answer.location.empty()) response.fields.emplace_back("Location", answer.location);
  return response;
}

KeptAnswer kept(const Response& response) {
  const auto location = std::find_if(response.fields.begin(), response.fields.end(),
                                     [](const auto& field) { return field.first == "Location"; });
  return {.status = static_cast<int>(response.status),
          .content_type = response.type,
          .location = location == response.fields.end() ? std::string{} : location->second,
          .body = response.body};
}

/// A request, and the key that it carries.
class Attempt {
 public:
  Attempt(App& app, Request& request, std::string key)
      : store_(app.store), request_(request), key_(std::move(key)), fingerprint_(request) {
    if (request.stream != nullptr) {
      request.stream = &through_.emplace(*request.stream, fingerprint_);
    } else {
      fingerprint_.add(request.body);
    }
  }

  Response run(const Handler& handler) {
    const auto known = store_.begin_request(request_.caller.user_id, key_);
    if (!known) return problem(known.error());
    if (known->state == KeyedRequest::State::begun) return carry_out(handler, known->attempt);
    // Many a client hears an answer only once it has sent all of its body.
    const auto fingerprint = whole_fingerprint();
    if (!fingerprint) return problem(400, "bad_request", "The body broke off.", "body");
    if (known->state == KeyedRequest::State::under_way) return under_way(known->begun_at);
    if (*fingerprint != known->fingerprint) {
      return problem(422, "request_key_reused", "Another request came with this key before.",
                     kField);
    }
    return repeated(known->answer);
  }

 private:
  Response carry_out(const Handler& handler, RequestAttemptId attempt) {
    try {
      auto response = handler(request_);
      if (response.status < 200 || response.status > 299) {
        let_go(attempt);
      } else {
        keep(attempt, response);
      }
      return response;
    } catch (...) {
      let_go(attempt);
      throw;
    }
  }

  /// What fails here leaves the key under way: better than doing it twice.
  void keep(RequestAttemptId attempt, const Response& response) {
    const auto fingerprint = whole_fingerprint();
    if (!fingerprint) return log_failure(request_, "the answer is not kept: the body broke off");
    const auto done =
        store_.finish_request(request_.caller.user_id, key_, attempt, *fingerprint, kept(response));
    if (!done) log_failure(request_, "the answer is not kept: " + done.error().message);
  }

  void let_go(RequestAttemptId attempt) {
    const auto released = store_.release_request(request_.caller.user_id, key_, attempt);
    if (!released) log_failure(request_, "a key stays under way: " + released.error().message);
  }

  std::optional<RequestFingerprint> whole_fingerprint() {
    if (through_ && !through_->finish()) return std::nullopt;
    const auto fingerprint = fingerprint_.finish();
    return fingerprint ? std::optional{*fingerprint} : std::nullopt;
  }

  Store& store_;
  Request& request_;
  std::string key_;
  Fingerprint fingerprint_;
  std::optional<ReadThrough> through_;
};

}  // namespace

Handler once(App& app, Handler handler) {
  return [&app, handler = std::move(handler)](Request& request) {
    const auto key = request.field("idempotency-key");
    if (!request.has_field("idempotency-key")) return handler(request);
    if (!is_request_key(key)) {
      return problem(422, "invalid_argument",
                     "Idempotency-Key may have 1 to 255 visible ASCII characters.", kField);
    }
    return Attempt{app, request, std::string{key}}.run(handler);
  };
}

}  // namespace rest
