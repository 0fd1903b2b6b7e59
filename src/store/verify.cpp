#include "store/verify.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <utility>

#include "callqueue/call_campaign.hpp"
#include "callqueue/time_zone.hpp"
#include "store/migrations.hpp"
#include "store/rows.hpp"

namespace callqueue {
namespace {

constexpr int kMostNamed = 100;
constexpr char kLaneCheck[] = "lane_open_at_wrong_hours";
constexpr char kHistory[] = "SELECT version, name, checksum FROM callqueue_migrations";

/// Whether the interval is within what the rules leave open: what it leaves out costs time, what it
/// adds is a call at night.
bool is_within_rules(const CallingRules& rules, const TimeZone& zone, const Interval& lane,
                     Instant now) {
  const Instant from = std::max(lane.opens_at, now);
  const auto open = validate(rules) ? next_open_interval(rules, zone, from) : std::nullopt;
  return open && open->opens_at <= from && lane.closes_at <= open->closes_at;
}

}  // namespace

void add_item(VerifyReport& report, std::string kind, std::string name, std::string detail) {
  const bool ok = detail.empty();
  report.items.push_back(
      {.kind = std::move(kind), .name = std::move(name), .ok = ok, .detail = std::move(detail)});
}

void try_check(Session& session, const std::string& kind, const std::string& name,
               VerifyReport& report, const std::function<void()>& check) {
  const auto before = report.items.size();
  session.query("SAVEPOINT callqueue_check").step();
  try {
    check();
    session.query("RELEASE SAVEPOINT callqueue_check").step();
  } catch (const Failure& failure) {
    const auto& error = failure.error();
    if (error.code != ErrorCode::corrupt && error.code != ErrorCode::internal) throw;
    session.query("ROLLBACK TO SAVEPOINT callqueue_check").step();
    report.items.resize(before);
    add_item(report, kind, name, "not checked, because " + error.message);
  }
}

bool is_hosts(std::string_view table) {
  constexpr std::array<std::string_view, 4> tables{"users", "agents", "contacts", "calls"};
  return std::find(tables.begin(), tables.end(), table) != tables.end();
}

bool is_ours(std::string_view name) {
  return name.starts_with("callqueue_") || name.starts_with("idx_call_") ||
         name.starts_with("trigger_update_ca");
}

void verify_history(Session& session, const std::vector<Migration>& all, VerifyReport& report) {
  std::map<int, std::pair<std::string, std::string>> applied;
  auto rows = session.query(kHistory);
  while (rows.step()) {
    applied.emplace(rows.get<int>(0),
                    std::pair{rows.get<std::string>(1), rows.get<std::string>(2)});
  }
  for (const auto& migration : all) {
    const auto found = applied.find(migration.version);
    std::string detail;
    if (found == applied.end()) {
      detail = "was not run";
    } else if (found->second != std::pair{migration.name, checksum(migration)}) {
      detail = "was run in another form (" + found->second.first + ")";
    }
    add_item(report, "migration", migration.name, detail);
  }
}

namespace {

void recount(Session& session, const char* wrong_statistics, VerifyReport& report) {
  constexpr const char* kCounters[] = {"total_contacts", "completed_calls", "successful_calls",
                                       "failed_calls"};
  bool all_right = true;
  auto rows = session.query(wrong_statistics, kMostNamed);
  while (rows.step()) {
    all_right = false;
    std::string detail;
    for (int i = 0; i < 4; ++i) {
      const auto kept = rows.get<std::int64_t>(1 + i);
      const auto counted = rows.get<std::int64_t>(5 + i);
      if (kept == counted) continue;
      detail += (detail.empty() ? "" : ", ") + std::string{kCounters[i]} + " is " +
                std::to_string(kept) + ", a recount gives " + std::to_string(counted);
    }
    add_item(report, "statistics", rows.get<std::string>(0), detail);
  }
  if (all_right) add_item(report, "statistics", "call_campaigns", "");
}

void compare_lanes(Session& session, const char* lanes, Instant now, VerifyReport& report) {
  int wrong = 0;
  std::string one;
  auto rows = session.query(lanes, now);
  while (rows.step()) {
    const auto campaign_id = get_id<CampaignId>(rows, 1);
    const auto campaign = readable_campaign(session, get_id<UserId>(rows, 0), campaign_id);
    const auto zone = TimeZone::load(rows.get<std::string>(2));
    const Interval interval{rows.get<Instant>(3), rows.get<Instant>(4)};
    if (campaign && zone && is_within_rules(calling_rules(*campaign), *zone, interval, now))
      continue;
    ++wrong;
    one = to_text(campaign_id);
  }
  add_item(report, "queue", kLaneCheck,
           wrong == 0 ? ""
                      : std::to_string(wrong) +
                            " lanes are open when their campaign's rules say closed (" +
                            "one is of " + one + ")");
}

}  // namespace

void verify_statistics(Session& session, const char* wrong_statistics, VerifyReport& report) {
  try_check(session, "statistics", "call_campaigns", report,
            [&] { recount(session, wrong_statistics, report); });
}

void verify_lanes(Session& session, const char* lanes, Instant now, VerifyReport& report) {
  try_check(session, "queue", kLaneCheck, report,
            [&] { compare_lanes(session, lanes, now, report); });
}

void run_checks(Session& session, std::span<const DataCheck> checks, Instant now,
                VerifyReport& report) {
  for (const auto& check : checks) {
    try_check(session, "queue", check.name, report, [&] {
      auto row = check.needs_now ? session.query(check.sql, now) : session.query(check.sql);
      row.step();
      const auto count = row.get<std::int64_t>(0);
      const auto first = row.get<std::string>(1);
      add_item(report, "queue", check.name,
               count == 0 ? ""
                          : std::to_string(count) + " " + check.meaning +
                                (first.empty() ? "" : " (one is " + first + ")"));
    });
  }
}

}  // namespace callqueue
