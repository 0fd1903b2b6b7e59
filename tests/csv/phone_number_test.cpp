#include <phonenumbers/phonenumber.pb.h>
#include <phonenumbers/phonenumberutil.h>

#include <rapidcheck.h>
#include <boost/test/unit_test.hpp>
#include <set>

#include "callqueue/csv_import.hpp"

using namespace callqueue;
using i18n::phonenumbers::PhoneNumber;
using i18n::phonenumbers::PhoneNumberUtil;

namespace {

/// The number, or the reason why it is none.
std::string normalized(std::string_view text, std::string_view region = {}) {
  const auto number = normalize_phone_number(text, region);
  if (number) return *number;
  BOOST_TEST((number.error().code == ErrorCode::invalid_argument));
  BOOST_TEST(number.error().field == "phone_number");
  return number.error().message;
}

bool says(const std::string& reason, const std::string& word) {
  return reason.find(word) != std::string::npos;
}

const PhoneNumberUtil& library() { return *PhoneNumberUtil::GetInstance(); }

}  // namespace

BOOST_AUTO_TEST_CASE(an_international_number_needs_no_region) {
  for (const auto* text :
       {"+493012345678", "+49 30 12345678", "+49 (30) 1234-5678", "+49.30.12345678",
        "+49 30/12345678", "0049 30 12345678", "0049(30)12345678", " +49 30 12345678 ",
        "(+49) 30 12345678", "'+493012345678", "+49 (0)30 12345678", "+49 (0) 30 12345678",
        "\xEF\xBC\x8B"
        "49 30 12345678",  // A plus of full width.
        "+49\xC2\xA0"
        "30\xE2\x80\xAF"
        "1234\xE2\x80\x93"
        "5678",                                        // No-break spaces, a dash.
        "\xE2\x80\xAA+49 30 12345678\xE2\x80\xAC"}) {  // Direction marks, as copied from phones.
    BOOST_TEST(normalized(text) == "+493012345678", text);
  }
  BOOST_TEST(normalized("+1 (415) 555-2671") == "+14155552671");
  BOOST_TEST(normalized("+44 (0)20 7946 0958") == "+442079460958");
  BOOST_TEST(normalized("+683 4123") == "+6834123");
}

BOOST_AUTO_TEST_CASE(what_programs_and_people_put_around_a_number_is_taken_off) {
  for (const auto* text :
       {"tel:+493012345678", "TEL:+49-30-12345678", "=\"+493012345678\"", "'tel:+493012345678",
        "\xE2\x81\xA6+493012345678\xE2\x81\xA9",  // Isolates, as copied from phones.
        "\xE2\x81\xA8+49 30\xE2\x80\x8B"
        "12345678\xE2\x81\xA9",       // A zero-width space.
        "\xEF\xBB\xBF+493012345678",  // A byte order mark.
        "+49\xE3\x80\x80"
        "30\xE3\x80\x80"
        "12345678",  // Ideographic spaces.
        "+49 30 1234\xC2\xAD"
        "5678"}) {  // A soft hyphen.
    BOOST_TEST(normalized(text) == "+493012345678", text);
  }
  BOOST_TEST(normalized("=\"030 12345678\"", "DE") == "+493012345678");
}

BOOST_AUTO_TEST_CASE(digits_of_other_scripts_are_digits) {
  BOOST_TEST(normalized("＋４９（３０）１２３４－５６７８") == "+493012345678");
  BOOST_TEST(normalized("+٤٩ ٣٠ ١٢٣٤٥٦٧٨") == "+493012345678");
  BOOST_TEST(normalized("+۴۹۳۰۱۲۳۴۵۶۷۸") == "+493012345678");
  BOOST_TEST(normalized("+९१ ९८७६५ ४३२१०") == "+919876543210");
  BOOST_TEST(normalized("+৮৮০ ১৮১২ ৩৪৫৬৭৮") == "+8801812345678");
  BOOST_TEST(normalized("+๖๖ ๘๑ ๒๓๔ ๕๖๗๘") == "+66812345678");
}

BOOST_AUTO_TEST_CASE(two_numbers_in_one_field_are_never_run_together) {
  for (const auto* text : {"030 12345 / 67890", "030 12345/67890", "+49 30 1234567 / 1234568",
                           "030 12345, 67890", "030 12345; 67890", "030 12345 | 67890",
                           "030 12345 & 67890", "030 12345\n67890", "030 12345\r\n67890",
                           "030 12345\xE2\x80\xA8"
                           "67890"}) {
    BOOST_TEST(says(normalized(text, "DE"), "Two numbers"), text);
  }
  // Behind an area code a slash is punctuation.
  BOOST_TEST(normalized("030 / 12345678", "DE") == "+493012345678");
  BOOST_TEST(normalized("033701/12345", "DE") == "+493370112345");
  BOOST_TEST(normalized("0049 33701 / 12345", "DE") == "+493370112345");
  BOOST_TEST(normalized("+49 (0) 33701 / 12345") == "+493370112345");
}

BOOST_AUTO_TEST_CASE(italian_numbers_keep_their_zero) {
  BOOST_TEST(normalized("+39 06 6982 1234") == "+390669821234");
  BOOST_TEST(normalized("06 6982 1234", "IT") == "+390669821234");
}

BOOST_AUTO_TEST_CASE(a_national_number_is_read_in_its_region) {
  BOOST_TEST(normalized("030 12345678", "DE") == "+493012345678");
  BOOST_TEST(normalized("(030) 1234-5678", "de") == "+493012345678");
  BOOST_TEST(normalized("0151/23456789", "DE") == "+4915123456789");
  BOOST_TEST(normalized("(415) 555-2671", "US") == "+14155552671");
  BOOST_TEST(normalized("1-415-555-2671", "US") == "+14155552671");
  BOOST_TEST(normalized("8 (495) 123-45-67", "RU") == "+74951234567");
  BOOST_TEST(normalized("98765 43210", "IN") == "+919876543210");
  BOOST_TEST(normalized("+33 1 42 68 53 00", "DE") == "+33142685300");
}

BOOST_AUTO_TEST_CASE(each_region_dials_abroad_in_its_own_way) {
  BOOST_TEST(normalized("011 49 30 12345678", "US") == "+493012345678");
  BOOST_TEST(normalized("0011 49 30 12345678", "AU") == "+493012345678");
  BOOST_TEST(normalized("001 49 30 12345678", "KR") == "+493012345678");
  BOOST_TEST(normalized("00 49 30 12345678", "FR") == "+493012345678");
  BOOST_TEST(normalized("0049 30 12345678", "US") == "+493012345678");  // Well meant all the same.
}

BOOST_AUTO_TEST_CASE(a_number_that_can_be_two_people_is_refused) {
  // A mobile number without its plus, or a landline in Leer without its zero?
  BOOST_TEST(says(normalized("4915112345678", "DE"), "with or without the country code 49"));
  BOOST_TEST(normalized("919876543210", "IN") == "+919876543210");  // Only one reading is valid.
}

BOOST_AUTO_TEST_CASE(a_number_damaged_by_a_spreadsheet_is_told_as_such) {
  for (const auto* text : {"9.19E+11", "9,19E+11", "9.19e11", "+9.19E+11", "9E+11", "4.9151E+12"}) {
    BOOST_TEST(says(normalized(text, "DE"), "spreadsheet"), text);
    BOOST_TEST(says(normalized(text, "DE"), "9.19E+11"), text);
  }
  for (const auto* text : {"4930123456.0", "+4930123456.00", "4930123456,0"}) {
    BOOST_TEST(says(normalized(text, "DE"), "decimal"), text);
  }
}

BOOST_AUTO_TEST_CASE(what_is_no_number_is_refused_with_its_reason) {
  BOOST_TEST(says(normalized(""), "missing"));
  BOOST_TEST(says(normalized(" \t"), "missing"));
  BOOST_TEST(says(normalized("+"), "missing"));
  BOOST_TEST(says(normalized("-"), "missing"));
  BOOST_TEST(says(normalized("+49 123"), "too short"));
  BOOST_TEST(says(normalized("+1 415 555"), "too short"));
  BOOST_TEST(says(normalized("12345", "US"), "too short"));
  BOOST_TEST(says(normalized("555-0123", "US"), "too short"));
  BOOST_TEST(says(normalized("112", "DE"), "too short"));
  BOOST_TEST(
      says(normalized("69098", "DE"), "too short"));  // Seven digits with the calling code: local.
  BOOST_TEST(says(normalized("+1 415 555 26711"), "too long"));
  BOOST_TEST(says(normalized("+49 30 1234567890123456"), "too long"));
  BOOST_TEST(says(normalized("030 123456723458", "DE"), "too long"));  // E.164 has 15 digits.
  BOOST_TEST(says(normalized(std::string(10'000, '1')), "too long"));
  BOOST_TEST(says(normalized("1-800-FLOWERS", "US"), "letters"));
  BOOST_TEST(says(normalized("+49 30 123456 ext. 7"), "letters"));
  BOOST_TEST(says(normalized("n/a"), "letters"));
  BOOST_TEST(says(normalized("+49 30 123456 +49 30 654321"), "character"));
  BOOST_TEST(says(normalized("++493012345678"), "character"));
  BOOST_TEST(says(normalized("49+3012345678"), "character"));
  BOOST_TEST(says(normalized("+49 30 \xD0\xB0 123456"), "character"));
  BOOST_TEST(says(normalized("+999 1234 5678"), "calling code"));
  BOOST_TEST(says(normalized("+0 1234 5678"), "calling code"));
  BOOST_TEST(says(normalized("030 12345678"), "no country code"));
  BOOST_TEST(says(normalized("0999 99999999999", "US"), "too long"));
  BOOST_TEST(says(normalized("000-000-0000", "US"), "00") == false);
  BOOST_TEST(says(normalized("100 200 3000", "US"), "no valid phone number in US"));
}

BOOST_AUTO_TEST_CASE(a_reason_never_repeats_the_number) {
  for (const auto* text : {"+49 123", "5551234567890123", "+999 1234 5678", "4915112345678"}) {
    const std::string reason = normalized(text, "DE");
    BOOST_TEST(!says(reason, "1234"));
  }
}

BOOST_AUTO_TEST_CASE(an_unknown_region_is_refused) {
  for (const auto* region : {"XX", "D", "DEU", "49", "Germany", "\xFF\xFF"}) {
    const auto number = normalize_phone_number("+493012345678", region);
    BOOST_REQUIRE(!number);
    BOOST_TEST(number.error().field == "default_region");
  }
}

BOOST_AUTO_TEST_CASE(every_example_number_of_every_region_is_understood) {
  std::set<std::string> regions;
  library().GetSupportedRegions(&regions);
  BOOST_TEST(regions.size() > 200u);
  for (const std::string& region : regions) {
    for (const auto type : {PhoneNumberUtil::FIXED_LINE, PhoneNumberUtil::MOBILE}) {
      PhoneNumber example;
      if (!library().GetExampleNumberForType(region, type, &example)) continue;
      std::string expected;
      library().Format(example, PhoneNumberUtil::E164, &expected);
      if (expected.size() < 9 && region != "NU") continue;  // Shorter than we call.
      for (const auto format : {PhoneNumberUtil::E164, PhoneNumberUtil::INTERNATIONAL}) {
        std::string text;
        library().Format(example, format, &text);
        BOOST_TEST(normalized(text) == expected, region << ' ' << text);
        BOOST_TEST(normalized("00" + text.substr(1)) == expected, region << ' ' << text);
      }
      std::string national;
      library().Format(example, PhoneNumberUtil::NATIONAL, &national);
      const std::string read = normalized(national, region);
      BOOST_TEST((read == expected || says(read, "with or without")),
                 region << ' ' << national << ": " << read);
    }
  }
}

BOOST_AUTO_TEST_CASE(the_fast_path_agrees_with_the_library_about_codes_and_lengths) {
  BOOST_TEST(rc::check("codes and lengths", [] {
    // No zero, so that no trunk prefix is taken out.
    const auto digits = *rc::gen::container<std::string>(*rc::gen::inRange<std::size_t>(8, 17),
                                                         rc::gen::inRange<char>('1', '9' + 1));
    PhoneNumber number;
    const bool parsed =
        library().Parse('+' + digits, "ZZ", &number) == PhoneNumberUtil::NO_PARSING_ERROR;
    std::string expected;
    if (parsed) library().Format(number, PhoneNumberUtil::E164, &expected);
    const bool possible =
        parsed && library().IsPossibleNumberWithReason(number) == PhoneNumberUtil::IS_POSSIBLE &&
        expected.size() <= 16;
    const auto read = normalize_phone_number('+' + digits);
    RC_ASSERT(read.has_value() == possible);
    // The library takes a trunk prefix out also where none stands after a calling code (the 8 of
    // Russia): what was written is what is called.
    if (read) RC_CLASSIFY(*read != expected);
  }));
}

BOOST_AUTO_TEST_CASE(any_bytes_are_a_number_or_not) {
  BOOST_TEST(rc::check("any bytes", [](const std::string& bytes) {
    const auto read = normalize_phone_number(bytes, *rc::gen::element("", "DE", "US", "RU"));
    if (!read) return;
    RC_ASSERT(read->size() >= 8u && read->size() <= 16u);
    RC_ASSERT(read->find_first_not_of("0123456789", 1) == std::string::npos);
    RC_ASSERT(normalize_phone_number(*read).value() == *read);
  }));
  BOOST_TEST(rc::check("digits and punctuation", [] {
    const auto text =
        *rc::gen::container<std::string>(rc::gen::elementOf(std::string{"0123456789+-() /.E'"}));
    const auto read = normalize_phone_number(text, *rc::gen::element("", "DE", "US", "RU"));
    if (read) RC_ASSERT(normalize_phone_number(*read).value() == *read);
  }));
}
