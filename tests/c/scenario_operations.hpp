#pragma once

#include <map>
#include <string>

#include "c/scenario_json.hpp"

namespace scenario {

using Operation = Json (*)(cq_store*, With&);
using Operations = std::map<std::string, Operation>;

/// The instant that the clock of every store shows.
extern std::int64_t now_is;
[[nodiscard]] cq_store* open_store(const char* url);

// By topic; `tests/scenarios/README.md` says what each does.
[[nodiscard]] Operations store_operations();
[[nodiscard]] Operations campaign_operations();
[[nodiscard]] Operations queue_operations();
[[nodiscard]] Operations call_operations();
[[nodiscard]] Operations core_operations();

}  // namespace scenario

/// Calls a function of the C API, of which the last argument is the error.
#define ASK(...)                            \
  do {                                      \
    cq_error* error = nullptr;              \
    const cq_status status = (__VA_ARGS__); \
    scenario::must(status, error);          \
  } while (false)
