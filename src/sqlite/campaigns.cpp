#include <chrono>
#include <limits>
#include <thread>

#include "sqlite/completion.hpp"
#include "sqlite/pages.hpp"
#include "sqlite/references.hpp"
#include "sqlite/rows.hpp"
#include "sqlite/store.hpp"

namespace callqueue::sqlite {
namespace {

// The trigger on insert makes the row of rules.
constexpr char kInsertCampaign[] = R"sql(
  INSERT INTO call_campaigns (id, user_id, name, description, agent_id, next_action, first_call_time,
                              last_call_time, start_date, end_date, created_at, updated_at)
  VALUES (?1, ?2, ?3, NULLIF(?4, ''), ?5, NULLIF(?6, ''), ?7, ?8, ?9, ?10, ?11, ?11))sql";
constexpr char kIdTaken[] = "SELECT 1 FROM call_campaigns WHERE id = ?1";
constexpr char kWriteRules[] = R"sql(
  UPDATE callqueue_campaign_rules SET timezone = ?2, clock = ?3, weekly_windows = ?4,
    excluded_dates = ?5, retry_outcomes = ?6, retry_max_attempts = ?7, retry_delays = ?8,
    spread = ?9, call_deadline_seconds = ?10
  WHERE campaign_id = ?1)sql";
constexpr char kUpdateCampaign[] = R"sql(
  UPDATE call_campaigns SET name = ?2, description = NULLIF(?3, ''), agent_id = ?4,
    next_action = NULLIF(?5, ''), first_call_time = ?6, last_call_time = ?7, start_date = ?8,
    end_date = ?9, updated_at = max(?10, updated_at + 1)
  WHERE id = ?1)sql";

// Index idx_call_campaigns_user_id, backwards: newest first.
constexpr char kListCampaigns[] = "SELECT " CALLQUEUE_CAMPAIGN_COLUMNS CALLQUEUE_CAMPAIGN_FROM
                                  "WHERE c.user_id = ?1 AND (c.created_at, c.id) < (?2, ?3) "
                                  "AND (?4 = '' OR instr(?4, '|' || c.status || '|') > 0) "
                                  "AND (?5 IS NULL OR c.agent_id = ?5) "
                                  "AND (?6 = '' OR instr(lower(c.name), lower(?6)) > 0) "
                                  "ORDER BY c.created_at DESC, c.id DESC LIMIT ?7";

constexpr char kSetStatus[] = R"sql(
  UPDATE call_campaigns SET status = ?2, updated_at = max(?3, updated_at + 1),
    started_at = CASE WHEN ?2 = 'active' THEN COALESCE(started_at, ?3) ELSE started_at END
  WHERE id = ?1)sql";

// Indexes idx_call_queue_campaign_status and, for calls whose row is gone, callqueue_calls_active.
constexpr char kInFlight[] = R"sql(
  SELECT EXISTS (SELECT 1 FROM call_queue
                 WHERE campaign_id = ?2 AND status = 'processing' AND call_id IS NOT NULL)
    OR EXISTS (SELECT 1 FROM calls
               WHERE
                 (status = 'initiated' OR status = 'ringing' OR status = 'in_progress') AND user_id = ?1
                 AND +campaign_id = ?2))sql";
constexpr char kImportRuns[] = "SELECT 1 FROM callqueue_imports WHERE campaign_id = ?1";
// Index idx_call_queue_campaign_status.
constexpr char kDeleteRows[] = R"sql(
  DELETE FROM call_queue WHERE rowid IN (
    SELECT rowid FROM call_queue WHERE campaign_id = ?1 LIMIT ?2))sql";
// Index callqueue_calls_campaign.
constexpr char kReleaseCalls[] = R"sql(
  UPDATE calls SET campaign_id = NULL WHERE rowid IN (
    SELECT rowid FROM calls WHERE campaign_id = ?1 LIMIT ?2))sql";
constexpr char kDeleteCampaign[] = "DELETE FROM call_campaigns WHERE id = ?1";

/// Rows a transaction may change while others wait for it: some 30 ms.
constexpr int kBatch = 1000;

/// Others look every millisecond whether they may write.
void let_others_write() { std::this_thread::sleep_for(std::chrono::milliseconds{2}); }

std::optional<std::string> date_text(const std::optional<LocalDate>& date) {
  if (!date) return std::nullopt;
  return to_text(*date);
}

void write_rules(Database& database, CampaignId id, const CampaignRules& rules) {
  std::optional<std::string> windows;
  if (rules.weekly_windows) windows = windows_to_json(*rules.weekly_windows);
  const auto dates = dates_to_json(rules.excluded_dates);
  const auto outcomes = outcomes_to_json(rules.retry.outcomes);
  const auto delays = delays_to_json(rules.retry.delays);
  database.run(kWriteRules, id, rules.timezone,
               rules.clock == CallClock::campaign ? "campaign" : "contact", windows, dates,
               outcomes, rules.retry.max_attempts, delays, rules.spread, rules.call_deadline);
}

void update(Database& database, const CallCampaign& changed, Instant now) {
  const auto first = time_of_day_to_text(changed.first_call_time);
  const auto last = time_of_day_to_text(changed.last_call_time);
  const auto start = to_text(changed.start_date);
  const auto end = date_text(changed.end_date);
  database.run(kUpdateCampaign, changed.id, changed.name, changed.description, changed.agent_id,
               changed.next_action, first, last, start, end, now);
  write_rules(database, changed.id, changed.rules);
}

[[noreturn]] void refuse_state(CampaignStatus status) {
  throw Failure{ErrorCode::conflict, "the campaign is " + std::string{to_text(status)}, "status"};
}

void check_transition(const CallCampaign& campaign, CampaignStatus from, CampaignStatus to) {
  if (campaign.status != from) refuse_state(campaign.status);
  const bool back_to_scheduled =
      from == CampaignStatus::paused && to == CampaignStatus::scheduled && campaign.started_at;
  if (!can_transition(from, to) || back_to_scheduled) {
    throw Failure{ErrorCode::conflict,
                  "a campaign that is " + std::string{to_text(from)} + " cannot become " +
                      std::string{to_text(to)},
                  "status"};
  }
}

/// `created_at.id` of the last campaign seen.
struct CampaignCursor {
  Instant created_at{std::chrono::microseconds{std::numeric_limits<std::int64_t>::max()}};
  std::string id;
};

CampaignCursor campaign_cursor(const Page& page) {
  if (page.cursor.empty()) return {};
  const auto dot = page.cursor.find('.');
  const auto number = std::string_view{page.cursor}.substr(0, dot);
  const auto micros = whole_number(number);
  const auto id = dot == std::string::npos ? Result<Uuid>{Uuid{}}
                                           : parse_uuid(page.cursor.substr(dot + 1), "cursor");
  if (!micros || !id || dot == std::string::npos) refuse_cursor();
  return {.created_at = Instant{std::chrono::microseconds{*micros}}, .id = to_text(*id)};
}

std::string cursor_of(const CallCampaign& campaign) {
  return std::to_string(campaign.created_at.time_since_epoch().count()) + "." +
         to_text(campaign.id);
}

void require_deletable(Database& database, UserId user_id, CampaignId id) {
  if (database.value<bool>(kInFlight, user_id, id).value_or(false)) {
    throw Failure{ErrorCode::conflict, "calls of the campaign are in flight", "status"};
  }
  if (database.value<int>(kImportRuns, id)) {
    throw Failure{ErrorCode::conflict, "a list is being imported into the campaign", "status"};
  }
}

/// One bounded step of a deletion. @return whether the campaign is gone.
bool delete_some(Database& database, UserId user_id, CampaignId id, Instant now) {
  const auto campaign = load_campaign(database, user_id, id);
  require_deletable(database, user_id, id);
  if (database.run(kDeleteRows, id, kBatch) == kBatch ||
      database.run(kReleaseCalls, id, kBatch) == kBatch) {
    // More than one transaction is needed: nobody may claim what is left meanwhile.
    if (!is_final(campaign.status)) database.run(kSetStatus, id, "cancelled", now);
    return false;
  }
  database.run(kDeleteCampaign, id);
  return true;
}

}  // namespace

Result<CallCampaign> SqliteStore::create_campaign(const CallCampaign& campaign) {
  return write([&](Database& database, Instant now) {
    require_agent(database, campaign.user_id, campaign.agent_id);
    const auto id = campaign.id.is_nil() ? uuids_->next_id<CampaignId>(now) : campaign.id;
    if (database.value<int>(kIdTaken, id)) {
      throw Failure{ErrorCode::conflict, "there is a campaign with this id", "id"};
    }
    const auto first = time_of_day_to_text(campaign.first_call_time);
    const auto last = time_of_day_to_text(campaign.last_call_time);
    const auto start = to_text(campaign.start_date);
    const auto end = date_text(campaign.end_date);
    database.run(kInsertCampaign, id, campaign.user_id, campaign.name, campaign.description,
                 campaign.agent_id, campaign.next_action, first, last, start, end, now);
    write_rules(database, id, campaign.rules);
    return load_campaign(database, campaign.user_id, id);
  });
}

Result<CallCampaign> SqliteStore::find_campaign(UserId user_id, CampaignId id) {
  return read([&](Database& database, Instant) { return load_campaign(database, user_id, id); });
}

Result<PageOf<CallCampaign>> SqliteStore::list_campaigns(UserId user_id,
                                                         const CampaignFilter& filter,
                                                         const Page& page) {
  return read([&](Database& database, Instant) {
    std::string statuses;
    for (const auto status : filter.statuses) statuses += "|" + std::string{to_text(status)} + "|";
    const auto after = campaign_cursor(page);
    auto rows = database.query(kListCampaigns, user_id, after.created_at, after.id, statuses,
                               filter.agent_id, filter.name, row_limit(page) + 1);
    return read_page<CallCampaign>(rows, page, read_campaign, cursor_of);
  });
}

Result<CallCampaign> SqliteStore::update_campaign(const CallCampaign& changed) {
  return write([&](Database& database, Instant now) {
    const auto old = load_campaign(database, changed.user_id, changed.id);
    if (is_final(old.status)) refuse_state(old.status);
    if (old.updated_at != changed.updated_at) {
      throw Failure{ErrorCode::conflict, "the campaign was changed meanwhile", "updated_at"};
    }
    require_agent(database, changed.user_id, changed.agent_id);
    update(database, changed, now);
    return load_campaign(database, changed.user_id, changed.id);
  });
}

Result<CallCampaign> SqliteStore::set_campaign_status(UserId user_id, CampaignId id,
                                                      CampaignStatus from, CampaignStatus to) {
  auto flipped = write([&](Database& database, Instant now) {
    const auto campaign = load_campaign(database, user_id, id);
    check_transition(campaign, from, to);
    // Small by itself: from its commit on nothing of the campaign is claimed. A trigger marks it
    // for the sweep.
    database.run(kSetStatus, id, to_text(to), now);
    // Started although its rows were cancelled meanwhile: nothing else would ever complete it.
    if (is_final(to) || campaign.total_contacts > 0) complete_if_done(database, id, now);
    return load_campaign(database, user_id, id);
  });
  if (!flipped || !is_final(to) || flipped->completed_at) return flipped;
  sweep_campaign(id);
  auto swept = find_campaign(user_id, id);
  return swept ? swept : flipped;
}

void SqliteStore::sweep_campaign(CampaignId id) {
  while (true) {
    const auto swept = write(
        [&](Database& database, Instant now) { return sweep_rows(database, id, now, kBatch); });
    // What fails here is made up for by `advance`: the campaign stays marked.
    if (!swept || *swept < kBatch) return;
    let_others_write();
  }
}

Result<void> SqliteStore::delete_campaign(UserId user_id, CampaignId id) {
  while (true) {
    const auto gone = write(
        [&](Database& database, Instant now) { return delete_some(database, user_id, id, now); });
    if (!gone) return tl::unexpected(gone.error());
    if (*gone) return {};
    let_others_write();
  }
}

}  // namespace callqueue::sqlite
