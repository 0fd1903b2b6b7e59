#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace callqueue {

/// Which part of a list is wanted. Lists are in a fixed order, so pages neither repeat nor skip
/// rows that stay.
struct Page {
  int limit = 50;        ///< 1 to 1,000.
  std::string cursor{};  ///< Empty: from the start; else the `next_cursor` of the page before.
};

/// One page of a list.
template <class T>
struct PageOf {
  std::vector<T> items{};
  std::string next_cursor{};  ///< Empty on the last page. Opaque.
};

}  // namespace callqueue
