#pragma once

#include <filesystem>
#include <memory>
#include <ostream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "callqueue/call_queue.hpp"
#include "callqueue/clock.hpp"
#include "callqueue/store.hpp"
#include "sqlite/database.hpp"

namespace sqlite_tests {

using callqueue::ErrorCode;
using callqueue::Instant;
using namespace std::chrono_literals;

/// The value, or an exception with the error's text: a test that expects success says so.
template <class T>
T must(callqueue::Result<T> result) {
  if (!result) throw std::runtime_error(result.error().message + " [" + result.error().field + "]");
  if constexpr (!std::is_void_v<T>) return *std::move(result);
}

/// `not_found user_id`, or `ok`.
template <class T>
std::string error_of(const callqueue::Result<T>& result) {
  if (result) return "ok";
  const auto& error = result.error();
  return std::string{to_text(error.code)} + (error.field.empty() ? "" : " " + error.field);
}

/// A Monday at noon, UTC.
inline Instant noon() { return callqueue::parse_instant("2026-03-02T12:00:00Z").value(); }

/// A file that goes with the object, and its log.
class TemporaryFile {
 public:
  TemporaryFile();
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;
  ~TemporaryFile();

  [[nodiscard]] std::string path() const { return (folder_ / "queue.db").string(); }
  [[nodiscard]] std::string url() const { return "sqlite:" + path(); }
  [[nodiscard]] const std::filesystem::path& folder() const { return folder_; }

 private:
  std::filesystem::path folder_;
};

/// Somebody else's connection: plain SQL that knows nothing of the library.
class ForeignSql {
 public:
  explicit ForeignSql(const std::string& path) : database_(path, {.synchronous_full = false}) {}

  void run(const std::string& sql) { database_.execute(sql); }
  /// Whether the statement is refused.
  [[nodiscard]] bool refuses(const std::string& sql);
  /// All rows, columns joined by `|`.
  [[nodiscard]] std::vector<std::string> rows(const std::string& sql);
  /// The first row; empty without.
  [[nodiscard]] std::string value(const std::string& sql);

 private:
  callqueue::sqlite::Database database_;
};

/// A migrated database on a file, at a time that stands still.
class World {
 public:
  explicit World(std::shared_ptr<const callqueue::Clock> clock = nullptr);

  [[nodiscard]] callqueue::Store& store() { return *store_; }
  [[nodiscard]] ForeignSql& sql() { return sql_; }
  [[nodiscard]] callqueue::ManualClock& clock() { return *clock_; }
  [[nodiscard]] const TemporaryFile& file() const { return file_; }
  /// Another store on the same file.
  [[nodiscard]] std::unique_ptr<callqueue::Store> another();

  callqueue::UserId user(int limit = 2, const std::string& timezone = "");
  callqueue::AgentId agent(callqueue::UserId user_id);
  callqueue::ContactId contact(callqueue::UserId user_id, const std::string& timezone = "");
  /// A draft that calls all day for ever.
  callqueue::CampaignId campaign(callqueue::UserId user_id);
  /// One queued row, for a contact of its own.
  callqueue::QueuedCall queue(callqueue::UserId user_id, callqueue::CampaignId campaign_id);
  void queue(callqueue::UserId user_id, callqueue::CampaignId campaign_id, int rows);
  void set_status(callqueue::UserId user_id, callqueue::CampaignId id,
                  callqueue::CampaignStatus to);
  /// A campaign that is active, with open lanes.
  callqueue::CampaignId active_campaign(callqueue::UserId user_id, int rows);
  void advance();
  std::vector<callqueue::ClaimedCall> claim(int limit = 1);
  void finish(const callqueue::ClaimedCall& claimed, callqueue::CallStatus status);

 private:
  TemporaryFile file_;
  std::shared_ptr<callqueue::ManualClock> clock_;
  std::shared_ptr<const callqueue::Clock> injected_;
  std::unique_ptr<callqueue::Store> store_;
  ForeignSql sql_;
  int numbers_ = 0;
};

}  // namespace sqlite_tests

// Boost.Test prints what it compares.
namespace callqueue {
inline std::ostream& operator<<(std::ostream& out, CampaignStatus status) {
  return out << to_text(status);
}
inline std::ostream& operator<<(std::ostream& out, QueuedCallStatus status) {
  return out << to_text(status);
}
inline std::ostream& operator<<(std::ostream& out, CallStatus status) {
  return out << to_text(status);
}
template <class Tag>
std::ostream& operator<<(std::ostream& out, const Id<Tag>& id) {
  return out << to_text(id);
}
}  // namespace callqueue
