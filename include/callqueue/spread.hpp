#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "callqueue/calling_rules.hpp"
#include "callqueue/time.hpp"

namespace callqueue {

/// `count` instants at equal distances from `begins`, all before `ends`, in order; computed when
/// asked for, so that a list of a million takes no memory.
struct EvenSpread {
  std::size_t count = 0;
  Instant begins{};
  Instant ends{};  ///< Not before `begins`.

  /// @pre `index < count`.
  [[nodiscard]] Instant at(std::size_t index) const noexcept;
};

/// Even distribution of `count` calls over the open time of one window: the interval that is open
/// at `from` or opens next, a day of it at most. The first is due when it opens (or at `from`).
///
/// @return nothing when no interval opens any more.
[[nodiscard]] std::optional<EvenSpread> spread_over(std::size_t count, const CallingRules& rules,
                                                    const TimeZone& zone, Instant from);

/// `spread_over`, every instant of it: `count` of them, non-decreasing; empty when no interval
/// opens any more.
[[nodiscard]] std::vector<Instant> spread(std::size_t count, const CallingRules& rules,
                                          const TimeZone& zone, Instant from);

}  // namespace callqueue

#include "callqueue/detail/spread_impl.hpp"
