#include <algorithm>
#include <array>
#include <utility>

#include "sqlite/pages.hpp"
#include "sqlite/rows.hpp"
#include "sqlite/store.hpp"

namespace callqueue::sqlite {
namespace {

// Lists of queued calls are in the order of creation: of the rowid, which is the last column of
// every index. Each status is one range of an index in that order; a page merges up to six of them.
//
// A row that waits for its campaign's sweep reads as what the sweep will make of it; ?5 keeps rows
// whose status, so read, is wanted.
#define CALLQUEUE_EFFECTIVE_STATUS                                                                \
  "CASE WHEN q.status <> 'queued' OR r.sweep IS NULL THEN q.status "                              \
  "WHEN r.sweep = 'cancelled' THEN 'cancelled' WHEN q.attempts = 0 THEN 'skipped' ELSE 'failed' " \
  "END"
#define CALLQUEUE_WANTED \
  "AND (?5 = '' OR instr(?5, '|' || " CALLQUEUE_EFFECTIVE_STATUS " || '|') > 0) "
#define CALLQUEUE_JOINED                                  \
  "LEFT JOIN callqueue_lanes l ON l.lane_id = q.lane_id " \
  "LEFT JOIN callqueue_campaign_rules r ON r.campaign_id = q.campaign_id "

constexpr char kOfUser[] =
    "SELECT " CALLQUEUE_QUEUED_CALL_COLUMNS
    ", q.rowid FROM call_queue q INDEXED BY idx_call_queue_user_status " CALLQUEUE_JOINED
    "WHERE q.user_id = ?1 AND q.status = ?2 AND q.rowid > ?3 " CALLQUEUE_WANTED
    "ORDER BY q.rowid LIMIT ?4";
constexpr char kOfCampaign[] =
    "SELECT " CALLQUEUE_QUEUED_CALL_COLUMNS
    ", q.rowid FROM call_queue q INDEXED BY idx_call_queue_campaign_status " CALLQUEUE_JOINED
    "WHERE q.user_id = ?1 AND q.status = ?2 AND q.rowid > ?3 AND q.campaign_id = "
    "?6 " CALLQUEUE_WANTED "ORDER BY q.rowid LIMIT ?4";
// Index callqueue_open_contact: a contact has few rows.
constexpr char kOfContact[] =
    "SELECT " CALLQUEUE_QUEUED_CALL_COLUMNS ", q.rowid FROM call_queue q " CALLQUEUE_JOINED
    "WHERE q.user_id = ?1 AND q.contact_id = ?2 AND q.rowid > ?3 "
    "AND (?6 IS NULL OR q.campaign_id = ?6) " CALLQUEUE_WANTED "ORDER BY q.rowid LIMIT ?4";

// Index callqueue_campaign_rules_sweep: campaigns that are being swept, seldom any.
constexpr char kSweeping[] = R"sql(
  SELECT campaign_id FROM callqueue_campaign_rules
  WHERE sweep IS NOT NULL AND user_id = ?1 AND (?2 IS NULL OR campaign_id = ?2))sql";

constexpr std::array kAllStatuses = {QueuedCallStatus::queued,    QueuedCallStatus::processing,
                                     QueuedCallStatus::completed, QueuedCallStatus::failed,
                                     QueuedCallStatus::cancelled, QueuedCallStatus::skipped};

/// One page, gathered from several ranges.
class QueuePage {
 public:
  QueuePage(Database& database, UserId user_id, const QueueFilter& filter, const Page& page)
      : database_(database), user_id_(user_id), filter_(filter), limit_(row_limit(page)) {
    if (!page.cursor.empty()) {
      const auto rowid = whole_number(page.cursor);
      if (!rowid) refuse_cursor();
      after_ = *rowid;
    }
    for (const auto status : filter.statuses) {
      wanted_ += "|" + std::string{to_text(status)} + "|";
    }
  }

  PageOf<QueuedCall> read() {
    if (filter_.contact_id) {
      collect(database_.query(kOfContact, user_id_, *filter_.contact_id, after_, limit_ + 1,
                              wanted_, filter_.campaign_id));
    } else {
      for (const auto status : kAllStatuses) {
        if (wants(status)) collect_status(to_text(status), filter_.campaign_id);
      }
      if (!wants(QueuedCallStatus::queued)) collect_unswept();
    }
    return cut();
  }

 private:
  using Row = std::pair<std::int64_t, QueuedCall>;

  bool wants(QueuedCallStatus status) const {
    return filter_.statuses.empty() || std::find(filter_.statuses.begin(), filter_.statuses.end(),
                                                 status) != filter_.statuses.end();
  }

  void collect_status(std::string_view status, std::optional<CampaignId> campaign_id) {
    if (campaign_id) {
      collect(database_.query(kOfCampaign, user_id_, status, after_, limit_ + 1, wanted_,
                              *campaign_id));
    } else {
      collect(database_.query(kOfUser, user_id_, status, after_, limit_ + 1, wanted_));
    }
  }

  /// Rows stored as queued that read as something else.
  void collect_unswept() {
    std::vector<CampaignId> campaigns;
    {
      auto rows = database_.query(kSweeping, user_id_, filter_.campaign_id);
      while (rows.step()) campaigns.push_back(get_id<CampaignId>(rows, 0));
    }
    for (const auto id : campaigns) collect_status("queued", id);
  }

  void collect(Query rows) {
    while (rows.step()) rows_.emplace_back(rows.get<std::int64_t>(23), read_queued_call(rows));
  }

  PageOf<QueuedCall> cut() {
    std::sort(rows_.begin(), rows_.end(),
              [](const Row& a, const Row& b) { return a.first < b.first; });
    const auto limit = static_cast<std::size_t>(limit_);
    PageOf<QueuedCall> page;
    if (rows_.size() > limit) {
      page.next_cursor = std::to_string(rows_[limit - 1].first);
      rows_.resize(limit);
    }
    for (auto& row : rows_) page.items.push_back(std::move(row.second));
    return page;
  }

  Database& database_;
  UserId user_id_;
  const QueueFilter& filter_;
  int limit_;
  std::int64_t after_ = 0;
  std::string wanted_;
  std::vector<Row> rows_;
};

// Index idx_call_queue_user_status, covering.
constexpr char kByStatus[] =
    "SELECT status, count(*) FROM call_queue WHERE user_id = ?1 GROUP BY status";
constexpr char kReady[] = R"sql(
  SELECT count(*) FROM call_queue q
    LEFT JOIN callqueue_campaign_rules r ON r.campaign_id = q.campaign_id
  WHERE q.user_id = ?1 AND q.status = 'queued' AND q.scheduled_for <= ?2 AND r.sweep IS NULL)sql";
// Indexes callqueue_campaign_rules_sweep and idx_call_queue_campaign_status.
constexpr char kUnswept[] = R"sql(
  SELECT r.sweep, q.attempts = 0, count(*)
  FROM callqueue_campaign_rules r CROSS JOIN call_queue q
  WHERE r.sweep IS NOT NULL AND r.user_id = ?1 AND q.campaign_id = r.campaign_id
    AND q.status = 'queued'
  GROUP BY 1, 2)sql";

std::int64_t& count_of(QueueStatistics& statistics, QueuedCallStatus status) {
  switch (status) {
    case QueuedCallStatus::queued: return statistics.queued;
    case QueuedCallStatus::processing: return statistics.processing;
    case QueuedCallStatus::completed: return statistics.completed;
    case QueuedCallStatus::failed: return statistics.failed;
    case QueuedCallStatus::cancelled: return statistics.cancelled;
    case QueuedCallStatus::skipped: return statistics.skipped;
  }
  return statistics.queued;
}

}  // namespace

Result<PageOf<QueuedCall>> SqliteStore::list_queued_calls(UserId user_id, const QueueFilter& filter,
                                                          const Page& page) {
  return read([&](Database& database, Instant) {
    return QueuePage{database, user_id, filter, page}.read();
  });
}

Result<QueueStatistics> SqliteStore::queue_statistics(UserId user_id) {
  return read([&](Database& database, Instant now) {
    QueueStatistics statistics;
    auto rows = database.query(kByStatus, user_id);
    while (rows.step()) {
      count_of(statistics, queued_call_status_of(rows.get<std::string_view>(0))) =
          rows.get<std::int64_t>(1);
    }
    statistics.ready = database.value<std::int64_t>(kReady, user_id, now).value_or(0);
    auto unswept = database.query(kUnswept, user_id);
    while (unswept.step()) {
      const auto count = unswept.get<std::int64_t>(2);
      statistics.queued -= count;
      if (unswept.get<std::string_view>(0) == "cancelled") {
        statistics.cancelled += count;
      } else {
        (unswept.get<bool>(1) ? statistics.skipped : statistics.failed) += count;
      }
    }
    return statistics;
  });
}

}  // namespace callqueue::sqlite
