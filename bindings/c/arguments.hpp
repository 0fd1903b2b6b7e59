#pragma once

#include <algorithm>
#include <chrono>
#include <cstring>
#include <optional>
#include <string>
#include <type_traits>
#include <vector>

#include "bindings/c/guard.hpp"
#include "callqueue/page.hpp"
#include "callqueue/time.hpp"
#include "callqueue/uuid.hpp"

/// From what a caller passes in to values of the library. Each refuses, naming the parameter or
/// member.
namespace callqueue::c {

/// Empty for null. Refused unless it is UTF-8.
[[nodiscard]] std::string text(const char* given, const char* field);
/// Refused when it is null or empty.
[[nodiscard]] std::string needed_text(const char* given, const char* field);
/// None for null.
[[nodiscard]] std::optional<std::string> optional_text(const char* given, const char* field);
[[nodiscard]] std::vector<std::string> texts(const char* const* given, std::size_t count,
                                             const char* field);
[[nodiscard]] LocalDate date(const char* given, const char* field);

template <class AnyId>
[[nodiscard]] AnyId id(const char* given, const char* field) {
  return value(parse_id<AnyId>(needed_text(given, field), field));
}
/// None for null or empty.
template <class AnyId>
[[nodiscard]] std::optional<AnyId> optional_id(const char* given, const char* field) {
  if (given == nullptr || *given == '\0') return std::nullopt;
  return id<AnyId>(given, field);
}

/// Refused outside of the years 1 to 9999.
[[nodiscard]] Instant instant(std::int64_t given, const char* field);
[[nodiscard]] std::optional<Instant> optional_instant(std::int64_t given, const char* field);
/// Refused where no column has room for it.
[[nodiscard]] std::chrono::seconds seconds(std::int64_t given, const char* field);
[[nodiscard]] std::optional<std::chrono::seconds> optional_seconds(std::int64_t given,
                                                                   const char* field);
[[nodiscard]] std::chrono::milliseconds milliseconds(std::int64_t given, const char* field);
[[nodiscard]] TimeOfDay time_of_day(std::int32_t given, const char* field);
[[nodiscard]] bool flag(std::int32_t given, const char* field);
[[nodiscard]] std::optional<bool> optional_flag(std::int32_t given, const char* field);
/// None for `CQ_UNSET`.
[[nodiscard]] std::optional<int> optional_number(std::int32_t given);

/// @param last the largest enumerator.
template <class Enum>
[[nodiscard]] Enum enumerator(std::int32_t given, Enum last, const char* field) {
  if (given < 0 || given > static_cast<std::int32_t>(last))
    refuse(field, "is none of the enumerators");
  return static_cast<Enum>(given);
}
template <class Enum>
[[nodiscard]] std::optional<Enum> optional_enumerator(std::int32_t given, Enum last,
                                                      const char* field) {
  if (given == CQ_UNSET) return std::nullopt;
  return enumerator(given, last, field);
}
template <class Enum>
[[nodiscard]] std::vector<Enum> enumerators(const std::int32_t* given, std::size_t count, Enum last,
                                            const char* field) {
  if (given == nullptr && count > 0) refuse(field, "are missing");
  std::vector<Enum> all;
  for (std::size_t i = 0; i < count; ++i) all.push_back(enumerator(given[i], last, field));
  return all;
}

/// What `cq_x_init` sets.
template <class Request>
[[nodiscard]] Request defaults() noexcept;

/// Refuses what cannot be a struct of `known` bytes or one that has grown since: members that this
/// library does not know must be zero, or they would be disregarded.
void check_size(const void* given, std::size_t known);

/// A caller's struct as this library knows it; members that it has no room for have their defaults.
template <class Request>
[[nodiscard]] Request known(const void* given) {
  static_assert(std::is_trivially_copyable_v<Request>);
  check_size(given, sizeof(Request));
  Request request = defaults<Request>();
  std::size_t size = 0;
  std::memcpy(&size, given, sizeof size);
  std::memcpy(static_cast<void*>(&request), given, std::min(size, sizeof(Request)));
  return request;
}
template <class Request>
[[nodiscard]] Request needed(const Request* given, const char* name) {
  if (given == nullptr) refuse(name, "is missing");
  return known<Request>(given);
}
template <class Request>
[[nodiscard]] Request or_defaults(const Request* given) {
  return given == nullptr ? defaults<Request>() : known<Request>(given);
}

/// A caller's structs, one behind the other, each turned into a value.
template <class Request, class Convert>
[[nodiscard]] auto each(const Request* given, std::size_t count, const char* name,
                        Convert&& convert) {
  std::vector<decltype(convert(*given))> values;
  if (count == 0) return values;
  if (given == nullptr) refuse(name, "are missing");
  const auto* at = reinterpret_cast<const char*>(given);
  const std::size_t stride = given->size;
  for (std::size_t i = 0; i < count; ++i, at += stride) {
    std::size_t size = 0;
    std::memcpy(&size, at, sizeof size);
    if (size != stride) refuse("size", "must be the same for all of them");
    values.push_back(convert(known<Request>(at)));
  }
  return values;
}

[[nodiscard]] Page page(const cq_page* given);

/// Where a struct that the caller has made is filled.
template <class View>
[[nodiscard]] View& filled(View* target, const char* name) {
  if (target == nullptr) refuse(name, "is missing");
  if (target->size < sizeof(std::size_t))
    refuse("size", "is not set: begin with the init function");
  return *target;
}

}  // namespace callqueue::c
