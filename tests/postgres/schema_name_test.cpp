// `StoreOptions::schema`: where the tables lie.
#include <boost/test/unit_test.hpp>

#include <thread>

#include "two_users.hpp"

using namespace postgres_tests;

namespace {

StoreOptions in_schema(const std::string& name) {
  StoreOptions options;
  options.schema = name;
  return options;
}

std::vector<std::string> schemas(Connection& connection) {
  std::vector<std::string> names;
  auto rows = connection.query(
      "SELECT nspname::text FROM pg_namespace WHERE nspname !~ '^(pg_|information_schema)' ORDER "
      "BY 1");
  while (rows.step()) names.push_back(rows.get<std::string>(0));
  return names;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(schema_name)

BOOST_AUTO_TEST_CASE(migrate_makes_the_schema_and_everything_lies_there) {
  const FreshDatabase database;
  auto connection = database.connect();
  const std::string name = R"(Calls "of" ours; --)";
  const auto store = open_store(database.url(), in_schema(name)).value();
  store->migrate().value();

  user_with_everything(*store, "Ann");
  BOOST_TEST(store->verify().value().ok());
  const std::vector<std::string> expected{name, "public"};
  BOOST_TEST(schemas(connection) == expected, boost::test_tools::per_element());
  const char* const elsewhere =
      "SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace";
  BOOST_TEST(connection.value<std::int64_t>(elsewhere).value() == 0);
}

BOOST_AUTO_TEST_CASE(none_can_be_named_behind_a_pooler) {
  const FreshDatabase database;
  auto options = in_schema("calls");
  options.prepare_statements = false;
  const auto store = open_store(database.url(), options);
  BOOST_REQUIRE(!store.has_value());
  BOOST_TEST((store.error().code == ErrorCode::invalid_argument));
  BOOST_TEST(store.error().field == "schema");
}

BOOST_AUTO_TEST_CASE(two_schemas_of_a_database_know_nothing_of_each_other) {
  const FreshDatabase database;
  const auto one = open_store(database.url(), in_schema("one")).value();
  const auto two = open_store(database.url(), in_schema("two")).value();
  one->migrate().value();
  two->migrate().value();
  user_with_everything(*one, "Ann");
  BOOST_TEST(one->list_users({}).value().items.size() == 1U);
  BOOST_TEST(two->list_users({}).value().items.empty());
  BOOST_TEST(two->system_slots().value().active == 0);

  MigrateRequest down;
  down.to = 0;
  down.down = true;
  two->migrate(down).value();
  BOOST_TEST(one->verify().value().ok());
}

BOOST_AUTO_TEST_CASE(migrators_that_make_the_same_schema_do_not_collide) {
  const FreshDatabase database;
  std::vector<std::string> said(4);
  {
    std::vector<std::jthread> migrators;
    for (auto& what : said) {
      migrators.emplace_back([&] {
        const auto done = open_store(database.url(), in_schema("calls")).value()->migrate();
        what = done ? "done" : done.error().message;
      });
    }
  }
  for (const auto& what : said) BOOST_TEST(what == "done");
}

BOOST_AUTO_TEST_CASE(a_schema_that_is_not_there_is_not_migrated) {
  const FreshDatabase database;
  const auto store = open_store(database.url(), in_schema("nowhere")).value();
  const auto error = store->list_users({}).error();
  BOOST_CHECK(error.code == ErrorCode::corrupt);
  BOOST_TEST(error.message == "there is no schema nowhere");
  BOOST_TEST(store->verify().value().ok() == false);
  auto connection = database.connect();
  BOOST_TEST(schemas(connection).size() == 1U);
}

BOOST_AUTO_TEST_CASE(a_name_that_the_server_would_cut_off_is_refused) {
  const FreshDatabase database;
  BOOST_TEST(open_store(database.url(), in_schema(std::string(64, 'a'))).error().field == "schema");
  BOOST_TEST(open_store("sqlite::memory:", in_schema("calls")).error().field == "schema");
}

BOOST_AUTO_TEST_SUITE_END()
