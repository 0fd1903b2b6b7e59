#pragma once

#include <algorithm>
#include <cstdint>

#include "callqueue/spread.hpp"

namespace callqueue {

inline Instant EvenSpread::at(std::size_t index) const noexcept {
  const auto length = static_cast<std::uint64_t>((ends - begins).count());
  // In two parts, so that no product leaves 64 bits.
  const std::uint64_t whole = length / count;
  const std::uint64_t rest = length % count;
  const auto distance = static_cast<std::int64_t>(whole * index + rest * index / count);
  return begins + std::chrono::microseconds{distance};
}

inline std::optional<EvenSpread> spread_over(std::size_t count, const CallingRules& rules,
                                             const TimeZone& zone, Instant from) {
  const auto open = next_open_interval(rules, zone, from);
  if (!open) return std::nullopt;
  const Instant begins = std::max(from, open->opens_at);
  return EvenSpread{.count = count,
                    .begins = begins,
                    .ends = std::min(open->closes_at, begins + std::chrono::days{1})};
}

inline std::vector<Instant> spread(std::size_t count, const CallingRules& rules,
                                   const TimeZone& zone, Instant from) {
  const auto even = spread_over(count, rules, zone, from);
  if (!even) return {};
  std::vector<Instant> due(count);
  for (std::size_t i = 0; i < count; ++i) due[i] = even->at(i);
  return due;
}

}  // namespace callqueue
