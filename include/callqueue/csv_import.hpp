#pragma once

#include <cstdint>
#include <functional>
#include <istream>
#include <optional>
#include <ostream>
#include <string>
#include <vector>

#include "callqueue/export.hpp"
#include "callqueue/priority.hpp"
#include "callqueue/store.hpp"

namespace callqueue {

/// How a CSV file is imported.
struct CsvImportOptions {
  std::string default_region{};  ///< ISO 3166 code (`DE`) for national numbers; empty: only
                                 ///< international ones are accepted.
  /// Import nothing when any row failed (skipped rows do not count as failed).
  bool atomic = false;
  bool again = false;  ///< Queue contacts that already have a final row in the campaign once more.
  PriorityRule priority{};
  std::ostream* errors = nullptr;  ///< Where every error goes as CSV (line,field,value,reason);
                                   ///< none: only the report's.
  std::size_t max_field_bytes = 65'536;  ///< A longer field fails its row.
  /// Called about every 50 ms with the rows read so far, and once after the last; returning false
  /// stops the import, which is then taken back.
  std::function<bool(std::int64_t rows)> progress{};
};

/// What became of a file. `total = imported + skipped + failed`, unless `atomic` took the import
/// back: then nothing is imported, and `failed` and `skipped` tell why.
struct CsvReport {
  CampaignId campaign_id{};
  std::int64_t total = 0;     ///< Data rows in the file; blank lines do not count.
  std::int64_t imported = 0;  ///< Calls queued (or contacts, without a campaign).
  std::int64_t matched = 0;  ///< Of those, rows whose number belonged to an existing contact (which
                             ///< was not overwritten).
  std::int64_t skipped = 0;  ///< Duplicates in the file, and contacts already in the campaign.
  std::int64_t failed = 0;   ///< Rows that cannot be called as they stand.
  std::vector<CsvError> errors{};  ///< Failed and skipped rows in file order, the first 1,000.
  std::int64_t errors_total = 0;   ///< Failed and skipped rows in all.
};

/// Imports a CSV file into a campaign, streaming, in bounded memory. docs/csv.md tells what files
/// may look like.
///
/// The rows become callable all at once when the import ends; a failure on the way takes back what
/// was staged. Rows that failed are remembered with the campaign, also when `atomic` took the
/// import back: the first 10,000, see `Store::list_import_errors`. A large file is read ahead in a
/// second thread: leave the stream alone until this returns.
/// @pre the campaign exists and is not final.
/// @return the report, also when rows failed. `invalid_argument` naming the column when the header
/// is unusable (`phone_number` missing, a column twice; `header` when a column before another has
/// no name), `file` when it is no CSV, or `default_region` when unknown; `conflict` when the
/// campaign is final or another import into it is running (`campaign_id`), or `progress` stopped
/// the import
/// (`progress`); `unavailable` when the stream breaks off (`file`) or `errors` cannot be written
/// (`errors`). Nothing is imported then.
[[nodiscard]] CALLQUEUE_API Result<CsvReport> import_csv(Store& store, UserId user_id,
                                                         CampaignId campaign_id, std::istream& file,
                                                         const CsvImportOptions& options = {});

/// Imports a CSV file as contacts alone: no campaign, no calls. Columns that are no contact's are
/// read over (`priority`, `user_data`).
///
/// As `import_csv`, but contacts are there as soon as they are read; after a failure on the way
/// those stay that are, unless `atomic`: the file can be imported again.
/// @return of the report `imported` counts contacts, those `matched` among them; `campaign_id` is
/// nil.
[[nodiscard]] CALLQUEUE_API Result<CsvReport> import_contacts_csv(
    Store& store, UserId user_id, std::istream& file, const CsvImportOptions& options = {});

/// Reads a file as `import_csv` would, writing nothing: what is wrong with its rows, which are
/// skipped, and the first ones as they would be taken. A number that is there twice is looked for
/// among the first million different ones.
struct CsvPreview {
  std::vector<std::string> columns{};  ///< As in the file.
  /// What each is taken for: a known field's name, or `user_data`.
  std::vector<std::string> mapping{};
  std::vector<ImportRow> rows{};  ///< The first good ones.
  CsvReport report{};             ///< As the import's would be; `matched` is not looked for.
};
[[nodiscard]] CALLQUEUE_API Result<CsvPreview> preview_csv(std::istream& file,
                                                           const CsvImportOptions& options = {},
                                                           std::size_t rows = 10);
/// The same for a file that is to be imported into this campaign: contacts that are in it already
/// are skipped. Reads the campaign's rows. `not_found` (`campaign_id`).
[[nodiscard]] CALLQUEUE_API Result<CsvPreview> preview_csv(Store& store, UserId user_id,
                                                           CampaignId campaign_id,
                                                           std::istream& file,
                                                           const CsvImportOptions& options = {},
                                                           std::size_t rows = 10);

/// Writes `line,field,value,reason` with a header: the report's errors as a file to download.
CALLQUEUE_API void write_errors_csv(std::ostream& out, const std::vector<CsvError>& errors);

/// A phone number in E.164. An international number (`+49 30 1234567`, `0049…`) needs no region; a
/// national one does.
/// @return `invalid_argument` (`phone_number`) with a reason for the person who made the file: too
/// short, too long, letters, damaged by a spreadsheet (`9.19E+11`), not valid in the region, no
/// region given.
[[nodiscard]] CALLQUEUE_API Result<std::string> normalize_phone_number(
    std::string_view text, std::string_view default_region = {});

}  // namespace callqueue
