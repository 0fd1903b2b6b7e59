#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "callqueue/import.hpp"
#include "callqueue/models.hpp"
#include "store/session.hpp"

namespace callqueue {

/// An import that hears nothing for so long is abandoned: its process is gone.
inline constexpr std::chrono::minutes kImportSilence{10};
/// Sooner when another one wants the campaign: what is staged twice would be lost to one of them.
inline constexpr std::chrono::seconds kImportSilenceToOthers{30};
/// A staged lane of at most so many rows moves into the campaign's lane of the same zone when it is
/// published: many small imports must not leave many lanes. A larger one stays a lane.
inline constexpr int kSmallLane = 2000;

/// Says when a transaction of an import has lasted long enough.
class ImportWatch {
 public:
  using SteadyClock = std::chrono::steady_clock;
  /// How long a transaction lasts at most, its commit included.
  static constexpr std::chrono::milliseconds kLongest{50};

  explicit ImportWatch(SteadyClock::duration limit) : until_(SteadyClock::now() + limit) {}
  [[nodiscard]] bool is_over() const { return SteadyClock::now() >= until_; }

 private:
  SteadyClock::time_point until_;
};

/// A running import and what it takes from its campaign.
struct RunningImport {
  ImportId id;
  UserId user_id;
  bool queues_calls = false;  ///< Else it creates contacts alone, and what follows means nothing.
  CampaignId campaign_id;
  AgentId agent_id;
  bool again = false;
  bool atomic = false;
  bool spread = false;
  CallClock clock = CallClock::contact;
  std::string campaign_timezone;
  std::string user_timezone;
  std::int64_t last_position = 0;
};

/// Throws `Failure`: `not_found` when the user has no such import, `conflict` when it is not
/// running any more, or its campaign is final.
[[nodiscard]] RunningImport running_import(Session& session, UserId user_id, ImportId id);
/// The same, keeps it alive, and locks its campaign.
[[nodiscard]] RunningImport continue_import(Session& session, Instant now, UserId user_id,
                                            ImportId id);

struct StagedLane {
  std::int64_t lane_id = 0;
  std::string timezone;
  bool relane = false;  ///< The zone of its rows is to be looked up again.
};

/// The lanes that hold the import's rows.
[[nodiscard]] std::vector<StagedLane> staged_lanes(Session& session, const RunningImport& import);

/// What `advance` does for imports, inside its write transaction: those without a heartbeat for
/// `kImportSilence` are abandoned, and `sweep_import` for those that have ended. @return how much
/// was done; 0 when there was nothing to do.
int sweep_imports(Session& session, Instant now, int budget);

/// Takes at most `budget` rows (and contacts, if it is atomic) of an abandoned import back, forgets
/// as many contacts of a published one, and removes the import itself after the last. @return how
/// many; less than `budget` when the import is gone.
int sweep_import(Session& session, Instant now, ImportId id, int budget);

/// Lets go of the campaign of an import that ends: completes it if no open row is left (as the
/// triggers do), and has its lanes rolled if their last interval has
/// closed meanwhile.
void release_campaign(Session& session, Instant now, ImportId id, CampaignId campaign_id);

}  // namespace callqueue
