// The life of a campaign: its states, how it is completed, cancelled, ended and deleted.
#include "conformance/backend.hpp"

using namespace callqueue;
using namespace callqueue::testing;

BOOST_AUTO_TEST_SUITE(campaigns)

BOOST_AUTO_TEST_CASE_TEMPLATE(a_campaign_is_born_a_draft_and_reads_back_as_written, Backend,
                              AllBackends) {
  Backend backend;
  auto ann = backend.user();
  CallCampaign made;
  made.user_id = ann.id;
  made.name = "Zahnärzte, Q1";
  made.description = "line one\nline two";
  made.agent_id = ann.agent;
  made.next_action = "book";
  made.first_call_time = 8h + 30min;
  made.last_call_time = 20h;
  made.start_date = date("2026-02-01");
  made.end_date = date("2026-02-28");
  made.rules.timezone = "Europe/Berlin";
  made.rules.clock = CallClock::campaign;
  made.rules.weekly_windows = WeeklyWindows{};
  (*made.rules.weekly_windows)[2] = {{9h, 12h}, {22h, 2h}};
  made.rules.excluded_dates = {date("2026-02-10"), date("2026-02-11")};
  made.rules.retry = {{CallOutcome::busy, CallOutcome::no_answer}, 4, {60s, 3600s}};
  made.rules.spread = true;
  made.rules.call_deadline = 1234s;
  made.total_contacts = 99;  // Ignored.

  const auto created = must(backend.store().create_campaign(made));

  BOOST_TEST(created.status == CampaignStatus::draft);
  BOOST_TEST(created.total_contacts == 0);
  BOOST_TEST((created.created_at == noon));
  BOOST_TEST(!created.started_at.has_value());
  BOOST_TEST((ann.find(created.id) == created));
  made.id = created.id;
  made.total_contacts = 0;
  made.created_at = created.created_at;
  made.updated_at = created.updated_at;
  BOOST_TEST((created == made));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_campaign_needs_an_agent_of_its_user, Backend, AllBackends) {
  Backend backend;
  const auto ann = backend.user();
  const auto bob = backend.user();
  CallCampaign made;
  made.user_id = ann.id;
  made.name = "x";
  made.agent_id = bob.agent;
  made.start_date = date("2026-02-01");
  BOOST_TEST(fails_with(backend.store().create_campaign(made), ErrorCode::not_found, "agent_id"));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(only_the_state_machines_steps_are_taken, Backend, AllBackends) {
  using enum CampaignStatus;
  Backend backend;
  auto ann = backend.user();
  ann.add(ann.draft());
  BOOST_TEST(fails_with(ann.set_status(draft, paused), ErrorCode::conflict, "status"));
  BOOST_TEST(fails_with(ann.set_status(active, paused), ErrorCode::conflict, "status"));
  BOOST_TEST(ann.find().status == draft);
  BOOST_TEST(must(ann.set_status(draft, scheduled)).status == scheduled);
  BOOST_TEST(must(ann.set_status(scheduled, draft)).status == draft);
  const auto started = must(ann.set_status(draft, active));
  BOOST_TEST(started.status == active);
  BOOST_TEST((started.started_at == noon));
  BOOST_TEST(must(ann.set_status(active, paused)).status == paused);
  BOOST_TEST(must(ann.set_status(paused, active)).status == active);
  BOOST_TEST((ann.find().started_at == noon));
  BOOST_TEST(must(ann.set_status(active, cancelled)).status == cancelled);
  for (const auto to : {draft, scheduled, active, paused, completed}) {
    BOOST_TEST(fails_with(ann.set_status(cancelled, to), ErrorCode::conflict, "status"));
  }
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_scheduled_campaign_becomes_active_when_its_first_window_opens,
                              Backend, AllBackends) {
  Backend backend;
  auto ann = backend.user();
  CampaignSpec spec{.first_call_time = 9h, .last_call_time = 18h};
  spec.start_date = date("2026-01-14");
  ann.add(ann.draft(spec));
  must(ann.set_status(CampaignStatus::draft, CampaignStatus::scheduled));
  backend.advance();
  backend.pass_to(instant("2026-01-14T08:59:59.999999Z"));
  BOOST_TEST(backend.advance().activated == 0);
  BOOST_TEST(backend.claim().empty());
  backend.pass(1us);
  BOOST_TEST(backend.advance().activated == 1);
  BOOST_TEST(ann.find().status == CampaignStatus::active);
  BOOST_TEST((ann.find().started_at == backend.now()));
  BOOST_TEST(backend.claim().size() == 1U);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_campaign_is_completed_with_its_last_row, Backend, AllBackends) {
  Backend backend;
  const auto ann = backend.user({.concurrent_calls_limit = 3}).with_queued(3);
  const auto claimed = backend.claim();
  backend.end(claimed[0]);
  backend.end(claimed[1], CallOutcome::busy);
  BOOST_TEST(ann.find().status == CampaignStatus::active);
  backend.pass(1min);
  backend.end(claimed[2], CallOutcome::failed);
  const auto campaign = ann.find();
  BOOST_TEST(campaign.status == CampaignStatus::completed);
  BOOST_TEST((campaign.completed_at == backend.now()));
  BOOST_TEST(campaign.total_contacts == 3);
  BOOST_TEST(campaign.completed_calls == 1);
  BOOST_TEST(campaign.failed_calls == 2);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(cancelling_the_last_row_completes_the_campaign, Backend,
                              AllBackends) {
  Backend backend;
  const auto ann = backend.user().with_queued(2);
  backend.end(backend.claim(1).at(0));
  BOOST_TEST(ann.find().status == CampaignStatus::active);
  must(backend.store().cancel_queued_call(ann.id, ann.rows[1], "asked to"));
  BOOST_TEST(ann.find().status == CampaignStatus::completed);
  BOOST_TEST((ann.find().completed_at == backend.now()));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(deleting_the_last_contact_completes_the_campaign, Backend,
                              AllBackends) {
  Backend backend;
  const auto ann = backend.user().with_queued(2);
  backend.end(backend.claim(1).at(0));
  must(backend.store().delete_contact(ann.id, ann.row(1).contact_id));
  BOOST_TEST(ann.find().status == CampaignStatus::completed);
  BOOST_TEST(ann.find().total_contacts == 1);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_paused_campaign_may_complete, Backend, AllBackends) {
  Backend backend;
  const auto ann = backend.user().with_queued(1);
  const auto claimed = backend.claim_one();
  must(ann.set_status(CampaignStatus::active, CampaignStatus::paused));
  backend.end(claimed);
  BOOST_TEST(ann.find().status == CampaignStatus::completed);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_draft_does_not_complete, Backend, AllBackends) {
  Backend backend;
  auto ann = backend.user();
  const auto row = ann.add(ann.draft()).id;
  must(backend.store().cancel_queued_call(ann.id, row, ""));
  BOOST_TEST(ann.find().status == CampaignStatus::draft);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_campaign_that_owes_a_retry_is_not_completed, Backend, AllBackends) {
  Backend backend;
  CampaignSpec spec;
  spec.rules.retry = {{CallOutcome::busy}, 2, {1h}};
  const auto ann = backend.user().with_queued(1, spec);
  backend.end(backend.claim_one(), CallOutcome::busy);
  BOOST_TEST(ann.find().status == CampaignStatus::active);
  BOOST_TEST(!ann.find().completed_at.has_value());
  backend.pass(1h);
  backend.end(backend.claim_one(), CallOutcome::busy);
  BOOST_TEST(ann.find().status == CampaignStatus::completed);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(foreign_sql_completes_a_campaign_in_its_own_transaction, Backend,
                              SharedBackends) {
  Backend backend;
  const auto by_update = backend.user().with_queued(2);
  const auto by_delete = backend.user().with_queued(2);
  backend.sql("UPDATE call_queue SET status = 'skipped' WHERE user_id = {}",
              {to_text(by_update.id)});
  BOOST_TEST(by_update.find().status == CampaignStatus::completed);
  backend.sql("DELETE FROM call_queue WHERE user_id = {}", {to_text(by_delete.id)});
  BOOST_TEST(by_delete.find().status == CampaignStatus::completed);
  BOOST_TEST(by_delete.find().total_contacts == 0);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(cancelling_stops_claims_and_cancels_what_waits, Backend,
                              AllBackends) {
  Backend backend;
  const auto ann = backend.user({.concurrent_calls_limit = 2}).with_queued(5);
  const auto claimed = backend.claim();
  BOOST_REQUIRE(claimed.size() == 2U);

  BOOST_TEST(must(ann.set_status(CampaignStatus::active, CampaignStatus::cancelled)).status ==
             CampaignStatus::cancelled);

  backend.advance();
  BOOST_TEST(ann.statistics().cancelled == 3);
  BOOST_TEST(ann.statistics().processing == 2);
  BOOST_TEST(backend.claim().empty());
  backend.end(claimed[0]);
  BOOST_TEST(!ann.find().completed_at.has_value());
  backend.pass(1min);
  backend.end(claimed[1], CallOutcome::busy);
  const auto campaign = ann.find();
  BOOST_TEST(campaign.status == CampaignStatus::cancelled);
  BOOST_TEST((campaign.completed_at == backend.now()));
  BOOST_TEST(campaign.completed_calls == 1);
  BOOST_TEST(campaign.failed_calls == 1);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_long_sweep_is_reported_as_done_from_the_flip_on, Backend,
                              AllBackends) {
  Backend backend;
  auto ann = backend.user();
  const auto campaign = ann.draft();
  for (int i = 0; i < 300; ++i) ann.add(campaign);
  ann.start(campaign);
  must(ann.set_status(CampaignStatus::active, CampaignStatus::cancelled));
  BOOST_TEST(backend.claim().empty());
  backend.advance({.budget = 50});
  BOOST_TEST(ann.statistics().cancelled == 300);
  BOOST_TEST(ann.find().completed_at.has_value());
  BOOST_TEST(backend.advance().swept == 0);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_campaign_cancelled_by_foreign_sql_is_swept_as_well, Backend,
                              SharedBackends) {
  Backend backend;
  const auto ann = backend.user().with_queued(3);
  backend.advance();
  backend.sql("UPDATE call_campaigns SET status = 'cancelled' WHERE id = {}",
              {to_text(ann.campaign)});
  BOOST_TEST(must(backend.store().claim({.limit = 10})).empty());
  backend.advance();
  BOOST_TEST(ann.statistics().cancelled == 3);
  BOOST_TEST(ann.find().completed_at.has_value());
}

BOOST_AUTO_TEST_CASE_TEMPLATE(when_its_last_interval_has_closed_a_campaign_ends, Backend,
                              AllBackends) {
  Backend backend;
  CampaignSpec spec{.first_call_time = 9h, .last_call_time = 18h};
  spec.end_date = date("2026-01-13");
  spec.rules.retry = {{CallOutcome::busy}, 3, {60s}};
  const auto ann = backend.user({.concurrent_calls_limit = 1}).with_queued(3, spec);
  backend.end(backend.claim_one(), CallOutcome::busy);  // Tried, and owed a retry.
  backend.end(backend.claim_one());
  backend.pass_to(instant("2026-01-13T18:00:00Z"));
  BOOST_TEST(backend.advance().ended == 0);
  backend.pass(1us);
  BOOST_TEST(backend.advance().ended == 1);

  BOOST_TEST(ann.find().status == CampaignStatus::completed);
  BOOST_TEST((ann.find().completed_at == backend.now()));
  BOOST_TEST(ann.row(0).status == QueuedCallStatus::failed);
  BOOST_TEST(ann.row(0).failure_reason == "campaign_ended");
  BOOST_TEST(ann.row(1).status == QueuedCallStatus::completed);
  BOOST_TEST(ann.row(2).status == QueuedCallStatus::skipped);
  BOOST_TEST(ann.row(2).failure_reason == "campaign_ended");
  BOOST_TEST(ann.find().failed_calls == 1);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_campaign_ends_with_the_last_of_its_lanes, Backend, AllBackends) {
  Backend backend;
  CampaignSpec spec{.first_call_time = 9h, .last_call_time = 18h};
  spec.end_date = date("2026-01-12");
  auto ann = backend.user({.concurrent_calls_limit = 0});
  const auto id = ann.draft(spec);
  ann.add(id);
  ann.add(id, {.timezone = "America/Los_Angeles"});
  ann.start(id);
  backend.pass_to(instant("2026-01-12T20:00:00Z"));
  BOOST_TEST(backend.advance().ended == 0);
  ann.limit(5);
  BOOST_TEST(rows_of(backend.claim()) == std::vector{ann.rows[1]},
             boost::test_tools::per_element());
  backend.pass_to(instant("2026-01-13T02:00:01Z"));
  backend.advance();
  BOOST_TEST(ann.row(0).status == QueuedCallStatus::skipped);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_call_in_flight_at_the_end_finishes_and_counts, Backend,
                              AllBackends) {
  Backend backend;
  CampaignSpec spec{.first_call_time = 9h, .last_call_time = 18h};
  spec.end_date = date("2026-01-12");
  const auto ann = backend.user({.concurrent_calls_limit = 1}).with_queued(2, spec);
  backend.advance();
  backend.pass_to(noon + 6h - 1min);
  const auto claimed = backend.claim_one();
  backend.dial(claimed);
  backend.pass(2min);
  backend.advance();
  BOOST_TEST(ann.row(1).status == QueuedCallStatus::skipped);
  BOOST_TEST(!ann.find().completed_at.has_value());
  backend.end(claimed);
  BOOST_TEST(ann.row(0).status == QueuedCallStatus::completed);
  BOOST_TEST(ann.find().status == CampaignStatus::completed);
  BOOST_TEST(ann.find().completed_at.has_value());
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_campaign_started_after_its_last_interval_ends, Backend,
                              AllBackends) {
  Backend backend;
  CampaignSpec spec{.first_call_time = 9h, .last_call_time = 18h};
  spec.end_date = date("2026-01-12");
  auto ann = backend.user();
  const auto id = ann.draft(spec);
  ann.add(id);
  backend.advance();
  backend.pass(12h);
  backend.advance();
  ann.start(id);
  BOOST_TEST(backend.claim().empty());
  BOOST_TEST(ann.find().status == CampaignStatus::completed);
  BOOST_TEST(ann.row(0).status == QueuedCallStatus::skipped);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_row_added_after_the_last_interval_is_skipped, Backend,
                              AllBackends) {
  Backend backend;
  CampaignSpec spec{.first_call_time = 9h, .last_call_time = 18h};
  spec.end_date = date("2026-01-12");
  auto ann = backend.user({.concurrent_calls_limit = 9});
  const auto id = ann.draft(spec);
  ann.add(id, {.timezone = "Asia/Tokyo"});  // Its day is over,
  ann.add(id, {.timezone = "America/New_York"});
  ann.start(id);
  backend.advance();
  ann.add(id, {.timezone = "Asia/Tokyo"});  // and this one's too.
  backend.pass(24h);
  backend.advance();
  BOOST_TEST(ann.statistics().skipped == 3);
  BOOST_TEST(ann.find().status == CampaignStatus::completed);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_paused_campaign_ends_as_well, Backend, AllBackends) {
  Backend backend;
  CampaignSpec spec;
  spec.end_date = date("2026-01-12");
  const auto ann = backend.user().with_queued(1, spec);
  must(ann.set_status(CampaignStatus::active, CampaignStatus::paused));
  backend.pass(48h);
  backend.advance();
  BOOST_TEST(ann.find().status == CampaignStatus::completed);
  BOOST_TEST(ann.row(0).status == QueuedCallStatus::skipped);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_final_campaign_takes_no_contacts, Backend, AllBackends) {
  Backend backend;
  auto ann = backend.user().with_queued(1);
  backend.end(backend.claim_one());
  BOOST_REQUIRE(ann.find().status == CampaignStatus::completed);
  const NewQueuedCall row{.contact_id = ann.contact().id, .campaign_id = ann.campaign};
  BOOST_TEST(fails_with(backend.store().add_queued_calls(ann.id, {&row, 1}), ErrorCode::conflict,
                        "campaign_id"));
  BOOST_TEST(ann.find().total_contacts == 1);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(contacts_may_be_added_while_it_runs, Backend, AllBackends) {
  Backend backend;
  auto ann = backend.user({.concurrent_calls_limit = 5}).with_queued(1);
  backend.claim_one();
  const auto late = ann.add(ann.campaign).id;
  BOOST_TEST(rows_of(backend.claim()) == std::vector{late}, boost::test_tools::per_element());
  BOOST_TEST(ann.find().total_contacts == 2);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(deleting_is_refused_while_a_call_is_in_flight, Backend, AllBackends) {
  Backend backend;
  const auto ann = backend.user({.concurrent_calls_limit = 1}).with_queued(2);
  const auto claimed = backend.claim_one();
  BOOST_TEST(
      fails_with(backend.store().delete_campaign(ann.id, ann.campaign), ErrorCode::conflict));
  backend.end(claimed);

  must(backend.store().delete_campaign(ann.id, ann.campaign));

  BOOST_TEST(fails_with(backend.store().find_campaign(ann.id, ann.campaign), ErrorCode::not_found));
  BOOST_TEST(ann.all_rows().empty());
  const auto call = ann.call(claimed.call.id);  // History stays.
  BOOST_TEST(!call.campaign_id.has_value());
  BOOST_TEST(!call.queue_id.has_value());
  BOOST_TEST((call.contact_id == claimed.call.contact_id));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_slot_is_held_although_its_campaign_was_deleted_by_foreign_sql,
                              Backend, SharedBackends) {
  Backend backend;
  const auto ann = backend.user({.concurrent_calls_limit = 1}).with_queued(1);
  const auto claimed = backend.claim_one();
  backend.sql("DELETE FROM call_campaigns WHERE id = {}", {to_text(ann.campaign)});
  BOOST_TEST(ann.active() == 1);
  const auto report = backend.end(claimed);
  BOOST_TEST(report.ended);
  BOOST_TEST(!report.queued.has_value());
  BOOST_TEST(ann.active() == 0);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(an_update_of_an_outdated_copy_is_refused, Backend, AllBackends) {
  Backend backend;
  auto ann = backend.user();
  ann.draft();
  auto one = ann.find();
  auto two = one;
  one.name = "one";
  two.name = "two";
  backend.pass(1s);
  const auto updated = must(backend.store().update_campaign(one));
  BOOST_TEST(updated.name == "one");
  BOOST_TEST((updated.updated_at > one.updated_at));
  BOOST_TEST(fails_with(backend.store().update_campaign(two), ErrorCode::conflict));
  BOOST_TEST(ann.find().name == "one");
}

BOOST_AUTO_TEST_CASE_TEMPLATE(an_update_writes_neither_status_nor_counters, Backend, AllBackends) {
  Backend backend;
  const auto ann = backend.user().with_queued(2);
  auto changed = ann.find();
  changed.status = CampaignStatus::cancelled;
  changed.total_contacts = 77;
  changed.next_action = "call back";
  changed.rules.retry = {{CallOutcome::busy}, 2, {60s}};
  const auto updated = must(backend.store().update_campaign(changed));
  BOOST_TEST(updated.status == CampaignStatus::active);
  BOOST_TEST(updated.total_contacts == 2);
  BOOST_TEST(updated.next_action == "call back");
  BOOST_TEST((updated.rules.retry == changed.rules.retry));
  BOOST_TEST((ann.find() == updated));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_final_campaign_is_not_updated, Backend, AllBackends) {
  Backend backend;
  const auto ann = backend.user().with_queued(1);
  backend.end(backend.claim_one());
  auto changed = ann.find();
  changed.name = "again";
  BOOST_TEST(fails_with(backend.store().update_campaign(changed), ErrorCode::conflict, "status"));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(campaigns_are_listed_newest_first_in_pages, Backend, AllBackends) {
  Backend backend;
  auto ann = backend.user();
  std::vector<CampaignId> made;
  for (int i = 0; i < 7; ++i) {
    made.push_back(ann.draft({.name = i % 2 == 0 ? "Even" : "Odd"}));
    if (i % 3 != 0) backend.pass(1s);  // Some share an instant.
  }
  std::vector<CampaignId> listed;
  Page page{.limit = 3};
  do {
    const auto part = must(backend.store().list_campaigns(ann.id, {}, page));
    BOOST_TEST(part.items.size() <= 3U);
    for (const auto& campaign : part.items) listed.push_back(campaign.id);
    page.cursor = part.next_cursor;
  } while (!page.cursor.empty());
  std::reverse(listed.begin(), listed.end());
  BOOST_TEST(listed == made, boost::test_tools::per_element());
  BOOST_TEST(must(backend.store().list_campaigns(ann.id, {.name = "oDD"}, {})).items.size() == 3U);
  ann.add(made[6]);
  ann.start(made[6]);
  const CampaignFilter running{.statuses = {CampaignStatus::active, CampaignStatus::paused}};
  BOOST_TEST(must(backend.store().list_campaigns(ann.id, running, {})).items.size() == 1U);
}

BOOST_AUTO_TEST_SUITE_END()
