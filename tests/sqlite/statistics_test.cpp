#include <rapidcheck.h>
#include <rapidcheck/boost_test.h>

#include <boost/test/unit_test.hpp>

#include "sqlite_support.hpp"

using namespace callqueue;
using namespace sqlite_tests;

namespace {

constexpr const char* kKept =
    "SELECT id, total_contacts, completed_calls, successful_calls, failed_calls "
    "FROM call_campaigns ORDER BY id";
constexpr const char* kRecounted =
    "SELECT c.id, count(q.id), COALESCE(sum(q.status = 'completed'), 0), "
    "COALESCE(sum(q.status = 'completed' AND q.success = 1), 0), "
    "COALESCE(sum(q.status = 'failed'), 0) "
    "FROM call_campaigns c LEFT JOIN call_queue q ON q.campaign_id = c.id GROUP BY c.id ORDER BY "
    "c.id";

const std::vector<std::string> kStatuses = {"queued", "processing", "completed",
                                            "failed", "cancelled",  "skipped"};

/// Somebody who writes rows without asking anybody.
struct HostWorld : World {
  UserId ann = user();
  std::string agent_id = to_text(agent(ann));
  std::vector<std::string> campaigns = {to_text(campaign(ann)), to_text(campaign(ann)),
                                        to_text(campaign(ann))};
  int rows = 0;

  std::string any_status() { return *rc::gen::elementOf(kStatuses); }
  std::string any_campaign() { return *rc::gen::elementOf(campaigns); }
  std::string any_rows() { return "rowid % " + std::to_string(*rc::gen::inRange(1, 4)) + " = 0"; }

  std::string insert() {
    auto number = std::to_string(++rows);
    number.insert(0, 12 - number.size(), '0');
    const auto row = "00000000-0000-4000-8001-" + number;
    const auto contact = "00000000-0000-4000-8002-" + number;
    const auto success = *rc::gen::element("NULL", "0", "1");
    const auto campaign = *rc::gen::inRange(0, 5) == 0 ? "NULL" : "'" + any_campaign() + "'";
    return "INSERT INTO contacts (id, user_id, phone_number) VALUES ('" + contact + "', '" +
           to_text(ann) + "', '+" + number + "');" +
           "INSERT INTO call_queue (id, user_id, campaign_id, agent_id, contact_id, phone_number, "
           "status, success) VALUES ('" +
           row + "', '" + to_text(ann) + "', " + campaign + ", '" + agent_id + "', '" + contact +
           "', '+" + number + "', '" + any_status() + "', " + success + ")";
  }

  std::string any_statement() {
    // What a row lives through most comes most often.
    switch (*rc::gen::inRange(0, 14)) {
      case 8:
      case 9:
      case 0: return "UPDATE call_queue SET status = '" + any_status() + "' WHERE " + any_rows();
      case 1: return "UPDATE call_queue SET success = 1 - COALESCE(success, 0) WHERE " + any_rows();
      case 2: return "DELETE FROM call_queue WHERE " + any_rows();
      case 10:
      case 3:
        return "UPDATE call_queue SET campaign_id = '" + any_campaign() + "' WHERE " + any_rows();
      case 4:
        return "UPDATE call_queue SET campaign_id = NULL, status = '" + any_status() + "' WHERE " +
               any_rows();
      case 5: return "DELETE FROM contacts WHERE " + any_rows();
      case 6: return "PRAGMA foreign_keys = " + *rc::gen::element<std::string>("ON", "OFF");
      case 7:
        return *rc::gen::element<std::string>("REPLACE", "INSERT OR IGNORE") +
               " INTO call_queue (id, user_id, campaign_id, agent_id, contact_id, phone_number, "
               "status, success) SELECT id, user_id, '" +
               any_campaign() + "', agent_id, contact_id, phone_number, '" + any_status() +
               "', success FROM call_queue WHERE " + any_rows();
      default: return insert();
    }
  }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(sqlite_statistics)

RC_BOOST_PROP(they_equal_a_recount_whatever_sql_wrote_the_rows, ()) {
  HostWorld host;
  const auto steps = *rc::gen::inRange(1, 50);
  for (int i = 0; i < steps; ++i) {
    const auto sql = host.any_statement();
    RC_LOG() << sql << '\n';
    // A statement that is refused (a contact's second open row in a campaign) changes nothing.
    static_cast<void>(host.sql().refuses(sql));
    RC_ASSERT(host.sql().rows(kKept) == host.sql().rows(kRecounted));
  }
  for (const auto& row : host.sql().rows("SELECT id FROM call_campaigns")) {
    const auto id = parse_id<CampaignId>(row).value();
    const auto campaign = must(host.store().find_campaign(host.ann, id));
    const auto statistics = must(host.store().campaign_statistics(host.ann, id));
    RC_ASSERT(statistics.total_contacts == campaign.total_contacts);
    RC_ASSERT(statistics.total_contacts ==
              statistics.queued + statistics.processing + statistics.completed_calls +
                  statistics.failed_calls + statistics.cancelled + statistics.skipped);
  }
}

RC_BOOST_PROP(every_row_has_the_lane_of_its_campaign_whatever_sql_wrote_it, ()) {
  HostWorld host;
  const auto steps = *rc::gen::inRange(1, 50);
  for (int i = 0; i < steps; ++i) {
    const auto sql = host.any_statement();
    RC_LOG() << sql << '\n';
    static_cast<void>(host.sql().refuses(sql));
  }
  for (const auto& item : must(host.store().verify()).items) {
    if (item.name != "row_without_lane" && item.name != "ready_unnoticed") continue;
    RC_LOG() << item.detail << '\n';
    RC_ASSERT(item.ok);
  }
}

BOOST_AUTO_TEST_CASE(a_campaign_completes_in_the_statement_that_ends_its_last_row) {
  World world;
  const auto ann = world.user();
  const auto ended = world.active_campaign(ann, 2);
  const auto deleted = world.active_campaign(ann, 2);
  const auto moved = world.active_campaign(ann, 1);
  const auto status_of = [&](CampaignId id) {
    return must(world.store().find_campaign(ann, id)).status;
  };
  const auto where = [](CampaignId id) { return " WHERE campaign_id = '" + to_text(id) + "'"; };
  world.sql().run("UPDATE call_queue SET status = 'failed'" + where(ended));
  BOOST_TEST(status_of(ended) == CampaignStatus::completed);
  world.sql().run("DELETE FROM call_queue" + where(deleted));
  BOOST_TEST(status_of(deleted) == CampaignStatus::completed);
  BOOST_TEST(status_of(moved) == CampaignStatus::active);
}

BOOST_AUTO_TEST_SUITE_END()
