// Access tokens: stored by a hash of their secret, found by id, revoked for good.
#include "conformance/backend.hpp"

using namespace callqueue;
using namespace callqueue::testing;

namespace {

/// With every kind of byte that text could not hold.
SecretHash some_hash(std::uint8_t first = 0) {
  SecretHash hash{};
  for (std::size_t i = 0; i < hash.size(); ++i) hash[i] = static_cast<std::uint8_t>(first + i * 8);
  return hash;
}

AccessToken token_of(const TestUser& user, const std::string& name = "backend") {
  return {.user_id = user.id, .name = name};
}

std::vector<std::string> names_of(const std::vector<AccessToken>& tokens) {
  std::vector<std::string> names;
  for (const auto& token : tokens) names.push_back(token.name);
  return names;
}

const std::string kInsert =
    "INSERT INTO callqueue_access_tokens (token_id, user_id, role, name, secret_hash, created_at, "
    "expires_at) SELECT '0190b0a5-3c00-7abc-8def-0123456789ab', ";

}  // namespace

BOOST_AUTO_TEST_SUITE(access_tokens)

BOOST_AUTO_TEST_CASE_TEMPLATE(a_token_is_found_as_it_was_stored, Backend, AllBackends) {
  Backend backend;
  const auto ann = backend.user();
  auto wanted = token_of(ann, "Köln's backend");
  wanted.expires_at = backend.now() + 24h;
  wanted.revoked_at = backend.now();  // Not the caller's to say.

  const auto created = must(backend.store().create_access_token(wanted, some_hash(7)));

  BOOST_TEST(!created.id.is_nil());
  BOOST_CHECK(created.user_id == ann.id);
  BOOST_CHECK(created.role == AccessRole::user);
  BOOST_TEST(created.name == "Köln's backend");
  BOOST_CHECK(created.created_at == backend.now());
  BOOST_CHECK(created.expires_at == wanted.expires_at);
  BOOST_TEST(!created.revoked_at.has_value());
  const auto found = must(backend.store().find_access_token(created.id));
  BOOST_CHECK(found.token == created);
  BOOST_CHECK(found.secret_hash == some_hash(7));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(an_administrators_token_has_no_user, Backend, AllBackends) {
  Backend backend;
  const auto created = must(backend.store().create_access_token(
      {.role = AccessRole::administrator, .name = "operations"}, some_hash()));
  BOOST_CHECK(created.role == AccessRole::administrator);
  BOOST_TEST(!created.user_id.has_value());
  BOOST_TEST(!created.expires_at.has_value());
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_token_needs_its_user_and_an_id_of_its_own, Backend, AllBackends) {
  Backend backend;
  const auto ann = backend.user();
  auto& store = backend.store();
  auto token = token_of(ann);
  token.user_id = UserId{ann.agent.value};
  BOOST_TEST(
      fails_with(store.create_access_token(token, some_hash()), ErrorCode::not_found, "user_id"));
  token = must(store.create_access_token(token_of(ann), some_hash()));
  BOOST_TEST(fails_with(store.create_access_token(token, some_hash()), ErrorCode::conflict, "id"));
  const AccessTokenId unknown{ann.id.value};
  BOOST_TEST(fails_with(store.find_access_token(unknown), ErrorCode::not_found, "token_id"));
  BOOST_TEST(fails_with(store.revoke_access_token(unknown), ErrorCode::not_found, "token_id"));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(tokens_are_listed_by_user_or_all_in_pages, Backend, AllBackends) {
  Backend backend;
  const auto ann = backend.user();
  const auto bob = backend.user();
  auto& store = backend.store();
  must(store.create_access_token(token_of(ann, "a1"), some_hash(1)));
  must(store.create_access_token({.role = AccessRole::administrator, .name = "all"}, some_hash(2)));
  must(store.create_access_token(token_of(bob, "b"), some_hash(3)));
  must(store.create_access_token(token_of(ann, "a2"), some_hash(4)));
  using Names = std::vector<std::string>;

  BOOST_CHECK((names_of(must(store.list_access_tokens(ann.id, {})).items) == Names{"a1", "a2"}));
  BOOST_CHECK((names_of(must(store.list_access_tokens(bob.id, {})).items) == Names{"b"}));
  const auto first = must(store.list_access_tokens(std::nullopt, {.limit = 3}));
  BOOST_CHECK((names_of(first.items) == Names{"a1", "all", "b"}));
  const auto rest =
      must(store.list_access_tokens(std::nullopt, {.limit = 3, .cursor = first.next_cursor}));
  BOOST_CHECK((names_of(rest.items) == Names{"a2"}));
  BOOST_TEST(rest.next_cursor == "");
  BOOST_TEST(fails_with(store.list_access_tokens(ann.id, {.limit = 0}), ErrorCode::invalid_argument,
                        "limit"));
  BOOST_TEST(fails_with(store.list_access_tokens(ann.id, {.cursor = "x"}),
                        ErrorCode::invalid_argument, "cursor"));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_token_is_revoked_once_and_its_row_stays, Backend, AllBackends) {
  Backend backend;
  const auto ann = backend.user();
  auto& store = backend.store();
  const auto token = must(store.create_access_token(token_of(ann, "lost"), some_hash(1)));
  const auto other = must(store.create_access_token(token_of(ann, "kept"), some_hash(2)));
  backend.pass(1h);
  const auto revoked = must(store.revoke_access_token(token.id));
  BOOST_CHECK(revoked.revoked_at == backend.now());
  backend.pass(1h);
  BOOST_CHECK(must(store.revoke_access_token(token.id)) == revoked);
  BOOST_CHECK(must(store.find_access_token(token.id)).token == revoked);
  BOOST_CHECK(must(store.find_access_token(other.id)).token == other);
  BOOST_TEST(must(store.list_access_tokens(ann.id, {})).items.size() == 2U);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_users_tokens_go_with_the_user, Backend, SharedBackends) {
  Backend backend;
  const auto ann = backend.user();
  const auto bob = backend.user();
  auto& store = backend.store();
  const auto anns = must(store.create_access_token(token_of(ann), some_hash(1)));
  const auto bobs = must(store.create_access_token(token_of(bob), some_hash(2)));
  backend.sql("DELETE FROM users WHERE id = {}", {to_text(ann.id)});
  BOOST_TEST(fails_with(store.find_access_token(anns.id), ErrorCode::not_found));
  BOOST_TEST(must(store.find_access_token(bobs.id)).token.name == bobs.name);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(plain_sql_writes_no_token_that_means_nothing, Backend,
                              SharedBackends) {
  Backend backend;
  const auto ann = backend.user();
  const auto hash = std::is_same_v<Backend, SqliteFileBackend>
                        ? "x'" + std::string(64, 'a') + "', "
                        : "decode('" + std::string(64, 'a') + "', 'hex'), ";
  const auto now = Backend::literal(backend.now());
  const auto user = "id, 'user', 'x', ";
  const auto from = " FROM users WHERE id = {}";
  const auto row = [&](const std::string& whose, const std::string& secret,
                       const std::string& expiry) {
    return kInsert + whose + secret + now + ", " + expiry + from;
  };
  const std::vector<std::string> ids{to_text(ann.id)};
  BOOST_TEST(backend.refuses(row("NULL, 'user', 'x', ", hash, "NULL"), ids));
  BOOST_TEST(backend.refuses(row("id, 'administrator', 'x', ", hash, "NULL"), ids));
  BOOST_TEST(backend.refuses(row("NULL, 'guest', 'x', ", hash, "NULL"), ids));
  BOOST_TEST(backend.refuses(row(user, "'', ", "NULL"), ids));
  BOOST_TEST(backend.refuses(row(user, hash, now), ids));
  BOOST_TEST(!backend.refuses(row(user, hash, "NULL"), ids));
}

BOOST_AUTO_TEST_SUITE_END()
