// Two transactions that end the last two rows of a campaign, taken through every interleaving of
// their statements.
#include <libpq-fe.h>

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <string>
#include <vector>

#include "callqueue/store.hpp"
#include "postgres_support.hpp"

namespace {

using namespace postgres_tests;

/// The statements of one transaction. `{}` stands for the row that it is about.
using Script = std::vector<std::string>;

const std::string kFinish =
    "UPDATE call_queue SET status = 'completed', success = true, completed_at = clock_timestamp() "
    "WHERE id = {}";
const std::string kFail =
    "UPDATE call_queue SET status = 'failed', completed_at = clock_timestamp() WHERE id = {}";
const std::string kCancel =
    "UPDATE call_queue SET status = 'cancelled' WHERE id = {} AND status = 'queued'";
const std::string kDelete = "DELETE FROM call_queue WHERE id = {}";

/// As somebody's SQL does it.
Script plainly(const std::string& statement) { return {"BEGIN; " + statement, "COMMIT"}; }
/// As the library does it: what is read is locked before, the campaign first.
Script in_order(const std::string& statement) {
  return {
      "BEGIN; SELECT 1 FROM call_campaigns c JOIN call_queue q ON q.campaign_id = c.id WHERE q.id "
      "= {} "
      "FOR NO KEY UPDATE OF c",
      "SELECT 1 FROM call_queue WHERE id = {} FOR NO KEY UPDATE", statement, "COMMIT"};
}

/// One of the two, on a connection of its own.
class Actor {
 public:
  Actor(Connection& connection, const Script& script, const std::string& row)
      : connection_(connection), row_("'" + row + "'"), script_(script) {}

  [[nodiscard]] int process() const { return PQbackendPID(connection_.native()); }
  [[nodiscard]] bool is_running() const { return running_; }
  [[nodiscard]] bool has_more() const { return next_ < script_.size(); }

  void start_next() {
    auto statement = script_.at(next_++);
    if (const auto place = statement.find("{}"); place != std::string::npos) {
      statement.replace(place, 2, row_);
    }
    BOOST_REQUIRE(PQsendQuery(connection_.native(), statement.c_str()) == 1);
    running_ = true;
  }

  /// Takes the answer if it is there.
  void look() {
    if (!running_) return;
    PQflush(connection_.native());
    BOOST_REQUIRE(PQconsumeInput(connection_.native()) == 1);
    while (PQisBusy(connection_.native()) == 0) {
      PGresult* result = PQgetResult(connection_.native());
      if (result == nullptr) {
        running_ = false;
        return;
      }
      BOOST_TEST(PQresultStatus(result) != PGRES_FATAL_ERROR, PQresultErrorMessage(result));
      PQclear(result);
    }
  }

 private:
  Connection& connection_;
  std::string row_;
  Script script_;
  std::size_t next_ = 0;
  bool running_ = false;
};

/// A campaign with two open rows left, and who ends them.
class Stage {
 public:
  Stage() {
    BOOST_REQUIRE(open_store(database_.url()).value()->migrate());
    observer_.execute(R"sql(
      INSERT INTO users (name, concurrent_calls_limit) VALUES ('Ann', 2);
      INSERT INTO agents (user_id, name) SELECT id, 'a' FROM users;
      INSERT INTO contacts (user_id, phone_number)
        SELECT id, '+4930123456' || n FROM users, generate_series(1, 3) n;
      CREATE TABLE completions (campaign_id uuid);
      CREATE FUNCTION note_completion() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        INSERT INTO completions VALUES (NEW.id);
        RETURN NULL;
      END $$;
      CREATE TRIGGER note_completion AFTER UPDATE OF status ON call_campaigns
        FOR EACH ROW WHEN (NEW.status = 'completed' AND OLD.status <> 'completed')
        EXECUTE FUNCTION note_completion())sql");
  }

  /// A new campaign: one row is done, two of these states are not.
  void begin(const std::string& first, const std::string& second) {
    campaign_ = text(
        "INSERT INTO call_campaigns (user_id, name, agent_id, start_date, status) "
        "SELECT user_id, 'c', id, '2026-01-01', 'active' FROM agents RETURNING id::text");
    rows_.clear();
    for (const auto& status : {std::string{"completed"}, first, second}) {
      rows_.push_back(
          text("INSERT INTO call_queue (user_id, campaign_id, agent_id, contact_id, "
               "phone_number, status) SELECT k.user_id, '" +
               campaign_ + "', a.id, k.id, k.phone_number, '" + status +
               "' FROM contacts k, agents a ORDER BY k.id OFFSET " + std::to_string(rows_.size()) +
               " LIMIT 1 RETURNING id::text"));
    }
  }

  /// Takes both through their scripts in this order: the one named by each letter does its next
  /// statement. Who is locked out does it when the other has let go.
  void play(const Script& first, const Script& second, const std::string& order) {
    Actor a{one_, first, rows_.at(1)};
    Actor b{other_, second, rows_.at(2)};
    for (const char letter : order) {
      auto& actor = letter == 'a' ? a : b;
      if (!actor.is_running() && actor.has_more()) actor.start_next();
      settle(a, b);
    }
    while (a.has_more() || b.has_more()) {
      for (auto* actor : {&a, &b}) {
        if (!actor->is_running() && actor->has_more()) actor->start_next();
        settle(a, b);
      }
    }
  }

  [[nodiscard]] int blocked() const { return blocked_; }
  [[nodiscard]] std::string outcome() {
    return text(
        "SELECT status || (completed_at IS NOT NULL)::text || ' of ' || total_contacts || ': ' || "
        "completed_calls || ' ' || successful_calls || ' ' || failed_calls || ', ' || "
        "(SELECT count(*) FROM completions WHERE campaign_id = c.id) || ' time' "
        "FROM call_campaigns c WHERE id = '" +
        campaign_ + "'");
  }

 private:
  std::string text(const std::string& sql) {
    auto rows = observer_.execute(sql);
    BOOST_REQUIRE(rows.step());
    return rows.get<std::string>(0);
  }

  /// Waits until both have done their statement or wait for the other's lock. What has been
  /// committed then fits together.
  void settle(Actor& a, Actor& b) {
    const auto until = std::chrono::steady_clock::now() + 10s;
    const auto is_settled = [&](Actor& actor) {
      actor.look();
      if (!actor.is_running()) return true;
      if (!observer_.value<bool>("SELECT cardinality(pg_blocking_pids($1)) > 0", actor.process())
               .value()) {
        return false;
      }
      ++blocked_;
      return true;
    };
    while (!(is_settled(a) && is_settled(b))) {
      BOOST_REQUIRE(std::chrono::steady_clock::now() < until);
    }
    BOOST_TEST(text("SELECT (c.status = 'completed') = (r.open = 0) AND c.total_contacts = r.total "
                    "AND c.completed_calls = r.completed AND c.failed_calls = r.failed "
                    "FROM call_campaigns c, (SELECT count(*) AS total, "
                    "count(*) FILTER (WHERE status IN ('queued', 'processing')) AS open, "
                    "count(*) FILTER (WHERE status = 'completed') AS completed, "
                    "count(*) FILTER (WHERE status = 'failed') AS failed "
                    "FROM call_queue WHERE campaign_id = '" +
                    campaign_ +
                    "') r "
                    "WHERE c.id = '" +
                    campaign_ + "'") == "t");
  }

  FreshDatabase database_;
  Connection observer_ = database_.connect();
  Connection one_ = database_.connect();
  Connection other_ = database_.connect();
  std::string campaign_;
  std::vector<std::string> rows_;
  int blocked_ = 0;
};

/// Every order in which so many steps of the one and of the other can follow each other.
std::vector<std::string> orders(std::size_t of_a, std::size_t of_b) {
  std::vector<std::string> all;
  auto order = std::string(of_a, 'a') + std::string(of_b, 'b');
  do {
    all.push_back(order);
  } while (std::next_permutation(order.begin(), order.end()));
  return all;
}

struct Pair {
  Script first;
  Script second;
  std::string second_is;  ///< The state of its row before.
  std::string outcome;
};

void play_all(const std::vector<Pair>& pairs) {
  Stage scene;
  for (const auto& pair : pairs) {
    for (const auto& order : orders(pair.first.size(), pair.second.size())) {
      BOOST_TEST_CONTEXT(order) {
        scene.begin("processing", pair.second_is);
        scene.play(pair.first, pair.second, order);
        BOOST_TEST(scene.outcome() == pair.outcome);
      }
    }
  }
  BOOST_TEST(scene.blocked() > 10);  // They were in each other's way.
}

BOOST_AUTO_TEST_SUITE(interleavings)

BOOST_AUTO_TEST_CASE(two_that_finish_the_last_rows_complete_the_campaign_once) {
  const std::string outcome = "completedtrue of 3: 2 1 1, 1 time";
  play_all({{plainly(kFinish), plainly(kFail), "processing", outcome},
            {in_order(kFinish), plainly(kFail), "processing", outcome},
            {in_order(kFinish), in_order(kFail), "processing", outcome}});
}

BOOST_AUTO_TEST_CASE(a_cancellation_and_an_end_complete_the_campaign_once) {
  const std::string outcome = "completedtrue of 3: 2 1 0, 1 time";
  play_all({{plainly(kFinish), plainly(kCancel), "queued", outcome},
            {in_order(kFinish), plainly(kCancel), "queued", outcome},
            {plainly(kFinish), in_order(kCancel), "queued", outcome}});
}

BOOST_AUTO_TEST_CASE(a_deletion_and_an_end_complete_the_campaign_once) {
  const std::string outcome = "completedtrue of 2: 2 1 0, 1 time";
  play_all({{plainly(kFinish), plainly(kDelete), "queued", outcome},
            {in_order(kFinish), plainly(kDelete), "queued", outcome},
            {plainly(kFinish), in_order(kDelete), "queued", outcome}});
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
