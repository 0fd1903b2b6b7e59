#include "csv/rejected_rows.hpp"

#include <string>
#include <utility>

namespace callqueue::csv {

void RejectedRows::add(const CsvError& error) {
  ++total_;
  if (errors_.size() < most_errors_remembered) errors_.push_back(error);
}

Result<void> RejectedRows::record(Store& store, UserId user_id, CampaignId campaign_id, ImportId id,
                                  std::string header) {
  if (total_ == 0) return {};
  const auto more = total_ - static_cast<std::int64_t>(errors_.size());
  if (more > 0) {
    errors_.push_back({.reason = std::to_string(more) + " more rows of this file were rejected."});
  }
  auto recorded = store.record_import_errors(user_id, campaign_id, id, 1, errors_);
  if (!recorded) return recorded;
  const CsvError columns{.line = 1, .record = std::move(header)};
  return store.record_import_errors(user_id, campaign_id, id, 0, {&columns, 1});
}

}  // namespace callqueue::csv
