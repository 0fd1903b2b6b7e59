#pragma once

#include <string>
#include <vector>

#include "cli/context.hpp"

namespace callqueue::cli {

/// Finds what people name on a command line. Throws `Refused` when there is no such thing.

/// Every item of a list that comes in pages; at most `limit`, 0: all.
template <class T, class Fetch>
std::vector<T> all_pages(Fetch fetch, std::size_t limit = 0) {
  std::vector<T> items;
  Page page{.limit = 1000, .cursor = {}};
  do {
    PageOf<T> part = value(fetch(page));
    for (auto& item : part.items) items.push_back(std::move(item));
    page.cursor = part.next_cursor;
  } while (!page.cursor.empty() && (limit == 0 || items.size() < limit));
  if (limit != 0 && items.size() > limit)
    items.erase(items.begin() + static_cast<long>(limit), items.end());
  return items;
}

/// By id or e-mail address.
[[nodiscard]] User find_user(Store& store, const std::string& text);
/// The users that `text` names: one, or all when it is empty.
[[nodiscard]] std::vector<User> find_users(Store& store, const std::string& text);
/// By id, or by name where the user has one agent of that name.
[[nodiscard]] Agent find_agent(Store& store, UserId user_id, const std::string& text);

/// By id; looked for among all users when none is named.
[[nodiscard]] CallCampaign find_campaign(Store& store, const std::string& user,
                                         const std::string& id);
[[nodiscard]] QueuedCall find_queued_call(Store& store, const std::string& user,
                                          const std::string& id);
[[nodiscard]] Call find_call(Store& store, const std::string& user, const std::string& id);

}  // namespace callqueue::cli
