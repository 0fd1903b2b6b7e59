#include "services/small_world.hpp"

namespace {

using namespace small_world;

/// Claims the only call there is.
ClaimedCall claim_one(SmallWorld& world) {
  const auto claimed = value(CallQueue(*world.store).claim());
  BOOST_REQUIRE(claimed.size() == 1u);
  return claimed.front();
}

BOOST_AUTO_TEST_SUITE(queue)

BOOST_AUTO_TEST_CASE(custom_priority_is_a_32_bit_integer_of_a_json_object) {
  BOOST_TEST(value(custom_priority("")) == 0);
  BOOST_TEST(value(custom_priority("{}")) == 0);
  BOOST_TEST(value(custom_priority(R"({"priority": 7, "other": [1]})")) == 7);
  BOOST_TEST(value(custom_priority(R"({"priority": -2147483648})")) == -2147483647 - 1);
  for (const auto* text : {"[]", "7", "nope", "{", "{\"a\":\"\xff\"}"}) {
    BOOST_TEST(refused(custom_priority(text), ErrorCode::invalid_argument) == "user_data");
  }
  for (const auto* text : {R"({"priority": "7"})", R"({"priority": 1.5})", R"({"priority": null})",
                           R"({"priority": 1e2})", R"({"priority": 2147483648})",
                           R"({"priority": 18446744073709551615})", R"({"priority": true})"}) {
    BOOST_TEST(refused(custom_priority(text), ErrorCode::invalid_argument) == "priority");
  }
}

BOOST_AUTO_TEST_CASE(priority_follows_the_rule_and_the_contacts_name) {
  SmallWorld world;
  const auto campaign = world.active_campaign(1);
  const auto named = world.contact("Zoe");
  const auto nameless = world.contact(" ");
  const std::vector<QueueRequest> requests{
      {.contact_id = named.id, .campaign_id = campaign.id, .user_data = R"({"priority":5})"},
      {.contact_id = nameless.id, .campaign_id = campaign.id}};

  const auto rows = value(CallQueue(*world.store).create_bulk(world.user.id, requests));

  BOOST_TEST(rows[0].priority == 105);
  BOOST_TEST(rows[0].contact_name == "Zoe");
  BOOST_TEST(rows[1].priority == 0);
  BOOST_TEST(rows[1].user_data == "{}");
  BOOST_TEST(rows[0].position < rows[1].position);
}

BOOST_AUTO_TEST_CASE(a_host_may_replace_the_priority_rule) {
  SmallWorld world;
  CallQueue queue(*world.store, {.priority = {.base = 3, .named_contact = 10}});
  const auto row = value(queue.add_direct(
      world.user.id, {.contact_id = world.contact().id, .agent_id = world.agent.id}));
  BOOST_TEST(row.priority == 13);
}

BOOST_AUTO_TEST_CASE(requests_are_taken_all_or_none_and_the_field_is_named) {
  SmallWorld world;
  CallQueue queue(*world.store);
  const auto campaign = world.active_campaign(1);
  const auto good = QueueRequest{.contact_id = world.contact().id, .campaign_id = campaign.id};
  const auto field = [&](auto change) {
    auto bad = QueueRequest{.contact_id = world.contact().id, .campaign_id = campaign.id};
    change(bad);
    const std::vector<QueueRequest> requests{good, bad};
    const auto result = queue.create_bulk(world.user.id, requests);
    BOOST_REQUIRE(!result);
    return result.error().field;
  };
  BOOST_TEST(field([](auto& r) { r.user_data = "[1]"; }) == "user_data");
  BOOST_TEST(field([](auto& r) { r.user_data = R"({"priority":"x"})"; }) == "priority");
  BOOST_TEST(field([](auto& r) { r.contact_name = std::string(256, 'n'); }) == "contact_name");
  BOOST_TEST(field([](auto& r) { r.contact_id = {}; }) == "contact_id");
  BOOST_TEST(field([](auto& r) { r.campaign_id.reset(); }) == "agent_id");
  BOOST_TEST(field([&](auto& r) { r.not_after = world.clock->now() + 1h; }) == "not_after");
  BOOST_TEST(world.statistics(campaign).total_contacts == 1);
}

BOOST_AUTO_TEST_CASE(a_direct_call_has_no_campaign_and_expires) {
  SmallWorld world;
  CallQueue queue(*world.store);
  const auto campaign = world.active_campaign(1);
  QueueRequest request{.contact_id = world.contact().id, .agent_id = world.agent.id};
  request.not_after = world.clock->now();
  BOOST_TEST(refused(queue.add_direct(world.user.id, request), ErrorCode::invalid_argument) ==
             "not_after");
  request.not_after.reset();
  const auto row = value(queue.add_direct(world.user.id, request));
  BOOST_CHECK(row.not_after == world.clock->now() + 15min);
  request.campaign_id = campaign.id;
  BOOST_TEST(refused(queue.add_direct(world.user.id, request), ErrorCode::invalid_argument) ==
             "campaign_id");

  world.clock->advance(15min + 1us);
  value(queue.claim({.limit = 1}));
  BOOST_CHECK(world.row(row.id).status == QueuedCallStatus::skipped);
  BOOST_TEST(world.row(row.id).failure_reason == "expired");
}

BOOST_AUTO_TEST_CASE(a_claim_must_be_sensible) {
  SmallWorld world;
  CallQueue queue(*world.store);
  const auto field = [&](const ClaimRequest& request) {
    return refused(queue.claim(request), ErrorCode::invalid_argument);
  };
  BOOST_TEST(field({.worker = ""}) == "worker");
  BOOST_TEST(field({.limit = 0}) == "limit");
  BOOST_TEST(field({.limit = 1001}) == "limit");
  BOOST_TEST(field({.lease = 0s}) == "lease");
  BOOST_TEST(field({.lease = 3601s}) == "lease");
  BOOST_TEST(field({.only = QueuedCallId{}}) == "only_user");
}

BOOST_AUTO_TEST_CASE(a_host_that_only_claims_never_stalls) {
  SmallWorld world;
  CallQueue queue(*world.store);
  auto plan = world.plan();
  plan.start_date = LocalDate(std::chrono::sys_days(plan.start_date) + std::chrono::days(1));
  const auto campaign = world.active_campaign(1, plan);
  BOOST_TEST(value(queue.claim()).empty());

  world.clock->advance_to(at("2026-03-26T09:00:00Z"));  // Nobody but the claim notices.
  BOOST_TEST(value(queue.claim()).size() == 1u);
  world.clock->advance(2min);  // The lease lapses before the call was marked.
  BOOST_TEST(value(queue.claim()).size() == 1u);
  BOOST_CHECK(value(world.store->find_campaign(world.user.id, campaign.id)).status ==
              CampaignStatus::active);
}

BOOST_AUTO_TEST_CASE(call_now_takes_the_row_it_was_asked_for) {
  SmallWorld world;
  CallQueue queue(*world.store);
  const auto campaign = world.active_campaign(3);
  const auto rows = value(queue.find_by_campaign_id(world.user.id, campaign.id)).items;
  const auto claimed = value(queue.call_now(world.user.id, rows[2].id));
  BOOST_CHECK(claimed.queued.id == rows[2].id);
  BOOST_TEST(refused(queue.call_now(world.user.id, rows[2].id), ErrorCode::conflict) == "status");
}

BOOST_AUTO_TEST_CASE(call_now_says_what_is_in_the_way) {
  SmallWorld world;
  CallQueue queue(*world.store);
  CallCampaigns campaigns(*world.store);
  const auto campaign = world.active_campaign(3);
  const auto rows = value(queue.find_by_campaign_id(world.user.id, campaign.id)).items;
  const auto no = [&](ErrorCode code) {
    return refused(queue.call_now(world.user.id, rows[0].id), code);
  };

  value(world.store->set_user_limits(world.user.id, 0, {}));
  BOOST_TEST(no(ErrorCode::limit_reached) == "concurrent_calls_limit");
  value(world.store->set_user_limits(world.user.id, 2, {}));
  value(world.store->set_system_limit(0));
  BOOST_TEST(no(ErrorCode::limit_reached) == "system_limit");
  value(world.store->set_system_limit(10));
  value(world.store->set_user_limits(world.user.id, {}, 0));
  BOOST_TEST(no(ErrorCode::limit_reached) == "system_concurrent_calls_limit");
  value(world.store->set_user_limits(world.user.id, {}, 10));
  value(campaigns.pause(world.user.id, campaign.id));
  BOOST_TEST(no(ErrorCode::conflict) == "campaign_id");
  value(campaigns.resume(world.user.id, campaign.id));
  world.clock->advance_to(at("2026-03-25T18:00:01Z"));
  BOOST_TEST(no(ErrorCode::conflict) == "first_call_time");
  world.clock->advance_to(at("2026-03-26T10:00:00Z"));
  const auto call = value(world.store->reserve_slot(world.user.id, rows[0].phone_number, 1h));
  BOOST_TEST(no(ErrorCode::conflict) == "phone_number");
  value(queue.report({.user_id = world.user.id, .call_id = call.id, .status = CallStatus::failed}));
  BOOST_TEST(value(queue.call_now(world.user.id, rows[0].id)).call.attempt == 1);
  BOOST_CHECK(refused(queue.call_now(world.user.id, QueuedCallId{}), ErrorCode::not_found) !=
              "accepted");
}

BOOST_AUTO_TEST_CASE(call_now_is_refused_until_the_row_is_due) {
  SmallWorld world;
  CallQueue queue(*world.store);
  const auto row = value(queue.add_direct(world.user.id, {.contact_id = world.contact().id,
                                                          .agent_id = world.agent.id,
                                                          .scheduled_for = world.clock->now() + 1h,
                                                          .not_after = world.clock->now() + 2h}));
  BOOST_TEST(refused(queue.call_now(world.user.id, row.id), ErrorCode::conflict) ==
             "scheduled_for");
}

BOOST_AUTO_TEST_CASE(a_queued_row_can_only_be_cancelled_by_hand) {
  using enum QueuedCallStatus;
  SmallWorld world;
  CallQueue queue(*world.store);
  const auto campaign = world.active_campaign(2);
  const auto row = value(queue.find_by_campaign_id(world.user.id, campaign.id)).items[0];
  for (const auto status : {queued, processing, completed, failed, skipped}) {
    BOOST_TEST(refused(queue.update_status(world.user.id, row.id, status), ErrorCode::conflict) ==
               "status");
  }
  BOOST_CHECK(world.row(row.id) == row);
  const auto after = value(
      queue.update_status(world.user.id, row.id, cancelled, {.failure_reason = "asked us not to"}));
  BOOST_CHECK(after.status == cancelled);
  BOOST_TEST(after.failure_reason == "asked us not to");
  BOOST_TEST(refused(queue.update_status(world.user.id, row.id, completed), ErrorCode::conflict) ==
             "status");
}

BOOST_AUTO_TEST_CASE(a_processing_row_ends_by_hand_without_a_retry) {
  using enum QueuedCallStatus;
  for (const auto status : {completed, failed, cancelled}) {
    SmallWorld world;
    CallQueue queue(*world.store);
    auto plan = world.plan();
    plan.rules.retry = {
        .outcomes = {CallOutcome::failed, CallOutcome::busy}, .max_attempts = 3, .delays = {1min}};
    world.active_campaign(1, plan);
    const auto claimed = claim_one(world);
    BOOST_TEST(refused(queue.update_status(world.user.id, claimed.queued.id, skipped),
                       ErrorCode::conflict) == "status");

    const auto row = value(queue.update_status(world.user.id, claimed.queued.id, status,
                                               {.success = true, .duration = 42s}));

    BOOST_TEST(to_text(row.status) == to_text(status));
    const auto call = value(world.store->find_call(world.user.id, claimed.call.id));
    BOOST_CHECK(!is_active(call.status));
    BOOST_CHECK(call.duration == 42s);
    if (status == completed) BOOST_CHECK(row.success == true);
  }
}

BOOST_AUTO_TEST_CASE(reports_are_idempotent_and_free_the_slot_once) {
  SmallWorld world;
  CallQueue queue(*world.store);
  const auto campaign = world.active_campaign(1);
  const auto claimed = claim_one(world);
  const CallEvent event{.user_id = world.user.id,
                        .call_id = claimed.call.id,
                        .status = CallStatus::completed,
                        .duration = 30s};
  const auto first = value(queue.report(event));
  const auto second = value(queue.report(event));
  BOOST_CHECK(first.changed && first.ended);
  BOOST_CHECK(!second.changed && !second.ended);
  BOOST_TEST(value(world.store->user_slots(world.user.id)).active == 0);
  BOOST_TEST(world.statistics(campaign).successful_calls == 1);
}

BOOST_AUTO_TEST_CASE(finish_and_claim_hands_the_freed_slot_on) {
  SmallWorld world;
  CallQueue queue(*world.store);
  value(world.store->set_user_limits(world.user.id, 1, {}));
  world.active_campaign(2);
  const auto claimed = claim_one(world);
  BOOST_TEST(value(queue.claim()).empty());
  const std::vector<CallEvent> events{
      {.user_id = world.user.id, .call_id = claimed.call.id, .status = CallStatus::completed}};
  const auto both = value(queue.finish_and_claim(events));
  BOOST_REQUIRE(both.reports.size() == 1u);
  BOOST_CHECK(both.reports[0].value().ended);
  BOOST_TEST(both.claimed.size() == 1u);
}

BOOST_AUTO_TEST_CASE(no_more_than_ten_thousand_are_queued_at_once) {
  SmallWorld world;
  CallQueue queue(*world.store);
  const std::vector<QueueRequest> requests(10'001);
  BOOST_TEST(refused(queue.create_bulk(world.user.id, requests), ErrorCode::invalid_argument) ==
             "requests");
}

BOOST_AUTO_TEST_CASE(news_in_hand_come_before_the_verdict_that_there_were_none) {
  SmallWorld world;
  CallQueue queue(*world.store);
  auto plan = world.plan();
  plan.rules.retry = {.outcomes = {CallOutcome::busy}, .max_attempts = 2, .delays = {0s}};
  world.active_campaign(2, plan);
  std::vector<CallEvent> events;
  for (const auto& claimed : value(queue.claim({.limit = 2}))) {
    value(world.store->accept_call({world.user.id, claimed.call.id}, to_text(claimed.call.id)));
    events.push_back(
        {.user_id = world.user.id, .call_id = claimed.call.id, .status = CallStatus::busy});
  }
  BOOST_REQUIRE(events.size() == 2u);
  events.pop_back();
  world.clock->advance(1h);  // Both deadlines have passed; of one call the end is known.

  const auto both = value(queue.finish_and_claim(events));

  BOOST_TEST(both.reports.at(0).value().ended);
  BOOST_CHECK(both.reports[0].value().queued->status == QueuedCallStatus::queued);  // A retry.
  BOOST_TEST(world.calls({CallStatus::busy}).size() == 1u);
  // Whoever only ever finishes and claims gets rid of lost calls as well.
  BOOST_TEST(world.calls({CallStatus::unknown}).size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_position_says_who_comes_first_and_when_it_is_ones_turn) {
  SmallWorld world;
  CallQueue queue(*world.store);
  const auto campaign = world.active_campaign(5);
  const auto rows = value(queue.find_by_campaign_id(world.user.id, campaign.id)).items;
  const auto last = value(queue.position(world.user.id, rows[4].id));
  BOOST_TEST(last.position == 5);
  BOOST_TEST(to_text(last.starts_at.value()) == "2026-03-25T10:02:00.000000Z");
  claim_one(world);
  BOOST_TEST(refused(queue.position(world.user.id, rows[0].id), ErrorCode::conflict) == "status");
}

BOOST_AUTO_TEST_CASE(the_wait_is_reckoned_from_how_long_calls_took_so_far) {
  SmallWorld world;
  CallQueue queue(*world.store);
  const auto campaign = world.active_campaign(4);
  const auto rows = value(queue.find_by_campaign_id(world.user.id, campaign.id)).items;
  const auto first = claim_one(world);
  world.clock->advance(90s);
  value(queue.report({.user_id = world.user.id,
                      .call_id = first.call.id,
                      .status = CallStatus::completed,
                      .duration = 80s}));

  const auto last = value(queue.position(world.user.id, rows[3].id));

  BOOST_TEST(last.position == 3);  // Two of them start at once.
  BOOST_CHECK(last.starts_at == world.clock->now() + 90s);
}

BOOST_AUTO_TEST_CASE(deleting_by_contact_cancels_what_waits) {
  SmallWorld world;
  CallQueue queue(*world.store);
  const auto campaign = world.active_campaign(2);
  const auto rows = value(queue.find_by_campaign_id(world.user.id, campaign.id)).items;
  BOOST_TEST(value(queue.delete_by_contact(world.user.id, rows[1].contact_id)) == 1);
  BOOST_CHECK(world.row(rows[1].id).status == QueuedCallStatus::cancelled);
  claim_one(world);
  BOOST_CHECK(!queue.delete_by_contact(world.user.id, rows[0].contact_id));
}

BOOST_AUTO_TEST_CASE(the_next_queued_row_is_the_one_that_a_claim_takes) {
  SmallWorld world;
  CallQueue queue(*world.store);
  world.active_campaign(3);
  value(world.store->advance());
  const auto next = value(queue.get_next_queued(world.user.id));
  BOOST_REQUIRE(next);
  BOOST_CHECK(claim_one(world).queued.id == next->id);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
