#pragma once

#include <chrono>

#include "callqueue/import.hpp"
#include "sqlite/database.hpp"

namespace callqueue::sqlite {

/// An import that hears nothing for so long is abandoned: its process is gone.
inline constexpr std::chrono::minutes kImportSilence{10};
/// A staged lane of at most so many rows moves into the campaign's lane of the same zone when it is
/// published: many small imports must not leave many lanes. A larger one stays a lane.
inline constexpr int kSmallLane = 2000;

/// What `advance` does for imports, inside its write transaction: those without a heartbeat for
/// `kImportSilence` are abandoned, and of abandoned ones at most `budget` rows (and contacts) are
/// taken back. @return how many; less than `budget` when nothing is left to do.
int sweep_abandoned_imports(Database& database, Instant now, int budget);

/// Takes at most `budget` rows (and contacts, if it is atomic) of an abandoned import back, and the
/// import itself after the last one. @return how many; less than `budget` when the import is gone.
int take_import_back(Database& database, Instant now, ImportId id, int budget);

/// Removes the import's own row, after which nothing holds its campaign open any more: completes it
/// if no open row is left (the rule of the trigger `callqueue_campaign_completes`), and has its
/// lanes rolled if their last interval has closed meanwhile.
void close_import(Database& database, Instant now, ImportId id, CampaignId campaign_id);

}  // namespace callqueue::sqlite
