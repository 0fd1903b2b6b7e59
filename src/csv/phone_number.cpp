#include "csv/phone_number.hpp"

#include <phonenumbers/phonenumber.pb.h>
#include <phonenumbers/phonenumberutil.h>

#include <array>
#include <set>

#include "callqueue/csv_import.hpp"

namespace callqueue::csv {
namespace {

using i18n::phonenumbers::PhoneNumber;
using i18n::phonenumbers::PhoneNumberUtil;

constexpr std::size_t kMostDigits = 15;  // E.164.
constexpr const char* kNoRegion = "ZZ";

/// Numbers of less than eight digits, calling code and all, are local, but for Niue's of seven.
constexpr bool is_long_enough(int code, std::size_t digits) noexcept {
  return digits >= 8 || (code == 683 && digits == 7);
}

const PhoneNumberUtil& library() { return *PhoneNumberUtil::GetInstance(); }

/// For every calling code the lengths that its national numbers may have, one bit each; 0: no such
/// code. Taken from the library, so that both always agree.
class CallingCodes {
 public:
  CallingCodes() {
    std::set<int> codes;
    library().GetSupportedCallingCodes(&codes);
    for (const int code : codes) lengths_[static_cast<std::size_t>(code)] = possible_lengths(code);
  }

  /// Whether `digits` is a calling code followed by a national number of a length it may have. Not
  /// when a trunk zero may stand between them: taking that out is the library's business.
  [[nodiscard]] bool is_plain(std::string_view digits) const noexcept {
    std::size_t code = 0;
    for (std::size_t size = 1; size <= 3 && size < digits.size(); ++size) {
      code = code * 10 + static_cast<std::size_t>(digits[size - 1] - '0');
      if (code == 0) return false;
      // No calling code is the beginning of another.
      if (lengths_[code] == 0) continue;
      const std::size_t rest = digits.size() - size;
      return digits[size] != '0' && rest < 16 && (lengths_[code] >> rest & 1U) != 0;
    }
    return false;
  }

 private:
  static std::uint16_t possible_lengths(int code) {
    const std::size_t code_digits = std::to_string(code).size();
    unsigned lengths = 0;
    PhoneNumber number;
    number.set_country_code(code);
    std::uint64_t national = 0;
    for (std::size_t size = 1; size + code_digits <= kMostDigits; ++size) {
      national = national * 10 + 2;
      number.set_national_number(national);
      if (is_long_enough(code, size + code_digits) &&
          library().IsPossibleNumberWithReason(number) == PhoneNumberUtil::IS_POSSIBLE) {
        lengths |= 1U << size;
      }
    }
    // A code whose every length was refused is still one.
    return static_cast<std::uint16_t>(lengths != 0 ? lengths : 1U);
  }

  std::array<std::uint16_t, 1000> lengths_{};
};

const CallingCodes& calling_codes() {
  static const CallingCodes codes;
  return codes;
}

tl::unexpected<Error> too_short() { return bad_phone_number("The number is too short."); }
tl::unexpected<Error> too_long() { return bad_phone_number("The number is too long."); }

std::string to_e164(const PhoneNumber& number) {
  std::string text;
  library().Format(number, PhoneNumberUtil::E164, &text);
  return text;
}

/// Parses and checks the length.
Result<PhoneNumber> parse(const std::string& text, const std::string& region) {
  PhoneNumber number;
  switch (library().Parse(text, region, &number)) {
    case PhoneNumberUtil::NO_PARSING_ERROR: break;
    case PhoneNumberUtil::INVALID_COUNTRY_CODE_ERROR:
      return bad_phone_number("No country has the calling code that this number starts with.");
    case PhoneNumberUtil::TOO_LONG_NSN: return too_long();
    default: return too_short();
  }
  switch (library().IsPossibleNumberWithReason(number)) {
    case PhoneNumberUtil::IS_POSSIBLE: break;
    case PhoneNumberUtil::TOO_LONG: return too_long();
    case PhoneNumberUtil::IS_POSSIBLE_LOCAL_ONLY:
    case PhoneNumberUtil::TOO_SHORT: return too_short();
    default: return bad_phone_number("No number of this country has that length.");
  }
  // The library knows countries whose numbers may be longer, and local ones.
  const std::size_t size = to_e164(number).size() - 1;
  if (size > kMostDigits) return too_long();
  if (!is_long_enough(number.country_code(), size)) return too_short();
  return number;
}

/// @param digits calling code and national number.
Result<std::string> international(const std::string& digits) {
  if (calling_codes().is_plain(digits)) return '+' + digits;
  const auto number = parse('+' + digits, kNoRegion);
  if (!number) return tl::unexpected(number.error());
  if (number->italian_leading_zero() && !library().IsValidNumber(*number)) {
    return bad_phone_number("The number does not exist: no country assigns it.");
  }
  return to_e164(*number);
}

}  // namespace

Result<PhoneNormalizer> PhoneNormalizer::create(std::string_view region) {
  PhoneNormalizer normalizer;
  if (region.empty()) return normalizer;
  for (const char c : region.substr(0, 3)) {
    normalizer.region_ += c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  }
  const int code = region.size() == 2 ? library().GetCountryCodeForRegion(normalizer.region_) : 0;
  if (code == 0) {
    return fail(ErrorCode::invalid_argument,
                "unknown default region; use a code of two letters such as DE", "default_region");
  }
  normalizer.calling_code_ = std::to_string(code);
  PhoneNumber berlin;
  normalizer.dials_00_ = library().Parse("004930123456", normalizer.region_, &berlin) ==
                             PhoneNumberUtil::NO_PARSING_ERROR &&
                         to_e164(berlin) == "+4930123456";
  return normalizer;
}

Result<std::string> PhoneNormalizer::national(const std::string& digits) const {
  const auto number = parse(digits, region_);
  if (!number) return tl::unexpected(number.error());
  if (!library().IsValidNumber(*number)) {
    return bad_phone_number("This is no valid phone number in " + region_ + ".");
  }
  std::string text = to_e164(*number);
  // Calling the wrong person is worse than asking again.
  PhoneNumber abroad;
  if (digits.starts_with(calling_code_) &&
      library().Parse('+' + digits, kNoRegion, &abroad) == PhoneNumberUtil::NO_PARSING_ERROR &&
      library().IsValidNumber(abroad) && to_e164(abroad) != text) {
    return bad_phone_number("The number can be read with or without the country code " +
                            calling_code_ + ": write it with + in front.");
  }
  return text;
}

Result<std::string> PhoneNormalizer::normalize(std::string_view text) const {
  auto read = read_phone_digits(text);
  if (!read) return tl::unexpected(std::move(read.error()));
  std::string& digits = read->digits;
  if (read->plus) return international(digits);
  if (digits.starts_with("00")) {
    // Some regions begin an international number otherwise (011, 0011, 010): theirs goes first.
    if (!dials_00_) {
      if (auto number = national(digits)) return number;
    }
    return international(digits.substr(2));
  }
  if (region_.empty()) {
    return bad_phone_number(
        "The number has no country code: write it like +49 30 1234567, or name the country of "
        "national numbers when importing.");
  }
  return national(digits);
}

}  // namespace callqueue::csv

namespace callqueue {

Result<std::string> normalize_phone_number(std::string_view text, std::string_view default_region) {
  struct Known {
    std::string region;
    csv::PhoneNormalizer normalizer;
  };
  thread_local Known last;
  if (last.region != default_region) {
    auto created = csv::PhoneNormalizer::create(default_region);
    if (!created) return tl::unexpected(std::move(created.error()));
    last = {std::string{default_region}, std::move(*created)};
  }
  return last.normalizer.normalize(text);
}

}  // namespace callqueue
