#include "store/import.hpp"

#include <algorithm>
#include <vector>

#include "store/completion.hpp"
#include "store/statements.hpp"

namespace callqueue {
namespace {

constexpr char kAbandonAllSilent[] =
    "UPDATE callqueue_imports SET state = 'abandoned' "
    "WHERE state = 'staging' AND heartbeat_at <= ?1";
constexpr char kEnded[] = "SELECT id FROM callqueue_imports WHERE state <> 'staging'";

constexpr char kDropLanes[] =
    "DELETE FROM callqueue_lanes WHERE campaign_id = ?1 AND import_id = ?2";
constexpr char kContacts[] =
    "SELECT contact_id, created FROM callqueue_import_contacts WHERE import_id = ?1 LIMIT ?2";
constexpr char kForgetContact[] =
    "DELETE FROM callqueue_import_contacts WHERE import_id = ?1 AND contact_id = ?2";
// A contact that somebody has used meanwhile stays.
constexpr char kDeleteUnusedContact[] =
    "DELETE FROM contacts WHERE user_id = ?1 AND id = ?2 "
    "AND NOT EXISTS (SELECT 1 FROM call_queue q WHERE q.contact_id = ?2) "
    "AND NOT EXISTS (SELECT 1 FROM calls c WHERE c.contact_id = ?2)";

std::vector<ImportId> ended_imports(Session& session) {
  std::vector<ImportId> ids;
  auto rows = session.query(kEnded);
  while (rows.step()) ids.push_back(get_id<ImportId>(rows, 0));
  return ids;
}

/// Forgets contacts of an import, and deletes those that it has to take back.
int sweep_contacts(Session& session, UserId user_id, ImportId id, bool take_back, int budget) {
  struct Met {
    ContactId id;
    bool created;
  };
  std::vector<Met> contacts;
  {
    auto rows = session.query(kContacts, id, budget);
    while (rows.step()) contacts.push_back({get_id<ContactId>(rows, 0), rows.get<bool>(1)});
  }
  for (const auto& contact : contacts) {
    if (take_back && contact.created) session.run(kDeleteUnusedContact, user_id, contact.id);
    session.run(kForgetContact, id, contact.id);
  }
  return static_cast<int>(contacts.size());
}

}  // namespace

int sweep_import(Session& session, Instant now, ImportId id, int budget) {
  auto import = session.query(
      "SELECT user_id, campaign_id, atomic, state FROM callqueue_imports "
      "WHERE id = ?1",
      id);
  if (!import.step()) return 0;
  const auto user_id = get_id<UserId>(import, 0);
  const auto campaign_id = get_optional_id<CampaignId>(import, 1);
  const bool take_contacts_back =
      import.get<bool>(2) && import.get<std::string_view>(3) == "abandoned";

  if (campaign_id) session.lock_campaign(*campaign_id);
  auto swept = static_cast<int>(
      session.change(session.statements().delete_staged_rows, campaign_id, id, budget));
  if (swept < budget) {
    swept += sweep_contacts(session, user_id, id, take_contacts_back, budget - swept);
  }
  if (swept == budget) return swept;
  if (campaign_id) {
    session.run(kDropLanes, *campaign_id, id);
    release_campaign(session, now, id, *campaign_id);
  }
  session.run("DELETE FROM callqueue_imports WHERE id = ?1", id);
  return swept;
}

int sweep_imports(Session& session, Instant now, int budget) {
  session.run(kAbandonAllSilent, now - kImportSilence);
  int swept = 0;
  for (const auto id : ended_imports(session)) {
    if (swept >= budget) break;
    // One that is only found over is progress too: its campaign may end now.
    swept += std::max(1, sweep_import(session, now, id, budget - swept));
  }
  return swept;
}

void release_campaign(Session& session, Instant now, ImportId id, CampaignId campaign_id) {
  session.run("UPDATE callqueue_imports SET campaign_id = NULL WHERE id = ?1", id);
  session.run(session.statements().roll_ended_lanes, campaign_id);
  complete_if_done(session, campaign_id, now);
}

}  // namespace callqueue
