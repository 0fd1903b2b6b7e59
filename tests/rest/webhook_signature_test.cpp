#include "webhook_signature.hpp"

#include <array>
#include <boost/test/unit_test.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <stdexcept>

#include "callqueue/digest.hpp"

using namespace rest;
using namespace std::chrono_literals;

namespace {

const std::string kOld = "the old secret, 1";
const std::string kNew = "the new secret, 2";
const std::string kBody = R"({"call_id": "x"})";
constexpr std::chrono::sys_seconds kNow{1'800'000'000s};

std::string signed_by(const std::string& secret, std::string_view timestamp,
                      std::string_view body = kBody) {
  const std::array<std::string_view, 3> parts{timestamp, ".", body};
  return "sha256=" + callqueue::hmac_sha256_hex(secret, parts);
}

bool gets_in(const WebhookSignature& check, std::string_view timestamp, std::string_view signature,
             std::string_view body = kBody) {
  return !check.refusal(timestamp, signature, body, kNow).has_value();
}

std::string at(std::chrono::seconds from_now) {
  return std::to_string((kNow + from_now).time_since_epoch().count());
}

}  // namespace

BOOST_AUTO_TEST_SUITE(webhook_signature)

// Computed by: printf '1800000000.{"call_id": "x"}' | openssl dgst -sha256 -hmac 'the old secret,
// 1'
BOOST_AUTO_TEST_CASE(it_is_what_openssl_computes) {
  BOOST_TEST(gets_in(WebhookSignature{{kOld}}, "1800000000",
                     "sha256=1d0bbc0e6d8c247fd8e08be2cb9c44de03b0fde6ff578fa7c836537078477bbe"));
}

BOOST_AUTO_TEST_CASE(any_of_the_secrets_is_good_and_no_other) {
  const auto now = at(0s);
  for (const auto& secret : {kOld, kNew}) {
    BOOST_TEST(gets_in(WebhookSignature{{kOld, kNew}}, now, signed_by(secret, now)));
  }
  BOOST_TEST(!gets_in(WebhookSignature{{kNew}}, now, signed_by(kOld, now)));
  BOOST_TEST(!gets_in(WebhookSignature{{}}, now, signed_by(kOld, now)));
  BOOST_TEST(!gets_in(WebhookSignature{{}}, now, signed_by("", now)));
}

BOOST_AUTO_TEST_CASE(it_holds_for_this_body_at_this_time_only) {
  const WebhookSignature check{{kOld}};
  const auto now = at(0s);
  const auto good = signed_by(kOld, now);
  BOOST_TEST(gets_in(check, now, good));
  BOOST_TEST(!gets_in(check, now, good, kBody + " "));
  BOOST_TEST(!gets_in(check, now, good, ""));
  BOOST_TEST(!gets_in(check, at(1s), good));
  // The same bytes in front of the key, cut elsewhere.
  BOOST_TEST(!gets_in(check, "180000000", good, "0." + kBody));
}

BOOST_AUTO_TEST_CASE(what_is_no_signature_is_refused) {
  const WebhookSignature check{{kOld}};
  const auto now = at(0s);
  const auto good = signed_by(kOld, now);
  for (const std::string& wrong :
       {std::string{}, std::string{"sha256="}, good.substr(7), "sha512=" + good.substr(7),
        good + "0", good.substr(0, good.size() - 1), good + '\0', " " + good,
        "sha256=" + std::string(64, '0'), std::string(100'000, 'a')}) {
    BOOST_TEST(!gets_in(check, now, wrong));
  }
}

BOOST_AUTO_TEST_CASE(it_is_good_for_five_minutes_either_way) {
  const WebhookSignature check{{kOld}};
  const auto gets_in_at = [&](std::chrono::seconds from_now) {
    return gets_in(check, at(from_now), signed_by(kOld, at(from_now)));
  };
  BOOST_TEST(gets_in_at(-300s));
  BOOST_TEST(gets_in_at(300s));
  BOOST_TEST(!gets_in_at(-301s));
  BOOST_TEST(!gets_in_at(301s));
}

BOOST_AUTO_TEST_CASE(a_timestamp_is_a_number_of_seconds) {
  const WebhookSignature check{{kOld}};
  for (const std::string& wrong :
       {std::string{}, std::string{"now"}, "-" + at(0s), "+" + at(0s), at(0s) + " ", " " + at(0s),
        at(0s) + ".0", at(0s) + "000", std::string{"0x6b49d200"}, std::string(30, '9'),
        std::string(12, '9'), "0000" + at(0s)}) {
    BOOST_TEST(!gets_in(check, wrong, signed_by(kOld, wrong)));
  }
}

BOOST_AUTO_TEST_CASE(there_are_one_or_two_secrets_that_cannot_be_guessed) {
  const auto parse = [](const char* text) { return parse_webhook_secrets(text).size(); };
  BOOST_TEST(parse("") == 0U);
  BOOST_TEST(parse(" \n") == 0U);
  BOOST_TEST(parse("0123456789abcdef\n") == 1U);
  BOOST_TEST(parse("0123456789abcdef  fedcba9876543210\n") == 2U);
  BOOST_CHECK_THROW(parse("0123456789abcde"), std::runtime_error);
  BOOST_CHECK_THROW(parse("0123456789abcdef x"), std::runtime_error);
  BOOST_CHECK_THROW(parse("0123456789abcdef 0123456789abcdef 0123456789abcdef"),
                    std::runtime_error);
  try {
    parse("short");
  } catch (const std::exception& refusal) {
    BOOST_TEST(std::string{refusal.what()}.find("short") == std::string::npos);  // Not in a log.
  }
}

BOOST_AUTO_TEST_CASE(secrets_come_from_a_file_or_from_the_environment) {
  const auto file = std::filesystem::temp_directory_path() /
                    ("callqueue_secret_" + std::to_string(std::rand()) + ".txt");
  const auto write = [&](std::string_view text) { std::ofstream{file} << text; };
  ::setenv("CALLQUEUE_WEBHOOK_SECRET", "of_the_environment", 1);
  BOOST_TEST(webhook_secrets("") == std::vector<std::string>{"of_the_environment"},
             boost::test_tools::per_element());
  write("0123456789abcdef\nfedcba9876543210\n");
  BOOST_TEST(webhook_secrets(file).size() == 2U);
  write("\n");
  BOOST_CHECK_THROW(webhook_secrets(file), std::runtime_error);
  std::filesystem::remove(file);
  BOOST_CHECK_THROW(webhook_secrets(file), std::runtime_error);
  ::unsetenv("CALLQUEUE_WEBHOOK_SECRET");
  BOOST_TEST(webhook_secrets("").empty());
}

BOOST_AUTO_TEST_SUITE_END()
