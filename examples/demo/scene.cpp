#include "demo/scene.hpp"

#include <fstream>

#include "callqueue/call_campaigns.hpp"
#include "callqueue/validate.hpp"

namespace callqueue::demo {
namespace {

using namespace std::chrono_literals;

constexpr LocalDate date(int month, unsigned day) {
  return {std::chrono::year(2026), std::chrono::month(static_cast<unsigned>(month)),
          std::chrono::day(day)};
}

/// The same window from Monday to Friday.
WeeklyWindows on_weekdays(const std::vector<CallingWindow>& windows) {
  WeeklyWindows week;
  for (std::size_t day = 0; day < 5; ++day) week[day] = windows;
  return week;
}

RetryPolicy retry(int attempts, std::vector<std::chrono::seconds> delays) {
  return {.outcomes = {CallOutcome::busy, CallOutcome::no_answer, CallOutcome::voicemail,
                       CallOutcome::failed, CallOutcome::rejected},
          .max_attempts = attempts,
          .delays = std::move(delays)};
}

/// A campaign before its user and agent exist.
struct Plan {
  std::size_t user = 0;
  std::string file;
  std::string region;
  CallCampaign campaign;
};

std::vector<User> users() {
  return {{.name = "Nordlicht Stadtwerke",
           .email = "anrufe@nordlicht.example",
           .timezone = "Europe/Berlin",
           .concurrent_calls_limit = 2},
          {.name = "Harbor Dental, Inc.",
           .email = "desk@harbor-dental.example",
           .timezone = "America/New_York",
           .concurrent_calls_limit = 3},
          {.name = "Atlas Voyages",
           .email = "bonjour@atlas-voyages.example",
           .timezone = "Europe/Paris",
           .concurrent_calls_limit = 5}};
}

std::vector<Plan> plans() {
  return {{.user = 0,
           .file = "zaehlerablesung.csv",
           .region = "DE",
           .campaign = {.name = "Zählerablesung Frühjahr",
                        .next_action = "Den Zählerstand erfragen",
                        .first_call_time = 8h,
                        .last_call_time = 17h,
                        .start_date = date(3, 26),
                        .rules = {.timezone = "Europe/Berlin",
                                  .weekly_windows = on_weekdays({{8h, 12h}, {13h, 17h}}),
                                  .retry = retry(3, {2h, 24h}),
                                  .spread = true}}},
          {.user = 1,
           .file = "checkups.csv",
           .region = "US",
           .campaign = {.name = "Six-month check-ups",
                        .next_action = "Book an appointment",
                        .first_call_time = 9h,
                        .last_call_time = 17h,
                        .start_date = date(3, 26),
                        .end_date = date(4, 1),
                        .rules = {.timezone = "America/New_York", .retry = retry(3, {3h, 20h})}}},
          {.user = 2,
           .file = "sejours.csv",
           .region = "FR",
           .campaign = {.name = "Confirmation de séjour",
                        .next_action = "Confirmer les dates du séjour",
                        .first_call_time = 13h + 30min,
                        .last_call_time = 18h,
                        .start_date = date(3, 26),
                        .rules = {.timezone = "Europe/Paris",
                                  .excluded_dates = {date(3, 29)},
                                  .retry = retry(4, {30min, 4h, 24h})}}},
          {.user = 2,
           .file = "tours.csv",
           .region = "AU",
           .campaign = {.name = "Tours: evening call-backs",
                        .next_action = "Offer the remaining places",
                        .first_call_time = 17h,
                        .last_call_time = 17h + 40min,
                        .start_date = date(3, 26),
                        .end_date = date(3, 26),
                        .rules = {.timezone = "Australia/Sydney", .retry = retry(2, {15min})}}}};
}

CsvReport import(Store& store, const CallCampaign& campaign, const Plan& plan,
                 const std::string& folder) {
  std::ifstream file(folder + "/" + plan.file, std::ios::binary);
  if (!file) throw Failed{"cannot read " + folder + "/" + plan.file};
  return value(
      import_csv(store, campaign.user_id, campaign.id, file, {.default_region = plan.region}));
}

}  // namespace

Instant opening() { return std::chrono::sys_days(date(3, 26)) + 5h; }

Scene set_up(Store& store, const std::string& folder) {
  Scene scene;
  value(store.set_system_limit(system_limit));
  std::vector<AgentId> agents;
  for (auto user : users()) {
    user.system_concurrent_calls_limit = system_limit;
    value(validate(user));
    scene.users.push_back(value(store.create_user(user)));
    agents.push_back(
        value(store.create_agent({.user_id = scene.users.back().id, .name = "Agent"})).id);
  }

  CallCampaigns campaigns(store);
  for (auto& plan : plans()) {
    plan.campaign.user_id = scene.users[plan.user].id;
    plan.campaign.agent_id = agents[plan.user];
    const auto draft = value(campaigns.create(plan.campaign));
    auto report = import(store, draft, plan, folder);
    scene.campaigns.push_back(
        {value(campaigns.start(draft.user_id, draft.id)), plan.file, std::move(report)});
  }
  return scene;
}

}  // namespace callqueue::demo
