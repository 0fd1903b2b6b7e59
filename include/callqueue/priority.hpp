#pragma once

#include <limits>
#include <string_view>

namespace callqueue {

/// How urgent a queued call is within its user's queue; larger is sooner. A host replaces it in
/// `CallQueueOptions`.
///
/// Default: 100 when the contact has a non-blank name, plus the integer `priority` of its
/// user_data, saturating at the limits of `int`. (The rule of the document the project started
/// from.)
struct PriorityRule {
  int base = 0;             ///< What every queued call starts with.
  int named_contact = 100;  ///< Raise to favour contacts whose name is known even more.
};

/// Whether there is anything but white space in a contact's name.
[[nodiscard]] constexpr bool is_blank(std::string_view text) noexcept {
  return text.find_first_not_of(" \t\r\n\v\f") == std::string_view::npos;
}

/// @param custom the integer `priority` of the contact's user_data, 0 when absent.
[[nodiscard]] constexpr int priority(const PriorityRule& rule, std::string_view contact_name,
                                     int custom) noexcept {
  // Three ints cannot overflow a long long.
  const long long sum =
      0LL + rule.base + (is_blank(contact_name) ? 0 : rule.named_contact) + custom;
  if (sum > std::numeric_limits<int>::max()) return std::numeric_limits<int>::max();
  if (sum < std::numeric_limits<int>::min()) return std::numeric_limits<int>::min();
  return static_cast<int>(sum);
}

}  // namespace callqueue
