#pragma once

#include <algorithm>
#include <array>
#include <cstdio>

#include "callqueue/time.hpp"

namespace callqueue {

namespace detail {

/// Reads exactly `digits` decimal digits at the front of `text` and takes them off.
[[nodiscard]] inline std::optional<int> take_number(std::string_view& text, std::size_t digits) {
  if (text.size() < digits) return std::nullopt;
  int value = 0;
  for (const char c : text.substr(0, digits)) {
    if (c < '0' || c > '9') return std::nullopt;
    value = value * 10 + (c - '0');
  }
  text.remove_prefix(digits);
  return value;
}

[[nodiscard]] inline bool take_char(std::string_view& text, std::string_view any_of) {
  if (text.empty() || any_of.find(text.front()) == std::string_view::npos) return false;
  text.remove_prefix(1);
  return true;
}

[[nodiscard]] inline std::optional<LocalDate> take_date(std::string_view& text) {
  const auto year = take_number(text, 4);
  if (!year || !take_char(text, "-")) return std::nullopt;
  const auto month = take_number(text, 2);
  if (!month || !take_char(text, "-")) return std::nullopt;
  const auto day = take_number(text, 2);
  if (!day) return std::nullopt;
  const LocalDate date{std::chrono::year{*year}, std::chrono::month{static_cast<unsigned>(*month)},
                       std::chrono::day{static_cast<unsigned>(*day)}};
  // There is no year 0 in either database.
  if (*year == 0 || !date.ok()) return std::nullopt;
  return date;
}

/// `HH:MM:SS`, or `HH:MM` where `seconds_optional`; each in its usual range, 24 only as 24:00:00.
[[nodiscard]] inline std::optional<TimeOfDay> take_time(std::string_view& text,
                                                        bool seconds_optional) {
  const auto hours = take_number(text, 2);
  if (!hours || !take_char(text, ":")) return std::nullopt;
  const auto minutes = take_number(text, 2);
  if (!minutes) return std::nullopt;
  std::optional<int> seconds = 0;
  if (!text.empty() && text.front() == ':') {
    text.remove_prefix(1);
    seconds = take_number(text, 2);
  } else if (!seconds_optional) {
    return std::nullopt;
  }
  if (!seconds || *minutes > 59 || *seconds > 59) return std::nullopt;
  const TimeOfDay time =
      std::chrono::hours{*hours} + std::chrono::minutes{*minutes} + std::chrono::seconds{*seconds};
  if (time > std::chrono::hours{24}) return std::nullopt;
  return time;
}

/// `.5` to `.123456`, or nothing at all. What is finer than a microsecond is cut off.
[[nodiscard]] inline std::optional<std::chrono::microseconds> take_fraction(
    std::string_view& text) {
  if (!take_char(text, ".")) return std::chrono::microseconds{0};
  int value = 0;
  int digits = 0;
  for (; digits < 6; ++digits) {
    const auto digit = take_number(text, 1);
    if (!digit) break;
    value = value * 10 + *digit;
  }
  if (digits == 0) return std::nullopt;
  for (; digits < 6; ++digits) value *= 10;
  while (take_number(text, 1)) {
  }
  return std::chrono::microseconds{value};
}

/// `Z`, `+02:00` or `-03:30`.
[[nodiscard]] inline std::optional<std::chrono::minutes> take_offset(std::string_view& text) {
  if (take_char(text, "Zz")) return std::chrono::minutes{0};
  const bool west = !text.empty() && text.front() == '-';
  if (!take_char(text, "+-")) return std::nullopt;
  const auto hours = take_number(text, 2);
  if (!hours || !take_char(text, ":")) return std::nullopt;
  const auto minutes = take_number(text, 2);
  if (!minutes || *hours > 23 || *minutes > 59) return std::nullopt;
  const auto offset = std::chrono::hours{*hours} + std::chrono::minutes{*minutes};
  return west ? -offset : offset;
}

// Of the years that RFC 3339 has; there is no year 0 in either database.
inline constexpr Instant first_written{std::chrono::sys_days{std::chrono::year{1} / 1 / 1}};
inline constexpr Instant last_written =
    Instant{std::chrono::sys_days{std::chrono::year{10'000} / 1 / 1}} -
    std::chrono::microseconds{1};

[[nodiscard]] inline std::optional<Instant> take_instant(std::string_view& text) {
  const auto date = take_date(text);
  if (!date || !take_char(text, "Tt ")) return std::nullopt;
  const auto time = take_time(text, false);
  if (!time || *time == std::chrono::hours{24}) return std::nullopt;
  const auto fraction = take_fraction(text);
  if (!fraction) return std::nullopt;
  const auto offset = take_offset(text);
  if (!offset) return std::nullopt;
  const Instant instant = std::chrono::sys_days{*date} + *time + *fraction - *offset;
  if (instant < first_written || instant > last_written) return std::nullopt;
  return instant;
}

}  // namespace detail

inline std::string to_text(LocalDate date) {
  std::array<char, 32> buffer{};
  const int size =
      std::snprintf(buffer.data(), buffer.size(), "%04d-%02u-%02u", static_cast<int>(date.year()),
                    static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()));
  return {buffer.data(), static_cast<std::size_t>(size)};
}

inline std::string to_text(Instant at) {
  at = std::clamp(at, detail::first_written, detail::last_written);
  const auto day = std::chrono::floor<std::chrono::days>(at);
  const std::chrono::hh_mm_ss time{at - day};
  std::array<char, 48> buffer{};
  const int size = std::snprintf(
      buffer.data(), buffer.size(), "T%02d:%02d:%02d.%06dZ", static_cast<int>(time.hours().count()),
      static_cast<int>(time.minutes().count()), static_cast<int>(time.seconds().count()),
      static_cast<int>(time.subseconds().count()));
  return to_text(LocalDate{day}).append(buffer.data(), static_cast<std::size_t>(size));
}

inline std::string time_of_day_to_text(TimeOfDay time) {
  const auto total = static_cast<int>(time.count());
  std::array<char, 48> buffer{};
  const int size = total % 60 == 0 ? std::snprintf(buffer.data(), buffer.size(), "%02d:%02d",
                                                   total / 3600, total / 60 % 60)
                                   : std::snprintf(buffer.data(), buffer.size(), "%02d:%02d:%02d",
                                                   total / 3600, total / 60 % 60, total % 60);
  return {buffer.data(), static_cast<std::size_t>(size)};
}

inline Result<Instant> parse_instant(std::string_view text, std::string_view field) {
  const auto instant = detail::take_instant(text);
  if (instant && text.empty()) return *instant;
  return fail(ErrorCode::invalid_argument, "not an RFC 3339 instant such as 2026-03-29T01:00:00Z",
              std::string{field});
}

inline Result<LocalDate> parse_local_date(std::string_view text, std::string_view field) {
  const auto date = detail::take_date(text);
  if (date && text.empty()) return *date;
  return fail(ErrorCode::invalid_argument, "not an existing date in the form YYYY-MM-DD",
              std::string{field});
}

inline Result<TimeOfDay> parse_time_of_day(std::string_view text, std::string_view field) {
  const auto time = detail::take_time(text, true);
  if (time && text.empty()) return *time;
  return fail(ErrorCode::invalid_argument, "not a time of day in the form HH:MM, 00:00 to 24:00",
              std::string{field});
}

}  // namespace callqueue
