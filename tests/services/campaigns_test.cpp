#include <unistd.h>

#include <filesystem>
#include <functional>
#include <utility>

#include "services/small_world.hpp"

namespace {

using namespace small_world;

BOOST_AUTO_TEST_SUITE(campaigns)

BOOST_AUTO_TEST_CASE(create_makes_a_draft_whatever_status_and_counters_were_given) {
  SmallWorld world;
  auto plan = world.plan();
  plan.status = CampaignStatus::active;
  plan.total_contacts = 5;

  const auto campaign = value(CallCampaigns(*world.store).create(plan));

  BOOST_CHECK(campaign.status == CampaignStatus::draft);
  BOOST_TEST(campaign.total_contacts == 0);
  BOOST_TEST(campaign.name == "Spring");
}

BOOST_AUTO_TEST_CASE(create_names_the_field_that_is_wrong) {
  SmallWorld world;
  CallCampaigns campaigns(*world.store);
  const auto field = [&](auto change) {
    auto plan = world.plan();
    change(plan);
    return refused(campaigns.create(plan), ErrorCode::invalid_argument);
  };

  BOOST_TEST(field([](auto& c) { c.name = " \t"; }) == "name");
  BOOST_TEST(field([](auto& c) { c.name = std::string(256, 'x'); }) == "name");
  BOOST_TEST(field([](auto& c) { c.name = "\xff"; }) == "name");
  BOOST_TEST(field([](auto& c) { c.name = std::string("a\0b", 3); }) == "name");
  BOOST_TEST(field([](auto& c) { c.description = std::string(65'537, 'x'); }) == "description");
  BOOST_TEST(field([](auto& c) { c.agent_id = {}; }) == "agent_id");
  BOOST_TEST(field([](auto& c) { c.user_id = {}; }) == "user_id");
  BOOST_TEST(field([](auto& c) { c.next_action = "\xc3"; }) == "next_action");
  BOOST_TEST(field([](auto& c) { c.last_call_time = c.first_call_time; }) == "first_call_time");
  BOOST_TEST(field([](auto& c) { c.start_date = {}; }) == "start_date");
  BOOST_TEST(field([](auto& c) {
               c.end_date =
                   LocalDate(std::chrono::year(2020), std::chrono::May, std::chrono::day(1));
             }) == "end_date");
  BOOST_TEST(field([](auto& c) { c.rules.timezone = "Mars/Olympus"; }) == "timezone");
  BOOST_TEST(field([](auto& c) { c.rules.weekly_windows.emplace(); }) == "weekly_windows");
  BOOST_TEST(field([](auto& c) {
               c.rules.weekly_windows.emplace();
               c.rules.weekly_windows->at(6).assign(97, {9h, 10h});
             }) == "weekly_windows");
  BOOST_TEST(field([](auto& c) { c.rules.excluded_dates.assign(3'661, c.start_date); }) ==
             "excluded_dates");
  BOOST_TEST(field([](auto& c) { c.rules.retry.delays.assign(101, 60s); }) == "retry");
  BOOST_TEST(field([](auto& c) { c.rules.retry.outcomes.assign(101, CallOutcome::busy); }) ==
             "retry");
  BOOST_TEST(field([](auto& c) { c.rules.retry.max_attempts = 0; }) == "retry.max_attempts");
  BOOST_TEST(field([](auto& c) { c.rules.call_deadline = 59s; }) == "call_deadline");
  BOOST_TEST(field([](auto& c) { c.rules.call_deadline = 24h + 1s; }) == "call_deadline");
}

BOOST_AUTO_TEST_CASE(a_name_of_255_bytes_is_not_too_long) {
  SmallWorld world;
  auto plan = world.plan();
  plan.name = std::string(255, 'x');
  BOOST_TEST(value(CallCampaigns(*world.store).create(plan)).name.size() == 255u);
}

BOOST_AUTO_TEST_CASE(an_agent_of_another_user_is_not_found) {
  SmallWorld world;
  const auto other = value(world.store->create_user({.name = "Eve"}));
  auto plan = world.plan();
  plan.user_id = other.id;
  BOOST_TEST(refused(CallCampaigns(*world.store).create(plan), ErrorCode::not_found) == "agent_id");
}

BOOST_AUTO_TEST_CASE(start_needs_somebody_to_call) {
  SmallWorld world;
  CallCampaigns campaigns(*world.store);
  const auto draft = value(campaigns.create(world.plan()));

  BOOST_TEST(refused(campaigns.start(world.user.id, draft.id), ErrorCode::conflict) ==
             "total_contacts");
  const auto rows = world.fill(draft.id, 1);
  value(CallQueue(*world.store).cancel(world.user.id, rows.front().id));
  BOOST_TEST(refused(campaigns.start(world.user.id, draft.id), ErrorCode::conflict) ==
             "total_contacts");
  BOOST_CHECK(value(campaigns.find_by_id(world.user.id, draft.id)).status == CampaignStatus::draft);
}

BOOST_AUTO_TEST_CASE(start_today_is_active_and_start_ahead_is_scheduled) {
  SmallWorld world;
  BOOST_CHECK(world.active_campaign(1).status == CampaignStatus::active);
  auto plan = world.plan();
  plan.start_date = LocalDate(std::chrono::sys_days(plan.start_date) + std::chrono::days(1));
  BOOST_CHECK(world.active_campaign(1, plan).status == CampaignStatus::scheduled);
}

BOOST_AUTO_TEST_CASE(whether_the_start_is_ahead_is_read_on_the_campaigns_own_clock) {
  SmallWorld world;
  world.clock->advance_to(at("2026-03-25T12:00:00Z"));
  auto plan = world.plan();  // Starts on the 25th.
  plan.rules.timezone = "Pacific/Auckland";
  plan.start_date = LocalDate(std::chrono::year(2026), std::chrono::March, std::chrono::day(26));
  BOOST_CHECK(world.active_campaign(1, plan).status == CampaignStatus::active);
  plan.rules.timezone = "America/Los_Angeles";
  BOOST_CHECK(world.active_campaign(1, plan).status == CampaignStatus::scheduled);
}

BOOST_AUTO_TEST_CASE(a_campaign_whose_windows_are_all_over_is_not_started) {
  SmallWorld world;
  CallCampaigns campaigns(*world.store);
  auto plan = world.plan();
  plan.end_date = plan.start_date;
  const auto draft = value(campaigns.create(plan));
  world.fill(draft.id, 1);
  world.clock->advance(24h);
  BOOST_TEST(refused(campaigns.start(world.user.id, draft.id), ErrorCode::conflict) == "end_date");
}

BOOST_AUTO_TEST_CASE(every_operation_goes_only_where_the_state_machine_allows) {
  using enum CampaignStatus;
  struct Operation {
    Result<CallCampaign> (CallCampaigns::*run)(UserId, CampaignId);
    std::vector<CampaignStatus> from;
    CampaignStatus to;
  };
  const std::vector<Operation> operations{
      {&CallCampaigns::start, {draft}, active},
      {&CallCampaigns::pause, {active, scheduled}, paused},
      {&CallCampaigns::resume, {paused}, active},
      {&CallCampaigns::unschedule, {scheduled}, draft},
      {&CallCampaigns::cancel, {draft, scheduled, active, paused}, cancelled},
  };
  // How to get a campaign into each state.
  const auto campaign_that_is = [](SmallWorld& world, CampaignStatus status) {
    CallCampaigns campaigns(*world.store);
    auto plan = world.plan();
    if (status == scheduled) {
      plan.start_date = LocalDate(std::chrono::sys_days(plan.start_date) + std::chrono::days(1));
    }
    auto campaign = value(campaigns.create(plan));
    world.fill(campaign.id, 1);
    if (status == draft) return campaign;
    campaign = value(campaigns.start(world.user.id, campaign.id));
    if (status == paused) campaign = value(campaigns.pause(world.user.id, campaign.id));
    if (status == cancelled) campaign = value(campaigns.cancel(world.user.id, campaign.id));
    return campaign;
  };

  for (const auto& operation : operations) {
    for (const auto status : {draft, scheduled, active, paused, cancelled}) {
      SmallWorld world;
      const auto campaign = campaign_that_is(world, status);
      BOOST_REQUIRE(campaign.status == status);
      CallCampaigns campaigns(*world.store);
      const auto result = (campaigns.*operation.run)(world.user.id, campaign.id);
      const bool allowed =
          std::find(operation.from.begin(), operation.from.end(), status) != operation.from.end();
      BOOST_TEST_CONTEXT("from " << to_text(status) << " to " << to_text(operation.to)) {
        BOOST_TEST(result.has_value() == allowed);
        const auto now = value(campaigns.find_by_id(world.user.id, campaign.id)).status;
        BOOST_TEST(to_text(now) == to_text(allowed ? operation.to : status));
        if (!allowed) BOOST_TEST(refused(result, ErrorCode::conflict) == "status");
      }
    }
  }
}

/// A clock that does something the next time somebody looks at it.
struct HookedClock : Clock {
  std::shared_ptr<ManualClock> time;
  mutable std::function<void()> hook;

  [[nodiscard]] Instant now() const override {
    if (hook) std::exchange(hook, nullptr)();
    return time->now();
  }
};

BOOST_AUTO_TEST_CASE(
    a_campaign_that_starts_by_itself_meanwhile_is_paused_or_cancelled_all_the_same) {
  for (const auto stop : {&CallCampaigns::pause, &CallCampaigns::cancel}) {
    const auto file = std::filesystem::temp_directory_path() /
                      ("callqueue-services-" + std::to_string(getpid()) + ".db");
    {
      SmallWorld world("sqlite:" + file.string());
      auto plan = world.plan();
      plan.start_date = LocalDate(std::chrono::sys_days(plan.start_date) + std::chrono::days(1));
      const auto campaign = world.active_campaign(1, plan);
      BOOST_REQUIRE(campaign.status == CampaignStatus::scheduled);
      value(world.store->advance());
      world.clock->advance(24h);  // Its first window is open.

      const auto clock = std::make_shared<HookedClock>();
      clock->time = world.clock;
      const auto store = value(open_store("sqlite:" + file.string(), {.clock = clock}));
      clock->hook = [&] { BOOST_TEST(value(world.store->advance()).activated == 1); };
      CallCampaigns campaigns(*store);
      const auto stopped = value((campaigns.*stop)(world.user.id, campaign.id));
      BOOST_CHECK(stopped.status == (stop == &CallCampaigns::pause ? CampaignStatus::paused
                                                                   : CampaignStatus::cancelled));
      BOOST_TEST(value(CallQueue(*store).claim()).empty());
    }
    for (const auto* part : {"", "-wal", "-shm"}) std::filesystem::remove(file.string() + part);
  }
}

BOOST_AUTO_TEST_CASE(resume_goes_back_to_scheduled_while_the_start_is_ahead) {
  SmallWorld world;
  CallCampaigns campaigns(*world.store);
  auto plan = world.plan();
  plan.start_date = LocalDate(std::chrono::sys_days(plan.start_date) + std::chrono::days(3));
  const auto campaign = world.active_campaign(1, plan);
  value(campaigns.pause(world.user.id, campaign.id));
  BOOST_CHECK(value(campaigns.resume(world.user.id, campaign.id)).status ==
              CampaignStatus::scheduled);
  value(campaigns.pause(world.user.id, campaign.id));
  world.clock->advance(std::chrono::days(3));
  BOOST_CHECK(value(campaigns.resume(world.user.id, campaign.id)).status == CampaignStatus::active);
}

BOOST_AUTO_TEST_CASE(update_changes_the_given_fields_and_no_others) {
  SmallWorld world;
  CallCampaigns campaigns(*world.store);
  auto plan = world.plan();
  plan.end_date = plan.start_date;
  const auto draft = value(campaigns.create(plan));

  const auto changed = value(campaigns.update(
      world.user.id, draft.id, {.name = "Summer", .end_date = std::optional<LocalDate>()}));

  BOOST_TEST(changed.name == "Summer");
  BOOST_CHECK(!changed.end_date);
  BOOST_CHECK(changed.start_date == draft.start_date);
  BOOST_TEST(changed.next_action == "Sell");
  BOOST_TEST(refused(campaigns.update(world.user.id, draft.id, {.name = ""}),
                     ErrorCode::invalid_argument) == "name");
  BOOST_TEST(value(campaigns.find_by_id(world.user.id, draft.id)).name == "Summer");
}

BOOST_AUTO_TEST_CASE(a_final_campaign_is_not_changed) {
  SmallWorld world;
  CallCampaigns campaigns(*world.store);
  const auto campaign = world.active_campaign(1);
  value(campaigns.cancel(world.user.id, campaign.id));
  BOOST_TEST(refused(campaigns.update(world.user.id, campaign.id, {.name = "New"}),
                     ErrorCode::conflict) == "status");
}

BOOST_AUTO_TEST_CASE(another_users_campaign_is_not_found) {
  SmallWorld world;
  CallCampaigns campaigns(*world.store);
  const auto campaign = world.active_campaign(1);
  const auto eve = value(world.store->create_user({.name = "Eve"})).id;
  const auto gone = [](const auto& result) {
    return !result && result.error().code == ErrorCode::not_found;
  };
  BOOST_CHECK(gone(campaigns.find_by_id(eve, campaign.id)));
  BOOST_CHECK(gone(campaigns.update(eve, campaign.id, {.name = "Mine"})));
  BOOST_CHECK(gone(campaigns.pause(eve, campaign.id)));
  BOOST_CHECK(gone(campaigns.cancel(eve, campaign.id)));
  BOOST_CHECK(gone(campaigns.remove(eve, campaign.id)));
  BOOST_CHECK(gone(campaigns.get_statistics(eve, campaign.id)));
  BOOST_CHECK(gone(campaigns.get_analytics(eve, campaign.id)));
  BOOST_CHECK(gone(campaigns.explain(eve, campaign.id)));
  BOOST_CHECK(gone(campaigns.forecast(eve, campaign.id)));
}

BOOST_AUTO_TEST_CASE(remove_is_refused_while_a_call_is_in_flight) {
  SmallWorld world;
  CallCampaigns campaigns(*world.store);
  CallQueue queue(*world.store);
  const auto campaign = world.active_campaign(1);
  const auto claimed = value(queue.claim());
  BOOST_REQUIRE(claimed.size() == 1u);
  BOOST_CHECK(!campaigns.remove(world.user.id, campaign.id));
  value(queue.report({.user_id = world.user.id,
                      .call_id = claimed.front().call.id,
                      .status = CallStatus::completed}));
  value(campaigns.remove(world.user.id, campaign.id));
  BOOST_CHECK(!campaigns.find_by_id(world.user.id, campaign.id));
}

BOOST_AUTO_TEST_CASE(a_page_has_from_one_to_a_thousand_rows) {
  SmallWorld world;
  CallCampaigns campaigns(*world.store);
  for (const int limit : {0, -1, 1001}) {
    BOOST_TEST(refused(campaigns.find_by_user_id(world.user.id, {}, {.limit = limit}),
                       ErrorCode::invalid_argument) == "limit");
  }
}

BOOST_AUTO_TEST_CASE(the_forecast_spends_the_limit_on_the_windows) {
  SmallWorld world;  // Two calls at once, a minute each before the first one ended.
  CallCampaigns campaigns(*world.store);
  const auto campaign = world.active_campaign(10);
  const auto forecast = value(campaigns.forecast(world.user.id, campaign.id));
  BOOST_TEST(to_text(forecast.ends_at.value()) == "2026-03-25T10:05:00.000000Z");
  BOOST_TEST(to_text(forecast.starts_at.value()) == "2026-03-25T10:00:00.000000Z");
  BOOST_TEST(forecast.unreached_rows == 0);
  const auto analytics = value(campaigns.get_analytics(world.user.id, campaign.id));
  BOOST_CHECK(analytics.estimated_completion == forecast.ends_at);
}

BOOST_AUTO_TEST_CASE(a_user_that_may_not_call_reaches_nobody) {
  SmallWorld world;
  CallCampaigns campaigns(*world.store);
  const auto campaign = world.active_campaign(10);
  value(world.store->set_user_limits(world.user.id, 0, {}));
  const auto forecast = value(campaigns.forecast(world.user.id, campaign.id));
  BOOST_CHECK(!forecast.ends_at);
  BOOST_TEST(forecast.unreached_rows == 10);
  BOOST_TEST(forecast.reason == "user_limit_zero");
  value(world.store->set_user_limits(world.user.id, 2, 0));
  BOOST_TEST(value(campaigns.forecast(world.user.id, campaign.id)).reason == "user_limit_zero");
  BOOST_TEST(value(campaigns.preview(world.plan(), {.contacts = 3})).forecast.reason ==
             "user_limit_zero");
  value(world.store->set_system_limit(0));
  BOOST_TEST(value(campaigns.forecast(world.user.id, campaign.id)).reason == "system_limit_zero");
}

BOOST_AUTO_TEST_CASE(of_a_paused_campaign_nothing_is_expected) {
  SmallWorld world;
  CallCampaigns campaigns(*world.store);
  const auto campaign = world.active_campaign(2);
  const auto row = value(world.store->list_queued_calls(world.user.id, {}, {})).items.front();
  const auto starts = [&] {
    return value(CallQueue(*world.store).position(world.user.id, row.id)).starts_at.has_value();
  };
  BOOST_TEST(value(campaigns.forecast(world.user.id, campaign.id)).reason.empty());
  BOOST_TEST(starts());
  value(campaigns.pause(world.user.id, campaign.id));
  const auto forecast = value(campaigns.forecast(world.user.id, campaign.id));
  BOOST_TEST(forecast.reason == "paused");
  BOOST_CHECK(!forecast.starts_at && !forecast.ends_at);
  BOOST_CHECK(!value(campaigns.get_analytics(world.user.id, campaign.id)).estimated_completion);
  BOOST_TEST(!starts());
}

BOOST_AUTO_TEST_CASE(a_campaign_in_an_unknown_zone_is_not_started_and_says_why) {
  SmallWorld world;
  CallCampaigns campaigns(*world.store);
  const auto draft = value(campaigns.create(world.plan()));
  // Rows of imports the store takes as they are: their service has checked them.
  const std::vector<ImportRow> rows{{.phone_number = "+493012345678", .timezone = "Mars/Olympus"}};
  const auto import =
      value(world.store->begin_import({.user_id = world.user.id, .campaign_id = draft.id}));
  value(world.store->stage_import(world.user.id, import, rows));
  value(world.store->publish_import(world.user.id, import));
  BOOST_TEST(refused(campaigns.start(world.user.id, draft.id), ErrorCode::conflict) == "timezone");
  // It has analytics all the same, and nobody to reach.
  BOOST_CHECK(!value(campaigns.get_analytics(world.user.id, draft.id)).estimated_completion);
  BOOST_TEST(value(campaigns.forecast(world.user.id, draft.id)).unreached_rows == 1);
  const auto row = value(CallQueue(*world.store).find_by_campaign_id(world.user.id, draft.id));
  BOOST_CHECK(
      !value(CallQueue(*world.store).position(world.user.id, row.items.front().id)).starts_at);
}

BOOST_AUTO_TEST_CASE(a_final_campaign_has_no_estimated_completion) {
  SmallWorld world;
  CallCampaigns campaigns(*world.store);
  const auto campaign = world.active_campaign(1);
  value(campaigns.cancel(world.user.id, campaign.id));
  BOOST_CHECK(!value(campaigns.get_analytics(world.user.id, campaign.id)).estimated_completion);
}

BOOST_AUTO_TEST_CASE(a_change_of_zone_is_explained_at_once) {
  SmallWorld world;
  CallCampaigns campaigns(*world.store);
  const auto campaign = world.active_campaign(2);
  const auto code = [&] {
    return value(campaigns.explain(world.user.id, campaign.id)).front().code;
  };
  BOOST_TEST(code() == "dialing");
  auto rules = campaign.rules;
  rules.timezone = "Asia/Tokyo";  // Seven in the evening.
  value(campaigns.update(world.user.id, campaign.id, {.rules = rules}));
  BOOST_TEST(code() == "outside_window");
  const auto said = value(campaigns.forecast(world.user.id, campaign.id));
  BOOST_TEST((said.starts_at == at("2026-03-26T00:00:00Z")));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
