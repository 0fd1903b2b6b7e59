#pragma once

#include <string_view>

namespace callqueue {

/// Bytes, for a column that holds such. Only looked at: they must outlive the call.
struct Bytes {
  std::string_view data;
};

}  // namespace callqueue
