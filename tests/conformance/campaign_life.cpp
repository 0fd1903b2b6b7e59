// The turns a campaign's life can take: schedules and clocks, pauses, ends, corrections, and clocks
// that step back.

#include "conformance/backend.hpp"

using namespace callqueue;
using namespace callqueue::testing;

namespace {

/// Nine to six on the 14th only.
CampaignSpec office_hours(std::string_view start = "2026-01-14",
                          std::string_view end = "2026-01-14") {
  CampaignSpec spec{.first_call_time = 9h, .last_call_time = 18h};
  spec.start_date = date(start);
  spec.end_date = date(end);
  return spec;
}

/// Some call of this user failed for want of news.
ClaimedCall claim_unknown(World& world) {
  const auto claimed = world.claim_one();
  world.report(event_for(claimed.call, CallStatus::unknown));
  return claimed;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(campaign_life)

BOOST_AUTO_TEST_CASE_TEMPLATE(a_scheduled_campaign_becomes_active_with_the_first_contacts_morning,
                              Backend, AllBackends) {
  Backend backend;
  auto ann = backend.user({.concurrent_calls_limit = 9});
  const auto id = ann.draft(office_hours());
  const auto berlin = ann.add(id, {.timezone = "Europe/Berlin"}).id;
  const auto auckland = ann.add(id, {.timezone = "Pacific/Auckland"}).id;
  must(ann.set_status(CampaignStatus::draft, CampaignStatus::scheduled));
  backend.advance();
  backend.pass_to(instant("2026-01-13T19:59:59.999999Z"));
  BOOST_TEST(backend.claim().empty());
  BOOST_TEST(ann.find().status == CampaignStatus::scheduled);
  BOOST_TEST((must(backend.store().next_wakeup()) == backend.now() + 1us));
  backend.pass(1us);  // 09:00 on the 14th in Auckland, the 13th in UTC.
  BOOST_TEST(rows_of(backend.claim()) == std::vector{auckland}, boost::test_tools::per_element());
  BOOST_TEST(ann.find().status == CampaignStatus::active);
  BOOST_TEST((ann.find().started_at == backend.now()));
  backend.pass_to(instant("2026-01-14T08:00:00Z"));
  BOOST_TEST(rows_of(backend.claim()) == std::vector{berlin}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_retry_that_is_owed_waits_for_the_pause_to_end, Backend,
                              AllBackends) {
  Backend backend;
  CampaignSpec spec;
  spec.rules.retry = {{CallOutcome::busy}, 2, {10min}};
  const auto ann = backend.user().with_queued(1, spec);
  backend.end(backend.claim_one(), CallOutcome::busy);
  must(ann.set_status(CampaignStatus::active, CampaignStatus::paused));
  backend.pass(1h);
  BOOST_TEST(backend.claim().empty());
  BOOST_TEST(ann.find().status == CampaignStatus::paused);
  BOOST_TEST(ann.row(0).status == QueuedCallStatus::queued);
  must(ann.set_status(CampaignStatus::paused, CampaignStatus::active));
  BOOST_TEST(backend.claim_one().call.attempt == 2);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_campaign_resumed_after_its_end_date_ends, Backend, AllBackends) {
  Backend backend;
  const auto ann = backend.user().with_queued(1, office_hours("2026-01-12", "2026-01-13"));
  must(ann.set_status(CampaignStatus::active, CampaignStatus::paused));
  backend.pass_to(instant("2026-01-20T12:00:00Z"));  // Nobody was there to end it.
  must(ann.set_status(CampaignStatus::paused, CampaignStatus::active));
  BOOST_TEST(backend.claim().empty());
  BOOST_TEST(ann.find().status == CampaignStatus::completed);
  BOOST_TEST(ann.row(0).status == QueuedCallStatus::skipped);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_campaign_that_ended_takes_nobody_while_its_last_call_goes_on,
                              Backend, AllBackends) {
  Backend backend;
  auto spec = office_hours("2026-01-12", "2026-01-12");
  spec.rules.retry = {{CallOutcome::busy}, 9, {0s}};
  auto ann = backend.user().with_queued(1, spec);
  backend.pass_to(instant("2026-01-12T17:59:00Z"));
  const auto claimed = backend.claim_one();
  backend.dial(claimed);
  backend.pass_to(instant("2026-01-12T18:30:00Z"));
  backend.advance();
  BOOST_TEST(ann.find().status == CampaignStatus::completed);
  BOOST_TEST(!ann.find().completed_at.has_value());
  const NewQueuedCall late{.contact_id = ann.contact().id, .campaign_id = ann.campaign};
  BOOST_TEST(fails_with(backend.store().add_queued_calls(ann.id, {&late, 1}), ErrorCode::conflict,
                        "campaign_id"));
  backend.end(claimed, CallOutcome::busy);  // Not retried any more.
  BOOST_TEST(ann.row(0).status == QueuedCallStatus::failed);
  BOOST_TEST((ann.find().completed_at == backend.now()));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_correction_changes_a_completed_campaigns_statistics_alone, Backend,
                              AllBackends) {
  Backend backend;
  const auto ann = backend.user().with_queued(1);
  const auto claimed = claim_unknown(backend);
  const auto completed = ann.find();
  BOOST_TEST(completed.status == CampaignStatus::completed);
  BOOST_TEST(completed.failed_calls == 1);
  backend.pass(1h);
  backend.end(claimed);
  const auto corrected = ann.find();
  BOOST_TEST(corrected.status == CampaignStatus::completed);
  BOOST_TEST((corrected.completed_at == completed.completed_at));
  BOOST_TEST(corrected.failed_calls == 0);
  BOOST_TEST(corrected.successful_calls == 1);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_late_end_date_lets_a_campaign_go_on, Backend, AllBackends) {
  Backend backend;
  const auto ann = backend.user().with_queued(1, office_hours("2026-01-12", "2026-01-12"));
  backend.advance();
  backend.pass_to(instant("2026-01-12T19:00:00Z"));  // Over, and nobody has advanced.
  auto changed = ann.find();
  changed.end_date = date("2026-01-13");
  must(backend.store().update_campaign(changed));
  BOOST_TEST(backend.claim().empty());
  BOOST_TEST(ann.find().status == CampaignStatus::active);
  backend.pass_to(instant("2026-01-13T09:00:00Z"));
  BOOST_TEST(backend.claim().size() == 1U);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_row_in_flight_follows_its_contact_to_another_clock, Backend,
                              AllBackends) {
  Backend backend;
  CampaignSpec spec{.first_call_time = 9h, .last_call_time = 18h};
  spec.rules.retry = {{CallOutcome::busy}, 2, {1min}};
  const auto ann = backend.user().with_queued(1, spec);
  const auto claimed = backend.claim_one();
  auto contact = must(backend.store().find_contact(ann.id, *claimed.call.contact_id));
  contact.timezone = "Asia/Tokyo";  // 21:00 there.
  must(backend.store().update_contact(contact));
  backend.end(claimed, CallOutcome::busy);
  BOOST_TEST((ann.row(0).scheduled_for == instant("2026-01-13T00:00:00Z")));
  backend.pass(5min);
  BOOST_TEST(backend.claim().empty());
  backend.pass_to(instant("2026-01-13T00:00:00Z"));
  BOOST_TEST(backend.claim().size() == 1U);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_campaign_that_changes_its_clock_moves_its_rows_there_and_back,
                              Backend, AllBackends) {
  Backend backend;
  CampaignSpec spec{.first_call_time = 9h, .last_call_time = 18h};
  auto ann = backend.user({.concurrent_calls_limit = 9});
  const auto id = ann.draft(spec);
  const auto tokyo = ann.add(id, {.timezone = "Asia/Tokyo"}).id;
  ann.start(id);
  BOOST_TEST(backend.claim().empty());
  auto changed = ann.find();
  changed.rules.clock = CallClock::campaign;
  must(backend.store().update_campaign(changed));
  backend.advance();
  BOOST_TEST(ann.row(tokyo).timezone == "UTC");
  changed = ann.find();
  changed.rules.clock = CallClock::contact;
  must(backend.store().update_campaign(changed));
  BOOST_TEST(backend.claim().empty());
  BOOST_TEST(ann.row(tokyo).timezone == "Asia/Tokyo");
  backend.pass_to(instant("2026-01-13T00:00:00Z"));
  BOOST_TEST(backend.claim().size() == 1U);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_users_new_zone_moves_rows_that_no_other_zone_decides_for, Backend,
                              SharedBackends) {
  Backend backend;
  const auto ann = backend.user().with_queued(1, {.first_call_time = 9h, .last_call_time = 18h});
  backend.advance();
  backend.sql("UPDATE users SET timezone = 'Asia/Tokyo' WHERE id = {}", {to_text(ann.id)});
  BOOST_TEST(must(backend.store().claim({.limit = 1})).empty());  // Closed before it is computed.
  BOOST_TEST(backend.claim().empty());
  BOOST_TEST(ann.row(0).timezone == "Asia/Tokyo");
}

BOOST_AUTO_TEST_CASE_TEMPLATE(once_a_users_zone_is_set_nothing_starts_by_the_old_one, Backend,
                              AllBackends) {
  Backend backend;
  const auto ann = backend.user().with_queued(2, {.first_call_time = 9h, .last_call_time = 18h});
  BOOST_TEST(backend.claim(1).size() == 1U);
  BOOST_TEST(must(backend.store().set_user_timezone(ann.id, "Asia/Tokyo")).timezone ==
             "Asia/Tokyo");
  BOOST_TEST(must(backend.store().claim({.limit = 1})).empty());
  BOOST_TEST(backend.claim().empty());
  BOOST_TEST(fails_with(backend.store().set_user_timezone(ann.id, "Mars/Olympus"),
                        ErrorCode::invalid_argument, "timezone"));
  BOOST_TEST(must(backend.store().find_user(ann.id)).timezone == "Asia/Tokyo");
  must(backend.store().set_user_timezone(ann.id, ""));
  BOOST_TEST(backend.claim(1).size() == 1U);
  BOOST_TEST(fails_with(backend.store().set_user_timezone(UserId{}, "UTC"), ErrorCode::not_found));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(an_unknown_zone_from_wherever_it_comes_closes, Backend,
                              SharedBackends) {
  for (const auto* statement : {"UPDATE users SET timezone = 'Mars/Olympus'",
                                "UPDATE contacts SET timezone = 'Mars/Olympus'",
                                "UPDATE callqueue_campaign_rules SET timezone = 'Mars/Olympus'"}) {
    Backend backend;
    const auto ann = backend.user().with_queued(1);
    backend.advance();
    backend.sql(statement);
    BOOST_TEST(backend.claim().empty(), statement);
    backend.pass(25h);
    BOOST_TEST(backend.claim().empty(), statement);
  }
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_campaign_ends_although_one_of_its_zones_is_unknown, Backend,
                              SharedBackends) {
  Backend backend;
  const auto ann = backend.user().with_queued(1, office_hours("2026-01-12", "2026-01-12"));
  backend.sql("UPDATE contacts SET timezone = 'Mars/Olympus'");
  backend.advance();
  backend.pass_to(instant("2026-01-13T05:59:59Z"));  // 18:00 on the 12th, twelve hours behind.
  backend.advance();
  BOOST_TEST(ann.find().status == CampaignStatus::active);
  backend.pass(48h);
  backend.advance();
  BOOST_TEST(ann.find().status == CampaignStatus::completed);
  BOOST_TEST(ann.row(0).status == QueuedCallStatus::skipped);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(new_zone_data_makes_all_lanes_stale, Backend, SharedBackends) {
  Backend backend;
  const auto ann = backend.user().with_queued(1, {.first_call_time = 9h, .last_call_time = 18h});
  backend.advance();
  // Computed by older data: it says that the night is open.
  backend.sql("UPDATE callqueue_lanes SET opens_at = " + Backend::literal(noon - 24h) +
              ", closes_at = " + Backend::literal(noon + 24h));
  backend.sql("UPDATE callqueue_settings SET zone_data_version = 'older'");
  backend.pass_to(instant("2026-01-13T03:00:00Z"));
  backend.reopen();
  BOOST_TEST(backend.claim().empty());
  BOOST_TEST((must(backend.store().next_wakeup()) == instant("2026-01-13T09:00:00Z")));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_clock_that_steps_back_opens_nothing_and_loses_nothing, Backend,
                              AllBackends) {
  Backend backend;
  const auto ann = backend.user({.concurrent_calls_limit = 1})
                       .with_queued(3, {.first_call_time = 9h, .last_call_time = 18h});
  const auto first = backend.claim_one();
  backend.pass(-5h);  // 07:00: outside the window.
  BOOST_TEST(backend.claim().empty());
  const auto report = backend.end(first);
  BOOST_TEST(report.ended);
  BOOST_TEST((ann.row(0).updated_at > first.queued.updated_at));
  BOOST_TEST(backend.claim().empty());
  backend.pass_to(instant("2026-01-12T09:00:00Z"));
  const auto second = backend.claim_one();
  BOOST_TEST((second.call.id > first.call.id));
  BOOST_TEST(ann.statistics().completed_calls == 1);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(all_day_has_no_gap_at_midnight, Backend, AllBackends) {
  Backend backend;
  CampaignSpec spec;
  spec.rules.timezone = "Europe/Berlin";
  spec.rules.clock = CallClock::campaign;
  const auto ann = backend.user({.concurrent_calls_limit = 9}).with_queued(3, spec);
  for (const auto* at :
       {"2026-01-12T22:59:59.999999Z", "2026-01-12T23:00:00Z", "2026-01-12T23:00:00.000001Z"}) {
    backend.pass_to(instant(at));
    BOOST_TEST(backend.claim(1).size() == 1U, at);
  }
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_night_shift_ends_with_the_night_of_its_end_date, Backend,
                              AllBackends) {
  Backend backend;
  CampaignSpec spec{.first_call_time = 22h, .last_call_time = 2h};
  spec.start_date = date("2026-01-12");
  spec.end_date = date("2026-01-13");
  const auto ann = backend.user({.concurrent_calls_limit = 9}).with_queued(4, spec);
  backend.pass_to(instant("2026-01-13T01:00:00Z"));
  backend.end(backend.claim(1).at(0));
  backend.pass_to(instant("2026-01-14T02:00:00Z"));
  backend.end(backend.claim(1).at(0));
  backend.pass(1us);
  BOOST_TEST(backend.claim().empty());
  BOOST_TEST(ann.find().status == CampaignStatus::completed);
  BOOST_TEST(ann.statistics().skipped == 2);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_night_call_in_the_repeated_hour_is_placed_in_both, Backend,
                              AllBackends) {
  Backend backend{{.clock = at(instant("2026-10-24T22:00:00Z"))}};
  CampaignSpec spec{.first_call_time = 2h, .last_call_time = 2h + 30min};
  spec.rules.timezone = "Europe/Berlin";
  spec.rules.clock = CallClock::campaign;
  const auto ann = backend.user({.concurrent_calls_limit = 9}).with_queued(9, spec);
  const auto open_at = [&](std::string_view at) {
    backend.pass_to(instant(at));
    return backend.claim(1).size() == 1U;
  };
  BOOST_TEST(!open_at("2026-10-24T23:59:59.999999Z"));
  BOOST_TEST(open_at("2026-10-25T00:00:00Z"));  // 02:00 in summer time,
  BOOST_TEST(open_at("2026-10-25T00:30:00Z"));
  BOOST_TEST(!open_at("2026-10-25T00:30:00.000001Z"));
  BOOST_TEST(open_at("2026-10-25T01:00:00Z"));  // and again in winter time.
  BOOST_TEST(open_at("2026-10-25T01:30:00Z"));
  BOOST_TEST(!open_at("2026-10-25T01:30:00.000001Z"));
}

BOOST_AUTO_TEST_SUITE_END()
