#include "csv/phone_text.hpp"

#include <algorithm>
#include <array>
#include <span>

#include "csv/text.hpp"

namespace callqueue::csv {
namespace {

constexpr std::size_t kMostDigitsRead =
    30;  // E.164 has 15; room for a dialling prefix before them.

constexpr bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }
constexpr bool is_letter(char c) noexcept {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

void skip_digits(std::string_view& text) {
  const auto end = std::find_if_not(text.begin(), text.end(), is_digit);
  text.remove_prefix(static_cast<std::size_t>(end - text.begin()));
}

/// `9.19E+11`, also with a comma: what a spreadsheet shows of a number that is too long for it.
bool is_scientific(std::string_view text) {
  if (text.starts_with('+')) text.remove_prefix(1);
  if (text.empty() || !is_digit(text.front())) return false;
  skip_digits(text);
  if (text.starts_with('.') || text.starts_with(',')) text.remove_prefix(1);
  skip_digits(text);
  if (!text.starts_with('E') && !text.starts_with('e')) return false;
  text.remove_prefix(1);
  if (text.starts_with('+') || text.starts_with('-')) text.remove_prefix(1);
  return !text.empty() && std::all_of(text.begin(), text.end(), is_digit);
}

/// `4930123456.0`: read as punctuation the dot would add a digit, and another person be called.
bool is_decimal(std::string_view text) {
  if (text.starts_with('+')) text.remove_prefix(1);
  const std::size_t before = text.size();
  skip_digits(text);
  if (before - text.size() < 7 || text.size() < 2 || (text[0] != '.' && text[0] != ',')) {
    return false;
  }
  return text.find_first_not_of('0', 1) == std::string_view::npos;
}

/// Without what spreadsheets and links put around a number: an apostrophe, `="…"`, `tel:`.
std::string_view unwrapped(std::string_view text) {
  text = trimmed(text);
  if (text.starts_with('\'')) text.remove_prefix(1);
  if (text.size() > 3 && text.starts_with("=\"") && text.ends_with('"')) {
    text = text.substr(2, text.size() - 3);
  }
  for (const std::string_view link : {"tel:", "Tel:", "TEL:"}) {
    if (text.starts_with(link)) text.remove_prefix(link.size());
  }
  return trimmed(text);
}

/// A digit and its size; 0: there is none.
struct Digit {
  std::size_t size = 0;
  char digit = 0;
};

/// A digit of another script.
Digit other_digit(std::string_view text) {
  if (static_cast<unsigned char>(text.front()) < 0x80) return {};
  constexpr std::array<std::string_view, 6> zeros = {
      "\xEF\xBC\x90", "\xD9\xA0",     "\xDB\xB0",       // Full width, Arabic, Persian.
      "\xE0\xA5\xA6", "\xE0\xA7\xA6", "\xE0\xB9\x90"};  // Devanagari, Bengali, Thai.
  for (const std::string_view zero : zeros) {
    const std::size_t lead = zero.size() - 1;
    if (text.size() <= lead || !text.starts_with(zero.substr(0, lead))) continue;
    const int value =
        static_cast<unsigned char>(text[lead]) - static_cast<unsigned char>(zero[lead]);
    if (value >= 0 && value <= 9) return {zero.size(), static_cast<char>('0' + value)};
  }
  return {};
}

/// Length of the sign of `list` that `text` starts with, 0 when there is none.
std::size_t one_of(std::string_view text, std::span<const std::string_view> list) {
  for (const std::string_view sign : list) {
    if (text.starts_with(sign)) return sign.size();
  }
  return 0;
}

// With their twins of full width.
constexpr std::array<std::string_view, 2> pluses = {"+", "\xEF\xBC\x8B"};
constexpr std::array<std::string_view, 2> slashes = {"/", "\xEF\xBC\x8F"};
constexpr std::array<std::string_view, 8> kPhoneSeparators = {
    ",", ";", "|", "&", "\n", "\r", "\xE2\x80\xA8", "\xE2\x80\xA9"};
// The last one is the minus sign.
constexpr std::array<std::string_view, 11> between_digits = {"-",
                                                             ".",
                                                             "(",
                                                             ")",
                                                             "/",
                                                             "\xEF\xBC\x88",
                                                             "\xEF\xBC\x89",
                                                             "\xEF\xBC\x8D",
                                                             "\xEF\xBC\x8E",
                                                             "\xEF\xBC\x8F",
                                                             "\xE2\x88\x92"};

/// Length of the punctuation that `text` starts with, 0 when there is none.
std::size_t punctuation(std::string_view text) {
  if (const auto size = blank(text)) return size;
  if (const auto size = one_of(text, between_digits)) return size;
  const std::string_view dash = text.substr(0, 3);
  return dash >= "\xE2\x80\x90" && dash <= "\xE2\x80\x95" ? 3 : 0;
}

/// Whether two numbers stand beside each other where `text` goes on: one is not to be called with
/// the digits of the other behind it. A slash may stand behind the area code.
bool starts_another_number(std::string_view text, const PhoneDigits& before) {
  if (one_of(text, kPhoneSeparators) > 0) return true;
  const bool is_international = before.plus || before.digits.starts_with("00");
  const std::size_t with_area_code = is_international ? 9 : 6;
  return one_of(text, slashes) > 0 && before.digits.size() > with_area_code;
}

/// Reads what is no plain digit. @return its size.
Result<std::size_t> read_sign(std::string_view text, PhoneDigits& read) {
  if (const auto digit = other_digit(text); digit.size > 0) {
    read.digits += digit.digit;
    return digit.size;
  }
  if (starts_another_number(text, read)) {
    return bad_phone_number("Two numbers seem to stand in this field: keep one.");
  }
  if (const auto size = punctuation(text)) return size;
  if (const auto size = one_of(text, pluses); size > 0 && !read.plus && read.digits.empty()) {
    read.plus = true;
    return size;
  }
  if (is_letter(text.front())) {
    return bad_phone_number(
        "The number contains letters; it may have digits only. An extension belongs in a column of "
        "its own.");
  }
  return bad_phone_number("The number contains a character that no phone number has.");
}

}  // namespace

Result<PhoneDigits> read_phone_digits(std::string_view text) {
  text = unwrapped(text);
  if (is_scientific(text)) {
    return bad_phone_number(
        "A spreadsheet has damaged this number: it was shortened like 9.19E+11 and its last digits "
        "are lost. Format the column as text, enter the numbers again and save as CSV.");
  }
  if (is_decimal(text)) {
    return bad_phone_number(
        "A spreadsheet or program has damaged this number: it ends like a decimal number. Format "
        "the column as text and export it again.");
  }

  PhoneDigits read;
  while (!text.empty()) {
    if (is_digit(text.front())) {
      read.digits += text.front();
      text.remove_prefix(1);
    } else {
      const auto size = read_sign(text, read);
      if (!size) return tl::unexpected(size.error());
      text.remove_prefix(*size);
    }
    if (read.digits.size() > kMostDigitsRead) return bad_phone_number("The number is too long.");
  }
  if (read.digits.empty()) return bad_phone_number("The phone number is missing.");
  return read;
}

}  // namespace callqueue::csv
