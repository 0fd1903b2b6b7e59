#pragma once

#include <string_view>

#include "callqueue/export.hpp"

namespace callqueue {

/// The version of the library that is linked in, as `major.minor.patch`.
[[nodiscard]] CALLQUEUE_API std::string_view version() noexcept;

}  // namespace callqueue
