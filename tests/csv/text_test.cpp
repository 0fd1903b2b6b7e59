#include "csv/text.hpp"
#include "json/json_value.hpp"
#include "json_text.hpp"
#include "utf8.hpp"

#include <rapidcheck.h>
#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

using namespace callqueue;
using namespace callqueue::csv;

BOOST_AUTO_TEST_CASE(json_texts_read_back) {
  BOOST_TEST(rc::check("against another library", [] {
    const auto text = *rc::gen::container<std::string>(rc::gen::inRange<char>(0, 127)) +
                      *rc::gen::element<std::string>("", "\xC3\xA9", "\xF0\x9F\x98\x80\"\\");
    std::string json = "\"";
    append_escaped(json, text);
    json += '"';
    RC_ASSERT(nlohmann::json::parse(json).get<std::string>() == text);
  }));
}

BOOST_AUTO_TEST_CASE(a_text_is_written_alike_in_a_row_and_in_a_model) {
  for (int byte = 0; byte < 0x80; ++byte) {
    std::string json = "\"";
    append_escaped(json, std::string{'a', static_cast<char>(byte), 'b'});
    json += '"';
    BOOST_TEST(json == json::Json(std::string{'a', static_cast<char>(byte), 'b'}).text());
  }
  std::string all;
  append_escaped(all, "\b\f\n\r\t\x1f\"\\/\xC3\xA9");
  BOOST_TEST(all == "\\b\\f\\n\\r\\t\\u001f\\\"\\\\/\xC3\xA9");
}

BOOST_AUTO_TEST_CASE(a_shown_text_is_short_valid_and_made_of_whole_characters) {
  BOOST_TEST(shown("Jürgen", 200) == "Jürgen");
  BOOST_TEST(shown("Jürgen", 2) == "J");
  BOOST_TEST(shown("J\xFCrgen", 200) == "J\xEF\xBF\xBDrgen");
  BOOST_TEST(shown(std::string_view{"a\0b", 3}, 200) ==
             "a\xEF\xBF\xBD"
             "b");
  BOOST_TEST(rc::check("any bytes", [](const std::string& bytes) {
    const auto most = *rc::gen::inRange<std::size_t>(0, 30);
    const std::string text = shown(bytes, most);
    RC_ASSERT(text.size() <= most);
    RC_ASSERT(is_clean_text(text));
    if (is_clean_text(bytes)) RC_ASSERT(bytes.starts_with(text));
  }));
}

BOOST_AUTO_TEST_CASE(trimming_takes_white_space_of_spreadsheets_too) {
  BOOST_TEST(trimmed(" \t\xC2\xA0 a b \xC2\xA0\r\n") == "a b");
  BOOST_TEST(trimmed(" \xC2\xA0") == "");
  BOOST_TEST(trimmed("\xEF\xBB\xBF\xE2\x80\x8E"
                     "é\xE2\x81\xA9\xE3\x80\x80") == "é");
  BOOST_TEST(trimmed("\xE2\x82\xAC") == "\xE2\x82\xAC");  // The euro sign begins like them.
  BOOST_TEST(trimmed("") == "");
}

BOOST_AUTO_TEST_CASE(characters_are_counted_not_bytes) {
  BOOST_TEST(characters("Jürgen 😀") == 8u);
  BOOST_TEST(characters("") == 0u);
}
