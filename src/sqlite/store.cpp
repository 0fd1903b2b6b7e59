#include "sqlite/store.hpp"

#include <sqlite3.h>

#include <chrono>
#include <thread>
#include <utility>

#include "callqueue/clock.hpp"
#include "sqlite/import_rows.hpp"
#include "sqlite/schema.hpp"
#include "sqlite/session.hpp"
#include "store/migrations.hpp"
#include "store/polling_listener.hpp"

namespace callqueue::sqlite {
namespace {

constexpr std::size_t kMaxIdleReaders = 4;

Database::Options database_options(const StoreOptions& options) {
  return {.create = options.create,
          .synchronous_full = options.durability == StoreOptions::Durability::full,
          .busy_timeout = options.busy_timeout};
}

}  // namespace

SqliteStore::SqliteStore(std::string path, StoreOptions options)
    : SqlStore(options.uuids),
      path_(std::move(path)),
      options_(std::move(options)),
      clock_(options_.clock ? options_.clock : std::make_shared<SystemClock>()),
      writer_(path_, database_options(options_)) {
  // Readers beside one writer; stays in the file. A memory database ignores it.
  writer_.execute("PRAGMA journal_mode = WAL");
  refuse_unknown_version(writer_, schema_version(writer_));
}

Result<Instant> SqliteStore::now() { return clock_now(); }

void SqliteStore::transact(Access access, const Work& body) {
  const auto in_session = [&](Database& database, Instant now) {
    SqliteSession session{database};
    body(session, now);
  };
  // Nothing runs beside a write: it may narrow what it likes.
  const auto done = access == Access::read ? read(in_session) : write(in_session);
  if (!done) throw Failure{done.error()};
}

void SqliteStore::let_others_write() {
  // They look every millisecond whether they may.
  std::this_thread::sleep_for(std::chrono::milliseconds{2});
}

void SqliteStore::require_schema(Database& database) {
  require_newest(schema_version(database), all_migrations());
}

SqliteStore::Reader::Reader(SqliteStore& store) : store_(store) {
  if (store.path_ == ":memory:") {
    writer_lock_ = std::unique_lock{store.writer_mutex_};
    return;
  }
  {
    const std::lock_guard lock{store.readers_mutex_};
    if (!store.readers_.empty()) {
      own_ = std::move(store.readers_.back());
      store.readers_.pop_back();
    }
  }
  if (!own_) {
    auto options = database_options(store.options_);
    options.read_only = true;
    own_ = std::make_unique<Database>(store.path_, options);
  }
}

SqliteStore::Reader::~Reader() {
  if (!own_) return;
  const std::lock_guard lock{store_.readers_mutex_};
  if (store_.readers_.size() < kMaxIdleReaders) store_.readers_.push_back(std::move(own_));
}

Result<std::uint64_t> SqliteStore::change_counter() {
  return guarded([&]() -> std::uint64_t {
    if (path_ == ":memory:") {
      const std::lock_guard lock{writer_mutex_};
      return static_cast<std::uint64_t>(sqlite3_total_changes64(writer_.native()));
    }
    // Counts the commits of all other connections, this store's own writer among them; one that
    // changed nothing is none.
    const std::lock_guard lock{watcher_mutex_};
    if (!watcher_) {
      auto options = database_options(options_);
      options.read_only = true;
      watcher_ = std::make_unique<Database>(path_, options);
    }
    return static_cast<std::uint64_t>(
        watcher_->value<std::int64_t>("PRAGMA data_version").value_or(0));
  });
}

Result<std::unique_ptr<ChangeListener>> SqliteStore::listen() {
  return std::make_unique<PollingListener>(*this);
}

void SqliteStore::transact_import(const ImportWork& work) {
  if (path_ == ":memory:") {
    transact(Access::write, [&](Session& session, Instant now) {
      work(session, now, ImportWatch{ImportWatch::kLongest});
    });
    return;
  }
  const std::lock_guard lock{imports_mutex_};
  if (!imports_) {
    Database::Options options;
    options.busy_timeout = options_.busy_timeout;
    imports_ = std::make_unique<ImportChunks>(path_, options);
  }
  imports_->run([&](Database& database, const ImportWatch& watch) {
    require_schema(database);
    SqliteSession session{database};
    work(session, clock_now(), watch);
  });
}

std::vector<ImportOutcome> SqliteStore::stage_rows(Session& session, Instant now,
                                                   const RunningImport& import,
                                                   std::span<const ImportRow> rows,
                                                   const ImportWatch& watch) {
  constexpr std::size_t kRowsPerLook = 32;
  ImportRows chunk{static_cast<SqliteSession&>(session).database(), now, import, uuids()};
  std::vector<ImportOutcome> outcomes;
  for (const auto& row : rows) {
    outcomes.push_back(chunk.stage(row));
    if (outcomes.size() % kRowsPerLook == 0 && watch.is_over()) break;
  }
  chunk.finish();
  return outcomes;
}

}  // namespace callqueue::sqlite
