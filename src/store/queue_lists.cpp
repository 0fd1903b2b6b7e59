#include <algorithm>
#include <array>
#include <utility>

#include "store/pages.hpp"
#include "store/rows.hpp"
#include "store/sql_store.hpp"
#include "store/statements.hpp"

namespace callqueue {
namespace {

// Index callqueue_campaign_rules_sweep: campaigns that are being swept, seldom any.
constexpr char kSweepingCampaigns[] = R"sql(
  SELECT campaign_id FROM callqueue_campaign_rules
  WHERE sweep IS NOT NULL AND user_id = ?1 AND (?2 IS NULL OR campaign_id = ?2))sql";

constexpr std::array kAllStatuses = {QueuedCallStatus::queued,    QueuedCallStatus::processing,
                                     QueuedCallStatus::completed, QueuedCallStatus::failed,
                                     QueuedCallStatus::cancelled, QueuedCallStatus::skipped};

/// One page of a list in the order of creation. Each status is a range of its own in that order; a
/// page merges up to six of them.
///
/// A row that waits for its campaign's sweep reads as what the sweep will make of it; the
/// statements keep rows whose status, so read, is wanted.
class QueuePage {
 public:
  QueuePage(Session& session, UserId user_id, const QueueFilter& filter, const Page& page)
      : session_(session),
        user_id_(user_id),
        filter_(filter),
        limit_(row_limit(page)),
        after_(page.cursor),
        wanted_(status_list(filter.statuses)) {
    if (!page.cursor.empty() && !session.is_queue_cursor(page.cursor)) refuse_cursor();
  }

  PageOf<QueuedCall> read() {
    if (filter_.contact_id) {
      collect(session_.query(session_.statements().queued_calls_of_contact, user_id_,
                             *filter_.contact_id, after_, limit_ + 1, wanted_,
                             filter_.campaign_id));
    } else {
      for (const auto status : kAllStatuses) {
        if (wants(status)) collect_status(to_text(status), filter_.campaign_id);
      }
      if (!wants(QueuedCallStatus::queued)) collect_unswept();
    }
    return cut();
  }

 private:
  using Row = std::pair<std::string, QueuedCall>;

  /// Places are numbers or all of one length.
  static bool comes_before(const Row& a, const Row& b) {
    return std::pair{a.first.size(), std::string_view{a.first}} <
           std::pair{b.first.size(), std::string_view{b.first}};
  }

  bool wants(QueuedCallStatus status) const {
    return filter_.statuses.empty() || std::find(filter_.statuses.begin(), filter_.statuses.end(),
                                                 status) != filter_.statuses.end();
  }

  void collect_status(std::string_view status, std::optional<CampaignId> campaign_id) {
    if (campaign_id) {
      collect(session_.query(session_.statements().queued_calls_of_campaign, user_id_, status,
                             after_, limit_ + 1, wanted_, *campaign_id));
    } else {
      collect(session_.query(session_.statements().queued_calls_of_user, user_id_, status, after_,
                             limit_ + 1, wanted_));
    }
  }

  /// Rows stored as queued that read as something else.
  void collect_unswept() {
    std::vector<CampaignId> campaigns;
    {
      auto rows = session_.query(kSweepingCampaigns, user_id_, filter_.campaign_id);
      while (rows.step()) campaigns.push_back(get_id<CampaignId>(rows, 0));
    }
    for (const auto id : campaigns) collect_status("queued", id);
  }

  void collect(Rows rows) {
    while (rows.step()) rows_.emplace_back(rows.get<std::string>(23), read_queued_call(rows));
  }

  PageOf<QueuedCall> cut() {
    std::sort(rows_.begin(), rows_.end(), comes_before);
    const auto limit = static_cast<std::size_t>(limit_);
    PageOf<QueuedCall> page;
    if (rows_.size() > limit) {
      page.next_cursor = rows_[limit - 1].first;
      rows_.resize(limit);
    }
    for (auto& row : rows_) page.items.push_back(std::move(row.second));
    return page;
  }

  Session& session_;
  UserId user_id_;
  const QueueFilter& filter_;
  int limit_;
  std::string_view after_;
  std::string wanted_;
  std::vector<Row> rows_;
};

// Index idx_call_queue_user_status, covering.
constexpr char kUserRowsByStatus[] =
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

Result<PageOf<QueuedCall>> SqlStore::list_queued_calls(UserId user_id, const QueueFilter& filter,
                                                       const Page& page) {
  return read([&](Session& session, Instant) {
    return QueuePage{session, user_id, filter, page}.read();
  });
}

Result<QueueStatistics> SqlStore::queue_statistics(UserId user_id) {
  return read([&](Session& session, Instant now) {
    QueueStatistics statistics;
    auto rows = session.query(kUserRowsByStatus, user_id);
    while (rows.step()) {
      count_of(statistics, queued_call_status_of(rows.get<std::string_view>(0))) =
          rows.get<std::int64_t>(1);
    }
    statistics.ready = session.value<std::int64_t>(kReady, user_id, now).value_or(0);
    auto unswept = session.query(kUnswept, user_id);
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

}  // namespace callqueue
