#pragma once

#include <algorithm>
#include <string_view>

namespace callqueue {

/// Whether it is a phone number as contacts have it: a plus sign, then 7 to 15 digits.
[[nodiscard]] constexpr bool is_e164(std::string_view number) noexcept {
  return number.size() >= 8 && number.size() <= 16 && number[0] == '+' && number[1] != '0' &&
         std::all_of(number.begin() + 1, number.end(), [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace callqueue
