#pragma once

#include "sqlite/store.hpp"

namespace callqueue::sqlite {

class SqliteStore::Reader {
 public:
  explicit Reader(SqliteStore& store);
  Reader(const Reader&) = delete;
  Reader& operator=(const Reader&) = delete;
  ~Reader();
  [[nodiscard]] Database& database() { return own_ ? *own_ : store_.writer_; }

 private:
  SqliteStore& store_;
  std::unique_ptr<Database> own_;
  std::unique_lock<std::mutex> writer_lock_;  // Held instead for `:memory:`.
};

template <class Body>
auto SqliteStore::write(Body&& body) -> Result<std::invoke_result_t<Body, Database&, Instant>> {
  return guarded([&] {
    const std::lock_guard lock{writer_mutex_};
    Transaction transaction{writer_, Transaction::Kind::write};
    require_schema(writer_);
    const Instant at = clock_now();
    if constexpr (std::is_void_v<std::invoke_result_t<Body, Database&, Instant>>) {
      body(writer_, at);
      transaction.commit();
    } else {
      auto value = body(writer_, at);
      transaction.commit();
      return value;
    }
  });
}

template <class Body>
auto SqliteStore::read(Body&& body) -> Result<std::invoke_result_t<Body, Database&, Instant>> {
  return guarded([&] {
    Reader reader{*this};
    // Ends by rollback: it wrote nothing.
    const Transaction snapshot{reader.database(), Transaction::Kind::read};
    require_schema(reader.database());
    return body(reader.database(), clock_now());
  });
}

}  // namespace callqueue::sqlite
