#include "callqueue/validate.hpp"

#include "services/small_world.hpp"

namespace {

using namespace small_world;

template <class Model, class Change>
std::string wrong(Model model, Change change) {
  change(model);
  return refused(validate(model), ErrorCode::invalid_argument);
}

const UserId some_user = parse_id<UserId>("0190b0a5-3c00-7abc-8def-0123456789ab").value();

BOOST_AUTO_TEST_SUITE(validation)

BOOST_AUTO_TEST_CASE(users_are_checked_by_field) {
  const User good{.name = "Ann", .email = "ann@example.com", .timezone = "Europe/Berlin"};
  value(validate(good));
  BOOST_TEST(wrong(good, [](auto& u) { u.name = ""; }) == "name");
  BOOST_TEST(wrong(good, [](auto& u) { u.timezone = "Nowhere"; }) == "timezone");
  BOOST_TEST(wrong(good, [](auto& u) { u.concurrent_calls_limit = -1; }) ==
             "concurrent_calls_limit");
  BOOST_TEST(wrong(good, [](auto& u) { u.system_concurrent_calls_limit = -1; }) ==
             "system_concurrent_calls_limit");
  for (const auto* email : {"ann", "@x", "ann@", "a@b@c", "a b@c", "a@b\n"}) {
    BOOST_TEST(wrong(good, [&](auto& u) { u.email = email; }) == "email");
  }
}

BOOST_AUTO_TEST_CASE(a_limit_of_zero_is_a_limit) {
  value(validate(User{.name = "Ann", .concurrent_calls_limit = 0}));
}

BOOST_AUTO_TEST_CASE(agents_need_a_user_and_a_name) {
  const Agent good{.user_id = some_user, .name = "Voice"};
  value(validate(good));
  BOOST_TEST(wrong(good, [](auto& a) { a.user_id = {}; }) == "user_id");
  BOOST_TEST(wrong(good, [](auto& a) { a.name = "\t"; }) == "name");
}

BOOST_AUTO_TEST_CASE(contacts_need_a_number_in_e164) {
  const Contact good{.user_id = some_user, .phone_number = "+4930123456"};
  value(validate(good));
  for (const auto* number : {"", "+", "4930123456", "+0301234567", "+49 30 123456", "+123456",
                             "+1234567890123456", "+49301234a6"}) {
    BOOST_TEST(wrong(good, [&](auto& c) { c.phone_number = number; }) == "phone_number");
  }
  BOOST_TEST(wrong(good, [](auto& c) { c.notes = "\xfe"; }) == "notes");
  BOOST_TEST(wrong(good, [](auto& c) { c.company = std::string(256, 'c'); }) == "company");
  BOOST_TEST(wrong(good, [](auto& c) { c.timezone = "utc+1"; }) == "timezone");
}

BOOST_AUTO_TEST_CASE(names_are_counted_in_characters_not_bytes) {
  std::string long_name;
  for (int i = 0; i < 255; ++i) long_name += "ü";
  const Contact good{.user_id = some_user,
                     .name = long_name,
                     .phone_number = "+4930123456",
                     .email = long_name.substr(0, 2 * 253) + "@x",
                     .company = long_name};
  value(validate(good));
  BOOST_TEST(wrong(good, [](auto& c) { c.name += 'x'; }) == "name");
  BOOST_TEST(wrong(good, [](auto& c) { c.email += 'x'; }) == "email");
  BOOST_TEST(wrong(good, [](auto& c) { c.company += "ü"; }) == "company");
  const Agent agent{.user_id = some_user, .name = long_name};
  value(validate(agent));
  BOOST_TEST(wrong(agent, [](auto& a) { a.name += 'x'; }) == "name");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
