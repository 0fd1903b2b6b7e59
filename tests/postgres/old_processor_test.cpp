// A host's processor of the old kind beside ours: the statements of
// docs/migrating_from_the_seed.md, as they stand there.
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <atomic>
#include <map>
#include <mutex>
#include <thread>

#include "hosts.hpp"
#include "pages.hpp"

using namespace postgres_tests;

namespace {

constexpr char kUserOnPage[] = "0190b0a5-3c00-7abc-8def-0123456789ab";
constexpr char kCallOnPage[] = "0190b0a5-3c00-7abc-8def-0123456789ac";

// More of the same rows; and how many calls a user has under way, at each call that begins.
constexpr char kCrowd[] = R"sql(
  INSERT INTO contacts SELECT gen_random_uuid(), u.id, 'More ' || n,
      '+49307' || (CASE u.name WHEN 'Ann' THEN 10000 ELSE 20000 END + n)
    FROM users u, generate_series(1, 150) n;
  INSERT INTO call_queue (user_id, campaign_id, agent_id, contact_id, phone_number, scheduled_for)
    SELECT k.user_id, p.id, p.agent_id, k.id, k.phone_number, now() - interval '1 minute'
    FROM contacts k JOIN call_campaigns p ON p.user_id = k.user_id WHERE k.name LIKE 'More %';
  CREATE TABLE seen (active integer);
  CREATE FUNCTION see() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    INSERT INTO seen SELECT count_active_calls(NEW.user_id); RETURN NULL; END $$;
  CREATE TRIGGER see AFTER INSERT ON calls FOR EACH ROW EXECUTE FUNCTION see())sql";
constexpr char kOpen[] = "SELECT count(*) FROM call_queue WHERE status IN ('queued', 'processing')";

/// Who dialed which row, in the order of dialing.
class DialLog {
 public:
  void add(char who, const std::string& row) {
    const std::lock_guard lock{mutex_};
    ++times_[row];
    order_ += who;
  }
  [[nodiscard]] int rows_dialed() const { return static_cast<int>(times_.size()); }
  [[nodiscard]] bool any_twice() const {
    return std::any_of(times_.begin(), times_.end(),
                       [](const auto& row) { return row.second > 1; });
  }
  [[nodiscard]] auto of(char who) const { return std::count(order_.begin(), order_.end(), who); }
  /// How often the other kind of processor came next.
  [[nodiscard]] int alternations() const {
    int changes = 0;
    for (std::size_t i = 1; i < order_.size(); ++i) changes += order_[i] != order_[i - 1] ? 1 : 0;
    return changes;
  }

 private:
  std::mutex mutex_;
  std::map<std::string, int> times_;
  std::string order_;
};

/// Adopted, with its processor's statements.
struct Adopted : Host {
  std::map<std::string, std::string> page = statements_of(CALLQUEUE_MIGRATING_PAGE);

  Adopted() : Host(kSeedsHost) {
    must(store->migrate());
    settle(*store);
  }
  [[nodiscard]] std::string next_call(UserId user) const {
    return replaced(page.at("next_call"), kUserOnPage, to_text(user));
  }
  [[nodiscard]] std::string end_call(const std::string& call) const {
    return replaced(page.at("end_call"), kCallOnPage, call);
  }
};

struct Taken {
  std::string row;
  std::string call;
};

std::optional<Taken> take(Connection& connection, const std::string& next_call) {
  Transaction transaction{connection};
  auto rows = connection.execute(next_call);
  std::optional<Taken> taken;
  if (rows.step()) taken = Taken{rows.get<std::string>(0), rows.get<std::string>(1)};
  transaction.commit();
  return taken;
}

void work_the_old_way(const Adopted& host, UserId user, DialLog& log) {
  auto connection = host.database.connect();
  const auto next_call = host.next_call(user);
  while (connection.value<std::int64_t>(kOpen).value_or(0) > 0) {
    const auto taken = take(connection, next_call);
    if (!taken) continue;
    log.add('o', taken->row);
    connection.execute("BEGIN;" + host.end_call(taken->call) + "COMMIT");
  }
}

void work_our_way(const Adopted& host, const std::string& worker, DialLog& log) {
  const auto store = must(open_store(host.database.url()));
  auto connection = host.database.connect();
  CallQueue queue{*store};
  while (connection.value<std::int64_t>(kOpen).value_or(0) > 0) {
    const auto claimed = must(queue.claim({.worker = worker, .limit = 2}));
    for (const auto& next : claimed) {
      const CallRef ref{next.call.user_id, next.call.id};
      if (must(store->begin_dial(std::span{&ref, 1}, worker)).empty()) continue;
      log.add('n', to_text(next.queued.id));
      CallEvent ended{.user_id = ref.user_id, .call_id = ref.call_id};
      ended.outcome = CallOutcome::answered;
      must(queue.report(ended));
    }
  }
}

/// Whether the statement waits for whoever holds the claims' lock.
bool waits_for_claims(Adopted& host, const std::string& statement) {
  auto claiming = host.database.connect();
  const Transaction claim{claiming, "BEGIN; SELECT callqueue_lock()::text"};
  const Transaction nothing_stays{host.sql, "BEGIN; SET LOCAL lock_timeout = '200ms'"};
  try {
    host.sql.execute(statement);
    return false;
  } catch (const StatementRefused& refused) {
    return refused.sqlstate() == "55P03";
  }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(old_processors)

BOOST_AUTO_TEST_CASE(no_row_is_dialed_twice_beside_ours) {
  Adopted host;
  host.sql.execute(kCrowd);
  settle(*host.store);
  const auto rows = host.number(kOpen);
  DialLog log;
  {
    std::vector<std::jthread> processors;
    processors.emplace_back([&] { work_the_old_way(host, kAnn, log); });
    processors.emplace_back([&] { work_the_old_way(host, kBob, log); });
    processors.emplace_back([&] { work_our_way(host, "first", log); });
    processors.emplace_back([&] { work_our_way(host, "second", log); });
  }
  BOOST_TEST(rows == 336);
  BOOST_TEST(log.rows_dialed() == rows);
  BOOST_TEST(!log.any_twice());
  // They really were in each other's way.
  BOOST_TEST(log.of('o') >= 20);
  BOOST_TEST(log.of('n') >= 20);
  BOOST_TEST(log.alternations() >= 20);
  BOOST_TEST(host.number("SELECT max(active) FROM seen") == 2);
  BOOST_TEST(host.number("SELECT count(*) FROM seen WHERE active = 2") >= 5);
  BOOST_TEST(host.store->system_slots().value().active == 0);
  BOOST_TEST(wrong(*host.store) == "");
  BOOST_CHECK(host.store->find_campaign(kAnn, kSpring).value().status == CampaignStatus::completed);
}

BOOST_AUTO_TEST_CASE(its_statement_takes_turns_with_claims) {
  Adopted host;
  const auto next_call = host.next_call(kAnn);
  BOOST_TEST(waits_for_claims(host, next_call));
  BOOST_TEST(!waits_for_claims(host, replaced(next_call, "SELECT callqueue_lock();", "")));
}

BOOST_AUTO_TEST_CASE(its_statement_keeps_to_the_limits) {
  Adopted host;
  const auto next_call = host.next_call(kAnn);
  BOOST_REQUIRE(take(host.sql, next_call));
  const auto second = take(host.sql, next_call);
  BOOST_REQUIRE(second);
  BOOST_TEST(!take(host.sql, next_call));
  BOOST_TEST(wrong(*host.store) == "");
  host.sql.execute("BEGIN;" + host.end_call(second->call) + "COMMIT");
  BOOST_TEST(host.store->user_slots(kAnn).value().active == 1);
  BOOST_TEST(host.text("SELECT status FROM call_queue WHERE id = '" + second->row + "'") ==
             "completed");
  must(host.store->set_system_limit(1));
  BOOST_TEST(!take(host.sql, next_call));
  must(host.store->set_system_limit(10));
  BOOST_TEST(take(host.sql, next_call).has_value());
  host.sql.execute("UPDATE call_campaigns SET status = 'paused'");
  BOOST_TEST(!take(host.sql, host.next_call(kBob)));
}

BOOST_AUTO_TEST_CASE(a_call_that_it_forgets_gives_its_slot_back) {
  Adopted host;
  const auto taken = take(host.sql, host.next_call(kAnn));
  BOOST_REQUIRE(taken);
  host.sql.execute("UPDATE calls SET lease_expires_at = now() - interval '1 second' WHERE id = '" +
                   taken->call + "'");
  settle(*host.store);
  BOOST_TEST(host.text("SELECT status FROM calls WHERE id = '" + taken->call + "'") == "unknown");
  BOOST_TEST(host.store->user_slots(kAnn).value().active == 0);
  BOOST_TEST(wrong(*host.store) == "");
}

BOOST_AUTO_TEST_SUITE_END()
