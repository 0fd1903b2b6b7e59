#include "callqueue/access_tokens.hpp"

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

#include "services/small_world.hpp"

namespace {

using namespace small_world;
namespace fs = std::filesystem;

struct AccessWorld : SmallWorld {
  AccessTokens tokens{*store};

  using SmallWorld::SmallWorld;

  [[nodiscard]] AccessToken plan() const { return {.user_id = user.id, .name = "backend"}; }
  CreatedAccessToken created() { return value(tokens.create(plan())); }
  CreatedAccessToken created_until(Instant expires_at) {
    auto token = plan();
    token.expires_at = expires_at;
    return value(tokens.create(token));
  }
  [[nodiscard]] bool lets_in(const CreatedAccessToken& created) {
    return tokens.authenticate(created.secret).has_value();
  }
};

/// The one answer to whoever is not let in.
const Error kRefusal{ErrorCode::not_found, "no such access token", ""};

/// The texts that differ from this one in one character, each in its turn.
std::vector<std::string> altered(const std::string& text) {
  std::vector<std::string> texts;
  for (std::size_t i = 0; i < text.size(); ++i) {
    texts.push_back(text);
    texts.back()[i] = text[i] == '0' ? '1' : '0';
  }
  return texts;
}

struct TemporaryFolder {
  fs::path path = fs::temp_directory_path() / ("callqueue_access_" + std::to_string(getpid()));
  TemporaryFolder() { fs::create_directory(path); }
  ~TemporaryFolder() { fs::remove_all(path); }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  /// All that its files hold.
  [[nodiscard]] std::string contents() const {
    std::ostringstream all;
    for (const auto& entry : fs::directory_iterator{path}) {
      all << std::ifstream{entry.path(), std::ios::binary}.rdbuf();
    }
    return all.str();
  }
};

BOOST_AUTO_TEST_SUITE(access_tokens)

BOOST_AUTO_TEST_CASE(whoever_shows_the_secret_is_let_in) {
  AccessWorld world;
  const auto created = world.created();
  BOOST_CHECK(value(world.tokens.authenticate(created.secret)) == created.token);
  BOOST_CHECK(created.token.user_id == world.user.id);
  BOOST_CHECK(created.token.role == AccessRole::user);
  BOOST_CHECK(created.token.created_at == world.clock->now());

  const auto operations =
      value(world.tokens.create({.role = AccessRole::administrator, .name = "operations"}));
  const auto known = value(world.tokens.authenticate(operations.secret));
  BOOST_CHECK(known.role == AccessRole::administrator);
  BOOST_TEST(!known.user_id.has_value());
}

BOOST_AUTO_TEST_CASE(a_secret_is_the_tokens_id_and_43_random_characters) {
  AccessWorld world;
  std::set<std::string> secrets;
  for (int i = 0; i < 50; ++i) {
    const auto created = world.created();
    const auto head = "cq_" + to_text(created.token.id) + "_";
    BOOST_TEST(created.secret.starts_with(head));
    const auto secret = created.secret.substr(head.size());
    BOOST_TEST(secret.size() == 43U);
    BOOST_TEST(secret.find_first_not_of(
                   "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_") ==
               std::string::npos);
    secrets.insert(secret);
  }
  BOOST_TEST(secrets.size() == 50U);
}

BOOST_AUTO_TEST_CASE(anything_else_is_refused_in_the_same_words) {
  AccessWorld world;
  const auto created = world.created();
  const auto other = world.created();
  const auto& text = created.secret;
  const auto id_length = text.size() - 43;
  auto texts = altered(text);
  texts.push_back(text.substr(0, id_length) + other.secret.substr(id_length));
  for (const auto& odd :
       {std::string{}, std::string{"cq_"}, std::string(83, '_'), std::string(83, '\0'),
        std::string(201, 'x'), std::string(10'000'000, 'x'), text + "x", " " + text, text + "\n",
        text + text, text.substr(1), text.substr(0, text.size() - 1), text.substr(0, id_length),
        to_text(created.token.id), "CQ" + text.substr(2), "Bearer " + text}) {
    texts.push_back(odd);
  }
  for (const auto& one : texts) {
    const auto result = world.tokens.authenticate(one);
    BOOST_TEST(!result.has_value(), one.substr(0, 100));
    if (!result) BOOST_CHECK(result.error() == kRefusal);
  }
  BOOST_TEST(world.lets_in(created));
}

BOOST_AUTO_TEST_CASE(a_revoked_token_lets_nobody_in) {
  AccessWorld world;
  const auto created = world.created();
  const auto other = world.created();
  value(world.store->revoke_access_token(created.token.id));
  const auto result = world.tokens.authenticate(created.secret);
  BOOST_REQUIRE(!result);
  BOOST_CHECK(result.error() == kRefusal);
  BOOST_TEST(world.lets_in(other));
}

BOOST_AUTO_TEST_CASE(a_token_is_valid_until_the_instant_it_expires) {
  AccessWorld world;
  const auto created = world.created_until(world.clock->now() + 1h);
  const auto unlimited = world.created();
  BOOST_TEST(world.lets_in(created));
  world.clock->advance(1h - 1us);
  BOOST_TEST(world.lets_in(created));
  world.clock->advance(1us);
  const auto result = world.tokens.authenticate(created.secret);
  BOOST_REQUIRE(!result);
  BOOST_CHECK(result.error() == kRefusal);
  world.clock->advance(24h * 36'500);
  BOOST_TEST(world.lets_in(unlimited));
}

BOOST_AUTO_TEST_CASE(what_makes_no_token_is_named) {
  AccessWorld world;
  const auto wrong = [&](auto change, ErrorCode code = ErrorCode::invalid_argument) {
    auto token = world.plan();
    change(token);
    return refused(world.tokens.create(token), code);
  };
  const auto now = world.clock->now();
  BOOST_TEST(wrong([](auto& t) { t.name = " "; }) == "name");
  BOOST_TEST(wrong([](auto& t) { t.name = std::string(256, 'x'); }) == "name");
  BOOST_TEST(wrong([](auto& t) { t.name = "\xff"; }) == "name");
  BOOST_TEST(wrong([](auto& t) { t.name = std::string(255, 'x'); }) == "accepted");
  BOOST_TEST(wrong([](auto& t) { t.user_id.reset(); }) == "user_id");
  BOOST_TEST(wrong([](auto& t) { t.user_id = UserId{}; }) == "user_id");
  BOOST_TEST(wrong([](auto& t) { t.role = AccessRole::administrator; }) == "user_id");
  BOOST_TEST(wrong([&](auto& t) { t.user_id = UserId{world.agent.id.value}; },
                   ErrorCode::not_found) == "user_id");
  BOOST_TEST(wrong([&](auto& t) { t.expires_at = now; }) == "expires_at");
  BOOST_TEST(wrong([&](auto& t) { t.expires_at = now + std::chrono::years{101}; }) == "expires_at");
  BOOST_TEST(wrong([&](auto& t) { t.expires_at = Instant::min(); }) == "expires_at");
  BOOST_TEST(wrong([&](auto& t) { t.expires_at = Instant::max(); }) == "expires_at");
  BOOST_TEST(wrong([&](auto& t) { t.expires_at = now + 1us; }) == "accepted");
}

BOOST_AUTO_TEST_CASE(a_database_that_cannot_be_asked_is_no_refusal) {
  AccessWorld world;
  const auto created = world.created();
  const auto empty = value(open_store("sqlite::memory:"));
  const auto result = AccessTokens{*empty}.authenticate(created.secret);
  BOOST_REQUIRE(!result);
  BOOST_CHECK(result.error().code == ErrorCode::corrupt);
}

BOOST_AUTO_TEST_CASE(the_database_holds_no_secret) {
  const TemporaryFolder folder;
  std::string secret;
  {
    AccessWorld world{"sqlite:" + (folder.path / "calls.db").string()};
    secret = world.created().secret;
    BOOST_TEST(world.tokens.authenticate(secret).has_value());
  }
  const auto stored = folder.contents();
  BOOST_TEST(stored.find("backend") != std::string::npos);  // The token is there.
  BOOST_TEST(stored.find(secret.substr(secret.size() - 43)) == std::string::npos);
  BOOST_TEST(stored.find(secret.substr(secret.size() - 43, 12)) == std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
