// What operators and administrators look at: users beside each other, and the whole system.
#include <unordered_map>
#include <utility>

#include "store/pages.hpp"
#include "store/sql_store.hpp"
#include "store/statements.hpp"
#include "store/users.hpp"

namespace callqueue {
namespace {

// Who could be dealt something, in the order of the dealing.
constexpr char kPlaces[] = R"sql(
  SELECT user_id, place FROM (
    SELECT user_id, row_number() OVER (ORDER BY last_turn, user_id) AS place
    FROM callqueue_turns WHERE in_turn) t
  WHERE user_id BETWEEN ?1 AND ?2)sql";
// Rows that are about to be swept with their campaign do not count, here and below.
constexpr char kWaitingRows[] = R"sql(
  SELECT count(*), COALESCE(sum(CASE WHEN q.scheduled_for <= ?2 THEN 1 END), 0)
  FROM call_queue q LEFT JOIN callqueue_campaign_rules r ON r.campaign_id = q.campaign_id
  WHERE q.user_id = ?1 AND q.status = 'queued' AND r.sweep IS NULL)sql";
constexpr char kSystemRows[] = R"sql(
  SELECT count(*), COALESCE(sum(CASE WHEN q.scheduled_for <= ?1 THEN 1 END), 0),
    min(CASE WHEN q.scheduled_for <= ?1 AND l.campaign_status = 'active' AND NOT l.stale
                  AND l.opens_at <= ?1 AND l.closes_at > ?1
             THEN CASE WHEN q.scheduled_for > l.opens_at THEN q.scheduled_for ELSE l.opens_at END END)
  FROM call_queue q LEFT JOIN callqueue_lanes l ON l.lane_id = q.lane_id
    LEFT JOIN callqueue_campaign_rules r ON r.campaign_id = q.campaign_id
  WHERE q.status = 'queued' AND r.sweep IS NULL AND l.import_id IS NULL)sql";

constexpr int kMostBusyUsers = 1000;

void add_places(Session& session, std::vector<UserActivity>& users) {
  if (users.empty()) return;
  std::unordered_map<UserId, std::int64_t> places;
  auto rows = session.query(kPlaces, users.front().user.id, users.back().user.id);
  while (rows.step()) places[get_id<UserId>(rows, 0)] = rows.get<std::int64_t>(1);
  for (auto& user : users) {
    const auto found = places.find(user.user.id);
    if (found != places.end()) user.place = found->second;
  }
}

UserActivity activity_of(Session& session, const User& user, Instant now) {
  UserActivity activity{.user = user, .active_calls = active_calls_of(session, user.id)};
  auto row = session.query(kWaitingRows, user.id, now);
  row.step();
  activity.queued = row.get<std::int64_t>(0);
  activity.ready = row.get<std::int64_t>(1);
  return activity;
}

}  // namespace

Result<PageOf<UserActivity>> SqlStore::list_user_activity(const Page& page) {
  return read([&](Session& session, Instant now) {
    auto users = load_users(session, page);
    PageOf<UserActivity> all{.items = {}, .next_cursor = std::move(users.next_cursor)};
    for (const auto& user : users.items) all.items.push_back(activity_of(session, user, now));
    add_places(session, all.items);
    return all;
  });
}

Result<SystemStatistics> SqlStore::system_statistics() {
  return read([&](Session& session, Instant now) {
    SystemStatistics statistics{.slots = system_slots_of(session)};
    auto users = session.query(session.statements().active_calls_by_user, kMostBusyUsers);
    while (users.step()) {
      statistics.users.push_back(
          {get_id<UserId>(users, 0), {users.get<int>(1), users.get<int>(2)}});
    }
    auto row = session.query(kSystemRows, now);
    row.step();
    statistics.queued = row.get<std::int64_t>(0);
    statistics.ready = row.get<std::int64_t>(1);
    statistics.oldest_due = get_optional<Instant>(row, 2);
    return statistics;
  });
}

}  // namespace callqueue
