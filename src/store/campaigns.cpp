#include <chrono>
#include <limits>

#include "store/completion.hpp"
#include "store/pages.hpp"
#include "store/references.hpp"
#include "store/rows.hpp"
#include "store/sql_store.hpp"
#include "store/statements.hpp"

namespace callqueue {
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
    end_date = ?9, updated_at = ?10
  WHERE id = ?1)sql";

// Index idx_call_campaigns_user_id, backwards: newest first.
constexpr char kListCampaigns[] = "SELECT " CALLQUEUE_CAMPAIGN_COLUMNS CALLQUEUE_CAMPAIGN_FROM
                                  "WHERE c.user_id = ?1 AND (c.created_at, c.id) < (?2, ?3) "
                                  "AND (?4 = '' OR ?4 LIKE '%|' || c.status || '|%') "
                                  "AND (?5 IS NULL OR c.agent_id = ?5) "
                                  "AND (?6 = '' OR lower(c.name) LIKE lower(?6) ESCAPE '\\') "
                                  "ORDER BY c.created_at DESC, c.id DESC LIMIT ?7";

constexpr char kSetStatus[] = R"sql(
  UPDATE call_campaigns SET status = ?2, updated_at = ?4,
    started_at = CASE WHEN ?2 = 'active' THEN COALESCE(started_at, ?3) ELSE started_at END
  WHERE id = ?1)sql";

constexpr char kAnyImport[] = "SELECT 1 FROM callqueue_imports WHERE campaign_id = ?1";
constexpr char kDeleteImportErrors[] = R"sql(
  DELETE FROM callqueue_import_errors
  WHERE (user_id, campaign_id, import_id, number) IN (
    SELECT user_id, campaign_id, import_id, number FROM callqueue_import_errors
    WHERE user_id = ?1 AND campaign_id = ?2 LIMIT ?3))sql";
constexpr char kDeleteCampaign[] = "DELETE FROM call_campaigns WHERE id = ?1";

/// Rows a transaction may change while others wait for it: some 30 ms.
constexpr int kBatch = 1000;

void write_rules(Session& session, CampaignId id, const CampaignRules& rules) {
  std::string windows;
  if (rules.weekly_windows) windows = windows_to_json(*rules.weekly_windows);
  const auto weekly = rules.weekly_windows ? std::optional{JsonText{windows}} : std::nullopt;
  const auto dates = dates_to_json(rules.excluded_dates);
  const auto outcomes = outcomes_to_json(rules.retry.outcomes);
  const auto delays = delays_to_json(rules.retry.delays);
  session.run(kWriteRules, id, rules.timezone,
              rules.clock == CallClock::campaign ? "campaign" : "contact", weekly, JsonText{dates},
              JsonText{outcomes}, rules.retry.max_attempts, JsonText{delays}, rules.spread,
              rules.call_deadline);
}

void update(Session& session, const CallCampaign& changed, Instant now) {
  session.run(kUpdateCampaign, changed.id, changed.name, changed.description, changed.agent_id,
              changed.next_action, WallTime{changed.first_call_time},
              WallTime{changed.last_call_time}, changed.start_date, changed.end_date,
              next_update(changed.updated_at, now));
  write_rules(session, changed.id, changed.rules);
}

void set_status(Session& session, const CallCampaign& campaign, CampaignStatus to, Instant now) {
  session.run(kSetStatus, campaign.id, to_text(to), now, next_update(campaign.updated_at, now));
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
  Uuid id;
};

CampaignCursor campaign_cursor(const Page& page) {
  if (page.cursor.empty()) return {};
  const auto dot = page.cursor.find('.');
  const auto number = std::string_view{page.cursor}.substr(0, dot);
  const auto micros = whole_number(number);
  const auto id = dot == std::string::npos ? Result<Uuid>{Uuid{}}
                                           : parse_uuid(page.cursor.substr(dot + 1), "cursor");
  if (!micros || !id || dot == std::string::npos) refuse_cursor();
  return {.created_at = Instant{std::chrono::microseconds{*micros}}, .id = *id};
}

std::string cursor_of(const CallCampaign& campaign) {
  return std::to_string(campaign.created_at.time_since_epoch().count()) + "." +
         to_text(campaign.id);
}

void require_deletable(Session& session, UserId user_id, CampaignId id) {
  if (session.value<bool>(session.statements().campaign_in_flight, user_id, id).value_or(false)) {
    throw Failure{ErrorCode::conflict, "calls of the campaign are in flight", "status"};
  }
  if (session.value<int>(kAnyImport, id)) {
    throw Failure{ErrorCode::conflict, "a list is being imported into the campaign", "status"};
  }
}

/// One bounded step of a deletion. @return whether the campaign is gone.
bool delete_some(Session& session, UserId user_id, CampaignId id, Instant now) {
  session.lock_campaign(id);
  const auto campaign = load_campaign(session, user_id, id);
  require_deletable(session, user_id, id);
  if (session.change(session.statements().delete_rows, id, kBatch) == kBatch ||
      session.change(session.statements().release_calls, id, kBatch) == kBatch ||
      session.change(kDeleteImportErrors, user_id, id, kBatch) == kBatch) {
    // More than one transaction is needed: nobody may claim what is left meanwhile.
    if (!is_final(campaign.status)) {
      const auto left = load_campaign(session, user_id, id);
      set_status(session, left, CampaignStatus::cancelled, now);
    }
    return false;
  }
  session.run(kDeleteCampaign, id);
  return true;
}

}  // namespace

Result<CallCampaign> SqlStore::create_campaign(const CallCampaign& campaign) {
  return write([&](Session& session, Instant now) {
    session.touch(campaign.user_id);
    session.tell(News::change);
    require_agent(session, campaign.user_id, campaign.agent_id);
    const auto id = campaign.id.is_nil() ? next_id<CampaignId>(now) : campaign.id;
    if (session.value<int>(kIdTaken, id)) {
      throw Failure{ErrorCode::conflict, "there is a campaign with this id", "id"};
    }
    session.run(kInsertCampaign, id, campaign.user_id, campaign.name, campaign.description,
                campaign.agent_id, campaign.next_action, WallTime{campaign.first_call_time},
                WallTime{campaign.last_call_time}, campaign.start_date, campaign.end_date, now);
    write_rules(session, id, campaign.rules);
    return load_campaign(session, campaign.user_id, id);
  });
}

Result<CallCampaign> SqlStore::find_campaign(UserId user_id, CampaignId id) {
  return read([&](Session& session, Instant) { return load_campaign(session, user_id, id); });
}

Result<PageOf<CallCampaign>> SqlStore::list_campaigns(UserId user_id, const CampaignFilter& filter,
                                                      const Page& page) {
  return read([&](Session& session, Instant) {
    const auto statuses = status_list(filter.statuses);
    const auto name = holds_pattern(filter.name);
    const auto after = campaign_cursor(page);
    auto rows = session.query(kListCampaigns, user_id, after.created_at, after.id, statuses,
                              filter.agent_id, name, row_limit(page) + 1);
    return read_page<CallCampaign>(rows, page, read_campaign, cursor_of);
  });
}

Result<CallCampaign> SqlStore::update_campaign(const CallCampaign& changed) {
  return write([&](Session& session, Instant now) {
    session.touch(changed.user_id);
    session.lock_campaign(changed.id);
    const auto old = load_campaign(session, changed.user_id, changed.id);
    if (is_final(old.status)) refuse_state(old.status);
    if (old.updated_at != changed.updated_at) {
      throw Failure{ErrorCode::conflict, "the campaign was changed meanwhile", "updated_at"};
    }
    require_agent(session, changed.user_id, changed.agent_id);
    update(session, changed, now);
    return load_campaign(session, changed.user_id, changed.id);
  });
}

Result<CallCampaign> SqlStore::set_campaign_status(UserId user_id, CampaignId id,
                                                   CampaignStatus from, CampaignStatus to) {
  auto flipped = narrow([&](Session& session, Instant now) {
    session.touch(user_id);
    session.lock_campaign(id);
    const auto campaign = load_campaign(session, user_id, id);
    check_transition(campaign, from, to);
    // Small by itself: from its commit on nothing of the campaign is claimed. A trigger marks it
    // for the sweep.
    set_status(session, campaign, to, now);
    // Started although its rows were cancelled meanwhile: nothing else would ever complete it.
    if (is_final(to) || campaign.total_contacts > 0) complete_if_done(session, id, now);
    return load_campaign(session, user_id, id);
  });
  if (!flipped || !is_final(to) || flipped->completed_at) return flipped;
  sweep_campaign(id);
  auto swept = find_campaign(user_id, id);
  return swept ? swept : flipped;
}

void SqlStore::sweep_campaign(CampaignId id) {
  while (true) {
    const auto swept =
        write([&](Session& session, Instant now) { return sweep_rows(session, id, now, kBatch); });
    // What fails here is made up for by `advance`: the campaign stays marked.
    if (!swept || *swept < kBatch) return;
    let_others_write();
  }
}

Result<void> SqlStore::delete_campaign(UserId user_id, CampaignId id) {
  while (true) {
    const auto gone = narrow([&](Session& session, Instant now) {
      session.touch(user_id);
      return delete_some(session, user_id, id, now);
    });
    if (!gone) return tl::unexpected(gone.error());
    if (*gone) return {};
    let_others_write();
  }
}

}  // namespace callqueue
