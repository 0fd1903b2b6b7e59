#include "sqlite/import.hpp"

#include <vector>

#include "sqlite/completion.hpp"

namespace callqueue::sqlite {
namespace {

constexpr char kAbandonSilent[] =
    "UPDATE callqueue_imports SET state = 'abandoned' "
    "WHERE state = 'staging' AND heartbeat_at <= ?1";
constexpr char kAbandoned[] = "SELECT id FROM callqueue_imports WHERE state = 'abandoned'";

// Index callqueue_rows_lane.
constexpr char kDeleteRows[] =
    "DELETE FROM call_queue WHERE rowid IN (SELECT q.rowid FROM callqueue_lanes l "
    "JOIN call_queue q ON q.lane_id = l.lane_id "
    "WHERE l.campaign_id = ?1 AND l.import_id = ?2 LIMIT ?3)";
constexpr char kDropLanes[] =
    "DELETE FROM callqueue_lanes WHERE campaign_id = ?1 AND import_id = ?2";
constexpr char kCreatedContacts[] =
    "SELECT contact_id FROM callqueue_import_contacts WHERE import_id = ?1 LIMIT ?2";
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

template <class Id>
std::vector<Id> ids_of(Query rows) {
  std::vector<Id> ids;
  while (rows.step()) ids.push_back(get_id<Id>(rows, 0));
  return ids;
}

int take_contacts_back(Database& database, UserId user_id, ImportId id, int budget) {
  const auto contacts = ids_of<ContactId>(database.query(kCreatedContacts, id, budget));
  for (const auto contact_id : contacts) {
    database.run(kDeleteContact, user_id, contact_id);
    database.run(kForgetContact, id, contact_id);
  }
  return static_cast<int>(contacts.size());
}

}  // namespace

int take_import_back(Database& database, Instant now, ImportId id, int budget) {
  auto import =
      database.query("SELECT user_id, campaign_id FROM callqueue_imports WHERE id = ?1", id);
  if (!import.step()) return 0;
  const auto user_id = get_id<UserId>(import, 0);
  const auto campaign_id = get_id<CampaignId>(import, 1);
  import.reset();

  auto taken = static_cast<int>(database.run(kDeleteRows, campaign_id, id, budget));
  if (taken < budget) taken += take_contacts_back(database, user_id, id, budget - taken);
  if (taken == budget) return taken;
  database.run(kDropLanes, campaign_id, id);
  close_import(database, now, id, campaign_id);
  return taken;
}

int sweep_abandoned_imports(Database& database, Instant now, int budget) {
  database.run(kAbandonSilent, now - kImportSilence);
  int taken = 0;
  for (const auto id : ids_of<ImportId>(database.query(kAbandoned))) {
    if (taken >= budget) break;
    taken += take_import_back(database, now, id, budget - taken);
  }
  return taken;
}

void close_import(Database& database, Instant now, ImportId id, CampaignId campaign_id) {
  database.run("DELETE FROM callqueue_imports WHERE id = ?1", id);
  database.run(kRollEndedLanes, campaign_id);
  complete_if_done(database, campaign_id, now);
}

}  // namespace callqueue::sqlite
