#pragma once

#include <algorithm>
#include <atomic>
#include <chrono>
#include <memory>
#include <optional>
#include <ostream>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "callqueue/store.hpp"

namespace callqueue::testing {

using namespace std::chrono_literals;

/// Monday 12 January 2026, 12:00 UTC: where clocks stand unless a test says otherwise.
inline constexpr Instant noon{std::chrono::sys_days{std::chrono::year{2026} / 1 / 12} + 12h};

/// Stands still until it is moved: back as well, as it happens to machines whose clock is set
/// right.
class TestClock final : public Clock {
 public:
  explicit TestClock(Instant now) : now_(now) {}
  [[nodiscard]] Instant now() const override { return now_; }
  void set(Instant now) { now_ = now; }

 private:
  std::atomic<Instant> now_;
};

[[nodiscard]] inline std::shared_ptr<TestClock> at(Instant now) {
  return std::make_shared<TestClock>(now);
}
/// `instant("2026-03-29T01:00:00Z")`.
[[nodiscard]] Instant instant(std::string_view text);
[[nodiscard]] LocalDate date(std::string_view text);

/// The value; fails the test when there is none.
template <class T>
T must(Result<T> result) {
  if (!result) {
    BOOST_FAIL(to_text(result.error().code)
               << " (" << result.error().field << "): " << result.error().message);
  }
  if constexpr (!std::is_void_v<T>) return std::move(*result);
}

/// Whether `result` is this error; says what it was otherwise.
template <class T>
[[nodiscard]] boost::test_tools::predicate_result fails_with(const Result<T>& result,
                                                             ErrorCode code,
                                                             std::string_view field = {}) {
  boost::test_tools::predicate_result verdict{!result && result.error().code == code &&
                                              (field.empty() || result.error().field == field)};
  if (verdict) return verdict;
  if (result) {
    verdict.message() << "it succeeded";
  } else {
    verdict.message() << to_text(result.error().code) << " (" << result.error().field
                      << "): " << result.error().message;
  }
  return verdict;
}

/// A user's limits and zone.
struct UserSpec {
  int concurrent_calls_limit = 2;
  std::string timezone;
};

/// A contact; what is empty is made up.
struct ContactSpec {
  std::string name = "Ada";
  std::string phone_number;
  std::string timezone;
};

/// A campaign: all day, every day, in UTC, unless it says otherwise.
struct CampaignSpec {
  TimeOfDay first_call_time{0h};
  TimeOfDay last_call_time{24h};
  LocalDate start_date = std::chrono::year{2026} / 1 / 1;
  std::optional<LocalDate> end_date;
  CampaignRules rules;
  std::string name = "campaign";
};

/// A queued call.
struct RowSpec {
  int priority = 0;
  std::optional<Instant> scheduled_for;
  std::optional<Instant> not_after;  ///< Direct calls only.
  std::string timezone;              ///< Of the contact that is made for it.
};

class World;

/// A user in a test, with an agent, and what was made for it.
struct TestUser {
  World* world = nullptr;
  UserId id;
  AgentId agent;
  CampaignId campaign;             ///< The one made last.
  std::vector<QueuedCallId> rows;  ///< All, in the order they were made.

  /// A started campaign with so many contacts.
  TestUser& with_queued(int count, const CampaignSpec& spec = {}, const RowSpec& row = {});
  /// A campaign, left a draft.
  CampaignId draft(const CampaignSpec& spec = {});
  /// Sets a draft going.
  void start(CampaignId id) const;
  Contact contact(const ContactSpec& spec = {}) const;
  /// Queues a call in a campaign, to a new contact.
  QueuedCall add(CampaignId id, const RowSpec& spec = {});
  /// Queues a call in a campaign, to this contact.
  QueuedCall add_for(CampaignId id, const Contact& contact, const RowSpec& spec = {});
  /// Queues a direct call to a new contact.
  QueuedCall direct(const RowSpec& spec = {});
  QueuedCall direct_for(const Contact& contact, const RowSpec& spec = {});
  void limit(int concurrent) const;

  [[nodiscard]] QueuedCall row(QueuedCallId id) const;
  [[nodiscard]] QueuedCall row(std::size_t index) const { return row(rows.at(index)); }
  [[nodiscard]] Call call(CallId id) const;
  [[nodiscard]] CallCampaign find(CampaignId id) const;
  [[nodiscard]] CallCampaign find() const { return find(campaign); }
  [[nodiscard]] CampaignStatistics statistics() const;
  [[nodiscard]] int active() const;
  [[nodiscard]] std::vector<QueuedCall> all_rows(const QueueFilter& filter = {}) const;
  [[nodiscard]] std::vector<Call> all_calls(const CallFilter& filter = {}) const;
  Result<CallCampaign> set_status(CampaignStatus from, CampaignStatus to) const;
};

/// One store on a fresh database, a clock moved by hand, and makers of rows.
///
/// When it goes it checks what must hold after any test: statistics equal a recount, and slots in
/// use equal active calls.
class World {
 public:
  World(std::unique_ptr<Store> store, std::shared_ptr<TestClock> clock)
      : clock_(std::move(clock)), store_(std::move(store)) {}
  World(const World&) = delete;
  World& operator=(const World&) = delete;
  virtual ~World();

  [[nodiscard]] Store& store() { return *store_; }
  [[nodiscard]] Instant now() const { return clock_->now(); }
  /// Lets time pass, and does nothing else.
  void pass(std::chrono::microseconds by) { clock_->set(clock_->now() + by); }
  void pass_to(Instant to) { clock_->set(std::max(clock_->now(), to)); }  // Never back.

  TestUser user(const UserSpec& spec = {});
  /// Does all work that time drives. @return what it did.
  AdvanceResult advance(const AdvanceRequest& request = {});
  /// Advances, then claims, as the service does.
  std::vector<ClaimedCall> claim(int limit = 100, std::string worker = "worker");
  /// The one call that may start now; fails the test unless there is exactly one.
  ClaimedCall claim_one();
  /// Marks and accepts a claimed call: it is ringing at the provider.
  Call dial(const ClaimedCall& claimed, const std::string& provider_call_id = {});
  CallReport report(const CallEvent& event);
  /// Reports how a call ended.
  CallReport end(const ClaimedCall& claimed, CallOutcome outcome = CallOutcome::answered);
  /// Claims and ends calls until nothing may start. @return how many.
  int work_off(CallOutcome outcome = CallOutcome::answered);

 protected:
  std::shared_ptr<TestClock> clock_;
  std::unique_ptr<Store> store_;

 private:
  friend struct TestUser;
  void check_consistency();

  int users_made_ = 0;
  int contacts_made_ = 0;
};

[[nodiscard]] inline CallRef ref(const ClaimedCall& claimed) {
  return {claimed.call.user_id, claimed.call.id};
}

/// What is said of a call.
[[nodiscard]] CallEvent event_for(const Call& call, CallStatus status);
[[nodiscard]] CallEvent event_for(const Call& call, CallOutcome outcome);

/// JSON text to compare: a database that knows JSON spaces it in its own way.
[[nodiscard]] std::string without_spaces(std::string text);

[[nodiscard]] std::size_t count_for(std::span<const ClaimedCall> claimed, const TestUser& user);
[[nodiscard]] std::vector<QueuedCallId> rows_of(std::span<const ClaimedCall> claimed);
[[nodiscard]] std::vector<UserId> users_of(std::span<const ClaimedCall> claimed);

}  // namespace callqueue::testing

// How Boost.Test prints our values.
namespace callqueue {
template <class Tag>
std::ostream& boost_test_print_type(std::ostream& out, const Id<Tag>& id) {
  return out << to_text(id);
}
inline std::ostream& boost_test_print_type(std::ostream& out, CampaignStatus status) {
  return out << to_text(status);
}
inline std::ostream& boost_test_print_type(std::ostream& out, QueuedCallStatus status) {
  return out << to_text(status);
}
inline std::ostream& boost_test_print_type(std::ostream& out, CallStatus status) {
  return out << to_text(status);
}
}  // namespace callqueue
