#pragma once

#include <string>
#include <string_view>

#include <cctz/time_zone.h>

#include "callqueue/result.hpp"
#include "callqueue/time.hpp"

namespace callqueue {

/// A zone of the IANA database (`Europe/Berlin`, `UTC`). Cheap to copy; immutable; safe to share
/// between threads.
///
/// The only door to the time zone library: everything else in the project speaks `TimeZone`.
class TimeZone {
 public:
  /// UTC.
  TimeZone() = default;

  /// @return `invalid_argument` naming `field` for a name that the system's zone data does not
  /// know: never a silent UTC.
  [[nodiscard]] static Result<TimeZone> load(std::string_view name,
                                             std::string_view field = "timezone");

  [[nodiscard]] std::string name() const { return zone_.name(); }
  /// The date on the wall at `at`.
  [[nodiscard]] LocalDate local_date(Instant at) const;
  /// The time on the wall at `at`, in microseconds since local midnight.
  [[nodiscard]] std::chrono::microseconds local_time(Instant at) const;
  /// `2026-03-29 09:00:00 CEST`, for people.
  [[nodiscard]] std::string local_text(Instant at) const;

  /// For `calling_rules`: the zone itself.
  [[nodiscard]] const cctz::time_zone& native() const noexcept { return zone_; }

 private:
  cctz::time_zone zone_ = cctz::utc_time_zone();
};

/// Version of the system's zone data (`2025b`), or empty where it does not say: when it changes,
/// every lane is stale.
[[nodiscard]] std::string zone_data_version();

}  // namespace callqueue

#include "callqueue/detail/time_zone_impl.hpp"
