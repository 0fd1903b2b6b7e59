#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "callqueue/csv_import.hpp"

namespace callqueue::csv {

/// The rows that an import rejects, to be remembered with its campaign: the first ones, and how
/// many more there were.
class RejectedRows {
 public:
  void add(const CsvError& error);
  /// Hands them to the store. @param header of their file, see `RowCheck::header`.
  [[nodiscard]] Result<void> record(Store& store, UserId user_id, CampaignId campaign_id,
                                    ImportId id, std::string header);

 private:
  std::vector<CsvError> errors_;
  std::int64_t total_ = 0;
};

}  // namespace callqueue::csv
