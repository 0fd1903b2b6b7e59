#pragma once

#include <string>
#include <string_view>

namespace callqueue {

/// The number as a telephone dials it, to tell whether two are the same: without what only helps
/// the eye, and with `+` for the international prefix `00`. An address that holds anything else
/// stays as it is.
[[nodiscard]] inline std::string dialed_number(std::string_view written) {
  constexpr std::string_view for_the_eye = " \t-./()";
  std::string number;
  for (const char c : written) {
    if (for_the_eye.find(c) != std::string_view::npos) continue;
    const bool belongs = (c >= '0' && c <= '9') || (c == '+' && number.empty());
    if (!belongs) return std::string{written};
    number += c;
  }
  if (number.starts_with("00")) number.replace(0, 2, "+");
  return number;
}

}  // namespace callqueue
