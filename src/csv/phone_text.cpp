#include "csv/phone_text.hpp"

#include <algorithm>

namespace callqueue::csv {
namespace {

constexpr std::size_t kMostDigits = 30;  // E.164 has 15; room for a dialling prefix before them.

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

/// Length of the punctuation that `text` starts with, 0 when there is none.
std::size_t punctuation(std::string_view text) {
  if (std::string_view{" \t-.()/"}.find(text.front()) != std::string_view::npos) return 1;
  if (text.starts_with("\xC2\xA0")) return 2;  // No-break space.
  if (text.size() < 3) return 0;
  const auto second = static_cast<unsigned char>(text[1]);
  const auto third = static_cast<unsigned char>(text[2]);
  if (text[0] == '\xE2' && second == 0x80) {
    // U+2000 to U+2015: spaces, direction marks, hyphens and dashes. U+2028 to U+202F: separators,
    // embeddings, the narrow no-break space.
    return third <= 0x95 || (third >= 0xA8 && third <= 0xAF) ? 3 : 0;
  }
  // Minus sign, word joiner, byte order mark within the text.
  for (const std::string_view mark : {"\xE2\x88\x92", "\xE2\x81\xA0", "\xEF\xBB\xBF"}) {
    if (text.starts_with(mark)) return 3;
  }
  return 0;
}

/// Length of the plus sign that `text` starts with, 0 when there is none.
std::size_t plus_sign(std::string_view text) {
  if (text.starts_with('+')) return 1;
  return text.starts_with("\xEF\xBC\x8B") ? 3 : 0;  // Full width.
}

}  // namespace

Result<PhoneDigits> read_phone_digits(std::string_view text) {
  const auto first = text.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) return bad_phone_number("The phone number is missing.");
  text = text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
  if (text.front() == '\'') text.remove_prefix(1);
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
    const char c = text.front();
    if (is_digit(c)) {
      if (read.digits.size() == kMostDigits) return bad_phone_number("The number is too long.");
      read.digits += c;
      text.remove_prefix(1);
    } else if (const auto size = punctuation(text); size > 0) {
      text.remove_prefix(size);
    } else if (const auto plus = plus_sign(text); plus > 0 && !read.plus && read.digits.empty()) {
      read.plus = true;
      text.remove_prefix(plus);
    } else if (is_letter(c)) {
      return bad_phone_number("The number contains letters; it may have digits only.");
    } else {
      return bad_phone_number("The number contains a character that no phone number has.");
    }
  }
  if (read.digits.empty()) return bad_phone_number("The phone number is missing.");
  return read;
}

}  // namespace callqueue::csv
