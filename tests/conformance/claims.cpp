// Which calls may start: limits, order, one call a number, and what a claim leaves behind.
#include <thread>

#include "conformance/backend.hpp"

using namespace callqueue;
using namespace callqueue::testing;

BOOST_AUTO_TEST_SUITE(claims)

BOOST_AUTO_TEST_CASE_TEMPLATE(a_claim_of_nothing_is_an_empty_success, Backend, AllBackends) {
  Backend backend;
  BOOST_TEST(backend.claim().empty());
  const auto ann = backend.user();
  BOOST_TEST(backend.claim().empty());
  BOOST_TEST(ann.active() == 0);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_claim_never_exceeds_the_user_limit, Backend, AllBackends) {
  Backend backend;
  const auto ann = backend.user({.concurrent_calls_limit = 3}).with_queued(5);

  const auto claimed = backend.claim();

  BOOST_TEST(claimed.size() == 3U);
  BOOST_TEST(backend.claim().empty());
  BOOST_TEST(ann.active() == 3);
  backend.end(claimed[0]);
  BOOST_TEST(backend.claim().size() == 1U);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_claim_never_exceeds_the_system_limit, Backend, AllBackends) {
  Backend backend;
  must(backend.store().set_system_limit(4));
  const auto ann = backend.user({.concurrent_calls_limit = 3}).with_queued(5);
  const auto bob = backend.user({.concurrent_calls_limit = 3}).with_queued(5);

  const auto claimed = backend.claim();

  BOOST_TEST(claimed.size() == 4U);
  BOOST_TEST(must(backend.store().system_slots()).active == 4);
  BOOST_TEST(backend.claim().empty());
  backend.end(claimed[3]);
  BOOST_TEST(backend.claim().size() == 1U);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_claim_gives_at_most_what_was_asked_for, Backend, AllBackends) {
  Backend backend;
  auto ann = backend.user({.concurrent_calls_limit = 5}).with_queued(5);
  BOOST_TEST(backend.claim(2).size() == 2U);
  BOOST_TEST(backend.claim(1).size() == 1U);
  BOOST_TEST(ann.active() == 3);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_user_limit_of_zero_lets_nothing_start, Backend, AllBackends) {
  Backend backend;
  const auto ann = backend.user({.concurrent_calls_limit = 0}).with_queued(1);
  BOOST_TEST(backend.claim().empty());
  ann.limit(1);
  BOOST_TEST(backend.claim().size() == 1U);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_system_limit_of_zero_lets_nothing_start, Backend, AllBackends) {
  Backend backend;
  const auto ann = backend.user().with_queued(1);
  must(backend.store().set_system_limit(0));
  BOOST_TEST(backend.claim().empty());
  must(backend.store().set_system_limit(1));
  BOOST_TEST(backend.claim().size() == 1U);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_lowered_limit_ends_nothing_and_waits_for_room, Backend,
                              AllBackends) {
  Backend backend;
  const auto ann = backend.user({.concurrent_calls_limit = 3}).with_queued(6);
  const auto claimed = backend.claim();
  BOOST_REQUIRE(claimed.size() == 3U);

  ann.limit(1);

  BOOST_TEST(ann.active() == 3);
  BOOST_TEST(backend.claim().empty());
  backend.end(claimed[0]);
  backend.end(claimed[1]);
  BOOST_TEST(backend.claim().empty());
  backend.end(claimed[2]);
  BOOST_TEST(backend.claim().size() == 1U);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_raised_limit_makes_room_at_once, Backend, AllBackends) {
  Backend backend;
  const auto ann = backend.user({.concurrent_calls_limit = 1}).with_queued(4);
  BOOST_TEST(backend.claim().size() == 1U);
  BOOST_TEST(backend.claim().empty());
  ann.limit(3);
  BOOST_TEST(backend.claim().size() == 2U);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_users_own_system_ceiling_stops_only_that_user, Backend,
                              AllBackends) {
  Backend backend;
  const auto ann = backend.user({.concurrent_calls_limit = 5}).with_queued(5);
  const auto bob = backend.user({.concurrent_calls_limit = 5}).with_queued(5);
  must(backend.store().set_user_limits(ann.id, std::nullopt, 3));

  const auto claimed = backend.claim();

  // One each in turn while the system has fewer than three calls, then only Bob.
  BOOST_TEST(count_for(claimed, bob) == 5U);
  BOOST_TEST(count_for(claimed, ann) == 2U);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_users_own_system_ceiling_holds_from_the_first_call_on, Backend,
                              AllBackends) {
  Backend backend;
  const auto ann = backend.user({.concurrent_calls_limit = 5}).with_queued(5);
  const auto bob = backend.user({.concurrent_calls_limit = 5}).with_queued(5);
  must(backend.store().set_user_limits(ann.id, std::nullopt, 0));
  BOOST_TEST(count_for(backend.claim(3), ann) == 0U);
  must(backend.store().set_user_limits(ann.id, std::nullopt, 3));
  BOOST_TEST(count_for(backend.claim(1), ann) == 0U);
  must(backend.store().set_user_limits(ann.id, std::nullopt, 4));
  BOOST_TEST(must(backend.store().claim({.only = ann.rows[0], .only_user = ann.id})).empty());
  BOOST_TEST(fails_with(backend.store().reserve_slot(ann.id, "+4930123456", 20min),
                        ErrorCode::limit_reached));
  must(backend.store().set_user_limits(ann.id, std::nullopt, 5));
  BOOST_TEST(count_for(backend.claim(1), ann) == 1U);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_ceiling_above_the_system_limit_gives_no_more_room, Backend,
                              AllBackends) {
  Backend backend;
  must(backend.store().set_system_limit(3));
  const auto ann = backend.user({.concurrent_calls_limit = 9}).with_queued(9);
  must(backend.store().set_user_limits(ann.id, std::nullopt, 100));

  BOOST_TEST(backend.claim().size() == 3U);
  BOOST_TEST(backend.claim().empty());
  BOOST_TEST(must(backend.store().claim({.only = ann.rows[8], .only_user = ann.id})).empty());
  BOOST_TEST(fails_with(backend.store().reserve_slot(ann.id, "+4930123456", 20min),
                        ErrorCode::limit_reached, "system_limit"));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(the_system_limit_takes_the_users_that_followed_it_along, Backend,
                              AllBackends) {
  Backend backend;
  const auto follows = backend.user();
  const auto own = backend.user();
  must(backend.store().set_user_limits(own.id, std::nullopt, 4));

  must(backend.store().set_system_limit(20));

  BOOST_TEST(must(backend.store().system_slots()).limit == 20);
  BOOST_TEST(must(backend.store().find_user(follows.id)).system_concurrent_calls_limit == 20);
  BOOST_TEST(must(backend.store().find_user(own.id)).system_concurrent_calls_limit == 4);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(rows_are_taken_by_priority_then_position, Backend, AllBackends) {
  Backend backend;
  auto ann = backend.user({.concurrent_calls_limit = 5});
  const auto campaign = ann.draft();
  const auto low = ann.add(campaign, {.priority = 0}).id;
  const auto high = ann.add(campaign, {.priority = 200}).id;
  const auto first = ann.add(campaign, {.priority = 100}).id;
  const auto second = ann.add(campaign, {.priority = 100}).id;
  const auto least = ann.add(campaign, {.priority = -7}).id;
  ann.start(campaign);

  const auto claimed = rows_of(backend.claim());

  const std::vector expected{high, first, second, low, least};
  BOOST_TEST(claimed == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE_TEMPLATE(order_holds_across_campaigns_and_lanes, Backend, AllBackends) {
  Backend backend;
  auto ann = backend.user({.concurrent_calls_limit = 9});
  const auto one = ann.draft();
  const auto two = ann.draft();
  const auto a = ann.add(one, {.priority = 5, .timezone = "Europe/Berlin"}).id;
  const auto b = ann.add(two, {.priority = 9, .timezone = "Asia/Tokyo"}).id;
  const auto c = ann.add(one, {.priority = 7, .timezone = "Asia/Tokyo"}).id;
  const auto d = ann.add(two, {.priority = 6}).id;
  ann.start(one);
  ann.start(two);

  const auto claimed = rows_of(backend.claim());

  const std::vector expected{b, c, d, a};
  BOOST_TEST(claimed == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE_TEMPLATE(direct_calls_are_served_before_campaign_calls, Backend, AllBackends) {
  Backend backend;
  auto ann = backend.user({.concurrent_calls_limit = 3}).with_queued(2, {}, {.priority = 1000});
  const auto direct = ann.direct().id;

  const auto claimed = backend.claim();

  BOOST_REQUIRE(claimed.size() == 3U);
  BOOST_TEST(claimed[0].queued.id == direct);
  BOOST_TEST((claimed[0].call.call_type == CallType::direct));
  BOOST_TEST((claimed[1].call.call_type == CallType::campaign));
  BOOST_TEST(claimed[0].next_action.empty());
  BOOST_TEST(claimed[1].next_action == "confirm the appointment");
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_claimed_row_is_processing_and_its_call_holds_a_lease, Backend,
                              AllBackends) {
  Backend backend;
  const auto ann = backend.user().with_queued(1);
  backend.advance();

  const auto claimed =
      must(backend.store().claim({.worker = "w1", .limit = 1, .lease = 90s})).at(0);

  const auto row = ann.row(0);
  const auto call = ann.call(claimed.call.id);
  BOOST_TEST((claimed.queued == row));
  BOOST_TEST((claimed.call == call));
  BOOST_TEST(row.status == QueuedCallStatus::processing);
  BOOST_TEST((row.call_id == call.id));
  BOOST_TEST(row.attempts == 1);
  BOOST_TEST((row.started_at == backend.now()));
  BOOST_TEST((row.last_system_allocation_at == backend.now()));
  BOOST_TEST(call.status == CallStatus::initiated);
  BOOST_TEST((call.queue_id == row.id));
  BOOST_TEST((call.campaign_id == ann.campaign));
  BOOST_TEST((call.contact_id == row.contact_id));
  BOOST_TEST((call.agent_id == ann.agent));
  BOOST_TEST(call.phone_number == row.phone_number);
  BOOST_TEST(call.attempt == 1);
  BOOST_TEST(call.leased_by == "w1");
  BOOST_TEST((call.lease_expires_at == backend.now() + 90s));
  BOOST_TEST(!call.submitted_at.has_value());
  BOOST_TEST((call.created_at == backend.now()));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_row_whose_time_has_not_come_is_not_claimed, Backend, AllBackends) {
  Backend backend;
  auto ann = backend.user({.concurrent_calls_limit = 5});
  const auto campaign = ann.draft();
  const auto later = ann.add(campaign, {.priority = 500, .scheduled_for = noon + 1h}).id;
  const auto now = ann.add(campaign).id;
  ann.start(campaign);

  const auto claimed = backend.claim_one();
  BOOST_TEST(claimed.queued.id == now);
  backend.end(claimed);
  backend.pass(1h - 1us);
  BOOST_TEST(backend.claim().empty());
  backend.pass(1us);
  BOOST_TEST(rows_of(backend.claim()) == std::vector{later}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_draft_is_not_claimed_from, Backend, AllBackends) {
  Backend backend;
  auto ann = backend.user();
  ann.add(ann.draft());
  BOOST_TEST(backend.claim().empty());
}

BOOST_AUTO_TEST_CASE_TEMPLATE(once_a_pause_has_returned_nothing_more_starts, Backend, AllBackends) {
  Backend backend;
  const auto ann = backend.user({.concurrent_calls_limit = 5}).with_queued(3);
  const auto claimed = backend.claim(1);

  must(ann.set_status(CampaignStatus::active, CampaignStatus::paused));
  BOOST_TEST(must(backend.store().claim({.limit = 10})).empty());
  BOOST_TEST(backend.claim().empty());
  BOOST_TEST(backend.end(claimed[0]).queued.value().status == QueuedCallStatus::completed);

  must(ann.set_status(CampaignStatus::paused, CampaignStatus::active));
  BOOST_TEST(backend.claim().size() == 2U);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_number_is_not_called_twice_at_once, Backend, AllBackends) {
  Backend backend;
  auto ann = backend.user({.concurrent_calls_limit = 5});
  const auto eve = ann.contact();
  const auto first = ann.draft();
  const auto one = ann.add_for(first, eve, {.priority = 9}).id;
  const auto second = ann.draft();
  const auto two = ann.add_for(second, eve, {.priority = 8}).id;
  const auto other = ann.add(second, {.priority = 1}).id;
  ann.start(first);
  ann.start(second);

  const auto claimed = backend.claim();

  const std::vector expected{one, other};
  BOOST_TEST(rows_of(claimed) == expected, boost::test_tools::per_element());
  BOOST_TEST(backend.claim().empty());
  backend.end(claimed[0]);
  BOOST_TEST(rows_of(backend.claim()) == std::vector{two}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE_TEMPLATE(many_rows_of_a_busy_number_do_not_hide_the_row_behind, Backend,
                              AllBackends) {
  Backend backend;
  auto ann = backend.user({.concurrent_calls_limit = 5});
  const auto eve = ann.contact();
  const auto held = must(backend.store().reserve_slot(ann.id, eve.phone_number, 10min));
  for (int i = 0; i < 20; ++i) ann.direct_for(eve, {.priority = 10});
  const auto other = ann.direct({.priority = 1}).id;

  BOOST_TEST(rows_of(backend.claim()) == std::vector{other}, boost::test_tools::per_element());
  backend.report(event_for(held, CallStatus::completed));
  BOOST_TEST(backend.claim().size() == 1U);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(two_users_may_call_the_same_number_at_once, Backend, AllBackends) {
  Backend backend;
  auto ann = backend.user();
  auto bob = backend.user();
  ann.direct_for(ann.contact({.phone_number = "+4915112345678"}));
  bob.direct_for(bob.contact({.phone_number = "+4915112345678"}));
  BOOST_TEST(backend.claim().size() == 2U);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(call_now_claims_that_row_or_nothing, Backend, AllBackends) {
  Backend backend;
  auto ann = backend.user({.concurrent_calls_limit = 2}).with_queued(4);
  backend.advance();
  const auto claim_only = [&](std::size_t index) {
    return backend.store().claim({.only = ann.rows[index], .only_user = ann.id});
  };

  BOOST_TEST(rows_of(must(claim_only(2))) == std::vector{ann.rows[2]},
             boost::test_tools::per_element());
  BOOST_TEST(fails_with(claim_only(2), ErrorCode::conflict, "status"));
  BOOST_TEST(must(claim_only(3)).size() == 1U);
  // The user is at its limit now.
  BOOST_TEST(must(claim_only(0)).empty());
  BOOST_TEST(ann.row(0).status == QueuedCallStatus::queued);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(call_now_honours_window_time_and_campaign, Backend, AllBackends) {
  Backend backend;
  auto ann = backend.user({.concurrent_calls_limit = 9});
  const auto evening = ann.draft({.first_call_time = 18h, .last_call_time = 20h});
  ann.add(evening);
  ann.start(evening);
  const auto later = ann.draft();
  ann.add(later, {.scheduled_for = noon + 1min});
  ann.start(later);
  const auto unstarted = ann.draft();
  ann.add(unstarted);
  backend.advance();
  for (const auto row : ann.rows) {
    BOOST_TEST(must(backend.store().claim({.only = row, .only_user = ann.id})).empty());
  }
}

BOOST_AUTO_TEST_CASE_TEMPLATE(call_now_obeys_the_system_limit_and_busy_numbers, Backend,
                              AllBackends) {
  Backend backend;
  auto ann = backend.user({.concurrent_calls_limit = 9});
  const auto eve = ann.contact();
  const auto row = ann.direct_for(eve).id;
  const auto held = must(backend.store().reserve_slot(ann.id, eve.phone_number, 10min));
  const auto claim_it = [&] {
    return must(backend.store().claim({.only = row, .only_user = ann.id})).size();
  };
  BOOST_TEST(claim_it() == 0U);
  backend.report(event_for(held, CallStatus::completed));
  must(backend.store().set_system_limit(0));
  BOOST_TEST(claim_it() == 0U);
  must(backend.store().set_system_limit(1));
  BOOST_TEST(claim_it() == 1U);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(next_queued_call_is_what_a_claim_takes_first, Backend, AllBackends) {
  Backend backend;
  auto ann = backend.user({.concurrent_calls_limit = 0}).with_queued(3);
  const auto direct = ann.direct().id;
  const auto next = [&] { return must(backend.store().next_queued_call(ann.id)); };

  // A lane whose interval is not known yet yields nothing but direct calls.
  BOOST_TEST((next().value().id == direct));
  backend.advance();
  ann.limit(1);
  for (int i = 0; i < 4; ++i) {
    const auto expected = next();
    const auto claimed = backend.claim_one();
    BOOST_TEST((expected.value().id == claimed.queued.id));
    // At its limit, the next one is still told.
    BOOST_TEST(next().has_value() == (i < 3));
    backend.end(claimed);
  }
  BOOST_TEST(!next().has_value());
}

BOOST_AUTO_TEST_CASE_TEMPLATE(claimers_in_many_threads_never_exceed_a_limit, Backend, AllBackends) {
  Backend backend;
  must(backend.store().set_system_limit(5));
  std::vector<TestUser> users;
  for (int i = 0; i < 3; ++i) {
    users.push_back(backend.user({.concurrent_calls_limit = 2}));
    users.back().with_queued(40);
  }
  backend.advance();
  std::atomic<int> done = 0;
  std::atomic<int> over_limit = 0;
  std::atomic<int> errors = 0;
  const auto work = [&](int number) {
    auto& store = backend.store();
    // Ends when every row is done, or by far too many rounds.
    for (int round = 0; round < 5'000 && done < 120; ++round) {
      const auto claimed = store.claim({.worker = "w" + std::to_string(number), .limit = 2});
      if (!claimed) {
        ++errors;
        continue;
      }
      const auto slots = store.system_slots();
      if (!slots || slots->active > slots->limit) ++over_limit;
      for (const auto& call : *claimed) {
        const auto use = store.user_slots(call.call.user_id);
        if (!use || use->active > use->limit) ++over_limit;
        const auto event = event_for(call.call, CallOutcome::answered);
        const auto reported = store.report_events({&event, 1});
        if (reported && reported->at(0) && reported->at(0)->ended) {
          ++done;
        } else {
          ++errors;
        }
      }
    }
  };
  {
    std::vector<std::jthread> threads;
    for (int number = 0; number < 4; ++number) threads.emplace_back(work, number);
  }
  BOOST_TEST(done == 120);
  BOOST_TEST(over_limit == 0);
  BOOST_TEST(errors == 0);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(claimers_in_many_stores_never_exceed_a_limit, Backend,
                              SharedBackends) {
  Backend backend;
  must(backend.store().set_system_limit(4));
  for (int i = 0; i < 3; ++i) backend.user({.concurrent_calls_limit = 2}).with_queued(60);
  backend.advance();
  constexpr int claimers = 4;
  std::vector<std::unique_ptr<Store>> stores;
  for (int i = 0; i < claimers; ++i) stores.push_back(backend.another());
  std::atomic<int> done = 0;
  std::atomic<int> empty = 0;
  std::atomic<int> over_limit = 0;
  std::atomic<int> errors = 0;
  const auto work = [&](Store& store) {
    // Ends when every row is done, or by far too many rounds.
    for (int round = 0; round < 20'000 && done < 180; ++round) {
      const auto claimed = store.claim({.limit = 3});
      if (!claimed) {
        ++errors;
        continue;
      }
      empty += claimed->empty() ? 1 : 0;
      const auto system = store.system_slots();
      if (!system || system->active > system->limit) ++over_limit;
      std::vector<CallEvent> events;
      for (const auto& call : *claimed) {
        const auto use = store.user_slots(call.call.user_id);
        if (!use || use->active > use->limit) ++over_limit;
        events.push_back(event_for(call.call, CallOutcome::answered));
      }
      const auto reported = store.report_events(events);
      if (!reported) ++errors;
      if (reported) done += static_cast<int>(reported->size());
    }
  };
  {
    std::vector<std::jthread> threads;
    for (const auto& store : stores) threads.emplace_back([&] { work(*store); });
  }
  BOOST_TEST(done == 180);
  BOOST_TEST(empty > 0);  // Somebody stood in the way.
  BOOST_TEST(over_limit == 0);
  BOOST_TEST(errors == 0);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_claim_is_full_where_one_user_has_what_others_lack, Backend,
                              AllBackends) {
  Backend backend;
  const auto ann = backend.user({.concurrent_calls_limit = 9}).with_queued(9);
  for (int i = 0; i < 3; ++i) {
    auto other = backend.user().with_queued(1);
    must(backend.store().cancel_queued_call(other.id, other.row(0).id, "after all"));
  }
  backend.advance();
  // Three of four are looked at first, of whom one has something; then the one that is left.
  BOOST_TEST(backend.claim(3).size() == 3U);

  const auto eve = backend.user({.concurrent_calls_limit = 9}).with_queued(1);
  backend.advance();
  BOOST_TEST(backend.claim(6).size() == 6U);  // Three to each at first.
  BOOST_TEST(must(backend.store().user_slots(ann.id)).active == 8);
  BOOST_TEST(must(backend.store().user_slots(eve.id)).active == 1);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(two_stores_on_one_database_share_the_limits, Backend,
                              SharedBackends) {
  Backend backend;
  const auto ann = backend.user({.concurrent_calls_limit = 3}).with_queued(9);
  backend.advance();
  const auto other = backend.another();

  const auto here = must(backend.store().claim({.worker = "here", .limit = 2}));
  const auto there = must(other->claim({.worker = "there", .limit = 2}));

  BOOST_TEST(here.size() == 2U);
  BOOST_TEST(there.size() == 1U);
  BOOST_TEST(must(other->user_slots(ann.id)).active == 3);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_hosts_own_call_counts_once_it_is_committed, Backend,
                              SharedBackends) {
  Backend backend;
  const auto ann = backend.user({.concurrent_calls_limit = 2}).with_queued(3);
  backend.sql(
      "INSERT INTO calls (id, user_id, phone_number) "
      "VALUES ('0190b0a5-3c00-7abc-8def-0123456789ab', {}, '+4930123456')",
      {to_text(ann.id)});
  BOOST_TEST(backend.claim().size() == 1U);
  backend.sql("UPDATE calls SET status = 'completed' WHERE phone_number = '+4930123456'");
  BOOST_TEST(backend.claim().size() == 1U);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_row_queued_by_foreign_sql_is_claimed_like_any_other, Backend,
                              SharedBackends) {
  Backend backend;
  auto ann = backend.user();
  const auto campaign = ann.draft();
  const auto eve = ann.contact();
  backend.sql(
      "INSERT INTO call_queue (id, user_id, campaign_id, agent_id, contact_id, phone_number) "
      "VALUES ('0190b0a5-3c00-7abc-8def-0123456789ac', {}, {}, {}, {}, '+4930123456')",
      {to_text(ann.id), to_text(campaign), to_text(ann.agent), to_text(eve.id)});
  // Its time is the machine's, which the test's clock has not reached.
  const auto long_ago = Backend::literal(noon - 24h);
  backend.sql("UPDATE call_queue SET scheduled_for = " + long_ago + ", created_at = " + long_ago +
              ", updated_at = " + long_ago);
  ann.start(campaign);
  BOOST_TEST(backend.claim().size() == 1U);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_row_set_to_processing_by_foreign_sql_is_listed_by_verify, Backend,
                              SharedBackends) {
  Backend backend;
  const auto ann = backend.user().with_queued(2);
  BOOST_TEST(must(backend.store().verify()).ok());
  backend.sql("UPDATE call_queue SET status = 'processing' WHERE id = {}", {to_text(ann.rows[0])});

  BOOST_TEST(ann.active() == 0);
  BOOST_TEST(rows_of(backend.claim()) == std::vector{ann.rows[1]},
             boost::test_tools::per_element());
  BOOST_TEST(!must(backend.store().verify()).ok());
}

BOOST_AUTO_TEST_CASE_TEMPLATE(call_now_leaves_paused_staged_cancelled_and_expired_rows_alone,
                              Backend, AllBackends) {
  Backend backend;
  auto ann = backend.user({.concurrent_calls_limit = 9});
  const auto claim_only = [&](QueuedCallId row) {
    return backend.store().claim({.only = row, .only_user = ann.id});
  };
  const auto expired = ann.direct({.not_after = noon + 1min}).id;
  ann.with_queued(1);
  const auto paused = ann.rows.back();
  must(ann.set_status(CampaignStatus::active, CampaignStatus::paused));
  ann.with_queued(1);
  const auto import =
      must(backend.store().begin_import({.user_id = ann.id, .campaign_id = ann.campaign}));
  must(backend.store().stage_import(ann.id, import,
                                    std::vector<ImportRow>{{.phone_number = "+4930123456"}}));
  const auto known = ann.rows.back();
  QueuedCallId staged;
  for (const auto& row : ann.all_rows()) {
    if (row.campaign_id == ann.campaign && row.id != known) staged = row.id;
  }
  backend.advance();
  backend.pass(1min + 1us);

  BOOST_TEST(must(claim_only(expired)).empty());
  BOOST_TEST(must(claim_only(paused)).empty());
  if (!staged.is_nil()) BOOST_TEST(must(claim_only(staged)).empty());
  must(backend.store().publish_import(ann.id, import));
  BOOST_TEST(backend.claim().size() == 2U);
  must(backend.store().cancel_queued_call(ann.id, paused, ""));
  BOOST_TEST(fails_with(claim_only(paused), ErrorCode::conflict, "status"));
}

BOOST_AUTO_TEST_SUITE_END()
