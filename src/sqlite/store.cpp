#include "sqlite/store.hpp"

#include <sqlite3.h>

#include <chrono>
#include <thread>
#include <utility>

#include "callqueue/clock.hpp"
#include "sqlite/schema.hpp"
#include "sqlite/session.hpp"

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
  const int version = schema_version(database);
  if (version == newest_version()) return;
  if (version < newest_version()) {
    throw Failure{ErrorCode::corrupt, "the database has schema version " + std::to_string(version) +
                                          ", version " + std::to_string(newest_version()) +
                                          " is needed: run its migrations"};
  }
  throw Failure{ErrorCode::corrupt, "the database has schema version " + std::to_string(version) +
                                        ", this library knows up to " +
                                        std::to_string(newest_version()) + ": use a newer library"};
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

}  // namespace callqueue::sqlite
