#pragma once

#include <string_view>

namespace callqueue {

/// The version of the library that is linked in, as `major.minor.patch`.
[[nodiscard]] std::string_view version() noexcept;

}  // namespace callqueue
