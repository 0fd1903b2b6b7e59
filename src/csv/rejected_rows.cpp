#include "csv/rejected_rows.hpp"

#include <string>

namespace callqueue::csv {

void RejectedRows::add(const CsvError& error) {
  ++total_;
  if (errors_.size() < most_errors_remembered) errors_.push_back(error);
}

Result<void> RejectedRows::record(Store& store, UserId user_id, CampaignId campaign_id,
                                  ImportId id) {
  const auto more = total_ - static_cast<std::int64_t>(errors_.size());
  if (more > 0) {
    errors_.push_back({.reason = std::to_string(more) + " more rows of this file were rejected."});
  }
  return store.record_import_errors(user_id, campaign_id, id, 1, errors_);
}

}  // namespace callqueue::csv
