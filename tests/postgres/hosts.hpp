#pragma once

#include <stdexcept>
#include <string>
#include <type_traits>
#include <vector>

#include "callqueue.hpp"
#include "postgres_support.hpp"

namespace postgres_tests {

// Databases of hosts as they were before anybody thought of the library, with rows.

/// The seed's own: a call queue of 19 and 19 columns, its functions, triggers and indexes.
extern const char* const kSeedsHost;
/// Wider tables, calls with an enum for their status and no call queue; no UNIQUE (id, user_id).
extern const char* const kWideHost;

// Ids that both have.
inline const auto kAnn = parse_id<UserId>("00000000-0000-4000-8000-00000000000a").value();
inline const auto kBob = parse_id<UserId>("00000000-0000-4000-8000-00000000000b").value();
inline const auto kSpring = parse_id<CampaignId>("00000000-0000-4000-8000-0000000000c1").value();

/// The value, or an exception with the error's text: a test that expects success says so.
template <class T>
T must(Result<T> result) {
  if (!result) throw std::runtime_error(result.error().message);
  if constexpr (!std::is_void_v<T>) return *std::move(result);
}

/// A database with such tables.
struct Host {
  FreshDatabase database;
  Connection sql = database.connect();
  std::unique_ptr<Store> store = open_store(database.url()).value();

  explicit Host(const std::string& tables) { sql.execute(tables); }

  [[nodiscard]] std::string text(const std::string& query);
  [[nodiscard]] int number(const std::string& query) { return std::stoi(text(query)); }
  /// All that the database holds, definitions and rows, as pg_dump writes it; the lines sorted.
  [[nodiscard]] std::vector<std::string> dump() const;
};

/// The version that this library migrates to.
[[nodiscard]] inline int newest_of(const Store& store) {
  return static_cast<int>(store.migrations().size());
}
/// What is not as it should be, by `verify`; empty: nothing.
[[nodiscard]] std::string wrong(Store& store);
/// Does what time drives until there is nothing left.
void settle(Store& store);
/// Claims, dials and ends calls until there are no more. @return how many.
int work_off(Store& store);

}  // namespace postgres_tests
