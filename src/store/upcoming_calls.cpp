#include <algorithm>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "store/calling_order.hpp"
#include "store/pages.hpp"
#include "store/rows.hpp"
#include "store/sql_store.hpp"
#include "store/statements.hpp"

namespace callqueue {
namespace {

/// The last row of the page before, and how many rows came up to there.
struct Reached {
  CallingPlace place;
  std::int64_t rows = 0;
  std::int64_t earlier = 0;  ///< Of these, those that may start earlier than that row.
};

std::string to_cursor(const Reached& reached) {
  const auto& [rank, priority, position, at, row] = reached.place;
  return std::to_string(static_cast<int>(rank.part)) + '/' + to_text(rank.starts_at) + '/' +
         std::to_string(static_cast<int>(rank.waits)) + '/' + std::to_string(reached.rows) + '/' +
         std::to_string(reached.earlier) + '/' + std::to_string(priority) + '/' +
         std::to_string(position) + '/' + to_text(at) + '/' + row;
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

std::optional<Reached> reached_by(const Session& session, const std::string& cursor) {
  if (cursor.empty()) return std::nullopt;
  std::string_view text = cursor;
  const auto part = whole_number(next_part(text));
  const auto starts_at = parse_instant(next_part(text));
  const auto waits = whole_number(next_part(text));
  const auto rows = whole_number(next_part(text));
  const auto earlier = whole_number(next_part(text));
  const auto priority = number(next_part(text));
  const auto position = number(next_part(text));
  const auto at = parse_instant(next_part(text));
  if (!part || *part > static_cast<int>(CallingPart::stopped) || !starts_at || !waits ||
      *waits > 1 || !rows || !earlier || !priority || !position || !at) {
    refuse_cursor();
  }
  const bool is_good = *waits == 1 ? session.is_queue_cursor(text) : parse_uuid(text).has_value();
  if (!is_good) refuse_cursor();
  return Reached{.place = {.rank = {static_cast<CallingPart>(*part), *starts_at, *waits == 1},
                           .priority = *priority,
                           .position = *position,
                           .at = *at,
                           .row = std::string{text}},
                 .rows = *rows,
                 .earlier = *earlier};
}

struct Found {
  QueuedCall call;
  const CallingLane* lane;
  CallingPlace place;
};

bool is_called_before(const Found& a, const Found& b) {
  if (a.place.rank != b.place.rank) return a.place.rank < b.place.rank;
  if (a.place.rank.waits) {
    // Places in lists are numbers or all of one length.
    const auto order = [](const CallingPlace& row) {
      return std::tuple{row.at, row.row.size(), std::string_view{row.row}};
    };
    return order(a.place) < order(b.place);
  }
  const auto order = [](const QueuedCall& row) {
    return std::tuple{-std::int64_t{row.priority}, row.position, row.created_at, row.id};
  };
  return order(a.call) < order(b.call);
}

/// The due rows of a lane, or those that wait.
struct Sequence {
  const CallingLane* lane;
  bool waits;
  CallingRank begins_at;  ///< No row of it that is still to be listed comes earlier.
};

class UpcomingPage {
 public:
  UpcomingPage(Session& session, Instant now, UserId user_id, std::optional<CampaignId> campaign_id,
               const Page& page)
      : session_(session),
        limit_(row_limit(page)),
        reached_(reached_by(session, page.cursor)),
        lanes_(calling_lanes(session, now, user_id, campaign_id)) {}

  PageOf<UpcomingCall> read() {
    const auto sequences = sequences_left();
    for (const auto& sequence : sequences) {
      if (is_full_before(sequence.begins_at)) break;
      if (sequence.waits) {
        find_waiting(*sequence.lane);
      } else {
        find_due(*sequence.lane);
      }
    }
    std::sort(found_.begin(), found_.end(), is_called_before);
    PageOf<UpcomingCall> page;
    for (auto& row : found_) {
      if (std::ssize(page.items) == limit_) {
        page.next_cursor = to_cursor(*reached_);
        break;
      }
      page.items.push_back(take(std::move(row)));
    }
    return page;
  }

 private:
  std::vector<Sequence> sequences_left() const {
    const auto from = reached_ ? reached_->place.rank : CallingRank{};
    std::vector<Sequence> left;
    for (const auto& lane : lanes_) {
      if (lane.due_rank() >= from) left.push_back({&lane, false, lane.due_rank()});
      if (lane.waiting < from.part) continue;
      left.push_back({&lane, true, std::max(from, lane.rank_at(kEarliest))});
    }
    std::sort(left.begin(), left.end(),
              [](const Sequence& a, const Sequence& b) { return a.begins_at < b.begins_at; });
    return left;
  }

  /// Whether what was found suffices, with a row more, whatever begins there.
  bool is_full_before(const CallingRank& rank) {
    if (std::ssize(found_) <= limit_ || looked_at_ == rank) return false;
    looked_at_ = rank;
    return std::count_if(found_.begin(), found_.end(),
                         [&](const Found& row) { return row.place.rank < rank; }) > limit_;
  }

  void find_due(const CallingLane& lane) {
    const auto& statements = session_.statements();
    const auto before = std::ssize(found_);
    auto priority = std::numeric_limits<std::int64_t>::max();
    if (reached_ && reached_->place.rank == lane.due_rank()) {
      const auto& place = reached_->place;
      priority = place.priority;
      find(lane, false,
           session_.query(statements.ready_behind, lane.id, limit_ + 1, priority, place.position,
                          place.at, *parse_uuid(place.row)));
    }
    if (std::ssize(found_) - before > limit_) return;
    find(lane, false, session_.query(statements.ready_below, lane.id, limit_ + 1, priority));
  }

  void find_waiting(const CallingLane& lane) {
    WaitingPlace behind;
    if (reached_ && reached_->place.rank.part == lane.waiting) {
      behind = waiting_up_to(lane, reached_->place);
    }
    find(lane, true,
         session_.query(session_.statements().waiting_after, lane.id, limit_ + 1,
                        behind.scheduled_for, behind.row));
  }

  void find(const CallingLane& lane, bool waits, Rows rows) {
    while (rows.step()) {
      auto call = read_queued_call(rows);
      auto place = lane.place_of(call, waits, rows.get<std::string>(23));
      found_.push_back({.call = std::move(call), .lane = &lane, .place = std::move(place)});
    }
  }

  /// The next row of the page.
  UpcomingCall take(Found row) {
    const auto& lane = *row.lane;
    const auto rank = row.place.rank;
    UpcomingCall listed{.call = std::move(row.call), .closed = lane.due == CallingPart::later};
    if (listed.closed && lane.opens_at != kLatest) listed.opens_at = lane.opens_at;
    const auto before = reached_ ? reached_->rows : 0;
    const bool starts_with_last = reached_ && reached_->place.rank.part == rank.part &&
                                  reached_->place.rank.starts_at == rank.starts_at;
    if (rank.part != CallingPart::stopped) listed.position = before + 1;
    if (rank.part == CallingPart::later) {
      listed.earlier = starts_with_last ? reached_->earlier : before;
    }
    reached_ =
        Reached{.place = std::move(row.place), .rows = before + 1, .earlier = listed.earlier};
    return listed;
  }

  Session& session_;
  int limit_;
  std::optional<Reached> reached_;
  std::vector<CallingLane> lanes_;
  std::vector<Found> found_;
  std::optional<CallingRank> looked_at_;
};

}  // namespace

Result<PageOf<UpcomingCall>> SqlStore::list_upcoming_calls(UserId user_id,
                                                           std::optional<CampaignId> campaign_id,
                                                           const Page& page) {
  return read([&](Session& session, Instant now) {
    return UpcomingPage{session, now, user_id, campaign_id, page}.read();
  });
}

}  // namespace callqueue
