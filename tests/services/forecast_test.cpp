// Forecasts beside what then happens, on a clock that jumps from event to event.

#include <array>
#include <boost/test/unit_test.hpp>
#include <map>

#include "services/small_world.hpp"

namespace {

using namespace small_world;

/// How the next call ends, and after how long.
struct Ending {
  CallStatus status = CallStatus::completed;
  std::chrono::seconds after{60};
};

/// Dials whatever may start; every call ends as it is told.
class Simulation {
 public:
  Simulation(SmallWorld& world, std::function<Ending(int)> ending)
      : world_(world), ending_(std::move(ending)) {}

  /// Until the campaign is final or so many calls have ended.
  void run(CampaignId id, int most = std::numeric_limits<int>::max()) {
    CallQueue queue(*world_.store);
    const int stop_at = most == std::numeric_limits<int>::max() ? most : ended_ + most;
    while (ended_ < stop_at &&
           !is_final(value(world_.store->find_campaign(world_.user.id, id)).status)) {
      for (const auto& claimed : value(queue.claim({.limit = 100}))) {
        const auto ending = ending_(started_++);
        starts_.try_emplace(claimed.queued.id, world_.clock->now());
        events_.emplace(world_.clock->now() + ending.after, CallEvent{.user_id = world_.user.id,
                                                                      .call_id = claimed.call.id,
                                                                      .status = ending.status,
                                                                      .duration = ending.after});
        value(
            world_.store->accept_call({world_.user.id, claimed.call.id}, to_text(claimed.call.id)));
      }
      step(queue);
    }
  }
  [[nodiscard]] Instant start_of(QueuedCallId id) const { return starts_.at(id); }

 private:
  void step(CallQueue& queue) {
    const auto wakeup = value(world_.store->next_wakeup());
    if (events_.empty() || (wakeup && *wakeup < events_.begin()->first)) {
      BOOST_REQUIRE(wakeup);
      world_.clock->advance_to(*wakeup);
      return;
    }
    const auto event = events_.extract(events_.begin());
    world_.clock->advance_to(event.key());
    value(queue.report(event.mapped()));
    ++ended_;
  }

  SmallWorld& world_;
  std::function<Ending(int)> ending_;
  std::multimap<Instant, CallEvent> events_;
  std::map<QueuedCallId, Instant> starts_;
  int started_ = 0;
  int ended_ = 0;
};

double minutes(Instant from, Instant to) {
  return std::chrono::duration<double, std::ratio<60>>{to - from}.count();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(forecasts)

BOOST_AUTO_TEST_CASE(calls_of_one_length_end_when_it_was_said_also_over_nights) {
  SmallWorld world;  // Two at once, a minute each, from ten to six, then from nine to six.
  CallCampaigns campaigns(*world.store);
  const auto campaign = world.active_campaign(1'500);
  const auto said = value(campaigns.forecast(world.user.id, campaign.id));
  Simulation(world, [](int) { return Ending{}; }).run(campaign.id);
  const auto ended = value(campaigns.find_by_id(world.user.id, campaign.id)).completed_at.value();
  BOOST_TEST(to_text(ended).starts_with("2026-03-26"));
  BOOST_TEST(std::abs(minutes(said.ends_at.value(), ended)) <= 2.0);
}

BOOST_AUTO_TEST_CASE(a_position_starts_when_it_was_said) {
  SmallWorld world;
  CallQueue queue(*world.store);
  const auto campaign = world.active_campaign(1'200);
  std::map<QueuedCallId, Instant> said;
  for (const auto& row :
       value(queue.list(world.user.id, {.campaign_id = campaign.id}, {.limit = 1000})).items) {
    if (row.position % 99 != 0) continue;
    said[row.id] = value(queue.position(world.user.id, row.id)).starts_at.value();
  }
  Simulation simulation(world, [](int) { return Ending{}; });
  simulation.run(campaign.id);
  for (const auto& [id, at] : said) {
    BOOST_TEST(std::abs(minutes(at, simulation.start_of(id))) <= 2.0, to_text(at));
  }
}

BOOST_AUTO_TEST_CASE(what_opens_later_is_not_expected_behind_what_is_called_until_then) {
  SmallWorld world;  // Ten o'clock, two at once, a minute each.
  CallQueue queue(*world.store);
  world.active_campaign(30);
  auto plan = world.plan();
  plan.first_call_time = 12h;
  const auto afternoon = world.active_campaign(3, plan);
  const auto retry = world.fill(world.active_campaign(1).id, 1).front();
  const auto waiting =
      value(world.store->add_queued_calls(
                world.user.id,
                std::array{NewQueuedCall{.contact_id = world.contact().id,
                                         .campaign_id = retry.campaign_id,
                                         .scheduled_for = at("2026-03-25T10:10:00Z")}}))
          .front();
  std::vector<std::string> said;
  std::int64_t places = 0;
  for (const auto& row : value(queue.upcoming(world.user.id)).items) {
    const auto position = value(queue.position(world.user.id, row.call.id));
    BOOST_TEST(position.position == ++places);
    BOOST_CHECK(row.position == position.position);
    BOOST_CHECK(row.starts_at == position.starts_at);
    if (row.call.id == waiting.id || row.call.campaign_id == afternoon.id) {
      said.push_back(to_text(row.starts_at.value()).substr(11, 8));
    }
  }
  BOOST_TEST(places == 36);
  // Of the 32 that are before the one that waits, 20 are called until it is due.
  const std::vector<std::string> expected{"10:16:00", "12:00:00", "12:00:00", "12:01:00"};
  BOOST_TEST(said == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(what_the_calls_so_far_were_like_counts) {
  SmallWorld world;
  CallCampaigns campaigns(*world.store);
  auto plan = world.plan();
  plan.rules.retry = {{CallOutcome::no_answer}, 3, {600s}};
  const auto campaign = world.active_campaign(600, plan);
  // Three in ten are reached and talk for three minutes, the others let it ring.
  Simulation simulation(world, [](int i) {
    return i * 7 % 10 < 3 ? Ending{CallStatus::completed, 180s}
                          : Ending{CallStatus::no_answer, 20s};
  });
  simulation.run(campaign.id, 400);
  const auto now = world.clock->now();
  const auto said = value(campaigns.forecast(world.user.id, campaign.id));
  simulation.run(campaign.id);
  const auto ended = value(campaigns.find_by_id(world.user.id, campaign.id)).completed_at.value();
  const double ratio = minutes(now, said.ends_at.value()) / minutes(now, ended);
  BOOST_TEST(ratio > 0.75);
  BOOST_TEST(ratio < 1.33);
}

BOOST_AUTO_TEST_CASE(a_list_that_is_spread_over_the_day_ends_with_it) {
  SmallWorld world;
  CallCampaigns campaigns(*world.store);
  auto plan = world.plan();
  plan.rules.spread = true;
  const auto before = value(campaigns.preview(plan, {.contacts = 240}));
  const auto draft = value(campaigns.create(plan));
  std::vector<ImportRow> rows;
  for (int i = 0; i < 240; ++i) {
    rows.push_back({.line = i + 2, .phone_number = "+49302319" + std::to_string(1000 + i)});
  }
  const auto id =
      value(world.store->begin_import({.user_id = world.user.id, .campaign_id = draft.id}));
  value(world.store->stage_import(world.user.id, id, rows));
  value(world.store->publish_import(world.user.id, id));
  value(campaigns.start(world.user.id, draft.id));
  const auto said = value(campaigns.forecast(world.user.id, draft.id));
  Simulation(world, [](int) { return Ending{}; }).run(draft.id);
  const auto ended = value(campaigns.find_by_id(world.user.id, draft.id)).completed_at.value();
  BOOST_TEST(to_text(ended) == "2026-03-25T17:59:00.000000Z");
  BOOST_CHECK(said.ends_at == ended);
  BOOST_CHECK(before.forecast.ends_at == ended);
}

BOOST_AUTO_TEST_CASE(every_clock_of_a_list_counts) {
  SmallWorld world;
  CallCampaigns campaigns(*world.store);
  const auto campaign = value(campaigns.create(world.plan()));
  int numbers = 0;
  for (const auto* zone : {"Pacific/Auckland", "Asia/Kolkata", "America/Los_Angeles"}) {
    for (int i = 0; i < 30; ++i) {
      const auto contact = value(world.store->create_contact(
          {.user_id = world.user.id,
           .phone_number = "+49302319" + std::to_string(1000 + ++numbers),
           .timezone = zone}));
      const QueueRequest request{.contact_id = contact.id, .campaign_id = campaign.id};
      value(CallQueue(*world.store).create_bulk(world.user.id, {&request, 1}));
    }
  }
  value(campaigns.start(world.user.id, campaign.id));
  const auto said = value(campaigns.forecast(world.user.id, campaign.id));
  BOOST_TEST((said.starts_at == world.clock->now()));  // It is half past three in Kolkata.
  Simulation(world, [](int) { return Ending{}; }).run(campaign.id);
  const auto ended = value(campaigns.find_by_id(world.user.id, campaign.id)).completed_at.value();
  BOOST_TEST(to_text(ended).starts_with("2026-03-25T20:"));  // In the morning in Auckland.
  BOOST_TEST(std::abs(minutes(said.ends_at.value(), ended)) <= 2.0);
}

BOOST_AUTO_TEST_CASE(nothing_is_expected_of_a_campaign_without_anybody_to_call) {
  SmallWorld world;
  CallCampaigns campaigns(*world.store);
  const auto draft = value(campaigns.create(world.plan()));
  const auto over = world.active_campaign(1);
  value(campaigns.cancel(world.user.id, over.id));
  for (const auto& campaign : {draft, over}) {
    const auto said = value(campaigns.forecast(world.user.id, campaign.id));
    BOOST_TEST(!said.starts_at.has_value());
    BOOST_TEST(!said.ends_at.has_value());
    BOOST_TEST(said.unreached_rows == 0);
  }
}

BOOST_AUTO_TEST_CASE(rules_that_are_not_saved_are_forecast_as_if_they_were) {
  SmallWorld world;
  CallCampaigns campaigns(*world.store);
  const auto plan = world.plan();
  const auto before = value(campaigns.preview(plan, {.contacts = 1'500}));
  const auto saved = world.active_campaign(1'500, plan);
  const auto after = value(campaigns.forecast(world.user.id, saved.id));
  BOOST_CHECK(before.forecast.ends_at == after.ends_at);
  BOOST_CHECK(before.forecast.starts_at == after.starts_at);
  BOOST_TEST(before.forecast.unreached_rows == 0);
}

BOOST_AUTO_TEST_CASE(a_preview_holds_the_open_intervals_of_seven_days) {
  SmallWorld world;  // A Wednesday at ten.
  CallCampaigns campaigns(*world.store);
  auto plan = world.plan();
  plan.rules.timezone = "Europe/Berlin";  // Summer time from Sunday on.
  plan.rules.weekly_windows.emplace();
  for (const std::size_t day : {2U, 6U}) {
    (*plan.rules.weekly_windows)[day] = {{TimeOfDay{9h}, TimeOfDay{12h}},
                                         {TimeOfDay{13h}, TimeOfDay{18h}}};
  }
  const auto outlook = value(campaigns.preview(plan));
  BOOST_TEST(outlook.timezone == "Europe/Berlin");
  const std::vector<Interval> expected{{at("2026-03-25T10:00:00Z"), at("2026-03-25T11:00:00Z")},
                                       {at("2026-03-25T12:00:00Z"), at("2026-03-25T17:00:00Z")},
                                       {at("2026-03-29T07:00:00Z"), at("2026-03-29T10:00:00Z")},
                                       {at("2026-03-29T11:00:00Z"), at("2026-03-29T16:00:00Z")},
                                       {at("2026-04-01T07:00:00Z"), at("2026-04-01T10:00:00Z")}};
  BOOST_CHECK(outlook.open_intervals == expected);
  BOOST_CHECK(outlook.forecast.starts_at == world.clock->now());
  BOOST_TEST(!outlook.forecast.ends_at.has_value());
}

BOOST_AUTO_TEST_CASE(a_preview_takes_what_it_is_told_for_granted) {
  SmallWorld world;
  CallCampaigns campaigns(*world.store);
  const auto ends = [&](const CampaignAssumptions& assumptions) {
    return minutes(world.clock->now(),
                   value(campaigns.preview(world.plan(), assumptions)).forecast.ends_at.value());
  };
  BOOST_TEST(ends({.contacts = 12}) == 6.0);
  BOOST_TEST(ends({.contacts = 12, .call_duration = 30s}) == 3.0);
  BOOST_TEST(ends({.contacts = 12, .concurrent_calls_limit = 1}) == 12.0);
  const auto none =
      value(campaigns.preview(world.plan(), {.contacts = 12, .concurrent_calls_limit = 0}));
  BOOST_TEST(none.forecast.unreached_rows == 12);
  BOOST_TEST(!none.forecast.starts_at.has_value());
}

BOOST_AUTO_TEST_CASE(a_preview_needs_rules_and_a_user_but_neither_name_nor_agent) {
  SmallWorld world;
  CallCampaigns campaigns(*world.store);
  const auto wrong = [&](auto change, const CampaignAssumptions& assumptions = {}) {
    auto plan = world.plan();
    plan.name.clear();
    plan.agent_id = {};
    change(plan);
    return refused(campaigns.preview(plan, assumptions), ErrorCode::invalid_argument);
  };
  const auto as_it_is = [](CallCampaign&) {};
  BOOST_TEST(wrong(as_it_is) == "accepted");
  BOOST_TEST(wrong([](auto& c) { c.rules.timezone = "Mars"; }) == "timezone");
  BOOST_TEST(wrong([](auto& c) { c.start_date = {}; }) == "start_date");
  BOOST_TEST(wrong([](auto& c) { c.last_call_time = c.first_call_time; }) == "first_call_time");
  BOOST_TEST(wrong(as_it_is, {.contacts = -1}) == "contacts");
  BOOST_TEST(wrong(as_it_is, {.call_duration = 0s}) == "call_duration");
  BOOST_TEST(wrong(as_it_is, {.concurrent_calls_limit = -1}) == "concurrent_calls_limit");
  auto plan = world.plan();
  plan.user_id = {};
  BOOST_TEST(refused(campaigns.preview(plan), ErrorCode::not_found) == "user_id");
}

BOOST_AUTO_TEST_SUITE_END()
