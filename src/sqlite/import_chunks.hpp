#pragma once

#include <chrono>
#include <string>

#include "sqlite/database.hpp"
#include "store/import.hpp"

namespace callqueue::sqlite {

/// Writes a big import in short transactions, so that nobody else waits long for the write lock.
///
/// For a file it has a connection of its own: what is staged need not survive a power cut (its
/// import would be abandoned), so its commits do not wait for the disk, and it moves the log into
/// the database between transactions, while others may write. The commit that publishes goes
/// through the store's writer and waits for the disk, hence for all that was staged before it.
/// Not thread-safe.
class ImportChunks {
 public:
  using SteadyClock = ImportWatch::SteadyClock;

  ImportChunks(const std::string& path, Database::Options options);

  /// Runs `body(database, watch)` in one write transaction; `body` returns soon after the watch is
  /// over. Before it, others get their turn if this import has kept them waiting.
  template <class Body>
  void run(Body&& body) {
    let_others_write();
    Transaction transaction{database_, Transaction::Kind::write};
    const auto locked_at = SteadyClock::now();
    body(database_, ImportWatch{ImportWatch::kLongest - reserve_});
    const auto committing_at = SteadyClock::now();
    transaction.commit();
    committed(locked_at, committing_at);
  }

  /// Moves the log into the database and waits for the disk, while others may write.
  void checkpoint();

 private:
  void let_others_write();
  void committed(SteadyClock::time_point locked_at, SteadyClock::time_point committing_at);

  Database database_;
  int log_pages_ = 0;
  SteadyClock::duration reserve_ = std::chrono::milliseconds{10};  ///< For the next commit.
  SteadyClock::time_point released_at_;
  SteadyClock::duration held_{};  ///< Since others last had their turn.
};

}  // namespace callqueue::sqlite
