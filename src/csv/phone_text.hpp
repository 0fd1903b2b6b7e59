#pragma once

#include <string>
#include <string_view>

#include "callqueue/result.hpp"

namespace callqueue::csv {

/// What is written as a phone number, without its punctuation.
struct PhoneDigits {
  bool plus = false;  ///< It began with `+`.
  std::string digits;
};

/// Takes the punctuation out: blanks of any width, invisible marks, hyphens, brackets, dots, a
/// slash behind the area code, and what marks a text in a spreadsheet (an apostrophe, `="…"`) or a
/// link
/// (`tel:`). Digits of other scripts become ours.
///
/// @return `invalid_argument` (`phone_number`) when nothing is there, when there are letters or
/// other characters, for two numbers, and for what a spreadsheet has damaged (`9.19E+11`,
/// `4930123456.0`).
[[nodiscard]] Result<PhoneDigits> read_phone_digits(std::string_view text);

/// Why a text is no phone number, as an error of that field.
[[nodiscard]] inline tl::unexpected<Error> bad_phone_number(std::string reason) {
  return fail(ErrorCode::invalid_argument, std::move(reason), "phone_number");
}

}  // namespace callqueue::csv
