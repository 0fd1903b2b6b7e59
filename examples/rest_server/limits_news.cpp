#include "limits_news.hpp"

#include <string>
#include <utility>

namespace rest {

Seen LimitsNews::operator()(News& news) {
  const auto user = store_.find_user(user_id_);
  const auto system = store_.system_slots();
  if (!user || !system) return Seen::nothing;
  const Limits now{.user = user->concurrent_calls_limit,
                   .ceiling = user->system_concurrent_calls_limit,
                   .system = system->limit};
  if (std::exchange(known_, now) == now) return Seen::all;
  news.push_back({"limits", "limits",
                  "{\"concurrent_calls_limit\":" + std::to_string(now.user) +
                      ",\"system_concurrent_calls_limit\":" + std::to_string(now.ceiling) +
                      ",\"system_limit\":" + std::to_string(now.system) + "}"});
  return Seen::all;
}

}  // namespace rest
