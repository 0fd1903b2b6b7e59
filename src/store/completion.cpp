#include "store/completion.hpp"

#include "store/rows.hpp"
#include "store/statements.hpp"

namespace callqueue {
namespace {

constexpr char kOpenSince[] =
    "SELECT updated_at FROM call_campaigns WHERE id = ?1 AND completed_at IS NULL";
constexpr char kSetRight[] = R"sql(
  UPDATE call_campaigns SET completed_at = ?2, updated_at = ?3
  WHERE id = ?1 AND completed_at IS NOT NULL)sql";

constexpr char kSweepOf[] = "SELECT sweep FROM callqueue_campaign_rules WHERE campaign_id = ?1";
constexpr char kSweepOver[] =
    "UPDATE callqueue_campaign_rules SET sweep = NULL WHERE campaign_id = ?1 AND sweep IS NOT NULL";

}  // namespace

void complete_if_done(Session& session, CampaignId id, Instant now) {
  session.run(session.statements().complete_if_done, id, now);
}

CompletionClock::CompletionClock(Session& session, const std::vector<CampaignId>& campaigns)
    : session_(session) {
  for (const auto id : campaigns) {
    if (const auto updated_at = session.value<Instant>(kOpenSince, id)) {
      open_.push_back({.id = id, .updated_at = *updated_at});
    }
  }
}

void CompletionClock::set_to(Instant now) const {
  for (const auto& campaign : open_) {
    session_.run(kSetRight, campaign.id, now, next_update(campaign.updated_at, now));
  }
}

int sweep_rows(Session& session, CampaignId id, Instant now, int limit) {
  session.lock_campaign(id);
  const auto sweep = session.value<std::string>(kSweepOf, id);
  if (!sweep) return 0;
  const auto swept =
      static_cast<int>(session.change(session.statements().sweep_rows, id, *sweep, now, limit));
  if (swept < limit) {
    // Somebody else may have deleted the last rows: then no trigger has said that it is over.
    session.run(kSweepOver, id);
    complete_if_done(session, id, now);
  }
  return swept;
}

}  // namespace callqueue
