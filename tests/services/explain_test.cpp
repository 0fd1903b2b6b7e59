#include "services/small_world.hpp"

namespace {

using namespace small_world;

const Instant now = at("2026-03-25T10:00:00Z");

LaneFacts open_lane(std::int64_t ready) {
  return {.timezone = "UTC", .opens_at = now - 1h, .closes_at = now + 8h, .ready = ready};
}

/// An active campaign with five rows that may be called, and room for them.
CampaignFacts facts() {
  return {.status = CampaignStatus::active,
          .now = now,
          .lanes = {open_lane(5)},
          .user_limit = 2,
          .user_system_limit = 10,
          .system_limit = 10};
}

std::string codes(const CampaignFacts& facts) {
  std::string text;
  for (const auto& reason : explain(facts)) text += (text.empty() ? "" : " ") + reason.code;
  return text;
}

BOOST_AUTO_TEST_SUITE(explanations)

BOOST_AUTO_TEST_CASE(nothing_in_the_way_is_dialing) { BOOST_TEST(codes(facts()) == "dialing"); }

BOOST_AUTO_TEST_CASE(the_status_comes_first) {
  auto given = facts();
  given.status = CampaignStatus::draft;
  BOOST_TEST(codes(given) == "not_started");
  given.status = CampaignStatus::scheduled;
  BOOST_TEST(codes(given) == "not_started");
  given.status = CampaignStatus::paused;
  BOOST_TEST(codes(given) == "paused");
  given.user_active = 2;
  BOOST_TEST(codes(given) == "paused user_at_limit");
  given.status = CampaignStatus::completed;
  BOOST_TEST(codes(given) == "completed");
  given.status = CampaignStatus::cancelled;
  BOOST_TEST(codes(given) == "cancelled");
}

BOOST_AUTO_TEST_CASE(a_scheduled_campaign_says_when_it_starts) {
  auto given = facts();
  given.status = CampaignStatus::scheduled;
  given.lanes[0].opens_at = now + 24h;
  given.lanes[0].closes_at = now + 32h;
  const auto reasons = explain(given);
  BOOST_TEST(reasons.size() == 1u);
  BOOST_CHECK(reasons.front().until == now + 24h);
}

BOOST_AUTO_TEST_CASE(no_rows_means_no_contacts_or_only_calls_in_flight) {
  auto given = facts();
  given.lanes[0].ready = 0;
  BOOST_TEST(codes(given) == "no_contacts");
  given.processing = 2;
  BOOST_TEST(codes(given) == "in_flight_only");
  given.lanes.clear();
  BOOST_TEST(codes(given) == "in_flight_only");
}

BOOST_AUTO_TEST_CASE(an_import_is_told) {
  auto given = facts();
  given.import_running = true;
  given.lanes.clear();
  BOOST_TEST(codes(given) == "import_running no_contacts");
}

BOOST_AUTO_TEST_CASE(a_closed_window_says_when_the_first_lane_opens) {
  auto given = facts();
  given.lanes = {
      {.timezone = "America/New_York", .opens_at = now + 3h, .closes_at = now + 12h, .ready = 5},
      {.timezone = "Europe/Lisbon", .opens_at = now + 1h, .closes_at = now + 10h, .ready = 1}};
  const auto reasons = explain(given);
  BOOST_TEST(codes(given) == "outside_window");
  BOOST_CHECK(reasons.front().until == now + 1h);
  BOOST_TEST(reasons.front().text.find("Europe/Lisbon") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(lanes_without_rows_do_not_count) {
  auto given = facts();
  given.lanes.push_back({.timezone = "Nowhere", .stale = true});
  BOOST_TEST(codes(given) == "dialing");
}

BOOST_AUTO_TEST_CASE(a_lane_whose_window_is_not_known_is_closed) {
  auto given = facts();
  given.lanes[0].stale = true;
  BOOST_TEST(codes(given) == "window_unknown");
  given.lanes[0] = {.timezone = "Mars/Olympus", .ready = 5};
  BOOST_TEST(codes(given) == "window_unknown");
  given.lanes[0] = {.timezone = "UTC", .opens_at = now - 9h, .closes_at = now - 1h, .ready = 5};
  BOOST_TEST(codes(given) == "window_unknown");
}

BOOST_AUTO_TEST_CASE(a_lane_that_never_opens_again_is_over) {
  auto given = facts();
  given.lanes[0] = {.timezone = "UTC", .ready = 5};
  BOOST_TEST(codes(given) == "no_more_windows");
}

BOOST_AUTO_TEST_CASE(a_lane_whose_hours_cannot_be_used_says_so) {
  auto given = facts();
  given.lanes[0] = {.timezone = "UTC", .closes_at = now + 1h, .ready = 5};
  BOOST_TEST(codes(given) == "no_more_windows");
  BOOST_TEST(explain(given).front().text.starts_with("Its calling hours cannot be used"));
}

BOOST_AUTO_TEST_CASE(waiting_rows_say_when_the_first_is_due) {
  auto given = facts();
  given.lanes[0].ready = 0;
  given.lanes[0].waiting = 3;
  given.lanes[0].next_due_at = now + 15min;
  BOOST_TEST(codes(given) == "nothing_due");
  BOOST_CHECK(explain(given).front().until == now + 15min);
}

BOOST_AUTO_TEST_CASE(a_row_that_has_come_due_since_counts_as_ready) {
  auto given = facts();
  given.lanes[0].ready = 0;
  given.lanes[0].waiting = 3;
  given.lanes[0].next_due_at = now;
  BOOST_TEST(codes(given) == "dialing");
}

BOOST_AUTO_TEST_CASE(full_limits_are_told_each) {
  auto given = facts();
  given.user_active = 2;
  BOOST_TEST(codes(given) == "user_at_limit");
  given.system_active = 10;
  BOOST_TEST(codes(given) == "user_at_limit system_at_limit");
  given.user_active = 1;
  BOOST_TEST(codes(given) == "system_at_limit");
  given.system_active = 7;
  given.user_system_limit = 7;
  BOOST_TEST(codes(given) == "user_ceiling");
}

BOOST_AUTO_TEST_CASE(a_limit_of_0_is_no_limit_that_is_reached) {
  auto given = facts();
  given.user_limit = 0;
  given.user_active = 2;
  BOOST_TEST(codes(given) == "user_limit_zero");
  BOOST_TEST(explain(given).front().active.value() == 2);
  BOOST_TEST(explain(given).front().limit.value() == 0);
  given.user_limit = 2;
  given.user_active = 0;
  given.user_system_limit = 0;
  BOOST_TEST(codes(given) == "user_limit_zero");
  given.system_limit = 0;
  BOOST_TEST(codes(given) == "system_limit_zero");
  given.lanes[0].opens_at = now + 1h;
  BOOST_TEST(codes(given) == "system_limit_zero outside_window");
  BOOST_TEST(explain(given).back().conditional);
  given.lanes.clear();
  BOOST_TEST(codes(given) == "no_contacts");
}

BOOST_AUTO_TEST_CASE(what_comes_after_the_resuming_is_said_to_come_after_it) {
  auto given = facts();
  given.status = CampaignStatus::paused;
  given.processing = 2;
  given.lanes[0].opens_at = now + 1h;
  const auto reasons = explain(given);
  BOOST_TEST(codes(given) == "paused outside_window");
  BOOST_TEST(!reasons.front().conditional);
  BOOST_TEST(!reasons.front().until.has_value());
  BOOST_TEST(reasons.back().conditional);
  BOOST_CHECK(reasons.back().until == now + 1h);
  BOOST_TEST(reasons.back().text.starts_with("Once it is resumed: "));
  for (const auto& reason : reasons) BOOST_TEST(reason.in_flight == 2);
  given.lanes.clear();
  BOOST_TEST(codes(given) == "paused in_flight_only");
  BOOST_TEST(!explain(given).back().conditional);
  given.status = CampaignStatus::active;
  given.lanes = {open_lane(5)};
  given.user_active = 2;
  BOOST_TEST(!explain(given).front().conditional);
  BOOST_TEST(explain(given).front().text ==
             "Your limit is reached: 2 of 2 calls at a time are on.");
}

BOOST_AUTO_TEST_CASE(numbers_that_are_busy_are_told_when_no_other_is_due) {
  auto given = facts();
  given.busy_numbers = 4;
  BOOST_TEST(codes(given) == "dialing");
  given.busy_numbers = 5;
  BOOST_TEST(codes(given) == "number_busy");
}

BOOST_AUTO_TEST_CASE(a_real_campaign_is_explained_from_its_own_facts) {
  SmallWorld world;
  CallCampaigns campaigns(*world.store);
  CallQueue queue(*world.store);
  const auto first = [&](const CallCampaign& campaign) {
    return value(campaigns.explain(world.user.id, campaign.id)).front().code;
  };
  const auto campaign = world.active_campaign(5);
  BOOST_TEST(first(campaign) == "dialing");  // Also before the first claim.
  value(queue.claim());
  BOOST_TEST(first(campaign) == "dialing");
  value(queue.claim({.limit = 5}));
  BOOST_TEST(first(campaign) == "user_at_limit");
  value(campaigns.pause(world.user.id, campaign.id));
  BOOST_TEST(first(campaign) == "paused");
}

BOOST_AUTO_TEST_CASE(a_campaign_that_nobody_has_looked_at_is_outside_its_window_not_unknown) {
  SmallWorld world;
  auto plan = world.plan();
  plan.first_call_time = 12h;
  const auto campaign = world.active_campaign(1, plan);
  const auto reasons = value(CallCampaigns(*world.store).explain(world.user.id, campaign.id));
  BOOST_TEST(reasons.front().code == "outside_window");
  BOOST_CHECK(reasons.front().until == at("2026-03-25T12:00:00Z"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
