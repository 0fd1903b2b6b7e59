#include <boost/test/unit_test.hpp>

#include "sqlite_support.hpp"

using namespace callqueue;
using namespace sqlite_tests;

namespace {

/// Somebody who knows the seed's columns only.
struct Host : World {
  UserId ann = user(5, "Europe/Berlin");
  AgentId agent_id = agent(ann);

  std::string insert_row(const std::string& id, ContactId contact_id,
                         std::optional<CampaignId> campaign_id,
                         const std::string& more_columns = "",
                         const std::string& more_values = "") {
    return "INSERT INTO call_queue (id, user_id, campaign_id, agent_id, contact_id, phone_number" +
           more_columns + ") VALUES ('00000000-0000-4000-8000-00000000000" + id + "', '" +
           to_text(ann) + "', " + (campaign_id ? "'" + to_text(*campaign_id) + "'" : "NULL") +
           ", '" + to_text(agent_id) + "', '" + to_text(contact_id) + "', '+1415555000" + id + "'" +
           more_values + ")";
  }
  std::string micros(Instant at) { return std::to_string(at.time_since_epoch().count()); }
  std::string zone_of(const QueuedCall& row) {
    return must(store().find_queued_call(ann, row.id)).timezone;
  }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(sqlite_foreign_rows)

BOOST_AUTO_TEST_CASE(a_user_inserted_by_plain_sql_takes_part) {
  World world;
  must(world.store().set_system_limit(30));
  world.sql().run(
      "INSERT INTO users (id, name) VALUES ('00000000-0000-4000-8000-000000000001', 'x');"
      "INSERT INTO users (id, system_concurrent_calls_limit) "
      "VALUES ('00000000-0000-4000-8000-000000000002', 4)");
  const auto limit_of = [&](const std::string& id) {
    return must(world.store().find_user(parse_id<UserId>(id).value()))
        .system_concurrent_calls_limit;
  };
  BOOST_TEST(limit_of("00000000-0000-4000-8000-000000000001") == 30);
  BOOST_TEST(limit_of("00000000-0000-4000-8000-000000000002") == 4);
  must(world.store().set_system_limit(50));
  BOOST_TEST(limit_of("00000000-0000-4000-8000-000000000001") == 50);
  BOOST_TEST(limit_of("00000000-0000-4000-8000-000000000002") == 4);
  BOOST_TEST(world.sql().value("SELECT count(*) FROM callqueue_turns") == "2");
}

BOOST_AUTO_TEST_CASE(a_row_inserted_by_plain_sql_is_claimed) {
  Host host;
  const auto campaign = host.active_campaign(host.ann, 0);
  host.sql().run(host.insert_row("1", host.contact(host.ann, "Asia/Tokyo"), campaign,
                                 ", scheduled_for", ", 0"));
  host.advance();
  const auto claimed = host.claim();
  BOOST_REQUIRE(claimed.size() == 1u);
  BOOST_TEST(claimed.front().queued.timezone == "Asia/Tokyo");
}

BOOST_AUTO_TEST_CASE(a_direct_row_expires_a_quarter_of_an_hour_after_it_could_be_called) {
  Host host;
  host.sql().run(host.insert_row("1", host.contact(host.ann), {}, ", created_at, scheduled_for",
                                 ", " + host.micros(noon()) + ", " + host.micros(noon())));
  host.sql().run(host.insert_row("2", host.contact(host.ann), {}, ", created_at, scheduled_for",
                                 ", " + host.micros(noon()) + ", " + host.micros(noon() + 1h)));
  NewQueuedCall later;
  later.contact_id = host.contact(host.ann);
  later.agent_id = host.agent_id;
  later.scheduled_for = noon() + 2h;
  must(host.store().add_queued_calls(host.ann, {&later, 1}));
  const auto rows = must(host.store().list_queued_calls(host.ann, {}, {})).items;
  BOOST_REQUIRE(rows.size() == 3u);
  BOOST_TEST((rows[0].not_after == noon() + 15min));
  BOOST_TEST((rows[1].not_after == noon() + 75min));
  BOOST_TEST((rows[2].not_after == noon() + 135min));
}

BOOST_AUTO_TEST_CASE(a_contacts_rows_follow_its_zone_and_disturb_no_other_row) {
  Host host;
  const auto campaign = host.active_campaign(host.ann, 0);
  const auto moves = host.queue(host.ann, campaign);
  const auto stays = host.queue(host.ann, campaign);
  host.advance();
  BOOST_TEST(host.zone_of(moves) == "Europe/Berlin");

  auto contact = must(host.store().find_contact(host.ann, moves.contact_id));
  contact.timezone = "Asia/Tokyo";
  must(host.store().update_contact(contact));
  BOOST_TEST(host.zone_of(moves) == "Asia/Tokyo");
  BOOST_TEST(host.zone_of(stays) == "Europe/Berlin");
  BOOST_TEST(host.sql().value("SELECT count(*) FROM callqueue_lanes WHERE relane = 1") == "0");
  BOOST_TEST(host.sql().value(
                 "SELECT stale FROM callqueue_lanes WHERE timezone = 'Europe/Berlin'") == "0");
  BOOST_TEST((must(host.store().next_queued_call(host.ann))->id == stays.id));

  host.advance();
  BOOST_TEST((must(host.store().next_queued_call(host.ann))->id == moves.id));
  BOOST_TEST(must(host.store().verify()).ok());
}

BOOST_AUTO_TEST_CASE(a_zone_set_by_plain_sql_closes_the_lane_until_its_rows_have_moved) {
  Host host;
  const auto campaign = host.active_campaign(host.ann, 0);
  const auto moves = host.queue(host.ann, campaign);
  const auto stays = host.queue(host.ann, campaign);
  host.advance();
  host.sql().run("UPDATE contacts SET timezone = 'Asia/Tokyo' WHERE id = '" +
                 to_text(moves.contact_id) + "'");
  BOOST_TEST(!must(host.store().next_queued_call(host.ann)).has_value());
  host.advance();
  BOOST_TEST(host.zone_of(moves) == "Asia/Tokyo");
  BOOST_TEST(host.zone_of(stays) == "Europe/Berlin");
  BOOST_TEST((must(host.store().next_queued_call(host.ann))->id == moves.id));
}

BOOST_AUTO_TEST_CASE(a_row_moved_to_a_later_time_waits) {
  Host host;
  host.active_campaign(host.ann, 1);
  host.advance();
  host.sql().run("UPDATE call_queue SET scheduled_for = " + host.micros(noon() + 1h));
  BOOST_TEST(host.claim().empty());
  host.sql().run("UPDATE call_queue SET scheduled_for = " + host.micros(noon()));
  host.advance();
  BOOST_TEST(host.claim().size() == 1u);
}

BOOST_AUTO_TEST_CASE(new_zone_data_makes_every_lane_stale) {
  Host host;
  host.active_campaign(host.ann, 1);
  host.advance();
  // As if the lanes had been computed with older data, which knew of another offset.
  host.sql().run("UPDATE callqueue_lanes SET opens_at = " + host.micros(noon() + 1h) +
                 ", closes_at = " + host.micros(noon() + 2h) +
                 "; UPDATE callqueue_settings SET zone_data_version = '1999a'");
  const auto restarted = host.another();
  BOOST_TEST(!must(restarted->next_queued_call(host.ann)).has_value());
  for (int i = 0; i < 10; ++i) must(restarted->advance({}));
  BOOST_TEST(must(restarted->next_queued_call(host.ann)).has_value());
  BOOST_TEST(host.sql().value("SELECT zone_data_version FROM callqueue_settings") != "1999a");
}

BOOST_AUTO_TEST_CASE(rows_changed_by_plain_sql_carry_when) {
  Host host;
  const auto campaign = host.campaign(host.ann);
  const auto row = host.queue(host.ann, campaign);
  const auto before = must(host.store().find_campaign(host.ann, campaign));
  host.sql().run("UPDATE call_campaigns SET name = 'x'; UPDATE call_queue SET priority = 7");
  BOOST_TEST((must(host.store().find_campaign(host.ann, campaign)).updated_at > before.updated_at));
  BOOST_TEST((must(host.store().find_queued_call(host.ann, row.id)).updated_at > row.updated_at));
}

BOOST_AUTO_TEST_SUITE_END()
