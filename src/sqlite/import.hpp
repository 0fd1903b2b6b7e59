#pragma once

#include <chrono>

#include "callqueue/import.hpp"
#include "sqlite/database.hpp"

namespace callqueue::sqlite {

/// An import that hears nothing for so long is abandoned: its process is gone.
inline constexpr std::chrono::minutes kImportSilence{10};
/// Sooner when another one wants the campaign: what is staged twice would be lost to one of them.
inline constexpr std::chrono::seconds kImportSilenceToOthers{30};
/// A staged lane of at most so many rows moves into the campaign's lane of the same zone when it is
/// published: many small imports must not leave many lanes. A larger one stays a lane.
inline constexpr int kSmallLane = 2000;

/// What `advance` does for imports, inside its write transaction: those without a heartbeat for
/// `kImportSilence` are abandoned, and `sweep_import` for those that have ended. @return how much
/// was done; 0 when there was nothing to do.
int sweep_imports(Database& database, Instant now, int budget);

/// Takes at most `budget` rows (and contacts, if it is atomic) of an abandoned import back, forgets
/// as many contacts of a published one, and removes the import itself after the last. @return how
/// many; less than `budget` when the import is gone.
int sweep_import(Database& database, Instant now, ImportId id, int budget);

/// Lets go of the campaign of an import that ends: completes it if no open row is left (the rule of
/// the trigger `callqueue_campaign_completes`), and has its lanes rolled if their last interval has
/// closed meanwhile.
void release_campaign(Database& database, Instant now, ImportId id, CampaignId campaign_id);

}  // namespace callqueue::sqlite
