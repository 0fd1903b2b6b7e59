#include "sqlite/import.hpp"

#include <utility>
#include <vector>

#include "sqlite/import_rows.hpp"
#include "sqlite/session.hpp"
#include "sqlite/store.hpp"
#include "store/failpoint.hpp"
#include "store/references.hpp"
#include "store/rows.hpp"

namespace callqueue::sqlite {
namespace {

// Rows between two looks at the watch.
constexpr std::size_t kRowsPerLook = 32;
constexpr int kSweptPerLook = 100;

constexpr char kBegin[] =
    "INSERT INTO callqueue_imports (id, user_id, campaign_id, again, atomic, created_at, "
    "heartbeat_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?6)";
constexpr char kAbandon[] =
    "UPDATE callqueue_imports SET state = 'abandoned' WHERE id = ?1 AND state <> 'published'";
// Index callqueue_imports_campaign, both.
constexpr char kAbandonSilent[] =
    "UPDATE callqueue_imports SET state = 'abandoned' "
    "WHERE campaign_id = ?1 AND state = 'staging' AND heartbeat_at <= ?2";
constexpr char kImportsOfCampaign[] =
    "SELECT id, state FROM callqueue_imports WHERE campaign_id = ?1";

constexpr char kLaneOfZone[] =
    "SELECT min(lane_id) FROM callqueue_lanes "
    "WHERE campaign_id = ?1 AND timezone = ?2 AND import_id IS NULL AND relane = 0";
// Index callqueue_rows_lane.
constexpr char kCountLane[] =
    "SELECT count(*) FROM (SELECT 1 FROM call_queue WHERE lane_id = ?1 LIMIT ?2)";
constexpr char kMoveRows[] = "UPDATE call_queue SET lane_id = ?2 WHERE lane_id = ?1";
constexpr char kDropLane[] = "DELETE FROM callqueue_lanes WHERE lane_id = ?1";
constexpr char kPublishLane[] = "UPDATE callqueue_lanes SET import_id = NULL WHERE lane_id = ?1";

void require_open(Database& database, UserId user_id, CampaignId id) {
  const auto status = database.value<std::string>(
      "SELECT status FROM call_campaigns WHERE user_id = ?1 AND id = ?2", user_id, id);
  if (!status) throw Failure{ErrorCode::not_found, "no such campaign", "campaign_id"};
  if (is_final(campaign_status_of(*status))) {
    throw Failure{ErrorCode::conflict, "the campaign is " + *status, "campaign_id"};
  }
}

/// Abandons the campaign's imports that were not heard of for long enough. @return all that have
/// ended; throws `conflict` when one runs.
std::vector<ImportId> end_silent_imports(Database& database, Instant now, CampaignId id) {
  database.run(kAbandonSilent, id, now - kImportSilenceToOthers);
  std::vector<ImportId> ended;
  auto imports = database.query(kImportsOfCampaign, id);
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
std::optional<int> move_lane(Database& database, CampaignId campaign_id, std::int64_t lane_id,
                             const std::string& timezone, int may_move) {
  const auto target = database.value<std::int64_t>(kLaneOfZone, campaign_id, timezone);
  if (!target) return std::nullopt;
  const auto rows = database.value<int>(kCountLane, lane_id, may_move + 1).value();
  if (rows > may_move) return std::nullopt;
  database.run(kMoveRows, lane_id, *target);
  database.run(kDropLane, lane_id);
  return rows;
}

void publish_lanes(Database& database, const RunningImport& import) {
  // In all lanes together, so that this stays short with hundreds of zones.
  int may_move = kSmallLane;
  for (const auto& lane : staged_lanes(database, import)) {
    const auto moved = lane.relane ? std::nullopt
                                   : move_lane(database, import.campaign_id, lane.lane_id,
                                               lane.timezone, may_move);
    if (moved) {
      may_move -= *moved;
    } else {
      database.run(kPublishLane, lane.lane_id);
    }
  }
}

std::vector<StagedRow> stage_chunk(ImportRows& chunk, std::span<const ImportRow> rows,
                                   const ImportChunks::Watch& watch) {
  std::vector<StagedRow> staged;
  for (const auto& row : rows) {
    staged.push_back({.outcome = chunk.stage(row)});
    if (staged.size() % kRowsPerLook == 0 && watch.is_over()) break;
  }
  chunk.finish();
  failpoint("in_import");
  return staged;
}

}  // namespace

Result<ImportId> SqliteStore::begin_import(const ImportRequest& request) {
  std::vector<ImportId> ended;
  const auto begun = write([&](Database& database, Instant now) {
    if (request.campaign_id) {
      require_open(database, request.user_id, *request.campaign_id);
      ended = end_silent_imports(database, now, *request.campaign_id);
    } else {
      SqliteSession session{database};
      require_user(session, request.user_id);
    }
    const auto id = next_id<ImportId>(now);
    database.run(kBegin, id, request.user_id, request.campaign_id, request.again, request.atomic,
                 now);
    return id;
  });
  if (!begun) return begun;
  // The new one holds the campaign open meanwhile.
  for (const auto id : ended) {
    if (auto swept = guarded([&] { sweep_whole_import(id); }); !swept) {
      (void)abandon_import(*begun);
      return tl::unexpected(swept.error());
    }
  }
  return begun;
}

Result<std::vector<StagedRow>> SqliteStore::stage_import(ImportId id,
                                                         std::span<const ImportRow> rows) {
  return guarded([&] {
    std::vector<StagedRow> staged;
    staged.reserve(rows.size());
    // At least once: no rows are a sign of life, too.
    do {
      const auto outcomes =
          import_chunk([&](Database& database, Instant now, const ImportChunks::Watch& watch) {
            ImportRows chunk{database, now, continue_import(database, now, id), uuids()};
            return stage_chunk(chunk, rows.subspan(staged.size()), watch);
          });
      staged.insert(staged.end(), outcomes.begin(), outcomes.end());
    } while (staged.size() < rows.size());
    return staged;
  });
}

Result<void> SqliteStore::publish_import(ImportId id) {
  if (auto spread = guarded([&] { spread_staged_rows(id); }); !spread) return spread;
  failpoint("before_publish_import");
  auto published = write([&](Database& database, Instant now) {
    const auto import = continue_import(database, now, id);
    if (import.queues_calls) {
      publish_lanes(database, import);
      release_campaign(database, now, id, import.campaign_id);
    }
    database.run("UPDATE callqueue_imports SET state = 'published' WHERE id = ?1", id);
  });
  failpoint("after_publish_import");
  // It is done, whatever happens to what is left to clear away: `advance` would do it.
  if (published) (void)guarded([&] { sweep_whole_import(id); });
  return published;
}

Result<void> SqliteStore::abandon_import(ImportId id) {
  return guarded([&] {
    const auto known = import_chunk(
        [&](Database& database, auto, const auto&) { return database.run(kAbandon, id); });
    if (known == 0) {
      throw Failure{ErrorCode::conflict, "the import is not running any more", "import_id"};
    }
    sweep_whole_import(id);
  });
}

void SqliteStore::sweep_whole_import(ImportId id) {
  for (bool gone = false; !gone;) {
    gone = import_chunk([&](Database& database, Instant now, const ImportChunks::Watch& watch) {
      while (!watch.is_over()) {
        if (sweep_import(database, now, id, kSweptPerLook) < kSweptPerLook) return true;
      }
      return false;
    });
  }
}

}  // namespace callqueue::sqlite
