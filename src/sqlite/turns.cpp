#include "sqlite/turns.hpp"

#include <algorithm>
#include <tuple>

namespace callqueue::sqlite {
namespace {

// Index callqueue_turns_parked.
constexpr char kWakeDue[] = R"sql(
  UPDATE callqueue_turns SET in_turn = 1, at_limit = 0, wake_at = NULL WHERE user_id IN (
    SELECT user_id FROM callqueue_turns WHERE in_turn = 0 AND wake_at <= ?1 ORDER BY wake_at LIMIT ?2))sql";
// Index callqueue_lanes_open, here and below.
constexpr char kPark[] = R"sql(
  UPDATE callqueue_turns SET in_turn = 0, wake_at = (
    SELECT min(opens_at) FROM callqueue_lanes
    WHERE user_id = ?1 AND has_ready = 1 AND stale = 0 AND import_id IS NULL AND campaign_status = 'active'
      AND opens_at > ?2)
  WHERE user_id = ?1)sql";
constexpr char kHasOpenLane[] = R"sql(
  SELECT 1 FROM callqueue_lanes
  WHERE user_id = ?1 AND has_ready = 1 AND stale = 0 AND import_id IS NULL AND campaign_status = 'active'
    AND opens_at <= ?2 AND closes_at >= ?2 LIMIT 1)sql";
constexpr char kIsInTurn[] = "SELECT 1 FROM callqueue_turns WHERE user_id = ?1 AND in_turn = 1";
constexpr char kParkAtLimit[] =
    "UPDATE callqueue_turns SET in_turn = 0, at_limit = 1, wake_at = NULL WHERE user_id = ?1";
constexpr char kServed[] = "UPDATE callqueue_turns SET last_turn = ?2 WHERE user_id = ?1";

// Index callqueue_turns_order, here and below.
constexpr char kNextCeiling[] =
    "SELECT min(ceiling) FROM callqueue_turns WHERE in_turn = 1 AND ceiling > ?1";
constexpr char kUsersInTurn[] = R"sql(
  SELECT t.user_id, t.last_turn, u.concurrent_calls_limit, t.ceiling
  FROM callqueue_turns t JOIN users u ON u.id = t.user_id
  WHERE t.in_turn = 1 AND t.ceiling = ?1 AND (t.last_turn, t.user_id) > (?2, ?3)
  ORDER BY t.last_turn, t.user_id LIMIT ?4)sql";

bool comes_before(const TurnOfUser& a, const TurnOfUser& b) {
  return std::tie(a.turn, a.user_id) < std::tie(b.turn, b.user_id);
}

}  // namespace

int wake_due(Database& database, Instant now, int most) {
  return static_cast<int>(database.run(kWakeDue, now, most));
}

void park(Database& database, UserId user_id, Instant now) { database.run(kPark, user_id, now); }

void park_at_limit(Database& database, UserId user_id) { database.run(kParkAtLimit, user_id); }

void park_if_closed(Database& database, UserId user_id, Instant now) {
  if (database.value<int>(kHasOpenLane, user_id, now)) return;
  if (database.value<int>(kIsInTurn, user_id)) park(database, user_id, now);
}

void note_dealing(Database& database, UserId user_id, std::int64_t turn) {
  database.run(kServed, user_id, turn);
}

std::optional<TurnOfUser> TurnOrder::next(int active) {
  if (!lists_) find_lists(active);
  List* first = nullptr;
  const TurnOfUser* best = nullptr;
  for (auto& list : *lists_) {
    if (list.ceiling <= active) continue;
    const auto* user = peek(list);
    if (user != nullptr && (best == nullptr || comes_before(*user, *best))) {
      best = user;
      first = &list;
    }
  }
  if (first == nullptr) return std::nullopt;
  return first->page[first->at++];
}

void TurnOrder::find_lists(int active) {
  lists_.emplace();
  auto ceiling = database_.value<int>(kNextCeiling, active);
  while (ceiling) {
    lists_->push_back({.ceiling = *ceiling, .page = {}});
    ceiling = database_.value<int>(kNextCeiling, *ceiling);
  }
}

const TurnOfUser* TurnOrder::peek(List& list) {
  constexpr std::size_t kFirstPage = 8;
  constexpr std::size_t kLongestPage = 128;
  if (list.at < list.page.size()) return &list.page[list.at];
  if (list.ends) return nullptr;
  const auto size = std::clamp(list.page.size() * 4, kFirstPage, kLongestPage);
  const auto after =
      list.page.empty() ? TurnOfUser{.user_id = {}, .turn = -1, .limits = {}} : list.page.back();
  list.page.clear();
  list.at = 0;
  auto rows = database_.query(kUsersInTurn, list.ceiling, after.turn, after.user_id,
                              static_cast<std::int64_t>(size));
  while (rows.step()) {
    list.page.push_back({.user_id = get_id<UserId>(rows, 0),
                         .turn = rows.get<std::int64_t>(1),
                         .limits = {rows.get<int>(2), rows.get<int>(3)}});
  }
  list.ends = list.page.size() < size;
  return list.page.empty() ? nullptr : &list.page.front();
}

}  // namespace callqueue::sqlite
