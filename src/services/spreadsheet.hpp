#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "callqueue/store.hpp"
#include "callqueue/time_zone.hpp"

namespace callqueue {

/// On whose clock people read a campaign's instants; what is no zone here is read as UTC.
[[nodiscard]] Result<TimeZone> zone_of(Store& store, const CallCampaign& campaign);
/// `2026-11-29 11:13:31`, on that clock.
[[nodiscard]] std::string local_text(const TimeZone& zone, Instant at);

/// A campaign's results as people open them in a spreadsheet.
class Spreadsheet {
 public:
  /// Looks through the first rows for the columns that the list had.
  [[nodiscard]] static Result<Spreadsheet> of(Store& store, const CallCampaign& campaign);

  /// With the byte-order mark.
  [[nodiscard]] std::string header() const;
  [[nodiscard]] std::string line(const QueuedCall& row, const Call* call) const;

 private:
  void learn(const QueuedCall& row);

  TimeZone zone_;
  std::vector<std::string> own_;  ///< Names of the list's own columns.
  bool has_rest_ = false;         ///< There are rows that were not looked through.
};

constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

/// `+49 3023125000`: a spreadsheet takes `+493023125000` for a large number. What is no
/// international number stays as it is.
[[nodiscard]] std::string with_space_behind_calling_code(std::string_view phone_number);

}  // namespace callqueue
