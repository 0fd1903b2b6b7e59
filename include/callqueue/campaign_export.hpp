#pragma once

#include <functional>
#include <string>
#include <utility>

#include "callqueue/export.hpp"
#include "callqueue/page.hpp"
#include "callqueue/store.hpp"

namespace callqueue {

enum class ExportFormat {
  /// A header, then one line a row. A cell that a spreadsheet would run as a formula has an
  /// apostrophe in front.
  csv,
  json,  ///< One array.
  /// CSV for people: a byte-order mark, instants on the campaign's clock, a space behind the
  /// calling
  /// code so that a spreadsheet keeps a number as text, and a column for each of the list's own.
  ///
  /// Those are the keys of `user_data` that the first 10,000 rows have. Is the campaign larger, a
  /// last column `user_data` holds what later rows have besides. Of import errors the rows in the
  /// columns of their files, with what is wrong in a last column `import_error`, which an import
  /// reads over: mend them and import the file again.
  spreadsheet
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
  using Source = std::function<Result<PageOf<std::string>>(const Page&)>;

  CampaignExport(bool is_json, std::string header, Source source)
      : is_json_(is_json), header_(std::move(header)), source_(std::move(source)) {}

  bool is_json_;
  std::string header_;
  Source source_;
  std::string cursor_;
  bool begun_ = false;
  bool ended_ = false;
};

}  // namespace callqueue
