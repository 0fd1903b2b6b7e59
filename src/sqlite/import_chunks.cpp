#include "sqlite/import_chunks.hpp"

#include <sqlite3.h>

#include <algorithm>
#include <thread>

namespace callqueue::sqlite {
namespace {

using namespace std::chrono_literals;

// A waiting writer polls every millisecond.
constexpr auto kGap = 2ms;
constexpr auto kHeldBeforeGap = 25ms;
constexpr auto kLongestReserve = 35ms;
// 16 MiB of log: enough to write a page of an index once for many transactions, little enough for
// another process's commit that comes to move it.
constexpr int kCheckpointPages = 4096;

int remember_log_pages(void* pages, sqlite3*, const char*, int count) {
  *static_cast<int*>(pages) = count;
  return SQLITE_OK;
}

}  // namespace

ImportChunks::ImportChunks(const std::string& path, Database::Options options)
    : database_(path, [&] {
        options.create = false;
        options.synchronous_full = false;
        return options;
      }()) {
  // In place of automatic checkpoints, which run inside a commit.
  sqlite3_wal_hook(database_.native(), remember_log_pages, &log_pages_);
}

void ImportChunks::checkpoint() {
  log_pages_ = 0;
  // Busy with another's checkpoint is as good.
  sqlite3_wal_checkpoint_v2(database_.native(), nullptr, SQLITE_CHECKPOINT_PASSIVE, nullptr,
                            nullptr);
}

void ImportChunks::let_others_write() {
  if (log_pages_ >= kCheckpointPages) checkpoint();
  const auto idle = SteadyClock::now() - released_at_;
  if (idle >= kGap) {
    held_ = {};
  } else if (held_ >= kHeldBeforeGap) {
    std::this_thread::sleep_for(kGap - idle);
    held_ = {};
  }
}

void ImportChunks::committed(SteadyClock::time_point locked_at,
                             SteadyClock::time_point committing_at) {
  released_at_ = SteadyClock::now();
  held_ += released_at_ - locked_at;
  // The worst of late, forgotten slowly.
  const auto last = released_at_ - committing_at;
  reserve_ =
      std::min<SteadyClock::duration>(std::max(last, reserve_ - reserve_ / 8), kLongestReserve);
}

}  // namespace callqueue::sqlite
