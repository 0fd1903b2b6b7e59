#include "bindings/c/arguments.hpp"

#include <simdjson.h>

#include <limits>

namespace callqueue::c {
namespace {

constexpr std::int64_t kMostSeconds = std::numeric_limits<std::int32_t>::max();
constexpr Instant kFirstInstant = std::chrono::sys_days{std::chrono::year{1} / 1 / 1};
constexpr Instant kLastInstant = std::chrono::sys_days{std::chrono::year{10'000} / 1 / 1};
constexpr std::size_t kLargestStruct = 65'536;

}  // namespace

std::string text(const char* given, const char* field) {
  if (given == nullptr) return {};
  const std::string_view whole{given};
  if (!simdjson::validate_utf8(whole)) refuse(field, "must be UTF-8");
  return std::string{whole};
}

std::string needed_text(const char* given, const char* field) {
  if (given == nullptr || *given == '\0') refuse(field, "is missing");
  return text(given, field);
}

std::optional<std::string> optional_text(const char* given, const char* field) {
  if (given == nullptr) return std::nullopt;
  return text(given, field);
}

std::vector<std::string> texts(const char* const* given, std::size_t count, const char* field) {
  if (given == nullptr && count > 0) refuse(field, "are missing");
  std::vector<std::string> all;
  for (std::size_t i = 0; i < count; ++i) all.push_back(needed_text(given[i], field));
  return all;
}

LocalDate date(const char* given, const char* field) {
  return value(parse_local_date(needed_text(given, field), field));
}

Instant instant(std::int64_t given, const char* field) {
  const Instant at{std::chrono::microseconds{given}};
  if (at < kFirstInstant || at >= kLastInstant) refuse(field, "must lie in the years 1 to 9999");
  return at;
}

std::optional<Instant> optional_instant(std::int64_t given, const char* field) {
  if (given == CQ_NO_INSTANT) return std::nullopt;
  return instant(given, field);
}

std::chrono::seconds seconds(std::int64_t given, const char* field) {
  if (given < 0 || given > kMostSeconds) refuse(field, "must be a number of seconds, not below 0");
  return std::chrono::seconds{given};
}

std::optional<std::chrono::seconds> optional_seconds(std::int64_t given, const char* field) {
  if (given == CQ_UNSET) return std::nullopt;
  return seconds(given, field);
}

std::chrono::milliseconds milliseconds(std::int64_t given, const char* field) {
  if (given < 0 || given > kMostSeconds)
    refuse(field, "must be a number of milliseconds, not below 0");
  return std::chrono::milliseconds{given};
}

TimeOfDay time_of_day(std::int32_t given, const char* field) {
  constexpr std::int32_t seconds_a_day = 86'400;
  if (given < 0 || given > seconds_a_day) refuse(field, "must be 0 to 86,400 seconds");
  return TimeOfDay{given};
}

bool flag(std::int32_t given, const char* field) {
  if (given != 0 && given != 1) refuse(field, "must be 0 or 1");
  return given == 1;
}

std::optional<bool> optional_flag(std::int32_t given, const char* field) {
  if (given == CQ_UNSET) return std::nullopt;
  return flag(given, field);
}

std::optional<int> optional_number(std::int32_t given) {
  std::optional<int> number{given};  // Set in any case: who watches memory sees what is read early.
  if (given == CQ_UNSET) number.reset();
  return number;
}

void check_size(const void* given, std::size_t known) {
  const auto* bytes = static_cast<const char*>(given);
  std::size_t size = 0;
  std::memcpy(&size, bytes, sizeof size);
  if (size < sizeof size || size > kLargestStruct) {
    refuse("size", "is not set: begin with the init function");
  }
  for (std::size_t i = known; i < size; ++i) {
    if (bytes[i] != '\0')
      refuse("size", "is that of a newer struct: this library does not know all of it");
  }
}

Page page(const cq_page* given) {
  const auto asked = or_defaults(given);
  return {.limit = asked.limit, .cursor = text(asked.cursor, "cursor")};
}

}  // namespace callqueue::c
