#pragma once

#include <algorithm>
#include <array>
#include <cstdlib>
#include <fstream>

#include "callqueue/time_zone.hpp"

namespace callqueue {

namespace detail {

/// Whether a name could stand in the IANA database. Keeps everything else that the zone library
/// would take away from it: paths, `file:` and `libc:` sources, fixed offsets, and the host's own
/// zone.
[[nodiscard]] inline bool may_be_zone_name(std::string_view name) noexcept {
  constexpr std::array<std::string_view, 4> not_zones{"localtime", "posixrules", "Factory",
                                                      "leapseconds"};
  constexpr std::array<std::string_view, 3> not_areas{"posix/", "right/", "Fixed/"};
  if (name.empty() || name.size() > 64 || name.front() == '/' || name.back() == '/') return false;
  const bool characters = std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-' || c == '+' || c == '/';
  });
  return characters && name.find("//") == std::string_view::npos &&
         std::find(not_zones.begin(), not_zones.end(), name) == not_zones.end() &&
         std::none_of(not_areas.begin(), not_areas.end(),
                      [&](std::string_view area) { return name.starts_with(area); });
}

/// Reads the zone data's version from the files that carry it.
[[nodiscard]] inline std::string read_zone_data_version(const std::string& folder) {
  constexpr std::string_view prefix = "# version ";
  std::string line;
  std::ifstream source{folder + "/tzdata.zi"};
  if (std::getline(source, line) && line.starts_with(prefix)) return line.substr(prefix.size());
  std::ifstream version{folder + "/+VERSION"};
  return std::getline(version, line) ? line : std::string{};
}

}  // namespace detail

inline Result<TimeZone> TimeZone::load(std::string_view name, std::string_view field) {
  TimeZone zone;
  if (detail::may_be_zone_name(name) && cctz::load_time_zone(std::string{name}, &zone.zone_)) {
    return zone;
  }
  return fail(ErrorCode::invalid_argument,
              "unknown time zone '" + std::string{name.substr(0, 64)} +
                  "'; use an IANA name such as Europe/Berlin",
              std::string{field});
}

inline LocalDate TimeZone::local_date(Instant at) const {
  const auto offset = std::chrono::seconds{zone_.lookup(at).offset};
  return LocalDate{std::chrono::floor<std::chrono::days>(at + offset)};
}

inline std::chrono::microseconds TimeZone::local_time(Instant at) const {
  const auto wall = at + std::chrono::seconds{zone_.lookup(at).offset};
  return wall - std::chrono::floor<std::chrono::days>(wall);
}

inline std::string TimeZone::local_text(Instant at) const {
  return cctz::format("%Y-%m-%d %H:%M:%S %Z", at, zone_);
}

inline std::string zone_data_version() {
  const char* folder = std::getenv("TZDIR");
  return detail::read_zone_data_version(folder != nullptr ? folder : "/usr/share/zoneinfo");
}

}  // namespace callqueue
