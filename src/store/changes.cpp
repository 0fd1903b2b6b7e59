#include "store/changes.hpp"

#include <algorithm>

namespace callqueue {
namespace {

/// PostgreSQL carries 8,000 bytes; an id has 36.
constexpr std::size_t kMostUsers = 100;
constexpr std::string_view kStart = "start";
constexpr std::string_view kChange = "change";

/// Cuts off the first word.
std::string_view next_word(std::string_view& text) {
  const auto end = std::min(text.find(' '), text.size());
  const auto word = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return word;
}

}  // namespace

void merge(Changes& changes, const Changes& more) {
  changes.may_start = changes.may_start || more.may_start;
  changes.everyone = changes.everyone || more.everyone;
  for (const auto user : more.users) {
    const auto& known = changes.users;
    if (std::find(known.begin(), known.end(), user) == known.end()) changes.users.push_back(user);
  }
  changes.everyone = changes.everyone || changes.users.size() > kMostUsers;
  if (changes.everyone) changes.users.clear();
}

std::string to_text(const Changes& changes) {
  std::string text{changes.may_start ? kStart : kChange};
  if (changes.everyone) return text + " *";
  for (const auto user : changes.users) text += ' ' + to_text(user);
  return text;
}

Changes parse_changes(std::string_view text) {
  const auto kind = next_word(text);
  if (kind != kStart && kind != kChange) return Changes::of_everyone();
  Changes changes{.may_start = kind == kStart};
  while (!text.empty()) {
    const auto user = parse_uuid(next_word(text));
    if (user) {
      changes.users.push_back(UserId{*user});
    } else {
      changes.everyone = true;
    }
  }
  if (!changes.any()) return Changes::of_everyone();
  if (changes.everyone) changes.users.clear();
  return changes;
}

}  // namespace callqueue
