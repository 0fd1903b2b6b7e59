#pragma once

#include <chrono>
#include <compare>
#include <optional>
#include <string>
#include <string_view>

#include "callqueue/result.hpp"

namespace callqueue {

/// A point in time, UTC, in microseconds since 1970 (the resolution of both databases).
using Instant = std::chrono::sys_time<std::chrono::microseconds>;

/// A calendar date without a zone. Never converted on storage.
using LocalDate = std::chrono::year_month_day;

/// A time of day without a zone: seconds since local midnight, 0 to 86,400 (24:00, the end of the
/// day).
using TimeOfDay = std::chrono::seconds;

/// A span of time; both ends are inside it: a window that closes at 18:00 is open at
/// 18:00:00.000000.
struct Interval {
  Instant opens_at{};
  Instant closes_at{};

  [[nodiscard]] constexpr bool contains(Instant at) const noexcept {
    return opens_at <= at && at <= closes_at;
  }
  friend constexpr auto operator<=>(const Interval&, const Interval&) = default;
};

/// `2026-03-29T01:00:00.000000Z`. RFC 3339 has the years 1 to 9999: what lies outside is written as
/// the first or the last instant of these.
[[nodiscard]] std::string to_text(Instant at);
/// `2026-03-29`.
[[nodiscard]] std::string to_text(LocalDate date);
/// `09:00`, or `09:00:30` when it has seconds. 24:00 is `24:00`.
[[nodiscard]] std::string time_of_day_to_text(TimeOfDay time);

/// Reads RFC 3339: `2026-03-29T01:00:00Z`, with up to six decimals, and an offset (`+02:00`)
/// instead of `Z`; the year is 1 to 9999 in UTC as well.
/// @return `invalid_argument` naming `field` for anything else.
[[nodiscard]] Result<Instant> parse_instant(std::string_view text,
                                            std::string_view field = "instant");
/// Reads `YYYY-MM-DD`; the date must exist. @return `invalid_argument` naming `field` otherwise.
[[nodiscard]] Result<LocalDate> parse_local_date(std::string_view text,
                                                 std::string_view field = "date");
/// Reads `HH:MM` or `HH:MM:SS`, 00:00 to 24:00. @return `invalid_argument` naming `field`
/// otherwise.
[[nodiscard]] Result<TimeOfDay> parse_time_of_day(std::string_view text,
                                                  std::string_view field = "time");

}  // namespace callqueue

#include "callqueue/detail/time_text.hpp"
