#pragma once

#include <vector>

#include "callqueue/time.hpp"
#include "callqueue/uuid.hpp"
#include "store/session.hpp"

namespace callqueue {

// How campaigns become complete where no trigger sees it, or sees it by the wrong clock.

/// Completes the campaign if none of its rows is open and no import runs: `completed_at` is set,
/// and a campaign that is not final yet becomes `completed`. Does nothing otherwise.
void complete_if_done(Session& session, CampaignId id, Instant now);

/// Deleting a campaign's last open row completes it, in a trigger that knows the machine's clock
/// only. Made before the rows are deleted, this sets the instants right afterwards.
class CompletionClock {
 public:
  CompletionClock(Session& session, const std::vector<CampaignId>& campaigns);
  void set_to(Instant now) const;

 private:
  struct Open {
    CampaignId id;
    Instant updated_at;
  };

  Session& session_;
  std::vector<Open> open_;
};

/// Turns up to `limit` queued rows of a cancelled or ended campaign final, the first ones first.
/// The last batch completes the campaign. @return how many; fewer than `limit`: the sweep is over.
int sweep_rows(Session& session, CampaignId id, Instant now, int limit);

}  // namespace callqueue
