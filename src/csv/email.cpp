#include <algorithm>

#include "csv/row_check.hpp"

namespace callqueue::csv {
namespace {

constexpr bool is_letter_or_digit(char c) noexcept {
  // Bytes of other alphabets count as letters.
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         static_cast<unsigned char>(c) >= 0x80;
}

bool is_local_part(std::string_view local) noexcept {
  constexpr std::string_view others = "!#$%&'*+-/=?^_`{|}~.";
  return !local.empty() && local.size() <= 64 && local.front() != '.' && local.back() != '.' &&
         local.find("..") == std::string_view::npos &&
         std::all_of(local.begin(), local.end(), [&](char c) {
           return is_letter_or_digit(c) || others.find(c) != std::string_view::npos;
         });
}

bool is_label(std::string_view label) noexcept {
  return !label.empty() && label.size() <= 63 && label.front() != '-' && label.back() != '-' &&
         std::all_of(label.begin(), label.end(),
                     [](char c) { return is_letter_or_digit(c) || c == '-'; });
}

bool is_domain(std::string_view domain) noexcept {
  if (domain.find('.') == std::string_view::npos) return false;
  while (true) {
    const std::size_t dot = domain.find('.');
    if (!is_label(domain.substr(0, dot))) return false;
    if (dot == std::string_view::npos) return domain.size() >= 2;
    domain.remove_prefix(dot + 1);
  }
}

}  // namespace

std::string_view wrong_with_email(std::string_view address) noexcept {
  if (address.empty()) return {};
  if (address.size() > 254) return "The e-mail address is longer than 254 bytes.";
  const std::size_t at = address.rfind('@');
  if (at == std::string_view::npos) return "The e-mail address has no @.";
  if (!is_local_part(address.substr(0, at)) || !is_domain(address.substr(at + 1))) {
    return "This is no e-mail address; it should look like ann@example.com.";
  }
  return {};
}

}  // namespace callqueue::csv
