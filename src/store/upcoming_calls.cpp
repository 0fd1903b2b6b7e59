#include <algorithm>
#include <chrono>
#include <limits>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "store/pages.hpp"
#include "store/rows.hpp"
#include "store/sql_store.hpp"
#include "store/statements.hpp"

namespace callqueue {
namespace {

// Indexes idx_call_campaigns_user_id and callqueue_lanes_campaign; callqueue_lanes_direct.
constexpr char kLanes[] = R"sql(
  SELECT l.lane_id, c.status, 0
  FROM call_campaigns c JOIN callqueue_campaign_rules r ON r.campaign_id = c.id
    JOIN callqueue_lanes l ON l.campaign_id = c.id
  WHERE c.user_id = ?1 AND (?2 IS NULL OR c.id = ?2) AND c.status NOT IN ('completed', 'cancelled')
    AND r.sweep IS NULL AND l.import_id IS NULL
  UNION ALL
  SELECT lane_id, 'active', 1 FROM callqueue_lanes
  WHERE user_id = ?1 AND campaign_id IS NULL AND ?2 IS NULL)sql";

/// A lane and where its rows stand in the list: what is direct comes first, what does not run last.
struct Lane {
  std::int64_t id = 0;
  bool direct = false;
  bool runs = false;
};

/// The list is made of these, one after the other.
enum Part : int { direct_ready, ready, waiting, stopped_ready, stopped_waiting, end };

bool is_ready(int part) { return part == direct_ready || part == ready || part == stopped_ready; }

bool belongs(const Lane& lane, int part) {
  if (part == direct_ready) return lane.direct;
  if (part == ready) return lane.runs && !lane.direct;
  return lane.runs == (part == waiting);
}

/// Where the page before ended: a part, how many rows came up to there, and the last of them.
struct Place {
  int part = direct_ready;
  std::int64_t seen = 0;
  bool within = false;  ///< Else at the start of the part.
  std::int64_t priority = 0;
  std::int64_t position = 0;
  Instant at{};  ///< Created, or due.
  std::string row;
};

/// Before any instant that a store keeps.
constexpr Instant kEarliest{std::chrono::sys_days{std::chrono::year{1} / 1 / 1}};

std::string to_cursor(const Place& place) {
  return std::to_string(place.part) + '/' + std::to_string(place.seen) + '/' +
         std::to_string(place.priority) + '/' + std::to_string(place.position) + '/' +
         to_text(place.at) + '/' + place.row;
}

std::optional<std::int64_t> number(std::string_view text) {
  const bool negative = text.starts_with('-');
  const auto whole = whole_number(text.substr(negative ? 1 : 0));
  return whole && negative ? std::optional{-*whole} : whole;
}

/// Cuts off what stands before the next slash.
std::string_view next_part(std::string_view& text) {
  const auto part = text.substr(0, text.find('/'));
  text.remove_prefix(std::min(part.size() + 1, text.size()));
  return part;
}

Place place_of(const Session& session, const std::string& cursor) {
  if (cursor.empty()) return {};
  std::string_view text = cursor;
  const auto part = number(next_part(text));
  const auto seen = number(next_part(text));
  const auto priority = number(next_part(text));
  const auto position = number(next_part(text));
  const auto at = parse_instant(next_part(text));
  if (!part || *part < 0 || *part >= end || !seen || *seen < 0 || !priority || !position || !at) {
    refuse_cursor();
  }
  Place place{.part = static_cast<int>(*part),
              .seen = *seen,
              .within = true,
              .priority = *priority,
              .position = *position,
              .at = *at,
              .row = std::string{text}};
  const bool is_good =
      is_ready(place.part) ? parse_uuid(text).has_value() : session.is_queue_cursor(text);
  if (!is_good) refuse_cursor();
  return place;
}

struct Found {
  QueuedCall call;
  std::string place;
};

bool is_called_before(const Found& a, const Found& b) {
  const auto order = [](const Found& row) {
    return std::tuple{-std::int64_t{row.call.priority}, row.call.position, row.call.created_at,
                      row.call.id};
  };
  return order(a) < order(b);
}

/// Places are numbers or all of one length.
bool is_due_before(const Found& a, const Found& b) {
  const auto order = [](const Found& row) {
    return std::tuple{row.call.scheduled_for, row.place.size(), std::string_view{row.place}};
  };
  return order(a) < order(b);
}

class UpcomingPage {
 public:
  UpcomingPage(Session& session, UserId user_id, std::optional<CampaignId> campaign_id,
               const Page& page)
      : session_(session), limit_(row_limit(page)), place_(place_of(session, page.cursor)) {
    auto rows = session.query(kLanes, user_id, campaign_id);
    while (rows.step()) {
      const auto status = campaign_status_of(rows.get<std::string_view>(1));
      lanes_.push_back(
          {.id = rows.get<std::int64_t>(0),
           .direct = rows.get<std::int64_t>(2) == 1,
           .runs = status == CampaignStatus::active || status == CampaignStatus::scheduled});
    }
  }

  PageOf<UpcomingCall> read() {
    PageOf<UpcomingCall> page;
    for (auto last = place_; place_.part < end; ++place_.part, place_.within = false) {
      for (auto& row : rows_of_part()) {
        if (std::ssize(page.items) == limit_) {
          page.next_cursor = to_cursor(last);
          return page;
        }
        advance_to(row);
        last = place_;
        std::optional<std::int64_t> position;
        if (place_.part < stopped_ready) position = place_.seen;
        page.items.push_back({.call = std::move(row.call), .position = position});
      }
    }
    return page;
  }

 private:
  std::vector<Found> rows_of_part() {
    std::vector<Found> rows;
    for (const auto& lane : lanes_) {
      if (!belongs(lane, place_.part)) continue;
      if (is_ready(place_.part)) {
        collect_ready(rows, lane);
      } else {
        collect(rows, session_.query(session_.statements().waiting_after, lane.id, limit_ + 1,
                                     place_.within ? place_.at : kEarliest,
                                     place_.within ? std::string_view{place_.row} : ""));
      }
    }
    std::sort(rows.begin(), rows.end(), is_ready(place_.part) ? is_called_before : is_due_before);
    return rows;
  }

  void collect_ready(std::vector<Found>& found, const Lane& lane) {
    const auto& statements = session_.statements();
    const auto before = std::ssize(found);
    auto priority = std::numeric_limits<std::int64_t>::max();
    if (place_.within) {
      priority = place_.priority;
      collect(found, session_.query(statements.ready_behind, lane.id, limit_ + 1, priority,
                                    place_.position, place_.at, *parse_uuid(place_.row)));
    }
    if (std::ssize(found) - before > limit_) return;
    collect(found, session_.query(statements.ready_below, lane.id, limit_ + 1, priority));
  }

  static void collect(std::vector<Found>& found, Rows rows) {
    while (rows.step()) {
      found.push_back({.call = read_queued_call(rows), .place = rows.get<std::string>(23)});
    }
  }

  void advance_to(const Found& row) {
    ++place_.seen;
    place_.within = true;
    place_.priority = row.call.priority;
    place_.position = row.call.position;
    place_.at = is_ready(place_.part) ? row.call.created_at : row.call.scheduled_for;
    place_.row = is_ready(place_.part) ? to_text(row.call.id) : row.place;
  }

  Session& session_;
  int limit_;
  Place place_;
  std::vector<Lane> lanes_;
};

}  // namespace

Result<PageOf<UpcomingCall>> SqlStore::list_upcoming_calls(UserId user_id,
                                                           std::optional<CampaignId> campaign_id,
                                                           const Page& page) {
  return read([&](Session& session, Instant) {
    return UpcomingPage{session, user_id, campaign_id, page}.read();
  });
}

}  // namespace callqueue
