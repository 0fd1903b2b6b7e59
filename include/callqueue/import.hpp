#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "callqueue/time.hpp"
#include "callqueue/uuid.hpp"

namespace callqueue {

using ImportId = Id<struct ImportTag>;

/// Opens an import into a campaign, or of contacts alone.
struct ImportRequest {
  UserId user_id{};
  std::optional<CampaignId> campaign_id{};  ///< None: contacts are created, and no calls queued.
  bool again = false;   ///< Queue contacts that already have a final row in the campaign once more.
  bool atomic = false;  ///< Remember what is created so that `abandon_import` takes all of it back,
                        ///< contacts included.
};

/// One checked row on its way into the queue.
struct ImportRow {
  std::int64_t line = 0;       ///< Line of the file on which the row starts; 1 is the header.
  std::string phone_number{};  ///< E.164.
  std::string name{};
  std::string email{};
  std::string company{};
  std::string notes{};
  std::string timezone{};  ///< A known IANA name, or empty.
  std::string user_data = "{}";
  int priority = 0;  ///< By the rule, with the name as it stands here.
  /// By the rule if there were a name: counts where `name` is blank and the contact's, which stands
  /// in for it, is not.
  int priority_if_named = 0;
};

/// What became of one row.
enum class ImportOutcome {
  imported,             ///< A contact was created and a call queued, if there is a campaign.
  matched,              ///< The contact existed: not overwritten, a call queued likewise.
  duplicate_in_file,    ///< An earlier row of this import has the number; skipped.
  already_in_campaign,  ///< The contact has a row in the campaign; skipped.
};

/// One row of a CSV file that was not imported, and why.
struct CsvError {
  std::int64_t line = 0;    ///< Of the file, where the row starts; the header is 1.
  std::string field = {};   ///< Column name as in the library (`phone_number`); empty when the row
                            ///< as a whole is to blame.
  std::string value = {};   ///< What stood there, at most 200 bytes.
  std::string reason = {};  ///< One sentence for the person who made the file.
  /// The row as it stood, at most 1,000 bytes; empty for one that was skipped.
  std::string record = {};
};

/// Of an import into a campaign so many errors are remembered; one more says how many there were.
inline constexpr std::size_t most_errors_remembered = 10'000;

/// An error that is remembered with the campaign.
struct ImportError {
  ImportId import_id{};
  Instant imported_at{};
  CsvError error{};  ///< Of `line` 0: what there is to say of the whole.
  /// The columns of its file, each behind the separator that is in `error.record`; empty where that
  /// is not known.
  std::string header{};
};

/// See `Store::stage_import`.
struct StagedRow {
  ImportOutcome outcome = ImportOutcome::imported;
};

}  // namespace callqueue
