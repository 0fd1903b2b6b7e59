#include <simdjson.h>
#include <limits>
#include <string>

#include "callqueue/call_queue.hpp"

namespace callqueue {

Result<int> custom_priority(std::string_view user_data) {
  if (user_data.empty()) return 0;
  thread_local simdjson::dom::parser parser;
  simdjson::dom::object object;
  if (parser.parse(user_data.data(), user_data.size()).get(object) != simdjson::SUCCESS) {
    return fail(ErrorCode::invalid_argument, "user_data is not a JSON object", "user_data");
  }

  simdjson::dom::element value;
  if (object["priority"].get(value) != simdjson::SUCCESS) return 0;
  std::int64_t priority = 0;
  // A number with a fraction or an exponent is refused too: it is no integer in the file either.
  const bool is_integer = value.is<std::int64_t>() && value.get(priority) == simdjson::SUCCESS;
  if (!is_integer || priority < std::numeric_limits<int>::min() ||
      priority > std::numeric_limits<int>::max()) {
    return fail(ErrorCode::invalid_argument, "priority in user_data is not an integer of 32 bits",
                "priority");
  }
  return static_cast<int>(priority);
}

}  // namespace callqueue
