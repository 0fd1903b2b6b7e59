#include "ground.hpp"

#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <random>
#include <thread>
#include <vector>

namespace hammer {
namespace {

using namespace std::chrono_literals;

// Ten minutes before clocks go forward in Berlin.
constexpr Instant virtual_start{std::chrono::sys_days{std::chrono::year{2026} / 3 / 29} + 50min};

constexpr std::array zones = {"", "Europe/Berlin", "America/New_York", "Asia/Kolkata",
                              "Pacific/Chatham"};

class FastClock final : public Clock {
 public:
  explicit FastClock(Instant real_start) : real_start_(real_start) {}
  [[nodiscard]] Instant now() const override {
    return virtual_start + (SystemClock{}.now() - real_start_) * 60;
  }

 private:
  Instant real_start_;
};

/// Twenty minutes open, ten closed, all day long.
WeeklyWindows flickering() {
  WeeklyWindows windows;
  for (auto& day : windows) {
    for (auto at = TimeOfDay{0}; at < 24h; at += 30min) day.push_back({at, at + 20min});
  }
  return windows;
}

/// The same for whom a minute is too long: three minutes from now on, in UTC, four seconds open and
/// two closed; open for the rest of the day.
WeeklyWindows flickering_from(Instant now) {
  const auto first =
      std::chrono::floor<std::chrono::seconds>(now - std::chrono::floor<std::chrono::days>(now));
  std::vector<CallingWindow> day;
  if (first > 0s) day.push_back({0s, first});
  auto at = first + 2s;
  for (; at < std::min<TimeOfDay>(first + 3min, 24h - 4s); at += 6s) day.push_back({at, at + 4s});
  if (at < 24h) day.push_back({at, 24h});
  WeeklyWindows windows;
  windows.fill(day);
  return windows;
}

CampaignRules rules_of(const Ground& ground, int user, int number, Instant now) {
  CampaignRules rules;
  rules.call_deadline = ground.deadline;
  rules.retry = {{CallOutcome::busy, CallOutcome::no_answer},
                 1 + number * 2,
                 {ground.delay, ground.delay * 3}};
  if (user % 5 < 3) return rules;
  if (ground.on_server) {
    rules.weekly_windows = flickering_from(now);
    rules.timezone = "UTC";
    rules.clock = CallClock::campaign;
  } else {
    rules.weekly_windows = flickering();
  }
  return rules;
}

/// Some have one below the system's limit, and some one above it, which gives no more room.
int ceiling_of(const Ground& ground, std::size_t kind) {
  if (kind == 3) return ground.system_limit * 5 / 7;
  return kind == 4 ? ground.system_limit + 5 : ground.system_limit;
}

}  // namespace

/// One line at once: several threads speak.
void say(std::string line) {
  std::replace(line.begin(), line.end(), '\n', ' ');
  std::cout << line + "\n" << std::flush;
}

[[noreturn]] void die(const std::string& what) {
  say("error " + what);
  std::_Exit(3);
}

Ground ground_of(const std::string& url) {
  if (url.starts_with("sqlite:")) {
    return {.on_server = false,
            .users = 5,
            .threads = 1,
            .system_limit = 7,
            .lease = 30s,
            .deadline = 60s,
            .delay = 30s,
            .system_limit_stands = 0s};
  }
  return {.on_server = true,
          .users = 50,
          .threads = 4,
          .system_limit = 24,
          .lease = 2s,
          .deadline = 4s,
          .delay = 1s,
          .system_limit_stands = 10s};
}

std::unique_ptr<Store> open(const std::string& url, Instant start) {
  StoreOptions options;
  if (!ground_of(url).on_server) {
    options.clock = std::make_shared<FastClock>(start);
    // A killed process loses nothing it had committed; a killed server might.
    options.durability = StoreOptions::Durability::normal;
    options.busy_timeout = 60s;
  }
  return must("open_store", open_store(url, options));
}

void add_rows(Store& store, const User& user, const CallCampaign& campaign,
              const Numbers& numbers) {
  std::vector<ImportRow> rows;
  for (int i = 0; i < numbers.count; ++i) {
    const auto number = numbers.first + static_cast<std::uint64_t>(i);
    ImportRow row;
    row.line = i + 2;
    row.phone_number = "+49" + std::to_string(10'000'000'000ULL + number);
    row.name = "somebody";
    row.timezone = number % 4 == 0 ? zones[number / 4 % zones.size()] : "";
    row.priority = row.priority_if_named = static_cast<int>(number % 3) * 50;
    rows.push_back(row);
  }
  const auto import = store.begin_import({.user_id = user.id, .campaign_id = campaign.id});
  if (!went_well("begin_import", import)) return;
  if (!went_well("stage_import", store.stage_import(user.id, *import, rows))) return;
  std::this_thread::sleep_for(numbers.staged);
  went_well("publish_import", store.publish_import(user.id, *import));
}

std::uint64_t new_numbers() {
  static std::mt19937_64 random{
      static_cast<std::uint64_t>(SystemClock{}.now().time_since_epoch().count())};
  return 1'000'000 + random() % 80'000'000'000;
}

void start_campaign(Store& store, const User& user, AgentId agent, const CampaignRules& rules,
                    const Numbers& numbers) {
  CallCampaign campaign;
  campaign.user_id = user.id;
  campaign.name = "campaign";
  campaign.agent_id = agent;
  campaign.first_call_time = 0h;
  campaign.last_call_time = 24h;
  campaign.start_date = std::chrono::year{2026} / 1 / 1;
  campaign.rules = rules;
  campaign = must("create_campaign", store.create_campaign(campaign));
  // Started first: whoever dies in between leaves no draft behind whose rows nobody calls.
  must("start", store.set_campaign_status(user.id, campaign.id, CampaignStatus::draft,
                                          CampaignStatus::active));
  add_rows(store, user, campaign, numbers);
}

void set_up(Store& store, const Ground& ground, int rows) {
  must("migrate", store.migrate());
  must("set_system_limit", store.set_system_limit(ground.system_limit));
  const auto now = must("now", store.now());
  constexpr std::array limits = {1, 2, 3, 4, 2};
  for (int i = 0; i < ground.users; ++i) {
    const auto kind = static_cast<std::size_t>(i) % limits.size();
    User user;
    user.name = "user " + std::to_string(i);
    user.concurrent_calls_limit = limits[kind];
    user.timezone = zones[kind];
    user.system_concurrent_calls_limit = ceiling_of(ground, kind);
    user = must("create_user", store.create_user(user));
    const auto agent = must("create_agent", store.create_agent({.user_id = user.id, .name = "a"}));
    for (int k = 0; k < 2; ++k) {
      start_campaign(
          store, user, agent.id, rules_of(ground, i, k, now),
          {.count = rows / (ground.users * 2), .first = 100'000 * static_cast<std::uint64_t>(i)});
    }
  }
}

void add_everywhere(Store& store, const Ground& ground, int rows) {
  for (const auto& user : must("list_users", store.list_users({.limit = 100})).items) {
    if (ground.on_server) {
      const auto agents = must("list_agents", store.list_agents(user.id, {.limit = 1}));
      start_campaign(store, user, agents.items.front().id, rules_of(ground, 0, 0, {}),
                     {.count = 1, .first = new_numbers()});
      continue;
    }
    for (const auto& campaign :
         must("list_campaigns", store.list_campaigns(user.id, {}, {.limit = 100})).items) {
      add_rows(store, user, campaign, {.count = rows, .first = new_numbers()});
    }
  }
}

}  // namespace hammer
