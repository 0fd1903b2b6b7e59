#include <cstdlib>
#include <string_view>

#include "callqueue/json.hpp"

// Any bytes are an event or refused by the name of a field.

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace callqueue;
  const auto event = parse_call_event({reinterpret_cast<const char*>(data), size});
  if (event) {
    const bool names_a_call = !event->call_id.is_nil() || !event->provider_call_id.empty();
    const bool lasts = !event->duration || *event->duration >= std::chrono::seconds{0};
    if (!names_a_call || !lasts) std::abort();
  } else if (event.error().field.empty() || (event.error().code != ErrorCode::invalid_argument &&
                                             event.error().code != ErrorCode::not_found)) {
    std::abort();
  }
  return 0;
}
