#include <atomic>
#include <boost/test/unit_test.hpp>
#include <thread>

#include "sqlite_support.hpp"

using namespace callqueue;
using namespace sqlite_tests;

namespace {

/// Every transaction asks once: rows written by one share an instant that no other has.
class TickingClock final : public Clock {
 public:
  Instant now() const override { return noon() + std::chrono::microseconds{++ticks_}; }

 private:
  mutable std::atomic<std::int64_t> ticks_ = 0;
};

constexpr int kRows = 4500;
constexpr int kMostAtOnce = 1000;

/// Rows written by plain SQL: a large list in one statement.
void fill(World& world, UserId user_id, CampaignId id, int rows) {
  const auto agent = must(world.store().find_campaign(user_id, id)).agent_id;
  world.sql().run("WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < " +
                  std::to_string(rows) +
                  ") INSERT INTO contacts (id, user_id, phone_number) "
                  "SELECT printf('00000000-0000-4000-8000-%012d', i), '" +
                  to_text(user_id) +
                  "', '+' || (49300000000 + i) FROM n;"
                  "INSERT INTO call_queue (id, user_id, campaign_id, agent_id, contact_id, "
                  "phone_number, ready, "
                  "scheduled_for, created_at, updated_at) SELECT id, user_id, '" +
                  to_text(id) + "', '" + to_text(agent) +
                  "', id, phone_number, 1, 0, 0, 0 FROM contacts");
}

struct Large : World {
  explicit Large(std::shared_ptr<const Clock> clock = nullptr) : World(std::move(clock)) {
    fill(*this, ann, campaign, kRows);
  }
  UserId ann = user(10);
  CampaignId campaign = World::campaign(ann);
};

}  // namespace

BOOST_AUTO_TEST_SUITE(sqlite_sweep)

BOOST_AUTO_TEST_CASE(cancelling_sweeps_in_transactions_of_bounded_size) {
  Large world{std::make_shared<TickingClock>()};
  world.set_status(world.ann, world.campaign, CampaignStatus::active);
  world.set_status(world.ann, world.campaign, CampaignStatus::cancelled);
  const auto batches =
      world.sql().rows("SELECT count(*) FROM call_queue GROUP BY completed_at, status");
  BOOST_TEST(batches.size() == 5u);
  for (const auto& rows : batches) BOOST_TEST(std::stoi(rows) <= kMostAtOnce);
  const auto statistics = must(world.store().campaign_statistics(world.ann, world.campaign));
  BOOST_TEST(statistics.cancelled == kRows);
  BOOST_TEST(must(world.store().find_campaign(world.ann, world.campaign)).completed_at.has_value());
  BOOST_TEST(must(world.store().verify()).ok());
}

BOOST_AUTO_TEST_CASE(rows_read_by_the_new_state_before_the_sweep_has_come_to_them) {
  World world;
  const auto ann = world.user(10);
  const auto campaign = world.campaign(ann);
  fill(world, ann, campaign, 10);
  world.set_status(ann, campaign, CampaignStatus::active);
  world.advance();
  BOOST_REQUIRE(world.claim(1).size() == 1u);
  // A host's own SQL flips the status: nothing is swept yet.
  for (const auto* status : {"cancelled", "completed"}) {
    world.sql().run(
        "UPDATE call_campaigns SET status = 'active'; UPDATE callqueue_campaign_rules "
        "SET sweep = NULL; UPDATE call_queue SET attempts = 1 WHERE rowid = 5;"
        "UPDATE call_campaigns SET status = '" +
        std::string{status} + "'");
    BOOST_TEST(world.sql().value("SELECT count(*) FROM call_queue WHERE status = 'queued'") == "9");
    const bool cancelled = std::string_view{status} == "cancelled";
    auto& store = world.store();
    const auto list = [&](std::vector<QueuedCallStatus> statuses,
                          std::optional<CampaignId> of = std::nullopt) {
      return must(store.list_queued_calls(ann, {.campaign_id = of, .statuses = statuses}, {}))
          .items.size();
    };
    for (const auto of : {std::optional<CampaignId>{}, std::optional{campaign}}) {
      BOOST_TEST(list({}, of) == 10u);
      BOOST_TEST(list({QueuedCallStatus::queued}, of) == 0u);
      BOOST_TEST(list({QueuedCallStatus::processing}, of) == 1u);
      BOOST_TEST(list({QueuedCallStatus::cancelled}, of) == (cancelled ? 9u : 0u));
      BOOST_TEST(list({QueuedCallStatus::skipped}, of) == (cancelled ? 0u : 8u));
      BOOST_TEST(list({QueuedCallStatus::failed}, of) == (cancelled ? 0u : 1u));
      BOOST_TEST(list({QueuedCallStatus::queued, QueuedCallStatus::skipped}, of) ==
                 (cancelled ? 0u : 8u));
    }
    const auto queue = must(store.queue_statistics(ann));
    const auto statistics = must(store.campaign_statistics(ann, campaign));
    BOOST_TEST(queue.queued == 0);
    BOOST_TEST(queue.ready == 0);
    BOOST_TEST(queue.cancelled == (cancelled ? 9 : 0));
    BOOST_TEST(queue.skipped == (cancelled ? 0 : 8));
    BOOST_TEST(queue.failed == (cancelled ? 0 : 1));
    BOOST_TEST(statistics.queued == 0);
    BOOST_TEST(statistics.cancelled == queue.cancelled);
    BOOST_TEST(statistics.skipped == queue.skipped);
    BOOST_TEST(statistics.failed_calls == queue.failed);
    const auto row = must(store.list_queued_calls(ann, {}, {})).items.back();
    BOOST_TEST(error_of(store.cancel_queued_call(ann, row.id, "x")) == "conflict status");
    BOOST_TEST(error_of(store.rows_ahead(ann, row.id)) == "conflict status");
    BOOST_TEST(!must(store.next_queued_call(ann)).has_value());
  }
  // advance goes on with it.
  world.advance();
  BOOST_TEST(world.sql().value("SELECT count(*) FROM call_queue WHERE status = 'queued'") == "0");
  BOOST_TEST(must(world.store().verify()).ok());
}

BOOST_AUTO_TEST_CASE(a_large_campaign_is_deleted_in_bounded_steps_and_claims_nothing_meanwhile) {
  Large world;
  world.set_status(world.ann, world.campaign, CampaignStatus::active);
  world.advance();
  // Something in the last batch keeps it from being deleted: what is gone before shows the batches.
  world.sql().run(
      "CREATE TRIGGER host_keeps BEFORE DELETE ON call_queue WHEN OLD.id LIKE '%4500' "
      "BEGIN SELECT RAISE(ABORT, 'kept'); END");
  BOOST_TEST(error_of(world.store().delete_campaign(world.ann, world.campaign)) != "ok");
  BOOST_TEST(world.sql().value("SELECT count(*) FROM call_queue") == "500");
  BOOST_TEST(must(world.store().find_campaign(world.ann, world.campaign)).status ==
             CampaignStatus::cancelled);
  BOOST_TEST(world.claim(5).empty());
  world.sql().run("DROP TRIGGER host_keeps");
  must(world.store().delete_campaign(world.ann, world.campaign));
  BOOST_TEST(error_of(world.store().find_campaign(world.ann, world.campaign)) ==
             "not_found campaign_id");
  BOOST_TEST(world.sql().value("SELECT count(*) FROM contacts") == std::to_string(kRows));
  BOOST_TEST(must(world.store().verify()).ok());
}

BOOST_AUTO_TEST_CASE(a_small_campaign_is_deleted_at_once_or_not_at_all) {
  World world;
  const auto ann = world.user();
  const auto campaign = world.active_campaign(ann, 3);
  world.sql().run(
      "CREATE TRIGGER host_keeps BEFORE DELETE ON call_campaigns "
      "BEGIN SELECT RAISE(ABORT, 'kept'); END");
  BOOST_TEST(error_of(world.store().delete_campaign(ann, campaign)) != "ok");
  const auto kept = must(world.store().find_campaign(ann, campaign));
  BOOST_TEST(kept.status == CampaignStatus::active);
  BOOST_TEST(kept.total_contacts == 3);
}

BOOST_AUTO_TEST_CASE(others_claim_while_a_large_campaign_is_swept) {
  Large world;
  const auto bob = world.user(100);
  must(world.store().set_system_limit(1000));
  world.active_campaign(bob, 20);
  const auto other = world.another();
  std::atomic<bool> swept = false;
  int claimed_meanwhile = 0;
  std::thread sweeper{[&] {
    world.set_status(world.ann, world.campaign, CampaignStatus::cancelled);
    swept = true;
  }};
  while (!swept) {
    const auto claimed = other->claim({});
    BOOST_TEST(claimed.has_value());
    if (claimed && !swept) claimed_meanwhile += static_cast<int>(claimed->size());
  }
  sweeper.join();
  BOOST_TEST(claimed_meanwhile > 0);
  BOOST_TEST(must(world.store().verify()).ok());
}

BOOST_AUTO_TEST_SUITE_END()
