#include "api.hpp"

#include <nlohmann/json.hpp>

namespace rest {

using namespace callqueue;

Result<Page> page_of(const Request& request) {
  Page page;
  if (const auto limit = request.parameter("limit")) {
    const auto* const end = limit->data() + limit->size();
    const auto read = std::from_chars(limit->data(), end, page.limit);
    if (read.ec != std::errc{} || read.ptr != end || page.limit < 1 || page.limit > 1000) {
      return fail(ErrorCode::invalid_argument, "limit must be from 1 to 1000", "limit");
    }
  }
  page.cursor = request.parameter("cursor").value_or("");
  return page;
}

std::string page_of(const std::string& items, const std::string& next_cursor) {
  const auto next = next_cursor.empty() ? "null" : nlohmann::json(next_cursor).dump();
  return "{\"items\":[" + items + "],\"next_cursor\":" + next + '}';
}

}  // namespace rest
