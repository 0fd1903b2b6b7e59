#include "store/import.hpp"

#include <utility>
#include <vector>

#include "store/failpoint.hpp"
#include "store/references.hpp"
#include "store/rows.hpp"
#include "store/sql_store.hpp"
#include "store/statements.hpp"

namespace callqueue {
namespace {

// Rows between two looks at the watch.
constexpr int kSweptPerLook = 100;

constexpr char kBegin[] =
    "INSERT INTO callqueue_imports (id, user_id, campaign_id, again, atomic, created_at, "
    "heartbeat_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?6)";
constexpr char kAbandon[] =
    "UPDATE callqueue_imports SET state = 'abandoned' "
    "WHERE user_id = ?1 AND id = ?2 AND state <> 'published'";
// Index callqueue_imports_campaign, both.
constexpr char kAbandonSilent[] =
    "UPDATE callqueue_imports SET state = 'abandoned' "
    "WHERE campaign_id = ?1 AND state = 'staging' AND heartbeat_at <= ?2";
constexpr char kImportsOfCampaign[] =
    "SELECT id, state FROM callqueue_imports WHERE campaign_id = ?1";

constexpr char kStagedLanes[] =
    "SELECT lane_id, timezone, relane FROM callqueue_lanes "
    "WHERE campaign_id = ?1 AND import_id = ?2 ORDER BY lane_id";

// Index callqueue_rows_lane.
constexpr char kCountLane[] =
    "SELECT count(*) FROM (SELECT 1 FROM call_queue WHERE lane_id = ?1 LIMIT ?2) some_rows";
constexpr char kMoveRows[] = "UPDATE call_queue SET lane_id = ?2 WHERE lane_id = ?1";
constexpr char kDropLane[] = "DELETE FROM callqueue_lanes WHERE lane_id = ?1";
constexpr char kPublishLane[] = "UPDATE callqueue_lanes SET import_id = NULL WHERE lane_id = ?1";

Failure no_such_import() {
  return {ErrorCode::not_found, "no such import, or all of it was taken back", "import_id"};
}

void require_open(Session& session, UserId user_id, CampaignId id) {
  const auto status = session.value<std::string>(
      "SELECT status FROM call_campaigns WHERE user_id = ?1 AND id = ?2", user_id, id);
  if (!status) throw Failure{ErrorCode::not_found, "no such campaign", "campaign_id"};
  if (is_final(campaign_status_of(*status))) {
    throw Failure{ErrorCode::conflict, "the campaign is " + *status, "campaign_id"};
  }
}

/// Abandons the campaign's imports that were not heard of for long enough. @return all that have
/// ended; throws `conflict` when one runs.
std::vector<ImportId> end_silent_imports(Session& session, Instant now, CampaignId id) {
  session.run(kAbandonSilent, id, now - kImportSilenceToOthers);
  std::vector<ImportId> ended;
  auto imports = session.query(kImportsOfCampaign, id);
  while (imports.step()) {
    if (imports.get<std::string_view>(1) == "staging") {
      throw Failure{ErrorCode::conflict,
                    "another import into the campaign is running, or broke off less than 30 "
                    "seconds ago: try again then",
                    "campaign_id"};
    }
    ended.push_back(get_id<ImportId>(imports, 0));
  }
  return ended;
}

/// Moves the staged lane's rows into the campaign's lane of the zone if they are no more than
/// `may_move`. @return how many moved; nothing when the lane has to stay.
std::optional<int> move_lane(Session& session, CampaignId campaign_id, std::int64_t lane_id,
                             const std::string& timezone, int may_move) {
  const auto target = session.value<std::int64_t>(session.statements().find_lane, campaign_id,
                                                  timezone, std::optional<ImportId>{});
  if (!target) return std::nullopt;
  const auto rows = session.value<int>(kCountLane, lane_id, may_move + 1).value();
  if (rows > may_move) return std::nullopt;
  session.run(kMoveRows, lane_id, *target);
  session.run(kDropLane, lane_id);
  return rows;
}

void publish_lanes(Session& session, const RunningImport& import) {
  // In all lanes together, so that this stays short with hundreds of zones.
  int may_move = kSmallLane;
  for (const auto& lane : staged_lanes(session, import)) {
    const auto moved =
        lane.relane ? std::nullopt
                    : move_lane(session, import.campaign_id, lane.lane_id, lane.timezone, may_move);
    if (moved) {
      may_move -= *moved;
    } else {
      session.run(kPublishLane, lane.lane_id);
    }
  }
}

}  // namespace

RunningImport running_import(Session& session, UserId user_id, ImportId id) {
  auto row = session.query(
      "SELECT i.user_id, i.campaign_id, c.agent_id, i.again, i.atomic, r.spread, r.clock, "
      "r.timezone, u.timezone, r.last_position, c.status, i.state "
      "FROM callqueue_imports i JOIN users u ON u.id = i.user_id "
      "LEFT JOIN call_campaigns c ON c.id = i.campaign_id "
      "LEFT JOIN callqueue_campaign_rules r ON r.campaign_id = c.id "
      "WHERE i.user_id = ?1 AND i.id = ?2",
      user_id, id);
  // One that was abandoned and taken back, or went with its user, has left no trace.
  if (!row.step()) throw no_such_import();
  if (row.get<std::string_view>(11) != "staging") {
    throw Failure{ErrorCode::conflict, "the import is not running any more", "import_id"};
  }
  RunningImport import{.id = id, .user_id = get_id<UserId>(row, 0), .atomic = row.get<bool>(4)};
  if (row.is_null(1)) return import;
  if (is_final(campaign_status_of(row.get<std::string_view>(10)))) {
    throw Failure{ErrorCode::conflict, "the campaign is final", "campaign_id"};
  }
  import.queues_calls = true;
  import.campaign_id = get_id<CampaignId>(row, 1);
  import.agent_id = get_id<AgentId>(row, 2);
  import.again = row.get<bool>(3);
  import.spread = row.get<bool>(5);
  import.clock =
      row.get<std::string_view>(6) == "campaign" ? CallClock::campaign : CallClock::contact;
  import.campaign_timezone = row.get<std::string>(7);
  import.user_timezone = row.get<std::string>(8);
  import.last_position = row.get<std::int64_t>(9);
  return import;
}

RunningImport continue_import(Session& session, Instant now, UserId user_id, ImportId id) {
  auto import = running_import(session, user_id, id);
  if (import.queues_calls) {
    session.lock_campaign(import.campaign_id);
    import = running_import(session, user_id, id);  // As it is now that nobody changes it.
  }
  session.touch(import.user_id);
  session.run("UPDATE callqueue_imports SET heartbeat_at = ?2 WHERE id = ?1 AND heartbeat_at < ?2",
              id, now);
  return import;
}

std::vector<StagedLane> staged_lanes(Session& session, const RunningImport& import) {
  std::vector<StagedLane> lanes;
  auto rows = session.query(kStagedLanes, import.campaign_id, import.id);
  while (rows.step()) {
    lanes.push_back({.lane_id = rows.get<std::int64_t>(0),
                     .timezone = rows.get<std::string>(1),
                     .relane = rows.get<bool>(2)});
  }
  return lanes;
}

Result<ImportId> SqlStore::begin_import(const ImportRequest& request) {
  std::vector<ImportId> ended;
  const auto begun = write([&](Session& session, Instant now) {
    session.touch(request.user_id);
    session.tell(News::change);
    if (request.campaign_id) {
      session.lock_campaign(*request.campaign_id);
      require_open(session, request.user_id, *request.campaign_id);
      ended = end_silent_imports(session, now, *request.campaign_id);
    } else {
      require_user(session, request.user_id);
    }
    const auto id = next_id<ImportId>(now);
    session.run(kBegin, id, request.user_id, request.campaign_id, request.again, request.atomic,
                now);
    return id;
  });
  if (!begun) return begun;
  // The new one holds the campaign open meanwhile.
  for (const auto id : ended) {
    if (auto swept = guarded([&] { sweep_whole_import(id); }); !swept) {
      (void)abandon_import(request.user_id, *begun);
      return tl::unexpected(swept.error());
    }
  }
  return begun;
}

Result<std::vector<StagedRow>> SqlStore::stage_import(UserId user_id, ImportId id,
                                                      std::span<const ImportRow> rows) {
  return guarded([&] {
    std::vector<StagedRow> staged;
    staged.reserve(rows.size());
    // At least once: no rows are a sign of life, too.
    do {
      const auto outcomes =
          import_chunk([&](Session& session, Instant now, const ImportWatch& watch) {
            auto chunk = stage_rows(session, now, continue_import(session, now, user_id, id),
                                    rows.subspan(staged.size()), watch);
            failpoint("in_import");
            return chunk;
          });
      for (const auto outcome : outcomes) staged.push_back({.outcome = outcome});
    } while (staged.size() < rows.size());
    return staged;
  });
}

Result<void> SqlStore::publish_import(UserId user_id, ImportId id) {
  if (auto spread = guarded([&] { spread_staged_rows(user_id, id); }); !spread) return spread;
  failpoint("before_publish_import");
  auto published = write([&](Session& session, Instant now) {
    const auto import = continue_import(session, now, user_id, id);
    if (import.queues_calls) {
      publish_lanes(session, import);
      release_campaign(session, now, id, import.campaign_id);
    }
    session.run("UPDATE callqueue_imports SET state = 'published' WHERE id = ?1", id);
  });
  failpoint("after_publish_import");
  // It is done, whatever happens to what is left to clear away: `advance` would do it.
  if (published) (void)guarded([&] { sweep_whole_import(id); });
  return published;
}

Result<void> SqlStore::abandon_import(UserId user_id, ImportId id) {
  return guarded([&] {
    import_chunk([&](Session& session, auto, const auto&) {
      const bool ends = session.change(kAbandon, user_id, id) > 0;
      if (!ends) (void)running_import(session, user_id, id);  // Says why.
      return ends;
    });
    sweep_whole_import(id);
  });
}

void SqlStore::sweep_whole_import(ImportId id) {
  for (bool gone = false; !gone;) {
    gone = import_chunk([&](Session& session, Instant now, const ImportWatch& watch) {
      while (!watch.is_over()) {
        if (sweep_import(session, now, id, kSweptPerLook) < kSweptPerLook) return true;
      }
      return false;
    });
  }
}

}  // namespace callqueue
