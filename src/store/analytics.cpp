#include <array>
#include <chrono>
#include <cstdio>
#include <map>
#include <utility>

#include "callqueue/time_zone.hpp"
#include "store/rows.hpp"
#include "store/sql_store.hpp"
#include "store/statements.hpp"
#include "store/users.hpp"

namespace callqueue {
namespace {

// Index idx_call_queue_campaign_status, covering.
constexpr char kByStatus[] = R"sql(
  SELECT status, count(*) FROM call_queue
  WHERE campaign_id = ?1 AND status IN ('queued', 'processing', 'skipped', 'cancelled')
  GROUP BY status)sql";
// The same index, then each row.
constexpr char kAttempts[] = "SELECT sum(attempts) FROM call_queue WHERE campaign_id = ?1";
constexpr char kSweep[] = "SELECT sweep FROM callqueue_campaign_rules WHERE campaign_id = ?1";
constexpr char kTriedUnswept[] = R"sql(
  SELECT count(*) FROM call_queue WHERE campaign_id = ?1 AND status = 'queued' AND attempts > 0)sql";

constexpr char kUserZone[] = "SELECT timezone FROM users WHERE id = ?1";
// Index callqueue_calls_campaign. A call that was put back before it was placed is no attempt: its
// row has taken the attempt back and points at it no more.
constexpr char kAttemptsOfCampaign[] = R"sql(
  SELECT COALESCE(c.started_at, c.created_at), callqueue_reads_as(c.status), c.outcome, c.success, c.duration_seconds,
    c.created_at, c.ended_at
  FROM calls c
  WHERE c.campaign_id = ?1 AND c.user_id = ?2
    AND (c.status <> 'cancelled' OR c.provider_call_id IS NOT NULL
         OR EXISTS (SELECT 1 FROM call_queue q
                    WHERE q.user_id = c.user_id AND q.id = c.queue_id AND q.call_id = c.id)))sql";

constexpr char kImportRuns[] =
    "SELECT 1 FROM callqueue_imports WHERE campaign_id = ?1 AND state = 'staging'";
constexpr char kLimits[] = R"sql(
  SELECT concurrent_calls_limit, system_concurrent_calls_limit FROM users WHERE id = ?1)sql";
constexpr char kProcessing[] =
    "SELECT count(*) FROM call_queue WHERE campaign_id = ?1 AND status = 'processing'";

/// What waits for the campaign's sweep counts as what the sweep will make of it.
void count_unswept(Session& session, CampaignId id, CampaignStatistics& statistics) {
  const auto sweep = session.value<std::string>(kSweep, id);
  if (!sweep) return;
  const auto queued = std::exchange(statistics.queued, 0);
  if (*sweep == "cancelled") {
    statistics.cancelled += queued;
    return;
  }
  const auto tried = session.value<std::int64_t>(kTriedUnswept, id).value_or(0);
  statistics.failed_calls += tried;
  statistics.skipped += queued - tried;
}

CampaignStatistics statistics_of(Session& session, const CallCampaign& campaign) {
  CampaignStatistics statistics{.total_contacts = campaign.total_contacts,
                                .completed_calls = campaign.completed_calls,
                                .successful_calls = campaign.successful_calls,
                                .failed_calls = campaign.failed_calls};
  auto rows = session.query(kByStatus, campaign.id);
  while (rows.step()) {
    const auto count = rows.get<std::int64_t>(1);
    switch (queued_call_status_of(rows.get<std::string_view>(0))) {
      case QueuedCallStatus::queued: statistics.queued = count; break;
      case QueuedCallStatus::processing: statistics.processing = count; break;
      case QueuedCallStatus::skipped: statistics.skipped = count; break;
      case QueuedCallStatus::cancelled: statistics.cancelled = count; break;
      default: break;
    }
  }
  statistics.attempts = session.value<std::int64_t>(kAttempts, campaign.id).value_or(0);
  count_unswept(session, campaign.id, statistics);
  return statistics;
}

double ratio(std::int64_t part, std::int64_t whole) {
  return whole == 0 ? 0 : static_cast<double>(part) / static_cast<double>(whole);
}

/// Adds up a campaign's attempts, by day and hour on the wall of its zone.
class Attempts {
 public:
  explicit Attempts(TimeZone zone) : zone_(zone) {}

  void add(const Rows& row) {
    const bool ended = !is_active(call_status_of(row.get<std::string_view>(1)));
    const auto outcome = parse_call_outcome(row.get<std::string_view>(2));
    const bool answered =
        ended && (outcome == CallOutcome::answered || outcome == CallOutcome::voicemail);
    const bool successful = ended && row.get<bool>(3);
    if (ended) {
      ++ended_;
      if (outcome) ++outcomes_[*outcome];
      const auto since = row.get<Instant>(5);
      held_ += std::max(get_optional<Instant>(row, 6).value_or(since) - since, held_.zero());
    }
    if (answered) {
      ++answered_;
      add_duration(get_optional<std::int64_t>(row, 4));
    }
    const auto at = row.get<Instant>(0);
    const std::chrono::sys_days day{zone_.local_date(at)};
    const auto hour = std::chrono::floor<std::chrono::hours>(zone_.local_time(at));
    for (auto* point : {&daily_[day], &hourly_[{day, hour}]}) {
      ++point->attempts;
      point->answered += answered ? 1 : 0;
      point->successful += successful ? 1 : 0;
    }
  }

  void write_to(CampaignAnalytics& analytics) && {
    analytics.connection_rate = ratio(answered_, ended_);
    if (timed_ > 0) {
      analytics.mean_duration_seconds = static_cast<double>(seconds_) / static_cast<double>(timed_);
    }
    if (ended_ > 0) {
      analytics.mean_slot_seconds =
          std::chrono::duration<double>{held_}.count() / static_cast<double>(ended_);
    }
    analytics.outcomes = std::move(outcomes_);
    for (auto& [day, point] : daily_) {
      point.at = to_text(LocalDate{day});
      analytics.daily.push_back(std::move(point));
    }
    for (auto& [at, point] : hourly_) {
      point.at = to_text(LocalDate{at.first}) + hour_text(at.second);
      analytics.hourly.push_back(std::move(point));
    }
  }

 private:
  void add_duration(std::optional<std::int64_t> seconds) {
    if (!seconds) return;
    seconds_ += *seconds;
    ++timed_;
  }

  static std::string hour_text(std::chrono::hours hour) {
    std::array<char, 8> text{};
    std::snprintf(text.data(), text.size(), "T%02d", static_cast<int>(hour.count()) % 24);
    return text.data();
  }

  TimeZone zone_;
  std::int64_t ended_ = 0;
  std::int64_t answered_ = 0;
  std::int64_t seconds_ = 0;
  std::chrono::microseconds held_{0};
  std::int64_t timed_ = 0;
  std::map<CallOutcome, std::int64_t> outcomes_;
  std::map<std::chrono::sys_days, CallSeriesPoint> daily_;
  std::map<std::pair<std::chrono::sys_days, std::chrono::hours>, CallSeriesPoint> hourly_;
};

/// An unknown zone closes lanes; here it only moves bars of a chart, so UTC will do.
TimeZone zone_of(Session& session, const CallCampaign& campaign) {
  const auto user = session.value<std::string>(kUserZone, campaign.user_id).value_or("");
  return TimeZone::load(resolve_timezone(CallClock::campaign, {}, campaign.rules.timezone, user))
      .value_or(TimeZone{});
}

std::vector<LaneFacts> lanes_of(Session& session, CampaignId id) {
  std::vector<LaneFacts> lanes;
  auto rows = session.query(session.statements().lane_facts, id);
  while (rows.step()) {
    lanes.push_back({.timezone = rows.get<std::string>(0),
                     .opens_at = get_optional<Instant>(rows, 1),
                     .closes_at = get_optional<Instant>(rows, 2),
                     .stale = rows.get<bool>(3),
                     .ready = rows.get<std::int64_t>(4),
                     .waiting = rows.get<std::int64_t>(5),
                     .next_due_at = get_optional<Instant>(rows, 6),
                     .last_due_at = get_optional<Instant>(rows, 7)});
  }
  return lanes;
}

}  // namespace

Result<CampaignStatistics> SqlStore::campaign_statistics(UserId user_id, CampaignId id) {
  return read([&](Session& session, Instant) {
    return statistics_of(session, load_campaign(session, user_id, id));
  });
}

Result<CampaignAnalytics> SqlStore::campaign_analytics(UserId user_id, CampaignId id) {
  return read([&](Session& session, Instant) {
    const auto campaign = load_campaign(session, user_id, id);
    CampaignAnalytics analytics;
    analytics.statistics = statistics_of(session, campaign);
    const auto& counts = analytics.statistics;
    analytics.progress =
        ratio(counts.total_contacts - counts.queued - counts.processing, counts.total_contacts);
    analytics.success_rate =
        ratio(counts.successful_calls, counts.completed_calls + counts.failed_calls);
    Attempts attempts{zone_of(session, campaign)};
    auto rows = session.query(kAttemptsOfCampaign, id, user_id);
    while (rows.step()) attempts.add(rows);
    std::move(attempts).write_to(analytics);
    return analytics;
  });
}

Result<CampaignFacts> SqlStore::campaign_facts(UserId user_id, CampaignId id) {
  return read([&](Session& session, Instant now) {
    CampaignFacts facts{.status = load_campaign(session, user_id, id).status, .now = now};
    // What is left in a final campaign's lanes is waiting for the sweep only.
    if (!is_final(facts.status)) facts.lanes = lanes_of(session, id);
    facts.import_running = session.value<int>(kImportRuns, id).has_value();
    const auto slots = system_slots_of(session);
    facts.user_active = active_calls_of(session, user_id);
    facts.system_active = slots.active;
    facts.system_limit = slots.limit;
    auto limits = session.query(kLimits, user_id);
    if (limits.step()) {
      facts.user_limit = limits.get<int>(0);
      facts.user_system_limit = limits.get<int>(1);
    }
    facts.processing = session.value<std::int64_t>(kProcessing, id).value_or(0);
    facts.busy_numbers =
        session.value<std::int64_t>(session.statements().busy_rows, id, user_id, now).value_or(0);
    return facts;
  });
}

}  // namespace callqueue
