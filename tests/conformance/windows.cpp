// When calls may start: windows, zones, lanes and their intervals.
#include "conformance/backend.hpp"

using namespace callqueue;
using namespace callqueue::testing;

namespace {

const CampaignSpec office{.first_call_time = 9h, .last_call_time = 18h};

/// What a claim alone gives: nothing that time drives is done before.
std::size_t claim_alone(World& world) { return must(world.store().claim({.limit = 1})).size(); }

CampaignRules zone(std::string name) { return {.timezone = std::move(name)}; }

}  // namespace

BOOST_AUTO_TEST_SUITE(windows)

BOOST_AUTO_TEST_CASE_TEMPLATE(an_opening_needs_no_write, Backend, AllBackends) {
  Backend backend;
  const auto ann = backend.user().with_queued(2, {.first_call_time = 14h, .last_call_time = 18h});
  BOOST_TEST(backend.claim().empty());
  backend.pass(2h - 1us);
  BOOST_TEST(claim_alone(backend) == 0U);
  backend.pass(1us);
  BOOST_TEST(claim_alone(backend) == 1U);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_lane_that_opens_later_waits_beside_an_open_one, Backend,
                              AllBackends) {
  Backend backend;
  auto ann = backend.user({.concurrent_calls_limit = 5}).with_queued(1, office);
  ann.with_queued(1, {.first_call_time = 14h, .last_call_time = 18h}, {.priority = 50});
  const auto first = backend.claim();
  BOOST_TEST(rows_of(first) == std::vector{ann.rows[0]}, boost::test_tools::per_element());
  backend.end(first.at(0));
  backend.pass(2h);
  BOOST_TEST(rows_of(backend.claim()) == std::vector{ann.rows[1]},
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE_TEMPLATE(the_closing_instant_is_inside_the_window, Backend, AllBackends) {
  Backend backend;
  const auto ann = backend.user().with_queued(3, office);
  backend.advance();
  backend.pass_to(noon + 6h);
  BOOST_TEST(claim_alone(backend) == 1U);
  backend.pass(1us);
  BOOST_TEST(claim_alone(backend) == 0U);
  BOOST_TEST(backend.claim().empty());
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_lane_holds_its_next_interval_once_the_last_has_closed, Backend,
                              AllBackends) {
  Backend backend;
  const auto ann = backend.user().with_queued(4, office);
  backend.advance();
  for (int day = 0; day < 3; ++day) {
    backend.pass_to(noon + day * 24h + 6h + 1s);  // Just closed.
    backend.advance();
    backend.pass_to(noon + (day + 1) * 24h - 3h - 1us);
    BOOST_TEST(claim_alone(backend) == 0U);
    backend.pass(1us);  // 09:00 of the next day.
    BOOST_TEST(claim_alone(backend) == 1U);
    for (const auto& call : ann.all_calls({.statuses = {CallStatus::initiated}})) {
      backend.report(event_for(call, CallStatus::completed));
    }
  }
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_lane_that_nobody_rolled_is_closed, Backend, AllBackends) {
  Backend backend;
  const auto ann = backend.user().with_queued(2, office);
  backend.advance();
  backend.pass_to(noon + 24h);  // The next noon, without anybody advancing meanwhile.
  BOOST_TEST(claim_alone(backend) == 0U);
  BOOST_TEST(backend.claim(1).size() == 1U);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_window_over_midnight_belongs_to_the_day_it_opens, Backend,
                              AllBackends) {
  Backend backend{{.clock = at(instant("2026-01-13T01:00:00Z"))}};
  CampaignSpec night{.first_call_time = 22h, .last_call_time = 2h};
  night.start_date = date("2026-01-13");
  night.end_date = date("2026-01-14");
  const auto ann = backend.user({.concurrent_calls_limit = 9}).with_queued(5, night);

  BOOST_TEST(backend.claim(1).empty());  // 01:00 on the start date.
  backend.pass_to(instant("2026-01-13T22:00:00Z"));
  BOOST_TEST(backend.claim(1).size() == 1U);
  backend.pass_to(instant("2026-01-14T02:00:00Z"));
  BOOST_TEST(backend.claim(1).size() == 1U);
  backend.pass_to(instant("2026-01-14T12:00:00Z"));
  BOOST_TEST(backend.claim(1).empty());
  backend.pass_to(instant("2026-01-15T01:59:59Z"));  // The night of the end date runs to its end.
  BOOST_TEST(backend.claim(1).size() == 1U);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(an_opening_within_the_spring_gap_is_the_instant_after_it, Backend,
                              AllBackends) {
  Backend backend{{.clock = at(instant("2026-03-28T23:00:00Z"))}};
  CampaignSpec early{.first_call_time = 2h + 30min, .last_call_time = 4h};
  early.rules = zone("Europe/Berlin");
  const auto ann = backend.user().with_queued(2, early);
  backend.advance();
  backend.pass_to(instant("2026-03-29T00:59:59.999999Z"));
  BOOST_TEST(claim_alone(backend) == 0U);
  backend.pass(1us);  // 02:00 became 03:00.
  BOOST_TEST(claim_alone(backend) == 1U);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_repeated_autumn_hour_is_open_both_times, Backend, AllBackends) {
  Backend backend{{.clock = at(instant("2026-10-24T23:00:00Z"))}};
  CampaignSpec short_window{.first_call_time = 2h + 15min, .last_call_time = 2h + 45min};
  short_window.rules = zone("Europe/Berlin");
  const auto ann = backend.user({.concurrent_calls_limit = 9}).with_queued(9, short_window);
  const auto open_at = [&](const char* when) {
    backend.pass_to(instant(when));
    return backend.claim(1).size() == 1U;
  };
  BOOST_TEST(!open_at("2026-10-25T00:14:59Z"));
  BOOST_TEST(open_at("2026-10-25T00:15:00Z"));
  BOOST_TEST(!open_at("2026-10-25T01:00:00Z"));
  BOOST_TEST(open_at("2026-10-25T01:45:00Z"));
  BOOST_TEST(!open_at("2026-10-25T01:45:01Z"));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(nothing_starts_on_an_excluded_date, Backend, AllBackends) {
  Backend backend;
  CampaignSpec spec = office;
  spec.rules.excluded_dates = {date("2026-01-12"), date("2026-01-13")};
  const auto ann = backend.user().with_queued(1, spec);
  BOOST_TEST(backend.claim().empty());
  backend.pass(24h);
  BOOST_TEST(backend.claim().empty());
  backend.pass(24h);
  BOOST_TEST(backend.claim().size() == 1U);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(each_weekday_has_its_own_windows, Backend, AllBackends) {
  Backend backend;  // A Monday.
  CampaignSpec spec;
  spec.rules.weekly_windows = WeeklyWindows{};
  (*spec.rules.weekly_windows)[1] = {{8h, 9h}, {13h, 14h}};
  const auto ann = backend.user({.concurrent_calls_limit = 9}).with_queued(5, spec);
  const auto open_at = [&](const char* when) {
    backend.pass_to(instant(when));
    return backend.claim(1).size() == 1U;
  };
  BOOST_TEST(!open_at("2026-01-12T13:30:00Z"));
  BOOST_TEST(open_at("2026-01-13T08:30:00Z"));
  BOOST_TEST(!open_at("2026-01-13T12:00:00Z"));
  BOOST_TEST(open_at("2026-01-13T13:30:00Z"));
  BOOST_TEST(!open_at("2026-01-14T13:30:00Z"));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(each_contact_is_called_by_its_own_clock, Backend, AllBackends) {
  Backend backend{{.clock = at(instant("2026-01-12T01:00:00Z"))}};
  auto ann = backend.user({.concurrent_calls_limit = 9});
  const auto campaign = ann.draft(office);
  const auto tokyo = ann.add(campaign, {.timezone = "Asia/Tokyo"}).id;  // 10:00 there.
  const auto here = ann.add(campaign).id;                               // UTC
  const auto york = ann.add(campaign, {.timezone = "America/New_York"}).id;
  ann.start(campaign);

  BOOST_TEST(ann.row(tokyo).timezone == "Asia/Tokyo");
  const auto call_one = [&](QueuedCallId expected) {
    const auto claimed = backend.claim_one();
    BOOST_TEST(claimed.queued.id == expected);
    backend.end(claimed);
  };
  call_one(tokyo);
  backend.pass_to(instant("2026-01-12T09:00:00Z"));
  call_one(here);
  backend.pass_to(instant("2026-01-12T14:00:00Z"));
  call_one(york);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_campaign_by_its_own_clock_ignores_the_contacts_zone, Backend,
                              AllBackends) {
  Backend backend{{.clock = at(instant("2026-01-12T01:00:00Z"))}};
  auto ann = backend.user({.concurrent_calls_limit = 9, .timezone = "America/New_York"});
  CampaignSpec spec = office;
  spec.rules.clock = CallClock::campaign;
  ann.with_queued(1, spec, {.timezone = "Asia/Tokyo"});  // By the user's zone, then.
  BOOST_TEST(ann.row(0).timezone == "America/New_York");
  BOOST_TEST(backend.claim().empty());
  backend.pass_to(instant("2026-01-12T14:00:00Z"));
  BOOST_TEST(backend.claim().size() == 1U);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(the_zone_is_the_contacts_else_the_campaigns_else_the_users, Backend,
                              AllBackends) {
  Backend backend;
  auto ann = backend.user({.timezone = "Europe/Paris"});
  const auto by_user = ann.draft();
  const auto by_campaign = ann.draft({.rules = zone("Europe/Rome")});
  BOOST_TEST(ann.row(ann.add(by_user).id).timezone == "Europe/Paris");
  BOOST_TEST(ann.row(ann.add(by_campaign).id).timezone == "Europe/Rome");
  BOOST_TEST(ann.row(ann.add(by_campaign, {.timezone = "Asia/Tokyo"}).id).timezone == "Asia/Tokyo");
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_contacts_new_zone_moves_its_open_rows, Backend, AllBackends) {
  Backend backend;
  auto ann = backend.user({.concurrent_calls_limit = 9}).with_queued(2, office);
  backend.advance();
  auto contact = must(backend.store().find_contact(ann.id, ann.row(0).contact_id));
  contact.timezone = "Asia/Tokyo";  // 21:00 there.
  must(backend.store().update_contact(contact));

  BOOST_TEST(rows_of(backend.claim()) == std::vector{ann.rows[1]},
             boost::test_tools::per_element());
  BOOST_TEST(ann.row(0).timezone == "Asia/Tokyo");
  BOOST_TEST(ann.row(1).timezone == "UTC");
  backend.pass_to(instant("2026-01-13T00:00:00Z"));  // 09:00 there.
  BOOST_TEST(rows_of(backend.claim()) == std::vector{ann.rows[0]},
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_campaigns_new_zone_moves_its_rows_but_not_those_of_zoned_contacts,
                              Backend, AllBackends) {
  Backend backend;
  auto ann = backend.user({.concurrent_calls_limit = 9});
  const auto id = ann.draft(office);
  ann.add(id);
  ann.add(id, {.timezone = "Europe/Berlin"});
  ann.start(id);
  backend.advance();
  auto campaign = ann.find();
  campaign.rules.timezone = "Asia/Tokyo";
  must(backend.store().update_campaign(campaign));

  BOOST_TEST(rows_of(backend.claim()) == std::vector{ann.rows[1]},
             boost::test_tools::per_element());
  BOOST_TEST(ann.row(0).timezone == "Asia/Tokyo");
  BOOST_TEST(ann.row(1).timezone == "Europe/Berlin");
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_changed_window_closes_its_lanes_until_they_are_computed, Backend,
                              AllBackends) {
  Backend backend;
  const auto ann = backend.user().with_queued(2, office);
  backend.advance();
  auto campaign = ann.find();
  campaign.first_call_time = 15h;
  must(backend.store().update_campaign(campaign));

  BOOST_TEST(claim_alone(backend) == 0U);
  BOOST_TEST(backend.claim().empty());
  backend.pass(3h);
  BOOST_TEST(claim_alone(backend) == 1U);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(call_now_waits_until_a_changed_window_is_computed, Backend,
                              AllBackends) {
  Backend backend;
  const auto ann = backend.user().with_queued(1, office);
  backend.advance();
  auto campaign = ann.find();
  campaign.first_call_time = 15h;
  must(backend.store().update_campaign(campaign));
  const auto call_now = [&] {
    return must(backend.store().claim({.only = ann.rows[0], .only_user = ann.id})).size();
  };
  BOOST_TEST(call_now() == 0U);
  backend.pass(3h);
  backend.advance();
  BOOST_TEST(call_now() == 1U);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(rules_changed_by_foreign_sql_make_their_lanes_stale, Backend,
                              SharedBackends) {
  Backend backend;
  const auto ann = backend.user().with_queued(1, office);
  backend.advance();
  backend.sql("UPDATE callqueue_campaign_rules SET excluded_dates = '[\"2026-01-12\"]'");
  BOOST_TEST(claim_alone(backend) == 0U);
  BOOST_TEST(backend.claim().empty());
  backend.sql("UPDATE callqueue_campaign_rules SET excluded_dates = '[]'");
  BOOST_TEST(claim_alone(backend) == 0U);
  BOOST_TEST(backend.claim().size() == 1U);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_campaigns_new_clock_moves_its_rows, Backend, AllBackends) {
  Backend backend;
  auto ann = backend.user();
  const auto id = ann.draft(office);
  ann.add(id, {.timezone = "Asia/Tokyo"});
  ann.start(id);
  BOOST_TEST(backend.claim().empty());  // 21:00 there.
  auto campaign = ann.find();
  campaign.rules.clock = CallClock::campaign;
  must(backend.store().update_campaign(campaign));
  BOOST_TEST(backend.claim().size() == 1U);
  BOOST_TEST(ann.row(0).timezone == "UTC");
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_widened_window_opens, Backend, AllBackends) {
  Backend backend;
  const auto ann = backend.user().with_queued(2, {.first_call_time = 15h, .last_call_time = 16h});
  BOOST_TEST(backend.claim().empty());
  auto campaign = ann.find();
  campaign.first_call_time = 10h;
  must(backend.store().update_campaign(campaign));
  BOOST_TEST(backend.claim(1).size() == 1U);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_window_changed_by_foreign_sql_makes_its_lanes_stale, Backend,
                              SharedBackends) {
  Backend backend;
  const auto ann = backend.user().with_queued(2, office);
  backend.advance();
  for (const std::string change :
       {"UPDATE call_campaigns SET first_call_time = '15:00'",
        "UPDATE call_campaigns SET first_call_time = '09:00', start_date = '2026-01-13'",
        "UPDATE call_campaigns SET start_date = '2026-01-01', last_call_time = '10:00'"}) {
    backend.sql(change);
    BOOST_TEST(claim_alone(backend) == 0U);
    BOOST_TEST(backend.claim(1).empty());
  }
  backend.sql("UPDATE call_campaigns SET last_call_time = '18:00'");
  BOOST_TEST(backend.claim(1).size() == 1U);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(zones_changed_by_foreign_sql_move_the_rows, Backend, SharedBackends) {
  Backend backend;
  auto ann = backend.user({.concurrent_calls_limit = 9}).with_queued(2, office);
  backend.advance();
  backend.sql("UPDATE contacts SET timezone = 'Asia/Tokyo' WHERE id = {}",
              {to_text(ann.row(0).contact_id)});
  BOOST_TEST(rows_of(backend.claim()) == std::vector{ann.rows[1]},
             boost::test_tools::per_element());
  auto bob = backend.user().with_queued(1, office);
  backend.advance();
  backend.sql("UPDATE users SET timezone = 'Asia/Tokyo' WHERE id = {}", {to_text(bob.id)});
  BOOST_TEST(claim_alone(backend) == 0U);
  BOOST_TEST(backend.claim().empty());
  BOOST_TEST(bob.row(0).timezone == "Asia/Tokyo");
}

BOOST_AUTO_TEST_CASE_TEMPLATE(an_unknown_zone_closes_its_lane_and_no_other, Backend,
                              SharedBackends) {
  Backend backend;
  auto ann = backend.user({.concurrent_calls_limit = 9}).with_queued(2);
  backend.sql("UPDATE contacts SET timezone = 'Mars/Olympus_Mons' WHERE id = {}",
              {to_text(ann.row(0).contact_id)});

  const auto claimed = backend.claim_one();
  BOOST_TEST(claimed.queued.id == ann.rows[1]);
  backend.end(claimed);
  backend.pass(72h);
  BOOST_TEST(backend.claim().empty());
  // Found out once the zone is right: nothing is lost meanwhile.
  BOOST_TEST(ann.row(0).status == QueuedCallStatus::queued);
  backend.sql("UPDATE contacts SET timezone = 'Europe/Berlin' WHERE id = {}",
              {to_text(ann.row(0).contact_id)});
  BOOST_TEST(rows_of(backend.claim()) == std::vector{ann.rows[0]},
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE_TEMPLATE(facts_tell_of_each_lane, Backend, AllBackends) {
  Backend backend;
  auto ann = backend.user({.concurrent_calls_limit = 3});
  const auto id = ann.draft(office);
  ann.add(id);
  ann.add(id, {.scheduled_for = noon + 2h});
  ann.add(id, {.scheduled_for = noon + 3h});
  ann.add(id, {.timezone = "Asia/Tokyo"});
  ann.start(id);
  backend.advance();

  const auto facts = must(backend.store().campaign_facts(ann.id, id));

  BOOST_TEST(facts.status == CampaignStatus::active);
  BOOST_TEST((facts.now == noon));
  BOOST_TEST(facts.user_limit == 3);
  BOOST_TEST(!facts.import_running);
  BOOST_REQUIRE(facts.lanes.size() == 2U);
  for (const auto& lane : facts.lanes) {
    BOOST_TEST(!lane.stale);
    if (lane.timezone == "UTC") {
      BOOST_TEST((lane.opens_at == noon - 3h));
      BOOST_TEST((lane.closes_at == noon + 6h));
      BOOST_TEST(lane.ready == 1);
      BOOST_TEST(lane.waiting == 2);
      BOOST_TEST((lane.next_due_at == noon + 2h));
      BOOST_TEST((lane.last_due_at == noon + 3h));
    } else {
      BOOST_TEST(lane.timezone == "Asia/Tokyo");
      BOOST_TEST((lane.opens_at == noon + 12h));
      BOOST_TEST(lane.ready == 1);
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()
