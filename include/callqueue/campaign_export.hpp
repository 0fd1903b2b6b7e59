#pragma once

#include <string>
#include <string_view>

#include "callqueue/export.hpp"
#include "callqueue/page.hpp"
#include "callqueue/store.hpp"

namespace callqueue {

enum class ExportFormat {
  /// A header, then one line a row. A cell that a spreadsheet would run as a formula has an
  /// apostrophe in front.
  csv,
  json  ///< One array.
};

/// What there is to say of a campaign, row by row, as a file.
///
/// Written piece by piece, so that memory does not grow with the campaign. Each piece shows the
/// rows as they are then. Not thread-safe.
class CALLQUEUE_API CampaignExport {
 public:
  /// Its queued calls in the order of creation, each with its last attempt. As JSON `queued` and
  /// `call`, which is null before the first attempt.
  /// @param store must outlive the export.
  /// @return `not_found` (`campaign_id`), or what the store passes on.
  [[nodiscard]] static Result<CampaignExport> results(Store& store, UserId user_id, CampaignId id,
                                                      ExportFormat format = ExportFormat::csv);

  /// The rows that imports into it rejected, as far as they are remembered
  /// (`Store::list_import_errors`), each as it stood in its file. As `results`.
  [[nodiscard]] static Result<CampaignExport> import_errors(
      Store& store, UserId user_id, CampaignId id, ExportFormat format = ExportFormat::csv);

  /// Appends the next piece, up to 1,000 rows. @return whether there is more to come; after the
  /// last piece nothing is appended any more. After an error, or without memory, nothing was
  /// appended, and the same piece may be asked for again.
  Result<bool> next(std::string& text);

 private:
  /// A page of rows, each as text.
  using Source = Result<PageOf<std::string>> (*)(Store&, UserId, CampaignId, ExportFormat,
                                                 const Page&);

  [[nodiscard]] static Result<CampaignExport> open(Store& store, UserId user_id, CampaignId id,
                                                   ExportFormat format, std::string_view header,
                                                   Source source);
  CampaignExport(Store& store, UserId user_id, CampaignId id, ExportFormat format,
                 std::string_view header, Source source)
      : store_(&store),
        user_id_(user_id),
        id_(id),
        format_(format),
        header_(header),
        source_(source) {}

  Store* store_;
  UserId user_id_;
  CampaignId id_;
  ExportFormat format_;
  std::string_view header_;
  Source source_;
  std::string cursor_;
  bool begun_ = false;
  bool ended_ = false;
};

}  // namespace callqueue
