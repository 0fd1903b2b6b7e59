#pragma once

#include <algorithm>
#include <chrono>

namespace callqueue::postgres {

/// How long to leave a server alone after one more failure: twice as long as after the last one.
[[nodiscard]] inline std::chrono::steady_clock::duration next_backoff(
    std::chrono::steady_clock::duration last, std::chrono::milliseconds longest) {
  constexpr std::chrono::milliseconds kShortest{100};
  return std::clamp<std::chrono::steady_clock::duration>(last * 2, kShortest, longest);
}

}  // namespace callqueue::postgres
