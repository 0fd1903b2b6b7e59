#include "postgres/pool.hpp"

#include "postgres/backoff.hpp"

namespace callqueue::postgres {

Pool::Lease Pool::take() {
  std::unique_lock lock(mutex_);
  const auto free = [&] { return !idle_.empty() || in_use_ < options_.size; };
  if (!returned_.wait_for(lock, options_.wait, free)) {
    throw Failure{ErrorCode::unavailable, "all " + std::to_string(options_.size) +
                                              " connections to the database are in use"};
  }
  while (!idle_.empty()) {
    auto connection = std::move(idle_.back());
    idle_.pop_back();
    if (!connection->is_quiet()) continue;
    ++in_use_;
    return {*this, std::move(connection)};
  }
  if (refused_ && Clock::now() < retry_at_) throw Failure{*refused_};
  ++in_use_;
  lock.unlock();
  return {*this, connect()};
}

std::unique_ptr<Connection> Pool::connect() {
  try {
    auto connection = std::make_unique<Connection>(url_, options_.connection);
    const std::lock_guard lock(mutex_);
    backoff_ = {};
    refused_.reset();
    return connection;
  } catch (const Failure& failure) {
    const std::lock_guard lock(mutex_);
    --in_use_;
    returned_.notify_one();
    backoff_ = next_backoff(backoff_, options_.max_backoff);
    retry_at_ = Clock::now() + backoff_;
    refused_ = failure.error();
    throw;
  }
}

void Pool::give_back(std::unique_ptr<Connection> connection) noexcept {
  const std::lock_guard lock(mutex_);
  --in_use_;
  if (!connection->lost() && !connection->in_transaction()) idle_.push_back(std::move(connection));
  returned_.notify_one();
}

}  // namespace callqueue::postgres
