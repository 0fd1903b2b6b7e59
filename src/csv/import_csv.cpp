#include <algorithm>
#include <chrono>
#include <exception>

#include "callqueue/csv_import.hpp"
#include "csv/error_log.hpp"
#include "csv/number_set.hpp"
#include "csv/rejected_rows.hpp"
#include "csv/row_stream.hpp"
#include "utf8.hpp"

namespace callqueue {
namespace csv {
namespace {

constexpr std::size_t batch_rows = 1000;
constexpr std::chrono::milliseconds progress_interval{50};
constexpr char kTwiceInFile[] = "An earlier row of this file has the same number.";
constexpr char kInCampaign[] = "The contact with this number is already in the campaign.";

/// An import in the store: taken back unless it was published.
class StagedImport {
 public:
  StagedImport(Store& store, UserId user_id, ImportId id)
      : store_(store), user_id_(user_id), id_(id) {}
  StagedImport(const StagedImport&) = delete;
  StagedImport& operator=(const StagedImport&) = delete;
  ~StagedImport() {
    if (open_) (void)store_.abandon_import(user_id_, id_);
  }

  Result<std::vector<StagedRow>> stage(std::span<const ImportRow> rows) {
    return store_.stage_import(user_id_, id_, rows);
  }
  Result<void> publish() {
    auto published = store_.publish_import(user_id_, id_);
    if (published) open_ = false;
    return published;
  }
  Result<void> abandon() {
    open_ = false;
    return store_.abandon_import(user_id_, id_);
  }

 private:
  Store& store_;
  UserId user_id_;
  ImportId id_;
  bool open_ = true;
};

/// Rows on their way to the store, and what was wrong since the last batch.
class Batch {
 public:
  Batch() : rows_(batch_rows), numbers_(batch_rows) {}

  [[nodiscard]] ImportRow& slot() { return rows_[size_]; }
  void keep(std::string_view number_in_file) { numbers_[size_++] = number_in_file; }
  void keep(CsvError error) { errors_.push_back(std::move(error)); }
  [[nodiscard]] bool full() const { return size_ == batch_rows || errors_.size() == batch_rows; }
  [[nodiscard]] std::span<const ImportRow> rows() const { return {rows_.data(), size_}; }

  /// Counts what became of the rows and hands the errors over, in the order of the file.
  void settle(const std::vector<StagedRow>& staged, CsvReport& report, ErrorLog& log) {
    const auto failed = static_cast<std::ptrdiff_t>(errors_.size());
    for (std::size_t i = 0; i < staged.size(); ++i) count(i, staged[i].outcome, report);
    std::inplace_merge(errors_.begin(), errors_.begin() + failed, errors_.end(),
                       [](const CsvError& a, const CsvError& b) { return a.line < b.line; });
    for (CsvError& error : errors_) log.add(std::move(error));
    errors_.clear();
    size_ = 0;
  }

 private:
  void count(std::size_t row, ImportOutcome outcome, CsvReport& report) {
    switch (outcome) {
      case ImportOutcome::matched: ++report.matched; [[fallthrough]];
      case ImportOutcome::imported: ++report.imported; return;
      case ImportOutcome::duplicate_in_file: return skip(row, kTwiceInFile, report);
      case ImportOutcome::already_in_campaign: return skip(row, kInCampaign, report);
    }
  }
  void skip(std::size_t row, std::string reason, CsvReport& report) {
    ++report.skipped;
    errors_.push_back({.line = rows_[row].line,
                       .field = "phone_number",
                       .value = shown(numbers_[row], 200),
                       .reason = std::move(reason)});
  }

  std::vector<ImportRow> rows_;
  std::vector<std::string> numbers_;  ///< As in the file.
  std::size_t size_ = 0;
  std::vector<CsvError> errors_;
};

/// Tells the host how far the import is, about every 50 ms.
class Progress {
 public:
  explicit Progress(const CsvImportOptions& options) : report_(options.progress) {}

  /// @return false when the host wants to stop.
  bool tick(std::int64_t rows) {
    if (!report_ || rows % 64 != 0) return true;
    const auto now = std::chrono::steady_clock::now();
    if (now - last_ < progress_interval) return true;
    last_ = now;
    return report_(rows);
  }
  bool done(std::int64_t rows) { return !report_ || report_(rows); }

 private:
  const std::function<bool(std::int64_t)>& report_;
  std::chrono::steady_clock::time_point last_ = std::chrono::steady_clock::now();
};

tl::unexpected<Error> stopped() {
  return fail(ErrorCode::conflict, "the import was stopped; nothing was imported", "progress");
}

/// Stages all rows of the file.
Result<void> stage_rows(RowStream& rows, StagedImport& import, CsvReport& report, ErrorLog& log,
                        RejectedRows& rejected, Progress& progress) {
  Batch batch;
  const auto flush = [&]() -> Result<void> {
    auto staged = import.stage(batch.rows());
    if (!staged) return tl::unexpected(std::move(staged.error()));
    batch.settle(*staged, report, log);
    return {};
  };
  CsvError error;
  while (true) {
    const auto next = rows.next(batch.slot(), error);
    if (next == RowStream::Next::end) break;
    if (next == RowStream::Next::row) {
      batch.keep(rows.number_in_file());
    } else {
      ++report.failed;
      rejected.add(error);
      batch.keep(std::move(error));
    }
    ++report.total;
    if (batch.full()) {
      if (auto flushed = flush(); !flushed) return flushed;
    }
    if (!progress.tick(report.total)) return stopped();
  }
  if (auto flushed = flush(); !flushed) return flushed;
  if (rows.failed()) return fail(ErrorCode::unavailable, "the file cannot be read on", "file");
  if (!progress.done(report.total)) return stopped();
  return {};
}

Result<void> check_campaign(Store& store, UserId user_id, CampaignId campaign_id) {
  const auto campaign = store.find_campaign(user_id, campaign_id);
  if (!campaign) return tl::unexpected(campaign.error());
  if (is_final(campaign->status)) {
    return fail(ErrorCode::conflict, "the campaign has ended; no contacts can be added",
                "campaign_id");
  }
  return {};
}

Result<CsvReport> import(Store& store, UserId user_id, std::optional<CampaignId> campaign_id,
                         std::istream& file, const CsvImportOptions& options) {
  if (campaign_id) {
    if (auto good = check_campaign(store, user_id, *campaign_id); !good) {
      return tl::unexpected(std::move(good.error()));
    }
  }
  auto rows = RowStream::open(file, options);
  if (!rows) return tl::unexpected(std::move(rows.error()));
  const auto id = store.begin_import({.user_id = user_id,
                                      .campaign_id = campaign_id,
                                      .again = options.again,
                                      .atomic = options.atomic});
  if (!id) return tl::unexpected(id.error());

  StagedImport import{store, user_id, *id};
  CsvReport report{.campaign_id = campaign_id.value_or(CampaignId{})};
  ErrorLog log{report, options.errors};
  RejectedRows rejected;
  Progress progress{options};
  if (auto staged = stage_rows(**rows, import, report, log, rejected, progress); !staged) {
    return tl::unexpected(std::move(staged.error()));
  }
  if (options.errors != nullptr && !options.errors->flush()) {
    return fail(ErrorCode::unavailable, "the errors cannot be written; nothing was imported",
                "errors");
  }
  if (campaign_id) {
    if (auto kept = rejected.record(store, user_id, *campaign_id, *id, (*rows)->header()); !kept) {
      return tl::unexpected(std::move(kept.error()));
    }
  }
  const bool refused = options.atomic && report.failed > 0;
  if (auto ended = refused ? import.abandon() : import.publish(); !ended) {
    return tl::unexpected(std::move(ended.error()));
  }
  if (refused) report.imported = report.matched = 0;
  return report;
}

/// Which rows an import would skip.
class Duplicates {
 public:
  /// Those of contacts that the campaign has already: with a call that is open, or any.
  Result<void> read(Store& store, UserId user_id, CampaignId campaign_id, bool open_only) {
    QueueFilter filter{.campaign_id = campaign_id};
    if (open_only) filter.statuses = {QueuedCallStatus::queued, QueuedCallStatus::processing};
    Page page{.limit = 1000, .cursor = {}};
    do {
      auto rows = store.list_queued_calls(user_id, filter, page);
      if (!rows) return tl::unexpected(std::move(rows.error()));
      for (const auto& row : rows->items) in_campaign_.insert(row.phone_number);
      page.cursor = std::move(rows->next_cursor);
    } while (!page.cursor.empty());
    return {};
  }

  /// Why the row would be skipped; none: it would not be.
  const char* reason(const ImportRow& row) {
    if (in_campaign_.contains(row.phone_number)) return kInCampaign;
    return in_file_.insert(row.phone_number) ? nullptr : kTwiceInFile;
  }

 private:
  NumberSet in_file_;
  NumberSet in_campaign_;
};

Result<CsvPreview> preview(std::istream& file, const CsvImportOptions& options,
                           std::size_t most_rows, Duplicates duplicates = {}) {
  auto rows = RowStream::open(file, options);
  if (!rows) return tl::unexpected(std::move(rows.error()));
  CsvPreview preview;
  for (const Column& column : (*rows)->columns()) {
    preview.columns.push_back(column.name);
    preview.mapping.emplace_back(to_text(column.field));
  }
  ErrorLog log{preview.report, options.errors};
  Progress progress{options};
  ImportRow row;
  CsvError error;
  for (auto next = (*rows)->next(row, error); next != RowStream::Next::end;
       next = (*rows)->next(row, error)) {
    ++preview.report.total;
    if (next == RowStream::Next::error) {
      ++preview.report.failed;
      log.add(std::move(error));
    } else if (const auto* reason = duplicates.reason(row)) {
      ++preview.report.skipped;
      log.add({.line = row.line,
               .field = "phone_number",
               .value = shown((*rows)->number_in_file(), 200),
               .reason = reason});
    } else {
      ++preview.report.imported;
      if (preview.rows.size() < most_rows) preview.rows.push_back(row);
    }
    if (!progress.tick(preview.report.total)) return stopped();
  }
  if ((*rows)->failed()) return fail(ErrorCode::unavailable, "the file cannot be read", "file");
  return preview;
}

/// Keeps what a host's stream or callback throws within the API.
template <class Function>
auto without_exceptions(Function function) -> decltype(function()) {
  try {
    return function();
  } catch (const std::exception& error) {
    return fail(ErrorCode::internal, std::string{"the import broke off: "} + error.what());
  } catch (...) {
    return fail(ErrorCode::internal, "the import broke off");
  }
}

}  // namespace
}  // namespace csv

Result<CsvReport> import_csv(Store& store, UserId user_id, CampaignId campaign_id,
                             std::istream& file, const CsvImportOptions& options) {
  return csv::without_exceptions(
      [&] { return csv::import(store, user_id, campaign_id, file, options); });
}

Result<CsvReport> import_contacts_csv(Store& store, UserId user_id, std::istream& file,
                                      const CsvImportOptions& options) {
  return csv::without_exceptions(
      [&] { return csv::import(store, user_id, std::nullopt, file, options); });
}

Result<CsvPreview> preview_csv(std::istream& file, const CsvImportOptions& options,
                               std::size_t rows) {
  return csv::without_exceptions([&] { return csv::preview(file, options, rows); });
}

Result<CsvPreview> preview_csv(Store& store, UserId user_id, CampaignId campaign_id,
                               std::istream& file, const CsvImportOptions& options,
                               std::size_t rows) {
  return csv::without_exceptions([&]() -> Result<CsvPreview> {
    const auto campaign = store.find_campaign(user_id, campaign_id);
    if (!campaign) return tl::unexpected(campaign.error());
    csv::Duplicates duplicates;
    auto read = duplicates.read(store, user_id, campaign_id, options.again);
    if (!read) return tl::unexpected(std::move(read.error()));
    auto preview = csv::preview(file, options, rows, std::move(duplicates));
    if (preview) preview->report.campaign_id = campaign_id;
    return preview;
  });
}

}  // namespace callqueue
