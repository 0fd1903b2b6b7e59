#include <boost/test/unit_test.hpp>

#include "sqlite_support.hpp"

using namespace callqueue;
using namespace sqlite_tests;

BOOST_AUTO_TEST_SUITE(sqlite_deletion)

BOOST_AUTO_TEST_CASE(calls_stay_when_what_they_point_at_goes) {
  World world;
  const auto ann = world.user();
  const auto campaign = world.active_campaign(ann, 2);
  const auto claimed = world.claim(1);
  BOOST_REQUIRE(claimed.size() == 1u);
  const auto& call = claimed.front().call;
  world.finish(claimed.front(), CallStatus::completed);

  must(world.store().delete_contact(ann, *call.contact_id));
  auto kept = must(world.store().find_call(ann, call.id));
  BOOST_TEST(!kept.contact_id.has_value());
  BOOST_TEST(!kept.queue_id.has_value());
  BOOST_TEST((kept.campaign_id == campaign));
  BOOST_TEST(must(world.store().find_campaign(ann, campaign)).total_contacts == 1);

  must(world.store().delete_campaign(ann, campaign));
  kept = must(world.store().find_call(ann, call.id));
  BOOST_TEST(!kept.campaign_id.has_value());
  BOOST_TEST(kept.phone_number == call.phone_number);
  BOOST_TEST(error_of(world.store().find_campaign(ann, campaign)) == "not_found campaign_id");
  BOOST_TEST(world.sql().value("SELECT count(*) FROM call_queue") == "0");
  BOOST_TEST(world.sql().value("SELECT count(*) FROM callqueue_lanes") == "0");
  BOOST_TEST(must(world.store().verify()).ok());
}

BOOST_AUTO_TEST_CASE(nothing_in_flight_can_be_deleted) {
  World world;
  const auto ann = world.user();
  const auto campaign = world.active_campaign(ann, 2);
  const auto claimed = world.claim(1);
  BOOST_REQUIRE(claimed.size() == 1u);
  const auto contact = *claimed.front().call.contact_id;
  BOOST_TEST(error_of(world.store().delete_contact(ann, contact)) == "conflict status");
  BOOST_TEST(error_of(world.store().cancel_queued_calls_of_contact(ann, contact)) ==
             "conflict status");
  BOOST_TEST(error_of(world.store().delete_campaign(ann, campaign)) == "conflict status");
  world.finish(claimed.front(), CallStatus::failed);
  must(world.store().delete_contact(ann, contact));
  must(world.store().delete_campaign(ann, campaign));
}

BOOST_AUTO_TEST_CASE(a_held_slot_survives_a_deletion_by_plain_sql) {
  World world;
  const auto ann = world.user(1);
  world.active_campaign(ann, 1);
  BOOST_REQUIRE(world.claim(1).size() == 1u);
  world.sql().run("DELETE FROM call_campaigns; DELETE FROM contacts");
  BOOST_TEST(must(world.store().user_slots(ann)).active == 1);
  world.active_campaign(ann, 1);
  BOOST_TEST(world.claim(1).empty());
}

BOOST_AUTO_TEST_CASE(deleting_the_last_open_contact_completes_the_campaign_by_the_stores_clock) {
  World world;
  const auto ann = world.user();
  const auto campaign = world.campaign(ann);
  const auto row = world.queue(ann, campaign);
  world.set_status(ann, campaign, CampaignStatus::active);
  const auto before = must(world.store().find_campaign(ann, campaign));
  world.clock().advance(5min);
  must(world.store().delete_contact(ann, row.contact_id));
  const auto after = must(world.store().find_campaign(ann, campaign));
  BOOST_TEST(after.status == CampaignStatus::completed);
  BOOST_TEST((after.completed_at == noon() + 5min));
  BOOST_TEST((after.updated_at == noon() + 5min));
  BOOST_TEST((before.updated_at < after.updated_at));
}

BOOST_AUTO_TEST_CASE(a_campaign_that_is_being_imported_into_stays) {
  World world;
  const auto ann = world.user();
  const auto campaign = world.campaign(ann);
  world.sql().run(
      "INSERT INTO callqueue_imports (id, user_id, campaign_id, created_at, heartbeat_at) VALUES "
      "('00000000-0000-4000-8000-000000000001', '" +
      to_text(ann) + "', '" + to_text(campaign) + "', 0, 0)");
  BOOST_TEST(error_of(world.store().delete_campaign(ann, campaign)) == "conflict status");
}

BOOST_AUTO_TEST_SUITE_END()
