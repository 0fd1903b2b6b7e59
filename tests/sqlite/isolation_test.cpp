#include <boost/test/unit_test.hpp>
#include <functional>
#include <utility>

#include "sqlite_support.hpp"

using namespace callqueue;
using namespace sqlite_tests;

namespace {

/// Two users with one of everything each.
struct TwoUsers : World {
  struct Rows {
    UserId user_id;
    AgentId agent_id;
    ContactId contact_id;
    CampaignId campaign_id;
    QueuedCall row;
    CallId call_id;
  };
  Rows ann = rows_of(user(5));
  Rows bob = rows_of(user(5));

  Rows rows_of(UserId user_id) {
    Rows rows{.user_id = user_id,
              .agent_id = agent(user_id),
              .contact_id = contact(user_id),
              .campaign_id = active_campaign(user_id, 1),
              .row = {},
              .call_id = {}};
    const auto claimed = claim();
    BOOST_REQUIRE(claimed.size() == 1u);
    rows.call_id = claimed.front().call.id;
    rows.row = queue(user_id, rows.campaign_id);
    return rows;
  }

  /// `?b_contact?` and so on become quoted ids.
  std::string fill(std::string sql) const {
    for (const auto& [letter, rows] : {std::pair{"a", ann}, std::pair{"b", bob}}) {
      for (const auto& [name, id] :
           {std::pair{"user", to_text(rows.user_id)}, std::pair{"agent", to_text(rows.agent_id)},
            std::pair{"contact", to_text(rows.contact_id)},
            std::pair{"campaign", to_text(rows.campaign_id)},
            std::pair{"row", to_text(rows.row.id)}, std::pair{"call", to_text(rows.call_id)}}) {
        const auto mark = std::string("?") + letter + "_" + name + "?";
        for (auto at = sql.find(mark); at != std::string::npos; at = sql.find(mark)) {
          sql.replace(at, mark.size(), "'" + id + "'");
        }
      }
    }
    return sql;
  }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(sqlite_isolation)

BOOST_AUTO_TEST_CASE(plain_sql_cannot_point_at_rows_of_another_user) {
  TwoUsers world;
  const auto columns_of_row =
      "INSERT INTO call_queue (id, user_id, campaign_id, agent_id, contact_id, phone_number) ";
  const std::pair<std::string, std::string> statements[] = {
      // Each refused statement beside the same one with the user's own row, which is not.
      {"UPDATE call_campaigns SET agent_id = ?b_agent? WHERE id = ?a_campaign?",
       "UPDATE call_campaigns SET agent_id = ?a_agent? WHERE id = ?a_campaign?"},
      {"UPDATE call_queue SET agent_id = ?b_agent? WHERE id = ?a_row?",
       "UPDATE call_queue SET agent_id = ?a_agent? WHERE id = ?a_row?"},
      {"UPDATE call_queue SET contact_id = ?b_contact? WHERE id = ?a_row?",
       "UPDATE call_queue SET contact_id = ?a_contact? WHERE id = ?a_row?"},
      {"UPDATE call_queue SET campaign_id = ?b_campaign? WHERE id = ?a_row?",
       "UPDATE call_queue SET campaign_id = ?a_campaign? WHERE id = ?a_row?"},
      {"UPDATE call_queue SET call_id = ?b_call? WHERE id = ?a_row?",
       "UPDATE call_queue SET call_id = ?a_call? WHERE id = ?a_row?"},
      {"UPDATE call_queue SET user_id = ?b_user? WHERE id = ?a_row?",
       "UPDATE call_queue SET user_id = ?a_user? WHERE id = ?a_row?"},
      {"UPDATE calls SET agent_id = ?b_agent? WHERE id = ?a_call?",
       "UPDATE calls SET agent_id = ?a_agent? WHERE id = ?a_call?"},
      {"UPDATE calls SET contact_id = ?b_contact? WHERE id = ?a_call?",
       "UPDATE calls SET contact_id = ?a_contact? WHERE id = ?a_call?"},
      {"UPDATE calls SET campaign_id = ?b_campaign? WHERE id = ?a_call?",
       "UPDATE calls SET campaign_id = ?a_campaign? WHERE id = ?a_call?"},
      {"UPDATE calls SET queue_id = ?b_row? WHERE id = ?a_call?",
       "UPDATE calls SET queue_id = ?a_row? WHERE id = ?a_call?"},
      {"UPDATE callqueue_campaign_rules SET user_id = ?b_user? WHERE campaign_id = ?a_campaign?",
       "UPDATE callqueue_campaign_rules SET user_id = ?a_user? WHERE campaign_id = ?a_campaign?"},
      {"UPDATE callqueue_lanes SET user_id = ?b_user? WHERE campaign_id = ?a_campaign?",
       "UPDATE callqueue_lanes SET user_id = ?a_user? WHERE campaign_id = ?a_campaign?"},
      {"INSERT INTO callqueue_imports (id, user_id, campaign_id, created_at, heartbeat_at) "
       "VALUES ('i', ?a_user?, ?b_campaign?, 0, 0)",
       "INSERT INTO callqueue_imports (id, user_id, campaign_id, created_at, heartbeat_at) "
       "VALUES ('i', ?a_user?, ?a_campaign?, 0, 0)"},
      {columns_of_row +
           std::string("VALUES ('r', ?a_user?, ?b_campaign?, ?a_agent?, ?a_contact?, '+1')"),
       columns_of_row + std::string("VALUES ('r', ?a_user?, NULL, ?a_agent?, ?a_contact?, '+1')")},
      {columns_of_row + std::string("VALUES ('s', ?a_user?, NULL, ?a_agent?, ?b_contact?, '+1')"),
       columns_of_row + std::string("VALUES ('s', ?a_user?, NULL, ?a_agent?, ?a_contact?, '+1')")},
  };
  for (const auto& [refused, allowed] : statements) {
    BOOST_TEST(world.sql().refuses(world.fill(refused)), refused);
    BOOST_TEST(!world.sql().refuses(world.fill(allowed)), allowed);
  }
}

BOOST_AUTO_TEST_CASE(no_store_call_reaches_rows_of_another_user) {
  TwoUsers world;
  auto& store = world.store();
  const auto& a = world.ann;
  const auto& b = world.bob;
  const CallRef call{.user_id = a.user_id, .call_id = b.call_id};
  auto campaign = must(store.find_campaign(b.user_id, b.campaign_id));
  campaign.user_id = a.user_id;
  auto contact = must(store.find_contact(b.user_id, b.contact_id));
  contact.user_id = a.user_id;
  const auto before = world.sql().rows("SELECT * FROM call_queue ORDER BY id");

  const std::pair<const char*, std::function<std::string()>> calls[] = {
      {"find_agent", [&] { return error_of(store.find_agent(a.user_id, b.agent_id)); }},
      {"find_contact", [&] { return error_of(store.find_contact(a.user_id, b.contact_id)); }},
      {"find_contact_by_phone",
       [&] { return error_of(store.find_contact_by_phone(a.user_id, contact.phone_number)); }},
      {"update_contact", [&] { return error_of(store.update_contact(contact)); }},
      {"delete_contact", [&] { return error_of(store.delete_contact(a.user_id, b.contact_id)); }},
      {"find_campaign", [&] { return error_of(store.find_campaign(a.user_id, b.campaign_id)); }},
      {"update_campaign", [&] { return error_of(store.update_campaign(campaign)); }},
      {"set_campaign_status",
       [&] {
         return error_of(store.set_campaign_status(a.user_id, b.campaign_id, CampaignStatus::active,
                                                   CampaignStatus::cancelled));
       }},
      {"delete_campaign",
       [&] { return error_of(store.delete_campaign(a.user_id, b.campaign_id)); }},
      {"campaign_statistics",
       [&] { return error_of(store.campaign_statistics(a.user_id, b.campaign_id)); }},
      {"campaign_analytics",
       [&] { return error_of(store.campaign_analytics(a.user_id, b.campaign_id)); }},
      {"campaign_facts", [&] { return error_of(store.campaign_facts(a.user_id, b.campaign_id)); }},
      {"find_queued_call", [&] { return error_of(store.find_queued_call(a.user_id, b.row.id)); }},
      {"cancel_queued_call",
       [&] { return error_of(store.cancel_queued_call(a.user_id, b.row.id, "x")); }},
      {"cancel_queued_calls_of_contact",
       [&] { return error_of(store.cancel_queued_calls_of_contact(a.user_id, b.contact_id)); }},
      {"rows_ahead", [&] { return error_of(store.rows_ahead(a.user_id, b.row.id)); }},
      {"claim",
       [&] {
         ClaimRequest request;
         request.only = b.row.id;
         request.only_user = a.user_id;
         return error_of(store.claim(request));
       }},
      {"renew_lease", [&] { return error_of(store.renew_lease(call, "worker", 60s)); }},
      {"accept_call", [&] { return error_of(store.accept_call(call, "p")); }},
      {"requeue_call", [&] { return error_of(store.requeue_call(call, "x")); }},
      {"find_call", [&] { return error_of(store.find_call(a.user_id, b.call_id)); }},
      {"report_events",
       [&] {
         CallEvent event;
         event.user_id = a.user_id;
         event.call_id = b.call_id;
         event.status = CallStatus::completed;
         return error_of(must(store.report_events({&event, 1})).front());
       }},
      {"begin_import",
       [&] {
         return error_of(store.begin_import({.user_id = a.user_id, .campaign_id = b.campaign_id}));
       }},
  };
  for (const auto& [name, run] : calls) {
    const auto error = run();
    BOOST_TEST(error.starts_with("not_found"), name << ": " << error);
  }
  BOOST_TEST(must(store.begin_dial({&call, 1}, "worker")).empty());
  BOOST_TEST(
      must(store.list_queued_calls(a.user_id, {.campaign_id = b.campaign_id}, {})).items.empty());
  BOOST_TEST(must(store.list_calls(a.user_id, {.campaign_id = b.campaign_id}, {})).items.empty());
  BOOST_TEST(world.sql().rows("SELECT * FROM call_queue ORDER BY id") == before,
             boost::test_tools::per_element());
  BOOST_TEST(must(store.find_call(b.user_id, b.call_id)).status == CallStatus::initiated);
}

BOOST_AUTO_TEST_CASE(a_call_is_queued_for_own_rows_only) {
  TwoUsers world;
  const auto add = [&](ContactId contact, std::optional<CampaignId> campaign,
                       std::optional<AgentId> agent) {
    NewQueuedCall call;
    call.contact_id = contact;
    call.campaign_id = campaign;
    call.agent_id = agent;
    return error_of(world.store().add_queued_calls(world.ann.user_id, {&call, 1}));
  };
  const auto& a = world.ann;
  const auto& b = world.bob;
  BOOST_TEST(add(b.contact_id, a.campaign_id, {}) == "not_found contact_id");
  BOOST_TEST(add(a.contact_id, b.campaign_id, {}) == "not_found campaign_id");
  BOOST_TEST(add(a.contact_id, a.campaign_id, b.agent_id) == "not_found agent_id");
  BOOST_TEST(add(a.contact_id, {}, b.agent_id) == "not_found agent_id");
  BOOST_TEST(add(a.contact_id, {}, {}) == "invalid_argument agent_id");
  BOOST_TEST(add(a.contact_id, a.campaign_id, a.agent_id) == "ok");
  BOOST_TEST(add(a.contact_id, a.campaign_id, a.agent_id) == "conflict contact_id");
}

BOOST_AUTO_TEST_CASE(all_are_queued_or_none) {
  TwoUsers world;
  NewQueuedCall calls[2];
  calls[0].contact_id = world.ann.contact_id;
  calls[0].campaign_id = world.ann.campaign_id;
  calls[1] = calls[0];
  const auto before = world.sql().value("SELECT count(*), sum(total_contacts) FROM call_campaigns");
  BOOST_TEST(error_of(world.store().add_queued_calls(world.ann.user_id, calls)) ==
             "conflict contact_id");
  BOOST_TEST(world.sql().value("SELECT count(*), sum(total_contacts) FROM call_campaigns") ==
             before);
}

BOOST_AUTO_TEST_SUITE_END()
