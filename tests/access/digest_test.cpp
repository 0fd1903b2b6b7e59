#include "callqueue/digest.hpp"

#include <boost/test/unit_test.hpp>
#include <vector>

using namespace callqueue;

namespace {

std::string hex(const std::array<std::uint8_t, 32>& digest) {
  std::string text;
  for (const auto byte : digest) {
    for (const int nibble : {byte >> 4, byte & 15}) text += "0123456789abcdef"[nibble];
  }
  return text;
}

std::string hmac(std::string_view key, const std::vector<std::string_view>& parts) {
  return hmac_sha256_hex(key, parts);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(digest)

// RFC 6234, 8.5, and the empty text.
BOOST_AUTO_TEST_CASE(sha256_gives_the_known_answers) {
  const auto of = [](std::string_view text) { return hex(sha256(text).value()); };
  BOOST_TEST(of("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  BOOST_TEST(of("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  BOOST_TEST(of("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq") ==
             "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
}

BOOST_AUTO_TEST_CASE(sha256_of_pieces_is_that_of_the_whole) {
  const std::string text = "any text, however it is cut into pieces: " + std::string(300, 'x');
  for (const std::size_t size : {1U, 7U, 64U, 1000U}) {
    Sha256 hash;
    for (std::size_t at = 0; at < text.size(); at += size) {
      hash.add(std::string_view{text}.substr(at, size));
    }
    BOOST_TEST(hex(hash.finish().value()) == hex(sha256(text).value()));
  }
}

// RFC 4231, cases 1, 2, 3 and 6.
BOOST_AUTO_TEST_CASE(hmac_gives_the_known_answers) {
  BOOST_TEST(hmac(std::string(20, '\x0b'), {"Hi There"}) ==
             "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
  BOOST_TEST(hmac("Jefe", {"what do ya want for nothing?"}) ==
             "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  BOOST_TEST(hmac(std::string(20, '\xaa'), {std::string(50, '\xdd')}) ==
             "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe");
  BOOST_TEST(
      hmac(std::string(131, '\xaa'), {"Test Using Larger Than Block-Size Key - Hash Key First"}) ==
      "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

BOOST_AUTO_TEST_CASE(parts_are_signed_one_behind_the_other) {
  const auto whole = hmac("Jefe", {"what do ya want for nothing?"});
  BOOST_TEST(hmac("Jefe", {"what do ya ", "", "want for nothing", "?"}) == whole);
  BOOST_TEST(hmac("Jefe", {"want for nothing?", "what do ya "}) != whole);
  BOOST_TEST(hmac("Jefe", {}).size() == 64U);
}

BOOST_AUTO_TEST_CASE(nothing_is_signed_by_an_empty_key) { BOOST_TEST(hmac("", {"text"}) == ""); }

BOOST_AUTO_TEST_CASE(texts_are_equal_that_are_the_same_and_not_empty) {
  BOOST_TEST(equal_in_constant_time("a", "a"));
  BOOST_TEST(equal_in_constant_time({"a\0b", 3}, {"a\0b", 3}));
  BOOST_TEST(!equal_in_constant_time({"a\0b", 3}, {"a\0c", 3}));
  BOOST_TEST(!equal_in_constant_time("secret", "secreT"));
  BOOST_TEST(!equal_in_constant_time("secret", "Secret"));
  BOOST_TEST(!equal_in_constant_time("secret", "secret "));
  BOOST_TEST(!equal_in_constant_time("secret", ""));
  BOOST_TEST(!equal_in_constant_time("", ""));
}

BOOST_AUTO_TEST_SUITE_END()
