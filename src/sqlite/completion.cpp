#include "sqlite/completion.hpp"

namespace callqueue::sqlite {
namespace {

// Indexes idx_call_queue_campaign_status and callqueue_imports_campaign.
constexpr char kCompleteIfDone[] = R"sql(
  UPDATE call_campaigns SET
    status = CASE WHEN status = 'cancelled' THEN status ELSE 'completed' END,
    completed_at = ?2, updated_at = max(?2, updated_at + 1)
  WHERE id = ?1 AND completed_at IS NULL AND status <> 'draft'
    AND NOT EXISTS (SELECT 1 FROM call_queue
                    WHERE campaign_id = ?1 AND status IN ('queued', 'processing'))
    AND NOT EXISTS (SELECT 1 FROM callqueue_imports WHERE campaign_id = ?1))sql";

constexpr char kOpenSince[] =
    "SELECT updated_at FROM call_campaigns WHERE id = ?1 AND completed_at IS NULL";
constexpr char kSetRight[] = R"sql(
  UPDATE call_campaigns SET completed_at = ?2, updated_at = max(?2, ?3 + 1)
  WHERE id = ?1 AND completed_at IS NOT NULL)sql";

constexpr char kSweepOf[] = "SELECT sweep FROM callqueue_campaign_rules WHERE campaign_id = ?1";
// Index idx_call_queue_campaign_status. Rows that were never tried are skipped when the campaign
// ends.
constexpr char kSweepRows[] = R"sql(
  UPDATE call_queue SET
    status = CASE WHEN ?2 = 'cancelled' THEN 'cancelled' WHEN attempts = 0 THEN 'skipped'
                  ELSE 'failed' END,
    failure_reason = CASE WHEN ?2 = 'cancelled' THEN 'campaign_cancelled' ELSE 'campaign_ended' END,
    completed_at = ?3, updated_at = max(?3, updated_at + 1)
  WHERE rowid IN (SELECT rowid FROM call_queue WHERE campaign_id = ?1 AND status = 'queued'
                  LIMIT ?4))sql";
constexpr char kSweepOver[] =
    "UPDATE callqueue_campaign_rules SET sweep = NULL WHERE campaign_id = ?1 AND sweep IS NOT NULL";

}  // namespace

void complete_if_done(Database& database, CampaignId id, Instant now) {
  database.run(kCompleteIfDone, id, now);
}

CompletionClock::CompletionClock(Database& database, const std::vector<CampaignId>& campaigns)
    : database_(database) {
  for (const auto id : campaigns) {
    if (const auto updated_at = database.value<Instant>(kOpenSince, id)) {
      open_.push_back({.id = id, .updated_at = *updated_at});
    }
  }
}

void CompletionClock::set_to(Instant now) const {
  for (const auto& campaign : open_) {
    database_.run(kSetRight, campaign.id, now, campaign.updated_at);
  }
}

int sweep_rows(Database& database, CampaignId id, Instant now, int limit) {
  const auto sweep = database.value<std::string>(kSweepOf, id);
  if (!sweep) return 0;
  const auto swept = static_cast<int>(database.run(kSweepRows, id, *sweep, now, limit));
  if (swept < limit) {
    // Somebody else may have deleted the last rows: then no trigger has said that it is over.
    database.run(kSweepOver, id);
    complete_if_done(database, id, now);
  }
  return swept;
}

}  // namespace callqueue::sqlite
