#include <sys/wait.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>
#include <fstream>

#include "sqlite_support.hpp"

using namespace callqueue;
using namespace sqlite_tests;

BOOST_AUTO_TEST_SUITE(opening_a_sqlite_store)

BOOST_AUTO_TEST_CASE(a_url_names_a_file_or_memory) {
  const TemporaryFile file;
  BOOST_TEST(error_of(open_store(file.url())) == "ok");
  BOOST_TEST(std::filesystem::exists(file.path()));
  BOOST_TEST(error_of(open_store("sqlite::memory:")) == "ok");
  BOOST_TEST(!std::filesystem::exists(":memory:"));
}

BOOST_AUTO_TEST_CASE(an_unknown_scheme_is_refused_without_repeating_its_password) {
  for (const auto* url : {"", "queue.db", "mysql://me:secret@host/db", "sqlite:"}) {
    const auto opened = open_store(url);
    BOOST_TEST(error_of(opened) == "invalid_argument url");
    BOOST_TEST(opened.error().message.find("secret") == std::string::npos);
  }
}

BOOST_AUTO_TEST_CASE(a_path_that_cannot_be_opened_is_named_with_its_reason) {
  const TemporaryFile file;
  const auto message_of = [&](const std::string& path, StoreOptions options = {}) {
    const auto opened = open_store("sqlite:" + path, options);
    BOOST_TEST(error_of(opened) == "unavailable");
    return opened ? "" : opened.error().message;
  };
  const auto folder = file.folder().string();
  BOOST_TEST(message_of(folder + "/none/queue.db") ==
             "cannot open " + folder + "/none/queue.db: there is no directory " + folder + "/none");
  BOOST_TEST(message_of(folder) == "cannot open " + folder + ": it is a directory");
  BOOST_TEST(message_of(file.path(), {.create = false}) ==
             "cannot open " + file.path() + ": there is no such file");
  BOOST_TEST(!std::filesystem::exists(file.path()));
}

BOOST_AUTO_TEST_CASE(a_file_that_is_no_database_is_corrupt_and_left_as_it_is) {
  const TemporaryFile file;
  const std::string text(5000, 'x');
  std::ofstream{file.path()} << text;
  const auto opened = open_store(file.url());
  BOOST_TEST(error_of(opened) == "corrupt");
  BOOST_TEST(opened.error().message.find(file.path()) != std::string::npos);
  std::ifstream in{file.path()};
  BOOST_TEST((std::string{std::istreambuf_iterator<char>{in}, {}} == text));
}

BOOST_AUTO_TEST_CASE(a_file_that_may_not_be_read_or_written_is_refused_at_once) {
  const std::pair<int, const char*> refusals[] = {{0444, "it is read-only"},
                                                  {0, "it may not be read"}};
  for (const auto& [permissions, why] : refusals) {
    const TemporaryFile file;
    must(must(open_store(file.url()))->migrate());
    std::filesystem::permissions(file.path(), std::filesystem::perms(permissions));
    // Nobody may, but root: the store is opened by somebody else.
    const auto child = fork();
    BOOST_REQUIRE(child >= 0);
    if (child == 0) {
      if (geteuid() == 0 && setuid(65534) != 0) _exit(2);
      const auto opened = open_store(file.url());
      _exit(error_of(opened) == "unavailable" &&
                    opened.error().message == "cannot open " + file.path() + ": " + why
                ? 0
                : 1);
    }
    int status = -1;
    BOOST_REQUIRE(waitpid(child, &status, 0) == child);
    BOOST_TEST(status == 0, why);
  }
}

BOOST_AUTO_TEST_CASE(a_store_that_is_not_migrated_says_so) {
  const TemporaryFile file;
  const auto store = must(open_store(file.url()));
  const auto users = store->list_users({});
  BOOST_TEST(error_of(users) == "corrupt");
  BOOST_TEST(users.error().message.find("run its migrations") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(the_change_counter_tells_of_commits_and_of_nothing_else) {
  World world;
  const auto other = world.another();
  auto seen = must(world.store().change_counter());
  const auto moved = [&] {
    const auto now = must(world.store().change_counter());
    return std::exchange(seen, now) != now;
  };
  BOOST_TEST(!moved());
  world.user();
  BOOST_TEST(moved());
  must(other->create_user({.name = "Ann"}));
  BOOST_TEST(moved());
  world.sql().run("UPDATE users SET name = 'x'");
  BOOST_TEST(moved());
  // A claim that finds nothing, or a read, must not wake anybody.
  BOOST_TEST(world.claim().empty());
  must(world.store().list_users({}));
  BOOST_TEST(!moved());
}

BOOST_AUTO_TEST_CASE(the_change_counter_works_in_memory) {
  const auto store = must(open_store("sqlite::memory:"));
  must(store->migrate());
  const auto before = must(store->change_counter());
  must(store->claim({}));
  BOOST_TEST(must(store->change_counter()) == before);
  must(store->create_user({.name = "Ann"}));
  BOOST_TEST(must(store->change_counter()) != before);
}

BOOST_AUTO_TEST_SUITE_END()
