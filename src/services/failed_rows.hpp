#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "callqueue/store.hpp"
#include "callqueue/time_zone.hpp"

namespace callqueue {

/// The rows that imports into a campaign rejected, in the columns of their files: to be mended in a
/// spreadsheet and imported again. The last column says what is wrong; an import reads over it.
class FailedRows {
 public:
  /// Looks through them for the columns.
  [[nodiscard]] static Result<FailedRows> of(Store& store, const CallCampaign& campaign);

  /// With the byte-order mark.
  [[nodiscard]] std::string header() const;
  [[nodiscard]] std::string line(const ImportError& error) const;

 private:
  /// Where a column of this name stands, if it does.
  [[nodiscard]] std::size_t place_of(std::string_view name) const;
  void learn(const std::string& header);
  [[nodiscard]] std::vector<std::string> cells_of(const ImportError& error) const;
  [[nodiscard]] std::string wrong_with(const ImportError& error) const;

  TimeZone zone_;
  std::vector<std::string> columns_{"phone_number"};  ///< Of all files.
};

}  // namespace callqueue
