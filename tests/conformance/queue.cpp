// Queued calls: added, found, cancelled, expired.

#include "conformance/backend.hpp"

using namespace callqueue;
using namespace callqueue::testing;

BOOST_AUTO_TEST_SUITE(queue)

BOOST_AUTO_TEST_CASE_TEMPLATE(rows_are_queued_in_the_order_given, Backend, AllBackends) {
  Backend backend;
  auto ann = backend.user();
  const auto campaign = ann.draft();
  std::vector<NewQueuedCall> wanted;
  for (int i = 0; i < 5; ++i) {
    wanted.push_back({.contact_id = ann.contact().id,
                      .campaign_id = campaign,
                      .user_data = R"({"n":)" + std::to_string(i) + "}"});
  }
  const auto added = must(backend.store().add_queued_calls(ann.id, wanted));
  const auto more = ann.add(campaign);

  BOOST_REQUIRE(added.size() == 5U);
  for (std::size_t i = 0; i < 5; ++i) {
    const auto& row = added[i];
    BOOST_TEST((row.contact_id == wanted[i].contact_id));
    BOOST_TEST(row.status == QueuedCallStatus::queued);
    BOOST_TEST((row.agent_id == ann.agent));
    BOOST_TEST(row.contact_name == "Ada");
    BOOST_TEST(!row.phone_number.empty());
    BOOST_TEST(without_spaces(row.user_data) == wanted[i].user_data);
    BOOST_TEST((row.scheduled_for == noon));
    BOOST_TEST(row.attempts == 0);
    BOOST_TEST((ann.row(row.id) == row));
    if (i > 0) BOOST_TEST(row.position > added[i - 1].position);
  }
  BOOST_TEST(more.position > added[4].position);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_row_has_the_priority_of_the_name_that_it_gets, Backend,
                              AllBackends) {
  Backend backend;
  auto ann = backend.user();
  const auto priority_of = [&](const char* known_as, const char* name, std::optional<int> named) {
    auto contact = ann.contact();
    contact.name = known_as;
    must(backend.store().update_contact(contact));
    const std::vector<NewQueuedCall> rows{{.contact_id = contact.id,
                                           .agent_id = ann.agent,
                                           .contact_name = name,
                                           .priority = 3,
                                           .priority_if_named = named}};
    return must(backend.store().add_queued_calls(ann.id, rows)).front().priority;
  };
  BOOST_TEST(priority_of("Ada", "", 7) == 7);
  BOOST_TEST(priority_of(" ", "", 7) == 3);
  BOOST_TEST(priority_of("", "", 7) == 3);
  BOOST_TEST(priority_of("Ada", "Bob", 7) == 3);
  BOOST_TEST(priority_of("Ada", "", {}) == 3);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(all_rows_are_queued_or_none, Backend, AllBackends) {
  Backend backend;
  auto ann = backend.user();
  const auto bob = backend.user();
  const auto campaign = ann.draft();
  const auto good = ann.contact();
  const auto theirs = bob.contact();
  const auto add = [&](std::vector<NewQueuedCall> rows) {
    return backend.store().add_queued_calls(ann.id, rows);
  };
  const NewQueuedCall fine{.contact_id = good.id, .campaign_id = campaign};

  BOOST_TEST(fails_with(add({fine, {.contact_id = theirs.id, .campaign_id = campaign}}),
                        ErrorCode::not_found, "contact_id"));
  BOOST_TEST(fails_with(
      add({fine, {.contact_id = ann.contact().id, .campaign_id = campaign, .agent_id = bob.agent}}),
      ErrorCode::not_found, "agent_id"));
  BOOST_TEST(fails_with(add({fine, fine}), ErrorCode::conflict, "contact_id"));
  auto other = bob;
  BOOST_TEST(fails_with(add({fine, {.contact_id = good.id, .campaign_id = other.draft()}}),
                        ErrorCode::not_found, "campaign_id"));
  BOOST_TEST(ann.all_rows().empty());
  BOOST_TEST(ann.find().total_contacts == 0);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_contact_has_one_open_row_per_campaign, Backend, AllBackends) {
  Backend backend;
  auto ann = backend.user();
  const auto eve = ann.contact();
  const auto campaign = ann.draft();
  ann.add_for(campaign, eve);
  const NewQueuedCall again{.contact_id = eve.id, .campaign_id = campaign};
  const auto add_again = [&] { return backend.store().add_queued_calls(ann.id, {&again, 1}); };
  BOOST_TEST(fails_with(add_again(), ErrorCode::conflict, "contact_id"));
  ann.add_for(ann.draft(), eve);  // Another campaign is another matter,
  ann.direct_for(eve);            // and so is a direct call.
  ann.direct_for(eve);
  ann.start(campaign);
  const auto direct_first = backend.claim_one();
  backend.end(direct_first);
  backend.end(backend.claim_one());
  backend.end(backend.claim_one());
  BOOST_TEST(ann.row(0).status == QueuedCallStatus::completed);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_row_may_be_queued_again_once_the_last_is_final, Backend,
                              AllBackends) {
  Backend backend;
  auto ann = backend.user();
  const auto eve = ann.contact();
  const auto campaign = ann.draft();
  ann.add_for(campaign, eve);
  ann.add(campaign);
  ann.start(campaign);
  backend.end(backend.claim(1).at(0));
  const auto again = ann.add_for(campaign, eve);
  BOOST_TEST(ann.find().total_contacts == 3);
  BOOST_TEST(again.status == QueuedCallStatus::queued);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_queued_call_is_cancelled_once, Backend, AllBackends) {
  Backend backend;
  const auto ann = backend.user().with_queued(3);
  const auto claimed = backend.claim(1).at(0);

  const auto row = must(backend.store().cancel_queued_call(ann.id, ann.rows[1], "wrong person"));

  BOOST_TEST(row.status == QueuedCallStatus::cancelled);
  BOOST_TEST(row.failure_reason == "wrong person");
  BOOST_TEST((row.completed_at == backend.now()));
  BOOST_TEST(fails_with(backend.store().cancel_queued_call(ann.id, ann.rows[1], ""),
                        ErrorCode::conflict, "status"));
  BOOST_TEST(fails_with(backend.store().cancel_queued_call(ann.id, claimed.queued.id, ""),
                        ErrorCode::conflict, "status"));
  BOOST_TEST(rows_of(backend.claim()) == std::vector{ann.rows[2]},
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_direct_call_that_waits_too_long_expires, Backend, AllBackends) {
  Backend backend;
  auto ann = backend.user({.concurrent_calls_limit = 0});
  const auto usual = ann.direct().id;
  const auto long_lived = ann.direct({.not_after = noon + 1h}).id;
  BOOST_TEST((ann.row(usual).not_after == noon + 15min));
  backend.pass(15min);
  BOOST_TEST(backend.advance().expired == 0);
  backend.pass(1s);
  BOOST_TEST(backend.advance().expired == 1);
  BOOST_TEST(ann.row(usual).status == QueuedCallStatus::skipped);
  BOOST_TEST(ann.row(usual).failure_reason == "expired");
  ann.limit(5);
  BOOST_TEST(rows_of(backend.claim()) == std::vector{long_lived}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE_TEMPLATE(an_expired_direct_call_is_not_claimed_even_before_anybody_noticed,
                              Backend, AllBackends) {
  Backend backend;
  auto ann = backend.user();
  const auto row = ann.direct().id;
  backend.pass(15min + 1s);
  BOOST_TEST(must(backend.store().claim({.limit = 5})).empty());
  BOOST_TEST(must(backend.store().claim({.only = row, .only_user = ann.id})).empty());
  BOOST_TEST(!must(backend.store().next_queued_call(ann.id)).has_value());
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_direct_call_ignores_windows, Backend, AllBackends) {
  Backend backend{{.clock = at(instant("2026-01-12T03:00:00Z"))}};
  auto ann = backend.user({.timezone = "America/New_York"});
  ann.direct({.timezone = "America/New_York"});
  BOOST_TEST(backend.claim().size() == 1U);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_contacts_queued_calls_are_cancelled_together, Backend,
                              AllBackends) {
  Backend backend;
  auto ann = backend.user({.concurrent_calls_limit = 1});
  const auto eve = ann.contact();
  ann.add_for(ann.draft(), eve);
  ann.add_for(ann.draft(), eve);
  ann.direct_for(eve);
  const auto bystander = ann.add(ann.campaign).id;
  const auto cancel = [&] {
    return backend.store().cancel_queued_calls_of_contact(ann.id, eve.id);
  };
  const auto claimed = backend.claim_one();  // The direct one.
  BOOST_TEST(fails_with(cancel(), ErrorCode::conflict));
  BOOST_TEST(ann.row(0).status == QueuedCallStatus::queued);
  backend.end(claimed);
  BOOST_TEST(must(cancel()) == 2);
  BOOST_TEST(ann.row(0).status == QueuedCallStatus::cancelled);
  BOOST_TEST(ann.row(1).status == QueuedCallStatus::cancelled);
  BOOST_TEST(ann.row(2).status == QueuedCallStatus::completed);
  BOOST_TEST(ann.row(bystander).status == QueuedCallStatus::queued);
  BOOST_TEST(must(cancel()) == 0);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(queue_statistics_count_by_status, Backend, AllBackends) {
  Backend backend;
  auto ann = backend.user({.concurrent_calls_limit = 3}).with_queued(6);
  ann.direct({.scheduled_for = noon + 5min});
  const auto claimed = backend.claim();
  backend.end(claimed[0]);
  backend.end(claimed[1], CallOutcome::busy);
  must(backend.store().cancel_queued_call(ann.id, ann.rows[5], ""));
  const QueueStatistics expected{.queued = 3,
                                 .ready = 2,
                                 .processing = 1,
                                 .completed = 1,
                                 .failed = 1,
                                 .cancelled = 1,
                                 .skipped = 0};
  BOOST_TEST((must(backend.store().queue_statistics(ann.id)) == expected));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(queued_calls_are_listed_in_order_of_creation, Backend, AllBackends) {
  Backend backend;
  auto ann = backend.user();
  const auto one = ann.draft();
  const auto two = ann.draft();
  for (int i = 0; i < 7; ++i) {
    ann.add(i % 2 == 0 ? one : two, {.priority = i});
    if (i == 3) backend.pass(1s);
  }
  std::vector<QueuedCallId> listed;
  Page page{.limit = 2};
  do {
    const auto part = must(backend.store().list_queued_calls(ann.id, {}, page));
    for (const auto& row : part.items) listed.push_back(row.id);
    page.cursor = part.next_cursor;
  } while (!page.cursor.empty());
  BOOST_TEST(listed == ann.rows, boost::test_tools::per_element());
  BOOST_TEST(ann.all_rows({.campaign_id = one}).size() == 4U);
  BOOST_TEST(ann.all_rows({.contact_id = ann.row(3).contact_id}).size() == 1U);
  must(backend.store().cancel_queued_call(ann.id, ann.rows[2], ""));
  BOOST_TEST(ann.all_rows({.statuses = {QueuedCallStatus::cancelled}}).size() == 1U);
  BOOST_TEST(ann.all_rows({.campaign_id = two, .statuses = {QueuedCallStatus::cancelled}}).empty());
}

BOOST_AUTO_TEST_SUITE_END()
