#include "sqlite/import.hpp"

#include <algorithm>
#include <vector>

#include "sqlite/session.hpp"
#include "store/completion.hpp"

namespace callqueue::sqlite {
namespace {

constexpr char kAbandonSilent[] =
    "UPDATE callqueue_imports SET state = 'abandoned' "
    "WHERE state = 'staging' AND heartbeat_at <= ?1";
constexpr char kEnded[] = "SELECT id FROM callqueue_imports WHERE state <> 'staging'";

// Index callqueue_rows_lane.
constexpr char kDeleteRows[] =
    "DELETE FROM call_queue WHERE rowid IN (SELECT q.rowid FROM callqueue_lanes l "
    "JOIN call_queue q ON q.lane_id = l.lane_id "
    "WHERE l.campaign_id = ?1 AND l.import_id = ?2 LIMIT ?3)";
constexpr char kDropLanes[] =
    "DELETE FROM callqueue_lanes WHERE campaign_id = ?1 AND import_id = ?2";
constexpr char kContacts[] =
    "SELECT contact_id, created FROM callqueue_import_contacts WHERE import_id = ?1 LIMIT ?2";
constexpr char kForgetContact[] =
    "DELETE FROM callqueue_import_contacts WHERE import_id = ?1 AND contact_id = ?2";
// A contact that somebody has used meanwhile stays.
constexpr char kDeleteContact[] =
    "DELETE FROM contacts WHERE user_id = ?1 AND id = ?2 "
    "AND NOT EXISTS (SELECT 1 FROM call_queue q WHERE q.contact_id = ?2) "
    "AND NOT EXISTS (SELECT 1 FROM calls c WHERE c.contact_id = ?2)";

// While the import ran they could not end their campaign.
constexpr char kRollEndedLanes[] =
    "UPDATE callqueue_lanes SET stale = 1 WHERE campaign_id = ?1 AND import_id IS NULL "
    "AND stale = 0 AND opens_at IS NULL AND closes_at IS NULL";

std::vector<ImportId> ended_imports(Database& database) {
  std::vector<ImportId> ids;
  auto rows = database.query(kEnded);
  while (rows.step()) ids.push_back(get_id<ImportId>(rows, 0));
  return ids;
}

/// Forgets contacts of an import, and deletes those that it has to take back.
int sweep_contacts(Database& database, UserId user_id, ImportId id, bool take_back, int budget) {
  struct Met {
    ContactId id;
    bool created;
  };
  std::vector<Met> contacts;
  {
    auto rows = database.query(kContacts, id, budget);
    while (rows.step()) contacts.push_back({get_id<ContactId>(rows, 0), rows.get<bool>(1)});
  }
  for (const auto& contact : contacts) {
    if (take_back && contact.created) database.run(kDeleteContact, user_id, contact.id);
    database.run(kForgetContact, id, contact.id);
  }
  return static_cast<int>(contacts.size());
}

}  // namespace

int sweep_import(Database& database, Instant now, ImportId id, int budget) {
  auto import = database.query(
      "SELECT user_id, campaign_id, atomic AND state = 'abandoned' FROM callqueue_imports "
      "WHERE id = ?1",
      id);
  if (!import.step()) return 0;
  const auto user_id = get_id<UserId>(import, 0);
  const auto campaign_id = get_optional_id<CampaignId>(import, 1);
  const bool take_contacts_back = import.get<bool>(2);
  import.reset();

  auto swept = static_cast<int>(database.run(kDeleteRows, campaign_id, id, budget));
  if (swept < budget) {
    swept += sweep_contacts(database, user_id, id, take_contacts_back, budget - swept);
  }
  if (swept == budget) return swept;
  if (campaign_id) {
    database.run(kDropLanes, *campaign_id, id);
    release_campaign(database, now, id, *campaign_id);
  }
  database.run("DELETE FROM callqueue_imports WHERE id = ?1", id);
  return swept;
}

int sweep_imports(Database& database, Instant now, int budget) {
  database.run(kAbandonSilent, now - kImportSilence);
  int swept = 0;
  for (const auto id : ended_imports(database)) {
    if (swept >= budget) break;
    // One that is only found over is progress too: its campaign may end now.
    swept += std::max(1, sweep_import(database, now, id, budget - swept));
  }
  return swept;
}

void release_campaign(Database& database, Instant now, ImportId id, CampaignId campaign_id) {
  database.run("UPDATE callqueue_imports SET campaign_id = NULL WHERE id = ?1", id);
  database.run(kRollEndedLanes, campaign_id);
  SqliteSession session{database};
  complete_if_done(session, campaign_id, now);
}

}  // namespace callqueue::sqlite
