#include "store/digests.hpp"
#include "store/pages.hpp"
#include "store/references.hpp"
#include "store/sql_store.hpp"

namespace callqueue {
namespace {

constexpr char kInsertToken[] = R"sql(
  INSERT INTO callqueue_access_tokens (token_id, user_id, role, name, secret_hash, created_at, expires_at)
  VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7))sql";
constexpr char kTokenExists[] = "SELECT 1 FROM callqueue_access_tokens WHERE token_id = ?1";
constexpr char kFindToken[] = R"sql(
  SELECT token_id, user_id, role, name, created_at, expires_at, revoked_at, secret_hash
  FROM callqueue_access_tokens WHERE token_id = ?1)sql";
// The primary key is the order.
constexpr char kListTokens[] = R"sql(
  SELECT token_id, user_id, role, name, created_at, expires_at, revoked_at
  FROM callqueue_access_tokens WHERE token_id > ?1 ORDER BY token_id LIMIT ?2)sql";
// Index callqueue_access_tokens_user.
constexpr char kListTokensOfUser[] = R"sql(
  SELECT token_id, user_id, role, name, created_at, expires_at, revoked_at
  FROM callqueue_access_tokens WHERE user_id = ?1 AND token_id > ?2 ORDER BY token_id LIMIT ?3)sql";
constexpr char kRevokeToken[] = R"sql(
  UPDATE callqueue_access_tokens SET revoked_at = ?2 WHERE token_id = ?1 AND revoked_at IS NULL)sql";

AccessRole access_role_of(std::string_view text) {
  const auto role = parse_access_role(text);
  if (!role) throw Failure{ErrorCode::corrupt, "the database holds an unreadable role", "role"};
  return *role;
}

AccessToken read_token(const Rows& row) {
  return {.id = get_id<AccessTokenId>(row, 0),
          .user_id = get_optional_id<UserId>(row, 1),
          .role = access_role_of(row.get<std::string_view>(2)),
          .name = row.get<std::string>(3),
          .created_at = row.get<Instant>(4),
          .expires_at = get_optional<Instant>(row, 5),
          .revoked_at = get_optional<Instant>(row, 6)};
}

StoredAccessToken load_token(Session& session, AccessTokenId id) {
  auto row = session.query(kFindToken, id);
  if (!row.step()) throw Failure{ErrorCode::not_found, "no such access token", "token_id"};
  return {read_token(row), read_digest(row, 7, "secret_hash")};
}

}  // namespace

Result<AccessToken> SqlStore::create_access_token(const AccessToken& token,
                                                  const SecretHash& secret_hash) {
  return write([&](Session& session, Instant now) {
    session.tell(News::nothing);  // Nobody waits for a token.
    if (token.user_id) require_user(session, *token.user_id);
    const auto id = token.id.is_nil() ? next_id<AccessTokenId>(now) : token.id;
    if (session.value<int>(kTokenExists, id)) {
      throw Failure{ErrorCode::conflict, "there is an access token with this id", "id"};
    }
    session.run(kInsertToken, id, token.user_id, to_text(token.role), token.name,
                bytes_of(secret_hash), now, token.expires_at);
    return load_token(session, id).token;
  });
}

Result<StoredAccessToken> SqlStore::find_access_token(AccessTokenId id) {
  return read([&](Session& session, Instant) { return load_token(session, id); });
}

Result<PageOf<AccessToken>> SqlStore::list_access_tokens(std::optional<UserId> user_id,
                                                         const Page& page) {
  return read([&](Session& session, Instant) {
    const auto after = id_cursor(page);
    const auto limit = row_limit(page) + 1;
    auto rows = user_id ? session.query(kListTokensOfUser, *user_id, after, limit)
                        : session.query(kListTokens, after, limit);
    return read_page<AccessToken>(rows, page, read_token,
                                  [](const AccessToken& token) { return to_text(token.id); });
  });
}

Result<AccessToken> SqlStore::revoke_access_token(AccessTokenId id) {
  return write([&](Session& session, Instant now) {
    session.tell(News::nothing);
    session.may_repeat();
    session.run(kRevokeToken, id, now);
    return load_token(session, id).token;
  });
}

}  // namespace callqueue
