#include <optional>
#include <utility>

#include "store/digests.hpp"
#include "store/references.hpp"
#include "store/request_keys.hpp"
#include "store/sql_store.hpp"

namespace callqueue {
namespace {

constexpr char kForgetExpired[] = R"sql(
  DELETE FROM callqueue_request_keys WHERE user_id = ?1 AND request_key = ?2 AND begun_at <= ?3)sql";
// Waits for whoever is just taking the same key.
constexpr char kBeginRequest[] = R"sql(
  INSERT INTO callqueue_request_keys (user_id, request_key, attempt_id, begun_at)
  VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO NOTHING)sql";
constexpr char kFind[] = R"sql(
  SELECT attempt_id, begun_at, fingerprint, status, content_type, location, body
  FROM callqueue_request_keys WHERE user_id = ?1 AND request_key = ?2)sql";
constexpr char kFinish[] = R"sql(
  UPDATE callqueue_request_keys
  SET fingerprint = ?4, status = ?5, content_type = ?6, location = ?7, body = ?8
  WHERE user_id = ?1 AND request_key = ?2 AND attempt_id = ?3)sql";
constexpr char kRelease[] = R"sql(
  DELETE FROM callqueue_request_keys
  WHERE user_id = ?1 AND request_key = ?2 AND attempt_id = ?3 AND status IS NULL)sql";
// Index callqueue_request_keys_begun.
constexpr char kForgetOld[] = R"sql(
  DELETE FROM callqueue_request_keys WHERE (user_id, request_key) IN (
    SELECT user_id, request_key FROM callqueue_request_keys
    WHERE begun_at <= ?1 ORDER BY begun_at LIMIT ?2))sql";

KeyedRequest read_request(const Rows& row) {
  KeyedRequest request{.attempt = get_id<RequestAttemptId>(row, 0),
                       .begun_at = row.get<Instant>(1)};
  if (row.is_null(3)) return request;
  request.state = KeyedRequest::State::done;
  request.fingerprint = read_digest(row, 2, "fingerprint");
  request.answer = {.status = row.get<int>(3),
                    .content_type = row.get<std::string>(4),
                    .location = row.get<std::string>(5),
                    .body = row.get<std::string>(6)};
  return request;
}

}  // namespace

int forget_request_keys(Session& session, Instant now, int budget) {
  return static_cast<int>(session.change(kForgetOld, now - request_key_lifetime, budget));
}

Result<KeyedRequest> SqlStore::begin_request(UserId user_id, std::string_view key) {
  std::optional<RequestAttemptId> attempt;  // The same when it is run again: perhaps it was there.
  return write([&](Session& session, Instant now) {
    session.tell(News::nothing);  // Nobody waits for a key.
    session.may_repeat();
    require_user(session, user_id);
    if (!attempt) attempt = next_id<RequestAttemptId>(now);
    session.run(kForgetExpired, user_id, key, now - request_key_lifetime);
    session.run(kBeginRequest, user_id, key, *attempt, now);
    auto row = session.query(kFind, user_id, key);
    // It was somebody's, who has just let go of it.
    if (!row.step()) throw Failure{ErrorCode::unavailable, "the key was busy; try again"};
    auto request = read_request(row);
    if (request.attempt == *attempt) request.state = KeyedRequest::State::begun;
    return request;
  });
}

Result<void> SqlStore::finish_request(UserId user_id, std::string_view key,
                                      RequestAttemptId attempt,
                                      const RequestFingerprint& fingerprint,
                                      const KeptAnswer& answer) {
  return write([&](Session& session, Instant) {
    session.tell(News::nothing);
    session.may_repeat();
    if (session.change(kFinish, user_id, key, attempt, bytes_of(fingerprint), answer.status,
                       answer.content_type, answer.location, answer.body) == 0) {
      throw Failure{ErrorCode::not_found, "the key is not this request's any more", "request_key"};
    }
  });
}

Result<void> SqlStore::release_request(UserId user_id, std::string_view key,
                                       RequestAttemptId attempt) {
  return write([&](Session& session, Instant) {
    session.tell(News::nothing);
    session.may_repeat();
    session.run(kRelease, user_id, key, attempt);
  });
}

}  // namespace callqueue
